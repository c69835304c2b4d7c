"""The example notebooks run from the first cell to the last and show charts with tables."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide"
SHOWN = {"notebook": 6, "verdicts": 5}
"""Cells that show an answer, by notebook."""


def executed(name: str, path: Path) -> list[nbformat.NotebookNode]:
    """Run a notebook in a folder; return its cells with what they showed."""
    notebook = nbformat.read(GUIDE / f"{name}.ipynb", as_version=4)
    client = NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(path)}}
    )
    client.execute()
    return notebook.cells


def shown(cells: list[nbformat.NotebookNode]) -> list[str]:
    """Return the charts with their tables, in order."""
    outputs = [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]
    return [
        output["data"]["text/html"]
        for output in outputs
        if "<figcaption>" in output.get("data", {}).get("text/html", "")
    ]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", sorted(SHOWN))
def test_every_cell_runs_and_answers_show_a_chart_and_a_table(name: str, tmp_path: Path) -> None:
    found = shown(executed(name, tmp_path))
    assert len(found) >= SHOWN[name]
    assert all("<table" in html for html in found)
    assert sum("<svg" in html for html in found) >= len(found) - 2


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_stories_of_the_shop_are_found_by_asking(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_LOG", str(shared / "data/journeys/ecom.csv.gz"))
    cells = executed("shop", tmp_path)
    assert len(shown(cells)) >= 6
    told = [
        output["data"]["text/plain"]
        for cell in cells
        for output in cell.get("outputs", [])
        if "data" in output
    ]
    assert any("{'mobile': 31, 'desktop': 1, 'tablet': 0}" in text for text in told)
