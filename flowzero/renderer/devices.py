"""What torch can compute on here, for people: the first is what `auto` takes."""

from __future__ import annotations

from typing import NamedTuple

import torch

_GIGABYTE = 2**30


class Device(NamedTuple):
    """One device that torch sees."""

    name: str
    """As the setting `device` names it."""
    words: str
    """As its maker names it."""


def devices() -> list[Device]:
    """All of them, fastest first."""
    found = []
    if torch.cuda.is_available():
        card = torch.cuda.get_device_properties(0)
        found.append(Device("cuda", f"{card.name} with {card.total_memory / _GIGABYTE:.0f} GB"))
    if torch.backends.mps.is_available():
        found.append(Device("mps", "Apple GPU"))
    return [*found, Device("cpu", f"CPU with {torch.get_num_threads()} threads")]
