"""What is told, what is noise, what is the same thing seen twice, and in which order."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

import trodden
from tests.support.lawn import FIRST, MAP, fill_lawn
from tests.support.logs import catalog_of
from tests.support.walks import walks_from_text
from trodden.analyses.compare.answer import Compared, CompareQuestion
from trodden.asking import Asker
from trodden.cli import main
from trodden.insights.findings.audiences import BY_CHANNEL, BY_KIND, reaches
from trodden.insights.findings.candidates import Candidate, Places, mind_of, nearest
from trodden.insights.findings.deciding import against_each_other, ignored, merged, told
from trodden.insights.findings.find import Search, find_findings
from trodden.insights.findings.kept import is_current, kept, search
from trodden.insights.findings.model import Evidence, Finding, Findings, Rank
from trodden.insights.findings.moves import ASKED, Group, group_candidate
from trodden.insights.findings.periods import periods_of
from trodden.insights.findings.ranking import NEW, dated, per_month, ranked
from trodden.insights.findings.searching import end_search, is_wished, progress, tell_progress, wish
from trodden.methods.journeys.maps import parse_map, publish
from trodden.model.catalog import Catalog
from trodden.model.question import Estimate
from trodden.model.walks import Snapshot
from trodden.store.answers import erasures_seen
from trodden.store.erasure import note_erasure
from trodden.store.folder import Workspace

MONTHS = 4
SHOP = parse_map(MAP)


def finding(key: str = "a", effect: float = -0.2, **more: object) -> Finding:
    fields = {
        "key": key,
        "kind": "worse way",
        "sense": "worse" if effect < 0 else "better",
        "map": "Shop@1",
        "place": "Advice",
        "sentence": f"Finding {key}.",
        "journeys": 60,
        "of": 600,
        "effect": Estimate(effect, effect - 0.05, effect + 0.05, 600, "share"),
        "effect_of": "got what they came for",
        "grade": "adjusted",
        "evidence": (Evidence("verdicts", "60 against 80 %", {"map": "Shop@1"}),),
        "contrary": ("It is not an experiment.",),
        "mind": "A trial.",
        "behind": {"map": "Shop@1"},
        "rank": Rank(a_month=60.0, effect=0.15, certainty=1.0, value=1.0, novelty=1.0),
    }
    return msgspec.convert({**fields, **more}, Finding, from_attributes=True)


def candidate(
    p: float, *, is_large: bool = True, others: tuple[float, ...] = (), **more: object
) -> Candidate:
    return Candidate(finding(**more), "ways", p, is_large, others)  # type: ignore[arg-type]


def test_the_more_is_tried_the_surer_a_finding_must_be() -> None:
    assert len(told([candidate(0.004)])) == 1
    assert told([candidate(0.004), *(candidate(0.5, key=str(n)) for n in range(3))]) == []
    assert told([candidate(0.004, others=(0.5, 0.5, 0.5))]) == []
    (one,) = told([candidate(0.0001), candidate(0.9, key="b")])
    assert (one.adjusted_p, one.tried) == (0.0002, 2)


def test_families_are_corrected_apart() -> None:
    move = Candidate(finding("m"), "moves", 0.004, is_large=True)
    assert [one.key for one in told([move, *(candidate(0.5, key=str(n)) for n in range(9))])] == ["m"]


def test_what_is_sure_and_small_is_not_told() -> None:
    assert told([candidate(1e-9, is_large=False)]) == []


def test_noise_lists_moves_and_groups_the_largest_first() -> None:
    moves = [
        Candidate(finding(f"m{n}", effect, kind="move"), "moves", 0.4, is_large=True)
        for n, effect in enumerate((-0.04, 0.09, -0.02))
    ]
    noise = ignored([*moves, candidate(0.5)])
    assert [one.effect.value for one in noise] == [0.09, -0.04, -0.02]


def test_the_same_thing_seen_twice_is_one_finding_with_more_evidence() -> None:
    weaker = finding(rank=Rank(a_month=5.0, effect=0.1, certainty=0.5, value=1.0, novelty=1.0), journeys=5)
    (one,) = merged([weaker, finding()])
    assert (one.journeys, len(one.evidence)) == (60, 2)


def test_findings_that_say_the_opposite_of_one_place_speak_against_each_other() -> None:
    worse, better = against_each_other([finding("w"), finding("b", 0.2)])
    assert worse.contrary[0] == "But: Finding b.."
    assert better.contrary[0] == "But: Finding w.."


def test_ranking_takes_the_cautious_end_of_an_interval() -> None:
    assert nearest(Estimate(-0.2, -0.3, -0.1)) == pytest.approx(0.1)
    assert nearest(Estimate(0.05, -0.01, 0.11)) == 0
    small = finding("s", rank=Rank(a_month=600.0, effect=0.01, certainty=1.0, value=1.0, novelty=1.0))
    assert [one.key for one in ranked([small, finding("l")])] == ["l", "s"]
    assert per_month(finding(), 60.0).rank.a_month == 30.0


def test_what_was_found_before_is_no_news() -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    first = dated(finding(), now, None)
    assert (first.since, first.rank.novelty) == (now, 1.0)
    before = found(first)
    again = dated(finding(), now + timedelta(days=40), before)
    assert (again.since, again.rank.novelty) == (now, 1.0)
    assert dated(finding("new"), now + timedelta(days=40), before).rank.novelty == NEW


def found(*findings: Finding) -> Findings:
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    return Findings(
        state="s",
        as_of=moment,
        time_zone="UTC",
        findings=findings,
        ignored=(),
        tried=1,
        unanswered=0,
        begun_at=moment,
        seconds=0.0,
    )


def test_what_would_change_our_mind_would_put_both_together_in_doubt() -> None:
    clear = mind_of(Estimate(-0.2, -0.25, -0.15, 600))
    assert clear.startswith("600 more journeys with a difference of 13 points or more the other way")
    weak = mind_of(Estimate(0.05, 0.01, 0.09, 80))
    assert weak.startswith("80 more journeys with a difference of under 0.7 points")


@pytest.mark.parametrize(
    ("first", "as_of", "expected"),
    [
        ("2026-01-01", "2026-05-20", ("2026-03-01", "2026-04-01", "2026-05-01")),
        ("2026-01-20", "2026-05-01", ("2026-03-01", "2026-04-01", "2026-05-01")),
        ("2026-04-01", "2026-05-20", ("2026-05-04", "2026-05-11", "2026-05-18")),
    ],
)
def test_periods_are_the_last_two_whose_journeys_had_time_to_end(
    first: str, as_of: str, expected: tuple[str, str, str]
) -> None:
    begin, until = (datetime.fromisoformat(f"{day}T12:00+00:00") for day in (first, as_of))
    periods = periods_of(SHOP, begin, until, "UTC")
    assert periods is not None
    if as_of == "2026-05-01":
        assert (periods.before, periods.start, periods.end) == ("2026-02-01", "2026-03-01", "2026-04-01")
    else:
        assert (periods.before, periods.start, periods.end) == expected


def test_a_short_record_has_no_periods() -> None:
    begin = datetime(2026, 5, 1, tzinfo=UTC)
    assert periods_of(SHOP, begin, begin + timedelta(days=10), "UTC") is None


def shop_walks(bad_month: int | None, customers: int = 120) -> tuple[Snapshot, Catalog]:
    """Make a shop in which two of three buy each month, but for one month in which one of four does."""
    lines: list[str] = []
    for month in range(MONTHS):
        for who in range(customers):
            name, day = f"u{month}x{who}", month * 31 + who % 27
            lines += [f"{name} Look +{day} 10:00", f"{name} Basket +{day} 10:05"]
            buys = who % 4 == 0 if month == bad_month else who % 3 != 0
            lines += [f"{name} Buy +{day} 10:09"] if buys else []
    snapshot = walks_from_text(" | ".join(lines))
    return snapshot, catalog_of(snapshot, (publish(SHOP, FIRST - timedelta(days=400)),))


def shop(bad_month: int | None) -> Findings:
    """Search that shop."""
    snapshot, catalog = shop_walks(bad_month)
    return find_findings(Asker(snapshot, catalog).ask, catalog)


def test_a_month_in_which_fewer_buy_is_told_with_the_months_by_name() -> None:
    moves = [one for one in shop(MONTHS - 2).findings if one.kind == "move"]
    assert len(moves) == 1, "the whole journey and the places it shows at are one finding"
    (move,) = moves
    assert (move.sense, move.rank.novelty) == ("worse", NEW)
    assert "points less often" in move.sentence
    assert move.behind["period"] == "2026-03-01..2026-04-01"
    assert len(move.evidence) > 1


def test_months_that_are_alike_are_noise() -> None:
    found = shop(None)
    assert [one for one in found.findings if one.kind == "move"] == []
    assert any("than in" in one.sentence for one in found.ignored)


def seeking(*, advised: int) -> Search:
    """Begin to search a shop where some take advice and six others do not."""
    ways = [("Look", "Advice")] * advised + [("Look", "Buy")] * 6
    lines = [f"c{who} {name} 10:0{at}" for who, way in enumerate(ways) for at, name in enumerate(way)]
    snapshot = walks_from_text(" | ".join(lines))
    catalog = catalog_of(snapshot, (publish(SHOP, FIRST - timedelta(days=400)),))
    return Search(Asker(snapshot, catalog).ask, catalog)


@pytest.mark.parametrize(("advised", "expected"), [(4, []), (5, [5] * 30)])
def test_what_is_of_fewer_than_five_customers_is_told_nobody_however_far_down(
    advised: int, expected: list[int]
) -> None:
    seek = seeking(advised=advised)
    seek.candidates = [
        candidate(0.0001, key=str(n), place=str(n), behind={"where": "Advice"}) for n in range(30)
    ]
    assert [one.customers for one in seek.found(None)] == expected


def test_what_is_of_fewer_than_five_customers_is_no_evidence_either() -> None:
    seek = seeking(advised=4)
    seek.candidates = [
        candidate(0.0001, evidence=(Evidence("verdicts", where, {}),), behind={"where": where})
        for where in ("Advice", "Buy")
    ]
    (one,) = seek.found(None)
    assert ([evidence.said for evidence in one.evidence], one.customers) == (["Buy"], 6)


def test_who_cannot_be_counted_is_not_told_of() -> None:
    seek = seeking(advised=4)
    seek.candidates = [candidate(0.0001, behind={"segment": "nothing = 'like it'"})]
    assert (list(seek.found(None)), seek.unanswered) == ([], 1)


@pytest.mark.parametrize(("regulars", "is_compared"), [(4, False), (5, True)])
def test_a_group_of_fewer_than_five_customers_is_not_compared_however_often_they_come(
    regulars: int, *, is_compared: bool
) -> None:
    ways = [(f"r{n}", "regular", day) for n in range(regulars) for day in range(15)]
    ways += [(f"o{n}", "once", 0) for n in range(60)]
    snapshot = walks_from_text(
        " | ".join(f"{who} Look{{kind={kind}}} +{day * 3} 10:00" for who, kind, day in ways)
    )
    catalog = catalog_of(snapshot, (publish(SHOP, FIRST - timedelta(days=400)),))
    group, places = Group("kind", "regular"), Places(catalog.maps["Shop@1"])
    asked = CompareQuestion(map="Shop@1", segment=group.segment, **ASKED)
    answer = Asker(snapshot, catalog).ask(asked)
    assert isinstance(answer, Compared)
    assert (group_candidate(answer, asked, places, group) is not None) == is_compared


def test_nothing_is_found_where_nothing_came_in_or_nothing_was_designed() -> None:
    snapshot = walks_from_text("u1 Look 10:00 | u1 Buy 10:05")
    for maps in ((), (SHOP,)):
        catalog = catalog_of(snapshot, maps)
        found = find_findings(Asker(snapshot, catalog).ask, catalog)
        assert (found.findings, found.tried) == ((), 0), "a draft is not sought in"


def test_every_kind_and_channel_reaches_somebody_and_who_has_no_department_sees_all() -> None:
    assert all(BY_KIND.values())
    assert all(BY_CHANNEL.values())
    one = finding(channels=("phone",))
    assert (reaches(one, "hr"), reaches(finding(), "hr"), reaches(finding(), "")) == (True, False, True)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("lawn")
    fill_lawn(home)
    return home


@pytest.fixture
def workspace(made: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(made, tmp_path / "home")
    return Workspace.open(tmp_path / "home")


def test_findings_are_kept_until_walks_or_published_maps_change(workspace: Workspace) -> None:
    from trodden.store.catalog import add_map, publish_map

    walks = trodden.open(workspace.home)
    found = kept(workspace)
    assert found is not None
    assert is_current(found, walks.catalog)
    assert [one.sentence.partition(" get")[0] for one in found.findings] == ["Customers who skip Advice"]
    draft = msgspec.structs.replace(SHOP, name="Another", published_at=None, published_hash="")
    add_map(workspace, draft)
    (workspace.segments / "berlin.yaml").write_text("where: region = 'Berlin'\n")
    assert is_current(kept(workspace), walks.refresh().catalog)
    publish_map(workspace, draft, datetime.now(UTC))
    assert not is_current(kept(workspace), walks.refresh().catalog)
    again = search(workspace, walks.snapshot, walks.catalog)
    since = {one.key: one.since for one in again.findings}
    assert [since[one.key] for one in found.findings] == [one.since for one in found.findings]


def test_kept_findings_that_cannot_be_read_are_none(workspace: Workspace) -> None:
    (workspace.cache / "findings.json").write_bytes(b'{"findings": 3}')
    assert kept(workspace) is None


def test_nothing_is_kept_of_walks_that_were_opened_before_somebody_was_erased(workspace: Workspace) -> None:
    walks = trodden.open(workspace.home)
    (workspace.cache / "findings.json").unlink(missing_ok=True)  # a first search keeps something halfway
    seen = erasures_seen(workspace.erased_db)
    note_erasure(workspace, "K00001")
    meanwhile: list[Findings | None] = []
    search(
        workspace, walks.snapshot, walks.catalog, lambda *_far: meanwhile.append(kept(workspace)), seen=seen
    )
    assert [one for one in (*meanwhile, kept(workspace)) if one] == []


def test_no_kept_finding_names_a_customer(workspace: Workspace) -> None:
    assert b"K0" not in (workspace.cache / "findings.json").read_bytes()


def test_how_a_search_goes_on_can_be_seen_until_it_ends(workspace: Workspace) -> None:
    wish(workspace)
    assert (is_wished(workspace), progress(workspace)) == (True, None)
    tell_progress(workspace, 3, 9)
    told_so_far = progress(workspace)
    assert told_so_far is not None
    assert (told_so_far.done, told_so_far.of, is_wished(workspace)) == (3, 9, True)
    end_search(workspace)
    assert progress(workspace) is None


def test_a_first_search_keeps_what_the_whole_record_says_of_one_map_after_the_other(
    made: Path, tmp_path: Path
) -> None:
    workspace = Workspace.create(tmp_path, "default")
    early: list[Findings] = []
    walks = trodden.open(made)
    other = msgspec.structs.replace(walks.maps["Shop@1"], name="Other shop")
    snapshot, catalog = walks.snapshot, walks.with_map(other).catalog

    def look(done: int, of: int) -> None:
        found = kept(workspace)
        if found is not None and done < of:
            early.append(found)

    whole = search(workspace, snapshot, catalog, look)
    assert {one.map for one in early[0].findings} == {"Shop@1"}
    assert {one.map for one in early[-1].findings} == {"Shop@1", other.key}
    assert early[0].tried < early[-1].tried <= whole.tried
    assert [is_current(one, catalog) for one in (early[0], kept(workspace))] == [False, True]


def test_the_command_lists_findings_as_a_table_and_as_files(
    workspace: Workspace, capfd: pytest.CaptureFixture[str]
) -> None:
    home = ["--home", str(workspace.home), "findings"]
    assert main(home) == 0
    assert "Customers who skip Advice" in capfd.readouterr().out
    assert main([*home, "--json"]) == 0
    assert len(msgspec.json.decode(capfd.readouterr().out)["findings"]) == 1
    assert main([*home, "--csv", "--anew"]) == 0
    head, row = capfd.readouterr().out.splitlines()
    assert (head.partition(",")[0], "skip Advice" in row) == ("Key", True)
