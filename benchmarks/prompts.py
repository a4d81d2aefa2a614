"""Generated prompts for benchmarks: nouns of the vocabulary and made-up ones, in sentences of many shapes."""

from __future__ import annotations

import random
from collections.abc import Iterator

from flowzero import vocabulary

STRANGE = ("capybara", "zamboni", "unicycle", "yak", "gondola", "wombat", "hoverboard", "emu", "lobsterman", "tapir")
_COLOURS = ("red", "blue", "green", "yellow", "purple", "orange", "black", "white", "pink")
_PLACES = ("in a meadow", "on a beach", "in the desert", "in the snow", "in a city", "on a wide field", "in a forest")
_NUMBERS = ("two", "three", "four")


class _Words:
    """Draws words so that no noun comes twice in one sentence."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        walkers = [
            noun.name
            for noun in vocabulary.nouns().values()
            if noun.moves in ("walks", "drives", "rolls") and " " not in noun.name
        ]
        fliers = [noun.name for noun in vocabulary.nouns().values() if noun.moves == "flies" and " " not in noun.name]
        things = [
            noun.name
            for noun in vocabulary.nouns().values()
            if noun.moves == "still" and " " not in noun.name and noun.height < 0.45
        ]
        self.pools = {
            "walker": [*walkers, *STRANGE],
            "flier": fliers,
            "still": [name for name in things if not name.endswith("s")],
        }
        self.used: set[str] = set()

    def noun(self, pool: str) -> str:
        """A noun that this sentence has not yet."""
        name = self.rng.choice([name for name in self.pools[pool] if name not in self.used])
        self.used.add(name)
        return name

    def fill(self, template: str) -> str:
        """The template with its slots filled: {walker} {flier} {still} with articles, {colour} {place} {side} and so on."""
        self.used.clear()
        side = self.rng.choice(("left", "right"))
        colours = self.rng.sample(_COLOURS, 2)
        words = {"side": side, "other": "right" if side == "left" else "left", "place": self.rng.choice(_PLACES),
                 "number": self.rng.choice(_NUMBERS), "c1": colours[0], "c2": colours[1]}  # fmt: skip
        text = template
        for pool in ("walker", "flier", "still"):
            while "{" + pool in text:
                start = text.index("{" + pool)
                slot = text[start : text.index("}", start) + 1]
                name = self.noun(pool)
                text = text.replace(slot, f"{name}s" if slot.endswith("_s}") else name)
        text = text.format(**words)
        for vowel in "aeiou":
            text = text.replace(f" a {vowel}", f" an {vowel}")
        return f"An{text[1:]}" if text.startswith("A ") and text[2] in "aeiou" else text


TEMPLATES = (
    "A {c1} {walker} moves from the {side} to the {other} {place}",
    "A {walker} goes to the {side}, then to the {other}, then to the {side} again",
    "First a {flier} is at the top left of the screen, then it moves to the middle, and finally to the bottom right",
    "A {c1} {walker} and a {c2} {walker2} {place}",
    "A {walker} passes a {still} {place}",
    "A {still} stands to the {side} of a {walker}",
    "A {flier} flies above a {still}",
    "A {c1} ball bounces while a {walker} stands still",
    "A {walker} chases a {walker2} to the {side}",
    "{number} {walker_s} walk to the {side} {place}",
    "A {walker} appears only in the first half of the video {place}",
    "A {flier} appears halfway through the video",
    "A {c1} leaf turns {c2} while a {walker} runs to the {side}",
    "A {walker} is bigger than a {walker2}",
    "A {walker} is faster than a {walker2}",
    "The camera pans {side} over a {still} {place}",
    "The camera slowly zooms in on a {walker} {place}",
    "A parked car and a {c1} {walker} that moves to the {other}",
    "A {walker} stands in front of a {still}",
    "A {still} between a {walker} and a {walker2}",
    "A {flier} flies in a circle around a {still}",
    "Two cars drive towards each other {place}",
    "A {flier} rises into the sky and a {c1} ball falls to the ground",
    "A {c1} {walker} moves to the {side} and a {c2} {walker2} moves to the {other} {place}",
    "There is a {still} on the {side} and a {walker} on the {other} {place}",
    "A {walker} disappears at the end of the video",
    "A balloon grows while a {walker} walks towards the {still}",
    "First a {walker} moves to the {side}, then a {walker2} moves to the {other}",
)


def prompts(seed: int) -> Iterator[str]:
    """Prompts without end, every template in turn."""
    rng = random.Random(seed)
    words = _Words(rng)
    while True:
        for template in rng.sample(TEMPLATES, len(TEMPLATES)):
            yield words.fill(template)
