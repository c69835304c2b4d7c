"""Answers as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from django.http import HttpResponse

from trodden.charts.export import csv_of, xlsx_of
from trodden.charts.svg import draw
from trodden.model.words import SOURCE, language, speaking
from trodden.web.marks.drawn import marked

if TYPE_CHECKING:
    from collections.abc import Callable

    from trodden.charts import Chart
    from trodden.model.question import Answer
    from trodden.registry import Registration

TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "toml": "application/toml",
    "svg": "image/svg+xml",
    "zip": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def exported(registration: Registration, answer: Answer, kind: str) -> HttpResponse:
    """Return an answer as an attachment of this kind: its table, its drawing, or itself."""
    with speaking(language() if kind == "svg" else SOURCE):  # files for programs are in one language
        content = _written(registration, answer, kind)
    return attached(content, f"{registration.name}-{answer.about.as_of:%Y-%m-%d}", kind)


def _written(registration: Registration, answer: Answer, kind: str) -> bytes:
    if kind == "json":
        return msgspec.json.encode(answer)
    return _WRITERS[kind](marked(registration.chart(answer)))


def attached(content: bytes, stem: str, kind: str) -> HttpResponse:
    """Return content as an attachment of this kind; ``stem`` is its name without the ending."""
    headers = {"Content-Disposition": f'attachment; filename="{stem}.{kind}"'}
    return HttpResponse(content, content_type=TYPES[kind], headers=headers)


_WRITERS: Final[dict[str, Callable[[Chart], bytes]]] = {
    "csv": lambda chart: csv_of(chart).encode(),
    "svg": lambda chart: draw(chart).encode(),
    "xlsx": xlsx_of,
}
