from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from flowzero.dss import (
    DSS,
    MAX_FRAMES,
    MAX_OBJECTS,
    VECTORS,
    BackgroundMotion,
    Box,
    Keyframe,
    Object,
    Scene,
    Span,
    State,
    heading,
    json_schema,
    parse_dss,
)
from flowzero.errors import PlanError

quick = settings(deadline=None, max_examples=40)
unit = st.floats(0, 1, allow_nan=False).map(lambda value: round(value, 4))
words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)


def increasing(least: int, most: int) -> st.SearchStrategy[list[float]]:
    return st.lists(unit, min_size=least, max_size=most, unique=True).map(sorted)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    w, h = draw(st.floats(0.05, 1.5)), draw(st.floats(0.05, 1.5))
    return Box(x=draw(st.floats(-w * 0.8, 0.95)), y=draw(st.floats(-h * 0.8, 0.95)), w=w, h=h)


@st.composite
def spans(draw: st.DrawFn) -> tuple[Span, ...]:
    ends = draw(increasing(2, 6))
    if len(ends) % 2:
        ends = ends[:-1]
    return tuple(Span(start=a, end=b) for a, b in zip(ends[::2], ends[1::2], strict=True))


@st.composite
def objects(draw: st.DrawFn, id: str) -> Object:
    return Object(
        id=id,
        phrase=draw(words),
        depth=draw(st.integers(-100, 100)),
        path=tuple(Keyframe(t=t, box=draw(boxes())) for t in draw(increasing(1, 6))),
        motion=draw(st.sampled_from(["linear", "smooth", "step"])),
        visible=draw(st.one_of(st.just((Span(start=0, end=1),)), spans())),
        states=tuple(State(start=t, phrase=draw(words)) for t in draw(increasing(0, 3))),
    )


@st.composite
def plans(draw: st.DrawFn) -> DSS:
    starts = sorted({0.0, *draw(st.lists(unit, max_size=3))})
    segments = sorted({0.0, *draw(st.lists(unit, max_size=3))})
    return DSS(
        prompt=draw(st.one_of(st.just(""), words)),
        seconds=draw(st.floats(0.5, 8)),
        fps=draw(st.floats(2, 24)),
        setting=draw(words),
        scenes=tuple(Scene(start=t, description=draw(words)) for t in starts),
        objects=tuple(draw(objects(f"o{k}")) for k in range(draw(st.integers(0, 4)))),
        background=tuple(
            BackgroundMotion(
                start=t,
                direction=draw(st.sampled_from(["none", "random", *VECTORS])),
                speed=draw(unit),
                zoom=draw(st.floats(-1, 1)),
                roll=draw(st.floats(-1, 1)),
            )
            for t in segments
        ),
    )


def ball(**changes: Any) -> dict[str, Any]:
    return {"id": "ball", "phrase": "a ball", "path": [{"t": 0, "box": {"x": 0.1, "y": 0.5, "w": 0.2, "h": 0.2}}], **changes}


def plan(**changes: Any) -> dict[str, Any]:
    return {"scenes": [{"start": 0, "description": "a ball"}], "objects": [ball()], **changes}


def moving(motion: str, *xs: float) -> Object:
    path = tuple(Keyframe(t=k / (len(xs) - 1), box=Box(x=x, y=0.4, w=0.2, h=0.2)) for k, x in enumerate(xs))
    return Object.model_validate({"id": "ball", "phrase": "a ball", "path": path, "motion": motion})


# -- compiling -----------------------------------------------------------------------------------------------------------------


@quick
@given(plans(), st.integers(1, 64))
def test_any_plan_compiles_to_any_number_of_frames_with_finite_boxes_and_stable_ids(dss: DSS, n: int) -> None:
    order = [item.id for item in dss.objects]
    frames = dss.frames(n)
    assert [frame.index for frame in frames] == list(range(n))
    for frame in frames:
        ids = [item.id for item in frame.objects]
        assert ids == [name for name in order if name in ids]
        for item in frame.objects:
            assert all(math.isfinite(value) for value in (item.box.x, item.box.y, item.box.w, item.box.h))
            assert item.box.w > 0 and item.box.h > 0
        assert all(
            math.isfinite(v) for v in (frame.background.dx, frame.background.dy, frame.background.scale, frame.background.angle)
        )


@quick
@given(plans())
def test_json_round_trips_to_an_equal_plan(dss: DSS) -> None:
    assert parse_dss(dss.to_json()) == dss
    assert parse_dss(json.loads(dss.to_json())) == dss
    assert parse_dss(dss.to_json()).frames() == dss.frames()


@quick
@given(plans())
def test_a_plan_compiles_to_its_own_frame_count_when_no_number_is_given(dss: DSS) -> None:
    assert len(dss.frames()) == dss.frame_count == round(dss.seconds * dss.fps)


@quick
@given(objects("o"), unit)
def test_an_interpolated_box_never_leaves_the_range_of_its_keyframes(item: Object, t: float) -> None:
    values = item.values_at(t)
    for value, name in zip(values, ("x", "y", "w", "h"), strict=True):
        known = [getattr(key.box, name) for key in item.path]
        assert min(known) - 1e-9 <= value <= max(known) + 1e-9


@quick
@given(objects("o"))
def test_every_keyframe_is_hit_exactly_whatever_the_motion(item: Object) -> None:
    for key in item.path:
        assert item.values_at(key.t) == pytest.approx((key.box.x, key.box.y, key.box.w, key.box.h))


@quick
@given(objects("o"), unit)
def test_box_at_is_values_at_as_a_box(item: Object, t: float) -> None:
    box = item.box_at(t)
    assert (box.x, box.y, box.w, box.h) == item.values_at(t)


def test_first_and_last_keyframes_are_the_first_and_last_frames() -> None:
    dss = DSS(scenes=(Scene(start=0, description="x"),), objects=(moving("linear", 0.0, 0.8),))
    for n in (2, 3, 16, 81, MAX_FRAMES):
        frames = dss.frames(n)
        assert frames[0].objects[0].box.x == 0.0
        assert frames[-1].objects[0].box.x == pytest.approx(0.8)
    assert dss.frames(1)[0].objects[0].box.x == 0.0


def test_step_motion_holds_until_the_next_keyframe() -> None:
    item = moving("step", 0.0, 0.4, 0.8)
    assert item.box_at(0.49).x == 0.0
    assert item.box_at(0.5).x == 0.4
    assert item.box_at(1.0).x == 0.8


def test_smooth_motion_starts_and_ends_slowly_and_passes_the_middle_at_the_middle() -> None:
    item = moving("smooth", 0.0, 0.8)
    assert item.box_at(0.5).x == pytest.approx(0.4)
    assert item.box_at(0.1).x < 0.08
    assert item.box_at(0.9).x > 0.72


def test_the_last_frame_belongs_to_the_last_visible_span_that_reaches_the_end() -> None:
    item = Object.model_validate(ball(visible=[{"start": 0.5, "end": 1}]))
    assert not item.visible_at(0.49)
    assert item.visible_at(0.5)
    assert item.visible_at(1.0)


def test_an_object_is_in_just_the_frames_whose_middles_lie_in_its_spans() -> None:
    dss = parse_dss(plan(objects=[ball(visible=[{"start": 0, "end": 0.5}])]))
    assert [bool(frame.objects) for frame in dss.frames(6)] == [True] * 3 + [False] * 3


def test_states_and_scenes_are_read_at_the_middle_of_a_frame() -> None:
    dss = parse_dss(
        plan(
            objects=[ball(states=[{"start": 0.5, "phrase": "a cube"}])],
            scenes=[{"start": 0, "description": "before"}, {"start": 0.75, "description": "after"}],
        )
    )
    assert [frame.objects[0].phrase for frame in dss.frames(4)] == ["a ball", "a ball", "a cube", "a cube"]
    assert [frame.description for frame in dss.frames(4)] == ["before", "before", "before", "after"]


@pytest.mark.parametrize("direction", sorted(VECTORS))
def test_a_steady_background_shifts_by_its_speed_in_its_direction(direction: str) -> None:
    dss = parse_dss(plan(seconds=2, fps=8, background=[{"direction": direction, "speed": 0.5}]))
    frames = dss.frames()
    ux, uy = VECTORS[direction]
    assert frames[0].background.dx == frames[0].background.dy == 0
    assert frames[8].background.dx == pytest.approx(ux * 0.5)
    assert frames[8].background.dy == pytest.approx(uy * 0.5)


@quick
@given(st.integers(2, 100))
def test_the_background_shift_after_the_whole_video_does_not_depend_on_the_number_of_frames(n: int) -> None:
    dss = parse_dss(plan(seconds=2, fps=8, background=[{"direction": "left", "speed": 0.5}]))
    last = dss.frames(n)[-1].background
    assert last.dx == pytest.approx(-0.5 * 2 * (n - 1) / n)


def test_zoom_doubles_and_roll_turns_a_quarter_each_second() -> None:
    frames = parse_dss(plan(seconds=2, fps=8, background=[{"zoom": 1, "roll": 0.5}])).frames()
    assert frames[8].background.scale == pytest.approx(2)
    assert frames[8].background.angle == pytest.approx(45)


@quick
@given(st.floats(0, 600))
def test_a_random_background_always_wanders_in_the_same_way_at_unit_speed(seconds: float) -> None:
    x, y = heading("random", seconds)
    assert math.hypot(x, y) == pytest.approx(1)
    assert heading("random", seconds) == (x, y)


@pytest.mark.parametrize("n", [0, -1, 513, 10**9])
def test_a_number_of_frames_out_of_range_is_refused_with_the_range(n: int) -> None:
    with pytest.raises(PlanError, match=r"ask for 1\.\.512"):
        parse_dss(plan()).frames(n)


# -- refusing ------------------------------------------------------------------------------------------------------------------

FAULTS: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "NaN",
        plan(objects=[ball(path=[{"t": 0, "box": {"x": math.nan, "y": 0, "w": 0.1, "h": 0.1}}])]),
        r"path\[0\]\.box\.x",
        "finite",
    ),
    ("infinite seconds", plan(seconds=math.inf), "seconds", "finite"),
    ("duplicate id", plan(objects=[ball(), ball()]), r"objects\[1\]\.id", "id of its own"),
    (
        "unordered keyframes",
        plan(objects=[ball(path=[ball()["path"][0] | {"t": 0.5}, ball()["path"][0]])]),
        r"path\[1\]",
        "sort them",
    ),
    ("two keyframes at one time", plan(objects=[ball(path=ball()["path"] * 2)]), r"path\[1\]", "increase"),
    ("empty span", plan(objects=[ball(visible=[{"start": 0.5, "end": 0.5}])]), r"visible\[0\]", "larger than start"),
    (
        "overlapping spans",
        plan(objects=[ball(visible=[{"start": 0, "end": 0.6}, {"start": 0.5, "end": 1}])]),
        r"objects\[0\]",
        "merge",
    ),
    (
        "never inside",
        plan(objects=[ball(path=[{"t": 0, "box": {"x": 2, "y": 0, "w": 0.2, "h": 0.2}}])]),
        r"objects\[0\]",
        "move its path",
    ),
    (
        "far away",
        plan(objects=[ball(path=[{"t": 0, "box": {"x": 99, "y": 0, "w": 0.2, "h": 0.2}}])]),
        r"box\.x",
        "less than or equal to 5",
    ),
    ("tiny box", plan(objects=[ball(path=[{"t": 0, "box": {"x": 0, "y": 0, "w": 0.001, "h": 0.2}}])]), r"box\.w", "0.01"),
    ("huge box", plan(objects=[ball(path=[{"t": 0, "box": {"x": 0, "y": 0, "w": 3, "h": 0.2}}])]), r"box\.w", "2"),
    ("no frames", plan(seconds=0.01, fps=1), "seconds", "1..512"),
    ("too many frames", plan(seconds=600, fps=120), "seconds", "1..512"),
    ("too many objects", plan(objects=[ball(id=f"b{k}") for k in range(10_000)]), "objects", "30"),
    ("no scene", plan(scenes=[]), "scenes", "at least 1"),
    ("scene starts late", plan(scenes=[{"start": 0.2, "description": "x"}]), r"scenes\[0\]\.start", "starts at 0"),
    ("control character", plan(objects=[ball(phrase="a \x07 ball")]), r"phrase", "remove"),
    ("lone surrogate", plan(setting="a \ud800 field"), "setting", "remove|valid"),
    ("blank phrase", plan(objects=[ball(phrase="  ")]), "phrase", "word"),
    ("long phrase", plan(objects=[ball(phrase="x" * 121)]), "phrase", "shorten"),
    ("long prompt", plan(prompt="x" * 100_000), "prompt", "shorten"),
    ("bad slug", plan(objects=[ball(id="The Ball!")]), r"objects\[0\]\.id", "small letter"),
    ("unknown field", plan(colour="red"), "colour", "remove it"),
    ("missing path", plan(objects=[{"id": "ball", "phrase": "a ball"}]), r"objects\[0\]\.path", "add it"),
    ("text for a number", plan(seconds="soon"), "seconds", "number"),
    ("null for a list", plan(objects=None), "objects", "valid tuple"),
    ("list for an object", plan(objects=[[]]), r"objects\[0\]", "valid dictionary|instance"),
    ("unknown direction", plan(background=[{"direction": "sideways"}]), r"background\[0\]\.direction", "'left'"),
    ("negative speed", plan(background=[{"speed": -1}]), r"background\[0\]\.speed", "greater than or equal to 0"),
    ("wrong version", plan(version="2"), "version", "'1'"),
    ("empty path", plan(objects=[ball(path=[])]), r"objects\[0\]\.path", "at least 1"),
    (
        "time beyond the end",
        plan(objects=[ball(path=[ball()["path"][0] | {"t": 1.5}])]),
        r"path\[0\]\.t",
        "less than or equal to 1",
    ),
]


@pytest.mark.parametrize(("fault", "where", "remedy"), [pytest.param(*row[1:], id=row[0]) for row in FAULTS])
def test_every_fault_is_one_sentence_that_names_field_and_remedy(fault: dict[str, Any], where: str, remedy: str) -> None:
    with pytest.raises(PlanError, match=where) as caught:
        parse_dss(fault)
    message = str(caught.value)
    assert any(part in message for part in remedy.split("|")), message
    assert "\n" not in message
    assert len(message) < 400
    assert message.endswith(".")
    assert "pydantic" not in message


@pytest.mark.parametrize(
    "source", ["", "not json", "[]", "3", "null", "{}", '{"scenes": 1}', "[" * 100_000, b"\xff\xfe", '{"a": NaN}']
)
def test_text_that_is_no_plan_is_refused_in_one_sentence(source: str | bytes) -> None:
    with pytest.raises(PlanError) as caught:
        parse_dss(source)
    assert "\n" not in str(caught.value)


@quick
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_no_json_value_makes_the_parser_raise_anything_but_a_plan_error(value: Any) -> None:
    for source in (value, {"scenes": value}, plan(objects=value), plan(objects=[ball(path=value)])):
        try:
            parse_dss(source)
        except PlanError as error:
            assert "\n" not in str(error)


def test_a_path_may_leave_the_frame_as_long_as_it_is_inside_at_some_time() -> None:
    item = moving("linear", -0.5, 1.2)
    assert item.box_at(0).inside() == 0
    assert item.box_at(0.5).inside() > 0


def test_a_path_that_crosses_the_frame_between_keyframes_only_is_seen() -> None:
    assert moving("linear", -3.0, 3.0).box_at(0.5).inside() > 0


def test_values_are_immutable_and_refuse_unknown_fields() -> None:
    box = Box(x=0, y=0, w=0.1, h=0.1)
    with pytest.raises(ValidationError, match="frozen"):
        box.x = 1  # type: ignore[misc]
    with pytest.raises(ValidationError, match="Extra inputs"):
        Box(x=0, y=0, w=0.1, h=0.1, d=1)  # type: ignore[call-arg]


def test_an_unknown_object_is_refused_with_the_known_ones() -> None:
    dss = parse_dss(plan())
    assert dss.object("ball").phrase == "a ball"
    with pytest.raises(PlanError, match="it has ball"):
        dss.object("cube")


def test_the_limits_of_a_plan_are_themselves_allowed() -> None:
    dss = parse_dss(plan(seconds=64, fps=8, objects=[ball(id=f"b{k}") for k in range(MAX_OBJECTS)]))
    assert len(dss.frames()) == MAX_FRAMES
    assert len(dss.frames()[0].objects) == MAX_OBJECTS


def test_the_json_schema_describes_every_field_of_a_plan() -> None:
    schema = json_schema()
    assert set(schema["properties"]) == set(DSS.model_fields)
    assert {"Box", "Keyframe", "Object", "Scene", "Span", "State", "BackgroundMotion"} <= set(schema["$defs"])
    json.dumps(schema)


def test_a_box_knows_how_much_of_it_lies_inside() -> None:
    assert Box(x=0.2, y=0.2, w=0.2, h=0.2).inside() == 1
    assert Box(x=-0.1, y=0.2, w=0.2, h=0.2).inside() == pytest.approx(0.5)
    assert Box(x=1.1, y=0.2, w=0.2, h=0.2).inside() == 0
    assert (Box(x=0.2, y=0.4, w=0.2, h=0.1).cx, Box(x=0.2, y=0.4, w=0.2, h=0.1).cy) == pytest.approx((0.3, 0.45))
