"""Arrow for a strictly typed room.

The stubs of pyarrow leave most results partly unknown, which strict checking refuses at every
use. Here the modules are `Any` and the few types our signatures name are real, so the checks bear
on our own code. Write ``from trodden.store._arrow import Column, Table, pa, pc``.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import pyarrow as _pyarrow  # noqa: ICN001 -- `pa` is the untyped name below
import pyarrow.compute as _compute
import pyarrow.ipc as _ipc
import pyarrow.parquet as _parquet

pa: Any = _pyarrow
pc: Any = _compute
ipc: Any = _ipc
pq: Any = _parquet

pa.set_memory_pool(pa.system_memory_pool())
"""Arrow's own allocators hand pages back and take cleared ones anew for every batch of events: the system
spent a third of an import on that."""

Table: TypeAlias = _pyarrow.Table
Schema: TypeAlias = _pyarrow.Schema
Column: TypeAlias = Any
"""An `Array` or a `ChunkedArray`: what compute functions take and give."""
Field: TypeAlias = Any
Dataset: TypeAlias = Any

__all__ = ["Column", "Dataset", "Field", "Schema", "Table", "ipc", "pa", "pc", "pq"]
