"""The command line: every command is thin, and says what went wrong and how to mend it."""

from __future__ import annotations

import errno
import os
import sys

from trodden.model.errors import CallerError, DiskFullError, StoreError, TroddenError
from trodden.model.words import tr


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status: 0 ok, 1 failure, 2 usage."""
    from trodden.cli.language import spoken, wanted

    given = sys.argv[1:] if arguments is None else arguments
    with spoken(wanted(given, os.environ)):
        return _run(given)


def _run(arguments: list[str]) -> int:
    import click

    from trodden.cli.app import app
    from trodden.cli.language import said_again

    try:
        _refuse_undecoded(arguments)
        result = said_again(app).main(arguments, prog_name="trodden", standalone_mode=False)
    except TroddenError as error:
        return _failed(error)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        sys.stderr.write(f"{tr('Stopped.')}\n")
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
        return DiskFullError(
            f"{error.filename} could not be written: {reason}."
            if error.filename
            else f"Something could not be written: {reason}.",
            hint="Free some room, then run this again: nothing is stored twice.",
        )
    if error.filename is None:
        return StoreError(
            f"The system refused a call that named no file: {reason}.",
            hint="Look at the disk and the limits of this process (`trodden doctor`), then run this again.",
        )
    return StoreError(f"{error.filename}: {reason}.")


def _failed(error: TroddenError) -> int:
    sys.stderr.write(tr("Error: {message}", message=error.message) + "\n")
    if error.hint:
        sys.stderr.write(tr("Hint:  {hint}", hint=error.hint) + "\n")
    return error.exit_status
