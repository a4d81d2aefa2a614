"""Whose place it is that is told after a comma, after an object, or after what one passes."""

from __future__ import annotations

import pytest

from flowzero.agent.reading import read
from flowzero.agent.repair import draft
from tests.agent.telling import told


@pytest.mark.parametrize(
    ("prompt", "promised", "not_promised"),
    [
        ("a hen sits on a barrel, a jay on a gate", ["hen on barrel", "jay on gate"], ["hen on gate"]),
        ("a rat sleeps on a stool and a puppy on an armchair", ["rat on stool", "puppy on armchair"], ["rat on armchair"]),
        ("a van drives past a chapel, a stork in a nest", ["van passes chapel", "stork inside nest"], ["van: inside nest"]),
        ("a boy follows a nun, a goat on a wagon", ["boy follows nun", "goat on wagon"], ["boy: on wagon"]),
        ("a knight walks past a hut, a well and a mill", ["knight passes hut"], []),
        ("an owl, a mouse in its claws, flies to the left", ["mouse with owl"], ["mouse inside claw"]),
        ("a nun drives past a statue on a scooter", ["nun with scooter"], ["statue on scooter"]),
        ("a rabbit hops past a hen on a crate", ["hen on crate", "rabbit passes hen"], ["rabbit on crate"]),
        ("a wasp flies to a rose in a jar", ["rose inside jar", "wasp: to rose"], ["wasp: inside jar"]),
        ("a fox leaps over a hare on a mat", ["hare on mat", "fox: above hare"], ["fox: above hare > on mat"]),
        ("a nurse carries a cup on a tray", ["tray with nurse", "cup on tray"], ["nurse: on tray"]),
        ("a woman pushes a toddler in a pram", ["pram with woman", "toddler inside pram"], ["woman: inside pram"]),
        ("a girl pushes a doll on a swing", ["doll on swing"], ["girl: on swing"]),
        ("a nurse puts a vase on a shelf", ["vase: away from nurse > on shelf"], ["nurse on shelf"]),
        ("a man takes a pie out of an oven and puts it on a stool", ["pie: away from man > on stool"], []),
        ("a newt swims in a jar on a shelf", ["newt inside jar", "jar on shelf"], ["newt on shelf"]),
        ("a bee lands on a rose in a jar on a stool", ["rose inside jar", "jar on stool", "bee: on rose"], ["bee: on stool"]),
        ("a hen jumps onto a crate in a truck", ["crate inside truck", "hen: on crate"], ["hen: inside truck"]),
        ("a nun sits on a stool in a grey coat", ["nun on stool"], ["stool inside coat", "nun inside coat"]),
    ],
)  # fmt: skip
def test_a_place_is_that_of_what_was_named_just_before_it(prompt: str, promised: list[str], not_promised: list[str]) -> None:
    lines = set(told(read(prompt)))
    assert set(promised) <= lines
    assert not set(not_promised) & lines


@pytest.mark.parametrize(
    ("prompt", "there", "elsewhere"),
    [
        ("a chef fries an egg in a pan", "egg inside pan", "chef inside pan"),
        ("a girl paints a flower on an easel", "flower on easel", "girl on easel"),
        ("a fox stares at a hen in a cage", "hen inside cage", "fox inside cage"),
        ("a nurse washes a puppy in a tub", "puppy inside tub", "nurse inside tub"),
        ("a man reads a letter on a bench", "man on bench", "letter on bench"),
        ("a girl eats a pear in a rowboat", "girl inside rowboat", "pear inside rowboat"),
        ("a squirrel eats an acorn on a branch", "squirrel on branch", "acorn on branch"),
        ("a man paints a wall on a ladder", "man on ladder", "wall on ladder"),
    ],
)
def test_a_place_after_an_object_is_the_objects_unless_one_sits_there_oneself(prompt: str, there: str, elsewhere: str) -> None:
    reading = read(prompt)
    assert there in told(reading)
    assert elsewhere not in told(reading)
    assert reading.unread, "what the subject does is not shown"


def test_who_runs_past_something_on_a_chair_keeps_to_the_ground() -> None:
    boy, cat, chair = draft(read("a boy runs past a cat on a chair")).objects
    assert cat.path[0].box.cy < chair.path[0].box.cy
    assert all(key.box.y + key.box.h > 0.85 for key in boy.path)


def test_parts_of_a_bird_and_clothes_are_told_with_who_has_them() -> None:
    things = {
        thing.phrase
        for thing in read("a bird with green wings follows a boy in blue pyjamas past a tree with red leaves").things
    }
    assert things == {"a bird with green wings", "a boy in blue pyjamas", "a tree with red leaves"}
