"""Customers by program: in their shoes without a name, handed over and erased by who protects them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.http.conftest import Serve
from tests.http.programs import Program, program, told
from tests.http.test_customers import AtOnce
from tests.support.homes import make_home


def newest(count: int = 1) -> list[tuple[str, str]]:
    from trodden.web.audit.models import Entry

    return [(one.action, one.what) for one in Entry.objects.order_by("-number")[:count]]


@pytest.fixture
def officer(staffed: Serve, homes: dict[str, Path], tmp_path: Path) -> Iterator[Program]:
    """Let a program of a privacy officer write to a home of its own."""
    homes["kept"] = make_home(tmp_path, "few", 4)
    staffed("kept")
    yield program("privacy officer")
    del homes["kept"]


def test_what_is_held_of_somebody_is_handed_over_and_they_are_erased(
    officer: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trodden.web.audit.log import pseudonym
    from trodden.web.customers import erasing

    monkeypatch.setattr(erasing, "_POOL", AtOnce())
    name = officer.get("/api/customers?q=K")["customers"][0]
    held = officer.get(f"/api/customers/export?customer={name}")
    assert (held["identifier"], len(held["events"]) > 0) == (name, True)
    assert newest() == [("customer.export", f"customer {pseudonym(name)} as json")]
    made = told(officer.ask("POST", "/api/customers/erase", {"customer": name}, Idempotency_Key="e"), 202)
    assert (made["customer"], name in str(made)) == (pseudonym(name), False)
    again = told(officer.ask("POST", "/api/customers/erase", {"customer": name}, Idempotency_Key="e"), 202)
    assert again["id"] == made["id"]
    state = officer.get(f"/api/erasures/{made['id']}")
    assert (state["state"], state["traces"]) == ("proved", [])
    assert made["id"] in [one["id"] for one in officer.get("/api/erasures")["items"]]
    assert name not in officer.get("/api/customers?q=K")["customers"]
    assert officer.ask("POST", "/api/customers/erase", {"customer": name}).status_code == 404
    assert program("admin").ask("POST", "/api/customers/erase", {"customer": "x"}).status_code == 403


def test_a_walk_in_somebodys_shoes_says_what_for_and_names_nobody(staffed: Serve) -> None:
    staffed("sample")
    asking, other = program("viewer"), program("viewer", "other@example.org")
    given = {"purpose": "Why do they wait?", "map": "Getting connected@1"}
    walk = told(asking.ask("POST", "/api/shoes", given))
    assert walk["who"].startswith("someone-")
    assert walk["moments"][-1]["kind"] == "end"
    assert "K0" not in str(walk)
    ((action, what),) = newest()
    assert (action, what.endswith("on Getting connected@1: Why do they wait?")) == ("shoes.begin", True)
    assert asking.ask("POST", "/api/shoes", {**given, "map": "nothing"}).status_code == 400
    assert asking.ask("POST", "/api/shoes", {**given, "purpose": "why"}).status_code == 400
    wish = {"walk": walk["walk"], "text": "Say when it comes."}
    assert other.ask("POST", "/api/wishes", wish).status_code == 404
    assert asking.ask("POST", "/api/wishes", {**wish, "walk": "none"}).status_code == 404
    made = told(asking.ask("POST", "/api/wishes", wish), 201)
    of_map = asking.get("/api/wishes?map=Getting%20connected")["items"]
    one = next(one for one in of_map if one["id"] == made["id"])
    assert (one["text"], one["author"]) == (wish["text"], "viewer@example.org")
    assert other.ask("DELETE", f"/api/wishes/{made['id']}").status_code == 404
    assert told(asking.ask("DELETE", f"/api/wishes/{made['id']}"))["text"] == wish["text"]
    assert made["id"] not in [one["id"] for one in asking.get("/api/wishes")["items"]]


def test_the_log_is_read_of_one_customer_and_proved(staffed: Serve) -> None:
    from trodden.web.audit.log import pseudonym

    staffed("sample")
    sees, admin = program("analyst", see_pii=True), program("admin")
    sees.get("/api/ask/timeline?customer=K00001")
    found = admin.get("/api/log?customer=K00001")["items"]
    assert all(pseudonym("K00001") in one["what"] for one in found)
    assert found[0]["action"] == "customer.look"
    assert admin.get("/api/log/proof?whole=true")["broken_at"] is None
    assert program("manager").ask("GET", "/api/log/proof").status_code == 403
    assert "Order" in admin.get("/api/touchpoints")["touchpoints"]
