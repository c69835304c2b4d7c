"""``trodden touchpoints``: which events were at which touchpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from trodden.charts.formats import format_count
from trodden.cli.shared import workspace_of, write_json
from trodden.model.words import tr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trodden.store.touchpoints_check import Coverage


@click.group()
def touchpoints() -> None:
    """Say which events were at which touchpoint: rules in the workspace's touchpoints.yaml."""


@touchpoints.command()
@click.option("--write", is_flag=True, help="Put the proposals at the end of touchpoints.yaml.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def suggest(context: click.Context, *, write: bool, as_json: bool) -> None:
    """Propose rules: addresses and names that differ only in numbers or words in one place, put together."""
    from msgspec.structs import replace

    from trodden.store.touchpoints import dump_rules, events_for_rules, load_rules, save_rules
    from trodden.store.touchpoints import suggest as propose

    workspace = workspace_of(context)
    proposals = propose(events_for_rules(workspace))
    rules = load_rules(workspace.touchpoints_file)
    proposed = replace(rules, rules=(*rules.rules, *(one.rule for one in proposals)))
    if as_json:
        write_json(proposals)
    elif not proposals:
        click.echo(tr("Nothing to propose: no two addresses or names look like one touchpoint."))
    elif write:
        save_rules(workspace.touchpoints_file, proposed)
        told = {"n": format_count(len(proposals)), "file": workspace.touchpoints_file}
        click.echo(tr("{n} rules added to {file}; `trodden rebuild` applies them.", **told))
    else:
        for one in proposals:
            told = {"events": format_count(one.events), "examples": ", ".join(one.examples)}
            click.echo("# " + tr("{events} events, such as {examples}", **told))
        click.echo(dump_rules(proposed))


@touchpoints.command()
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def check(context: click.Context, *, as_json: bool) -> None:
    """Show what the rules cover: events by rule, what none matches, rules that are never reached."""
    from trodden.store.touchpoints import check as cover
    from trodden.store.touchpoints import events_for_rules, load_rules

    workspace = workspace_of(context)
    coverage = cover(events_for_rules(workspace), load_rules(workspace.touchpoints_file))
    if as_json:
        write_json(coverage)
        return
    for line in _coverage_lines(coverage):
        click.echo(line)


def _coverage_lines(coverage: Coverage) -> Iterator[str]:
    yield tr(
        "{events} events: {n} matched, {dropped} dropped by a rule",
        events=format_count(coverage.events),
        n=format_count(coverage.matched),
        dropped=format_count(coverage.dropped),
    )
    for use in coverage.rules:
        told = {
            "number": use.number,
            "name": use.touchpoint or tr("drop"),
            "events": format_count(use.events),
        }
        said = tr("rule {number} {name}: {events} events", **told)
        idle = tr("never reached: rules {rules} take its events", rules=use.shadowed_by)
        yield f"  {said}, {idle}" if use.is_idle else f"  {said}"
    for one in coverage.unmatched:
        yield "  " + tr("no rule: {name} ({events})", name=one.name, events=format_count(one.events))
