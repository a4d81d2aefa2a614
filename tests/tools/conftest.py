import os
import signal
from contextlib import suppress

import pytest

from flowzero.settings import load_settings
from flowzero.tools.jobs import LocalJobs
from flowzero.tools.studio import Studio


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
