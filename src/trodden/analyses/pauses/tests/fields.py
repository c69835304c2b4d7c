"""Walks on which each field of the questions about pauses matters."""

from tests.support.fields import Case

_MAP = """
name: Two
stages: [Look, Buy]
steps:
  - {id: search, stage: Look}
  - {id: buy, stage: Buy, wait: {longest: 1h}}
flow: [search, buy]
"""
_TWO = (
    "a search@web{region=north} 10:00 | a buy@web{region=north} 12:00 | a search@web{region=north} 12:10"
    " | b search@phone{region=south} +40 10:00 | b buy@phone{region=south} +40 10:05"
    " | c search@phone{region=south} +40 10:00"
)
_PLANS = "a search{plan=basic} 10:00 | a buy{plan=plus} 10:05"

_NIGHT = (
    "a search 10:00 | a buy 20:00 | b search 10:00 | b buy 10:30 | c search 19:00 | c buy 19:30"
    " | d search 10:00 | d buy 10:30"
)
_DESK = {"Desk": "mon-sun 9-17"}

_SHARED = {
    "map": Case(_TWO, "Two", map_text=_MAP),
    "unit": Case(_TWO, "session"),
    "period": Case(_TWO, "2026-02-01.."),
    "segment": Case(_TWO, "region = north"),
    "segment_at": Case(_PLANS, "start", base={"segment": "plan = plus"}),
    "where": Case(_TWO, "search->buy"),
    "as_of": Case(_TWO, "2026-01-01T11:00:00Z"),
}

PAUSES_CASES = {
    **_SHARED,
    "floor": Case(_TWO, "3h"),
    "baseline": Case(_TWO, "2026-02-01.."),
    "limits_as_of": Case(_TWO, "2026-01-01T11:00:00Z"),
    "calendar": Case(_NIGHT, "Desk", calendars=_DESK),
    "top": Case(_TWO, 1),
}
PAUSE_MOVES_CASES = _SHARED
PAUSE_REFERENCE_CASES = {**_SHARED, "calendar": Case(_NIGHT, "Desk", calendars=_DESK)}
