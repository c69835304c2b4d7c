"""Walks on which each field of the question matters."""

from tests.support.fields import Case

_MAP = (
    "name: Two\nstages: [Look, Take]\nsteps: [{id: search, stage: Look}, {id: buy, stage: Take}]\n"
    "flow: [search, buy]\nbounds: {silence: 2h}\nscope: {also: [x, y]}\n"
    "accepted: [{kind: ad hoc, step: y}]\n"
)
_BASE = {"map": "Two"}
_WALKS = (
    "a search@web{region=north} 10:00 | a x{region=north} 10:01 | a y{region=north} 10:02"
    " | a buy@web{region=north} 10:05 | a search@web{region=north} +20 12:00 | a x +20 12:01"
    " | b search@phone{region=south} +40 10:00 | b x +40 10:30 | b x +40 10:31"
    " | b y +40 10:32 | b buy +41 18:00"
)
_OTHER = "a search{plan=basic} 10:00 | a x{plan=basic} 10:01 | a buy{plan=plus} 10:05"
_OFTEN = (
    "a search 10:00 | a y 10:01 | a y 10:02 | a y 10:03 | a buy 10:05"
    " | b search 10:00 | b x 10:01 | b buy 10:05 | c search 10:00 | c x 10:01 | c buy 10:05"
)

CASES = {
    "kinds": Case(_WALKS, ["departed"], _BASE, _MAP),
    "step": Case(_WALKS, "x", _BASE, _MAP),
    "stage": Case(_WALKS, "Take", _BASE, _MAP),
    "accepted": Case(_WALKS, "hidden", _BASE, _MAP),
    "at_least": Case(_WALKS, 3, _BASE, _MAP),
    "order": Case(_OFTEN, "times", _BASE, _MAP),
    "top": Case(_WALKS, 1, _BASE, _MAP),
    "map": Case(_WALKS, "Two", {"map": "Getting connected"}, _MAP),
    "unit": Case(_WALKS, "session", _BASE, _MAP),
    "period": Case(_WALKS, "2026-02-01..", _BASE, _MAP),
    "segment": Case(_WALKS, "region = north", _BASE, _MAP),
    "segment_at": Case(_OTHER, "start", {**_BASE, "segment": "plan = plus"}, _MAP),
    "where": Case(_WALKS, "search->.*->buy", _BASE, _MAP),
    "as_of": Case(_WALKS, "2026-01-01T10:02:00Z", _BASE, _MAP),
}
