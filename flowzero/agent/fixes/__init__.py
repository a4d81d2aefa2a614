"""Candidate edits for each kind of broken finding, the least change first."""

from __future__ import annotations

from collections.abc import Iterator

from flowzero.agent.constraints import scene_of
from flowzero.agent.fixes.common import Change
from flowzero.agent.fixes.paths import moved
from flowzero.agent.fixes.plausible import PLAUSIBLE
from flowzero.agent.fixes.promised import FIXES
from flowzero.agent.promises import Reading
from flowzero.dss import DSS
from flowzero.plan import Finding

__all__ = ["candidates"]


def candidates(reading: Reading, dss: DSS, findings: tuple[Finding, ...], index: int) -> Iterator[Change]:
    """Edits that may mend the finding at `index`, as :func:`flowzero.agent.constraints.measure` orders findings."""
    finding = findings[index]
    scene = scene_of(reading, dss)
    if index < len(reading.promises):
        promise = reading.promises[index]
        yield from FIXES.get(promise.kind, moved)(promise, scene, finding)
    elif finding.constraint in PLAUSIBLE:
        yield from PLAUSIBLE[finding.constraint](scene, finding)
