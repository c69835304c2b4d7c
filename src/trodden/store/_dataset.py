"""Arrow's datasets, apart from the rest in `trodden.store._arrow`: they bring pandas where that is installed.

That costs a quarter of a second and 40 MB, so what only reads walks does not import them.
"""

from __future__ import annotations

from typing import Any

import pyarrow.dataset as _dataset

ds: Any = _dataset

__all__ = ["ds"]
