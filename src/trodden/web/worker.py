"""The second process of ``trodden serve``: runs the worker until the first one is gone."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

from trodden.worker import end_with_parent, run


def main(home: str) -> None:
    """Run the worker; end it when standard input closes, whatever became of the process that held it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()
    run(Path(home))


if __name__ == "__main__":
    main(sys.argv[1])
