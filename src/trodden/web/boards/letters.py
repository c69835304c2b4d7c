"""A board as a mail: sentences, bars and tables that need nothing from anywhere, a link, a way to end it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.signing import BadSignature, Signer
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from trodden.charts import Bars
from trodden.charts.formats import format_count, format_moment
from trodden.charts.tables import table_of
from trodden.charts.text import text_of
from trodden.model.errors import TroddenError
from trodden.model.words import language, say
from trodden.web.boards.answering import asked_by, chart_of, name_of
from trodden.web.boards.keeping import cards_of
from trodden.web.boards.models import Recipient
from trodden.web.boards.outside import Outside, title_outside, walks_of
from trodden.web.languages import reading
from trodden.web.mails import one_line
from trodden.web.marks.drawn import marked
from trodden.web.tables import grid_of

if TYPE_CHECKING:
    from trodden.api import StoredWalks
    from trodden.charts import Chart
    from trodden.web.boards.models import Card, Delivery, Mailing
    from trodden.web.tables import Grid

ROWS: Final = 8
"""Rows of a table in a mail; the board has the others."""
_SIGNER: Final = Signer(salt="trodden boards unsubscribe")


@dataclass(frozen=True, slots=True)
class BarLine:
    """A bar: ``share`` of the longest, in whole per cent."""

    label: str
    value: str
    share: int
    rest: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A card in a mail: its sentence and its bars or table, or a note, or why there is no answer."""

    name: str
    sentence: str = ""
    about: str = ""
    bars: tuple[BarLine, ...] = ()
    grid: Grid | None = None
    notes: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent to everybody alike who reads ``language``; ``direction`` is how that is written."""

    name: str
    pieces: tuple[Piece, ...]
    link: str
    as_of: str
    language: str
    direction: Literal["ltr", "rtl"]


def letter_of(mailing: Mailing, found: StoredWalks, *, is_outside: bool) -> Letter:
    """Answer a board for a mail, to members or to people outside, in the language that is read here."""
    board = mailing.board
    cards = Outside(board).shown(mailing) if is_outside else cards_of(board)
    return Letter(
        name=title_outside(mailing) if is_outside else board.name,
        pieces=tuple(map(_piece, cards)),
        link=f"{settings.TRODDEN_PUBLIC_URL}{reverse('board', args=[board.pk])}",
        as_of=format_moment(found.catalog.as_of, found.catalog.time_zone),
        language=language(),
        direction="rtl" if get_language_bidi() else "ltr",
    )


def _piece(card: Card) -> Piece:
    if not card.analysis:
        return Piece("", text=card.text)
    try:
        found = walks_of(card)
        asked = asked_by(card, found)
        chart = marked(chart_of(asked, found.ask(asked.question)))
    except TroddenError:  # what is wrong may name what only members know
        return Piece(name_of(card), text=_("This has no answer just now."))
    return Piece(
        name=name_of(card),
        sentence=chart.title,
        about=_about(chart),
        bars=_bars(chart),
        grid=None if isinstance(chart, Bars) else grid_of(table_of(chart), None, ROWS),
        notes=tuple(map(say, chart.notes)),
        text=text_of(chart, rows=ROWS, width=76),
    )


def _about(chart: Chart) -> str:
    return f"n {format_count(chart.n)} {chart.unit}".rstrip() if chart.n else ""


def _bars(chart: Chart) -> tuple[BarLine, ...]:
    if not isinstance(chart, Bars):
        return ()
    rows = grid_of(table_of(chart), None, ROWS).rows
    longest = max((abs(bar.value) for bar in chart.bars), default=0) or 1
    shares = [round(100 * abs(bar.value) / longest) for bar in chart.bars[:ROWS]]
    return tuple(
        BarLine(row.name, row.cells[0][0], share, 100 - share)
        for row, share in zip(rows, shares, strict=True)
    )


def mail_of(letter: Letter, delivery: Delivery) -> EmailMultiAlternatives:
    """Return the mail to one address; sent a second time it is known by the same number."""
    recipient = delivery.recipient
    stop = stop_address(recipient)
    given = {"letter": letter, "stop": stop}
    with reading(letter.language):
        text, html = (render_to_string(f"boards/mail.{kind}", given) for kind in ("txt", "html"))
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    headers = {
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Message-ID": f"<{delivery.pk}@{host}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": letter.language,
    }
    subject = one_line(f"{letter.name}: {letter.as_of}")
    message = EmailMultiAlternatives(subject, text, to=[recipient.address], headers=headers)
    message.attach_alternative(html, "text/html")
    return message


def stop_address(recipient: Recipient) -> str:
    """Return where somebody ends what is sent to them, by one click and without signing in."""
    token = _SIGNER.sign(recipient.pk.hex)
    return f"{settings.TRODDEN_PUBLIC_URL}{reverse('board-stop', args=[token])}"


def recipient_of(token: str) -> Recipient | None:
    """Return whose mails a link ends; None where it is none of ours."""
    try:
        key = _SIGNER.unsign(token)
    except BadSignature:
        return None
    return Recipient.here.filter(pk=key).select_related("mailing__board").first()
