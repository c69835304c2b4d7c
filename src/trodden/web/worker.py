"""The second process of ``trodden serve``: runs the worker until the first one is gone.

With the name of a workspace it is a child of that process, which tidies the workspace and ends.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from trodden import worker
from trodden.collect.parent import end_with_parent
from trodden.web.database import has_records
from trodden.web.saved import remove_old_copies

if TYPE_CHECKING:
    from trodden.store.folder import Workspace


def main(home: str, name: str = "") -> int:
    """Run the worker; end it when standard input closes, whatever became of the process that held it."""
    if name:
        remove_old_copies(home)
        return worker.main(home, name, _erase, _remove)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
    worker.run(Path(home), child="trodden.web.worker")
    return 0


def _erase(workspace: Workspace) -> None:
    """Finish erasures; where there are records, in those as well, and note the proof there."""
    from trodden.store.erasure import pending_erasures, resume_erasures

    pending = pending_erasures(workspace)
    if not has_records(workspace.home):
        resume_erasures(workspace)
    elif pending:
        _open_records(workspace)
        from trodden.web.customers.erasing import finish

        for customer in pending:
            finish(workspace, customer)


def _remove(workspace: Workspace) -> None:
    """Remove what is too old; where there are records, having logged it."""
    from trodden.store.retention import due, remove_old

    if not has_records(workspace.home) or due(workspace) is None:
        remove_old(workspace)
    else:
        _open_records(workspace)
        from trodden.web.setup.keeping import remove_as

        remove_as("the worker", workspace)


def _open_records(workspace: Workspace) -> None:
    from trodden.web.records import connect

    connect(workspace.home, workspace.name)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
