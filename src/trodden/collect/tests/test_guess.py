"""Headers of many products and languages are understood together with what stands below them."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pytest

from trodden.collect.importers.frames import FrameReader
from trodden.collect.importers.guess import guess_columns
from trodden.collect.importers.mapping import Mapping
from trodden.collect.importers.words import name_score, words_of
from trodden.collect.tests.corpus import Row, world

ROWS = world(31)

CELLS: dict[str, Callable[[Row], str | int | None]] = {
    "who": lambda row: f"K{row.customer:05}",
    "whono": lambda row: row.customer + 100,
    "phone": lambda row: f"+4917{row.customer:07}",
    "visit": lambda row: f"v{row.session}",
    "step": lambda row: row.step,
    "when": lambda row: f"{row.at:%Y-%m-%d %H:%M:%S}",
    "iso": lambda row: row.at.isoformat(),
    "german": lambda row: f"{row.at:%d.%m.%Y %H:%M:%S}",
    "day": lambda row: f"{row.at:%d.%m.%Y}",
    "seconds": lambda row: int(row.at.timestamp()),
    "ms": lambda row: int(row.at.timestamp() * 1000),
    "never": lambda _: "2024-12-31",
    "row": lambda row: row.number,
    "agent": lambda row: f"Agent {row.session % 5}",
    "place": lambda row: f"P{row.session % 3}",
    "kind": lambda row: f"T{row.customer % 3}",
    "channel": lambda row: row.channel,
    "free": lambda row: f"About the matter {row.number * 7 % 91}",
    "amount": lambda row: f"{row.number % 99},{row.number % 90 + 10}",
    "half": lambda row: None if row.number % 3 else f"u{row.customer}",
    "same": lambda _: "web",
}

FILES = [
    (
        "Contact_ID:whono Activity_type:step Activity_date:when Owner:agent Subject:free",
        "Contact_ID Activity_type Activity_date",
    ),
    (
        "conversationId:who purpose:kind segmentType:step segmentStart:when segmentEnd:when",
        "conversationId segmentType segmentStart",
    ),
    (
        "account_number:who booking_date:day transaction_type:step amount:amount currency:same",
        "account_number transaction_type booking_date",
    ),
    (
        "PatientID:whono Department:kind ArrivalTime:when Procedure:step Doctor:agent",
        "PatientID Procedure ArrivalTime",
    ),
    (
        "Codice_cliente:who Attività:step Data_e_ora:german Canale:channel",
        "Codice_cliente Attività Data_e_ora",
    ),
    (
        "id:row conversation_id:visit user_id:who part_type:step created_at:seconds author:agent",
        "user_id part_type created_at",
    ),
    ("id:row actor.id:who actor.name:who verb:step published:iso", "actor.id verb published"),
    ("specversion:same id:row source:same type:step subject:who time:iso", "subject type time"),
    (
        "Vorgangsnummer:who Status:step Statusdatum:german Bearbeiter:agent",
        "Vorgangsnummer Status Statusdatum",
    ),
    (
        "user_id:who device_id:who event_type:step event_time:when session_id:visit",
        "user_id event_type event_time",
    ),
    (
        "guest_id:who interaction:step happened_on:when hotel:place",
        "guest_id interaction happened_on",
    ),
    (
        "Numer_klienta:whono Zdarzenie:step Data_zdarzenia:when",
        "Numer_klienta Zdarzenie Data_zdarzenia",
    ),
    (
        "order_no:who order_status:step status_changed_at:when warehouse:place",
        "order_no order_status status_changed_at",
    ),
    (
        "loyalty_card:who store_id:place touch:step ts_utc:when till:same",
        "loyalty_card touch ts_utc",
    ),
    ("USERID:whono TARGETID:row TIMESTAMP:seconds ACTIONID:step", "USERID ACTIONID TIMESTAMP"),
    (
        "Anruf-ID:row Rufnummer:phone Warteschlange:step Beginn:german Ende:german",
        "Rufnummer Warteschlange Beginn",
    ),
    ("Kundnr:whono Händelse:step Tidpunkt:when Kanal:channel", "Kundnr Händelse Tidpunkt"),
    ("Номер_клиента:whono Событие:step Дата_и_время:german", "Номер_клиента Событие Дата_и_время"),
    ("用户编号:who 行为:step 发生时间:when 渠道:same", "用户编号 行为 发生时间"),
    (
        "trace_id:visit span_id:row name:step start_time:ms attributes.user.id:who",
        "attributes.user.id name start_time",
    ),
    (
        "Account_Name:who Activity_Subject:free Activity_Type:step Due_Date:never Created_Date:when",
        "Account_Name Activity_Type Created_Date",
    ),
    (
        "tracking_number:who scan_type:step scan_time:when depot:place",
        "tracking_number scan_type scan_time",
    ),
    ("player:who level:row event:step t:ms platform:kind", "player event t"),
    (
        "Bewerber-ID:who Status_neu:step Geändert_am:german Geändert_von:agent",
        "Bewerber-ID Status_neu Geändert_am",
    ),
    (
        "install_id:who screen_name:step client_time:iso app_version:same",
        "install_id screen_name client_time",
    ),
    (
        "ID_USAGER:who LIBELLE_EVENEMENT:step DT_EVENEMENT:german CD_CANAL:channel",
        "ID_USAGER LIBELLE_EVENEMENT DT_EVENEMENT",
    ),
    ("card_hash:who kiosk:place pressed:step pressed_ts:seconds", "card_hash pressed pressed_ts"),
    (
        "rider_uuid:who trip_uuid:visit trip_state:step state_changed_at_utc:iso",
        "rider_uuid trip_state state_changed_at_utc",
    ),
    (
        "domain_userid:who user_id:half event_id:row event_name:step derived_tstamp:when",
        "domain_userid event_name derived_tstamp",
    ),
    ("badge:who door:step scanned:when", "badge door scanned"),
    (
        "N°_de_expediente:who Trámite:step Fecha_y_hora:german Oficina:place",
        "N°_de_expediente Trámite Fecha_y_hora",
    ),
]


@pytest.mark.parametrize(("header", "expected"), FILES, ids=[header.split(":")[0] for header, _ in FILES])
def test_a_header_is_understood(header: str, expected: str) -> None:
    assert guessed(header) == tuple(expected.split())


def guessed(header: str) -> tuple[str, ...]:
    columns = [column.rpartition(":") for column in header.split()]
    table = pa.table({name: [CELLS[kind](row) for row in ROWS] for name, _, kind in columns})
    found = guess_columns(FrameReader(table).sample(), Mapping())
    return tuple(name for role in ("customer", "touchpoint", "time") for name in found[role].columns)


def test_times_that_are_the_same_in_every_row_are_asked_about() -> None:
    assert guessed("user:who event:step collected_tstamp:when derived_tstamp:when") == ("user", "event")


def test_a_column_that_never_changes_within_customers_is_no_touchpoint() -> None:
    assert guessed("user:who event_type:kind what:step time:when") == ("user", "what", "time")


def test_names_are_cut_into_words() -> None:
    assert words_of("CompleteTimestamp") == ("complete", "timestamp")
    assert words_of("case:concept:name") == ("case", "concept", "name")
    assert words_of("Téléphone 2") == ("telephone", "2")
    assert words_of("HTTPStatus_code") == ("http", "status", "code")


def test_a_word_that_says_something_else_spoils_a_name() -> None:
    assert name_score("customer", "store_id") < 0.2 < name_score("customer", "member_id")
    assert name_score("time", "birth_date") < 0.2
    assert name_score("touchpoint", "user_type") < 0.2


def test_the_end_of_a_path_may_stand_for_the_whole() -> None:
    assert name_score("customer", "context.traits.user_id") == name_score("customer", "user_id")
