"""``trodden token``: what programs come in by."""

from __future__ import annotations

import click

from trodden.charts.formats import format_day, format_moment
from trodden.cli.shared import console, settings_of
from trodden.model.words import tr


@click.group(name="token")
@click.pass_context
def token_group(context: click.Context) -> None:
    """Give programs tokens that do a part of what a member may; list and revoke them."""
    from trodden.web.records import open_records

    settings = settings_of(context)
    open_records(settings.home, settings.workspace, f"http://localhost:{settings.port}")


@token_group.command()
@click.argument("email")
@click.argument("name")
@click.option(
    "--may", "scopes", multiple=True, required=True, help="A right: see, ask, edit; repeat for more."
)
@click.option("--days", type=int, default=90, show_default=True, help="How long it works, at most 365.")
def add(email: str, name: str, scopes: tuple[str, ...], days: int) -> None:
    """Make a token called NAME in the name of EMAIL, and print it: it cannot be had again."""
    from trodden.cli.people import SAYS_WHO
    from trodden.web.api.tokens import made
    from trodden.web.audit.log import write
    from trodden.web.people.staff import member_of

    token, secret = made(member_of(email), name, scopes, days)
    said = f"{token.name} of {email}: {token.scopes} until {token.expires_at:%Y-%m-%d}"
    write(SAYS_WHO, "token.make", said)
    click.echo(secret)


@token_group.command(name="list")
def list_tokens() -> None:
    """List the tokens of the workspace; what they are is not kept."""
    from rich.table import Table

    from trodden.web.api.models import Token

    heads = (tr("Of"), tr("Name"), tr("May (right)"), tr("Made"), tr("Ends"), tr("Last used"))
    table = Table(*heads, box=None)
    for one in Token.here.select_related("membership__user").order_by("membership__user__email", "name"):
        used = format_moment(one.last_used_at, "UTC") if one.last_used_at else tr("never")
        days = (format_day(moment, "UTC") for moment in (one.made_at, one.expires_at))
        table.add_row(one.membership.user.email, one.name, one.scopes, *days, used)
    console().print(table)


@token_group.command()
@click.argument("email")
@click.argument("name")
def revoke(email: str, name: str) -> None:
    """End the tokens of EMAIL that are called NAME."""
    from trodden.cli.people import SAYS_WHO
    from trodden.web.api.tokens import revoke as revoke_token
    from trodden.web.audit.log import write
    from trodden.web.people.staff import member_of

    revoke_token(name, member_of(email))
    write(SAYS_WHO, "token.revoke", f"{name} of {email}")
    click.echo(tr("{name} no longer works.", name=name))
