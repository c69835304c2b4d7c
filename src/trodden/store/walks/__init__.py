"""Walks: every customer's events in time order, ready for kernels; derived from events, rebuilt at will."""

from trodden.store.walks.memory import build_snapshot

__all__ = ["build_snapshot"]
