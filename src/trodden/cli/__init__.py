"""The command line: every command is thin, and says what went wrong and how to mend it."""

from __future__ import annotations

import os
import sys

from trodden.model.errors import TroddenError


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status: 0 ok, 1 failure, 2 usage."""
    import click

    from trodden.cli.app import app

    try:
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
    return result if isinstance(result, int) else 0


def _failed(error: TroddenError) -> int:
    sys.stderr.write(f"Error: {error.message}\n")
    if error.hint:
        sys.stderr.write(f"Hint:  {error.hint}\n")
    return error.exit_status
