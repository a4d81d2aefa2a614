from types import SimpleNamespace

import pytest
import torch
from transformers import AutoTokenizer

from flowzero.dss import DSS, Box, Keyframe, Object, Scene
from flowzero.renderer.backbones import EMBEDDED
from flowzero.renderer.embedded import PhraseEncoder
from flowzero.renderer.substitution import resolve
from flowzero.vocabulary import nouns


@pytest.fixture(scope="module")
def language() -> SimpleNamespace:
    encoder = PhraseEncoder.from_pretrained(f"{EMBEDDED.source}/text_encoder", dtype=torch.float32).eval()
    return SimpleNamespace(text_encoder=encoder, tokenizer=AutoTokenizer.from_pretrained(f"{EMBEDDED.source}/tokenizer"))


def dss(phrase: str, setting: str = "a meadow", description: str | None = None) -> DSS:
    item = Object(id="it", phrase=phrase, path=(Keyframe(t=0, box=Box(x=0.4, y=0.4, w=0.2, h=0.2)),))
    return DSS(setting=setting, scenes=(Scene(start=0, description=description or phrase),), objects=(item,))


def test_known_words_are_put_into_the_models_own_without_a_note(language: SimpleNamespace) -> None:
    plan = dss("a scarlet car", "across a wide green field")
    frames, notes = resolve(plan, plan.frames(2), language)
    assert notes == ()
    assert frames[0].objects[0].phrase == "red car facing left"
    assert frames[0].description == "meadow with red car"
    assert frames[0].objects[0].box == plan.frames(2)[0].objects[0].box


def test_a_synonym_is_drawn_as_the_noun_it_stands_for_and_a_note_says_so(language: SimpleNamespace) -> None:
    plan = dss("a puppy")
    frames, notes = resolve(plan, plan.frames(1), language)
    assert frames[0].objects[0].phrase.startswith("dog")
    assert notes == ("'a puppy' is drawn as 'dog'",)


@pytest.mark.parametrize(("phrase", "expected"), [("a xylophone", "trumpet"), ("a tangelo", "orange"), ("a stereo", "radio")])
def test_an_unknown_noun_becomes_the_nearest_known_one_and_a_note_says_so(
    language: SimpleNamespace, phrase: str, expected: str
) -> None:
    plan = dss(phrase)
    frames, notes = resolve(plan, plan.frames(3), language)
    assert all(expected in frame.objects[0].phrase for frame in frames)
    assert len(notes) == 1 and phrase in notes[0] and expected in notes[0]


@pytest.mark.parametrize("phrase", ["a zorblax", "öäü 球", "…", "x" * 120])
def test_any_text_becomes_something_that_the_model_knows(language: SimpleNamespace, phrase: str) -> None:
    plan = dss(phrase)
    frames, notes = resolve(plan, plan.frames(1), language)
    assert any(noun.name in frames[0].objects[0].phrase for noun in nouns().values() if noun.learned)
    assert notes


def test_an_unknown_setting_is_named_in_a_note(language: SimpleNamespace) -> None:
    plan = dss("a dog", "an old library", "a dog")
    frames, notes = resolve(plan, plan.frames(1), language)
    assert frames[0].description == "room with dog"
    assert any("an old library" in note and "room" in note for note in notes)


def test_a_colour_that_a_noun_cannot_take_is_dropped_with_a_note(language: SimpleNamespace) -> None:
    plan = dss("a blue parachute")
    frames, notes = resolve(plan, plan.frames(1), language)
    assert frames[0].objects[0].phrase == "parachute"
    assert any("blue parachute" in note for note in notes)


def test_scenes_that_change_the_setting_are_drawn_one_after_the_other(language: SimpleNamespace) -> None:
    scenes = (Scene(start=0, description="a dog on a beach"), Scene(start=0.5, description="a dog in the snow"))
    plan = dss("a dog", "a beach").model_copy(update={"scenes": scenes})
    frames, _ = resolve(plan, plan.frames(4), language)
    assert [frame.description.split()[0] for frame in frames] == ["beach", "beach", "snow", "snow"]


@pytest.mark.parametrize(
    ("phrase", "place", "said"),
    [
        ("a spaceship", "space", "in space"),
        ("a diver", "underwater", "under water"),
        ("a cat", "meadow", "with a meadow behind"),
    ],
)
def test_a_plan_without_a_setting_is_drawn_where_its_things_are_at_home(
    language: SimpleNamespace, phrase: str, place: str, said: str
) -> None:
    plan = dss(phrase, DSS.model_fields["setting"].default)
    frames, notes = resolve(plan, plan.frames(2), language)
    assert frames[0].setting == place
    assert any(note.startswith(f"no setting is named: drawn {said}") for note in notes)


@pytest.mark.parametrize(("other", "place"), [("a parrot", "sky"), ("a mouse", "meadow")])
def test_what_flies_is_drawn_in_the_sky_unless_another_needs_a_ground(
    language: SimpleNamespace, other: str, place: str
) -> None:
    plan = dss("an owl", DSS.model_fields["setting"].default)
    second = plan.objects[0].model_copy(update={"id": "other", "phrase": other})
    plan = plan.model_copy(update={"objects": (*plan.objects, second)})
    frames, _ = resolve(plan, plan.frames(1), language)
    assert frames[0].setting == place
