"""What somebody does before it is said who, and verbs of noise, flow and effort along a way."""

from __future__ import annotations

import pytest

from flowzero.agent.reading import read
from tests.agent.telling import told


@pytest.mark.parametrize(
    ("prompt", "promised"),
    [
        ("Running leftwards, an ostrich.", {"ostrich: left"}),
        ("Drifting from right to left, three clouds. A kite rises.", {"cloud: from at right > at left", "kite: up"}),
        ("Perched on a branch, an owl", {"owl on branch", "owl still"}),
        ("Sitting on a bench, a man and a dog", {"man on bench", "dog on bench"}),
        (
            "circling a lantern, two moths; lying beside the lantern, a matchbox",
            {"moth: circle about lantern", "matchbox near lantern"},
        ),
    ],
)
def test_what_is_told_before_its_subject_is_told_of_it(prompt: str, promised: set[str]) -> None:
    assert promised <= set(told(read(prompt)))


@pytest.mark.parametrize(
    ("prompt", "promised"),
    [
        ("a scooter roars towards the camera", {"scooter: towards"}),
        ("a train thunders past a barn", {"train passes barn"}),
        ("a raindrop trickles down a window", {"raindrop: down"}),
        ("a tank rattles to the right", {"tank: right"}),
        ("a street sweeper brushes its way along the kerb to the right", {"street-sweeper: right"}),
        ("a robot zooms to the left", {"robot: left"}),
    ],
)
def test_who_makes_a_noise_along_a_way_goes_there(prompt: str, promised: set[str]) -> None:
    reading = read(prompt)
    assert promised <= set(told(reading))
    assert reading.camera == ()


@pytest.mark.parametrize(
    "prompt", ["a lion roars", "a lion roars at a mouse", "a kettle hums on a stove", "a maid sweeps the floor"]
)
def test_who_only_makes_a_noise_goes_nowhere(prompt: str) -> None:
    assert not [promise for promise in read(prompt).promises if promise.kind in ("journey", "moves")]
