"""Walks on which each field of the question about worth matters."""

from tests.support.fields import Case, shared_cases

_WALKS = (
    "a search@web{region=north} 10:00 value=100 currency=EUR"
    " | a buy@web{region=north} 10:05 value=2990 currency=EUR | a help@phone{region=north} 11:30"
    " | b search@web{region=south} +3 10:00 | b buy@web{region=south} +3 10:30 value=500 currency=EUR"
    " | c search +4 10:00 value=700 currency=USD"
)

CASES = {
    **shared_cases(_WALKS),
    "one_in": Case(_WALKS, 64),
}
