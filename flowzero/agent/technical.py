"""Technical notes and words of style in a prompt: lenses, resolutions, frame rates, formats, ages, decades, moods, manners.

They promise nothing that a plan could keep. Left in, the numbers would count things, as "35 mm" is no crowd and in "a
hundred-year-old oak" there is one oak, and "anime style, moody" would be two of them.
"""

from __future__ import annotations

import re
from pathlib import Path

_SPELT = "one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|forty|fifty|sixty|hundred|thousand"
_NUMBER = rf"(?:\d+(?:[.,]\d+)?|(?:{_SPELT})\b)"
_NOTES = (
    rf"{_NUMBER}[- ]?mm\b(?: (?:analogue|analog|anamorphic|macro|prime|film|lens|camera|stock|photo(?:graph)?|footage))*",
    r"\d+(?:\.\d+)? ?(?:fps|frames per second|frames a second)\b",
    r"(?:true )?(?:2|4|5|6|8|12|16)k\b(?: (?:uhd|resolution|hdr|video|footage|quality))*",
    r"(?:480|720|1080|1440|2160)[pi]\b",
    r"f ?/ ?\d+(?:\.\d+)?\b|\bf\d\.\d\b",
    r"iso ?\d{2,5}\b",
    r"1/\d{1,5}(?:th)?(?: of a second| s(?:ec)?)?(?: shutter(?: speed)?)?\b(?! (?:of|the))",
    r"(?:16:9|9:16|4:3|3:4|1:1|21:9|2\.(?:35|39|40?):1)\b(?! (?:scale|model))",
    r"[23]-?d\b",
    r"(?:(?:in|from) )?(?:the )?(?:(?:early|late|mid)[- ])?(?:1[5-9]|20)\d0'?s\b",
    r"(?:(?:in|from) )?(?:the (?:(?:early|late|mid)[- ])?[1-9]0|'?[5-9]0)'?s\b(?! (?:long|video|clip|loop|shot|film))",
)
_AGE = rf"{_NUMBER}(?:[- ](?:hundred|thousand))?[- ]years?[- ]old\b"
_TECHNICAL = re.compile(
    rf"(?:\b(?:shot|filmed|captured|rendered|recorded) (?:on|with|at|in) (?:an? )?)?(?<![\w.:])(?:{'|'.join(_NOTES)})|\b{_AGE}"
    r"|\bin (?:an? |the )?(?:[\w-]+ ){0,2}style(?: of [^,.;\n]+)?(?=[\s,.;]|$)|\b(?:in )?slow[- ]?mo(?:tion)?\b"
    r"|\bin black and white\b",
    re.IGNORECASE,
)
_STRONG, _WEAK = (
    frozenset(part.split()) for part in Path(__file__).with_name("styles.txt").read_text(encoding="utf-8").split("\n\n")[1:]
)
"""Words of which one alone is a matter of style, and words that are in company."""
_BESIDE = frozenset(
    ["and", "&", "with", "in", "of", "the", "a", "an", "very", "super", "extremely", "slightly", "but", "yet", "on"]
)
"""Words that may stand beside them."""
_SAID = {
    r"golden[- ]hour(?: light(?:ing)?)?": "at sunset",
    r"blue[- ]hour(?: light(?:ing)?)?": "at dusk",
    r"drone (?:shot|footage|view)(?=\s*(?:[,.;:]|$|of\b))": "wide shot",
}
"""What is said otherwise in the rest of the grammar."""
_KIND_OF_SHOT = re.compile(
    r"(?:^|(?<=[.;:!?] ))(?!(?:[\w'-]+[- ])*?(?:static|fixed|locked|handheld|shaky|track|follow|dolly|drone|aerial|crane"
    r"|pan|tilt|zoom|overhead|top-down|moving|rising|descending))(?:[\w']+[- ]){1,5}(shot|close-?up)(?= of\b)",
    re.IGNORECASE,
)
"""As in "extreme wide shot of" and "hero shot of": what kind of picture it is that nobody but the camera has to do with."""
_BETWEEN = re.compile(r"([,.;|/()\[\]\n]+|\s[-\u2013\u2014]+\s)")


def without_notes(text: str) -> str:
    """The text without its technical notes and words of style; nothing may be left."""
    plain = _KIND_OF_SHOT.sub(r"a \1", _TECHNICAL.sub(" ", text))
    return in_plain_words("".join(_kept(_BETWEEN.split(plain))))


def in_plain_words(text: str) -> str:
    """The text with sunset for the golden hour, and the like."""
    for pattern, words in _SAID.items():
        text = re.sub(rf"\b(?:at |in |during )?(?:the |a )?\b{pattern}", words, text, flags=re.IGNORECASE)
    return text


def _kept(parts: list[str]) -> list[str]:
    """What is no style, each with the marks behind it."""
    kept: list[str] = []
    for k in range(0, len(parts), 2):
        if not _is_style(parts[k]):
            kept += parts[k : k + 2]
    return kept


def _is_style(part: str) -> bool:
    words = set(re.findall(r"[\w'&-]+", part.lower())) - _BESIDE
    return words <= _STRONG | _WEAK and (bool(words & _STRONG) or len(words) > 1)
