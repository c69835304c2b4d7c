"""Walks on which each field of the question matters."""

from tests.support.fields import Case

_THREE = (
    "a search@web{region=north} 10:00 | a buy@web{region=north} 10:05 | a search@web{region=north} 12:00"
    " | b search@phone{region=south} +40 10:00 | c search@web 10:01 | c buy@web 13:30"
)

_MAP = "name: Two\nflow: [search, buy]\nscope: {also: [x, y]}\nbounds: {silence: 2h}\n"
_ON_MAP = (
    "a search 10:00 | a x 10:05 | a buy 11:00 | b search 10:00 | b y 10:30 | b buy 10:31 | c search 10:00"
    " | d search +1 09:00 | d x +1 09:30 | e search +1 10:00 | e buy +1 10:01 | e x +1 10:02 | f buy 10:00"
)
_AGAIN = (
    "a search 10:00 | a search 10:01 | a buy 11:00 | b search 10:00 | b buy 11:00"
    " | c search 10:00 | c x 10:01 | c search 10:31 | c buy 11:00"
)
"""With an event at `search` that the design's step `search` does not match."""

CASES = {
    "step": Case(_ON_MAP, "buy", {"map": "Two"}, _MAP),
    "then": Case(_ON_MAP, "END", {"map": "Two", "step": "search"}, _MAP),
    "deviation": Case(_ON_MAP, "ad hoc", {"map": "Two"}, _MAP),
    "at": Case(_ON_MAP, "x", {"map": "Two", "deviation": "ad hoc"}, _MAP),
    "after": Case(
        "a search 10:00 | a x 10:05 | a buy 11:00 | b x 10:00 | b search 10:30 | b buy 10:31",
        "search",
        {"map": "Two", "deviation": "ad hoc", "unit": "customer"},
        _MAP,
    ),
    "before": Case(_ON_MAP, "END", {"map": "Two", "deviation": "ad hoc"}, _MAP),
    "gap_after": Case(_ON_MAP, "x", {"gap_after": "search", "gap_over": "4min"}),
    "gap_after_kind": Case(
        _AGAIN, "touchpoint", {"map": "Two", "gap_after": "search", "gap_over": "4min"}, _MAP
    ),
    "gap_to_kind": Case(
        _AGAIN, "touchpoint", {"map": "Two", "gap_after": "x", "gap_to": "search", "gap_over": "4min"}, _MAP
    ),
    "gap_to": Case(_ON_MAP, "y", {"gap_after": "search", "gap_over": "4min"}),
    "gap_over": Case(_ON_MAP, "1h", {"gap_after": "search", "gap_over": "4min"}),
    "behind": Case(_ON_MAP, "departures", {"behind": "overview", "mark": '"search"'}),
    "mark": Case(_ON_MAP, '"x"', {"behind": "overview", "mark": '"search"'}),
    "asked": Case(
        _ON_MAP,
        "steps=search,buy&within=2min",
        {"behind": "funnel", "mark": "1", "asked": "steps=search,buy"},
    ),
    "state": Case(_ON_MAP, "open", {"map": "Two"}, _MAP),
    "order": Case(_THREE, "most"),
    "limit": Case(_THREE, 1),
    "offset": Case(_THREE, 1),
    "map": Case(_THREE, "Two", map_text="name: Two\nflow: [search, buy]\n"),
    "unit": Case(_THREE, "session"),
    "period": Case(_THREE, "2026-02-01.."),
    "segment": Case(_THREE, "region = north"),
    "segment_at": Case(
        "a search{plan=basic} 10:00 | a buy{plan=plus} 10:05", "start", base={"segment": "plan = plus"}
    ),
    "where": Case(_THREE, "search->buy"),
    "as_of": Case(_THREE, "2026-01-01T11:00:00Z"),
}
