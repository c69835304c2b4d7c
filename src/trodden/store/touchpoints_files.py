"""``touchpoints.yaml``: rules read with the line of every fault, and written so that people can edit them."""

from __future__ import annotations

import re
from difflib import get_close_matches
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec
import yaml

from trodden.model.errors import RulesError
from trodden.model.event import CHANNEL_ALIASES, CHANNELS
from trodden.model.touchpoints import TouchpointRules
from trodden.store._re2 import Pattern
from trodden.store.harden import write_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from trodden.model.touchpoints import TouchpointRule

LARGEST_TEXT: Final = 256 * 1024
DEEPEST: Final = 12
MOST_RULES: Final = 200
_DIGEST: Final = 16
_LISTS: Final = frozenset({"channel", "kind", "name"})
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_AT: Final = re.compile(r"(?P<what>.*?)(?: - at `(?P<key>key in )?\$(?P<path>.*)`)?$", re.DOTALL)
_PART: Final = re.compile(r"\.(\w+)|\[(\d+)\]|\[(\.\.\.)\]")


def load_rules(path: Path) -> TouchpointRules:
    """Read the rules of a workspace; without a file, every event is at the touchpoint its name says.

    Raises
    ------
    RulesError
        If the file does not follow the schema; the message names the line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return TouchpointRules()
    except UnicodeDecodeError as error:
        raise RulesError(f"This is not UTF-8: {error.reason}.", file=str(path), line=1) from error
    return parse_rules(text, str(path))


def parse_rules(text: str, file: str = "") -> TouchpointRules:
    """Read rules; one plain value stands for a list of one.

    Raises
    ------
    RulesError
        If it is no YAML, does not follow the schema, or a pattern is not one RE2 takes; with the line.
    """
    root = _composed(text, file)
    if root is None:
        return TouchpointRules()
    try:
        rules = msgspec.convert(_with_lists(_plain(root, file)), TouchpointRules, strict=False)
    except msgspec.ValidationError as error:
        raise _misfit(error, root, file) from error
    check_rules(rules, file, _Lines(root))
    return rules


def dump_rules(rules: TouchpointRules) -> str:
    """Write rules as YAML, leaving out what is as by default."""
    plain: dict[str, Any] = msgspec.to_builtins(rules)
    kept = {
        "rules": [_given(rule) for rule in plain["rules"]],
        "otherwise": plain["otherwise"],
        "promote": list(plain["promote"]),
    }
    given = {name: value for name, value in kept.items() if value}
    return yaml.safe_dump(given, sort_keys=False, allow_unicode=True)


def save_rules(path: Path, rules: TouchpointRules) -> None:
    """Write the rules of a workspace; a reader sees the old file or the new one.

    Raises
    ------
    RulesError
        If they cannot be used; the file stays as it was.
    """
    check_rules(rules)
    write_file(path, dump_rules(rules).encode())


def rules_hash(rules: TouchpointRules) -> str:
    """Identify rules by what they say."""
    return blake2b(msgspec.json.encode(rules, order="sorted"), digest_size=_DIGEST).hexdigest()


def check_rules(rules: TouchpointRules, file: str = "", lines: _Lines | None = None) -> None:
    """Refuse rules that follow the schema and still cannot be used.

    Raises
    ------
    RulesError
        There are too many, one names no touchpoint and drops nothing, a channel is unknown, a pattern is
        not one RE2 takes, or a property is promoted twice.
    """
    if len(rules.rules) > MOST_RULES:
        raise RulesError(f"There are {len(rules.rules)} rules; at most {MOST_RULES} are allowed.", file=file)
    for number, rule in enumerate(rules.rules):
        for field, fault in _faults(rule):
            line = lines.of(["rules", number, field]) if lines else 0
            raise RulesError(f"rule {number + 1}: {fault.message}", hint=fault.hint, file=file, line=line)
    names = [one.name for one in rules.promote]
    for number, name in enumerate(names):
        if name in names[:number]:
            line = lines.of(["promote", number]) if lines else 0
            raise RulesError(f"The property {name!r} is promoted twice.", file=file, line=line)


def _faults(rule: TouchpointRule) -> Iterator[tuple[str, RulesError]]:
    if not rule.touchpoint and not rule.drop:
        yield "touchpoint", RulesError("it names no touchpoint.", hint="Give `touchpoint`, or `drop: true`.")
    for channel in rule.channel:
        if channel not in CHANNELS and channel not in CHANNEL_ALIASES:
            near = get_close_matches(channel, CHANNELS, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Channels: {', '.join(CHANNELS)}."
            yield "channel", RulesError(f"there is no channel {channel!r}.", hint=hint)
    for field in ("name_pattern", "url_pattern"):
        pattern = getattr(rule, field)
        try:
            _ = pattern and Pattern(pattern)
        except RulesError as error:
            yield field, error


def _composed(text: str, file: str) -> yaml.Node | None:
    if len(text) > LARGEST_TEXT:
        raise RulesError(
            f"The file has {len(text):,} characters; at most {LARGEST_TEXT:,} are read.", file=file
        )
    try:
        _refuse_bombs(text, file)
        return yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it cannot be read"
        line = mark.line + 1 if mark else 1
        raise RulesError(f"This is not YAML: {problem}.", file=file, line=line) from error


def _refuse_bombs(text: str, file: str) -> None:
    depth = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or depth > DEEPEST:
            what = "goes deeper than rules do" if depth > DEEPEST else "is an alias, which rules may not have"
            raise RulesError(
                f"This {what}.", file=file, line=event.start_mark.line + 1 if event.start_mark else 0
            )


def _plain(node: yaml.Node, file: str) -> Any:  # noqa: ANN401 -- texts, lists and dicts of them
    if isinstance(node, yaml.MappingNode):
        _refuse_twice(node, file)
        return {name.value: _plain(value, file) for name, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, file) for item in node.value]
    is_null = getattr(node, "style", None) is None and node.value in _NULLS
    return None if is_null else node.value


def _with_lists(plain: Any) -> Any:  # noqa: ANN401 -- as above
    """Let one plain value stand for a list of one, where rules take lists."""
    for rule in _items(_entries(plain).get("rules")):
        _listed(_entries(rule), _LISTS)
        where = _entries(_entries(rule).get("where"))
        _listed(where, where)
    return plain


def _listed(values: dict[str, Any], names: Iterable[str]) -> None:
    for name in names:
        if isinstance(values.get(name), str):
            values[name] = [values[name]]


def _entries(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _items(value: object) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def _refuse_twice(node: yaml.MappingNode, file: str) -> None:
    names = [name.value for name, _ in node.value]
    for place, (name, _) in enumerate(node.value):
        if name.value in names[:place]:
            raise RulesError(f"`{name.value}` stands here twice.", file=file, line=name.start_mark.line + 1)


def _misfit(error: msgspec.ValidationError, root: yaml.Node, file: str) -> RulesError:
    found = _AT.match(str(error))
    said, path = (found["what"], found["path"] or "") if found else (str(error), "")
    parts = [name or (int(number) if number else "") for name, number, _ in _PART.findall(path)]
    where = path.lstrip(".") or "the file"
    unknown = re.search(r"unknown field `(\w+)`", said)
    line = _Lines(root).of([*parts, unknown[1]] if unknown else parts)
    for word, words in _WORDS.items():
        said = said.replace(f"`{word}`", words)
    return RulesError(
        f"`{where}`: {said[0].lower()}{said[1:]}.", hint=_hint(unknown, path), file=file, line=line
    )


def _hint(unknown: re.Match[str] | None, path: str) -> str:
    known = _FIELDS[next((name for name in ("rules", "promote") if name in path), "")]
    if unknown is None:
        return ""
    near = get_close_matches(unknown[1], known, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Known here: {', '.join(known)}."


class _Lines:
    """Where things stand in a file."""

    def __init__(self, root: yaml.Node) -> None:
        self._root = root

    def of(self, path: list[str | int]) -> int:
        """Return the line of a path, or of the nearest thing around it."""
        node, line = self._root, self._root.start_mark.line + 1
        for part in path:
            found = _below(node, part)
            if found is None:
                break
            node, line = found
        return line


def _below(node: yaml.Node, part: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part].start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == part:
                return value, name.start_mark.line + 1
    return None


def _given(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _short(value) for name, value in rule.items() if value}


def _short(value: Any) -> Any:  # noqa: ANN401 -- as above
    if isinstance(value, dict):
        return {name: _short(one) for name, one in _entries(cast("object", value)).items()}
    if not isinstance(value, tuple):
        return value
    texts = cast("tuple[str, ...]", value)
    return texts[0] if len(texts) == 1 else list(texts)


_WORDS: Final = {"array": "a list", "object": "names with values", "str": "a text", "bool": "true or false"}
_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "": TouchpointRules.__struct_fields__,
    "rules": ("touchpoint", "channel", "name", "name_pattern", "url_pattern", "kind", "where", "drop"),
    "promote": ("name", "type"),
}
