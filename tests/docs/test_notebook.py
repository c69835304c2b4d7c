"""The example notebook runs from the first cell to the last and shows charts with tables."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).resolve().parents[2] / "docs" / "guide" / "notebook.ipynb"


@pytest.mark.slow
def test_every_cell_runs_and_answers_show_a_chart_and_a_table() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": "."}}
    ).execute()
    asked = [cell for cell in notebook.cells if cell.cell_type == "code" and ".ask(" in cell.source]
    shown = [output["data"]["text/html"] for cell in asked for output in cell.outputs if "data" in output]
    assert len(shown) == len(asked)
    assert all("<figcaption>" in html and "<table" in html for html in shown)
    assert sum("<svg" in html for html in shown) >= len(asked) - 2
