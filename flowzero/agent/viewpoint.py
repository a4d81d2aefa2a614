"""Where a prompt looks from: the side, or above, where nothing stands on the ground of the picture."""

from __future__ import annotations

import re
from typing import Literal

_PICTURE = "view|viewpoint|shot|angle|perspective|camera|cam|footage|video|clip|image|picture|photo|photography|drone|map|scene"
_FROM_ABOVE = re.compile(
    rf"\btop[- ]down\b|\bbird'?s'?[- ]eye\b|\b(?:overhead|aerial)(?: \w+)? (?:{_PICTURE})s?\b"
    rf"|\b(?:seen|viewed|filmed|shot|pictured|view|{_PICTURE})s?(?: \w+ly| straight| right| high)?(?: down)? from"
    r"(?: \w+ly| straight| right| high)? (?:above|overhead)\b",
    re.IGNORECASE,
)
"""An eagle that glides overhead is above those whom the picture shows from the side."""


def view_of(text: str) -> Literal["side", "top"]:
    """Where a prompt looks from."""
    return "top" if _FROM_ABOVE.search(text.replace("\u2019", "'")) else "side"
