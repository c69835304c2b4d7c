"""Run every check that needs no test data: rules, types, layers, dead code, doctests, page assets.

Usage: ``python tools/check.py [NAME ...]``. All steps run, two at a time; what fails is printed whole.
"""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
NO_TESTS_COLLECTED = 5

STEPS = {
    "types": ["pyright"],
    "rules": ["ruff", "check", "--quiet", "."],
    "format": ["ruff", "format", "--quiet", "--diff", "."],
    "layers": ["lint-imports", "--no-cache", "--no-logo"],
    "dead code": ["python", "tools/dead_code.py"],
    "dependencies": ["deptry", "src"],
    "lock": ["uv", "lock", "--check", "--quiet", "--offline"],
    "doctests": ["python", "-m", "pytest", "--doctest-modules", "--ignore-glob=*/tests/*", "--quiet", "src"],
    "project": ["python", "-m", "pytest", "--quiet", "-m", "not slow", "tests/project"],
    "assets": ["python", "tools/assets.py", "check"],
    "reference": ["python", "tools/reference.py", "--check"],
    "words": ["python", "tools/words.py", "check"],
    "scorecard": ["python", "tools/scorecard.py", "--check"],
}
"""The commands by the name that is printed, the longest first."""


class Result(NamedTuple):
    """What a step came to."""

    name: str
    passed: bool
    output: str
    seconds: float


def main(names: list[str]) -> int:
    """Run the named steps, or all; return non-zero where any failed."""
    unknown = sorted(set(names) - set(STEPS))
    if unknown:
        print(f"unknown step {', '.join(unknown)}; known are {', '.join(STEPS)}", file=sys.stderr)
        return 2
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = [announced(result) for result in pool.map(run, names or STEPS)]
    failed = [result for result in results if not result.passed]
    for result in failed:
        print(f"\n--- {result.name}\n{result.output}")
    print(f"\n{len(results) - len(failed)} checks passed, {len(failed)} failed")
    return 1 if failed else 0


def run(name: str) -> Result:
    """Run one step."""
    begin = time.monotonic()
    program, *arguments = STEPS[name]
    done = subprocess.run(
        [BIN / program, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    passed = done.returncode == 0 or (name == "doctests" and done.returncode == NO_TESTS_COLLECTED)
    return Result(name, passed, done.stdout, time.monotonic() - begin)


def announced(result: Result) -> Result:
    """Print one line about the result and give it back."""
    print(f"{'ok  ' if result.passed else 'FAIL'} {result.name:<13}{result.seconds:6.1f} s", flush=True)
    return result


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
