"""The one place that calls text markup: drawings of ours, in which every label is escaped or none is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.safestring import SafeString, mark_safe

from trodden.charts.svg import Sheet, draw

if TYPE_CHECKING:
    from trodden.charts import Chart
    from trodden.charts.svg.marks import Address


def drawing(chart: Chart, address: Address | None = None, width: int = 720) -> SafeString:
    """Return the drawing of a chart for a page, its marks leading where ``address`` says."""
    return mark_safe(draw(chart, Sheet(width=width, address=address, page=True)))  # noqa: S308 - draw escapes


def qr_code(text: str) -> SafeString:
    """Return the QR code of a text: dark squares on light ground in either theme, as cameras expect."""
    from qrcode.main import QRCode

    code = QRCode(border=4)
    code.add_data(text)
    rows = code.get_matrix()
    squares = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark
    )
    size = len(rows)
    return mark_safe(  # noqa: S308 - made of numbers alone
        f'<svg class="qr" viewBox="0 0 {size} {size}" aria-hidden="true" focusable="false">'
        f'<path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/><path fill="#000" d="{squares}"/></svg>'
    )
