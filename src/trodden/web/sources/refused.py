"""Rows that were refused, as a file for a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from django.utils.translation import gettext as _

from trodden.charts import Column, Table
from trodden.charts.export import csv_of
from trodden.collect.importers.rejects import EXPLANATIONS
from trodden.web.explore.export import attached

if TYPE_CHECKING:
    from pathlib import Path

    from django.http import HttpResponse


class RefusedRow(msgspec.Struct, frozen=True):
    """A line of the file an import wrote: the number of a row, why it was refused, and the row as it was."""

    file: str
    row: int
    reason: str
    text: str


def refused_rows(path: Path) -> list[RefusedRow]:
    """Read the rows that were refused."""
    return [msgspec.json.decode(line, type=RefusedRow) for line in path.read_bytes().splitlines()]


def as_file(lines: list[RefusedRow]) -> HttpResponse:
    """Return a file of refused rows as CSV: number, reason, reason in words, the row as it was."""
    rows = tuple((one.row, one.reason, EXPLANATIONS.get(one.reason, ""), one.text) for one in lines)
    heads = (Column(_("row"), "count"), Column(_("reason")), Column(_("in words")), Column(_("the row")))
    return attached(
        csv_of(Table(title=_("Rejected rows"), columns=heads, rows=rows)).encode(), "rejected", "csv"
    )
