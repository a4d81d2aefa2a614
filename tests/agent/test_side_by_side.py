"""Those who stand side by side have room: the planner gives it, the critic asks for it, the fixer makes it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from flowzero.agent.edits import apply
from flowzero.agent.reading import read
from flowzero.agent.repair import draft, propose
from flowzero.dss import DSS, Object
from tests.agent.planning import faults, plan, thing

_ROWS = [
    ("a cat sits left of a parked car, a bird flies to the right", "cat car"),
    ("a golfer stands left of a tulip in a meadow, a bee circles above", "golfer tulip"),
    ("a car stands right of a cat, a bird flies to the right", "cat car"),
    ("three birds left of a tree, a dog runs to the right", "bird-1 bird-2 bird-3 tree"),
    ("two dogs sit left of three cats", "dog-1 dog-2 cat-1 cat-2 cat-3"),
    ("a cat left of a dog left of a car", "cat dog car"),
    ("a cat sits left of a dog and right of a car", "car cat dog"),
    ("a boy stands between a tree and a house, a dog runs to the left", "tree boy house"),
    ("a boy stands between two trees, a dog runs past", "tree-1 boy tree-2"),
    ("a woman sits on the left, a man sits on the right, between them a dog sleeps", "woman dog man"),
    ("a cat sits left of a tree, a dog sits right of the tree, a bird flies above the tree", "cat tree dog"),
    ("a lamp stands on a table left of a sofa", "table sofa"),
    ("a cat sits left of a dog on a sofa, a lamp stands on the right", "sofa lamp"),
    ("a man stands left of a horse, a woman stands right of a cow, the sun rises", "man horse cow woman"),
    ("a cat sits left of a dog on the right", "cat dog"),
    ("a bus stands left of a house left of a tree, a boy waits, a plane flies by", "bus house tree boy"),
    ("a house stands left of a castle left of a bus left of an elephant", "house castle bus elephant"),
]


def _of(dss: DSS, item_id: str) -> Object:
    return next(item for item in dss.objects if item.id == item_id)


@pytest.mark.parametrize(("prompt", "row"), _ROWS)
def test_those_who_stand_side_by_side_stand_in_a_row_within_the_picture(prompt: str, row: str) -> None:
    dss = draft(read(prompt))
    boxes = [_of(dss, name).path[0].box for name in row.split()]
    assert faults(dss) == {}
    assert boxes[0].x >= 0
    assert boxes[-1].x + boxes[-1].w <= 1.001
    for left, right in pairwise(boxes):
        assert left.x + left.w <= right.x + 0.001


def test_both_sit_on_what_one_who_sits_beside_the_other_is_said_to_sit_on() -> None:
    dss = draft(read("a cup stands right of a plate on a table"))
    cup, plate, table = (_of(dss, name).path[0].box for name in ("cup", "plate", "table"))
    assert plate.x + plate.w <= cup.x
    for box in (cup, plate):
        assert table.x <= box.cx <= table.x + table.w
        assert box.y + box.h < table.y + table.h / 2


def test_what_the_camera_zooms_in_on_is_in_the_middle_of_its_row() -> None:
    dss = draft(read("the camera slowly zooms in on a castle beside a tree"))
    assert _of(dss, "castle").path[0].box.cx == pytest.approx(0.5, abs=0.05)


_PRESSED = [
    ("a cat sits left of a dog", (0.4, 0.5), 0.3),
    ("a cat sits right of a dog", (0.55, 0.5), 0.3),
    ("a cat sits next to a dog", (0.45, 0.5), 0.3),
    ("a cat sits left of a dog", (0.3, 0.7), 0.7),
    ("a cat sits left of a dog", (0.1, 0.2), 0.2),
    ("a cat sits left of a dog", (0.85, 0.9), 0.2),
]


@pytest.mark.parametrize(("prompt", "xs", "w"), _PRESSED)
def test_boxes_that_cover_each_other_keep_no_relation_of_sides_until_the_fixer_parts_them(
    prompt: str, xs: tuple[float, float], w: float
) -> None:
    dss = plan(prompt, thing("cat", "a cat", (xs[0], 0.7), w=w), thing("dog", "a dog", (xs[1], 0.7), w=w))
    found = faults(dss)["relation"]
    assert "share" in found.message
    assert "move them apart, or make both smaller" in found.message
    mended = apply(dss, propose(read(prompt), dss))
    assert "relation" not in faults(mended)
    boxes = sorted((item.path[0].box for item in mended.objects), key=lambda box: box.x)
    assert all(box.x >= -0.001 and box.x + box.w <= 1.001 for box in boxes)
    assert all(box.y + box.h == pytest.approx(0.8) for box in boxes)


def test_who_stands_between_two_and_covers_both_is_freed_of_them() -> None:
    prompt = "a boy stands between a tree and a house"
    objects = [thing("boy", "a boy", (0.5, 0.7)), thing("tree", "a tree", (0.4, 0.7)), thing("house", "a house", (0.6, 0.7))]
    dss = plan(prompt, *objects)
    assert "relation" in faults(dss)
    assert faults(apply(dss, propose(read(prompt), dss))) == {}


@pytest.mark.parametrize(
    ("prompt", "xs"),
    [
        ("a cat sits left of a dog", (0.42, 0.6)),  # they touch
        ("a cat sits next to a dog in front of the dog", (0.5, 0.55)),
        ("a boy sits next to a girl and holds the girl", (0.5, 0.55)),
    ],
)
def test_who_only_touches_or_is_said_to_be_before_the_other_is_beside_it(prompt: str, xs: tuple[float, float]) -> None:
    names = [item.id for item in read(prompt).things]
    dss = plan(
        prompt,
        *(thing(name, f"a {name}", (x, 0.7 - 0.05 * k), depth=-k) for k, (name, x) in enumerate(zip(names, xs, strict=True))),
    )
    assert "share" not in " ".join(found.message for found in faults(dss).values())
