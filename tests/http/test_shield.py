"""What somebody who may not know customers could find out of one of them all the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.http.conftest import Serve
from tests.http.people import someone
from tests.http.programs import Program, program, program_of
from tests.support.known import CUSTOMERS, KNOWN, UNKNOWN, fill_known
from trodden.methods.journeys.maps import parse_map
from trodden.store.catalog import add_map, load_segments
from trodden.store.folder import Workspace
from trodden.store.segments import SavedSegment, add_segment

Told = tuple[int, str]


@pytest.fixture(scope="module")
def workspace(homes: dict[str, Path]) -> Iterator[Workspace]:
    """Make the workspace, with a segment that somebody who knows customers saved."""
    homes["known"] = homes["sample"].parent / "known"
    found = fill_known(homes["known"])
    for name, who in (("one", KNOWN), ("none", UNKNOWN)):
        add_segment(found, SavedSegment(name=name, where=f'region = north or mail = "{who}"'))
    yield found
    del homes["known"]


@pytest.fixture
def reader(staffed: Serve, workspace: Workspace) -> Program:
    """Return somebody who may ask anything and not know who customers are."""
    assert workspace
    staffed("known")
    return program("manager")


def told(person: Program, name: str, asked: dict[str, str]) -> Told:
    """Return what a question is answered with, without what the question itself says."""
    response = person.ask("GET", f"/api/ask/{name}?{urlencode(asked)}")
    text = response.content.decode()
    for said in sorted({*asked.values(), *NOBODY, *SOMEBODY}, key=len, reverse=True):
        text = text.replace(said, "...")
    return response.status_code, text


SOMEBODY = (KNOWN, "90", "@one", "K00000", "Rare", "2026-03-02T10:00..2026-03-02T10:01")
NOBODY = (UNKNOWN, "95", "@none", "K99999", "Rare -> Look", "2026-03-02T08:00..2026-03-02T08:01")
"""What holds of one customer, and the same that holds of nobody."""

MAIL, AGE, SAVED, NAME, STEPS, TIME = range(len(SOMEBODY))

LOOKED_UP = [
    ("overview", {"segment": 'mail = "{}"'}, MAIL),
    ("overview", {"segment": 'region = north or mail = "{}"'}, MAIL),
    ("overview", {"segment": 'not (mail = "{}")'}, MAIL),
    ("overview", {"segment": 'mail != "{}"'}, MAIL),
    ("overview", {"segment": 'region = north and not mail in (north, "{}")'}, MAIL),
    ("overview", {"segment": "age >= {}"}, AGE),
    ("overview", {"segment": "region = north or age < {}"}, AGE),
    ("overview", {"where": "{}"}, STEPS),
    ("overview", {"period": "{}"}, TIME),
    ("segments", {"segments": "region = north or mail = {}"}, MAIL),
    ("segments", {"segments": "mail = {}"}, MAIL),
    ("segments", {"segments": "mail = {}", "unit": "session"}, MAIL),
    ("sequences", {"against": 'mail = "{}"'}, MAIL),
    ("compare", {"analysis": "overview", "segment": 'mail = "{}"'}, MAIL),
    ("compare", {"analysis": "overview", "segment": "region = north", "other_segment": 'mail = "{}"'}, MAIL),
    (
        "compare",
        {"analysis": "segments", "fields": '{{"segments": ["mail = {}"]}}', "segment": "did Look"},
        MAIL,
    ),
    (
        "compare",
        {"analysis": "timeline", "fields": '{{"customer": "{}"}}', "segment": "region = north"},
        NAME,
    ),
    ("compare", {"analysis": "customers", "segment": "region = north", "where": "{}"}, STEPS),
]


@pytest.mark.parametrize(("name", "asked", "what"), LOOKED_UP)
def test_50_one_customer_cannot_be_told_from_none(
    reader: Program, name: str, asked: dict[str, str], what: int
) -> None:
    one, none = (
        told(reader, name, {field: text.format(who[what]) for field, text in asked.items()})
        for who in (SOMEBODY, NOBODY)
    )
    assert one == none
    assert one[0] == 400


def test_50_an_answer_does_not_say_that_nobody_has_a_value_of_a_saved_segment(reader: Program) -> None:
    one, none = (told(reader, "overview", {"segment": who[SAVED]}) for who in (SOMEBODY, NOBODY))
    assert (one[0], none[0]) == (200, 200)
    assert "No event has" not in none[1]


def test_50_what_is_of_enough_is_answered_to_both_as_it_is(reader: Program) -> None:
    seeing = program("analyst", see_pii=True)
    for name, asked in (
        ("overview", {"segment": "region = north and age >= 31"}),
        ("overview", {"segment": "not region in (south) and did Buy", "period": "2026-03-02..2026-03-05"}),
        ("segments", {"segments": "region = north,region = south,did Look"}),
        ("compare", {"analysis": "overview", "segment": "region = north"}),
        ("sequences", {"against": "region = north"}),
    ):
        assert told(reader, name, asked) == told(seeing, name, asked)
        assert told(reader, name, asked)[0] == 200


def test_50_sides_that_share_customers_are_refused_without_their_number(reader: Program) -> None:
    sides = {"segment": "region = north", "other_segment": "did Look"}
    status, said = told(reader, "compare", {"analysis": "overview", **sides})
    assert (status, "share customers" in said, any(letter.isdigit() for letter in said)) == (400, True, False)


def test_50_segments_that_share_a_few_do_not_tell_whom_they_share(reader: Program) -> None:
    """Of ten who came on the first day one was at Rare: the others and all of them would tell that."""
    asked = {"segments": "region = south,not did Leave", "show": "sizes"}
    answer = reader.ask("GET", f"/api/ask/segments?{urlencode(asked)}").json()
    assert [one["units"]["count"] for one in answer["sizes"]] == [CUSTOMERS // 2, CUSTOMERS // 2 + 1]
    assert answer["overlaps"] == []
    assert "left out" in " ".join(answer["about"]["notes"])
    assert told(reader, "segments", {**asked, "show": "overlap"})[0] == 400


def test_50_who_may_not_know_a_customer_cannot_save_a_look_at_one(
    staffed: Serve, workspace: Workspace
) -> None:
    staffed("known")
    reader = someone("manager")
    reader.sign_in()
    for who in (KNOWN, UNKNOWN):
        sent = {"mode": "text", "text": f'region = north or mail = "{who}"', "name": "it"}
        page = reader.client.post("/segments/save/", sent)
        assert page.status_code == 400
        assert b"Fewer than 5" in page.content
    assert "it" not in load_segments(workspace.segments)


NAMED = re.compile(r'"c\d+@example|<bdi>call c1@')
VALUES = ("/segments/new/", "/data/touchpoints/?counted=yes", "/explore/touchpoint.json?touchpoint=Leave")


def test_50_values_and_names_that_say_who_somebody_is_are_not_shown(
    staffed: Serve, workspace: Workspace
) -> None:
    assert workspace
    staffed("known")
    told = {}
    for sees in (False, True):
        person = someone("manager", f"{sees}@example.org", see_pii=sees)
        person.sign_in()
        told[sees] = [person.client.get(path).content.decode() for path in VALUES]
    named = {sees: [NAMED.search(page) is not None for page in pages] for sees, pages in told.items()}
    assert named == {False: [False, False, False], True: [True, True, True]}
    assert '<option value="north">' in told[False][0]
    assert "call [e-mail]" in told[False][1]
    assert '"value":"south"' in told[False][2]


@pytest.mark.parametrize("where", [KNOWN, UNKNOWN])
def test_50_a_step_that_tests_who_somebody_is_tells_nothing_of_them(
    staffed: Serve, workspace: Workspace, where: str
) -> None:
    staffed("known")
    step = f"{{id: look, match: [Look], where: {{mail: [{where}]}}}}"
    text = f"name: Trap\nsteps:\n  - {step}\nflow: [look, Buy]\nbounds: {{silence: 1d}}"
    trap = add_map(workspace, parse_map(text, "trap.yaml"))
    person = someone("editor")
    person.sign_in()
    try:
        page = person.client.get("/journeys/Trap@1/edit/?step=look").content.decode()
        assert "fewer than 5 customers, or no event" in page
        assert re.search(r"Matches \d", page) is None
        assert "not told" in page
        for address in ("/journeys/Trap@1/", "/explore/conformance/?map=Trap%401"):
            assert "Fewer than 5 customers fit" in person.client.get(address).content.decode()
    finally:
        trap.unlink()


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/findings/", "/journeys/", "/data/", "/explore/", "/segments/", "/segments/new/"),
        *("/journeys/new", "/journeys/Getting connected@1/edit/"),
    ],
)
def test_50_pages_of_a_workspace_of_four_customers_open(staffed: Serve, path: str) -> None:
    staffed("few")
    reader = someone("manager")
    reader.sign_in()
    assert reader.client.get(path).status_code == 200


def test_50_four_customers_are_counted_for_who_may_know_them(staffed: Serve) -> None:
    staffed("few")
    for sees, said in ((False, "fewer than 5"), (True, "4")):
        person = someone("viewer", f"{sees}@example.org", see_pii=sees)
        person.sign_in()
        assert f"<strong>{said}</strong>" in person.client.get("/").content.decode()
        assert program_of(person).get("/api/workspace")["customers"] == (4 if sees else None)
