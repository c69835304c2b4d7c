"""How a map was walked, as a card: drawn as on its own page, with what differs and where people wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from django.urls import reverse
from django.utils.translation import gettext as _

from trodden.analyses.pauses.answer import PausesQuestion
from trodden.analyses.verdicts.answer import VerdictsQuestion
from trodden.insights.spine import overlay_of
from trodden.insights.walked import headline
from trodden.methods.journeys.select import shared_fields
from trodden.methods.journeys.select_names import find_map
from trodden.web.addresses import SHARED, with_query
from trodden.web.journeys.judging import DETAIL, remembered
from trodden.web.pages import File

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trodden.analyses.pauses.answer import Pauses
    from trodden.analyses.verdicts.answer import Verdicts
    from trodden.analyses.walked.answer import Walked
    from trodden.api import StoredWalks
    from trodden.charts import Overlay
    from trodden.model.question import Question

MAP: Final = "walked"
"""The analysis whose answer is drawn over the map."""


def waits_on(question: Question) -> PausesQuestion:
    """Return the question about waits that a map is drawn with."""
    return PausesQuestion(**shared_fields(question))


def map_of(walks: StoredWalks, question: Question, answer: Walked) -> Overlay:
    """Draw what was walked over the map: in the usual detail, judged where the verdicts are remembered."""
    fields = shared_fields(question)
    return overlay_of(
        answer,
        find_map(walks.maps, answer.map),
        headline(answer),
        cast("Pauses", walks.ask(waits_on(question))),
        DETAIL,
        cast("Verdicts | None", remembered(walks, VerdictsQuestion(**fields))),
    )


def page_of_map(walks: StoredWalks, fields: Mapping[str, str]) -> File:
    """Return the page that shows the same, whose map is named as the question names it."""
    shared = {name: text for name, text in fields.items() if name in SHARED and name != "map"}
    key = find_map(walks.maps, fields["map"]).key
    return File(_("Open the journey"), with_query(reverse("journey", args=[key]), shared))
