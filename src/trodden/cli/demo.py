"""``trodden demo``: a believable firm to try Trodden on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from trodden.charts.formats import format_count
from trodden.cli.shared import settings_of
from trodden.model.durations import format_duration
from trodden.model.words import ntr, tr

if TYPE_CHECKING:
    from datetime import datetime

    from trodden.demo.world import Plan


@click.command()
@click.option(
    "--into", type=click.Path(path_type=Path), help="Home folder to make it in (default: that of --home)."
)
@click.option("--customers", default=20_000, show_default=True, type=click.IntRange(1, 2_000_000))
@click.option("--months", default=18, show_default=True, type=click.IntRange(1, 60))
@click.option("--seed", default=1, show_default=True, help="Another seed, other customers.")
@click.option("--without", multiple=True, metavar="TRUTH", help="Leave a planted truth out; may be repeated.")
@click.option("--rename", is_flag=True, help="Call the touchpoints by words that mean nothing.")
@click.option("--truths", type=click.Path(path_type=Path), help="Write what is planted to this JSON file.")
@click.option("--live", is_flag=True, help="Let the firm go on in real time, until Ctrl-C.")
@click.pass_context
def demo(  # noqa: PLR0913 -- one for each option
    context: click.Context,
    *,
    into: Path | None,
    customers: int,
    months: int,
    seed: int,
    without: tuple[str, ...],
    rename: bool,
    truths: Path | None,
    live: bool,
) -> None:
    """Make a firm to try Trodden on: Kestrel sells lines and devices, and not the way it planned to.

    Its customers are invented, from a seed. Running it again adds nothing; an interrupted run is taken up.
    """
    from trodden.demo.truths import check_keys
    from trodden.demo.world import Plan

    plan = Plan(seed, customers, months, check_keys(without), rename)
    home = into or Path(settings_of(context).home)
    _fill(home, plan)
    if truths:
        _write_truths(truths, plan)
    if live:
        _go_on(home, plan)


def _fill(home: Path, plan: Plan) -> None:
    from trodden.demo.fill import fill_workspace

    filled = fill_workspace(home, plan)
    if not filled.events:
        click.echo(tr("The demo is already in {home}", home=home), err=True)
        return
    said = tr(
        "{events} events of {n} invented customers in {home} after {time}",
        events=format_count(filled.events),
        n=format_count(plan.customers),
        home=home,
        time=format_duration(filled.seconds),
    )
    click.echo(said, err=True)


def _write_truths(path: Path, plan: Plan) -> None:
    import msgspec

    from trodden.cli.shared import write_file
    from trodden.demo.places import names_of
    from trodden.demo.truths import list_truths

    listed = list_truths(names_of(plan.seed, renamed=plan.renamed), plan.without)
    write_file(path, msgspec.json.format(msgspec.json.encode(listed)))


def _go_on(home: Path, plan: Plan) -> None:
    from trodden.demo.fill import go_on

    click.echo(tr("The firm goes on. Ctrl-C ends it; nothing that was said to be stored is lost."), err=True)

    def told(events: int, at: datetime) -> None:
        said = ntr("{n} new event", "{n} new events", events, n=format_count(events))
        click.echo(f"{at:%H:%M:%S}  {said}", err=True)

    try:
        go_on(home, plan, told)
    except KeyboardInterrupt:
        click.echo(tr("Ended."), err=True)
