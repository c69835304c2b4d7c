"""What is done by commands: the records forget the states of a draft put aside, and the log tells of all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.records.test_upgrade import trodden
from trodden.methods.journeys.maps import parse_map
from trodden.store.catalog import add_map
from trodden.store.folder import Workspace

TELL = """
import sys
from trodden.web.records import open_records
open_records(sys.argv[1], "default", "")
from trodden.web.audit.models import Entry
from trodden.web.journeys.models import Draft
if len(sys.argv) > 2:
    Draft(workspace="default", name="Again", version=1).save()
print(Draft.everywhere.count(), [one.action for one in Entry.objects.all()])
"""


def told(home: Path, *more: str) -> str:
    command = [sys.executable, "-c", TELL, str(home), *more]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_a_draft_discarded_by_command_leaves_no_state_that_a_later_one_could_be_undone_to(
    tmp_path: Path,
) -> None:
    add_map(Workspace.create(tmp_path), parse_map("name: Again\nflow: [assign, close]\n"))
    assert told(tmp_path, "and make a draft") == "1 []"
    trodden(tmp_path, "map", "discard", "Again")
    trodden(tmp_path, "workspace", "set", "--time-zone", "Europe/Berlin")
    assert told(tmp_path) == "0 ['map.discarded', 'workspace.change']"
