import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.scripts import ROOT

DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def code(text: str) -> Iterator[str]:
    """Yield what a document shows as code: its blocks, line by line, and its inline pieces."""
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    for block in blocks:
        yield from block.splitlines()
    yield from re.findall(r"`([^`\n]+)`", text)


def mentioned(program: str) -> list[tuple[str, str]]:
    """Return (document, first argument) wherever a document tells the reader to run ``program``."""
    pattern = re.compile(rf"^\s*(?:\$ )?{program} ([a-z][a-z-]*)")
    return [
        (str(path.relative_to(ROOT)), match.group(1))
        for path in DOCUMENTS
        for line in code(path.read_text())
        if (match := pattern.match(line))
    ]


def test_every_make_target_that_a_document_names_exists() -> None:
    named = mentioned("make")
    assert named, "the documents name no target at all"
    assert [(document, target) for document, target in named if target not in TARGETS] == []


def test_every_command_that_a_document_names_exists() -> None:
    from trodden.cli.app import COMMANDS

    assert [(document, name) for document, name in mentioned("trodden") if name not in COMMANDS] == []


def test_the_help_of_make_names_every_target_for_people() -> None:
    makefile = (ROOT / "Makefile").read_text()
    helped = set(re.findall(r'@echo "make ([a-z-]+)', makefile))
    assert helped == TARGETS - {"help", "env", "dev", "assets", "clean"}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", path.read_text())
    assert [target for target in targets if not (path.parent / target).exists()] == []
