"""Numbers in a prompt that count nothing: years, clock times, measures, and numbers that are names.

In "a 1967 Mustang", "the 8:15 train", "agent 007" and "a 500 euro note" there is one of each.
"""

from __future__ import annotations

import re

_NAMED = (
    "agent|apollo|area|bay|boeing|bus|chapter|court|dock|episode|exit|flight|formula|gate|highway|interstate|lane|level|line"
    "|mark|model|phase|pier|platform|pump|room|route|season|sector|stage|track|tram|unit|ward|zone"
)
"""What goes by a number, as in "Route 66"."""
_CLOCK = r"(?:[ap]\.?m\b\.?|hrs\b|o['’]?clock\b)"
_YEAR = r"(?:1[1-9]\d\d|20\d\d)"
_OPEN = r"(?<![\w.:,/])"
_NUMBERED = "boat|bus|car|ferry|horse|player|racer|runner|shirt|train|tram"
_UNIT = "foot|feet|inch|metre|meter|mile|ton|tonne|kilo|storey|story|year"
_SPAN = r"(?! ?(?:seconds?|secs?|s|frames?)\b)"
_COUNT_NOTHING = tuple(
    (re.compile(pattern, re.IGNORECASE), instead)
    for pattern, instead in (
        # "at 5 pm", "02:17 hrs", "the 8:15 train"
        (rf"(?:\b(?:at|around|about|by|from|until) )?{_OPEN}\d{{1,2}}(?:[:.]\d\d){{0,2}} ?{_CLOCK}", " "),
        (r"\bthe \d{1,2}[:.]\d\d(?= [a-z])", "the"),
        # "in the year 2050", "Berlin, 1989: ..."
        (rf"\b(?:in|from|since|circa|around) (?:(?:the )?(?:year|summer|winter|spring|autumn|fall) (?:of )?)?{_YEAR}\b", " "),
        (rf"{_OPEN}{_YEAR}(?=\s*(?:[,.;:)–—]|$))", " "),
        # "the number 7 bus", "agent 007", "a 747"
        (rf"\bthe (?:number|nr\.?|no\.?) ?\d+(?= (?:{_NUMBERED})\b)", "the"),
        (rf"{_OPEN}0\d+(?![\w:.])", " "),
        (r"\b(?:boeing )?7[0-8]7(s?)\b", r"jet\1"),
        # "a 2-metre python", "a 20 foot snake", "a 500 euro note", "a red 1967 Mustang"
        (rf"\b(an?|another) \d+(?:[.,]\d+)?(?:-[a-z]+| (?:{_UNIT}))?(?= [a-z]){_SPAN}", r"\1"),
        (rf"\b(an? [a-z]+) {_YEAR}(?= [a-z])", r"\1"),
        # what does count, or tells a time, in other words
        (rf"{_OPEN}(\d{{1,3}}),(\d{{3}})\b", r"\1\2"),
        (rf"(?:\bat )?{_OPEN}0?0:0?(\d\d?)\b(?! ?-)", r"at second \1"),
    )
)
"""What they look like, and what stands for them."""


_NAME = re.compile(rf"\b({_NAMED}) (?:number |nr\.? ?|no\.? ?|#)?\d+\b{_SPAN}", re.IGNORECASE)
_ORDINAL = re.compile(r"\b([1-9])(?:st|nd|rd|th)\b", re.IGNORECASE)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def without_numerals(text: str) -> str:
    """The text without the numbers that count nothing; "1,000" is written as one number, "3rd" as a word."""
    for pattern, instead in _COUNT_NOTHING:
        text = pattern.sub(instead, text)
    named = [name[1].lower() for name in _NAME.finditer(text)]
    text = _NAME.sub(lambda name: name[1] if named.count(name[1].lower()) == 1 else name[0], text)  # not "tram 1", "tram 2"
    return _ORDINAL.sub(lambda hit: _ORDINALS[int(hit[1]) - 1], text)
