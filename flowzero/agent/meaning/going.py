"""Verbs of motion: what goes, comes, follows, passes, carries or throws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from flowzero import vocabulary
from flowzero.agent.bonds import crossings
from flowzero.agent.clause import Clause, Role
from flowzero.agent.meaning.leaving import Leaving
from flowzero.agent.phrases import Region
from flowzero.agent.promises import (
    Approach,
    At,
    Beside,
    Compared,
    Follows,
    Go,
    Journey,
    Meets,
    Moves,
    Passes,
    Place,
    Promise,
    Relation,
    Rest,
    Seen,
    Stays,
    Step,
    Trace,
    Window,
)

_SIDES: dict[str, Place] = {
    "left": Place(x="left"), "right": Place(x="right"), "up": Place(y="top"), "down": Place(y="bottom"),
}  # fmt: skip

_STEPPING = ("bounce", "up-down", "side-to-side")
"""Patterns that something can go on in: "hops across a meadow" is hopping that leads to the other side."""


_FLEEING = frozenset(["flee", "escape", "abscond"])
_LIFTING = frozenset(["lift", "raise", "hoist", "lower"])
_WHERE = frozenset(["on", "in", "at", "by", "near", "under", "over", "beside"])
"""Prepositions of where two meet."""
_ONWARD = frozenset(["to", "towards", "toward", "past", "across", "through", "over", "up", "down", "after"])
"""Prepositions of where one goes who leaves."""
_SENT = _LIFTING | frozenset(["drop", "launch"])
"""What one does to a thing that goes up or down by it."""


class Going(Leaving):
    """Clauses that say how something moves."""

    def _travel(self, leading: list[Step] | None = None) -> None:  # noqa: C901, PLR0912
        steps = [*(leading or ()), *self._steps()]
        verb = self.clause.verb
        assert verb is not None
        if self.clause.passive and not steps and self.clause.lemma not in _SENT:
            return
        regions = [role.prep for role in self.clause.roles if role.kind == "region"]
        begun = all(prep == "from" for prep in regions)
        placed = all(isinstance(step, At) and (begun or step.place.y is None) and not step.place.off for step in steps) and all(
            prep in ("on", "in", "at", "from") for prep in regions
        )
        settles = self.clause.lemma in ("land", "alight", "settle") and bool(steps)
        if (
            verb.heading
            and not settles
            and (placed or not any(isinstance(step, At | Go | Beside | Approach) for step in steps if not _begun(step)))
        ):
            steps = [step.model_copy(update={"start": True}) if isinstance(step, At) else step for step in steps]
            steps.append(Go(heading=verb.heading))
        steps = _through(self._climbed(steps)) if self.clause.by else self._climbed(steps)
        aimless = verb.pattern == "wander" and bool(steps)
        if not any(isinstance(step, Trace) for step in steps) and verb.pattern and verb.kind == "trace" and not aimless:
            shaped = self._leapt(steps) if verb.pattern == "bounce" else None
            if shaped is None and _from_here_to_there(steps):
                shaped = [_on(step) for step in steps] if verb.medium else steps
            if shaped is None:
                rest = (Rest(),) if self.meaning.waited(self.thing, self.clause) else ()
                self.add(Journey(thing=self.thing, steps=(*rest, Trace(pattern=verb.pattern)), window=self.window))
                if not steps:
                    if self.clause.across and verb.pattern in _STEPPING:
                        self.add(Moves(thing=self.thing, window=self.window, across=True))
                    return
            steps = steps if shaped is None else shaped
        runs = isinstance(steps[0], At) and steps[0].start if steps else False  # as in "lands from left to right"
        if settles and isinstance(steps[-1], At) and not (steps[-1].place.off or runs):
            steps.append(Rest())
        self._with_company(steps)
        traces = [step for step in steps if isinstance(step, Trace)]
        others: list[Step] = [step for step in steps if not isinstance(step, Trace)]
        if traces and others and self.clause.order not in ("next", "last"):
            self.add(Journey(thing=self.thing, steps=tuple(traces), window=self.window))
            steps = others
        if steps and (place := self._sways_there(steps)) is not None:
            self.add(Stays(thing=self.thing, place=place, window=self.window))
            return
        if steps:
            self.meaning.journey(self.thing, steps, self.clause, self.window)
        elif (self.clause.away and self._takes_leave()) or self._goes_on():
            return
        elif verb.manner != "any" or verb.kind == "go":
            late = self.meaning.waited(self.thing, self.clause) and self.window.whole
            self.add(Moves(thing=self.thing, window=Window(start=0.4, end=1) if late else self.window))

    _trace = _travel

    def _sways_there(self, steps: Sequence[Step]) -> Place | None:
        """As in "a fern sways at the lower left": the place where it does so, if it leads nowhere."""
        verb, step = self.clause.verb, steps[0]
        there = [role for role in self.clause.roles if role.kind == "region"]
        if len(steps) > 1 or len(there) != 1 or there[0].prep not in ("at", "in", "on") or not isinstance(step, At):
            return None
        moved = any(isinstance(old, Journey) and not isinstance(old.steps[0], Trace) for old in self._told())
        shaped = verb is not None and verb.kind == "trace" and verb.pattern != "zigzag"
        plain = shaped and not self.clause.order and not step.place.off and not step.loose
        return step.place if plain and not moved else None

    def _told(self) -> list[Promise]:
        """What was told of it so far."""
        return [old for old in self.meaning.promises if getattr(old, "thing", None) == self.thing]

    def _go(self) -> None:
        lifted = self._object() if self.clause.lemma in _LIFTING and not self.clause.passive else None
        if lifted is None:
            self._travel()
            return
        up = Go(heading="down" if self.clause.lemma == "lower" else "up")
        self.meaning.journey(lifted, [up], self.clause, self.window)

    def _climbed(self, steps: list[Step]) -> list[Step]:
        """As in "climbs a ladder": up it, and on."""
        thing = self._object() if self.clause.lemma in ("climb", "ascend", "mount", "descend") else None
        if thing is None:
            return steps
        self.add(Relation(thing=self.thing, relation="near", other=thing, window=self.window))
        if any(isinstance(step, Go) for step in steps):
            return steps
        begun = [step for step in steps if getattr(step, "start", False) or (isinstance(step, At) and step == steps[0])]
        begun = begun if len(steps) > 1 else []
        on = [step for step in steps if step not in begun]
        return [*begun, Go(heading="down" if self.clause.lemma == "descend" else "up"), *on]

    def _with_company(self, steps: Sequence[Step]) -> None:
        """As in "goes to the house with his dog": who goes along goes the same way."""
        if self.clause.lemma == "walk" and (led := self._on_a_lead()) is not None:
            self.add(Follows(thing=led, other=self.thing))
            return
        for role in self.clause.roles:
            along = role.prep in ("with", "alongside") or (role.prep == "" and role.relation is None and self.kind == "go")
            if role.kind == "thing" and along and role.things and _animate(role):
                for mate in role.things:
                    for on in [on for on in crossings(self.meaning.promises) if on.thing == self.thing]:
                        self.add(Passes(thing=mate, other=on.other, window=self.window))
                        self.add(on.model_copy(update={"thing": mate}))
                    if mate != self.thing and steps:
                        self.meaning.journey(mate, list(steps), self.clause, self.window)
                    elif mate != self.thing:
                        self.add(Moves(thing=mate, window=self.window))

    def _leapt(self, steps: list[Step]) -> list[Step] | None:
        """One leap, as over or onto something, up, or into the water; None when it leaps again and again."""
        if any(isinstance(step, Beside) and step.relation in ("above", "on", "inside") for step in steps):
            return steps
        alone = self.clause.verb is not None and bool(self.clause.verb.medium) and len(steps) == 1
        if alone and steps == [Go(heading="up")]:
            return [Go(heading="up"), Go(heading="down")]
        if alone and steps == [Go(heading="down")]:
            high = any(getattr(old, "thing", None) == self.thing and old.kind == "relation" for old in self.meaning.promises)
            return steps if high else [Go(heading="up"), Go(heading="down")]
        return None

    def _cross(self) -> None:
        things = [role for role in self.clause.roles if role.kind == "thing" and not role.prep and role.things]
        if things:
            self.add(Passes(thing=self.thing, other=things[0].things[0], window=self.window))
        for role in things[:1]:
            if self._treads_on(role.things[0]):
                self.add(Relation(thing=self.thing, relation="on", other=role.things[0]))
        self._travel()

    def _return(self) -> None:
        if heading := self._back():
            self._travel([] if Go(heading=heading) in self._steps() else [Go(heading=heading)])
            return
        before = next((p for p in reversed(self.meaning.promises) if getattr(p, "thing", "") == self.thing), None)
        if isinstance(before, Journey) and isinstance(before.steps[-1], Approach):
            self._travel([Approach(other=before.steps[-1].other, away=not before.steps[-1].away)])
        elif isinstance(before, Meets):
            self._part()
        elif isinstance(before, Moves):  # there and back, whichever way it went
            self._travel([Trace(pattern="side-to-side")])
        else:
            self._travel()

    def _enter(self) -> None:
        place = next(
            (role.value.place for role in self.clause.roles if role.kind == "region" and isinstance(role.value, Region)), None
        )
        side = next(
            (str(role.value) for role in self.clause.roles if role.kind == "go" and role.value in ("left", "right")), ""
        )
        place = place or (_SIDES[side] if side else None)  # as in "enters left"
        goal = next((role.things[0] for role in self.clause.roles if role.things and role.prep in ("at", "to")), None)
        if place is None and self.clause.lemma == "arrive" and goal is not None and not self.clause.times:
            self.meaning.journey(self.thing, [Approach(other=goal)], self.clause, self.window)
            return
        if place is None:
            self.add(Seen(thing=self.thing, window=late(self.clause, 0.25), end=False, start=True, loose=not self.clause.times))
            return
        if self.clause.lemma == "arrive" and self.clause.joined and self._seen_before():
            self.meaning.journey(self.thing, [At(place=place)], self.clause, self.window)
            return
        start = place.model_copy(update={"off": True})
        steps: list[Step] = [At(place=start, start=True)]
        if place.x in ("left", "right"):
            steps.append(Go(heading="right" if place.x == "left" else "left"))
        elif place.y:
            steps.append(Go(heading="down" if place.y == "top" else "up"))
        rest = [step for step in self._steps() if step not in steps and not (isinstance(step, At) and step.place == place)]
        rest = [step for step in rest if not (side and step == Go(heading="left" if side == "left" else "right"))]
        self.meaning.journey(self.thing, [*steps, *rest], self.clause, self.window)

    def _seen_before(self) -> bool:
        return any(isinstance(old, Journey | Stays | Moves) and old.thing == self.thing for old in self.meaning.promises)

    def _leave(self) -> None:
        if self.clause.lemma == "go out" and self.thing not in self.meaning.met:
            self._travel_plain()  # as in "a box opens and a bird flies out"
            return
        if self.clause.lemma in _FLEEING and self._flees():
            return
        place = next(
            (role.value.place for role in self.clause.roles if role.kind == "region" and isinstance(role.value, Region)), None
        )
        go = next((str(role.value) for role in self.clause.roles if role.kind == "go"), "")
        if place is None and go in _SIDES:
            place = _SIDES[go]
        place = place or self._ahead()
        left = next((role.things[0] for role in self.clause.roles if role.things and role.prep in ("", "from")), None)
        if left is not None and left != self.thing:
            steps = [step for step in self._steps() if getattr(step, "other", None) != left]
            self.meaning.journey(self.thing, [Approach(other=left, away=True), *steps], self.clause, self.window)
            return
        if place is None and any(role.things and role.prep in _ONWARD for role in self.clause.roles):
            self._travel_plain()  # as in "flees towards the wood"
            return
        if place is None:
            self.add(Seen(thing=self.thing, window=Window(start=0, end=0.75), start=False, end=True, loose=True))
            return
        self.meaning.journey(self.thing, [At(place=place.model_copy(update={"off": True}))], self.clause, self.window)

    def _flees(self) -> bool:
        """As in "flees upwards" and "escapes to the left": which way, and not whether it gets out of the picture."""
        beyond = any(role.prep in ("out", "off", "through") or role.kind == "off" for role in self.clause.roles)
        ways = [role for role in self.clause.roles if role.kind == "go" or (role.kind == "region" and role.prep == "to")]
        bare = all(role.kind == "go" or (isinstance(role.value, Region) and role.value.bare) for role in ways)
        if beyond or not ways or not bare:
            return False
        self._travel_plain()
        return True

    def _ahead(self) -> Place | None:
        """As in "runs left and leaves the picture": the edge that its way, told just before, led to."""
        ways = [old for old in self.meaning.promises if isinstance(old, Journey) and old.thing == self.thing]
        last = ways[-1].steps[-1] if ways and self.clause.joined in ("and", "next") and not self.clause.times else None
        if isinstance(last, At) and not (last.start or last.place.off) and last.place.x in ("left", "right"):
            return Place(x=last.place.x)
        return _SIDES.get(last.heading) if isinstance(last, Go) else None

    def _follow(self) -> None:
        behind = next((role.things[0] for role in self.clause.roles if role.relation == "behind" and role.things), None)
        other = self._object() or behind
        if other is None and not self.clause.passive:  # as in "the dog runs ahead and a boy follows"
            going = [promise.thing for promise in self.meaning.promises if isinstance(promise, Journey | Moves)]
            other = next((thing for thing in reversed(going) if thing not in self.subjects), None)
        if self.clause.passive and other:
            self.add(Follows(thing=other, other=self.thing))
        elif other and other != self.thing:
            self.add(Follows(thing=self.thing, other=other))
            if steps := self._extra(other):
                self.meaning.journey(other, steps, self.clause, self.window)
        self._extra_steps(other)

    def _extra_steps(self, other: str | None = None) -> None:
        """Steps beside the verb's object: "chases a cat to the left"."""
        if steps := self._extra(other):
            if self.kind == "follow" and other:
                steps = _headed(steps)
            self.meaning.journey(self.thing, steps, self.clause, self.window)

    def _lead(self) -> None:
        if other := self._object():
            last, first = (self.thing, other) if self.clause.passive else (other, self.thing)
            self.add(Follows(thing=last, other=first))
            self._extra_steps(other)

    def _pass(self) -> None:
        if any(role.noun is not None and role.noun.pronoun == "each other" for role in self.clause.roles):
            self._by_each_other()
            return
        other = self._object()
        if other:
            who, whom = (other, self.thing) if self.clause.passive else (self.thing, other)
            if self.clause.lemma in ("overtake", "outrun") and not self.meaning.cast[whom].still:
                self.add(Compared(thing=who, aspect="speed", sign=1, other=whom))
            self.add(Passes(thing=who, other=whom, window=self.window))
            self._outpaced(other)
            self._extra_steps(other)
        else:
            self._travel_plain()

    def _win(self) -> None:
        self._placed_in_a_race(1)

    def _lose(self) -> None:
        self._placed_in_a_race(-1)

    def _placed_in_a_race(self, sign: Literal[1, -1]) -> None:
        """Who wins was faster than those who move as well, or than the one that is named."""
        other = next((role.things[0] for role in self.clause.roles if role.kind == "thing" and role.things), None)
        moving = dict.fromkeys(old.thing for old in self.meaning.promises if isinstance(old, Journey | Moves))
        rivals = [other] if other is not None else [thing for thing in moving if thing != self.thing]
        for rival in rivals:
            if rival not in self.subjects:
                self.add(Compared(thing=self.thing, aspect="speed", sign=-sign if self.clause.passive else sign, other=rival))

    def _travel_plain(self) -> None:
        steps = _through(self._steps()) if self.clause.by else self._steps()
        if steps:
            self.meaning.journey(self.thing, steps, self.clause, self.window)
        else:
            self.add(Moves(thing=self.thing, window=self.window))

    def _partner(self) -> str | None:
        """Whom it meets or parts from; of several who do so with each other, not what they do it on, in or at."""
        fellows = self.subjects[1:2] or ((self.thing,) if self.meaning.cast[self.thing].count > 1 else ())
        roles = [role for role in self.clause.roles if role.kind == "thing" and role.things and role.relation is None]
        with_whom = [role.things[0] for role in roles if role.things[0] != self.thing and role.prep not in _WHERE]
        return with_whom[0] if with_whom else fellows[0] if fellows else self._object()

    def _meet(self) -> None:
        other = self._partner()
        if other and self.thing == self.subjects[0]:
            self.add(Meets(thing=self.thing, other=other))

    def _part(self) -> None:
        other = self._partner()
        if other and self.thing == self.subjects[0]:
            self.add(Meets(thing=self.thing, other=other, apart=True))

    def _approach(self) -> None:
        if any(role.noun is not None and role.noun.pronoun == "each other" for role in self.clause.roles):
            self._meet()
            return
        if other := self._object():
            origin: list[Step] = [
                At(place=role.value.place, start=True)
                for role in self.clause.roles
                if role.prep == "from" and isinstance(role.value, Region)
            ]
            self.meaning.journey(self.thing, [*origin, Approach(other=other)], self.clause, self.window)
        else:
            self.meaning.journey(self.thing, self._steps() or [Go(heading="towards")], self.clause, self.window)

    def _circle(self) -> None:
        # Their sentences say where it is meanwhile, as in "circles above a house".
        places = [step.model_copy(update={"start": True}) for step in self._steps() if isinstance(step, At)]
        other = self._object()
        by = next((role.things for role in self.clause.roles if role.prep == "by" and role.things), ())
        if self.clause.passive and by:  # as in "a lamp is circled by moths"
            for thing in by:
                self.meaning.journey(thing, [Trace(pattern="circle", other=self.thing)], self.clause, self.window)
            return
        self.meaning.journey(self.thing, [Trace(pattern="circle", other=other)], self.clause, self.window)
        if places and other is None:
            self.add(Journey(thing=self.thing, steps=tuple(places[:1]), window=self.window))

    def _stop(self) -> None:
        steps = self._steps()
        where = [step for step in steps if isinstance(step, At | Beside | Approach)]
        then = [step for step in steps if isinstance(step, Go)] if self._goes_on_apart() else []
        self.meaning.journey(self.thing, [*where, Rest(), *then], self.clause, self.window)

    def _goes_on_apart(self) -> bool:
        """As in "left, stop, left": a comma sets the way apart that comes after the halt."""
        return any(role.kind == "go" and role.start > self.clause.at[1] for role in self.clause.roles)


def _through(steps: list[Step]) -> list[Step]:
    """As in "flies by from right to left": from outside the picture to outside."""
    match steps:
        case [At(place=begun, start=True), At(place=goal)] if {begun.x, goal.x} == {"left", "right"}:
            return [At(place=begun.model_copy(update={"off": True}), start=True), At(place=Place(x=goal.x, off=True))]
        case [At(place=begun, start=True), At(place=goal)] if {begun.y, goal.y} == {"top", "bottom"}:
            return [At(place=begun.model_copy(update={"off": True}), start=True), At(place=Place(y=goal.y, off=True))]
        case [Go(heading="left" | "right" as side) as go]:
            begun = Place(x="right" if side == "left" else "left", off=True)
            return [At(place=begun, start=True), go, At(place=Place(x=side, off=True))]
    return steps


def _animate(role: Role) -> bool:
    """Whether the role names somebody, rather than a tool or a load."""
    noun = vocabulary.find(role.noun.noun) if role.noun is not None else None
    return noun is not None and noun.moves in ("walks", "hops", "flies", "swims")


def _from_here_to_there(steps: list[Step]) -> bool:
    """Whether the way leads from one thing to another."""
    return [step.kind for step in steps] == ["approach", "approach"]


def _on(step: Step) -> Step:
    """As in "jumps from a rock to a log": from on top of one to on top of the other."""
    return Beside(relation="on", other=step.other, start=step.away) if isinstance(step, Approach) else step


def _begun(step: Step) -> bool:
    """Whether it says that the way begins behind, in or under another thing."""
    return isinstance(step, Beside) and step.start and step.relation in ("behind", "inside", "below")


def _headed(steps: list[Step]) -> list[Step]:
    """A way from side to side as its direction: who follows another need not be where that one is."""
    sides = [step.place.x for step in steps if isinstance(step, At) and step.place.x in ("left", "right")]
    if len(sides) == len(steps) == 2 and sides[0] != sides[1]:
        return [Go(heading="left" if sides[1] == "left" else "right")]
    return steps


def late(clause: Clause, default: float) -> Window:
    """When the clause says that it happens, or from a part of the video on."""
    return clause.times[0].window if clause.times else Window(start=default, end=1)
