"""The journeys: the list, a map laid under its walks, a first draft mined."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from tests.http.conftest import Serve
from tests.support.firm import PUBLISHED_AT, fill_home
from trodden.methods.journeys.maps import parse_map, publish
from trodden.store.catalog import add_map
from trodden.store.folder import Workspace

JOURNEY = "/journeys/Getting connected@1/"
SVG = "{http://www.w3.org/2000/svg}"


def number(text: str) -> int:
    return int(text.replace(",", ""))


def test_the_list_says_how_many_went_as_designed_of_whom_and_who_owns_it(serve: Serve) -> None:
    body = serve("sample").get("/journeys/").content.decode()
    assert "owner Operations" in body
    assert re.search(r"\d+ %</strong> <span class=\"muted interval\">\[[\d.–]+ %\]", body)  # noqa: RUF001
    assert re.search(r"<dt>Ended</dt><dd>[\d,]+, .*<br>[\d,]+ <span class=\"muted\">on their way", body)


def test_the_page_leads_with_a_computed_sentence(serve: Serve) -> None:
    body = serve("sample").get(JOURNEY).content.decode()
    lead = re.search(r'<p class="lead">(.*?)</p>', body, re.DOTALL)
    assert lead
    said = unescape(re.sub(r"<[^>]+>", "", lead[1]))
    assert re.match(r"Of [\d,]+ journeys that ended, \d+ % went as designed \[", said)
    assert "The plan said 60 %" in said


@pytest.mark.parametrize("query", ["", "?segment=region = north", "?period=2026-03-01..2026-04-01"])
def test_every_number_that_can_be_opened_opens_as_many(serve: Serve, query: str) -> None:
    opened = open_every_number(serve("sample"), f"{JOURNEY}{query}{'&' if query else '?'}")
    assert len(opened) > 15
    assert sum("gap_after" in address for address in opened) > 3


def test_every_number_of_a_mined_map_opens_as_many(serve: Serve, fresh: str) -> None:
    """The steps of a mined map have the names of touchpoints."""
    client = serve(fresh)
    drawn = client.post("/journeys/mine", {"name": "Draft", "share": "30", "goal": "Appointment"})["Location"]
    opened = open_every_number(client, f"{drawn}?")
    assert sum("gap_to_kind=step" in address for address in opened) > 1
    assert sum("gap_to_kind=touchpoint" in address for address in opened) > 0


def open_every_number(client: Client, page: str) -> set[str]:
    """Open every mark, entry and link of a map's page that counts journeys; return their addresses."""
    body = client.get(f"{page}all=yes&detail=100").content.decode()
    entries = re.findall(
        r'<a href="([^"]+)" data-drawer>[^<]+</a>.*?<span class="muted figures">([\d,]+) ',
        body.partition('<section class="card ways"')[2].partition("</section>")[0],
        re.DOTALL,
    )
    waits = re.findall(r'<a href="([^"]+)" data-drawer>([\d,]+) journeys? before ', body)
    marks = re.findall(r'<a class="mark" href="([^"]+)" aria-label="[^"]*?([\d,]+) journeys?', body)
    assert min(len(entries), len(waits), len(marks)) > 0
    for address, count in {*entries, *waits, *marks}:
        heading = re.search(r"<h1>([\d,]+) ", client.get(unescape(address)).content.decode())
        assert heading, address
        assert number(heading[1]) == number(count), address
    return {address for address, _ in (*entries, *waits, *marks)}


def test_a_filter_travels_to_the_customers_behind_a_number(serve: Serve) -> None:
    body = serve("sample").get(f"{JOURNEY}?segment=region = north").content.decode()
    links = re.findall(r'href="(/customers/\?[^"]+)"', body)
    assert links
    assert all("segment=region+%3D+north" in link for link in links if "id=" not in link)


def test_the_files_of_a_page_hold_what_its_filter_leaves(serve: Serve) -> None:
    client = serve("sample")
    body = client.get(f"{JOURNEY}?segment=region = north").content.decode()
    (found,) = re.findall(r'<a href="([^"]+)" download>JSON</a>', body)
    about = client.get(unescape(found)).json()["about"]
    whole = client.get("/explore/walked.json", {"map": "Getting connected@1"}).json()["about"]
    assert 0 < about["units"] < whole["units"]


def test_a_map_is_taken_away_as_a_drawing_as_designed_and_walked(serve: Serve) -> None:
    client = serve("sample")
    body = client.get(f"{JOURNEY}?segment=region = north&detail=100").content.decode()
    links = [unescape(one) for one in re.findall(r'href="([^"]+\.svg[^"]*)" download', body)]
    designed, walked = (
        next(one for one in links if name in one) for name in ("/designed.svg", "/walked.svg")
    )
    assert "segment=" in walked
    assert "detail=100" in walked
    drawn = {}
    for address in (designed, walked):
        response = client.get(address)
        assert response["Content-Type"] == "image/svg+xml"
        assert "attachment" in response["Content-Disposition"]
        drawn[address] = ET.fromstring(response.content.decode())  # noqa: S314 - our own drawing
    texts = {
        address: {text for text in (" ".join(one.itertext()) for one in root.iter(f"{SVG}text")) if text}
        for address, root in drawn.items()
    }
    assert "Promised" in texts[designed]
    assert "Walked wait" not in texts[designed]
    assert {"Promised", "Walked wait"} <= texts[walked]
    for root in drawn.values():
        box = [float(part) for part in root.attrib["viewBox"].split()]
        assert all(0 <= float(one.attrib["y"]) <= box[3] for one in root.findall(f"{SVG}text"))
    assert client.get(f"{JOURNEY}other.svg").status_code == 404


def test_a_filter_that_excludes_all_says_so(serve: Serve) -> None:
    body = serve("sample").get(f"{JOURNEY}?period=1990-01-01..1990-02-01").content.decode()
    assert 'data-why="filtered"' in body


def test_a_faulty_filter_is_told_and_not_guessed_at(serve: Serve) -> None:
    response = serve("sample").get(f"{JOURNEY}?segment=nowhere = 1")
    assert response.status_code in {400, 404}
    assert "nowhere" in response.content.decode()


@pytest.mark.parametrize("key", ["Nobody@1", "Getting connected@9", "..@1", "a/b@1"])
def test_an_unknown_map_is_nowhere(serve: Serve, key: str) -> None:
    assert serve("sample").get(f"/journeys/{quote(key)}/").status_code == 404


@pytest.mark.parametrize("detail", ["0", "101", "-20", "x", "9" * 40, "80 ", f"0060{'0' * 5000}"])
def test_an_odd_detail_is_the_usual_one(serve: Serve, detail: str) -> None:
    body = serve("sample").get(JOURNEY, {"detail": detail}).content.decode()
    assert 'value="80"' in body


@pytest.fixture
def fresh(homes: dict[str, Path], tmp_path: Path) -> str:
    """Make a home of one's own, to be written into."""
    fill_home(tmp_path, customers=150)
    homes["fresh"] = tmp_path
    for path in (tmp_path / "workspaces" / "default" / "maps").iterdir():
        path.unlink()
    return "fresh"


def test_without_a_map_a_first_draft_is_one_form_away(serve: Serve, fresh: str) -> None:
    client = serve(fresh)
    assert "No journey map yet" in client.get("/journeys/").content.decode()
    response = client.post("/journeys/mine", {"name": "First  draft", "share": "50"})
    assert response["Location"] == "/journeys/First%20draft@1/"
    assert "went as designed" in client.get(response["Location"]).content.decode()
    again = client.post("/journeys/mine", {"name": "First draft", "share": "30", "goal": "Order"})
    assert again["Location"] == "/journeys/First%20draft@2/"
    assert "First draft" in client.get("/journeys/").content.decode()


def test_a_draft_whose_name_differs_in_signs_alone_takes_no_file_of_another(
    serve: Serve, fresh: str, homes: dict[str, Path]
) -> None:
    client = serve(fresh)
    client.post("/journeys/mine", {"name": "First draft", "share": "50"})
    (path,) = (homes[fresh] / "workspaces" / "default" / "maps").iterdir()
    first = path.read_bytes()
    second = client.post("/journeys/mine", {"name": "first-draft", "share": "90"})
    assert second["Location"] == "/journeys/first-draft@1/"
    assert path.read_bytes() == first
    assert len(list(path.parent.iterdir())) == 2


def test_a_draft_is_a_map_file_that_reads_back(serve: Serve, fresh: str, homes: dict[str, Path]) -> None:
    serve(fresh).post("/journeys/mine", {"name": "Draft", "share": "50", "goal": "Installation"})
    (path,) = (homes[fresh] / "workspaces" / "default" / "maps").iterdir()
    mined = parse_map(path.read_text(), str(path))
    assert mined.bounds.reached == ("Installation",)
    assert len(mined.steps) > 3


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"name": "", "share": "50"},
        {"name": "x" * 81, "share": "50"},
        {"name": "x", "share": "51"},
        {"name": "x", "share": "50", "goal": "Nowhere"},
    ],
)
def test_a_draft_that_cannot_be_made_is_refused_with_the_reason(serve: Serve, fields: dict[str, str]) -> None:
    response = serve("sample").post("/journeys/mine", fields)
    assert response.status_code == 400
    assert "<h1>" in response.content.decode()


def test_nothing_is_mined_of_nothing(serve: Serve) -> None:
    assert serve("empty").post("/journeys/mine", {"name": "x", "share": "50"}).status_code == 404


def test_the_list_says_what_changed_and_how_well_each_map_predicted_once_it_is_known(serve: Serve) -> None:
    client = serve("sample")
    waited = client.get("/journeys/?judged=yes").content.decode()
    assert 'class="pending' not in waited
    assert re.search(r"Against 28 days before</dt><dd>.*(points|too few to say)", waited)
    assert re.search(r"Predictions that held</dt><dd>\d+ % <span", waited)
    assert 'class="pending' not in client.get("/journeys/").content.decode()


def test_the_trend_of_the_list_is_that_of_the_comparison(serve: Serve) -> None:
    from trodden.web.home import walks
    from trodden.web.journeys.listing import trend_question

    client = serve("sample")
    found = walks()
    assert found is not None
    answer = found.ask(trend_question(found.maps["Getting connected@1"], found.catalog.as_of, "UTC"))
    (change,) = (one for one in answer.differences if one.name == "as designed")  # type: ignore[attr-defined]
    told = client.get("/journeys/?judged=yes").content.decode().replace("\u2212", "-")
    assert change.verdict == "no clear difference"
    assert f"{round(100 * change.difference.value):+d} points" in told


def test_a_map_that_cannot_be_laid_over_the_walks_hides_no_other(
    serve: Serve, fresh: str, homes: dict[str, Path]
) -> None:
    workspace = Workspace.open(homes[fresh])
    for name, more in (
        ("Whole", ""),
        ("Broken", "steps: [{id: order, match: [Order], where: {nothing: [x]}}]\n"),
        ("Patient", "bounds: {silence: 4000000d}\n"),
    ):
        text = f"name: {name}\nflow: [order, appointment]\n{more}forecast: {{reached: 0.5}}\n"
        add_map(workspace, publish(parse_map(text), PUBLISHED_AT))
    client = serve(fresh)
    for address in ("/journeys/", "/journeys/?judged=yes"):
        response = client.get(address)
        assert response.status_code == 200
        cards = unescape(response.content.decode()).split('<li class="card">')[1:]
        assert len(cards) == 3
        assert [("no promoted property" in card) for card in cards] == [True, False, False]
    assert 'class="pending' not in response.content.decode()


@pytest.mark.parametrize("order", ["", "designed", "trend", "planning", "ended", "nonsense"])
def test_the_list_has_every_journey_in_every_order(serve: Serve, order: str) -> None:
    body = serve("sample").get("/journeys/", {"sort": order}).content.decode()
    assert re.findall(r'<h2><a href="([^"]+)">', body) == ["/journeys/Getting%20connected@1/"]


def test_two_periods_stand_side_by_side_on_the_map(serve: Serve) -> None:
    client = serve("sample")
    query = "period=2026-03-01..2026-04-01&other_start=2026-02-01&other_end=2026-03-01"
    body = unescape(client.get(f"{JOURNEY}?{query}").content.decode())
    rows = re.findall(r'<tr class="beside">.*?</tr>', body, re.DOTALL)
    assert len(rows) == 3
    cells = [re.findall(r"<td>([^<]*)", row) for row in rows]
    assert {len(row) for row in cells} == {11}
    for first, second, difference in zip(*cells, strict=True):
        one, other = (int(text.split(" ")[0].strip("<>")) for text in (first, second))
        points = re.search(r"([\u2212+]?\d+) points", difference)
        assert points
        assert abs(one - other - int(points[1].replace("\u2212", "-"))) <= 1
    (whole,) = re.findall(r'<a href="(/explore/compare/[^"]+)"', body)
    assert client.get(whole).status_code == 200


def test_sides_that_cannot_be_compared_say_why_and_the_map_stays(serve: Serve) -> None:
    query = "period=2026-03-01..2026-05-01&other_start=2026-04-01&other_end=2026-06-01"
    body = serve("sample").get(f"{JOURNEY}?{query}").content.decode()
    assert re.search(r'<p class="warn" role="alert">[^<]+', body)
    assert 'class="map' in body
