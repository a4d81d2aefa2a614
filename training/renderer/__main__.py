"""python -m training.renderer all, or painter|scenery|train|decoder|export one by one; then classifier|score|sheet.

Stopped, it goes on where it was.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable
from pathlib import Path

import torch

from training.renderer.config import Config, load_config

TEXT = Path(__file__).parents[2] / "flowzero" / "renderer" / "weights"
STAGES = ("painter", "scenery", "train", "decoder", "export")
"""What `all` does, one after another."""
BUILDS_ON = {
    "scenery": "painter.pt",
    "train": "painter.pt",
    "decoder": "painter.pt",
    "export": "state.pt",
    "score": "state.pt",
    "sheet": "state.pt",
}
"""What a command needs from those before it, unless it starts from exported weights."""
JUDGING = ("classifier", "score", "sheet")
"""What is done on the CPU, GPU or not."""
WRITTEN_BY = {"painter.pt": "painter", "state.pt": "train"}
DECODER = 0.25
"""The share of `all`'s minutes that the decoder has; the U-Net has the others."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.renderer", description=__doc__)
    parser.add_argument("command", choices=["all", *STAGES, *JUDGING])
    parser.add_argument("--run", type=Path, default=Path("runs/renderer"), help="folder of the training's state")
    parser.add_argument("--weights", type=Path, help="trainings: start from exported weights, such as the package's own")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu", help="trainings: where")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument(
        "--minutes", type=float, default=math.inf, help="train, decoder, all: end after so long, the rate falling towards it"
    )
    parser.add_argument("--out", type=Path, help="sheet: the picture to write; score: the JSON to write")
    parser.add_argument("--boxes", type=int, default=200, help="score: how many boxes")
    parser.add_argument("--ways", type=int, default=0, help="score: among how many nouns; 0 for all")
    arguments = parser.parse_args()
    if not arguments.minutes > 0:
        parser.error("--minutes must be more than 0")
    needed = BUILDS_ON.get(arguments.command)
    if arguments.weights is not None and not (arguments.weights / "unet").is_dir():
        parser.error(f"--weights: there are no exported weights in {arguments.weights}")
    if needed and not (arguments.run / needed).exists() and not (arguments.weights and arguments.command in STAGES[:-1]):
        parser.error(f"there is no {needed} in {arguments.run}: first run {WRITTEN_BY[needed]}")
    torch.set_num_threads(arguments.threads)
    torch.set_float32_matmul_precision("high")
    device = "cpu" if arguments.command in JUDGING else arguments.device
    config, began = load_config(continued=arguments.weights is not None, device=device), time.monotonic()

    def report(text: str) -> None:
        print(f"[{time.monotonic() - began:7.0f} s] {text}", flush=True)

    if arguments.command == "classifier":
        from training.renderer.classifier import train_classifier

        train_classifier(config, arguments.run, report)
    elif arguments.command == "sheet":
        from training.renderer.sheet import sheet

        sheet(config, arguments.run, TEXT, arguments.out or arguments.run / "sheet.png")
    elif arguments.command == "score":
        from training.renderer.score import score

        score(config, arguments.run, TEXT, report, boxes=arguments.boxes, ways=arguments.ways, out=arguments.out)
    else:
        _train(config, arguments, report)


def _train(config: Config, arguments: argparse.Namespace, report: Callable[[str], None]) -> None:
    """One stage of the training, or all."""
    from training.renderer.decoder import train_decoder
    from training.renderer.export import export
    from training.renderer.language import Language
    from training.renderer.painter import train_painter
    from training.renderer.scenery import train_scenery
    from training.renderer.train import Run, train
    from training.renderer.unpack import unpack

    run, weights, seconds = arguments.run, arguments.weights, 60 * arguments.minutes
    language = Language(TEXT, arguments.device)
    every = arguments.command == "all"
    if weights is not None and arguments.command in {"train", "decoder"}:
        unpack(config, run, weights, report, arguments.device)
    for stage in STAGES if every else [arguments.command]:
        report(stage)
        done = True
        if stage == "painter" and not (every and (run / "painter.pt").exists()):
            train_painter(config, run, language, report, weights)
        elif stage == "scenery" and not (every and (run / "state.pt").exists()):
            train_scenery(config, run, language, report, weights)
        elif stage == "train":
            opened = Run.open(config, run, report, weights, arguments.device)
            done = train(opened, language, report, seconds=seconds * (1 - DECODER) if every else seconds)
        elif stage == "decoder":
            done = train_decoder(config, run, language, report, weights, seconds=seconds * DECODER if every else seconds)
        elif stage == "export":
            export(config, run, TEXT, report)
        if not done:  # what was interrupted is neither built upon nor put into the package
            return


if __name__ == "__main__":
    main()
