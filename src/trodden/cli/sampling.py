"""``trodden sample``: a small workspace of invented customers."""

from __future__ import annotations

from pathlib import Path

import click

from trodden.cli.shared import console, settings_of


@click.command()
@click.option(
    "--into", type=click.Path(path_type=Path), help="Home folder to make it in (default: that of --home)."
)
@click.option("--seed", default=1, show_default=True, help="Another seed, other customers.")
@click.option("--customers", default=2_400, show_default=True, type=click.IntRange(1, 1_000_000))
@click.pass_context
def sample(context: click.Context, into: Path | None, seed: int, customers: int) -> None:
    """Make a small workspace of invented customers to try.

    Kestrel Broadband connects homes, and not the way it planned to. Running it again adds nothing.
    """
    from trodden.demo.fill import fill_workspace

    home = into or Path(settings_of(context).home)
    filled = fill_workspace(home, seed=seed, customers=customers)
    console(error=True).print(
        f"{filled.events:,} events of {filled.customers:,} invented customers in [bold]{home}[/bold]"
        if filled.added
        else f"The sample is already in [bold]{home}[/bold]"
    )
