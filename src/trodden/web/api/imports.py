"""Imports by program: what was counted is brought in, seen, and taken back; rows that were refused."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec

from trodden.model.errors import CallerError
from trodden.store.imports import ImportRecord, Standing, imports_in, standing_of
from trodden.store.undo import plan_undo
from trodden.web.api.operations import Call, Operation, Resource
from trodden.web.api.paging import Page, Paging, page_of
from trodden.web.api.work import WorkTold, told_of
from trodden.web.home import or_404, walks, workspace_here
from trodden.web.setup.changing import refuse_busy
from trodden.web.sources.imports import import_here, refused_by, undoing
from trodden.web.sources.work import importing, rejected_by

if TYPE_CHECKING:
    from trodden.store.undo import Undo
    from trodden.web.sources.refused import RefusedRow


class ImportTold(msgspec.Struct, frozen=True):
    """One run of an import; ``standing`` says what became of it."""

    id: int
    source: str
    begun_at: str
    finished_at: str
    standing: Standing
    stored: int
    duplicates: int
    refused: int
    rejected: int


class UndoTold(msgspec.Struct, frozen=True):
    """What taking an import back would remove now.

    ``left``: events that other imports of the source brought, which stay. ``bereft``: numbers of imports that
    found rows known which go, too.
    """

    events: int
    customers: int
    left: int
    bereft: list[int]


class ImportWhole(ImportTold, frozen=True):
    """One run of an import; ``undo`` is null where it cannot be taken back, and ``why`` says why."""

    brought_by: str
    undone_at: str
    undo: UndoTold | None
    why: str


class Bringing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How what was counted is brought in; ``draws_map``: a first map is drafted of it."""

    draws_map: bool = False


class RefusedTold(msgspec.Struct, frozen=True):
    """A row that was refused: its number, why, and its text."""

    row: int
    reason: str
    text: str


def imports(call: Call) -> Page[ImportTold]:
    """List the imports, the oldest first."""
    found = walks()
    records = imports_in(found.workspace.imports_db) if found else []
    return page_of([(f"{one.id:012d}", _told(one, records)) for one in records], call.query)


def _told(one: ImportRecord, every: list[ImportRecord]) -> ImportTold:
    fields = {name: getattr(one, name) for name in _OF_AN_IMPORT}
    return ImportTold(**fields, standing=standing_of(one, every))


_OF_AN_IMPORT: Final = tuple(name for name in ImportTold.__struct_fields__ if name != "standing")


def one_import(call: Call) -> ImportWhole:
    """Return an import, with what taking it back would remove."""
    workspace = or_404(workspace_here())
    found, every = import_here(workspace, call.path["number"])
    undo, why = None, ""
    if not found.undone_at:
        try:
            undo = _undo_told(plan_undo(workspace, found.id))
        except CallerError as error:
            why = error.message
    told = msgspec.structs.asdict(_told(found, every))
    return ImportWhole(**told, brought_by=found.brought_by, undone_at=found.undone_at, undo=undo, why=why)


def _undo_told(plan: Undo) -> UndoTold:
    return UndoTold(plan.events, plan.customers, plan.left, [one.id for one in plan.bereft])


def undo(call: Call) -> WorkTold:
    """Begin to take an import back, as if it had never come."""
    workspace = or_404(workspace_here())
    refuse_busy(workspace)
    return told_of(call.request, workspace, undoing(call.request, call.path["number"]))


def bring_in(call: Call) -> WorkTold:
    """Begin to import a file exactly as it was counted."""
    workspace = or_404(workspace_here())
    refuse_busy(workspace)
    begun = importing(call.request, call.path["key"], draws=call.body.draws_map)
    return told_of(call.request, workspace, begun)


def refused(call: Call) -> Page[RefusedTold]:
    """List the rows an import refused; that is logged."""
    return _rows(refused_by(call.request, call.path["number"]), call.query)


def rejected(call: Call) -> Page[RefusedTold]:
    """List the rows a count would refuse; that is logged."""
    return _rows(rejected_by(call.request, call.path["key"]), call.query)


def _rows(found: list[RefusedRow], paging: Paging) -> Page[RefusedTold]:
    listed = enumerate(found)
    return page_of(
        [(f"{place:012d}", RefusedTold(one.row, one.reason, one.text)) for place, one in listed], paging
    )


RESOURCES = (
    Resource("api-imports", "imports", {"GET": Operation(imports, Page[ImportTold], query=Paging)}),
    Resource("api-import", "imports/<int:number>", {"GET": Operation(one_import, ImportWhole)}),
    Resource(
        "api-import-undo",
        "imports/<int:number>/undo",
        {"POST": Operation(undo, WorkTold, status=HTTPStatus.ACCEPTED, is_change=True, state_of=one_import)},
    ),
    Resource(
        "api-import-refused",
        "imports/<int:number>/refused",
        {"GET": Operation(refused, Page[RefusedTold], query=Paging)},
    ),
    Resource(
        "api-work-import",
        "work/<uuid:key>/import",
        {"POST": Operation(bring_in, WorkTold, body=Bringing, status=HTTPStatus.ACCEPTED, is_change=True)},
    ),
    Resource(
        "api-work-refused",
        "work/<uuid:key>/refused",
        {"GET": Operation(rejected, Page[RefusedTold], query=Paging)},
    ),
)
