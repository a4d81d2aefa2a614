"""Words of a text with their places, their base forms, and mild forgiveness for typing errors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from typing import Literal, NamedTuple

from flowzero import vocabulary
from flowzero.agent import english
from flowzero.agent import lexicon as lex

_TOKEN = re.compile(
    r"\d+(?:\.\d+)?(?:%|(?:k|p|d)\b)?|[^\W\d_]\w*(?:['’](?!s\b)[^\W\d_]+)?(?:-\w+)*|['’]s\b|[^\w\s]|_+", re.UNICODE
)


class Token(NamedTuple):
    """One word or mark; `low` is what the grammar reads, `start` and `end` are its place in the text."""

    low: str
    text: str
    start: int
    end: int

    @property
    def word(self) -> bool:
        """Whether this is a word and no number or mark."""
        return self.low[0].isalpha()


def tokenise(text: str) -> tuple[Token, ...]:
    """The words and marks of a text, in order; hyphens split what nobody knows as one word, and slips of the pen are mended."""
    tokens = [token for match in _TOKEN.finditer(text) for token in _split(match.group(), match.start())]
    words = [token.low for token in tokens if token.word]
    english_ = 2 * sum(map(known, words)) >= len(words)
    makes = {k for k in range(len(tokens) - 1) if tokens[k].low == "form" and tokens[k + 1].low in ("a", "an")}
    return tuple(
        token if k in makes else token._replace(low=_mend(token.low, thorough=english_ and token.text.islower()))
        for k, token in enumerate(tokens)
    )


def _split(text: str, at: int) -> list[Token]:
    """One match of the pattern as the words that it is made of."""
    low = text.lower().replace("’", "'")
    parts = text.split("-")
    one = _ONE_WORD.get(low) or (parts[-1].lower() if _is_look(low) else "")
    if not one and len(parts) > 1 and len(low) > 1 and not known(low) and not any(character.isdigit() for character in low):
        starts = [at + len("-".join(parts[:k])) + (k > 0) for k in range(len(parts))]
        return [Token(part.lower(), part, start, start + len(part)) for part, start in zip(parts, starts, strict=True)]
    stem, _, ending = low.partition("'")
    if low in _BARE:
        return [*_halves(text, at, len(text) - 2, _BARE_HELP.get(low, low[:-2]), "not")]
    if low in _RUN_ON:
        first, second = _RUN_ON[low]
        return [*_halves(text, at, len(first), first, second)]
    if low.endswith("n't") and len(low) > 3:
        return [*_halves(text, at, len(text) - 3, _NEGATED.get(low, low[:-3]), "not")]
    if ending in _SHORT:
        return [*_halves(text, at, len(stem), stem, _SHORT[ending])]
    return [Token(one or low, text, at, at + len(text))]


def _is_look(low: str) -> bool:
    """Whether it is one adjective of two words, as in "a dragon-shaped kite", which is no dragon, and "a bottle-green tram"."""
    first, _, last = low.rpartition("-")
    coloured = last in lex.COLOURS and not lex.COLOURS.intersection(first.split("-")) and "and" not in first.split("-")
    return first != "" and (last in _LOOKING or coloured) and not known(low)


def _halves(text: str, at: int, cut: int, first: str, second: str) -> tuple[Token, Token]:
    middle = at + cut
    return Token(first, text[:cut], at, middle), Token(second, text[cut:], middle, at + len(text))


_LOOKING = lex.words(
    "shaped sized covered clad laden coloured colored painted filled lined topped tipped legged eyed haired headed winged "
    "tailed faced footed armed wheeled masted horned necked striped spotted sunken buried built eaten lit dressed crowned "
    "encrusted studded soaked stained streaked carved knitted woven capped domed beaded drowned powered patterned themed "
    "branded tinted framed trimmed beaked breasted bellied feathered maned scented skinned robed dappled looking"
)
"""The second halves of adjectives of two words."""
_ONE_WORD = {"wind-up": "clockwork", "pick-up": "pickup"}
"""Words with a hyphen whose halves would say something else."""
_NEGATED = {"can't": "can", "won't": "will", "shan't": "shall"}
_BARE = frozenset(
    ["doesnt", "dont", "isnt", "arent", "wasnt", "werent", "didnt", "couldnt", "wouldnt", "shouldnt", "hasnt", "cant", "wont"]
)
"""Negations written without their mark."""
_BARE_HELP = {"cant": "can", "wont": "will"}
_RUN_ON = {
    **{f"{word}s": (word, "'s") for word in ("there", "here", "that", "he", "she", "what", "where", "who")},
    **{f"{word}re": (word, "are") for word in ("they", "you")},
    "im": ("i", "am"),
    "ive": ("i", "have"),
}
"""Two words written as one without their mark, which are no word themselves."""
_SHORT = {"ll": "will", "re": "are", "ve": "have", "d": "would"}
"""Auxiliaries that hang on the word before: "it'll land", "they're"."""


def known(word: str) -> bool:
    """Whether the lexicon, the vocabulary or the list of English words has this form of word."""
    return (
        word in _forms()
        or any(base in lex.VERBS or english.as_verb(base) for base in bases(word))
        or _noun(singular(word))
        or bool(english.kinds(word) or english.kinds(singular(word)))
    )


@lru_cache(maxsize=4096)
def _noun(word: str) -> bool:
    return vocabulary.is_thing(word) or vocabulary.find_setting(word) is not None


@lru_cache(maxsize=1)
def _forms() -> frozenset[str]:
    return frozenset().union(
        lex.DETERMINERS, lex.POSSESSIVES, lex.NUMBERS, lex.GROUPS, lex.ADJECTIVES, lex.PRONOUNS, lex.RELATIVE, lex.AUXILIARIES,
        lex.PREPOSITIONS, lex.CONJUNCTIONS, lex.ADVERBS, lex.SEQUENCE, lex.MEDIA, lex.HEADINGS, lex.ACROSS, lex.UPRIGHT,
        lex.PARTS, lex.SETTINGS, lex.COMPARATIVES, lex.STYLE, lex.WEAR, lex.BODY, lex.IRREGULAR, lex.IRREGULAR_PLURALS,
        lex.UNCHANGING, lex.NOT_PLURAL, lex.FUNCTION,
    )  # fmt: skip


_COMMON = 207
"""So many nouns of the vocabulary, the first ones, are common enough that an unknown word is rather one of them, misspelt."""


@lru_cache(maxsize=2)
def _mendable(*, thorough: bool) -> frozenset[str]:
    """Words whose misspelling would cost a promise: directions, colours, numbers, prepositions, verbs of motion and nouns."""
    verbs = {form for verb in lex.VERBS if lex.VERBS[verb].kind != "act" for form in _inflected(verb)}
    words = set(lex.HEADINGS) | set(lex.COLOURS) | set(lex.NUMBERS) | set(lex.PREPOSITIONS) | set(lex.ACROSS) | verbs
    named = {form for name in islice(vocabulary.nouns(), _COMMON) for form in (name, f"{name}s") if name.isalpha()}
    others = {"video", "camera", "appears", "disappears", "then"}
    return frozenset(word for word in words | others | (named if thorough else set()) if len(word) >= 4)


_DOUBLE = re.compile(r"(.)\1")


def _single(word: str) -> str:
    return _DOUBLE.sub(r"\1", word)


@lru_cache(maxsize=1)
def _undoubled() -> Mapping[str, str]:
    """Longer words by their spelling without doubled letters: which letter is double is what people get wrong."""
    return {_single(word): word for word in _mendable(thorough=False) if len(word) > 6}


def inflected(verb: str, ending: str) -> str:
    """A verb that the lexicon has, in the form with that ending: `s`, `ing` or none."""
    if verb == "be":
        return {"s": "is", "ing": "being"}.get(ending, "are")
    base, third, participle = _inflected(verb)
    return {"s": third, "ing": participle}.get(ending, base)


def _inflected(verb: str) -> tuple[str, ...]:
    """Its base, third person and present participle."""
    third = (
        verb[:-1] + "ies"
        if verb.endswith("y") and verb[-2] not in "aeiou"
        else verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "o")) else "s")
    )
    stem = verb[:-1] if verb.endswith("e") and not verb.endswith("ee") else verb + verb[-1] if verb in _DOUBLING else verb
    return verb, third, stem + "ing"


_DOUBLING = frozenset(["stop", "run", "swim", "get", "sit", "put", "set", "spin"])
"""Verbs whose last letter is doubled before an ending."""


_SLIPS = {
    "form": "from",
    "teh": "the",
    "adn": "and",
    "rigth": "right",
    "thier": "their",
    "u": "you",
    "ur": "your",
    "pls": "please",
}
"""What is written in haste for another word, and is one itself, or too short to tell."""


@lru_cache(maxsize=4096)
def _mend(word: str, *, thorough: bool) -> str:
    """The word, or the one that it becomes when two letters change places, or one is left out or doubled by mistake.

    Thorough mending also takes another letter for a wrong one, and is for words of an English text that are no names.
    """
    if word in _SLIPS:
        return _SLIPS[word]
    if len(word) < 3 or not word.isascii() or not word.isalpha() or known(word):
        return word
    if len(word) == 3:
        return next((colour for colour in ("blue", "pink") if colour[:-1] == word), word)
    if len(word) > 6 and (doubled := _undoubled().get(_single(word))):
        return doubled
    swapped = (word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(1, len(word) - 1))
    undoubled = (word[:i] + word[i + 1 :] for i in range(1, len(word)) if word[i] == word[i - 1])
    missing = (word[:i] + letter + word[i:] for i in range(1, len(word) + 1) for letter in "abcdefghilmnoprstuvwy")
    last = len(word) - word.endswith("y")  # what is slinky does not slink
    other = (word[:i] + letter + word[i + 1 :] for i in range(1, last) for letter in "aeioubcdfghklmnprstvw")
    tries = (swapped, undoubled, missing, other) if thorough else (swapped, undoubled, missing) if len(word) > 4 else (swapped,)
    for candidates in tries:
        for candidate in candidates:
            if candidate in _mendable(thorough=thorough):
                return candidate
    return word


@lru_cache(maxsize=8192)
def bases(word: str) -> tuple[str, ...]:
    """What verb a form may belong to, likeliest first: 'rolling' gives rolling, roll, rolle."""
    if word in lex.IRREGULAR:
        return (lex.IRREGULAR[word],)
    if listed := english.irregular(word, "v"):
        return (word, listed)
    found = [word]
    if word.endswith("ies") and len(word) > 4:
        found.append(word[:-3] + "y")
    if word.endswith("ied") and len(word) > 4:
        found.append(word[:-3] + "y")
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            stem = word[: -len(ending)]
            found += [stem, stem + "e"]
            if len(stem) > 3 and stem[-1] == stem[-2]:
                found.append(stem[:-1])
            if ending == "ing" and stem.endswith("y"):
                found.append(stem[:-1] + "ie")
    return tuple(found)


@lru_cache(maxsize=8192)
def verb(word: str) -> tuple[str, lex.Verb] | None:
    """The base form and sense of a verb's form, if the lexicon has it, or if it is hardly ever anything but a verb."""
    for base in bases(word):
        if base in lex.VERBS:
            return base, lex.VERBS[base]
    if word in _forms() or _noun(singular(word)) or english.mostly(word) in ("n", "a", "r"):
        return None
    found = any_verb(word)
    return found if found is not None and english.mostly(found[0]) == "v" else None


@lru_cache(maxsize=8192)
def any_verb(word: str) -> tuple[str, lex.Verb] | None:
    """The base form and sense of any form that can be a verb, though it may be a noun elsewhere."""
    for base in bases(word):
        if base in lex.VERBS:
            return base, lex.VERBS[base]
    for base in bases(word):
        if code := english.as_verb(base):
            return base, _sense_of(code)
    return None


_MEDIA: Mapping[str, Literal["ground", "air", "water"]] = {"g": "ground", "f": "air", "s": "water"}


def _sense_of(code: str) -> lex.Verb:
    """What a verb promises of which only its kind is known."""
    if code[1] == "x":
        return lex.Verb("act")
    medium = next((_MEDIA[way] for way in code[2:] if way in _MEDIA), "")
    return lex.Verb("go", {"u": "up", "d": "down"}.get(code[1], ""), medium=medium, manner="fast" if "h" in code[2:] else "")


@lru_cache(maxsize=8192)
def singular(word: str) -> str:
    """One of what a noun's form names: 'boxes' gives box, 'sheep' gives sheep."""
    if word in lex.IRREGULAR_PLURALS:
        return lex.IRREGULAR_PLURALS[word]
    if listed := english.irregular(word, "n"):
        return listed
    if not plural(word):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes", "zzes", "oes")):
        return word[:-2]
    return word[:-1]


@lru_cache(maxsize=8192)
def plural(word: str) -> bool:
    """Whether a noun's form names several."""
    if word in lex.IRREGULAR_PLURALS:
        return True
    if word in lex.UNCHANGING or word in lex.NOT_PLURAL or len(word) < 3 or word in ("christmas",):
        return False
    if english.irregular(word, "n"):
        return True
    return word.endswith("s") and not word.endswith(("ss", "us", "is"))
