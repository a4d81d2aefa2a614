from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flowzero.agent.clause import Clause
from flowzero.agent.meaning import Meaning
from flowzero.agent.promises import Count, Promise
from flowzero.agent.reading import read
from flowzero.dss import MAX_PROMPT
from flowzero.errors import PromptError
from tests.agent.readings import READINGS
from tests.agent.telling import line, told

quick = settings(deadline=None, max_examples=150)


@pytest.mark.parametrize(("prompt", "promises"), READINGS, ids=[prompt for prompt, _ in READINGS])
def test_a_prompt_promises_this(prompt: str, promises: list[str]) -> None:
    lines = [line(promise) for promise in read(prompt).promises if promise.kind not in ("count", "attribute")]
    assert lines == promises


@pytest.mark.parametrize(
    ("prompt", "things"),
    [
        ("a cat", {"a cat": 1}),
        ("two small red balls and a dog", {"a small red ball": 2, "a dog": 1}),
        ("a pair of swans", {"a swan": 2}),
        ("a dozen eggs in a basket", {"an egg": 12, "a basket": 1}),
        ("a couple of cats and three dogs", {"a cat": 2, "a dog": 3}),
        ("seven birds", {"a bird": 7}),
        ("4 cars and 1 bus", {"a car": 4, "a bus": 1}),
        ("Three dogs: one black, one white and one brown", {"a black dog": 1, "a white dog": 1, "a brown dog": 1}),
        ("Red, yellow and blue balloons rise", {"a red balloon": 1, "a yellow balloon": 1, "a blue balloon": 1}),
        ("a red and white ball", {"a red and white ball": 1}),
        ("a woman wearing a red hat and a blue scarf walks", {"a woman wearing a red hat and a blue scarf": 1}),
        ("a bowl of fruit on a table", {"a bowl of fruit": 1, "a table": 1}),
        ("a zamboni passes a wombat", {"a zamboni": 1, "a wombat": 1}),
        ("A boat, small and white, sails on the sea", {"a small white boat": 1}),
        ("the ball is red", {"a red ball": 1}),
        ("R2-D2 rolls to the right", {"a r2-d2": 1}),
        ("an orange cat eats an orange", {"an orange cat": 1, "an orange": 1}),
        ("🐶 runs to the right", {"a dog": 1}),
        ("koi x5, ducks (x 2) in a pond", {"a koi": 5, "a duck": 2}),
        ("My dog Rex and a cat called Mia sleep. Mia wakes up.", {"a dog": 1, "a cat": 1}),
    ],
)
def test_things_are_named_counted_and_bear_their_looks(prompt: str, things: dict[str, int]) -> None:
    assert {thing.phrase: thing.count for thing in read(prompt).things} == things


@pytest.mark.parametrize(
    ("prompt", "counts"),
    [
        ("two dogs and three cats", {"count 2 dog", "count 3 cat"}),
        ("birds fly", {"count >=2 bird"}),
        ("a cone leaves to the left, the other 3 cones stay", {"count 4 cone"}),
        ("a red ball and two blue balls", {"count 3 ball"}),
        ("Two birds fly; one flies left and the other flies right.", {"count 2 bird"}),
        ("a street without a car and no people", {"count 0 person"}),
    ],
)
def test_counts_add_up_over_all_mentions_of_a_noun(prompt: str, counts: set[str]) -> None:
    assert counts <= told(read(prompt))


def test_a_group_whose_members_part_keeps_its_total() -> None:
    reading = read("Three birds sit on a fence. One flies away to the left. The other two stay.")
    (count,) = [promise for promise in reading.promises if isinstance(promise, Count) and promise.noun == "bird"]
    assert count.n == 3
    assert "bird-1: rest > left" in told(reading)


@pytest.mark.parametrize(
    ("prompt", "unread"),
    [
        ("a dog eats a bone", "eats"),
        ("une voiture rouge roule vers la droite", "voiture"),
        ("红色的球从左滚到右", "红色的球从左滚到右"),
        ("asdf qwer zxcv", "asdf"),
    ],
)
def test_what_no_check_measures_is_reported_as_unread(prompt: str, unread: str) -> None:
    assert any(unread in piece for piece in read(prompt).unread)


@pytest.mark.parametrize(
    "prompt", ["a red ball rolls to the right", "two dogs run left", "a leaf turns red", "the camera pans left"]
)
def test_a_prompt_that_is_read_in_full_leaves_nothing_unread(prompt: str) -> None:
    assert read(prompt).unread == ()


@pytest.mark.parametrize(
    ("prompt", "remedy"),
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("x" * (MAX_PROMPT + 1), "shorten"),
        ("a \x00 ball", "remove"),
        ("a \x1b[31m ball", "remove"),
    ],
)
def test_a_prompt_that_is_no_text_is_refused_in_one_sentence(prompt: str, remedy: str) -> None:
    with pytest.raises(PromptError, match=remedy) as caught:
        read(prompt)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("prompt", ["🎈", "!!!", "12345", "...", "ein roter Ball rollt nach rechts", "шар катится вправо"])
def test_a_prompt_that_cannot_be_read_promises_nothing_and_is_unread_or_names_a_thing(prompt: str) -> None:
    reading = read(prompt)
    assert reading.things or reading.unread == (prompt,)


def test_reading_depends_on_the_prompt_alone_and_is_immutable() -> None:
    prompt = "a red ball rolls to the right"
    assert read(prompt) == read(prompt)
    assert hash(read(prompt).things[0]) == hash(read(prompt).things[0])


def test_case_and_spaces_do_not_matter() -> None:
    assert told(read("A DOG   RUNS to\nthe LEFT")) == told(read("a dog runs to the left"))


VOCABULARY = """
a the two red small dog cat ball bird tree left right to from of in on over behind then and while it its they one other
runs flies rolls appears turns stops camera pans zooms first second half video only slowly faster than is are with , . ; 3 's
meadow towards away circle up down between each not no who that capybara zorbles blorping
"""
words = st.sampled_from(VOCABULARY.split())


@quick
@given(st.lists(words, min_size=1, max_size=25).map(" ".join))
@example("its its its")
@example("in 3 dog one")
@example("3 dog between dog one")
@example("of of of")
@example("the other the other one one")
@example("between between a and and")
@example("first then then then first")
def test_no_heap_of_english_words_breaks_the_reader(text: str) -> None:
    reading = read(text)
    ids = {thing.id for thing in reading.things}
    for promise in reading.promises:
        for name in ("thing", "other", "second", "first"):
            named = getattr(promise, name, None)
            assert named is None or named in ids


@quick
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=80))
def test_no_text_at_all_breaks_the_reader(text: str) -> None:
    try:
        read(text)
    except PromptError:
        assert not text.strip() or any(unicodedata.category(character) in ("Cc", "Cs") for character in text)


@pytest.mark.parametrize(
    "prompt", ["A submarine dives under a shark and comes up on the other side", "A dog runs to the far side"]
)
def test_a_side_is_no_thing_and_is_reported(prompt: str) -> None:
    found = read(prompt)
    assert not any("side" in thing.noun for thing in found.things)
    assert any("side" in piece for piece in found.unread)


def test_a_long_text_is_told_again_no_more_often_a_clause_than_a_short_one(monkeypatch: pytest.MonkeyPatch) -> None:
    told_again = 0
    tell = Meaning.take

    def counted(self: Meaning, clauses: list[Clause]) -> list[Promise]:
        nonlocal told_again
        told_again += len(clauses)
        return tell(self, clauses)

    monkeypatch.setattr(Meaning, "take", counted)
    sentence = "A man rides a bike past a tree while a bird flies above it in the first half. "
    work = {}
    for n in (12, 24):
        told_again = 0
        read.__wrapped__((sentence * n).strip())
        work[n] = told_again
    assert work[24] < 2.4 * work[12]
