"""Roles of a clause as steps of a journey: where it leads from, through and to."""

from __future__ import annotations

from dataclasses import replace

from flowzero import vocabulary
from flowzero.agent import lexicon as lex
from flowzero.agent.clause import Clause, Role
from flowzero.agent.meaning.collected import Collected
from flowzero.agent.meaning.timing import in_order, window_of
from flowzero.agent.meaning.treading import treads_on
from flowzero.agent.nature import alive, far_away, fixed, is_chair, is_mount, is_person, lifeless, wafts
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
    Opposed,
    Ordered,
    Passes,
    Place,
    Promise,
    Relation,
    Stays,
    Step,
    Still,
    Trace,
    mirrored,
    opposite,
)

_GOALS = frozenset(["to", "into", "onto", "towards", "toward", "past", "over", "at"])


_DRIFTING = frozenset(["float", "drift", "sail", "surf"])
_VOYAGING = _DRIFTING | frozenset(["row", "paddle", "drive", "cruise", "glide", "fly", "travel", "speed", "race", "roll"])
"""What one does in a vehicle, or on what drifts, and it with one."""
_ABOUT = frozenset(["run", "swim", "float", "fly", "drift", "drive", "walk", "crawl", "paddle", "spin", "glide", "row", "bob"])
"""What one does about in a bowl, a wheel or a cage, rather than into it."""


def _upright(way: list[Step]) -> list[Step]:
    """As in "from the bottom edge up to the centre": what only goes up or down comes to the middle of the height as well."""
    begun = way[0].place if way and isinstance(way[0], At) and way[0].start else None
    if begun is None or begun.y is None or begun.x is not None:
        return way
    goals = [k for k, step in enumerate(way) if isinstance(step, At) and step.place == Place(x="middle")]
    places = (
        {0: begun.model_copy(update={"x": "middle"}), **dict.fromkeys(goals, Place(x="middle", y="middle"))} if goals else {}
    )
    return [step.model_copy(update={"place": places[k]}) if k in places else step for k, step in enumerate(way)]


_SHED = lex.words("fall drop rain settle land drip")
"""What is done by leaves "around a bench", none of which circles it."""


class Steps:
    """What one clause says of where one of its subjects goes."""

    def __init__(self, meaning: Collected, clause: Clause, thing: str, subjects: tuple[str, ...]) -> None:
        self.meaning, self.clause, self.thing, self.subjects = meaning, clause, thing, subjects
        self.kind = clause.verb.kind if clause.verb and clause.lemma not in ("be", "") else ""
        self.window = window_of(clause)
        out = any(role.prep == "out" for role in clause.roles)
        self.from_a_side = not out and any(role.kind == "region" and role.prep == "from" for role in clause.roles)

    def add(self, promise: Promise) -> None:
        """Record a promise once; who is in a chair is on it."""
        if isinstance(promise, Relation) and promise.relation == "inside" and is_chair(self.meaning.cast[promise.other].noun):
            promise = promise.model_copy(update={"relation": "on"})
        if promise in self.meaning.promises:
            self.meaning.known = True
        else:
            self.meaning.promises.append(promise)

    def _steps(self) -> list[Step]:
        steps: list[Step] = []
        late: list[Step] = []
        if self.clause.lemma in ("come", "emerge"):  # as in "comes out of a tunnel on the left"
            roles = [
                replace(role, prep="from") if role.kind == "region" and role.prep in ("on", "at") else role
                for role in self.clause.roles
            ]
            self.clause = replace(self.clause, roles=roles)
        origin = any(role.prep == "from" and role.kind == "region" for role in self.clause.roles)
        out = any(role.kind == "off" and role.value == "out" for role in self.clause.roles)
        for role in self.clause.roles:
            standing = any(isinstance(step, At) and step.start for step in steps)
            begins = role.prep in ("on", "in", "at") and not (out or standing) and len(self.clause.roles) > 1
            for found in self._step(role, origin=origin, out=out):
                step = found.model_copy(update={"start": True}) if isinstance(found, At) and begins else found
                (late if role.prep in ("to", "into", "onto", "towards", "toward") and role.kind != "go" else steps).append(step)
        starts = [
            step for role in self.clause.roles if role.prep == "from" for step in self._step(role, origin=origin, out=out)
        ]
        begun = [
            step.model_copy(update={"start": True}) if isinstance(step, At | Beside) and k == 0 else step
            for k, step in enumerate(starts)
        ]
        if self.clause.lemma in ("start", "begin") and steps and isinstance(steps[0], At | Beside):
            steps[0] = steps[0].model_copy(update={"start": True})
        way = [*begun, *(step for step in steps if step not in starts), *late]
        about = any(isinstance(step, Trace) and step.other for step in way)  # as in "goes around the tree in circles"
        if out:
            way = self._out_of_sight(way)
        way = self._from_outside(_upright(way), comes=bool(begun))
        once = [step for step, before in zip(way, [None, *way], strict=False) if not (isinstance(step, Go) and step == before)]
        return in_order([step for step in once if not (about and step == Trace(pattern="circle"))])

    def _from_outside(self, way: list[Step], *, comes: bool) -> list[Step]:
        """As in "comes from the left" and "walks to the gate from the right": who comes from a side was not in the picture."""
        first, then = (way[0], way[1:2]) if way else (None, [])
        up_to = bool(then) and isinstance(then[0], Approach) and not then[0].away and comes
        only = not self.clause.lemma and len(way) == 2 and isinstance(way[1], Go)  # as in "a bus from the left"
        comes = ((only or self.clause.lemma in ("come", "burst")) and self.from_a_side) or up_to
        if not comes or not isinstance(first, At) or not first.start or "middle" in (first.place.x, first.place.y):
            return way
        return [At(place=first.place.model_copy(update={"off": True}), start=True), *way[1:]]

    def _out_of_sight(self, way: list[Step]) -> list[Step]:
        """The way on to beyond the edge that it leads to, as in "drifts up and out of the picture" and "sinks out of view"."""
        if any(isinstance(step, At) and step.place.off and not step.start for step in way):
            return way
        last = way[-1] if way else None
        upright = self.clause.verb.heading if self.clause.verb is not None and not way else ""
        heading = last.heading if isinstance(last, Go) else upright
        edges = {"left": Place(x="left", off=True), "right": Place(x="right", off=True)}
        edges |= {"up": Place(y="top", off=True), "down": Place(y="bottom", off=True)}
        edge = edges.get(heading.split("-")[-1])
        if edge is None:
            return way
        return [*(way if "-" in heading else way[:-1]), At(place=edge)]

    def _step(self, role: Role, *, origin: bool, out: bool) -> list[Step]:
        if role.kind == "go":
            return self._heading(str(role.value))
        if role.kind == "trace":
            return [Trace(pattern=role.value)]
        if role.kind == "region" and isinstance(role.value, Region):
            return self._region_step(role, role.value, origin=origin, out=out)
        if role.kind == "thing" and role.things:
            return self._thing_step(role)
        return []

    def _heading(self, heading: str) -> list[Step]:
        """In a direction, as far as it is told by itself."""
        if heading == "closer":
            return self._closer()
        if heading == "opposite":
            if len(self.subjects) > 1 or self.meaning.cast[self.thing].count > 1:
                return self._opposed()
            heading = self._contrary()
            if not heading and (other := self._fellow()):
                self.add(Opposed(thing=other, other=self.thing))
        if heading == "same":
            heading = self._alike()
        if heading == "back" and self.clause.verb is not None and self.clause.verb.heading:
            heading = ""
        elif heading == "back" and (met := self._met()) is not None:
            self.add(met.model_copy(update={"apart": True}))
            return []
        elif heading == "back":
            heading = self._back() if not any(r.prep in ("to", "into") for r in self.clause.roles) else ""
        return [Go(heading=heading)] if heading else []

    def _met(self) -> Meets | None:
        """Whom it came together with, if nothing else is known of its way."""
        ways = any(isinstance(old, Journey) and old.thing == self.thing for old in self.meaning.promises)
        met = (old for old in self.meaning.promises if isinstance(old, Meets) and self.thing in (old.thing, old.other))
        return None if ways else next((old for old in met if not old.apart), None)

    def _fellow(self) -> str:
        """Who was told to move before, no matter where to."""
        moving = (old.thing for old in reversed(self.meaning.promises) if isinstance(old, Moves))
        return next((thing for thing in moving if thing not in self.subjects), "")

    def _closer(self) -> list[Step]:
        """To what was told of before; where there is nothing, to the viewer."""
        before = [item_id for item_id in self.meaning.cast.order if item_id in self.meaning.met - {*self.subjects}]
        return [Approach(other=before[0])] if before else [Go(heading="towards")]

    def _opposed(self) -> list[Step]:
        if self.thing == self.subjects[0]:
            self.add(Opposed(thing=self.thing, other=self.subjects[1] if len(self.subjects) > 1 else self.thing))
        return []

    def _contrary(self) -> str:
        for old in reversed(self.meaning.promises):
            if isinstance(old, Journey) and old.thing != self.thing:
                for step in reversed(old.steps):
                    if isinstance(step, Go) and step.heading not in ("towards", "away"):
                        return opposite(step.heading)  # type: ignore[arg-type]
                    if isinstance(step, At) and step.place.x in ("left", "right"):
                        return "left" if step.place.x == "right" else "right"
        return self._back()

    def _alike(self) -> str:
        """Which way another went, of whom that was told last."""
        for old in reversed(self.meaning.promises):
            if isinstance(old, Journey) and old.thing != self.thing:
                last = next((step for step in reversed(old.steps) if isinstance(step, Go | At)), None)
                return last.heading if isinstance(last, Go) else (last.place.x or "") if last is not None else ""
        return ""

    def _back(self) -> str:
        for old in reversed(self.meaning.promises):
            if isinstance(old, Journey) and old.thing == self.thing:
                for step in reversed(old.steps):
                    if isinstance(step, Go) and step.heading not in ("towards", "away"):
                        return opposite(step.heading)  # type: ignore[arg-type]
                    if isinstance(step, At) and step.place.x in ("left", "right"):
                        return "left" if step.place.x == "right" else "right"
        return ""

    def _region_step(self, role: Role, region: Region, *, origin: bool, out: bool) -> list[Step]:  # noqa: PLR0911
        place = region.place
        if region.contrary:
            return self._across(role)
        if role.prep == "along":  # as in "walks along the bottom"
            self.add(Stays(thing=self.thing, place=place, window=self.window))
            return []
        if (
            role.prep in ("to", "towards", "toward")
            and (region.bare or role.prep in ("towards", "toward"))
            and not origin
            and not out
        ):
            if place.x == "middle":
                return [At(place=place)]
            names = [{"top": "up", "bottom": "down"}.get(place.y or "", ""), place.x or ""]
            return [Go(heading="-".join(name for name in names if name))]
        if role.prep == "out" and self.clause.lemma in ("come", "emerge", "pop", "step", "peek"):
            inward = {"left": "right", "right": "left"}.get(place.x or "") or {"top": "down", "bottom": "up"}.get(place.y or "")
            start = At(place=place.model_copy(update={"off": True}), start=True)
            return [start, Go(heading=inward)] if inward else [start]
        if role.prep in ("off", "out") or (out and role.prep in ("to", "on", "at", "through")):
            return [At(place=place.model_copy(update={"off": True}))]
        if role.prep == "from" and not any(
            r.prep in ("to", "into", "toward", "towards") or r.kind == "go" for r in self.clause.roles
        ):
            heading = {"left": "right", "right": "left"}.get(place.x or "", "") or {"top": "down", "bottom": "up"}.get(
                place.y or "", ""
            )
            upright = self.clause.verb is not None and self.clause.verb.heading
            return [At(place=place), Go(heading=heading)] if heading and not upright else [At(place=place)]
        return [At(place=place, loose=region.bare and role.prep in ("from", "to", "towards", "toward"))]

    def _across(self, role: Role) -> list[Step]:
        """To the side, or the corner, opposite to where the way begins; from the left when nothing says where that is."""
        if role.prep == "from":
            return []
        began = next((r.value for r in self.clause.roles if r.prep == "from" and isinstance(r.value, Region)), None)
        place = began.place if began is not None else self._whereabouts()
        if place is None:
            goes = role.prep in ("to", "towards", "toward", "onto") and not any(
                isinstance(old, Journey | Passes) and old.thing == self.thing for old in self.meaning.promises
            )
            return [At(place=Place(x="left"), start=True), At(place=Place(x="right"))] if goes else []
        return [At(place=mirrored(place))]

    def _whereabouts(self) -> Place | None:
        """The side that it was said to be on last."""
        for old in reversed(self.meaning.promises):
            if isinstance(old, Stays) and old.thing == self.thing and old.place.x in ("left", "right"):
                return old.place
            places = [step.place for step in old.steps if isinstance(step, At)] if isinstance(old, Journey) else []
            sides = [place for place in places if place.x in ("left", "right") or place.y in ("top", "bottom")]
            if sides and getattr(old, "thing", None) == self.thing:
                return sides[-1].model_copy(update={"off": False})
        return None

    def _mutual(self, *, apart: bool) -> list[Step]:
        """As in "towards each other": two things, or two of a kind."""
        alone = len(self.subjects) == 1 and self.meaning.cast[self.thing].count == 1
        if self.thing == self.subjects[0] and not alone:
            other = self.subjects[1] if len(self.subjects) > 1 else self.thing
            self.add(Meets(thing=self.thing, other=other, apart=apart))
        return []

    def _side_by_side(self) -> None:
        """As in "walk next to each other": two keep beside each other."""
        if len(self.subjects) > 1 and self.thing == self.subjects[1]:
            self.add(Relation(thing=self.thing, relation="near", other=self.subjects[0], window=self.window))

    def _outpaced(self, other: str) -> None:
        """As in "runs past a slow tortoise": that moves as well, only not as fast."""
        said = (role.noun.adjectives for role in self.clause.roles if role.noun is not None and role.things[:1] == (other,))
        if not self.meaning.cast[other].still and any(lex.SLOW.intersection(words) for words in said):
            self.add(Compared(thing=self.thing, aspect="speed", sign=1, other=other))

    def _by_each_other(self) -> list[Step]:
        """As in "past each other": both go by, from opposite sides."""
        other = self.subjects[1] if len(self.subjects) > 1 else self.thing
        if self.thing == self.subjects[0]:
            self.add(Passes(thing=self.thing, other=other, window=self.window))
            self.add(Opposed(thing=self.thing, other=other))
        return []

    def _thing_step(self, role: Role) -> list[Step]:  # noqa: C901, PLR0911, PLR0912, PLR0915
        if role.noun is not None and role.noun.pronoun == "each other":
            if role.prep in ("past", "by"):
                return self._by_each_other()
            if role.relation == "near":
                self._side_by_side()
                return []
            return (
                self._mutual(apart=role.prep in ("from", "away", "off"))
                if role.prep not in ("after", "behind", "with", "around")
                else []
            )
        other = role.things[0]
        if other == self.thing:
            return self._from_the_viewer(role)
        prep, relation = role.prep, role.relation
        if prep == "bare" and relation == "behind" and self.kind == "go" and self.meaning.moves(other):
            self.add(Follows(thing=self.thing, other=other))
            return []
        if prep == "bare" and relation is not None:  # as in "a dragon zigzags overhead"
            self.add(Relation(thing=self.thing, relation=relation, other=other, window=self.window))
            return []
        heading = self.clause.verb.heading if self.clause.verb is not None else ""
        heading = heading or next((str(r.value) for r in self.clause.roles if r.kind == "go" and r.value in ("up", "down")), "")
        if prep == "ahead":
            self.add(Follows(thing=other, other=self.thing))
            return []
        if prep in ("up", "down") and relation is None:
            stairs = self.meaning.cast[other].noun.split()[-1] in lex.SLOPES - {"ramp", "ladder"}
            for where in ("near",) if stairs else ("on", "near"):  # on it all the way, from its foot or its top
                self.add(Relation(thing=self.thing, relation=where, other=other, window=self.window))
            return [Go(heading=prep)]
        if relation in ("behind", "front") and heading and prep != "from":
            self.add(Relation(thing=self.thing, relation=relation, other=other, window=self.window))
            return []
        if prep == "by" and self.clause.passive:
            return []
        if prep == "out":
            relation = "inside"
        if prep in ("out", "from") and relation in ("behind", "inside", "below", "above"):
            away: Step = Go(heading="up") if wafts(self.meaning.cast[self.thing].noun) else Approach(other=other, away=True)
            out = [] if heading or self._leads_on(role) else [away]
            return [Beside(relation=relation, other=other, start=True), *out]
        if prep == "from" and relation is None and (heading == "up" or wafts(self.meaning.cast[self.thing].noun)):
            return [Beside(relation="on", other=other, start=True), *([] if self._leads_on(role) else [Go(heading="up")])]
        if prep in ("from", "off") and relation is None and heading == "down":
            return [Beside(relation="near", other=other, start=True), Go(heading="down")]
        if prep == "after" and relation is None:
            led = role.start < self.clause.at[0]  # as in "after the car, a bus comes by"
            self.add(Ordered(first=other, second=self.thing) if led else Follows(thing=self.thing, other=other))
            return []
        upright = {"over": "above", "under": "below"}.get(prep, relation)
        halts = self.kind == "stop" and (relation == "near" or prep in ("beside", "by"))
        if halts or (self.kind in ("stop", "still") and upright in ("above", "below")):
            return [Beside(relation=upright, other=other)] if upright in ("above", "below") else [Approach(other=other)]
        if prep in ("past", "by") and relation in ("behind", "below", "above"):
            self.add(Passes(thing=self.thing, other=other, window=self.window))
            self.add(Relation(thing=self.thing, relation=relation, other=other, window=self.window))
            return []
        if prep in ("past", "through") or (prep in ("by",) and relation in (None, "near")):
            self.add(Passes(thing=self.thing, other=other, window=self.window))
            self._outpaced(other)
            return []
        shaped = any(r.kind == "trace" for r in self.clause.roles)
        if relation in ("above", "below", "inside") and (shaped or self.kind == "circle"):
            self.add(Relation(thing=self.thing, relation=relation, other=other, window=self.window))
            return []
        if prep in ("over", "across", "along") and relation in (None, "above") and self._treads_on(other):
            if prep != "along":
                self.add(Passes(thing=self.thing, other=other, window=self.window))
            self.add(Relation(thing=self.thing, relation="on", other=other))
            return []
        if heading == "up" and relation == "above" and prep not in ("to", "from", "over"):
            self.add(Relation(thing=self.thing, relation="above", other=other, window=self.window))
            return [Go(heading="up")]  # as in "smoke rises above a house", which does not go by it
        swings = self.clause.verb is not None and self.clause.verb.pattern in ("side-to-side", "up-down")
        if prep in ("under", "below", "beneath") and far_away(self.meaning.cast[other].noun):
            self.add(Relation(thing=self.thing, relation="below", other=other, window=self.window))
            return []  # as in "dances under the moon": nobody goes past that
        if swings and relation in ("above", "below") and prep not in ("over", "to", "from"):
            self.add(Relation(thing=self.thing, relation=relation, other=other, window=self.window))
            return []  # as in "a lamp swings above a table", which goes nowhere
        if prep in ("over", "under", "across") or (relation in ("above", "below") and prep not in ("to", "from")):
            self.add(Passes(thing=self.thing, other=other, window=self.window))
            return [
                Beside(relation="above" if prep in ("over", "across", "above") or relation == "above" else "below", other=other)
            ]
        eight = any(r.value == "eight" for r in self.clause.roles)
        if prep in ("around", "round", "about") and (eight or (heading and self.clause.lemma in _SHED)):
            self.add(Relation(thing=self.thing, relation="near", other=other, window=self.window))
            return []
        if prep in ("around", "round", "about"):
            return [Trace(pattern="circle", other=other)]
        if prep in ("toward", "towards", "to", "against", "at") and relation is None:
            return [Approach(other=other)]
        if prep in ("from", "off", "away", "out") and relation is None:
            leaps = prep == "from" and any(r.prep in ("onto", "on", "into") for r in self.clause.roles) and self._leaps()
            if prep != "off" and not (leaps and not alive(self.meaning.cast[other].noun)):
                return [Approach(other=other, away=True)]
            begun = Beside(relation="on", other=other, start=True)
            return [begun] if self._leads_on(role) else [begun, Approach(other=other, away=True)]
        if prep in ("with", "alongside", "beside") or relation == "near":
            self.add(Relation(thing=self.thing, relation="near", other=other, window=self.window))
            return []
        if relation is None and self._aboard(prep, other):
            self.add(Relation(thing=self.thing, relation="on" if prep == "on" else "inside", other=other, window=self.window))
            return []
        if prep == "in" and relation is None and self.clause.lemma in _ABOUT and not self._leads_on(role):
            self.add(Relation(thing=self.thing, relation="inside", other=other, window=self.window))
            return []
        if heading == "down" and prep in ("into", "onto") and not alive(self.meaning.cast[other].noun):
            return [Go(heading="down"), Beside(relation="inside" if prep == "into" else "on", other=other)]
        if prep in ("into", "inside", "in") or relation == "inside":
            return [Beside(relation="inside", other=other)]
        if prep == "on" and heading == "down" and role.start < self.clause.at[0]:
            return [Beside(relation="on", other=other, start=True)]  # as in "on a roof a cat slides down"
        if prep in ("onto", "upon", "on") or relation == "on":
            if (
                heading != "down"
                and prep == "on"
                and (self.kind == "go" or (self.clause.verb and self.clause.verb.pattern in ("side-to-side", "up-down")))
            ):
                self.add(Relation(thing=self.thing, relation="on", other=other, window=self.window))
                return []
            return [Beside(relation="on", other=other)]
        if relation == "behind" and self.kind in ("go", "trace") and not heading and self._goes(other, role):
            self.add(Follows(thing=self.thing, other=other))
            return []
        if relation in ("behind", "front") and not prep:
            self.add(Relation(thing=self.thing, relation=relation, other=other, window=self.window))
            return []
        if relation == "between" and (len(role.things) > 1 or self.meaning.cast[other].count > 1):
            second = role.things[1] if len(role.things) > 1 else None
            self.add(Relation(thing=self.thing, relation="between", other=other, second=second, window=self.window))
            return []
        return [Beside(relation=relation, other=other)] if relation and relation != "between" else []

    def _aboard(self, prep: str, other: str) -> bool:
        """As in "drifts to the left in a boat" and "floats along on a leaf": that goes the same way."""
        noun, own = self.meaning.cast[other].noun, self.meaning.cast[self.thing].noun
        if prep not in ("in", "on") or self.clause.lemma not in _VOYAGING or not alive(own):
            return False
        if prep == "on" and self.clause.lemma in _DRIFTING and lifeless(noun) and not fixed(noun):
            self.meaning.afloat.add((self.thing, other))
            return True
        return prep == "in" and is_mount(noun, own)

    def _treads_on(self, other: str) -> bool:
        """Whether it goes over another on it, as over a bridge."""
        return treads_on(self.clause, self.meaning.cast[self.thing], self.meaning.cast[other].noun)

    def _goes(self, other: str, role: Role) -> bool:
        """Whether it is somebody, who can be followed; or something that goes, as in "behind the tractor trots a foal"."""
        if Still(thing=other) in self.meaning.promises and not self.meaning.moves(other):
            return False
        noun = self.meaning.cast[other].noun
        known = vocabulary.find(noun)
        kind = "" if known is None else known.group
        led = role.start < self.clause.at[0] and kind == "vehicle"
        return is_person(noun) or kind in ("animal", "person", "people") or led or self.meaning.moves(other)

    def _leaps(self) -> bool:
        """As in "jumps from a leaf onto a stone": from on top of the one."""
        return self.clause.verb is not None and self.clause.verb.pattern == "bounce"

    def _leads_on(self, origin: Role) -> bool:
        """Whether the clause says where the way leads that begins at the origin."""
        return any(role is not origin and (role.kind in ("go", "region") or role.prep in _GOALS) for role in self.clause.roles)

    def _from_the_viewer(self, role: Role) -> list[Step]:
        """As in "walks toward the camera, then away from it"."""
        ways = [old.steps[-1] for old in self.meaning.promises if isinstance(old, Journey) and old.thing == self.thing]
        if ways[-1:] == [Go(heading="towards")] and role.prep == "from":
            return [Go(heading="away")]
        if ways[-1:] == [Go(heading="away")] and role.prep in ("to", "toward", "towards"):
            return [Go(heading="towards")]
        return []

    def _object(self) -> str | None:
        doers = [role.things[0] for role in self.clause.roles if self.clause.passive and role.prep == "by" and role.things]
        if doers and doers[0] != self.thing:
            return doers[0]
        for role in self.clause.roles:
            if role.kind == "thing" and role.things and role.things[0] != self.thing and role.relation is None:
                return role.things[0]
        return self.subjects[1] if len(self.subjects) > 1 and self.thing == self.subjects[0] else None

    def _extra(self, other: str | None) -> list[Step]:
        return [step for step in self._steps() if not (isinstance(step, Approach | Beside) and step.other == other)]
