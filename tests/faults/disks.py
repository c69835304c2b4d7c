"""Disks of our own: one that can lose its power, one that is full."""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
import subprocess
from collections.abc import Generator
from pathlib import Path

_SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN
_NO_LOG_FLUSH = 2


class LoopDisk:
    """An ext4 file system in a file: what was not flushed is gone when its power is cut."""

    def __init__(self, folder: Path, mebibytes: int = 96) -> None:
        self.image = folder / "disk.img"
        self.point = folder / "disk"
        self.point.mkdir()
        with self.image.open("wb") as file:
            file.truncate(mebibytes << 20)
        _run("mkfs.ext4", "-q", str(self.image))
        self.mount()

    def mount(self) -> None:
        """Mount it; after a power cut the journal is replayed."""
        _run("mount", "-o", "loop", str(self.image), str(self.point))

    def cut_power(self) -> None:
        """Lose at once everything that has not been flushed."""
        descriptor = os.open(self.point, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, _SHUTDOWN, struct.pack("I", _NO_LOG_FLUSH))
        finally:
            os.close(descriptor)

    def unmount(self) -> None:
        """Unmount it, if it is mounted."""
        if os.path.ismount(self.point):
            _run("umount", str(self.point))

    def restart(self) -> None:
        """Come up again after a power cut."""
        self.unmount()
        self.mount()


@contextlib.contextmanager
def loop_disk(folder: Path) -> Generator[LoopDisk]:
    """Give a disk whose power can be cut."""
    disk = LoopDisk(folder)
    try:
        yield disk
    finally:
        disk.unmount()


@contextlib.contextmanager
def small_disk(folder: Path, kibibytes: int) -> Generator[Path]:
    """Give a folder on a disk of this size."""
    folder.mkdir()
    _run("mount", "-t", "tmpfs", "-o", f"size={kibibytes}k", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        _run("umount", str(folder))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
