"""The second process of ``trodden serve``: runs the worker until the first one is gone."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path


def main(home: str) -> None:
    """Run the worker; end it when standard input closes, whatever became of the process that held it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from trodden.worker import run

    run(Path(home))


def _end_with_parent() -> None:
    """Wait for the end of standard input, then ask this process to stop as an operator would."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(sys.argv[1])
