"""How the walked map shows itself: the designed route as a spine, with the skips and the ends."""

from __future__ import annotations

from trodden.analyses.walked.answer import Walked
from trodden.charts import Chart, Overlay, Route, SpineMove, SpineStep
from trodden.charts.formats import format_count, format_interval, format_share
from trodden.model.words import tr


def walked_chart(answer: Walked) -> Chart:
    """Draw steps and moves; moves the map does not have run above or below the spine."""
    columns = {step.step: i for i, step in enumerate(answer.steps)}
    return Overlay(
        title=_title(answer),
        unit=tr("journeys"),
        n=answer.closed,
        as_of=answer.about.as_of,
        definition="walked",
        notes=answer.about.notes,
        steps=tuple(
            SpineStep(
                id=step.step,
                label=step.label,
                stage=step.stage,
                count=step.journeys.count,
                column=i,
                share=step.journeys.value,
            )
            for i, step in enumerate(answer.steps)
        ),
        moves=tuple(
            SpineMove(source=move.source, target=move.target, count=move.journeys)
            for move in answer.moves
            if move.is_designed
        ),
        routes=tuple(_undesigned(answer, columns)),
    )


def _undesigned(answer: Walked, columns: dict[str, int]) -> list[Route]:
    last = len(columns)
    return [
        Route(
            source=move.source,
            target=move.target,
            kind="other way",
            count=move.journeys,
            label=format_count(move.journeys),
            shape="above" if columns.get(move.target, last) > columns.get(move.source, -1) else "below",
        )
        for move in answer.moves
        if not move.is_designed
    ]


def _title(answer: Walked) -> str:
    if answer.reached.value is None:
        return tr("No journey of this map has ended yet")
    interval = format_interval(answer.reached.low, answer.reached.high, "share")
    share = format_share(answer.reached.value)
    return tr(
        "{share} {interval} of {closed} journeys that ended reached their goal",
        share=share,
        interval=interval,
        closed=format_count(answer.closed),
    )
