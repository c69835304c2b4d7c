"""Walks on which each field of the question about predictions matters."""

from tests.support.fields import Case

_MAP = """
name: Two
flow: [search, buy]
forecast: {reached: 0.5}
bounds: {silence: 5d}
"""
_TWO = (
    "a search@web{region=north} 10:00 | a buy@web{region=north} 12:00"
    " | b search@phone{region=south} +20 10:00 | c search@phone{region=south} +20 10:00"
    " | d search@phone{region=south} +70 10:00"
)
_BASE = {"map": "Two", "hindsight": True, "at_least": 1}


def _case(value: object, **changes: object) -> Case:
    return Case(_TWO, value, base={**_BASE, **changes}, map_text=_MAP)


CASES = {
    "map": Case(_TWO, "Two", map_text=_MAP),
    "unit": _case("session"),
    "period": _case("2026-01-10.."),
    "segment": _case("region = north"),
    "segment_at": Case(
        "a search{plan=basic} 10:00 | a buy{plan=plus} 10:05 | c search +70 10:00",
        "start",
        base={**_BASE, "segment": "plan = plus"},
        map_text=_MAP,
    ),
    "where": _case("search->buy"),
    "as_of": _case("2026-01-01T11:00:00Z"),
    "every": _case("week"),
    "hindsight": Case(_TWO, value=True, base={"map": "Two"}, map_text=_MAP),
    "tolerance": _case(0.2),
    "at_least": _case(4),
}
