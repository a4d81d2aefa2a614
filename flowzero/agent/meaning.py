"""What a clause promises: verbs, directions and places become journeys, relations, appearances and changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from flowzero.agent import lexicon as lex
from flowzero.agent.cast_list import CastList
from flowzero.agent.chunks import Comparison
from flowzero.agent.clauses import Clause, Role
from flowzero.agent.phrases import Region
from flowzero.agent.promises import (
    ALWAYS,
    Approach,
    At,
    Beside,
    Carries,
    Compared,
    Follows,
    Go,
    Grows,
    Journey,
    Meets,
    Moves,
    Opposed,
    Ordered,
    Passes,
    Place,
    Promise,
    Relation,
    Relative,
    Rest,
    Seen,
    Stays,
    Step,
    Still,
    Trace,
    Turns,
    Window,
    opposite,
)
from flowzero.agent.tokens import verb as find_verb

_RELATIONS: dict[str, Relative] = {
    **dict.fromkeys(("on", "upon", "atop", "onto"), "on"),
    **dict.fromkeys(("in", "inside", "into"), "inside"),
    **dict.fromkeys(("by", "near", "beside", "at", "with", "against", "around"), "near"),
    "under": "below",
    "over": "above",
}
_PRESENT = frozenset(["visible", "invisible", "present", "absent", "gone", "hidden"])
_TRAVEL = frozenset({"go", "enter", "leave", "cross", "approach", "return", "trace"})
_SIDES: dict[str, Place] = {
    "left": Place(x="left"), "right": Place(x="right"), "up": Place(y="top"), "down": Place(y="bottom"),
}  # fmt: skip


@dataclass
class Meaning:
    """Collects the promises of clauses in order."""

    cast: CastList
    promises: list[Promise] = field(default_factory=list)
    unsaid: list[Clause] = field(default_factory=list)
    _last: dict[str, str] = field(default_factory=dict)

    def take(self, clauses: list[Clause]) -> list[Promise]:
        """The promises of all clauses."""
        before: Clause | None = None
        for clause in clauses:
            self._clause(clause, before)
            if clause.said:
                before = clause
        going = {p.thing for p in self.promises if isinstance(p, Journey) and p.window.whole}
        self.promises = [p for p in self.promises if not (isinstance(p, Moves) and p.window.whole and p.thing in going)]
        return self.promises

    def _clause(self, clause: Clause, before: Clause | None) -> None:
        if not clause.subject:
            self.unsaid.append(clause)
            return
        subjects = self._ids(clause.subject)
        known = self.promises[:]
        for item_id in subjects:
            if clause.verb is not None and clause.verb.medium:
                self.cast.move_in(item_id, clause.verb.medium)
            _Teller(self, clause, item_id, subjects, before).tell()
        if self.promises == known and clause.lemma not in ("", "be") and not (clause.verb and clause.verb.kind == "turn"):
            self.unsaid.append(clause)
        if clause.joined == "next" and before is not None and before.subject and subjects:
            first = self._ids(before.subject)[0]
            if first not in subjects and not clause.times:
                self.promises.append(Ordered(first=first, second=subjects[0]))

    def _ids(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(member for item_id in ids for member in self.cast.members(item_id) if member in self.cast.order)
        )

    def journey(self, thing: str, steps: list[Step], clause: Clause, window: Window) -> None:
        """Add steps: to the journey that this continues, or as a journey of its own."""
        manner = clause.manner if clause.manner in ("fast", "slow") else "any"
        if not steps:
            return
        if self.waited(thing, clause):
            steps = [Rest(), *steps]
        for index in range(len(self.promises) - 1, -1, -1):
            old = self.promises[index]
            if (
                isinstance(old, Journey)
                and old.thing == thing
                and old.window.whole
                and window.whole
                and self._continues(old, steps, clause)
            ):
                joined = [*old.steps, *(step for k, step in enumerate(steps) if k or step != old.steps[-1])]
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
        if clause.joined == "next" or clause.order in ("next", "last"):
            return True
        if any(isinstance(step, Trace) for step in (*old.steps, *steps)):
            return False
        return clause.joined != "while"


class _Teller:
    """Tells what one clause promises of one of its subjects."""

    def __init__(self, meaning: Meaning, clause: Clause, thing: str, all_: tuple[str, ...], before: Clause | None) -> None:
        self.meaning, self.clause, self.thing, self.subjects, self.before = meaning, clause, thing, all_, before
        self.kind = clause.verb.kind if clause.verb and clause.lemma not in ("be", "") else ""
        self.window = _window(clause)

    def add(self, promise: Promise) -> None:
        """Record a promise once."""
        if promise not in self.meaning.promises:
            self.meaning.promises.append(promise)

    def tell(self) -> None:
        """Dispatch on the verb; what every clause may say (comparisons, places) comes on top."""
        if self.clause.negated and self.kind in _TRAVEL | {"grow", "shrink"}:
            self.add(Still(thing=self.thing, window=self.window))
            return
        if self.clause.negated and self.kind not in ("still", "stop"):
            return
        for role in self.clause.roles:
            if role.kind == "compare":
                self._compare(role)
        handler = getattr(self, f"_{self.kind}", None) if self.kind else self._be
        (handler or self._act)()

    # -- motion -------------------------------------------------------------------------------------------------------------

    def _travel(self, leading: list[Step] | None = None) -> None:
        steps = [*(leading or ()), *self._steps()]
        verb = self.clause.verb
        assert verb is not None
        if self.clause.passive and not steps:
            return
        if verb.heading and not any(isinstance(step, At | Go | Beside | Approach) for step in steps):
            steps.append(Go(heading=verb.heading))
        if not any(isinstance(step, Trace) for step in steps) and verb.pattern and verb.kind == "trace":
            shaped = self._leapt(steps) if verb.pattern == "bounce" else None
            if shaped is None and _from_here_to_there(steps):
                shaped = [_on(step) for step in steps] if verb.medium else steps
            if shaped is None:
                rest = (Rest(),) if self.meaning.waited(self.thing, self.clause) else ()
                self.add(Journey(thing=self.thing, steps=(*rest, Trace(pattern=verb.pattern)), window=self.window))
                if not steps:
                    return
            steps = steps if shaped is None else shaped
        traces = [step for step in steps if isinstance(step, Trace)]
        others = [step for step in steps if not isinstance(step, Trace)]
        if traces and others and self.clause.order not in ("next", "last"):
            self.add(Journey(thing=self.thing, steps=tuple(traces), window=self.window))
            steps = others
        if steps:
            self.meaning.journey(self.thing, steps, self.clause, self.window)
        elif verb.manner != "any" or verb.kind == "go":
            late = self.meaning.waited(self.thing, self.clause) and self.window.whole
            self.add(Moves(thing=self.thing, window=Window(start=0.4, end=1) if late else self.window))

    _go = _trace = _travel

    def _leapt(self, steps: list[Step]) -> list[Step] | None:
        """One leap, as over or onto something, up, or into the water; None when it leaps again and again."""
        if any(isinstance(step, Beside) and step.relation in ("above", "on", "inside") for step in steps):
            return steps
        alone = self.clause.verb is not None and bool(self.clause.verb.medium) and len(steps) == 1
        if alone and steps == [Go(heading="up")]:
            return [Go(heading="up"), Go(heading="down")]
        return steps if alone and steps == [Go(heading="down")] else None

    def _cross(self) -> None:
        things = [role for role in self.clause.roles if role.kind == "thing" and not role.prep and role.things]
        if things:
            self.add(Passes(thing=self.thing, other=things[0].things[0], window=self.window))
        self._travel()

    def _return(self) -> None:
        self._travel([Go(heading=self._back())] if self._back() else None)

    def _back(self) -> str:
        for old in reversed(self.meaning.promises):
            if isinstance(old, Journey) and old.thing == self.thing:
                for step in reversed(old.steps):
                    if isinstance(step, Go) and step.heading not in ("towards", "away"):
                        return opposite(step.heading)  # type: ignore[arg-type]
                    if isinstance(step, At) and step.place.x in ("left", "right"):
                        return "left" if step.place.x == "right" else "right"
        return ""

    def _enter(self) -> None:
        place = next(
            (role.value.place for role in self.clause.roles if role.kind == "region" and isinstance(role.value, Region)), None
        )
        if place is None:
            self.add(
                Seen(thing=self.thing, window=_late(self.clause, 0.25), end=False, start=True, loose=not self.clause.times)
            )
            return
        start = place.model_copy(update={"off": True})
        steps: list[Step] = [At(place=start, start=True)]
        if place.x in ("left", "right"):
            steps.append(Go(heading="right" if place.x == "left" else "left"))
        elif place.y:
            steps.append(Go(heading="down" if place.y == "top" else "up"))
        rest = [step for step in self._steps() if step not in steps and not (isinstance(step, At) and step.place == place)]
        self.meaning.journey(self.thing, [*steps, *rest], self.clause, self.window)

    def _leave(self) -> None:
        place = next(
            (role.value.place for role in self.clause.roles if role.kind == "region" and isinstance(role.value, Region)), None
        )
        go = next((str(role.value) for role in self.clause.roles if role.kind == "go"), "")
        if place is None and go in _SIDES:
            place = _SIDES[go]
        if place is None:
            self.add(Seen(thing=self.thing, window=Window(start=0, end=0.75), start=False, end=True, loose=True))
            return
        self.meaning.journey(self.thing, [At(place=place.model_copy(update={"off": True}))], self.clause, self.window)

    def _steps(self) -> list[Step]:
        steps: list[Step] = []
        late: list[Step] = []
        origin = any(role.prep == "from" for role in self.clause.roles)
        out = any(role.kind == "off" and role.value == "out" for role in self.clause.roles)
        for role in self.clause.roles:
            begins = role.prep in ("on", "in", "at") and not out and len(self.clause.roles) > 1
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
        return [*begun, *(step for step in steps if step not in starts), *late]

    def _step(self, role: Role, *, origin: bool, out: bool) -> list[Step]:
        if role.kind == "go":
            heading = str(role.value)
            if heading == "opposite":
                if len(self.subjects) > 1 or self.meaning.cast[self.thing].count > 1:
                    return self._opposed()
                heading = self._contrary()
            if heading == "back" and self.clause.verb is not None and self.clause.verb.heading:
                heading = ""
            elif heading == "back":
                heading = self._back() if not any(r.prep in ("to", "into") for r in self.clause.roles) else ""
            return [Go(heading=heading)] if heading else []
        if role.kind == "trace":
            return [Trace(pattern=role.value)]
        if role.kind == "region" and isinstance(role.value, Region):
            return self._region_step(role, role.value, origin=origin, out=out)
        if role.kind == "thing" and role.things:
            return self._thing_step(role)
        return []

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

    def _region_step(self, role: Role, region: Region, *, origin: bool, out: bool) -> list[Step]:
        place = region.place
        if (
            role.prep in ("to", "towards", "toward", "off", "out")
            and (region.bare or role.prep in ("towards", "toward"))
            and not origin
            and not out
        ):
            if place.x == "middle":
                return [At(place=place)]
            names = [{"top": "up", "bottom": "down"}.get(place.y or "", ""), place.x or ""]
            return [Go(heading="-".join(name for name in names if name))]
        if role.prep in ("off", "out") or (out and role.prep in ("to", "on", "at", "through")):
            return [At(place=place.model_copy(update={"off": True}))]
        if role.prep == "from" and not any(
            r.prep in ("to", "into", "toward", "towards") or r.kind == "go" for r in self.clause.roles
        ):
            heading = {"left": "right", "right": "left"}.get(place.x or "", "") or {"top": "down", "bottom": "up"}.get(
                place.y or "", ""
            )
            return [At(place=place), Go(heading=heading)] if heading else [At(place=place)]
        return [At(place=place, loose=region.bare and role.prep in ("from", "to", "towards", "toward"))]

    def _mutual(self, *, apart: bool) -> list[Step]:
        """As in "towards each other": two things, or two of a kind."""
        alone = len(self.subjects) == 1 and self.meaning.cast[self.thing].count == 1
        if self.thing == self.subjects[0] and not alone:
            other = self.subjects[1] if len(self.subjects) > 1 else self.thing
            self.add(Meets(thing=self.thing, other=other, apart=apart))
        return []

    def _thing_step(self, role: Role) -> list[Step]:  # noqa: C901, PLR0911, PLR0912
        if role.noun is not None and role.noun.pronoun == "each other":
            return (
                self._mutual(apart=role.prep in ("from", "away", "off"))
                if role.prep not in ("after", "behind", "with", "around")
                else []
            )
        other = role.things[0]
        if other == self.thing:
            return []
        prep, relation = role.prep, role.relation
        if prep in ("up", "down") and relation is None:
            return [Go(heading=prep)]
        if prep == "by" and self.clause.passive:
            return []
        if prep == "out":
            return [Beside(relation="inside", other=other, start=True), Approach(other=other, away=True)]
        if prep in ("from", "off") and relation is None and self.clause.verb is not None and self.clause.verb.heading == "down":
            return [Beside(relation="near", other=other, start=True), Go(heading="down")]
        if prep in ("past", "through") or (prep in ("by",) and relation in (None, "near")):
            self.add(Passes(thing=self.thing, other=other, window=self.window))
            return []
        shaped = any(r.kind == "trace" for r in self.clause.roles)
        if relation in ("above", "below") and (shaped or self.kind == "circle"):
            self.add(Relation(thing=self.thing, relation=relation, other=other, window=self.window))
            return []
        if prep in ("over", "under", "across") or (relation in ("above", "below") and prep not in ("to", "from")):
            self.add(Passes(thing=self.thing, other=other, window=self.window))
            return [
                Beside(relation="above" if prep in ("over", "across", "above") or relation == "above" else "below", other=other)
            ]
        if prep in ("around", "round", "about"):
            return [Trace(pattern="circle", other=other)]
        if prep in ("toward", "towards", "to", "against", "at") and relation is None:
            return [Approach(other=other)]
        if prep in ("from", "off", "away", "out") and relation is None:
            return [Approach(other=other, away=True)]
        if prep in ("with", "alongside", "beside") or relation == "near":
            self.add(Relation(thing=self.thing, relation="near", other=other, window=self.window))
            return []
        if prep in ("into", "inside", "in") or relation == "inside":
            return [Beside(relation="inside", other=other)]
        if prep in ("onto", "upon", "on") or relation == "on":
            if prep == "on" and (
                self.kind == "go" or (self.clause.verb and self.clause.verb.pattern in ("side-to-side", "up-down"))
            ):
                self.add(Relation(thing=self.thing, relation="on", other=other, window=self.window))
                return []
            return [Beside(relation="on", other=other)]
        if relation in ("behind", "front") and not prep:
            self.add(Relation(thing=self.thing, relation=relation, other=other, window=self.window))
            return []
        if relation == "between" and len(role.things) > 1:
            self.add(Relation(thing=self.thing, relation="between", other=other, second=role.things[1], window=self.window))
            return []
        return [Beside(relation=relation, other=other)] if relation and relation != "between" else []

    def _object(self) -> str | None:
        for role in self.clause.roles:
            if role.kind == "thing" and role.things and role.things[0] != self.thing and role.relation is None:
                return role.things[0]
        return self.subjects[1] if len(self.subjects) > 1 and self.thing == self.subjects[0] else None

    def _follow(self) -> None:
        other = self._object()
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

    def _extra(self, other: str | None) -> list[Step]:
        return [step for step in self._steps() if not (isinstance(step, Approach | Beside) and step.other == other)]

    def _lead(self) -> None:
        if other := self._object():
            self.add(Follows(thing=other, other=self.thing))
            self._extra_steps(other)

    def _pass(self) -> None:
        other = self._object()
        if other is None and any(role.noun is not None and role.noun.pronoun == "each other" for role in self.clause.roles):
            other = self.subjects[1] if len(self.subjects) > 1 else self.thing
            if self.thing == self.subjects[0]:
                self.add(Passes(thing=self.thing, other=other, window=self.window))
                self.add(Opposed(thing=self.thing, other=other))
            return
        if other and self.clause.lemma in ("overtake", "outrun"):
            self.add(Compared(thing=self.thing, aspect="speed", sign=1, other=other))
        if other:
            self.add(Passes(thing=self.thing, other=other, window=self.window))
            self._extra_steps(other)
        else:
            self._travel_plain()

    def _travel_plain(self) -> None:
        steps = self._steps()
        if steps:
            self.meaning.journey(self.thing, steps, self.clause, self.window)
        else:
            self.add(Moves(thing=self.thing, window=self.window))

    def _meet(self) -> None:
        other = self._object() or (self.thing if self.meaning.cast[self.thing].count > 1 else None)
        if other and self.thing == self.subjects[0]:
            self.add(Meets(thing=self.thing, other=other))

    def _part(self) -> None:
        other = self._object() or (self.thing if self.meaning.cast[self.thing].count > 1 else None)
        if other and self.thing == self.subjects[0]:
            self.add(Meets(thing=self.thing, other=other, apart=True))

    def _approach(self) -> None:
        if other := self._object():
            self.meaning.journey(self.thing, [Approach(other=other)], self.clause, self.window)
        else:
            self.meaning.journey(self.thing, self._steps() or [Go(heading="towards")], self.clause, self.window)

    def _circle(self) -> None:
        self.meaning.journey(self.thing, [Trace(pattern="circle", other=self._object())], self.clause, self.window)

    def _ride(self) -> None:
        if other := self._object():
            self.add(Carries(thing=self.thing, other=other, how="ridden"))
            steps = [step for step in self._steps() if not (isinstance(step, Approach | Beside) and step.other == other)]
            if steps:
                self.meaning.journey(other, steps, self.clause, self.window)
            else:
                self.add(Moves(thing=other, window=self.window))
            return
        self._travel_plain()

    def _carry(self) -> None:
        if other := self._object():
            pair = (self.thing, other) if self.clause.passive else (other, self.thing)
            self.add(Carries(thing=pair[0], other=pair[1]))
            self._taken_along(pair[1], pair[0])

    def _push(self) -> None:
        if other := self._object():
            how: Literal["pushed", "pulled"] = "pulled" if self.clause.lemma in ("pull", "tow", "drag") else "pushed"
            pair = (self.thing, other) if self.clause.passive else (other, self.thing)
            self.add(Carries(thing=pair[0], other=pair[1], how=how))
            self._taken_along(pair[1], pair[0])

    def _taken_along(self, bearer: str, burden: str) -> None:
        """Where the bearer goes with it: the way that is told, or on through the scenery; pushing and pulling is going."""
        if steps := [step for step in self._steps() if getattr(step, "other", None) not in (bearer, burden)]:
            self.meaning.journey(bearer, steps, self.clause, self.window)
        elif self.clause.along or self.kind == "push":
            self.add(Moves(thing=bearer, window=self.window))

    def _throw(self) -> None:
        target = self.thing if self.clause.passive else self._object()
        if target:
            self.add(Moves(thing=target, window=self.window))

    def _stop(self) -> None:
        where = [step for step in self._steps() if isinstance(step, At | Beside | Approach)]
        self.meaning.journey(self.thing, [*where, Rest()], self.clause, self.window)

    # -- being there --------------------------------------------------------------------------------------------------------

    def _appear(self) -> None:
        if self.clause.order == "first" and not self.clause.times:
            self._be(seen=True)
            return
        self.add(
            Seen(
                thing=self.thing,
                window=_late(self.clause, 0.3),
                start=True,
                end=_closed(self.clause),
                loose=not self.clause.times,
            )
        )
        self._be(seen=True)

    def _vanish(self) -> None:
        window = self.clause.times[0].window if self.clause.times else Window(start=0, end=0.7)
        end = window.start if window.start > 0 else window.end
        if self.clause.times and self.clause.times[0].sense == "moment" and window.end == 1 and window.start == 0.7:
            end = 0.85
        self.add(
            Seen(
                thing=self.thing,
                window=Window(start=0, end=end, unit=window.unit),
                start=False,
                end=True,
                loose=not self.clause.times,
            )
        )

    def _still(self) -> None:
        moved = any(isinstance(old, Journey | Moves) and old.thing == self.thing for old in self.meaning.promises)
        if (self.clause.order in ("next", "last") and self.clause.joined == "next") or (moved and self.clause.joined == "and"):
            self.meaning.journey(self.thing, [Rest()], self.clause, self.window)
            return
        if self.clause.lemma != "hang":
            self.add(Still(thing=self.thing, window=self.window))
        self._be()

    def _be(self, *, seen: bool = False) -> None:
        """Where it is; a clause without a verb as well."""
        window = ALWAYS if seen else self.window
        for role in self.clause.roles:
            if role.prep == "from" and role.kind == "region" and not self.clause.lemma:
                self.meaning.journey(self.thing, self._steps(), self.clause, window)
                return
            if role.kind == "region" and isinstance(role.value, Region):
                self._placed(role.value.place, window)
            elif role.kind == "thing" and role.things and role.things[0] != self.thing:
                self._related(role, window)
            elif role.kind == "go" and not self.clause.lemma:
                self.meaning.journey(self.thing, self._steps(), self.clause, window)
            elif role.kind == "trace" and not self.clause.lemma and role.value != "wander":
                self.add(Journey(thing=self.thing, steps=(Trace(pattern=role.value),), window=window))
            elif role.kind == "adj" and isinstance(role.value, tuple) and any(word in lex.STILL_WORDS for word in role.value):
                self.add(Still(thing=self.thing, window=window))
            elif role.kind == "adj" and isinstance(role.value, tuple) and self.clause.lemma in ("be", ""):
                self.meaning.cast.describe(self.thing, tuple(word for word in role.value if word not in _PRESENT))
        placed = any(role.kind in ("region", "thing", "go", "trace") for role in self.clause.roles)
        opening = bool(self.clause.times) and self.clause.times[0].sense == "moment" and self.clause.times[0].window.start == 0
        if not seen and self.clause.times and not placed and not opening and self.kind in ("", "still"):
            sense = self.clause.times[0].sense
            self.add(
                Seen(
                    thing=self.thing,
                    window=self.clause.times[0].window,
                    start=sense != "until",
                    end=sense not in ("from", "moment"),
                )
            )

    def _placed(self, place: Place, window: Window) -> None:
        before = any(isinstance(old, Journey | Stays) and old.thing == self.thing for old in self.meaning.promises)
        if before and (self.clause.joined == "next" or self.clause.order in ("next", "last")):
            self.meaning.journey(self.thing, [At(place=place)], self.clause, ALWAYS)
        elif place.x or place.y:
            self.add(Stays(thing=self.thing, place=place, window=window))

    def _related(self, role: Role, window: Window) -> None:
        relation = role.relation or _RELATIONS.get(role.prep)
        if relation is None:
            return
        second = role.things[1] if relation == "between" and len(role.things) > 1 else None
        if relation == "between" and second is None and self.meaning.cast[role.things[0]].count < 2:
            relation = "near"
        self.add(Relation(thing=self.thing, relation=relation, other=role.things[0], second=second, window=window))

    # -- change -------------------------------------------------------------------------------------------------------------

    def _turn(self) -> None:
        """Into something, another colour, or another direction."""
        thing = self.meaning.cast[self.thing]
        after: tuple[str, ...] = ()
        before = tuple(word for word in thing.attributes if word in lex.COLOURS)
        phrase = ""
        for role in self.clause.roles:
            if role.kind == "adj" and isinstance(role.value, tuple):
                if role.prep == "from":
                    before = role.value
                else:
                    after = role.value
            elif role.kind == "thing" and role.noun is not None and (role.prep != "" or self.clause.lemma == "become"):
                words = (*role.noun.adjectives, role.noun.noun)
                if role.prep == "from":
                    before = words
                elif role.prep == "into":
                    after = words
                    phrase = f"a {' '.join(words)}"
        if any(role.kind == "compare" for role in self.clause.roles):
            return
        if not after:
            if self._steps() or not any(role.kind == "thing" for role in self.clause.roles):
                self._travel_plain()
            return
        if not phrase:
            kept = [word for word in thing.attributes if word not in lex.COLOURS or not any(a in lex.COLOURS for a in after)]
            phrase = f"a {' '.join([*after, *kept, thing.noun])}"
        window = self.clause.times[0].window if self.clause.times else None
        phrase = phrase if phrase[2:3] not in "aeiou" else "an" + phrase[1:]
        self.add(Turns(thing=self.thing, before=before, after=after, phrase=phrase, window=window))

    def _grow(self) -> None:
        self.add(Grows(thing=self.thing, sign=1, window=self.window))

    def _shrink(self) -> None:
        self.add(Grows(thing=self.thing, sign=-1, window=self.window))

    def _compare(self, role: Role) -> None:
        assert isinstance(role.value, Comparison)
        comparison = role.value
        if comparison.alone:
            if (
                comparison.aspect == "speed"
                and comparison.sign
                and len(self.meaning.cast.order) == 2
                and self.clause.lemma in ("be", "move", "go", "run", "drive", "roll", "fly")
            ):
                other = next(item_id for item_id in self.meaning.cast.order if item_id != self.thing)
                self.add(Compared(thing=self.thing, aspect="speed", sign=comparison.sign, other=other))
            if comparison.aspect == "size" and comparison.sign and self.clause.lemma in ("be", "get", "become", "turn", "grow"):
                self.add(Grows(thing=self.thing, sign=comparison.sign, window=self.window))
            return
        later = self.clause.roles[self.clause.roles.index(role) + 1 :]
        named = next((after.things[0] for after in later if after.kind == "thing" and after.things), None)
        if named and named != self.thing:
            self.add(Compared(thing=self.thing, aspect=comparison.aspect, sign=comparison.sign, other=named))

    def _act(self) -> None:
        """A verb that boxes cannot show; where it happens can still be read."""
        if any(role.prep == "out" and role.things for role in self.clause.roles):
            self._travel_plain()
            return
        if sum(role.kind == "region" and role.prep in ("from", "to") for role in self.clause.roles) > 1:
            self._travel_plain()
            return
        steps = any(role.kind == "go" or role.prep in ("from", "toward", "towards") for role in self.clause.roles)
        if steps and find_verb(self.clause.lemma) is None:
            self._travel_plain()
        else:
            self._be()


def _window(clause: Clause) -> Window:
    return (
        clause.times[0].window
        if clause.times and clause.times[0].sense != "moment"
        else (clause.times[0].window if clause.times and clause.times[0].window.start > 0 else ALWAYS)
    )


def _from_here_to_there(steps: list[Step]) -> bool:
    """Whether the way leads from one thing to another."""
    return [step.kind for step in steps] == ["approach", "approach"]


def _on(step: Step) -> Step:
    """As in "jumps from a rock to a log": from on top of one to on top of the other."""
    return Beside(relation="on", other=step.other, start=step.away) if isinstance(step, Approach) else step


def _headed(steps: list[Step]) -> list[Step]:
    """A way from side to side as its direction: who follows another need not be where that one is."""
    sides = [step.place.x for step in steps if isinstance(step, At) and step.place.x in ("left", "right")]
    if len(sides) == len(steps) == 2 and sides[0] != sides[1]:
        return [Go(heading="left" if sides[1] == "left" else "right")]
    return steps


def _late(clause: Clause, default: float) -> Window:
    return clause.times[0].window if clause.times else Window(start=default, end=1)


def _closed(clause: Clause) -> bool:
    """Whether "appears ..." also says that it goes again: a span does, a moment does not."""
    return bool(clause.times) and clause.times[0].sense == "span" and clause.times[0].window.end < 1
