"""Explore: questions in plain words, forms that propose names, patterns of rows, periods, sides, code."""

from __future__ import annotations

import re
import shlex
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.http.conftest import Serve
from tests.http.people import someone
from trodden.methods.journeys.patterns import parse_pattern
from trodden.questions import read_question, write_question
from trodden.registry import registrations
from trodden.web.explore.as_code import Place, command_of, http_of, python_of
from trodden.web.explore.index import TOPICS, explore_page
from trodden.web.explore.periods import neighbour, text_of
from trodden.web.patterns import MOST_STEPS, Step, pattern_of, steps_of
from trodden.web.templatetags.trodden import codes, unbroken


def test_every_analysis_stands_once_under_what_it_is_about(serve: Serve) -> None:
    body = serve("sample").get("/explore/").content.decode()
    for name in registrations():
        assert body.count(f'href="/explore/{name}/"') == 1, name
    titles = re.findall(r"<h2>([^<]+)</h2>", body)
    assert titles[: len(TOPICS)] == [str(title) for title in TOPICS.values()]


def test_questions_are_searched_by_their_words(serve: Serve) -> None:
    client = serve("sample")
    body = client.get("/explore/", {"q": "WAIT longer"}).content.decode()
    assert "/explore/pauses/" in body
    assert "/explore/funnel/" not in body
    assert 'data-why="filtered"' in client.get("/explore/", {"q": "xyzzy"}).content.decode()


def test_hints_call_a_field_as_its_label_does(serve: Serve) -> None:
    client = serve("sample")
    body = unescape(client.get("/explore/pauses/").content.decode())
    hints = re.findall(r'<span class="hint">(.*?)</span>', body)
    assert "Limits are learned as it was known at this time; default: “As it was known on”." in hints
    assert ">as_of<" not in body
    worth = unescape(client.get("/explore/verdicts/").content.decode())
    assert "or <code>value</code> for the events' own value" in worth


def test_a_definition_sets_its_terms_apart(serve: Serve) -> None:
    body = serve("sample").get("/explore/segments/definition/").content.decode()
    assert "<em>Overlap</em> counts every unit once" in body
    assert "<code>segment_at</code> <em>start</em>" in body


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a * b * c and 2*3*4", "a * b * c and 2*3*4"),
        ("of **all** events", "of <em>all</em> events"),
        ("``a*b`` is *so <far>*.", "<code>a*b</code> is <em>so &lt;far&gt;</em>."),
        ("`Change of *` and *more*", "<code>Change of *</code> and <em>more</em>"),
        ("", ""),
    ],
)
def test_only_what_is_between_signs_is_set_apart(text: str, html: str) -> None:
    assert codes(text) == html


def test_an_interval_stays_in_one_line() -> None:
    assert unbroken("46 % [45–47 %] <of> [a] all") == (  # noqa: RUF001 - as intervals are written
        '46 % <span class="interval">[45–47 %]</span> &lt;of&gt; <span class="interval">[a]</span> all'  # noqa: RUF001 - as above
    )


def test_an_analysis_that_says_nothing_of_itself_stands_behind_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from dataclasses import replace

    from trodden.registry import UNSAID
    from trodden.web.explore import index

    known = registrations()
    quiet = replace(known["overview"], name="brand_new", asks=UNSAID)
    monkeypatch.setattr(index, "registrations", lambda: {**known, "brand_new": quiet})
    last = explore_page().topics[-1]
    found = next(one for one in last.questions if one.address == "/explore/brand_new/")
    assert found.question == quiet.summary


def test_a_form_proposes_touchpoints_with_their_counts_and_takes_several(serve: Serve) -> None:
    client = serve("sample")
    body = client.get("/explore/funnel/?steps=Coverage+check&steps=Order").content.decode()
    assert re.search(r'<option value="Order">[\d,]+</option>', body)
    filled = re.findall(r'name="steps" value="([^"]*)"', body)
    assert filled[:2] == ["Coverage check", "Order"]
    assert "" in filled
    together = client.get("/explore/funnel.json?steps=Coverage+check,Order").json()
    apart = client.get("/explore/funnel.json?steps=Coverage+check&steps=Order&steps=").json()
    assert together == apart


def test_rows_of_a_pattern_become_its_text_in_the_address(serve: Serve) -> None:
    client = serve("sample")
    sent = {
        "where": "", "where-was": "", "where-s0-kind": "at", "where-s0-names": "Coverage check",
        "where-s1-how": "later", "where-s1-kind": "at", "where-s1-names": "Order", "by": "month",
    }  # fmt: skip
    leads = client.get("/explore/overview/", sent)
    assert leads.status_code == 302
    query = parse_qs(urlsplit(leads["Location"]).query)
    assert query == {"by": ["month"], "where": ["Coverage check -> .* -> Order"]}
    body = client.get(leads["Location"]).content.decode()
    assert 'name="where-s1-names" value="Order"' in body
    assert client.get("/explore/overview.json", query).json()["about"]["units"] > 0


@pytest.mark.parametrize(
    ("text", "was", "rows", "expected"),
    [
        ("Order", "", "", "Order"),
        ("Order", "Survey", "Survey", "Order"),
        ("", "Survey", "Survey", ""),
        ("Survey", "Survey", "Order", "Order"),
        ("^Order$", "^Order$", "", "^Order$"),
    ],
)
def test_what_was_changed_last_counts_text_or_rows(
    serve: Serve, text: str, was: str, rows: str, expected: str
) -> None:
    sent = {"where": text, "where-was": was, "where-s0-kind": "at", "where-s0-names": rows}
    leads = serve("sample").get("/explore/overview/", sent)
    assert parse_qs(urlsplit(leads["Location"]).query).get("where", [""]) == [expected]


names = st.sampled_from(("Order", "Pay now?", "a, b", 'say "x"', "."))
lists = st.lists(names, min_size=1, max_size=2, unique=True)


@st.composite
def rows(draw: st.DrawFn) -> Step:
    from trodden.methods.journeys.patterns_write import write_items

    kind, how = (
        draw(st.sampled_from(("at", "not", "any"))),
        draw(st.sampled_from(("next", "later", "without"))),
    )
    between = write_items(draw(lists)) if how == "without" else ""
    return Step(how, kind, "" if kind == "any" else write_items(draw(lists)), between)


@given(drawn=st.lists(rows(), min_size=1, max_size=MOST_STEPS))
def test_rows_come_back_from_the_pattern_they_make(drawn: list[Step]) -> None:
    steps = [Step("next", drawn[0].kind, drawn[0].names), *drawn[1:]]
    text = pattern_of(steps)
    assert parse_pattern(text)
    assert steps_of(text) == tuple(steps)


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("2026-02-01..2026-03-01", "2026-01-01..2026-02-01", "2026-03-01..2026-04-01"),
        ("2026-01-01..2026-04-01", "2025-10-01..2026-01-01", "2026-04-01..2026-07-01"),
        ("2026-03-02..2026-03-09", "2026-02-23..2026-03-02", "2026-03-09..2026-03-16"),
        ("2026-03-02..", "", ""),
        ("2026-03-09..2026-03-02", "", ""),
        ("0001-01-01..0001-02-01", "", "0001-02-01..0001-03-01"),
        ("nonsense", "", ""),
    ],
)
def test_the_periods_before_and_after(text: str, before: str, after: str) -> None:
    assert (neighbour(text, -1), neighbour(text, 1)) == (before, after)


@given(start=st.dates(), end=st.dates())
def test_going_forth_and_back_leads_to_the_same_period(start: object, end: object) -> None:
    text = text_of((start, end))  # type: ignore[arg-type]
    later = neighbour(text, 1)
    assert not later or neighbour(later, -1) == text


def test_a_page_leads_to_the_usual_periods_and_their_neighbours(serve: Serve) -> None:
    client = serve("sample")
    body = client.get("/explore/overview/?period=2026-03-01..2026-04-01&by=month").content.decode()
    links = {step: unescape(link) for link, step in re.findall(r'href="([^"]+)" data-step="(\w+)"', body)}
    asked = {step: parse_qs(urlsplit(link).query) for step, link in links.items()}
    assert asked == {
        "before": {"by": ["month"], "period": ["2026-02-01..2026-03-01"]},
        "after": {"by": ["month"], "period": ["2026-04-01..2026-05-01"]},
    }
    menu = re.findall(
        r'<li><a href="([^"]+)">', body[body.index('class="bare menu"') :].partition("</ul>")[0]
    )
    assert len(menu) == 8
    for link in menu:
        assert client.get(unescape(link)).status_code == 200, link


def test_an_answer_is_compared_by_one_click(serve: Serve) -> None:
    client = serve("sample")
    whose = "segment=region+%3D+north&period=2026-03-01..2026-04-01"
    body = client.get(f"/explore/funnel/?steps=Coverage+check,Order&{whose}").content.decode()
    links = [unescape(one) for one in re.findall(r'class="button" href="(/explore/compare/[^"]+)"', body)]
    assert len(links) == 2
    for link in links:
        answer = client.get(link.replace("/explore/compare/", "/explore/compare.json")).json()
        assert answer["question"] == "funnel"
        assert answer["differences"]
    sides = {"segment": "region = north", "other_segment": "region = south", "other_period_start": ""}
    own = {"analysis": "funnel", "fields": '{"steps":["Coverage check","Order"]}'}
    assert client.get("/explore/compare/", {**own, **sides}).status_code == 200
    months = {
        "period_start": "2026-03-01",
        "period_end": "2026-04-01",
        "other_period_start": "2026-02-01",
        "other_period_end": "2026-03-01",
    }
    assert client.get("/explore/compare/", {"analysis": "overview", **months}).status_code == 200


@pytest.mark.parametrize("name", sorted(registrations()))
def test_the_same_as_code_asks_the_same(name: str) -> None:
    registration = registrations()[name]
    fields = {**write_question(registration.example), "segment": 'region = "no\'rth" and did (a -> b)'}
    wanted = read_question(registration.question, fields)
    words = shlex.split(command_of(registration, fields))
    given = dict(zip((word[2:].replace("-", "_") for word in words[3::2]), words[4::2], strict=True))
    assert read_question(registration.question, given) == wanted
    request = shlex.split(http_of(registration, fields).replace("\\\n", ""))
    sent = [one.partition("=") for one in request[6::2]]
    assert read_question(registration.question, {key: text for key, _, text in sent}) == wanted
    compile(python_of(registration, fields, Place("/tmp/home")), "code", "exec")  # noqa: S108 - only read


def test_the_code_stands_on_the_page_with_what_copies_it(serve: Serve) -> None:
    body = serve("sample").get("/explore/overview/?by=month").content.decode()
    assert "trodden ask overview --by month" in body
    assert "curl -G" in body
    for number in re.findall(r'data-copy="code-(\d)"', body):
        assert f'id="code-{number}"' in body


def test_the_code_names_the_workspace_and_to_few_where_it_is_kept(
    staffed: Serve, homes: dict[str, Path]
) -> None:
    staffed("sample")
    for role, is_told in (("viewer", False), ("manager", True)):
        person = someone(role)
        person.sign_in()
        body = person.client.get("/explore/overview/").content.decode()
        assert (str(homes["sample"]) in body) is is_told
        assert ("trodden.open()" in unescape(body)) is not is_told
    overview = registrations()["overview"]
    assert command_of(overview, {}, Place(workspace="sales")) == "trodden --workspace sales ask overview"
    assert "trodden.open('/srv', workspace='sales')" in python_of(overview, {}, Place("/srv", "sales"))


def test_a_list_whose_items_hold_commas_comes_back_into_its_form(serve: Serve) -> None:
    asked = {"segments": '"region in (north, south)", did Order'}
    response = serve("sample").get("/explore/segments/", asked)
    assert response.status_code == 200
    rows = re.findall(r'name="segments" value="([^"]*)"', response.content.decode())
    assert [unescape(row) for row in rows if row] == ['"region in (north, south)"', "did Order"]
