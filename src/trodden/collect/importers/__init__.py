"""Files of events: found out about, read, made into events, stored.

``plan_import`` shows what a file looks like and how it would be read; ``import_files`` does it. What is not
said is guessed, from names and contents, and can be kept as a mapping file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trodden.collect.importers.engine import import_files
    from trodden.collect.importers.frames import events_of
    from trodden.collect.importers.mapping import (
        Mapping,
        dump_mapping,
        load_mapping,
        mapping_of,
        read_mapping,
        save_mapping,
    )
    from trodden.collect.importers.plan import plan_import
    from trodden.collect.importers.rejects import EXPLANATIONS
    from trodden.collect.importers.report import (
        FilePlan,
        FileReport,
        ImportOptions,
        ImportPlan,
        ImportReport,
        Progress,
    )
    from trodden.collect.importers.warming import warm

__all__ = [
    "EXPLANATIONS",
    "FilePlan",
    "FileReport",
    "ImportOptions",
    "ImportPlan",
    "ImportReport",
    "Mapping",
    "Progress",
    "dump_mapping",
    "events_of",
    "import_files",
    "load_mapping",
    "mapping_of",
    "plan_import",
    "read_mapping",
    "save_mapping",
    "warm",
]

_HOMES = {
    "EXPLANATIONS": "rejects",
    "FilePlan": "report",
    "FileReport": "report",
    "ImportOptions": "report",
    "ImportPlan": "report",
    "ImportReport": "report",
    "Mapping": "mapping",
    "Progress": "report",
    "dump_mapping": "mapping",
    "events_of": "frames",
    "import_files": "engine",
    "load_mapping": "mapping",
    "mapping_of": "mapping",
    "plan_import": "plan",
    "read_mapping": "mapping",
    "save_mapping": "mapping",
    "warm": "warming",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 -- whatever the name stands for
    """Load a public name when it is first used: the process that reads hostile files needs none of them."""
    from importlib import import_module

    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
