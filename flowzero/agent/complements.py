"""What comes after a preposition, or goes on with a list: scenery, a way, a place of the subject or of the object."""

from __future__ import annotations

from dataclasses import replace

from flowzero.agent import lexicon as lex
from flowzero.agent.chunk import Chunk
from flowzero.agent.clause import Clause, Role
from flowzero.agent.lodging import is_objects_place, is_places_place
from flowzero.agent.nature import fixed
from flowzero.agent.nouns import NounPhrase
from flowzero.agent.phrases import Region, Side
from flowzero.agent.promises import Place
from flowzero.agent.surroundings import Surroundings

ACROSS = ("through", "across", "along", "over", "down")
"""Prepositions of a way from one side of the scenery to the other."""

_SIDES = ("left", "right", "near")


_BEARING = frozenset(["go", "trace", "push", "carry", "ride", "follow", "lead"])
"""Ways of going, alone or with another."""


class Complements(Surroundings):
    """Takes in noun phrases that hang on a preposition or on the phrase before."""

    def _extend(self, phrase: NounPhrase) -> None:
        """As in "between a tree and a house", "a table and a chair" after a preposition."""
        role = self.now.roles[-1]
        things = self._resolve(phrase)
        new = phrase.article in ("a", "an", "another") or phrase.count is not None
        leads = new and self.joint == "comma" and not self.now.subject and role.relation == "near"  # "beside the cat, a bowl"
        if role.relation == "between" or (role.prep == "" and not leads) or self.now.lemma not in ("", "be"):
            role.things = (*role.things, *things)
        else:
            self._open(things, Chunk("np", phrase.start, phrase.end))
            self.main = things
        self.joint = ""

    def _complement(self, k: int, chunk: Chunk, phrase: NounPhrase) -> None:
        prep, side = self.prep, self.side
        self.prep, self.side = "", None
        if prep == "for" and phrase.article in ("my", "our", "your"):
            return  # for whom the video is, not who is in it
        if self.now.verb is not None and self.now.verb.kind == "turn" and prep in ("into", "to", "from"):
            self.now.roles.append(Role("thing", "into" if prep == "to" else prep, noun=phrase))
            if prep != "from":
                self.cast.became[phrase.noun] = self.now.subject
            return
        if side is not None and self._is_room(side, phrase):
            self.settings.append(("in", phrase))
            self.now.roles.append(
                Role("region", prep or "at", value=Region(Place.model_validate({"x": side.relation}), bool(prep)))
            )
            return
        if self._is_setting(prep, side, phrase):
            self.settings.append((prep, phrase))
            self.now.along = self.now.along or prep in ("through", "across", "along", "over", "around")
            self.now.across = self.now.across or prep in ACROSS
            self._up_or_down(prep, phrase)
            return
        if self._has_with_it(prep, side.relation if side else None, phrase, chunk.end):
            return
        self.prep, self.side = prep, side
        last = self.now.roles[-1] if self.now.roles else None
        if prep == "to" and last is not None and last.prep == "from" and last.noun is not None:
            phrase = self._onwards(phrase, last.noun)
        if self._is_twin(k, phrase):
            phrase = replace(phrase, another=True, article="another")
        whose = self._whose_place(k, prep, side, phrase)
        things = self._resolve(phrase)
        self.prep, self.side = "", None
        place = Role("thing", prep, things, side.relation if side else None, noun=phrase)
        if whose:
            self.clauses.append(Clause(subject=whose, roles=[place], start=chunk.start, end=chunk.end))
        else:
            self.now.roles.append(place)
        self.joint = ""
        self.latest = things

    def _whose_place(self, k: int, prep: str, side: Side | None, phrase: NounPhrase) -> tuple[str, ...]:
        """What was named just before a place that is its own rather than the subject's, as in "cooks soup in a pot"."""
        last = self.now.roles[-1] if self.now.roles else None
        if prep == "with" and last is not None and self._stands_there(last, phrase):
            return last.things
        on = k > 1 and self.chunks[k - 2].kind == "np" and last is not None and last.kind == "thing"
        if on and last is not None and side is not None and side.relation == last.relation in _SIDES:
            return last.things  # as in "a cat left of a dog left of a car"
        led = prep in ("in", "on") and side is None and k > 1 and self.chunks[k - 2].kind == "np" and bool(phrase.noun)
        if led and is_objects_place(self.now, prep, phrase, self.cast):
            return self.now.roles[-1].things
        return self.latest if led and is_places_place(self.now, phrase, self.cast) else ()

    def _stands_there(self, last: Role, phrase: NounPhrase) -> bool:
        """As in "sails to an island with a palm tree": what cannot go along is with what one goes to."""
        led = last.kind == "thing" and (last.prep or last.relation) and last.things == self.latest
        goes = [name for name in self.now.subject if not fixed(self.cast[name].noun)]
        return bool(led and goes and phrase.noun) and fixed(phrase.noun)

    def _up_or_down(self, prep: str, phrase: NounPhrase) -> None:
        """As in "walks up a hill", "rises into the sky" and "leaps out of the water": which way scenery lets one go."""
        verb = self.now.verb
        going = verb.kind in _BEARING if verb is not None else not self.now.roles
        heading = ""
        if prep in ("up", "down") and phrase.noun.split()[-1] in lex.SLOPES:
            heading = prep
        elif prep in ("into", "up", "to", "towards", "toward") and phrase.noun in ("sky", "skies", "heavens"):
            heading = "up"
        elif prep in ("out", "into") and verb is not None and verb.pattern == "bounce":
            heading = "up" if prep == "out" else "down"
        if going and heading:
            self.now.roles.append(Role("go", "", value=heading))

    def _onwards(self, phrase: NounPhrase, begun: NounPhrase) -> NounPhrase:
        """The second of two alike, as in "from flower to flower", "from one flower to another"."""
        if not phrase.article:
            return replace(phrase, another=begun.noun == phrase.noun)
        other = phrase.pronoun == "one" and (phrase.article == "another" or phrase.ordinal == -2)
        alone = [thing.count for thing in self.cast.things if thing.noun == begun.noun] == [1]
        if other and alone:
            return replace(phrase, noun=begun.noun, pronoun="", another=True, article="another", ordinal=None)
        return phrase
