"""The things of a prompt as they are mentioned, and what "it", "the other" and "the red one" stand for."""

from __future__ import annotations

from dataclasses import replace

from flowzero.agent import lexicon as lex
from flowzero.agent.cast import Cast
from flowzero.agent.cast_words import TOGETHER
from flowzero.agent.nature import alive, fixed
from flowzero.agent.nouns import NounPhrase
from flowzero.agent.phrases import Tokens, match
from flowzero.agent.promises import Thing
from flowzero.agent.tokens import verb


class CastList(Cast):
    """Things, and which of them words stand for."""

    def knows(self, phrase: NounPhrase) -> bool:
        """Whether a definite phrase speaks of a thing mentioned before."""
        return phrase.noun in self.names or bool(phrase.noun and phrase.definite and self._same_noun(phrase))

    def resolve(self, phrase: NounPhrase, latest: tuple[str, ...], others: tuple[str, ...], tokens: Tokens) -> tuple[str, ...]:  # noqa: C901, PLR0911, PLR0912
        """The ids that a noun phrase stands for; a new thing if it is new."""
        if phrase.also:
            return self._called_again(phrase, latest, others, tokens)
        if phrase.pronoun == "each other":
            return latest
        if phrase.pronoun in ("it", "he", "she", "him", "itself", "himself", "herself"):
            return self._single(latest, others)
        if phrase.pronoun in ("they", "them", "both", "themselves"):
            if phrase.article == "all" and sum(self[item_id].count for item_id in others if item_id in self._entries) > 1:
                return others
            both = phrase.pronoun == "both" or any(token.low == "both" for token in tokens[phrase.start : phrase.end + 1])
            return self._plural(latest, others if phrase.pronoun == "them" else (), 2 if both else phrase.count)
        if phrase.among is not None and self._of_others(phrase.among):
            return (self._add(replace(phrase.among, several=False), phrase.among.adjectives, phrase.count or 1),)
        if phrase.among is not None:
            return self._some_of(phrase, self.resolve(phrase.among, latest, others, tokens))
        if phrase.pronoun in ("one", "ones"):
            self._tell_apart(phrase, tokens)
            return self._one_of(phrase, latest) or latest
        if phrase.noun in ("someone", "somebody", "anyone", "everyone", "person"):
            phrase = replace(phrase, noun="person", article=phrase.article or "a")
        if phrase.aliases:
            members = self.split(self._add(phrase, phrase.adjectives, len(phrase.aliases)))
            self.names |= dict(zip(phrase.aliases, members, strict=True))
            return tuple(members)
        alone = phrase.end == phrase.start + 1 and phrase.end <= len(tokens)  # who is known from a plan stands in no text
        written = tokens[phrase.start].low if alone else ""
        name = phrase.alias or next((word for word in (phrase.noun, written) if word in self.names), "")
        if name:
            return self._named(name, phrase)
        known = self._same_noun(phrase)
        if phrase.definite and not known and phrase.noun in self.became:
            return self.became[phrase.noun]
        if phrase.ordinal == -2 and len(known) == 1 and self._is_another(phrase, known[0]):
            like = self[known[0]]
            words = (*phrase.adjectives, *(word for word in like.attributes if not phrase.adjectives))
            return (self._add(replace(phrase, noun=like.noun, article="another"), words, phrase.count or 1),)
        many = sum(self[item_id].count for item_id in known)
        if known and not phrase.abstract and self._next_of(known, phrase.ordinal or 0):
            return self._counted_on(phrase, self[known[0]], phrase.adjectives)
        if phrase.article in ("a", "an") and (phrase.ordinal or 0) > many > 0:  # as in "two cats, a third cat"
            return (self._add(replace(phrase, ordinal=None), phrase.adjectives, 1),)
        if many > 1 and phrase.another and tokens[phrase.start + 1].low == "second":
            return self._member(known, replace(phrase, ordinal=2, another=False))  # of the two that are there
        if phrase.definite and known:
            return self._pick(phrase, known)
        if phrase.definite and (whole := self._whole(phrase)):
            return whole
        if phrase.article == "the" and (one := self._new_member(phrase)) is not None:
            return (one,)
        if not phrase.article and phrase.count is None and known and not phrase.another:
            return self._pick(phrase, known)
        if len(known) == 1 and _one_does(phrase, tokens) and self[known[0]].count > 1:
            return self._member(known, replace(phrase, ordinal=-1))
        if phrase.spread:
            kept = tuple(word for word in phrase.adjectives if word not in phrase.spread)
            return tuple(self._add(phrase, (colour, *kept), 1) for colour in phrase.spread)
        new = self._add(phrase, phrase.adjectives, phrase.count or (3 if phrase.several else 1))
        if not phrase.several and (phrase.ordinal == 1 or match(tokens, phrase.start, "one")):
            self.counted = [new]
        return (new,)

    def _tell_apart(self, phrase: NounPhrase, tokens: Tokens) -> None:
        """As in "cars pass by: a green one, a white one", "marbles: the red one ...": as many as are told one by one."""
        several = (name for name in reversed(self._entries) if self[name].count > 1 and not self[name].exact)
        last = next(several, "")
        if not last or self._groups.get("open") or not phrase.adjectives:
            return
        ends = (k for k in range(phrase.start, len(tokens)) if tokens[k].low in (".", "!", "?", ";"))
        rest = [token.low for token in tokens[phrase.start : next(ends, len(tokens))]]
        ones = rest.count("one")
        if (
            ones > 1
            and "ones" not in rest
            and "one another" not in " ".join(rest)
            and phrase.article in ("a", "an", "the", "one", "")
        ):
            self._entry(last).thing = self[last].model_copy(update={"count": ones, "exact": True})

    def _next_of(self, known: list[str], ordinal: int) -> bool:
        """As in "the first marble rolls off, the second drops" and "three pirates sit there, the fourth comes in"."""
        several = sum(self[item_id].count for item_id in known)
        many = len(self.counted) if set(known) <= set(self.counted) else several if several > 1 else 0
        exact = all(self[item_id].exact for item_id in known)
        return ordinal == many + 1 and ordinal > 1 and exact

    def _counted_on(self, phrase: NounPhrase, like: Thing, words: tuple[str, ...]) -> tuple[str, ...]:
        """One more of those that are told of one by one."""
        plain = replace(phrase, noun=like.noun, pronoun="", article="another", ordinal=None, adjectives=words)
        new = self._add(plain, words, phrase.count or 1)
        self.counted.append(new)
        return (new,)

    def _called_again(
        self, phrase: NounPhrase, latest: tuple[str, ...], others: tuple[str, ...], tokens: Tokens
    ) -> tuple[str, ...]:
        """Who has two names: by the one that is known, else by the second, which says more."""
        first = replace(phrase, noun=phrase.also, also="")
        known = phrase.definite and self._same_noun(replace(first, adjectives=()))
        ids = self.resolve(first if known else replace(phrase, also=""), latest, others, tokens)
        self.became[phrase.noun if known else phrase.also] = ids
        return ids

    def _whole(self, phrase: NounPhrase) -> tuple[str, ...]:
        """All those told of before, as in "a van and a bus, the whole convoy moves on"."""
        head = phrase.noun.split()[-1]
        if head not in TOGETHER or not set(phrase.noun.split()[:-1]) <= {"whole", "entire", "little"}:
            return ()
        several = [name for name in self._entries if self[name].count > 1]
        size = lex.GROUPS.get(head, 0)
        if size:
            fitting = [name for name in several if self[name].count == size]
            movable = [name for name in self._entries if not fixed(self[name].noun)]
            return tuple(fitting[-1:]) or (tuple(movable[-size:]) if len(movable) >= size else ())
        movable = [name for name in self._entries if not fixed(self[name].noun)]
        return tuple(several[-1:]) or (tuple(movable) if len(movable) > 1 else ())

    def _named(self, name: str, phrase: NounPhrase) -> tuple[str, ...]:
        """Who bears the name; someone new, or one of that kind that is there already, when it is told for the first time."""
        if name not in self.names and (one := self._by_number(name, phrase)) is not None:
            self.names[name] = one
        if name not in self.names:
            old = self._same_noun(phrase) if phrase.definite else []
            self.names[name] = old[-1] if old else self._add(phrase, phrase.adjectives, 1)
        return self.members(self.names[name])[:1]

    def _by_number(self, name: str, phrase: NounPhrase) -> str | None:
        """As in "three spheres: sphere 1 is red": which of those told of before it is."""
        number = "123456789".find(name[-1:]) if name[-2:-1] == " " else -1
        known = self._same_noun(replace(phrase, adjectives=()))
        if len(known) == 1 and 1 < self[known[0]].count <= 9:
            known = self.split(known[0])
        if number < 0 or number >= len(known) or not any(known[number] in group for group in self._groups.values()):
            return None
        self.describe(known[number], phrase.adjectives)
        return known[number]

    def _pick(self, phrase: NounPhrase, known: list[str]) -> tuple[str, ...]:
        if phrase.several or len(known) == 1:
            if phrase.ordinal is not None or phrase.another:
                return self._member(known, phrase)
            return tuple(known)
        if phrase.ordinal is not None:
            return self._member(known, phrase)
        return (known[-1],)

    def _is_another(self, phrase: NounPhrase, known: str) -> bool:
        """As in "one fish swims left, the other fish right" and "the other three cones": more than were told so far."""
        alone = self[known].count == 1 and known not in {member for group in self._groups.values() for member in group}
        return alone and (phrase.count is not None or not phrase.several)

    def _new_member(self, phrase: NounPhrase) -> str | None:
        """As in "two cars race, and the red car wins": one of them, of whom nothing was said before."""
        if phrase.several or not set(phrase.adjectives) & (lex.COLOURS | lex.LARGE | lex.SMALL | lex.SIDED):
            return None
        same = self._same_noun(replace(phrase, adjectives=()))
        group = next((item_id for item_id in same if self[item_id].count > 1), None)
        if group is not None and 1 < self[group].count <= 12 and self[group].exact:
            same = [*(item_id for item_id in same if item_id != group), *self.split(group)]
        pooled = {member for members in self._groups.values() for member in members}
        free = [item_id for item_id in same if item_id in pooled and not self._entry(item_id).spoken_for]
        if not free:
            return None
        self._entry(free[0]).spoken_for += 1
        self.describe(free[0], phrase.adjectives)
        self._groups["open"] = next(members for key, members in self._groups.items() if key != "open" and free[0] in members)
        return free[0]

    def _member(self, known: list[str], phrase: NounPhrase) -> tuple[str, ...]:
        """As in "the second bird": a thing of its own, split from its group where need be."""
        if len(known) == 1 and self[known[0]].count > 1:
            known = self.split(known[0])
        if phrase.ordinal == -2 or phrase.another:
            free = [item_id for item_id in known if not self._entry(item_id).spoken_for]
            chosen = (free or known[-1:]) if phrase.ordinal == -2 and phrase.several else (free or known[-1:])[:1]
        else:
            index = (phrase.ordinal or 1) - (1 if (phrase.ordinal or 1) > 0 else 0)
            chosen = [known[index]] if -len(known) <= index < len(known) else known[-1:]
        for item_id in chosen:
            self._entry(item_id).spoken_for += 1
        return tuple(chosen)

    def _one_of(self, phrase: NounPhrase, latest: tuple[str, ...]) -> tuple[str, ...]:  # noqa: C901, PLR0911, PLR0912
        """As in "one", "the other", "the red one", "two of them"."""
        if phrase.adjectives:
            fitting = [item_id for item_id in self._entries if set(phrase.adjectives) <= set(self[item_id].attributes)]
            if fitting and not phrase.another:
                return tuple(fitting) if phrase.several and phrase.count is None else (fitting[-1],)
        if (opposite := self._opposite(phrase)) is not None:
            return (opposite,)
        if (other := self._unlike(phrase, latest)) is not None:
            return other
        group = next((item_id for item_id in reversed(self._entries) if self[item_id].count > 1), None)
        if self._counted_now(group, phrase.count or 0):
            return (str(group),)
        if group is not None and not self._groups.get("open"):
            members = self.split(group)
            self._groups["open"] = members
        pool = self.group_of(latest[0]) if phrase.ordinal == -2 and latest and not self._groups.get("open") else ()
        if len(pool) > 1:  # as in "one gnome walks off, then the other follows"
            self._groups["open"] = list(pool)
        rest = phrase.ordinal == -2 and phrase.several
        members = self._groups.get("open") or (self._left_over(latest) if rest else list(self._entries)[-2:])
        if not members:
            return ()
        if "more" in phrase.adjectives:  # as in "a rook sits there, two more fly past"
            like = self[latest[0] if latest and latest[0] in self._entries else next(reversed(self._entries))]
            more = replace(phrase, noun=like.noun, pronoun="", article="another", adjectives=())
            return (self._add(more, like.attributes, phrase.count or 1),)
        many = phrase.count or (len(members) if rest else 1)
        if phrase.ordinal is not None and phrase.ordinal > len(members) and self._groups.get("open"):
            like = self[members[0]]
            new = self._add(replace(phrase, noun=like.noun, pronoun="", article="another"), like.attributes, 1)
            self._entry(new).alike = True
            return (new,)
        if (phrase.ordinal is not None and phrase.ordinal > 0) or phrase.ordinal == -1:
            return self._member(members, phrase)
        free = [item_id for item_id in members if not self._entry(item_id).spoken_for]
        if phrase.another and not self._groups.get("open") and self._entries:
            named = [item_id for item_id in latest if item_id in self._entries] or [next(reversed(self._entries))]
            like = self[named[0]]
            words = (*(word for word in like.attributes if not phrase.adjectives), *phrase.adjectives)
            return (self._add(replace(phrase, noun=like.noun, pronoun="", article="another"), words, 1),)
        ones = bool(phrase.adjectives) and phrase.several and phrase.count is None  # as in "the grey ones swim away"
        chosen = (free or members[-1:])[: len(members) if ones else max(1, many)]
        for item_id in chosen:
            self._entry(item_id).spoken_for += 1
            if phrase.adjectives:
                self.describe(item_id, phrase.adjectives)
        return tuple(chosen)

    def _counted_now(self, group: str | None, n: int) -> bool:
        """As in "the stars appear, seven of them": whether a number is that of a group whose number was left open."""
        if group is None or self[group].exact or n <= self[group].count:
            return False
        self._entry(group).thing = self[group].model_copy(update={"count": n, "exact": True})
        return True

    def _unlike(self, phrase: NounPhrase, latest: tuple[str, ...]) -> tuple[str, ...] | None:
        """As in "a red car and a green one", "one girl runs off, the other stays": another of a kind that nobody counted."""
        told = [item_id for item_id in self.counted if item_id in self._entries]
        one_by_one = bool(told) and not self._groups and not any(self[item_id].count > 1 for item_id in self._entries)
        if one_by_one and phrase.ordinal == -2 and phrase.several and phrase.count and len(told) == 1:
            return self._counted_on(phrase, self[told[0]], phrase.adjectives)  # as in "one duck dives, the other two swim on"
        if (
            one_by_one
            and not phrase.several
            and (phrase.ordinal == len(told) + 1 > 1 or (phrase.ordinal == -2 and len(told) == 1) or _is_one_more(phrase))
        ):
            return self._counted_on(phrase, self[told[-1]], phrase.adjectives)
        hue = set(phrase.adjectives) & lex.COLOURS
        if (
            not hue
            or phrase.several
            or phrase.another
            or phrase.ordinal is not None
            or phrase.article not in ("a", "an", "the")
        ):
            return None
        if self._groups.get("open") or any(self[item_id].count > 1 for item_id in self._entries):
            return None
        like = next((name for name in (*latest, *reversed(self._entries)) if set(self[name].attributes) & lex.COLOURS), None)
        if like is None or hue & set(self[like].attributes):
            return None
        return self._counted_on(phrase, self[like], phrase.adjectives)

    def _opposite(self, phrase: NounPhrase) -> str | None:
        """As in "the left balloon is red, the right one is blue": another of the kind, which nobody counted."""
        side = next((word for word in phrase.adjectives if word in lex.SIDED), "")
        sides = {name: next((word for word in self[name].attributes if word in lex.SIDED), "") for name in self._entries}
        other = next((name for name in reversed(self._entries) if sides[name]), "")
        if not side or phrase.several or not other or side in sides.values():
            return None
        if any(other in group for group in self._groups.values()):
            return None
        words = (*(word for word in self[other].attributes if word not in lex.SIDED | lex.COLOURS), *phrase.adjectives)
        return self._add(replace(phrase, noun=self[other].noun, pronoun="", article="the"), words, 1)

    def _some_of(self, phrase: NounPhrase, whole: tuple[str, ...]) -> tuple[str, ...]:
        """As in "two of the five birds": members that nothing was said of alone."""
        members = self.split(whole[0]) if len(whole) == 1 and self[whole[0]].count > 1 else list(whole)
        self._groups["open"] = members
        free = [item_id for item_id in members if not self._entry(item_id).spoken_for]
        chosen = (free or members)[: phrase.count or 1]
        for item_id in chosen:
            self._entry(item_id).spoken_for += 1
        return tuple(chosen)

    def _of_others(self, whole: NounPhrase) -> bool:
        """As in "one of our jets", of which no other is told."""
        return whole.count is None and bool(whole.noun) and whole.article != "both" and not self._same_noun(whole)

    def _left_over(self, latest: tuple[str, ...]) -> list[str]:
        """As in "a ball, a cube and a cone; the ball rolls off, the others stay"."""
        there = [item_id for item_id in self._entries if item_id not in latest]
        return [item_id for item_id in there if not fixed(self[item_id].noun)] or there

    def _single(self, latest: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
        for ids in (latest, others, self.order[-1:]):
            known = tuple(member for item_id in ids for member in self.members(item_id) if member in self._entries)
            if known:
                return known[-1:] if len(known) > 1 and ids is not latest else known
        return ()

    def _plural(self, latest: tuple[str, ...], others: tuple[str, ...], count: int | None = None) -> tuple[str, ...]:
        if count is not None and count == sum(thing.count for thing in self.things):
            return self.order
        members = tuple(member for item_id in latest for member in self.members(item_id) if member in self._entries)
        if len(members) > 1 or any(self[item_id].count > 1 for item_id in members):
            return members
        there = [item_id for item_id in others or self.order if item_id in self._entries]
        several = [item_id for item_id in there if self[item_id].count > 1]
        if several:
            return (several[-1],)
        movable = [item_id for item_id in there if not fixed(self[item_id].noun)]
        living = [item_id for item_id in movable if alive(self[item_id].noun)]
        movable = living if len(living) > 1 else movable  # two birds on a wire, and not the first of them and the wire
        return tuple(movable[:count] if len(movable) > 1 else there) or self.order


def _one_does(phrase: NounPhrase, tokens: Tokens) -> bool:
    """As in "five ducks on a pond, one duck swims away": one of those, which does something of its own."""
    told = tokens[phrase.end].low if phrase.end < len(tokens) else ""
    found = verb(told)
    acts = found is not None and found[1].kind not in ("still", "act")
    return acts and tokens[phrase.start].low == "one" and not phrase.adjectives


def _is_one_more(phrase: NounPhrase) -> bool:
    """As in "one kid runs, one climbs a tree": told in the same word, and nothing says which."""
    told = phrase.adjectives or phrase.another or phrase.article or phrase.several
    return phrase.pronoun == "one" and phrase.count in (None, 1) and phrase.ordinal is None and not told
