"""``trodden user`` and ``trodden upgrade``: who may sign in, and the records they are in."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from trodden.cli.server import running_server
from trodden.cli.shared import console, settings_of
from trodden.model.errors import CallerError, UnknownNameError
from trodden.model.words import tr
from trodden.settings import load_settings

if TYPE_CHECKING:
    from trodden.web.people.models import Invitation

SAYS_WHO = "the command line"
"""Who the log names: whoever may run commands on the data."""


@click.group(name="user")
@click.pass_context
def user_group(context: click.Context) -> None:
    """Invite, list and disable people; say what they may do in the workspace."""
    from trodden.web.records import open_records

    settings = settings_of(context)
    server = running_server(settings.home)
    url = server.url if server else f"http://localhost:{settings.port}"
    open_records(settings.home, server.workspace if server else load_settings(settings.home).workspace, url)
    from trodden.web.workspaces import within

    context.with_resource(within(settings.workspace))


@user_group.command()
@click.argument("email")
@click.option("--role", default="viewer", show_default=True, help="What they may do.")
@click.option("--department", default="", help="Decides which findings reach them.")
@click.option("--see-pii", is_flag=True, help="They see who customers are.")
@click.option("--name", default="", help="With --password-stdin: what they are called.")
@click.option("--password-stdin", is_flag=True, help="Make the account at once, its password from stdin.")
@click.option("--workspace", metavar="NAME", help="Into another workspace than the chosen one.")
@click.pass_context
def add(  # noqa: PLR0913 - one for each option
    context: click.Context,
    email: str,
    role: str,
    department: str,
    name: str,
    workspace: str | None,
    *,
    see_pii: bool,
    password_stdin: bool,
) -> None:
    """Invite EMAIL: prints a link that works once, for seven days.

    Who has an account signs in and enters one more workspace by it. With --password-stdin the account is
    made at once.
    """
    from trodden.web.audit.log import write
    from trodden.web.people.staff import invited, known_role

    if workspace:
        _enter(context, workspace)
    role = known_role(role)
    link = invited(email, role, department, see_pii=see_pii)
    write(SAYS_WHO, "people.invite", f"{email} as {role}")
    if not password_stdin:
        click.echo(link)
        return
    _join(link.rstrip("/").rpartition("/")[2], email, name)
    click.echo(tr("{email} may sign in as {role}.", email=email, role=role))


def _enter(context: click.Context, name: str) -> None:
    from trodden.web.workspaces import is_workspace, names, within

    if not is_workspace(name):
        raise UnknownNameError(f"There is no workspace {name!r}.", hint=f"There are: {', '.join(names())}.")
    context.with_resource(within(name))


def _join(secret: str, email: str, name: str) -> None:
    from trodden.web.audit.log import write
    from trodden.web.people.forms import JoinForm
    from trodden.web.people.models import Invitation as Invitations
    from trodden.web.people.staff import joined

    found: Invitation | None = Invitations.valid(secret)
    given = {"name": name or email, "password": sys.stdin.readline().rstrip("\n")}
    if found is None:
        raise CallerError("The invitation was withdrawn meanwhile.")
    form = JoinForm(given, invitation=found)
    if not form.is_valid():
        found.delete()
        raise CallerError(" ".join(str(one) for texts in form.errors.values() for one in texts))
    joined(found, form.cleaned_data["email"], form.cleaned_data["name"], form.cleaned_data["password"])
    write(SAYS_WHO, "account.make", email)


@user_group.command(name="list")
def list_people() -> None:
    """List who may sign in to the workspace, and what they may do."""
    from rich.table import Table

    from trodden.web.people.models import Membership

    heads = (tr("E-mail"), tr("Name"), tr("Role"), tr("Department"), tr("Sees customers"), tr("May sign in"))
    table = Table(*heads, box=None)
    for one in Membership.here.select_related("user").order_by("user__email"):
        flags = (
            tr("yes") if flag else tr("no") for flag in (one.see_pii, one.is_active and one.user.is_active)
        )
        table.add_row(one.user.email, one.user.name, one.role, one.department, *flags)
    console().print(table)


@user_group.command()
@click.argument("email")
def disable(email: str) -> None:
    """Let EMAIL no longer sign in, to any workspace; every session ends."""
    _allow(email, is_active=False)


@user_group.command()
@click.argument("email")
def enable(email: str) -> None:
    """Let EMAIL sign in again."""
    _allow(email, is_active=True)


def _allow(email: str, *, is_active: bool) -> None:
    from trodden.web.audit.log import write
    from trodden.web.people.staff import allowed_in, member_of

    found = member_of(email)
    allowed_in(found.user, is_active=is_active)
    write(SAYS_WHO, "account.enable" if is_active else "account.disable", found.user.email)
    email = found.user.email
    click.echo(
        tr("{email} may sign in.", email=email) if is_active else tr("{email} may not sign in.", email=email)
    )


@user_group.command()
@click.argument("email")
def link(email: str) -> None:
    """Print a link that signs EMAIL in, once, within an hour: the way in where single sign-on fails."""
    from trodden.web.audit.log import write
    from trodden.web.people.links import link_in
    from trodden.web.people.staff import member_of

    found = member_of(email)
    write(SAYS_WHO, "account.link", found.user.email)
    click.echo(link_in(found.user))


@user_group.command(name="set-role")
@click.argument("email")
@click.argument("role")
@click.option("--see-pii/--no-see-pii", default=None, help="Whether they see who customers are.")
def set_role(email: str, role: str, *, see_pii: bool | None) -> None:
    """Let EMAIL do what ROLE may; every session ends."""
    from trodden.web.audit.log import write
    from trodden.web.people.staff import changed, member_of

    found = member_of(email)
    said = changed(found, {"role": role, **({} if see_pii is None else {"see_pii": see_pii})})
    for one in said:
        write(SAYS_WHO, "people.change", f"{found.user.email} {one}")
    click.echo("; ".join(said) or tr("Nothing to change."))


@click.command()
@click.pass_context
def upgrade(context: click.Context) -> None:
    """Bring the records up to date: they are saved before, and each step happens whole or not at all.

    `trodden serve` does the same when it starts.
    """
    from trodden.web.records import connect
    from trodden.web.records import upgrade as upgrade_records

    settings = settings_of(context)
    connect(settings.home, settings.workspace)
    saved = upgrade_records()
    click.echo(tr("The records are up to date."))
    if saved:
        click.echo(tr("They were saved to {place} before.", place=saved))
