"""What commands have in common: the place they work on, and how results are written."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from trodden.model.words import say, tr
from trodden.settings import Settings, load_settings

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from rich.console import Console

    from trodden.api import StoredWalks
    from trodden.store.folder import Workspace


def settings_of(context: click.Context, home: Path | None = None) -> Settings:
    """Return the settings of ``home``, or of the home folder the command was given."""
    found = load_settings(home or context.obj["home"])
    name = context.obj["workspace"]
    return msgspec.structs.replace(found, workspace=name) if name else found


def workspace_of(context: click.Context) -> Workspace:
    """Open the workspace the command works on."""
    from trodden.store.folder import Workspace

    settings = settings_of(context)
    return Workspace.open(settings.home, settings.workspace)


def walks_of(context: click.Context) -> StoredWalks:
    """Open the walks of the workspace the command works on."""
    import trodden.api

    settings = settings_of(context)
    found = trodden.api.open(settings.home, settings.workspace)
    for fault in found.catalog.faults:
        click.echo(tr("Warning: {fault}", fault=say(fault)), err=True)
    return found


def console(*, error: bool = False) -> Console:
    """Return a console that wraps nothing where nobody watches."""
    from rich.console import Console

    stream = sys.stderr if error else sys.stdout
    return Console(
        file=stream, width=None if stream.isatty() else 200, highlight=False, soft_wrap=not stream.isatty()
    )


def write_json(value: Any) -> None:  # noqa: ANN401 - anything msgspec can encode
    """Write a value as readable JSON."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def write_text(text: str) -> None:
    """Write a text whose last line may be ended already."""
    click.echo(text, nl=not text.endswith("\n"))


def write_file(path: Path, text: str | bytes) -> None:
    """Write a file whole and say so on standard error; what stood there stays until all is written."""
    content = text.encode() if isinstance(text, str) else text
    if path.exists() and not path.is_file():
        path.write_bytes(content)  # a device or a pipe takes what is written, and stays
    else:
        _replace(path.resolve(), content)
    click.echo(tr("Wrote {path}", path=path), err=True)


def _replace(path: Path, content: bytes) -> None:
    """Write beside a file and put that in its place, with the rights it had."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        scratch.write_bytes(content)
        if path.exists():
            scratch.chmod(path.stat().st_mode)
        scratch.replace(path)
    except OSError as error:
        error.filename = str(path)
        raise
    finally:
        scratch.unlink(missing_ok=True)


def opens_records(context: click.Context) -> bool:
    """Open the records, where this home has any; say whether it has."""
    from trodden.web.database import has_records

    settings = settings_of(context)
    if not has_records(settings.home):
        return False
    from trodden.web.records import open_records

    open_records(settings.home, settings.workspace, "")
    return True


def logged(context: click.Context, action: str, what: str) -> AbstractContextManager[None]:
    """Write into the log, as pages do, what is done in this block; where there are no records, nothing is."""
    if not opens_records(context):
        return nullcontext()
    from trodden.cli.people import SAYS_WHO
    from trodden.web.audit.log import logged as logged_as

    return logged_as(SAYS_WHO, action, what)
