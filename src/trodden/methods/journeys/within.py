"""A snapshot in which there is nobody but the customers for whom a segment holds."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any, overload

from trodden.methods.journeys.segments import parse_segment
from trodden.methods.journeys.segments_codes import leaves_of
from trodden.methods.journeys.segments_did import Deviated
from trodden.methods.journeys.select import resolve_selection, select
from trodden.methods.journeys.units import frozen
from trodden.model.errors import TroddenError
from trodden.model.question import Question

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trodden.methods.journeys.segments import Condition
    from trodden.methods.journeys.select import Selection
    from trodden.model.catalog import Catalog
    from trodden.model.journey_map import JourneyMap
    from trodden.model.walks import Bucket, Snapshot


class Within:
    """The customers of a snapshot for whom a segment holds by their last events.

    Whoever is asked about, found or counted is one of them, as if nobody else had ever come. A segment that
    is not there, cannot be read, or rests on a map that may still be changed holds for nobody. What
    is not about single customers, such as the names of touchpoints and the time up to which things are known,
    is that of the snapshot behind it.
    """

    def __init__(self, snapshot: Snapshot, catalog: Catalog, segment: str) -> None:
        self._snapshot = snapshot
        self._selection = _selection(catalog, segment)
        kept = [self._kept(bucket) for bucket in snapshot.buckets()]
        self._pieces = [
            _part(bucket, some) for bucket, some in zip(snapshot.buckets(), kept, strict=True) if len(some)
        ]
        told = hashlib.blake2b(digest_size=8)
        for some in kept:
            told.update(len(some).to_bytes(8, "little") + some.tobytes())
        self.name = f"{snapshot.name}-{told.hexdigest()}"

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the snapshot has
        return getattr(self._snapshot, name)

    def buckets(self) -> Sequence[Bucket]:
        """Return every piece of every bucket in which there is somebody, in the order of the snapshot."""
        return self._pieces

    def customer(self, key: str) -> Bucket | None:
        """Return the one-customer bucket of ``key``, or None where nobody who is seen goes by that name."""
        found = self._snapshot.customer(key)
        return found if found is not None and len(self._kept(found)) else None

    def beginning(self, text: str, most: int) -> tuple[str, ...]:
        """Return the keys of customers that begin with a text: the first ``most`` in the order of letters."""
        keys = self._keys
        follow = islice(keys, bisect_left(keys, text), None)
        return tuple(islice(takewhile(lambda key: key.startswith(text), follow), most))

    @cached_property
    def _keys(self) -> list[str]:
        return sorted(key for piece in self._pieces for key in piece.keys)

    def _kept(self, bucket: Bucket) -> NDArray[np.int64]:
        """Return the places of the customers of a bucket who are seen, ascending."""
        import numpy as np

        if self._selection is None:
            return np.empty(0, np.int64)
        return np.unique(select(bucket, self._selection).customer)


class SomeKeys(Sequence[str]):
    """Some of the keys of a bucket, decoded on access as those are."""

    def __init__(self, keys: Sequence[str], places: NDArray[np.int64]) -> None:
        self._keys = keys
        self._places = places

    def __len__(self) -> int:
        """Count the keys."""
        return len(self._places)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        """Return a key, or several."""
        if isinstance(place, slice):
            return SomeKeys(self._keys, self._places[place])
        return self._keys[int(self._places[place])]


def open_map(condition: Condition, maps: Mapping[str, JourneyMap]) -> str:
    """Return the first map a condition names other than as a published version; empty where none is.

    Whom a limit shows is nobody's to change who is limited: maps without a version are read as the newest,
    and drafts are edited.
    """
    named = [leaf.map for leaf in leaves_of(condition) if isinstance(leaf, Deviated)]
    return next((name for name in named if name not in maps or maps[name].published_at is None), "")


def _selection(catalog: Catalog, segment: str) -> Selection | None:
    try:
        if open_map(parse_segment(segment, catalog.segments), catalog.maps):
            return None
        return resolve_selection(Question(unit="customer", segment=segment), catalog)
    except TroddenError:
        return None


def _part(bucket: Bucket, some: NDArray[np.int64]) -> Bucket:
    starts, ends = frozen(bucket.starts[some]), frozen(bucket.ends[some])
    return replace(bucket, starts=starts, ends=ends, keys=SomeKeys(bucket.keys, some))
