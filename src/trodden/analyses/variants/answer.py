"""The questions and the answers of ``variants``."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from trodden.model.question import Answer, Question, Rate, nought_of


class _VariantsOf(Question, frozen=True, kw_only=True):
    """Which sequences are one, and which are shown."""

    collapse: Annotated[bool, Meta(description="Successive steps at one touchpoint are one.")] = False
    limit: Annotated[int, Meta(ge=1, le=500, description="Variants shown; the rest are told as Other.")] = 20
    min_count: Annotated[int, Meta(ge=1, description="Rarer variants are told as Other.")] = 1


class VariantsQuestion(_VariantsOf, frozen=True, kw_only=True):
    """Which ways there are from beginning to end, and how many take each.

    With a map each variant tells how well it fits.
    """


class VariantFit(msgspec.Struct, frozen=True, kw_only=True):
    """How the units of a variant fit the map, as ``conformance`` says it.

    ``cost``: of all their alignments together. ``fitness``: 1 - cost / (events + steps of the cheapest run),
    of all together. ``fits``: cost 0; ``as_designed``: no deviation of any kind, accepted variations aside.
    """

    cost: int
    fitness: float
    fits: Rate
    as_designed: Rate


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """One sequence of steps: units that are over, their customers, and how long they took.

    ``share``: of all units that are over. ``open``: units still open that have walked just this so far.
    ``median_s``, ``p90_s``: from the first step to the last. ``where`` is the pattern that selects these
    units; empty where none does (more than 200 steps, or repeats collapsed within another pattern).
    """

    steps: tuple[str, ...]
    units: int
    share: Annotated[Rate, nought_of("closed")]
    customers: int
    open: int
    median_s: float | None
    p90_s: float | None
    fit: VariantFit | None
    where: str


class OtherVariants(msgspec.Struct, frozen=True, kw_only=True):
    """The variants not shown, as one: ``kinds`` of them, ``customers`` who walked any of them.

    ``open`` are units still open whose sequence so far is not a variant shown.
    """

    kinds: int
    units: int
    share: Rate
    customers: int
    open: int
    median_s: float | None
    p90_s: float | None
    fit: VariantFit | None


class Variants(Answer, frozen=True, kw_only=True):
    """Variants by units, most first, then by steps; ``kinds`` there are in all, of ``closed`` units.

    ``open_kinds``: different sequences walked so far by units still open.
    """

    kinds: int
    closed: int
    open_kinds: int
    variants: tuple[Variant, ...]
    other: OtherVariants | None


class VariantCountsQuestion(_VariantsOf, frozen=True, kw_only=True):
    """Which variants are the most frequent."""


class VariantCounts(Answer, frozen=True, kw_only=True):
    """Keys of the variants to show, ascending, as 32 hexadecimal digits; and how many there are in all."""

    keys: tuple[str, ...]
    kinds: int
    open_kinds: int
