"""One small chart of each kind, with everything it can carry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from trodden.charts import (
    AnyChart,
    Bar,
    Bars,
    Column,
    Effect,
    Episode,
    Flow,
    FlowEdge,
    FlowNode,
    Lines,
    Link,
    Matrix,
    Number,
    Overlay,
    Part,
    PauseMark,
    Route,
    Sequence,
    Sequences,
    Series,
    SpineMove,
    SpineStep,
    Stack,
    Stacks,
    Table,
    Timeline,
    TimelineEvent,
)

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
DAY = 86_400.0
BEHIND = Link("deviations", {"step": "quote", "kind": "missing"})


def charts(name: str = "Quote") -> dict[str, AnyChart]:
    """Return one chart of each kind with ``name`` wherever a chart can carry a word from outside."""
    return {
        "bars": _bars(name),
        "dots": _dots(name),
        "stacks": _stacks(name),
        "sequences": _sequences(name),
        "effect": Effect(
            title=name, unit=name, n=90, value=-0.18, low=-0.24, high=-0.12, extent=0.5, tone="worse"
        ),
        "lines": _lines(name),
        "flow": _flow(name),
        "matrix": _matrix(name),
        "number": Number(title=name, unit=name, n=9480, value=0.463, low=0.45, high=0.47, kind="share"),
        "overlay": overlay(name),
        "table": _table(name),
        "timeline": _timeline(name),
    }


def _bars(name: str) -> Bars:
    bars = (
        Bar(label=name, value=9480, part=500, detail=name, link=BEHIND),
        Bar(label="Buy", value=3890, tone="worse"),
    )
    return Bars(
        title=f"{name}: 41 %",
        unit="customers",
        n=9480,
        as_of=NOON,
        axis=name,
        of=name,
        bars=bars,
        notes=(name,),
    )


def _dots(name: str) -> Bars:
    bars = (Bar(label=name, value=0.41, low=0.38, high=0.45), Bar(label="Skip", value=0.04, tone="better"))
    return Bars(title=name, unit="share", n=100, axis="share", of="step", kind="share", bars=bars)


def _stacks(name: str) -> Stacks:
    parts = (
        Part(label=name, value=0.46, tone="muted"),
        Part(label="back", value=0.38),
        Part(label="nothing", value=0.06),
    )
    stacks = (
        Stack(label=name, parts=parts, n=479, link=BEHIND),
        Stack(label="without", parts=parts[:1], n=920),
    )
    return Stacks(title=name, unit="gaps", n=1399, axis=name, stacks=stacks)


def _sequences(name: str) -> Sequences:
    first = Sequence(steps=(name, "Buy"), value=0.3, low=0.2, high=0.4, detail=name, link=BEHIND)
    rest = Sequence(steps=("9 others",), value=0.7, tone="muted")
    return Sequences(title=name, unit="journeys", n=90, axis=name, sequences=(first, rest))


def _lines(name: str) -> Lines:
    days = tuple(DAY * i for i in range(4))
    band = Series(
        label=name, x=days, y=(1, 0.8, 0.5, 0.4), low=(1, 0.7, 0.4, 0.3), high=(1, 0.9, 0.6, 0.5), step=True
    )
    plain = Series(label="Other", x=days, y=(1, 0.9, 0.7, 0.6))
    return Lines(
        title=name, x_axis=name, y_axis=name, x_kind="duration", y_kind="share", series=(band, plain)
    )


def _flow(name: str) -> Flow:
    nodes = (
        FlowNode(id="a", label=name, count=90, rank=0),
        FlowNode(id="b", label="Buy", count=70, rank=1, link=BEHIND),
    )
    edges = (
        FlowEdge(source="a", target="b", count=70, label=name),
        FlowEdge(source="b", target="a", count=7),
    )
    return Flow(title=name, unit="moves", nodes=nodes, edges=edges, hidden=212)


def _matrix(name: str) -> Matrix:
    return Matrix(
        title=name,
        rows=(name, "Buy"),
        columns=(name, "(end)"),
        values=((None, 7000), (800, 0)),
        row_axis=name,
        column_axis="to",
    )


def overlay(name: str = "Quote", *, routes: tuple[Route, ...] | None = None) -> Overlay:
    """Return four steps with a skip, a way back, an exit, a pause."""
    labels = ("Tariff page", name, "Sign up", "First bill")
    steps = tuple(
        SpineStep(id=f"s{i}", label=label, stage=name, count=1000 - 100 * i, column=i, share=1 - i / 10)
        for i, label in enumerate(labels)
    )
    moves = tuple(SpineMove(source=f"s{i}", target=f"s{i + 1}", count=900 - 100 * i) for i in range(3))
    usual = (
        Route(
            source="s0", target="s2", kind="missing", count=120, label=f"120 skip {name}", shape="above",
            tone="better", key="d1", link=BEHIND,
        ),
        Route(source="s2", target="s0", kind="backtrack", count=82, label="82 back", shape="below", key="d2"),
        Route(
            source="s1", target="", kind="departed", count=160, label="160 leave", shape="exit",
            detail=(name, "gone 110"), tone="worse", key="d3",
        ),
    )  # fmt: skip
    pause = PauseMark(source="s2", target="s3", count=120, median_s=9.9 * DAY, limit_s=3 * DAY, tone="worse")
    return Overlay(
        title=name,
        unit="journeys",
        n=1000,
        as_of=NOON,
        steps=steps,
        moves=moves,
        routes=usual if routes is None else routes,
        pauses=(pause,),
    )


def _table(name: str) -> Table:
    columns = (Column(name), Column("share", "share"), Column("wait", "duration"), Column("at", "time"))
    rows = ((name, 0.463, 9.9 * DAY, NOON.isoformat()), ("Buy", None, None, None))
    return Table(title=name, columns=columns, rows=rows, links=(BEHIND, None))


def _timeline(name: str) -> Timeline:
    def event(hours: float, channel: str) -> TimelineEvent:
        return TimelineEvent(
            occurred_at=NOON + timedelta(hours=hours),
            channel=channel,
            touchpoint=name,
            outcome="ok",
            text=name,
            tone="worse" if channel == "phone" else "plain",
        )

    newest = Episode(events=(event(600, "phone"), event(601, "email")), silence_s=24 * DAY)
    oldest = Episode(events=(event(0, "web"), event(2, "chat")))
    return Timeline(title=name, n=4, customer=name, episodes=(newest, oldest))
