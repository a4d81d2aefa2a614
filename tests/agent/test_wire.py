import json
import math
import string
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowzero.agent import schemas, wire
from flowzero.agent.edits import apply, diff
from flowzero.agent.replies import pieces
from flowzero.dss import DSS, BackgroundMotion, Box, Keyframe, Object, Scene, Span, State
from flowzero.errors import LLMReplyError

LEFT, RIGHT = (0.05, 0.6, 0.2, 0.2), (0.75, 0.6, 0.2, 0.2)


def decode(reply, seconds=2.0):
    text = reply if isinstance(reply, str) else json.dumps(reply)
    return wire.decode_plan(text, prompt="a red ball rolls to the right", seconds=seconds, fps=8)


def rolling(*keys, **more):
    path = [dict(zip("txywh", key, strict=True)) for key in keys]
    return {"setting": "a meadow", "objects": [{"id": "ball", "phrase": "a red ball", "path": path, **more}]}


def boxes(dss, index=0):
    return [(key.box.x, key.box.y, key.box.w, key.box.h) for key in dss.objects[index].path]


def near(found, *wanted, tolerance=0.011):
    assert len(found) == len(wanted)
    for box, target in zip(found, wanted, strict=True):
        assert box == pytest.approx(target, abs=tolerance)


def test_hundredths_as_asked_for_are_read_exactly():
    near(boxes(decode(rolling((0, 5, 60, 20, 20), (100, 75, 60, 20, 20)))), LEFT, RIGHT, tolerance=1e-9)


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param([(0, 0.05, 0.6, 0.2, 0.2), (1, 0.75, 0.6, 0.2, 0.2)], id="fractions"),
        pytest.param([(0, 25.6, 307.2, 102.4, 102.4), (100, 384, 307.2, 102.4, 102.4)], id="pixels of 512"),
        pytest.param([(0, 51, 614, 205, 205), (100, 768, 614, 205, 205)], id="pixels of 1024"),
        pytest.param([(0, 5, 60, 25, 80), (100, 75, 60, 95, 80)], id="corners for sizes"),
        pytest.param([(100, 75, 60, 20, 20), (0, 5, 60, 20, 20)], id="reordered"),
        pytest.param([("0", "5", "60px", "20", "20%"), ("100", 75, 60, 20, 20)], id="texts for numbers"),
        pytest.param([(0, 5, 60, 20, 20), (100, 75, 60, None, None)], id="sizes left out"),
        pytest.param([(0, 5, 60, 20, 20), (50, None, None, None, None), (100, 75, 60, 20, 20)], id="a null keyframe"),
        pytest.param([(0.0, 5, 60, 20, 20), (2.0, 75, 60, 20, 20), (1.5, 57.5, 60, 20, 20)], id="seconds for time"),
    ],
)
def test_other_units_and_orders_are_understood(keys):
    found = boxes(decode(rolling(*keys)))
    near([found[0], found[-1]], LEFT, RIGHT)


def test_what_is_called_width_is_width_where_a_box_grows_just_as_it_moves():
    near(boxes(decode(rolling((0, 0, 0, 5, 5), (25, 11, 0, 15, 5)))), (0, 0, 0.05, 0.05), (0.11, 0, 0.15, 0.05))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ([5, 60, 25, 80], [75, 60, 95, 80]),
        ({"x1": 5, "y1": 60, "x2": 25, "y2": 80}, {"x1": 75, "y1": 60, "x2": 95, "y2": 80}),
        ({"left": 5, "top": 60, "right": 25, "bottom": 80}, {"left": 75, "top": 60, "right": 95, "bottom": 80}),
        ({"cx": 15, "cy": 70, "w": 20, "h": 20}, {"cx": 85, "cy": 70, "w": 20, "h": 20}),
        ({"x": 5, "y": 60, "width": 20, "height": 20}, {"x": 75, "y": 60, "width": 20, "height": 20}),
        ([[5, 60], [25, 80]], [[75, 60], [95, 80]]),
    ],
)
def test_boxes_are_read_under_whatever_names(start, end):
    reply = {"objects": [{"id": "ball", "phrase": "a ball", "path": [{"t": 0, "box": start}, {"t": 100, "box": end}]}]}
    near(boxes(decode(reply)), LEFT, RIGHT)


def test_the_reply_s_own_canvas_counts():
    reply = {"canvas": {"width": 1000, "height": 500}, **rolling((0, 50, 300, 200, 100), (100, 750, 300, 200, 100))}
    near(boxes(decode(reply)), LEFT, RIGHT, tolerance=1e-9)


def test_objects_that_leave_the_picture_are_not_taken_for_pixels():
    found = boxes(decode(rolling((0, -30, 60, 20, 20), (50, 40, 60, 20, 20), (100, 130, 60, 20, 20))))
    near(found, (-0.3, 0.6, 0.2, 0.2), (0.4, 0.6, 0.2, 0.2), (1.3, 0.6, 0.2, 0.2), tolerance=1e-9)


@pytest.mark.parametrize(
    "wrap",
    [
        "{}",
        "```json\n{}\n```",
        "Sure! Here is the plan:\n```\n{}\n```\nTell me if you want changes [smile",
        '<think>First {{"objects": [1]}} hmm</think>\n{}',
        "the reasoning began before this</think> {}",
        '{{"plan": {}}}',
        '{{"objects": []}} Wait, better: {}',
    ],
)
def test_the_plan_is_found_in_chatter_fences_and_thoughts(wrap):
    text = wrap.replace("{}", "@").format().replace("@", json.dumps(rolling((0, 5, 60, 20, 20), (100, 75, 60, 20, 20))))
    near(boxes(decode(text)), LEFT, RIGHT)


def test_python_literals_nan_comments_and_trailing_commas_are_read():
    text = """
    {'setting': 'a dog\\'s meadow', # the place
     'objects': [{'id': 'ball', 'phrase': "a red ball", 'depth': None, 'visible': True, 'path': [
        {'t': 0, 'x': 5, 'y': 60, 'w': 20, 'h': 20}, {'t': 40, 'x': NaN, 'y': 60, 'w': 20, 'h': float},
        (100, 1), {'t': 100, 'x': 75, 'y': 60, 'w': 20, 'h': 20,},], }],
    }"""
    dss = decode(text)
    assert dss.setting == "a dog's meadow"
    near(boxes(dss), LEFT, RIGHT)


def test_missing_and_double_ids_become_unique_ones():
    key = {"t": 0, "x": 10, "y": 10, "w": 20, "h": 20}
    bare = [{"phrase": "a brown dog", "path": [key]}, {"id": "dog", "phrase": "a dog", "path": [key]}]
    odd = [{"id": "7 Élan!", "phrase": "a cat", "path": [key]}, {"id": 3, "phrase": "鳥", "path": [key]}]
    assert [item.id for item in decode({"objects": [*bare, *odd]}).objects] == ["dog", "dog-2", "elan", "object"]


def test_frames_in_any_order_become_tracks_with_what_changes():
    frames = [
        {"frame": 3, "objects": [{"id": 0, "name": "a red leaf", "box": [0.7, 0.2, 0.1, 0.1]}]},
        {"frame": 1, "objects": [{"id": 0, "name": "a green leaf", "box": [0.1, 0.2, 0.1, 0.1]}], "description": "a leaf"},
        {"frame": 2, "objects": [{"id": 0, "name": "a green leaf", "box": [0.4, 0.2, 0.1, 0.1]}]},
        {"frame": 4, "objects": []},
    ]
    dss = decode({"frames": frames, "background": "a forest"})
    leaf = dss.objects[0]
    near(boxes(dss), (0.1, 0.2, 0.1, 0.1), (0.7, 0.2, 0.1, 0.1), tolerance=0.003)
    assert leaf.phrase == "a green leaf"
    assert leaf.states == (State(start=0.5, phrase="a red leaf"),)
    assert leaf.visible == (Span(start=0, end=0.75),)
    assert (dss.setting, dss.scenes[0].description) == ("a forest", "a leaf")


def test_a_line_for_each_frame_becomes_a_track():
    text = "\n".join(f"Frame {k}: [{{'id': 0, 'name': 'car', 'box': [{k * 100}, 200, 100, 100]}}]" for k in range(1, 5))
    near(boxes(decode(text)), (100 / 512, 200 / 512, 100 / 512, 100 / 512), (400 / 512, 200 / 512, 100 / 512, 100 / 512))


def test_a_frame_may_be_spread_over_several_lines_with_remarks_between():
    text = """Reasoning: it drives off (to the right).
    Frame 1: [{'id': 0, 'name': 'car', 'box': [312, 256, 100, 50]},
              {'id': 1, 'name': 'car', 'box': [50, 100, 100, 50]}]
    Frame 2: [{'id': 0, 'name': 'car', 'box': [412, 256, 100, 50]}]  # one has left [for good]
    Frame 2: [{'id': 1, 'name': 'car', 'box': [100, 100, 100, 50]}]
    Frame 3: [{'id': 0, 'name': 'car', 'box': [512, 256, 100, 50]}]  # partially out of the frame
    Frame 4: []
    Background keyword: street"""
    dss = decode(text)
    assert [item.visible for item in dss.objects] == [(Span(start=0, end=0.75),), (Span(start=0, end=0.5),)]
    near(boxes(dss, 0), (312 / 512, 0.5, 100 / 512, 50 / 512), (1, 0.5, 100 / 512, 50 / 512), tolerance=1e-3)


def test_two_things_of_one_name_keep_their_own_tracks_through_the_frames():
    row = lambda k, x: {"frame": k, "name": "bird", "box": {"x": x, "y": 0.2, "w": 0.1, "h": 0.1}}  # noqa: E731
    dss = decode([row(0, 0.1), row(0, 0.6), row(1, 0.2), row(1, 0.7)])
    assert [item.id for item in dss.objects] == ["bird", "bird-2"]
    near(boxes(dss, 1), (0.6, 0.2, 0.1, 0.1), (0.7, 0.2, 0.1, 0.1))


def test_spans_states_scenes_and_background_are_put_in_order():
    reply = rolling(
        (0, 5, 60, 20, 20),
        seen=[{"start": 60, "end": 99}, {"start": 0, "end": 30}, {"start": 20, "end": 40}, {"start": 50, "end": 50}],
        becomes=[{"at": 80, "phrase": "a blue ball"}, {"at": 0, "phrase": "a green ball"}],
    )
    reply["scenes"] = [{"at": 50, "text": "later"}, {"at": 10, "text": "a ball"}]
    reply["background"] = [{"at": 50, "direction": "pan left", "speed": 40}, {"at": 0, "direction": "static", "speed": 0}]
    dss = decode(reply)
    ball = dss.objects[0]
    assert ball.visible == (Span(start=0, end=0.4), Span(start=0.6, end=1))
    assert (ball.phrase, ball.states) == ("a green ball", (State(start=0.8, phrase="a blue ball"),))
    assert dss.scenes == (Scene(start=0, description="a ball"), Scene(start=0.5, description="later"))
    assert dss.background == (BackgroundMotion(), BackgroundMotion(start=0.5, direction="left", speed=0.4))


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        ("", "empty"),
        ("I would rather talk about ships.", "no JSON"),
        ('{"objects": [{"id": "ball", "phrase": "a b', "breaks off"),
        ('{"setting": "x", "objects": [{"id": "b"', "breaks off"),
        ("<think>so many thoughts and then the tokens were over", "no JSON"),
        ('{"answer": 42}', "holds no plan"),
        ("[1, 2, 3]", "holds no plan"),
        ({"objects": [{"id": "ball", "phrase": "a ball", "path": []}]}, "no box"),
        ({"objects": [{"id": "ball", "phrase": "a ball", "path": [{"t": 0, "x": None, "y": 1, "w": 1, "h": 1}]}]}, "no box"),
        ({"objects": [{"path": [{"t": 0, "x": 1, "y": 1, "w": 10, "h": 10}]}]}, "no phrase"),
        ({"objects": [], "background": [{"at": 0, "direction": "sideways", "speed": 10}]}, "'sideways'"),
        (rolling((0, -90, 60, 20, 20), (100, -60, 60, 20, 20)), "never inside the frame"),
        ({"objects": [{"phrase": "a bee", "box": [0.1, 0.1, 0.1, 0.1]}] * 31}, "at most 30"),
        ("[" * 5000 + "]" * 5000, "cannot be read"),
        ("{" * 500_000, "characters"),
    ],
)
def test_what_is_no_plan_is_refused_in_words_for_the_model(reply, says):
    with pytest.raises(LLMReplyError, match=says):
        decode(reply)


texts = st.text(string.ascii_letters + " ", min_size=1, max_size=20).map(lambda text: "a " + text.strip())
hundredths = st.integers(0, 100).map(lambda n: n / 100)
sizes = st.integers(5, 60).map(lambda n: n / 100)
inside = st.builds(Box, x=hundredths.map(lambda x: x / 2), y=hundredths.map(lambda y: y / 2), w=sizes, h=sizes)


@st.composite
def objects(draw, name):
    times = sorted(draw(st.sets(st.sampled_from([0, 0.25, 0.5, 0.75, 1]), min_size=1)))
    return Object(
        id=name,
        phrase=draw(texts),
        depth=draw(st.integers(-9, 9)),
        path=tuple(Keyframe(t=t, box=draw(inside)) for t in times),
        motion=draw(st.sampled_from(["linear", "smooth", "step"])),
        visible=draw(st.sampled_from([(Span(start=0, end=1),), (Span(start=0, end=0.4), Span(start=0.6, end=1))])),
        states=draw(st.sampled_from([(), (State(start=0.5, phrase="a changed thing"),)])),
    )


@st.composite
def plans(draw):
    count = draw(st.integers(0, 4))
    return DSS(
        prompt="a prompt",
        setting=draw(texts),
        scenes=(Scene(start=0, description=draw(texts)),),
        objects=tuple(draw(objects(f"thing-{k}")) for k in range(count)),
        background=(BackgroundMotion(direction="left", speed=draw(hundredths), zoom=draw(hundredths)),),
    )


@given(plans())
def test_what_is_written_on_the_wire_is_read_back_within_a_hundredth(dss):
    back = wire.decode_plan(json.dumps(wire.plan_to_wire(dss)), prompt="a prompt", seconds=2, fps=8)
    assert [item.id for item in back.objects] == [item.id for item in dss.objects]
    for was, now in zip(dss.objects, back.objects, strict=True):
        assert (was.motion, was.depth, was.visible, was.states) == (now.motion, now.depth, now.visible, now.states)
        assert [key.t for key in was.path] == [key.t for key in now.path]
        near(boxes(back, back.objects.index(now)), *boxes(dss, dss.objects.index(was)))
    assert back.setting.split() == dss.setting.split()


json_like = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.sampled_from(
                [
                    "objects",
                    "frames",
                    "path",
                    "box",
                    "x",
                    "y",
                    "w",
                    "h",
                    "t",
                    "id",
                    "phrase",
                    "seen",
                    "becomes",
                    "scenes",
                    "background",
                    "direction",
                    "at",
                    "start",
                    "end",
                    "speed",
                    "setting",
                    "frame",
                    "name",
                    "add",
                    "remove",
                    "move",
                    "scale",
                    "prompt",
                    "seconds",
                    "verdicts",
                    "number",
                    "kept",
                    "reason",
                ]
            ),
            inner,
            max_size=8,
        )
    ),
    max_leaves=30,
)


@given(json_like)
def test_any_json_is_a_valid_plan_or_a_typed_refusal(value):
    try:
        assert isinstance(decode(json.dumps(value)), DSS)
    except LLMReplyError as error:
        assert str(error)


PLAN = DSS(
    prompt="a red ball rolls to the right",
    scenes=(Scene(start=0, description="a ball"),),
    objects=(
        Object(
            id="ball",
            phrase="a red ball",
            path=(Keyframe(t=0, box=Box(x=0.05, y=0.6, w=0.2, h=0.2)), Keyframe(t=1, box=Box(x=0.7, y=0.6, w=0.2, h=0.2))),
        ),
        Object(id="tree", phrase="a tree", path=(Keyframe(t=0, box=Box(x=0.4, y=0.2, w=0.2, h=0.5)),)),
    ),
)


@given(json_like)
def test_any_json_is_applicable_edits_or_a_typed_refusal(value):
    try:
        apply(PLAN, wire.decode_edits(json.dumps(value), PLAN))
    except LLMReplyError as error:
        assert str(error)


@given(st.text(max_size=200) | st.text("{}[]\"'\\/*#,:()-+.eE0123456789NaNTrue \n<think>", max_size=300))
def test_any_text_is_read_as_json_or_refused(text):
    try:
        for piece in pieces(text):
            json.dumps(piece.value, allow_nan=False)
    except LLMReplyError as error:
        assert str(error)


EMPTY = {
    name: "" if name in ("setting", "prompt") else 0 if name == "seconds" else [] for name in schemas.REVISION["properties"]
}


def test_edits_change_what_they_name_and_nothing_else():
    answer = {
        **EMPTY,
        "prompt": "a blue ball rolls to the left",
        "path": [
            {
                "id": "ball",
                "path": [{"t": 0, "x": 70, "y": 60, "w": 20, "h": 20}, {"t": 100, "x": 5, "y": 60, "w": 20, "h": 20}],
            }
        ],
        "phrase": [{"id": "ball", "phrase": "a blue ball"}],
        "seconds": 3,
    }
    after = apply(PLAN, wire.decode_edits(json.dumps(answer), PLAN))
    assert after.object("tree") is not None
    assert after.object("tree") == PLAN.object("tree")
    assert {edit.op for edit in diff(PLAN, after)} == {"set_path", "set_phrase", "set_timing", "set_prompt"}
    assert (after.seconds, after.object("ball").path[0].box.x) == (3, 0.7)


def test_a_fixer_cannot_change_what_the_plan_is_measured_against():
    answer = {**EMPTY, "prompt": "anything goes", "seconds": 9, "setting": "a beach"}
    edits = wire.decode_edits(json.dumps(answer), PLAN, schemas.EDITS)
    assert [edit.op for edit in edits] == ["set_setting"]


def test_every_kind_of_edit_is_read():
    answer = {
        **EMPTY,
        "add": [{"phrase": "a dog", "path": [{"t": 0, "x": 10, "y": 70, "w": 20, "h": 20}]}],
        "remove": ["tree"],
        "move": [{"id": "ball", "dx": 10, "dy": -10}],
        "scale": [{"id": "ball", "percent": 50}],
        "seen": [{"id": "ball", "seen": [{"start": 50, "end": 100}]}],
        "becomes": [{"id": "ball", "becomes": [{"at": 75, "phrase": "a blue ball"}]}],
        "depth": [{"id": "ball", "depth": 3}],
        "setting": "a beach",
        "background": [{"at": 0, "direction": "left", "speed": 20, "zoom": 0, "roll": 0}],
        "scenes": [{"at": 0, "text": "a ball at the sea"}],
    }
    after = apply(PLAN, wire.decode_edits(json.dumps(answer), PLAN))
    ball = after.object("ball")
    assert [item.id for item in after.objects] == ["ball", "dog"]
    assert (ball.path[0].box.cx, ball.path[0].box.w, ball.depth) == (pytest.approx(0.25), pytest.approx(0.1), 3)
    assert (ball.visible, ball.states[0].start) == ((Span(start=0.5, end=1),), 0.75)
    assert (after.setting, after.background[0].speed, after.scenes[0].description) == ("a beach", 0.2, "a ball at the sea")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({**EMPTY, "remove": ["cat"]}, "no object 'cat'.*ball, tree"),
        ({"objects": []}, "no edits"),
        ({"thanks": "done"}, "no edits"),
        ({**EMPTY, "scale": [{"id": "ball", "percent": 0}]}, "percentage above 0"),
        ({**EMPTY, "phrase": [{"id": "ball", "phrase": ""}]}, "blank"),
        ({**EMPTY, "move": [{"id": "ball", "dx": 900, "dy": 0}]}, "cannot be applied"),
    ],
)
def test_edits_that_do_not_apply_are_refused_in_words_for_the_model(answer, says):
    with pytest.raises(LLMReplyError, match=says):
        wire.decode_edits(json.dumps(answer), PLAN)


def test_verdicts_are_read_by_number_and_unknown_words_are_unclear():
    reply = {"verdicts": [{"number": 1, "kept": "Yes"}, {"number": 2, "kept": "perhaps"}, {"number": 9, "kept": "no"}]}
    verdicts = wire.decode_judgement(json.dumps(reply), 3)
    assert {n: verdict.kept for n, verdict in verdicts.items()} == {1: "yes", 2: "unclear"}
    with pytest.raises(LLMReplyError, match="no verdict"):
        wire.decode_judgement('{"verdicts": []}', 3)


ALL_SCHEMAS = {"planner": schemas.PLAN, "critic": schemas.JUDGEMENT, "fixer": schemas.EDITS, "reviser": schemas.REVISION}


@pytest.mark.parametrize("schema", ALL_SCHEMAS.values(), ids=ALL_SCHEMAS)
def test_schemas_keep_to_what_every_server_understands(schema):
    def walk(node):
        if not isinstance(node, dict) or "type" not in node:
            return
        assert isinstance(node["type"], str)
        assert not {"$ref", "anyOf", "oneOf", "allOf", "pattern", "default", "format"} & set(node)
        if node["type"] == "object":
            assert node["additionalProperties"] is False
            assert node["required"] == list(node["properties"])
            for child in node["properties"].values():
                walk(child)
        if node["type"] == "array":
            assert node["maxItems"] > 0
            walk(node["items"])
        if node["type"] == "string":
            assert "enum" in node or node["maxLength"] > 0

    walk(schema)
    bare = schemas.unbounded(schema)
    assert "maxLength" not in json.dumps(bare)
    assert bare["required"] == schema["required"]


@pytest.mark.parametrize("role", ALL_SCHEMAS)
def test_examples_in_the_prompts_follow_their_own_schema(role):
    text = files("flowzero.agent").joinpath("prompts", f"{role}.md").read_text()
    blocks = [json.loads(block.split("```")[0]) for block in text.split("```json\n")[1:]]
    questions, answers = blocks[::2], blocks[1::2]
    assert answers
    for question, answer in zip(questions, answers, strict=True):
        assert conforms(answer, ALL_SCHEMAS[role])
        if "plan" in question:
            plan = wire.decode_plan(json.dumps(question["plan"]), prompt=question["prompt"], seconds=2, fps=8)
            assert wire.plan_to_wire(plan) == question["plan"]


def conforms(value, schema):
    kind = schema["type"]
    if kind == "object":
        return list(value) == schema["required"] and all(conforms(value[k], schema["properties"][k]) for k in value)
    if kind == "array":
        return schema["minItems"] <= len(value) <= schema["maxItems"] and all(conforms(v, schema["items"]) for v in value)
    if kind == "string":
        return value in schema["enum"] if "enum" in schema else len(value) <= schema["maxLength"]
    return math.isfinite(value) and schema["minimum"] <= value <= schema["maximum"]
