"""Build the wheel, page assets included: ``python tools/dist.py [DIR]`` (default ``dist``).

Nothing is fetched: the build backend and the front-end packages are the locked ones. The same commit gives
the same bytes.
"""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILT = "trodden/web/static/built/"


def main(arguments: list[str]) -> int:
    """Build assets and wheel, and look into the wheel before it is called done."""
    target = Path(arguments[0] if arguments else ROOT / "dist").resolve()
    assets = [sys.executable, "tools/assets.py", "build"]
    wheel = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    for command in (assets, wheel):
        if subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode:
            return 1
    newest = max(target.glob("trodden-*.whl"), key=lambda path: path.stat().st_mtime)
    problems = faults(newest)
    for problem in problems:
        print(f"{newest.name}: {problem}", file=sys.stderr)
    return 1 if problems else 0


def environment() -> dict[str, str]:
    """Return the variables, with the time of the last commit as the time of everything built."""
    moment = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    return {"SOURCE_DATE_EPOCH": moment, **os.environ} if moment else dict(os.environ)


def faults(wheel: Path) -> list[str]:
    """Return what is wrong with the wheel: no page assets in it, or tests."""
    names = zipfile.ZipFile(wheel).namelist()
    assets = [name for name in names if name.startswith(BUILT) and name.endswith((".js", ".css"))]
    missing = [] if assets else [f"no page assets in {BUILT}"]
    return missing + [f"holds the test {name}" for name in names if "/tests/" in name]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
