"""The list of analyses by the questions they answer, in plain words, grouped by what they are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trodden.model.words import tr
from trodden.registry import registrations

if TYPE_CHECKING:
    from trodden.registry import Registration

TOPICS: Final = {
    "ways": gettext_lazy("Which ways people go"),
    "goal": gettext_lazy("Who gets there, who turns away"),
    "design": gettext_lazy("As designed, or their own way"),
    "time": gettext_lazy("Waiting, and coming back"),
    "people": gettext_lazy("Who they are, and who differs"),
}
"""What questions are about, in the order of the page; any other topic stands behind them."""

_FIRST: Final = ("overview", "funnel", "walked", "pauses", "customers")
"""Questions to begin with, each the first of its topic."""

_MORE: Final = gettext_lazy("More questions")


@dataclass(frozen=True, slots=True)
class Asked:
    """One analysis in the list: the question it answers, what it is called, what it does."""

    question: str
    name: str
    summary: str
    address: str


@dataclass(frozen=True, slots=True)
class Topic:
    """Questions about one thing."""

    title: str
    questions: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class ExplorePage:
    """Every analysis there is, or those that hold every word searched for."""

    title: str
    topics: tuple[Topic, ...]
    searched: str = ""


def explore_page(searched: str = "") -> ExplorePage:
    """Return the list of analyses; an analysis that says nothing of itself stands with its first line."""
    words = searched.lower().split()
    found = {
        name: one
        for name, one in registrations().items()
        if all(word in f"{name} {one.question_asked} {one.summary}".lower() for word in words)
    }
    names = dict.fromkeys([*TOPICS, *(one.asks.topic for one in found.values())])
    topics = (_topic(name, found) for name in sorted(names, key=lambda name: not name))
    return ExplorePage(_("Explore"), tuple(topic for topic in topics if topic.questions), searched)


def _topic(name: str, found: dict[str, Registration]) -> Topic:
    title = TOPICS.get(name) or tr(name).capitalize() or _MORE
    named = sorted(found.items(), key=lambda pair: (pair[0] not in _FIRST, pair[1].question_asked))
    questions = tuple(_asked(key, one) for key, one in named if one.asks.topic == name)
    return Topic(str(title), questions)


def _asked(name: str, found: Registration) -> Asked:
    question = found.question_asked or found.summary
    return Asked(question, name.replace("_", " "), found.summary, reverse("ask", args=[name]))
