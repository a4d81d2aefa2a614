"""Drawing with a pipeline: what runs short of memory goes on in smaller pieces, what was killed from its last step.

What grows with the number of frames is kept where the caller's :class:`Run` says: in memory, or in files.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from flowzero.errors import RenderCancelledError, RenderError, ResourceError
from flowzero.renderer.frames import Film
from flowzero.renderer.grounding import Conditioning
from flowzero.renderer.resume import Resume, load_snapshot, save_snapshot
from flowzero.renderer.sampling import State
from flowzero.renderer.shelf import Shelf

if TYPE_CHECKING:
    from flowzero.dss import Frame
    from flowzero.renderer.pipeline import FlowZeroPipeline

OnStep: TypeAlias = Callable[[int, int], None]
"""Called with the steps done and the steps in all."""
OnFrames: TypeAlias = Callable[[int, int], None]
"""Called with the frames that the current step has done and the frames in all."""

_Value = TypeVar("_Value", bound=tuple[Any, ...])

_EXHAUSTED = ("can't allocate memory", "out of memory", "ALLOC_FAILED", "could not create a primitive")
"""How torch's CPU and MPS allocators, CUDA's libraries and oneDNN say in a plain RuntimeError that memory ran out."""


@dataclass
class Run:
    """One render as its caller follows it: whom to tell, when to stop, where to keep its state, how long its stages took."""

    key: str = ""
    """Tells this render's snapshot from those of others."""
    snapshot: Path | None = None
    snapshot_every: float = 0.0
    """Seconds at least from one state that is kept to the next, and before the first."""
    on_step: OnStep | None = None
    on_frames: OnFrames | None = None
    should_cancel: Callable[[], bool] | None = None
    scratch: Path | None = None
    """A folder for what grows with the number of frames; None to keep it in memory."""
    seconds: dict[str, float] = field(default_factory=dict)
    _last: float = field(default_factory=time.perf_counter)
    _kept: float = field(default_factory=time.monotonic)

    def lap(self, stage: str) -> None:
        """Note the seconds since the last lap as those of a stage."""
        now = time.perf_counter()
        self.seconds[stage], self._last = now - self._last, now

    def keep(self, resume: Resume, records: Iterable[Any]) -> None:
        """Keep the state in the snapshot's file, if there is one and it is time to."""
        if self.snapshot is not None and time.monotonic() - self._kept >= self.snapshot_every:
            save_snapshot(self.snapshot, resume, records, self.key)
            self._kept = time.monotonic()

    def stop_if_cancelled(self) -> None:
        """Raise if the caller wants to stop.

        Raises:
            RenderCancelledError: then.
        """
        if self.should_cancel is not None and self.should_cancel():
            raise RenderCancelledError("the render was cancelled.")

    def stepped(self, done: int, steps: int) -> None:
        """Tell the caller that so many steps are done."""
        if self.on_step is not None:
            self.on_step(done, steps)

    def drew(self, done: int, frames: int) -> None:
        """Tell the caller that the current step has done so many frames, and stop if the caller wants to.

        Raises:
            RenderCancelledError: then.
        """
        if self.on_frames is not None:
            self.on_frames(done, frames)
        self.stop_if_cancelled()

    def shelf(self, kind: Callable[..., _Value]) -> MutableMapping[int, _Value]:
        """A place for named tuples of a kind, by number."""
        return {} if self.scratch is None else Shelf(self.scratch, kind)

    def film(self, shape: tuple[int, int, int, int]) -> NDArray[np.uint8] | Film:
        """A place for pictures [F, H, W, 3]."""
        return np.empty(shape, np.uint8) if self.scratch is None else Film(shape, self.scratch)


class Drawn(NamedTuple):
    """What a model drew."""

    pictures: NDArray[np.uint8] | Film
    """[F, H, W, 3]."""
    notes: tuple[str, ...] = ()
    """What a person should know, a sentence each."""
    chunk_size: int | None = None
    """How many frames it drew at a time, where that can change the last bits."""


def draw(pipeline: FlowZeroPipeline, frames: Sequence[Frame], options: Mapping[str, Any], run: Run) -> Drawn:
    """Draw frames with a pipeline.

    Args:
        pipeline: a layout-grounded latent diffusion model.
        frames: of a plan, in words that the model knows.
        options: of the pipeline's call, with `steps` for its number of inference steps.
        run: of the caller.

    Raises:
        SettingsError: if an option is out of range, or the snapshot is that of another render.
        ResourceError: if memory runs out even for one frame at a time.
        RenderCancelledError: if the caller said so.
        RenderError: if the model fails otherwise.
    """
    call = {("num_inference_steps" if name == "steps" else name): value for name, value in options.items()}
    states: MutableMapping[int, State] = run.shelf(State)
    notes = _denoise(pipeline, frames, call, run, states)
    run.lap("denoise")
    pictures, more = _decode(pipeline, states, len(frames), run)
    run.lap("decode")
    return Drawn(pictures, (*notes, *more), pipeline.chunk_size)


def _denoise(
    pipeline: FlowZeroPipeline,
    frames: Sequence[Frame],
    call: dict[str, Any],
    run: Run,
    states: MutableMapping[int, State],
) -> tuple[str, ...]:
    """Fill in the states of all chunks; with fewer frames at a time after memory ran out, and a note on it."""

    def stepped(_: FlowZeroPipeline, index: int, timestep: Tensor, tensors: dict[str, Any]) -> dict[str, Any]:
        run.keep(pipeline.progress(index), (tuple(states[k]) for k in range(len(states))))
        run.stepped(index + 1, pipeline.num_timesteps)
        return tensors

    notes: list[str] = []
    resume = _resumed(run, states)
    while True:
        try:
            pipeline(
                frames,
                **call,
                states=states,
                conditioning=run.shelf(Conditioning),
                resume=resume,
                output_type="states",
                callback_on_step_end=stepped,
                callback_on_step_end_tensor_inputs=(),
                callback_on_chunk_end=lambda _, done: run.drew(done, len(frames)),
            )
            return tuple(notes)
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise RenderError(f"the model failed while drawing: {first_line(error)}") from error
            size = min(pipeline.chunk_size, len(frames)) // 2
            if size == 0:
                raise ResourceError("memory ran out with one frame at a time: choose a smaller width and height.") from error
        call, resume = call | {"chunk_size": size}, None
        states.clear()
        notes = [f"Memory ran short: frames were drawn {size} at a time."]
        free_memory()


def _resumed(run: Run, states: MutableMapping[int, State]) -> Resume | None:
    """Fill in the states that an earlier run has kept, and say how far it had come; None if there is no such run."""
    kept = load_snapshot(run.snapshot, run.key) if run.snapshot else None
    if kept is None:
        return None
    resume, records = kept
    states.update((k, State(*record)) for k, record in enumerate(records))
    return resume


def _decode(
    pipeline: FlowZeroPipeline, states: MutableMapping[int, State], count: int, run: Run
) -> tuple[NDArray[np.uint8] | Film, tuple[str, ...]]:
    """Pictures of `count` frames, one at a time; in tiles, if the decoder can, after memory ran out."""
    height, width = (side * pipeline.scale_factor for side in states[0].latents.shape[-2:])
    pictures = run.film((count, height, width, 3))
    before = _tiles(pipeline)
    try:
        for done, z in enumerate(z for k in range(len(states)) for z in torch.split(states[k].latents, 1)):
            run.stop_if_cancelled()
            pictures[done] = _picture(pipeline, z)
        tiled = _tiles(pipeline) and not before
    finally:
        if _tiles(pipeline) and not before:
            pipeline.vae.disable_tiling()
    return pictures, ("Memory ran short: pictures were decoded in tiles.",) if tiled else ()


def _picture(pipeline: FlowZeroPipeline, z: Tensor) -> NDArray[np.uint8]:
    """The picture [H, W, 3] of a latent [1, C, h, w]; the decoder is set to tiles, if it has them, when memory runs out."""
    while True:
        try:
            picture: NDArray[np.uint8] = pipeline.decode(z, "uint8")[0]
            return picture
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise RenderError(f"the decoder failed: {first_line(error)}") from error
            if _tiles(pipeline) or not hasattr(pipeline.vae, "enable_tiling"):
                raise ResourceError("memory ran out while decoding: choose a smaller width and height.") from error
        pipeline.vae.enable_tiling()
        free_memory()


def _tiles(pipeline: FlowZeroPipeline) -> bool:
    """Whether the decoder works in tiles."""
    return bool(getattr(pipeline.vae, "use_tiling", False))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether torch or Python ran out of memory."""
    return isinstance(error, (MemoryError, torch.OutOfMemoryError)) or any(text in str(error) for text in _EXHAUSTED)


def first_line(error: BaseException) -> str:
    """What an error says, without the rest."""
    return str(error).strip().partition("\n")[0][:200]


def free_memory() -> None:
    """Give back what nothing refers to any more."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
