"""Walks on which each field of the funnel's question matters."""

from tests.support.fields import Case

_STEPS = {"steps": ["search", "buy"]}
_THREE = {"steps": ["search", "help", "buy"]}
_TWO = (
    "a search@web{region=north} 10:00 | a help@web{region=north} 10:05 | a buy@web{region=north} 12:00"
    " | b search@phone{region=south} +40 10:00"
)
_TWICE = "a search 10:00 | a search 11:00 | a buy 12:00 | a search 13:00"
_MAP = "name: Two\nflow: [search, buy]\n"

CASES = {
    "steps": Case(_TWO, ["search", "help"], base=_STEPS),
    "within": Case(_TWO, "1h", base=_STEPS),
    "entry": Case(_TWICE, "every", base=_STEPS),
    "order": Case(_TWO, "strict", base=_STEPS),
    "exclude": Case(_TWO, ["help"], base=_STEPS),
    "optional": Case(_TWO, ["help"], base=_THREE),
    "limits": Case(_TWO, ["1h"], base=_STEPS),
    "anchor": Case(_TWICE, "last", base=_STEPS),
    "direction": Case(_TWO, "backward", base=_STEPS),
    "map": Case(_TWO, "Two", base=_STEPS, map_text=_MAP),
    "unit": Case(_TWO, "session", base=_STEPS),
    "period": Case(_TWO, "2026-02-01..", base=_STEPS),
    "segment": Case(_TWO, "region = north", base=_STEPS),
    "segment_at": Case(
        "a search{plan=basic} 10:00 | a buy{plan=plus} 10:05",
        "start",
        base={"segment": "plan = plus", **_STEPS},
    ),
    "where": Case(_TWO, "help", base=_STEPS),
    "as_of": Case(_TWO, "2026-01-01T11:00:00Z", base=_STEPS),
}
