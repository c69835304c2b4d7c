"""One product doing one job in a process of its own.

``python -m bench.peers.work PRODUCT JOB FOLDER RUNS`` prints one JSON object: ``seconds`` of each run, the
first of them cold (the product opens its data in it), ``counted``, and the process's peak memory. Nothing of
ours is imported but where the product is ours, so that this runs in either environment.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path


def main() -> None:
    """Do the job and print what came of it."""
    product, job, folder, runs = sys.argv[1:5]
    module = importlib.import_module(f"bench.peers.{product}_")
    seconds: list[float] = []
    counted: object = None
    opened: object = None
    for _ in range(int(runs)):
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
