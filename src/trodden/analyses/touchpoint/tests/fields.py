"""Walks on which each field of the question about a touchpoint matters."""

from tests.support.fields import Case, shared_cases

_WALKS = (
    "a search@web{region=north} 10:00 | a buy@web!failed{region=north} 10:05"
    " | a help@phone{region=north} 11:30"
    " | b search@web{region=south} +3 10:00 | b buy@web!ok{region=south} +3 10:30"
    " | a buy@phone!ok{region=north} +20 10:00"
)
_HERE = {"touchpoint": "buy"}

CASES = {
    **shared_cases(_WALKS, _HERE),
    "touchpoint": Case(_WALKS, "search", base=_HERE),
    "by": Case(_WALKS, "day", base=_HERE),
    "limit": Case(_WALKS, 1, base=_HERE),
}
