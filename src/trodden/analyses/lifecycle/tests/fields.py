"""Walks on which each field of the question about lifecycles matters."""

from tests.support.fields import Case

_TWO = (
    "a search@web{region=north} 10:00 | a buy@web{region=north} 10:05 | a search@web{region=north} +8 12:00"
    " | b search@phone{region=south} +9 10:00 | b buy@phone{region=south} +44 10:00"
)
_MAP = "name: Two\nflow: [search, buy]\n"

CASES = {
    "active": Case(_TWO, "buy"),
    "by": Case(_TWO, "month"),
    "limit": Case(_TWO, 2),
    "map": Case(_TWO, "Two", map_text=_MAP),
    "unit": Case(_TWO, "session"),
    "period": Case(_TWO, "2026-01-05.."),
    "segment": Case(_TWO, "region = north"),
    "segment_at": Case(
        "a search{plan=basic} 10:00 | a buy{plan=plus} 10:05", "start", base={"segment": "plan = plus"}
    ),
    "where": Case(_TWO, "search->buy->search"),
    "as_of": Case(_TWO, "2026-01-08T11:00:00Z"),
}
