"""Backbones: a name, a hub id or a folder becomes a pipeline, through one code for every checkpoint layout.

The registry is plain data and importing this module loads no torch, so that a command can list what there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from importlib.util import find_spec
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, Protocol

from flowzero.errors import MissingExtraError, SettingsError
from flowzero.renderer.checkpoints import (
    CHECKSUMS,
    assemble,
    find_folder,
    guarded,
    is_distilled,
    is_flux,
    is_painted,
    verify_checksums,
)

if TYPE_CHECKING:
    from pathlib import Path

    import torch

    from flowzero.dss import DSS, Frame
    from flowzero.renderer.drawing import Drawn, Run
    from flowzero.renderer.flux import FluxModel
    from flowzero.renderer.noise import NoiseMode
    from flowzero.renderer.pipeline import FlowZeroPipeline


_SLOW_SAMPLERS = ("DDIMScheduler", "PNDMScheduler")


@dataclass(frozen=True)
class Backbone:
    """A model that can render, and how it renders best.

    The sizes and sampler settings are what a render uses where the caller names none. Those that stand here suit SD-GLIGEN:
    on the embedded model 16 steps of UniPC come as near to the solution as some 25 of DDIM (`python -m benchmarks.samplers`).
    """

    name: str
    source: str
    """A folder or a hub id."""
    license: str
    weights_gb: float | None
    """Size of all weights in float32, in gigabytes, where it is known; on a GPU the U-Net takes half of its part."""
    steps: int = 16
    guidance_scale: float = 7.5
    guidance_interval: tuple[float, float] = (0.0, 0.6)
    grounding_fraction: float = 0.3
    noise_mode: NoiseMode = "canvas"
    size: tuple[int, int] | None = None
    """Width and height in pixels; None for the size that the U-Net was trained with."""
    sampler: str | None = "UniPCMultistepScheduler"
    """A scheduler of diffusers to take, with the checkpoint's noise schedule, where its own is DDIM or PNDM."""
    resolver: str | None = None
    """Dotted name of a function (dss, frames, pipeline) -> (frames, notes) that puts plans into the words the model knows."""

    def resolve(self, dss: DSS, frames: Sequence[Frame], pipeline: Model) -> tuple[Sequence[Frame], tuple[str, ...]]:
        """Frames in words that the model knows, and a note on each word that had to be replaced."""
        if self.resolver is None:
            return frames, ()
        resolved, notes = resolve_name(self.resolver)(dss, frames, pipeline)
        return resolved, tuple(notes)


class Model(Protocol):
    """What draws. Whatever turns compiled frames with boxes into pictures can stand behind these five names."""

    backbone: Backbone | None
    """What it was loaded as, whose defaults a render takes."""

    def side(self, pixels: int) -> int:
        """The least side of what it draws that is no shorter, in pixels."""

    def draw(self, frames: Sequence[Frame], options: Mapping[str, Any], run: Run) -> Drawn:
        """Pictures of all frames; an option that the model has no use for is passed over."""

    def digest(self) -> str:
        """Tells its weights from others."""

    def place(self) -> str:
        """Device and precision."""


EMBEDDED = Backbone(
    name="embedded",
    source=str(files("flowzero.renderer") / "weights"),
    license="MIT; its text encoder, all-MiniLM-L6-v2, Apache-2.0",
    weights_gb=None,
    steps=8,
    guidance_scale=1.0,
    guidance_interval=(0.0, 1.0),
    sampler=None,
    grounding_fraction=1.0,
    noise_mode="layered",
    resolver="flowzero.renderer.substitution:resolve",
)
GLIGEN_SD14 = Backbone(
    name="gligen-sd1.4",
    source="masterful/gligen-1-4-generation-text-box",
    license="CreativeML Open RAIL-M",
    weights_gb=5.1,
)
IGLIGEN_SD21 = Backbone(
    name="igligen-sd2.1",
    source="longlian/igligen-sd2.1-v1.0",
    license="CreativeML Open RAIL++-M",
    weights_gb=6.0,
)
FLUX3_KLEIN = Backbone(
    name="flux-3-klein",
    source="black-forest-labs/flux-3-image-klein",
    license="FLUX Kommunity License",
    weights_gb=None,
    steps=16,
    guidance_scale=1.0,
    guidance_interval=(0.0, 1.0),
    sampler=None,
    size=(1024, 1024),
)
REGISTRY: tuple[Backbone, ...] = (EMBEDDED, GLIGEN_SD14, IGLIGEN_SD21, FLUX3_KLEIN)


def find_backbone(name_or_path: str) -> Backbone:
    """The registry's entry of that name or source; for any other checkpoint, one with the defaults of SD-GLIGEN."""
    for entry in REGISTRY:
        if name_or_path in (entry.name, entry.source):
            return entry
    return Backbone(name=name_or_path, source=name_or_path, license="unknown", weights_gb=None)


def pick_device(device: str = "auto") -> str:
    """cuda, mps or cpu, whichever is there, for auto; otherwise the device that was asked for.

    Raises:
        SettingsError: if it is not there.
    """
    import torch

    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if device == "auto":
        return next(name for name, available in there.items() if available)
    kind = device.partition(":")[0]
    if kind not in there:
        raise SettingsError(f"device is {device!r}: choose auto, cpu, cuda or mps.")
    if not there[kind]:
        raise SettingsError(f"this machine has no {kind} device that torch can use: choose auto or cpu.")
    return device


def unet_dtype(device: str) -> torch.dtype:
    """The U-Net's precision: bfloat16 where the processor multiplies in it, half on an older GPU, float32 elsewhere."""
    import torch

    if device.startswith("cuda"):
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    if device == "cpu":
        able: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()  # releases before 2.10 do not tell
        return torch.bfloat16 if able.get("avx512_bf16") or able.get("amx_bf16") else torch.float32
    return torch.float32


def load_backbone(
    name_or_path: str, device: str = "auto", dtype: torch.dtype | None = None, *, offload: bool = False, compiled: bool = False
) -> FlowZeroPipeline | FluxModel:
    """Load a model.

    Args:
        name_or_path: a registry name such as `embedded`, a folder, or a hub id.
        device: auto, cpu, cuda or mps.
        dtype: of the U-Net or transformer; what suits the device when not given. Everything else is float32.
        offload: keep only the part that is at work on the GPU; needs the package accelerate. Without a GPU it does nothing.
        compiled: compile the U-Net's repeated blocks: a first step that takes long for later ones that take less.

    Raises:
        BackboneError: if the checkpoint is missing, corrupt or not layout-grounded.
        ResourceError: if it does not fit into memory.
        SettingsError: if the device is not there.
        MissingExtraError: if `offload` is asked for and accelerate is not installed.
    """
    device = pick_device(device)
    entry = find_backbone(name_or_path)
    folder = find_folder(entry.source, [item.name for item in REGISTRY])
    if entry is EMBEDDED or (folder / CHECKSUMS).exists():
        verify_checksums(folder, entry.name, ours=entry is EMBEDDED)
    entry = _with_defaults(entry, folder)
    if is_flux(folder):
        return _load_flux(entry, folder, device, dtype or unet_dtype(device), plain=not (offload or compiled))
    pipeline = assemble(folder, entry.name, dtype or unet_dtype(device))
    pipeline.backbone = entry
    if entry.sampler and type(pipeline.scheduler).__name__ in _SLOW_SAMPLERS:
        pipeline.scheduler = resolve_name(f"diffusers:{entry.sampler}").from_config(pipeline.scheduler.config)
    if offload and device.startswith("cuda"):
        _offload(pipeline, device)
    else:
        guarded("model", entry.name, lambda: pipeline.to(device))
    if compiled:
        pipeline.unet.compile_repeated_blocks()
    pipeline.set_progress_bar_config(disable=True)  # type: ignore[no-untyped-call]
    return pipeline


def _with_defaults(entry: Backbone, folder: Path) -> Backbone:
    """For a checkpoint that the registry does not know, the defaults of the one that it is like."""
    if entry in REGISTRY:
        return entry
    if is_painted(folder):
        return replace(EMBEDDED, name=entry.name, source=entry.source, license="unknown")
    if is_flux(folder):
        like = FLUX3_KLEIN if is_distilled(folder) else replace(FLUX3_KLEIN, steps=50, guidance_scale=4.0)
        return replace(like, name=entry.name, source=entry.source, license="unknown")
    return entry


def _load_flux(entry: Backbone, folder: Path, device: str, dtype: torch.dtype, *, plain: bool) -> FluxModel:
    from flowzero.renderer.flux import load_flux

    if not plain:
        raise SettingsError(f"{entry.name!r} can be neither offloaded nor compiled here: leave that option out.")
    if find_spec("accelerate") is None:
        raise MissingExtraError("FLUX.3 needs the package accelerate: pip install 'flowzero[gpu]'.")
    model = load_flux(folder, entry.name, dtype)
    model.backbone = entry
    guarded("model", entry.name, lambda: model.to(device))
    return model


def _offload(pipeline: FlowZeroPipeline, device: str) -> None:
    try:
        pipeline.enable_model_cpu_offload(device=device)
    except ImportError:
        raise MissingExtraError("offloading needs the package accelerate: pip install 'flowzero[gpu]'.") from None
