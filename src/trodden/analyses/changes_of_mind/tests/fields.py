"""Walks on which each field of the question about changes of mind matters."""

from tests.support.fields import Case

_MAP = """
name: Two
stages: [Look, Buy]
steps:
  - {id: search, stage: Look}
  - {id: buy, stage: Buy}
  - {id: use, stage: Buy}
flow: [search, buy, use]
scope: {also: [desk, call, alter, void, back]}
"""
_TWO = (
    "a search@web{region=north} 10:00 | a buy@web{region=north} 12:00 | a search@web{region=north} 12:10"
    " | a use@web{region=north} 13:00"
    " | b search@phone{region=south} +40 10:00 | b buy@phone{region=south} +40 10:05"
    " | b alter@web!failed{region=south} +40 11:00 | b call@phone{region=south} +42 11:00"
    " | b desk@store{region=south} +42 12:00 | b void@web{region=south} +42 13:00"
    " | b back@web{region=south} +42 14:00 | c search +41 10:00 | c buy +41 10:01 | c search +41 10:02"
    " | c alter@web!failed +41 10:05 | c alter@web!failed +41 10:06 | c alter@web!failed +41 10:07"
)
_COSTS = (
    "a alter!failed 10:00 | a alter!failed 10:01 | a alter 10:02"
    " | b void@web!failed 10:00 | b call@phone +1 10:00"
)
_BASE = {"map": "Two", "edit": ["alter"]}


def _case(value: object, **changes: object) -> Case:
    return Case(_TWO, value, base={**_BASE, **changes}, map_text=_MAP)


CASES = {
    "map": Case(_TWO, "Two", map_text=_MAP),
    "unit": _case("session"),
    "period": _case("2026-02-01.."),
    "segment": _case("region = north"),
    "segment_at": Case(
        "a search{plan=basic} 10:00 | a buy{plan=plus} 10:05 | a search{plan=plus} 10:06",
        "start",
        base={"segment": "plan = plus", "map": "Two"},
        map_text=_MAP,
    ),
    "where": _case("search->buy->alter"),
    "as_of": _case("2026-01-01T12:30:00Z"),
    "edit": Case(_TWO, ["al*"], base={"map": "Two"}, map_text=_MAP),
    "cancel": _case(["void"]),
    "returns": _case(["back"]),
    "kinds": _case(["back"]),
    "within": _case("1d"),
    "cost": Case(_COSTS, "time", base={"edit": ["alter"], "cancel": ["void"]}),
    "limit": _case(1),
    "min_count": _case(3),
}
