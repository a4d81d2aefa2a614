from __future__ import annotations

import pytest

from flowzero.agent.reading import read
from flowzero.agent.repair import draft


@pytest.mark.parametrize("seconds", [1.0, 2.0, 10.0])
def test_what_stands_still_goes_with_the_background_of_a_pan(seconds: float) -> None:
    dss = draft(read("A lighthouse stands still while the camera pans left"), seconds=seconds)
    first, *_, last = dss.frames()
    item = dss.objects[0]
    shift = (last.background.dx - first.background.dx) * len(dss.frames()) / (len(dss.frames()) - 1)
    assert item.path[-1].box.cx - item.path[0].box.cx == pytest.approx(shift, abs=0.02)
    assert min(item.box_at(t).inside() for t in (0, 0.5, 1)) == pytest.approx(1)


def test_a_zoom_enlarges_what_is_before_the_camera_and_a_zoom_out_lessens_it() -> None:
    closer = draft(read("The camera slowly zooms in on a cat")).objects[0].path
    farther = draft(read("The camera slowly zooms out from a cat")).objects[0].path
    assert closer[-1].box.area > 1.5 * closer[0].box.area
    assert farther[-1].box.area < farther[0].box.area / 1.5


def test_what_a_prompt_puts_at_a_side_stays_there_under_a_pan() -> None:
    dss = draft(read("A tree stands on the left while the camera pans right"))
    assert len(dss.object("tree").path) == 1


@pytest.mark.parametrize(
    "prompt",
    [
        "a wolf runs to the left while the camera follows it",
        "a wolf runs to the left through the snow, the camera follows the wolf",
        "a boat sails to the left and the camera tracks it",
    ],
)
def test_what_the_camera_follows_is_no_news_and_not_reported(prompt: str) -> None:
    assert read(prompt).unread == ()


def test_what_only_the_camera_names_is_a_thing() -> None:
    assert [thing.noun for thing in read("the camera follows a dog that runs to the left").things] == ["dog"]


@pytest.mark.parametrize(
    ("prompt", "setting"),
    [
        ("an astronaut walks across the moon", "the moon"),
        ("a rover drives across the moon", "the moon"),
        ("a cloud drifts across the moon", None),
        ("a cow jumps over the moon", None),
    ],
)
def test_the_moon_is_a_place_for_who_goes_on_its_ground(prompt: str, setting: str | None) -> None:
    assert read(prompt).setting == setting


@pytest.mark.parametrize(
    "prompt",
    [
        "Pan across a snowy mountain range",
        "the camera pans across a row of bicycles",
        "slow pan over a field of sunflowers",
        "a drone shot flying over a dense forest",
        "panning shot of an old bakery",
        "an aerial view of a river, the camera drifting along it",
        "flyover of a desert canyon",
    ],
)
def test_a_camera_that_is_told_no_direction_pans_and_is_nothing_to_be_seen(prompt: str) -> None:
    reading = read(prompt)
    assert [(camera.move, camera.heading) for camera in reading.camera] == [("pan", None)]
    assert not {"pan", "camera", "drone", "flyover"} & {word for thing in reading.things for word in thing.noun.split()}
    assert draft(reading).background[0].speed > 0.1
    assert reading.unread == ()


@pytest.mark.parametrize("prompt", ["a cook puts eggs in a pan", "a pan over a fire", "two pans hang above a stove"])
def test_pans_of_a_kitchen_are_no_camera(prompt: str) -> None:
    assert read(prompt).camera == ()
    assert any(thing.noun == "pan" for thing in read(prompt).things)


@pytest.mark.parametrize(
    ("prompt", "camera"),
    [
        ("Lower the camera, gently, past a balcony where a cat sits", ("pan", "down", 1)),
        ("Gliding camera, leftward; three barrels stand by a wall", ("pan", "left", 1)),
        ("we drift right past a wall, and a goat stands on a rock", ("pan", "right", 1)),
        ("A bottom-to-top pan. A tall lamp stands on a square.", ("pan", "up", 1)),
        ("A kite hangs over a roof. Camera sinks.", ("pan", "down", 1)),
        ("a slow zoom onto a clock on a desk", ("zoom", None, 1)),
        ("Zoom into a birthday cake with seven candles on it", ("zoom", None, 1)),
        ("golden hour, drone shot backing away. Two girls ride in circles", ("zoom", None, -1)),
        ("Zoom far out! A goat stands on a rock", ("zoom", None, -1)),
        ("the camera withdraws from a piano", ("zoom", None, -1)),
        ("a goat stands on a rock; gentle push", ("zoom", None, 1)),
        ("A goat stands on a rock, camera dead still", ("static", None, 1)),
        ("A goat stands on a rock. No camera moves please.", ("static", None, 1)),
        ("Static shot: a goat walks to the left", ("static", None, 1)),
        ("a goat stands on a rock and everything pitches and shakes", ("shake", None, 1)),
        ("the horizon tips, a goat stands on a rock", ("roll", None, 1)),
        ("a goat trots to the left, tracked by the camera", ("follow", None, 1)),
        ("Steadicam close behind a goat that trots to the left", ("follow", None, 1)),
        ("Stay with the goat, camera! It trots to the left", ("follow", None, 1)),
    ],
)
def test_a_camera_is_heard_by_what_it_does_and_by_what_is_done_with_it(
    prompt: str, camera: tuple[str, str | None, int]
) -> None:
    assert [(it.move, it.heading, it.sign) for it in read(prompt).camera] == [camera]


@pytest.mark.parametrize(
    "prompt",
    [
        "two children push on the door of a barn",
        "Saturn hangs tilted in the top left",
        "a drone flies down along a river",
        "a horse pulls a cart, then stops",
    ],
)
def test_what_only_sounds_like_a_camera_is_none(prompt: str) -> None:
    assert read(prompt).camera == ()


def test_a_camera_zooms_in_on_something_locked() -> None:
    assert [it.move for it in read("push in on a locked safe on a table").camera] == ["zoom"]


@pytest.mark.parametrize(
    "prompt", ["two tractors pull slowly away from a barn", "a Ferris wheel above a pier", "a piggy bank left of a lamp"]
)
def test_nouns_and_pullers_are_neither_cameras_nor_ways(prompt: str) -> None:
    reading = read(prompt)
    assert reading.camera == ()
    assert not any(
        promise.kind == "journey" and getattr(promise, "steps", ())[0].kind == "trace" for promise in reading.promises
    )
