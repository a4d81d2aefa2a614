"""Shorthand in sentences: what is written as data, as in {"camera": "static"}, and left and right by their first letters."""

from __future__ import annotations

import re

_FIELD = re.compile(r"""[\s,{[]*["']?(\b\w+\b)["']?\s*[:=](?=\s*["'\[{\w])""")
_OF_A_THING = {"from": " from", "to": " to", **dict.fromkeys(("count", "number", "quantity"), " x")} | dict.fromkeys(
    ("position", "color", "colour", "size"), ","
)
"""What a field of a thing is in a sentence; any other begins one."""
_LED = r"(?<![\w.])((?:[a-z]+s|pan|to|from|on|at|exit|enter|frame|cam|camera|stage|screen) )"
_SIDES = tuple(
    (re.compile(pattern), words)
    for first, side, then, other in (("L", "left", "R", "right"), ("R", "right", "L", "left"))
    for pattern, words in (
        (rf"\b{first}\s*(?:to|-+>|→|-)\s*{then}\b", f"{side} to {other}"),
        (rf"{_LED}{first}(?![\w.:='])", rf"\1{side}"),
    )
)
_NAMED = re.compile(r"\b[LR]\s*[:=]|\b[B-HJ-KM-QS-Z]\b(?!')")
"""Letters that are names, so that L and R may be names as well."""


_UNIT = r"(?:seconds|second|secs|sec|s)"
_TO = r" ?(?:-|–|to) ?"
_SPAN = re.compile(
    rf"(?:(?<=^)|(?<=[.;!?] ))\(?(?:{_UNIT} ?(\d+){_TO}(\d+)|(\d+) ?{_UNIT}?{_TO}(\d+) ?{_UNIT}\b)\)? ?[:,–-]?",
    re.IGNORECASE,
)
"""Between which seconds what follows happens, as in "Seconds 3-7:" and "0-2s:"."""


def in_sentences(text: str) -> str:
    """The text with fields as sentences and sides in full."""
    told = _as_sentences(text) if text[:1] in "{[" and _FIELD.match(text) else text
    told = _SPAN.sub(lambda span: f"from second {span[1] or span[3]} to second {span[2] or span[4]},", told)
    if _NAMED.search(told):
        return told
    for pattern, words in _SIDES:
        told = pattern.sub(words, told)
    return told


def _as_sentences(text: str) -> str:
    told = re.sub(r"[\]}]\s*,?\s*(?=[\[{])", ". ", text)
    return re.sub(r"[{}\[\]\"]+", " ", _FIELD.sub(_in_words, told)).lstrip(" .")


def _in_words(field: re.Match[str]) -> str:
    return _OF_A_THING.get(field[1].lower(), f". {field[1]}:") + " "
