"""Walks: every customer's events in time order, ready for kernels; derived from events, rebuilt at will."""

from trodden.store.walks.memory import build_snapshot
from trodden.store.walks.store import Refreshed, WalkStore

__all__ = ["Refreshed", "WalkStore", "build_snapshot"]
