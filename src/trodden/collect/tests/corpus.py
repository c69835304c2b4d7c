"""Twenty kinds of file as they come, small: each with the columns a person would choose."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

STEPS = ("view", "search", "compare", "add to cart", "checkout", "pay", "ask for help", "return")


@dataclass(frozen=True)
class Sample:
    """A file and what its columns mean; ``path`` is relative to the folder it was written to."""

    path: Path
    customer: str
    touchpoint: str
    time: tuple[str, ...]
    others: dict[str, str]


@dataclass(frozen=True)
class Row:
    """One event of the little world all made files tell of."""

    number: int
    customer: int
    step: str
    at: datetime
    session: int
    channel: str
    amount: float | None


def world(seed: int, customers: int = 60) -> list[Row]:
    """Return events of some customers, in the order of time."""
    chance = random.Random(seed)
    rows: list[tuple[int, str, datetime, int]] = []
    for customer in range(customers):
        at = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=chance.randrange(3_000))
        for visit in range(chance.randrange(1, 4)):
            for _ in range(chance.randrange(2, 7)):
                at += timedelta(seconds=chance.randrange(20, 4_000))
                rows.append((customer, chance.choice(STEPS), at, 1_000 * customer + visit))
            at += timedelta(days=chance.randrange(1, 20))
    rows.sort(key=lambda row: row[2])
    return [
        Row(
            number,
            customer,
            step,
            at,
            session,
            ("Web", "App", "Phone", "E-Mail")[session % 4],
            round(chance.uniform(5, 300), 2) if step == "pay" else None,
        )
        for number, (customer, step, at, session) in enumerate(rows)
    ]


def write_csv(
    path: Path, header: Sequence[str], rows: Sequence[Sequence[object]], mark: str = ",", code: str = "utf-8"
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=mark, lineterminator="\n")
    if header:
        writer.writerow(header)
    writer.writerows(rows)
    data = text.getvalue().encode(code)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


def write_lines(path: Path, rows: Sequence[object]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def segment(folder: Path) -> Sample:
    rows = [
        {
            "messageId": f"m-{row.number}",
            "type": "track",
            "event": row.step,
            "userId": f"u{row.customer}",
            "anonymousId": f"anon-{row.session}",
            "timestamp": row.at.isoformat().replace("+00:00", "Z"),
            "receivedAt": (row.at + timedelta(seconds=2)).isoformat(),
            "context": {"page": {"url": f"https://shop.example/{row.step}"}, "library": {"name": "js"}},
            "properties": {"revenue": row.amount} if row.amount else {},
        }
        for row in world(1)
    ]
    write_lines(folder / "segment.jsonl", rows)
    return Sample(
        folder / "segment.jsonl",
        "userId",
        "event",
        ("timestamp",),
        {"kind": "type", "value": "properties.revenue", "url": "context.page.url"},
    )


def disco(folder: Path) -> Sample:
    rows = [
        (f"Case {row.customer}", row.step, f"Person {row.session % 7}", f"{row.at:%Y/%m/%d %H:%M:%S}.000")
        for row in world(2)
    ]
    write_csv(folder / "disco.csv", ["Case ID", "Activity", "Resource", "Complete Timestamp"], rows)
    return Sample(folder / "disco.csv", "Case ID", "Activity", ("Complete Timestamp",), {})


def german(folder: Path) -> Sample:
    rows = [
        (
            f"{row.customer:05}",
            row.step.replace("help", "Hilfe für"),
            f"{row.at:%d.%m.%Y %H:%M}",
            {"Web": "Internet", "Phone": "Telefon"}.get(row.channel, row.channel),
            f"{row.amount:.2f}".replace(".", ",") + " €" if row.amount else "",
        )
        for row in world(3)
    ]
    header = ["Kundennummer", "Ereignis", "Zeitpunkt", "Kanal", "Betrag"]
    write_csv(folder / "german.csv", header, rows, ";", "cp1252")
    return Sample(
        folder / "german.csv",
        "Kundennummer",
        "Ereignis",
        ("Zeitpunkt",),
        {"channel": "Kanal", "value": "Betrag"},
    )


def celonis(folder: Path) -> Sample:
    rows = [
        (
            f"4500{row.customer:06}",
            row.step,
            f"{row.at:%Y-%m-%d %H:%M:%S}",
            row.number,
            "B" if row.session % 2 else "A",
        )
        for row in world(4)
    ]
    write_csv(
        folder / "celonis.csv", ["_CASE_KEY", "ACTIVITY_EN", "EVENTTIME", "_SORTING", "USER_TYPE"], rows
    )
    return Sample(folder / "celonis.csv", "_CASE_KEY", "ACTIVITY_EN", ("EVENTTIME",), {})


def ga4(folder: Path) -> Sample:
    rows = world(5)
    table = pa.table(
        {
            "event_date": [f"{row.at:%Y%m%d}" for row in rows],
            "event_timestamp": [int(row.at.timestamp() * 1e6) for row in rows],
            "event_name": [row.step.replace(" ", "_") for row in rows],
            "user_pseudo_id": [f"{row.customer + 1_000_000}.{row.customer + 17}" for row in rows],
            "ga_session_id": [row.session for row in rows],
            "device": [{"category": "mobile", "browser": "x"} for _ in rows],
            "page_location": [f"https://shop.example/{row.step}" for row in rows],
        }
    )
    pq.write_table(table, folder / "ga4.parquet")
    return Sample(
        folder / "ga4.parquet",
        "user_pseudo_id",
        "event_name",
        ("event_timestamp",),
        {"session": "ga_session_id", "url": "page_location"},
    )


def zendesk(folder: Path) -> Sample:
    rows = [
        (
            row.number,
            50_000 + row.customer,
            ("new", "open", "pending", "solved")[row.number % 4],
            f"{row.at:%Y-%m-%dT%H:%M:%SZ}",
            f"{datetime(2024, 1, 1 + row.customer % 28, tzinfo=UTC):%Y-%m-%dT%H:%M:%SZ}",
            row.channel.lower(),
            f"Agent {row.session % 5}",
        )
        for row in world(6)
    ]
    header = ["id", "ticket_id", "status", "updated_at", "ticket_created_at", "via_channel", "assignee"]
    write_csv(folder / "zendesk.csv.gz", header, rows)
    return Sample(
        folder / "zendesk.csv.gz", "ticket_id", "status", ("updated_at",), {"channel": "via_channel"}
    )


def calls(folder: Path) -> Sample:
    book = xlsxwriter.Workbook(str(folder / "calls.xlsx"), {"remove_timezone": True})
    sheet = book.add_worksheet("Calls")
    date = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    sheet.write_row(0, 0, ["Customer No", "Call date", "Queue", "Result", "Talk time"])
    for place, row in enumerate(world(7), 1):
        sheet.write_number(place, 0, 70_000 + row.customer)
        sheet.write_datetime(place, 1, row.at, date)
        sheet.write_row(
            place, 2, [row.step, ("answered", "abandoned")[row.number % 2], 30 + row.number % 100]
        )
    book.close()
    return Sample(
        folder / "calls.xlsx",
        "Customer No",
        "Queue",
        ("Call date",),
        {"outcome": "Result", "duration": "Talk time"},
    )


def posthog(folder: Path) -> Sample:
    rows = [
        {
            "uuid": f"0190-{row.number:08}",
            "event": row.step,
            "distinct_id": f"person-{row.customer}",
            "timestamp": row.at.isoformat(),
            "properties": {"$current_url": f"https://shop.example/{row.number % 9}", "$os": "Linux"},
        }
        for row in world(8)
    ]
    write_lines(folder / "posthog.jsonl", rows)
    return Sample(
        folder / "posthog.jsonl", "distinct_id", "event", ("timestamp",), {"url": "properties.$current_url"}
    )


def mixpanel(folder: Path) -> Sample:
    rows = [
        {
            "event": row.step,
            "properties": {
                "time": int(row.at.timestamp()),
                "distinct_id": f"d{row.customer}",
                "mp_lib": "web",
            },
        }
        for row in world(9)
    ]
    write_lines(folder / "mixpanel.jsonl", rows)
    return Sample(folder / "mixpanel.jsonl", "properties.distinct_id", "event", ("properties.time",), {})


def loyalty(folder: Path) -> Sample:
    rows = [
        (f"{row.at:%d/%m/%Y}", f"{row.at:%H:%M:%S}", f"M{row.customer:04}", row.step, row.amount or "", "GBP")
        for row in world(10)
    ]
    header = ["Date", "Time", "Member ID", "Interaction", "Amount", "Currency"]
    write_csv(folder / "loyalty.tsv", header, rows, "\t")
    return Sample(
        folder / "loyalty.tsv",
        "Member ID",
        "Interaction",
        ("Date", "Time"),
        {"value": "Amount", "currency": "Currency"},
    )


def nameless(folder: Path) -> Sample:
    rows = [(f"c{row.customer}", row.step, f"{row.at:%Y-%m-%d %H:%M:%S}") for row in world(11)]
    write_csv(folder / "nameless.csv", [], rows)
    return Sample(folder / "nameless.csv", "column 1", "column 2", ("column 3",), {})


def french(folder: Path) -> Sample:
    rows = [
        (
            f"FR{row.customer}",
            row.step,
            f"{row.at:%d/%m/%Y %H:%M}",
            row.channel,
            "Réf. n° " + str(row.session),
        )
        for row in world(12)
    ]
    write_csv(folder / "french.csv", ["N° client", "Étape", "Horodatage", "Canal", "Référence"], rows, ";")
    return Sample(folder / "french.csv", "N° client", "Étape", ("Horodatage",), {"channel": "Canal"})


def loans(folder: Path) -> Sample:
    rows = [
        (
            row.step,
            "complete",
            f"Application_{row.customer}",
            f"User_{row.session % 9}",
            row.at.isoformat(sep=" "),
            "New credit",
            5_000.0 + row.customer,
        )
        for row in world(13)
    ]
    header = [
        "concept:name",
        "lifecycle:transition",
        "case:concept:name",
        "org:resource",
        "time:timestamp",
        "case:ApplicationType",
        "case:RequestedAmount",
    ]
    write_csv(folder / "loans.csv", header, rows)
    return Sample(folder / "loans.csv", "case:concept:name", "concept:name", ("time:timestamp",), {})


def clicks(folder: Path) -> Sample:
    rows = [
        (int(row.at.timestamp() * 1000), row.customer, row.step, 400_000 + row.session, "")
        for row in world(14)
    ]
    write_csv(folder / "clicks.csv", ["timestamp", "visitorid", "event", "itemid", "transactionid"], rows)
    return Sample(folder / "clicks.csv", "visitorid", "event", ("timestamp",), {})


def shop(folder: Path) -> Sample:
    rows = [
        (
            f"{row.at:%Y-%m-%d %H:%M:%S} UTC",
            row.step.replace(" ", "_"),
            1_000_000 + row.number % 50,
            "electronics.phone",
            "acme",
            9.5 + row.number % 50,
            520_000_000 + row.customer,
            f"72d76fde-8bb3-4e00-8c23-{row.session:012}",
        )
        for row in world(15)
    ]
    header = [
        "event_time",
        "event_type",
        "product_id",
        "category_code",
        "brand",
        "price",
        "user_id",
        "user_session",
    ]
    write_csv(folder / "shop.csv", header, rows)
    return Sample(
        folder / "shop.csv",
        "user_id",
        "event_type",
        ("event_time",),
        {"session": "user_session"},
    )


def claims(folder: Path) -> Sample:
    rows = [
        (
            f"case_{row.customer}",
            row.step,
            f"{row.at:%Y-%m-%d %H:%M:%S.%f}",
            f"Claimant {row.customer}",
            f"Agent {row.session % 6}",
            f"Adjuster {row.session % 4}",
            18 + row.customer,
            ("full", "liability")[row.customer % 2],
        )
        for row in world(16)
    ]
    header = [
        "case_id",
        "activity_name",
        "timestamp",
        "claimant_name",
        "agent_name",
        "adjuster_name",
        "claimant_age",
        "type_of_policy",
    ]
    write_csv(folder / "claims.csv", header, rows)
    return Sample(folder / "claims.csv", "case_id", "activity_name", ("timestamp",), {})


def patients(folder: Path) -> Sample:
    rows = [
        (f"patient {row.customer}", row.step, f"Dr. {row.session % 5}", f"{row.at:%m/%d/%y %I:%M %p}")
        for row in world(17)
    ]
    write_csv(folder / "patients.csv", ["patient", "action", "org:resource", "DateTime"], rows)
    return Sample(folder / "patients.csv", "patient", "action", ("DateTime",), {})


def dutch(folder: Path) -> Sample:
    rows = [(row.customer, row.step, f"{row.at:%d-%m-%Y %H:%M:%S}", row.channel) for row in world(18)]
    write_csv(folder / "dutch.csv", ["Klantnummer", "Stap", "Tijdstip", "Kanaal"], rows, ";", "utf-16")
    return Sample(folder / "dutch.csv", "Klantnummer", "Stap", ("Tijdstip",), {"channel": "Kanaal"})


def sessions(folder: Path) -> Sample:
    rows = [
        (f"{row.at:%Y-%m-%dT%H:%M:%S.%fZ}", f"s-{row.session}", f"/{row.step}", row.step, 200)
        for row in world(19)
    ]
    write_csv(folder / "sessions.csv", ["ts", "session_id", "path", "page", "http_status"], rows)
    return Sample(folder / "sessions.csv", "session_id", "page", ("ts",), {"url": "path"})


def spanish(folder: Path) -> Sample:
    rows = [
        (f"{row.at:%d/%m/%Y %H:%M}", f"C-{row.customer}", row.step, f"{row.amount:.2f}" if row.amount else "")
        for row in world(20)
    ]
    write_csv(folder / "spanish.csv", ["Fecha", "Id Cliente", "Actividad", "Importe"], rows)
    return Sample(folder / "spanish.csv", "Id Cliente", "Actividad", ("Fecha",), {"value": "Importe"})


MADE: tuple[Callable[[Path], Sample], ...] = (
    segment,
    disco,
    german,
    celonis,
    ga4,
    zendesk,
    calls,
    posthog,
    mixpanel,
    loyalty,
    nameless,
    french,
    loans,
    clicks,
    shop,
    claims,
    patients,
    dutch,
    sessions,
    spanish,
)


def real(shared: Path) -> Iterator[Sample]:
    """Yield the files of other people that tell of events."""
    data = shared / "data"
    xes = ("case:concept:name", "concept:name", ("time:timestamp",))
    yield Sample(data / "journeys/helpdesk.csv", "CaseID", "ActivityID", ("CompleteTimestamp",), {})
    yield Sample(data / "journeys/helpdesk_full.xes.gz", *xes, {})
    yield Sample(data / "journeys/incidents_2013.xes.gz", *xes, {})
    yield Sample(data / "journeys/ecom.csv.gz", "user_id", "event", ("timestamp",), {"session": "session_id"})
    yield Sample(data / "journeys/sepsis.csv.gz", *xes, {})
    yield Sample(data / "journeys/receipt.csv.gz", *xes, {"channel": "case:channel"})
    yield Sample(
        data / "service/incident_event_log.csv.gz",
        "number",
        "incident_state",
        ("sys_updated_at",),
        {"channel": "contact_type"},
    )
    yield Sample(
        data / "service/phonenow_contact_center.csv.gz",
        "Call Id",
        "Topic",
        ("Date", "Time"),
        {"duration": "AvgTalkDuration"},
    )
