"""What a word can be in a noun phrase, by the lexicon, the vocabulary and the list of English words."""

from __future__ import annotations

from flowzero import vocabulary
from flowzero.agent import english
from flowzero.agent import lexicon as lex
from flowzero.agent.phrases import Tokens
from flowzero.agent.tokens import any_verb, bases, plural, singular, verb

CONCRETE = lex.SETTINGS | lex.BODY | lex.WEAR | lex.MEDIA | lex.PARTS | lex.FRAME_NOUNS | lex.GROUPS.keys() | frozenset(["ufo"])
"""Nouns that name what can be seen, whatever the list of English words says."""
_NAMES = frozenset(["family", "city", "party", "body", "army", "navy", "teddy", "jelly", "candy", "fairy", "daisy", "country"])
"""Nouns that end as adjectives do."""
WATCHING = frozenset(["watch", "see", "sees", "make", "let", "have", "show", "watching", "seeing", "letting", "making"])

NOUNS_TOO = frozenset(
    ["orange", "rose", "stone", "gold", "silver", "baby", "male", "female", "adult", "toy", "coral", "lime", "olive", "plain"]
) | frozenset(["light"])
"""Adjectives that are nouns where none follows."""


def adverb(low: str) -> bool:
    """Whether a word ends as adverbs do, and names nothing that one knows."""
    return low.endswith("ly") and not vocabulary.is_thing(low) and low not in ("butterfly", "lily", "family", "fly", "jelly")


def never_noun(low: str) -> bool:
    """Whether a word is English, and no noun."""
    listed = english.kinds(low)
    known = bool(listed) and not any(kind[0] == "n" for kind in listed)
    return known and not english.as_noun(singular(low)) and not vocabulary.is_thing(low) and low not in CONCRETE


_LEADING = frozenset(
    ["on", "in", "with", "under", "over", "at", "towards", "toward", "into", "past", "behind", "near", "beside"]
)
_BARE = frozenset(["below", "above", "behind", "beside", "underneath", "overhead", "inside"])


def names_too(tokens: Tokens, j: int) -> bool:
    """Whether a verb's plain form is a noun here, as it has a verb of its own: "crane lifting a box"."""
    low, then = tokens[j].low, tokens[j + 1].low if j + 1 < len(tokens) else ""
    does = verb(then) is not None and then.endswith(("ing", "s")) and vocabulary.find(then) is None
    if (english.pair(low, singular(then)) or _one_noun(low, singular(then))) and low not in WATCHING:
        return True  # as in "wind farm", "wind turbine"
    if then in _BARE and (j + 2 == len(tokens) or not tokens[j + 2].word) and not low.endswith(("ing", "ed", "s")):
        return bool(english.as_noun(low))  # as in "smoke below"
    if plural(low) and then in lex.VERBS and vocabulary.find(then) is None:
        return bool(english.as_noun(singular(low)))  # as in "drops run down"
    if does and then.endswith("ing") and plural(low) and low not in lex.BODY:
        return low in lex.SETTINGS or vocabulary.find(singular(low)) is not None  # as in "waves crashing", "leaves falling"
    return does and not low.endswith(("ing", "ed")) and bool(english.as_noun(low)) and not plural(low)


def has_its_own(tokens: Tokens, j: int) -> bool:
    """As in "..., steam rises from a pot": a noun with a verb of its own begins a clause, whatever else it may be."""
    low, then = tokens[j].low, tokens[j + 1].low if j + 1 < len(tokens) else ""
    after = tokens[j + 2].low if j + 2 < len(tokens) else "."
    does = verb(then) if then.endswith("s") and vocabulary.find(then) is None else None
    led = after == "to" or after in lex.PREPOSITIONS or after in lex.HEADINGS or after in lex.ADVERBS
    ends = led or not after[0].isalpha() or after.endswith("ly")
    plain = not low.endswith(("s", "ing", "ed")) and bool(english.as_noun(low))
    return plain and does is not None and does[1].kind != "act" and ends


def _one_noun(first: str, last: str) -> bool:
    """Whether two words together are a name of the vocabulary, or end one."""
    known = vocabulary.find(f"{first} {last}")
    return known is not None and any(f" {first} {last}" in f" {name}" for name in (known.name, *known.synonyms))


_HELPING = WATCHING | frozenset(
    ["help", "go", "come", "dare", "need", "hear", "feel", "try", "be", "do", "have", "get", "keep"]
)


def done_to(tokens: Tokens, j: int) -> bool:
    """Whether a verb's plain form is what another verb is done to: "stirs paint in a bucket", but "helps paint a wall"."""
    before, low, after = tokens[j - 1].low, tokens[j].low, tokens[j + 1].low if j + 1 < len(tokens) else "."
    does = verb(before)
    acts = does is not None and does[1].kind in ("act", "carry", "push", "follow") and does[0] not in _HELPING
    if does is None or not acts or before == does[0] or not before.endswith("s") or low in lex.BODY:
        return False
    plain = any_verb(low)
    ends = not after[0].isalpha() or after in lex.PREPOSITIONS or after in ("and", "while", "then")
    drawn = english.as_noun(low) == "nt" or vocabulary.find(low) is not None
    return plain is not None and plain[0] == low and ends and drawn


def names_here(tokens: Tokens, j: int) -> bool:
    """Whether a form of a verb is a noun where it stands: "crane lifting a box", "towards pins"."""
    if j == 0 or not tokens[j - 1].word:
        return names_too(tokens, j)
    if tokens[j - 1].low in ("and", "while", "as") and has_its_own(tokens, j):
        return True
    if done_to(tokens, j):
        return True
    if tokens[j - 1].low in _LEADING and (j + 1 == len(tokens) or not tokens[j + 1].word):
        return bool(english.as_noun(singular(tokens[j].low)))  # as in "dog on skateboard"
    led = tokens[j - 1].low in ("towards", "toward", "into", "past", "behind", "near")
    return led and plural(tokens[j].low) and bool(english.as_noun(singular(tokens[j].low)))


def looks_so(tokens: Tokens, j: int) -> bool:
    """Whether an adjective that no list has opens a phrase without an article, before a known noun: "lucky cat waves"."""
    begins = j == 0 or not tokens[j - 1].word or tokens[j - 1].low in ("and", "a", "the")
    named = j + 1 < len(tokens) and vocabulary.find(tokens[j + 1].low) is not None
    return begins and named and english.mostly(tokens[j].low) == "a" and verb(tokens[j].low) is None


def neither(tokens: Tokens, j: int) -> bool:
    """Whether an adjective and the noun after it name a thing of its own, as in "hot dog", which is no dog."""
    if tokens[j].low not in lex.ADJECTIVES or j + 1 >= len(tokens):
        return False
    head = singular(tokens[j + 1].low)
    known = vocabulary.find(f"{tokens[j].low} {head}")
    return known is not None and f"{tokens[j].low} {head}" in (known.name, *known.synonyms) and known != vocabulary.find(head)


def describes(tokens: Tokens, j: int) -> bool:
    """Whether an unknown word before a known noun is formed as an adjective: "a sleepy koala", "a gigantesque whale"."""
    low = tokens[j].low
    formed = low.endswith(("y", "ous", "ful", "less", "ish", "ive", "esque")) and len(low) > 4
    named = vocabulary.is_thing(low) or low in lex.SETTINGS or low in _NAMES
    return formed and not named and verb(low) is None and vocabulary.is_thing(tokens[j + 1].low)


def closes_noun(tokens: Tokens, j: int) -> bool:
    """Whether the word at j can only be a verb or adverb after a noun."""
    low = tokens[j].low
    if low in lex.AUXILIARIES or (low in lex.HEADINGS and low not in lex.ACROSS):
        return True
    found = verb(low)
    return found is not None and low.endswith("s") and not vocabulary.is_thing(low) and not plural(low)


def watched(tokens: Tokens, start: int) -> bool:
    """Whether the sentence begins as in "watch a kite rise", or somebody sees one rise, so that a plain verb may follow."""
    if start and not WATCHING.isdisjoint(bases(tokens[start - 1].low)):
        return True
    first = max((k + 1 for k in range(start) if tokens[k].low in (".", "!", "?", ";", ":")), default=0)
    return any(tokens[k].low in WATCHING for k in range(first, min(first + 3, start)))


def one_of_two(tokens: Tokens, j: int) -> bool:
    """As in "two cats, one black, one orange": what the other one is like, and no fruit."""
    ones = (k for k in range(j - 2) if tokens[k].low == "one")
    return tokens[j - 1].low == "one" and any(tokens[k + 1].low in lex.ADJECTIVES for k in ones)
