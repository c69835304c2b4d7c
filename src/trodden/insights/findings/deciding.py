"""Which candidates are more than chance, which are noise, and which are the same thing seen twice."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import msgspec

from trodden.insights.findings.model import Evidence, Finding, Ignored
from trodden.methods.stats.multiple import benjamini_hochberg
from trodden.model.words import keep

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trodden.insights.findings.candidates import Candidate, Family

CHANCE: Final = 0.01
"""Of what is told of a family so much may be chance; where nothing is there, so rarely is anything told."""

IGNORED: Final = 12
"""Noise that is listed, the largest first."""

MOST_EVIDENCE: Final = 8


def told(candidates: Sequence[Candidate]) -> list[Finding]:
    """Return those that hold at a false discovery rate of `CHANCE` over all tests of their family."""
    return [finding for finding, is_told in _corrected(candidates) if is_told]


def ignored(candidates: Sequence[Candidate]) -> tuple[Ignored, ...]:
    """Return the largest moves and differences between groups that are within what chance brings."""
    noise = [finding for finding, is_told in _corrected(candidates) if not is_told and _is_compared(finding)]
    noise.sort(key=lambda one: (-abs(one.effect.value or 0.0), one.sentence))
    return tuple(Ignored(sentence=one.sentence, effect=one.effect, n=one.effect.n) for one in noise[:IGNORED])


def _is_compared(finding: Finding) -> bool:
    return finding.kind in {"move", "group"} and bool(finding.effect.n)


def _corrected(candidates: Sequence[Candidate]) -> Iterable[tuple[Finding, bool]]:
    """Yield each with its corrected p, and whether it is told."""
    families: dict[Family, list[Candidate]] = defaultdict(list)
    for one in candidates:
        families[one.family].append(one)
    for members in families.values():
        every = [one.p for one in members] + [p for one in members for p in one.others]
        for one, adjusted in zip(members, benjamini_hochberg(every), strict=False):
            finding = msgspec.structs.replace(one.finding, adjusted_p=adjusted, tried=len(every))
            yield finding, one.is_large and adjusted <= CHANCE


def merged(findings: Sequence[Finding]) -> list[Finding]:
    """Put those about the same thing together: the one ranked highest speaks, the others are its evidence."""
    same: dict[str, list[Finding]] = defaultdict(list)
    for one in sorted(findings, key=lambda one: (-one.rank.score, one.adjusted_p, one.sentence)):
        same[one.key].append(one)
    return [_merged(group) for group in same.values()]


def _merged(group: list[Finding]) -> Finding:
    first, *rest = group
    evidence = (*first.evidence, *(_as_evidence(one) for one in rest))
    return msgspec.structs.replace(first, evidence=evidence[:MOST_EVIDENCE])


def _as_evidence(one: Finding) -> Evidence:
    found = one.evidence[0]
    return msgspec.structs.replace(
        found, said=keep("{sentence} ({said})", sentence=one.sentence, said=found.said)
    )


def against_each_other(findings: Sequence[Finding]) -> list[Finding]:
    """Let findings that say the opposite of one place speak against each other, before all else."""
    by_place: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for one in findings:
        by_place[one.map, one.place].append(one)
    return [_with_opposite(one, by_place[one.map, one.place]) for one in findings]


def _with_opposite(finding: Finding, at_place: list[Finding]) -> Finding:
    if finding.sense == "differs":
        return finding
    opposite = [
        keep("But: {sentence}.", sentence=one.sentence)
        for one in at_place
        if one.sense not in {finding.sense, "differs"}
    ]
    return msgspec.structs.replace(finding, contrary=(*opposite, *finding.contrary))
