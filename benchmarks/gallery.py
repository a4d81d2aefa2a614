"""Makes the gallery: prompts, their plans, previews and rendered videos, as docs/gallery.md with its pictures.

python -m benchmarks.gallery
"""

from __future__ import annotations

from pathlib import Path

import flowzero
from benchmarks.builtin import BUILTIN
from flowzero.plan import Plan
from flowzero.renderer.sheet import contact_sheet
from flowzero.renderer.video import read_frames, write_image

FOLDER = Path(__file__).parents[1] / "docs" / "gallery"
PROMPTS = {
    "ball": "a red ball rolls from the left to the right across a green meadow",
    "fish": "a yellow fish swims to the left under the sea while a turtle rises",
    "dragon": "a green dragon flies to the left over a castle at sunset",
    "rocket": "a rocket rises into a night sky and a star appears in the second half",
    "leaf": "a green leaf turns red in the forest",
    "city": "a blue car drives to the right along a city street at night and a bus drives to the left",
    "rabbits": "two white rabbits hop across a meadow",
    "wolf": "a wolf runs to the left through the snow at sunset while the camera follows it",
    "pan": "the camera pans right over the mountains while a balloon floats up",
    "penguins": "three penguins walk to the right through the snow",
    "kitchen": "a black cat jumps onto a couch in a room",
    "rower": "a rower crosses a lake from left to right while a raven flies to the left",
    "moth": "a moth circles a fire in the forest at night",
    "unicorn": "a unicorn gallops to the right past a circus tent, two kites in the sky",
}
SHOWN = 6
"""Frames of a film strip."""


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    lines = ["# Gallery\n", "Made by `python -m benchmarks.gallery` with the built-in mind and the embedded model, seed 0.\n"]
    for name, prompt in PROMPTS.items():
        plan = flowzero.plan(prompt, settings=BUILTIN)
        (FOLDER / f"{name}.json").write_text(plan.to_json() + "\n")
        flowzero.preview(plan, FOLDER / f"{name}-preview.webp", overwrite=True)
        video = flowzero.render(plan, FOLDER / f"{name}.webp", overwrite=True, manifest=False)
        _strip(plan, name)
        lines += _section(name, plan, video.notes)
        print(f"{name}: confidence {plan.confidence:.2f}, {sum(video.seconds.values()):.1f} s", flush=True)
    (FOLDER.parent / "gallery.md").write_text("\n".join(lines) + "\n")


def _strip(plan: Plan, name: str) -> None:
    """A row of frames with their boxes."""
    frames = read_frames(FOLDER / f"{name}.webp")
    chosen = [round(k * (len(frames) - 1) / (SHOWN - 1)) for k in range(SHOWN)]
    compiled = plan.dss.frames()
    sheet = contact_sheet(frames[chosen], columns=SHOWN, boxes=[compiled[k].objects for k in chosen], side=192)
    write_image(sheet, FOLDER / f"{name}-strip.png", overwrite=True)


def _section(name: str, plan: Plan, notes: tuple[str, ...]) -> list[str]:
    said = [f"> {note}\n" for note in (*plan.notes, *notes)]
    return [
        f"## {plan.dss.prompt}\n",
        f"Confidence {plan.confidence:.2f} · [plan](gallery/{name}.json)\n",
        "| preview | render |\n| --- | --- |",
        f"| ![preview](gallery/{name}-preview.webp) | ![render](gallery/{name}.webp) |\n",
        f"![frames with the planned boxes](gallery/{name}-strip.png)\n",
        *said,
    ]


if __name__ == "__main__":
    main()
