"""The tree of commands; each module is imported when its command is used."""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

import trodden
from trodden.cli.language import OPTION, VARIABLE, said_again
from trodden.model.words import LANGUAGES, phrase, tr

COMMANDS: Final = {
    "import": ("trodden.cli.importing", "import_command", phrase("Bring events in from files.")),
    "imports": (
        "trodden.cli.imports",
        "imports_group",
        phrase("List what was imported; take an import back."),
    ),
    "ask": ("trodden.cli.asked", "ask", phrase("Ask a question of the walks.")),
    "findings": (
        "trodden.cli.finding",
        "findings",
        phrase("List what somebody should know, most important first."),
    ),
    "analyses": (
        "trodden.cli.asking",
        "analyses",
        phrase("List what can be asked, or the fields of one question."),
    ),
    "map": (
        "trodden.cli.maps",
        "map_group",
        phrase("Check, show, mine, compare and publish designed journeys."),
    ),
    "touchpoints": (
        "trodden.cli.touchpoints",
        "touchpoints",
        phrase("Say which events were at which touchpoint."),
    ),
    "calendar": (
        "trodden.cli.calendars",
        "calendar_group",
        phrase("Keep calendars of opening hours, and measure by them."),
    ),
    "serve": ("trodden.cli.serving", "serve", phrase("Serve the pages on this machine.")),
    "user": (
        "trodden.cli.people",
        "user_group",
        phrase("Invite, list and disable people; say what they may do."),
    ),
    "token": ("trodden.cli.tokens", "token_group", phrase("Give programs tokens, list and revoke them.")),
    "key": ("trodden.cli.secrets", "key_group", phrase("Replace the key that signs and seals.")),
    "upgrade": (
        "trodden.cli.people",
        "upgrade",
        phrase("Bring the records up to date; they are saved before."),
    ),
    "workspace": (
        "trodden.cli.workspaces",
        "workspace_group",
        phrase("List workspaces; set the zone of one, and its currency."),
    ),
    "sql": ("trodden.cli.querying", "sql", phrase("Ask in SQL, read-only and locked down.")),
    "export": ("trodden.cli.querying", "export", phrase("Write events, journeys or an answer to a file.")),
    "erase": ("trodden.cli.keeping", "erase", phrase("Erase one customer from every store, provably.")),
    "keep": ("trodden.cli.retaining", "keep", phrase("Say how long events are kept; remove older ones.")),
    "backup": ("trodden.cli.backing", "backup", phrase("Copy everything that cannot be made again.")),
    "restore": ("trodden.cli.backing", "restore", phrase("Restore a backup into a new home folder.")),
    "doctor": (
        "trodden.cli.keeping",
        "doctor",
        phrase("Check a workspace; each finding comes with its fix."),
    ),
    "compact": ("trodden.cli.keeping", "compact", phrase("Rewrite what has become scattered.")),
    "rebuild": ("trodden.cli.keeping", "rebuild", phrase("Build the walks anew from the events.")),
    "warm": (
        "trodden.cli.keeping",
        "warm",
        phrase("Compile the kernels once, so that questions start fast."),
    ),
    "settings": ("trodden.cli.keeping", "settings", phrase("Print every setting and its value.")),
    "demo": ("trodden.cli.demo", "demo", phrase("Make a firm of invented customers to try Trodden on.")),
}


class Commands(click.Group):
    """Looks a command up by name and imports only the module it lives in."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        """Return the names in the order they are used in."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Return the command of this name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        return said_again(getattr(import_module(module), attribute))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """Write the list of commands without importing any."""
        with formatter.section(tr("Commands")):
            formatter.write_dl([(name, tr(summary)) for name, (_, _, summary) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(trodden.__version__, package_name="trodden")
@click.option(
    "--home", metavar="DIR", help="Folder that holds the workspaces (TRODDEN_HOME; default .trodden)."
)
@click.option(
    "--workspace", metavar="NAME", help="Workspace to work on (TRODDEN_WORKSPACE; default default)."
)
@click.option(
    OPTION,
    envvar=VARIABLE,
    expose_value=False,
    type=click.Choice(list(LANGUAGES)),
    help="Language to answer in (TRODDEN_LANGUAGE; default that of the terminal).",
)
@click.pass_context
def app(context: click.Context, home: str | None, workspace: str | None) -> None:
    """Show the path trodden beside the path planned.

    Record what customers do, lay the journeys they really walk over the ones that were designed, and ask
    where the two part.
    """
    context.obj = {"home": home, "workspace": workspace}
