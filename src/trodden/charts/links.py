"""What opens behind a mark: the units it counts, through the analysis that counted them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from trodden.charts import Link
from trodden.model.question import Question

if TYPE_CHECKING:
    from collections.abc import Mapping


def behind(
    analysis: str, mark: str, *, units: int | None = None, customers: int | None = None, asked: str = ""
) -> Link:
    """Return the link to the units a mark counts; ``asked`` where the chart answers another question."""
    fields = {"behind": analysis, "mark": mark} | ({"asked": asked} if asked else {})
    return Link("customers", fields, units, customers)


def opened(link: Link, asked: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of the question a link asks, on a chart that answers the question ``asked``.

    The fields every question shares travel along, unless the link says otherwise. A link to the units behind
    a mark needs the other fields too: they go into its ``asked``.

    Examples
    --------
    >>> opened(behind("funnel", "1"), {"steps": "a,b", "map": "Two"})
    {'map': 'Two', 'asked': 'steps=a%2Cb', 'behind': 'funnel', 'mark': '1'}
    """
    shared = {name: text for name, text in asked.items() if name in Question.__struct_fields__}
    own = {name: text for name, text in asked.items() if name not in shared and text}
    told = {"asked": urlencode(own)} if "behind" in link.fields and own else {}
    return {**shared, **told, **link.fields}
