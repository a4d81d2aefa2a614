"""Instructions that were written by hand, and how they are told again."""

import random
import re
from itertools import islice

import pytest

from flowzero.agent.changes import Changes
from flowzero.agent.outline import Outline
from training.planner.asked import Asked, asked, asked_anew, revision_of, vary
from training.planner.lexicon import load
from training.planner.revisions import each_can_be_done
from training.planner.written import Written

WORDS = load()


def varied(instruction: str, *changes: object, swap: dict[str, str] | None = None, **outline: object) -> list[Asked]:
    scene = Written("a red dog walks to a house", Outline.model_validate(outline), swap or {})
    one = Asked(scene, instruction, Changes.model_validate({"all": changes}))
    return [vary(one, random.Random(seed), WORDS) for seed in range(60)]


def test_every_instruction_can_be_carried_out_on_its_plan():
    told = [*asked()["train"], *asked()["held"]]
    assert len(told) > 200
    for one in told:
        assert revision_of(one) is not None, one.instruction


@pytest.mark.parametrize("held", [False, True])
def test_the_same_seed_asks_the_same_and_every_change_can_be_made(held: bool):
    first, second = (list(islice(asked_anew(3, held=held), 20)) for _ in range(2))
    assert first == second
    assert all(each_can_be_done(revision, revision.dss) for revision in first)


def test_a_noun_that_is_said_is_replaced_in_plan_instruction_and_changes_alike():
    told = varied(
        "give the dog a second dog",
        {"op": "add", "is": "a dog", "rel": "near", "of": 1},
        swap={"dog": "walker", "house": "big"},
        all=[{"is": "a red dog", "rel": "to", "of": 2}, {"is": "a house"}],
    )
    nouns = [one.changes.all[0].phrase.removeprefix("a ").removeprefix("an ") for one in told]
    assert len(set(nouns)) > 20
    for one, noun in zip(told, nouns, strict=True):
        assert one.scene.outline.things[0].phrase.endswith(noun) and one.scene.outline.things[1].phrase == "a house"
        assert noun in one.scene.prompt


def test_left_and_right_change_places_unless_several_alike_stand_in_a_row():
    change = {"op": "place", "to": [1], "at": "left"}
    told = varied("move the dog to the left", change, all=[{"is": "a dog", "at": "right"}])
    sides = {(one.changes.all[0].at, one.scene.outline.things[0].at) for one in told}
    assert sides == {("left", "right"), ("right", "left")}
    assert all(re.search(rf"\b{one.changes.all[0].at}\b", one.instruction.lower()) for one in told[:5])
    told = varied("move the left dog to the left", change, all=[{"is": "a dog", "n": 3}])
    assert {one.changes.all[0].at for one in told} == {"left"}
