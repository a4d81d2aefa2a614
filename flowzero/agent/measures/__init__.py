"""How each kind of promise is measured on a plan: one function a kind, from a promise and a scene to an outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flowzero.agent.measures import motion, plausibility, presence, space, together, view
from flowzero.agent.measures.scene import KEPT, Outcome, Scene, finding
from flowzero.agent.promises import Journey, Promise

__all__ = ["KEPT", "MEASURES", "PLAUSIBLE", "Outcome", "Scene", "constraint_name", "finding"]

MEASURES: Mapping[str, Callable[[Any, Scene], Outcome]] = {
    "count": presence.count,
    "attribute": presence.looks,
    "appearance": presence.seen,
    "change": presence.turns,
    "setting": presence.scenery,
    "journey": motion.journey,
    "still": motion.still,
    "moves": motion.moves,
    "growth": motion.grows,
    "pacing": motion.paced,
    "comparison": together.compared,
    "following": together.follows,
    "passing": together.passes,
    "meeting": together.meets,
    "opposition": together.opposed,
    "carrying": together.carries,
    "sequence": together.ordered,
    "position": space.stays,
    "relation": space.relation,
    "size": space.sized,
    "camera": view.camera,
}

PLAUSIBLE: Mapping[str, Callable[[Scene], Outcome]] = {
    "teleporting": plausibility.steady,
    "constancy": plausibility.constant,
    "ground": plausibility.grounded,
    "overlap": plausibility.apart,
    "framing": plausibility.framed,
    "unasked": plausibility.asked,
    "description": presence.described,
}


def constraint_name(promise: Promise) -> str:
    """A promise's name among the findings: journeys are told apart by what they ask for."""
    if not isinstance(promise, Journey):
        return promise.kind
    kinds = {step.kind for step in promise.steps}
    if len(promise.steps) == 1:
        return {
            "go": "direction",
            "trace": "pattern",
            "at": "order",
            "beside": "relation",
            "approach": "approach",
            "rest": "still",
        }[kinds.pop()]
    return "direction" if len(promise.steps) == 2 and kinds <= {"at", "go"} else "order"
