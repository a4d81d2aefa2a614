"""What a camera does and is, by the words for it: pure data for :mod:`~flowzero.agent.camera`."""

from __future__ import annotations

from typing import Literal

from flowzero.agent.lexicon import words

Move = Literal["pan", "zoom", "roll", "static", "follow", "shake"]

_BY_MOVE: dict[Move, str] = {
    "pan": "pan tilt truck pedestal crane move slide scroll drift travel sweep rise descend fly shift swing go pass glide "
    "climb lift boom turn race sink drop fall plunge lower dive swoop soar ascend ease nudge creep inch edge crawl advance "
    "come whip swish crab raise",
    "zoom": "zoom dolly push pull approach withdraw retreat recede",
    "roll": "roll rotate spin tilted orbit circle arc",
    "static": "stay remain hold stand keep be rest",
    "follow": "follow track chase trail pursue accompany escort",
    "shake": "shake wobble tremble judder jitter jolt quiver vibrate rattle",
}
MOVES: dict[str, Move] = {word: move for move, listed in _BY_MOVE.items() for word in listed.split()}
UPRIGHT = {
    **dict.fromkeys(("rise", "climb", "lift", "soar", "ascend", "raise"), "up"),
    **dict.fromkeys(("descend", "sink", "drop", "fall", "plunge", "lower", "dive"), "down"),
}
"""Those that say themselves which way."""
OUTWARD = words("withdraw retreat recede")
"""Those that zoom out."""
STATIC = words("static still fixed stationary locked unmoving motionless steady immobile unwavering stock-still")
SHAKY = words("shaky handheld wobbly wobble trembling bumpy jerky jittery jolting shaking earthquake juddering trembly")
