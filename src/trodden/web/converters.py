"""What a part of an address may be."""

from __future__ import annotations

from django.urls.converters import StringConverter


class AnyText(StringConverter):
    """Any text of one character or more: names of touchpoints may hold slashes and line breaks."""

    regex = "(?s:.+)"
