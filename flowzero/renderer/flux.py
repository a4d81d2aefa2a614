"""FLUX.3 behind the same interface: a model that reads boxes natively, as a table in its caption.

The first frame is drawn from the layout alone. Each frame after it is drawn from its own layout and the first frame as a
reference: the table then says of each thing where it stands in the reference and where it is to stand now. Every frame's noise
is the first one's, moved as the plan moves the background. All of this goes through diffusers' modular pipeline, without its
prompt upsampler: a plan says already what is where.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from diffusers import AutoencoderKLFlux2, ClassifierFreeGuidance, FlowMatchEulerDiscreteScheduler, Flux3Transformer2DModel
from diffusers.configuration_utils import FrozenDict
from diffusers.modular_pipelines.flux3 import Flux3AutoBlocks
from diffusers.modular_pipelines.flux3.modular_blocks_flux3_distilled import Flux3DistilledAutoBlocks
from diffusers.modular_pipelines.modular_pipeline import ModularPipelineBlocks
from diffusers.modular_pipelines.modular_pipeline_utils import ComponentSpec
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn.functional import pixel_unshuffle
from transformers import AutoTokenizer, Qwen3VLForConditionalGeneration

from flowzero.dss import Box, Frame, FrameBackground, FrameObject
from flowzero.errors import RenderError, ResourceError, SettingsError
from flowzero.renderer.checkpoints import TRANSFORMER_COMPONENTS, check_layout, guarded, load_weights, no_progress_bars
from flowzero.renderer.drawing import Drawn, Run, first_line, is_out_of_memory
from flowzero.renderer.frames import MAX_SIDE, Film
from flowzero.renderer.noise import noises
from flowzero.renderer.resume import Resume, load_snapshot, weights_digest

if TYPE_CHECKING:
    from flowzero.renderer.backbones import Backbone

GRID = 1000
"""Boxes are whole numbers on a grid of this size, whatever the picture's."""
_SMALLEST = 64
"""The shortest side that it draws, in pixels."""
_PERCENT = 0.005
"""Motions of the background below this fraction of the picture's width are not worth a word."""


class FluxModel:
    """A FLUX.3 image model that draws the frames of a plan, one after the other.

    Args:
        transformer: whole or step-distilled; the latter takes no guidance.
        vae: of its latents.
        text_encoder: of its captions.
        tokenizer: of the text encoder, with its chat template.
        scheduler: flow matching.
    """

    def __init__(self, transformer: Any, vae: Any, text_encoder: Any, tokenizer: Any, scheduler: Any) -> None:
        self.backbone: Backbone | None = None
        self.distilled = bool(transformer.config.flow_map)
        blocks: Any = (Flux3DistilledAutoBlocks if self.distilled else Flux3AutoBlocks)()
        blocks.sub_blocks.pop("prompt_upsampler")
        self._watch = _Watch()
        for workflow in blocks.sub_blocks["denoise"].sub_blocks.values():
            loop = workflow.sub_blocks["denoise"]
            loop.set_progress_bar_config(disable=True)
            loop.sub_blocks.insert("watch", self._watch, len(loop.sub_blocks))
        self.pipeline: Any = blocks.init_pipeline()
        self.pipeline.update_components(
            transformer=transformer,
            vae=vae,
            text_encoder=text_encoder,
            tokenizer=_Words(tokenizer),
            scheduler=_configured("scheduler", type(scheduler), **scheduler.config),
        )

    def to(self, device: str) -> FluxModel:
        """Move all parts to a device."""
        self.pipeline.to(device)
        return self

    def digest(self) -> str:
        """Tells this model's weights from others."""
        parts = (self.pipeline.transformer, self.pipeline.vae, self.pipeline.text_encoder)
        return weights_digest(parts, self.pipeline.scheduler)

    def place(self) -> str:
        """Device and precision of the transformer."""
        transformer = self.pipeline.transformer
        return f"{transformer.device.type} {str(transformer.dtype).removeprefix('torch.')}"

    @property
    def multiple(self) -> int:
        """Of which both sides of a picture are multiples, in pixels: two cells of the latents make one token."""
        return 2 * int(self.pipeline.vae_scale_factor)

    def side(self, pixels: int) -> int:
        """The least side of a picture that is no shorter, in pixels."""
        return -(-max(pixels, _SMALLEST) // self.multiple) * self.multiple

    def draw(self, frames: Sequence[Frame], options: Mapping[str, Any], run: Run) -> Drawn:
        """Draw frames; see :meth:`flowzero.renderer.backbones.Model.draw`.

        Of the options these count: `steps`, `guidance_scale`, `negative_prompt`, `width`, `height`, `noise_mode` and `seed`.

        Raises:
            SettingsError: if an option is out of range, or the snapshot is that of another render.
            ResourceError: if memory runs out.
            RenderCancelledError: if the caller said so.
            RenderError: if the model fails otherwise.
        """
        height, width = self._size(options)
        pictures = run.film((len(frames), height, width, 3))
        done = self._resume(run, pictures)
        for k, noise in enumerate(self._noise(frames, height, width, options)):
            if k < done:
                continue
            self._watch.follow(run, k * options["steps"], len(frames) * options["steps"])
            call = {"prompt": caption(frames[k], frames[0] if k else None), "latents": noise[None]}
            pictures[k] = self._picture(call | self._call(options, height, width), pictures[0] if k else None)
            run.keep(Resume(k + 1, 1, torch.empty(0)), (torch.from_numpy(pictures[i].copy()) for i in range(k + 1)))
        run.lap("draw")
        return Drawn(pictures)

    def _picture(self, call: dict[str, Any], reference: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
        """One picture [H, W, 3]."""
        given = {} if reference is None else {"image": Image.fromarray(reference)}
        try:
            images = self.pipeline(**call, **given, output_type="np", output="images")
        except (MemoryError, RuntimeError, ValueError) as error:
            if is_out_of_memory(error):
                raise ResourceError("memory ran out: choose a smaller width and height.") from error
            raise RenderError(f"the model failed while drawing: {first_line(error)}") from error
        if not np.isfinite(images).all():
            raise RenderError("the model gave numbers that are not finite: render in float32.")
        picture: NDArray[np.uint8] = np.round(images[0] * 255).astype(np.uint8)
        return picture

    def _call(self, options: Mapping[str, Any], height: int, width: int) -> dict[str, Any]:
        call = {"height": height, "width": width, "num_inference_steps": options["steps"]}
        if self.distilled:
            return call
        guider = _configured("guider", ClassifierFreeGuidance, guidance_scale=options["guidance_scale"])
        self.pipeline.update_components(guider=guider)
        return call | ({"negative_prompt": options["negative_prompt"]} if options["guidance_scale"] > 1 else {})

    def _size(self, options: Mapping[str, Any]) -> tuple[int, int]:
        for name in ("height", "width"):
            if not _SMALLEST <= options[name] <= MAX_SIDE or options[name] % self.multiple:
                raise SettingsError(
                    f"{name} is {options[name]}: choose a multiple of {self.multiple} in {_SMALLEST}..{MAX_SIDE}."
                )
        if not 1 <= options["steps"] <= 1000:
            raise SettingsError(f"steps is {options['steps']}: choose 1..1000.")
        if not 0 <= options["guidance_scale"] <= 100:
            raise SettingsError(f"guidance_scale is {options['guidance_scale']:g}: choose 0..100.")
        return int(options["height"]), int(options["width"])

    def _noise(self, frames: Sequence[Frame], height: int, width: int, options: Mapping[str, Any]) -> Iterator[Tensor]:
        """Each frame's noise, moved at the resolution of the latents and then packed, four cells to a token: [4C, h, w]."""
        cells = self.multiple // 2
        channels = self.pipeline.num_channels_latents // 4
        generator = torch.Generator().manual_seed(options["seed"])
        base = torch.randn(channels, height // cells, width // cells, generator=generator)
        moved = noises(base, frames, mode=options["noise_mode"], seed=options["seed"])
        return (pixel_unshuffle(noise, 2) for noise in moved)

    @staticmethod
    def _resume(run: Run, pictures: Film | NDArray[np.uint8]) -> int:
        """Put in the frames that an earlier run has drawn, and say how many these are."""
        kept = load_snapshot(run.snapshot, run.key) if run.snapshot else None
        if kept is None:
            return 0
        resume, records = kept
        for k, record in enumerate(records):
            pictures[k] = record.numpy()
        return resume.step


class _Words:
    """A tokenizer where the pipeline expects a processor of words and pictures: captions have no pictures in them."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer

    def apply_chat_template(self, *args: Any, **kwargs: Any) -> Any:
        """The tokenizer's."""
        return self.tokenizer.apply_chat_template(*args, **kwargs)


class _Watch(ModularPipelineBlocks):
    """The end of each denoising step: tells the caller, and stops when it says so."""

    model_name = "flux3"  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._run, self._before, self._total = Run(), 0, 0

    def follow(self, run: Run, before: int, total: int) -> None:
        """Report to this run, that has so many steps behind it of so many in all."""
        self._run, self._before, self._total = run, before, total

    def __deepcopy__(self, memo: dict[int, Any]) -> _Watch:
        """Itself: a pipeline copies its blocks, and the copy shall tell the same caller."""
        return self

    @property
    def description(self) -> str:
        return "Reports each step."

    def __call__(self, components: Any, block_state: Any, i: int, t: Tensor) -> tuple[Any, Any]:
        self._run.stepped(self._before + i + 1, self._total)
        self._run.stop_if_cancelled()
        return components, block_state


def _configured(name: str, kind: type, **config: Any) -> Any:
    """A component without weights, made as modular pipelines want theirs made."""
    frozen = FrozenDict(config)  # type: ignore[no-untyped-call]
    return ComponentSpec(name, kind, config=frozen, default_creation_method="from_config").create()


def load_flux(folder: Path, name: str, dtype: torch.dtype) -> FluxModel:
    """Load a FLUX.3 checkpoint: the transformer and the text encoder in `dtype`, the decoder in float32.

    Raises:
        BackboneError: if it is incomplete or corrupt.
        ResourceError: if it does not fit into memory.
    """
    check_layout(folder, name, TRANSFORMER_COMPONENTS)
    scheduler_class: Any = FlowMatchEulerDiscreteScheduler
    loaders: dict[str, Any] = {
        "transformer": lambda part: load_weights(part, Flux3Transformer2DModel, dtype),
        "vae": lambda part: load_weights(part, AutoencoderKLFlux2, torch.float32),
        "text_encoder": lambda part: load_weights(part, Qwen3VLForConditionalGeneration, dtype),
        "tokenizer": lambda part: AutoTokenizer.from_pretrained(part, local_files_only=True),
        "scheduler": lambda part: scheduler_class.from_pretrained(part, local_files_only=True),
    }
    with no_progress_bars():
        parts = {part: guarded(part, name, partial(loaders[part], folder / part)) for part in TRANSFORMER_COMPONENTS}
    model: FluxModel = guarded("model", name, lambda: FluxModel(**parts))
    return model


def caption(frame: Frame, first: Frame | None = None) -> str:
    """What FLUX.3 reads: words that cite each thing by its id, one space, and the table of their boxes.

    Args:
        frame: to be drawn.
        first: the frame whose picture is the reference; None for that frame itself.
    """
    now = {item.id: item for item in frame.objects if _grid(item.box)}
    then = {item.id: item for item in first.objects if _grid(item.box)} if first else {}
    rows = [_row(now.get(name), then.get(name), first is not None) for name in {**then, **now}]
    text = _change(frame, now, then, first) if first else _scene(frame, now)
    return f"{text} {json.dumps(rows, ensure_ascii=False)}" if rows else text


def _scene(frame: Frame, now: Mapping[str, FrameObject]) -> str:
    cited = ", ".join(f"{item.phrase} <{_id(item)}>" for item in now.values())
    return f"{frame.description.rstrip('.')}." + (f" It shows {cited}." if cited else "")


def _change(frame: Frame, now: Mapping[str, FrameObject], then: Mapping[str, FrameObject], first: Frame) -> str:
    """The change from the reference, as an instruction."""
    said = [f"Show a later moment of the scene in <ref_image_0>: {frame.description.rstrip('.')}."]
    for name in {**then, **now}:
        before, after = then.get(name), now.get(name)
        if before is None and after is not None:
            said.append(f"Add {after.phrase} <{_id(after)}>.")
        elif after is None and before is not None:
            said.append(f"Remove {before.phrase} <{_id(before)}>.")
        elif before is not None and after is not None:
            moved = _grid(before.box) != _grid(after.box)
            changed = f" and make it {after.phrase}" if before.phrase != after.phrase else ""
            verb = "Move" if moved else "Keep"
            said.append(f"{verb} {before.phrase} <{_id(after)}> {'to its new place' if moved else 'where it is'}{changed}.")
    said.append(_viewpoint(frame.background, first.background))
    return " ".join(filter(None, said)) + " Everything else stays identical to <ref_image_0>."


def _viewpoint(now: FrameBackground, then: FrameBackground) -> str:
    """How the background has moved since the reference; dx and dy are in picture widths."""
    dx, dy, scale = now.dx - then.dx, now.dy - then.dy, now.scale / then.scale
    ways = [
        f"{abs(by):.0%} of the picture's width {to[by > 0]}"
        for by, to in ((dx, ("to the left", "to the right")), (dy, ("up", "down")))
        if abs(by) >= _PERCENT
    ]
    said = [f"Shift the camera viewpoint so that the background moves {' and '.join(ways)}."] if ways else []
    if abs(scale - 1) >= _PERCENT:
        said.append(f"Zoom {'in' if scale > 1 else 'out'} so that the background is {scale:.0%} of its size.")
    return " ".join(said)


def _row(now: FrameObject | None, then: FrameObject | None, edit: bool) -> dict[str, Any]:
    item = now or then
    assert item is not None
    if not edit:
        return {"id": _id(item), "bbox": _grid(item.box), "desc": item.phrase}
    return {
        "id": _id(item),
        "from": "ref_image_0" if then else "target",
        "src_bbox": _grid(then.box) if then else None,
        "tgt_bbox": _grid(now.box) if now else None,
        "desc": item.phrase,
    }


def _id(item: FrameObject) -> str:
    """An id as the model was taught them: a word, an underscore and a number."""
    return f"{item.id.replace('-', '_')}_1"


def _grid(box: Box) -> list[int] | None:
    """Top, left, bottom and right on the grid, cut at the picture's edges; None for a box outside of it."""
    top, left, bottom, right = (
        round(GRID * min(max(value, 0.0), 1.0)) for value in (box.y, box.x, box.y + box.h, box.x + box.w)
    )
    return [top, left, bottom, right] if bottom > top and right > left else None
