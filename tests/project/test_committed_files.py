import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.scripts import ROOT

FORBIDDEN = {
    "a path of somebody's machine": re.compile(r"(?<![\w.])/(?:work|root|Users|home/[a-z]+)/"),
    "work left undone": re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b|raise NotImplementedError"),
    "a secret key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b"),
    "a merge left open": re.compile(r"^(?:<{7} |>{7} )", re.MULTILINE),
}
LARGEST = 1_000_000
"""Bytes; what is larger is made, not committed."""


def committed() -> list[Path]:
    """Return every committed file that still exists, but for this one."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file() and path != Path(__file__)]


def texts() -> Iterator[tuple[Path, str]]:
    """Yield every committed text; lock files are written by their tools."""
    for path in committed():
        content = path.read_bytes()
        if b"\0" not in content and path.name not in {"uv.lock", "package-lock.json"}:
            yield path.relative_to(ROOT), content.decode()


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nothing_committed_holds(what: str) -> None:
    found = {str(path): match.group() for path, text in texts() if (match := FORBIDDEN[what].search(text))}
    assert found == {}


def test_no_committed_file_is_large() -> None:
    large = {path.name: path.stat().st_size for path in committed() if path.stat().st_size > LARGEST}
    assert large == {}


def test_what_is_built_is_not_committed() -> None:
    names = [str(path.relative_to(ROOT)) for path in committed()]
    built = re.compile(r"(^|/)(node_modules|__pycache__|dist)/|\.pyc$|/static/built/")
    assert [name for name in names if built.search(name)] == []
