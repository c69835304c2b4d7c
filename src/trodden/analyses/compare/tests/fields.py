"""Walks on which each field of the comparison's question matters."""

from tests.support.fields import Case

_WALK = (
    "a search@web{region=north} 10:00 | a buy@web{region=north} 10:05 | a buy@phone{region=north} 20:00"
    " | b search@phone{region=south} 10:00 | c search@web{region=coast} +40 10:00"
    " | c help@web{region=coast} +41 10:00"
)
_NORTH = {"analysis": "overview", "segment": "region = north"}
_MAP = "name: Two\nflow: [search, buy]\n"

CASES = {
    "analysis": Case(_WALK, "transitions", base=_NORTH),
    "fields": Case(_WALK, {"top": 1}, base=_NORTH),
    "other_period": Case(
        _WALK,
        "2026-02-11..",
        base={
            "analysis": "overview",
            "period": "2026-01-01..2026-01-02",
            "other_period": "2026-02-10..2026-02-11",
        },
    ),
    "other_segment": Case(_WALK, "region = coast", base=_NORTH),
    "map": Case(_WALK, "Two", base=_NORTH, map_text=_MAP),
    "unit": Case(_WALK, "session", base=_NORTH),
    "period": Case(_WALK, "..2026-02-01", base=_NORTH),
    "segment": Case(_WALK, "region = south", base=_NORTH),
    "segment_at": Case(
        "a search{plan=basic} 10:00 | a buy{plan=plus} 10:05 | b search{plan=basic} 10:00",
        "start",
        base={"analysis": "overview", "segment": "plan = plus"},
    ),
    "where": Case(_WALK, "search->buy", base=_NORTH),
    "as_of": Case(_WALK, "2026-01-01T11:00:00Z", base=_NORTH),
}
