"""Event logs in XES are read event by event; what would do harm is refused."""

from __future__ import annotations

import gzip
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trodden.collect.importers import plan_import
from trodden.collect.importers.limits import Limits
from trodden.collect.importers.xes import XesReader
from trodden.collect.tests.helpers import properties, read_text, reasons, walk, write
from trodden.collect.tests.test_delimited import Memory
from trodden.model.errors import RefusedFileError, UnreadableFileError

EVENT = (
    '<event><string key="concept:name" value="{}"/>'
    '<date key="time:timestamp" value="2024-01-0{}T10:00:00Z"/>{}</event>'
)


def log(*traces: str, head: str = "") -> str:
    return f'<?xml version="1.0"?>{head}<log xmlns="http://www.xes-standard.org/">{"".join(traces)}</log>'


def trace(name: str, *events: str, more: str = "") -> str:
    return f'<trace><string key="concept:name" value="{name}"/>{more}{"".join(events)}</trace>'


def event(name: str = "view", day: int = 1, more: str = "") -> str:
    return EVENT.format(name, day, more)


def test_traces_become_customers(tmp_path: Path) -> None:
    text = log(trace("c1", event(), event("buy", 2)), trace("c2", event()))
    events, report = read_text(tmp_path, text, "log.xes")
    assert walk(events) == [
        ("c1", "view", "2024-01-01 10:00:00"),
        ("c1", "buy", "2024-01-02 10:00:00"),
        ("c2", "view", "2024-01-01 10:00:00"),
    ]
    assert report.customers == 2


def test_attributes_become_properties(tmp_path: Path) -> None:
    more = (
        '<int key="n" value="12"/><float key="f" value="1.50"/><boolean key="b" value="true"/>'
        '<string key="s" value="x"/><id key="i" value="007"/><int key="odd" value="012"/>'
        '<string key="outer" value="o"><string key="inner" value="p"/></string>'
    )
    text = log(trace("c1", event(more=more), more='<string key="product" value="A"/>'))
    events, _ = read_text(tmp_path, text, "log.xes")
    assert events[0]["properties"] == (
        '{"b":true,"case:product":"A","f":1.50,"i":"007","n":12,"odd":"012","outer":"o","outer.inner":"p","s":"x"}'
    )


def test_an_attribute_of_a_trace_is_of_its_events_only(tmp_path: Path) -> None:
    text = log(trace("c1", event(), more='<string key="vip" value="yes"/>'), trace("c2", event("buy")))
    events, _ = read_text(tmp_path, text, "log.xes")
    assert properties(events) == [{"case:vip": "yes"}, {}]


def test_globals_and_classifiers_are_no_events(tmp_path: Path) -> None:
    head = (
        '<extension name="Concept"/><global scope="event"><string key="concept:name" value="none"/></global>'
        '<classifier name="c" keys="concept:name"/><string key="origin" value="test"/>'
    )
    events, _ = read_text(tmp_path, log(head, trace("c1", event())), "log.xes")
    assert properties(events) == [{}]


def test_packed_logs_are_read(tmp_path: Path) -> None:
    events, _ = read_text(tmp_path, gzip.compress(log(trace("c1", event())).encode()), "log.xes.gz")
    assert len(events) == 1


def test_an_attribute_given_twice_costs_its_event(tmp_path: Path) -> None:
    double = '<string key="x" value="1"/><string key="x" value="2"/>'
    events, report = read_text(tmp_path, log(trace("c1", event(more=double), event("buy"))), "log.xes")
    assert len(events) == 1
    assert reasons(report) == {1: "duplicate-key"}


def test_a_huge_attribute_costs_its_event(tmp_path: Path) -> None:
    huge = f'<string key="x" value="{"y" * (1 << 20)}y"/>'
    events, report = read_text(tmp_path, log(trace("c1", event(more=huge), event("buy"))), "log.xes")
    assert len(events) == 1
    assert reasons(report) == {1: "cell-too-large"}


BOMB = (
    '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>'
)


@pytest.mark.parametrize(
    "head",
    [
        BOMB,
        '<!DOCTYPE log SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE log PUBLIC "x" "http://127.0.0.1/x.dtd">',
    ],
)
def test_document_types_are_refused(tmp_path: Path, head: str) -> None:
    path = write(tmp_path, log(trace("&d;", event()), head=head), "log.xes")
    with pytest.raises(RefusedFileError, match="document type"):
        plan_import([path])


def test_a_document_type_after_a_thousand_events_is_refused(tmp_path: Path) -> None:
    text = log(trace("c1", *[event()] * 1_000)).removesuffix("</log>") + BOMB + "</log>"
    with pytest.raises((RefusedFileError, UnreadableFileError)):
        read_text(tmp_path, text, "log.xes")


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    deep = '<string key="a" value="b">' * 100_000
    with pytest.raises(RefusedFileError, match="nested"):
        plan_import([write(tmp_path, log(f"<trace><event>{deep}"), "log.xes")])


@pytest.mark.parametrize("piece", ['<string key="x" value="', "<!--", "<?pi "])
def test_a_tag_without_end_is_refused_before_it_fills_memory(piece: str) -> None:
    data = (log().removesuffix("</log>") + piece).encode() + b"y" * (50 << 20)
    reader = XesReader(Memory(data), "log.xes", Limits())
    begun = time.process_time()
    with pytest.raises(RefusedFileError, match="tag"):
        list(reader.tasks())
    assert reader.position() < len(data)
    assert time.process_time() - begun < 60


@pytest.mark.parametrize(
    "text", ["<log><trace>", "<log></trace></log>", "<log>&nope;</log>", "<?xml version='1.0'?>"]
)
def test_broken_xml_is_said_to_be_broken(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnreadableFileError):
        plan_import([write(tmp_path, text, "log.xes")])


def test_events_before_the_break_are_kept(tmp_path: Path) -> None:
    text = log(trace("c1", *[event("a", 1), event("b", 2)] * 6_000)).removesuffix("</log>") + "<oops"
    events, report = read_text(tmp_path, text, "log.xes")
    assert 0 < len(events) <= 12_000
    assert "not well-formed" in report.damage
    assert report.rejected == {"damaged-file": 1}


def test_a_log_without_events_has_no_rows(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="no rows"):
        plan_import([write(tmp_path, log(), "log.xes")])


TAGS = st.sampled_from(
    [
        "<log>",
        "</log>",
        "<trace>",
        "</trace>",
        "<event>",
        "</event>",
        '<string key="a" value="1"/>',
        "<list>",
        "</list>",
        "<",
        "&",
        "x",
    ]
)


@given(st.lists(TAGS, max_size=25), st.integers(1, 30))
def test_any_tags_are_events_or_an_error(tags: list[str], step: int) -> None:
    reader = XesReader(Memory("".join(tags).encode(), step), "log.xes", Limits())
    try:
        rows = [row for task in reader.tasks() for row in task().rows.tolist()]
    except (UnreadableFileError, RefusedFileError):
        return
    assert rows == sorted(set(rows))
