"""Who is erased, by the command or on a page, is erased from the records, too, whatever happens meanwhile."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from trodden.store.erasure import note_erasure, pending_erasures
from trodden.store.folder import Workspace
from trodden.store.proof import traces
from trodden.worker import BUSY

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


ASK = (
    PREPARE
    + """
import os
from trodden.web.api.models import Repeat
from trodden.web.customers import erasing
from trodden.web.findings.models import Case, Decision, Knowledge
from trodden.web.journeys.models import Deed, Draft, Revision
from trodden.web.sources.models import RulesVersion, SavedMapping
from django.utils import timezone
here, named = {"workspace": "default"}, 'Called "ann@a.example" twice.'
Decision(**here, key="k", by="Ada", act="note", text=named, sentence="").save()
Case(**here, key="k", reason=named, told='{"why": "ann@a.example"}').save()
Knowledge(**here, key="k", sentence="", meaning=named, by="Ada", review_on=timezone.now()).save()
draft = Draft(**here, name="Search", version=1)
draft.save()
Revision(draft=draft, number=0, text="name: ann@a.example", digest="d", by="Ada").save()
Deed(**here, name="Search", version=1, did="drafted", why=named, by="Ada").save()
RulesVersion(**here, number=1, text="- url: /ann@a.example", by="ann@a.example").save()
SavedMapping(**here, name="m", text="# ann@a.example", by="Ada").save()
Repeat(**here, who="w", key="k", asked="a", status=200, body='{"said": "ann@a.example"}').save()
Decision(workspace="other", key="k", by="Ada", act="note", text=named, sentence="").save()
erasing._POOL.submit = lambda *_given: os._exit(9)
erasing.begin("ann@a.example", "Ada")
"""
)
"""Asks for an erasure as a page does, in a process that is killed before anybody came to it."""

LEFT = """
import sys
from trodden.web.records import open_records
open_records(sys.argv[1], "default", "")
from trodden.web.customers.forgetting import _written
from trodden.web.customers.models import Erasing
for model, fields in _written():
    for row in model._base_manager.all():
        for field in fields:
            if "ann@a" in getattr(row, field.name):
                print(model.__name__, field.name, getattr(row, "workspace", ""))
for one in Erasing.here.all():
    print(one.asked_by, one.events, one.wishes, [one.traces], one.finished_at is None)
"""


def ran(*command: str, home: Path, status: int = 0, faults: str = "") -> str:
    environment = {**os.environ, "TRODDEN_SERVE_HOME": str(home), "TRODDEN_FAULTS": faults}
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == status, done.stderr
    return done.stdout


def told(home: Path, statement: str) -> None:
    """Tell the records' database something."""
    with closing(sqlite3.connect(home / "records.sqlite3", isolation_level=None)) as connection:
        connection.execute(statement)


def tidied(home: Path) -> int:
    """Tidy the workspace as the worker does; return how that ended."""
    command = [sys.executable, "-m", "trodden.web.worker", str(home), "default"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as child:
        return child.wait(60)


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


def test_an_erasure_asked_for_on_a_page_outlives_the_server_and_is_proved_by_the_worker(
    tmp_path: Path,
) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    home = tmp_path / "home"
    trodden = ("-m", "trodden", "--home", str(home))
    ran(*trodden, "import", str(tmp_path / "log.csv"), "--quiet", home=home)
    ran("-c", ASK, str(home), home=home, status=9)
    forgotten = ran("-c", LEFT, str(home), home=home).splitlines()
    assert forgotten == ["Decision text other", "Ada 0 10 [''] True"]
    workspace = Workspace.open(home)
    with (home / "workspaces/default/lock").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert tidied(home) == BUSY
    assert pending_erasures(workspace) == ["ann@a.example"]
    assert tidied(home) == 0
    assert pending_erasures(workspace) == []
    assert traces(workspace.root, "ann@a.example") == []
    assert ran("-c", LEFT, str(home), home=home).splitlines()[1:] == ["Ada 1 10 [''] False"]
    assert "customer.erased" in ran("-c", TELL, str(home), home=home)


def test_an_erasure_that_is_killed_is_finished_in_the_records_before_it_counts_as_done(
    tmp_path: Path,
) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    home = tmp_path / "home"
    trodden = ("-m", "trodden", "--home", str(home))
    ran(*trodden, "import", str(tmp_path / "log.csv"), "--quiet", home=home)
    looked, settled = "kill=erasure.after_look:1", "kill=erased.after_settle:1"
    ran(*trodden, "erase", "ann@a.example", "--yes", home=home, status=-9, faults=looked)
    workspace = Workspace.open(home)
    assert pending_erasures(workspace) == ["ann@a.example"]
    ran("-c", PREPARE, str(home), home=home)  # somebody writes of her meanwhile
    note_erasure(workspace, "bob@b.example")
    told(
        home,
        "CREATE TRIGGER full BEFORE DELETE ON customers_wish WHEN old.text = 'Ask once.' "
        "BEGIN SELECT RAISE(ABORT, 'disk full'); END",
    )
    assert tidied(home) == 0
    told(home, "DROP TRIGGER full")
    assert pending_erasures(workspace) == ["bob@b.example"]  # what the records refuse keeps nobody else
    assert traces(workspace.root, "ann@a.example") == []
    assert ran("-c", TELL, str(home), home=home).strip() == "['Ask once.'] ['customer.erased']"
    ran(*trodden, "erase", "bob@b.example", "--yes", home=home, status=-9, faults=settled)
    assert pending_erasures(workspace) == []
    assert ran("-c", TELL, str(home), home=home).strip() == "[] ['customer.erased', 'customer.erased']"


def test_nobody_is_erased_by_halves_where_the_records_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    home = tmp_path / "home"
    trodden = ("-m", "trodden", "--home", str(home))
    ran(*trodden, "import", str(tmp_path / "log.csv"), "--quiet", home=home)
    (home / "records.sqlite3").write_bytes(b"no database" * 100)
    ran(*trodden, "erase", "ann@a.example", "--yes", home=home, status=1)
    assert traces(home / "workspaces", "ann@a.example")
