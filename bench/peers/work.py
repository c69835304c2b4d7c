"""One product doing one job in a process of its own.

``python -m bench.peers.work PRODUCT JOB FOLDER RUNS`` prints one JSON object: ``seconds`` of each run, the
first of them cold (the product opens its data in it), ``counted``, and the process's peak memory. No run is
begun after a minute. Nothing of ours is imported but where the product is ours, so that this runs in either
environment. Where memory runs out, the machine is told to end this process before any other.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import sys
import time
from pathlib import Path

ENOUGH_S = 60


def main() -> None:
    """Do the job and print what came of it."""
    product, job, folder, runs = sys.argv[1:5]
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="utf-8")
    module = importlib.import_module(f"bench.peers.{product}_")
    seconds: list[float] = []
    counted: object = None
    opened: object = None
    while len(seconds) < int(runs) and sum(seconds) < ENOUGH_S:
        begin = time.perf_counter()
        if opened is None:
            opened = module.opened(Path(folder))
        counted = getattr(module, job)(opened)
        seconds.append(time.perf_counter() - begin)
    print("\n" + json.dumps({"seconds": seconds, "counted": counted, "peak_mb": _peak_mb()}))


def _peak_mb() -> float:
    """Return the peak of this program's memory; that of getrusage begins with what started it."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    main()
