"""The command line: every command is thin, and says what went wrong and how to mend it."""

from __future__ import annotations

import errno
import os
import sys

from trodden.model.errors import CallerError, DiskFullError, StoreError, TroddenError


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status: 0 ok, 1 failure, 2 usage."""
    import click

    from trodden.cli.app import app

    try:
        _refuse_undecoded(sys.argv[1:] if arguments is None else arguments)
        result = app.main(arguments, prog_name="trodden", standalone_mode=False)
    except TroddenError as error:
        return _failed(error)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        sys.stderr.write("Stopped.\n")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _failed(_told(error))
    return result if isinstance(result, int) else 0


def _refuse_undecoded(arguments: list[str]) -> None:
    """Refuse arguments whose bytes are no text: no name, text or file of ours has such."""
    for argument in arguments:
        if any("\udc80" <= letter <= "\udcff" for letter in argument):
            found = argument.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
            raise CallerError(f"The argument {found!r} is not UTF-8.", hint="Write it in UTF-8.")


def _told(error: OSError) -> StoreError:
    """Say what the machine would not do, and with which file where the error names one."""
    reason = error.strerror or str(error) or type(error).__name__
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        place = (
            f"{error.filename} could not be written" if error.filename else "Something could not be written"
        )
        return DiskFullError(
            f"{place}: {reason}.", hint="Free some room, then run this again: nothing is stored twice."
        )
    if error.filename is None:
        return StoreError(
            f"The system refused a call that named no file: {reason}.",
            hint="Look at the disk and the limits of this process (`trodden doctor`), then run this again.",
        )
    return StoreError(f"{error.filename}: {reason}.")


def _failed(error: TroddenError) -> int:
    sys.stderr.write(f"Error: {error.message}\n")
    if error.hint:
        sys.stderr.write(f"Hint:  {error.hint}\n")
    return error.exit_status
