"""Walks on which each field of the questions about flows matters."""

from tests.support.fields import Case

_TWO = (
    "a search@web{region=north} 10:00 | a buy@web{region=north} 10:05 | a search@web{region=north} 12:00"
    " | b search@phone{region=south} +40 10:00"
)
_MAP = "name: Two\nflow: [search, buy]\n"

_SHARED = {
    "map": Case(_TWO, "Two", map_text=_MAP),
    "unit": Case(_TWO, "session"),
    "period": Case(_TWO, "2026-02-01.."),
    "segment": Case(_TWO, "region = north"),
    "segment_at": Case(
        "a search{plan=basic} 10:00 | a buy{plan=plus} 10:05", "start", base={"segment": "plan = plus"}
    ),
    "where": Case(_TWO, "search->buy"),
    "as_of": Case(_TWO, "2026-01-01T11:00:00Z"),
    "anchor": Case(_TWO, "buy"),
    "direction": Case("a search 10:00 | a buy 10:05 | a help 10:10", "backward", base={"anchor": "buy"}),
    "occurrence": Case("a search 10:00 | a buy 10:05 | a search 10:10", "last", base={"anchor": "search"}),
    "positions": Case(_TWO, 1),
}

FLOW_CASES = {**_SHARED, "nodes": Case("a search 10:00 | b buy 10:00", 1)}
FLOW_COUNTS_CASES = _SHARED
