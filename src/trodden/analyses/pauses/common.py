"""What the passes of ``pauses`` share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trodden.methods.journeys.pauses_places import Design, Placed, place_steps
from trodden.methods.journeys.periods import moment
from trodden.methods.journeys.select import Selection, select
from trodden.model.question import About

if TYPE_CHECKING:
    from trodden.methods.journeys.units import Counted, Units
    from trodden.model.walks import Bucket


def place_bucket(bucket: Bucket, selection: Selection, design: Design | None) -> tuple[Units, Placed]:
    """Cut the units out of a bucket and say where their steps stand."""
    units = select(bucket, selection)
    return units, place_steps(design, bucket, units)


def about(
    name: str, snapshot: str, selection: Selection, counted: Counted, notes: tuple[str, ...] = ()
) -> About:
    """Say what was counted."""
    return About(
        analysis=name,
        snapshot=snapshot,
        as_of=moment(selection.as_of),
        unit=selection.unit,
        units=counted.units,
        customers=counted.customers,
        events=counted.events,
        open=counted.open,
        ties=counted.ties,
        notes=(*selection.notes, *notes),
    )
