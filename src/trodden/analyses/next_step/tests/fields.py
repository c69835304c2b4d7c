"""Walks on which each field of the question about the next step matters."""

from tests.support.fields import Case, shared_cases

_TWO = (
    "a search@web{region=north} 10:00 | a help@web{region=north} 10:05 | a buy@web{region=north} 12:00"
    " | b search@phone{region=south} +1 10:00 | b buy@phone{region=south} +3 10:00"
    " | c search@web{region=north} +40 10:00"
)
_AFTER = {"after": ["START", "search"]}

ELAPSED_CASES = shared_cases(_TWO)
CASES = {
    "after": Case(_TWO, ["help"], base=_AFTER),
    "order": Case(_TWO, 1, base=_AFTER),
    "horizon": Case(_TWO, "1h", base=_AFTER),
    "limit": Case(_TWO, 1, base=_AFTER),
    **shared_cases(_TWO, _AFTER),
}
