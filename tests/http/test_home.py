"""Home: at most five findings for who reads, what is decided about them, and what becomes of that."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from msgspec.structs import replace

from tests.http.conftest import Serve
from tests.http.people import Someone, someone
from tests.support.lawn import CUSTOMERS, SKIPPED, fill_lawn
from trodden.collect.importers import ImportOptions, Mapping, import_files
from trodden.insights.findings.kept import kept
from trodden.insights.findings.model import MetNeed
from trodden.insights.findings.searching import take_wish
from trodden.model.question import Estimate
from trodden.store.folder import Workspace

REVIEW = (timezone.now() + timedelta(days=30)).date().isoformat()


def said(client: Client, path: str = "/") -> str:
    response = client.get(path)
    assert response.status_code == 200
    body = unescape(response.content.decode())
    assert "UNKNOWN-NAME" not in body
    return body


def finding(client: Client) -> str:
    """Return the address of the finding that people skip the advice, and fare better."""
    listed = said(client, "/findings/?show=all")
    found = re.search(r'href="(/findings/[0-9a-f]{12}/)">[^<]*skip Advice', listed)
    assert found, listed
    return found[1]


def version(client: Client, address: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', said(client, address))
    assert found
    return found[1]


def decide(client: Client, act: str, text: str = "", **more: str) -> int:
    address = finding(client)
    given = {"act": act, "text": text, "version": version(client, address), **more}
    return client.post(f"{address}decide", given).status_code


def test_home_tells_what_matters_with_its_evidence_and_opens_the_customers_behind(serve: Serve) -> None:
    client = serve("lawn")
    body = said(client)
    assert body.count('class="card finding-card"') <= 5
    assert "Customers who skip Advice get what they came for" in body
    assert "Would change our mind" in body
    assert "Against it" in body
    behind = re.search(r'href="(/customers/\?[^"]*deviation=missing[^"]*)" data-drawer>(\d+) customers', body)
    assert behind
    assert int(behind[2]) == SKIPPED
    assert f"<h1>{SKIPPED} journeys" in said(client, behind[1])


def test_who_may_not_see_customers_reads_findings_without_a_way_to_them(staffed: Serve) -> None:
    staffed("lawn")
    person = someone("analyst")
    person.sign_in()
    body = said(person.client)
    assert f"{SKIPPED} customers" in body
    assert "/customers/" not in body


def test_a_dismissed_finding_leaves_home_is_listed_with_its_reason_and_can_be_taken_up(serve: Serve) -> None:
    client = serve("lawn")
    assert decide(client, "dismiss") == 400
    assert decide(client, "dismiss", "The advice was closed then.") == 302
    assert "skip Advice" not in said(client)
    dismissed = said(client, "/findings/?show=dismissed")
    assert "skip Advice" in dismissed
    assert "The advice was closed then." in dismissed
    assert decide(client, "restore") == 302
    assert "skip Advice" in said(client)
    history = said(client, finding(client))
    assert history.index("took it up again") < history.index("dismissed it")


def test_a_finding_goes_from_detected_to_verified_in_this_order(serve: Serve) -> None:
    client = serve("lawn")
    assert decide(client, "verify", "It helped.") == 400
    assert decide(client, "agree") == 302
    assert decide(client, "agree") == 400
    assert decide(client, "act", "The advice can be skipped by a link.") == 302
    assert decide(client, "verify", "More buy since.") == 302
    page = said(client, finding(client))
    assert '<span class="badge">verified</span>' in page
    assert "The advice can be skipped by a link." in page


def test_of_two_who_decide_from_the_same_page_the_second_is_told(serve: Serve) -> None:
    client = serve("lawn")
    seen = version(client, finding(client))
    assert decide(client, "agree", version=seen) == 302
    response = client.post(f"{finding(client)}decide", {"act": "dismiss", "text": "No.", "version": seen})
    assert response.status_code == 409
    again = client.post(f"{finding(client)}decide", {"act": "agree", "version": seen})
    assert again.status_code == 409, "what is decided is not possible any more, but that is not why"
    assert "Somebody decided about this finding" in response.content.decode()
    assert "skip Advice" in said(client)


def test_a_finding_is_told_in_needs_and_in_money_where_amounts_are_known(serve: Serve) -> None:
    from trodden.web.findings.cards import _money, _unpriced
    from trodden.web.home import walks

    body = said(serve("lawn"))
    assert "In money: not known. Bring what journeys come to" in body
    found = walks()
    assert found is not None
    one = replace(kept(found.workspace).findings[0], time=None)  # type: ignore[union-attr]
    worth = MetNeed(minor=2_990.0, currency="EUR", journeys=200)
    effect = Estimate(value=-0.1, low=-0.2, high=-0.05)
    priced = replace(one, effect=effect, rank=replace(one.rank, a_month=100.0), worth=worth)
    assert _money(priced) == (
        "about 299 EUR less a month [150\u2013598], at 29.90 EUR a journey that got there"
    )
    assert _unpriced(priced) == ""
    yen = MetNeed(minor=500.0, currency="JPY", journeys=200)
    assert _money(replace(priced, worth=yen)).startswith("about 5,000 JPY less a month")


def test_one_customers_words_stand_beside_a_finding_for_who_may_read_them(
    staffed: Serve, homes: dict[str, Path], tmp_path: Path
) -> None:
    workspace = fill_lawn(tmp_path)
    rows = [
        f"K{place:05},Advice,2026-03-{1 + place % 28:02} 10:00,Call me: 0176 1234567"
        for place in range(121, 180)
    ]
    (tmp_path / "said.csv").write_text("\n".join(["customer,touchpoint,time,text", *rows]))
    import_files(workspace, [tmp_path / "said.csv"], ImportOptions(mapping=Mapping(text="text")))
    homes["said"] = tmp_path
    staffed("said")
    knows, viewer = someone("manager", see_pii=True), someone("viewer")
    for person in (knows, viewer):
        person.sign_in()
    for client, number in ((knows.client, "0176 1234567"), (viewer.client, "")):
        body = said(client)
        assert '<figure class="voice">' in body
        assert "One customer at Advice" in body
        assert ("0176 1234567" in body) is bool(number)
    del homes["said"]


def test_who_is_too_long_to_be_anybody_is_assigned_nothing(serve: Serve) -> None:
    client = serve("lawn")
    assert decide(client, "assign", "a" * 255) == 400
    assert decide(client, "assign", "a" * 254) == 302


def test_an_interval_that_holds_nothing_is_told_with_its_signs(serve: Serve) -> None:
    from trodden.web.findings.cards import _needs
    from trodden.web.home import walks

    assert serve("lawn")
    found = walks()
    assert found is not None
    one = kept(found.workspace).findings[0]  # type: ignore[union-attr]
    one = replace(one, time=None)
    doubtful = replace(
        one, effect=Estimate(value=0.1, low=-0.2, high=0.5), rank=replace(one.rank, a_month=10.0)
    )
    assert _needs(doubtful) == "about 1 more needs met a month [\u22122 to 5]"
    worse = replace(doubtful, effect=Estimate(value=-0.1, low=-0.5, high=0.2))
    assert _needs(worse) == "about 1 fewer needs met a month [\u22122 to 5]"


@pytest.mark.parametrize("given", [{"act": "burn", "version": "0"}, {"act": "agree", "version": "x"}, {}])
def test_what_cannot_be_decided_is_refused(serve: Serve, given: dict[str, str]) -> None:
    client = serve("lawn")
    assert client.post(f"{finding(client)}decide", given).status_code == 400


def test_a_finding_is_assigned_to_a_member_and_shown_as_theirs(staffed: Serve) -> None:
    staffed("lawn")
    editor, other = someone("editor"), someone("analyst")
    editor.sign_in()
    other.sign_in()
    assert decide(editor.client, "assign", "stranger@example.org") == 400
    assert decide(editor.client, "assign", other.email) == 302
    assert "skip Advice" in said(other.client, "/findings/?show=mine")
    assert "skip Advice" not in said(editor.client, "/findings/?show=mine")


def test_watching_is_ones_own_and_notes_are_everybodys(staffed: Serve) -> None:
    staffed("lawn")
    one, other = someone("analyst"), someone("manager")
    one.sign_in()
    other.sign_in()
    address = finding(one.client)
    one.client.post(f"{address}note", {"act": "watch"})
    one.client.post(
        f"{address}note", {"act": "note", "text": "Ask the shop.", "version": version(one.client, address)}
    )
    assert "skip Advice" in said(one.client, "/findings/?show=watched")
    assert "skip Advice" not in said(other.client, "/findings/?show=watched")
    assert "Ask the shop." in said(other.client, address)
    one.client.post(f"{address}note", {"act": "unwatch"})
    assert "skip Advice" not in said(one.client, "/findings/?show=watched")


def test_a_named_persons_interpretation_makes_knowledge_that_comes_up_for_review(staffed: Serve) -> None:
    from trodden.web.findings.models import Knowledge

    staffed("lawn")
    person = someone("manager")
    person.sign_in()
    address = finding(person.client)
    given = {"meaning": "Advice puts people off.", "version": version(person.client, address)}
    past = person.client.post(f"{address}interpret", {**given, "review_on": "2020-01-01"})
    assert past.status_code == 400
    assert person.client.post(f"{address}interpret", {**given, "review_on": REVIEW}).status_code == 302
    home = said(person.client)
    assert "Advice puts people off." in home
    assert "Customers who skip Advice get" not in home.partition("<aside")[0]
    assert "due for review" not in home
    Knowledge.here.update(review_on=timezone.now().date())
    assert "due for review" in said(person.client)
    known = Knowledge.here.get()
    path = f"/knowledge/{known.pk}/review"
    assert person.client.post(path, {"act": "keep", "review_on": REVIEW, "version": "7"}).status_code == 409
    assert person.client.post(path, {"act": "keep", "review_on": REVIEW, "version": "0"}).status_code == 302
    assert "due for review" not in said(person.client, "/knowledge/")
    person.client.post(path, {"act": "withdraw", "version": "1"})
    assert "Nothing is known yet" in said(person.client, "/knowledge/")
    assert "skip Advice" in said(person.client)


def in_department(department: str) -> Someone:
    from trodden.web.people.models import Membership

    person = someone("viewer", f"{department}@example.org")
    Membership.everywhere.filter(user__email=person.email).update(department=department)
    person.sign_in()
    return person


def test_a_department_reads_what_reaches_it_and_can_see_all(staffed: Serve) -> None:
    staffed("lawn")
    marketing, legal = in_department("marketing"), in_department("legal")
    assert "skip Advice" in said(marketing.client)
    assert "skip Advice" not in said(legal.client)
    assert "skip Advice" in said(legal.client, "/?for=all")


def test_a_viewer_decides_nothing(staffed: Serve) -> None:
    staffed("lawn")
    viewer = someone("viewer")
    viewer.sign_in()
    assert "<button" not in said(viewer.client).partition("<main")[2].partition("<aside")[0]
    address = finding(viewer.client)
    for path in ("decide", "note", "interpret"):
        assert viewer.client.post(f"{address}{path}", {}).status_code == 403


def test_what_another_workspace_decided_is_not_here(serve: Serve) -> None:
    from trodden.web.findings.models import Case, Decision, Knowledge

    client = serve("lawn")
    decide(client, "dismiss", "Not here.")
    for model in (Case, Decision, Knowledge):
        model.everywhere.update(workspace="other")
    assert "skip Advice" in said(client)
    assert "Not here." not in said(client, finding(client))


def test_decisions_stand_in_the_log(serve: Serve) -> None:
    from trodden.web.audit.models import Entry

    client = serve("lawn")
    decide(client, "dismiss", "Known.")
    entry = Entry.objects.order_by("-number").first()
    assert entry is not None
    assert (entry.actor, entry.action) == ("this machine", "finding.dismiss")
    assert entry.what.isalnum(), "the key alone: a note may name somebody who is erased later"


def test_the_list_is_given_as_a_file_with_what_was_decided(serve: Serve) -> None:
    client = serve("lawn")
    decide(client, "assign", "Ada")
    response = client.get("/findings/findings.csv")
    assert response["Content-Type"].startswith("text/csv")
    head, *rows = response.content.decode("utf-8-sig").splitlines()
    assert head.endswith("State,Dismissed because,Assigned to")
    assert any("skip Advice" in row and row.endswith("Ada") for row in rows)


def test_home_says_what_is_new_since_somebody_looked_last(serve: Serve) -> None:
    import json

    from trodden.web.findings.models import Look

    client = serve("lawn")
    assert "Since you looked last" not in said(client)
    seen = Look.here.get()
    before = json.loads(seen.seen)
    gone = {"findings": {"000000000000": "Something that is no more."}, "events": before["events"] - 7}
    Look.here.update(at=timezone.now() - timedelta(hours=2), seen=json.dumps({**before, **gone}))
    body = said(client)
    assert "7 more events" in body
    assert 1 <= body.count("New:") <= 5
    assert "Something that is no more." in body
    assert "7 more events" in said(client), "the news stays for the visit"
    client.get("/", headers={"HX-Request": "true"})
    assert Look.here.count() == 1


def test_the_first_steps_are_ticked_by_what_there_is_and_can_be_put_away(serve: Serve) -> None:
    client = serve("few")
    body = said(client)
    assert body.count('<li class="done">') == 3, "data, an event, a published map; no finding yet"
    client.post("/start/hide")
    assert "First steps" not in said(client)


def test_home_says_whether_nothing_came_in_nothing_was_sought_or_it_is_sought_now(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "I have no data yet" in said(serve("empty"))
    few = serve("few")
    take_wish(Workspace.open(settings.TRODDEN_HOME))  # another test may have wished for a search here
    assert 'data-why="computing"' in said(few)
    monkeypatch.setenv("TRODDEN_SEEK_FINDINGS", "false")
    assert "Nobody has looked for findings yet" in said(few)
    few.post("/findings/look")
    body = said(few)
    assert 'data-why="computing"' in body
    assert 'hx-trigger="every 2s"' in body


def test_what_goes_on_just_now_is_counted(serve: Serve) -> None:
    body = said(serve("lawn"))
    assert f"<strong>{CUSTOMERS}</strong> customers" in body
    assert "Findings as of" in body


def test_46_a_page_that_counts_by_itself_keeps_no_session_alive(staffed: Serve) -> None:
    from trodden.web.people.sessions import SEEN

    staffed("lawn")
    person = someone("viewer")
    person.sign_in()
    session = person.client.session
    session[SEEN] -= 600
    session.save()
    then = session[SEEN]
    person.client.get("/", headers={"HX-Request": "true"})
    assert person.client.session[SEEN] == then
    person.client.get("/")
    assert person.client.session[SEEN] > then


def test_a_search_made_before_anything_came_in_tells_no_day(serve: Serve) -> None:
    from trodden.insights.findings.model import Findings
    from trodden.web.findings.pages import searched_said

    serve("empty")
    never = datetime.fromtimestamp(0, UTC)
    found = Findings(
        state="",
        as_of=never,
        time_zone="UTC",
        findings=(),
        ignored=(),
        tried=0,
        unanswered=0,
        begun_at=never,
        seconds=0.0,
    )
    assert searched_said(found, None, is_current=False) == "No search has been made yet."
