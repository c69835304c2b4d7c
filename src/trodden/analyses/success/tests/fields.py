"""Walks on which each field of the question matters."""

from tests.support.fields import Case

_MAP = "name: Two\nflow: [search, buy]\nbounds: {silence: 2h}\nscope: {also: [x, y]}\n"
_BASE = {"goal": "buy", "min_count": 1}
_WALKS = (
    "a search@web{region=north} 10:00 | a x 10:05 | a buy 11:00 | b search@phone{region=south} 10:00"
    " | b y 10:01 | b z +40 10:00 | c search{region=south} +50 10:00 | c x@web +50 10:30 | c y +50 10:31"
    " | d z +60 10:00 | d search{region=north} +60 10:01 | d buy +60 10:02 | a y@web +70 10:00"
)
_OTHER = "a search{plan=basic} 10:00 | a x 10:02 | a buy{plan=plus} 10:05"
_LATE = "2026-12-01"

CASES = {
    "goal": Case(_WALKS, "y", _BASE, as_of=_LATE),
    "window": Case(_WALKS, "PT56M", _BASE, as_of=_LATE),
    "min_count": Case(_WALKS, 3, _BASE, as_of=_LATE),
    "limit": Case(_WALKS, 1, _BASE, as_of=_LATE),
    "map": Case(_WALKS, "Two", _BASE, _MAP, as_of=_LATE),
    "unit": Case(_WALKS, "session", _BASE, as_of=_LATE),
    "period": Case(_WALKS, "2026-02-15..", _BASE, as_of=_LATE),
    "segment": Case(_WALKS, "region = north", _BASE, as_of=_LATE),
    "segment_at": Case(_OTHER, "start", {**_BASE, "segment": "plan = plus"}, as_of=_LATE),
    "where": Case(_WALKS, "search->x", _BASE, as_of=_LATE),
    "as_of": Case(_WALKS, "2026-01-01T10:30:00Z", _BASE, as_of=_LATE),
}
