"""Verb groups: a verb with its auxiliaries, and what is really one verb in two words."""

from __future__ import annotations

from flowzero import vocabulary
from flowzero.agent import lexicon as lex
from flowzero.agent.chunk import BE, Chunk, Predicate
from flowzero.agent.nature import fixed
from flowzero.agent.nouns import noun_phrase
from flowzero.agent.phrases import Tokens, match, time
from flowzero.agent.tokens import any_verb, bases, verb
from flowzero.agent.wordclass import done_to, has_its_own, names_too

_PHRASAL: tuple[tuple[tuple[str, ...], str, lex.Verb], ...] = (
    (("take", "off"), "rise", lex.Verb("go", heading="up", medium="air")),
    (("lift", "off|up"), "rise", lex.Verb("go", heading="up")),
    (("touch", "down"), "land", lex.Verb("go", heading="down")),
    (("slow", "down"), "slow", lex.Verb("go", manner="slower")),
    (("speed", "up"), "accelerate", lex.Verb("go", manner="faster")),
    (("look|gaze|stare|point|glance", "up|down|left|right|around|back"), "look", lex.Verb("act")),
    (("turn", "around|round|over|on|off"), "turn around", lex.Verb("act")),
    (("fall|fell", "asleep"), "sleep", lex.Verb("still")),
    (("sit|lie|stand|kneel|lay", "down|up|still"), "sit", lex.Verb("still")),
    (("stay|remain|keep|hold", "still|put|there|motionless"), "stay", lex.Verb("still")),
    (("end|wind|finish", "up"), "end", lex.Verb("go")),
    (("wake|light|wash|clean|grow|blow|break|give|fill|cheer", "up"), "act", lex.Verb("act")),
    (("show|pop|turn", "up"), "appear", lex.Verb("appear")),
    (
        ("come|go|drive|walk|run|fly|move|roll|swim|slide|ride", "into", "the?", "view|frame|picture|shot"),
        "enter",
        lex.Verb("enter"),
    ),
    (("run|go|come|walk|fly|drive", "after"), "follow", lex.Verb("follow")),
    (("bounce|move|drift|fly|go|break|split|pull|walk|run|drive|roll|swim", "apart"), "part", lex.Verb("part")),
    (("pick", "up"), "grab", lex.Verb("carry")),
    (("set|start|head", "off|out"), "go", lex.Verb("go")),
)


def _dressing(tokens: Tokens, j: int) -> tuple[int, str, lex.Verb] | None:
    """As in "puts on her coat" and "takes off his hat": nobody is on the coat, or rises."""
    hit = match(tokens, j + 1, "on|off")
    clothes = noun_phrase(tokens, hit[0]) if hit else None
    if hit is None or clothes is None or not {tokens[clothes.end - 1].low, *clothes.noun.split()[-1:]} & lex.WEAR:
        return None
    based = set(bases(tokens[j].low))
    if hit[1][0] == "on" and based & {"put", "pull", "slip", "try", "throw"}:
        return hit[0], "wear", lex.VERBS["wear"]
    return (hit[0], "undress", lex.Verb("act")) if based & {"take", "pull", "slip", "throw", "tear"} else None


def _phrasal(tokens: Tokens, j: int) -> tuple[int, str, lex.Verb] | None:
    if (dressing := _dressing(tokens, j)) is not None:
        return dressing
    for slots, lemma, sense in _PHRASAL:
        for base in bases(tokens[j].low):
            if base in slots[0].split("|") and (hit := match(tokens, j + 1, *slots[1:])):
                ends = not match(tokens, hit[0], "and", "down|up|right|left")
                if (ends and not match(tokens, hit[0], "from")) or lemma == "rise":
                    return hit[0], lemma, sense
    return _in_or_out(tokens, j)


_SHOWING = frozenset(["come", "pop", "go", "spread", "burst", "set", "swing", "head"])
"""Verbs of motion that "out" makes no leaving of: the sun comes out, a light goes out."""


def _in_or_out(tokens: Tokens, j: int) -> tuple[int, str, lex.Verb] | None:
    """As in "a crab crawls in" and "the clown runs out": into the picture or out of it, if no word says of what."""
    found = verb(tokens[j].low)
    goes = found is not None and (found[1].kind == "go" or found[1].pattern == "bounce") and not found[1].heading
    hit = match(tokens, j + 1, "in|out") if goes else None
    if found is None or hit is None or match(tokens, hit[0], "from"):
        return None
    if hit[1][0] == "in":
        return None if _within(tokens, hit[0]) else (hit[0], "enter", lex.Verb("enter", medium=found[1].medium))
    leaves = found[0] not in _SHOWING and _ends_clause(tokens, hit[0])
    return (hit[0], "go out", lex.Verb("leave", medium=found[1].medium)) if leaves else None


def _ends_clause(tokens: Tokens, i: int) -> bool:
    """Whether nothing follows that "out" could lead."""
    follows = tokens[i].low if i < len(tokens) else "."
    return not follows[0].isalnum() or (follows in lex.CONJUNCTIONS and follows != "as") or follows in lex.SEQUENCE


def _within(tokens: Tokens, i: int) -> bool:
    """Whether "in" at the end of "walks in" leads what follows, as in "walks in circles", and does not mean that one enters."""
    ways = "the|circles|loops|rings|zigzags|place|step|line|opposite|different"
    return noun_phrase(tokens, i) is not None or match(tokens, i, ways) is not None


def predicate(tokens: Tokens, i: int, before: Chunk | None) -> Chunk | None:
    """A verb with its auxiliaries."""
    j, passive, negated, helped = i, False, False, False
    while j < len(tokens) and not _goes_there(tokens, j):
        low = tokens[j].low
        if low in lex.AUXILIARIES and not (low == "'s" and _named(before) and _owns(tokens, j)):
            passive, helped = low in ("is", "are", "was", "were", "be", "been", "being", "gets", "get"), True
        elif low in ("not", "n't", "never") or low.endswith("n't"):
            negated = True
        elif helped and (
            low in lex.ADVERBS or (low.endswith("ly") and low not in lex.HASTY and low not in lex.SLOW) or low == "to"
        ):
            if low in ("still", "far") or (low in ("halfway", "midway", "partway", "only") and time(tokens, j) is not None):
                break
        else:
            break
        j += 1
    if helped and j > i and {"start", "begin", "continue"} & set(bases(tokens[j - 1].low)) and _stands_alone(tokens, j):
        return Chunk("verb", i, j, Predicate("start", lex.Verb("go"), True))
    if j < len(tokens) and (helped or _may_be_verb(tokens, j, before)):
        low = tokens[j].low
        if (phrasal := _phrasal(tokens, j)) is not None:
            return Chunk(
                "verb", i, phrasal[0], Predicate(phrasal[1], phrasal[2], helped or not low.endswith("ing"), False, negated)
            )
        found = None if match(tokens, j, "left", "of") else _sense(tokens, j, helped=helped)
        adjective = helped and low in lex.ADJECTIVES and low not in lex.VERBS and not low.endswith("ing") and low != "frozen"
        if found is not None and not adjective and not (helped and _noun_after_be(tokens, j)):
            done = (helped and passive and not low.endswith("ing") and low not in lex.VERBS) or (
                (low.endswith("ed") or low in _PARTICIPLES) and _reduced(tokens, j)
            )
            finite = helped or not low.endswith(("ing", "ed")) or (low.endswith("ed") and not _reduced(tokens, j))
            finite = finite and (helped or low not in _PARTICIPLES or not done)
            return Chunk("verb", i, j + 1, Predicate(found[0], found[1], finite, done, negated))
        if not helped and (found is not None or _unknown_verb(low)):
            lemma, sense = any_verb(low) or (bases(low)[-1], lex.Verb("act"))
            return Chunk("verb", i, j + 1, Predicate(lemma, sense, not low.endswith("ing"), False, negated))
        if helped and low.endswith("ing") and len(low) > 5 and found is None and not vocabulary.is_thing(low):
            lemma, sense = any_verb(low) or (low, lex.Verb("act"))
            return Chunk("verb", i, j + 1, Predicate(lemma, sense, True, False, negated))
    return Chunk("verb", i, j, Predicate("be", BE, True, False, negated)) if helped and j > i else None


def _stands_alone(tokens: Tokens, j: int) -> bool:
    """Whether what follows "starts" is where or when, so that no other verb comes after it."""
    if j >= len(tokens):
        return False
    return (tokens[j].low in lex.PREPOSITIONS and tokens[j].low != "to") or time(tokens, j) is not None


def _goes_there(tokens: Tokens, j: int) -> bool:
    """Whether "going" is the verb itself, as in "is going to the house", and no future as in "is going to sleep"."""
    if tokens[j].low in ("continue", "continues", "continued") and match(tokens, j + 1, "to|on|towards", "the|a|our|its"):
        return True
    then = tokens[j + 2].low if match(tokens, j + 1, "to") and j + 2 < len(tokens) else ""
    return tokens[j].low in ("going", "go") and then not in lex.VERBS


def _sense(tokens: Tokens, j: int, *, helped: bool) -> tuple[str, lex.Verb] | None:
    """The verb at j, as what follows it makes it."""
    if tokens[j].low == "gone" and not helped:  # as in "fish gone"
        return "gone", lex.VERBS["vanish"]
    found = verb(tokens[j].low)
    return ("leave", lex.Verb("act")) if found and found[0] == "leave" and _left_behind(tokens, j + 1) else found


def _left_behind(tokens: Tokens, i: int) -> bool:
    """Whether "leaves" has something new for its object, as in "leaving smoke behind": who leaves it stays in the picture."""
    place = noun_phrase(tokens, i) if match(tokens, i, "a|an") else None
    drawn = place is not None and place.noun.split()[-1:] in (["trail"], ["track"], ["wake"])  # as in "leaves a white trail"
    if place is not None and not drawn and (fixed(place.noun) or place.noun in lex.SETTINGS):
        return False  # as in "a fox leaves a barn"
    if match(tokens, i, "a|an|some|no|only|behind"):
        return True
    if (
        i >= len(tokens)
        or not tokens[i].word
        or tokens[i].low in lex.DETERMINERS | lex.POSSESSIVES | lex.PREPOSITIONS | lex.ADVERBS
    ):
        return False
    return any(match(tokens, i + k, "behind") and not match(tokens, i + k + 1, "a|an|the") for k in (1, 2, 3))


def _named(before: Chunk | None) -> bool:
    """Whether a noun stands just before, which may own what follows: "the dog's tail", but "he's past the gate"."""
    return before is not None and before.kind == "np" and not getattr(before.value, "pronoun", "")


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


_PARTICIPLES = frozenset(["ridden", "driven", "thrown", "blown", "held", "led", "brought", "worn", "drawn", "borne"])
_BORNE = frozenset(["carry", "push", "ride", "throw"])
"""What is done to a thing by who takes it along."""
_LED = (
    "off|away|along|up|down|in|out|to|towards|toward|into|across|through|over|past|from|left|right|leftward|leftwards|"
    "rightward|rightwards"
)


def _reduced(tokens: Tokens, j: int) -> bool:
    """Whether a past form is a reduced clause ("a ball kicked by a boy", "a chair carried off to the left by two men")."""
    if j + 1 < len(tokens) and tokens[j + 1].low == "by":
        return True
    found = verb(tokens[j].low)
    led = match(tokens, j + 1, _LED)
    if found is None or found[1].kind not in _BORNE or led is None:
        return False
    for token in tokens[led[0] : j + 9]:
        if token.low == "by":
            return True
        if not token.word or token.low in lex.CONJUNCTIONS:
            break
    return False


def _unknown_verb(low: str) -> bool:
    function = lex.PREPOSITIONS | lex.ADVERBS | lex.CONJUNCTIONS | lex.SEQUENCE | lex.STYLE | lex.ADJECTIVES | lex.POSSESSIVES
    return (
        low.endswith(("s", "ing", "ed")) and len(low) > 3 and low not in function and low not in ("this", "across", "towards")
    )


def _names(tokens: Tokens, j: int, before: Chunk | None, *, starts: bool) -> bool:
    """Whether a verb's form is a noun there, which begins a clause or a phrase."""
    if before is not None and before.kind in ("comma", "and", "while") and has_its_own(tokens, j):
        return True
    if not names_too(tokens, j):
        return False
    listed = before is not None and before.kind == "comma"
    return starts or (listed and (tokens[j + 1].low.endswith("ing") or tokens[j + 1].low in lex.PREPOSITIONS))


def _may_be_verb(tokens: Tokens, j: int, before: Chunk | None) -> bool:  # noqa: PLR0911
    low = tokens[j].low
    if (low in lex.HEADINGS and low != "left") or match(tokens, j, "left", "of"):
        return False
    if before is not None and before.kind == "verb" and done_to(tokens, j):
        return False
    if low in lex.SETTINGS and verb(low) is not None and j + 1 < len(tokens) and verb(tokens[j + 1].low) is not None:
        return False
    found = verb(low)
    after_np = before is not None and (before.kind == "np" or (before.kind in ("manner",) and j > 0))
    if after_np:
        return found is not None or _unknown_verb(low)
    if found is None:
        return False
    if before is not None and before.kind in ("prep", "side"):
        return low.endswith("ing") and not vocabulary.is_thing(low) and noun_phrase(tokens, j) is None
    if before is not None and before.kind == "who":
        return True
    starts = before is None or before.kind in ("stop", "there")
    if _names(tokens, j, before, starts=starts):
        return False
    if low.endswith("ing"):
        return not starts or noun_phrase(tokens, j + 1, bare=True) is None
    third = low.endswith("s") and low not in lex.VERBS and found[1].kind != "act"
    if third and before is not None and before.kind in ("and", "comma", "seq", "manner", "adj", "region"):
        follows = tokens[j + 1].low if j + 1 < len(tokens) else "."
        if (
            not follows[0].isalpha()
            or follows in lex.PREPOSITIONS | lex.HEADINGS.keys() | lex.CONJUNCTIONS | lex.DETERMINERS | lex.POSSESSIVES
            or follows.endswith("ly")
        ):
            return True
    noun = noun_phrase(tokens, j)
    return noun is None or (not vocabulary.is_thing(low) and not starts)
