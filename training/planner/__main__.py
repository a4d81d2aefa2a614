"""python -m training.planner data|train|loss|export|score, in that order; training stops on Ctrl-C and resumes."""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path

from flowzero.agent.local_files import find_base
from flowzero.settings import load_settings
from training.planner.config import FILE, load_config


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.planner", description=__doc__)
    parser.add_argument("command", choices=["data", "train", "loss", "export", "score"])
    parser.add_argument("--run", type=Path, default=Path("runs/planner"), help="folder of the training's state")
    parser.add_argument("--config", type=Path, default=FILE)
    parser.add_argument("--base", type=Path, help="the base model's GGUF file; the installed one when not given")
    parser.add_argument(
        "--start", type=Path, help="train, loss: an adapter (GGUF) that a new run goes on from, such as the shipped one"
    )
    parser.add_argument("--held", type=Path, help="train, loss: held-out lessons, a line each, whose loss is told")
    parser.add_argument("--device", choices=["cpu", "cuda"], help="train, loss: a GPU where there is one, if not given")
    parser.add_argument("--minutes", type=float, default=math.inf, help="train: end after so long, the rate falling towards it")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--out", type=Path, help="export: the adapter, in the run's folder when not given; score: the wrong answers"
    )
    parser.add_argument("--prompts", type=int, default=100, help="score: how many held-out prompts")
    arguments = parser.parse_args()
    if not arguments.minutes > 0:
        parser.error("--minutes must be more than 0")
    config, began = load_config(arguments.config), time.monotonic()
    arguments.run.mkdir(parents=True, exist_ok=True)

    def report(text: str) -> None:
        print(f"[{time.monotonic() - began:7.0f} s] {text}", flush=True)

    if arguments.command == "data":
        from training.planner import data

        data.write(config, arguments.run)
    elif arguments.command in ("train", "loss"):
        import torch

        from training.planner import data
        from training.planner.export import read_adapter
        from training.planner.train import Run, load_base, mean_loss, train

        if arguments.command == "loss" and arguments.held is None:
            parser.error("whose loss? --held FILE")
        device = arguments.device or ("cuda" if torch.cuda.is_available() else "cpu")
        if device == "cuda" and not torch.cuda.is_available():
            parser.error("there is no GPU that PyTorch can use: --device cpu")
        torch.set_num_threads(arguments.threads)
        tokenizer, model = load_base(_base(parser, arguments.base))
        start = read_adapter(arguments.start) if arguments.start else None
        run = Run.open(config, arguments.run, model.to(device), start, compiled=arguments.command == "train")
        if arguments.command == "train":
            train(run, tokenizer, report, 60 * arguments.minutes, arguments.held)
        else:
            examples = data.examples_of(data.lessons(arguments.held), tokenizer)
            report(f"{len(examples)} examples, held-out loss {mean_loss(run, examples):.4f} after {run.done} examples")
    elif arguments.command == "export":
        from training.planner.export import export

        export(config, arguments.run, arguments.out or arguments.run / "adapter.gguf", report)
    else:
        from flowzero.agent.local import chat_with
        from training.planner.score import score

        chat = chat_with((_base(parser, arguments.base), arguments.run / "adapter.gguf"), load_settings(llm_timeout=600))
        score(arguments.run, chat, arguments.prompts, arguments.out, report)


def _base(parser: argparse.ArgumentParser, given: Path | None) -> Path:
    base = given or find_base(load_settings().home_dir)
    if base is None:
        parser.error("there is no base model: run flowzero models pull planner")
    return base


if __name__ == "__main__":
    main()
