"""Where the pages listen."""

from __future__ import annotations

from trodden.web.listening import listening, place_of


def test_a_host_given_by_name_looks_at_the_other_address_too() -> None:
    with listening("::1", 0) as taken:
        port = place_of(taken).port
        with listening("localhost", port) as found:
            assert port < place_of(found).port <= port + 50
