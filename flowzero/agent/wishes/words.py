"""Words of wishes: what a thing can be more or less of, how much, and what says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flowzero.agent import english
from flowzero.agent import lexicon as lex
from flowzero.agent.matching import match, number
from flowzero.agent.tokens import Token


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


class Aspect(NamedTuple):
    """What a word says of a thing: of which quality, whether more or less of it, and whether it compares."""

    name: str
    sign: int
    compares: bool


_ASPECTS = {
    ("size", 1): ("bigger larger taller thicker", "big large huge giant gigantic enormous massive tall oversized"),
    ("size", -1): ("smaller tinier littler", "small tiny mini miniature minuscule puny teeny"),
    ("speed", 1): ("faster quicker swifter speedier brisker snappier livelier wilder zippier", "fast quick quickly swift "
                   "swiftly speedy rapid rapidly brisk briskly hurried hasty hastily speedily wild wildly"),
    ("speed", -1): ("slower calmer lazier", "slow slowly sluggish sluggishly lazy lazily leisurely calm calmly"),
    ("start", 1): ("later", "late"),
    ("start", -1): ("earlier sooner", "early soon"),
    ("manner", 1): ("smoother", "smooth smoothly fluid"),
    ("manner", -1): ("jerkier rougher choppier stiffer", "jerky jerkily stiff stiffly abrupt abruptly choppy jumpy robotic"),
    ("length", 1): ("longer", "long"),
    ("length", -1): ("shorter", "short"),
}  # fmt: skip
ASPECTS = {
    word: Aspect(name, sign, compares=bool(k == 0))
    for (name, sign), words in _ASPECTS.items()
    for k, part in enumerate(words)
    for word in part.split()
}
NOUNS = {"speed": "speed", "haste": "speed", "pace": "speed", "hurry": "speed", "size": "size"}
"""What one can ask more or less of: "more speed", "less haste"."""

SAID = {
    ("size", 1): "make it {} bigger", ("size", -1): "make it {} smaller", ("speed", 1): "make it {} faster",
    ("speed", -1): "make it {} slower", ("start", 1): "let it start later", ("start", -1): "let it start earlier",
    ("manner", 1): "make it smooth", ("manner", -1): "make it jerky", ("length", 1): "make the video longer",
    ("length", -1): "make the video shorter", ("depth", 1): "bring it to the front", ("depth", -1): "bring it to the back",
}  # fmt: skip
"""Each wish as a command that is read for certain; the place is for how much."""

LITTLE = frozenset(["bit", "little", "slightly", "touch", "tad", "somewhat", "notch", "hair", "smidge"])
MUCH = frozenset(["much", "lot", "far", "way", "very", "really", "considerably", "deal", "loads"])
DEGREES = LITTLE | MUCH | frozenset(["a", "even", "still", "quite", "rather", "some", "good", "any", "more", "also", "just"])
TOO = frozenset(["too", "so", "that", "overly", "ridiculously", "awfully", "terribly", "such", "insanely"])

_IDLE = _words(
    "please pls plz thanks instead too now again then though maybe perhaps obviously actually sorry ok okay lol haha yes "
    "also overall altogether anyway always already everywhere cheers pretty-please thx ta btw really just all"
)  # fmt: skip
_TAILS: tuple[tuple[str, ...], ...] = (
    ("as", "well"), ("thank", "you"), ("if", "you|we", "can|could|would|like|please|want|may"), ("if", "possible"),
    ("if", "it|that", "is|'s", "possible|ok|okay|alright"),
    ("i", "think|guess|mean|say|suppose|feel|reckon|believe|would?", "say?"),
    ("would|will|could|can", "you"), ("of", "course"), ("than", "that|this|now|before"),
    ("than", "it|they|he|she", "is|are|was|were|does|do", "right?", "now?"), ("for", "me|us|once|now"), ("for", "a|an", "*"),
    ("all", "in", "all"), ("at", "least"), ("or", "something|so"), ("to", "me"), ("in", "size|colour|color|speed|total|all"),
    ("the", "whole", "time"), ("by", "a", "lot"), ("this", "time"), ("in", "my", "opinion"), ("you", "know"), ("come", "on"),
    ("or", "even", "*"), ("right", "now"), ("by", "the", "way"), ("is|'s", "it", "?"),
)  # fmt: skip
_PRAISE = _words(
    "nice good great lovely pretty fun cool better perfect best enough fine cute sweet funny hilarious plenty ideal "
    "cooler nicer funnier prettier cuter sweeter livelier wonderful awesome scarier spookier merrier more neat fitting "
    "amazing beautiful"
)  # fmt: skip


def idle(tokens: Sequence[Token], i: int) -> bool:
    """Whether what follows says nothing that could be done: "please", "if you can", "thanks"."""
    while i < len(tokens):
        if not tokens[i].word and tokens[i].low != "?" and tokens[i].low not in ",-–—()":
            return False
        hit = next((found for slots in _TAILS if (found := match(tokens, i, *slots)) is not None), None)
        if hit is None and tokens[i].low not in _IDLE and tokens[i].word:
            return False
        i = hit[0] if hit is not None else i + 1
    return True


def praise(tokens: Sequence[Token], i: int) -> bool:
    """Whether what follows only says that the thing named before would please: "would be better", "looks funnier to me"."""
    if hit := match(tokens, i, "would|will|could", "*", "the|it?", "*?", "more|better|nicely|well|best|out|nicer"):
        return idle(tokens, hit[0])
    hit = match(
        tokens, i, "would|will|might|could|is|are|'s", "also|really|just?", "be|look|feel|make|work|do|suit|fit?"
    ) or match(tokens, i, "looks|look|works|fits|suits|feels|seems")
    if hit is None:
        return False
    j = hit[0]
    while j < len(tokens) and tokens[j].low in DEGREES | {"it", "me", "us", "this", "here", "the"}:
        j += 1
    start = j
    while j < len(tokens) and (tokens[j].low in _PRAISE | {"and", "for", "me", "to"} or tokens[j].low.endswith("ier")):
        j += 1
    if start < j < len(tokens) <= j + 5 and match(tokens, j, "on|in|for|with"):
        return not any(token.low in _JOINING for token in tokens[j:])
    return idle(tokens, j)


_JOINING = frozenset([",", "and", "but", "&", "not"])


def look(word: str) -> bool:
    """Whether a word says what a thing looks like, so that its phrase can take it in: "green", "mossy", "wooden"."""
    if word in lex.COLOURS or word in _MATERIALS:
        return True
    if number(word) is not None:
        return False
    grammar = (
        lex.FUNCTION | lex.DETERMINERS | lex.ADVERBS | lex.AUXILIARIES | lex.PREPOSITIONS | lex.CONJUNCTIONS | lex.SEQUENCE
    )
    plain = (
        word not in grammar | DEGREES | TOO | ASPECTS.keys()
        and word not in _NO_LOOK
        and word not in lex.ORDINALS
        and word not in lex.ACROSS
    )
    return plain and word not in lex.UPRIGHT and word not in _PRAISE and english.mostly(word) == "a" and not word.endswith("er")


_MATERIALS = frozenset(["gold", "silver", "iron", "stone", "glass", "bronze", "copper", "steel", "wooden"])
_NO_LOOK = lex.STILL_WORDS | _words(
    "boring dull lonely ugly scary funny bad wrong right ready late early gone visible clear missing alone more less "
    "other same different new own only last next whole entire better worse several many few able sure possible lively "
    "real main single such nearer closer farther further higher lower near close far high low great free open full busy "
    "enough due likely easy hard happy sad angry afraid strange weird odd important necessary original usual normal "
    "second first third inner outer upper poor dear curious done beloved silly sorry various additional extra further "
    "front back middle central left horizontal vertical opposite reverse steady static still"
)  # fmt: skip
"""Adjectives that no picture shows, or that tell which one is meant."""
