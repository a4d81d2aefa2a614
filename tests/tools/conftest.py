import json
import os
import signal
from contextlib import suppress

import pytest

from flowzero.settings import load_settings
from flowzero.tools.jobs import LocalJobs
from flowzero.tools.studio import Studio
from tests.agent.scripted_server import Raw, Say, ScriptedServer, completion


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory):
    """A folder with a tiny random GLIGEN checkpoint, which renders in a second."""
    from tests.renderer import tiny

    folder = tmp_path_factory.mktemp("tiny")
    tiny.pipeline(folder / "parts").save_pretrained(folder / "model")
    return str(folder / "model")


@pytest.fixture(scope="package")
def studio(checkpoint, tmp_path_factory):
    """A studio whose plans and worker all tests of this folder share."""
    settings = load_settings(home=tmp_path_factory.mktemp("studio"), backbone=checkpoint, device="cpu")
    studio = Studio(settings)
    studio.jobs.idle = 60.0
    yield studio
    end(studio.jobs)


def end(jobs: LocalJobs) -> None:
    """Kill the workers that a test has left."""
    for row in jobs.store._all("SELECT pid FROM workers"):
        with suppress(ProcessLookupError):
            os.kill(row["pid"], signal.SIGKILL)
    jobs.store.close()


class Model(ScriptedServer):
    """A model that calls tools by a script; arguments may take ids from what the tools have answered before."""

    def next_step(self, request):
        step = super().next_step(request)
        if not callable(getattr(step, "content", None)):
            return step
        told = [message["content"] for message in request["messages"] if message["role"] == "tool"]
        name, arguments = step.content(told)
        body = json.loads(completion(Say("")))
        function = {"name": name, "arguments": json.dumps(arguments)}
        message = {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": f"c{len(told)}", "type": "function", "function": function}],
        }
        body["choices"][0] |= {"message": message, "finish_reason": "tool_calls"}
        return Raw(json.dumps(body).encode())
