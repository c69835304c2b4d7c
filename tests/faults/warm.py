"""Imported once, before processes are forked: what they all need is loaded and compiled by then."""

from tests.support.events import events
from trodden.store.walks import build_snapshot

SNAPSHOT = build_snapshot(events(range(30)))
