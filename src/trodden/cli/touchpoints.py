"""``trodden touchpoints``: which events were at which touchpoint."""

from __future__ import annotations

import click

from trodden.cli.shared import workspace_of, write_json


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
        click.echo("Nothing to propose: no two addresses or names look like one touchpoint.")
    elif write:
        save_rules(workspace.touchpoints_file, proposed)
        click.echo(
            f"{len(proposals)} rules added to {workspace.touchpoints_file}; `trodden rebuild` applies them."
        )
    else:
        for one in proposals:
            click.echo(f"# {one.events:,} events, such as {', '.join(one.examples)}")
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
    click.echo(
        f"{coverage.events:,} events: {coverage.matched:,} matched, {coverage.dropped:,} dropped by a rule"
    )
    for use in coverage.rules:
        idle = f", never reached: rules {use.shadowed_by} take its events" if use.is_idle else ""
        click.echo(f"  rule {use.number} {use.touchpoint or 'drop'}: {use.events:,} events{idle}")
    for one in coverage.unmatched:
        click.echo(f"  no rule: {one.name} ({one.events:,})")
