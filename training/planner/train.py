"""The training: passes over fresh examples, the loss on the outline alone; stops on Ctrl-C or SIGTERM, and resumes."""

from __future__ import annotations

import copy
import math
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import get_ema_multi_avg_fn

from training.planner import data
from training.planner.config import Config, Training
from training.planner.decoder import Decoder, noise_for
from training.planner.lora import LoRA

Report = Callable[[str], None]

_OTHERS = 4096
"""Tokens of the vocabulary that compete in a step though the data has none of them, drawn anew for each step."""

_SAY_EVERY = 1.0
"""Seconds from one line of the report to the next: to read the loss, the processor has to wait for a GPU."""


def load_base(gguf: Path) -> tuple[Any, Any]:
    """Tokenizer and language model out of a GGUF file, dequantised."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    model = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.float32)
    return tokenizer, model


@dataclass
class Run:
    """The state of one training, kept in `state.pt` of its folder."""

    config: Config
    folder: Path
    decoder: Decoder
    optimizer: torch.optim.Optimizer
    mean: LoRA | None = None
    """The running mean of the adapter, if the configuration wants one."""
    done: int = 0
    """Examples trained on."""
    common: Tensor = field(default_factory=lambda: torch.zeros(0, dtype=torch.long))
    """The tokens that the data has, in order; the head is computed for these and some others, and for all when empty."""

    @classmethod
    def open(
        cls, config: Config, folder: Path, model: Any, start: dict[str, Tensor] | None = None, *, compiled: bool = True
    ) -> Run:
        """The run of that folder, or a new one, from an adapter's tensors if any are given, on the model's device.

        To be compiled, which is faster and for a CPU alone, it needs a C++ compiler.
        """
        settings, gpu = config.training, model.device.type == "cuda"
        torch.manual_seed(settings.seed)
        if gpu:
            _prepare_gpu()
        adapters = LoRA(model, config.lora.rank, config.lora.alpha).to(model.device)
        decoder = Decoder(model, adapters, compiled=compiled and not gpu)
        how: dict[str, Any] = {"weight_decay": settings.weight_decay, "fused": gpu or None}
        optimizer = torch.optim.AdamW(adapters.parameters(), betas=(0.9, 0.98), **how)
        path = folder / "state.pt"
        saved: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True) if path.exists() else {"lora": start}
        if saved["lora"] is not None:
            adapters.take(saved["lora"])
        if "optimizer" in saved:
            for group in saved["optimizer"]["param_groups"]:
                group.update(how)
            optimizer.load_state_dict(saved["optimizer"])
        mean = copy.deepcopy(adapters).requires_grad_(False) if settings.average else None
        if mean is not None and "mean" in saved:
            mean.take(saved["mean"])
        return cls(config, folder, decoder, optimizer, mean, saved.get("done", 0))

    @property
    def exported(self) -> LoRA:
        """The adapter that is exported."""
        return self.mean or self.decoder.adapters

    def save(self) -> None:
        part = self.folder / "state.pt.part"
        state = {"lora": self.decoder.adapters.values(), "optimizer": self.optimizer.state_dict(), "done": self.done}
        if self.mean is not None:
            state["mean"] = self.mean.values()
        torch.save(state, part)
        part.replace(self.folder / "state.pt")


def _prepare_gpu() -> None:
    # cuDNN's attention is prepared anew for each length, flash attention is not.
    torch.backends.cuda.enable_cudnn_sdp(False)
    # The gradients of A and B are sums over thousands of tokens.
    torch.backends.cuda.matmul.allow_bf16_reduced_precision_reduction = False


def train(run: Run, tokenizer: Any, report: Report, seconds: float = math.inf, held: Path | None = None) -> None:
    """Train from where the run stands to the end of its data, or for so many seconds if they are over before.

    The rate falls towards whichever end is nearer. With a file of held-out lessons, their loss is told at each save.
    """
    settings = run.config.training
    examples = data.examples_of(data.lessons(run.folder / "train.jsonl"), tokenizer)
    unseen = data.examples_of(data.lessons(held), tokenizer) if held else []
    run.common = torch.tensor(sorted({token for item in examples for token in item.ids}))
    report(f"{len(examples)} examples, {sum(len(item.ids) for item in examples)} tokens; {run.done} done")
    asked_to_stop = _on_signals()
    mean, saved, said, began = torch.zeros(()), run.done, -math.inf, time.monotonic()
    total, first = settings.passes * len(examples), run.done

    def keep() -> None:
        run.save()
        if unseen:
            report(f"{run.done} examples, held-out loss {mean_loss(run, unseen):.4f}")

    for batch in data.passes(examples, settings.batch, run.done, settings.passes, settings.seed):
        for group in run.optimizer.param_groups:
            spent = (time.monotonic() - began) / seconds
            group["lr"] = learning_rate(settings, run.done, total, spent)
        value = step(run, batch)
        mean = value if run.done == first else mean.lerp(value, 0.05)
        run.done += len(batch)
        if time.monotonic() - said >= _SAY_EVERY:
            report(f"{run.done} examples, loss {float(mean):.4f}")
            said = time.monotonic()
        if run.done - saved >= settings.save_every:
            keep()
            saved = run.done
        if asked_to_stop() or time.monotonic() - began > seconds:
            break
    keep()


def step(run: Run, batch: Sequence[data.Example]) -> Tensor:
    """One update; the mean loss a token, on the run's device."""
    run.decoder.merge()
    value = loss(run, batch)
    value.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(run.decoder.adapters.parameters(), run.config.training.clip)
    run.optimizer.step()
    run.optimizer.zero_grad(set_to_none=True)
    if run.mean is not None:
        _follow(run.mean, run.decoder.adapters, run.config.training.average, run.done // run.config.training.batch)
    return value.detach()


def _follow(mean: LoRA, adapters: LoRA, average: float, updates: int) -> None:
    """Let the running mean follow, faster in the beginning, so that where the training began is soon forgotten."""
    keeps = min(average, (1 + updates) / (10 + updates))
    follow = get_ema_multi_avg_fn(keeps)  # type: ignore[no-untyped-call]
    follow(list(mean.parameters()), list(adapters.parameters()), updates)


def loss(run: Run, batch: Sequence[data.Example]) -> Tensor:
    """Cross entropy of the outline's tokens among those that the data has and a few thousand others."""
    head, asked, alpha = run.decoder.embedding, _asked(batch), run.config.training.neftune
    noise = noise_for(asked.ids.shape, head, alpha, run.done) if alpha else None
    if len(run.common):
        drawn = torch.randint(len(head), (_OTHERS,), generator=torch.Generator().manual_seed(run.done))
        kept = torch.unique(torch.cat((run.common, drawn)))
        asked = asked._replace(targets=torch.searchsorted(kept, asked.targets))
        head = head[_sent(kept, head.device)]
    asked = _Asked(*(_sent(part, head.device) for part in asked))
    return F.cross_entropy(F.linear(_hidden(run.decoder, asked, noise), head).float(), asked.targets)


@torch.no_grad()
def mean_loss(run: Run, examples: Sequence[data.Example]) -> float:
    """The mean loss a token of these outlines among the whole vocabulary, of the adapter that is exported."""
    decoder, size = run.decoder, run.config.training.batch
    decoder.merge(run.exported)
    ordered = sorted(examples, key=lambda item: len(item.ids))
    told, count = torch.zeros((), device=decoder.embedding.device), 0
    for first in range(0, len(ordered), size):
        asked = _Asked(*(_sent(part, told.device) for part in _asked(ordered[first : first + size])))
        logits = F.linear(_hidden(decoder, asked), decoder.embedding).float()
        told += F.cross_entropy(logits, asked.targets, reduction="sum")
        count += len(asked.targets)
    return float(told) / count


class _Asked(NamedTuple):
    """A batch: token ids [rows, tokens], the outlines' places in it one after another, and the tokens that come next there."""

    ids: Tensor
    places: Tensor
    targets: Tensor


def _asked(batch: Sequence[data.Example]) -> _Asked:
    """Made by the processor, which would have to wait for a GPU to count a mask's places."""
    longest = max(len(item.ids) for item in batch)
    ids = torch.zeros(len(batch), longest, dtype=torch.long)
    asked = torch.zeros(len(batch), longest, dtype=torch.bool)
    for row, item in enumerate(batch):
        ids[row, : len(item.ids)] = torch.tensor(item.ids)
        asked[row, item.start - 1 : len(item.ids) - 1] = True
    return _Asked(ids, asked.flatten().nonzero()[:, 0], ids.roll(-1, dims=1)[asked])


def _sent(tensor: Tensor, device: torch.device) -> Tensor:
    """On the device; a GPU takes it when it comes to it, for which the processor need not wait."""
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor


def _hidden(decoder: Decoder, asked: _Asked, noise: Tensor | None = None) -> Tensor:
    """The hidden states [places, channels] from which the outlines' tokens are told."""
    states: Tensor = decoder(asked.ids, noise)
    return states.flatten(0, 1).index_select(0, asked.places)


def learning_rate(settings: Training, done: int, total: int, spent: float = 0.0) -> float:
    """Warms up, holds, and falls to nearly nothing over the last part of the examples, or of the time: `spent` is gone."""
    falling = min(1 - done / total, 1 - spent) / settings.decay
    return settings.learning_rate * min(1.0, (done + settings.batch) / settings.warmup, max(0.02, falling))


def _on_signals() -> Callable[[], bool]:
    """Whether somebody has asked to stop."""
    asked: list[int] = []
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda number, _: asked.append(number))
    return lambda: bool(asked)
