"""A plan shows what was found out, and what is not clear is asked, not guessed."""

from __future__ import annotations

import gzip
import socket
from pathlib import Path

import pytest

from trodden.collect.importers import ImportOptions, Mapping, import_files, plan_import
from trodden.collect.importers.limits import Limits
from trodden.collect.tests.helpers import NOW, write
from trodden.model.errors import MappingError, RefusedFileError, UnreadableFileError
from trodden.model.words import say, speaking
from trodden.store.folder import Workspace

LOG = "".join(
    f"c{number % 9};step {number % 4};2024-01-{number % 28 + 1:02} 10:00;{number}\n" for number in range(100)
)


def test_a_plan_shows_twenty_rows_and_what_they_would_be(tmp_path: Path) -> None:
    path = write(tmp_path, "customer;event;time;count\n" + LOG)
    plan = plan_import([path], ImportOptions(received_at=NOW)).files[0]
    assert plan.source == "log.csv"
    assert plan.size == path.stat().st_size
    assert (plan.mapping.format, plan.mapping.delimiter, plan.mapping.encoding) == ("csv", ";", "utf-8")
    assert plan.rows[1] == ("c1", "step 1", "2024-01-02 10:00", "1")
    assert len(plan.rows) == len(plan.events) == 20
    second = plan.events[1]
    assert (second.row, second.customer, second.touchpoint) == (2, "c1", "step 1")
    assert (f"{second.occurred_at:%Y-%m-%d %H:%M}", second.properties) == (
        "2024-01-02 10:00",
        '{"count":"1"}',
    )
    assert [column.name for column in plan.columns] == ["customer", "event", "time", "count"]
    assert (plan.columns[1].distinct, plan.columns[1].empty) == (4, 0)
    assert plan.columns[1].examples[0].startswith("step ")


def test_a_guess_says_how_sure_it_is(tmp_path: Path) -> None:
    plan = plan_import([write(tmp_path, "customer;event;time;count\n" + LOG)]).files[0]
    guess = plan.guesses["customer"]
    assert guess.columns == ("customer",)
    assert 0.8 < guess.confidence <= 1
    assert guess.candidates[0].column == "customer"
    assert [one.score for one in guess.candidates] == sorted(
        (one.score for one in guess.candidates), reverse=True
    )


def test_a_plan_shows_rows_that_would_be_rejected(tmp_path: Path) -> None:
    plan = plan_import([write(tmp_path, "customer;event;time;count\nx;y;soon;1\nx;y\n" + LOG)]).files[0]
    assert [(reject.row, reject.reason) for reject in plan.rejects] == [(2, "too-few-cells"), (1, "bad-time")]


def test_two_columns_that_look_alike_are_asked_about(tmp_path: Path) -> None:
    text = "user_a;user_b;event;time\n" + "".join(
        f"a{number % 9};b{number % 9};step {number % 4};2024-01-{number % 28 + 1:02} 10:00\n"
        for number in range(100)
    )
    path = write(tmp_path, text)
    plan = plan_import([path]).files[0]
    assert "'user_a'" in plan.problem
    assert "'user_b'" in plan.problem
    assert "--customer user_a" in plan.hint
    assert plan.events == ()
    assert len(plan.rows) == 20
    with pytest.raises(MappingError, match="user_b") as caught:
        import_files(None, [path], ImportOptions(dry_run=True))
    assert caught.value.file == str(path)
    settled = import_files(None, [path], ImportOptions(dry_run=True, mapping=Mapping(customer="user_b")))
    assert settled.files[0].customers == 9


def test_what_is_asked_and_noted_is_said_in_the_readers_language(tmp_path: Path) -> None:
    unclear = plan_import([write(tmp_path, "a;b;c\n1;2;3\n")]).files[0]
    text = "customer;event;when;amount\na;view;2024-03-31 02:30;1\n"
    plan = plan_import([write(tmp_path, text)], ImportOptions(mapping=Mapping(value="amount"))).files[0]
    with pytest.raises(MappingError) as refused:
        import_files(Workspace.create(tmp_path / "home"), [write(tmp_path, "a;b;c\n1;2;3\n")])
    assert "Which column is the customer is not clear: 'a' (" in refused.value.message
    with speaking("de"):
        assert "Welche Spalte customer ist, ist nicht klar: 'a' (" in refused.value.message
        assert "; Keine Spalte sieht nach time aus; es gibt 'a', 'b', 'c'" in say(unclear.problem)
        assert say(unclear.hint).startswith("Sagen Sie, welche es ist, zum Beispiel `--customer a")
        assert not [note for note in plan.notes if say(note) == note]
        assert say("calls.pdf is a PDF.") == "calls.pdf ist ein PDF."
        assert say("period: 'x' is not one.") == "period: 'x' is not one.", "a sentence is said whole, or not"


def test_a_file_without_events_is_asked_about(tmp_path: Path) -> None:
    path = write(tmp_path, "DateTime,Calls\n2003-03-03 07:00:00,111\n2003-03-03 07:05:00,113\n")
    plan = plan_import([path]).files[0]
    assert "customer" in plan.problem
    assert "touchpoint" in plan.problem
    assert "time" not in plan.guesses or plan.guesses["time"].columns == ("DateTime",)


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "customer;event;time;count\n" + LOG)
    with pytest.raises(MappingError, match=r"no column 'client' \(meant to be customer\)") as caught:
        plan_import([path], ImportOptions(mapping=Mapping(customer="client")))
    assert "'customer', 'event', 'time', 'count'" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("empty.csv", b"", "is empty"),
        ("blank.csv", b"\n\r\n  \n", "is empty"),
        ("header.csv", b"customer,event,time\n", "no rows"),
        ("db.csv", b"SQLite format 3\0" + bytes(100), "SQLite"),
        ("old.xls", b"\xd0\xcf\x11\xe0" + bytes(100), "old Office"),
        ("doc.pdf", b"%PDF-1.7 ...", "a PDF"),
        ("log.zst", b"\x28\xb5\x2f\xfd" + bytes(100), "zstd"),
        ("log.bz2", b"BZh91AY" + bytes(100), "bzip2"),
        ("list.json", b'[{"a": 1}, {"a": 2}]', "one JSON list"),
        ("noise.bin", bytes(range(1, 32)) * 40, "no text"),
        ("cut.gz", b"\x1f\x8b\x08\x00", "ends in the middle"),
        ("bad.gz", b"\x1f\x8b\x08\x00nonsense and more of it", "damaged"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    with pytest.raises(UnreadableFileError, match=message) as caught:
        plan_import([write(tmp_path, data, name)])
    assert caught.value.hint


def test_folders_and_pipes_are_no_files(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="plain file"):
        plan_import([tmp_path])
    end = socket.socket(socket.AF_UNIX)
    end.bind(str(tmp_path / "socket"))
    with pytest.raises(UnreadableFileError, match="plain file"):
        plan_import([tmp_path / "socket"])
    end.close()


def test_the_contents_tell_the_kind_of_file_not_the_name(tmp_path: Path) -> None:
    path = write(tmp_path, '{"customer": "a", "event": "b", "time": "2024-01-01"}\n', "log.csv")
    assert plan_import([path]).files[0].mapping.format == "jsonl"


def test_what_the_mapping_says_about_reading_stands(tmp_path: Path) -> None:
    path = write(tmp_path, "customer;event;time;count\n" + LOG)
    mapping = Mapping(
        header=False, customer="column 1", touchpoint="column 2", time=("column 3",), delimiter=";"
    )
    plan = plan_import([path], ImportOptions(mapping=mapping)).files[0]
    assert [column.name for column in plan.columns] == ["column 1", "column 2", "column 3", "column 4"]
    assert plan.rejects[0].reason == "bad-time"


def test_a_gzip_bomb_is_refused(tmp_path: Path) -> None:
    bomb = gzip.compress(b"customer,event,time\n" + b"a,b,2024-01-01\n" * (1 << 18))
    path = write(tmp_path, bomb, "bomb.csv.gz")
    options = ImportOptions(dry_run=True, limits=Limits(inflated_floor=2 << 20))
    with pytest.raises(RefusedFileError, match="unpacks to more than"):
        import_files(None, [path], options)
    assert import_files(None, [path], ImportOptions(dry_run=True)).kept == 1 << 18
