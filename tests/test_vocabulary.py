import re
from pathlib import Path

import pytest

from flowzero.vocabulary import COLOURS, find, find_colour, find_place, find_setting, is_thing, nouns, places, settings


@pytest.mark.parametrize(
    ("phrase", "noun"),
    [
        ("two small puppies", "dog"),
        ("a fire truck", "fire engine"),
        ("a dog house", "house"),
        ("fallen leaves", "leaf"),
        ("three red cherries", "cherries"),
        ("The MICE", "mouse"),
        ("old men", "man"),
        ("a soccer ball", "soccer ball"),
        ("a ball", "ball"),
        ("a man with a backpack", "man"),
        ("a man in a white hat", "man"),
        ("a slice of pizza", "pizza"),
        ("a corgi in the garden", "dog"),
        ("two glasses of milk", "glass of milk"),
        ("a flying saucer", "ufo"),
    ],
)
def test_a_phrase_names_its_last_and_longest_known_noun(phrase: str, noun: str) -> None:
    found = find(phrase)
    assert found is not None and found.name == noun


def test_a_word_that_is_mostly_a_verb_names_no_thing_by_itself() -> None:
    found = find("a fly")
    assert found is not None and found.name == "fly"
    assert not is_thing("fly") and not is_thing("slides") and is_thing("ladders")


def test_a_building_is_a_room_to_who_is_in_it() -> None:
    inside, past = find_place("a nurse walks in a hospital"), find_place("a nurse walks past a hospital")
    assert inside is not None and inside.name == "room"
    assert past is None


@pytest.mark.parametrize("file", ["README.md", "CHANGELOG.md", "docs/embedded-model.md"])
def test_what_is_written_of_the_vocabulary_counts_it(file: str) -> None:
    text = (Path(__file__).parents[1] / file).read_text(encoding="utf-8")
    said = {int(number) for number in re.findall(r"(?:draws |model: |^)(\d+) nouns", text, re.MULTILINE)}
    assert said == {sum(noun.learned for noun in nouns().values())}


@pytest.mark.parametrize("phrase", ["", "a zorblax", "red", "!!!", "球"])
def test_a_phrase_without_a_known_noun_finds_none(phrase: str) -> None:
    assert find(phrase) is None


def test_settings_are_found_in_running_text() -> None:
    found = find_setting("a boat drifts across a wide blue ocean at noon")
    assert found is not None and found.name == "sea"
    assert find_setting("nowhere in particular") is None


def test_colours_and_their_synonyms_are_found() -> None:
    assert find_colour("a dark-blue car") == "blue"
    assert find_colour("a scarlet kite") == "red"
    assert find_colour("a striped kite") is None


def test_the_colour_of_what_a_thing_has_on_is_its_own_only_where_it_is_most_of_what_is_seen() -> None:
    own = {
        "a terrier in a blue scarf": None,
        "a white terrier in a blue scarf": "white",
        "a monkey wearing a red vest": None,
        "a hen with a yellow bow": None,
        "a barn with a red door": None,
        "a kitten with grey stripes": None,
        "a parrot with green wings": "green",
        "a fox with a brown coat": "brown",
        "a fox in a brown coat": None,
        "a maple with red leaves": "red",
        "a nurse in a white uniform": "white",
        "a sailor with a blue cap": "blue",
        "a queen in purple": "purple",
        "a girl with green eyes": None,
        "a girl with green eyes and a yellow dress": "yellow",
        "a red-haired girl in a green coat": "green",
        "a woman with a pink umbrella": None,
        "a bus in yellow": "yellow",
        "a bench made of brown wood": "brown",
    }
    assert {phrase: find_colour(phrase) for phrase in own} == own


def test_no_name_or_synonym_stands_for_two_nouns() -> None:
    names = [name for noun in nouns().values() for name in (noun.name, *noun.synonyms)]
    assert sorted(names) == sorted(set(names))


def test_the_learned_part_covers_what_the_first_release_promises() -> None:
    assert sum(noun.learned for noun in nouns().values()) >= 40
    assert sum(setting.learned for setting in settings().values()) >= 8
    assert len(COLOURS) >= 6
    assert nouns()["ball"].learned and nouns()["ball"].colourable


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("the mountains at sunset", "mountains at sunset"),
        ("a night in the city", "city at night"),
        ("dusk over a calm lake", "sea at sunset"),
        ("a starry night", "night"),
        ("a night sky", "night"),
        ("outer space at midnight", "space"),
        ("under the sea at dawn", "underwater"),
        ("a quiet harbour", "sea"),
    ],
)
def test_a_place_stands_in_the_light_of_the_time_of_day_that_is_named(text: str, name: str) -> None:
    found = find_place(text)
    assert found is not None and found.name == name and places()[name] == found


def test_a_text_without_a_known_setting_names_no_place() -> None:
    assert find_place("nowhere in particular") is None
