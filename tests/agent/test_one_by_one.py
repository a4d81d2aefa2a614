"""How many there are, told one by one, as a herd or by another name; and what they look like, told after the noun."""

from __future__ import annotations

import pytest

from flowzero.agent.reading import read
from tests.agent.telling import told


def _cast(prompt: str) -> list[str]:
    """The phrases of all things, with their number where it is not one."""
    return [f"{thing.count} x {thing.phrase}" if thing.count > 1 else thing.phrase for thing in read(prompt).things]


@pytest.mark.parametrize(
    ("prompt", "cast"),
    [
        ("A hat, shabby and brown, lies on a chair.", ["a shabby brown hat", "a chair"]),
        ("A kite, torn, sinks to the ground.", ["a torn kite"]),
        ("a tortoise (tiny) passes a rabbit (huge)", ["a tiny tortoise", "a huge rabbit"]),
        ("a van, blue and white, turns around", ["a blue and white van"]),
        ("a hen lies in a basket, plump and speckled.", ["a hen", "a basket"]),
        ("a grinning clown stands at the left", ["a grinning clown"]),
        ("two yawning lions lie in the grass", ["2 x a yawning lion"]),
        ("a walking stick leans on a chair", ["a walking stick", "a chair"]),
        ("a running horse", ["a horse"]),
    ],
)
def test_looks_beside_the_noun_belong_to_it(prompt: str, cast: list[str]) -> None:
    assert _cast(prompt) == cast


@pytest.mark.parametrize(
    ("prompt", "cast"),
    [
        ("The first lantern goes up, the second goes down.", ["a lantern", "a lantern"]),
        ("One swan swims to the left, the other sleeps.", ["a swan", "a swan"]),
        ("One swan sleeps, the other three swim to the left.", ["a swan", "3 x a swan"]),
        ("One of three swans sleeps, the other two swim to the left.", ["a swan"] * 3),
        ("Two out of four swans sleep.", ["a swan"] * 4),
        ("A newt swims round and round in a round jar.", ["a newt", "a round jar"]),
        ("Four foxes sit in the snow. The fifth fox comes in from the left.", ["4 x a fox", "a fox"]),
        ("Three crabs walk about. A fourth sleeps.", ["a crab"] * 4),
        ("A yellow kite on the left and a purple one on the right.", ["a yellow kite", "a purple kite"]),
        ("The green frog overtakes the brown one.", ["a green frog", "a brown frog"]),
        ("Vans pass a kiosk: a green one heading left, a white one heading right.", ["a green van", "a white van", "a kiosk"]),
        ("Two of the five hens are brown. The white three stay.", ["a brown hen"] * 2 + ["a white hen"] * 3),
        ("Two foxes, one drum. The first fox jumps; the second sleeps.", ["a fox", "a fox", "a drum"]),
        ("a red car and a blue car; the red one stops", ["a red car", "a blue car"]),
        ("Four of the six hens are white. The brown ones sleep.", ["a white hen"] * 4 + ["a brown hen"] * 2),
        ("half of the four kites are green", ["a green kite"] * 2 + ["a kite"] * 2),
        ("Old rivals: a fox and a hound meet.", ["a fox", "a hound"]),
        ("Lamp: a moth circles it", ["a lamp", "a moth"]),
        ("One of our balloons flies to the right.", ["a balloon"]),
        ("a dozen or so geese fly to the left", ["12 x a goose"]),
    ],
)
def test_those_told_one_by_one_are_others_of_their_kind(prompt: str, cast: list[str]) -> None:
    assert _cast(prompt) == cast


@pytest.mark.parametrize(
    ("prompt", "cast"),
    [
        ("a goose flock of seven flies to the left", ["7 x a goose"]),
        ("A camel caravan of nine camels walks to the right.", ["9 x a camel"]),
        ("a string of four donkeys walks to the right", ["4 x a donkey"]),
        ("Penguins, a trio of them, stand on the ice.", ["3 x a penguin"]),
        ("two phone boxes stand at the right", ["2 x a phone box"]),
        ("a snowplough rams forward", ["a snowplough"]),
        ("A boy runs to the right, and his dog, a small terrier, trots after him.", ["a boy", "a small terrier"]),
        ("A cat, a dog, and a hen walk to the left.", ["a cat", "a dog", "a hen"]),
    ],
)
def test_herds_and_second_names_count_as_what_they_are(prompt: str, cast: list[str]) -> None:
    assert _cast(prompt) == cast


@pytest.mark.parametrize("prompt", ["salmon are jumping up and down", "orange carp swim about", "the deer run away"])
def test_a_verb_of_several_tells_of_several(prompt: str) -> None:
    (thing,) = read(prompt).things
    assert thing.count > 1
    assert not thing.exact


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a moth in front of a window", {"moth front window"}),
        ("Two crabs, one from the left, the other from the right.", {"crab-2: from at off right > left"}),
        ("a lizard runs up a door", {"lizard on door", "lizard: up"}),
        ("a monk kneels before a shrine", {"monk front shrine"}),
        ("a bench with a nurse seated on it", {"nurse on bench"}),
        ("Close-up of a fence, owls perched on it", {"owl on fence"}),
        ("There is a stove, to the left of which a cook stands.", {"cook left stove"}),
        ("zoom out from a cake on a table", {"cake on table", "camera zoom out"}),
        ("A heron, a frog in its beak, flies to the left.", {"frog with heron", "heron: left"}),
        ("The nurse, a tall woman, waits by a bed. The nurse sleeps.", {"woman near bed"}),
    ],
)
def test_places_beside_one_another_are_told_so(prompt: str, expected: set[str]) -> None:
    assert expected <= told(read(prompt)), told(read(prompt))
