"""Paths: from the steps of a thing's journeys to keyframes, given where everything planned so far is.

Nothing is measured here; :mod:`~flowzero.agent.repair` measures what comes out and tries other lanes when things collide.
"""

from __future__ import annotations

from flowzero.agent.choreography.encounters import dwarfs
from flowzero.agent.choreography.following import rivals
from flowzero.agent.choreography.implied import implied
from flowzero.agent.choreography.paths import path_for, turn
from flowzero.agent.choreography.shapes import laid_over, swelling
from flowzero.agent.choreography.sketch import Sketch
from flowzero.agent.choreography.slopes import on_slopes
from flowzero.agent.choreography.standing import climbs, crosses
from flowzero.agent.choreography.stepwise import step_by_step
from flowzero.agent.choreography.troops import company, member_of, troop
from flowzero.agent.choreography.ways import sideways

__all__ = [
    "Sketch", "climbs", "company", "crosses", "dwarfs", "implied", "laid_over", "member_of", "on_slopes", "path_for", "rivals",
    "sideways", "step_by_step", "swelling", "troop", "turn",
]  # fmt: skip
