"""Who plays in a training prompt: things drawn for the roles of its events."""

from __future__ import annotations

import random
from collections.abc import Sequence

from flowzero.agent import lexicon as lex
from training.planner import actors
from training.planner.actors import Actor
from training.planner.english import plural, with_article
from training.planner.lexicon import Lexicon, Part, Words
from training.planner.pen import Event, Line

_OTHER = ("the other", "the other one", "the second", "the other")
"""How the second of two things is called that are alike."""


class Casting:
    """The things of one story, and the words that it may be told in."""

    def __init__(self, rng: random.Random, words: Lexicon, *, held: bool) -> None:
        self.rng, self.words, self.held = rng, words, held
        self.plain = rng.random() < 0.25
        self.part: Part = "held" if held else "plain" if self.plain else "train"
        self.actors: dict[str, Actor] = {}
        self.used: set[str] = set()

    def mixed(self, words: Words) -> Sequence[str]:
        """The held-out part in every other story of the test."""
        return words.pick("train" if self.held and self.rng.random() < 0.5 else self.part)

    def cast(self, role: str, event: Event, line: Line) -> Actor:
        rng = self.rng
        pool = rng.choice(event.pools[role])
        others = (actor for actor in self.actors.values() if actor.adjectives and not actor.told)
        twin = next((actor for actor in others if actor.pool in event.pools[role]), None)
        alike = twin is not None and rng.random() < 0.08
        pool, noun = (twin.pool, twin.noun) if alike and twin is not None else (pool, self.noun(pool))
        known = self.mixed(self.words.adjectives)
        colours = self.words.colours.pick(self.part)
        known = colours if rng.random() < 0.3 else known
        adjectives = tuple(rng.sample(known, 1 if alike else rng.choices((0, 1, 2), (58, 34, 8))[0]))
        adjectives = actors.single(adjectives, frozenset(colours))
        if "turns" in line:
            line["turns"], adjectives = self.turned(line["turns"], noun, adjectives)
        count = rng.choices((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0), (66, 9, 6, 3, 2, 2, 1, 1, 1, 1, 1, 1, 6))[0]
        if (len(event.pools) > 1 and rng.random() < 0.8) or event.kind in ("tour", "return") or "turns" in line:
            count = 1
        article = rng.choices(("a", "the", "", "one", "a single", "my", "his"), (78, 9, 7, 3, 1, 1, 1))[0]
        tail = ""
        if pool in self.words.tails and not self.held and not alike and "turns" not in line and rng.random() < 0.06:
            tail = rng.choice(self.words.tails[pool])
            count = min(count, 1) or 1
        if event.kind.startswith("pair"):
            count, tail = 2, ""
        told, after = "", not tail and rng.random() < 0.06
        if event.kind.startswith("twin"):
            count, tail = 1, ""
            colour = event.slots.get("ca", "")
            plain = () if colour else adjectives
            told = f"{rng.choice(('two', 'two', '2', 'a pair of', 'a couple of'))} {' '.join((*plain, plural(noun)))}"
            adjectives, told = ((colour,), f"{told}, one {colour}") if colour else (adjectives, told)
        return Actor(noun, adjectives, pool, count, article, line, actors.quantity(rng, count), after, tail, told)

    def noun(self, pool: str) -> str:
        rng, nouns = self.rng, [noun for noun in self.words.nouns[pool].pick(self.part) if noun not in self.used]
        noun = rng.choice(nouns)
        if not self.held:
            odds = rng.random()
            noun = actors.invented(rng) if odds < 0.03 else actors.compound(rng, noun) if odds < 0.13 else noun
        self.used.add(noun)
        return noun

    def turned(self, turns: str, noun: str, adjectives: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        """What a thing turns into, and what it is called before."""
        if turns == "*":
            return with_article(self.noun(self.rng.choice(("walker", "thing", "flier")))), adjectives
        colour = turns[1:]
        plain = tuple(word for word in adjectives if word not in lex.COLOURS)
        return with_article(" ".join((*plain, colour, noun))), tuple(word for word in adjectives if word != colour)

    def other(self, first: Actor, event: Event, line: Line) -> Actor:
        """The second of two that are alike, or alike but for their colour."""
        colour = event.slots.get("cb", "")
        told = f"one {colour}" if colour else self.rng.choice(_OTHER)
        return first._replace(line=line, told=told, adjectives=(colour,) if colour else first.adjectives)
