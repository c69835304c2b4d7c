import hashlib
import http.server
import io
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.scripts import ROOT, load_script

WHEELS = [
    {"url": f"https://files.example/uv-1.0-py3-none-{tags}.whl", "hash": f"sha256:{tags}"}
    for tags in (
        "macosx_11_0_arm64",
        "manylinux_2_17_x86_64.manylinux2014_x86_64",
        "manylinux_2_28_aarch64",
        "musllinux_1_1_x86_64",
    )
]


bootstrap = load_script("bootstrap")


# Choosing and fetching the pinned uv


@pytest.mark.parametrize(
    ("platform", "libc", "machine", "tags"),
    [
        ("linux", "glibc", "x86_64", "manylinux_2_17_x86_64.manylinux2014_x86_64"),
        ("linux", "glibc", "aarch64", "manylinux_2_28_aarch64"),
        ("linux", "", "x86_64", "musllinux_1_1_x86_64"),
        ("darwin", "", "arm64", "macosx_11_0_arm64"),
    ],
)
def test_the_wheel_for_this_machine_is_picked(
    monkeypatch: pytest.MonkeyPatch, platform: str, libc: str, machine: str, tags: str
) -> None:
    monkeypatch.setattr(bootstrap.sys, "platform", platform)
    monkeypatch.setattr(bootstrap.platform, "libc_ver", lambda: (libc, ""))
    monkeypatch.setattr(bootstrap.platform, "machine", lambda: machine)
    assert bootstrap.uv_wheel(WHEELS) == (f"uv-1.0-py3-none-{tags}.whl", tags)


def test_a_machine_without_a_wheel_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap.platform, "machine", lambda: "vax")
    with pytest.raises(bootstrap.BootstrapError, match="uv has no wheel for"):
        bootstrap.uv_wheel(WHEELS)


def make_wheel() -> bytes:
    """Return a wheel whose one program prints a version."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as wheel:
        wheel.writestr("uv-1.0.data/scripts/uv", "#!/bin/sh\necho uv 1.0\n")
    return content.getvalue()


WHEEL = make_wheel()


@pytest.fixture
def pinned(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, object]:
    """Pin a small wheel as uv, in an environment of its own."""
    name = f"uv-1.0-py3-none-{bootstrap.system_tag()}_1_0_{bootstrap.platform.machine()}.whl"
    digest = hashlib.sha256(WHEEL).hexdigest()
    entry = {
        "version": "1.0",
        "source": {"registry": "https://default.example/simple"},
        "wheels": [{"url": f"https://files.example/{name}", "hash": f"sha256:{digest}"}],
    }
    monkeypatch.setattr(bootstrap, "locked_uv", lambda: entry)
    monkeypatch.setattr(bootstrap, "UV", tmp_path / "bin" / "uv")
    return {"name": name, "entry": entry}


def test_the_wheel_is_taken_from_a_folder_of_links(pinned: dict[str, object], tmp_path: Path) -> None:
    (tmp_path / pinned["name"]).write_bytes(WHEEL)
    bootstrap.install_uv({"UV_FIND_LINKS": str(tmp_path)})
    assert bootstrap.has_pinned_uv()


def test_a_wheel_with_another_hash_is_refused(pinned: dict[str, object], tmp_path: Path) -> None:
    (tmp_path / pinned["name"]).write_bytes(WHEEL + b"x")
    with pytest.raises(bootstrap.BootstrapError, match="does not have the hash"):
        bootstrap.install_uv({"UV_FIND_LINKS": str(tmp_path)})
    assert not bootstrap.UV.exists()


class Index(http.server.BaseHTTPRequestHandler):
    """A package index that wants a password and has one file."""

    name = ""
    secret = "Basic " + b64encode(b"ann:s3cret").decode()

    def do_GET(self) -> None:
        """Answer with the page of links, the file, or a refusal."""
        if self.headers.get("Authorization") != self.secret:
            return self.answer(401, b"no")
        if self.path == "/simple/uv/":
            return self.answer(200, f'<a href="../../files/{self.name}#sha256=0">uv</a>'.encode())
        return self.answer(200, WHEEL) if self.path == f"/files/{self.name}" else self.answer(404, b"")

    def answer(self, status: int, body: bytes) -> None:
        """Send status and body."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the server's own lines are no part of a test's output."""


@pytest.fixture
def index(pinned: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Serve the pinned wheel on this machine; give the index's address without user and password."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    handler = type("Index", (Index,), {"name": pinned["name"]})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}/simple"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("variable", ["PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"])
def test_the_index_that_pip_or_uv_would_use_is_asked_with_its_password(index: str, variable: str) -> None:
    environment = bootstrap.uv_environment({variable: f"http://ann:s3cret@{index}"})
    bootstrap.install_uv(environment)
    assert bootstrap.has_pinned_uv()


def test_an_index_that_refuses_is_named_without_its_password(index: str) -> None:
    environment = bootstrap.uv_environment({"PIP_INDEX_URL": f"http://ann:wrong@{index}"})
    with pytest.raises(bootstrap.BootstrapError) as raised:
        bootstrap.install_uv(environment)
    assert f"http://{index}/uv/: HTTP Error 401" in str(raised.value)
    assert "wrong" not in str(raised.value)


@pytest.mark.usefixtures("pinned")
def test_what_uv_says_is_shown_where_it_fails_alone_and_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    bootstrap.UV.parent.mkdir()
    bootstrap.UV.write_text('#!/bin/sh\nseq 100\necho "no such package" >&2\n[ "$1" = good ]\n')
    bootstrap.UV.chmod(0o755)
    bootstrap.uv(["good"], dict(os.environ))
    assert capfd.readouterr() == ("", "")
    with pytest.raises(bootstrap.BootstrapError) as raised:
        bootstrap.uv(["bad"], dict(os.environ))
    told = str(raised.value).splitlines()
    assert (told[1], told[-1]) == ("82", "no such package")
    assert (tmp_path / "setup.log").read_text().startswith("1\n2\n")


# What the variables say


def test_pips_variables_are_carried_over_and_uvs_own_win() -> None:
    found = bootstrap.uv_environment(
        {
            "PIP_CERT": "/etc/cert.pem",
            "PIP_PROXY": "http://proxy.example",
            "PIP_INDEX_URL": "https://pip.example",
            "UV_DEFAULT_INDEX": "https://uv.example",
        }
    )
    assert found["SSL_CERT_FILE"] == "/etc/cert.pem"
    assert found["ALL_PROXY"] == "http://proxy.example"
    assert found["UV_DEFAULT_INDEX"] == "https://uv.example"
    assert found["UV_PYTHON_DOWNLOADS"] == "never"


def test_the_authorities_the_machine_trusts_are_believed_unless_said_otherwise() -> None:
    assert bootstrap.uv_environment({})["UV_SYSTEM_CERTS"] == "1"
    assert bootstrap.uv_environment({"UV_SYSTEM_CERTS": "0"})["UV_SYSTEM_CERTS"] == "0"


def test_without_variables_the_locks_own_index_is_asked(pinned: dict[str, object]) -> None:
    assert bootstrap.indexes({}) == [pinned["entry"]["source"]["registry"]]


def test_extra_indexes_are_asked_before_the_default() -> None:
    found = bootstrap.indexes(
        {"UV_INDEX": "mine=https://a.example/ https://b.example", "UV_INDEX_URL": "https://c"}
    )
    assert found == ["https://a.example", "https://b.example", "https://c"]


@pytest.mark.parametrize("version", [(3, 10), (3, 15)])
def test_a_python_that_is_not_supported_is_refused(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int]
) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (*version, 0))
    with pytest.raises(bootstrap.BootstrapError, match=r"needs Python 3\.11 to 3\.14"):
        bootstrap.check_python()


# The whole of it, on a copy of the checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Give a copy of the files that the set-up reads."""
    for name in ("pyproject.toml", "uv.lock", "README.md", "LICENSE", "tools/bootstrap.py"):
        target = tmp_path / "checkout" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    package = tmp_path / "checkout" / "src" / "trodden"
    package.mkdir(parents=True)
    shutil.copy(ROOT / "src" / "trodden" / "__init__.py", package)
    return tmp_path / "checkout"


def set_up(checkout: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the set-up on a machine whose Python has no ensurepip."""
    hidden = checkout.parent / "hidden"
    hidden.mkdir(exist_ok=True)
    (hidden / "sitecustomize.py").write_text("import sys\nsys.modules['ensurepip'] = None\n")
    return subprocess.run(
        [Path(sys.base_prefix, "bin", "python3"), "tools/bootstrap.py", "build"],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(hidden), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.requires("package_index")
def test_the_set_up_needs_no_ensurepip_and_a_second_run_is_offline_and_silent(checkout: Path) -> None:
    first = set_up(checkout)
    assert first.returncode == 0, first.stderr
    program = subprocess.run(
        [checkout / ".venv/bin/python", "-c", "import django, numba, trodden; print(trodden.__file__)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert program.stdout.strip() == str(checkout / "src" / "trodden" / "__init__.py")

    nowhere = "http://127.0.0.1:9"
    second = set_up(checkout, HTTPS_PROXY=nowhere, HTTP_PROXY=nowhere, ALL_PROXY=nowhere)
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")


@pytest.mark.slow
@pytest.mark.requires("package_index")
def test_a_changed_lock_is_installed_again(checkout: Path) -> None:
    assert set_up(checkout).returncode == 0
    with (checkout / "uv.lock").open("a") as lock:
        lock.write("\n")
    again = set_up(checkout)
    assert again.returncode == 0, again.stderr
    assert "Setting up .venv" in again.stdout


def test_without_a_network_the_message_says_what_to_set(checkout: Path) -> None:
    nowhere = "http://127.0.0.1:9"
    found = set_up(checkout, HTTPS_PROXY=nowhere, HTTP_PROXY=nowhere, PIP_FIND_LINKS="", UV_FIND_LINKS="")
    assert found.returncode == 1
    assert "cannot fetch uv-" in found.stderr
    assert "PIP_INDEX_URL" in found.stderr
