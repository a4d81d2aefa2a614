"""The acts of an outline's line as the steps of a journey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, cast

from flowzero.agent import promises as p
from flowzero.agent.nature import habit

if TYPE_CHECKING:
    from flowzero.agent.outline import Act, OutlineThing


TRACES = {"circle": "circle", "bounce": "bounce", "zigzag": "zigzag", "wander": "wander"} | {
    "up and down": "up-down",
    "side to side": "side-to-side",
}
_LOOPS = frozenset({"circle", "bounce"})
"""What is done at a point of the way, to which one has come by then."""
_LINE_OF_SIGHT = {"near": "towards", "far": "away"}
_OUTWARDS: Mapping[str, p.Heading] = {"left": "left", "right": "right", "top": "up", "bottom": "down"}
_INWARDS: Mapping[str, p.Heading] = {"left": "right", "right": "left", "top": "down", "bottom": "up"}


def place_of(spot: str) -> p.Place:
    """The part of the picture that a spot is."""
    x = next((word for word in ("left", "right") if word in spot), None)
    y = next((word for word in ("top", "bottom") if word in spot), None)
    return p.Place(x="middle") if spot == "middle" else p.Place(x=cast("p.Across", x), y=cast("p.Upright", y))


def steps_of(acts: tuple[Act, ...], *, goes_on: bool = False) -> list[p.Step]:
    """The steps of a journey, which another step follows if it goes on; resting alone and merely moving are no steps.

    Who only comes in goes on inwards.
    """
    steps: list[p.Step] = []
    further = goes_on or bool(set(acts[1:]) - {"go"})
    for index, act in enumerate(acts):
        kind, _, spot = act.partition(" ")
        first = index == 0 and (further or kind == "in")
        ends = not set(acts[1:]) - {"go", "rest", *_LOOPS}
        inwards = index == 0 and kind == "in" and not goes_on and (ends or acts[1:2] in (("circle",), ("rest",)))
        if act in TRACES:
            steps.append(p.Trace(pattern=cast("p.Pattern", TRACES[act])))
        elif act in _LINE_OF_SIGHT:
            steps.append(p.Go(heading=cast("Literal['towards', 'away']", _LINE_OF_SIGHT[act])))
        elif kind in ("at", "in"):
            place = place_of(spot)
            loose = " " not in spot and kind == "at" and spot != "middle"
            steps.append(p.At(place=place.model_copy(update={"off": kind == "in"}), loose=loose, start=first))
            if inwards:
                steps.append(p.Go(heading=_INWARDS[spot]))
        elif kind == "out":
            beyond = place_of(spot).model_copy(update={"off": True})  # who looks in from there comes in before he goes
            steps += [
                p.Go(heading=_INWARDS[spot] if steps == [p.At(place=beyond, start=True)] else _OUTWARDS[spot]),
                p.At(place=beyond),
            ]
        elif act == "rest" and len(acts) > 1:
            steps.append(p.Rest())
        elif act not in ("rest", "go"):
            steps.append(p.Go(heading=cast("p.Heading", act.replace(" ", "-"))))
    return steps


def lands(line: OutlineThing, thing: p.Thing, made: p.Relation) -> bool:
    """Whether it is on another, in it or next to it where its way ends or halts: it comes in, or flies down onto it."""
    comes = bool(line.do) and line.do[0].startswith("in ")
    until = line.do.index("rest") if comes and "rest" in line.do else len(line.do)
    acts = [act for act in line.do[:until] if act != "rest"]
    if comes and set(acts[1:]) <= {"down", "go", *_LOOPS}:
        return made.relation in ("on", "inside", "near")
    if comes and set(acts[1:]) <= {"up", "down"} and acts[-1] == "down":
        return made.relation in ("on", "inside")
    if line.do[1:] == ("rest",) and line.do[0].startswith("at top"):
        return made.relation == "on"
    return made.relation == "on" and acts[-1:] == ["down"] and line.do[0] != "rest" and habit(thing.noun) in ("flies", "floats")


def landed(steps: list[p.Step], made: p.Relation) -> list[p.Step]:
    """The steps of which one ends on another, with the way down to it only if they begin with that."""
    before, onwards = _until_it_halts(steps)
    way = before[:-1] if len(before) > 1 and isinstance(before[-1], p.Go) else before
    near = made.relation == "near"
    there = p.Approach(other=made.other) if near else p.Beside(relation=made.relation, other=made.other)
    return [*way, there, *onwards]


def in_turn(steps: list[p.Step], further: Sequence[p.Approach | p.Trace]) -> list[p.Step]:
    """The steps and the one to, from or around another.

    Who comes in and halts has gone there before, and so has who leaves the picture, or rests at last.
    """
    before, onwards = _until_it_halts(steps)
    departs = any(isinstance(step, p.Approach) and step.away for step in further)
    if further and onwards and (len(onwards) == 1 or not departs):
        return [*in_turn(before, further), *onwards]
    leaves = bool(steps) and isinstance(steps[-1], p.At) and steps[-1].place.off and not steps[-1].start
    if leaves and departs:
        return [*steps[:-2], *further, *steps[-2:]]
    return [*steps, *further]


def _until_it_halts(steps: list[p.Step]) -> tuple[list[p.Step], list[p.Step]]:
    """The steps up to the first halt of who comes in, or to the last of who rests at last, and those from there on."""
    comes = bool(steps) and isinstance(steps[0], p.At) and steps[0].place.off and steps[0].start
    halts = [k for k, step in enumerate(steps) if isinstance(step, p.Rest) and (comes or k + 1 == len(steps))]
    return (steps[: halts[0]], steps[halts[0] :]) if halts else (steps, [])
