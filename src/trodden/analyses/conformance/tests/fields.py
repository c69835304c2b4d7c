"""Walks on which each field of the question matters."""

from tests.support.fields import Case

_MAP = "name: Two\nflow: [search, buy]\nbounds: {silence: 2h}\nscope: {also: [x]}\n"
_BASE = {"map": "Two"}
_WALKS = (
    "a search@web{region=north} 10:00 | a buy@web{region=north} 10:05 | a search@web{region=north} +20 12:00"
    " | a x +20 12:01 | b search@phone{region=south} +40 10:00 | b x +40 10:30 | b buy +41 18:00"
)
_OTHER = "a search{plan=basic} 10:00 | a buy{plan=plus} 10:05"

CASES = {
    "map": Case(_WALKS, "Two", {"map": "Getting connected"}, _MAP),
    "unit": Case(_WALKS, "session", _BASE, _MAP),
    "period": Case(_WALKS, "2026-02-01..", _BASE, _MAP),
    "segment": Case(_WALKS, "region = north", _BASE, _MAP),
    "segment_at": Case(_OTHER, "start", {**_BASE, "segment": "plan = plus"}, _MAP),
    "where": Case(_WALKS, "search->buy", _BASE, _MAP),
    "as_of": Case(_WALKS, "2026-01-01T10:02:00Z", _BASE, _MAP),
    "examples": Case(_WALKS, 1, _BASE, _MAP),
}
