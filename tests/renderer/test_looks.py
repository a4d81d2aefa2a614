import pytest

from flowzero.dss import DSS, Box, Keyframe, Object, Scene, State
from flowzero.renderer.looks import caption, looks, phrase, place_of
from flowzero.vocabulary import nouns


def dss(text: str, xs: list[float], states: tuple[State, ...] = ()) -> DSS:
    path = tuple(Keyframe(t=k / (len(xs) - 1), box=Box(x=x, y=0.5, w=0.2, h=0.2)) for k, x in enumerate(xs))
    item = Object(id="it", phrase=text, path=path, states=states)
    return DSS(scenes=(Scene(start=0, description=text),), objects=(item,))


def test_what_moves_sideways_faces_where_it_goes() -> None:
    rows = looks(dss("a dog", [0.0, 0.8, 0.0]).frames(9))
    faces = [row["it"].facing for row in rows]
    assert faces[:4] == ["right"] * 4 and faces[4:] == ["left"] * 5


def test_what_stands_still_faces_where_it_went_or_will_go() -> None:
    rows = looks(dss("a dog", [0.0, 0.0, 0.6, 0.6]).frames(13))
    assert {row["it"].facing for row in rows} == {"right"}


def test_words_decide_where_a_still_thing_faces() -> None:
    rows = looks(dss("a cat looking to the right", [0.4, 0.4]).frames(3))
    assert {row["it"].facing for row in rows} == {"right"}


def test_a_colour_changes_with_the_state() -> None:
    rows = looks(dss("a green leaf", [0.4, 0.4], (State(start=0.5, phrase="a red leaf"),)).frames(4))
    assert [row["it"].colour for row in rows] == ["green", "green", "red", "red"]


def test_an_unknown_thing_has_a_look_without_a_noun() -> None:
    assert looks(dss("a zorblax", [0.4, 0.4]).frames(1))[0]["it"].noun is None


def test_the_words_for_the_embedded_model_are_fixed() -> None:
    assert phrase(nouns()["car"], "red", "right") == "red car facing right"
    assert phrase(nouns()["ball"], None, "right") == "ball"
    assert caption(["red ball", "dog"], "meadow") == "meadow with red ball, dog"
    assert caption([], "sea") == "sea"


@pytest.mark.parametrize(
    ("phrases", "setting", "place"),
    [
        (["a boy", "a plane"], "the sky", "meadow"),
        (["a castle"], "the sky at night", "meadow at night"),
        (["a plane"], "the sky", "sky"),
        (["a cow"], "the sky", "sky"),
        (["a boy"], "a plain background", "meadow"),
        (["an eagle"], "a plain background", "sky"),
        (["a boy"], "nowhere in particular", None),
    ],
)
def test_a_plan_has_a_place_that_all_of_its_things_can_be_in(phrases: list[str], setting: str, place: str | None) -> None:
    path = (Keyframe(t=0, box=Box(x=0.4, y=0.5, w=0.2, h=0.2)),)
    things = tuple(Object(id=f"it-{k}", phrase=text, path=path) for k, text in enumerate(phrases))
    plan = DSS(setting=setting, scenes=(Scene(start=0, description="things"),), objects=things)
    found = place_of(plan, plan.frames(1)[0])
    assert (found.name if found else None) == place


def test_things_are_in_the_light_of_the_scene_that_is_drawn_behind_them() -> None:
    scenes = (Scene(start=0, description="a dog on a beach"), Scene(start=0.5, description="a dog on a beach at night"))
    plan = dss("a dog", [0.4, 0.4]).model_copy(update={"setting": "a beach", "scenes": scenes})
    frames = plan.frames(4)
    drawn = [place.name for frame in frames if (place := place_of(plan, frame)) is not None]
    assert drawn == ["beach", "beach", "beach at night", "beach at night"]
    assert [row["it"].light for row in looks(frames)] == ["", "", "night", "night"]
