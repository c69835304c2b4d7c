import re
from datetime import timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trodden.charts import (
    Bar,
    Bars,
    Episode,
    Flow,
    Lines,
    Link,
    Matrix,
    Overlay,
    Route,
    SpineMove,
    SpineStep,
    Timeline,
    TimelineEvent,
)
from trodden.charts.svg import Sheet, draw, has_drawing
from trodden.charts.svg.pieces import SMALL, fit, width_of, wrap
from trodden.charts.svg.scale import scale_of
from trodden.charts.svg.spine_layout import Spine
from trodden.charts.tests.samples import NOON, charts, overlay

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = list(charts())
HOSTILE = [
    "<script>alert(1)</script>",
    '" onload="alert(1)',
    "</svg><img src=x onerror=alert(1)>",
    "]]><!--",
    "\x00\x1b[31m\ud800\ufffe",
    "&lt;b&gt; &amp;",
    "\u202egnirts\u202c" + "e\u0301" * 50,
]


def address(link: Link) -> str:
    return f"/customers?{link.analysis}"


def parsed(markup: str) -> ET.Element:
    return ET.fromstring(markup)  # noqa: S314 - our own drawing


@pytest.mark.parametrize("kind", DRAWN)
@pytest.mark.parametrize("page", [True, False])
def test_a_drawing_is_well_formed_and_called_by_its_title(kind: str, page: bool) -> None:  # noqa: FBT001
    chart = charts()[kind]
    drawing = parsed(draw(chart, Sheet(page=page, address=address)))
    assert drawing.tag == f"{SVG}svg"
    assert drawing.get("aria-label") == chart.title


@pytest.mark.parametrize("kind", DRAWN)
@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_is_only_ever_text(kind: str, text: str) -> None:
    clean = parsed(draw(charts()[kind], Sheet(address=address)))
    hostile = parsed(draw(charts(text)[kind], Sheet(address=address)))
    known = {element.tag for element in clean.iter()} | {f"{SVG}text"}
    assert {element.tag for element in hostile.iter()} <= known
    assert not [name for element in hostile.iter() for name in element.attrib if name.startswith("on")]


@pytest.mark.parametrize("kind", DRAWN)
def test_every_colour_follows_the_page_and_has_a_fallback(kind: str) -> None:
    drawing = parsed(draw(charts()[kind]))
    colours = {e.get(name) for e in drawing.iter() for name in ("fill", "stroke")} - {
        None,
        "none",
        "transparent",
    }
    assert colours
    assert not [
        colour for colour in colours if not re.fullmatch(r"var\(--[a-z0-9-]+,#[0-9a-f]{6}\)", colour or "")
    ]


@pytest.mark.parametrize("kind", DRAWN)
def test_a_drawing_needs_no_style_attribute_nor_anything_from_elsewhere(kind: str) -> None:
    markup = draw(charts()[kind], Sheet(page=True, address=address))
    assert "style=" not in markup
    assert re.findall(r"https?://[^\"]+", markup) == ["http://www.w3.org/2000/svg"]


def test_marks_are_links_where_an_address_is_known_and_labelled_groups_otherwise() -> None:
    linked = parsed(draw(overlay(), Sheet(page=True, address=address)))
    alone = parsed(draw(overlay()))
    links = linked.findall(f".//{SVG}a")
    assert [(link.get("href"), link.get("data-key")) for link in links] == [("/customers?deviations", "d1")]
    assert links[0].get("aria-label") == "120 skip Quote, better (120 journeys, 12 %)"
    assert not alone.findall(f".//{SVG}a")
    assert alone.get("role") == "group"


def test_a_link_without_an_address_is_no_link() -> None:
    drawing = parsed(draw(overlay(), Sheet(address=lambda _: None)))
    assert not drawing.findall(f".//{SVG}a")


def test_a_spine_line_is_as_thick_as_its_journeys_are_many() -> None:
    spine = Spine(overlay())
    assert [spine.thickness(count) for count in (1000, 500, 125, 1, 0)] == [16.0, 8.0, 2.0, 1.0, 1.0]


def test_skips_of_one_level_never_overlap() -> None:
    routes = tuple(
        Route(
            source=f"s{i}",
            target=f"s{j}",
            kind="missing",
            count=10,
            label=f"10 from {i} to {j}",
            shape="above",
        )
        for i in range(4)
        for j in range(i, 4)
    )
    arcs = Spine(overlay(routes=routes)).above
    assert len(arcs) == len(routes)
    for a in arcs:
        for b in arcs:
            if a is not b and a.level == b.level:
                assert a.end <= b.start or b.end <= a.start


def test_longer_skips_run_above_shorter_ones_inside_them() -> None:
    routes = (
        Route(source="s0", target="s3", kind="missing", count=90, label="long", shape="above"),
        Route(source="s1", target="s2", kind="missing", count=10, label="short", shape="above"),
    )
    levels = {arc.route.label: arc.level for arc in Spine(overlay(routes=routes)).above}
    assert levels == {"short": 0, "long": 1}


def test_a_label_below_stands_beside_the_exit_it_would_be_crossed_by() -> None:
    routes = (
        Route(source="s2", target="s0", kind="backtrack", count=82, label="82 go back", shape="below"),
        Route(source="s1", target="", kind="departed", count=160, label="160 leave", shape="exit"),
    )
    spine = Spine(overlay(routes=routes))
    (arc,) = spine.below
    assert arc.anchor == "start"
    assert arc.label > spine.centre("s1")


def test_routes_of_steps_nobody_designed_are_left_out() -> None:
    routes = (Route(source="nowhere", target="s1", kind="missing", count=1, label="1", shape="above"),)
    assert Spine(overlay(routes=routes)).above == []


def test_branches_lie_in_lanes_below_the_spine() -> None:
    steps = tuple(
        SpineStep(id=name, label=name, stage="", count=10, column=i, lane=1 if name == "c" else 0)
        for i, name in enumerate("abcd")
    )
    moves = (SpineMove(source="a", target="c", count=4), SpineMove(source="c", target="d", count=4))
    chart = Overlay(title="t", n=10, steps=steps, moves=moves)
    spine = Spine(chart)
    assert spine.middle(1) > spine.middle(0)
    assert draw(chart).count(" C") == 2


@pytest.mark.parametrize(
    "chart",
    [
        Bars(title="t", axis="step", bars=()),
        Lines(title="t", series=(), x_axis="x", y_axis="y"),
        Flow(title="t", nodes=(), edges=()),
        Matrix(title="t", rows=(), columns=(), values=(), row_axis="r", column_axis="c"),
        Overlay(title="t", steps=(), moves=()),
        Timeline(title="t", customer="c", episodes=()),
    ],
)
def test_a_chart_of_nothing_is_drawn(chart: Bars) -> None:
    assert parsed(draw(chart)).get("aria-label") == "t"


def test_a_table_is_read_rather_than_drawn_but_can_be() -> None:
    chart = charts()["table"]
    assert not has_drawing(chart)
    assert parsed(draw(chart)).get("aria-label") == chart.title


@pytest.mark.parametrize("value", [float("inf"), float("nan"), -3.0, 1e300, 0.0])
def test_odd_values_stay_within_the_drawing(value: float) -> None:
    chart = Bars(
        title="t", axis="a", kind="number", bars=(Bar(label="a", value=value), Bar(label="b", value=2))
    )
    places = [float(x) for x in re.findall(r'(?:x|cx|x1|x2|width)="(-?[\d.]+)%"', draw(chart))]
    assert places
    assert all(0 <= place <= 100 for place in places)


@pytest.mark.parametrize(
    ("values", "kind", "ticks"),
    [
        ([0, 9480], "count", (0, 2500, 5000, 7500, 10000)),
        ([0.41], "share", (0, 0.2, 0.4, 0.6)),
        ([0, 3], "count", (0, 1, 2, 3)),
        ([-172800, 432000], "duration", (-172800, 0, 172800, 345600, 518400)),
        ([], "number", (0, 0.25, 0.5, 0.75, 1)),
    ],
)
def test_axes_have_round_ticks(values: list[float], kind: str, ticks: tuple[float, ...]) -> None:
    assert scale_of(values, kind).ticks == ticks


def test_text_is_fitted_and_broken_to_its_room() -> None:
    assert fit("short", 100) == "short"
    assert width_of(fit("a rather long label", 60)) <= 60
    assert wrap("Meter reading", 60, bold=True) == ["Meter", "reading"]
    assert wrap("Confirmation", 60, bold=True) == ["Confirm-", "ation"]
    assert len(wrap("one two three four five six seven eight", 50)) == 2


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 40), st.floats(3_600, 9e7)), min_size=2, max_size=14))
def test_the_names_of_silences_on_a_ribbon_never_overlap(episodes: list[tuple[int, float]]) -> None:
    def events(count: int, at: int) -> tuple[TimelineEvent, ...]:
        begun = NOON + timedelta(days=1_000 * at)
        return tuple(
            TimelineEvent(
                occurred_at=begun + timedelta(minutes=n), channel="web", touchpoint="x", outcome="ok"
            )
            for n in range(count)
        )

    told = [Episode(events=events(count, at), silence_s=gap) for at, (count, gap) in enumerate(episodes)]
    drawn = parsed(draw(Timeline(title="One", customer="one", episodes=tuple(reversed(told)))))
    names = [one for one in drawn.iter(f"{SVG}text") if one.get("y") == "12" and one.text]
    halves = [width_of(one.text or "", SMALL) / 2 for one in names]
    middles = [float((one.get("x") or "").rstrip("%")) / 100 * 680 for one in names]
    ends = [(middle - half, middle + half) for middle, half in zip(middles, halves, strict=True)]
    assert all(left[1] <= right[0] for left, right in pairwise(sorted(ends)))
