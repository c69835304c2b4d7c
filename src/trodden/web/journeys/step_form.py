"""The form of a designed step: what is written of it, and a step from what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from msgspec.structs import replace

from trodden.model.event import CHANNELS, OUTCOMES
from trodden.model.journey_map import Party, Sides, Step, Wait
from trodden.web.journeys.fields import Field, Fieldset, Typed, options_of, said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict

EMOTIONS: Final = (2.0, 1.5, 1.0, 0.5, 0.0, -0.5, -1.0, -1.5, -2.0)


def emotion_text(value: float) -> str:
    """Write an emotion with its sign."""
    return f"{value:+g}".replace("-", "\u2212") if value else "0"


def step_fields(step: Step, stages: Sequence[str]) -> tuple[Fieldset, ...]:
    """Return the fields of a step."""
    return (
        Fieldset("", _what(step, stages)),
        Fieldset(_("What each side does"), _sides(step)),
        Fieldset(_("Promise and wait"), _promise(step)),
        Fieldset(_("Meant to feel, and how you know"), _known(step)),
        Fieldset(_("More"), _more(step), is_closed=True),
    )


def _what(step: Step, stages: Sequence[str]) -> tuple[Field, ...]:
    return (
        Field("label", _("Name"), values=(step.label or step.id,)),
        Field(
            "stage", _("Stage"), "choice", (step.stage,), (("", _("none")), *options_of(stages, step.stage))
        ),
        Field(
            "match",
            _("Touchpoints that stand for it"),
            "list",
            step.match or (step.id,),
            known="known-touchpoints",
            hint=_("An event at any of them is this step."),
        ),
    )


def _sides(step: Step) -> tuple[Field, ...]:
    does = step.does
    return (
        Field("customer", _("Customer"), "area", (does.customer,)),
        Field("front_stage", _("Front stage"), "area", (does.front,), hint=_("Whom the customer meets.")),
        Field("back_stage", _("Back stage"), "area", (does.back,), hint=_("Who works behind the scenes.")),
        Field(
            "side",
            _("Its events happen"),
            "choice",
            ("front" if step.front else "back",),
            (("front", _("before the customer")), ("back", _("behind the scenes"))),
        ),
    )


def _promise(step: Step) -> tuple[Field, ...]:
    wait = step.wait
    return (
        Field("promise", _("Promise"), values=(step.promise,)),
        Field("typical", _("Expected wait before it"), values=said(wait.typical), hint=_("30min, 2h, 3d")),
        Field(
            "longest", _("Longest wait"), values=said(wait.longest), hint=_("Beyond it people wait too long.")
        ),
        Field("truth", _("Moment of truth"), "flag", ("yes",) if step.moment_of_truth else ()),
    )


def _known(step: Step) -> tuple[Field, ...]:
    chosen = "" if step.emotion is None else f"{step.emotion:g}"
    feelings = tuple((f"{value:g}", emotion_text(value)) for value in EMOTIONS)
    return (
        Field(
            "emotion",
            _("Meant to feel"),
            "choice",
            (chosen,),
            (
                ("", _("not said")),
                *feelings,
                *([] if chosen in dict(feelings) or not chosen else [(chosen, chosen)]),
            ),
            hint=_("From \u22122 to +2: a guess, kept apart from anything measured."),
        ),
        Field(
            "evidence",
            _("Known from"),
            "choice",
            (step.evidence,),
            (("assumed", _("assumed")), ("observed", _("observed")), ("researched", _("researched"))),
        ),
    )


def _more(step: Step) -> tuple[Field, ...]:
    return (
        Field(
            "channels",
            _("Channels intended"),
            "checks",
            step.channels,
            options_of((*CHANNELS, *step.channels)),
        ),
        Field("outcome", _("Only events that went"), "checks", step.outcome, options_of(OUTCOMES)),
        Field(
            "where",
            _("Only events whose properties are"),
            "area",
            ("\n".join(f"{name} = {', '.join(values)}" for name, values in step.where.items()),),
            hint=_("One on each line: plan = basic, plus"),
        ),
        Field("expected_outcome", _("Expected outcome"), values=(step.expected_outcome,)),
        Field(
            "kind",
            _("Kind"),
            "choice",
            (step.kind,),
            (("action", _("something that is done")), ("communication", _("something that is said"))),
        ),
        Field("sender", _("Sender"), values=(step.between.sender,)),
        Field("receiver", _("Receiver"), values=(step.between.receiver,)),
    )


def typed_step(step: Step, posted: QueryDict) -> Step:
    """Return a step as it was typed.

    Raises
    ------
    FieldFaultsError
        Something of it cannot be read.
    """
    typed = Typed(posted, step_fields(step, ()))
    wait = Wait(typed.wait("typical", step.wait.typical), typed.wait("longest", step.wait.longest))
    fields = {
        "label": _kept(step.label, step.id, typed.text("label")),
        "stage": typed.text("stage"),
        "match": _matched(step, typed.texts("match")),
        "outcome": typed.texts("outcome"),
        "where": step.where if typed.is_untouched("where") else _where(typed, posted.get("where", "")),
        "channels": typed.texts("channels"),
        "kind": typed.text("kind"),
        "between": Party(typed.text("sender"), typed.text("receiver")),
        "front": typed.text("side") != "back",
        "does": Sides(typed.text("customer"), typed.text("front_stage"), typed.text("back_stage")),
        "promise": typed.text("promise"),
        "expected_outcome": typed.text("expected_outcome"),
        "wait": wait,
        "moment_of_truth": typed.flag("truth"),
        "emotion": typed.number("emotion", step.emotion),
        "evidence": typed.text("evidence") or step.evidence,
    }
    if wait.typical is not None and wait.longest is not None and wait.typical > wait.longest:
        typed.faults["longest"] = _("Shorter than the expected wait.")
    typed.hold()
    return replace(step, **fields)


def _kept(label: str, id_: str, typed: str) -> str:
    """Return a label; none where none was said and the name of the step was left alone."""
    return label if typed in ("", label or id_) else typed


def _matched(step: Step, typed: tuple[str, ...]) -> tuple[str, ...]:
    """Return the touchpoints; none where none were said and the step's own name was left alone."""
    return step.match if typed == (step.match or (step.id,)) else typed


def _where(typed: Typed, text: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in filter(str.strip, text.splitlines()):
        name, equals, values = line.partition("=")
        listed = tuple(value.strip() for value in values.split(",") if value.strip())
        if not (equals and name.strip() and listed):
            typed.faults["where"] = _("Write one test on each line: plan = basic, plus")
        found[name.strip()] = listed
    return found


FAULTY: Final = {
    "wait": "longest",
    "where": "where",
    "channels": "channels",
    "outcome": "outcome",
    "stage": "stage",
    "flow": "match",
}
"""The field at which a fault of a step is told, by the last part of its place."""
