"""Walks on which each field of the timeline's question matters."""

from tests.support.fields import Case

_WALK = (
    "a search@web{region=north} 10:00 | a buy@web{region=north} 10:05 | a call@phone{region=north} 20:00"
    " | b search@phone{region=south} +40 10:00"
)
_WHO = {"customer": "a"}
_MAP = "name: Two\nflow: [search, buy]\n"

CASES = {
    "customer": Case(_WALK, "b", base=_WHO),
    "gap": Case(_WALK, "1h", base=_WHO),
    "limit": Case(_WALK, 1, base=_WHO),
    "map": Case(_WALK, "Two", base=_WHO, map_text=_MAP),
    "unit": Case(_WALK, "session", base=_WHO),
    "period": Case(_WALK, "2026-02-01..", base=_WHO),
    "segment": Case(_WALK, "region = south", base=_WHO),
    "segment_at": Case(
        "a search{plan=basic} 10:00 | a buy{plan=plus} 10:05",
        "start",
        base={**_WHO, "segment": "plan = plus"},
    ),
    "where": Case(_WALK, "call->buy", base=_WHO),
    "as_of": Case(_WALK, "2026-01-01T11:00:00Z", base=_WHO),
}
