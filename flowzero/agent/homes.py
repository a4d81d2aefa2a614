"""The setting of a prompt that names none, where its things have one: astronauts and rockets are at home in space.

`vocabulary/homes.csv` has the places. One counts only if every thing that the prompt names is at home there, and never
against a setting that it names.
"""

from __future__ import annotations

from flowzero import vocabulary
from flowzero.agent.nature import far_away
from flowzero.agent.promises import Reading, Relation


def at_home(reading: Reading) -> vocabulary.Home | None:
    """Where all things are at home, if the prompt names no setting; what is inside another thing is where that is."""
    inside = any(isinstance(promise, Relation) and promise.relation == "inside" for promise in reading.promises)
    return None if reading.setting is not None or inside else vocabulary.home_of(thing.noun for thing in reading.things)


def belongs(reading: Reading) -> tuple[str, ...]:
    """A note for people, where the things themselves give the setting."""
    home = at_home(reading)
    if home is None:
        return ()
    nouns = list(dict.fromkeys(thing.noun for thing in reading.things if not far_away(thing.noun)))
    listed = " and ".join(filter(None, [", ".join(nouns[:-1]), nouns[-1]])) if nouns else "such things"
    return (f"No setting is named: drawn {home.where}, where {listed} {'is' if len(nouns) == 1 else 'are'} at home.",)
