"""The colours that things can be drawn in, and which of those that a phrase names is the thing's own.

A colour before the noun is the thing's ("a red ball"). One after it tells of what it has on or about it: the clothes of a
person and the plumage of a bird make up most of what is seen of them, a dog's collar and a house's roof do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

COLOURS: Mapping[str, tuple[int, int, int]] = MappingProxyType(
    {
        "red": (226, 38, 46),
        "orange": (247, 130, 24),
        "yellow": (252, 206, 38),
        "green": (46, 168, 72),
        "blue": (38, 108, 228),
        "purple": (134, 62, 200),
        "pink": (250, 124, 178),
        "white": (242, 242, 246),
        "black": (40, 40, 46),
        "brown": (138, 86, 50),
        "grey": (146, 150, 158),
    }
)
"""The colours that a colourable noun can take, as sRGB."""

COLOUR_SYNONYMS: Mapping[str, str] = MappingProxyType(
    {
        "crimson": "red",
        "scarlet": "red",
        "maroon": "red",
        "amber": "orange",
        "gold": "yellow",
        "golden": "yellow",
        "lime": "green",
        "emerald": "green",
        "turquoise": "blue",
        "navy": "blue",
        "cyan": "blue",
        "teal": "blue",
        "azure": "blue",
        "violet": "purple",
        "lilac": "purple",
        "magenta": "pink",
        "ivory": "white",
        "ebony": "black",
        "chestnut": "brown",
        "tan": "brown",
        "gray": "grey",
        "silver": "grey",
    }
)

_ADDED = re.compile(r" (with|in|wearing|made|without|on|at|from|under|behind|inside|holding|carrying) ")
"""Where a phrase goes on to what its noun has, wears, or where it is; the first four may tell its colour."""
_LISTED = re.compile(r",| and (?=(?:an?|the|his|her|its|their) )")
_CLOTHES = (
    "apron armor armour blazer blouse cape cap cardigan cassock cloak clothes coat costume dress dungarees frock gown "
    "hat helmet hood hoodie jacket jeans jersey jumper jumpsuit kilt kimono leotard outfit overalls pajamas parka poncho "
    "pullover pyjamas raincoat robe robes sari shirt shorts skirt spacesuit suit sweater sweatshirt swimsuit toga "
    "tracksuit trousers tunic turban tutu tuxedo uniform veil vest waistcoat wetsuit"
)
_BODY = "body coat feathers fleece fur hull leaves petals plumage sails scales shell skin wings wool"
"""Parts that make up most of what is seen of what has them."""
_PART_ONLY = re.compile(r"\b[a-z]+[- ](bearded|beaked|collared|eared|eyed|faced|haired|legged|nosed|roofed|tailed|tipped)\b")
"""As in "a red-haired woman", who is not red."""


def colours_in(phrase: str, *, person: bool) -> Iterator[str]:
    """The known colours that a phrase says its thing has, in the order of the text.

    Args:
        phrase: as plans hold them, such as "a white poodle in a red scarf".
        person: whether it is about somebody, whose clothes then count.
    """
    head, *added = _ADDED.split(_PART_ONLY.sub("", phrase.lower()))
    yield from _named(_words(head))
    for led, text in zip(added[::2], added[1::2], strict=True):
        for words in map(_words, _LISTED.split(text)):
            if led == "made" or (led in ("in", "wearing") and _bare(words)) or _shows(led, words, person=person):
                yield from _named(words)


def _shows(led: str, words: Sequence[str], *, person: bool) -> bool:
    """Whether what is added is most of what is seen."""
    if person:
        return led in ("with", "in", "wearing") and any(word in _CLOTHES.split() for word in words)
    return led == "with" and any(word in _BODY.split() for word in words)


def _bare(words: Sequence[str]) -> bool:
    """As in "a woman in red": the colour is of no other thing."""
    return bool(words) and bool(tuple(_named(words[-1:])))


def _named(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        if word in COLOURS or word in COLOUR_SYNONYMS:
            yield COLOUR_SYNONYMS.get(word, word)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text)
