"""Walks on which each field of the question about the next step matters."""

from tests.support.fields import Case

_TWO = (
    "a search@web{region=north} 10:00 | a help@web{region=north} 10:05 | a buy@web{region=north} 12:00"
    " | b search@phone{region=south} +1 10:00 | b buy@phone{region=south} +3 10:00"
    " | c search@web{region=north} +40 10:00"
)
_AFTER = {"after": ["START", "search"]}
_MAP = "name: Two\nflow: [search, buy]\n"

ELAPSED_CASES = {
    "map": Case(_TWO, "Two", map_text=_MAP),
    "unit": Case(_TWO, "session"),
    "period": Case(_TWO, "2026-01-02.."),
    "segment": Case(_TWO, "region = north"),
    "segment_at": Case(
        "a search{plan=basic} 10:00 | a buy{plan=plus} 10:05", "start", base={"segment": "plan = plus"}
    ),
    "where": Case(_TWO, "help"),
    "as_of": Case(_TWO, "2026-01-01T11:00:00Z"),
}
CASES = {
    "after": Case(_TWO, ["help"], base=_AFTER),
    "order": Case(_TWO, 1, base=_AFTER),
    "horizon": Case(_TWO, "1h", base=_AFTER),
    "limit": Case(_TWO, 1, base=_AFTER),
    "map": Case(_TWO, "Two", base=_AFTER, map_text=_MAP),
    "unit": Case(_TWO, "session", base=_AFTER),
    "period": Case(_TWO, "2026-01-02..", base=_AFTER),
    "segment": Case(_TWO, "region = north", base=_AFTER),
    "segment_at": Case(
        "a search{plan=basic} 10:00 | a buy{plan=plus} 10:05",
        "start",
        base={"segment": "plan = plus", **_AFTER},
    ),
    "where": Case(_TWO, "help", base=_AFTER),
    "as_of": Case(_TWO, "2026-01-01T11:00:00Z", base=_AFTER),
}
