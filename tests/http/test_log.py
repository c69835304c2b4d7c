"""The log: what is written into it, and that nothing in it can be changed unseen."""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.http.conftest import Serve
from tests.http.people import someone
from tests.http.routes import PARAMETERS
from trodden.store.folder import Workspace
from trodden.store.segments import find_segment
from trodden.web.security import loggable, veiled


def newest() -> tuple[str, str, str]:
    from trodden.web.audit.models import Entry

    found = Entry.objects.order_by("-number").first()
    assert found is not None
    return found.actor, found.action, found.what


def test_61_each_look_at_one_customer_is_logged_without_naming_them(staffed: Serve) -> None:
    from trodden.web.audit.log import pseudonym

    staffed("sample")
    person = someone("analyst", see_pii=True)
    person.sign_in()
    for path, route in (
        ("/customers/walk/?id=K00001", "customer"),
        ("/explore/timeline/?customer=K00001", "ask"),
        ("/explore/timeline.csv?customer=K00001", "ask-file"),
    ):
        assert person.client.get(path).status_code == 200
        assert newest() == (person.email, "customer.look", f"customer {pseudonym('K00001')} by {route}")
    assert "K00001" not in "".join(newest())


@pytest.mark.parametrize(
    "fields",
    [
        "customer=K00001&customer=",
        "customer=K00001&customer=%20",
        "customer=%20K00001%20",
        "customer=K00009&customer=K00001",
    ],
)
def test_61_a_look_is_logged_as_the_question_was_understood(staffed: Serve, fields: str) -> None:
    from trodden.web.audit.log import pseudonym

    staffed("sample")
    person = someone("analyst", see_pii=True)
    person.sign_in()
    for path, route in (("/explore/timeline/", "ask"), ("/explore/timeline.json", "ask-file")):
        response = person.client.get(f"{path}?{fields}")
        assert (response.status_code, b"K00001" in response.content) == (200, True)
        assert newest() == (person.email, "customer.look", f"customer {pseudonym('K00001')} by {route}")


def test_61_a_look_by_way_of_a_comparison_is_logged(staffed: Serve) -> None:
    from trodden.web.audit.log import pseudonym

    staffed("sample")
    person = someone("analyst", see_pii=True)
    person.sign_in()
    asked = {"analysis": "timeline", "fields": '{"customer": "K00001"}', "segment": "region = north"}
    assert person.client.get("/explore/compare/", asked).status_code == 200
    assert newest() == (person.email, "customer.look", f"customer {pseudonym('K00001')} by ask")


def test_61_the_log_holds_names_and_keys_and_nothing_that_somebody_typed(staffed: Serve) -> None:
    """What cannot be forgotten must not say who somebody was, for they may be erased."""
    staffed("sample")
    person = someone("manager", see_pii=True)
    person.sign_in()
    sent = {"mode": "text", "text": "did Order and region != grace", "name": "logged"}
    assert person.client.post("/segments/save/", sent).status_code == 302
    assert newest() == (person.email, "segment.add", "@logged")
    stamp = find_segment(Workspace.open(settings.TRODDEN_HOME), "logged").stamp
    assert person.client.post("/segments/@logged/delete/", {"stamp": stamp}).status_code == 302
    assert newest() == (person.email, "segment.delete", "@logged")


def test_61_who_looks_without_sign_in_is_this_machine(serve: Serve) -> None:
    client = serve("sample")
    client.get("/customers/walk/?id=K00002")
    assert newest()[:2] == ("this machine", "customer.look")


def test_61_changes_and_refusals_and_exports_are_logged(staffed: Serve) -> None:
    staffed("sample")
    admin, viewer = someone("admin"), someone("viewer")
    admin.sign_in()
    viewer.sign_in()
    viewer.client.get("/explore/overview.csv")
    assert newest() == (viewer.email, "refused", "/explore/overview.csv")
    admin.client.get("/explore/overview.csv")
    assert newest() == (admin.email, "export", "/explore/overview.csv")
    given = {"email": "Guest@example.org", "role": "editor", "department": "sales"}
    page = admin.client.post("/settings/people/invite/", given)
    assert page.status_code == 200
    assert newest() == (admin.email, "people.invite", "Guest@example.org as editor")
    from trodden.web.people.staff import member_of

    path = f"/settings/people/{member_of(viewer.email).pk}/"
    admin.client.post(path, {"role": "manager", "is_active": "on"})
    assert newest() == (admin.email, "people.change", f"{viewer.email} role viewer -> manager")


def test_61_no_secret_of_a_link_is_written_whoever_was_refused(staffed: Serve) -> None:
    kept, veiled_ones = "s3cret", set[str]()
    for name, given in PARAMETERS.items():
        secret = {"key"} if "uidb36" in given else {"secret", "token"} & set(given)
        if secret:
            path = reverse(name, kwargs={**given, **dict.fromkeys(secret, kept)})
            assert kept not in veiled(path) + loggable(f"/w/desk{path}"), name
            veiled_ones.add(name)
    assert len(veiled_ones) == 10
    staffed("sample")
    viewer = someone()
    viewer.sign_in()
    assert viewer.client.post("/data/bring/s3cret/").status_code == 403
    assert newest() == (viewer.email, "refused", "/data/bring/-/")


def test_61_a_line_break_in_a_name_makes_no_second_entry(serve: Serve) -> None:
    from trodden.web.audit.log import write

    serve("empty")
    entry = write("a\r\nb\u2028c\x1b[31m", "x", "1\n2")
    assert (entry.actor, entry.what) == ("a\\r\\nb\\u2028c\\x1b[31m", "1\\n2")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET what = 'nothing'",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_entry WHERE number = 1",
    ],
)
def test_61_the_database_refuses_to_change_the_log(serve: Serve, statement: str) -> None:
    from trodden.web.audit.log import write

    serve("empty")
    write("somebody", "something")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("change", ["altered", "removed", "put in", "swapped"])
def test_61_a_chain_that_was_touched_is_found(serve: Serve, change: str) -> None:
    from trodden.web.audit.log import FIRST, first_break, seal_of
    from trodden.web.audit.models import Entry

    serve("empty")
    before, chain = FIRST, []
    for number in range(1, 7):
        at = f"2026-11-22T10:00:0{number}+00:00"
        entry = Entry(number=number, at=_moment(at), actor="a", workspace="w", action="x", what=str(number))
        entry.seal = before = seal_of(entry, before)
        chain.append(entry)
    assert first_break(chain) is None
    assert first_break([]) is None
    if change == "altered":
        chain[3].what = "9"
    elif change == "removed":
        del chain[3]
    elif change == "put in":
        chain.insert(3, chain[3])
        chain[4] = chain[2]
    else:
        chain[3], chain[4] = chain[4], chain[3]
    assert first_break(chain) in {4, 5}


def test_61_a_page_proves_what_was_added_and_all_of_it_when_asked(serve: Serve) -> None:
    from trodden.web.audit.log import write
    from trodden.web.audit.proved import Chain

    serve("empty")
    write("somebody", "something")
    chain = Chain()
    first = chain.prove()
    added = write("somebody", "something more")
    with CaptureQueriesContext(connection) as asked:
        later = chain.prove()
    assert (later.broken_at, later.up_to, later.whole_at) == (None, added.number, first.whole_at)
    assert f'"number" > {first.up_to}' in asked.captured_queries[-1]["sql"]
    again = chain.prove(whole=True)
    assert again.whole_at > first.whole_at
    assert again.up_to == added.number


def test_61_a_change_after_what_was_proved_is_found(serve: Serve) -> None:
    from trodden.web.audit.log import FIRST, follow, seal_of
    from trodden.web.audit.models import Entry

    serve("empty")
    before, chain = FIRST, []
    for number in range(1, 5):
        entry = Entry(number=number, at=_moment("2026-11-22T10:00:00+00:00"), actor="a", workspace="w")
        entry.seal = before = seal_of(entry, before)
        chain.append(entry)
    broken, end = follow(chain[:2])
    assert (broken, end) == (None, (2, chain[1].seal))
    assert follow(chain[2:], end) == (None, (4, chain[3].seal))
    chain[3].what = "altered"
    assert follow(chain[2:], end) == (4, (3, chain[2].seal))
    assert follow(chain[3:], end)[0] == 3


def _moment(text: str) -> object:
    from datetime import datetime

    return datetime.fromisoformat(text)


def test_61_the_log_is_given_as_csv_and_json_and_that_is_logged(staffed: Serve) -> None:
    from trodden.web.audit.models import Entry

    staffed("sample")
    admin = someone("admin")
    admin.sign_in()
    rows = list(
        csv.reader(io.StringIO(admin.client.get("/settings/log/log.csv").content.decode("utf-8-sig")))
    )
    assert rows[-1][1:4] == [admin.email, "log.export", "csv"]
    given = admin.client.get("/settings/log/log.json").json()
    assert given[-1]["action"] == "log.export"
    here = Entry.objects.filter(workspace="default").order_by("number")
    assert [one["number"] for one in given] == list(here.values_list("number", flat=True))
    assert admin.client.get("/settings/log/log.exe").status_code == 404


def test_61_the_page_shows_the_newest_and_finds_who_looked_at_a_customer(staffed: Serve) -> None:
    staffed("sample")
    admin, looker = someone("admin"), someone("analyst", see_pii=True)
    admin.sign_in()
    looker.sign_in()
    looker.client.get("/customers/walk/?id=K00003")
    page = admin.client.get("/settings/log/?customer=K00003").content.decode()
    assert looker.email in page
    assert "chain is broken" not in page
    assert re.search(r"Looked at a customer <code[^>]*>customer\.look</code>", page)
    assert re.search(r'<nav class="crumbs".*<a href="/settings/">Settings</a>', page, re.DOTALL)
    assert looker.email not in admin.client.get("/settings/log/?customer=K99999").content.decode()


WRITERS = frozenset({"record", "write", "logged", "_logged", "happened"})
"""What writes an action into the log: its second argument."""


def _calls() -> Iterator[tuple[ast.Call, str]]:
    import trodden

    paths = [path for path in Path(trodden.__file__).parent.rglob("*.py") if "tests" not in path.parts]
    nodes = (node for path in paths for node in ast.walk(ast.parse(path.read_text())))
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node, node.func.id


def _said(node: ast.AST) -> Iterator[str]:
    """Give the texts of an expression, of a formatted one its parts."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _compared(module: str) -> set[str]:
    """Give what a module compares an act with."""
    compared = [
        node for node in ast.walk(ast.parse(Path(module).read_text())) if isinstance(node, ast.Compare)
    ]
    acts = [node for node in compared if isinstance(node.left, ast.Name) and node.left.id == "act"]
    return {text for node in acts for text in _said(node)}


def _endings() -> dict[str, set[str]]:
    """Give what may follow the beginnings of actions that are put together."""
    from trodden.web.boards import arranging, sharing, talking
    from trodden.web.findings import deciding
    from trodden.web.marks import views

    deeds = (node.args[1] for node, name in _calls() if name == "take_down")
    talked = {"say", "edit", "resolve", "reopen", "take-back", "bring-back"}
    mailed = {"subscribe", "again", "resume", "now", "take-on", "confirm", "end"}
    linked = {"make", "confirm", "withdraw"}
    assert _compared(talking.__file__) <= talked
    assert _compared(sharing.__file__) <= mailed | linked
    return {
        "board.": set(arranging.ACTS),
        "board.comment-": talked,
        "board.link-": linked,
        "board.links-": {"on", "off"},
        "board.mail-": mailed,
        "change.": set(),
        "finding.": {*deciding.ACTS, "watch", "unwatch"},
        "map.": {"undo", "redo", *(text for deed in deeds for text in _said(deed) if text != "file")},
        "mark.": set(views.ACTS),
    }


def test_61_every_action_that_is_written_has_its_words() -> None:
    from trodden.web.audit.words import WORDS

    endings = _endings()
    actions = [node.args[1] for node, name in _calls() if name in WRITERS and len(node.args) > 1]
    put_together = [one for one in actions if isinstance(one, ast.JoinedStr)]
    begun = {text for one in put_together for text in _said(one) if "." in text}
    plain = {text for one in actions if one not in put_together for text in _said(one)}
    assert begun == set(endings)
    assert plain | {begins + end for begins, ends in endings.items() for end in ends} == set(WORDS)


def test_61_an_action_that_nobody_writes_any_more_is_shown_as_its_code() -> None:
    from trodden.web.audit.words import phrase_of

    assert phrase_of("change.some-page") == "Changed something else"
    assert phrase_of("board.unheard-of") == "board.unheard-of"


def test_49_the_log_of_another_workspace_is_not_shown(staffed: Serve) -> None:
    from trodden.web.audit.log import write

    staffed("sample")
    admin = someone("admin")
    with override_settings(TRODDEN_WORKSPACE="other"):
        write("stranger@example.org", "secret.deed")
    admin.sign_in()
    for path in ("/settings/log/", "/settings/log/log.csv", "/settings/log/log.json"):
        assert b"secret.deed" not in admin.client.get(path).content


def test_61_what_a_program_asks_of_one_customer_is_logged(serve: Serve, token: str) -> None:
    from trodden.web.audit.log import pseudonym

    client = serve("sample")
    given = {"authorization": f"Bearer {token}"}
    for path, body in (
        ("/api/ask/timeline", {"customer": "K00001"}),
        ("/api/said/timeline", {"texts": {"customer": ["K00001"]}}),
    ):
        assert client.post(path, body, content_type="application/json", headers=given).status_code == 200
        assert newest() == ("a program", "customer.look", f"customer {pseudonym('K00001')} by api-ask")
    client.post("/api/ask/customers", {}, content_type="application/json", headers=given)
    assert newest() == ("a program", "export", "/api/ask/customers")
    client.post("/api/ask/overview", {}, content_type="application/json", headers=given)
    assert newest() == ("a program", "export", "/api/ask/customers")
