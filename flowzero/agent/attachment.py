"""What hangs on what: where a clause begins, what a pronoun stands for, and what is scenery rather than a thing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from flowzero import vocabulary
from flowzero.agent import english
from flowzero.agent import lexicon as lex
from flowzero.agent.cast_list import CastList
from flowzero.agent.chunk import Chunk, Predicate
from flowzero.agent.clause import Clause, Role
from flowzero.agent.lodging import PUTTING
from flowzero.agent.meaning.acts import ON_THE_WAY
from flowzero.agent.nature import SEATS, alive, fixed, is_person, is_walkway, lifeless
from flowzero.agent.nouns import NounPhrase
from flowzero.agent.phrases import Side, Time, Tokens, match
from flowzero.agent.promises import Relative
from flowzero.agent.sites import CONTAINERS, OPENINGS, beside_a_place, is_square
from flowzero.agent.tokens import any_verb
from flowzero.agent.wordclass import WATCHING

_INTRANSITIVE = frozenset(["go", "still", "appear", "enter", "trace"])
_UNDER_ONE = frozenset(["wall", "rug", "carpet"])
"""What is a place of the whole scene, but a thing when somebody is on it."""
_LETTING_GO = frozenset(["drop", "release", "throw", "toss", "hurl", "fling", "launch", "kick", "shoot"])
"""Verbs whose object is what goes on then."""
_COMES = frozenset(["come", "appear", "follow", "arrive", "enter", "walk", "run", "roll", "fly", "drive", "swim", "ride"])
_COMING = frozenset(["go", "appear", "enter", "trace", "follow"])
_OVER = frozenset(["go", "trace", "cross", "follow", "lead", "carry", "push", "ride", "act"])
"""Kinds of verbs that may lead over a bridge."""
_GROUND_PREPS = frozenset(["across", "through", "along", "down", "up", "at", "within", "throughout", "amid"])


class Attachment:
    """The state of reading: the clause at hand, what was said before, and what is still to be attached."""

    def __init__(self, tokens: Tokens, chunks: list[Chunk], cast: CastList) -> None:
        self.tokens, self.chunks, self.cast = tokens, chunks, cast
        self.clauses: list[Clause] = []
        self.settings: list[tuple[str, NounPhrase]] = []
        self.now = Clause()
        self.prep = ""
        self.side: Side | None = None
        self.joint: Literal["", "and", "while", "comma", "next", "who"] = ""
        self.order = ""
        self.main: tuple[str, ...] = ()
        self.latest: tuple[str, ...] = ()
        self.topic: tuple[str, ...] = ()
        """Who the clause before was about, if what was named last was only where that was."""
        self.pending: list[Time] = []
        self.pending_spans: list[tuple[int, int]] = []
        self.media = self.existing = False
        """Whether a medium was named; whether all that was said is that something is there."""
        self.turned = False
        """Whether the subject comes after the verb."""
        self.fronted = False
        """Whether a place leads the clause at hand, whose subject is still to come."""
        self.there: tuple[str, ...] = ()
        """What the next clause happens beside, after "to a tree where"."""
        self.beside: tuple[str, ...] = ()
        """What the clause at hand happens beside."""
        self.leading: Literal["", "next", "prior"] = ""
        """How the main clause hangs on one that leads it: after "after", "once" or "before"."""
        self.model: Clause | None = None
        """The clause that the next subject repeats."""
        self.absent: list[str] = []
        self.heard: set[int] = set()
        """Places in the row of chunks of words that were taken in."""
        self.lost: list[Chunk] = []
        """Chunks that nothing came of."""

    def _close(self) -> None:
        self.now.away = self.now.away or self.prep in ("away", "off")
        self.now.along = self.now.along or self.prep == "along"
        self.now.by = self.now.by or self.prep in ("by", "past")
        if self.beside and self.now.subject:
            self._set_beside()
            self.beside = ()
        if self.now.said or self.now.subject:
            self.clauses.append(self.now)
        if self.now.said:
            last = next((role for role in reversed(self.now.roles) if role.kind == "thing"), None)
            aside = last is None or bool(last.prep or last.relation)
            self.topic = self.now.subject if aside and len(self.now.subject) == 1 else ()
        self.now = Clause(subject=self.now.subject)
        self.prep, self.side = "", None

    def _set_beside(self) -> None:
        """As in "walks to a tree where a cat is sleeping": the cat is there, unless more is said of where it is."""
        placed = any(role.kind in ("thing", "region", "go", "trace") for role in self.now.roles)
        rests = self.now.verb is None or self.now.verb.kind in ("still", "act", "appear", "stop")
        if rests and not placed and not set(self.beside) & set(self.now.subject):
            seated = self.now.verb is not None and self.now.verb.kind == "still" and self.now.lemma != "stand"
            seats = all(self.cast[item_id].noun.split()[-1] in SEATS for item_id in self.beside)
            tie: tuple[str, Relative] = ("on", "on") if seated and seats else ("near", "near")
            self.now.roles.append(Role("thing", tie[0], self.beside, tie[1], start=0, end=0))

    def _open(self, subject: tuple[str, ...], chunk: Chunk) -> Clause:
        fronted = (
            [role for role in self.now.roles if role.kind != "thing" or role.prep != "with"]
            if not self.now.subject and not self.now.lemma
            else []
        )
        if fronted:
            self.now = Clause()
        self._close()
        self.beside, self.there = self.there or self.beside, ()
        loose = self.joint in ("while", "comma", "who")
        joined: Literal["", "and", "while", "next", "prior"] = "while" if loose else self.joint  # type: ignore[assignment]
        if self.order in ("next", "last", "before"):
            joined = "next"
        elif self.leading and self.joint == "comma":
            joined, self.leading = self.leading, ""
        self.now = Clause(
            subject=subject, roles=fronted, times=self.pending, order=self.order, joined=joined, start=chunk.start
        )
        self.now.spans = self.pending_spans
        self.joint, self.order, self.pending, self.pending_spans = "", "", [], []
        return self.now

    def _lone_subject(self) -> bool:
        return bool(self.now.subject) and not self.now.said

    def _has_object(self) -> bool:
        return any(role.kind == "thing" and not role.prep and role.relation is None for role in self.now.roles)

    def _has_thing_role(self) -> bool:
        return bool(self.now.roles) and self.now.roles[-1].kind == "thing"

    def _resolve(self, phrase: NounPhrase) -> tuple[str, ...]:  # noqa: PLR0911
        inner = bool(self.prep or self.side or self.now.lemma) and not self.joint
        if phrase.pronoun == "it" and self.now.lemma in PUTTING and inner and not self.prep and (taken := self._told("")):
            return (taken[-1],)  # as in "takes a cake out of the oven and puts it on the table"
        if phrase.pronoun in ("it", "him", "her", "he", "she") and inner and (other := self._other(phrase)):
            return other
        if phrase.pronoun == "them" and (inner or str(getattr(self.side, "relation", "")) == "between"):
            hidden = self.now.subject if inner else ()  # as in "..., between them a dog sleeps", which speaks of all
            others = tuple(item_id for item_id in self.cast.order if item_id not in hidden)
            last = tuple(item_id for item_id in self.latest if item_id not in hidden)
            return self.cast.resolve(phrase, last, others, self.tokens)
        dropped = (
            bool(self.clauses or self.now.lemma) and (self.now if self.now.lemma else self.clauses[-1]).lemma in _LETTING_GO
        )
        person = all(is_person(self.cast[name].noun) for name in self.main if name in self.cast.order)
        if phrase.pronoun == "it" and not inner and self.main and (person or (dropped and self._told(""))):
            things = [name for name in self.cast.order if not is_person(self.cast[name].noun)]
            if things:  # as in "a boy kicks a ball, it flies away": nobody says "it" of a boy
                direct = [name for name in self._told("") if name in things]
                return (next((name for name in (*direct, *self.latest) if name in things), things[-1]),)
        if phrase.pronoun == "it" and not inner and (still := self._still_it()):
            return still
        if phrase.pronoun == "it" and not inner and (light := self._light(phrase)):
            return (light,)
        if phrase.pronoun in ("it", "he", "she") and not inner and self.main:
            alike = len(self.main) > 1 and len({self.cast[name].noun for name in self.main if name in self.cast.order}) == 1
            alone = (
                () if self._single(self.main) and not alike else self._single(self.latest) or self._single(self.cast.order)[-1:]
            )
            return alone or self.cast.resolve(phrase, self.main, self.main, self.tokens)
        if phrase.pronoun == "one" and self.main and not (self.prep or self.side):
            return self.cast.resolve(phrase, self.main, self.main, self.tokens)
        others = tuple(item_id for item_id in self.main if item_id not in self.now.subject) or self.main
        return self.cast.resolve(phrase, self.latest or self.main, others or self.latest, self.tokens)

    def _other(self, phrase: NounPhrase) -> tuple[str, ...]:
        """Whom a pronoun means that stands beside the clause's own subject, as in "a dog sees a cat and runs to it"."""
        free = [item_id for item_id in self.cast.order if item_id not in self.now.subject]
        last = tuple(item_id for item_id in self.latest if item_id not in self.now.subject)
        topic = tuple(item_id for item_id in self.topic if item_id not in self.now.subject)
        if single := self._single(free):
            free, last, topic = [*single], self._single(last), self._single(topic)
        if self.now.verb is not None and self.now.verb.kind == "follow":  # nobody trails behind a bridge
            free, last, topic = [*self._going(free)] or free, self._going(last), self._going(topic)
        if phrase.pronoun != "it":
            free, last, topic = [*self._living(free)] or free, self._living(last), self._living(topic)
        return self._seat(phrase, topic) or topic or last or tuple(free[-1:])

    def _seat(self, phrase: NounPhrase, topic: tuple[str, ...]) -> tuple[str, ...]:
        """As in "a dog lies in front of the sofa, a cat on it": nobody is on a dog, or sails under a car, if not for fun."""
        way = self.side.relation if self.side is not None else self.prep
        if phrase.pronoun != "it" or not topic:
            return ()
        fixed_ones = tuple(name for name in self._told() if name not in self.now.subject and fixed(self.cast[name].noun))[-1:]
        movers = not any(fixed(self.cast[name].noun) for name in topic)
        if way in ("under", "below", "through", "beneath", "underneath"):
            return fixed_ones if movers else ()
        seats = way in ("on", "in") and movers and not any(lifeless(self.cast[name].noun) for name in topic)
        return fixed_ones if seats else ()

    def _still_it(self) -> tuple[str, ...]:
        """As in "a bag lies there. The wind takes it. It flies off.": what was "it" just before."""
        last = self.now if self.now.said else self.clauses[-1] if self.clauses else Clause()
        told = [role.things for role in last.roles if role.noun is not None and role.noun.pronoun == "it" and not role.relation]
        return told[-1] if told and last.roles[-1].things == told[-1] and not last.roles[-1].prep else ()

    def _light(self, phrase: NounPhrase) -> str:
        """As in "a car stops at a traffic light; it turns green": what turns is the light."""
        does = any_verb(self.tokens[phrase.end].low) if phrase.end < len(self.tokens) else None
        lights = [name for name in self._told() if self.cast[name].noun.split()[-1] in ("light", "signal", "semaphore")]
        return lights[-1] if lights and does is not None and does[1].kind == "turn" else ""

    def _told(self, prep: str | None = None) -> list[str]:
        """The things that the last clauses tell of besides their subjects, with that preposition if one is given."""
        roles = [role for clause in (*self.clauses[-1:], self.now) for role in clause.roles]
        kept = [role for role in roles if prep is None or (role.prep == prep and role.relation is None)]
        return [name for role in kept for name in role.things if name in self.cast.order]

    def _single(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those that are one: nobody says "it" of several houses, though one may of a flock."""
        return tuple(name for name in names if self.cast[name].count == 1 or self.cast[name].article in ("a", "an"))

    def _going(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those who can go anywhere."""
        return tuple(name for name in names if not fixed(self.cast[name].noun))

    def _living(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those whom one may call he or she."""
        return tuple(name for name in names if not lifeless(self.cast[name].noun))

    def _is_setting(self, prep: str, side: Side | None, phrase: NounPhrase) -> bool:  # noqa: C901, PLR0911
        """Whether the phrase is where it all happens, and no thing of its own."""
        if not phrase.noun:
            return False
        head = "plaza" if is_square(phrase) else phrase.noun.split()[-1]
        if side is not None and (not prep) and side.relation not in ("above", "below", "inside", "near", "on"):
            return False
        one = phrase.article in ("a", "an")
        if side is not None and (
            (side.relation == "near" and (one or head not in lex.SETTINGS)) or (side.relation in ("behind", "front") and one)
        ):
            return False
        if match(self.tokens, phrase.start - 3, "on", "top", "of"):
            return False
        if beside_a_place(self.now.verb, prep, side, head, one=one or self._lone_subject()):
            return False
        bears = prep == "on" and head in _UNDER_ONE
        if self.cast.knows(phrase) or bears or (prep == "through" and one and head in OPENINGS):
            return False
        trodden = prep == "across" and is_walkway(head) and self.now.verb is not None and self.now.verb.kind in _OVER
        if head in lex.OBJECTS_TOO and (trodden or prep not in ("in", "on", "at", "across", "along", "through", "inside")):
            return False
        place = vocabulary.find_setting(phrase.noun)
        if place is not None and head not in " ".join((place.name, *place.synonyms)).split():
            place = None  # a farm toaster is no farm
        if head == "moon":
            walked = self.now.verb is not None and self.now.verb.medium == "ground"
            return (prep == "on" or (prep == "across" and walked)) and side is None
        if (
            head in lex.SETTINGS
            or (phrase.several and f"{head}s" in lex.SETTINGS and (vocabulary.find(head) is None or place is not None))
            or (place is not None and vocabulary.is_place(phrase.noun) and head not in ("table", "wall", "tree"))
        ):
            return True
        if vocabulary.find(phrase.noun) is not None or phrase.count is not None or head in CONTAINERS:
            return False
        moving = self.now.verb is not None and self.now.verb.kind in ("go", "trace", "enter", "leave", "cross")
        if moving and prep in _GROUND_PREPS and not is_walkway(head):
            return prep not in ("down", "up") or head in ("stairs", "stair", "staircase", "steps", "step", "aisle")
        noun = english.as_noun(head)
        thing = (one and noun == "nt" and prep in ("in", "within")) or (
            prep == "at" and ((noun == "nt" and head not in lex.BODY) or (one and noun == "np") or head in OPENINGS)
        )
        return prep in ("in", "at", "through", "within") and side is None and not thing

    def _new_subject(self, phrase: NounPhrase) -> bool:
        """Whether a phrase brings something in to speak of it, so that it is a thing whatever it names elsewhere."""
        opens = not (self.prep or self.side) and (not self.now.lemma or bool(self.joint))
        return opens and (phrase.article in ("a", "an", "another", "my", "our") or phrase.count is not None)

    def _is_thing(self, phrase: NounPhrase) -> bool:
        if self.now.lemma in ("fill", "cover") or (
            self.now.verb is not None and self.now.verb.kind in ("cross", "enter", "leave", "go")
        ):
            return False
        return (
            phrase.noun in ("screen", "picture", "portrait", "photo", "photograph", "frame", "window")
            and self.prep in ("", "past")
            and bool(self.now.lemma)
        )

    def _verb_follows(self, k: int) -> bool:
        """Whether the noun phrase at chunk k has a predicate of its own."""
        for chunk in self.chunks[k + 1 :]:
            if chunk.kind == "verb":
                return True
            if chunk.kind in ("and", "comma", "stop", "while", "who"):
                return False
            if chunk.kind == "np" and self.chunks[k + 1].kind not in ("prep", "side"):
                return False
        return False

    def _goes_itself(self, k: int) -> bool:
        """As in "a cat on a sofa and a dog that walks by": what the phrase at chunk k names goes its own way."""
        kinds = [chunk.kind for chunk in self.chunks[k + 1 : k + 3]]
        then = self.chunks[k + 2].value if kinds == ["who", "verb"] else None
        paired = bool(self.now.roles) and self.now.roles[-1].relation == "between"
        return not paired and isinstance(then, Predicate) and then.sense.kind in ("go", "trace", "enter", "leave", "still")

    def _inverted(self, k: int) -> bool:
        """Whether the phrase at chunk k is the subject of the verb just before it, as in "up comes a full moon"."""
        if self.now.verb is None or self.joint or k < 1 or self.chunks[k - 1].kind != "verb" or self.now.passive:
            return False
        return self.turned or (not self.now.subject and self.now.verb.kind in _INTRANSITIVE)

    def _brings_on(self, k: int, predicate: Predicate) -> bool:
        """As in "next comes a cat": after a word of order at the beginning of a sentence, who comes is named last."""
        before = self.chunks[k - 1] if k else None
        begins = before is not None and before.kind == "seq" and (k < 2 or self.chunks[k - 2].kind in ("stop", "and", "comma"))
        after = self.chunks[k + 1].value if k + 1 < len(self.chunks) else None
        new = isinstance(after, NounPhrase) and (after.article in ("a", "an", "another") or after.count is not None)
        return begins and new and predicate.finite and predicate.sense.kind in _COMING and predicate.lemma in _COMES

    def _led(self, k: int) -> Literal["", "placed", "turned"]:
        """Whether a place or a direction at chunk k leads a clause of its own, as in "at the top we see a kite".

        A clause whose verb comes before its subject is turned: "up goes a kite".
        """
        j = k
        while j < len(self.chunks) and self.chunks[j].kind in ("prep", "side"):
            j += 1
        after = [chunk.kind for chunk in self.chunks[j : j + 3]]
        if after[:1] not in (["region"], ["go"], ["np"]) or (after[:1] == ["np"] and j == k):
            return ""
        free = not self.now.said or self.joint in ("comma", "and", "while", "next")
        then = self.chunks[j + 1].value if j + 1 < len(self.chunks) else None
        if after[1:] == ["verb", "np"] and isinstance(then, Predicate) and then.finite and not then.passive:
            opens = free and (self.now.said or not self.now.subject)
            trails = then.sense.kind == "follow" and str(getattr(self.chunks[k].value, "relation", "")) == "behind"
            brings = then.sense.kind in _INTRANSITIVE or trails or self._there_is(then, j + 2)
            return "turned" if opens and (brings or self._does_there(then, j)) else ""
        beside = after[:2] == ["np", "np"] and self.joint in ("comma", "and", "while") and self._brings_in(j)
        if not free or not (self.now.said or beside):
            return ""
        leads = (
            after[1:2] == ["there"]
            or (after[1:2] == ["np"] and self._verb_follows(j + 1))
            or (after[1:3] == ["comma", "np"] and self._verb_follows(j + 2))
            or (after[:2] in (["region", "np"], ["np", "np"]) and self._brought_in(j + 1))
        )
        return "placed" if leads else ""

    def _does_there(self, then: Predicate, j: int) -> bool:
        """As in "on it burns a candle", "across a field thunders a bull": who is new does so at the place at j, or along it."""
        prep = self.chunks[j - 1].value
        placed = prep in ("on", "in", "inside", "above", "below", "under") and then.sense.kind == "act"
        goes = then.sense.kind == "leave" or (then.sense.kind == "act" and then.lemma in ON_THE_WAY)
        led = prep in ("across", "along", "through", "over", "down", "up", "past", "into", "towards", "toward") and goes
        return self.chunks[j].kind == "np" and (placed or led) and self._brought_in(j + 2)

    def _there_is(self, then: Predicate, j: int) -> bool:
        """As in "on the shelf is a jar"."""
        phrase = self.chunks[j].value
        return then.lemma == "be" and isinstance(phrase, NounPhrase) and (phrase.article in ("a", "an") or phrase.several)

    def _brings_in(self, j: int) -> bool:
        """As in "a lamp, and under it a cat is sleeping": the place at chunk j leads what comes after it."""
        told = getattr(self.chunks[j].value, "pronoun", "") in ("it", "them", "him", "she", "he")
        return self._brought_in(j + 1) or (told and self._verb_follows(j + 1))

    def _brought_in(self, k: int) -> bool:
        """As in "..., on the roof a cat": what the phrase at chunk k brings in is there, and no verb says so."""
        phrase = self.chunks[k].value
        new = isinstance(phrase, NounPhrase) and (phrase.article in ("a", "an", "another") or phrase.count is not None)
        after = self.chunks[k + 1].kind if k + 1 < len(self.chunks) else "stop"
        return new and after in ("comma", "stop", "and", "while", "who")

    def _front(self, k: int) -> None:
        """Begin the clause that a place leads, where one does."""
        how = self._led(k)
        if how and (self.now.said or self.now.subject):
            self._close()
        if how:
            self.now = Clause()
            self.turned = how == "turned"
            self.fronted = how == "placed"

    def _owner(self) -> tuple[str, ...]:
        """Whose side "its left" is: the other thing of the clause, or the latest other thing."""
        for role in reversed(self.now.roles):
            if role.things:
                return role.things
        for item_id in reversed(self.cast.order):
            if item_id not in self.now.subject:
                return (item_id,)
        return self.now.subject

    def _subject(self, before: Chunk | None, predicate: Predicate) -> tuple[str, ...]:
        """Who does it: the phrase just before a participle or after "who", else the clause's own subject."""
        if self.joint == "who" and self.latest:
            return self.latest
        if self.now.lemma in WATCHING and before is not None and before.kind == "np" and self._has_object() and not self.joint:
            return self.latest  # as in "a girl watching a balloon rise"
        if predicate.finite and self.now.embedded and self.now.lemma and not self.joint:
            return self.main or self.now.subject
        tied = not predicate.finite or self.now.lemma
        attached = before is not None and before.kind == "np" and self.latest and self.now.roles
        if before is not None and attached and self.now.roles[-1].things == self.latest and tied:
            return self.now.subject if self.now.subject and self._goes_by(predicate, before) else self.latest
        return self.now.subject or self.main

    def _goes_by(self, predicate: Predicate, before: Chunk) -> bool:
        """Whether a participle tells of who goes rather than of what is gone by: "walks past a church, followed by a dog"."""
        led = predicate.sense.kind == "follow" and predicate.passive and self.now.lemma != ""
        apart = self.tokens[before.end].start != self.tokens[before.end - 1].end + 1  # by a comma, not by a blank
        if led and apart and self.now.roles[-1].prep:
            return True
        moves = led or predicate.sense.kind in _INTRANSITIVE - {"still", "appear"} or predicate.sense.kind == "leave"
        had = self.now.roles[-1].prep == "with" and all(lifeless(self.cast[item_id].noun) for item_id in self.latest)
        beside = predicate.sense.kind in ("carry", "push", "ride") and not predicate.passive
        beside = beside and all(lifeless(self.cast[item_id].noun) for item_id in self.latest)
        goes = beside or (had and predicate.sense.medium == "ground")
        if goes and any(alive(self.cast[name].noun) for name in self.now.subject):
            return True  # as in "a lady with an umbrella strolling by" and "a boy walks past a house carrying a bag"
        return moves and all(fixed(self.cast[item_id].noun) for item_id in self.latest)

    def _start_if_needed(self, chunk: Chunk) -> None:
        """A complement after "and then" without a verb repeats the clause: "first on the left, then in the middle"."""
        if self.turned:
            return
        if self.order in ("next", "last") and (self.now.said or self.clauses):
            old = self.now if self.now.said else self.clauses[-1]
            self._open(old.subject, chunk)
            self.now.lemma, self.now.verb = old.lemma, old.verb
        elif self.order and not self.now.order:
            self.now.order, self.order = self.order, ""

    def _leads(self, k: int) -> bool:
        """Whether a time phrase opens a clause rather than closing one."""
        before = self.chunks[k - 1].kind if k else "stop"
        after = self.chunks[k + 1].kind if k + 1 < len(self.chunks) else "stop"
        led = before in ("stop", "and", "comma", "while") and after in ("comma", "np", "there")
        return led or (before == "seq" and after == "np")
