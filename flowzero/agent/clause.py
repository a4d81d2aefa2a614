"""Who does what, as plain values; :mod:`~flowzero.agent.clauses` reads them out of chunks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from flowzero.agent import lexicon as lex
from flowzero.agent.nouns import NounPhrase
from flowzero.agent.phrases import Time
from flowzero.agent.promises import Relative


@dataclass
class Role:
    """What a clause says besides subject and verb; `prep` is the word before it, such as from, to, past."""

    kind: Literal["thing", "region", "go", "trace", "off", "adj", "compare", "side"]
    prep: str = ""
    things: tuple[str, ...] = ()
    relation: Relative | None = None
    value: object = None
    noun: NounPhrase | None = None
    start: int = -1
    end: int = -1
    """Where its words stand, the preposition among them."""
    listed: bool = False
    """Whether it goes on with a list of places that the role before it begins."""


@dataclass
class Clause:
    """Who does what. `order` is first, next, last or empty; `joined` says how it hangs on the clause before."""

    subject: tuple[str, ...] = ()
    lemma: str = ""
    verb: lex.Verb | None = None
    passive: bool = False
    negated: bool = False
    roles: list[Role] = field(default_factory=list)
    times: list[Time] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    """Where the words of its times stand."""
    at: tuple[int, int] = (0, 0)
    """Where its verb stands."""
    manner: str = ""
    order: str = ""
    joined: Literal["", "and", "while", "next", "prior"] = ""
    embedded: bool = False
    begins: bool = False
    """Whether the verb says only that something begins: "starts rolling", "begins after one second"."""
    in_turn: bool = False
    """Whether its subjects do it one after another."""
    away: bool = False
    """Whether it leads away, with no word from what."""
    by: bool = False
    """Whether it leads by, with no word of what: through the picture."""
    bodily: bool = False
    """Whether its object is a part of the subject's own body."""
    limb: bool = False
    """Whether only a part of the subject's own body moves, as in "lowers its head"."""
    along: bool = False
    """Whether it leads through, along or across the scenery."""
    across: bool = False
    """Whether it leads from here to there in it, and not around in it."""
    start: int = 0
    end: int = 0

    @property
    def said(self) -> bool:
        """Whether there is anything but a subject."""
        return bool(self.lemma or self.roles or self.times)
