"""Starting and stopping as a person does: the port, the file beside the data, the two processes."""

from __future__ import annotations

import http.client
import json
import os
import select
import shutil
import signal
import socket
import stat
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import PATIENCE_S, address_of, serve_json, served, serving
from trodden.cli import main
from trodden.model.errors import CallerError
from trodden.web.listening import listening, place_of

ROUNDS = 200
pytestmark = pytest.mark.requires("linux")


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def answers(address: str) -> bool:
    place = urlsplit(address)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    finally:
        connection.close()


def test_a_server_says_where_it_is_to_its_owner_alone_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "run" / "serve.json"
    with served(tmp_path) as address:
        assert answers(address)
        said = serve_json(tmp_path)
        assert said["url"] == address
        assert len(said["token"]) >= 43
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        (worker,) = children_of(said["pid"])
        port = urlsplit(address).port or 0
        with listening("127.0.0.1", port) as other:
            assert place_of(other).port > port
    assert not path.exists()
    assert not Path(f"/proc/{said['pid']}").exists()
    assert not Path(f"/proc/{worker}").exists()


def page(address: str) -> str:
    with urllib.request.urlopen(address, timeout=PATIENCE_S) as found:  # noqa: S310 - our own server
        return found.read().decode()


TWO_FIRMS = {"default": 1, "other": 9}
"""Customers of each workspace."""


def test_a_server_shows_its_own_workspace_and_answers_for_no_other(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for workspace, customers in TWO_FIRMS.items():
        log = tmp_path / f"{workspace}.csv"
        rows = (f"c{number},a,2026-01-01 10:00:00" for number in range(customers))
        log.write_text("\n".join(["customer,touchpoint,time", *rows]))
        place = ["--home", str(tmp_path), "--workspace", workspace]
        assert main([*place, "import", str(log), "--quiet"]) == 0
    with served(tmp_path, "--workspace", "other") as address:
        assert serve_json(tmp_path)["workspace"] == "other"
        assert "c8" in page(f"{address}/customers/")
        for workspace, customers in TWO_FIRMS.items():
            capfd.readouterr()
            place = ["--home", str(tmp_path), "--workspace", workspace]
            assert main([*place, "ask", "overview", "--json"]) == 0
            assert json.loads(capfd.readouterr().out)["about"]["customers"] == customers


HEAVY = ["deltalake", "django", "numba", "numpy", "pyarrow"]


def test_a_question_a_server_answers_imports_nothing_heavy_and_reads_as_without_one(
    sample: Path, site: str, tmp_path: Path
) -> None:
    assert site
    asked = ["ask", "funnel", "--steps", "Order,Installation", "--within=30d"]
    code = (
        "import sys; from trodden.cli import main; main(sys.argv[1:]); "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )

    def say(home: Path) -> list[str]:
        command = [sys.executable, "-c", code, "--home", str(home), *asked]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()

    *table, loaded = say(sample)
    assert (bool(table), loaded) == (True, "[]")
    alone = tmp_path / "alone"
    shutil.copytree(sample, alone, ignore=shutil.ignore_patterns("run", "cache"))
    *same, loaded = say(alone)
    assert table == same
    assert loaded != "[]"


def test_the_worker_ends_when_the_server_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "trodden", "serve", str(tmp_path), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        (worker,) = children_of(process.pid)
        watch = os.pidfd_open(worker)
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE_S)
    assert select.select([watch], [], [], PATIENCE_S)[0], "the worker outlived its server"
    os.close(watch)


def test_the_server_ends_with_an_error_when_its_worker_dies(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "trodden", "serve", str(tmp_path), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        (worker,) = children_of(process.pid)
        os.kill(worker, signal.SIGKILL)
        assert process.wait(PATIENCE_S) == 1


@pytest.mark.parametrize("taker", ["127.0.0.1", "::1"])
def test_a_port_taken_on_either_address_of_this_machine_takes_the_next_free_one(taker: str) -> None:
    with listening(taker, 0) as taken:
        port = place_of(taken).port
        with listening("127.0.0.1", port) as found:
            assert port < place_of(found).port <= port + 50


def test_of_two_that_want_a_port_at_the_same_time_each_gets_its_own() -> None:
    with listening("127.0.0.1", 0) as free:
        port = place_of(free).port
    together = Barrier(2)

    def take() -> socket.socket:
        together.wait(PATIENCE_S)
        return listening("127.0.0.1", port)

    with ThreadPoolExecutor(2) as pool:
        for _ in range(ROUNDS):
            first, second = (one.result(PATIENCE_S) for one in [pool.submit(take), pool.submit(take)])
            with first, second:
                assert place_of(first) != place_of(second)


def test_two_servers_started_together_each_show_their_own(tmp_path: Path) -> None:
    with listening("127.0.0.1", 0) as free:
        port = str(place_of(free).port)
    homes = {firm: tmp_path / firm for firm in ("ours", "theirs")}
    for firm, home in homes.items():
        log = tmp_path / f"{firm}.csv"
        log.write_text(f"customer,touchpoint,time\n{firm} customer,a,2026-01-01 10:00:00\n")
        assert main(["--home", str(home), "import", str(log), "--quiet"]) == 0
    with ExitStack() as stack:
        started = {firm: stack.enter_context(serving(home, "--port", port)) for firm, home in homes.items()}
        for firm, process in started.items():
            address = address_of(process)
            assert address == serve_json(homes[firm])["url"]
            assert serve_json(homes[firm])["pid"] == process.pid
            pages = [page(f"{address}/customers/") for _ in range(5)]
            assert all(f"{firm} customer" in shown for shown in pages)


def test_an_address_of_another_machine_is_refused_with_a_reason() -> None:
    with pytest.raises(CallerError, match=r"Cannot serve on 192\.0\.2\.1"):
        listening("192.0.2.1", 8000)
