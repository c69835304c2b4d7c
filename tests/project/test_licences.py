import json
import re
from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement

from tests.support.scripts import ROOT

PERMISSIVE = re.compile(r"Apache|BSD|MIT|ISC|PSF|Python Software Foundation|Zlib|CC0|0BSD|Unlicense")
COPYLEFT = re.compile(r"GPL|EUPL|MPL|EPL|CDDL|Commercial|non-?commercial", re.IGNORECASE)


def run_time_distributions(name: str, found: dict[str, metadata.Distribution]) -> None:
    """Collect what installing ``name`` brings, without extras."""
    key = re.sub(r"[-_.]+", "-", name).lower()
    if key in found:
        return
    found[key] = metadata.distribution(name)
    for text in found[key].requires or []:
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            run_time_distributions(requirement.name, found)


def licence(distribution: metadata.Distribution) -> str:
    """Return the licence as the package states it: the expression, else its classifiers, else its words."""
    about = distribution.metadata
    classifiers = [text for text in about.get_all("Classifier", []) if text.startswith("License")]
    return about.get("License-Expression") or "; ".join(classifiers) or about.get("License") or ""


def front_end_packages() -> Iterator[tuple[str, str]]:
    """Yield what is built into the pages, with its licence."""
    lock = json.loads((ROOT / "ui" / "package-lock.json").read_text())
    for path, package in lock["packages"].items():
        if path and not package.get("dev"):
            yield path, package.get("license", "")


def is_permissive(text: str) -> bool:
    """Say whether the licence lets anybody use, change and sell the work."""
    return bool(PERMISSIVE.search(text)) and not COPYLEFT.search(text)


def test_everything_installed_with_the_package_is_permissively_licensed() -> None:
    found: dict[str, metadata.Distribution] = {}
    run_time_distributions("trodden", found)
    assert {"django", "duckdb", "numba"} <= set(found)
    assert {name: licence(it) for name, it in found.items() if not is_permissive(licence(it))} == {}


def test_everything_built_into_the_pages_is_permissively_licensed() -> None:
    packages = dict(front_end_packages())
    assert "node_modules/lit" in packages
    assert {path: text for path, text in packages.items() if not is_permissive(text)} == {}
