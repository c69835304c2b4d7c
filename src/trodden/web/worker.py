"""The second process of ``trodden serve``: runs the worker until the first one is gone.

With the name of a workspace it is a child of that process, which tidies the workspace and ends.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from trodden import worker
from trodden.collect.parent import end_with_parent
from trodden.web.database import has_records


def main(home: str, name: str = "") -> int:
    """Run the worker; end it when standard input closes, whatever became of the process that held it."""
    if name:
        return worker.main(home, name, _with_records)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
    worker.run(Path(home), child="trodden.web.worker")
    return 0


def _with_records(home: Path, name: str) -> None:
    """Do what the records tell of: erasures, with their proof, and removals of what is too old."""
    from trodden.store.erasure import pending_erasures
    from trodden.store.folder import Workspace
    from trodden.store.retention import due

    workspace = Workspace.open(home, name)
    pending = pending_erasures(workspace)
    if not has_records(home) or not (pending or due(workspace)):
        return
    from trodden.web.records import connect

    connect(home, name)
    from trodden.web.customers.erasing import finish
    from trodden.web.setup.keeping import remove_as

    for customer in pending:
        finish(workspace, customer, patience_s=0.0)
    remove_as("the worker", workspace, patience_s=0.0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
