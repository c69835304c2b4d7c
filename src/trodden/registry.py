"""The one pattern: an analysis is a function from a question and the walks to an answer.

Everything else, its command, route, form, chart, table, reference page and contract tests, follows from the
:class:`Registration` an analysis makes with :func:`analysis`.
"""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar

import msgspec

from trodden.model.errors import UnknownNameError
from trodden.model.question import Answer, Question
from trodden.model.words import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from trodden.charts import Chart
    from trodden.methods.journeys.units import Units
    from trodden.model.catalog import Catalog
    from trodden.model.walks import Bucket

Q = TypeVar("Q", bound=Question)
P = TypeVar("P")
S = TypeVar("S")
A = TypeVar("A", bound=Answer)


class Mergeable(ABC, Generic[Q, P, S, A]):
    """An analysis written once: threads run ``map`` over buckets here, a cluster runs the same elsewhere.

    ``plan`` turns names into codes and embeds all it looked up; it is small and picklable. ``map`` sees
    complete customers in time order, does no input or output and lets kernels release the GIL.
    ``merge`` is associative and commutative. A state holds integers only, with example candidates;
    ratios are formed in ``finish``, so any number of buckets and any engine give the same bytes.
    """

    def needs(self, question: Q, catalog: Catalog) -> Mapping[str, Question]:  # noqa: ARG002 - most need one pass
        """Return questions to be answered first on the same snapshot, under the names ``plan`` uses."""
        return {}

    @abstractmethod
    def plan(self, question: Q, catalog: Catalog, needs: Mapping[str, Answer]) -> P:
        """Resolve names and options; raise QuestionError or UnknownNameError where they do not hold."""

    @abstractmethod
    def map(self, plan: P, bucket: Bucket) -> S:
        """Count one bucket."""

    @abstractmethod
    def merge(self, a: S, b: S) -> S:
        """Add two states; neither is used again."""

    @abstractmethod
    def finish(self, plan: P, state: S | None) -> A:
        """Form the answer; ``state`` is None where there was no bucket at all."""

    def behind(self, plan: P, bucket: Bucket, units: Units, mark: str) -> NDArray[np.bool_]:  # noqa: ARG002 - most have no marks
        """Say of every unit the question selects in a bucket whether a mark counts it; (units,).

        A mark is a bar, a row or a line of the chart, under the name its link gives it. Only the question's
        shared fields select, so that the units are those of ``customers`` asked with the same fields.

        Raises
        ------
        UnknownNameError
            The chart has no such mark.
        """
        raise UnknownNameError(f"There is no mark called {mark!r}.")


class Asks(NamedTuple):
    """The question an analysis answers in plain words, and what that is about; both may be left out."""

    question: str = ""
    topic: str = ""


UNSAID: Final = Asks()


@dataclass(frozen=True, slots=True)
class Registration:
    """What an analysis says of itself.

    ``asks`` is the question it answers, in plain words.
    ``internal`` analyses exist only as ``needs`` of others: no command, route or page.
    """

    name: str
    analysis: Mergeable[Any, Any, Any, Any]
    question: type[Question]
    answer: type[Answer]
    example: Question
    chart: Callable[[Any], Chart]
    internal: bool = False
    asks: Asks = UNSAID

    @property
    def opens(self) -> bool:
        """Say whether the analysis tells who stands behind its marks."""
        return "behind" in vars(type(self.analysis))

    @property
    def summary(self) -> str:
        """Return the first line of the analysis's own docstring, in the reader's language."""
        return tr((type(self.analysis).__doc__ or "").strip().splitlines()[0])

    @property
    def question_asked(self) -> str:
        """Return the question it answers, in the reader's language; empty where it says none."""
        return tr(self.asks.question)


_registrations: dict[str, Registration] = {}


def analysis(
    name: str,
    *,
    example: Question,
    answer: type[Answer],
    chart: Callable[[Any], Chart],
    internal: bool = False,
    asks: Asks = UNSAID,
) -> Callable[[type[Mergeable[Any, Any, Any, Any]]], type[Mergeable[Any, Any, Any, Any]]]:
    """Register a :class:`Mergeable` under ``name``; the question's type is that of ``example``."""

    def register(cls: type[Mergeable[Any, Any, Any, Any]]) -> type[Mergeable[Any, Any, Any, Any]]:
        _registrations[name] = Registration(
            name=name,
            analysis=cls(),
            question=type(example),
            answer=answer,
            example=example,
            chart=_in_zone(chart),
            internal=internal,
            asks=asks,
        )
        return cls

    return register


def _in_zone(chart: Callable[[Any], Chart]) -> Callable[[Any], Chart]:
    """Let charts write times as the answers they show do."""

    def shown(answer: Answer) -> Chart:
        return msgspec.structs.replace(chart(answer), time_zone=answer.about.time_zone)

    return shown


@cache
def _discover() -> None:
    """Import every folder of ``trodden.analyses``; each registers itself."""
    package = importlib.import_module("trodden.analyses")
    for module in pkgutil.iter_modules(package.__path__):
        if module.ispkg and module.name != "tests":
            importlib.import_module(f"trodden.analyses.{module.name}")


def _import_own(name: str) -> None:
    """Import the folder called like an analysis, else every folder: a command needs one analysis alone."""
    package = importlib.import_module("trodden.analyses")
    if any(module.name == name for module in pkgutil.iter_modules(package.__path__)):
        importlib.import_module(f"trodden.analyses.{name}")
    else:
        _discover()


def registrations(*, internal: bool = False) -> dict[str, Registration]:
    """Return the analyses by name, in alphabetical order, internal ones only when asked for."""
    _discover()
    return {name: found for name, found in sorted(_registrations.items()) if internal or not found.internal}


def find(name: str) -> Registration:
    """Return the analysis of this name.

    Raises
    ------
    UnknownNameError
        Nobody registered it; the hint names the nearest.
    """
    if name not in _registrations:
        _import_own(name)
    if name in _registrations:
        return _registrations[name]
    near = get_close_matches(name, registrations(), n=3)
    hint = f"Did you mean {', '.join(near)}?" if near else "List them with `trodden analyses`."
    raise UnknownNameError(f"There is no analysis called {name!r}.", hint=hint)


def find_by_question(question: Question) -> Registration:
    """Return the analysis that answers questions of this type, internal ones included.

    Raises
    ------
    UnknownNameError
        No registered analysis takes this type of question.
    """
    found = _answering(question)
    if found is None:
        _discover()
        found = _answering(question)
    if found is None:
        raise UnknownNameError(f"No analysis answers a {type(question).__name__}.")
    return found


def _answering(question: Question) -> Registration | None:
    """Return the analysis of those imported so far that answers such questions."""
    answering = (one for one in tuple(_registrations.values()) if one.question is type(question))
    return next(answering, None)
