"""What people do to spelling: no capitals, no stops, shouting, slips of the finger. The outline stays as it is."""

from __future__ import annotations

import random
import re

_SHORT = {
    "you": "u", "your": "ur", "are": "r", "please": "pls", "the": "teh", "and": "n", "to": "2", "with": "w/", "its": "it's",
    "then": "than", "moves": "move", "goes": "go", "is": "are", "until": "untill", "their": "there", "from": "form",
}  # fmt: skip
_ODDS = (0.66, 0.14, 0.06, 0.02, 0.06, 0.06)


def roughened(rng: random.Random, prompt: str, kept: frozenset[str]) -> str:
    """The prompt as one of several careless writers would have it; words of `kept` keep their letters."""
    kind = rng.choices(("", "low", "bare", "loud", "slips", "dropped"), _ODDS)[0]
    if kind == "low":
        return prompt.lower()
    if kind == "bare":
        return re.sub(r"[.,;:!?]+(?=\s|$)", "", prompt.lower())
    if kind == "loud":
        return prompt.upper()
    if kind == "slips":
        return " ".join(_slip(rng, word) if word.lower().strip(".,;:!?") not in kept else word for word in prompt.split(" "))
    if kind == "dropped":
        return " ".join(word for word in prompt.split(" ") if word not in ("a", "an", "the") or rng.random() < 0.3)
    return prompt


def _slip(rng: random.Random, word: str) -> str:
    if rng.random() > 0.25 or not word.isalpha():
        return word
    if word in _SHORT:
        return _SHORT[word]
    if len(word) < 5 or word in ("right", "rights", "above", "below"):
        return word
    at = rng.randrange(1, len(word) - 2)
    return rng.choice((
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
    ))  # fmt: skip
