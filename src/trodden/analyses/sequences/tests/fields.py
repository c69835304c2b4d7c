"""Walks on which each field of the questions about sequences matters."""

from tests.support.fields import Case, shared_cases

_TWO = (
    "a search@web{region=north} 10:00 | a help@web{region=north} 10:05 | a buy@web{region=north} 12:00"
    " | b search@phone{region=south} +1 10:00 | b buy@phone{region=south} +3 10:00"
    " | c search@web{region=north} +40 10:00 | c buy@web{region=north} +40 10:20"
)

_SHARED = {
    "min_support": Case(_TWO, 0.9),
    "max_gap": Case(_TWO, 0),
    "longest_wait": Case(_TWO, "1h"),
    "goal": Case(_TWO, "buy"),
    "against": Case(_TWO, "region = north"),
    **shared_cases(_TWO),
}

SEQUENCES_CASES = {
    **_SHARED,
    "shortest": Case(_TWO, 1),
    "longest": Case(_TWO, 2),
    "limit": Case(_TWO, 1),
}

_COUNTS = {"length": 2}
SEQUENCE_COUNTS_CASES = {
    **{
        name: Case(case.walks, case.value, {**_COUNTS, **case.base}, case.map_text)
        for name, case in _SHARED.items()
    },
    "length": Case(_TWO, 3, base=_COUNTS),
}
