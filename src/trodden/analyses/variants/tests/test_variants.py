from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import variants as oracle
from tests.oracles.transitions import quantile
from tests.support.desk import desk_events, full_desk_events
from tests.support.logs import AS_OF, SAMPLE, catalog_of, customer_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.conformance.answer import Conformance, ConformanceQuestion
from trodden.analyses.customers.answer import CustomersQuestion
from trodden.analyses.variants.answer import Variant, Variants, VariantsQuestion
from trodden.analyses.variants.chart import variants_chart
from trodden.asking import Asker
from trodden.charts import Sequences
from trodden.methods.journeys.maps import parse_map

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from trodden.model.event import Event
    from trodden.model.walks import Snapshot

SHOP = parse_map("{name: Shop, flow: [x, {optional: [y]}, z], bounds: {silence: 1d}}", "shop.yaml")
SILENCE_S = 30 * 86_400


def asker_of(snapshot: Snapshot) -> Asker:
    return Asker(snapshot, catalog_of(snapshot, (SHOP, SAMPLE)))


def asked(snapshot: Snapshot, **fields: object) -> Variants:
    answer = asker_of(snapshot).ask(VariantsQuestion(**fields))  # type: ignore[arg-type]
    assert isinstance(answer, Variants)
    return answer


LATER = "2026-03-31T00:00:00"
WALKS = (
    "a x 10:00 | a y 10:10 | a z 10:20 | b x 10:00 | b z 10:30 | c x 10:00 | c y 10:10 | c z 11:00"
    " | d x 10:00 | d x 10:05 | d z 10:10 | e x +80 10:00 | f x +80 10:00 | f z +80 10:01"
)


def variants(text: str = WALKS, as_of: str | None = LATER, **fields: object) -> Variants:
    return asked(walks_from_text(text, as_of=as_of), **fields)


def told(answer: Variants) -> list[tuple[str, int, int]]:
    return [("".join(one.steps), one.units, one.open) for one in answer.variants]


def test_variants_are_ranked_by_units_that_are_over() -> None:
    answer = variants()
    assert told(answer) == [("xyz", 2, 0), ("xz", 1, 1), ("xxz", 1, 0)]
    assert (answer.kinds, answer.closed, answer.open_kinds) == (3, 4, 2)
    first = answer.variants[0]
    assert (first.share.count, first.share.of, first.customers) == (2, 4, 2)
    assert (first.median_s, first.p90_s) == (pytest.approx(1_200, rel=0.004), pytest.approx(3_600, rel=0.004))
    assert answer.other is not None
    assert (answer.other.kinds, answer.other.units, answer.other.open) == (0, 0, 1)


def test_successive_repeats_can_be_one_step() -> None:
    assert told(variants(collapse=True)) == [("xz", 2, 1), ("xyz", 2, 0)]
    assert told(variants("a x 10:00 | a y 10:01 | a x 10:02", collapse=True)) == [("xyx", 1, 0)]


@pytest.mark.parametrize("fields", [{"limit": 1}, {"min_count": 2}])
def test_the_rest_is_other(fields: dict[str, object]) -> None:
    answer = variants(**fields)
    assert told(answer) == [("xyz", 2, 0)]
    assert answer.other is not None
    assert (answer.other.kinds, answer.other.units, answer.other.customers, answer.other.open) == (2, 2, 2, 2)


def test_other_counts_each_customer_once() -> None:
    text = "a x@web 10:00 | a y@web 12:00 | a y@web 14:00 | a z@web 16:00"
    answer = variants(text, unit="session", limit=1)
    assert told(answer) == [("y", 2, 0)]
    assert answer.variants[0].customers == 1
    assert answer.other is not None
    assert (answer.other.kinds, answer.other.units, answer.other.customers) == (2, 2, 1)


def test_with_a_map_each_variant_tells_how_it_fits() -> None:
    answer = variants(map="Shop")
    fits = {"".join(one.steps): one.fit for one in answer.variants}
    assert answer.about.unit == "journey"
    found = fits["xyz"]
    assert found is not None
    assert (found.cost, found.fitness, found.fits.count, found.as_designed.count) == (0, 1.0, 2, 2)
    repeated = fits["xxz"]
    assert repeated is not None
    assert (repeated.cost, repeated.fitness) == (1, 1 - 1 / 5)
    assert variants().variants[0].fit is None


def test_the_chart_names_the_most_frequent() -> None:
    chart = variants_chart(variants(map="Shop", limit=1))
    assert isinstance(chart, Sequences)
    assert chart.title.endswith("of 6 journeys took the most frequent of 4 ways")
    assert chart.sequences[0].steps == ("x", "z")
    assert "100 % as designed" in chart.sequences[0].detail
    assert chart.sequences[1].steps == ("3 others",)
    assert variants_chart(variants("a x 10:00", as_of=None)).title == "No customer is over yet"
    long = variants_chart(variants(" | ".join(f"a t{place} 10:{place:02}" for place in range(30))))
    assert isinstance(long, Sequences)
    assert "18 more" in long.sequences[0].steps[6]


patient = settings(deadline=None, max_examples=200)
MAPS = st.sampled_from((None, "Getting connected"))


@patient
@given(log=logs(), collapse=st.booleans(), limit=st.sampled_from((1, 3, 500)))
def test_variants_equal_plain_loops(log: list[Event], *, collapse: bool, limit: int) -> None:
    plain = oracle.variants(plain_units(log), collapse=collapse)
    over = {steps: one for steps, one in plain.items() if one.customers}
    answer = asked(walks_of(log), collapse=collapse, limit=limit)
    assert (answer.kinds, answer.open_kinds) == (len(over), sum(one.open > 0 for one in plain.values()))
    assert len(answer.variants) == min(limit, len(over))
    ranks = [(-len(over[one.steps].customers), len(one.steps)) for one in answer.variants]
    every = sorted((-len(one.customers), len(steps)) for steps, one in over.items())
    assert ranks == every[:limit]
    for one in answer.variants:
        assert same(one, over[one.steps])
    shown = {one.steps for one in answer.variants}
    hidden = oracle.together([one for steps, one in plain.items() if steps not in shown])
    other = answer.other
    found = (0, 0, 0) if other is None else (other.units, other.customers, other.open)
    assert found == (len(hidden.customers), len(set(hidden.customers)), hidden.open)


def same(found: Variant, wanted: oracle.Variant) -> bool:
    return (found.units, found.customers, found.open, found.median_s, found.p90_s) == (
        len(wanted.customers),
        len(set(wanted.customers)),
        wanted.open,
        quantile(wanted.seconds, 5),
        quantile(wanted.seconds, 9),
    )


def plain_units(log: list[Event], as_of: datetime = AS_OF) -> list[oracle.Unit]:
    walks: dict[str, list[Event]] = {}
    for event in sorted(log, key=lambda one: (one.occurred_at, one.seq)):
        if event.occurred_at <= as_of:
            walks.setdefault(customer_of(event), []).append(event)
    return [
        (
            who,
            [(one.name, round(one.occurred_at.timestamp() * 1_000_000)) for one in walk],
            (as_of - walk[-1].occurred_at).total_seconds() <= SILENCE_S,
        )
        for who, walk in walks.items()
    ]


# Numbers agree


@patient
@given(log=logs(), unit=st.sampled_from((None, "customer", "session")), limit=st.sampled_from((2, 500)))
def test_conformance_of_variants_adds_up_to_that_of_all(
    log: list[Event], unit: str | None, limit: int
) -> None:
    snapshot = walks_of(log)
    answer = asked(snapshot, map="Getting connected", unit=unit, limit=limit)
    whole = asker_of(snapshot).ask(ConformanceQuestion(map="Getting connected", unit=unit))  # type: ignore[arg-type]
    assert isinstance(whole, Conformance)
    parts = [one.fit for one in (*answer.variants, *([answer.other] if answer.other else [])) if one.fit]
    assert sum(one.cost for one in parts) == whole.cost
    assert sum(one.fits.count for one in parts) == whole.fits.count
    assert sum(one.as_designed.count for one in parts) == whole.as_designed.count
    assert answer.closed == whole.fits.of


@patient
@given(log=logs(), map_name=MAPS, collapse=st.booleans())
def test_every_variant_opens_into_as_many_units(
    log: list[Event], map_name: str | None, *, collapse: bool
) -> None:
    snapshot = walks_of(log)
    asker = asker_of(snapshot)
    for one in asked(snapshot, map=map_name, collapse=collapse).variants:
        for state, count in (("closed", one.units), ("open", one.open)):
            listed = asker.ask(CustomersQuestion(map=map_name, where=one.where, state=state))  # type: ignore[arg-type]
            assert listed.about.units == count


def test_no_pattern_selects_what_was_collapsed_within_another_pattern() -> None:
    assert [one.where for one in variants(collapse=True, where="x->x").variants] == [""]
    assert variants(where="x->x").variants[0].where == "^x->x->z$"
    assert variants(" | ".join(["a x 10:00"] * 201)).variants[0].where == ""


# Real logs


def test_the_help_desk_has_154_variants(shared: Path) -> None:
    log = desk_events(shared)
    last = max(one.occurred_at for one in log)
    later = last.replace(year=last.year + 1)
    answer = asked(walks_of(log, later), limit=500)
    plain = oracle.variants(plain_units(log, later))
    assert (answer.kinds, answer.closed, answer.other) == (154, 3_804, None)
    assert all(same(one, plain[one.steps]) for one in answer.variants)
    assert (answer.variants[0].steps, answer.variants[0].units) == (("1", "8", "6"), 2_173)


def test_the_whole_help_desk_has_226_variants(shared: Path) -> None:
    log = full_desk_events(shared)
    assert len(log) == 21_348
    last = max(one.occurred_at for one in log)
    answer = asked(walks_of(log, last.replace(year=last.year + 1)))
    assert (answer.kinds, answer.closed) == (226, 4_580)
    assert sum(one.units for one in answer.variants) + (answer.other.units if answer.other else 0) == 4_580
