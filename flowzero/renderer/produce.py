"""Plans into files: a video, the manifest that reproduces it, and what else was asked for beside it.

Importing this loads no torch; producing does.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from flowzero.dss import DSS, MAX_FRAMES
from flowzero.errors import OutputError, SettingsError
from flowzero.events import Event, Listener
from flowzero.files import check_writable, nearest_folder, write_text
from flowzero.plan import Plan
from flowzero.renderer import manifest as manifests
from flowzero.renderer.manifest import Manifest

if TYPE_CHECKING:
    from flowzero.renderer.render import Rendering


IN_MEMORY = 32
"""Frames. What a longer video holds for each of its frames lies in files without names beside the output until it is done."""


class Video(BaseModel):
    """A rendered video: where it is and how it was made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path
    plan: Plan
    frames: int
    width: int
    height: int
    fps: float
    seed: int
    backbone: str
    seconds: dict[str, float] = Field(description="time taken by each stage: plan, load, denoise, decode, write")
    notes: tuple[str, ...] = Field((), description="what a person should know, such as a noun drawn as another")
    manifest: Path | None = Field(None, description="the file that reproduces it")


@dataclass(frozen=True)
class Outputs:
    """The files of one render. None stands for what nobody asked for."""

    video: Path
    """Ends in .mp4, .webm, .gif or .webp; without suffix it is a folder of PNG frames."""
    manifest: bool = True
    """Whether to write what reproduces the video, beside it."""
    sheet: Path | None = None
    """One picture of all frames."""
    frames: Path | None = None
    """A folder of PNG frames besides the video."""
    tracks: Path | None = None
    """A folder of boxes, masks and point tracks for other video models."""
    overwrite: bool = False

    def check(self) -> Outputs:
        """Make sure, before any work, that all of them can be written.

        Raises:
            OutputError: if one exists and may not be replaced, cannot be written, or would stand where another does.
        """
        from flowzero.renderer.tracks import check_tracks
        from flowzero.renderer.video import IMAGE_SUFFIXES, check_output

        check_output(self.video, self.overwrite)
        if self.manifest:
            check_writable(manifests.beside(self.video), self.overwrite)
        if self.sheet is not None:
            check_output(self.sheet, self.overwrite, IMAGE_SUFFIXES)
        if self.frames is not None:
            check_output(self.frames, self.overwrite, ("",))
        if self.tracks is not None:
            check_tracks(self.tracks, self.overwrite)
        self._check_apart()
        return self

    def _check_apart(self) -> None:
        named = [path for path in (self.video, self.sheet, self.frames, self.tracks) if path is not None]
        places = [path.resolve() for path in [*named, *([manifests.beside(self.video)] if self.manifest else [])]]
        for k, place in enumerate(places):
            for other in (*places[:k], *places[k + 1 :]):
                if place == other or place in other.parents:
                    raise OutputError(f"{str(place)!r} is to hold two outputs: give each a place of its own.")


def produce(
    plan: Plan,
    outputs: Outputs,
    *,
    planning: float = 0.0,
    frames: int | None = None,
    on_event: Listener | None = None,
    **options: Any,
) -> tuple[Video, Manifest]:
    """Render a plan and write all outputs.

    Args:
        plan: to render.
        outputs: checked already.
        planning: seconds that the plan took.
        frames: how many to render over the same time; the plan's count when not given.
        on_event: called with every event.
        options: of :func:`flowzero.renderer.render.render`.

    Raises:
        SettingsError: if there are too many frames, or an option is out of range.
        RenderError: if the render fails or is cancelled, or a file cannot be written.
    """
    dss = timed(plan.dss, frames)
    _report(on_event, Event(stage="load", message=f"loading the backbone {options.get('backbone', 'embedded')}"))
    from flowzero.renderer.render import render

    scratch = nearest_folder(outputs.video.parent) if dss.frame_count > IN_MEMORY else None
    drawn = render(dss, on_step=_stepper(on_event), scratch=scratch, **options)
    began = time.perf_counter()
    _report(on_event, Event(stage="write", message=f"writing {outputs.video}"))
    made = _manifest(plan, drawn, str(options.get("backbone", drawn.backbone)))
    _write(drawn, dss, made, outputs)
    seconds = {"plan": planning, **drawn.seconds, "write": time.perf_counter() - began}
    if outputs.manifest:
        sha256 = file_sha256(outputs.video)
        made = made.model_copy(update={"video": outputs.video.name, "sha256": sha256, "seconds": seconds, "notes": drawn.notes})
        write_text(manifests.beside(outputs.video), made.to_json(), outputs.overwrite)
    count, high, wide, _ = drawn.frames.shape
    video = Video(
        path=outputs.video,
        plan=plan,
        frames=count,
        width=wide,
        height=high,
        fps=drawn.fps,
        seed=drawn.seed,
        backbone=drawn.backbone,
        seconds=seconds,
        notes=drawn.notes,
        manifest=manifests.beside(outputs.video) if outputs.manifest else None,
    )
    return video, made


def file_sha256(path: Path) -> str | None:
    """Of a file; a folder of frames has none."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def compare(then: Manifest, now: Manifest, video: Path) -> tuple[str, ...]:
    """What to say of a video that was rendered again: whether it is the same, and if not, what may be why."""
    differ = manifests.differences(then, now)
    if then.sha256 is None or Path(then.video or "").suffix != video.suffix:
        return (differ,) if differ else ()
    if then.sha256 == file_sha256(video):
        return ("This video is the first one, byte for byte.",)
    return (differ or "This video differs from the first, though versions and weights are the same.",)


def _manifest(plan: Plan, drawn: Rendering, backbone: str) -> Manifest:
    folder = Path(backbone).expanduser()
    return Manifest(
        prompt=plan.dss.prompt,
        plan_sha256=manifests.plan_sha256(plan.dss),
        backbone=str(folder.resolve()) if drawn.backbone == backbone and folder.is_dir() else drawn.backbone,
        weights=drawn.weights,
        options=manifests.as_options(drawn.options),
        versions=manifests.versions(),
        plan=plan,
        place=drawn.place,
        threads=drawn.threads,
        machine=manifests.machine(),
    )


def _write(drawn: Rendering, dss: DSS, made: Manifest, outputs: Outputs) -> None:
    """All files but the manifest; the video last, so that where it is, everything is."""
    from flowzero.renderer.tracks import export_tracks
    from flowzero.renderer.video import contact_sheet, write_image, write_video

    overwrite, metadata = outputs.overwrite, _metadata(made)
    if outputs.sheet is not None:
        write_image(contact_sheet(drawn.frames, title=dss.prompt), outputs.sheet, overwrite=overwrite)
    if outputs.frames is not None:
        write_video(drawn.frames, outputs.frames, drawn.fps, overwrite=overwrite, metadata=metadata)
    if outputs.tracks is not None:
        _, height, width, _ = drawn.frames.shape
        export_tracks(dss, outputs.tracks, width=width, height=height, first_frame=drawn.frames[0], overwrite=overwrite)
    write_video(drawn.frames, outputs.video, drawn.fps, overwrite=overwrite, metadata=metadata)


def _metadata(made: Manifest) -> dict[str, str]:
    """What a video file says of itself."""
    return {
        "title": made.prompt[:200],
        "comment": f"FlowZero, backbone {manifests.public_name(made.backbone)}, seed {made.options.seed}",
        manifests.METADATA_KEY: made.recipe(),
    }


def timed(dss: DSS, frames: int | None) -> DSS:
    """The plan with so many frames over the same time.

    Raises:
        SettingsError: if they do not fit into it.
    """
    if frames is None or frames == dss.frame_count:
        return dss
    if not 1 <= frames <= MAX_FRAMES or not 0 < frames / dss.seconds <= 120:
        most = min(MAX_FRAMES, int(120 * dss.seconds))
        raise SettingsError(f"{frames} frames do not fit into {dss.seconds:g} seconds: ask for 1..{most}.")
    return dss.model_copy(update={"fps": frames / dss.seconds})


def _stepper(listener: Listener | None) -> Callable[[int, int], None]:
    """The renderer's callback for each denoising step, as events."""
    return lambda step, steps: _report(
        listener, Event(stage="render", message=f"step {step} of {steps}", done=step, total=steps)
    )


def _report(listener: Listener | None, event: Event) -> None:
    if listener is not None:
        listener(event)
