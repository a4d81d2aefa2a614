import asyncio
import os
import signal
import subprocess
import sys

import pytest

from flowzero.api import plan
from flowzero.errors import PlanError
from flowzero.tools.batch import run_batch
from flowzero.tools.cli_output import Screen
from flowzero.tools.stopping import heard


def test_a_ctrl_c_that_comes_out_as_another_error_stops_a_batch_all_the_same(tmp_path):
    (tmp_path / "in.txt").write_text("a ball\n" * 4)
    seen = []

    def answer(line):
        seen.append(line)
        if len(seen) == 2:
            try:
                os.kill(os.getpid(), signal.SIGINT)
            except KeyboardInterrupt:
                raise PlanError("what a library made of it") from None
        return plan(line)

    with heard(), pytest.raises(KeyboardInterrupt):
        run_batch(answer, tmp_path / "in.txt", tmp_path / "out.jsonl", False, Screen())
    assert len(seen) == 2
    assert len((tmp_path / "out.jsonl.part").read_text().splitlines()) == 1


def test_ctrl_c_is_pythons_own_again_after_a_command():
    before = signal.getsignal(signal.SIGINT)
    with heard():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_in_an_event_loop_comes_between_two_callbacks():
    """Within one it could lose a callback, and a task would wait for it forever."""
    done = []

    async def work():
        asyncio.get_running_loop().call_soon(step)
        await asyncio.sleep(60)

    def step():
        os.kill(os.getpid(), signal.SIGINT)
        done.append("the whole step")

    with heard(), pytest.raises(KeyboardInterrupt):
        asyncio.run(work())
    assert done == ["the whole step"]


def test_a_second_ctrl_c_waits_for_nothing():
    done = []

    async def work():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        done.append("the rest")

    with heard(), pytest.raises(KeyboardInterrupt):
        asyncio.run(work())
    assert done == []


@pytest.mark.parametrize("at", ["flowzero.plan", "flowzero.dss", "typer", "langgraph.graph"])
def test_ctrl_c_while_modules_load_is_one_sentence(tmp_path, at):
    script = f"""
import os, signal, sys
import flowzero.__main__ as program
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == {at!r}:
            sys.meta_path.remove(self)
            try:
                os.kill(os.getpid(), signal.SIGINT)
            except KeyboardInterrupt:
                raise RuntimeError("what a library made of it") from None
sys.meta_path.insert(0, Finder())
sys.argv = ["flowzero", "plan", "a ball", "-o", "ball.json"]
program.run()
"""
    done = subprocess.run([sys.executable, "-c", script], check=False, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (130, "flowzero: stopped.\n")
    assert not (tmp_path / "ball.json").exists()
