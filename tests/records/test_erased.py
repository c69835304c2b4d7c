"""Who is erased by the command is erased from the records, too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

LOG = (
    "customer,touchpoint,time\nann@a.example,search,2026-05-01 10:00\nbob@b.example,search,2026-05-02 10:00\n"
)
PREPARE = """
import sys
from trodden.web.records import open_records
open_records(sys.argv[1], "default", "")
from trodden.web.audit.log import pseudonym
from trodden.web.customers.models import Wish
for customer, text in (("ann@a.example", "Say it sooner."), ("bob@b.example", "Like ann@a.example, twice."),
                       ("bob@b.example", "Ask once.")):
    Wish(workspace="default", map="Search", customer=pseudonym(customer), text=text, author="Ada").save()
"""
TELL = """
import sys
from trodden.web.records import open_records
open_records(sys.argv[1], "default", "")
from trodden.web.audit.models import Entry
from trodden.web.customers.models import Wish
print([one.text for one in Wish.everywhere.all()], [one.action for one in Entry.objects.all()])
"""


def ran(*command: str, home: Path) -> str:
    environment = {**os.environ, "TRODDEN_SERVE_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_was_said_about_somebody_erased_is_removed_and_the_erasure_logged(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    home = tmp_path / "home"
    trodden = ("-m", "trodden", "--home", str(home))
    ran(*trodden, "import", str(tmp_path / "log.csv"), "--quiet", home=home)
    ran("-c", PREPARE, str(home), home=home)
    ran(*trodden, "erase", "ann@a.example", "--yes", home=home)
    assert ran("-c", TELL, str(home), home=home).strip() == "['Ask once.'] ['customer.erased']"


def test_a_home_without_records_gets_none_by_an_erasure(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    home = tmp_path / "home"
    trodden = ("-m", "trodden", "--home", str(home))
    ran(*trodden, "import", str(tmp_path / "log.csv"), "--quiet", home=home)
    before = sorted(path.name for path in home.iterdir())
    ran(*trodden, "erase", "ann@a.example", "--yes", home=home)
    assert sorted(path.name for path in home.iterdir()) == before
