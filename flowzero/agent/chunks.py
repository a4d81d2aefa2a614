"""A text as a row of chunks: noun phrases, predicates, prepositions, and the fixed phrases of time, place and motion."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, NamedTuple

from flowzero import vocabulary
from flowzero.agent import lexicon as lex
from flowzero.agent import phrases
from flowzero.agent.nouns import noun_phrase
from flowzero.agent.phrases import Region, Tokens, match
from flowzero.agent.promises import Place
from flowzero.agent.tokens import bases, verb


class Predicate(NamedTuple):
    """A verb group; `finite` unless it is a lone participle, which may belong to the noun just before."""

    lemma: str
    sense: lex.Verb
    finite: bool
    passive: bool = False
    negated: bool = False


class Comparison(NamedTuple):
    """As in "larger than", "as fast as": a noun phrase follows unless `alone`."""

    aspect: Literal["size", "speed"]
    sign: Literal[1, 0, -1]
    alone: bool


class Chunk(NamedTuple):
    """One chunk; `start` and `end` are token positions, `value` what was found."""

    kind: Literal[
        "np", "verb", "prep", "region", "side", "go", "trace", "off", "time", "seq", "manner", "compare", "adj",
        "and", "while", "who", "comma", "stop", "there", "word", "skip",
    ]  # fmt: skip
    start: int
    end: int
    value: object = None


BE = lex.Verb("act")
_WORDS: dict[str, Literal["and", "while"]] = {
    "and": "and", "&": "and", "plus": "and", "or": "and", "but": "and", "yet": "and", "while": "while", "as": "while",
    "when": "while",
    "whereas": "while", "whilst": "while", "meanwhile": "while", "where": "while", "once": "while", "because": "while",
    "so": "while",
}  # fmt: skip


def chunk(tokens: Tokens) -> list[Chunk]:
    """The chunks of the tokens, in order and without gaps in meaning; what nothing recognises is a "word"."""
    found: list[Chunk] = []
    i = 0
    while i < len(tokens):
        item = _next(tokens, i, found[-1] if found else None)
        found.append(item)
        i = item.end
    return found


def _next(tokens: Tokens, i: int, before: Chunk | None) -> Chunk:
    low = tokens[i].low
    if not tokens[i].word and not low[0].isdigit() and low != "'s":
        kind: Literal["comma", "stop", "and", "word"] = (
            "stop" if low in ".!?;\n。！？" else "comma" if low in ",:—–-、()" else "and" if low in "&+" else "word"
        )
        return Chunk(kind, i, i + 1)
    if low == "that" and before is not None and before.kind == "np" and i + 1 < len(tokens) and _finite_here(tokens, i + 1):
        return Chunk("who", i, i + 1)
    for find in (_there, _skipped, _time, _sequence, _motion, _comparison, _predicate, _noun, _small):
        item = find(tokens, i, before)
        if item is not None:
            return item
    return Chunk("word", i, i + 1, low)


def _there(tokens: Tokens, i: int, before: Chunk | None) -> Chunk | None:
    hit = match(tokens, i, "there|here", "is|are|was|were|'s|appears|exists|exist|comes")
    hit = hit or match(tokens, i, "we|you|one", "can?", "see|sees")
    hit = hit or match(tokens, i, "i|i'd", "want|need|would|'d", "like?", "to?", "see|have?")
    hit = hit or match(
        tokens,
        i,
        "show|shows|showing|depicting|featuring|imagine|picture|depicts|create|generate|make|draw|render|animate|give|produce|featuring|contains|containing|includes|including|depict|visualize|visualise|film|please",
        "me|us?",
    )
    if hit is None or (before is not None and before.kind == "prep"):
        return None
    if hit[1][0] not in ("there", "here", "we", "i") and before is not None and not _media_before(tokens, before):
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
    ("one", "after", "another|the", "other?"),
    ("one", "by", "one"),
    ("hand", "in", "hand"),
    ("together",),
    ("in", "the", "air"),
    ("in", "a", "row|line|queue|column"),
    ("in", "formation|line|unison"),
    ("for", "a", "while|moment|bit"),
    ("in", "slow", "motion"),
    ("into", "the", "air"),
)


def _skipped(tokens: Tokens, i: int, before: Chunk | None) -> Chunk | None:
    """Words that no check measures and that name nothing to draw."""
    for slots in _SKIPS:
        if (hit := match(tokens, i, *slots)) and not match(tokens, hit[0], "with"):
            return Chunk("skip", i, hit[0])
    if tokens[i].low in lex.STYLE and (noun_phrase(tokens, i) is None or tokens[i].low[0].isdigit()):
        return Chunk("skip", i, i + 1)
    return None


def _media_before(tokens: Tokens, before: Chunk) -> bool:
    return before.kind in ("stop", "there", "who") or (before.kind == "np" and before.value.noun in lex.MEDIA)  # type: ignore[attr-defined]


def _time(tokens: Tokens, i: int, before: Chunk | None) -> Chunk | None:
    hit = phrases.time(tokens, i)
    return Chunk("time", i, *hit) if hit else None


def _sequence(tokens: Tokens, i: int, before: Chunk | None) -> Chunk | None:
    if match(tokens, i, "next", "to"):
        return None
    if before is not None and before.kind == "np" and match(tokens, i, "followed", "by"):
        return None
    hit = phrases.sequence(tokens, i)
    return Chunk("seq", i, *hit) if hit else None


def _motion(tokens: Tokens, i: int, before: Chunk | None) -> Chunk | None:  # noqa: C901, PLR0911
    """Directions, regions, relations and shapes of motion."""
    sides = "left|right|top|bottom"
    if not (before and before.kind == "prep") and match(tokens, i, sides, "to", "the?", sides):
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
        follows = tokens[hit[0]].low if hit[0] < len(tokens) else ""
        if not (
            hit[1] == "wander"
            and (follows in lex.DETERMINERS or follows in lex.POSSESSIVES or follows in ("it", "each", "one"))
        ):
            return Chunk("trace", i, *hit)
    if (
        contrary := match(tokens, i, "in?", "the", "opposite|other|reverse", "direction|way|directions")
        or match(tokens, i, "i'd", "like|love", "to?", "see|have?")
        or match(tokens, i, "in", "opposite|different", "directions")
        or match(tokens, i, "the", "other", "way", "round|around")
    ):
        return Chunk("go", i, contrary[0], "opposite")
    side = phrases.relation(tokens, i)
    if side and noun_phrase(tokens, side[0]) is not None and not (before and before.kind == "prep" and tokens[i].low != "the"):
        return Chunk("side", i, *side)
    if hit := phrases.heading(tokens, i):
        alone = hit[0] == i + 1
        after = noun_phrase(tokens, hit[0], bare=False) if alone else None
        left = tokens[i].low == "left" and before is not None and before.kind == "np" and after is not None
        along = alone and tokens[i].low in ("up", "down") and after is not None
        if not along and not left and not (before and before.kind == "prep" and alone):
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


_LARGER = {
    "larger": 1,
    "bigger": 1,
    "taller": 1,
    "wider": 1,
    "higher": 1,
    "smaller": -1,
    "shorter": -1,
    "tinier": -1,
    "littler": -1,
}
_FASTER = {"faster": 1, "quicker": 1, "slower": -1}


def _comparison(tokens: Tokens, i: int, before: Chunk | None) -> Chunk | None:
    hit = match(tokens, i, "much|far|slightly|a|even|twice|two|three|many|noticeably?", "times|bit|lot|little?", "*")
    if hit is None:
        return None
    word, end = hit[1][2], hit[0]
    for table, aspect in ((_LARGER, "size"), (_FASTER, "speed")):
        if word in table:
            than = match(tokens, end, "in?", "size?", "than")
            return Chunk("compare", i, than[0] if than else end, Comparison(aspect, table[word], than is None))  # type: ignore[arg-type]
    if more := match(tokens, i, "more|less", "quickly|slowly|rapidly|swiftly", "than?"):
        sign = (1 if more[1][1] != "slowly" else -1) * (1 if more[1][0] == "more" else -1)
        return Chunk("compare", i, more[0], Comparison("speed", 1 if sign > 0 else -1, not more[1][2]))
    if same := match(tokens, i, "twice|half|just|exactly?", "as", "big|large|tall|small|fast|quick|quickly|slow|slowly", "as"):
        aspect_: Literal["size", "speed"] = "size" if same[1][2] in ("big", "large", "tall", "small") else "speed"
        twice: Literal[1, 0, -1] = 1 if same[1][0] == "twice" else -1 if same[1][0] == "half" else 0
        return Chunk("compare", i, same[0], Comparison(aspect_, twice, False))
    if same := match(tokens, i, "at|of|with", "the", "same", "speed|pace|size", "as?"):
        return Chunk("compare", i, same[0], Comparison("size" if same[1][3] == "size" else "speed", 0, not same[1][4]))
    return None


_PHRASAL: tuple[tuple[tuple[str, ...], str, lex.Verb], ...] = (
    (("take", "off"), "rise", lex.Verb("go", heading="up", medium="air")),
    (("lift", "off|up"), "rise", lex.Verb("go", heading="up")),
    (("touch", "down"), "land", lex.Verb("go", heading="down")),
    (("slow", "down"), "slow", lex.Verb("go", manner="slow")),
    (("speed", "up"), "accelerate", lex.Verb("go", manner="fast")),
    (("look|gaze|stare|point|glance", "up|down|left|right|around|back"), "look", lex.Verb("act")),
    (("turn", "around|round|over|on|off"), "turn around", lex.Verb("act")),
    (("sit|lie|stand|kneel|lay", "down|up|still"), "sit", lex.Verb("still")),
    (("stay|remain|keep|hold", "still|put|there|motionless"), "stay", lex.Verb("still")),
    (("wake|light|wash|clean|grow|blow|break|give|fill|cheer|end", "up"), "act", lex.Verb("act")),
    (("show|pop|turn", "up"), "appear", lex.Verb("appear")),
    (
        ("come|go|drive|walk|run|fly|move|roll|swim|slide|ride", "into", "the?", "view|frame|picture|shot"),
        "enter",
        lex.Verb("enter"),
    ),
    (("come|walk|run|step|drive", "in"), "enter", lex.Verb("enter")),
    (("run|go|come|walk|fly|drive", "after"), "follow", lex.Verb("follow")),
    (("pick", "up"), "carry", lex.Verb("carry")),
    (("set|start|head", "off|out"), "go", lex.Verb("go")),
)


def _phrasal(tokens: Tokens, j: int) -> tuple[int, str, lex.Verb] | None:
    for slots, lemma, sense in _PHRASAL:
        for base in bases(tokens[j].low):
            if base in slots[0].split("|") and (hit := match(tokens, j + 1, *slots[1:])):
                ends = not match(tokens, hit[0], "and", "down|up|right|left")
                if (
                    ends
                    and not (slots[1] in ("in",) and noun_phrase(tokens, hit[0]) is not None)
                    and not match(tokens, hit[0], "from")
                ) or lemma == "rise":
                    return hit[0], lemma, sense
    return None


def _predicate(tokens: Tokens, i: int, before: Chunk | None) -> Chunk | None:
    """A verb with its auxiliaries."""
    j, passive, negated, helped = i, False, False, False
    while j < len(tokens):
        low = tokens[j].low
        if low in lex.AUXILIARIES and not (low == "'s" and before is not None and before.kind == "np" and _owns(tokens, j)):
            passive, helped = low in ("is", "are", "was", "were", "be", "been", "being", "gets", "get"), True
        elif low in ("not", "n't", "never") or low.endswith("n't"):
            negated = True
        elif helped and (
            low in lex.ADVERBS or (low.endswith("ly") and low not in lex.HASTY and low not in lex.SLOW) or low == "to"
        ):
            if low in ("still",):
                break
        else:
            break
        j += 1
    if (
        helped
        and j > i
        and j < len(tokens)
        and {"start", "begin"} & set(bases(tokens[j - 1].low))
        and tokens[j].low in lex.PREPOSITIONS
        and tokens[j].low != "to"
    ):
        return Chunk("verb", i, j, Predicate("start", lex.Verb("go"), True))
    if j < len(tokens) and (helped or _may_be_verb(tokens, j, before)):
        low = tokens[j].low
        if (phrasal := _phrasal(tokens, j)) is not None:
            return Chunk(
                "verb", i, phrasal[0], Predicate(phrasal[1], phrasal[2], helped or not low.endswith("ing"), False, negated)
            )
        found = _sense(tokens, j)
        adjective = helped and low in lex.ADJECTIVES and low not in lex.VERBS and not low.endswith("ing") and low != "frozen"
        if found is not None and not adjective and not (helped and _noun_after_be(tokens, j)):
            done = (helped and passive and not low.endswith("ing") and low not in lex.VERBS) or (
                low.endswith("ed") and _reduced(tokens, j)
            )
            finite = helped or not low.endswith(("ing", "ed")) or (low.endswith("ed") and not _reduced(tokens, j))
            return Chunk("verb", i, j + 1, Predicate(found[0], found[1], finite, done, negated))
        if not helped and (found is not None or _unknown_verb(low)):
            return Chunk("verb", i, j + 1, Predicate(bases(low)[-1], lex.Verb("act"), not low.endswith("ing"), False, negated))
        if helped and low.endswith("ing") and len(low) > 5 and found is None and vocabulary.find(low) is None:
            return Chunk("verb", i, j + 1, Predicate(low, lex.Verb("act"), True, False, negated))
    return Chunk("verb", i, j, Predicate("be", BE, True, False, negated)) if helped and j > i else None


def _sense(tokens: Tokens, j: int) -> tuple[str, lex.Verb] | None:
    """The verb at j, as what follows it makes it."""
    found = verb(tokens[j].low)
    return ("leave", lex.Verb("act")) if found and found[0] == "leave" and _left_behind(tokens, j + 1) else found


def _left_behind(tokens: Tokens, i: int) -> bool:
    """Whether "leaves" has something new for its object, as in "leaving smoke behind": who leaves it stays in the picture."""
    if match(tokens, i, "a|an|some|no|only|behind"):
        return True
    if (
        i >= len(tokens)
        or not tokens[i].word
        or tokens[i].low in lex.DETERMINERS | lex.POSSESSIVES | lex.PREPOSITIONS | lex.ADVERBS
    ):
        return False
    return any(match(tokens, i + k, "behind") and not match(tokens, i + k + 1, "a|an|the") for k in (1, 2, 3))


def _owns(tokens: Tokens, j: int) -> bool:
    follows = tokens[j + 1].low if j + 1 < len(tokens) else ""
    return (
        follows in lex.ACROSS
        or follows in lex.UPRIGHT
        or (verb(follows) is None and follows not in lex.AUXILIARIES and follows != "not")
    )


def _noun_after_be(tokens: Tokens, j: int) -> bool:
    low = tokens[j].low
    return low in lex.DETERMINERS or low in lex.NUMBERS


def _reduced(tokens: Tokens, j: int) -> bool:
    """Whether a past form is a reduced clause ("a ball kicked by a boy")."""
    return j + 1 < len(tokens) and tokens[j + 1].low == "by"


def _unknown_verb(low: str) -> bool:
    function = lex.PREPOSITIONS | lex.ADVERBS | lex.CONJUNCTIONS | lex.SEQUENCE | lex.STYLE | lex.ADJECTIVES | lex.POSSESSIVES
    return (
        low.endswith(("s", "ing", "ed")) and len(low) > 3 and low not in function and low not in ("this", "across", "towards")
    )


def _may_be_verb(tokens: Tokens, j: int, before: Chunk | None) -> bool:  # noqa: PLR0911
    low = tokens[j].low
    if low in lex.HEADINGS and low != "left":
        return False
    found = verb(low)
    after_np = before is not None and (before.kind == "np" or (before.kind in ("manner",) and j > 0))
    if after_np:
        return found is not None or _unknown_verb(low)
    if found is None:
        return False
    if before is not None and before.kind in ("prep", "side"):
        return low.endswith("ing") and vocabulary.find(low) is None and noun_phrase(tokens, j) is None
    if before is not None and before.kind == "who":
        return True
    starts = before is None or before.kind in ("stop", "there")
    if low.endswith("ing"):
        return not starts or noun_phrase(tokens, j + 1, bare=True) is None
    third = low.endswith("s") and low not in lex.VERBS and found[1].kind != "act"
    if third and before is not None and before.kind in ("and", "comma", "seq", "manner", "adj"):
        follows = tokens[j + 1].low if j + 1 < len(tokens) else "."
        if (
            not follows[0].isalpha()
            or follows in lex.PREPOSITIONS | lex.HEADINGS.keys() | lex.CONJUNCTIONS | lex.DETERMINERS
            or follows.endswith("ly")
        ):
            return True
    noun = noun_phrase(tokens, j)
    return noun is None or (vocabulary.find(low) is None and not starts)


def _noun(tokens: Tokens, i: int, before: Chunk | None) -> Chunk | None:
    if (
        tokens[i].low.endswith("ing")
        and (before is None or before.kind in ("stop", "there", "prep", "and", "comma"))
        and verb(tokens[i].low)
    ):
        inner = noun_phrase(tokens, i + 1)
        if inner is not None and inner.noun and not inner.article:
            return Chunk("np", i, inner.end, replace(inner, start=i, adjectives=(tokens[i].low, *inner.adjectives)))
    said = before is not None and isinstance(before.value, Predicate) and before.value.lemma == "be"
    if (
        said
        and tokens[i].low in lex.COLOURS
        and i + 1 < len(tokens)
        and tokens[i + 1].low.endswith("s")
        and verb(tokens[i + 1].low)
    ):
        return None
    phrase = noun_phrase(tokens, i)
    return Chunk("np", i, phrase.end, phrase) if phrase else None


def _small(tokens: Tokens, i: int, before: Chunk | None) -> Chunk | None:
    low = tokens[i].low
    if low in _WORDS:
        return Chunk(_WORDS[low], i, i + 1, low)
    if low in lex.RELATIVE:
        return Chunk("who", i, i + 1)
    if low in ("then", "next", "finally"):
        return Chunk("seq", i, i + 1, "next")
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
    return None
