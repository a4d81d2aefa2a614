"""The training: one pass over fresh examples, the loss on the outline alone; stops on Ctrl-C or SIGTERM, and resumes."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.planner import data, lora
from training.planner.config import Config, Training

Report = Callable[[str], None]


def load_base(gguf: Path) -> tuple[Any, nn.Module]:
    """Tokenizer and language model out of a GGUF file, dequantised to bfloat16."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    model = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.bfloat16)
    return tokenizer, model


@dataclass
class Run:
    """The state of one training, kept in `state.pt` of its folder."""

    config: Config
    folder: Path
    model: nn.Module
    optimizer: torch.optim.Optimizer
    done: int = 0
    """Examples trained on."""

    @classmethod
    def open(cls, config: Config, folder: Path, model: nn.Module) -> Run:
        torch.manual_seed(config.training.seed)
        parameters = lora.adapt(model, config.lora.rank, config.lora.alpha)
        run = cls(config, folder, model, torch.optim.AdamW(parameters, betas=(0.9, 0.98), weight_decay=0.0))
        if (path := folder / "state.pt").exists():
            saved = torch.load(path, weights_only=True)
            lora.load_state(model, saved["lora"])
            run.optimizer.load_state_dict(saved["optimizer"])
            run.done = saved["done"]
        return run

    def save(self) -> None:
        part = self.folder / "state.pt.part"
        torch.save({"lora": lora.state(self.model), "optimizer": self.optimizer.state_dict(), "done": self.done}, part)
        part.replace(self.folder / "state.pt")


def train(run: Run, tokenizer: Any, report: Report) -> None:
    """Train from where the run stands to the end of its data."""
    settings = run.config.training
    examples = [data.example(story, tokenizer) for story in data.read(run.folder / "train.jsonl")]
    report(f"{len(examples)} examples, {sum(len(item.ids) for item in examples)} tokens; {run.done} done")
    asked_to_stop = _on_signals()
    mean, saved = 0.0, run.done
    for batch in data.batches(examples, settings.batch, run.done):
        for group in run.optimizer.param_groups:
            group["lr"] = learning_rate(settings, run.done, len(examples))
        value = step(run, batch)
        run.done += len(batch)
        mean = value if not mean else 0.9 * mean + 0.1 * value
        report(f"{run.done} examples, loss {mean:.4f}")
        if run.done - saved >= settings.save_every:
            run.save()
            saved = run.done
        if asked_to_stop():
            break
    run.save()


def step(run: Run, batch: list[data.Example]) -> float:
    """One update; the mean loss a token."""
    value = loss(run.model, batch)
    value.backward()  # type: ignore[no-untyped-call]
    parameters = [parameter for group in run.optimizer.param_groups for parameter in group["params"]]
    nn.utils.clip_grad_norm_(parameters, run.config.training.clip)
    run.optimizer.step()
    run.optimizer.zero_grad(set_to_none=True)
    return float(value.detach())


def loss(model: Any, batch: list[data.Example]) -> Tensor:
    """Cross entropy of the outline's tokens; the head is computed for those alone."""
    longest = max(len(item.ids) for item in batch)
    ids = torch.zeros(len(batch), longest, dtype=torch.long)
    asked = torch.zeros(len(batch), longest, dtype=torch.bool)
    for row, item in enumerate(batch):
        ids[row, : len(item.ids)] = torch.tensor(item.ids)
        asked[row, item.start - 1 : len(item.ids) - 1] = True
    # Padding stands at the end, where a causal model's earlier tokens do not see it: no mask is needed.
    hidden = model.model(input_ids=ids, use_cache=False).last_hidden_state
    targets = ids.roll(-1, dims=1)[asked]
    return F.cross_entropy(F.linear(hidden[asked], model.lm_head.weight).float(), targets)


def learning_rate(settings: Training, done: int, total: int) -> float:
    """Warms up, holds, and falls to nearly nothing over the last part."""
    falling = (total - done) / (settings.decay * total)
    return settings.learning_rate * min(1.0, (done + settings.batch) / settings.warmup, max(0.02, falling))


def _on_signals() -> Callable[[], bool]:
    """Whether somebody has asked to stop."""
    asked: list[int] = []
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda number, _: asked.append(number))
    return lambda: bool(asked)
