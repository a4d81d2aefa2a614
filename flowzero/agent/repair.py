"""The deterministic fixer: the smallest edits that keep every promise. From nothing at all it is the built-in planner.

For each broken finding it tries candidate edits, the least first, and keeps one only if the finding is mended and none that
was kept breaks. Tracks that broke no promise stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import ValidationError

from flowzero.agent import edits as edit
from flowzero.agent.composing import compose
from flowzero.agent.constraints import broken, confidence, measure
from flowzero.agent.edits import Edit
from flowzero.agent.fixes import candidates
from flowzero.agent.promises import Reading
from flowzero.dss import DSS, explain
from flowzero.errors import PlanError
from flowzero.plan import Finding

_ROUNDS = 3
_TRIES = 48


def draft(reading: Reading, *, seconds: float = 2.0, fps: float = 8.0) -> DSS:
    """The built-in planner's first plan for a reading.

    Raises:
        PromptError: if the reading names nothing that can be drawn, or more than a plan holds.
        PlanError: if seconds and fps do not make 1..512 frames.
    """
    try:
        dss = compose(reading, seconds, fps)
    except ValidationError as error:
        raise PlanError(explain(error)) from None
    for _ in range(_ROUNDS):
        findings = measure(reading, dss)
        if not any(broken(finding) for finding in findings):
            break
        changes = propose(reading, dss, findings)
        if not changes:
            break
        dss = edit.apply(dss, changes)
    return dss


def propose(reading: Reading, dss: DSS, findings: Iterable[Finding] | None = None) -> tuple[Edit, ...]:
    """Edits that mend what the findings say is broken, worst and promised first; none when nothing is, or nothing helps.

    Findings of another critic, which no measure of ours made, are left to it.
    """
    ours = measure(reading, dss)
    found: list[Edit] = []
    wanted = None if findings is None else {finding.constraint for finding in findings if broken(finding)}
    for index in _broken(ours):
        if wanted is not None and ours[index].constraint not in wanted:
            continue
        now = measure(reading, dss)
        if not broken(now[index]):
            continue
        change = _mend(reading, dss, now, index)
        if change:
            dss = edit.apply(dss, change)
            found += change
    return tuple(found)


def _broken(findings: tuple[Finding, ...]) -> list[int]:
    """Indices of broken findings: counts first, since other promises need their objects; then promises; then plausibility."""
    rank = {"count": 0, "attribute": 1, "size": 2, "comparison": 2}
    indices = [index for index, finding in enumerate(findings) if broken(finding)]
    return sorted(indices, key=lambda index: (not findings[index].promised, rank.get(findings[index].constraint, 3)))


def _mend(reading: Reading, dss: DSS, findings: tuple[Finding, ...], index: int) -> tuple[Edit, ...]:
    """The first candidate that mends the finding and breaks nothing, else no promise, else the one that helps most."""
    kept = [k for k, finding in enumerate(findings) if not broken(finding)]
    before = confidence(findings, 1.0)
    best: tuple[float, tuple[Edit, ...]] = (before + 1e-6, ())
    mended: tuple[Edit, ...] = ()
    for change, after in _tried(reading, dss, findings, index):
        measured = measure(reading, after)
        harmed = [measured[k].promised for k in kept if broken(measured[k])]
        if not broken(measured[index]) and not harmed:
            return change
        if not broken(measured[index]) and findings[index].promised and not any(harmed):
            mended = mended or change
        score = confidence(measured, 1.0)
        if score > best[0] and not any(harmed):
            best = (score, change)
    return mended or best[1]


def _tried(reading: Reading, dss: DSS, findings: tuple[Finding, ...], index: int) -> Iterator[tuple[tuple[Edit, ...], DSS]]:
    """Candidates that apply, with what they lead to."""
    for tries, change in enumerate(candidates(reading, dss, findings, index)):
        if tries >= _TRIES:
            return
        try:
            yield change, edit.apply(dss, change)
        except PlanError:
            continue
