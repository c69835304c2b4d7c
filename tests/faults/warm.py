"""Imported once, before processes are forked: what they all need is loaded and compiled by then."""

import os

from tests.support.events import events
from trodden import api
from trodden.engines import threads
from trodden.store import erasure, loader, undo
from trodden.store.walks import build_snapshot, encode

LOADED = (api, erasure, loader, undo)
SNAPSHOT = build_snapshot(events(range(30)))

# A child of a fork has its parent's pools but none of their threads.
for pool in (encode._helper, threads._pool):
    os.register_at_fork(after_in_child=pool.cache_clear)
