"""Install from Debian's packages what the tests need besides Python: a browser, a file system, a tracer.

Usage: ``python tools/machine.py chromium strace ext4``. Where a thing is missing and cannot be
installed (no root, no apt), the command says so and succeeds: the tests that need it are skipped and name the
reason.
"""

import os
import shutil
import subprocess
import sys

PACKAGES = {
    "chromium": ["chromium", "fonts-dejavu-core"],
    "ext4": ["e2fsprogs", "mount"],
    "strace": ["strace"],
}
"""Debian's packages by the name the tests use."""


def main(names: list[str]) -> int:
    """Install what is missing of ``names``; return non-zero only where installing was tried and failed."""
    unknown = sorted(set(names) - set(PACKAGES))
    if unknown or not names:
        print(f"usage: python tools/machine.py {' '.join(PACKAGES)}", file=sys.stderr)
        return 2
    missing = [name for name in names if not is_present(name)]
    if not missing:
        return 0
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(
            f"Missing: {', '.join(missing)}. Tests that need them will be skipped; to run them, say as root:"
        )
        print(f"  apt-get install {' '.join(packages(missing))}")
        return 0
    return install(packages(missing))


def is_present(name: str) -> bool:
    """Say whether the machine has it."""
    return bool(shutil.which({"ext4": "mkfs.ext4"}.get(name, name)))


def packages(names: list[str]) -> list[str]:
    """Return Debian's packages for the names."""
    return [package for name in names for package in PACKAGES[name]]


def install(wanted: list[str]) -> int:
    """Install Debian packages quietly; print apt's own words where that fails."""
    print(f"Installing {', '.join(wanted)} from Debian's packages ...", flush=True)
    return apt("update") or apt("install", "--yes", "--no-install-recommends", *wanted)


def apt(*arguments: str) -> int:
    """Run apt-get, waiting for another one to end; return its exit code."""
    command = ["apt-get", "--quiet", "--option", "DPkg::Lock::Timeout=300", *arguments]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
