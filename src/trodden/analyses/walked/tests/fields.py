"""Walks on which each field of the question matters."""

from tests.support.fields import Case

_MAP = "name: Two\nversion: {v}\nflow: [search, buy]\nbounds: {{silence: 2h}}\n"
_SCOPE = "scope: {also: [x, y]}\n"
_BASE = {"map": "Two"}
_WALKS = (
    "a search@web{region=north} 10:00 | a buy@web{region=north} 10:05 | a search@web{region=north} +20 12:00"
    " | a x +20 12:01 | a y +20 12:02 | b search@phone{region=south} +40 10:00 | b buy +41 18:00"
)
_OTHER = "a search{plan=basic} 10:00 | a buy{plan=plus} 10:05"

CASES = {
    "top": Case("a search 10:00 | a x 10:01 | a y 10:02 | a buy 10:03", 1, _BASE, _MAP.format(v=1) + _SCOPE),
    "map": Case(_WALKS, "Two", {"map": "Getting connected"}, _MAP.format(v=1)),
    "unit": Case(_WALKS, "session", _BASE, _MAP.format(v=1)),
    "period": Case(_WALKS, "2026-02-01..", _BASE, _MAP.format(v=1)),
    "segment": Case(_WALKS, "region = north", _BASE, _MAP.format(v=1)),
    "segment_at": Case(_OTHER, "start", {**_BASE, "segment": "plan = plus"}, _MAP.format(v=1)),
    "where": Case(_WALKS, "search->buy", _BASE, _MAP.format(v=1)),
    "as_of": Case(_WALKS, "2026-01-01T10:02:00Z", _BASE, _MAP.format(v=1)),
}
