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


def test_who_walks_beside_another_goes_his_way_and_who_is_walked_beside_walks_too() -> None:
    for prompt in ("a mother pushes a pram to the right, a dog trots beside her", "a dog walks next to a mother"):
        dss = draft(read(prompt))
        dog, mother = (_of(dss, name).path for name in ("dog", "mother"))
        ways = [path[-1].box.cx - path[0].box.cx for path in (dog, mother)]
        assert faults(dss) == {}
        assert min(ways) > 0.1


def test_followers_of_one_leader_go_one_behind_another() -> None:
    dss = draft(read("a farmer leads a cow to a barn, a hen follows them"))
    hen, cow, farmer = (_of(dss, name).path[-1].box.cx for name in ("hen", "cow", "farmer"))
    assert faults(dss) == {}
    assert hen < cow - 0.1 < farmer - 0.2


def test_who_comes_to_a_table_comes_to_the_side_of_it_on_which_nobody_sits() -> None:
    dss = draft(read("a waiter carries a tray to a table, a guest sits at the table"))
    waiter, table, guest = (_of(dss, name).path[-1].box for name in ("waiter", "table", "guest"))
    assert (waiter.cx - table.cx) * (guest.cx - table.cx) < 0


def test_what_lies_beside_a_thing_on_a_table_is_on_the_table() -> None:
    dss = draft(read("a vase stands on a table, a book lies next to the vase"))
    vase, table, book = (_of(dss, name).path[0].box for name in ("vase", "table", "book"))
    assert book.y + book.h == pytest.approx(vase.y + vase.h, abs=0.02)
    assert table.x <= book.cx <= table.x + table.w


def test_who_pushes_a_thing_off_a_table_stands_on_the_other_side_of_where_it_falls() -> None:
    dss = draft(read("a walrus in a blue scarf rolls a barrel off a table"))
    barrel, table, walrus = (_of(dss, name).path for name in ("barrel", "table", "walrus"))
    assert faults(dss) == {}
    assert walrus[0].box.x + walrus[0].box.w <= table[0].box.x
    assert barrel[0].box.y + barrel[0].box.h < table[0].box.cy
    assert barrel[-1].box.cx > table[0].box.cx
    assert barrel[-1].box.y + barrel[-1].box.h > 0.8


def test_what_melts_after_something_else_melts_in_its_turn_and_stays_on_the_ground() -> None:
    dss = draft(read("a man walks to the right, then a snowman melts"))
    snowman = _of(dss, "snowman")
    first, middle, last = (snowman.box_at(t) for t in (0.0, 0.5, 1.0))
    assert first.h == pytest.approx(middle.h, abs=0.01)
    assert last.h < 0.6 * first.h
    assert first.y + first.h == pytest.approx(last.y + last.h, abs=0.01)


def test_who_flies_a_kite_stands_on_the_ground_below_it() -> None:
    dss = draft(read("a boy flies a kite in a park, a dog sits next to him"))
    boy, kite = (_of(dss, name).path[0].box for name in ("boy", "kite"))
    assert boy.y + boy.h == pytest.approx(0.86, abs=0.02)
    assert kite.cy < boy.cy


@pytest.mark.parametrize("prompt", ["four parked cars", "five sheep in a meadow", "three elephants"])
def test_a_few_of_a_kind_stand_in_one_line_with_air_between_them(prompt: str) -> None:
    boxes = sorted((item.path[0].box for item in draft(read(prompt)).objects), key=lambda box: box.x)
    assert all(left.x + left.w <= right.x for left, right in pairwise(boxes))
