"""What a clause promises: verbs, directions and places become journeys, relations, appearances and changes."""

from __future__ import annotations

from flowzero.agent.meaning.teller import Meaning

__all__ = ["Meaning"]
