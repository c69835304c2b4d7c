"""Walks on which each field of the questions about variants matters."""

from tests.support.fields import Case

_TWO = (
    "a search@web{region=north} 10:00 | a search@web{region=north} 10:02 | a buy@web{region=north} 12:00"
    " | b search@phone{region=south} +40 10:00 | c buy@phone{region=south} +40 10:00"
    " | d buy@phone{region=south} +90 10:00"
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
    "collapse": Case(_TWO, "true"),
    "limit": Case(_TWO, 1),
    "min_count": Case(_TWO, 2),
}

VARIANTS_CASES = VARIANT_COUNTS_CASES = _SHARED
