import os
import signal
from pathlib import Path

import hypothesis
import pytest

# A shell that starts this in the background ignores Ctrl-C, and so would every process that a test interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)
os.environ["LANGGRAPH_STRICT_MSGPACK"] = "true"
os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
"""Processes that tests start, in whatever folder, run this checkout."""

# Beside another process of tests, or on a busy machine, an example may take its time.
hypothesis.settings.register_profile("unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def settings_from_nowhere(monkeypatch, tmp_path_factory):
    """No test sees the settings of whoever runs it, none writes into their home, and none leaves variables behind."""
    for name in ("DIFFUSERS_VERBOSITY", "TRANSFORMERS_VERBOSITY", "TQDM_DISABLE"):
        monkeypatch.setenv(name, os.environ.get(name, ""))
        if not os.environ[name]:
            monkeypatch.delenv(name)
    for name in [name for name in os.environ if name.startswith("FLOWZERO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FLOWZERO_HOME", str(tmp_path_factory.mktemp("home")))
