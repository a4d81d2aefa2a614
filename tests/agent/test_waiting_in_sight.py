"""Who waits is in the picture while he waits."""

from flowzero.agent.reading import read
from flowzero.agent.repair import draft


def test_who_waits_before_going_to_a_thing_is_seen_to_wait() -> None:
    plan = draft(read("a troll waits, then walks to a lighthouse"))
    assert plan.object("troll").box_at(0).inside() >= 0.5
