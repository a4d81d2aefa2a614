"""Chunks as clauses: who does what, where to, when, and in which order. Here pronouns find what they stand for.

A clause holds things by item_id and is not yet a promise; :mod:`~flowzero.agent.meaning` says what it promises.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from flowzero.agent import lexicon as lex
from flowzero.agent.chunk import Chunk, Comparison, Predicate
from flowzero.agent.clause import Clause, Role
from flowzero.agent.complements import ACROSS, Complements
from flowzero.agent.nouns import NounPhrase
from flowzero.agent.phrases import Region, Side, Time
from flowzero.agent.promises import Place
from flowzero.agent.surroundings import BARE, HIDING
from flowzero.agent.tokens import bases

_AT = frozenset(["at", "on", "to", "through", "by", "from"])
"""What may come between "out" or "off" and the edge that one goes out at."""


_LEADING = frozenset(
    ["by", "over", "under", "above", "below", "beneath", "underneath", "past", "behind", "around", "onto", "upon", "inside"]
) | frozenset(["between"])
"""Words of place that say as well which way one goes."""


class ClauseReader(Complements):
    """Reads chunks into clauses, filling a cast list and a list of settings on the way."""

    def read(self) -> list[Clause]:
        """All clauses, in the order of the text."""
        for k, chunk in enumerate(self.chunks):
            getattr(self, f"_{chunk.kind}")(k, chunk)
            self._place_roles(k)
            if chunk.kind not in ("and", "while", "comma", "stop", "seq", "who"):
                self.now.end = chunk.end
        self._close()
        return self.clauses

    def _place_roles(self, k: int) -> None:
        """Note where the words of new roles stand, with the preposition before them."""
        led = k and self.chunks[k - 1].kind in ("prep", "side")
        for clause in (*self.clauses[-1:], self.now):
            for role in clause.roles:
                if role.start < 0:
                    role.start, role.end = self.chunks[k - 1 if led else k].start, self.chunks[k].end

    def _np(self, k: int, chunk: Chunk) -> None:  # noqa: C901, PLR0911, PLR0912, PLR0915
        phrase = chunk.value
        assert isinstance(phrase, NounPhrase)
        head = phrase.noun.split()[-1] if phrase.noun else ""
        if self._no_thing(chunk, phrase, head):
            return
        if head in lex.MEDIA and not self._is_thing(phrase):
            self.now.across = self.now.across or (bool(self.now.lemma) and self.prep in ACROSS)
            self._in_depth(head)
            self.prep, self.side, self.media = "", None, True
            if self._changes(k) and (self.joint or not self.now.said):
                self._open((), chunk)  # as in "a lamp stands there while the background turns blue"
                self.main = ()
            if self.now.said and self.now.subject and not self.now.lemma:
                self._close()
            return
        if (
            self.media
            and not self.now.said
            and not self.now.subject
            and self.prep in ("with", "of", "showing", "in", "about", "where")
        ) and head not in lex.SETTINGS:
            self.prep = ""
        self.media = False
        if self.prep or self.side:
            self._complement(k, chunk, phrase)
            return
        turns = self.now.verb is not None and self.now.verb.kind == "turn" and self.joint not in ("and", "while", "comma")
        if turns and not (self.joint == "next" and self._verb_follows(k)):
            self.now.roles.append(Role("thing", "into" if phrase.article in ("a", "an") else "", noun=phrase))
            self.cast.became[phrase.noun] = self.now.subject
            return
        follows = self._verb_follows(k) or self._goes_itself(k)
        if self._is_scenery(k, phrase, head):
            active = self.now.verb is not None and self.now.verb.kind == "act" and self.now.lemma != "be" and not self.joint
            if not active:
                self.settings.append(("", phrase))
            if not (self.now.lemma and not self.joint):
                self._open((), chunk)
                self.main = ()
            self.joint = ""
            return
        if self._inverted(k):
            self.turned = False
            things = self._resolve(phrase)
            self.now.subject = self.main = self.latest = things
            self.now.start = chunk.start
            return
        if self.now.lemma and not self.joint and not self._has_object():
            things = self._resolve(phrase)
            self.now.roles.append(Role("thing", "", things, noun=phrase))
            self.latest = things
            return
        if self._is_twin(k, phrase):
            phrase = replace(phrase, another=True, article="another")
        placed = self.fronted or self._is_apart(k) or self._is_placed(k)
        last = self.now.roles[-1].noun if self.now.roles else None
        told_apart = phrase.pronoun == "one" and last is not None and last.pronoun == "each other"
        placed = placed or told_apart  # as in "two cats next to each other, one black, one white"
        self.fronted = False
        if self.joint in ("and", "comma") and self._has_thing_role() and not (follows or placed or self._lone_subject()):
            self._extend(phrase)
            return
        things = self._resolve(phrase)
        members = {member for name in self.now.subject for member in self.cast.members(name)}
        again = self.joint == "comma" and phrase.article == "the" and set(things) < members
        then = self.chunks[k + 1].value if k + 1 < len(self.chunks) else None
        aside = self._told_aside(phrase) and isinstance(then, Predicate) and not then.finite  # "..., its pendulum swinging"
        alone = self.joint == "comma" and not phrase.several and self._done_by_one(k + 1)
        if (
            self.joint in ("and", "comma")
            and self._lone_subject()
            and not (phrase.pronoun or again or placed or aside or alone)
        ):
            self.now.subject = tuple(dict.fromkeys((*self.now.subject, *things)))
        else:
            self._open(things, chunk)
            if self.model is not None:
                self._repeat(self.model)
        self.joint = ""
        self.main = self.now.subject
        self.latest = things

    def _told_aside(self, phrase: NounPhrase) -> bool:
        """As in "a clock, its pendulum ...", "a clock, the pendulum ..." and "an hourglass, sand ...": no list goes on so."""
        if phrase.article == "its" or self.joint != "comma" or not self.now.subject:
            return phrase.article == "its"
        bare = not phrase.article and phrase.count is None
        return phrase.article == "the" or (bare and self.cast[self.now.subject[-1]].article in ("a", "an", "the"))

    def _done_by_one(self, k: int) -> bool:
        """Whether the next is what one alone does, as in "a bench, a boy runs by": the bench stays where it is."""
        predicate = self.chunks[k].value if k < len(self.chunks) else None
        if not isinstance(predicate, Predicate) or not predicate.finite:
            return False
        lows = [token.low for token in self.tokens[self.chunks[k].start : self.chunks[k].end]]
        return any(low.endswith("s") and predicate.lemma in bases(low) and low != predicate.lemma for low in lows)

    def _verb(self, k: int, chunk: Chunk) -> None:
        predicate = chunk.value
        assert isinstance(predicate, Predicate)
        self.existing = False
        before = self.chunks[k - 1] if k else None
        reduced = self.tokens[chunk.end - 1].low.endswith("ed") and chunk.end - chunk.start == 1 and self._verb_follows(k)
        embedded = not predicate.finite or self.joint == "who" or reduced
        self.turned = self.turned or self._brings_on(k, predicate)
        subject = () if self.turned else self._subject(before, predicate)
        self._apart_from_whom_it_is_with(embedded, subject)
        before_comma = before is not None and before.kind == "comma"
        if self.joint == "comma" and predicate.finite:
            self.joint = "and"
        if self.now.lemma or self.joint or not self._lone_subject():
            keep = self.now if (not self.now.lemma and not self.joint and self.now.subject == subject) else None
            if keep is None:
                self._open(subject, chunk)
        if self.now.lemma == "" and self.joint in ("and", "next") and self.now.said:
            self._open(subject, chunk)
        word = self.tokens[chunk.start].low
        plain = word in lex.VERBS or (word.endswith("ing") and not predicate.finite)
        self.now.subject = self.cast.group_of(subject[0]) if plain and len(subject) == 1 and before_comma else subject
        self.now.embedded = embedded
        self.now.begins = any({"start", "begin"} & set(bases(token.low)) for token in self.tokens[chunk.start : chunk.end])
        self.now.lemma, self.now.verb, self.now.at = predicate.lemma, predicate.sense, (chunk.start, chunk.end)
        self.now.passive, self.now.negated = predicate.passive, predicate.negated
        if predicate.lemma in ("start", "begin") and not self.order:
            self.order = "first"
        if predicate.lemma in ("end", "finish") and not self.order:
            self.order = "last"
        if self.order:
            self.now.order = self.order
            if self.order in ("next", "last", "before"):
                self.now.joined = "next"
            self.order = ""
        self.joint = ""

    def _apart_from_whom_it_is_with(self, embedded: bool, subject: tuple[str, ...]) -> None:
        """As in "a gorilla climbs up with a plane circling above": the plane does something of its own."""
        last = self.now.roles[-1] if self.now.roles else None
        if embedded and self.now.lemma and last is not None and last.prep == "with" and last.things == subject == self.latest:
            self.now.roles.pop()

    def _prep(self, k: int, chunk: Chunk) -> None:
        word = str(chunk.value)
        alone = word in BARE and self._ends_here(k)
        if alone and (self._has_with_it("bare", BARE[word], None, chunk.end) or self._beside_the_last(word)):
            return
        self._front(k)
        if self.prep == "from" and word in HIDING and self._np_next(k):
            self.side = Side(HIDING[word])
            return
        if self.prep in ("past", "by") and word in ("behind", "under", "above") and self._np_next(k):
            self.now.by = True
            self.side = Side(HIDING[word])
            return
        if self.prep == "along" and word in ("behind", "under", "above") and self._np_next(k):
            self.prep, self.side = "", Side(HIDING[word])  # as in "creeps along behind the hedge"
            return
        self.now.by = self.now.by or (self.prep in ("by", "past") and bool(self.now.lemma))
        beyond = self.prep == "out" or (self.prep == "off" and word != "to")
        placed = beyond and k + 1 < len(self.chunks) and self.chunks[k + 1].kind == "region"
        if not (word == "of" and self.prep in ("out", "off", "inside", "outside")) and not (placed and word in _AT):
            self.prep = word

    def _np_next(self, k: int) -> bool:
        return k + 1 < len(self.chunks) and self.chunks[k + 1].kind == "np"

    def _side(self, k: int, chunk: Chunk) -> None:
        assert isinstance(chunk.value, Side)
        self._front(k)
        low = self.tokens[chunk.start].low
        if low in ("its", "his", "her", "their"):
            other = self._owner()
            self.now.roles.append(Role("thing", self.prep, other, chunk.value.relation))
            self.prep = ""
        elif low == "by" and self.now.passive:
            self.prep = "by"
        else:
            self.side = chunk.value
            if self.prep == "by" and chunk.value.relation == "front":
                self.prep = "past"  # as in "walks by in front of a tree"
            if not self.prep and low in ("from", "to"):
                self.prep = low
            if self.tokens[max(chunk.start, chunk.end - 2)].low == "ahead":
                self.prep = "ahead"
            if not self.prep and low in _LEADING:
                self.prep = low

    def _region(self, k: int, chunk: Chunk) -> None:
        assert isinstance(chunk.value, Region)
        if not self.prep:
            self._front(k)
        self._start_if_needed(chunk)
        last = self.now.roles[-1] if self.now.roles else None
        if (
            self.prep in ("on", "in", "at")
            and k > 1
            and last is not None
            and last.kind == "thing"
            and self.chunks[k - 2].kind == "np"
            and last.things == self.latest
        ):
            self.clauses.append(
                Clause(
                    subject=self.latest, roles=[Role("region", self.prep, value=chunk.value)], start=chunk.start, end=chunk.end
                )
            )
        else:
            listed = self.joint in ("and", "comma") and last is not None and last.kind == "region" and self._goes_on(last)
            prep = self.prep or (last.prep if listed and last is not None else "")
            self.now.roles.append(Role("region", prep, value=chunk.value, listed=listed))
            self.joint = "" if listed else self.joint
        self.prep = ""

    def _goes_on(self, last: Role) -> bool:
        """Whether a place goes on with a list, as in "on the left, in the middle and on the right"."""
        places = ("on", "in", "at")
        return self.prep in ("", last.prep) or (self.prep in places and last.prep in places)

    def _add(self, kind: Literal["go", "trace", "off", "adj", "compare"], chunk: Chunk) -> None:
        self._start_if_needed(chunk)
        self.now.roles.append(Role(kind, self.prep, value=chunk.value))

    def _go(self, k: int, chunk: Chunk) -> None:
        if not self.prep:
            self._front(k)
        word = self.tokens[chunk.start].low
        if word == "far" and chunk.value == "away" and not self.now.lemma:
            return  # a cow far away goes nowhere
        looks = bool(self.now.subject) and not self.now.lemma and all(role.kind == "adj" for role in self.now.roles)
        lone = looks and not self.order and (not self.joint or (self.joint == "comma" and bool(self.now.roles)))
        lone = lone or (looks and not self.now.roles and self._set_off(k, chunk))
        if lone and word in ("left", "right") and chunk.end == chunk.start + 1 and (told := self._gapped(word)) is not None:
            self.now.lemma, self.now.verb, self.now.at = told.lemma, told.verb, told.at
            self._add("go", chunk)
            self.prep = ""
            return
        if lone and word in ("left", "right") and chunk.end == chunk.start + 1:
            place = Region(Place(x="left" if word == "left" else "right"), True)  # as in "samurai left, ninja right"
            self.now.roles.append(Role("region", "at", value=place))
            return
        self._add("go", chunk)
        self.prep = ""

    def _gapped(self, word: str) -> Clause | None:
        """As in "a cat walks left, a dog right": the clause before, whose verb is meant again."""
        told = next((clause for clause in reversed(self.clauses) if clause.said), None)
        if told is None or told.verb is None or told.verb.kind not in ("go", "leave", "enter") or told.roles[1:]:
            return None
        other = "right" if word == "left" else "left"
        ways = [role for role in told.roles if role.kind == "go" and role.value == other]
        return told if ways and told.subject != self.now.subject else None

    def _set_off(self, k: int, chunk: Chunk) -> bool:
        """As in "penguin (left)" and "a goat, left, walking right": where something is, and not which way it goes."""
        around = [self.tokens[j].low for j in (chunk.start - 1, chunk.end) if 0 <= j < len(self.tokens)]
        then = [later.kind for later in self.chunks[k + 1 : k + 3]]
        return around == ["(", ")"] or (around == [",", ","] and then == ["comma", "verb"])

    def _trace(self, k: int, chunk: Chunk) -> None:
        self._add("trace", chunk)
        self.prep = ""

    def _off(self, k: int, chunk: Chunk) -> None:
        self._add("off", chunk)

    def _skip(self, k: int, chunk: Chunk) -> None:
        words = [token.low for token in self.tokens[chunk.start : chunk.end]]
        self.now.in_turn = self.now.in_turn or words[:2] in (["one", "after"], ["one", "by"])

    def _adj(self, k: int, chunk: Chunk) -> None:
        word = self.tokens[chunk.start].low
        if word in BARE and self._ends_here(k) and self._beside_the_last(word):
            return
        if self.joint == "and" and self.now.roles and self.now.roles[-1].kind == "adj":
            self.joint = ""
        self._add("adj", chunk)
        self.prep = ""

    def _compare(self, k: int, chunk: Chunk) -> None:
        self._add("compare", chunk)
        assert isinstance(chunk.value, Comparison)
        self.prep = "" if chunk.value.alone else "than"

    def _time(self, k: int, chunk: Chunk) -> None:
        assert isinstance(chunk.value, Time)
        if self._leads(k):
            self.pending, self.pending_spans = [chunk.value], [(chunk.start, chunk.end)]
        else:
            self.now.times.append(chunk.value)
            self.now.spans.append((chunk.start, chunk.end))

    def _seq(self, k: int, chunk: Chunk) -> None:
        begins = k == 0 or self.chunks[k - 1].kind in ("stop", "while") or not (self.now.said or self.now.subject)
        if begins and chunk.value in ("before", "once"):
            self.leading = "prior" if chunk.value == "before" else "next"
            return
        if chunk.value == "once":
            self.joint = "while"
            return
        if str(chunk.value) == "first":
            self._front(k + 1)
        self.order = str(chunk.value)
        if self.order != "first":
            self.joint = "next"

    def _manner(self, k: int, chunk: Chunk) -> None:
        self.now.manner = str(chunk.value)

    def _and(self, k: int, chunk: Chunk) -> None:
        if self.joint not in ("while", "next"):
            self.joint = "and"

    def _while(self, k: int, chunk: Chunk) -> None:
        if chunk.value == "where":
            named = next((before for before in reversed(self.chunks[:k]) if before.kind != "comma"), None)
            place = self.now.roles[-1] if self.now.roles else None
            self.there = ()
            if place is not None and place.kind == "thing" and (place.prep or place.relation) and place.things == self.latest:
                self.there = self.latest if named is not None and named.kind == "np" else ()
        self.joint = "while"

    def _who(self, k: int, chunk: Chunk) -> None:
        self.prep = ""
        if self.latest:
            self.joint = "who"

    def _same(self, k: int, chunk: Chunk) -> None:
        """What the last clause says, of another."""
        told = self.now if self.now.said else next((clause for clause in reversed(self.clauses) if clause.said), None)
        if self._lone_subject() and not self.joint:
            self._repeat(told)
        else:
            self.model = told

    def _repeat(self, told: Clause | None) -> None:
        if told is not None:
            self.now.lemma, self.now.verb = told.lemma, told.verb
            self.now.passive, self.now.negated = told.passive, told.negated
            self.now.roles, self.now.times, self.now.manner = [*told.roles], [*told.times], told.manner
            self.now.at, self.now.spans = told.at, [*told.spans]
        self.model = None

    def _comma(self, k: int, chunk: Chunk) -> None:
        self.joint = self.joint or "comma"
        self.prep = ""

    def _stop(self, k: int, chunk: Chunk) -> None:
        self._close()
        self.now = Clause()
        self.joint, self.beside, self.there, self.existing = "", (), (), False

    def _there(self, k: int, chunk: Chunk) -> None:
        self.existing = True
        if self.now.subject:
            times, spans = self.pending, self.pending_spans
            self._open((), chunk)
            self.now.times, self.now.spans = [], []
            self.pending, self.pending_spans = times, spans

    def _word(self, k: int, chunk: Chunk) -> None:
        word = self.tokens[chunk.start].low
        if word in BARE and self._ends_here(k) and self._beside_the_last(word):
            self.heard.add(k)
