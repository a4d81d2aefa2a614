"""What kind of word an English word is, where the lexicon does not know it: a list distilled from WordNet.

The lexicon says what a word promises; this list only says whether "putters" can be a verb, whether that verb travels, and
whether "haste" names anything that can be drawn. `training/wordnet.py` makes the list and documents its lines.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files


@cache
def _lists() -> dict[str, str]:
    """The lines of the list by their first letters, each part with a line break before and after every line."""
    text = (files("flowzero.agent") / "english.txt").read_text(encoding="ascii")
    starts = [(letter, text.find(f"\n{letter}")) for letter in "abcdefghijklmnopqrstuvwxyz"]
    ends = [at for _, at in starts[1:]] + [len(text)]
    return {letter: text[at : end + 1] for (letter, at), end in zip(starts, ends, strict=True)}


@lru_cache(maxsize=8192)
def kinds(word: str) -> tuple[str, ...]:
    """The kinds of a word as it stands, the most frequent first, such as `vmg` and `nx`; none if the list lacks it."""
    lines = _lists().get(word[:1], "")
    at = lines.find(f"\n{word} ")
    if at < 0:
        return ()
    first = tuple(lines[at + len(word) + 2 : lines.index("\n", at + 1)].split(","))
    also = lines.find(f"\n{word} ", at + 1)  # a form that is a word of its own as well
    return first if also < 0 else (*first, *lines[also + len(word) + 2 : lines.index("\n", also + 1)].split(","))


def pair(first: str, last: str) -> bool:
    """Whether two words are one noun, though the last could be a verb: a trash can, a fuel pump."""
    return bool(kinds(f"{first}_{last}"))


def irregular(word: str, kind: str) -> str:
    """What an irregular form of a verb (`v`) or noun (`n`) is a form of; empty if it is none."""
    return next((found[2:] for found in kinds(word) if found.startswith(f"{kind}=")), "")


def as_verb(word: str) -> str:
    """What kind of verb a base form is, such as `vmg`; empty if it is none."""
    return next((found for found in kinds(word) if found[0] == "v" and found[1] != "="), "")


def as_noun(word: str) -> str:
    """What kind of noun a singular is, such as `nt`; empty if it is none."""
    return next((found for found in kinds(word) if found[0] == "n" and found[1] != "="), "")


def mostly(word: str) -> str:
    """What a word mostly is: `n`, `v`, `a`, `r`, or empty if the list lacks it."""
    found = kinds(word)
    return found[0][0] if found else ""
