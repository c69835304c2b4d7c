"""The columns of a chunk that must be understood: names, channels, outcomes, amounts, durations."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from trodden.collect.importers.aliases import channel_of, outcome_of
from trodden.collect.importers.arrow import INT64, STRING, Column, constant, pa, pc
from trodden.collect.importers.chunks import Chunk
from trodden.collect.importers.mapping import Mapping
from trodden.collect.importers.values import filled, read_amounts, read_codes, read_durations, read_names

if TYPE_CHECKING:
    from trodden.methods.rows.arrays import Mask


class Understanding:
    """The roles of a chunk that must be understood, and the cells that were not."""

    def __init__(self, chunk: Chunk, mapping: Mapping) -> None:
        self._chunk = chunk
        self._mapping = mapping
        self._decimal = mapping.decimal or "."
        self._rows = len(chunk.rows)
        self.left: dict[str, Mask] = {}
        """By column, the cells that are kept as a property because they were not understood."""
        self.unknown: dict[str, Counter[str]] = {}

    def columns(self) -> dict[str, Column]:
        """Return the columns of these roles; what is not in the file has its default."""
        mapping = self._mapping
        return {
            "name": self._plain(mapping.touchpoint),
            "url": self._plain(mapping.url),
            "text": self._plain(mapping.text),
            "kind": self._kind(),
            "channel": self._named("channel", mapping.channel, mapping.every_channel or "other"),
            "outcome": self._named("outcome", mapping.outcome, "unknown"),
            "duration_ms": self._duration(),
            **self._money(),
        }

    def _plain(self, column: str) -> Column:
        return filled(self._chunk[column], self._rows)

    def _kind(self) -> Column:
        cells = self._chunk[self._mapping.kind]
        if cells is None:
            return constant("track", STRING, self._rows)
        return pc.if_else(pc.equal(filled(cells, self._rows), ""), "track", filled(cells, self._rows))

    def _named(self, role: str, column: str, otherwise: str) -> Column:
        cells = self._chunk[column]
        if cells is None:
            return constant(otherwise, STRING, self._rows)
        of, given = (
            (channel_of, self._mapping.channels)
            if role == "channel"
            else (outcome_of, self._mapping.outcomes)
        )
        found = read_names(cells, partial(of, given=given), otherwise)
        self._note(role, column, found.left, found.unknown)
        return found.values

    def _duration(self) -> Column:
        cells = self._chunk[self._mapping.duration]
        if cells is None:
            return pa.nulls(self._rows, INT64)
        found = read_durations(cells, self._decimal, self._mapping.duration_unit)
        self._note("duration", self._mapping.duration, found.left, found.unknown)
        return found.values

    def _money(self) -> dict[str, Column]:
        mapping = self._mapping
        cells, codes = self._chunk[mapping.value], self._chunk[mapping.currency]
        currencies = constant(mapping.every_currency, STRING, self._rows)
        if codes is not None:
            currencies = read_codes(codes, mapping.every_currency)
        if cells is None:
            nothing = constant("", STRING, self._rows) if codes is None else currencies
            return {"value_minor": pa.nulls(self._rows, INT64), "currency": nothing}
        found = read_amounts(cells, currencies, self._decimal)
        self._note("value", mapping.value, found.left, found.unknown)
        return {"value_minor": found.minor, "currency": found.currency}

    def _note(self, role: str, column: str, left: Mask, unknown: Counter[str]) -> None:
        if unknown:
            self.left[column] = left
            self.unknown[role] = unknown
