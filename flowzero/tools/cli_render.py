"""The `render` command: a prompt, a plan or a manifest becomes a video."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flowzero.errors import InputError
from flowzero.tools.cli_options import (
    DRAWING,
    OUTPUT,
    Builtin,
    Force,
    Fps,
    FrameCount,
    Height,
    Json,
    Quiet,
    Rounds,
    Seconds,
    Threshold,
    Width,
    examples,
)

if TYPE_CHECKING:
    from flowzero.renderer.produce import Video
    from flowzero.tools.cli_output import Screen

METHOD = "Method"
SpareSource = Annotated[
    str | None, typer.Argument(metavar="PROMPT|PLAN.json", help="A prompt, a plan file, or - for standard input.")
]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(
        epilog=examples(
            'flowzero render "a red ball rolls to the right" -o ball.mp4 --sheet ball.png',
            "flowzero render ball.json -o ball.webm --seed 7 --steps 20 --tracks ball-tracks",
            "flowzero render --manifest ball.mp4 -o again.mp4",
            'flowzero render "a dog runs to the left" --json > result.json',
            "Without -o the file is named after the prompt. Kinds: .mp4, .webm, .gif, .webp; no suffix for a folder of frames.",
        )
    )(render)


def render(  # noqa: PLR0913, PLR0917 (a command's options are its arguments)
    source: SpareSource = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="The video.", rich_help_panel=OUTPUT)
    ] = None,
    sheet: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="All frames in one picture as well.", rich_help_panel=OUTPUT)
    ] = None,
    frames_dir: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="PNG frames as well.", rich_help_panel=OUTPUT)
    ] = None,
    tracks: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Boxes, masks, point tracks and the first frame as well, for other video models.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Render again what this manifest, or the video that carries it, says."),
    ] = None,
    no_manifest: Annotated[
        bool, typer.Option("--no-manifest", help="Write no manifest beside the video.", rich_help_panel=OUTPUT)
    ] = False,
    seconds: Seconds = None,
    fps: Fps = None,
    threshold: Threshold = None,
    max_rounds: Rounds = None,
    builtin: Builtin = False,
    seed: Annotated[
        int | None, typer.Option(help="The same seed gives the same video; 0 when not given.", rich_help_panel=DRAWING)
    ] = None,
    steps: Annotated[int | None, typer.Option(help="Denoising steps.", rich_help_panel=DRAWING)] = None,
    guidance: Annotated[float | None, typer.Option(help="Classifier-free guidance.", rich_help_panel=DRAWING)] = None,
    width: Width = None,
    height: Height = None,
    frames: FrameCount = None,
    backbone: Annotated[
        str | None, typer.Option(help="embedded, a hub id, or a folder with a checkpoint.", rich_help_panel=DRAWING)
    ] = None,
    device: Annotated[str | None, typer.Option(help="auto, cpu, cuda or mps.", rich_help_panel=DRAWING)] = None,
    resume: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Keep the state there after each step; where it is already, go on from it.",
            rich_help_panel=DRAWING,
        ),
    ] = None,
    negative: Annotated[str | None, typer.Option(help="What not to show.", rich_help_panel=METHOD)] = None,
    noise: Annotated[
        str | None, typer.Option(help="How noise moves: layered, canvas, wrap, still, ...", rich_help_panel=METHOD)
    ] = None,
    attention: Annotated[
        str | None, typer.Option(help="What frames look at: first, first_prev or none.", rich_help_panel=METHOD)
    ] = None,
    compile: Annotated[
        bool, typer.Option("--compile", help="Compile the model first: pays off in long renders.", rich_help_panel=METHOD)
    ] = False,
    offload: Annotated[
        bool, typer.Option("--offload", help="For small GPUs: keep there only what is at work.", rich_help_panel=METHOD)
    ] = False,
    force: Force = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Render a prompt or a plan into a video."""
    from flowzero import api
    from flowzero.renderer.manifest import SUFFIX
    from flowzero.tools.cli_input import begin, read_source
    from flowzero.tools.cli_output import finish

    planning = {"seconds": seconds, "fps": fps, "threshold": threshold, "max_rounds": max_rounds}
    drawing: dict[str, Any] = {
        "seed": seed,
        "steps": steps,
        "guidance_scale": guidance,
        "width": width,
        "height": height,
        "frames": frames,
        "negative_prompt": negative,
        "noise_mode": noise,
        "attention_mode": attention,
        "compiled": compile or None,
    }
    given = {name: value for name, value in drawing.items() if value is not None}
    files: dict[str, Any] = {
        "sheet": sheet,
        "frames_dir": frames_dir,
        "tracks": tracks,
        "manifest": not no_manifest,
        "overwrite": force,
    }
    call: dict[str, Any] = {"backbone": backbone, "device": device, "snapshot": resume, "offload": offload}
    screen, settings = begin(json, quiet, builtin=builtin, **planning)
    with screen.working() as listener:
        if manifest is not None:
            _refuse_beside_manifest(source, planning | given)
            video = api.reproduce(manifest, output, on_event=listener, settings=settings, **files, **call)
        elif source is None:
            raise InputError("nothing to render: give a prompt, a plan, or --manifest FILE.")
        else:
            if source.endswith(SUFFIX):
                raise InputError(f"{source!r} is a manifest: render it with --manifest {source}.")
            subject = read_source(source)
            video = api.render(subject, output, on_event=listener, settings=settings, **files, **call, **given)
    _show(video, files, screen)
    finish(video.plan, screen)


def _refuse_beside_manifest(source: str | None, options: dict[str, Any]) -> None:
    """A manifest says what to draw and how; anything else that does would contradict it.

    Raises:
        InputError: naming what is too much.
    """
    if source is not None:
        raise InputError("give either a prompt or plan, or --manifest FILE, not both.")
    given = [name for name, value in options.items() if value is not None]
    if given:
        name = {"guidance_scale": "guidance", "negative_prompt": "negative", "compiled": "compile"}.get(given[0], given[0])
        option = name.removesuffix("_mode").replace("_", "-")
        raise InputError(f"a manifest says already what --{option} would say: leave one of them out.")


def _show(video: Video, files: dict[str, Any], screen: Screen) -> None:
    """What was written, and what a person should know of it."""
    from flowzero.tools.cli_output import video_record

    extras = {name: files[name] for name in ("sheet", "frames_dir", "tracks") if files[name] is not None}
    if screen.json:
        screen.emit(video_record(video) | {name: str(path) for name, path in extras.items()})
    else:
        screen.show(f"Wrote {video.path}: {video.frames} frames of {video.width} x {video.height}, seed {video.seed}.")
        said = {"sheet": "all frames in one picture", "frames_dir": "all frames", "tracks": "tracks and masks"}
        for name, path in extras.items():
            screen.show(f"Wrote {path}: {said[name]}.")
        if video.manifest is not None:
            screen.show(f"Wrote {video.manifest}: what it takes to render the same video again.")
    for note in video.notes:
        screen.note(note)
