"""The pages of segments: the list, one of them, the form that builds one, whom several share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from trodden.charts.formats import format_count, format_interval, format_share, format_time
from trodden.web.addresses import ask_address, with_query
from trodden.web.pages import Crumb, Empty, Figure, File
from trodden.web.segments.rows import KINDS

if TYPE_CHECKING:
    from trodden.analyses.segments.answer import Moment, Size
    from trodden.store.segments import SavedSegment
    from trodden.web.segments.rows import Rule


@dataclass(frozen=True, slots=True)
class Spark:
    """A history as a small line: ``points`` of a polyline in 100 by 24, and what it says."""

    points: str
    said: str


@dataclass(frozen=True, slots=True)
class Line:
    """A segment in the list; ``problem`` says why it cannot be counted."""

    name: str
    address: str
    words: str
    owner: str
    count: str = ""
    share: str = ""
    spark: Spark | None = None
    problem: str = ""
    used_by: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Deleted:
    """A segment that can be brought back."""

    name: str
    words: str
    aside: str


@dataclass(frozen=True, slots=True)
class SegmentsPage:
    """Every saved segment."""

    title: str
    lines: tuple[Line, ...] = ()
    deleted: tuple[Deleted, ...] = ()
    just_deleted: Deleted | None = None
    may_edit: bool = False
    empty: Empty | None = None


@dataclass(frozen=True, slots=True)
class SegmentPage:
    """One segment: what it says, how large it is, how it grew, what to ask of it."""

    title: str
    crumbs: tuple[Crumb, ...]
    name: str
    words: str
    where: str
    description: str
    owner: str
    stamp: str
    count: str = ""
    share: str = ""
    figure: Figure | None = None
    asks: tuple[File, ...] = ()
    used_by: tuple[File, ...] = ()
    others: tuple[str, ...] = ()
    may_edit: bool = False
    limits: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """The names a form proposes."""

    properties: tuple[tuple[str, tuple[str, ...]], ...]
    touchpoints: tuple[tuple[str, str], ...]
    maps: tuple[str, ...]
    deviations: tuple[str, ...]
    saved: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """How large a rule is as it stands, and a few who are in it."""

    text: str = ""
    words: str = ""
    count: str = ""
    share: str = ""
    people: tuple[File, ...] = ()
    ask: str = ""
    problem: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class BuildPage:
    """The form that builds a segment, by rows or as text."""

    title: str
    crumbs: tuple[Crumb, ...]
    name: str
    description: str
    before: str
    stamp: str
    mode: str
    text: str
    rule: Rule
    known: Known
    preview: Preview
    limits: str = ""
    problem: str = ""
    hint: str = ""
    now: str = ""
    """What somebody else made of it meanwhile."""
    kinds: tuple[tuple[str, str], ...] = ()
    relations: tuple[tuple[str, str], ...] = ()
    often: tuple[tuple[str, str], ...] = ()
    may_save: bool = False


@dataclass(frozen=True, slots=True)
class OverlapPage:
    """Whom several segments share."""

    title: str
    crumbs: tuple[Crumb, ...]
    names: tuple[tuple[str, bool], ...]
    figure: Figure | None = None
    problem: str = ""
    empty: Empty | None = None


def kinds_of_rows() -> tuple[tuple[str, str], ...]:
    """Return what a condition may be about, in words."""
    words = (
        _("a property"),
        _("was at a touchpoint"),
        _("went through steps in order"),
        _("paused"),
        _("went their own way on a journey"),
        _("is in a saved segment"),
    )
    return tuple(zip(KINDS, words, strict=True))


def address_of(name: str) -> str:
    """Return where a segment is shown."""
    return reverse("segment", args=[name])


def crumbs_of(*last: str) -> tuple[Crumb, ...]:
    """Return the way back to the list; ``last`` are a segment's name and what is done with it."""
    home = Crumb(_("Segments"), reverse("segments"))
    if not last:
        return (Crumb(home.label),)
    name, *more = last
    return (home, Crumb(name, address_of(name.removeprefix("@")) if more else ""), *map(Crumb, more))


def size_words(size: Size) -> tuple[str, str]:
    """Return a size as a count and as a share with its interval."""
    rate = size.units
    if rate.value is None:
        return format_count(rate.count), ""
    interval = format_interval(rate.low, rate.high, "share")
    return format_count(rate.count), f"{format_share(rate.value)} {interval}".strip()


def spark_of(history: tuple[Moment, ...], place: int, zone: str) -> Spark | None:
    """Return the history of the segment at a place as a line; None where there is too little of it."""
    sizes = [one.sizes[place] for one in history]
    most = max(sizes, default=0)
    if len(sizes) < len("ab") or not most:
        return None
    across = 100 / (len(sizes) - 1)
    points = " ".join(
        f"{number * across:.1f},{22 - 20 * size / most:.1f}" for number, size in enumerate(sizes)
    )
    first = format_time(history[0].at, zone).partition(",")[0]
    said = _("{first} on {day}, {last} now").format(
        first=format_count(sizes[0]), day=first, last=format_count(sizes[-1])
    )
    return Spark(points, said)


def used_by(name: str, saved: tuple[SavedSegment, ...], names: dict[str, frozenset[str]]) -> tuple[File, ...]:
    """Return the other segments that refer to one."""
    return tuple(File(f"@{one.name}", address_of(one.name)) for one in saved if name in names[one.name])


def asks_of(text: str, *, sees: bool) -> tuple[File, ...]:
    """Return questions about the customers of a segment."""
    people = (File(_("Who they are"), with_query(reverse("customers"), {"segment": text})),) if sees else ()
    return (
        *people,
        File(_("Where they go"), ask_address("overview", {"segment": text})),
        File(_("What sets them apart"), ask_address("compare", {"analysis": "overview", "segment": text})),
        File(_("What comes after what"), ask_address("transitions", {"segment": text})),
        File(_("Who comes back"), ask_address("retention", {"segment": text})),
    )
