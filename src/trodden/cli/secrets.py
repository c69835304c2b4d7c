"""``trodden key``: the key that signs and seals."""

from __future__ import annotations

import os

import click

from trodden.charts.formats import format_count
from trodden.cli.server import running_server
from trodden.cli.shared import settings_of
from trodden.model.errors import LockedError
from trodden.model.words import tr


@click.group(name="key")
def key_group() -> None:
    """Replace the key that signs sessions and seals second factors."""


@key_group.command()
@click.pass_context
def replace(context: click.Context) -> None:
    """Make a new key: every session ends, second factors go on working, pseudonyms stay as they are.

    Stop the server first. After an interruption both keys work; run it once more to finish.
    """
    from trodden.web.rekeying import replace_key

    settings = settings_of(context)
    server = running_server(settings.home)
    if server and _is_alive(server.pid):
        raise LockedError("A server runs on this home folder, with the key there is.", hint="Stop it first.")
    number = replace_key(settings.home, settings.workspace)
    said = tr(
        "The key was replaced. {n} second factors were sealed anew; everybody signs in again.",
        n=format_count(number),
    )
    click.echo(said)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
