"""Prompts that were written whole, and how they are told again."""

import random
import re
from itertools import islice

import pytest

from flowzero.agent.outline import Outline, grounded
from training.planner.config import FILE, load_config
from training.planner.lexicon import load
from training.planner.stories import keeps
from training.planner.written import Written, mirrored, retold, reworded, vary, written

WORDS = load()


def varied(prompt: str, swap: dict[str, str], **outline: object) -> list[tuple[str, Outline]]:
    one = Written(prompt, Outline.model_validate(outline), swap)
    stories = [vary(one, random.Random(seed), WORDS) for seed in range(60)]
    return [(story.prompt, story.outline) for story in stories]


def test_every_prompt_that_was_written_says_what_its_outline_says_in_words_that_it_has():
    told = [*written()["train"], *written()["held"], *reworded()]
    assert len(told) > 20_000
    assert len({one.prompt for one in told}) == len(told)
    for one in told:
        assert grounded(one.outline, one.prompt) == one.outline, one.prompt
        for noun, kind in one.swap.items():
            assert kind in WORDS.nouns and any(thing.phrase.split()[-1] == noun for thing in one.outline.things), one.prompt


def test_a_tenth_is_held_out():
    train, held = written()["train"], written()["held"]
    assert 0.05 < len(held) / (len(train) + len(held)) < 0.15
    assert not {one.prompt for one in train} & {one.prompt for one in held}


def test_a_run_that_goes_on_is_told_the_prompts_of_its_files_alone():
    files = load_config(FILE.with_name("continued.toml")).data.files
    assert {one.prompt for one in reworded(files)} < {one.prompt for one in reworded()}
    assert len(reworded(files)) > 3_000
    told = [story.prompt for story in islice(retold(1, files=("brief",)), 50)]
    assert max(len(prompt.split()) for prompt in told) < 25 < max(len(one.prompt.split()) for one in reworded(files))


def test_what_others_reworded_is_trained_on_and_says_nothing_of_what_is_held_out():
    train, held = ({one.outline.to_wire() for one in written()[part]} for part in ("train", "held"))
    told = {one.outline.to_wire() for one in reworded()}
    assert told & train
    assert not told & (held - train)


@pytest.mark.parametrize("held", [False, True])
def test_the_same_seed_tells_the_same_and_every_one_that_is_held_out_can_be_kept(held: bool):
    first, second = (list(islice(retold(3, held=held), 20)) for _ in range(2))
    assert first == second
    assert not held or all(keeps(story) for story in first)


def test_nouns_are_replaced_in_every_number_and_with_their_article():
    one = {"is": "a dog", "n": 2, "do": ["go"]}
    told = varied("two dogs run, a dog is a dog", {"dog": "walker"}, all=[one])
    others = [(prompt, outline.things[0].phrase) for prompt, outline in told if outline.things[0].phrase != "a dog"]
    assert len(others) > 20
    plain = [(prompt, phrase) for prompt, phrase in others if prompt.startswith("two ") and prompt.count(phrase) == 2]
    assert len(plain) > 10
    assert all(not re.search(r"\bdogs?\b", prompt) and f"{phrase} is {phrase}" in prompt for prompt, phrase in plain)


def test_left_and_right_change_places_in_words_and_outline_alike():
    outline = Outline.model_validate(
        {
            "cam": "left",
            "all": [{"is": "a dog", "do": ["in left", "right"], "rel": "left of", "of": 2}, {"is": "a cat", "at": "top right"}],
        }
    )
    prompt, other = mirrored("LEFTWARDS pan, a dog enters left, left of a cat at the top right, the leftmost", outline)
    assert prompt == "RIGHTWARDS pan, a dog enters right, right of a cat at the top left, the rightmost"
    dog, cat = other.things
    assert (other.cam, dog.do, dog.rel, cat.at) == ("right", ("in right", "left"), "right of", "top left")
    assert mirrored(*mirrored("from the left", outline)) == ("from the left", outline)


def test_right_that_is_no_side_stays():
    for prompt, outline in varied(
        "a dog right behind a cat walks to the left",
        {},
        all=[{"is": "a dog", "do": ["left"], "rel": "behind", "of": 2}, {"is": "a cat"}],
    ):
        assert outline.things[0].do == ("left",), prompt


def test_the_place_is_another_one_where_the_prompt_says_so_in_as_many_words():
    places = {
        (prompt, outline.where)
        for prompt, outline in varied("a dog runs in a park", {}, **{"in": "a park", "all": [{"is": "a dog", "do": ["go"]}]})
    }
    assert len({where for _, where in places}) > 3
    assert all(where.split()[-1].lower() in prompt.lower() for prompt, where in places)
