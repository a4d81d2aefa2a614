"""python -m training.renderer painter|scenery|train|decoder|sheet|classifier|score|export, in that order; training resumes."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import torch

from training.renderer.config import load_config

TEXT = Path(__file__).parents[2] / "flowzero" / "renderer" / "weights"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.renderer", description=__doc__)
    parser.add_argument("command", choices=["painter", "scenery", "train", "sheet", "decoder", "classifier", "score", "export"])
    parser.add_argument("--run", type=Path, default=Path("runs/renderer"), help="folder of the training's state")
    parser.add_argument(
        "--weights", type=Path, help="painter, train, decoder: start from exported weights, such as the package's own"
    )
    parser.add_argument(
        "--device", default="cuda" if torch.cuda.is_available() else "cpu", help="painter, train, decoder: where"
    )
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--out", type=Path, help="sheet: the picture to write; score: the JSON to write")
    parser.add_argument("--boxes", type=int, default=200, help="score: how many boxes")
    parser.add_argument("--ways", type=int, default=0, help="score: among how many nouns; 0 for all")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    config, began = load_config(continued=arguments.weights is not None), time.monotonic()

    def report(text: str) -> None:
        print(f"[{time.monotonic() - began:7.0f} s] {text}", flush=True)

    if arguments.command == "train":
        from training.renderer.model import Language
        from training.renderer.train import Run, train

        run = Run.open(config, arguments.run, report, arguments.weights, arguments.device)
        train(run, Language(TEXT, arguments.device), report)
    elif arguments.command == "painter":
        from training.renderer.model import Language
        from training.renderer.painter import train_painter

        train_painter(config, arguments.run, Language(TEXT, arguments.device), report, arguments.weights)
    elif arguments.command == "scenery":
        from training.renderer.model import Language
        from training.renderer.scenery import train_scenery

        train_scenery(config, arguments.run, Language(TEXT, arguments.device), report, arguments.weights)
    elif arguments.command == "decoder":
        from training.renderer.decoder import train_decoder
        from training.renderer.model import Language

        train_decoder(config, arguments.run, Language(TEXT, arguments.device), report, arguments.weights)
    elif arguments.command == "classifier":
        from training.renderer.classifier import train_classifier

        train_classifier(config, arguments.run, report)
    elif arguments.command == "sheet":
        from training.renderer.sheet import sheet

        sheet(config, arguments.run, TEXT, arguments.out or arguments.run / "sheet.png")
    elif arguments.command == "score":
        from training.renderer.score import score

        score(config, arguments.run, TEXT, report, boxes=arguments.boxes, ways=arguments.ways, out=arguments.out)
    elif arguments.command == "export":
        from training.renderer.export import export

        export(config, arguments.run, TEXT, report)


if __name__ == "__main__":
    main()
