"""Walks on which each field of the question matters."""

from tests.support.fields import Case

_MAP = (
    "name: Two\nsteps: [{id: search}, {id: look}, {id: buy}]\nflow: [search, look, buy]\n"
    "bounds: {silence: 2h}\nscope: {also: [x, y]}\n"
)
_BASE = {"map": "Two", "min_count": 1}


def _many(walk: str, days: range) -> str:
    """Repeat a walk on many days, by as many customers; ``{0}`` is the day, every other one in the north."""
    return " | ".join(walk.format(day, ("north", "south")[day % 2], day % 4 + 1) for day in days)


_AS_DESIGNED = (
    "k{0} search{{region={1},n=1}} +{0} 10:00 | k{0} look +{0} 10:05"
    " | k{0} buy{{score={2},done=yes}} +{0} 10:10"
)
_BY_X = (
    "k{0} search{{region={1}}} +{0} 10:00 | k{0} x@phone +{0} 10:01 | k{0} look +{0} 10:05"
    " | k{0} buy{{score=1,done=no}} +{0} 10:20"
)
_CALLS = "k{0} x@phone +{0} 20:20"
_BY_Y = (
    "k{0} search{{region={1}}} +{0} 10:00 | k{0} y +{0} 10:02 | k{0} look +{0} 10:06 | k{0} buy +{0} 10:20"
)
_LONG = " | ".join(
    (
        _many(_AS_DESIGNED, range(40)),
        _many(_BY_X, range(40, 70)),
        _many(_CALLS, range(40, 70)),
        _many(_BY_Y, range(70, 85)),
    )
)
_MIXED = " | ".join(
    (_many(_AS_DESIGNED, range(0, 80, 2)), _many(_BY_X, range(1, 80, 2)), _many(_CALLS, range(1, 80, 2)))
)
_ALIKE = " | ".join(
    (_many(_AS_DESIGNED, range(0, 80, 2)), _many(_BY_X.replace("10:20", "10:10"), range(1, 80, 2)))
)
_NARROW = {**_BASE, "match": []}
_CHANGED = "a search{plan=basic} 10:00 | a x 10:02 | a look{plan=plus} 10:05 | a buy 10:06"

CASES = {
    "match": Case(_MIXED, [], _BASE, _MAP, as_of="2026-12-01"),
    "start": Case(_MIXED, "week", _NARROW, _MAP, as_of="2026-12-01"),
    "kinds": Case(_LONG, ["missing"], _BASE, _MAP, as_of="2026-12-01"),
    "min_count": Case(_LONG, 20, _BASE, _MAP, as_of="2026-12-01"),
    "limit": Case(_LONG, 1, _BASE, _MAP, as_of="2026-12-01"),
    "within": Case(_MIXED, "PT1H", _NARROW, _MAP, as_of="2026-12-01"),
    "margin": Case(_ALIKE, 0.5, _NARROW, _MAP, as_of="2026-12-01"),
    "margin_time": Case(_MIXED, 5.0, _NARROW, _MAP, as_of="2026-12-01"),
    "need": Case(_MIXED, "done = yes", _NARROW, _MAP, as_of="2026-12-01"),
    "price": Case(_MIXED, "n", _NARROW, _MAP, as_of="2026-12-01"),
    "score": Case(_MIXED, "score", _NARROW, _MAP, as_of="2026-12-01"),
    "map": Case(_LONG, "Two", {"map": "Getting connected", "min_count": 1}, _MAP, as_of="2026-12-01"),
    "unit": Case(_LONG, "session", _BASE, _MAP, as_of="2026-12-01"),
    "period": Case(_LONG, "2026-02-15..", _BASE, _MAP, as_of="2026-12-01"),
    "segment": Case(_LONG, "region = north", _BASE, _MAP, as_of="2026-12-01"),
    "segment_at": Case(_CHANGED, "start", {**_BASE, "segment": "plan = plus"}, _MAP, as_of="2026-12-01"),
    "where": Case(_LONG, "search->x", _BASE, _MAP, as_of="2026-12-01"),
    "as_of": Case(_LONG, "2026-02-20T00:00:00Z", _BASE, _MAP, as_of="2026-12-01"),
}
