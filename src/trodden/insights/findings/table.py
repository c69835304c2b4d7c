"""Findings as a table, for files and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trodden.charts import Cell, Column, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trodden.insights.findings.model import Finding

COLUMNS: Final = (
    *(Column(label) for label in ("Key", "Kind", "Finding", "Journey", "Place", "Ends")),
    Column("Journeys", "count"),
    Column("Customers", "count"),
    *(Column(label, "number") for label in ("Effect", "Effect low", "Effect high")),
    Column("Of what"),
    Column("Obtained"),
    *(Column(label, "number") for label in ("Adjusted p", "Tests", "Score")),
)


def table_of_findings(
    findings: Iterable[Finding],
    more: tuple[Column, ...] = (),
    beside: dict[str, tuple[Cell, ...]] | None = None,
) -> Table:
    """Return one row a finding; ``more`` columns hold what stands ``beside`` its key."""
    rows = tuple((*_row(one), *(beside or {}).get(one.key, ())) for one in findings)
    return Table(title="Findings", columns=(*COLUMNS, *more), rows=rows)


def _row(one: Finding) -> tuple[Cell, ...]:
    effect = one.effect
    return (
        *(one.key, one.kind, one.sentence, one.map, one.place, one.sense, one.journeys, one.customers),
        *(effect.value, effect.low, effect.high, one.effect_of, one.grade, one.adjusted_p, one.tried),
        one.rank.score,
    )
