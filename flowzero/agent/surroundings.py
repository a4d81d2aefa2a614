"""Places that a clause names without a noun of their own: overhead, in the background, at the left of the room."""

from __future__ import annotations

from typing import Literal

from flowzero import vocabulary
from flowzero.agent import lexicon as lex
from flowzero.agent.attachment import Attachment
from flowzero.agent.chunk import Chunk, Predicate
from flowzero.agent.clause import Clause, Role
from flowzero.agent.nouns import NounPhrase
from flowzero.agent.phrases import Side
from flowzero.agent.promises import Relative

BARE: dict[str, Relative] = {
    "overhead": "above", "above": "above", "below": "below", "underneath": "below", "beneath": "below", "behind": "behind",
    "inside": "inside", "beside": "near", "nearby": "near", "alongside": "near",
}  # fmt: skip
"""Words of place that may stand without a noun."""

HIDING: dict[str, Relative] = {
    "behind": "behind", "inside": "inside", "within": "inside", "under": "below", "beneath": "below", "underneath": "below",
    "below": "below", "above": "above",
}  # fmt: skip
"""Where somebody may come from, as in "rises from behind a house"."""


class Surroundings(Attachment):
    """What in a clause is scenery, and what stands beside what was spoken of before."""

    def _no_thing(self, chunk: Chunk, phrase: NounPhrase, head: str) -> bool:
        """Take in a phrase that names no thing of the picture: a part of one, nothing, or what cannot be seen."""
        if phrase.article == "its" and head in lex.BODY:
            owner = tuple(item_id for item_id in self.topic if item_id not in self.now.subject) or self._owner()
            if self.prep in ("on", "onto", "upon", "to", "above", "over", "from") and owner and owner != self.now.subject:
                self.now.roles.append(Role("thing", self.prep, owner, noun=phrase))
            self.prep, self.side, self.now.bodily = "", None, True
            return True
        bodily = head in lex.BODY and not phrase.article and phrase.count is None and not phrase.adjectives
        if bodily and self.now.verb is not None and self.now.verb.kind == "act" and not self.joint and not self.prep:
            return True
        # "The other side" is a place beside something, which the grammar does not read yet.
        place = head == "side" and bool(self.prep)
        if place or (phrase.abstract and not self.cast.knows(phrase) and not self._new_subject(phrase)):
            self.lost.append(chunk)
            self.prep, self.side, self.joint = "", None, ""
            return True
        if phrase.count == 0:
            self.absent.append(phrase.noun)
            self.prep, self.side = "", None
            return True
        return False

    def _is_scenery(self, k: int, phrase: NounPhrase, head: str) -> bool:
        """Whether the phrase names where it all happens, rather than a hill that changes before one's eyes."""
        if head not in lex.SETTINGS - lex.OBJECTS_TOO or vocabulary.find(head) is not None or self.cast.knows(phrase):
            return False
        then = next((c.value for c in self.chunks[k + 1 : k + 4] if c.kind in ("verb", "comma", "stop", "and", "while")), None)
        changes = isinstance(then, Predicate) and then.sense.kind in ("turn", "grow", "shrink", "vanish", "appear")
        return not (changes and phrase.article in ("a", "an", "the", "one"))

    def _in_depth(self, head: str) -> None:
        """As in "in the background a clock stands": behind what was spoken of before."""
        relation: Literal["behind", "front"] | None = {"background": "behind", "foreground": "front"}.get(head)  # type: ignore[assignment]
        others = [item_id for item_id in self.cast.order if item_id not in self.now.subject]
        if relation is not None and self.prep in ("in", "at") and others:
            self.now.roles.append(Role("thing", "in", (others[0],), relation))

    def _is_room(self, side: Side, phrase: NounPhrase) -> bool:
        """As in "at the left of the throne room": a side of the picture."""
        head = phrase.noun.split()[-1] if phrase.noun else ""
        known = vocabulary.find(head) is not None or self.cast.knows(phrase)
        return side.relation in ("left", "right") and head in lex.SETTINGS and phrase.article == "the" and not known

    def _ends_here(self, k: int) -> bool:
        """Whether no noun follows the word of place at chunk k, as in "the dog below just sits there"."""
        j = k + 1
        while j < len(self.chunks) and self.chunks[j].kind == "word" and self.tokens[self.chunks[j].start].low in lex.ADVERBS:
            j += 1
        after = self.chunks[j].kind if j < len(self.chunks) else "stop"
        return after in ("verb", "stop", "comma", "and", "while", "manner", "time") and bool(self.now.subject) and not self.prep

    def _has_with_it(self, prep: str, relation: Relative | None, phrase: NounPhrase | None, end: int) -> bool:
        """As in "a table with a vase on it" and "a table, a vase on it": the vase is on the table; whether that was said."""
        if phrase is not None and phrase.pronoun not in ("it", "him", "her", "them"):
            return False
        subject, roles = self.now.subject, self.now.roles
        last = roles[-1] if roles else None
        if last is not None and last.kind == "thing" and last.prep == "with" and last.things == self.latest and subject:
            roles.pop()
            owner, there = subject, last.things
        elif phrase is not None and not roles and not self.now.lemma and len(subject) > 1:
            owner, there = subject[:-1], subject[-1:]
            self.now.subject = owner
        else:
            return False
        role = Role("thing", prep, owner[-1:], relation, noun=phrase)
        self.clauses.append(Clause(subject=there, roles=[role], start=end - 1, end=end))
        return True

    def _beside_the_last(self, word: str) -> bool:
        """Place the subject beside what was spoken of before it; whether there was anything."""
        told = [clause.subject for clause in reversed(self.clauses) if clause.subject]
        others = [ids for ids in (*told, self.cast.order[:1]) if ids and not set(ids) & set(self.now.subject)]
        if not others:
            return False
        self.now.roles.append(Role("thing", "bare", others[0][:1], BARE[word]))
        return True
