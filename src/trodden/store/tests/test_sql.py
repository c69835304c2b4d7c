"""SQL for people: what works, and a list of everything that must not."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.workspaces import workspace_from_text
from trodden.model.errors import QuestionError, StoreError, TooLargeError, TroddenError
from trodden.store.sql import SqlLimits, run_sql

if TYPE_CHECKING:
    from pathlib import Path

    from trodden.store.folder import Workspace

WALKS = "a search@web{plan=basic} 10:00 | a buy@web!ok{plan=basic} 10:05 | b search@phone 11:00"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return workspace_from_text(tmp_path_factory.mktemp("home"), WALKS)


@pytest.mark.parametrize(
    ("statement", "rows"),
    [
        ("SELECT count(*) AS n FROM events", [{"n": 3}]),
        (
            "SELECT customer, touchpoint, channel, outcome FROM events ORDER BY occurred_at",
            [
                {"customer": "a", "touchpoint": "search", "channel": "web", "outcome": "unknown"},
                {"customer": "a", "touchpoint": "buy", "channel": "web", "outcome": "ok"},
                {"customer": "b", "touchpoint": "search", "channel": "phone", "outcome": "unknown"},
            ],
        ),
        (
            "SELECT plan, count(*) AS n FROM events GROUP BY ALL ORDER BY n",
            [{"plan": None, "n": 1}, {"plan": "basic", "n": 2}],
        ),
        (
            "SELECT customer, events FROM customers ORDER BY ALL",
            [{"customer": "a", "events": 2}, {"customer": "b", "events": 1}],
        ),
        (
            "SELECT touchpoint, customers FROM touchpoints ORDER BY ALL",
            [{"touchpoint": "buy", "customers": 1}, {"touchpoint": "search", "customers": 2}],
        ),
        ("SELECT count(*) AS n FROM raw_events", [{"n": 3}]),
        (
            "WITH x AS (SELECT * FROM events) SELECT count(*) AS n FROM x JOIN events USING (customer)",
            [{"n": 5}],
        ),
        ("SELECT max(occurred_at)::VARCHAR AS t FROM events", [{"t": "2026-01-01 11:00:00+00"}]),
    ],
)
def test_a_select_answers(workspace: Workspace, statement: str, rows: list[dict[str, object]]) -> None:
    assert run_sql(workspace, statement).table.to_pylist() == rows


def test_rows_beyond_the_limit_are_cut_and_said_to_be(workspace: Workspace) -> None:
    result = run_sql(workspace, "SELECT * FROM range(100)", SqlLimits(rows=10))
    assert (result.table.num_rows, result.cut) == (10, True)
    exact = run_sql(workspace, "SELECT * FROM range(10)", SqlLimits(rows=10))
    assert (exact.table.num_rows, exact.cut) == (10, False)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata"])
def test_properties_that_hold_times_without_a_zone_can_be_asked_for(tmp_path: Path, zone: str) -> None:
    workspace = workspace_from_text(tmp_path, "a search{due=2024-02-01} 10:00", time_zone=zone)
    assert run_sql(workspace, "SELECT due::DATE::VARCHAR AS due FROM events").table.num_rows == 1


def test_walks_of_a_zone_the_workspace_has_left_can_be_asked(tmp_path: Path) -> None:
    workspace = workspace_from_text(tmp_path, "a search{due=2024-02-01} 10:00", time_zone="Asia/Kolkata")
    assert run_sql(workspace.changed(time_zone="UTC"), "SELECT 1 AS one").table.num_rows == 1


def test_too_much_memory_while_rows_are_written_is_said(workspace: Workspace) -> None:
    with pytest.raises(TooLargeError, match="too much memory"):
        run_sql(workspace, "SELECT repeat('x', 10000000) FROM range(200)", SqlLimits(memory_mb=3_072))


def test_what_the_database_refuses_while_rows_are_written_is_said(workspace: Workspace) -> None:
    late = "SELECT CASE WHEN i > 70000 THEN error('boom') END FROM range(200000) t(i)"
    with pytest.raises(QuestionError, match="boom"):
        run_sql(workspace, late, SqlLimits(rows=1_000_000))


READS = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_csv_auto('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/shadow')",
    "SELECT * FROM read_parquet('/tmp/x.parquet')",
    "SELECT * FROM read_json('/etc/hostname')",
    "SELECT * FROM read_json_objects('/etc/hostname')",
    "SELECT * FROM read_ndjson('/etc/hostname')",
    "SELECT * FROM read_duckdb('/tmp/x.db')",
    "SELECT * FROM parquet_metadata('/tmp/x.parquet')",
    "SELECT * FROM parquet_schema('/tmp/x.parquet')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM '../../../etc/passwd'",
    "SELECT * FROM '/tmp/x.parquet'",
    "SELECT * FROM 'data.csv'",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM glob('**')",
    "SELECT * FROM read_text('/proc/self/environ')",
    "SELECT * FROM read_text('/proc/self/maps')",
    "SELECT * FROM read_csv('/dev/stdin')",
    "SELECT * FROM read_text('http://127.0.0.1:9/x')",
    "SELECT * FROM read_parquet('s3://bucket/x')",
    "SELECT * FROM read_csv('file:///etc/passwd')",
    "SELECT * FROM query('SELECT * FROM read_text(''/etc/passwd'')')",
    "SELECT * FROM query_table('/etc/passwd')",
    "WITH x AS (SELECT * FROM read_text('/etc/passwd')) SELECT * FROM x",
    "SELECT (SELECT content FROM read_text('/etc/passwd'))",
    "SELECT getenv('HOME')",
    "SELECT * FROM job",
    "SELECT * FROM workspace",
    "SELECT * FROM LOADED",
]
"""Readers of files, folders, the network, the process and Python's own variables."""

STATEMENTS = [
    "COPY events TO '/tmp/evil.csv'",
    "COPY (SELECT 1) TO '/tmp/evil.parquet' (FORMAT parquet)",
    "COPY events FROM '/etc/passwd'",
    "EXPORT DATABASE '/tmp/evil'",
    "IMPORT DATABASE '/tmp/evil'",
    "ATTACH '/tmp/evil.db' AS evil",
    "ATTACH ':memory:' AS m",
    "DETACH memory",
    "USE memory",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '/tmp/evil.duckdb_extension'",
    "FORCE INSTALL spatial FROM community",
    "UPDATE EXTENSIONS",
    "CREATE SECRET (TYPE s3, KEY_ID 'a', SECRET 'b')",
    "DROP SECRET x",
    "SET enable_external_access=true",
    "SET lock_configuration=false",
    "SET allowed_directories=['/']",
    "SET temp_directory='/tmp'",
    "SET memory_limit='100GB'",
    "SET threads=64",
    "SET python_enable_replacements=true",
    "SET autoload_known_extensions=true",
    "SET log_query_path='/tmp/log'",
    "SET profiling_output='/tmp/profile'",
    "SET enable_profiling='json'",
    "SET SESSION search_path='x'",
    "RESET memory_limit",
    "RESET ALL",
    "PRAGMA enable_profiling",
    "PRAGMA database_list",
    "PRAGMA memory_limit='100GB'",
    "CREATE TABLE t AS SELECT 1",
    "CREATE VIEW v AS SELECT * FROM read_text('/etc/passwd')",
    "CREATE MACRO f() AS TABLE SELECT * FROM read_text('/etc/passwd')",
    "CREATE SCHEMA s",
    "DROP VIEW events",
    "ALTER VIEW events RENAME TO x",
    "INSERT INTO events VALUES (1)",
    "DELETE FROM events",
    "UPDATE events SET customer = 'x'",
    "TRUNCATE events",
    "BEGIN",
    "COMMIT",
    "CHECKPOINT",
    "VACUUM",
    "ANALYZE",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "DEALLOCATE p",
    "CALL pragma_version()",
    "EXPLAIN ANALYZE SELECT 1",
    "PIVOT events ON channel USING count(*)",
    "SELECT 1; SELECT 2",
    "SELECT 1; COPY events TO '/tmp/evil.csv'",
    "; ;",
    "",
    "not sql at all",
    "WITH a AS (INSERT INTO events VALUES (1) RETURNING *) SELECT * FROM a",
]
"""Everything that is not one SELECT."""


@pytest.mark.parametrize("statement", [*READS[:3], *STATEMENTS[:3]])
def test_reading_and_writing_files_is_refused(workspace: Workspace, statement: str) -> None:
    with pytest.raises(QuestionError):
        run_sql(workspace, statement)


@pytest.mark.slow
@pytest.mark.parametrize("statement", READS + STATEMENTS)
def test_what_is_not_one_select_of_our_tables_is_refused(workspace: Workspace, statement: str) -> None:
    with pytest.raises((QuestionError, StoreError)) as caught:
        run_sql(workspace, statement)
    assert "root:" not in caught.value.message


def test_nothing_was_written_by_any_of_them(workspace: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "evil.csv"
    for statement in (f"COPY events TO '{target}'", f"ATTACH '{target}' AS e", f"EXPORT DATABASE '{target}'"):
        with pytest.raises(TroddenError):
            run_sql(workspace, statement)
    assert not target.exists()


GREEDY = [
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r",
    "SELECT count(*) FROM range(1000000) a, range(1000000) b, range(9) c WHERE a.range = b.range + c.range",
    "SELECT length(repeat('x', 2000000000))",
    "SELECT length(range(3000000000))",
    "SELECT len(string_split(repeat('a,', 500000000), ','))",
    "SELECT levenshtein(repeat('a', 200000), repeat('b', 200000))",
    "SELECT list_sum(list_transform(range(100000000), x -> x * 2))",
    "SELECT length(string_agg(range::VARCHAR, ',')) FROM range(300000000)",
]


@pytest.mark.slow
@pytest.mark.parametrize("statement", GREEDY)
def test_a_greedy_statement_is_ended(workspace: Workspace, statement: str) -> None:
    """Time and memory are bounded by the kernel, not by the database's good will."""
    with pytest.raises((TooLargeError, QuestionError)):
        run_sql(workspace, statement, SqlLimits(seconds=4, memory_mb=2_048))


@pytest.mark.requires("landlock")
def test_a_restricted_process_can_read_its_folders_and_nothing_else(tmp_path: Path) -> None:
    """The second wall, by itself: plain Python in a child that was restricted cannot open other files."""
    import subprocess

    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("mine")
    (tmp_path / "other").write_text("other")
    code = (
        "import sys, pathlib\n"
        "from trodden.store.sql.landlock import restrict\n"
        "root = pathlib.Path(sys.argv[1])\n"
        "print(restrict([root / 'mine']))\n"
        "print((root / 'mine' / 'file').read_text())\n"
        "acts = ((root / 'other').read_text, lambda: (root / 'mine' / 'new').write_text('x'))\n"
        "for act in acts:\n"
        "    try: act(); print('could')\n"
        "    except PermissionError: print('could not')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "mine", "could", "not", "could", "not"]
