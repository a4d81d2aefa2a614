"""Clause by clause, what is promised of each of its subjects."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from flowzero.agent.bonds import crossings
from flowzero.agent.clause import Clause, Role
from flowzero.agent.lodging import puts
from flowzero.agent.meaning.acts import PLACID
from flowzero.agent.meaning.bearing import Bearing
from flowzero.agent.meaning.being import Being
from flowzero.agent.meaning.belongings import companions, pulled_along, taken_along
from flowzero.agent.meaning.boarding import boarded
from flowzero.agent.meaning.collected import Collected
from flowzero.agent.meaning.resting import at_rest
from flowzero.agent.meaning.sharing import shared_out
from flowzero.agent.meaning.trailing import trailing
from flowzero.agent.nature import alive, habit, is_mount
from flowzero.agent.promises import (
    ALWAYS,
    Approach,
    At,
    Carries,
    Follows,
    Go,
    Journey,
    Meets,
    Moves,
    Ordered,
    Paced,
    Passes,
    Place,
    Promise,
    Relation,
    Rest,
    Seen,
    Stays,
    Still,
    Window,
)


@dataclass
class Meaning(Collected):
    """Collects the promises of clauses in order."""

    unsaid: list[Clause] = field(default_factory=list)
    withs: set[tuple[str, str]] = field(default_factory=set)
    """Who was said to be with what."""
    idle: list[Promise] = field(default_factory=list)
    """What comes after somebody who only rested until then."""
    acts: list[Clause] = field(default_factory=list)
    """Clauses that tell what somebody does where he is, which boxes cannot show."""

    def take(self, clauses: list[Clause]) -> list[Promise]:
        """The promises of all clauses."""
        before: Clause | None = None
        for clause in shared_out(boarded(clauses, self.cast), self.cast):
            self._clause(clause, before)
            if clause.said or (clause.subject and not (before is not None and before.said)):
                before = clause
        self._roused()
        self.promises = at_rest(self.promises, self.cast)
        self._borne()
        self.promises = pulled_along(taken_along(self.promises, self.withs, self.cast))
        self.promises = trailing(self.promises, self.cast)
        self._trodden()
        self._mutual()
        self._moved_on()
        self._pushed_from_its_place()
        # Who rests at first and goes later has not gone before the others.
        self.promises = [
            p for p in self.promises if not (p in self.idle and isinstance(p, Ordered) and self._sets_out(p.first))
        ]
        told = [p for p in self.promises if isinstance(p, Ordered)]
        led = [Ordered(first=p.other, second=p.thing) for p in self.promises if isinstance(p, Follows)]
        led += [p for k, p in enumerate(told) if Ordered(first=p.second, second=p.first) in told[:k]]
        self.promises = [p for p in self.promises if p not in led]  # who follows another moves while that one does
        going = {p.thing for p in self.promises if isinstance(p, Journey) and p.window.whole}
        self.promises = [
            p for p in self.promises if not (isinstance(p, Moves) and p.window.whole and not p.across and p.thing in going)
        ]
        return self.promises

    def _clause(self, clause: Clause, before: Clause | None) -> None:
        if not clause.subject:
            self.unsaid.append(clause)
            return
        subjects = self._ids(clause.subject)
        known, self.known = self.promises[:], False
        roles = [replace(role, things=self._ids(role.things)) for role in clause.roles]  # of groups told apart since then
        clause = self._from_the_beginning(replace(clause, roles=roles), subjects)
        self.withs |= companions(clause, subjects)
        subjects = (*subjects, *_company(clause, subjects))
        for item_id in subjects:
            flown = (
                any(role.kind == "thing" and not (role.prep or role.relation) for role in clause.roles) and not clause.passive
            )
            if clause.verb is not None and clause.verb.medium and not (flown and clause.verb.medium == "air"):
                self.cast.move_in(item_id, clause.verb.medium)
            began = self.moves(item_id)
            _Teller(self, clause, item_id, subjects).tell()
            if not began and self.moves(item_id):
                self._waits(item_id, clause)
        if _acts(clause, self.cast[subjects[0]].noun):
            self.acts.append(replace(clause, subject=subjects))
        self.met |= {*subjects, *(item_id for role in clause.roles for item_id in self._ids(role.things))}
        if (
            self.promises == known
            and not self.known
            and clause.lemma not in ("", "be")
            and (clause.verb is None or clause.verb.kind != "turn" or Being.spins(clause, self.cast[subjects[0]].noun))
        ):
            self.unsaid.append(clause)
        if clause.joined in ("next", "prior") and before is not None and before.subject and subjects:
            other = self._ids(before.subject)[0]
            first, second = (other, subjects[0]) if clause.joined == "next" else (subjects[0], other)
            turns = Ordered(first=second, second=first)  # of two that take turns neither is the first, unless it rested then
            taken = turns in self.promises and turns not in self.idle
            if other not in subjects and not (clause.times or taken):
                self.promises.append(told := Ordered(first=first, second=second))
                rests = clause.joined == "next" and (before.verb is None or before.verb.kind in ("still", "act"))
                self.idle += [told] if rests else []

    def _sets_out(self, thing: str) -> bool:
        """Whether it goes anywhere, or away for good."""
        gone = any(isinstance(p, Seen) and p.thing == thing and not p.start for p in self.promises)
        return gone or self.moves(thing)

    def acting(self) -> tuple[str, ...]:
        """Who only acts, and is told to go nowhere."""
        return tuple(dict.fromkeys(name for act in self.acts for name in self._ids(act.subject) if not self.moves(name)))

    def _from_the_beginning(self, clause: Clause, subjects: tuple[str, ...]) -> Clause:
        """The clause without how long it lasts, unless it is the first of its subjects: only then is known when that ends."""
        if not any(time.sense == "lasting" for time in clause.times):
            return clause
        first = not any(getattr(promise, "thing", None) in subjects for promise in self.promises if promise.kind in _TIMED)
        if first and (clause.verb is None or clause.verb.kind in _TRAVEL | {"still", "stop"}):
            return clause
        kept = [k for k, time in enumerate(clause.times) if time.sense != "lasting"]
        return replace(clause, times=[clause.times[k] for k in kept], spans=[clause.spans[k] for k in kept])

    def _waits(self, thing: str, clause: Clause) -> None:
        """What moves from a moment on, and of which nothing was told before, stands still until then."""
        windows = [time.window for time in clause.times if time.sense != "until" and time.window.start > 0]
        there = any(isinstance(p, Seen) and p.thing == thing for p in self.promises)
        if clause.negated or not windows or there or clause.verb is None or clause.verb.kind not in _TRAVEL - {"enter"}:
            return
        self.promises.append(Still(thing=thing, window=windows[0].before))

    def _moved_on(self) -> None:
        """What is in one part of the picture and later in another has gone there."""
        for thing in self.cast.order:
            told = [p for p in self.promises if isinstance(p, Stays) and p.thing == thing and not p.place.off]
            ways = any(isinstance(p, Journey) and p.thing == thing for p in self.promises)
            if len(told) != 2 or ways or not told[0].window.whole or not _elsewhere(told[0].place, told[1].place):
                continue
            # Who keeps still in two places was misread.
            later = told[1].window.start > 0 or Still(thing=thing) not in self.promises
            if not later or (told[1].window.end < 1 and told[1].window.unit == "fraction"):
                continue
            steps = (At(place=told[0].place, start=True), At(place=told[1].place))
            self.promises[self.promises.index(told[0])] = Journey(thing=thing, steps=steps)
            self.promises.remove(told[1])
            self.promises = [p for p in self.promises if not (isinstance(p, Still) and p.thing == thing)]

    def _pushed_from_its_place(self) -> None:
        """What stands somewhere and is pushed or carried off begins its way there, and so does who takes it."""
        for tie in [p for p in self.promises if isinstance(p, Carries) and p.how not in ("ridden", "taken")]:
            there = next((p for p in self.promises if isinstance(p, Stays) and p.thing == tie.thing and p.window.whole), None)
            way = next((p for p in self.promises if isinstance(p, Journey) and p.thing == tie.other and p.window.whole), None)
            if there is None or way is None or there.place.off:
                continue
            self.promises.remove(there)
            if isinstance(way.steps[0], At | Go) and not getattr(way.steps[0], "start", False):
                steps = (At(place=there.place, start=True), *way.steps)
                self.promises[self.promises.index(way)] = way.model_copy(update={"steps": steps})

    def _mutual(self) -> None:
        """Of two each of which goes to the other, they meet."""
        to = {
            p.thing: (p, p.steps[0].other)
            for p in self.promises
            if isinstance(p, Journey) and p.window.whole and len(p.steps) == 1
            if isinstance(p.steps[0], Approach) and not p.steps[0].away
        }
        for thing, (way, other) in to.items():
            back = to.get(other)
            if back is None or back[1] != thing or way not in self.promises or thing == other:
                continue
            self.promises[self.promises.index(way)] = Meets(thing=thing, other=other)
            self.promises.remove(back[0])

    def _borne(self) -> None:
        """What is on something that moves rides on it; and what moves on a board or in a vehicle moves with it."""
        for on in [p for p in self.promises if isinstance(p, Relation) and p.relation in ("on", "inside")]:
            ways = {name: self._ways(name) for name in (on.thing, on.other)}
            mount = is_mount(self.cast[on.other].noun, self.cast[on.thing].noun) or (on.thing, on.other) in self.afloat
            aboard = mount and _aboard(self.cast[on.thing].noun) and not ways[on.other]
            if on.relation == "inside" and not aboard:
                continue
            handed = mount and not ways[on.other] and self.moves(on.thing)
            if handed:
                told = [p for p in self.promises if isinstance(p, Follows | Passes) and p.thing == on.thing]
                for way in (*ways[on.thing], *told):
                    self.promises[self.promises.index(way)] = way.model_copy(update={"thing": on.other})
                if not (ways[on.thing] or told):
                    self.promises.append(Moves(thing=on.other))
            goes = bool(ways[on.other]) or (mount and self.moves(on.other))
            if not goes or (not handed and any(isinstance(p, Journey) for p in ways[on.thing])):
                continue
            if on.relation == "inside":
                continue
            carried = Carries(thing=on.thing, other=on.other, how="ridden")
            still = Still(thing=on.thing)
            self.promises = [p for p in self.promises if p not in (on, still, carried)]
            self.promises.append(carried)

    def _trodden(self) -> None:
        """Over a bridge goes who bears or leads the one that is told to."""
        for on in crossings(self.promises):
            for tie in [p for p in self.promises if isinstance(p, Carries | Follows) and p.thing == on.thing]:
                if isinstance(tie, Carries) and tie.how != "ridden":
                    continue
                moved = [p for p in self.promises if p == on or (isinstance(p, Passes) and _pair(p) == _pair(on))]
                kept = [p for p in self.promises if p not in moved]
                self.promises = [*kept, *(p.model_copy(update={"thing": tie.other}) for p in moved)]
                break

    def _ways(self, thing: str) -> list[Journey | Moves]:
        return [
            p
            for p in self.promises
            if isinstance(p, Journey | Moves)
            and p.thing == thing
            and not (isinstance(p, Journey) and any(getattr(step, "relation", None) == "on" for step in p.steps))
        ]

    def _roused(self) -> None:
        """Who is still at first and moves in a later sentence is not still all the time."""
        for index, promise in reversed(list(enumerate(self.promises))):
            if not isinstance(promise, Still) or not promise.window.whole:
                continue
            later = [(k, p) for k, p in enumerate(self.promises) if k > index and getattr(p, "thing", None) == promise.thing]
            ways = [(k, p) for k, p in later if isinstance(p, Journey) and p.window.whole and not isinstance(p.steps[0], Rest)]
            for k, way in ways[:1]:
                self.promises[k] = way.model_copy(update={"steps": (Rest(), *way.steps)})
            if ways or any(p.kind in ("following", "passing", "meeting", "moves") for _, p in later):
                del self.promises[index]

    def _ids(self, ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(member for item_id in ids for member in self.cast.members(item_id) if member in self.cast.order)
        )


def _company(clause: Clause, subjects: tuple[str, ...]) -> list[str]:
    """As in "the chest vanishes together with the thief": who comes or goes with somebody."""
    if clause.verb is None or clause.verb.kind not in ("vanish", "appear", "leave", "enter"):
        return []
    mates = (role for role in clause.roles if role.kind == "thing" and role.prep == "with")
    return [name for role in mates for name in role.things if name not in subjects]


def _acts(clause: Clause, noun: str) -> bool:
    """Whether it is sure that the clause tells of no way: somebody barks or reads, or moves only a part of himself."""
    verb = clause.verb
    placed = all(role.kind == "thing" and role.prep in ("", "at", "in", "on") for role in clause.roles)
    limb = clause.limb and verb is not None and verb.kind in _BODILY | {"act"}
    stays = limb or clause.lemma in PLACID or Being.spins(clause, noun)
    return stays and placed and not (clause.passive or clause.along or clause.manner)


def _aboard(noun: str) -> bool:
    """Whether it is somebody who goes in a vehicle: no fish, which swims in a tank."""
    return alive(noun) and habit(noun) != "swims"


def _pair(promise: Passes | Relation) -> tuple[str, str]:
    return promise.thing, promise.other


def _elsewhere(one: Place, two: Place) -> bool:
    """Whether nothing can be in both parts of the picture at once."""
    return (None not in (one.x, two.x) and one.x != two.x) or (None not in (one.y, two.y) and one.y != two.y)


_TRAVEL = frozenset({"go", "enter", "leave", "cross", "approach", "return", "trace", "circle"})
_BODILY = frozenset({"go", "trace", "cross", "enter", "throw", "push", "grow", "shrink", "part", "return"})
"""What one may do with a part of oneself, and stay where one is."""
_OF_TWO = frozenset({"follow", "pass", "meet", "part", "approach", "lead", "cross", "circle"})
_TIMED = frozenset({"journey", "moves", "still", "passing", "following", "position"})


class _Teller(Bearing, Being):
    """Tells what one clause promises of one of its subjects."""

    def tell(self) -> None:
        """Dispatch on the verb; what every clause may say (comparisons, places) comes on top."""
        if self.clause.negated and self.kind in _TRAVEL | {"grow", "shrink"}:
            self.add(Still(thing=self.thing, window=self.window))
            if self.clause.times and self.clause.times[0].sense == "until" and self.window.waiting:
                self.add(Moves(thing=self.thing, window=self.window.after))
            return
        if self.clause.negated and self.kind == "appear" and self.clause.times and self.clause.times[0].sense == "until":
            self.add(Seen(thing=self.thing, window=self.clause.times[0].window.after, start=True, end=False))
            return
        if self.clause.lemma in ("end", "finish") and self.clause.times and not self.clause.roles and self._ends():
            return
        if self.clause.begins and self.clause.times and not self.clause.roles and self._begins():
            return
        if self.clause.negated and self.kind not in ("still", "stop"):
            return
        for role in self.clause.roles:
            if role.kind == "compare":
                self._compare(role)
        self._set_apart()
        if self.clause.limb and self.kind in _BODILY and not any(role.kind in ("go", "trace") for role in self.clause.roles):
            self._be()
            return
        handler = self._throw if puts(self.clause) else getattr(self, f"_{self.kind}", None) if self.kind else self._be
        (handler or self._act)()
        self._change_of_pace()

    def _set_apart(self) -> None:
        """Tell, and take out, what only says which subject it is, as in "a girl on a bicycle follows a boy"."""
        kept: list[Role] = []
        for role in self.clause.roles:
            between = self.clause.start < role.start and role.end <= self.clause.at[0]
            if not (between and role.kind == "thing" and role.things and self._says_which(role)):
                kept.append(role)
        self.clause = replace(self.clause, roles=kept)

    def _says_which(self, role: Role) -> bool:
        """Whether a phrase between subject and verb says what the subject is on, in, with or beside, and no way or object."""
        other, prep = role.things[0], role.prep
        going = self.kind in _TRAVEL | _OF_TWO | {"throw"}
        if other == self.thing or not going:
            return False
        if self.kind == "throw" and not self.clause.passive:
            self._related(role, ALWAYS)
            return True
        if (prep in ("on", "in") or role.relation in ("on", "inside")) and is_mount(
            self.meaning.cast[other].noun, self.meaning.cast[self.thing].noun
        ):
            self.meaning.cast.one_each(other, self.meaning.cast[self.thing])
            self.add(Relation(thing=self.thing, relation="on", other=other))
            return True
        if prep == "with" and self.kind in _OF_TWO:
            self.add(Relation(thing=self.thing, relation="near", other=other))
            return True
        return self.kind in _OF_TWO and (role.relation is not None or prep in ("on", "in", "at", "by", "under", "near"))

    def _change_of_pace(self) -> None:
        """As in "accelerates" and "rolls faster and faster"."""
        manner = self.clause.manner or (self.clause.verb.manner if self.clause.verb is not None else "")
        if manner in ("faster", "slower") and self.meaning.moves(self.thing):
            self.add(Paced(thing=self.thing, sign=1 if manner == "faster" else -1))

    def _ends(self) -> bool:
        """As in "it ends at 3 s": what was told of its way is over then; whether there was any."""
        told = self.meaning.promises
        way = next((p for p in told if isinstance(p, Journey | Moves) and p.thing == self.thing and p.window.whole), None)
        waits = [
            p.window for p in told if isinstance(p, Still) and p.thing == self.thing and p.window.waiting == self.window.unit
        ]
        begun = waits[-1].end if waits else 0.0
        if way is None or self.window.start <= begun:
            return False
        span = Window(start=begun, end=self.window.start, unit=self.window.unit)
        told[told.index(way)] = way.model_copy(update={"window": span})
        return True

    def _begins(self) -> bool:
        """As in "it starts after one second": what was told of its way begins then; whether that says all."""
        window = self.window
        if window.start <= 0 or not (self.meaning.moves(self.thing) or self.clause.lemma in ("start", "begin")):
            return False
        if not self.meaning.moves(self.thing):
            self.add(Moves(thing=self.thing, window=window))
        self.add(Still(thing=self.thing, window=window.before))
        return True
