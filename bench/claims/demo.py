"""Claims: the demo and a finding in 30 s, a page in 150 ms, in 1 s for 50 people; 450 MB, 45 kB of script."""

from __future__ import annotations

import gzip
import importlib.metadata
import re
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import trodden
from bench.clicking import EACH, PEOPLE, READING_S, clicked
from bench.ledger import measured
from bench.measure import LONGEST_S, FailedError, ran
from bench.page import Row
from bench.serving import Server, serving
from bench.visiting import opened, p95_of, pages_of, visited

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.claims.data import Data

ROUNDS: Final = 20
FINDING: Final = "finding-card"
SEEKING: Final = 'data-why="computing"'
"""What Home holds from the first finding on, and while it is being looked for."""
SCRIPT: Final = re.compile(r"{% asset '(\w+\.js)' %}")


def measure(data: Data) -> Iterator[Row]:
    """Measure what a newcomer meets."""
    if not data.is_largest:
        return
    found = measured(data.folder, "demo", dict[str, float], lambda: _shown(data.folder / "demo", data.demo))
    counted = f"{data.demo:,} customers"
    first, told, p95, pages = found["first"], found["told"], found["p95"], found["pages"]
    yield Row("`trodden demo` to the first page answered", f"{first:.3g} s", first, 30.0, "s", counted)
    if told:
        yield Row("`trodden demo` to the first finding on Home", f"{told:.3g} s", told, 30.0, "s", counted)
    measured_as = f"{1000 * p95:.3g} ms ({pages:.0f} pages, {ROUNDS} times each, after the first time)"
    yield Row("a page of the demo, 95th percentile", measured_as, 1000 * p95, 150.0, "ms", counted)
    many = found["many"]
    asked = f"{1000 * many:.3g} ms ({PEOPLE} people, {EACH} pages each, up to {READING_S:.0f} s apart)"
    yield Row("a page while 50 people click, 95th percentile", asked, 1000 * many, 1000.0, "ms", counted)
    resident = found["resident"]
    idle = found["idle"]
    yield Row("resident, both processes, idle", f"{idle:,.0f} MB", idle, 450.0, "MB", "at rest, after Home")
    yield Row("after every page, 20 times each", f"{resident:,.0f} MB", resident, None, "MB", counted)
    script = script_kb()
    yield Row(
        "script of a page, gzip", f"{script:.3g} kB", script, 45.0, "kB", "the page with most: the map editor"
    )
    size = installed_mb()
    yield Row("installed, with all it needs", f"{size:,.0f} MB", size, 750.0, "MB")


def _shown(home: Path, customers: int) -> dict[str, float]:
    shutil.rmtree(home, ignore_errors=True)
    begin = time.perf_counter()
    ran("demo", "--into", str(home), "--customers", str(customers), home=str(home))
    with serving(str(home)) as server:
        opened(server, "/")
        first = time.perf_counter() - begin
        told = _until_told(server, begin)
        server.rest()
        idle = server.resident_mb()
        pages, refused = pages_of(server)
        if refused:
            raise FailedError(f"pages that do not answer: {', '.join(refused)}")
        seconds = visited(server, pages, ROUNDS)
        resident = server.resident_mb()
        together = clicked(server.url, pages)
    return {
        "first": first,
        "told": told,
        "p95": p95_of(seconds),
        "many": p95_of(together),
        "pages": len(pages),
        "idle": idle,
        "resident": resident,
    }


def _until_told(server: Server, begin: float) -> float:
    """Wait for the first finding; return the seconds since the beginning, 0 where there is none to find."""
    while SEEKING in (home := opened(server, "/")):
        if time.perf_counter() - begin > LONGEST_S:
            raise FailedError("findings were looked for without end")
        time.sleep(0.2)
    return time.perf_counter() - begin if FINDING in home else 0.0


def script_kb() -> float:
    """Return the size of the scripts of the page that loads most, compressed."""
    web = Path(trodden.__file__).parent / "web"
    built = (web / "static" / "built").glob("*.js")
    sizes = {path.name: len(gzip.compress(path.read_bytes(), 9)) / 1000 for path in built}
    every = _scripts(web / "templates" / "base.html")
    pages = [every, *(_scripts(path, every) for path in web.rglob("*.html"))]
    return max(sum(sizes[name] for name in page) for page in pages)


def _scripts(template: Path, every: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return the scripts a page of this template loads: its own, and those of every page it is one of."""
    text = template.read_text(encoding="utf-8")
    own = frozenset[str](SCRIPT.findall(text))
    return own | every if "{% extends" in text else own


def installed_mb() -> float:
    """Return the size of our package and of all it needs here, as installed, without compiled caches."""
    own = Path(trodden.__file__).parent
    files = [path for path in own.rglob("*") if path.is_file() and _is_installed(path)]
    return (sum(path.stat().st_size for path in files) + sum(map(_size, _needed("trodden")))) / 1e6


def _is_installed(path: Path) -> bool:
    return "__pycache__" not in path.parts and "tests" not in path.parts


def _needed(name: str) -> set[str]:
    """Return the packages a package needs, and those they need, where they are installed."""
    needed: set[str] = set()
    ahead = [name]
    while ahead:
        for text in importlib.metadata.requires(ahead.pop()) or ():
            requirement = Requirement(text)
            one = canonicalize_name(requirement.name)
            if one not in needed and (
                requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            ):
                needed.add(one)
                ahead.append(one)
    return needed


def _size(package: str) -> int:
    files = importlib.metadata.files(package) or ()
    return sum(path.stat().st_size for file in files if (path := Path(str(file.locate()))).is_file())
