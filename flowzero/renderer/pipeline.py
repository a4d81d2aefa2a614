"""FlowZeroPipeline: a diffusers pipeline that draws a compiled Dynamic Scene Syntax (arXiv 2311.15813)."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from diffusers.image_processor import VaeImageProcessor
from diffusers.pipelines.pipeline_utils import DiffusionPipeline
from diffusers.utils.outputs import BaseOutput
from diffusers.utils.torch_utils import randn_tensor
from torch import Tensor

from flowzero.dss import Frame
from flowzero.errors import BackboneError, RenderError, SettingsError
from flowzero.renderer.attention import ATTENTION_MODES, AttentionMode, frame_attention
from flowzero.renderer.drawing import Drawn, Run, draw
from flowzero.renderer.frames import MAX_SIDE
from flowzero.renderer.grounding import (
    Camera,
    Conditioning,
    Layout,
    beginning,
    distinct,
    encode_captions,
    encode_phrases,
    in_float32,
    layout,
    layout_tensors,
    object_tokens,
    painted_maps,
    paints_places,
)
from flowzero.renderer.layers import shared_background
from flowzero.renderer.lean import lean_layers
from flowzero.renderer.noise import NOISE_MODES, NoiseMode, noises
from flowzero.renderer.resume import Resume, weights_digest
from flowzero.renderer.sampling import Guidance, OnChunk, State, chunks, denoise, latents_of, put_latents, scheduler_state
from flowzero.renderer.twins import twin_layers

if TYPE_CHECKING:
    from flowzero.renderer.backbones import Backbone

StepCallback = Callable[["FlowZeroPipeline", int, Tensor, dict[str, Any]], dict[str, Any]]


@dataclass
class FlowZeroOutput(BaseOutput):
    """What a call returns: `frames` in the form that `output_type` asks for."""

    frames: Any


class FlowZeroPipeline(DiffusionPipeline):
    """Draws the frames of a plan with a layout-grounded latent diffusion model, all frames in one sampling run.

    With one frame and no motion it equals diffusers' StableDiffusionGLIGENPipeline bit for bit.

    Args:
        vae: decodes latents: `decode(z).sample` in -1..1, `config.scaling_factor`, `config.latent_channels`.
        text_encoder: captions by `last_hidden_state`, phrases by `pooler_output`.
        tokenizer: its `model_max_length` is the length of a caption.
        unet: a UNet2DConditionModel with gated self-attention.
        scheduler: any diffusers scheduler.
        layout_painter: needed when the U-Net takes more channels than a latent has: paints the layout into them.
        max_objects: object places in a frame; a model draws as it was trained with, GLIGEN with 30.
    """

    model_cpu_offload_seq = "text_encoder->layout_painter->unet->vae"  # type: ignore[assignment]
    _optional_components = ["layout_painter"]  # noqa: RUF012 (diffusers reads it off the class)
    _callback_tensor_inputs = ["latents"]  # noqa: RUF012

    def __init__(  # noqa: PLR0913, PLR0917 (a diffusers pipeline names its components)
        self,
        vae: Any,
        text_encoder: Any,
        tokenizer: Any,
        unet: Any,
        scheduler: Any,
        layout_painter: Any = None,
        max_objects: int = 30,
    ) -> None:
        super().__init__()
        self.register_modules(  # type: ignore[no-untyped-call]
            vae=vae,
            text_encoder=text_encoder,
            tokenizer=tokenizer,
            unet=unet,
            scheduler=scheduler,
            layout_painter=layout_painter,
        )
        self.register_to_config(max_objects=max_objects)  # type: ignore[no-untyped-call]
        if getattr(unet, "position_net", None) is None:
            raise BackboneError("this U-Net has no gated self-attention: take a GLIGEN checkpoint.")
        if (self.latent_channels != unet.config.in_channels) != (layout_painter is not None):
            raise BackboneError(
                f"this U-Net takes {unet.config.in_channels} channels and a latent has {self.latent_channels}: take a text-box "
                "GLIGEN checkpoint, or one that comes with a layout painter."
            )
        self._num_timesteps = 0
        self._chunk_size = 1
        self._generator = torch.Generator()
        self.backbone: Backbone | None = None
        """What `load_backbone` made it from, whose defaults a render takes."""
        self.image_processor = VaeImageProcessor(vae_scale_factor=self.scale_factor, do_convert_rgb=True)

    @property
    def num_timesteps(self) -> int:
        """How many steps the current or last call takes: some samplers take more than they are asked for."""
        return self._num_timesteps

    @property
    def chunk_size(self) -> int:
        """How many frames one pass of the U-Net takes in the current or last call."""
        return self._chunk_size

    @property
    def max_objects(self) -> int:
        """Object places in a frame."""
        return int(self.config["max_objects"])

    @property
    def latent_channels(self) -> int:
        """Channels of a latent."""
        return int(self.vae.config.latent_channels)

    @property
    def scale_factor(self) -> int:
        """How many picture pixels a latent pixel spans, along each axis."""
        stated = getattr(self.vae, "spatial_compression_ratio", None) or self.vae.config.get("spatial_compression_ratio")
        return int(stated or 2 ** (len(self.vae.config.block_out_channels) - 1))

    @torch.no_grad()
    def __call__(  # noqa: PLR0913 (a diffusers pipeline takes its options so)
        self,
        frames: Sequence[Frame],
        *,
        height: int | None = None,
        width: int | None = None,
        num_inference_steps: int = 50,
        guidance_scale: float = 7.5,
        guidance_interval: tuple[float, float] = (0.0, 1.0),
        grounding_fraction: float = 0.3,
        negative_prompt: str = "",
        seed: int | None = None,
        generator: torch.Generator | None = None,
        latents: Tensor | None = None,
        noise_mode: NoiseMode = "canvas",
        attention_mode: AttentionMode = "first",
        chunk_size: int | None = None,
        caches: bool = True,
        states: MutableMapping[int, State] | None = None,
        conditioning: MutableMapping[int, Conditioning] | None = None,
        resume: Resume | None = None,
        callback_on_step_end: StepCallback | None = None,
        callback_on_step_end_tensor_inputs: Sequence[str] = ("latents",),
        callback_on_chunk_end: OnChunk | None = None,
        output_type: str = "pil",
        return_dict: bool = True,
    ) -> FlowZeroOutput | tuple[Any]:
        """Draw frames.

        Args:
            frames: of :meth:`flowzero.dss.DSS.frames`: descriptions, boxes, phrases and accumulated background motion.
            height: of the picture in pixels, a multiple of `scale_factor`; the model's own size when not given.
            width: likewise.
            num_inference_steps: of the sampler.
            guidance_scale: of classifier-free guidance; at 1 or less only the conditional branch runs.
            guidance_interval: the stretch of the steps, as fractions, in which guidance runs.
            grounding_fraction: the first part of the timesteps, in which gated self-attention takes part.
            negative_prompt: what the unconditional branch describes.
            seed: of all noise; drawn on the CPU, so that it means the same on every device.
            generator: instead of a seed, for the base noise and for samplers that add noise.
            latents: [1, C, h, w], the base noise, or [F, C, h, w], every frame's own, instead of drawn ones; unit variance.
            noise_mode: how the base becomes each frame's noise; see :func:`~flowzero.renderer.noise.frame_noise`.
            attention_mode: what frames look at in self-attention: the `first`, `first_prev`, or `none` but themselves.
            chunk_size: frames in one pass of the U-Net at most; bounds memory and changes nothing else. See `frames_at_once`.
            caches: compute constant keys and values once; changes nothing but time.
            states: where to keep each chunk's latents between steps, by its number; in memory when not given.
            conditioning: where to keep what guides each chunk; likewise.
            resume: go on from what :meth:`progress` said in an earlier call with the same arguments, whose states are given.
            callback_on_step_end: called with the pipeline, the step's index, its timestep and {"latents"} after each step; may
                return other latents.
            callback_on_step_end_tensor_inputs: without "latents" in it, the callback gets {}.
            callback_on_chunk_end: called with the step's index and the number of frames it has done.
            output_type: `uint8` for an array [F, H, W, 3], `pil`, `np`, `pt`, `latent`, or `states` for nothing but these.
            return_dict: whether to return :class:`FlowZeroOutput` or a tuple.

        Raises:
            SettingsError: if an option is out of range.
            RenderError: if the model's output is not finite.
        """
        if not frames:
            raise SettingsError("there are no frames to draw: give at least one.")
        _within("num_inference_steps", num_inference_steps, 1, self.scheduler.config.num_train_timesteps)
        _within("guidance_scale", guidance_scale, 0, 100)
        _within("grounding_fraction", grounding_fraction, 0, 1)
        for end in guidance_interval:
            _within("guidance_interval", end, 0, 1)
        _within("chunk_size", 1 if chunk_size is None else chunk_size, 1, float("inf"))
        _one_of("noise_mode", noise_mode, NOISE_MODES)
        _one_of("attention_mode", attention_mode, ATTENTION_MODES)
        height, width = self._size(height, width)
        self._chunk_size = resume.chunk_size if resume else self._bounded(chunk_size or self.frames_at_once(height, width))
        parts = chunks(len(frames), self._chunk_size)
        device = self._execution_device
        if generator is None:
            generator = torch.Generator()
            generator.seed() if seed is None else generator.manual_seed(seed)
        states = {} if states is None else states
        conditioning = {} if conditioning is None else conditioning
        # Where in its place a video is set is a part of its chance; without a seed, it is where every place begins.
        start = 0.0 if seed is None else beginning(seed, width / height)
        captions = self.condition(
            frames, parts, conditioning, height=height, width=width, negative_prompt=negative_prompt, start=start
        )

        scheduler = copy.deepcopy(self.scheduler)
        scheduler.set_timesteps(num_inference_steps, device=device)
        self._num_timesteps = len(scheduler.timesteps)
        if resume is None:
            shape = (1, self.latent_channels, height // self.scale_factor, width // self.scale_factor)
            noise = self._noise(frames, shape, latents, generator, noise_mode)
            for k, part in enumerate(parts):
                chunk = torch.stack(list(islice(noise, part.stop - part.start)))
                states[k] = State(chunk.to(device) * scheduler.init_noise_sigma, scheduler_state(scheduler))
        else:
            generator.set_state(resume.generator)
        self._generator = generator

        def on_step(index: int, timestep: Tensor) -> None:
            progress.update()
            if callback_on_step_end is not None:
                known = {"latents": latents_of(states)} if "latents" in callback_on_step_end_tensor_inputs else {}
                put_latents(states, (callback_on_step_end(self, index, timestep, known) or {}).get("latents"))

        with (
            frame_attention(self.unet, mode=attention_mode, caches=caches, frames=len(frames)) as attention,
            lean_layers(self.unet, frames=len(frames)),
            twin_layers(self.unet, attention),
            self.progress_bar(total=len(scheduler.timesteps)) as progress,
        ):
            attention.captions = captions
            denoise(
                self.unet,
                scheduler,
                attention,
                states,
                conditioning,
                guidance=Guidance(guidance_scale, *guidance_interval),
                grounding_fraction=grounding_fraction,
                generator=generator,
                background=shared_background(frames, noise_mode, latents, self.layout_painter),
                first_step=resume.step if resume else 0,
                on_chunk=callback_on_chunk_end,
                on_step=on_step,
            )
        if not all(torch.isfinite(states[k].latents).all() for k in range(len(parts))):
            raise RenderError("the model gave numbers that are not finite: render in float32, or with a lower guidance scale.")
        pictures = None if output_type == "states" else self.decode(latents_of(states), output_type)
        self.maybe_free_model_hooks()  # type: ignore[no-untyped-call]
        return FlowZeroOutput(frames=pictures) if return_dict else (pictures,)

    def draw(self, frames: Sequence[Frame], options: Mapping[str, Any], run: Run) -> Drawn:
        """Pictures of frames, for :func:`~flowzero.renderer.render.render`; see :func:`~flowzero.renderer.drawing.draw`."""
        return draw(self, frames, options, run)

    def digest(self) -> str:
        """Tells this model's weights from others."""
        names = ("unet", "vae", "text_encoder", "layout_painter")
        return weights_digest([part for name in names if (part := getattr(self, name)) is not None], self.scheduler)

    def place(self) -> str:
        """Device and precision of the U-Net."""
        return f"{self._execution_device.type} {str(self.unet.dtype).removeprefix('torch.')}"

    def progress(self, index: int) -> Resume:
        """How far the run is after step `index`, for a step callback to keep along with the states."""
        return Resume(index + 1, self._chunk_size, self._generator.get_state())

    @torch.no_grad()
    def condition(  # noqa: PLR0913
        self,
        frames: Sequence[Frame],
        parts: Sequence[slice],
        conditioning: MutableMapping[int, Conditioning],
        *,
        height: int,
        width: int,
        negative_prompt: str,
        start: float = 0.0,
    ) -> Tensor:
        """Put what guides each chunk of frames into `conditioning`; returns the captions of all, [1 + U, T, D].

        A layout painter of places begins `start` frame heights into the first frame's.
        """
        camera = Camera(width / height, start) if paints_places(self.layout_painter) else None
        device, dtype = self._execution_device, self.unet.dtype
        texts, caption_of = distinct([frame.description for frame in frames])
        captions = [encode_captions(self.text_encoder, self.tokenizer, some, device) for some in ([negative_prompt], texts)]
        known = self._phrases([layout(frame, self.max_objects, camera) for frame in frames], device)
        position_net = in_float32(self.unet.position_net, device)
        for k, part in enumerate(parts):
            layouts, layout_of = distinct([layout(frame, self.max_objects, camera) for frame in frames[part]])
            tensors = layout_tensors(layouts, known, self._phrase_width(), self.max_objects, device)
            painted = None
            if self.layout_painter is not None:
                painted = painted_maps(self.layout_painter, tensors, height // self.scale_factor, width // self.scale_factor)
            tokens, token_of = object_tokens(position_net, tensors, dtype)
            conditioning[k] = Conditioning(
                caption_of=torch.tensor(caption_of[part], device=device) + 1,
                tokens=tokens,
                token_of=token_of,
                painted=painted,
                layout_of=torch.tensor(layout_of, device=device) + 1,
            )
        return torch.cat(captions).to(dtype)

    def _phrases(self, layouts: Sequence[Layout], device: torch.device) -> dict[str, Tensor]:
        """A vector for each phrase of the video, all computed together, so that chunks change nothing."""
        texts, _ = distinct([text for item in layouts for text in (*item.phrases, item.place) if text])
        return dict(zip(texts, encode_phrases(self.text_encoder, self.tokenizer, texts, device), strict=True)) if texts else {}

    @torch.no_grad()
    def decode(self, latents: Tensor, output_type: str) -> Any:
        """Pictures of latents [F, C, h, w], decoded one at a time, in the form that `output_type` asks for."""
        if output_type == "latent":
            return latents
        parts: list[Any] = []
        for z in torch.split(latents, 1):
            picture = self.vae.decode((z / self.vae.config.scaling_factor).to(self.vae.dtype), return_dict=False)[0]
            if output_type == "uint8":
                parts.append(to_uint8(picture))
            else:
                parts.append(self.image_processor.postprocess(picture, output_type=output_type))
        if output_type == "pil":
            return [picture for part in parts for picture in part]
        return torch.cat(parts) if output_type == "pt" else np.concatenate(parts)

    def frames_at_once(self, height: int, width: int) -> int:
        """How many frames one pass of the U-Net takes unless told otherwise: 4096 latent pixels of them, but 4 to 16.

        On a CPU more than that leaves the caches, and fewer starve the matrix products; on a GPU it bounds memory.
        """
        return max(4, min(16, 4096 * self.scale_factor**2 // (height * width)))

    def side(self, pixels: int) -> int:
        """The least side of a picture that is no shorter, in pixels: a multiple of `scale_factor`."""
        return -(-pixels // self.scale_factor) * self.scale_factor

    def _bounded(self, chunk_size: int) -> int:
        """A chunk size with which chunks change nothing on this device.

        oneDNN sums 1x1 convolutions of float32 in another order from 16 rows on, and guidance makes two rows of a frame.
        """
        plain = self._execution_device.type == "cpu" and self.unet.dtype == torch.float32
        return min(chunk_size, 7) if plain else chunk_size

    def _phrase_width(self) -> int:
        """Length of a phrase vector, which position_net was built for."""
        return int(self.unet.position_net.positive_len)

    def _size(self, height: int | None, width: int | None) -> tuple[int, int]:
        sample = self.unet.config.sample_size or 64
        rows, columns = (sample, sample) if isinstance(sample, int) else sample
        height = rows * self.scale_factor if height is None else height
        width = columns * self.scale_factor if width is None else width
        for name, size in (("height", height), ("width", width)):
            if not 0 < size <= MAX_SIDE or size % self.scale_factor:
                raise SettingsError(f"{name} is {size}: choose a positive multiple of {self.scale_factor}, at most {MAX_SIDE}.")
        return height, width

    def _noise(
        self,
        frames: Sequence[Frame],
        shape: tuple[int, ...],
        latents: Tensor | None,
        generator: torch.Generator,
        mode: NoiseMode,
    ) -> Iterator[Tensor]:
        """Unit noise [C, h, w] of one frame after the other, from a base of the shape [1, C, h, w]."""
        if latents is None:
            latents = randn_tensor(shape, generator=generator, device=generator.device, dtype=torch.float32)
        if latents.shape[1:] != shape[1:] or latents.shape[0] not in (1, len(frames)):
            raise SettingsError(f"latents are {tuple(latents.shape)}: give {shape}, or as many as there are frames.")
        if latents.shape[0] == len(frames) and len(frames) > 1:
            return iter(latents.float())
        return noises(latents[0], frames, mode=mode, seed=generator.initial_seed())


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise SettingsError(f"{name} is {value:g}: choose {low:g}..{high:g}.")


def _one_of(name: str, value: str, choices: Sequence[str]) -> None:
    if value not in choices:
        raise SettingsError(f"{name} is {value!r}: choose one of {', '.join(choices)}.")


def to_uint8(picture: Tensor) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Pictures [F, 3, H, W] in -1..1 as bytes [F, H, W, 3]."""
    bytes_: np.ndarray[Any, np.dtype[np.uint8]] = (
        (picture.float() / 2 + 0.5).clamp(0, 1).mul(255).round().to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()
    )
    return bytes_
