"""Where records are, by ``DATABASE_URL`` or without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from trodden.model.errors import CallerError
from trodden.web.database import database_of


def test_without_an_address_records_are_a_file_of_the_home_folder(tmp_path: Path) -> None:
    found = database_of(tmp_path, {})
    assert found["NAME"] == str(tmp_path / "records.sqlite3")
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_an_address_names_a_postgresql_database() -> None:
    url = "postgresql://ada:p%40ss@db.example:5433/trodden?sslmode=require"
    found = database_of("x", {"DATABASE_URL": url})
    assert found["ENGINE"] == "django.db.backends.postgresql"
    names = ("USER", "PASSWORD", "HOST", "PORT", "NAME", "OPTIONS")
    assert [found[name] for name in names] == [
        *("ada", "p@ss", "db.example", "5433", "trodden"),
        {"sslmode": "require"},
    ]


@pytest.mark.parametrize(
    "url", ["mysql://h/n", "postgresql://h", "postgresql://h/", "nonsense", "postgresql://h/n?options=-c%20x"]
)
def test_an_address_that_is_none_is_refused_without_repeating_its_password(url: str) -> None:
    with pytest.raises(CallerError) as caught:
        database_of("x", {"DATABASE_URL": url})
    assert url not in caught.value.message
