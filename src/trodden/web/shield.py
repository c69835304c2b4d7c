"""Answers for those who may not know who customers are: each name is a pseudonym, the same each time.

Their questions are answered of at least `FEWEST` customers: who narrows a question down to the few for whom
something holds could tell from it who they are. So are the values of properties they name: who asks of all,
and of all but one, has asked of that one. Words lose what reads like an address or a number.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec
from django.conf import settings
from django.utils.translation import gettext as _

from trodden.analyses.compare.answer import Compared, CompareQuestion, Side
from trodden.analyses.segments.answer import Moment, Segments, SegmentsQuestion, Size
from trodden.analyses.touchpoint.answer import Touchpoint
from trodden.api import StoredWalks
from trodden.methods.journeys.segments import Compare
from trodden.methods.journeys.segments_write import write_leaf
from trodden.methods.stats.rates import wilson
from trodden.model.errors import QuestionError
from trodden.model.question import FEWEST_CUSTOMERS, Example, Rate, Verbatim
from trodden.questions import question_from
from trodden.registry import find, find_by_question, registrations
from trodden.web.groups import asked_of, groups_of, sizes_of, unseen_notes, values_in
from trodden.web.workspaces import workspace_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from trodden.engines.threads import Cancel
    from trodden.model.catalog import Catalog
    from trodden.model.question import About, Answer, Question
    from trodden.model.walks import Bucket, Snapshot

sees_customers: ContextVar[bool] = ContextVar("sees_customers", default=True)
"""Whether who sent the request that is answered may know who customers are; `Policy` says so."""


NAMING: Final = frozenset({"customers", "timeline"})
"""Analyses whose answers name customers; asking them needs the right to see them."""

COMPARING: Final = "compare"
"""The analysis that asks another one, of two sides."""

FEWEST: Final = FEWEST_CUSTOMERS
"""Customers an answer must be about at least, for those who may not know who they are."""

TELLING: Final = 4
"""An identifier shorter than this is a word like any other."""

LONG: Final = 8
"""From so many letters on an identifier is looked for inside words, too, as a proof of erasure does."""

_LINK: Final = re.compile(r"https?://\S+")
# It takes words without an address, too, so that no sign is looked at again from every sign before it.
_ADDRESS: Final = re.compile(r"[^\s@<>]+(@[^\s@<>]+\.\w+)?")
_LONG_NUMBER: Final = re.compile(r"\+?\d(?:[\s()/.-]{0,2}\d){5,}")


class TooFewError(QuestionError):
    """A question is about so few customers that who they are could be told from its answer."""

    code = "too-few"


class Shielded(StoredWalks):
    """The walks, whose answers name no customer. They are brought up to date with those they stand before."""

    def __init__(self, walks: StoredWalks) -> None:
        self.__dict__ = walks.__dict__

    @property
    def snapshot(self) -> Snapshot:
        """Return the state of the walks, in which nobody is found by name."""
        return cast("Snapshot", Unnamed(super().snapshot))

    def ask(self, question: Question | str, *, cancel: Cancel | None = None, **fields: Any) -> Answer:  # noqa: ANN401 - as the walks take them
        """Answer a question without naming anybody.

        Raises
        ------
        TooFewError
            It is about so few customers that who they are could be told from the answer.
        QuestionError
            It asks for customers by name.
        """
        if isinstance(question, str):
            question, fields = question_from(find(question).question, fields), {}
        self._hold(question, cancel)
        answer = super().ask(question, cancel=cancel, **fields)
        if any(0 < count < FEWEST for count in _customers(answer)):
            raise too_few()
        if isinstance(answer, Touchpoint | Compared):
            answer = _of_common(answer, self)
        return cast("Answer", hidden(_without_notes(_without_few(answer), question, self.catalog)))

    def _hold(self, question: Question, cancel: Cancel | None) -> None:
        """Refuse a question before it is answered: what is wrong with it may tell of somebody, too."""
        _refuse_naming(question)
        plain = named(self)
        for one in asked_of(question, self.catalog):
            for values in values_in(one, self.catalog):
                if not all(_are_enough(plain, values, cancel)):
                    raise too_few()
            for group in groups_of(one):
                if plain.ask(group, cancel=cancel).about.customers < FEWEST:
                    raise too_few()


def is_naming(analysis: str, fields: Mapping[str, str]) -> bool:
    """Say whether a question, as texts, asks for customers by name, itself or within a comparison."""
    return analysis in NAMING or (
        analysis == COMPARING and fields.get("analysis", "") in {*NAMING, COMPARING}
    )


def too_few() -> TooFewError:
    """Return the error that says that there are too few customers to tell of, or none."""
    return TooFewError(
        _("Fewer than {n} customers fit, so few that one could tell who they are.").format(n=FEWEST),
        hint=_("Ask about more of them. An admin gives the right to see who customers are."),
    )


def _refuse_naming(question: Question) -> None:
    """Refuse what names customers or counts them otherwise than one by one, by itself or compared."""
    name = question.analysis if isinstance(question, CompareQuestion) else find_by_question(question).name
    if name in NAMING or (isinstance(question, CompareQuestion) and not _is_compared(name)):
        raise QuestionError(
            _("Who may not see who customers are cannot ask this."),
            hint=_("An admin gives the right to see who customers are."),
        )
    is_plain = (question.unit or ("journey" if question.map else "customer")) == "customer"
    if isinstance(question, SegmentsQuestion) and not is_plain:
        raise QuestionError(
            _("Segments are counted in customers, for who may not see who they are."),
            hint=_("Let what is counted be customers: several journeys may be of one."),
        )


def _are_enough(plain: StoredWalks, asked: SegmentsQuestion, cancel: Cancel | None = None) -> list[bool]:
    sizes = cast("Segments", plain.ask(asked, cancel=cancel)).sizes
    return [size.units.count >= FEWEST for size in sizes]


def common(walks: StoredWalks, name: str, values: Sequence[str]) -> tuple[str, ...]:
    """Return the values of a property that say nobody's name: each is of customers enough."""
    texts = tuple(write_leaf(Compare(name, "=", (value,))) for value in values)
    enough = (is_enough for asked in sizes_of(texts) for is_enough in _are_enough(named(walks), asked))
    return tuple(value for value, is_enough in zip(values, enough, strict=True) if is_enough)


def _is_compared(name: str) -> bool:
    return name in registrations() and name != "segments"


def _without_few(answer: Answer) -> Answer:
    """Return sizes of segments in which so few that one could tell who they are count as nobody.

    Whom segments share is left out altogether where that are so few anywhere: the others and all, together,
    would tell how many.
    """
    if not isinstance(answer, Segments):
        return answer
    is_few = any(one.units.count < FEWEST for one in answer.overlaps)
    if is_few and answer.show == "overlap":
        raise too_few()
    left_out = _("Whom the segments share is left out: fewer than {n} customers somewhere.").format(n=FEWEST)
    return msgspec.structs.replace(
        answer,
        about=_noted(answer.about, *answer.about.notes, *((left_out,) if is_few else ())),
        sizes=tuple(Size(one.segment, _rate(one.units)) for one in answer.sizes),
        overlaps=() if is_few else answer.overlaps,
        history=tuple(
            Moment(one.at, one.units, tuple(size if size >= FEWEST else 0 for size in one.sizes))
            for one in answer.history
        ),
    )


def _of_common(answer: Touchpoint | Compared, walks: StoredWalks) -> Answer:
    """Return what is known of a touchpoint without values that say who somebody is; compared, without any."""
    if isinstance(answer, Compared):
        parts = tuple(f"{one.name}, " for one in walks.catalog.dictionaries.properties)
        rest = tuple(one for one in answer.differences if not one.name.startswith(parts))
        return (
            msgspec.structs.replace(answer, differences=rest) if answer.question == "touchpoint" else answer
        )
    values: dict[str, list[str]] = {}
    for one in answer.differs:
        values.setdefault(one.property, []).append(one.value)
    known = {name: common(walks, name, texts) for name, texts in values.items()}
    differs = tuple(one for one in answer.differs if one.value in known[one.property])
    return msgspec.structs.replace(answer, differs=differs)


def _without_notes(answer: Answer, question: Question, catalog: Catalog) -> Answer:
    """Return an answer that does not tell values nobody has from those of a few."""
    unseen = {note for one in asked_of(question, catalog) for note in unseen_notes(one, catalog)}
    notes = (note for note in answer.about.notes if note not in unseen)
    return msgspec.structs.replace(answer, about=_noted(answer.about, *notes))


def _noted(about: About, *notes: str) -> About:
    return msgspec.structs.replace(about, notes=notes)


def _rate(found: Rate) -> Rate:
    return found if found.count >= FEWEST else wilson(0, found.of)


def named(walks: StoredWalks) -> StoredWalks:
    """Return the walks as they are, for a page that itself hides who it is about."""
    plain = object.__new__(StoredWalks)
    plain.__dict__ = walks.__dict__
    return plain


class Unnamed:
    """A snapshot that finds nobody by name; everything else is that of the snapshot behind it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the snapshot has
        return getattr(self._snapshot, name)

    def customer(self, key: str) -> Bucket | None:  # noqa: ARG002 - as a snapshot takes it
        """Find nobody."""
        return None

    def beginning(self, text: str, most: int) -> Sequence[str]:  # noqa: ARG002 - as above
        """Find nobody."""
        return ()


def _customers(answer: Answer) -> Iterator[int]:
    """Yield how many customers an answer is about, and either side of a comparison."""
    yield answer.about.customers
    sides = (getattr(answer, name, None) for name in ("first", "second"))
    yield from (side.customers for side in sides if isinstance(side, Side))


def masked(text: str, customer: str = "") -> str:
    """Return words without what reads like an address, a number or the customer's own identifier."""
    text = _LINK.sub("[link]", text)
    text = _ADDRESS.sub(lambda found: "[e-mail]" if found[1] else found[0], text)
    text = _LONG_NUMBER.sub("[number]", text)
    return without(text, customer, pseudonym(customer)) if len(customer) >= TELLING else text


def without(text: str, customer: str, stands: str) -> str:
    """Return a text in which something stands for an identifier: anywhere if it is long, else as a word."""
    if len(customer) >= LONG:
        return text.replace(customer, stands)
    return re.sub(rf"(?<!\w){re.escape(customer)}(?!\w)", lambda _found: stands, text)


def hidden(value: object) -> object:
    """Return a value in which examples go by pseudonyms, however deep they stand, and words are masked."""
    if isinstance(value, Verbatim):
        said = masked(value.text, value.customer)
        return msgspec.structs.replace(value, customer=pseudonym(value.customer), text=said)
    if isinstance(value, Example):
        return msgspec.structs.replace(value, customer=pseudonym(value.customer))
    if isinstance(value, msgspec.Struct):
        changed = {name: hidden(getattr(value, name)) for name in value.__struct_fields__}
        return msgspec.structs.replace(value, **changed)
    if isinstance(value, list | tuple):
        items = cast("list[object] | tuple[object, ...]", value)
        return type(items)(hidden(one) for one in items)  # pyright: ignore[reportCallIssue, reportUnknownVariableType, reportArgumentType]
    if isinstance(value, dict):
        return {key: hidden(one) for key, one in cast("dict[object, object]", value).items()}
    return value


def pseudonym(customer: str) -> str:
    """Return what a customer is called instead of by name."""
    said = f"shown\0{workspace_name()}\0{customer}".encode()
    return f"someone-{hmac.new(settings.TRODDEN_NAMING_KEY.encode(), said, hashlib.sha256).hexdigest()[:10]}"
