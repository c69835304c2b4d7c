"""Walks on which each field of the question about words matters."""

from tests.support.fields import Case, shared_cases

_WALKS = (
    'a search@web{region=north} 10:00 text="one" | a buy@web{region=north} 10:05 text="two"'
    ' | a help@phone{region=north} 11:30 text="three" | b search@web{region=south} +3 10:00'
    ' | b buy@web{region=south} +3 10:30 text="four"'
)

CASES = {
    **shared_cases(_WALKS),
    "segment_at": Case(
        'a search{plan=basic} 10:00 text="one" | a buy{plan=plus} 10:05',
        "start",
        base={"segment": "plan = plus"},
    ),
    "touchpoint": Case(_WALKS, "buy"),
    "one_in": Case(_WALKS, 1_000_000),
    "limit": Case(_WALKS, 1),
    "draw": Case(_WALKS, 7),
}
