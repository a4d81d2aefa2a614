"""A text as a row of chunks: noun phrases, predicates, prepositions, and the fixed phrases of time, place and motion."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from flowzero.agent import english, phrases
from flowzero.agent import lexicon as lex
from flowzero.agent.chunk import Chunk, Predicate
from flowzero.agent.comparisons import comparison
from flowzero.agent.names import phrase_or_name
from flowzero.agent.nouns import NounPhrase, noun_phrase
from flowzero.agent.phrases import Region, Tokens, match
from flowzero.agent.predicates import predicate
from flowzero.agent.promises import Place
from flowzero.agent.tokens import any_verb, verb

_WORDS: dict[str, Literal["and", "while"]] = {
    "and": "and", "&": "and", "plus": "and", "or": "and", "but": "and", "yet": "and", "while": "while", "as": "while",
    "when": "while",
    "whereas": "while", "whilst": "while", "meanwhile": "while", "where": "while", "once": "while", "because": "while",
    "so": "while",
}  # fmt: skip


def chunk(tokens: Tokens) -> list[Chunk]:
    """The chunks of the tokens, in order and without gaps in meaning; what nothing recognises is a "word"."""
    found: list[Chunk] = []
    names: set[str] = set()
    i = 0
    while i < len(tokens):
        item = _known_name(tokens, i, names) or _next(tokens, i, found[-1] if found else None)
        found.append(item)
        if isinstance(item.value, NounPhrase):
            names.update(name for name in (item.value.alias, *item.value.aliases) if name)
        i = item.end
    return found


def _known_name(tokens: Tokens, i: int, names: set[str]) -> Chunk | None:
    """A name that was told before, though it could be a verb elsewhere: "the robot Bob rolls left, Bob stops"."""
    if (
        tokens[i].low not in names
        or verb(tokens[i].low) is None
        or not tokens[i].text[:1].isupper()
        or match(tokens, i + 1, "'s")
    ):
        return None
    return Chunk("np", i, i + 1, NounPhrase(i, i + 1, noun=tokens[i].low))


def _next(tokens: Tokens, i: int, before: Chunk | None) -> Chunk:
    low = tokens[i].low
    if not tokens[i].word and not low[0].isdigit() and low != "'s":
        spaced = low in "/|•" and i > 0 and tokens[i].start > tokens[i - 1].end
        kind: Literal["comma", "stop", "and", "word"] = (
            "stop" if spaced or low in ".!?;\n。！？" else "comma" if low in ",:—–-、()" else "and" if low in "&+" else "word"
        )
        return Chunk(kind, i, i + 1)
    if (
        low == "that"
        and before is not None
        and before.kind in ("np", "region", "comma")
        and i + 1 < len(tokens)
        and _finite_here(tokens, i + 1)
    ):
        return Chunk("who", i, i + 1)
    for find in (_there, _same, _skipped, _tail, _aloft, _time, _sequence, _motion, comparison, predicate, _noun, _small):
        item = find(tokens, i, before)
        if item is not None:
            return item
    return Chunk("word", i, i + 1, low)


_MAKING = "|".join(
    [
        *("show", "imagine", "picture", "create", "generate", "make", "draw", "render", "animate", "give", "produce", "depict"),
        *("visualize", "visualise", "film", "paint", "let", "watch", "have", "put", "place", "add", "insert"),
    ]
)


def _there(tokens: Tokens, i: int, before: Chunk | None) -> Chunk | None:
    hit = match(tokens, i, "there|here", "is|are|was|were|'s|appears|exists|exist|comes|sees")
    hit = hit or match(tokens, i, "we|you|one", "can?", "see|sees")
    media = "picture|image|video|scene|clip|shot|film"
    hit = hit or match(tokens, i, "in", "the|this|my", media, "we|you|one|i|there", "can?", "have|see|find|is|are")
    hit = hit or match(tokens, i, "can|could|would|will", "you", "please?", _MAKING, "me|us?")
    hit = hit or match(tokens, i, "you", "can|could|might", "maybe|just|also|please?", f"{_MAKING}|do", "me|us?")
    hit = hit or match(tokens, i, "i|i'd", "want|need|would|'d", "like?", "to?", "see|have?")
    hit = hit or match(
        tokens,
        i,
        f"{_MAKING}|shows|showing|depicting|featuring|depicts|contains|containing|includes|including|please",
        "me|us?",
    )
    if hit is None or (before is not None and before.kind == "prep"):
        return None
    if (
        hit[1][0] not in ("there", "here", "we", "i", "in", "can", "could", "would", "will", "you")
        and before is not None
        and not _media_before(tokens, before)
    ):
        return None
    return Chunk("there", i, hit[0])


def _finite_here(tokens: Tokens, i: int) -> bool:
    """Whether a finite verb stands at i, so that "that" before it opens a relative clause."""
    low = tokens[i].low
    found = verb(low)
    return low in lex.AUXILIARIES or low.endswith("ly") or (found is not None and not low.endswith("ing"))


_SKIPS: tuple[tuple[str, ...], ...] = (
    ("once|twice|thrice",),
    ("#|several|many|few|two|three", "times"),
    ("a", "few|couple", "of?", "times"),
    ("over", "and", "over"),
    ("side", "by", "side"),
    ("one|some", "day|evening|night|morning|afternoon"),
    ("once", "upon", "a", "time"),
    ("over|with", "time"),
    ("one", "after|behind", "another|the", "other?"),
    ("upside", "down"),
    ("one", "by", "one"),
    ("hand", "in", "hand"),
    ("on|along", "its|his|her|their|the", "way"),
    ("together",),
    ("in", "the", "air"),
    ("in", "a", "row|line|queue|column"),
    ("in", "single|indian|double", "file"),
    ("in", "#", "rows|lines|columns"),
    ("in", "formation|line|unison"),
    ("for", "a", "while|moment|bit"),
    ("in", "slow", "motion"),
)


_GREETINGS = frozenset(["hey", "hi", "hello", "please", "thanks", "ok", "okay", "yo", "sure", "well", "there", "thank", "you"])


def _skipped(tokens: Tokens, i: int, before: Chunk | None) -> Chunk | None:
    """Words that no check measures and that name nothing to draw."""
    for slots in _SKIPS:
        if slots[0].startswith("once|") and clause_at(tokens, i + 1):
            continue
        if (hit := match(tokens, i, *slots)) and not match(tokens, hit[0], "with"):
            return Chunk("skip", i, hit[0])
    greets = tokens[i].low in _GREETINGS and (before is None or before.kind in ("stop", "comma", "skip"))
    if greets and (i + 1 == len(tokens) or not tokens[i + 1].word or tokens[i + 1].low in _GREETINGS):
        return Chunk("skip", i, i + 1)
    if tokens[i].low == "'s" and i + 1 < len(tokens) and tokens[i + 1].low in lex.BODY:
        return Chunk("skip", i, i + 2)  # as in "onto a man's head"
    if tokens[i].low in lex.STYLE and (noun_phrase(tokens, i) is None or tokens[i].low[0].isdigit()):
        return Chunk("skip", i, i + 1)
    return None


def _media_before(tokens: Tokens, before: Chunk) -> bool:
    return before.kind in ("stop", "there", "who") or (before.kind == "np" and before.value.noun in lex.MEDIA)  # type: ignore[attr-defined]


def _time(tokens: Tokens, i: int, before: Chunk | None) -> Chunk | None:
    hit = phrases.time(tokens, i)
    return Chunk("time", i, *hit) if hit else None


def _aloft(tokens: Tokens, i: int, before: Chunk | None) -> Chunk | None:
    """Up, as in "tosses a ball into the air"."""
    hit = match(tokens, i, "into|up", "in|into?", "the", "air")
    return Chunk("go", i, hit[0], "up") if hit else None


def _tail(tokens: Tokens, i: int, before: Chunk | None) -> Chunk | None:
    """Who chases its own tail turns in a circle."""
    follows = before is not None and isinstance(before.value, Predicate) and before.value.sense.kind == "follow"
    hit = match(tokens, i, "its|his|her|their|the", "own?", "tail|tails") if follows else None
    return Chunk("trace", i, hit[0], "circle") if hit else None


def _sequence(tokens: Tokens, i: int, before: Chunk | None) -> Chunk | None:
    if match(tokens, i, "next", "to"):
        return None
    made = i + 1 < len(tokens) and tokens[i].start == tokens[i + 1].start  # an idiom that means one who follows
    if ((before is not None and before.kind in ("np", "go", "region", "manner")) or made) and match(
        tokens, i, "followed", "by"
    ):
        return None
    hit = phrases.sequence(tokens, i)
    if hit and hit[1] == "once" and not clause_at(tokens, hit[0]):
        return None
    return Chunk("seq", i, *hit) if hit else None


def clause_at(tokens: Tokens, i: int) -> bool:
    """Whether a subject with its verb stands at i."""
    phrase = noun_phrase(tokens, i)
    if phrase is None or phrase.end >= len(tokens):
        return False
    low = tokens[phrase.end].low
    return low in lex.AUXILIARIES or low.endswith("ly") or (any_verb(low) is not None and low not in lex.PREPOSITIONS)


def _motion(tokens: Tokens, i: int, before: Chunk | None) -> Chunk | None:  # noqa: C901, PLR0911, PLR0912
    """Directions, regions, relations and shapes of motion."""
    if beyond := phrases.far_side(tokens, i):
        return Chunk("prep", i, beyond, "past")
    which = match(tokens, i, "the?", "left|right|upper|lower", "one")
    ends = {token.low for token in tokens[max(0, i - 5) : i]} & {"edge", "side", "corner", "border", "end", "half"}
    if which and not ends and not match(tokens, which[0], "sees|finds|has|can|spots"):
        return None  # as in "the left one is red": which one, rather than where
    goes = before is not None and isinstance(before.value, Predicate) and before.value.sense.kind in ("go", "trace")
    if not goes and (far := match(tokens, i, "far", "left|right")) and noun_phrase(tokens, far[0]) is None:
        return Chunk("region", i, far[0], Region(Place(x=lex.ACROSS[far[1][1]]), True))
    sides = "left|right|top|bottom"
    if not (before and before.kind == "prep") and match(tokens, i, sides, "to", "the?", sides):
        return Chunk("prep", i, i, "from")
    high, across = "|".join(lex.UPRIGHT), "left|right"
    if not (before and before.kind == "prep") and match(tokens, i, high, across, "to|-", "the?", high, across):
        return Chunk("prep", i, i, "from")
    if (
        tokens[i].low == "back"
        and before is not None
        and before.kind in ("verb", "manner", "and")
        and not match(tokens, i + 1, "and|of")
    ):
        return Chunk("go", i, i + 1, "back")
    if hit := phrases.off(tokens, i):
        return Chunk("off", i, *hit)
    if hit := phrases.pattern(tokens, i):
        begins = before is None or before.kind in ("stop", "comma", "there")
        if not (hit[1] == "wander" and hit[0] == i + 1 and (begins or _something_at(tokens, hit[0]))):
            return Chunk("trace", i, *hit)
    if (
        contrary := match(tokens, i, "in?", "the", "opposite|other|reverse", "direction|way|directions")
        or match(tokens, i, "i'd", "like|love", "to?", "see|have?")
        or match(tokens, i, "in?", "opposite|different|both", "directions|ways")
        or match(tokens, i, "the", "other", "way", "round|around")
    ):
        return Chunk("go", i, contrary[0], "opposite")
    if (alike := match(tokens, i, "in", "the", "same", "direction|way")) and not match(tokens, alike[0], "as|of"):
        return Chunk("go", i, alike[0], "same")
    side = phrases.relation(tokens, i)
    led = before is not None and before.kind == "prep" and tokens[i].low != "the"
    if side and noun_phrase(tokens, side[0]) is not None and (not led or match(tokens, i, "in", "front", "of")):
        return Chunk("side", i, *side)
    if hit := phrases.heading(tokens, i):
        alone = hit[0] == i + 1
        after = noun_phrase(tokens, hit[0], bare=False) if alone else None
        left = tokens[i].low == "left" and before is not None and before.kind == "np" and after is not None
        along = alone and tokens[i].low in ("up", "down") and after is not None
        led = before is not None and before.kind == "prep" and not (before.value == "away" and "ward" in tokens[i].low)
        if not along and not left and not (led and alone):
            return Chunk("go", i, *hit)
    if region := phrases.region(tokens, i):
        kind: Literal["region", "side"] = "region" if isinstance(region[1], Region) else "side"
        return Chunk(kind, i, *region)
    if before and before.kind == "prep" and tokens[i].low in ("left", "right", "top", "bottom"):
        axis = "x" if tokens[i].low in ("left", "right") else "y"
        place = Place.model_validate({axis: tokens[i].low})
        return Chunk("region", i, i + 1, Region(place, True))
    if hit := phrases.manner(tokens, i):
        return Chunk("manner", i, *hit)
    return None


def _something_at(tokens: Tokens, i: int) -> bool:
    """Whether a thing follows that one goes around, as in "runs around three sheep", rather than a clause of its own."""
    return noun_phrase(tokens, i) is not None and not clause_at(tokens, i)


def _noun(tokens: Tokens, i: int, before: Chunk | None) -> Chunk | None:  # noqa: PLR0911
    acts = before is not None and isinstance(before.value, Predicate) and before.value.sense.kind == "act"
    if tokens[i].low == "around" and before is not None and before.kind in ("verb", "manner", "go") and not acts:
        return None  # as in "runs around three sheep": not about three of them
    if (
        tokens[i].low.endswith("ing")
        and (before is None or before.kind in ("stop", "there", "prep", "and", "comma"))
        and verb(tokens[i].low)
    ):
        inner = noun_phrase(tokens, i + 1)
        if inner is not None and inner.noun and not inner.article:
            return Chunk("np", i, inner.end, replace(inner, start=i, adjectives=(tokens[i].low, *inner.adjectives)))
    said = before is not None and isinstance(before.value, Predicate) and before.value.lemma == "be"
    turns = before is not None and isinstance(before.value, Predicate) and before.value.sense.kind == "turn"
    if turns and tokens[i].low in lex.COLOURS and not _word_at(tokens, i + 1):
        return None
    if before is not None and before.kind == "seq" and tokens[i].low in lex.COLOURS and not _word_at(tokens, i + 1):
        return None  # as in "first red, then gold": no gold
    if (
        said
        and tokens[i].low in lex.COLOURS
        and i + 1 < len(tokens)
        and tokens[i + 1].low.endswith("s")
        and verb(tokens[i + 1].low)
    ):
        return None
    phrase = phrase_or_name(tokens, i)
    if phrase is not None and phrase.article == "the" and phrase.noun in ("left", "right"):
        return Chunk("region", i, phrase.end, Region(Place(x=phrase.noun), True))
    return Chunk("np", i, phrase.end, phrase) if phrase else None


def _word_at(tokens: Tokens, i: int) -> bool:
    return i < len(tokens) and tokens[i].word


def _same(tokens: Tokens, i: int, before: Chunk | None) -> Chunk | None:
    """As in "and so does the dog", "the dog does the same"."""
    hit = match(tokens, i, "so|as", "does|do|did|is|are", "the|a|an|his|her|its|both|two|three|another")
    hit = (hit[0] - 1, hit[1]) if hit else match(tokens, i, "does|do|did|doing", "the", "same") or match(tokens, i, "likewise")
    hit = hit or match(tokens, i, "does|do", "so", "too?")
    return Chunk("same", i, hit[0]) if hit else None


def _small(tokens: Tokens, i: int, before: Chunk | None) -> Chunk | None:  # noqa: PLR0911
    low = tokens[i].low
    if low in _WORDS:
        return Chunk(_WORDS[low], i, i + 1, low)
    if low in lex.RELATIVE:
        return Chunk("who", i, i + 1)
    if low in ("then", "next", "finally"):
        return Chunk("seq", i, i + 1, "next")
    goes = before is not None and before.kind in ("verb", "manner", "go")
    if low == "round" and goes and noun_phrase(tokens, i + 1, bare=False) is not None:
        return Chunk("prep", i, i + 1, "around")  # as in "sneaks round a barrel"
    if low in lex.ADJECTIVES:
        j = i
        while j < len(tokens) and (
            (tokens[j].low in lex.ADJECTIVES and not match(tokens, j, "next", "to"))
            or (tokens[j].low == "and" and j > i and j + 1 < len(tokens) and tokens[j + 1].low in lex.COLOURS)
        ):
            j += 1
        return Chunk("adj", i, j, tuple(token.low for token in tokens[i:j] if token.low != "and"))
    if low in lex.PREPOSITIONS:
        return Chunk("prep", i, i + 1, low)
    apart = before is not None and before.kind == "comma" and (i + 1 == len(tokens) or not tokens[i + 1].word)
    said = before is not None and isinstance(before.value, Predicate) and before.value.lemma == "be"
    if (apart or (said and not low.endswith(("ed", "en", "ne")))) and english.mostly(low) == "a":
        return Chunk("adj", i, i + 1, (low,))
    return None
