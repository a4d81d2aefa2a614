"""Verbs of two: riding, carrying, pushing, throwing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from flowzero import vocabulary
from flowzero.agent.meaning.going import Going
from flowzero.agent.nature import SEATS, alive, fixed, is_mount
from flowzero.agent.promises import (
    Approach,
    At,
    Beside,
    Carries,
    Go,
    Journey,
    Meets,
    Moves,
    Opposed,
    Passes,
    Relation,
    Relative,
    Stays,
    Step,
    Trace,
    Window,
)

_ALONG = frozenset(
    {"past", "by", "to", "towards", "toward", "around", "round", "through", "from", "along", "over", "under", "between", "with",
     "after", "behind", "across", "up", "down", "off", "beyond", "into"}
)  # fmt: skip
"""Prepositions of what a rider goes by, to or along with, rather than rides."""


_SENDING = frozenset(["drop", "roll", "slide", "slip", "sling", "spill"])
"""Verbs of going that tell of what is let go when they have an object."""


_TAKING = frozenset(["grab", "snatch", "fetch", "steal"])
"""Verbs of carrying off what lies somewhere; what is picked up is grabbed."""
_LIES = 0.2
"""The share of the video for which what is taken is where it was, at least."""
_REMOTE = frozenset(["drone", "quadcopter", "satellite", "probe", "balloon"])
_STEERING = frozenset(["drive", "sail", "row", "paddle", "steer", "fly", "pedal", "cycle", "race", "land"])
"""Verbs of going that tell of what one goes in when they have an object."""


class Bearing(Going):
    """Clauses in which one thing moves another."""

    def _ride(self) -> None:
        other = self._object() if self.clause.passive else self._mount()
        if other and self.clause.passive:
            self.add(Carries(thing=other, other=self.thing, how="ridden"))
            return
        if other:
            self.meaning.cast.one_each(other, self.meaning.cast[self.thing])
            self.add(Carries(thing=self.thing, other=other, how="ridden"))
            steps = [step for step in self._steps() if not (isinstance(step, Approach | Beside) and step.other == other)]
            told = self.meaning.promises
            for k, old in enumerate(told):  # as in "ride past each other": so do their mounts
                if isinstance(old, Passes | Opposed | Meets) and old.thing == old.other == self.thing:
                    told[k] = old.model_copy(update={"thing": other, "other": other})
            if steps:
                self.meaning.journey(other, steps, self.clause, self.window)
            else:
                self.add(Moves(thing=other, window=self.window))
            return
        self._travel_plain()

    def _go(self) -> None:
        """As in "drops a coin" and "rolls a ball to the left": what goes is what it lets go."""
        target = self._sent()
        if target is not None and self.clause.lemma in _STEERING and self._mounted(target):
            self._ride()
        elif target is not None and self.clause.lemma == "fly" and self._thing(target):
            told = type(self)(self.meaning, self.clause, target, (target,))._extra(self.thing)
            if told:
                self.meaning.journey(target, told, self.clause, self.window)
            else:
                self.add(Moves(thing=target, window=self.window))
        elif target is None or self.clause.lemma not in _SENDING:
            super()._go()
        elif self.clause.lemma == "drop":
            told = type(self)(self.meaning, self.clause, target, (target,))._steps()
            steps = [step for step in told if getattr(step, "other", None) not in (target, self.thing)]
            begun = Beside(relation="near", other=self.thing, start=True)
            self.meaning.journey(target, [begun, *(steps or [Go(heading="down")])], self.clause, self.window)
        else:
            self._throw()

    def _trace(self, leading: list[Step] | None = None) -> None:
        """As in "bounces a ball" and "rocks a cradle"."""
        target, verb = self._sent(), self.clause.verb
        taken = self.clause.lemma == "bounce" or (self.clause.lemma in ("swing", "rock") and self._just_after(target))
        if target is not None and verb is not None and taken:
            self.add(Journey(thing=target, steps=(Trace(pattern=verb.pattern),), window=self.window))
        else:
            super()._trace(leading)

    def _just_after(self, target: str | None) -> bool:
        """Whether a thing is named right after the verb."""
        return any(role.things[:1] == (target,) and role.start == self.clause.at[1] for role in self.clause.roles)

    def _thing(self, target: str) -> bool:
        """Whether it is something known, and nobody, as a kite."""
        noun = self.meaning.cast[target].noun
        return vocabulary.find(noun) is not None and not alive(noun)

    def _mounted(self, target: str) -> bool:
        """As in "drives a car" and "flies a plane": one goes where the other does; a boy is on no drone."""
        noun = self.meaning.cast[target].noun
        known = vocabulary.find(noun)
        flown = known is not None and known.group == "vehicle" and known.moves == "flies" and noun.split()[-1] not in _REMOTE
        return flown or is_mount(noun, self.meaning.cast[self.thing].noun)

    def _sent(self) -> str | None:
        """The direct object, if there is one."""
        roles = [role for role in self.clause.roles if role.kind == "thing" and not (role.prep or role.relation)]
        others = [role.things[0] for role in roles if role.things and role.things[0] != self.thing]
        return others[0] if others and not self.clause.passive else None

    def _mount(self) -> str | None:
        """What it rides, rather than what it rides past, to, or along with."""
        others = [role for role in self.clause.roles if role.kind == "thing" and role.things and role.relation is None]
        ridden = [role.things[0] for role in others if role.prep not in _ALONG and role.things[0] != self.thing]
        return ridden[0] if ridden else None if others else self._object()

    def _carry(self) -> None:
        if not self._object() and self.clause.joined == "next":
            self._travel_plain()  # as in "carries a crumb up a hill, then down again"
        if other := self._object():
            other = self._with_all_in_it(other)
            pair = (self.thing, other) if self.clause.passive else (other, self.thing)
            towed = self.clause.lemma == "haul" and self._towed(*pair)
            if self.clause.lemma in _TAKING and self._comes_to(*pair):
                self.add(Carries(thing=pair[0], other=pair[1], how="taken"))
            elif not self._holds(*pair):
                self.add(Carries(thing=pair[0], other=pair[1], how="pulled" if towed else "held"))
            self._taken_along(pair[1], pair[0])

    def _comes_to(self, burden: str, bearer: str) -> bool:
        """As in "a dog picks up a stick", to which it comes first; whether that is so, as nobody holds it yet."""
        told = self.meaning.promises
        if any(isinstance(p, Carries) and p.thing == burden for p in told):
            return False
        for place in self._taken_from() - {burden, bearer}:
            self.add(Relation(thing=burden, relation="on", other=place, window=Window(end=_LIES)))
        ways = [step for p in told if isinstance(p, Journey) and p.thing == bearer for step in p.steps]
        near = any(isinstance(p, Relation) and (p.thing, p.other) == (bearer, burden) for p in told)
        if not near and not any(isinstance(step, Approach | Beside) and step.other == burden for step in ways):
            self.meaning.journey(bearer, [Approach(other=burden)], self.clause, self.window)
        return True

    def _holds(self, burden: str, bearer: str) -> bool:
        """Whether one is told to have the other already, as in "picks up a crumb and carries it home"."""
        return any(isinstance(p, Carries) and (p.thing, p.other) == (burden, bearer) for p in self.meaning.promises)

    def _taken_from(self) -> set[str]:
        """As in "snatches a nut off a rock" and "picks up a hat from a bench", where the nut and the hat were."""
        preps = ("off", "from") if self.clause.lemma in _TAKING else ("off",)
        return {name for role in self.clause.roles if self.kind == "carry" and role.prep in preps for name in role.things}

    def _towed(self, burden: str, bearer: str) -> bool:
        """As in "a truck hauls a caravan": what rolls, or is hauled by what rolls, is behind it and not on it."""
        load, hauler = (self.meaning.cast[name].noun for name in (burden, bearer))
        return is_mount(load, hauler) or is_mount(hauler, load)

    def _push(self) -> None:
        other = self._object()
        if other and any(role.prep in ("out", "off") and role.things for role in self.clause.roles):
            told = type(self)(self.meaning, self.clause, other, (other,))._steps()
            steps = [step for step in told if getattr(step, "other", None) not in (other, self.thing)]
            self._stands_by(steps)
            self.meaning.journey(other, steps, self.clause, self.window)
        elif other and not self._seated(other):
            other = self._with_all_in_it(other)
            how: Literal["pushed", "pulled"] = "pulled" if self.clause.lemma in ("pull", "tow", "drag") else "pushed"
            pair = (self.thing, other) if self.clause.passive else (other, self.thing)
            self.add(Carries(thing=pair[0], other=pair[1], how=how))
            self._taken_along(pair[1], pair[0])

    def _with_all_in_it(self, other: str) -> str:
        """What is borne or pushed, which is a tray in "carries a glass on a tray" and a pram in "pushes a baby in a pram"."""
        bearer = self.meaning.cast[self.thing].noun
        for place, relation in self._places(other):
            noun = self.meaning.cast[place].noun
            if not (_seat(noun) or (self.kind == "carry" and is_mount(noun, bearer))):
                self.add(Relation(thing=other, relation=relation, other=place))
                return place
        return other

    def _seated(self, other: str) -> bool:
        """As in "pushes a boy on a swing", who stays there; whether that was said."""
        seats = [(place, relation) for place, relation in self._places(other) if _seat(self.meaning.cast[place].noun)]
        for place, relation in seats:
            self.add(Relation(thing=other, relation=relation, other=place))
            self.add(Relation(thing=self.thing, relation="near", other=other))
        return bool(seats)

    def _places(self, other: str) -> list[tuple[str, Relative]]:
        """What something is said to be on or in that is held or pushed."""
        roles = [role for role in self.clause.roles if role.prep in ("in", "on") and role.relation is None and role.things]
        there = [role for role in roles if role.things[0] not in (other, self.thing) and not self.clause.passive]
        return [(role.things[0], "on" if role.prep == "on" else "inside") for role in there]

    def _taken_along(self, bearer: str, burden: str) -> None:
        """Where the bearer goes with it: the way that is told, or on through the scenery; pushing and pulling is going."""
        seats = [(place, relation) for place, relation in self._places(burden) if _seat(self.meaning.cast[place].noun)]
        for place, relation in seats:  # as in "holds a baby in a chair"
            self.add(Relation(thing=bearer, relation=relation, other=place))
        known = {bearer, burden, *(place for place, _ in seats), *self._taken_from()}
        if steps := [step for step in self._steps() if getattr(step, "other", None) not in known]:
            self.meaning.journey(bearer, steps, self.clause, self.window)
        elif self.clause.along or self.kind == "push":
            self.add(Moves(thing=bearer, window=self.window))

    def _stands_by(self, steps: Sequence[Step]) -> bool:
        """As in "rolls a barrel off a table": who does so stands by what the way of the other thing begins at."""
        first = steps[0] if steps else None
        if not (isinstance(first, Beside) and first.start):
            return False
        told = any(isinstance(old, Stays | Relation) and old.thing == self.thing for old in self.meaning.promises)
        if not self.clause.passive and first.relation == "on" and not told:
            self.add(Relation(thing=self.thing, relation="near", other=first.other, window=self.window))
        return True

    def _throw(self) -> None:
        """From who throws it to where it shall go; up and down again when it is thrown up."""
        target = self.thing if self.clause.passive else self._object()
        if not target:
            self._travel_plain()
            return
        told = type(self)(self.meaning, self.clause, target, (target,))._steps()
        steps = [step for step in told if getattr(step, "other", None) not in (target, self.thing)]
        if not self.clause.passive:  # "a boy on the left throws": it is he who is there
            stands = [step for step in steps if isinstance(step, At) and step.start and not step.place.off]
            self.meaning.promises += [Stays(thing=self.thing, place=step.place, window=self.window) for step in stands]
            steps = [step for step in steps if step not in stands]
        if not self.clause.passive and not self._stands_by(steps) and any(isinstance(s, Approach | Beside) for s in steps):
            steps = [Approach(other=self.thing, away=True), *steps]
        if steps == [Go(heading="up")] and not self.clause.passive:
            steps = [Beside(relation="near", other=self.thing, start=True), *steps, Go(heading="down")]
        elif steps == [Go(heading="up")]:
            steps.append(Go(heading="down"))
        if steps:
            self.meaning.journey(target, steps, self.clause, self.window)
        elif self.clause.passive:
            self.add(Moves(thing=target, window=self.window))
        else:
            self.meaning.journey(target, [Approach(other=self.thing, away=True)], self.clause, self.window)


def _seat(noun: str) -> bool:
    """Whether it stays where it is with who is in or on it."""
    return fixed(noun) or noun.rsplit(maxsplit=1)[-1] in SEATS
