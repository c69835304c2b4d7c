"""``trodden map``: designed journeys as files."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from trodden.charts.formats import format_count, format_day
from trodden.cli.shared import opens_records, walks_of, workspace_of, write_file
from trodden.methods.journeys.flow import first_steps, last_steps, steps_in_order, touchpoints_of
from trodden.methods.journeys.mapdiff import diff_maps
from trodden.methods.journeys.maps import decode_map, dump_map, publish, show_map
from trodden.model.errors import CallerError, MapError, NotAWorkspaceError, TroddenError
from trodden.model.journey_map import JourneyMap
from trodden.model.words import ntr, tr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trodden.store.folder import Workspace

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("map")
def map_group() -> None:
    """Check, show, mine, compare and publish designed journeys."""


def _read(path: Path) -> JourneyMap:
    return decode_map(path.read_bytes(), str(path))


def _named(context: click.Context, name: str) -> JourneyMap:
    """Return a map by file name, else by its name in the workspace."""
    from trodden.methods.journeys.select_names import find_map

    return _read(Path(name)) if Path(name).is_file() else find_map(walks_of(context).maps, name)


@map_group.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--add-rules", is_flag=True, help="Put the touchpoint rules they carry into the workspace.")
@click.pass_context
def check(context: click.Context, files: tuple[Path, ...], *, add_rules: bool) -> int:
    """Check map files: schema, flow, size; each fault with its line and how to mend it.

    Touchpoint rules that a map carries and the workspace lacks are offered to be put there.
    """
    faults = 0
    for path in files:
        try:
            found = _read(path)
        except TroddenError as error:
            faults += 1
            click.echo(f"{error.message}\n  {error.hint}".rstrip(), err=True)
        else:
            steps = ntr("{n} step", "{n} steps", len(found.steps), n=format_count(len(found.steps)))
            click.echo(tr("{path}: {key}, {steps}, well formed", path=path, key=found.key, steps=steps))
            for warning in (*_early_end(found), *_unknown_bounds(context, found)):
                click.echo("  " + tr("Warning: {fault}", fault=warning))
            _offer_rules(context, found, wanted=add_rules)
    return 2 if faults else 0


def _early_end(journey_map: JourneyMap) -> Iterator[str]:
    """Warn where a journey is over as soon as it has begun: what may follow is then never looked at."""
    early = sorted(first_steps(journey_map.flow) & last_steps(journey_map.flow))
    if early and not journey_map.bounds.reached and len(journey_map.steps) != 1:
        yield tr(
            "a journey reaches its goal at its first step {step}. Say where it leads to: {how}.",
            step=repr(early[0]),
            how="`bounds: {reached: [...]}`",
        )


def _unknown_bounds(context: click.Context, journey_map: JourneyMap) -> Iterator[str]:
    """Warn of bounds at a touchpoint that no step stands for and where nobody ever was: it ends nothing."""
    steps = {name for step in steps_in_order(journey_map) for name in touchpoints_of(step)}
    known = steps | {rule.touchpoint for rule in journey_map.touchpoints} | _walked(context)
    for field in ("start", "reached", "abandoned"):
        for name in getattr(journey_map.bounds, field):
            if name not in known:
                yield _unknown(field, name, known)


def _walked(context: click.Context) -> set[str]:
    """Return the touchpoints people were at; none where nothing has come in."""
    try:
        return set(walks_of(context).touchpoints)
    except NotAWorkspaceError:
        return set()


def _unknown(field: str, name: str, known: set[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1)
    hint = " " + tr("Did you mean {near}?", near=repr(near[0])) if near else ""
    said = tr(
        "`bounds.{field}` names {name}, which no step stands for and where nobody ever was.",
        field=field,
        name=repr(name),
    )
    return f"{said}{hint}"


def _offer_rules(context: click.Context, journey_map: JourneyMap, *, wanted: bool) -> None:
    """Put the rules of a map that the workspace lacks before its own, where they are wanted."""
    from trodden.store.lock import PATIENCE_S
    from trodden.store.touchpoints import load_rules, save_rules
    from trodden.store.walks import WalkStore

    if not journey_map.touchpoints:
        return
    try:
        workspace = workspace_of(context)
    except NotAWorkspaceError:
        if wanted:
            raise
        return
    rules = load_rules(workspace.touchpoints_file)
    lacking = tuple(rule for rule in journey_map.touchpoints if rule not in rules.rules)
    if not lacking:
        return
    n = format_count(len(lacking))
    if not (wanted or _is_agreed(tr("Put {n} touchpoint rules of the map into the workspace?", n=n))):
        click.echo(
            tr("{n} touchpoint rules of it are not in the workspace: --add-rules puts them there.", n=n)
        )
        return
    with workspace.lock(PATIENCE_S):
        save_rules(workspace.touchpoints_file, replace(rules, rules=(*lacking, *rules.rules)))
        WalkStore(workspace).refresh()
    place = workspace.touchpoints_file
    click.echo(tr("{n} touchpoint rules are in {place}, and the walks follow them.", n=n, place=place))


def _is_agreed(question: str) -> bool:
    """Ask, where somebody sits before it."""
    return sys.stdin.isatty() and click.confirm(question)


@map_group.command()
@click.argument("name")
@click.pass_context
def show(context: click.Context, name: str) -> None:
    """Show a map as text: a file, or a map of the workspace by name or name@version.

    A name alone is its newest published version, or the newest of all where none is published.
    """
    click.echo(show_map(_named(context, name)))


@map_group.command()
@click.argument("file", type=_FILE)
@click.option(
    "--replace",
    "replacing",
    is_flag=True,
    help="Put it in the place of a draft of the same name and version.",
)
@click.pass_context
def add(context: click.Context, file: Path, *, replacing: bool) -> None:
    """Put a map file into the workspace, where questions find it by its name.

    A version that is there and says something else stays. --replace puts a draft aside, beside its place.
    """
    workspace, found = workspace_of(context), _read(file)
    click.echo(_added(context, workspace, found, replacing=replacing))
    _offer_rules(context, found, wanted=False)


def _added(context: click.Context, workspace: Workspace, found: JourneyMap, *, replacing: bool) -> str:
    """Put a map into a workspace and say what became of it and of a draft in its place."""
    from trodden.store.catalog import add_map, discard_map, load_maps

    stored = load_maps(workspace.maps, []).get(found.key)
    if stored is None:
        return tr("{key} is now {place}", key=found.key, place=add_map(workspace, found))
    if stored == found:
        return tr("{key} is there already, word for word.", key=found.key)
    if not replacing or stored.published_at is not None:
        raise _taken(stored)
    aside = discard_map(workspace, found.key)
    _forget(context, stored)
    place = add_map(workspace, found)
    return tr(
        "{key} is now {place}; what stood there is kept as {aside}", key=found.key, place=place, aside=aside
    )


def _taken(stored: JourneyMap) -> MapError:
    """Return the error that a version is there already and says something else."""
    version = stored.version + 1
    if stored.published_at is not None:
        day = format_day(stored.published_at, "UTC")
        told = tr("{key} was published on {day} and cannot be replaced.", key=stored.key, day=day)
        return MapError(told, hint=tr("Give yours version {version}.", version=version))
    return MapError(
        tr("{key} is in the workspace already and says something else.", key=stored.key),
        hint=tr(
            "Give yours version {version}; or `trodden map add --replace` puts the draft aside. "
            "`trodden map diff` tells how.",
            version=version,
        ),
    )


@map_group.command()
@click.option("--name", default="Mined", show_default=True, help="Name of the draft.")
@click.option("--goal", default="", help="Touchpoint the journeys lead to (default: where most walks end).")
@click.option("--share", default=0.8, show_default=True, type=click.FloatRange(0, 1, min_open=True))
@click.option("--unit", type=click.Choice(["customer", "session"]), default="customer", show_default=True)
@click.option("--segment", help="Only customers for whom this holds.")
@click.option("--period", help="Only walks that start in it: start..end.")
@click.option("--into", type=click.Path(path_type=Path), help="Write the draft to this new file.")
@click.pass_context
def mine(
    context: click.Context, name: str, goal: str, share: float, into: Path | None, **fields: str | None
) -> None:
    """Draft a map of the ways to a goal; at least SHARE of those who come there fit it."""
    if into and into.is_file():
        raise CallerError(
            f"{into} is there already, and may hold what you wrote into it.",
            hint="Name another file with --into, or remove this one first.",
        )
    from trodden.methods.journeys.mining import mine_way, walked_variants
    from trodden.methods.journeys.select import resolve_selection
    from trodden.model.question import Question
    from trodden.questions import read_question

    walks = walks_of(context)
    question = read_question(Question, {key: value for key, value in fields.items() if value})
    selection = resolve_selection(question, walks.catalog)
    mined = mine_way(walked_variants(walks.snapshot, selection), share, name, goal)
    text = dump_map(mined)
    write_file(into, text) if into else click.echo(text)
    if not goal:
        end = repr(mined.bounds.reached[0])
        click.echo(
            tr("Journeys lead to {end}, where most walks end; --goal says another.", end=end), err=True
        )


@map_group.command()
@click.argument("before")
@click.argument("after")
@click.pass_context
def diff(context: click.Context, before: str, after: str) -> None:
    """Say what changed between two maps: files, or maps of the workspace."""
    changes = diff_maps(_named(context, before), _named(context, after))
    for change in changes:
        click.echo(str(change))
    if not changes:
        click.echo(tr("No difference."))


@map_group.command("publish")
@click.argument("name")
@click.pass_context
def publish_command(context: click.Context, name: str) -> None:
    """Publish a map of the workspace: from now on its predictions are locked and scored.

    A name alone is its newest version; name@version says another. A map file is put into the workspace.
    """
    workspace = workspace_of(context)
    found = _read(Path(name)) if Path(name).is_file() else _newest(context, name)
    comments = _by_hand(workspace, found)
    place = _published(workspace, found, datetime.now(UTC))
    click.echo(tr("{key} is published; its predictions are locked: {place}", key=found.key, place=place))
    if comments:
        click.echo(tr("What was written by hand, comments too, is kept in a copy beside it."))


def _by_hand(workspace: Workspace, found: JourneyMap) -> str:
    """Return the name of the file that holds a draft word for word as somebody wrote it by hand."""
    from trodden.store.catalog import by_hand, load_maps

    return by_hand(workspace, found.key) if load_maps(workspace.maps, []).get(found.key) == found else ""


def _published(workspace: Workspace, found: JourneyMap, at: datetime) -> Path:
    """Publish a draft that is there word for word, or one of which there is no version, and return where."""
    from trodden.store.catalog import add_map, load_maps, publish_map

    stored = load_maps(workspace.maps, []).get(found.key)
    if stored is None:
        return add_map(workspace, publish(found, at))
    if stored != found:
        raise _taken(stored)
    return publish_map(workspace, found, at)


@map_group.command()
@click.argument("name")
@click.pass_context
def discard(context: click.Context, name: str) -> None:
    """Put a draft of the workspace aside: its file gets a name that is not read, and is kept.

    A name alone is its newest version; name@version says another. What was published stays.
    """
    from trodden.store.catalog import discard_map

    found = _newest(context, name)
    aside = discard_map(workspace_of(context), found.key)
    _forget(context, found)
    click.echo(tr("{key} is off the list; its file is kept as {aside}", key=found.key, aside=aside))


def _forget(context: click.Context, discarded: JourneyMap) -> None:
    """Let the records, where this home has some, know of a draft that was put aside, and log it."""
    if not opens_records(context):
        return
    from trodden.cli.people import SAYS_WHO
    from trodden.web.audit.log import write
    from trodden.web.journeys.history import forget

    forget(discarded)
    write(SAYS_WHO, "map.discarded", discarded.key)


def _newest(context: click.Context, name: str) -> JourneyMap:
    """Return a map of the workspace, where a draft is meant: the newest version of its name."""
    from trodden.methods.journeys.select_names import find_newest

    return find_newest(walks_of(context).maps, name)
