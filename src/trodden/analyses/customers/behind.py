"""Keeping only the units a mark of another analysis counts, through the analysis that counted them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from msgspec.structs import replace

from trodden.methods.journeys.select import resolve_selection, shared_fields
from trodden.model.errors import QuestionError
from trodden.questions import read_question
from trodden.registry import find, registrations

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from trodden.analyses.customers.answer import CustomersQuestion
    from trodden.methods.journeys.units import Units
    from trodden.model.catalog import Catalog
    from trodden.model.question import Answer, Question
    from trodden.model.walks import Bucket
    from trodden.registry import Registration


@dataclass(frozen=True, slots=True)
class Behind:
    """A mark of an analysis with its plan, which selects the same units; plain data that pickles."""

    analysis: str
    plan: Any
    mark: str

    def kept(self, bucket: Bucket, units: Units) -> NDArray[np.bool_]:
        """Say of every unit whether the mark counts it; (units,)."""
        return find(self.analysis).analysis.behind(self.plan, bucket, units, self.mark)


def needs_of(question: CustomersQuestion, catalog: Catalog) -> Mapping[str, Question]:
    """Return what the other analysis needs to know first."""
    if question.behind is None:
        return {}
    other = _registered(question)
    return other.analysis.needs(_asked(question, catalog, other), catalog)


def behind_of(question: CustomersQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Behind | None:
    """Plan the other analysis for the same units.

    Raises
    ------
    QuestionError
        An analysis without a mark or the other way round, one that opens nothing, or a question it does not
        take.
    UnknownNameError
        Nobody registered the analysis.
    """
    if (question.behind is None) != (question.mark is None) or (question.asked and not question.behind):
        raise QuestionError(
            "A mark is of an analysis, and the other way round.", hint="Give `behind` and `mark`."
        )
    if question.behind is None or question.mark is None:
        return None
    other = _registered(question)
    plan = other.analysis.plan(_asked(question, catalog, other), catalog, needs)
    return Behind(other.name, plan, question.mark)


def _registered(question: CustomersQuestion) -> Registration:
    found = find(question.behind or "")
    if not found.opens or found.internal:
        known = ", ".join(name for name, one in registrations().items() if one.opens)
        raise QuestionError(
            f"behind: {found.name!r} does not say who its marks count.", hint=f"These do: {known}."
        )
    return found


def _asked(question: CustomersQuestion, catalog: Catalog, other: Registration) -> Question:
    """Return the other question, about the units this one is about whatever its own texts say of them."""
    asked = read_question(other.question, parse_qs(question.asked or ""))
    unit = resolve_selection(question, catalog, "customer").unit
    return replace(asked, **{**shared_fields(question), "unit": unit})
