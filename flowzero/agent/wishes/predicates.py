"""What is said of a thing: as far as it goes, "is way too big", "should be green and on the left", "a bit slower"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flowzero.agent import lexicon as lex
from flowzero.agent import phrases
from flowzero.agent.matching import match
from flowzero.agent.phrases import Region
from flowzero.agent.tokens import Token, bases, verb
from flowzero.agent.wishes.words import ASPECTS, DEGREES, LITTLE, MUCH, NOUNS, TOO, idle, look


class Said(NamedTuple):
    """One thing said: a quality, with its sign and how much; or a look; or a command about it."""

    key: str
    sign: int = 0
    degree: str = ""
    look: str = ""
    command: str = ""
    statement: bool = False
    """Whether it stands as what is so, which a wish cannot be told from by its words."""
    compares: bool = False
    """Whether it says how it shall be other than it is."""


_MODALS: tuple[tuple[str, ...], ...] = (
    ("should|shall|must|could|can|may|might|will|would|ought", "also|really|just|maybe|rather|probably?", "to?"),
    ("has|have|needs|need|wants|want|had|is|are|got", "better?", "got?", "to"),
    ("has|have|needs|need", "got?", "to"),
    ("had", "better"),
    ("is|are|'s", "supposed|meant", "to"),
)
_BEING = frozenset(["is", "are", "'s", "was", "were", "looks", "look", "seems", "seem", "feels", "appears", "remains"])
_BECOMING = frozenset(["be", "look", "get", "become", "becomes", "gets", "seem", "feel", "stay", "turn", "being"])
_GOING = frozenset(["go", "goes", "set", "sets", "come", "comes", "show", "shows", "take", "takes"])
_PARTICLES = frozenset(["in", "up", "down", "off", "along", "out", "by", "on", "around", "about", "away", "over", "past"])


def said_of(tokens: Sequence[Token], i: int, *, wished: bool) -> tuple[list[Said], int] | None:
    """What is said of a thing named before i, and where that ends; `wished` where a frame says that it shall be so."""
    modal = next((hit for slots in _MODALS if (hit := match(tokens, i, *slots)) is not None), None)
    j = modal[0] if modal is not None else i + (wished and i < len(tokens) and tokens[i].low == "to")
    wished = wished or modal is not None
    negated = False
    while j < len(tokens) and tokens[j].low in ("not", "never"):
        negated, j = True, j + 1
    statement = False
    if j < len(tokens) and tokens[j].low in _BEING:
        statement, j = not wished, j + 1
    elif j < len(tokens) and (
        (tokens[j].low in _BECOMING and wished)
        or (tokens[j].low in ("go", "goes") and j + 1 < len(tokens) and tokens[j + 1].low in lex.COLOURS)
    ):
        j += 1
    moved = _moving(tokens, j)
    if moved is not None:
        late = (of := aspect_at(tokens, moved)) is not None and of[0].key == "start"
        statement, j = late and not wished, moved
    while j < len(tokens) and tokens[j].low in ("not", "never"):
        negated, j = True, j + 1
    found: list[Said] = []
    while True:
        one = _one(tokens, j, negated=negated, statement=statement, moving=moved is not None)
        if one is None:
            break
        found.append(one[0])
        j = one[1]
        bridge = match(tokens, j, ",?", "and|but|&|plus?", "also|then?", "to?", "be|look|get|become?")
        more = bridge and bridge[0] > j and _one(tokens, bridge[0], negated=False, statement=statement, moving=False)
        if not bridge or not more:
            break
        j = bridge[0]
    return (found, j) if found else None


def _moving(tokens: Sequence[Token], j: int) -> int | None:
    """Where a verb of motion, and the words that go with it, end before how fast or when it is done."""
    if j >= len(tokens):
        return None
    goes = tokens[j].low not in ASPECTS and any(base in lex.VERBS for base in bases(tokens[j].low))
    if not goes and tokens[j].low not in _GOING:
        return None
    if set(bases(tokens[j].low)) & {"finish", "end", "stop", "arrive", "last"}:
        return None
    k = j + 1
    while k < len(tokens) and tokens[k].low in _PARTICLES:
        k += 1
    return k if aspect_at(tokens, k) is not None else None


def aspect_at(tokens: Sequence[Token], j: int) -> tuple[Said, int] | None:
    """How much of a quality is said at j, and where that ends."""
    return _aspect(tokens, j, negated=False, statement=False)


def _one(tokens: Sequence[Token], j: int, *, negated: bool, statement: bool, moving: bool) -> tuple[Said, int] | None:
    one = _aspect(tokens, j, negated=negated, statement=statement)
    if one is not None:
        fits = not moving or one[0].key in ("speed", "start", "manner")
        return one if fits else None
    if moving or negated:
        return None
    return _look(tokens, j, statement=statement) or _place(tokens, j)


def _aspect(  # noqa: C901, PLR0911, PLR0912
    tokens: Sequence[Token], j: int, *, negated: bool, statement: bool
) -> tuple[Said, int] | None:
    if hit := match(tokens, j, "twice|half|double", "as", "big|large|tall|small|fast|quick|slow"):
        quality = ASPECTS[hit[1][2]]
        if match(tokens, hit[0], "as") or quality.sign < 0:
            return None
        return Said(quality.name, -1 if hit[1][0] == "half" else 1, "2 times"), hit[0]
    if hit := match(tokens, j, "twice|double|half", "the|its|that", "size|speed"):
        return Said(hit[1][2], -1 if hit[1][0] == "half" else 1, "2 times"), hit[0]
    if hit := match(tokens, j, "a", "size|notch", "bigger|smaller|larger|up|down"):
        return Said("size", -1 if hit[1][2] in ("smaller", "down") else 1), hit[0]
    words: list[str] = []
    sign, too = -1 if negated else 1, False
    less = False
    k = j
    while k < len(tokens):
        low = tokens[k].low
        if low == "as" and negated:
            too = True
        elif low == "less":
            less = True
        elif low in TOO:
            too = True
        elif low not in DEGREES:
            break
        words.append(low)
        k += 1
    if k >= len(tokens):
        return None
    low = tokens[k].low
    if low in NOUNS and ("more" in words or less):
        return Said(NOUNS[low], -1 if less else 1, _degree(words), compares=True), k + 1
    aspect = ASPECTS.get(low)
    if aspect is None or (low in ("long", "short", "longer", "shorter") and k == 0):
        return None
    if low in ("just", "little") or (
        "a" in words and not {"a", "bit", "little", "lot", "tad", "touch", "good", "notch"} > {"a"}
    ):
        return None
    if words and words[-1] == "a":
        return None
    k += 1
    if k < len(tokens) and tokens[k].low == "enough":
        return Said(aspect.name, aspect.sign * (1 if negated else -1), _degree(words)), k + 1
    if k < len(tokens) and tokens[k].low in ("than", "as") and _rival(tokens, k):
        return None
    value = aspect.sign * (-1 if less else 1)
    if aspect.compares or "more" in words or less:
        if negated:
            return None
        return Said(aspect.name, value, _degree(words), compares=True), k
    if too:
        return Said(aspect.name, -aspect.sign, _degree(words)), k
    if negated:
        return None
    if statement:
        # What is said to be tiny is wished larger; who is said to go slowly may be told to.
        return Said(aspect.name, -aspect.sign, _degree(words), statement=True), k
    return Said(aspect.name, aspect.sign * sign, _degree(words)), k


def _rival(tokens: Sequence[Token], k: int) -> bool:
    """Whether it is compared with another thing, and not with what it is now."""
    after = tokens[k + 1].low if k + 1 < len(tokens) else ""
    return after not in ("that", "this", "now", "before", "it", "they", "he", "she", "usual", "currently")


def _degree(words: Sequence[str]) -> str:
    if set(words) & LITTLE:
        return "a bit"
    return "much" if set(words) & (MUCH - {"really", "very"}) else ""


def _look(tokens: Sequence[Token], j: int, *, statement: bool) -> tuple[Said, int] | None:
    k = j
    if hit := match(tokens, k, "painted|coloured|colored|dyed|all|in|completely|entirely|rather?", "in|a?"):
        k = hit[0]
    start = k
    while k < len(tokens) and (tokens[k].low in lex.SHADES or look(tokens[k].low)):
        k += 1
    if k == start or tokens[k - 1].low in lex.SHADES:
        return None
    words = [token.low for token in tokens[start:k]]
    colour = words[-1] in lex.COLOURS
    if not colour and (statement or start > j):
        return None
    if (
        hit := match(tokens, k, ",?", "not|instead", "of?")
        or match(tokens, k, "rather", "than")
        or match(tokens, k, "coloured|colored")
    ):
        if hit[1][-1] in ("coloured", "colored"):
            k = hit[0]
        elif hit[0] < len(tokens) and look(tokens[hit[0]].low):
            k = hit[0] + 1
    return Said("look", look=" ".join(words)), k


_DEPTHS: tuple[tuple[tuple[str, ...], int], ...] = (
    (("more|further|right?", "at|in|to", "the", "very?", "front|foreground"), 1),
    (("in|to|up?", "front"), 1),
    (("more|further|way?", "in|into|at|to", "the", "back|background|distance"), -1),
)


def _place(tokens: Sequence[Token], j: int) -> tuple[Said, int] | None:
    for slots, sign in _DEPTHS:
        hit = match(tokens, j, *slots)
        if hit is not None and not match(tokens, hit[0], "of"):
            return Said("depth", sign), hit[0]
    hit = match(tokens, j, "go|placed|put|positioned|moved|shifted|sit|belong|belongs|goes|stand|sits|stands?")
    k = hit[0] if hit is not None else j
    led = match(
        tokens,
        k,
        "more|further|farther|right|over|all|up|down|better|nicer?",
        "over|up|down?",
        "the?",
        "way?",
        "on|at|in|to|towards|toward",
    )
    if led is None or (verb(tokens[k].low) is not None and tokens[k].low in lex.VERBS and not led[1][0]):
        return None
    end = next(
        (m for m in range(led[0] + 1, len(tokens) + 1) if idle(tokens, m) or tokens[m].low in (",", "and", "but")), len(tokens)
    )
    if hit is not None and hit[1][0] in ("go", "goes") and led[1][-1] in ("to", "towards", "toward"):
        return None  # a way, and no place
    region = phrases.region(tokens[:end], led[0])
    if region is None or not isinstance(region[1], Region) or region[1].contrary:
        return None
    words = " ".join(token.low for token in tokens[led[0] : region[0]])
    lead = "to" if led[1][0] in ("more", "further", "farther") else led[1][-1]
    return Said("place", command=f"put it {lead} {words}"), region[0]
