"""``trodden backup`` and ``trodden restore``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from trodden.charts.formats import format_count, format_moment
from trodden.cli.shared import settings_of, write_json
from trodden.model.words import phrase, tr

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trodden.store.backup.manifest import Manifest


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--with-key", is_flag=True, help="Put the key in, too: then keep the backup as you keep passwords."
)
@click.option("--without-records", is_flag=True, help="Leave accounts, roles and the log out.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def backup(
    context: click.Context, folder: Path, *, with_key: bool, without_records: bool, as_json: bool
) -> None:
    """Copy everything that cannot be made again into FOLDER, which is not there yet.

    Servers and imports may go on meanwhile: what is acknowledged when this begins is in the backup. Every
    file is checked as it is read; where something is damaged, no backup is made.
    """
    from trodden.web.backups import back_up

    home = Path(settings_of(context).home)
    made = back_up(home, folder, with_key=with_key, without_records=without_records)
    if as_json:
        write_json(_as_json(made))
        return
    click.echo(f"{_told(made)} {tr('They are in {folder}.', folder=folder)}")
    if made.key and not made.has_secrets:
        click.echo(tr(_KEYS_LEFT_OUT if " " in made.key else _KEY_LEFT_OUT))


_KEY_LEFT_OUT = phrase("The key is not among them: keep a copy of secrets/key elsewhere, or use --with-key.")
_KEYS_LEFT_OUT = phrase(
    "The keys are not among them: keep copies of secrets/key and secrets/key-of-pseudonyms elsewhere, or use "
    "--with-key."
)
_TOLD = ("made_at", "made_by", "records", "has_secrets", "workspaces")


def _as_json(made: Manifest) -> dict[str, object]:
    found: dict[str, object] = {name: getattr(made, name) for name in _TOLD}
    return {**found, "bytes": made.bytes}


def _told(made: Manifest) -> str:
    from trodden.store.disk import size_text

    return tr(
        "{events} events of {names}, records: {records}; {size}.",
        events=format_count(sum(one.events for one in made.workspaces)),
        names=_names(one.name for one in made.workspaces),
        records=tr(made.records),
        size=size_text(made.bytes),
    )


def _names(workspaces: Iterable[str]) -> str:
    return ", ".join(workspaces) or tr("no workspace")


@click.command()
@click.argument("backup", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Only compare every byte with its hash; restore nothing.")
@click.option(
    "--erasures-of",
    type=click.Path(path_type=Path),
    metavar="HOME",
    help="Home folder the backup was made of: who was erased there since is erased again.",
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def restore(
    context: click.Context, backup: Path, *, check: bool, erasures_of: Path | None, as_json: bool
) -> None:
    """Restore BACKUP into the home folder (--home), which is not there yet: whole, or not at all.

    Who was erased is erased again, walks are built anew, and everybody signs in again; tokens and links are
    ended, and boards are mailed only once somebody has taken that on again.
    """
    from trodden.web.backups import check_backup
    from trodden.web.backups import restore as restore_home

    settings = settings_of(context)
    if check:
        _tell_checked(check_backup(backup), as_json=as_json)
        return
    made = restore_home(backup, Path(settings.home), settings.workspace, erasures_of)
    if as_json:
        write_json(made)
        return
    said = tr(
        "Restored {events} events of {names} into {home}, as of {moment}; {n} erased again.",
        events=format_count(made.events),
        names=_names(made.workspaces),
        home=settings.home,
        moment=format_moment(made.made_at, "UTC"),
        n=format_count(made.erased),
    )
    click.echo(said)
    if not made.has_key:
        click.echo(tr(_NO_KEY))


def _tell_checked(found: Manifest, *, as_json: bool) -> None:
    if as_json:
        write_json(_as_json(found))
    else:
        click.echo(f"{tr('Every byte is as it was written.')} {_told(found)}")


_NO_KEY = phrase(
    "The key the backup was made under is not here. Put it to secrets/key (mode 600), and where it was once "
    "replaced, that of pseudonyms to secrets/key-of-pseudonyms; or name them by TRODDEN_SECRET_KEY_FILE and "
    "TRODDEN_PSEUDONYM_KEY_FILE. Do so before anything is started: authenticator apps rest on the one, and "
    "on the other what records say of customers, so that who was erased can be found there."
)
