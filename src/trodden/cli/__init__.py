"""The command line: every command is thin, and says what went wrong and how to mend it."""

from __future__ import annotations

import os
import sys

from trodden.model.errors import CallerError, StoreError, TroddenError


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
    """Say which file the machine would not read or write; an error that names none is raised as it is."""
    if error.filename is None:
        raise error
    return StoreError(f"{error.filename}: {error.strerror}.")


def _failed(error: TroddenError) -> int:
    sys.stderr.write(f"Error: {error.message}\n")
    if error.hint:
        sys.stderr.write(f"Hint:  {error.hint}\n")
    return error.exit_status
