"""The peers' environment: built from pinned files by hash, apart from ours."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent.parent
FOLDER: Final = ROOT / ".venv-bench-peers"
PYTHON: Final = FOLDER / "bin" / "python"
_LOCK: Final = Path(__file__).with_name("requirements.txt")
_WANTED: Final = Path(__file__).with_name("requirements.in")
_STAMP: Final = FOLDER / ".installed"


@cache
def python() -> Path:
    """Return the interpreter the peers are installed for, installing them where that was not done yet."""
    lock = _LOCK.read_text(encoding="utf-8")
    if not _STAMP.exists() or _STAMP.read_text(encoding="utf-8") != lock:
        print("Setting up .venv-bench-peers ...", flush=True)
        uv = str(Path(sys.executable).with_name("uv"))
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--clear", str(FOLDER)], check=True)
        install = [uv, "pip", "install", "--quiet", "--require-hashes", "--python", str(PYTHON)]
        subprocess.run([*install, "-r", str(_LOCK)], check=True)
        _STAMP.write_text(lock, encoding="utf-8")
    return PYTHON


def versions() -> dict[str, str]:
    """Return the version of each peer."""
    lines = _WANTED.read_text(encoding="utf-8").split()
    return dict(line.split("==") for line in lines)
