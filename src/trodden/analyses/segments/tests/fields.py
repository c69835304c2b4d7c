"""Walks on which each field of the question about segments matters."""

from tests.support.fields import Case, shared_cases

_WALKS = (
    "a search@web{region=north} 10:00 | a buy@web{region=north} 10:05 | a help@web{region=north} 12:00"
    " | b search@phone{region=south} +40 10:00 | b search@web{region=south} +40 11:00"
)
_ASKED = {"segments": "region = north,did buy"}

CASES = {
    **shared_cases(_WALKS, _ASKED),
    "segments": Case(_WALKS, "region = south", base=_ASKED),
    "by": Case(_WALKS, "day", base={**_ASKED, "show": "history"}),
    "periods": Case(_WALKS, 1, base={**_ASKED, "show": "history"}),
    "show": Case(_WALKS, "overlap", base=_ASKED),
    "segment_at": Case(
        "a search{plan=basic} 10:00 | a buy{plan=plus} 10:05", "start", base={"segments": "plan = plus"}
    ),
}
