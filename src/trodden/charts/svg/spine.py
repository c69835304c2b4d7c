"""The route as designed drawn as one straight line, and where people left it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from trodden.charts.formats import format_count, format_share
from trodden.charts.svg.marks import Mark, Sheet, frame, line, mark, stretched
from trodden.charts.svg.pieces import (
    GROUND,
    LINE,
    MUTED,
    SMALL,
    STRONG,
    TONE_WORDS,
    TONES,
    fit,
    halo,
    percent,
    stacked,
    tag,
    width_of,
    words,
    wrap,
)
from trodden.charts.svg.spine_layout import BOX_HEIGHT, BOX_SHARE, LABEL_ROOM, Spine, said
from trodden.model.durations import format_duration
from trodden.model.words import tr

if TYPE_CHECKING:
    from trodden.charts import Overlay, PauseMark, Route, SpineMove, SpineStep, Tone
    from trodden.charts.svg.spine_layout import Arc

_LEGEND = 30.0
_CORNER = 9.0


def draw_overlay(chart: Overlay, sheet: Sheet) -> str:
    """Draw the designed route as a line; skips above, ways back dashed below, exits down to a flat end.

    Width is journeys, linear, from 1 to 16 pixels; colour is how a route differs: orange worse, blue better,
    grey as designed or unknown, always with a word. An hourglass marks where people pause. Rows of a table
    below can share the columns: they are equally wide.
    """
    spine, has_stages = _laid(chart, sheet)
    layers = (
        _stages(spine) if has_stages else "",
        *(_move(spine, sheet, move) for move in chart.moves),
        *(_arc(spine, sheet, arc) for arc in (*reversed(spine.below), *reversed(spine.above))),
        *(_exit(spine, sheet, route) for route in spine.exits),
        *(_step(spine, sheet, step) for step in chart.steps),
        *(_pause(spine, sheet, pause) for pause in chart.pauses),
        _legend(spine),
    )
    width = spine.width if sheet.page else max(spine.width, float(sheet.width))
    return frame(sheet, chart, spine.height + _LEGEND, *layers, width=width)


def _layer(spine: Spine, *children: str) -> str:
    return stretched(spine.width, spine.height, *children)


def _at(x: float, y: float, *children: str) -> str:
    """Return children drawn around a point, unstretched."""
    return tag("svg", *children, x=percent(x), y=y, overflow="visible")


def height_of(chart: Overlay, sheet: Sheet) -> float:
    """Return how high the drawing of an overlay is."""
    spine, _has_stages = _laid(chart, sheet)
    return spine.height + _LEGEND


def _laid(chart: Overlay, sheet: Sheet) -> tuple[Spine, bool]:
    """Lay an overlay out; also say whether the names of stages are drawn."""
    has_stages = not sheet.page and any(step.stage for step in chart.steps)
    return Spine(chart, 24.0 if has_stages else 0.0), has_stages


def _stages(spine: Spine) -> str:
    steps = sorted(spine.overlay.steps, key=lambda step: step.column)
    found: list[str] = []
    for stage, run in groupby(steps, key=lambda step: step.stage):
        x = (next(run).column + (1 - BOX_SHARE) / 2) / spine.columns
        found.append(words(percent(x), 14, stage, fill=MUTED, font_weight=STRONG))
    return "".join(found)


def _journeys(spine: Spine, count: int) -> str:
    whole = spine.overlay.n
    share = f", {format_share(count / whole)}" if whole else ""
    return f"{format_count(count)} {spine.overlay.unit or 'journeys'}{share}"


def _label_of(spine: Spine, step: str, edge: str) -> str:
    found = next((known.label for known in spine.overlay.steps if known.id == step), edge)
    return found or edge


def _move(spine: Spine, sheet: Sheet, move: SpineMove) -> str:
    if not (spine.has(move.source) and spine.has(move.target)) or not move.count:
        return ""
    colour = LINE if move.tone == "plain" else TONES[move.tone]
    drawn = line(
        _move_path(spine, move),
        stroke=colour,
        stroke_width=spine.thickness(move.count),
        stroke_opacity=0.6,
    )
    names = tr(
        "{place} to {place2}",
        place=_label_of(spine, move.source, "start"),
        place2=_label_of(spine, move.target, "end"),
    )
    spoken = tr("{names}, as designed: {journeys}", names=names, journeys=_journeys(spine, move.count))
    return mark(sheet, Mark(spoken, move.link, move.key), _layer(spine, drawn))


def _move_path(spine: Spine, move: SpineMove) -> str:
    half = BOX_SHARE / 2 / spine.columns
    x1 = (spine.centre(move.source) + (half if move.source else 0)) * spine.width
    x2 = (spine.centre(move.target, end=True) - (half if move.target else 0)) * spine.width
    y1, y2 = spine.middle(spine.lane(move.source)), spine.middle(spine.lane(move.target))
    if y1 == y2:
        return f"M{x1:.1f} {y1:.1f} H{x2:.1f}"
    bend = max((x2 - x1) / 2, 12.0)
    return f"M{x1:.1f} {y1:.1f} C{x1 + bend:.1f} {y1:.1f} {x2 - bend:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"


def _arc(spine: Spine, sheet: Sheet, arc: Arc) -> str:
    route = arc.route
    is_above = route.shape == "above"
    y = spine.skip_height(arc.level) if is_above else spine.return_depth(arc.level)
    y1, y2 = (_edge(spine, step, above=is_above) for step in (route.source, route.target))
    x1, x2 = arc.start * spine.width, arc.end * spine.width
    drawn = line(
        _rounded((x1, y1), (x2, y2), y),
        stroke=_colour(route.tone),
        stroke_width=spine.thickness(route.count),
        stroke_opacity=0.9,
        stroke_dasharray=None if is_above else "6 4",
        stroke_linejoin="round",
    )
    return mark(
        sheet,
        Mark(_spoken(spine, route), route.link, route.key),
        "" if route.source else _at(0.004, y1, tag("circle", r=4, fill=_colour(route.tone))),
        _hit(spine, (x1, x2, y), above=is_above),
        _layer(spine, drawn),
        _head(arc.end, y2, route.tone, up=not is_above) if route.target else "",
        _arc_label(spine, arc, y),
    )


def _hit(spine: Spine, place: tuple[float, float, float], *, above: bool) -> str:
    """Return an invisible strip, so that thin lines can be pointed at."""
    x1, x2, y = place
    left, right = min(x1, x2) / spine.width, max(x1, x2) / spine.width
    top = y - 18 if above else y - 8
    return tag("rect", x=percent(left), width=percent(right - left), y=top, height=26, fill="transparent")


def _edge(spine: Spine, step: str, *, above: bool) -> float:
    """Return the height at which a route meets a step, or the spine where it begins or ends the journey."""
    if not step:
        return spine.middle(0)
    top = spine.box_top(spine.lane(step))
    return top if above else top + BOX_HEIGHT


def _rounded(start: tuple[float, float], end: tuple[float, float], y: float) -> str:
    """Return a path up (or down), along at ``y`` and back, with round corners."""
    (x1, y1), (x2, y2) = start, end
    turn = 1 if x2 >= x1 else -1
    rx = turn * min(_CORNER, abs(x2 - x1) / 2)
    ry1, ry2 = (_CORNER if y < edge else -_CORNER for edge in (y1, y2))
    return (
        f"M{x1:.1f} {y1:.1f} V{y + ry1:.1f} Q{x1:.1f} {y:.1f} {x1 + rx:.1f} {y:.1f} "
        f"H{x2 - rx:.1f} Q{x2:.1f} {y:.1f} {x2:.1f} {y + ry2:.1f} V{y2:.1f}"
    )


def _colour(tone: Tone) -> str:
    return LINE if tone in {"plain", "muted"} else TONES[tone]


def _ink(tone: Tone) -> str:
    return MUTED if tone in {"plain", "muted"} else TONES[tone]


def _head(x: float, y: float, tone: Tone, *, up: bool) -> str:
    d = "M-5 8 L5 8 L0 0 Z" if up else "M-5 -8 L5 -8 L0 0 Z"
    return _at(x, y, tag("path", d=d, fill=_colour(tone)))


def _spoken(spine: Spine, route: Route) -> str:
    said = (route.label, *route.detail, TONE_WORDS[route.tone])
    return f"{', '.join(part for part in said if part)} ({_journeys(spine, route.count)})"


def _arc_label(spine: Spine, arc: Arc, y: float) -> str:
    text = fit(said(arc.route), LABEL_ROOM, bold=True)
    above = arc.route.shape == "above"
    thick = spine.thickness(arc.route.count) / 2
    return words(
        percent(arc.label),
        y - thick - 5 if above else y + thick + 14,
        text,
        text_anchor=arc.anchor,
        fill=_ink(arc.route.tone),
        font_weight=STRONG,
        **halo(),
    )


def _exit(spine: Spine, sheet: Sheet, route: Route) -> str:
    x = spine.centre(route.source)
    top = _edge(spine, route.source, above=False)
    colour, thick = _colour(route.tone), spine.thickness(route.count)
    lines = [*wrap(said(route), spine.column_px - 4, bold=True)]
    return mark(
        sheet,
        Mark(_spoken(spine, route), route.link, route.key),
        _at(
            x,
            0,
            tag("path", d=f"M0 {top:g} V{spine.exit_end:g}", stroke=GROUND, stroke_width=thick + 6),
            tag("path", d=f"M0 {top:g} V{spine.exit_end:g}", stroke=colour, stroke_width=thick),
            tag("path", d=f"M-14 {spine.exit_end:g} H14", stroke=colour, stroke_width=3),
        ),
        stacked(
            percent(x),
            spine.exit_end + 18,
            lines,
            text_anchor="middle",
            fill=_ink(route.tone),
            font_weight=STRONG,
        ),
        stacked(
            percent(x),
            spine.exit_end + 18 + 15 * len(lines),
            [fit(text, spine.column_px) for text in route.detail],
            text_anchor="middle",
            fill=MUTED,
        ),
    )


def _step(spine: Spine, sheet: Sheet, step: SpineStep) -> str:
    middle, top = spine.centre(step.id), spine.box_top(step.lane)
    room, size = spine.column_px * BOX_SHARE, spine.label_size
    lines = wrap(step.label or step.id, room - 2, size=size, bold=True)
    share = f" · {format_share(step.share)}" if step.share is not None else ""
    figures = f"{format_count(step.count)}{share}"
    if width_of(figures, SMALL) > room - 2:
        figures = format_count(step.count)
    first = top + (20 if len(lines) > 1 else 27)
    return mark(
        sheet,
        Mark(
            tr(
                "{place}: {journeys} reach it",
                place=step.label or step.id,
                journeys=_journeys(spine, step.count),
            ),
            step.link,
        ),
        tag(
            "rect",
            x=percent(middle - BOX_SHARE / 2 / spine.columns),
            y=top,
            width=percent(BOX_SHARE / spine.columns),
            height=BOX_HEIGHT,
            rx=6,
            fill=GROUND,
            stroke=_colour(step.tone),
            stroke_width=1.5,
        ),
        stacked(
            percent(middle),
            first,
            lines,
            leading=15,
            text_anchor="middle",
            font_weight=STRONG,
            font_size=size,
        ),
        words(percent(middle), top + 52, figures, text_anchor="middle", fill=MUTED, font_size=SMALL),
    )


def _pause(spine: Spine, sheet: Sheet, pause: PauseMark) -> str:
    if not pause.target or not spine.has(pause.target):
        return ""
    lane = spine.lane(pause.target)
    x = spine.column(pause.target) / spine.columns
    waited = format_duration(pause.median_s)
    spoken = tr(
        "{place} to {place2}: {journeys} pause, half of them longer than {waited}; a pause is over {time}",
        place=_label_of(spine, pause.source, "start"),
        place2=_label_of(spine, pause.target, "end"),
        journeys=_journeys(spine, pause.count),
        waited=waited,
        time=format_duration(pause.limit_s),
    )
    colour = _ink(pause.tone)
    return mark(
        sheet,
        Mark(spoken, pause.link, pause.key),
        _at(x, spine.middle(lane), *_hourglass(colour)),
        words(
            percent(x),
            spine.box_top(lane) - 6,
            waited,
            text_anchor="middle" if x > 0 else "start",
            fill=colour,
            font_weight=STRONG,
            **halo(),
        ),
    )


def _hourglass(colour: str) -> tuple[str, str]:
    return (
        tag("circle", r=10, fill=GROUND, stroke=colour, stroke_width=1.5),
        tag(
            "path",
            d="M-4 -6 H4 L-4 6 H4 Z",
            fill="none",
            stroke=colour,
            stroke_width=1.5,
            stroke_linejoin="round",
        ),
    )


def _legend(spine: Spine) -> str:
    """Return three widths with their counts: a tenth, a half and all of the journeys, rounded."""
    whole = spine.overlay.n
    if not whole:
        return ""
    y, x, found = spine.height + 16, 0.0, list[str]()
    for count in sorted({_round(whole / 10), _round(whole / 2), whole}):
        text = format_count(count)
        found.append(
            tag("line", x1=x, x2=x + 24, y1=y, y2=y, stroke=LINE, stroke_width=spine.thickness(count))
        )
        found.append(words(x + 30, y + 4, text, fill=MUTED, class_="figures"))
        x += 30 + width_of(text) + 16
    key = tr("{unit} · ▲ better, ▼ worse than as designed", unit=spine.overlay.unit or tr("journeys"))
    found.append(words(x - 10, y + 4, key, fill=MUTED))
    return "".join(found)


def _round(value: float) -> int:
    """Return a whole number with one significant figure, at least 1."""
    return max(1, int(float(f"{value:.1g}")))
