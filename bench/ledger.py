"""What was measured already, kept as it is measured: an interrupted run is taken up where it stopped."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAME = "measured.json"


def measured(folder: Path, key: str, kind: Any, measure: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever a caller measures
    """Return what was measured in this folder under ``key``, measuring it where that was not done yet."""
    path = folder / NAME
    known = _read(path)
    if key in known:
        return msgspec.json.decode(known[key], type=kind)
    found = measure()
    scratch = path.with_suffix(".new")
    scratch.write_bytes(msgspec.json.encode(_read(path) | {key: msgspec.Raw(msgspec.json.encode(found))}))
    scratch.replace(path)
    return found


def is_measured(folder: Path, key: str) -> bool:
    """Say whether something was measured in this folder under ``key``."""
    return key in _read(folder / NAME)


def opened(folder: Path, state: str, *, anew: bool) -> Path:
    """Return the folder of a run in this state of the code, emptied where it is of another or ``anew``."""
    told = folder / "state"
    if anew or not told.exists() or told.read_text(encoding="utf-8") != state:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        told.write_text(state, encoding="utf-8")
    return folder


def _read(path: Path) -> dict[str, msgspec.Raw]:
    return msgspec.json.decode(path.read_bytes(), type=dict[str, msgspec.Raw]) if path.exists() else {}
