"""What a part of an address may be."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import StringConverter


class AnyText(StringConverter):
    """Any text of one character or more: names of touchpoints may hold slashes and line breaks."""

    regex = "(?s:.+)"


def make_known() -> None:
    """Let addresses say ``<any:name>``, once: before the addresses of areas are read, which do."""
    register_converter(AnyText, "any")
