"""Places that a clause names without a noun of their own: overhead, in the background, at the left of the room."""

from __future__ import annotations

from typing import Literal

from flowzero import vocabulary
from flowzero.agent import lexicon as lex
from flowzero.agent.attachment import Attachment
from flowzero.agent.chunk import Chunk, Predicate
from flowzero.agent.clause import Clause, Role
from flowzero.agent.nature import alive, fixed
from flowzero.agent.nouns import NounPhrase
from flowzero.agent.phrases import Region, Side
from flowzero.agent.promises import Place, Relative
from flowzero.agent.sites import is_square
from flowzero.agent.tokens import singular, verb

BARE: dict[str, Relative] = {
    "overhead": "above", "above": "above", "below": "below", "underneath": "below", "beneath": "below", "behind": "behind",
    "inside": "inside", "within": "inside", "beside": "near", "nearby": "near", "alongside": "near", "under": "below",
}  # fmt: skip
"""Words of place that may stand without a noun."""

HIDING: dict[str, Relative] = {
    "behind": "behind", "inside": "inside", "within": "inside", "under": "below", "beneath": "below", "underneath": "below",
    "below": "below", "above": "above",
}  # fmt: skip
"""Where somebody may come from, as in "rises from behind a house"."""


_HOLDS = frozenset(
    ["mouth", "beak", "jaw", "jaws", "teeth", "claw", "claws", "talons", "hand", "hands", "arm", "arms", "paw", "paws", "pouch"]
) | frozenset(["lap", "grip", "grasp", "trunk", "tentacles", "back", "shoulder", "shoulders", "head", "hump", "bill", "fist"])
"""Parts of somebody in or on which something is held."""
_SPOTS: dict[str, Relative] = {
    **dict.fromkeys(("side", "edge", "foot", "base", "end", "corner"), "near"),
    **dict.fromkeys(("centre", "center", "middle", "heart"), "inside"),
    **dict.fromkeys(("deck", "mast", "bonnet", "hood", "saddle", "roof", "rim", "bow", "stern", "lid", "summit", "tip"), "on"),
}
"""Parts of something that say where another is: "a stool at its side", "a cross at its tip"."""
_TOLD = ("it", "him", "he", "she", "them")
"""Pronouns of what was told of before; "her" is read as "she"."""
_ON = frozenset(["verb", "stop", "comma", "and", "while", "manner", "time", "go", "trace"])
"""How it may go on after a word of place without a noun, as in "glides overhead to the left"."""
_DEPTHS = frozenset(["background", "foreground", "distance"])


class Surroundings(Attachment):
    """What in a clause is scenery, and what stands beside what was spoken of before."""

    def _no_thing(self, chunk: Chunk, phrase: NounPhrase, head: str) -> bool:  # noqa: PLR0911
        """Take in a phrase that names no thing of the picture: a part of one, nothing, or what cannot be seen."""
        if phrase.article == "its" and head in _HOLDS and self._has_in_hand(chunk.end):
            self.prep, self.side = "", None
            return True
        if phrase.article == "its" and head == "back":
            self._ride_on_it()
            self.prep, self.side = "", None
            return True
        if phrase.article == "its" and head in _SPOTS and not self.cast.knows(phrase) and self.prep in ("at", "on", "in", "by"):
            if self._has_with_it(self.prep, _SPOTS[head], None, chunk.end):
                self.prep, self.side = "", None
                return True
            self.now.roles.append(Role("thing", self.prep, self._owner() or self.latest, _SPOTS[head]))
            self.prep, self.side = "", None
            return True
        if phrase.article == "its" and head in lex.BODY:
            owner = tuple(item_id for item_id in self.topic if item_id not in self.now.subject) or self._owner()
            if self.prep in ("on", "onto", "upon", "to", "above", "over", "from") and owner and owner != self.now.subject:
                self.now.roles.append(Role("thing", self.prep, owner, noun=phrase))
            self.now.limb = self.now.limb or (chunk.start == self.now.at[1] and not (self.joint or self._has_object()))
            self.prep, self.side, self.now.bodily = "", None, True
            return True
        bodily = head in lex.BODY and not phrase.article and phrase.count is None and not phrase.adjectives
        if bodily and self.now.verb is not None and self.now.verb.kind == "act" and not self.joint and not self.prep:
            return True
        # "The other side" is a place beside something, which the grammar does not read yet.
        place = head == "side" and bool(self.prep)
        abstract = phrase.abstract and not self.cast.knows(phrase) and not self._new_subject(phrase)
        if place or (abstract and not self._does(phrase)):
            self.lost.append(chunk)
            self.prep, self.side, self.joint = "", None, ""
            return True
        if phrase.count == 0:
            gone = tuple(item_id for item_id in self.cast.order if self.cast[item_id].noun == phrase.noun)
            if gone and any(time.window.start > 0 for time in self.pending):  # as in "halfway through, no egg"
                self._open(gone, chunk)
                self.now.lemma, self.now.verb, self.now.at = "vanish", lex.Verb("vanish"), (chunk.start, chunk.end)
            else:
                self.absent.append(phrase.noun)
            self.prep, self.side = "", None
            return True
        return False

    def _ride_on_it(self) -> None:
        """As in "a hippo walks in, birds on its back": they are on who was told of before."""
        before = next((clause.subject for clause in reversed(self.clauses) if clause.subject), ())
        if self.prep == "on" and not self.now.lemma and before and not set(before) & set(self.now.subject):
            self.now.roles.append(Role("thing", "on", before[-1:], "on"))

    def _does(self, phrase: NounPhrase) -> bool:
        """As in "buoy bobbing": what goes or keeps still can be seen, though its name begins a text without an article."""
        low = self.tokens[phrase.end].low if phrase.end < len(self.tokens) else ""
        does = verb(low) if low.endswith("ing") else None
        first = phrase.start == 0 or not self.tokens[phrase.start - 1].word
        return first and not phrase.article and does is not None and does[1].kind in ("go", "trace", "still", "circle")

    def _is_scenery(self, k: int, phrase: NounPhrase, head: str) -> bool:
        """Whether the phrase names where it all happens, rather than a hill that changes before one's eyes."""
        head = "plaza" if is_square(phrase) else head
        thing = vocabulary.find(head) is not None and not vocabulary.is_place(head)
        if head not in lex.SETTINGS - lex.OBJECTS_TOO or thing or self.cast.knows(phrase):
            return False
        then = next((c.value for c in self.chunks[k + 1 : k + 4] if c.kind in ("verb", "comma", "stop", "and", "while")), None)
        changes = isinstance(then, Predicate) and then.sense.kind in ("turn", "grow", "shrink", "vanish", "appear")
        return not (changes and phrase.article in ("a", "an", "the", "one"))

    def _in_depth(self, head: str) -> None:
        """As in "in the background a clock stands": behind what was spoken of before; and as in "drives up the screen"."""
        if self.prep in ("up", "down") and self.now.lemma and head in lex.FRAME_NOUNS:
            self.now.roles.append(Role("go", "", value=self.prep))
        relation: Literal["behind", "front"] | None = {"background": "behind", "foreground": "front"}.get(head)  # type: ignore[assignment]
        others = [item_id for item_id in self.cast.order if item_id not in self.now.subject]
        if relation is not None and self.prep in ("in", "at") and others:
            self.now.roles.append(Role("thing", "in", (others[0],), relation))

    def _is_room(self, side: Side, phrase: NounPhrase) -> bool:
        """As in "at the left of the throne room": a side of the picture."""
        head = phrase.noun.split()[-1] if phrase.noun else ""
        known = (vocabulary.find(head) is not None and not vocabulary.is_place(head)) or self.cast.knows(phrase)
        return side.relation in ("left", "right") and head in lex.SETTINGS and phrase.article == "the" and not known

    def _ends_here(self, k: int) -> bool:
        """Whether no noun follows the word of place at chunk k, as in "the dog below just sits there"."""
        j = k + 1
        while j < len(self.chunks) and self.chunks[j].kind == "word" and self.tokens[self.chunks[j].start].low in lex.ADVERBS:
            j += 1
        after = self.chunks[j].kind if j < len(self.chunks) else "stop"
        on = after in _ON or (after == "prep" and self.chunks[j].value != "of")
        return on and bool(self.now.subject) and not self.prep

    def _has_with_it(self, prep: str, relation: Relative | None, phrase: NounPhrase | None, end: int) -> bool:
        """As in "a table with a vase on it" and "a table, a vase on it": the vase is on the table; whether that was said."""
        if phrase is not None and phrase.pronoun not in _TOLD:
            return False
        subject, roles = self.now.subject, self.now.roles
        last = roles[-1] if roles else None
        if last is not None and last.kind == "thing" and last.prep == "with" and last.things == self.latest and subject:
            roles.pop()
            owner, there = self._bearer(subject, phrase, last), last.things
        elif not subject and _with_last(roles) and roles[-1].things == self.latest:
            there = roles.pop().things  # as in "zoom in on a nest with 4 eggs in it", where nobody does anything
            owner = roles[-1].things
        elif last is not None and self._was_with(last):
            owner, there = last.things, self.clauses.pop().roles[0].things
        elif not roles and not self.now.lemma and len(subject) > 1 and (phrase is not None or self._listed_last()):
            owner, there = subject[:-1], subject[-1:]
            self.now.subject = owner
        else:
            return False
        role = Role("thing", prep, owner[-1:], relation, noun=phrase)
        self.clauses.append(Clause(subject=there, roles=[role], start=end - 1, end=end))
        return True

    def _was_with(self, last: Role) -> bool:
        """As in "sails past an island with a palm tree on it": whether what was named last is with the one before."""
        told = self.clauses[-1] if self.clauses else None
        return (
            told is not None
            and bool(self.latest)
            and told.subject == last.things
            and [(role.prep, role.things) for role in told.roles] == [("with", self.latest)]
        )

    def _bearer(self, subject: tuple[str, ...], phrase: NounPhrase | None, borne: Role) -> tuple[str, ...]:
        """As in "a bird flies over a table with a cup on it": it is on the table, named just before, if that is no animal."""
        before = self.now.roles[-1] if self.now.roles else None
        if phrase is None or phrase.pronoun != "it" or before is None or before.noun is None or borne.noun is None:
            return subject
        beside = before.kind == "thing" and before.noun.end == borne.noun.start - 1
        return before.things if beside and not any(alive(self.cast[name].noun) for name in before.things) else subject

    def _listed_last(self) -> bool:
        """As in "chair, cat under": by a comma, so that the word of place is about the last one alone."""
        place = self.cast[self.now.subject[-1]].noun.split()[-1]
        words = [token.low for token in self.tokens]
        at = max((k for k, word in enumerate(words) if singular(word) == place), default=0)
        return "," in words[max(0, at - 4) : at] and "and" not in words[max(0, at - 4) : at]

    def _is_placed(self, k: int) -> bool:
        """As in "walks past a barn, a lantern on the left": of the phrase at chunk k is said where it is, and nothing else."""
        if self.joint != "comma":
            return self.joint == "and" and self._is_seated(k)
        after = self.chunks[k + 1 : k + 3]
        if len(after) < 2 or after[0].kind != "prep" or str(after[0].value) not in ("in", "on", "at", "to"):
            return bool(after) and after[0].kind == "side"
        phrase = after[1].value
        deep = isinstance(phrase, NounPhrase) and (phrase.noun in _DEPTHS or phrase.pronoun in _TOLD)
        return after[1].kind == "region" or deep or (isinstance(phrase, NounPhrase) and self._has_a_seat(after[0], phrase))

    def _has_a_seat(self, prep: Chunk, place: NounPhrase) -> bool:
        """As in "walks past a barn, a cat on the roof"; but "a girl, a lantern in her hand, ..." goes on about the girl."""
        part = place.article == "its" and place.noun.split()[-1] in _HOLDS
        bare = place.article not in ("a", "an") and not self.cast.knows(place)
        aside = not self.now.said and (bare or place.noun.split()[-1] in _HOLDS | lex.BODY)
        return prep.value in ("in", "on") and bool(place.noun) and not (part or aside)

    def _is_seated(self, k: int) -> bool:
        """As in "a cat sleeps on a chair and a dog on a sofa": the dog is on the sofa, and no cat on a dog."""
        after = self.chunks[k + 1 : k + 3]
        if [chunk.kind for chunk in after] != ["prep", "np"] or after[0].value not in ("in", "on") or not self.now.roles:
            return False
        rests = self.now.verb is None or self.now.verb.kind in ("still", "act")
        return rests and self.now.roles[-1].prep in ("in", "on")

    def _is_apart(self, k: int) -> bool:
        """As in "a house, a dog runs past": the house goes nowhere, and what goes is told of by itself."""
        then = next((c.value for c in self.chunks[k + 1 : k + 3] if c.kind == "verb"), None)
        goes = isinstance(then, Predicate) and then.sense.kind in ("go", "trace", "enter", "leave")
        lone = (self.joint == "comma" or (self.joint == "and" and self._alone(k))) and self._lone_subject()
        if lone and self.joint == "and" and self.existing:
            return True  # as in "there is a bear and a fox comes in"
        return goes and lone and all(fixed(self.cast[item_id].noun) for item_id in self.now.subject)

    def _changes(self, k: int) -> bool:
        """Whether the phrase at chunk k is told to change or to go: a background or a screen, and nobody in the picture."""
        then = self.chunks[k + 1].value if k + 1 < len(self.chunks) else None
        return isinstance(then, Predicate) and then.sense.kind in ("turn", "vanish", "grow", "shrink", "go")

    def _alone(self, k: int) -> bool:
        """Whether the verb after the phrase at chunk k tells of one alone, as in "a fox comes"."""
        then = next((c for c in self.chunks[k + 1 :] if c.kind in ("verb", "and", "comma", "stop", "while", "who")), None)
        finite = then is not None and isinstance(then.value, Predicate) and then.value.finite
        return then is not None and finite and self.tokens[then.start].low.endswith("s")

    def _is_twin(self, k: int, phrase: NounPhrase) -> bool:
        """As in "lamp left, lamp right" and "from the house at left to the house at right": two, as each has its own place."""
        if not phrase.noun or phrase.article not in ("", "the") or phrase.count is not None or phrase.adjectives:
            return False
        known = [thing.id for thing in self.cast.things if thing.noun == phrase.noun]
        if len(known) != 1 or self.cast[known[0]].count > 1 or (spot := self._spot_after(k)) is None:
            return False
        since = 0 if self.chunks[k + 1].kind == "side" else self._sentence(k)  # "Puck left. Puck right." may be one that moves
        said = [clause for clause in (*self.clauses, self.now) if clause.start >= since]
        told = [clause for clause in said if clause.subject[-1:] == (known[0],)]
        goes = any(clause.verb is not None and clause.verb.kind not in ("still", "act") for clause in told)
        bound = phrase.article == "the" and any(clause.lemma for clause in told)
        places = [_spot(role.value, role.relation) for clause in told for role in clause.roles]
        return not goes and not bound and any(place and place != spot for place in places) and spot not in places

    def _sentence(self, k: int) -> int:
        """Where the sentence begins that the chunk k is in."""
        stops = [chunk.end for chunk in self.chunks[:k] if chunk.kind == "stop" and self.tokens[chunk.start].low in ".!?"]
        return max(stops, default=0)

    def _spot_after(self, k: int) -> str | None:
        """The place that is told right after the phrase at chunk k."""
        after = self.chunks[k + 1 : k + 3]
        if after and after[0].kind == "prep" and after[0].value in ("at", "on", "in"):
            after = after[1:]
        if not after or after[0].kind not in ("region", "side", "go"):
            return None
        return _spot(after[0].value, None) or None

    def _has_in_hand(self, end: int) -> bool:
        """As in "a cat with a kitten in its mouth": one carries the other; whether that was said."""
        subject, roles = self.now.subject, self.now.roles
        if _with_last(roles, subject) and roles[-1].things == self.latest:
            held = roles.pop().things
            owner = subject or roles[-1].things
        elif not roles and not self.now.lemma and len(subject) > 1:
            held, owner = subject[-1:], subject[:-1]
            self.now.subject = owner
        else:
            return False
        holds = Clause(subject=owner[-1:], lemma="carry", verb=lex.VERBS["carry"], start=end - 1, end=end)
        holds.roles.append(Role("thing", "", held))
        self.clauses.append(holds)
        return True

    def _beside_the_last(self, word: str) -> bool:
        """Place the subject beside what was spoken of before it; whether there was anything."""
        told = [clause.subject for clause in reversed(self.clauses) if clause.subject]
        others = [ids for ids in (*told, self.cast.order[:1]) if ids and not set(ids) & set(self.now.subject)]
        if not others and word in ("above", "below", "overhead") and not self.now.said:
            high = Region(Place(y="bottom" if word == "below" else "top"), True)  # as in "whale below, boat above"
            self.now.roles.append(Role("region", "at", value=high))
            return True
        if not others:
            return False
        self.now.roles.append(Role("thing", "bare", others[0][:1], BARE[word]))
        return True


def _spot(value: object, relation: str | None) -> str:
    """A place in a word, to tell two of them apart; empty if it is none."""
    if isinstance(value, Region) and value.place.x is not None:
        return f"{value.place.y or ''}{value.place.x}"
    if isinstance(value, Side):
        return value.relation
    return str(value) if value in ("left", "right") else relation or ""


def _with_last(roles: list[Role], owner: tuple[str, ...] = ()) -> bool:
    """Whether what was said last is that something is with the owner, or with what was said before."""
    if not roles or roles[-1].prep != "with" or not roles[-1].things:
        return False
    return bool(owner) or (len(roles) > 1 and bool(roles[-2].things))
