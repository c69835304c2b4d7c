"""The colours of pages and charts, also as people see them who see fewer colours."""

import re
from itertools import combinations, pairwise

import pytest
from coloraide import Color

from tests.support.scripts import ROOT

TOKENS = (ROOT / "ui" / "styles" / "tokens.css").read_text()
COLOURS = {
    name: {"light": light, "dark": dark}
    for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", TOKENS)
}
CATEGORIES = [f"cat-{number}" for number in range(1, 8)]
VISIONS = [None, "protan", "deutan", "tritan"]
THEMES = ["light", "dark"]


def contrast(name: str, ground: str, theme: str) -> float:
    return Color(COLOURS[name][theme]).contrast(Color(COLOURS[ground][theme]))


def seen(name: str, theme: str, vision: str | None) -> Color:
    """Return a colour as it is seen, by the model of Machado and others (2009)."""
    colour = Color(COLOURS[name][theme])
    return colour.filter(vision, method="machado", space="srgb-linear") if vision else colour


def apart(one: str, other: str, theme: str, vision: str | None) -> float:
    """Return the difference of two colours by CIEDE2000."""
    return seen(one, theme, vision).delta_e(seen(other, theme, vision), method="2000")


@pytest.mark.parametrize("theme", THEMES)
def test_text_stands_out_by_five_and_marks_by_three(theme: str) -> None:
    for ground in ("bg", "surface"):
        for text in ("text", "muted", "link", "better", "worse", "warn"):
            assert contrast(text, ground, theme) >= 5, (text, ground)
        assert contrast("control", ground, theme) >= 3, ground
    for mark in (*CATEGORIES, "plain", "focus"):
        assert contrast(mark, "bg", theme) >= 3, mark


@pytest.mark.parametrize("theme", THEMES)
def test_text_within_marks_stands_out_as_text_must(theme: str) -> None:
    for kind in ("cat", "seq"):
        for number in range(1, 8):
            assert contrast(f"{kind}-text-{number}", f"{kind}-{number}", theme) >= 4.5, (kind, number)


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", THEMES)
def test_series_are_told_apart_by_everybody(theme: str, vision: str | None) -> None:
    assert min(apart(one, other, theme, vision) for one, other in combinations(CATEGORIES, 2)) >= 16
    assert apart("better", "worse", theme, vision) >= 40


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", THEMES)
def test_from_few_to_many_only_grows_lighter_or_only_darker(theme: str, vision: str | None) -> None:
    lightness = [seen(f"seq-{number}", theme, vision).convert("lab-d65")["l"] for number in range(1, 8)]
    steps = [later - earlier for earlier, later in pairwise(lightness)]
    assert all(step < -5 for step in steps) or all(step > 5 for step in steps)
