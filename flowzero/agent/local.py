"""The mind of the small planner: a language model of 135 million parameters with our adapter, served within this process.

Of a prompt it writes an :class:`~flowzero.agent.outline.Outline`, which is joined with what the rules read where these leave a
piece unread, or it is sure of its own; the built-in planner makes boxes of both. Of an instruction it lists
:class:`~flowzero.agent.changes.Changes`, which code carries out where they count. Judging and fixing stay with code: a model of
this size is trained to say what happens, and nothing else. The server speaks OpenAI's protocol on the loopback interface, so
that the way to the model is the one that every other model takes.
"""

from __future__ import annotations

import asyncio
import os
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowzero.agent import repair
from flowzero.agent.changes import (
    CHANGES,
    MAX_LINES,
    Changes,
    covers,
    decode_changes,
    edits_of,
    points_back,
    says_how_much,
    sensible,
    told,
)
from flowzero.agent.chat import Chat
from flowzero.agent.edits import Edit
from flowzero.agent.local_files import ADAPTER, find_base, seems_there
from flowzero.agent.minds import Instruction, Meter, Task
from flowzero.agent.outline import OUTLINE, Outline, decode_outline, grounded, reading_of
from flowzero.agent.promises import Reading
from flowzero.agent.supplement import joined
from flowzero.dss import DSS
from flowzero.errors import InputError, LLMError, LLMReplyError, LLMUnavailableError, MissingExtraError
from flowzero.plan import Finding
from flowzero.settings import SMALL_PLANNER, Settings

if TYPE_CHECKING:
    from types import ModuleType

SYSTEM = "outline"
"""The whole of the instructions: what they ask for is in the adapter."""

CHANGING = "changes"
"""The same, where it is told of a plan and asked what an instruction, or the critic, wants changed in it."""

LIKELY = 0.03
"""The probability, as the model has it, from which its outline counts where the rules read everything, too."""

SURE = 0.3
"""The same for the changes that it lists."""

_CONTEXT = 2048
_MOST_TOKENS = 500
_SLOTS = 4


class LocalMind:
    """Plans with the rules and the small planner: over the given way to it, or a server that is started on first use.

    With `optional` it plans by the rules alone where the small planner is not to be had. Otherwise:

    Raises:
        MissingExtraError: if the server's package is not installed.
        LLMUnavailableError: if the model's files are not on this machine, or it does not start.
    """

    name = SMALL_PLANNER
    supplements = True

    def __init__(self, settings: Settings, chat: Chat | None = None, *, optional: bool = False) -> None:
        self._settings, self._chat, self._optional = settings, chat, optional

    async def interpret(self, task: Task, meter: Meter) -> Reading | None:
        """What the rules read, joined with what the model's outline promises; None if that changes nothing.

        Where the rules leave nothing unread but acts an outline counts that the model holds :data:`LIKELY`.
        """
        try:
            outline, probability = await outline_of(await asyncio.to_thread(self._ready), task.prompt, meter)
        except LLMReplyError:
            return None
        except LLMError:
            if self._optional:
                return None
            raise
        if not heard(task.reading, probability):
            return None
        both = joined(task.reading, reading_of(outline, task.prompt))
        return None if both == task.reading else both

    async def draft(self, task: Task, meter: Meter) -> DSS:
        """A plan of what was read, by the rules alone or with the model."""
        try:
            return repair.draft(task.reading, seconds=task.seconds, fps=task.fps)
        except InputError as error:
            raise LLMReplyError(f"the small planner's outline cannot be planned: {error}") from None

    async def judge(self, dss: DSS, unread: tuple[str, ...], meter: Meter) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
        """Nothing: it is not trained to judge."""
        return (), unread

    async def propose(self, reading: Reading, dss: DSS, findings: tuple[Finding, ...], meter: Meter) -> tuple[Edit, ...]:
        """Nothing: the built-in mind's edits are the better ones."""
        return ()

    async def revise(self, asked: Instruction, meter: Meter) -> tuple[tuple[Edit, ...], tuple[str, ...]]:
        """What the model takes an instruction for, where that counts; otherwise what our grammar reads in it."""
        rules = asked.edits, asked.unread
        if len(asked.dss.objects) > MAX_LINES:
            return rules
        try:
            changes, probability = await changes_of(await asyncio.to_thread(self._ready), asked.dss, asked.text, meter)
        except LLMReplyError:
            return rules
        except LLMError:
            if self._optional:
                return rules
            raise
        own = served(changes, probability, asked)
        return (own, ()) if own else rules

    def _ready(self) -> Chat:
        if self._chat is None:
            self._chat = chat_with(find_files(self._settings), self._settings)
        return self._chat


def heard(rules: Reading, probability: float) -> bool:
    """Whether the model's outline of a prompt counts: the rules leave more unread than acts, or it is sure of it.

    What a prompt takes back, the rules know better.
    """
    return (bool(rules.unread) and not rules.acting) or (probability >= LIKELY and not rules.corrected)


def served(changes: Changes, probability: float, asked: Instruction) -> tuple[Edit, ...]:
    """The edits that the model's changes come to, if these count; none if what our grammar reads shall stand.

    They count if they speak of nothing that is not there, and the model is sure of them, or our grammar leaves a piece unread
    and they change all that it would change. Where it reads all, it knows better how much is meant ("twice as big"), and what
    "it" is.
    """
    if not sensible(changes, asked.text, asked.dss):
        return ()
    own = edits_of(changes, asked.text, asked.dss)
    if asked.unread:
        return own if probability >= SURE or covers(own, asked.edits) else ()
    known = points_back(asked.text, asked.dss) or (says_how_much(asked.text) and covers(asked.edits, own))
    return () if known or probability < SURE else own


def chat_with(files: tuple[Path, Path], settings: Settings, slots: int = _SLOTS) -> Chat:
    """The way to a server of these files, which is started on first use and answers as many requests at once as it has slots.

    Raises:
        MissingExtraError: if the server's package is not installed.
        LLMUnavailableError: if it does not start.
    """
    address = {"llm_base_url": f"{serve(files, slots)}/v1", "llm_model": SMALL_PLANNER, "llm_api_key": None}
    limits = {"llm_temperature": 0.0, "llm_max_tokens": _MOST_TOKENS}
    return Chat(settings.model_copy(update=address | limits))


async def outline_of(chat: Chat, prompt: str, meter: Meter) -> tuple[Outline, float]:
    """What the model makes of a prompt, and how probable it holds that, 0 to 1.

    Raises:
        LLMError: if it does not answer, or with no outline.
    """
    reply = await chat.ask([("system", SYSTEM), ("user", prompt)], "outline", OUTLINE, meter, weighed=True)
    if reply.cut:
        raise LLMReplyError("the small planner did not come to an end: make the prompt shorter.")
    return grounded(decode_outline(reply.text), prompt), reply.probability or 0.0


def question(dss: DSS, instruction: str) -> str:
    """What the model is told where it is asked for changes: the plan in numbered lines, and the instruction.

    Raises:
        ValueError: if the plan has more objects than the model can be told of.
    """
    return f"{told(dss)}\n{instruction}"


async def changes_of(chat: Chat, dss: DSS, instruction: str, meter: Meter) -> tuple[Changes, float]:
    """What the model takes an instruction to a plan for, and how probable it holds that, 0 to 1.

    Raises:
        LLMError: if it does not answer, or with no list of changes.
        ValueError: if the plan has more objects than the model can be told of.
    """
    messages = [("system", CHANGING), ("user", question(dss, instruction))]
    reply = await chat.ask(messages, "changes", CHANGES, meter, weighed=True)
    if reply.cut:
        raise LLMReplyError("the small planner did not come to an end: make the instruction shorter.")
    return decode_changes(reply.text), reply.probability or 0.0


def find_files(settings: Settings) -> tuple[Path, Path]:
    """Base model and adapter.

    Raises:
        LLMUnavailableError: naming what is missing, and how to get it.
    """
    base = find_base(settings.home_dir)
    if base is None:
        raise LLMUnavailableError("the small planner's base model is not on this machine: run flowzero models pull planner.")
    if not ADAPTER.is_file():
        raise LLMUnavailableError("this installation lacks the small planner's adapter: install flowzero again.")
    return base, ADAPTER


def present(settings: Settings) -> bool:
    """Whether the small planner seems to be on this machine; quick, as its checksum is not looked at before it is used."""
    return find_spec("xllamacpp") is not None and ADAPTER.is_file() and seems_there(settings.home_dir)


def missing(settings: Settings) -> str:
    """What the small planner lacks on this machine, as a sentence; empty if it can plan."""
    try:
        _package()
        find_files(settings)
    except (MissingExtraError, LLMUnavailableError) as error:
        return str(error)
    return ""


_SERVERS: dict[tuple[Path, Path], Any] = {}
_STARTING = threading.Lock()


def serve(files: tuple[Path, Path], slots: int = _SLOTS) -> str:
    """The address of a server for these files, started on first use; it lives as long as the process.

    Raises:
        MissingExtraError: if its package is not installed.
        LLMUnavailableError: if it does not start.
    """
    xllamacpp = _package()
    with _STARTING:
        if files not in _SERVERS:
            base, adapter = files
            parameters = xllamacpp.CommonParams()
            parameters.model.path = str(base)
            parameters.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(adapter), 1.0)]
            parameters.hostnames, parameters.port = ["127.0.0.1"], 0
            parameters.n_ctx, parameters.n_parallel, parameters.use_jinja = _CONTEXT * slots, slots, True
            parameters.cpuparams.n_threads = _threads()
            parameters.verbosity = -1
            try:
                _SERVERS[files] = xllamacpp.Server(parameters)
            except (RuntimeError, OSError, ValueError) as error:
                raise LLMUnavailableError(f"the small planner does not start ({error}): see flowzero doctor.") from None
        return str(_SERVERS[files].listening_address)


def _package() -> ModuleType:
    if find_spec("xllamacpp") is None:
        raise MissingExtraError("the small planner needs the package xllamacpp: run pip install 'flowzero[local]'.")
    import xllamacpp

    return xllamacpp  # type: ignore[no-any-return]


def _threads() -> int:
    """Half of the cores, at most four: threads that wait for each other are slower than fewer that do not."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(4, cores // 2))
