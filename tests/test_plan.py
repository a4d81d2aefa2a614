from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from flowzero.dss import DSS, Scene
from flowzero.errors import PlanError
from flowzero.plan import Finding, Plan, Round, Usage, parse_plan

quick = settings(deadline=None, max_examples=40)
text = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), max_size=30)
score = st.floats(0, 1)
findings = st.builds(
    Finding,
    constraint=text,
    score=score,
    weight=st.floats(0.01, 10),
    promised=st.booleans(),
    frames=st.lists(st.integers(0, 511), max_size=4).map(tuple),
    ids=st.lists(text, max_size=3).map(tuple),
    message=text,
)
rounds = st.builds(
    Round,
    index=st.integers(0, 20),
    confidence=score,
    findings=st.lists(findings, max_size=2).map(tuple),
    changes=st.lists(text, max_size=2).map(tuple),
    mind=text,
)


def dss() -> DSS:
    return DSS(prompt="a ball", scenes=(Scene(start=0, description="a ball"),))


plans = st.builds(
    Plan,
    dss=st.just(dss()),
    confidence=score,
    threshold=score,
    findings=st.lists(findings, max_size=3).map(tuple),
    unread=st.lists(text, max_size=2).map(tuple),
    rounds=st.lists(rounds, max_size=2).map(tuple),
    mind=text,
    stopped=text,
    notes=st.lists(text, max_size=2).map(tuple),
    usage=st.builds(Usage, calls=st.integers(0, 99), cost=st.none() | st.floats(0, 9)),
    id=st.none() | text,
    version=st.none() | st.integers(1, 9),
)


@quick
@given(plans)
def test_a_plan_round_trips_through_json(plan: Plan) -> None:
    assert parse_plan(plan.to_json()) == plan


def test_a_bare_dss_is_a_plan_file_too() -> None:
    assert parse_plan(dss().to_json()) == dss()


@quick
@given(score, score)
def test_a_plan_passes_when_its_confidence_reaches_the_threshold(confidence: float, threshold: float) -> None:
    assert Plan(dss=dss(), confidence=confidence, threshold=threshold).passed == (confidence >= threshold)


@pytest.mark.parametrize("source", ["", "nonsense", "[1, 2", "[" * 100_000, b"\xff\xfe\x00"])
def test_a_file_that_is_not_json_is_refused_as_such(source: str | bytes) -> None:
    with pytest.raises(PlanError, match="not JSON") as caught:
        parse_plan(source)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("source", ["[]", "3", "null", '"text"', "{}", '{"dss": 3}', '{"dss": null, "confidence": 1}'])
def test_json_that_is_no_plan_is_refused_in_one_sentence(source: str) -> None:
    with pytest.raises(PlanError) as caught:
        parse_plan(source)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"confidence": 2}, "confidence"),
        ({"confidence": "high"}, "confidence"),
        ({"findings": [{"constraint": "count", "score": -1, "message": "x"}]}, r"findings\[0\]\.score"),
        ({"findings": [{"constraint": "count", "score": 1}]}, r"findings\[0\]\.message"),
        ({"rounds": [{"index": 0, "confidence": 1, "findings": [], "mood": "good"}]}, r"rounds\[0\]\.mood"),
        ({"dss": {"scenes": []}}, r"dss\.scenes"),
    ],
)
def test_a_faulty_field_of_a_plan_file_is_named(change: dict[str, object], where: str) -> None:
    data = json.loads(Plan(dss=dss(), confidence=1).to_json()) | change
    with pytest.raises(PlanError, match=where):
        parse_plan(json.dumps(data))


def test_not_a_number_is_no_score() -> None:
    with pytest.raises(ValidationError):
        Finding(constraint="count", score=math.nan, message="x")
    with pytest.raises(PlanError, match="confidence"):
        parse_plan('{"dss": %s, "confidence": NaN}' % dss().to_json())  # noqa: UP031 -- the plan's JSON is full of braces
