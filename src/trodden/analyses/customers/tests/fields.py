"""Walks on which each field of the question matters."""

from tests.support.fields import Case

_THREE = (
    "a search@web{region=north} 10:00 | a buy@web{region=north} 10:05 | a search@web{region=north} 12:00"
    " | b search@phone{region=south} +40 10:00 | c search@web 10:01 | c buy@web 13:30"
)

CASES = {
    "order": Case(_THREE, "most"),
    "limit": Case(_THREE, 1),
    "offset": Case(_THREE, 1),
    "map": Case(_THREE, "Two", map_text="name: Two\nflow: [search, buy]\n"),
    "unit": Case(_THREE, "session"),
    "period": Case(_THREE, "2026-02-01.."),
    "segment": Case(_THREE, "region = north"),
    "segment_at": Case(
        "a search{plan=basic} 10:00 | a buy{plan=plus} 10:05", "start", base={"segment": "plan = plus"}
    ),
    "where": Case(_THREE, "search->buy"),
    "as_of": Case(_THREE, "2026-01-01T11:00:00Z"),
}
