"""The command line as its user meets it: real files, real output, real exit statuses."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from trodden.cli import main
from trodden.cli.app import COMMANDS
from trodden.questions import fields_of
from trodden.registry import registrations

TICKETS = """CaseID,ActivityID,CompleteTimestamp,team
NA,assign,2026-01-05 10:00:00,north
NA,close,2026-01-05 12:00:00,north
0012,assign,2026-01-06 09:00:00,south
0012,=cmd(),not a time,south
0012,close,2026-01-07 09:00:00,south
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("cli")
    (home / "tickets.csv").write_text(TICKETS)
    assert main(["--home", str(home), "import", str(home / "tickets.csv"), "--quiet"]) == 0
    return home


def first_row(path: Path) -> dict[str, str]:
    return next(csv.DictReader(io.StringIO(path.read_text())))


class Ran:
    """What a command came to."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err


@pytest.fixture
def run(home: Path, capfd: pytest.CaptureFixture[str]):  # noqa: ANN201 - a function of texts
    def go(*arguments: str) -> Ran:
        status = main(["--home", str(home), *arguments])
        return Ran(status, *capfd.readouterr())

    return go


def test_a_dry_run_shows_rows_and_writes_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text(TICKETS)
    assert main(["--home", str(tmp_path / "home"), "import", str(path), "--dry-run"]) == 0
    out = capfd.readouterr().out
    assert "customer    CaseID" in out
    assert "0012" in out
    assert "1 rejected" in out
    assert not (tmp_path / "home").exists()


def test_a_second_import_adds_nothing(run, home: Path) -> None:  # noqa: ANN001 - the fixture
    ran = run("import", str(home / "tickets.csv"), "--json")
    assert ran.status == 0
    assert json.loads(ran.out)["files"][0]["stored"] == 0


def test_a_mapping_can_be_saved_and_used(run, home: Path) -> None:  # noqa: ANN001 - the fixture
    mapping = home / "mapping.toml"
    first = run("import", str(home / "tickets.csv"), "--dry-run", "--save-mapping", str(mapping), "--json")
    again = run("import", str(home / "tickets.csv"), "--dry-run", "--mapping", str(mapping), "--json")
    assert "CaseID" in mapping.read_text()
    assert json.loads(first.out)["files"][0]["kept"] == json.loads(again.out)["files"][0]["kept"] == 4


def test_an_answer_as_table_json_csv_and_chart(run, home: Path) -> None:  # noqa: ANN001 - the fixture
    assert "2 customers left 4 events" in run("ask", "overview").out
    answer = json.loads(run("ask", "overview", "--json").out)
    assert answer["about"]["events"] == 4
    rows = list(csv.reader(io.StringIO(run("ask", "overview", "--csv").out)))
    assert [row[0] for row in rows[1:]] == ["assign", "close"]
    chart = home / "overview.svg"
    assert run("ask", "overview", "--chart", str(chart)).status == 0
    assert chart.read_text().startswith("<svg")


def test_a_question_file_and_options_make_one_question(run, home: Path) -> None:  # noqa: ANN001 - the fixture
    path = home / "question.json"
    path.write_text('{"segment": "team = north", "top": 1}')
    answer = json.loads(run("ask", "overview", "--question", str(path), "--top", "5", "--json").out)
    assert answer["about"]["customers"] == 1
    assert len(answer["touchpoints"]) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ask", "overviw"), "Did you mean overview"),
        (("ask", "overview", "--segment", "plan = x"), "plan"),
        (("ask", "overview", "--period", "soon"), "period"),
        (("ask", "timeline"), "customer"),
        (("ask", "conformance", "--map", "Nothing"), "There is no map called 'Nothing'"),
        (("nonsense",), "No such command"),
    ],
)
def test_a_fault_of_the_caller_is_said_and_exits_with_2(run, arguments: tuple[str, ...], said: str) -> None:  # noqa: ANN001 - the fixture
    ran = run(*arguments)
    assert said in ran.err
    assert ran.status == 2
    assert "Traceback" not in ran.err


def test_a_question_is_read_from_a_file_and_options_beside_it_win(run, home: Path) -> None:  # noqa: ANN001 - the fixture
    file = home / "question.json"
    file.write_text('{"steps": ["assign", "close"], "within": "P1D"}')
    answer = json.loads(run("ask", "funnel", "--question", str(file), "--json").out)
    assert [step["units"] for step in answer["steps"]] == [2, 2]
    ran = run("ask", "funnel", "--question", str(file), "--within", "3h", "--json")
    assert [step["units"] for step in json.loads(ran.out)["steps"]] == [2, 1]
    file.write_text('{"steps": [')
    ran = run("ask", "funnel", "--question", str(file))
    assert (ran.status, "holds no question" in ran.err) == (2, True)
    ran = run("ask", "funnel", "--question", str(home / "nothing.json"))
    assert (ran.status, "nothing.json" in ran.err) == (2, True)


def test_a_plain_date_is_a_time_too(run) -> None:  # noqa: ANN001 - the fixture
    ran = run("ask", "overview", "--as-of", "2026-01-06", "--json")
    assert json.loads(ran.out)["about"]["customers"] == 1
    ran = run("ask", "overview", "--as-of", "last year")
    assert (ran.status, "is not a time" in ran.err) == (2, True)


def test_a_file_that_cannot_be_read_is_said_and_exits_with_1(run) -> None:  # noqa: ANN001 - the fixture
    ran = run("import", "/nowhere/at/all.csv")
    assert ran.status == 1
    assert "all.csv" in ran.err


def test_a_folder_without_a_workspace_is_said_and_exits_with_1(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(tmp_path), "ask", "overview"]) == 1
    assert "There is no workspace" in capfd.readouterr().err


@pytest.mark.parametrize("name", sorted(registrations()))
def test_the_help_of_every_analysis_names_every_field(run, name: str) -> None:  # noqa: ANN001 - the fixture
    out = run("ask", name, "--help").out
    for field in fields_of(registrations()[name].question):
        assert f"--{field.name.replace('_', '-')}" in out


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help(run, name: str) -> None:  # noqa: ANN001 - the fixture
    ran = run(name, "--help")
    assert ran.status == 0
    assert "Usage:" in ran.out


def test_maps_are_checked_added_shown_compared_and_published(run, home: Path) -> None:  # noqa: ANN001 - the fixture
    good, bad, changed = home / "good.yaml", home / "bad.yaml", home / "changed.yaml"
    good.write_text("name: Tickets\nflow: [assign, close]\n")
    changed.write_text("name: Tickets\nversion: 2\nflow: [assign, optional: [wait], close]\n")
    bad.write_text("name: Tickets\nflow: [assign, close]\nsteps:\n  - {id: assign, colour: red}\n")
    assert run("map", "check", str(good)).status == 0
    ran = run("map", "check", str(bad))
    assert ran.status == 2
    assert "bad.yaml:4" in ran.err
    assert run("map", "add", str(good)).status == 0
    assert "assign" in run("map", "show", "Tickets").out
    assert "wait" in run("map", "diff", "Tickets", str(changed)).out
    assert run("map", "publish", "Tickets").status == 0
    good.write_text("name: Tickets\nflow: [assign]\n")
    ran = run("map", "add", str(good))
    assert ran.status == 2
    assert "was published" in ran.err


RULED = """name: Tickets
flow: [desk, close]
touchpoints:
  - {touchpoint: desk, name_pattern: '^assign$'}
"""


def test_rules_a_map_carries_are_offered_and_put_into_the_workspace(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    home, log, ruled = tmp_path / "home", tmp_path / "t.csv", tmp_path / "ruled.yaml"
    log.write_text(TICKETS)
    ruled.write_text(RULED)
    assert main(["--home", str(home), "map", "check", str(ruled)]) == 0
    assert main(["--home", str(home), "map", "check", str(ruled), "--add-rules"]) == 1
    assert not home.exists()
    assert main(["--home", str(home), "import", str(log), "--quiet"]) == 0
    capfd.readouterr()
    assert main(["--home", str(home), "map", "check", str(ruled)]) == 0
    assert "--add-rules puts them there" in capfd.readouterr().out
    assert main(["--home", str(home), "map", "check", str(ruled), "--add-rules"]) == 0
    assert main(["--home", str(home), "map", "check", str(ruled)]) == 0
    assert "touchpoint rules of it" not in capfd.readouterr().out.splitlines()[-1]
    assert main(["--home", str(home), "ask", "overview", "--json"]) == 0
    answer = json.loads(capfd.readouterr().out)
    assert {one["touchpoint"] for one in answer["touchpoints"]} == {"desk", "close"}


def test_a_mined_map_can_be_checked(run, home: Path) -> None:  # noqa: ANN001 - the fixture
    mined = home / "mined.yaml"
    assert run("map", "mine", "--into", str(mined)).status == 0
    assert run("map", "check", str(mined)).status == 0
    mined.write_text("name: Mine\nflow: [assign, close]\n")
    ran = run("map", "mine", "--into", str(mined))
    assert (ran.status, "is there already" in ran.err) == (2, True)
    assert mined.read_text() == "name: Mine\nflow: [assign, close]\n"


def test_a_mined_map_leads_to_a_goal_and_one_that_ends_at_once_is_warned_of(run, home: Path) -> None:  # noqa: ANN001 - the fixture
    mined = home / "way.yaml"
    ran = run("map", "mine", "--into", str(mined), "--name", "Way")
    assert "lead to 'close', where most walks end" in ran.err
    assert run("map", "add", str(mined)).status == 0
    answer = json.loads(run("ask", "conformance", "--map", "Way", "--json").out)
    assert [step["journeys"]["count"] for step in answer["steps"]] == [2, 2]
    ran = run("map", "mine", "--goal", "assign")
    assert (ran.status, "Nobody came to 'assign'" in ran.err) == (2, True)
    mined.write_text("name: Early\nflow: [assign, optional: [close]]\n")
    assert "reaches its goal at its first step 'assign'" in run("map", "check", str(mined)).out


def test_a_faulty_map_in_the_workspace_is_told_and_the_rest_goes_on(run, home: Path) -> None:  # noqa: ANN001 - the fixture
    fault = home / "workspaces" / "default" / "maps" / "zz.yaml"
    fault.write_text("name: [")
    try:
        ran = run("ask", "overview")
    finally:
        fault.unlink()
    assert ran.status == 0
    assert "Warning: " in ran.err
    assert "zz.yaml" in ran.err


@pytest.mark.parametrize("suffix", ["csv", "parquet", "json", "jsonl", "xlsx"])
def test_events_and_journeys_are_exported(run, home: Path, suffix: str) -> None:  # noqa: ANN001 - the fixture
    for what, rows in (("events", 4), ("journeys", 2)):
        out = home / f"{what}.{suffix}"
        ran = run("export", what, str(out))
        assert ran.status == 0, ran.err
        assert f"Wrote {rows} rows" in ran.err
        assert out.stat().st_size > 0


def test_deviations_are_exported(run, home: Path) -> None:  # noqa: ANN001 - the fixture
    design, out = home / "one.yaml", home / "deviations.csv"
    design.write_text("name: One\nflow: [assign, check, close]\n")
    assert run("map", "add", str(design)).status == 0
    ran = run("export", "deviations", str(out), "--map", "One")
    assert ran.status == 0, ran.err
    rows = list(csv.DictReader(io.StringIO(out.read_text())))
    found = {(row["customer"], row["step"], row["kind"], row["cost"]) for row in rows}
    assert found == {("0012", "check", "missing", "1"), ("NA", "check", "missing", "1")}


@pytest.mark.parametrize("suffix", ["csv", "parquet", "json", "xlsx", "svg"])
def test_an_answer_is_exported(run, home: Path, suffix: str) -> None:  # noqa: ANN001 - the fixture
    out = home / f"answer.{suffix}"
    ran = run("export", "answer", str(out), "overview", "--top", "1")
    assert ran.status == 0, ran.err
    assert out.stat().st_size > 0


def test_an_exported_text_is_no_formula(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "evil.csv"
    path.write_text('customer,touchpoint,time\n=1+1,"@SUM(A1)",2026-01-05 10:00:00\n')
    home = str(tmp_path / "home")
    assert main(["--home", home, "import", str(path), "--quiet"]) == 0
    assert main(["--home", home, "export", "events", str(tmp_path / "out.csv")]) == 0
    assert main(["--home", home, "export", "events", str(tmp_path / "exact.csv"), "--exact"]) == 0
    guarded = first_row(tmp_path / "out.csv")
    exact = first_row(tmp_path / "exact.csv")
    assert (guarded["customer"], guarded["touchpoint"]) == ("'=1+1", "'@SUM(A1)")
    assert (exact["customer"], exact["touchpoint"]) == ("=1+1", "@SUM(A1)")
    capfd.readouterr()


def test_an_unknown_format_is_refused(run, home: Path) -> None:  # noqa: ANN001 - the fixture
    ran = run("export", "events", str(home / "events.docx"))
    assert ran.status == 2
    assert "csv, parquet" in ran.err


def test_sql_answers_and_refuses(run) -> None:  # noqa: ANN001 - the fixture
    assert json.loads(run("sql", "SELECT count(*) AS n FROM events", "--json").out) == [{"n": 4}]
    ran = run("sql", "DROP VIEW events")
    assert ran.status == 2
    assert "expected one SELECT" in ran.err


def test_touchpoint_rules_are_proposed_and_checked(run) -> None:  # noqa: ANN001 - the fixture
    assert "no rule: assign (2)" in run("touchpoints", "check").out
    assert run("touchpoints", "suggest").status == 0


def test_changed_rules_rewrite_walks_and_not_events(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    (tmp_path / "t.csv").write_text(TICKETS)
    assert main(["--home", str(home), "import", str(tmp_path / "t.csv"), "--quiet"]) == 0
    rules = home / "workspaces" / "default" / "touchpoints.yaml"
    rules.write_text("rules:\n  - {touchpoint: desk, name_pattern: 'assign|close'}\n")
    assert main(["--home", str(home), "rebuild"]) == 0
    capfd.readouterr()
    assert main(["--home", str(home), "ask", "overview", "--json"]) == 0
    answer = json.loads(capfd.readouterr().out)
    assert [(one["touchpoint"], one["events"]) for one in answer["touchpoints"]] == [("desk", 4)]
    assert (
        main(["--home", str(home), "sql", "SELECT DISTINCT name FROM raw_events ORDER BY 1", "--json"]) == 0
    )
    assert json.loads(capfd.readouterr().out) == [{"name": "assign"}, {"name": "close"}]


def test_an_erased_customer_is_gone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    home = str(tmp_path / "home")
    (tmp_path / "t.csv").write_text(TICKETS)
    assert main(["--home", home, "import", str(tmp_path / "t.csv"), "--quiet"]) == 0
    assert main(["--home", home, "erase", "Na", "--yes"]) == 0
    assert "No walk is of a customer called 'Na'; there are 'NA'." in capfd.readouterr().err
    assert main(["--home", home, "erase", "NA", "--yes"]) == 0
    assert "No walk" not in capfd.readouterr().err
    assert main(["--home", home, "ask", "timeline", "--customer", "NA"]) == 0
    assert "Nothing of NA is known here" in capfd.readouterr().out
    (tmp_path / "t.csv").write_text(TICKETS + TICKETS.splitlines()[-1].replace("close", "open") + "\n")
    assert main(["--home", home, "import", str(tmp_path / "t.csv")]) == 0
    erased = sum(line.startswith("NA,") for line in TICKETS.splitlines())
    assert f", {erased} left out: of customers who were erased, or too old" in capfd.readouterr().out


def test_the_doctor_finds_a_healthy_workspace_healthy(run) -> None:  # noqa: ANN001 - the fixture
    ran = run("doctor")
    assert ran.status == 0, ran.out


def test_settings_are_printed_and_unknown_ones_refused(
    run,  # noqa: ANN001 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "port = 8000" in run("settings").out
    monkeypatch.setenv("TRODDEN_COLOUR", "red")
    ran = run("settings")
    assert ran.status == 2
    assert "colour" in ran.err


def test_the_demo_is_made_once(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    home = str(tmp_path / "home")
    assert main(["demo", "--into", home, "--customers", "50"]) == 0
    assert "50 invented customers" in capfd.readouterr().err
    assert main(["demo", "--into", home, "--customers", "50"]) == 0
    assert "already" in capfd.readouterr().err
    assert main(["--home", home, "map", "show", "Getting connected"]) == 0
    assert "Getting connected" in capfd.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ("sql", "select 1", "--out", "/nope/x.csv"),
        ("sql", "select 1", "--out", "/nope/x.json"),
        ("export", "events", "/nope/x.csv"),
        ("map", "mine", "--into", "/nope/x.yaml"),
        ("ask", "overview", "--chart", "/nope/x.svg"),
    ],
)
def test_a_file_that_cannot_be_written_is_named(run, arguments: tuple[str, ...]) -> None:  # noqa: ANN001 - the fixture
    ran = run(*arguments)
    assert ran.status == 1
    assert f"Error: {arguments[-1]}: No such file or directory." in ran.err


def test_a_mapping_that_cannot_be_written_is_named(run, home: Path) -> None:  # noqa: ANN001 - the fixture
    ran = run("import", str(home / "tickets.csv"), "--save-mapping", "/nope/x")
    assert ran.status == 1
    assert "Error: /nope/x: No such file or directory." in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("erase", "\udcff"),
        ("ask", "timeline", "--customer", "a\udcff"),
        ("import", "--source", "\udcff", "x"),
    ],
)
def test_an_argument_that_is_not_utf_8_is_refused(run, arguments: tuple[str, ...]) -> None:  # noqa: ANN001 - the fixture
    ran = run(*arguments)
    assert ran.status == 2
    assert "is not UTF-8" in ran.err


@pytest.mark.parametrize("value", ["timestamp 'infinity'", "date '5000000-01-01'"])
@pytest.mark.parametrize("form", [(), ("--json",), ("--out", "x.xlsx")])
def test_a_value_only_the_database_can_write_is_told(
    run,  # noqa: ANN001 - the fixture
    value: str,
    form: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("sql", f"select {value} as x", *form)
    assert ran.status == 2
    assert "::VARCHAR" in ran.err


@pytest.mark.parametrize("command", [("map", "check"), ("map", "show"), ("map", "add")])
def test_a_map_that_is_not_utf_8_is_named(run, tmp_path: Path, command: tuple[str, ...]) -> None:  # noqa: ANN001 - the fixture
    path = tmp_path / "latin.yaml"
    path.write_bytes("name: Rückgabe\nflow: [a, b]\n".encode("latin-1"))
    ran = run(*command, str(path))
    assert ran.status == 2
    assert f"{path}: Byte 8 is 0xfc, which is not UTF-8." in ran.err


def test_a_full_disk_and_an_error_that_names_no_file_are_told(run) -> None:  # noqa: ANN001 - the fixture
    ran = run("map", "mine", "--into", "/dev/full")
    assert (ran.status, "Hint:  Free some room" in ran.err) == (1, True)
    ran = run("map", "check", "/proc/self/mem")
    assert ran.status == 1
    assert "Error: The system refused a call that named no file: Input/output error." in ran.err


def test_a_draft_is_replaced_only_when_asked_and_its_text_is_kept(run, home: Path, tmp_path: Path) -> None:  # noqa: ANN001 - the fixture
    maps, mine = home / "workspaces" / "default" / "maps", tmp_path / "mine.yaml"
    mine.write_text("name: Kept\nflow: [assign, close]\n")
    assert run("map", "add", str(mine)).status == 0
    stored = (maps / "kept@1.yaml").read_bytes()
    assert "word for word" in run("map", "add", str(mine)).out
    mine.write_text("name: Kept\nflow: [assign, optional: [wait], close]\n")
    ran = run("map", "add", str(mine))
    assert (ran.status, "says something else" in ran.err, "--replace" in ran.err) == (2, True, True)
    assert run("map", "publish", str(mine)).status == 2
    assert (maps / "kept@1.yaml").read_bytes() == stored
    ran = run("map", "add", "--replace", str(mine))
    assert (ran.status, "is kept as" in ran.out) == (0, True)
    assert [path.read_bytes() for path in maps.glob("kept@1.yaml.discarded*")] == [stored]
    assert "wait" in run("map", "show", "Kept").out
    assert run("map", "publish", str(mine)).status == 0
    mine.write_text("name: Kept\nflow: [assign, close]\n")
    ran = run("map", "add", "--replace", str(mine))
    assert (ran.status, "cannot be replaced" in ran.err) == (2, True)


def test_a_name_alone_is_the_published_map_and_the_draft_where_one_is_meant(run, home: Path) -> None:  # noqa: ANN001 - the fixture
    first, second = home / "buying1.yaml", home / "buying2.yaml"
    first.write_text("name: Buying\nflow: [assign, close]\n")
    second.write_text("name: Buying\nversion: 2\nflow: [assign, optional: [wait], close]\n")
    assert run("map", "publish", str(first)).status == 0
    ran = run("map", "publish", str(first))
    assert (ran.status, "was published" in ran.err) == (2, True)
    assert run("map", "add", str(second)).status == 0
    assert "Buying, version 1" in run("map", "show", "Buying").out
    assert "wait" in run("map", "diff", "Buying", "Buying@2").out
    asked = ("ask", "conformance", "--json", "--map")
    whole = run(*asked, "Buying@1").out
    assert run(*asked, "Buying").out == whole != run(*asked, "Buying@2").out
    assert "Buying@2 is published" in run("map", "publish", "Buying").out
    assert "Buying, version 2" in run("map", "show", "Buying").out
    ran = run("map", "publish", "Buying")
    assert (ran.status, "was published" in ran.err) == (2, True)


def test_bounds_where_nobody_ever_was_are_told_by_the_check(run, home: Path) -> None:  # noqa: ANN001 - the fixture
    mine = home / "typo.yaml"
    mine.write_text("name: Typo\nflow: [assign, close]\nbounds: {start: [asign], reached: [close]}\n")
    ran = run("map", "check", str(mine))
    assert ran.status == 0
    assert "Warning: `bounds.start` names 'asign'" in ran.out
    assert "Did you mean 'assign'?" in ran.out
    assert "bounds.reached" not in ran.out


def test_publishing_keeps_what_was_written_by_hand_beside_it_and_says_so(run, home: Path) -> None:  # noqa: ANN001 - the fixture
    maps = home / "workspaces" / "default" / "maps"
    by_hand = "# why it is so\nname: Hand\nflow: [assign, close]\n"
    (maps / "hand@1.yaml").write_text(by_hand)
    ran = run("map", "publish", "Hand")
    assert "kept in a copy beside it" in ran.out
    assert (maps / "hand@1.yaml.by-hand").read_text() == by_hand
    assert "why it is so" not in (maps / "hand@1.yaml").read_text()


def test_a_draft_is_discarded_by_its_name_and_what_is_published_stays(run, home: Path) -> None:  # noqa: ANN001 - the fixture
    maps, mine = home / "workspaces" / "default" / "maps", home / "undone.yaml"
    mine.write_text("name: Undone\nflow: [assign, close]\n")
    assert run("map", "publish", str(mine)).status == 0
    for version in (2, 3):
        mine.write_text(f"name: Undone\nversion: {version}\nflow: [assign, close]\n")
        assert run("map", "add", str(mine)).status == 0
    kept = maps / "undone@3.yaml.discarded"
    assert f"Undone@3 is off the list; its file is kept as {kept}" in run("map", "discard", "Undone").out
    assert kept.read_bytes()
    assert run("map", "discard", "Undone@2").status == 0
    ran = run("map", "discard", "Undone")
    assert (ran.status, "stays on record" in ran.err) == (2, True)
    assert run("map", "discard", "Undone@2").status == 2
    assert [path.name for path in maps.glob("undone*.yaml")] == ["undone@1.yaml"]


def test_columns_that_cannot_be_told_are_shown_with_the_options_to_give(run, tmp_path: Path) -> None:  # noqa: ANN001 - the fixture
    path = tmp_path / "odd.csv"
    path.write_text("wer;was war;tag;[b]zahl[/b]\na1;x;2024-01-01;1\na2;y;2024-01-02;2\na1;z;2024-01-03;3\n")
    for extra in ((), ("--dry-run",)):
        ran = run("import", str(path), *extra)
        shown = ran.out if extra else ran.err
        assert ran.status == 2
        assert "'2024-01-01', '2024-01-02', '2024-01-03'" in shown
        assert "[b]zahl[/b]" in shown
        assert "--customer wer --touchpoint 'was war' --time tag" in ran.err
    said = ("--customer", "wer", "--touchpoint", "[b]zahl[/b]", "--time", "tag")
    ran = run("import", str(path), "--dry-run", *said)
    assert (ran.status, "3 would be kept" in ran.out) == (0, True)


def test_an_import_is_listed_taken_back_and_listed_as_such(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    home, log, copy = ["--home", str(tmp_path / "home")], tmp_path / "t.csv", tmp_path / "copy.csv"
    for path in (log, copy):
        path.write_text(TICKETS)
    assert main([*home, "import", str(log)]) == 0
    assert "`trodden imports undo 1` takes it back" in capfd.readouterr().out
    assert main([*home, "import", str(copy)]) == 1
    assert "holds the very bytes of 't.csv', which import 1 brought" in capfd.readouterr().err
    assert main([*home, "import", str(copy), "--again", "--quiet"]) == 0
    assert main([*home, "imports", "undo", "2", "--dry-run"]) == 0
    assert "4 events of 2 customers go" in capfd.readouterr().out
    assert main([*home, "imports", "undo", "2", "--yes"]) == 0
    assert main([*home, "imports", "undo", "2", "--yes"]) == 0
    assert "there is nothing to do" in capfd.readouterr().out
    assert main([*home, "imports"]) == 0
    first, second = capfd.readouterr().out.splitlines()[1:]
    assert (str(log) in first, "whole" in first, "undone on" in second) == (True, True, True)
    assert main([*home, "imports", "--json"]) == 0
    assert [one["removed"] for one in json.loads(capfd.readouterr().out)] == [0, 4]
    assert main([*home, "imports", "undo", "3"]) == 2


def test_how_long_events_are_kept_is_said_tried_and_done(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    home, file = tmp_path / "home", tmp_path / "log.csv"
    file.write_text("customer,touchpoint,time\nc1,a,2019-03-01 10:00\nc1,b,2019-04-01 10:00\n")
    keep = ["--home", str(home), "keep"]
    assert main(["--home", str(home), "import", str(file), "--quiet"]) == 0
    assert main(keep) == 0
    assert capfd.readouterr().out == "Events are kept for ever.\n"
    assert main([*keep, "--months", "12", "--dry-run"]) == 0
    tried = capfd.readouterr().out.splitlines()
    assert [line.split() for line in tried[1:3]] == [["2019-03", "1"], ["2019-04", "1"]]
    assert main([*keep, "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["keep_months"] == 0
    assert main([*keep, "--months", "12", "--yes", "--now"]) == 0
    assert "Removed: 2 events." in capfd.readouterr().out
    assert main([*keep, "--months", "601", "--yes"]) == 2
    assert not (home / "records.sqlite3").exists()
