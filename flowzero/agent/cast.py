"""The things of a prompt in the order of their first mention, and the groups that are split where one of them acts alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from flowzero import vocabulary
from flowzero.agent import english
from flowzero.agent import lexicon as lex
from flowzero.agent.cast_words import FOR_DOERS, KIND, UNSEEN, article_of, drawn, for_others
from flowzero.agent.nature import lifeless
from flowzero.agent.nouns import NounPhrase
from flowzero.agent.promises import Thing


@dataclass
class Entry:
    """A thing, and how often words picked it out of its group."""

    thing: Thing
    spoken_for: int = 0
    alike: bool = False
    """Whether its looks are those of others of its kind, until something else is told of them."""


class Cast:
    """Things in the order of their first mention."""

    def __init__(self, known: tuple[Thing, ...] = ()) -> None:
        self._entries: dict[str, Entry] = {thing.id: Entry(thing) for thing in known}
        self._groups: dict[str, list[str]] = {}
        self.totals: dict[str, tuple[int, bool]] = {}
        self.moving: dict[str, str] = {}
        self.names: dict[str, str] = {}
        """Who bears a name."""
        self.became: dict[str, tuple[str, ...]] = {}
        """Nouns that things turned into, and who did."""
        self.counted: list[str] = []
        """Those of a kind that were told of one by one: "the first marble", "one girl"."""

    def copy(self) -> Self:
        """The same things in a list of their own."""
        other = type(self)()
        other._entries = {
            item_id: Entry(entry.thing, entry.spoken_for, entry.alike) for item_id, entry in self._entries.items()
        }
        other._groups = {item_id: members[:] for item_id, members in self._groups.items()}
        other.totals, other.moving, other.became = dict(self.totals), dict(self.moving), dict(self.became)
        other.names, other.counted = dict(self.names), self.counted[:]
        return other

    @property
    def order(self) -> tuple[str, ...]:
        """Ids in order of mention."""
        return tuple(self._entries)

    @property
    def things(self) -> tuple[Thing, ...]:
        """The things themselves."""
        return tuple(entry.thing for entry in self._entries.values())

    def __getitem__(self, item_id: str) -> Thing:
        return self._entry(item_id).thing

    def _entry(self, item_id: str) -> Entry:
        """The entry of a thing; of the first member where later words split the group, as in "3 dog between dog one"."""
        return self._entries[self.members(item_id)[0]]

    def move_in(self, item_id: str, medium: str) -> None:
        """Note where a verb lets a thing move."""
        entry = self._entry(item_id)
        if not entry.thing.medium:
            entry.thing = entry.thing.model_copy(update={"medium": medium})

    def one_each(self, item_id: str, owner: Thing) -> None:
        """As many of a thing as there are of those who have one each, if nothing says how many: "two kids on bikes"."""
        entry = self._entry(item_id)
        if owner.count > 1 and owner.exact and not entry.thing.exact:
            entry.thing = entry.thing.model_copy(update={"count": owner.count, "exact": True})

    def _same_noun(self, phrase: NounPhrase) -> list[str]:
        head = phrase.noun.split()[-1]
        same = [
            item_id
            for item_id, entry in self._entries.items()
            if entry.thing.noun == phrase.noun
            or entry.thing.noun.split()[-1] == head
            or (entry.thing.noun.split()[0] == phrase.noun and not for_others(entry.thing.noun))
        ]
        wanted = set(phrase.adjectives) & (lex.COLOURS | lex.LARGE | lex.SMALL | lex.SIDED)
        fitting = [item_id for item_id in same if wanted <= set(self[item_id].attributes)]
        return fitting if wanted else same

    def describe(self, item_id: str, words: tuple[str, ...]) -> None:
        """Take in what is said later of a thing's looks: "the ball is red"."""
        entry = self._entry(item_id)
        if entry.alike and set(words) & lex.COLOURS:  # as in "eleven pink flamingos and a twelfth that is white"
            old = lex.COLOURS.intersection(entry.thing.attributes)
            kept = tuple(word for word in entry.thing.attributes if word not in old)
            phrase = " ".join(word for word in entry.thing.phrase.split() if word not in old)
            entry.alike, entry.thing = False, entry.thing.model_copy(update={"attributes": kept, "phrase": phrase})
        thing = self[item_id]
        new = [word for word in words if word not in thing.attributes and word not in UNSEEN]
        if any(word in lex.COLOURS for word in thing.attributes):
            new = [word for word in new if word not in lex.COLOURS]
        if new:
            lead, _, rest = thing.phrase.partition(" ")
            made = " ".join([*(word for word in new if word not in lex.SIDED), rest])
            article = article_of(made, lead)
            self._entry(item_id).thing = thing.model_copy(
                update={"attributes": (*thing.attributes, *new), "phrase": f"{article} {made}"[:120]}
            )

    def split(self, item_id: str) -> list[str]:
        """Make things of their own of a group's members; the group's count is kept as a total."""
        thing = self[item_id]
        self.totals[thing.noun] = (thing.count, thing.exact)
        members = [thing.model_copy(update={"id": f"{item_id}-{k + 1}", "count": 1}) for k in range(min(thing.count, 12))]
        rebuilt: dict[str, Entry] = {}
        for key, entry in self._entries.items():
            if key == item_id:
                rebuilt |= {member.id: Entry(member) for member in members}
            else:
                rebuilt[key] = entry
        self._entries = rebuilt
        self._groups[item_id] = [member.id for member in members]
        return self._groups[item_id]

    def members(self, item_id: str) -> tuple[str, ...]:
        """The ids a group was split into, or the id itself."""
        return tuple(self._groups[item_id]) if item_id in self._groups else (item_id,)

    def group_of(self, item_id: str) -> tuple[str, ...]:
        """All members of the group that a thing was split from, or the thing itself."""
        for members in self._groups.values():
            if item_id in members:
                return tuple(members)
        return (item_id,)

    def _add(self, phrase: NounPhrase, adjectives: tuple[str, ...], count: int) -> str:
        head = "".join(
            character
            for character in phrase.noun.replace(" ", "-")
            if character.isascii() and (character.isalnum() or character == "-")
        )
        slug = head.strip("-").lower()[:32] or "thing"
        if not slug[0].isalpha():
            slug = f"thing-{slug}"
        item_id, k = slug, 2
        while item_id in self._entries or item_id in self._groups:
            item_id, k = f"{slug}-{k}", k + 1
        seen = tuple(
            dict.fromkeys(word for word in adjectives if word not in UNSEEN and (not word.endswith("ing") or word in KIND))
        )
        still = any(word in lex.STILL_WORDS for word in phrase.adjectives)
        ing = [word for word in phrase.adjectives if word.endswith("ing") and word not in lex.STILL_WORDS | KIND]
        alive = vocabulary.find(phrase.noun) is not None  # "a flying bird" flies, "a rolling pin" does not roll
        for_people = lifeless(phrase.noun)  # as in "a walking stick"
        kind = [word for word in ing if (not alive or (for_people and word in FOR_DOERS)) and english.pair(word, phrase.noun)]
        moving = next((word for word in ing if word not in kind), "")
        words = [*drawn(tuple(word for word in adjectives if word not in kind)), *kind, phrase.noun]
        text = " ".join(words)
        article = article_of(text, phrase.article)
        phrase_text = f"{article} {text}" + (f" {phrase.extra}" if phrase.extra else "")
        thing = Thing(
            id=item_id,
            phrase=phrase_text[:120],
            noun=phrase.noun,
            text=phrase_text,
            article=phrase.article,
            count=max(1, count),
            exact=phrase.exact and (bool(phrase.spread) or not (phrase.several and phrase.count is None)),
            attributes=seen,
            still=still,
        )
        self._entries[item_id] = Entry(thing)
        if moving:
            self.moving[item_id] = moving
        return item_id
