"""What a question may refer to by name, gathered before it is planned."""

from __future__ import annotations

from datetime import datetime

import msgspec

from trodden.model.calendars import Calendar
from trodden.model.journey_map import JourneyMap
from trodden.model.walks import Dictionaries


class Catalog(msgspec.Struct, frozen=True, kw_only=True):
    """Everything names resolve against; plain data, no input or output.

    The library fills it from the workspace folder, the web from its records. A plan embeds what
    it resolved, so a plan and a snapshot alone determine an answer.
    """

    snapshot: str
    as_of: datetime
    time_zone: str = "UTC"
    week_begins: str = "monday"
    """Or saturday, or sunday."""
    currency: str = ""
    stages: tuple[str, ...] = ()
    dictionaries: Dictionaries = Dictionaries()
    maps: dict[str, JourneyMap] = {}
    """By ``name@version``."""
    segments: dict[str, str] = {}
    """Saved segment expressions by name."""
    calendars: dict[str, Calendar] = {}
    """Opening hours by name."""
    faults: tuple[str, ...] = ()
    """What could not be read, each with its place and how to mend it; the rest can be used."""
