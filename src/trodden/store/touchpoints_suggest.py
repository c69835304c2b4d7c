"""Rules worth having, read off the events: URLs and names that differ only in numbers, ids and slugs."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

import msgspec

from trodden.model.touchpoints import TouchpointRule
from trodden.store._arrow import pa, pc
from trodden.store._re2 import LONGEST
from trodden.store.touchpoints_classify import tables_of
from trodden.store.touchpoints_match import path_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from trodden.store._arrow import Table

MOST_PROPOSALS: Final = 200
MOST_EXAMPLES: Final = 3
MOST_TEXTS: Final = 200_000
"""Distinct URLs, and names, that are looked at: those of most events."""

MOST_SPELLINGS: Final = 50
"""Spellings of one name that a rule lists: those of most events."""

MANY: Final = 20
"""Different texts in one place of a path beyond which they are taken for slugs."""

ANY: Final = "*"
_PAGES: Final = frozenset({"page", "screen"})
_HOST: Final = r"^([A-Za-z][A-Za-z0-9+.-]*:)?(//[^/]*)?"
_END: Final = r"/?([?#]|$)"
_ID: Final = (
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    r"|[0-9a-fA-F]{16,}"
    r"|[0-9]+"
)
_DIGITS: Final = "[0-9]+"
_WHOLE_ID: Final = re.compile(rf"(?:{_ID}|(?=[\w-]*[0-9])[\w-]{{12,}}|[^@\s]+@[^@\s]+)")
_ID_IN_NAME: Final = re.compile(rf"(?<![A-Za-z])(?:{_ID})(?![A-Za-z])")


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that would bring ``texts`` different URLs or names, of ``events`` events, to one touchpoint."""

    rule: TouchpointRule
    events: int
    texts: int
    examples: tuple[str, ...]


def suggest(events: Table | Iterable[Table]) -> list[Proposal]:
    """Propose rules for what would otherwise be many touchpoints that are one, most events first.

    URLs are looked at where an event has no name or is a page or screen. A part of a path that is a number,
    a UUID, a long identifier or an address becomes any text; so does a place in which more than twenty
    different texts follow the same beginning. Names are brought together where they differ in numbers and
    identifiers alone and share a word: activities that are called 1, 2 and 3 stay apart. So are names that
    differ in capitals and blanks alone. What is only one URL or name needs no rule.

    Parameters
    ----------
    events
        Rows of the event schema, in one table or several.
    """
    urls, names = _counted(events)
    found = [*_url_proposals(urls), *_name_proposals(names), *_spelling_proposals(names)]
    return sorted(found, key=lambda one: (-one.events, one.rule.touchpoint))[:MOST_PROPOSALS]


def _counted(events: Table | Iterable[Table]) -> tuple[Counter[str], Counter[str]]:
    urls: Counter[str] = Counter()
    names: Counter[str] = Counter()
    for table in tables_of(events):
        is_page = pc.or_(pc.equal(table.column("name"), ""), pc.is_in(table.column("kind"), pa.array(_PAGES)))
        _count(table.column("url").filter(is_page), urls)
        _count(table.column("name"), names)
    return urls, names


def _count(column: object, counts: Counter[str]) -> None:
    for one in pc.value_counts(column).to_pylist():
        if one["values"]:
            counts[one["values"]] += one["counts"]
    if len(counts) > 2 * MOST_TEXTS:
        kept = counts.most_common(MOST_TEXTS)
        counts.clear()
        counts.update(dict(kept))


def _url_proposals(urls: Mapping[str, int]) -> Iterator[Proposal]:
    parts = {url: _parts(path_of(url)) for url in urls}
    _merge_slugs(parts)
    for template, members in _grouped(parts).items():
        pattern = (
            _HOST + "".join("/[^/?#]+" if part == ANY else f"/{_escaped(part)}" for part in template) + _END
        )
        if len(members) > 1 and ANY in template and len(pattern) <= LONGEST:
            rule = TouchpointRule(touchpoint="/" + "/".join(template), url_pattern=pattern)
            yield _proposal(rule, members, urls)


def _parts(path: str) -> tuple[str, ...]:
    return tuple(ANY if _WHOLE_ID.fullmatch(part) else part for part in path.split("/") if part)


def _merge_slugs(parts: dict[str, tuple[str, ...]]) -> None:
    """Let a place of a path be any text where many different ones follow the same beginning."""
    for place in range(max(map(len, parts.values()), default=0)):
        following: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        for path in parts.values():
            if len(path) > place:
                following[path[:place]].add(path[place])
        for url, path in parts.items():
            if len(path) > place and len(following[path[:place]]) > MANY:
                parts[url] = (*path[:place], ANY, *path[place + 1 :])


def _grouped(parts: Mapping[str, tuple[str, ...]]) -> dict[tuple[str, ...], list[str]]:
    groups: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for text, template in parts.items():
        groups[template].append(text)
    return groups


def _name_proposals(names: Mapping[str, int]) -> Iterator[Proposal]:
    groups = _grouped({name: tuple(_ID_IN_NAME.split(name)) for name in names})
    for pieces, members in groups.items():
        found = {one for name in members for one in _ID_IN_NAME.findall(name)}
        between = _DIGITS if all(one.isdecimal() for one in found) else f"({_ID})"
        pattern = "^" + between.join(map(_escaped, pieces)) + "$"
        has_word = any(letter.isalpha() for piece in pieces for letter in piece)
        if len(members) > 1 and len(pieces) > 1 and has_word and len(pattern) <= LONGEST:
            rule = TouchpointRule(touchpoint=ANY.join(pieces), name_pattern=pattern)
            yield _proposal(rule, members, names)


def _spelling_proposals(names: Mapping[str, int]) -> Iterator[Proposal]:
    """Propose one name for those that differ in capitals and blanks alone: the one of most events."""
    groups = _grouped({name: (" ".join(name.casefold().split()),) for name in names})
    for members in groups.values():
        if len(members) > 1:
            ranked = sorted(members, key=lambda name: (-names[name], name))[:MOST_SPELLINGS]
            yield _proposal(TouchpointRule(touchpoint=ranked[0].strip(), name=tuple(ranked)), ranked, names)


def _escaped(text: str) -> str:
    return re.escape(text).replace("\\ ", " ").replace("\\-", "-")


def _proposal(rule: TouchpointRule, members: list[str], counts: Mapping[str, int]) -> Proposal:
    ranked = sorted(members, key=lambda text: (-counts[text], text))
    events = sum(counts[text] for text in members)
    return Proposal(rule=rule, events=events, texts=len(members), examples=tuple(ranked[:MOST_EXAMPLES]))
