"""An answer as text, in each of the forms a command line writes.

People read tables and charts, in their language; programs read JSON and CSV, which are the same in every one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec

from trodden.model.words import SOURCE, speaking

if TYPE_CHECKING:
    from collections.abc import Callable

    from trodden.charts import Chart
    from trodden.model.question import Answer

Form = Literal["table", "json", "csv", "svg"]
FORMS: Final[tuple[Form, ...]] = ("table", "json", "csv", "svg")


def said(answer: Answer, drawn: Callable[[Answer], Chart], form: Form) -> str:
    """Return an answer, shown by the chart that is drawn of it, in one form; only CSV ends its last line."""
    match form:
        case "json":
            return msgspec.json.format(msgspec.json.encode(answer), indent=2).decode()
        case "csv":
            from trodden.charts.export import csv_of

            with speaking(SOURCE):
                return csv_of(drawn(answer))
        case "svg":
            from trodden.charts.svg import draw

            return draw(drawn(answer))
        case "table":
            from trodden.charts.text import text_of

            return text_of(drawn(answer))
