"""How an answer shows itself in a notebook: its chart, and its table below."""

from __future__ import annotations

from typing import Any

from trodden.model.question import Answer


def show_answers_in_notebooks() -> None:
    """Let every answer show as chart and table where a notebook asks for HTML."""
    Answer._repr_mimebundle_ = _mimebundle  # type: ignore[attr-defined]


def _mimebundle(answer: Answer, **_: Any) -> dict[str, str]:  # noqa: ANN401 - IPython passes what it likes
    from trodden.charts.html import figure
    from trodden.charts.text import text_of
    from trodden.registry import find

    chart = find(answer.about.analysis).chart(answer)
    return {"text/plain": text_of(chart), "text/html": figure(chart)}
