"""How the embedded model is spoken to: the exact words it was trained with."""

from __future__ import annotations

from collections.abc import Sequence

from flowzero.vocabulary import Facing, Noun


def phrase(noun: Noun, colour: str | None = None, facing: Facing = "") -> str:
    """The grounding phrase of a noun, such as "red car facing right"."""
    words = [colour or "", noun.name, f"facing {facing}" if facing and noun.facing else ""]
    return " ".join(word for word in words if word)


def caption(phrases: Sequence[str], setting: str) -> str:
    """The scene description of phrases without facing, such as "meadow with red ball, dog"."""
    return f"{setting} with {', '.join(phrases)}" if phrases else setting
