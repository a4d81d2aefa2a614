"""Fixed phrases of place and motion: "the top left corner", "to the left of", "back and forth"; those of time come along.

Each recogniser looks at a position in the tokens and returns what it found there with the position after it, or None.
"""

from __future__ import annotations

from typing import NamedTuple, cast

from flowzero.agent import english
from flowzero.agent import lexicon as lex
from flowzero.agent.matching import Tokens, match, number
from flowzero.agent.moments import Time, time
from flowzero.agent.promises import Place, Relative
from flowzero.agent.tokens import verb

__all__ = [
    "VIEWER", "Region", "Side", "Time", "Tokens", "heading", "manner", "match", "number", "off", "pattern", "region",
    "relation", "sequence", "time",
]  # fmt: skip

VIEWER = frozenset(
    [
        "camera",
        "viewer",
        "viewers",
        "audience",
        "us",
        "me",
        "screen",
        "lens",
        "spectator",
        "observer",
        "foreground",
        "you",
        "reader",
    ]
)


class Region(NamedTuple):
    """A part of the picture; `bare` when only a direction word was said ("the left")."""

    place: Place
    bare: bool
    contrary: bool = False
    """Whether it lies opposite to where the way begins, as "the other side"."""


class Side(NamedTuple):
    """A relation that a noun phrase follows."""

    relation: Relative


_NOT_OPEN = frozenset(["away", "turn", "turns", "turning"])


def region(tokens: Tokens, i: int) -> tuple[int, Region | Side] | None:  # noqa: C901, PLR0911, PLR0912
    """A part of the picture, or of a thing: "the top left corner of the screen", "left of", "its right"."""
    if hit := match(tokens, i, "the|its|their", "other|opposite|opposing", "|".join(_SIDES)):
        framed = match(tokens, hit[0], "of|in", "the|this?", "|".join(lex.FRAME_NOUNS))
        return (framed or hit)[0], Region(Place(), False, contrary=True)
    j = i
    hit = match(tokens, j, "the|its|his|her|their|a?", "far|very|extreme|exact|dead|immediate|absolute|approximate?")
    assert hit is not None
    j, (det, _) = hit
    x: str | None = None
    y: str | None = None
    first = j
    while j < len(tokens) and (tokens[j].low in lex.ACROSS or tokens[j].low in lex.UPRIGHT or tokens[j].low == "-"):
        word = tokens[j].low
        if word in lex.UPRIGHT and y is None:
            y = lex.UPRIGHT[word]
        elif word in lex.ACROSS and x is None:
            x = lex.ACROSS[word]
        elif word != "-":
            break
        j += 1
    if j == first:
        return None
    bare = True
    if hit := match(tokens, j, "hand?", "|".join(lex.PARTS)):
        j, bare = hit[0], False
    if hit := match(tokens, j, "of|in", "the|a|this?", "|".join(lex.FRAME_NOUNS)):
        return hit[0], Region(_place(x, y), False)
    if det in ("its", "his", "her", "their"):
        return j, Side(_side(x, y))
    if (room := _of_a_place(tokens, j, described=y is not None)) is not None:
        return room, Region(_place(x, y), False)
    if match(tokens, j, "of"):
        if x == "middle" or (x is None and y == "bottom"):
            return None
        return j + 1, Side(_side(x, y))
    if not det and bare and x is not None and y is None and x != "middle":
        return None
    looks = j + 1 < len(tokens) and verb(tokens[j].low) is not None and tokens[j + 1].low in ("at", "each", "towards", "toward")
    if bare and j < len(tokens) and tokens[j].word and not (_closes(tokens[j].low) or looks):
        return None
    return j, Region(_place(x, y), bare)


def _of_a_place(tokens: Tokens, j: int, *, described: bool) -> int | None:
    """Where a place begins whose part a region is, as in "the top left of a room", `described` as in "of a dark room"."""
    hit = match(tokens, j, "of", "the|a|an")
    if hit is None:
        return None
    words = [token.low for token in tokens[hit[0] : hit[0] + 3]]
    head = next((k for k, word in enumerate(words) if word in lex.SETTINGS), None)
    if head is None or (head and not described) or any(_closes(word) or not word.isalpha() for word in words[:head]):
        return None
    return hit[0]


_SIDES = ("side", "corner", "edge", "end", "half", "border")


def far_side(tokens: Tokens, i: int) -> int | None:
    """Where "the other side of" ends, if a thing follows whose other side it is."""
    hit = match(tokens, i, "the", "other|opposite|far", "side|end", "of")
    return None if hit is None or match(tokens, hit[0], "the|this?", "|".join(lex.FRAME_NOUNS)) else hit[0]


def _closes(word: str) -> bool:
    """Whether a word can follow a region that is not an adjective of the word."""
    found = verb(word)
    if found is not None and word not in lex.VERBS and found[1].kind != "act":
        return True
    others = (
        lex.PREPOSITIONS
        | lex.CONJUNCTIONS
        | lex.ADVERBS
        | lex.AUXILIARIES
        | lex.RELATIVE
        | lex.HASTY
        | lex.SLOW
        | lex.DETERMINERS
    )
    return word in others | lex.SEQUENCE | lex.PRONOUNS or word.endswith("ing") or english.mostly(word) == "r"


def _place(x: str | None, y: str | None) -> Place:
    if x == "middle" and y is None:
        return Place(x="middle")
    return Place.model_validate({"x": x, "y": y})


def _side(x: str | None, y: str | None) -> Relative:
    if x in ("left", "right"):
        return cast("Relative", x)
    return "on" if y == "top" else "below" if y == "bottom" else "near"


_RELATIONS: tuple[tuple[tuple[str, ...], Relative], ...] = (
    (("in", "front", "of"), "front"),
    (("in", "the", "foreground", "of"), "front"),
    (("in", "back", "of"), "behind"),
    (("at", "the", "back", "of"), "behind"),
    (("on", "the", "back", "of"), "on"),
    (("on|to|at|from", "the|its", "left|left-hand|lefthand", "hand?", "side?", "of"), "left"),
    (("on|to|at|from", "the|its", "right|right-hand|righthand", "hand?", "side?", "of"), "right"),
    (("left|leftwards", "of|from"), "left"),
    (("right|rightwards", "of|from"), "right"),
    (("on", "top", "of"), "on"),
    (("atop|onto|upon",), "on"),
    (("next|close|adjacent|near", "to"), "near"),
    (("beside|alongside|near|nearby|by",), "near"),
    (("by", "the", "side", "of"), "near"),
    (("side", "by", "side", "with"), "near"),
    (("together", "with"), "near"),
    (("above|over|overhead",), "above"),
    (("high|directly|just|right", "above|over"), "above"),
    (("directly|right|just", "in", "front", "of"), "front"),
    (("directly|right|just", "behind"), "behind"),
    (("directly|right|just", "below|under|beneath|underneath"), "below"),
    (("below|under|beneath|underneath",), "below"),
    (("behind",), "behind"),
    (("inside|within",), "inside"),
    (("inside", "of"), "inside"),
    (("in|at", "between"), "between"),
    (("between|amid|among",), "between"),
    (("outside", "of?"), "outside"),
    (("the", "front", "of"), "front"),
    (("well|far|just|on|right|straight?", "ahead", "of"), "front"),
    (("the", "back|rear", "of"), "behind"),
)


def relation(tokens: Tokens, i: int) -> tuple[int, Side] | None:
    """A relation that a noun phrase will follow; the longest match wins."""
    best: tuple[int, Side] | None = None
    if match(tokens, i, "directly|right|just|immediately", "on", "top?", "of?", "a|an|the|its"):
        return (i + 4 if tokens[i + 2].low == "top" else i + 2), Side("on")
    if match(tokens, i, "directly|right|just|immediately", "next|beside|alongside|near|above|over|below|under|beneath"):
        i += 1
    for slots, name in _RELATIONS:
        hit = match(tokens, i, *slots)
        if hit and tokens[hit[0] - 1].low == "of" and _of_frame(tokens, hit[0], aside=name in ("left", "right")):
            continue
        if hit and (best is None or hit[0] > best[0]):
            best = hit[0], Side(name)
    return best


def _of_frame(tokens: Tokens, i: int, *, aside: bool) -> bool:
    """Whether the picture itself is named: one may stand in front of a window, or to the left of one."""
    hit = match(tokens, i, "the|a|this?", "|".join(lex.FRAME_NOUNS))
    return hit is not None and not (hit[1][1] in ("window", "screen") and (hit[1][0] == "a" or not aside))


def heading(tokens: Tokens, i: int) -> tuple[int, str] | None:
    """A direction without a goal: "left", "up and to the right", "diagonally down left", "northeast", "towards the viewer"."""
    if hit := _line_of_sight(tokens, i):
        return hit
    led = match(tokens, i, "diagonally|straight|directly?")
    assert led is not None
    j = led[0]
    for name, value in (("north", "up"), ("south", "down")):
        for side, way in (("east", "right"), ("west", "left")):
            if compass := match(tokens, j, f"{name}{side}|{name}{side}ward|{name}{side}wards"):
                return compass[0], f"{value}-{way}"
    first = _one_heading(tokens, j)
    if first is None:
        return None
    j, one = first
    if match(tokens, j, "of") or (one in ("left", "right") and match(tokens, j, "side|edge|corner|half|hand")):
        return None
    for bridge in (
        ("and", "to", "the"),
        ("and", "towards|toward", "the"),
        ("to", "the"),
        ("towards|toward", "the"),
        ("and",),
        ("-",),
        (),
    ):
        after = match(tokens, j, *bridge)
        second = _one_heading(tokens, after[0]) if after else None
        if second is None or match(tokens, second[0], "of|side|edge|corner|half|the|a|an"):
            continue
        pair = {one, second[1]}
        if len(pair & {"left", "right"}) == 1 and len(pair & {"up", "down"}) == 1:
            return second[0], f"{(pair & {'up', 'down'}).pop()}-{(pair & {'left', 'right'}).pop()}"
    return j, one


def _one_heading(tokens: Tokens, i: int) -> tuple[int, str] | None:
    if i < len(tokens) and tokens[i].low in lex.HEADINGS:
        return i + 1, lex.HEADINGS[tokens[i].low]
    return None


_FAR = "distance|background|horizon|sunset|sunrise|fog|mist|haze|dusk|dark|darkness|gloom|night|pines|back|rear|blackness"
_HAZE = "far|distant|burning|setting|golden|thick|dark|deep|red|rising|evening|morning|open|hazy|misty"


def _line_of_sight(tokens: Tokens, i: int) -> tuple[int, str] | None:
    viewer = "|".join(VIEWER)
    for slots, way in (
        (("straight|directly|right?", "out?", "towards|toward|at|to", "the|our?", viewer), "towards"),
        (("straight|directly|right", "for", "the|our?", viewer), "towards"),
        (("straight|directly|right|close?", "up", "to", "the|our?", "camera|lens|viewer|us|me"), "towards"),
        (("closer|nearer", "and", "closer|nearer", "to|towards|toward", "the|our?", viewer), "towards"),
        (("closer|nearer", "to?", "the?", viewer), "towards"),
        (("closer|nearer", "and", "closer|nearer"), "closer"),
        (("closer|nearer",), "closer"),
        (("into", "the", "foreground"), "towards"),
        (("out", "of", "the", "distance|background"), "towards"),
        (("from", "the", "distance|background", "towards|toward|to", "the", viewer), "towards"),
        (("away", "from", "the|our?", viewer), "away"),
        (("far|farther|further", "from", "the|our?", "camera|lens|viewer"), "away"),
        (("off|away?", "out?", "over|beyond", "the", "horizon"), "away"),
        (("off|away?", "out", "to", "sea"), "away"),
        (("off|away", "into|to|towards|toward", "the", _HAZE + "?", _FAR), "away"),
        (("off|away", "into|in|to|towards|toward", "the?", "far?", "distance|background|horizon"), "away"),
        (("into|to|towards|toward", "the", "far?", "distance|background|horizon"), "away"),
        (("further|farther", "away"), "away"),
        (("far", "away"), "away"),
    ):
        hit = match(tokens, i, *slots)
        if hit and (hit[0] - i > 1 or tokens[i].low in ("closer", "nearer")):
            return hit[0], way
    return None


_PATTERNS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("in", "a|one", "large|big|small|wide|perfect|full|complete|slow?", "circle|loop|ring|orbit"), "circle"),
    (
        (
            "in|along?",
            "a|an|the",
            "lazy|large|big|small|wide|perfect|slow?",
            "figure",
            "of?",
            "-?",
            "eight|8",
            "pattern|path|shape?",
        ),
        "eight",
    ),
    (("in|along?", "a|an|the?", "figure-8|figure-8s", "pattern|path|shape?"), "eight"),
    (("in|along?", "figure", "of?", "-?", "eights|eight|8s|8"), "eight"),
    (("in|along", "the|a|an", "shape?", "of?", "an|a?", "lemniscate|infinity|eight|8", "sign|symbol|loop|shape?"), "eight"),
    (("in", "circles|loops|rings"), "circle"),
    (("round|around", "and", "round|around"), "circle"),
    (("around|round", "in", "circles"), "circle"),
    (("around|round", "in", "a", "circle"), "circle"),
    (("clockwise|counterclockwise|anticlockwise|counter-clockwise|anti-clockwise",), "circle"),
    (("from?", "side", "to", "side"), "side-to-side"),
    (("back", "and", "forth"), "side-to-side"),
    (("to", "and", "fro"), "side-to-side"),
    (("left", "and", "right"), "side-to-side"),
    (("forwards|forward", "and", "backwards|backward|back"), "side-to-side"),
    (("up", "and", "down"), "up-down"),
    (("in", "a", "zigzag|zig-zag", "pattern|path|line|motion|way?"), "zigzag"),
    (("in", "zigzags|zig-zags"), "zigzag"),
    (("in", "a", "zig", "zag"), "zigzag"),
    (("in", "a", "wavy|winding|serpentine", "line|path|pattern"), "zigzag"),
    (("around|about",), "wander"),
    (("here", "and", "there"), "wander"),
    (("in", "random", "directions"), "wander"),
    (("randomly|aimlessly",), "wander"),
)


def pattern(tokens: Tokens, i: int) -> tuple[int, str] | None:
    """A shape of motion."""
    for slots, name in _PATTERNS:
        if hit := match(tokens, i, *slots):
            return hit[0], name
    return None


def off(tokens: Tokens, i: int) -> tuple[int, str] | None:
    """Leaving or entering the picture: "out of the frame", "off screen", "into view"."""
    frame = "|".join(lex.FRAME_NOUNS - {"video"})
    for slots, way in (
        (("out", "of", "the|our?", frame + "|sight"), "out"),
        (("off", "of?", "the?", frame + "|screen"), "out"),
        (("off-screen|offscreen",), "out"),
        (("into|in", "the?", frame), "in"),
    ):
        hit = match(tokens, i, *slots)
        if hit and not (way == "in" and hit[1][0] == "in"):
            return hit[0], way
    return None


def sequence(tokens: Tokens, i: int) -> tuple[int, str] | None:
    """A word that puts what follows first, next or last."""
    for slots, place in (
        (("at", "first"), "first"),
        (("after", "a", "while|moment|bit"), "next"),
        (("a", "moment|second|bit", "later"), "next"),
        (("to", "begin|start", "with"), "first"),
        (("after", "that|this|which"), "next"),
        (("and", "then|finally|next|afterwards"), "next"),
        (("followed", "by"), "next"),
        (("before",), "before"),
        (("once|after",), "once"),
        (("as", "soon", "as"), "once"),
        (("in", "the", "end"), "last"),
        (("once", "more"), "next"),
        (("first|initially|originally|firstly",), "first"),
        (("then|next|afterwards|afterward|subsequently|later|secondly|thirdly",), "next"),
        (("finally|eventually|lastly",), "last"),
    ):
        if (hit := match(tokens, i, *slots)) and not (tokens[hit[0] - 1].low == "next" and match(tokens, hit[0], "to")):
            return hit[0], place
    return None


def manner(tokens: Tokens, i: int) -> tuple[int, str] | None:
    """How fast, or whether it gets `faster` or `slower` on the way."""
    if tokens[i].low in ("acceleratingly", "deceleratingly"):  # as idioms have it
        return i + 1, "faster" if tokens[i].low == "acceleratingly" else "slower"
    if hit := match(tokens, i, "at", "a?", "full|high|great|top|breakneck|low|slow|walking", "speed|pace"):
        return hit[0], "slow" if hit[1][2] in ("low", "slow", "walking") else "fast"
    if hit := match(tokens, i, "very|really|quite|extremely?", "|".join(lex.HASTY)):
        return hit[0], "fast"
    if hit := match(tokens, i, "very|really|quite|extremely?", "|".join(lex.SLOW)):
        return hit[0], "slow"
    return None
