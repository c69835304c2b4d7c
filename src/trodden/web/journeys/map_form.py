"""The forms of a map's own fields, of its stages and of the expected shares of a choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from msgspec.structs import replace

from trodden.methods.journeys.flow import step_ids
from trodden.methods.journeys.mapdiff_said import name_of
from trodden.model.journey_map import Bounds, Forecast
from trodden.web.journeys.fields import Field, Fieldset, Typed, percent, said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import QueryDict

    from trodden.model.journey_map import Branch, Choice, JourneyMap, Step


def map_fields(journey_map: JourneyMap) -> tuple[Fieldset, ...]:
    """Return the fields of a map."""
    bounds, forecast = journey_map.bounds, journey_map.forecast
    touchpoints = "known-touchpoints"
    return (
        Fieldset(
            "",
            (
                Field("goal", _("Goal of the customer"), values=(journey_map.goal,)),
                Field("owner", _("Owner"), values=(journey_map.owner,)),
                Field("author", _("Author"), values=(journey_map.author,)),
                Field("basis", _("Evidence it rests on"), "area", (journey_map.evidence,)),
            ),
        ),
        Fieldset(
            _("Where a journey begins and ends"),
            (
                Field(
                    "start",
                    _("Begins at"),
                    "list",
                    bounds.start,
                    known=touchpoints,
                    hint=_("Empty: at any first step."),
                ),
                Field(
                    "reached",
                    _("Reaches its goal at"),
                    "list",
                    bounds.reached,
                    known=touchpoints,
                    hint=_("Empty: at any last step."),
                ),
                Field("abandoned", _("Ends without it at"), "list", bounds.abandoned, known=touchpoints),
                Field(
                    "silence",
                    _("Ends after a silence of more than"),
                    values=said(bounds.silence),
                    hint=_("12h, 30d"),
                ),
            ),
        ),
        Fieldset(
            _("Forecast: of 100 journeys this many reach the goal"),
            (
                Field("expected", _("Expected, %"), values=percent(forecast.reached)),
                Field("low", _("At least, %"), values=percent(forecast.low)),
                Field("high", _("At most, %"), values=percent(forecast.high)),
            ),
        ),
    )


def typed_map(journey_map: JourneyMap, posted: QueryDict) -> JourneyMap:
    """Return a map as it was typed.

    Raises
    ------
    FieldFaultsError
        Something of it cannot be read.
    """
    typed, was = Typed(posted, map_fields(journey_map)), journey_map.forecast
    bounds = Bounds(
        typed.texts("start"),
        typed.texts("reached"),
        typed.texts("abandoned"),
        typed.wait("silence", journey_map.bounds.silence) or Bounds().silence,
    )
    forecast = Forecast(
        typed.share("expected", was.reached), typed.share("low", was.low), typed.share("high", was.high)
    )
    fields = {
        "goal": typed.text("goal"),
        "owner": typed.text("owner"),
        "author": typed.text("author"),
        "evidence": typed.text("basis"),
    }
    typed.hold()
    return replace(journey_map, bounds=bounds, forecast=forecast, **fields)


def stage_fields(journey_map: JourneyMap) -> tuple[Field, ...]:
    """Return one field for each stage, and one for a new one."""
    stages = enumerate(journey_map.stages)
    return (
        *(Field(f"stage-{n}", _("Stage {n}").format(n=n + 1), values=(stage,)) for n, stage in stages),
        Field("stage-new", _("A new stage, at the end")),
    )


def typed_stages(journey_map: JourneyMap, posted: QueryDict) -> tuple[tuple[str, str], ...]:
    """Return each stage of the map its author saw as it was called and as it is called now.

    An empty name takes it away.

    Raises
    ------
    FieldFaultsError
        A name is too long or stands twice.
    """
    typed = Typed(posted, (Fieldset("", stage_fields(journey_map)),))
    known = [
        (stage, typed.text(f"stage-{n}") if f"stage-{n}" in posted else stage)
        for n, stage in enumerate(journey_map.stages)
    ]
    listed = (*known, ("", typed.text("stage-new")))
    names = [now for _was, now in listed if now]
    for number, (_was, now) in enumerate(listed):
        if now and names.count(now) > 1:
            place = f"stage-{number}" if number < len(known) else "stage-new"
            typed.faults[place] = _("This stage is listed twice.")
    typed.hold()
    return tuple(listed)


def renamed_stages(
    listed: tuple[tuple[str, str], ...], stages: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """Return what was typed of stages, on top of those there are by now: in their order, new ones last.

    A stage somebody renamed or took away meanwhile stays as they left it.
    """
    said = {was: now for was, now in listed if was}
    new = tuple(pair for pair in listed if not pair[0] and pair[1] and pair[1] not in stages)
    return (*((stage, name) for stage in stages if (name := said.get(stage, stage))), *new)


def choice_fields(choice: Choice, steps: Mapping[str, Step]) -> tuple[Field, ...]:
    """Return one field for the expected share of each branch."""
    return tuple(
        Field(
            _share_of(branch),
            _("By way of {step}, %").format(step=name_of(steps[step_ids(branch.flow)[0]])),
            values=percent(branch.share),
        )
        for branch in choice.branches
    )


def _share_of(branch: Branch) -> str:
    """Return the field of a branch, which is known by its first step, wherever it stands."""
    return f"share-{step_ids(branch.flow)[0]}"


def typed_shares(
    seen: Choice, choice: Choice, steps: Mapping[str, Step], posted: QueryDict
) -> tuple[float | None, ...]:
    """Return the expected share of each branch: as it was typed where its author changed what they saw.

    Raises
    ------
    FieldFaultsError
        One is no share.
    """
    typed = Typed(posted, (Fieldset("", choice_fields(seen, steps)),))
    names = [_share_of(branch) for branch in choice.branches]
    shares = tuple(
        typed.share(name, branch.share) for name, branch in zip(names, choice.branches, strict=True)
    )
    typed.hold()
    return shares
