"""An answer as text, in each of the forms a command line writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec

if TYPE_CHECKING:
    from trodden.charts import Chart
    from trodden.model.question import Answer

Form = Literal["table", "json", "csv", "svg"]
FORMS: Final[tuple[Form, ...]] = ("table", "json", "csv", "svg")


def said(answer: Answer, chart: Chart, form: Form) -> str:
    """Return an answer, shown by its chart, in one form; only CSV ends its last line."""
    match form:
        case "json":
            return msgspec.json.format(msgspec.json.encode(answer), indent=2).decode()
        case "csv":
            from trodden.charts.export import csv_of

            return csv_of(chart)
        case "svg":
            from trodden.charts.svg import draw

            return draw(chart)
        case "table":
            from trodden.charts.text import text_of

            return text_of(chart)
