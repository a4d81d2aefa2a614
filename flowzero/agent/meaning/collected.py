"""The promises of a text as they come in: what continues an earlier one is joined to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from flowzero.agent.bonds import GOING
from flowzero.agent.cast_list import CastList
from flowzero.agent.clause import Clause
from flowzero.agent.promises import (
    Approach,
    At,
    Beside,
    Go,
    Journey,
    Place,
    Promise,
    Rest,
    Stays,
    Step,
    Still,
    Trace,
    Window,
    opposite,
)

_LOOPS = ("circle", "bounce")
"""What is done at one point of a way; one zigzags all along it."""


@dataclass
class Collected:
    """The promises of clauses, in order, and the things they are about."""

    cast: CastList
    promises: list[Promise] = field(default_factory=list)
    met: set[str] = field(default_factory=set)
    """Things that earlier clauses spoke of."""
    afloat: set[tuple[str, str]] = field(default_factory=set)
    """Who floats along on what."""
    known: bool = False
    """Whether a step was told that was promised before."""

    def moves(self, thing: str) -> bool:
        """Whether anything was told of where a thing goes."""
        return any(p.kind in GOING and getattr(p, "thing", None) == thing for p in self.promises)

    def journey(self, thing: str, steps: list[Step], clause: Clause, window: Window) -> None:
        """Add steps: to the journey that this continues, or as a journey of its own."""
        manner = clause.manner if clause.manner in ("fast", "slow") else "any"
        if not steps:
            return
        if self.waited(thing, clause):
            steps = [Rest(), *steps]
        elif window.start > 0 and (waits := Still(thing=thing)) in self.promises:
            self.promises[self.promises.index(waits)] = Still(thing=thing, window=window.before)
        if window.whole and clause.joined == "next" and (until := self._until(thing)) is not None:
            window = until.after
        if window.whole and clause.joined in ("and", "next") and not any(isinstance(step, Trace) for step in steps):
            self._loop_on_the_way(thing)
        for index in range(len(self.promises) - 1, -1, -1):
            old = self.promises[index]
            if (
                isinstance(old, Journey)
                and old.thing == thing
                and old.window.whole
                and window.whole
                and (begun := _told_after(old, steps, clause)) is not None
            ):
                self.promises[index] = old.model_copy(update={"steps": (begun, *old.steps)})
                return
            if (
                isinstance(old, Journey)
                and old.thing == thing
                and old.window.whole
                and window.whole
                and self._continues(old, steps, clause)
            ):
                joined = _halted(old.steps, steps) or [
                    *old.steps,
                    *(step for k, step in enumerate(steps) if k or step != old.steps[-1]),
                ]
                self.known = self.known or joined == list(old.steps)
                self.promises[index] = old.model_copy(update={"steps": tuple(joined)})
                return
            if (
                isinstance(old, Stays)
                and old.thing == thing
                and old.window.whole
                and not isinstance(steps[0], Trace)
                and not getattr(steps[0], "start", False)
            ):
                self.promises[index] = Journey(
                    thing=thing, steps=(At(place=old.place, start=True), *steps), window=window, manner=manner
                )
                return
        self.promises.append(Journey(thing=thing, steps=tuple(steps), window=window, manner=manner))

    def _loop_on_the_way(self, thing: str) -> None:
        """As in "flies in from the left, loops and leaves": what comes after the loop tells that it was a part of the way."""
        ways = [p for p in self.promises if isinstance(p, Journey) and p.thing == thing and p.window.whole]
        if len(ways) < 2 or not all(isinstance(step, Trace) and step.pattern in _LOOPS for step in ways[-1].steps):
            return
        led = [step for step in ways[-2].steps if not isinstance(step, Trace)]
        if len(led) == len(ways[-2].steps) and self.cast[thing].count == 1:
            self.promises[self.promises.index(ways[-2])] = ways[-2].model_copy(update={"steps": (*led, *ways[-1].steps)})
            self.promises.remove(ways[-1])

    def onwards(self, thing: str) -> Go | None:
        """Which way it went on before it halted, if it halted last."""
        ways = [old.steps for old in self.promises if isinstance(old, Journey) and old.thing == thing]
        match ways[-1][-2:] if ways else ():
            case (At(place=there), Rest()) if (begun := _from_side(ways[-1])) is not None and there.x != begun:
                return Go(heading="right" if begun == "left" else "left")
            case (_, Rest()):
                return next((step for step in reversed(ways[-1]) if isinstance(step, Go)), None)
        return None

    def _until(self, thing: str) -> Window | None:
        """When what was told of its way last is over, if it goes only until then."""
        ways = [old for old in self.promises if isinstance(old, Journey) and old.thing == thing]
        return ways[-1].window if ways and ways[-1].window.waiting else None

    def waited(self, thing: str, clause: Clause) -> bool:
        """Whether it was still until this clause: no longer for the whole time, then."""
        waits = Still(thing=thing)
        if clause.joined not in ("next", "and") or waits not in self.promises:
            return False
        self.promises.remove(waits)
        return True

    def _continues(self, old: Journey, steps: list[Step], clause: Clause) -> bool:
        if isinstance(steps[0], Rest):
            return True
        looped = isinstance(old.steps[-1], Trace) and len(old.steps) > 1
        if looped and clause.joined == "and" and not any(isinstance(step, Trace) for step in steps):
            return True
        if clause.joined == "next" or clause.order in ("next", "last"):
            return True
        if self.cast[old.thing].count == 1 and _turned(old.steps[-1], steps[0]):
            return True
        if any(isinstance(step, Trace) for step in (*old.steps, *steps)):
            return False
        return clause.joined != "while"


def _told_after(old: Journey, steps: list[Step], clause: Clause) -> At | None:
    """Where a way begins that is told after where it leads, as in "a stork lands on a roof, coming in from above"."""
    if clause.joined == "next" or clause.order in ("next", "last"):
        return None
    match old.steps[0], steps:
        case ((At(start=False) | Beside(start=False) | Approach(away=False)), [At(start=True) as begun, Go()]):
            off = any(isinstance(step, At) and step.place.off for step in old.steps)
            return begun if begun.place.off and not off else None
    return None


def _turned(last: Step, then: Step) -> bool:
    """Whether nobody can go both ways at once, as in "up goes the ball, down goes the ball"."""
    ways = [step.heading for step in (last, then) if isinstance(step, Go) and step.heading in ("up", "down", "left", "right")]
    return len(ways) == 2 and opposite(ways[0]) == ways[1]


def _halted(way: tuple[Step, ...], halt: list[Step]) -> list[Step] | None:
    """As in "runs from left to right and stops in the middle": it halts on the way."""
    match way[-1:], halt:
        case (At(place=goal),), [At(place=Place(x="middle")) as there, Rest() as rest] if len(way) > 1 and goal.x in (
            "left",
            "right",
        ):
            return [*way[:-1], there.model_copy(update={"start": False}), rest]
    return None


def _from_side(way: tuple[Step, ...]) -> str | None:
    """The side from which a way begins."""
    match way[0]:
        case At(place=Place(x="left" | "right" as side), start=True):
            return side
    return None
