"""The things of a training prompt: what each is called at first mention and later, and what an outline says of it."""

from __future__ import annotations

import random
from typing import NamedTuple

from flowzero.agent import lexicon as lex
from training.planner.english import number, plural, with_article
from training.planner.pen import Line

SEVERAL = (
    "several", "some", "many", "a few", "a bunch of", "a group of", "lots of", "a number of", "plenty of", "a crowd of",
    "a row of", "dozens of", "countless", "loads of", "a whole lot of", "various", "a swarm of", "",
)  # fmt: skip
_GROUPS = {2: ("two", "2", "a pair of", "a couple of", "both"), 3: ("three", "3", "a trio of"), 6: ("six", "6", "half a dozen"),
           12: ("twelve", "12", "a dozen")}  # fmt: skip
_SYLLABLES = (
    "bra", "blo", "dri", "fen", "gla", "hum", "kor", "lim", "mar", "nex", "pla", "quor", "rin", "sna", "tol", "ver",
    "wim", "zan", "bik", "dor", "gim", "lop", "nub", "pod", "rat", "sel", "tig", "vok", "wug", "zil",
)  # fmt: skip
MADE_OF = (
    "toy", "paper", "rubber", "cardboard", "clay", "stone", "steel", "garden", "school", "police", "fire", "mountain",
    "river", "desert", "robot", "space", "baby", "farm", "fishing", "sugar", "ice", "lego", "bamboo", "copper", "plush",
    "street", "circus", "swamp", "monster", "race", "delivery", "cargo", "mystery", "tin", "felt", "origami", "pixel",
    "cartoon", "royal", "christmas",
)  # fmt: skip
"""Words that stand before a noun and make another of it."""


class Actor(NamedTuple):
    """One thing of a story."""

    noun: str
    adjectives: tuple[str, ...]
    pool: str
    n: int
    article: str
    line: Line
    quantity: str = ""
    """Its number as the prompt has it."""
    after: bool = False
    """Whether its one adjective stands behind it, as in "a leaf that is golden"."""
    tail: str = ""
    """What follows the noun and is copied with it, as in "a man with a hat"."""
    told: str = ""
    """How the prompt has it where it is one of two that are alike: "two dogs", and then "the other"."""

    @property
    def phrase(self) -> str:
        """One of it, as an outline has it."""
        return with_article(" ".join((*self.adjectives, self.noun, *self.tail.split())))

    @property
    def text(self) -> str:
        """As the prompt has it at first mention."""
        if self.told:
            return self.told
        noun = self.noun if self.n == 1 else plural(self.noun)
        words = " ".join((*self.adjectives, noun))
        if self.after and len(self.adjectives) == 1:
            be = "is" if self.n == 1 else "are"
            return f"{self._with_number(noun)} that {be} {self.adjectives[0]}"
        return f"{self._with_number(words)} {self.tail}".rstrip()

    def _with_number(self, words: str) -> str:
        if self.n == 1:
            return {"a": with_article(words), "": words}.get(self.article, f"{self.article} {words}")
        if self.quantity.startswith("x"):
            return f"{words} {self.quantity}"
        if self.quantity.endswith("of them"):
            return f"{words}, {self.quantity},"
        return f"{self.quantity} {words}".strip()

    def again(self, pronoun: str = "") -> str:
        """As the prompt has it at later mentions."""
        if pronoun:
            return "they" if self.n != 1 else pronoun
        return f"the {self.noun if self.n == 1 else plural(self.noun)}"


def quantity(rng: random.Random, n: int) -> str:
    """Words or digits for a number of things, or such as follow them: "x5", "five of them"; 0 is several."""
    if n == 0:
        return rng.choice(SEVERAL)
    if n > 1 and rng.random() < 0.12:
        return rng.choice((f"x{n}", f"{number(n)} of them", f"exactly {n}", f"exactly {number(n)}"))
    return rng.choice(_GROUPS.get(n, (number(n), number(n), str(n))))


def invented(rng: random.Random) -> str:
    """A noun that nobody has ever read: it can only be copied."""
    return "".join(rng.sample(_SYLLABLES, rng.choice((2, 2, 3))))


def compound(rng: random.Random, noun: str) -> str:
    """The noun with another before it."""
    return noun if " " in noun else f"{rng.choice(MADE_OF)} {noun}"


def merged(old: Line, new: Line, *, then: bool) -> Line | None:
    """What two events say of one thing, `then` if one comes after the other; None if they do not go together."""
    if set(old) & set(new) - {"do"}:
        return None
    steps, more = list(old.get("do", ())), list(new.get("do", ()))
    if steps and more:
        if (
            not then
            or "go" in (*steps, *more)
            or steps[-1] == more[0]
            or len(steps) + len(more) > 5
            or steps[-1].startswith("out")
        ):
            return None
        steps += more
    steps = steps or more
    both = {**old, **new, **({"do": steps} if steps else {})}
    path = [act for act in steps if act not in ("rest", "bounce", "circle", "up and down", "side to side")]
    if "at" in both and path:
        return None
    if both.get("rel") in ("to", "from", "past", "follows", "meets", "around") and "rest" in steps:
        return None
    return both


def single(adjectives: tuple[str, ...], colours: frozenset[str]) -> tuple[str, ...]:
    """The adjectives with at most one colour."""
    return adjectives[:1] if sum(word in colours or word in lex.COLOURS for word in adjectives) > 1 else adjectives
