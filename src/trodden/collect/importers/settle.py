"""From a sample of rows to everything that decides how rows become events."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from trodden.collect.importers.amounts import guess_decimal
from trodden.collect.importers.build import Recipe
from trodden.collect.importers.chunks import Cells, Chunk
from trodden.collect.importers.guess import REQUIRED, Guess, guess_columns
from trodden.collect.importers.mapping import Mapping, zone_of
from trodden.collect.importers.moments import Order, OrderGuess, guess_order
from trodden.collect.importers.report import ImportOptions
from trodden.model.errors import MappingError
from trodden.model.words import keep

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Settled:
    """What a sample told. ``problem``: what is wrong and what would help, or None where nothing is."""

    recipe: Recipe
    guesses: dict[str, Guess]
    notes: tuple[str, ...]
    problem: tuple[str, str] | None

    def require(self, name: str) -> None:
        """Make sure that everything is settled.

        Raises
        ------
        MappingError
            If the columns cannot be told; it lists the candidates and what would settle them.
        """
        if self.problem:
            raise MappingError(self.problem[0], hint=self.problem[1], file=name)


def settle(
    chunk: Chunk,
    mapping: Mapping,
    source: str,
    options: ImportOptions,
    ask: Callable[[Mapping], Order | None],
) -> Settled:
    """Guess what the mapping leaves open.

    Parameters
    ----------
    chunk
        The sample.
    mapping
        What is known.
    source
        Name of the source.
    options
        When the events came in, and limits.
    ask
        Tells the order of dates by more rows, where the sample does not tell it.

    Raises
    ------
    MappingError
        If the mapping names a column that is not there.
    """
    _check_names(mapping, chunk)
    guesses = guess_columns(chunk, mapping)
    mapping = _with_guesses(mapping, guesses)
    order = _order(mapping, chunk, ask)
    mapping = msgspec.structs.replace(
        mapping,
        timezone=mapping.timezone or "UTC",
        date_order=order.order,
        decimal=mapping.decimal or _decimal(mapping, chunk),
    )
    received = options.received_at or datetime.now(UTC)
    recipe = Recipe(
        mapping=mapping,
        source=source,
        zone=zone_of(mapping.timezone),
        is_order_sure=order.is_sure,
        received_us=(received - _EPOCH) // timedelta(microseconds=1),
        limits=options.limits,
    )
    notes = (*_by_contents(guesses), *_notes(recipe))
    return Settled(recipe, guesses, notes, _problem(guesses, chunk))


def _check_names(mapping: Mapping, chunk: Chunk) -> None:
    for role, name in mapping.columns():
        if name not in chunk.names:
            raise MappingError(
                f"There is no column {name!r} (meant to be {role}).",
                hint=f"There are {_listed(chunk.names)}.",
            )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:40])
    return shown if len(names) <= 40 else f"{shown} and {len(names) - 40} more"  # noqa: PLR2004


def _with_guesses(mapping: Mapping, guesses: dict[str, Guess]) -> Mapping:
    found: dict[str, Any] = {}
    for role, guess in guesses.items():
        if guess.columns:
            found[role] = guess.columns if role == "time" else guess.columns[0]
    return msgspec.structs.replace(mapping, **found)


def _problem(guesses: dict[str, Guess], chunk: Chunk) -> tuple[str, str] | None:
    """Say what is missing, with candidates and the flags that settle it."""
    missing = [guesses[role] for role in REQUIRED if not guesses[role].columns]
    if not missing:
        return None
    *before, words = (_doubt(guess, chunk) for guess in missing)
    for said in reversed(before):
        words = keep("{said}; {again}", said=said, again=words)
    return words, keep("Say which it is, for example `{options}`.", options=_options(missing, chunk))


def _doubt(guess: Guess, chunk: Chunk) -> str:
    if not guess.candidates:
        return keep(
            "No column looks like the {role}; there are {names}",
            role=guess.role,
            names=_listed(chunk.names),
        )
    found = ", ".join(f"{one.column!r} ({one.score:.2f})" for one in guess.candidates)
    return keep("Which column is the {role} is not clear: {found}", role=guess.role, found=found)


def _options(missing: Sequence[Guess], chunk: Chunk) -> str:
    """Write options that would settle roles, ready for a shell: the likeliest column of each that is free."""
    used: set[str] = set()
    options: list[str] = []
    for guess in missing:
        names = [*(one.column for one in guess.candidates), *chunk.names]
        name = next((name for name in names if name not in used), "COLUMN")
        used.add(name)
        options.append(f"--{guess.role} {shlex.quote(name)}")
    return " ".join(options)


def _order(mapping: Mapping, chunk: Chunk, ask: Callable[[Mapping], Order | None]) -> OrderGuess:
    if mapping.date_order:
        return OrderGuess(mapping.date_order, is_sure=True)
    cells = present(chunk, mapping.time)
    found = guess_order(cells) if cells else OrderGuess("ymd", is_sure=True)
    told = None if found.is_sure else ask(mapping)
    return found if told is None else OrderGuess(told, is_sure=True)


def present(chunk: Chunk, names: Sequence[str]) -> list[Cells]:
    """Return the columns of these names that a chunk has."""
    return [cells for cells in (chunk[name] for name in names) if cells is not None]


def _decimal(mapping: Mapping, chunk: Chunk) -> str:
    texts: list[str] = []
    for name in (mapping.value, mapping.duration):
        cells = chunk[name]
        if cells is not None:
            texts += [text for text in cells.text.to_pylist() if text]
    return guess_decimal(texts)


def _by_contents(guesses: dict[str, Guess]) -> Iterator[str]:
    for guess in guesses.values():
        if guess.is_by_contents:
            column = repr(guess.columns[0])
            yield keep(
                "The {role} was told by contents alone: {column}. Check it.", role=guess.role, column=column
            )


def _notes(recipe: Recipe) -> Iterator[str]:
    mapping = recipe.mapping
    if not recipe.is_order_sure:
        day_first = keep(
            "Nothing tells day from month; the day is read first. Set date_order if that is wrong."
        )
        month_first = keep(
            "Nothing tells day from month; the month is read first. Set date_order if that is wrong."
        )
        yield day_first if mapping.date_order == "dmy" else month_first
    if mapping.value and not mapping.currency and not mapping.every_currency:
        yield keep(
            "Amounts of {column} have a currency only where they say it; --every-currency sets it.",
            column=repr(mapping.value),
        )
