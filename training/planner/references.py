"""How people refer to the objects of a plan: by noun, look, order, side, or pronoun, one or several at once."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

from flowzero.agent.casting import head_of
from flowzero.dss import Object
from training.planner.english import number, plural
from training.planner.scenes import Scene, Unsuited


class Target(NamedTuple):
    """What a command is given to."""

    lines: tuple[int, ...]
    """Numbers of objects in the plan."""
    text: str
    single: bool
    """Whether verbs take the singular with it."""
    noun: str
    """Of one of them."""


def like(scene: Scene, line: int) -> list[tuple[int, Object]]:
    """The objects that have the noun of a line's object, itself among them, with their lines."""
    noun = head_of(scene.dss.objects[line - 1].phrase)
    return [(k, other) for k, other in enumerate(scene.dss.objects, start=1) if head_of(other.phrase) == noun]


def target(rng: random.Random, scene: Scene, told: Sequence[tuple[int, ...]], *, moving: bool) -> Target:
    """Some lines of the plan, those that move if so asked, in words; in a pronoun if they were `told` of just before.

    Raises:
        Unsuited: if no line can be meant, or not in words.
    """
    items = list(enumerate(scene.dss.objects, start=1))
    able = [(line, item) for line, item in items if not moving or len(item.path) > 1]
    if not able:
        raise Unsuited
    if told and rng.random() < 0.25 and set(told[-1]) <= {line for line, _ in able}:
        lines = told[-1]
        single = len(lines) == 1
        return Target(lines, "it" if single else "them", single, head_of(scene.dss.objects[lines[0] - 1].phrase))
    line, item = rng.choice(able)
    noun = head_of(item.phrase)
    if not noun:
        raise Unsuited
    alike = like(scene, line)
    if len(alike) > 1 and rng.random() < 0.5:
        lines = tuple(k for k, _ in alike)
        if not set(lines) <= {k for k, _ in able}:
            raise Unsuited
        many = f"the {plural(noun)}"
        if rng.random() < 0.4:
            many = rng.choice(
                (f"all {plural(noun)}", f"all the {plural(noun)}", *([f"both {plural(noun)}"] if len(alike) == 2 else []))
            )
        return Target(lines, many, False, noun)
    if len(items) == len(able) > 1 and rng.random() < 0.1:
        every = rng.choice(
            ("everything", "everybody", "all of them", "them all", *(["both", "the two"] if len(items) == 2 else []))
        )
        return Target(tuple(k for k, _ in items), every, every.startswith("every"), noun)
    if len(items) == 1 and rng.random() < 0.35:
        return Target((1,), "it", True, noun)
    return Target((line,), named(rng, scene, line), True, noun)


def named(rng: random.Random, scene: Scene, line: int) -> str:
    """Words for one object that tell it from all others.

    Raises:
        Unsuited: if there are none.
    """
    item = scene.dss.objects[line - 1]
    noun, alike = head_of(item.phrase), like(scene, line)
    words = item.phrase.split()[1:]
    full = f"the {' '.join(words)}" if item.phrase.split()[0] in ("a", "an") else f"the {item.phrase}"
    last = f"the {noun.split()[-1]}"
    if len(alike) == 1:
        short = f"the {noun}"
        others = [other for other in scene.dss.objects if other.id != item.id]
        lone = not any(head_of(other.phrase).split()[-1:] == noun.split()[-1:] for other in others)
        return rng.choices((short, full, last if lone else short, noun), (60, 25, 10, 5))[0]
    ways: list[str] = []
    if sum(other.phrase == item.phrase for _, other in alike) == 1:
        ways += [full, full]
    rank = [k for k, _ in alike].index(line)
    ordinals = ("first", "second", "third", "fourth", "fifth", "sixth")
    if rank < len(ordinals):
        ways.append(f"the {ordinals[rank]} {noun}")
        ways.append(f"{noun} {number(rank + 1)}")
    if rank == len(alike) - 1:
        ways.append(f"the last {noun}")
    across = sorted(alike, key=lambda pair: pair[1].path[0].box.cx)
    if across[0][1].path[0].box.cx + 0.1 < across[1][1].path[0].box.cx and across[0][0] == line:
        ways += [f"the left {noun}", f"the {noun} on the left", f"the leftmost {noun}"]
    if across[-2][1].path[0].box.cx + 0.1 < across[-1][1].path[0].box.cx and across[-1][0] == line:
        ways += [f"the right {noun}", f"the {noun} on the right", f"the rightmost {noun}"]
    if not ways:
        raise Unsuited
    return rng.choice(ways)
