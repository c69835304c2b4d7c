"""How much a file may ask for before it is refused."""

from __future__ import annotations

import msgspec

KIB = 1 << 10
MIB = 1 << 20
GIB = 1 << 30


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds on hostile or broken files, far above what real ones need."""

    columns: int = 2_000
    """Columns of a file."""
    cell_bytes: int = MIB
    """Bytes of one cell; a row with a larger one is rejected."""
    record_bytes: int = 16 * MIB
    """Bytes of one row; a larger one is rejected."""
    name_bytes: int = 4 * KIB
    """Bytes of an identifier or of the name of a touchpoint; a row with a longer one is rejected."""
    inflated_bytes: int = 1024 * GIB
    """Bytes a compressed file may unpack to."""
    inflated_ratio: int = 250
    """How many times its own size a compressed file may unpack to, once it is past ``inflated_floor``."""
    inflated_floor: int = 64 * MIB
    depth: int = 32
    """Levels of nesting in JSON and XML."""
    sheet_bytes: int = 4 * GIB
    """Bytes all parts of a spreadsheet may unpack to; it is held in memory whole."""
    sandbox_bytes: int = 4 * GIB
    """Memory of the process that reads Parquet and spreadsheets."""
    sandbox_stall: float = 120.0
    """Seconds that process may be silent."""
    kept_rejects: int = 100_000
    """Rejected rows kept with their text; further ones are only counted."""
