"""Walks on which each field of the question about departures matters."""

from tests.support.fields import Case

_MAP = "name: Two\nflow: [search, buy]\n"
_TWO = (
    "a search@web{region=north} 10:00 | a buy@web{region=north} 12:00"
    " | b search@phone{region=south} +40 10:00 | c search@phone{region=south} +2 10:00"
    " | d buy@web{region=south} +80 10:00"
)

CASES = {
    "map": Case(_TWO, "Two", map_text=_MAP),
    "unit": Case(_TWO, "session"),
    "period": Case(_TWO, "2026-02-01.."),
    "segment": Case(_TWO, "region = north"),
    "segment_at": Case(
        "a search{plan=basic} 10:00 | a buy{plan=plus} 10:05", "start", base={"segment": "plan = plus"}
    ),
    "where": Case(_TWO, "search->buy"),
    "as_of": Case(_TWO, "2026-01-01T11:00:00Z"),
    "top": Case(_TWO, 1),
}
