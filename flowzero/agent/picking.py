"""What the rules know to be picked up, in the small planner's reading, which has one word for all that goes along."""

from __future__ import annotations

from flowzero.agent import promises as p
from flowzero.agent.bonds import coming_to
from flowzero.agent.counterparts import matched, moved
from flowzero.agent.promises import Promise, Reading


def picked_up(model: Reading, rules: Reading) -> Reading:
    """The model's reading with what somebody has in it taken along from where it lies, where the rules say that it is taken."""
    same = matched(model, rules)
    said = list(model.promises)
    for tie in (tie for tie in rules.promises if isinstance(tie, p.Carries) and tie.how == "taken"):
        ours = moved(tie, same)
        if not isinstance(ours, p.Carries):
            continue
        held = next((k for k, on in enumerate(said) if isinstance(on, p.Carries) and _pair(on) == _pair(ours)), None)
        if held is None:
            continue
        said[held] = ours
        lay = [on for on in rules.promises if isinstance(on, p.Relation) and on.thing == tie.thing and not on.window.whole]
        said = [on for on in said if not (isinstance(on, p.Relation) and on.thing == ours.thing)]
        said += [there for on in lay if (there := moved(on, same)) is not None]
        _comes_to(said, ours)
    return model.model_copy(update={"promises": tuple(dict.fromkeys(said))})


def _pair(tie: p.Carries) -> tuple[str, str]:
    return tie.thing, tie.other


def _comes_to(said: list[Promise], tie: p.Carries) -> None:
    """Let who takes a thing come to it before he goes on, unless he does or that is told otherwise."""
    goal = p.Approach(other=tie.thing)
    ways = [k for k, on in enumerate(said) if isinstance(on, p.Journey) and on.thing == tie.other]
    if not ways:
        said.append(p.Journey(thing=tie.other, steps=(goal,)))
        return
    way = said[ways[0]]
    if not isinstance(way, p.Journey) or any(getattr(step, "other", None) == tie.thing for step in way.steps):
        return
    said[ways[0]] = way.model_copy(update={"steps": coming_to(way.steps, goal)})
