"""What a journey is worth that got where it leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trodden.analyses.worth.answer import Amount, Worth, WorthQuestion
from trodden.analyses.worth.chart import worth_chart
from trodden.methods.journeys.amounts import added_up, by_currency, last_amounts
from trodden.methods.journeys.lots import of_drawn_customers
from trodden.methods.journeys.select import Selection, resolve_selection, select, tell_about
from trodden.methods.journeys.units import REACHED, Counted, count_units, take_units
from trodden.methods.stats.means import Sums, mean_interval
from trodden.methods.stats.rates import wilson
from trodden.model.catalog import Catalog
from trodden.model.question import Answer
from trodden.model.walks import Bucket
from trodden.registry import Asks, Mergeable, analysis


@dataclass(frozen=True, slots=True)
class Plan:
    """Whose amounts are counted."""

    selection: Selection
    snapshot: str
    one_in: int


@dataclass(frozen=True, slots=True)
class State:
    """Units that count, and the sums of their amounts by currency."""

    counted: Counted
    units: int
    sums: tuple[tuple[str, Sums], ...]


@analysis(
    "worth",
    asks=Asks("How much money is a journey worth that gets there?", "goal"),
    example=WorthQuestion(map="Getting connected"),
    answer=Worth,
    chart=worth_chart,
)
class WorthAnalysis(Mergeable[WorthQuestion, Plan, State, Worth]):
    """Give the mean amount of the journeys that reached their goal.

    The amount of a journey is that of its last step that has one above 0 and did not fail: what was paid in
    the end, after attempts that failed and before nothing else. Journeys without any are counted apart.
    Customers and sessions, which have no goal, all count. One in ``one_in`` customers is looked at, those
    with the smallest lots: numbers made of the moment of their first event by a mixing function. Currencies
    are never added up; the interval of the mean is Student's.
    """

    def plan(self, question: WorthQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:  # noqa: ARG002 - needs nothing
        """Resolve the selection."""
        return Plan(resolve_selection(question, catalog), catalog.snapshot, question.one_in)

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Add up the amounts of one bucket."""
        units = select(bucket, plan.selection)
        wanted = of_drawn_customers(bucket, units, plan.one_in)
        if plan.selection.unit == "journey":
            wanted &= units.state == REACHED
        met = take_units(units, wanted)
        return State(count_units(units), len(met), by_currency(last_amounts(bucket, met)))

    def merge(self, a: State, b: State) -> State:
        """Add counts and sums."""
        return State(a.counted + b.counted, a.units + b.units, added_up((*a.sums, *b.sums)))

    def finish(self, plan: Plan, state: State | None) -> Worth:
        """Form means, the currency of most units first."""
        state = state or State(Counted(), 0, ())
        ordered = sorted(state.sums, key=lambda one: (-one[1].n, one[0]))
        return Worth(
            about=tell_about("worth", plan.snapshot, plan.selection, state.counted),
            counted=state.units,
            amounts=tuple(
                Amount(currency=currency, mean=mean_interval(sums), units=wilson(sums.n, state.units))
                for currency, sums in ordered
            ),
        )
