"""Backbones: a name, a hub id or a folder becomes a pipeline, through one code for every checkpoint layout.

The registry is plain data and importing this module loads no torch, so that a command can list what there is.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from flowzero.errors import BackboneError, ResourceError, SettingsError

if TYPE_CHECKING:
    import torch

    from flowzero.dss import DSS, Frame
    from flowzero.renderer.noise import NoiseMode
    from flowzero.renderer.pipeline import FlowZeroPipeline

COMPONENTS = ("unet", "vae", "text_encoder", "tokenizer", "scheduler", "layout_painter")
"""The folders of a checkpoint; the last one is optional. Whatever else there is, such as a safety checker, is left alone."""

_WEIGHTS = re.compile(
    r"(?:diffusion_pytorch_model|pytorch_model|model)(?:\.(?P<variant>[a-z0-9_]+))?(?:-\d{5}-of-\d{5})?\.(?P<kind>safetensors|bin)"
)


@dataclass(frozen=True)
class Backbone:
    """A model that can render, and how it renders best.

    The sizes and sampler settings are what a render uses where the caller names none.
    """

    name: str
    source: str
    """A folder or a hub id."""
    license: str
    weights_gb: float | None
    """Size of all weights in float32, in gigabytes, where it is known; on a GPU the U-Net takes half of its part."""
    steps: int = 30
    guidance_scale: float = 7.5
    grounding_fraction: float = 0.3
    noise_mode: NoiseMode = "canvas"
    size: tuple[int, int] | None = None
    """Width and height in pixels; None for the size that the U-Net was trained with."""
    resolver: str | None = None
    """Dotted name of a function (dss, frames, pipeline) -> (frames, notes) that puts plans into the words the model knows."""

    def resolve(self, dss: DSS, frames: Sequence[Frame], pipeline: FlowZeroPipeline) -> tuple[Sequence[Frame], tuple[str, ...]]:
        """Frames in words that the model knows, and a note on each word that had to be replaced."""
        if self.resolver is None:
            return frames, ()
        resolved, notes = resolve_name(self.resolver)(dss, frames, pipeline)
        return resolved, tuple(notes)


EMBEDDED = Backbone(
    name="embedded",
    source=str(files("flowzero.renderer") / "weights"),
    license="MIT; its text encoder, all-MiniLM-L6-v2, Apache-2.0",
    weights_gb=None,
    steps=8,
    guidance_scale=2.5,
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
REGISTRY: tuple[Backbone, ...] = (EMBEDDED, GLIGEN_SD14, IGLIGEN_SD21)


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
    """The U-Net's precision: bfloat16 on a GPU that has it, half on an older one, float32 elsewhere."""
    import torch

    if not device.startswith("cuda"):
        return torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16


def load_backbone(
    name_or_path: str, device: str = "auto", dtype: torch.dtype | None = None, *, offload: bool = False
) -> FlowZeroPipeline:
    """Load a pipeline.

    Args:
        name_or_path: a registry name such as `embedded`, a folder, or a hub id.
        device: auto, cpu, cuda or mps.
        dtype: of the U-Net; what suits the device when not given. Everything else is float32.
        offload: keep only the part that is at work on the GPU; needs the package accelerate.

    Raises:
        BackboneError: if the checkpoint is missing, corrupt or not layout-grounded.
        ResourceError: if it does not fit into memory.
        SettingsError: if the device is not there.
    """
    device = pick_device(device)
    entry = find_backbone(name_or_path)
    folder = _folder(entry)
    if entry is EMBEDDED:
        verify_checksums(folder)
    _check_layout(folder, entry.name)
    with _no_progress_bars():
        pipeline = _assemble(folder, entry.name, dtype or unet_dtype(device))
    pipeline.backbone = entry
    if offload and device.startswith("cuda"):
        pipeline.enable_model_cpu_offload(device=device)
    else:
        _guarded("model", entry.name, lambda: pipeline.to(device))
    pipeline.set_progress_bar_config(disable=True)  # type: ignore[no-untyped-call]
    return pipeline


def verify_checksums(folder: Path, manifest: str = "SHA256SUMS") -> None:
    """Compare every file that the manifest names with its checksum.

    Raises:
        BackboneError: if the manifest or a file is missing, or a file differs.
    """
    try:
        lines = (folder / manifest).read_text().splitlines()
    except OSError:
        raise BackboneError("the embedded model is not installed: reinstall flowzero.") from None
    for line in lines:
        expected, _, name = line.partition("  ")
        try:
            with (folder / name).open("rb") as file:
                actual = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            raise BackboneError(f"the embedded model lacks its file {name}: reinstall flowzero.") from None
        if actual != expected:
            raise BackboneError(f"the embedded model's file {name} is damaged: reinstall flowzero.")


def _folder(entry: Backbone) -> Path:
    """The folder of a checkpoint, downloaded if the source is a hub id."""
    source = entry.source
    try:
        path = Path(source).expanduser()
        if source and path.is_dir():
            return path
        if source and path.exists():
            raise BackboneError(
                f"{source!r} is a file: name the folder that holds unet, vae, text_encoder, tokenizer, scheduler."
            )
    except (OSError, ValueError, RuntimeError):
        raise BackboneError("this is no name of a backbone: name a folder, a hub id, or embedded.") from None
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", source) or source.startswith((".", "/")):
        known = ", ".join(item.name for item in REGISTRY)
        raise BackboneError(f"there is no folder {source!r}: name one, a hub id such as owner/model, or one of {known}.")
    return _download(source)


def _download(repository: str) -> Path:
    """A hub checkpoint's folder in the cache, fetched if it is not there."""
    from huggingface_hub import HfApi, snapshot_download, try_to_load_from_cache
    from huggingface_hub.errors import GatedRepoError, HFValidationError, RepositoryNotFoundError

    texts = ["model_index.json", *(f"{part}/*.{kind}" for part in COMPONENTS for kind in ("json", "txt", "model"))]
    try:
        names = [file.rfilename for file in HfApi().model_info(repository, timeout=20).siblings or ()]
        weights = [f"{part}/{name}" for part in COMPONENTS for name in choose_weights(_within(names, part))]
        return Path(snapshot_download(repository, allow_patterns=texts + weights))
    except GatedRepoError:
        raise BackboneError(f"{repository!r} asks for consent: accept its licence on the hub and log in.") from None
    except (RepositoryNotFoundError, HFValidationError):
        raise BackboneError(f"there is neither a folder nor a public hub repository {repository!r}: check the name.") from None
    except Exception as error:  # whichever HTTP library the hub's client uses today
        cached = try_to_load_from_cache(repository, "unet/config.json")
        if isinstance(cached, str):
            return Path(cached).parents[1]
        raise BackboneError(
            f"{repository!r} is not on this machine and the hub cannot be reached: go online, or name a local folder."
        ) from error


def _within(names: Sequence[str], part: str) -> list[str]:
    return [name.removeprefix(f"{part}/") for name in names if name.startswith(f"{part}/")]


def choose_weights(names: Sequence[str]) -> list[str]:
    """Of one component's files, one set of weights: full precision before a variant, safetensors before .bin."""
    found = [
        (match["variant"] or "", match["kind"] != "safetensors", name) for name in names if (match := _WEIGHTS.fullmatch(name))
    ]
    if not found:
        return []
    variant, is_bin, _ = min(found)
    chosen = [name for other, kind, name in found if (other, kind) == (variant, is_bin)]
    return chosen + [name for name in names if name.endswith(".index.json")]


def _check_layout(folder: Path, name: str) -> None:
    for part in COMPONENTS[:-1]:
        if not (folder / part).is_dir():
            raise BackboneError(f"{name!r} has no folder {part}: it is not a checkpoint in diffusers' layout.")


def _assemble(folder: Path, name: str, dtype: torch.dtype) -> FlowZeroPipeline:
    """Load every component of a folder."""
    import torch

    from flowzero.renderer.pipeline import FlowZeroPipeline

    def model(part: str, dtype: torch.dtype) -> Any:
        return _guarded(part, name, lambda: _model(folder / part, dtype))

    return FlowZeroPipeline(
        vae=model("vae", torch.float32),
        text_encoder=model("text_encoder", torch.float32),
        tokenizer=_guarded("tokenizer", name, lambda: _tokenizer(folder / "tokenizer")),
        unet=model("unet", dtype),
        scheduler=_guarded("scheduler", name, lambda: _scheduler(folder / "scheduler")),
        layout_painter=model("layout_painter", torch.float32) if (folder / "layout_painter").is_dir() else None,
    )


@contextlib.contextmanager
def _no_progress_bars() -> Iterator[None]:
    """Keep transformers from drawing a progress bar on standard error, which is the caller's."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def _guarded(part: str, name: str, load: Callable[[], Any]) -> Any:
    """Load a part of a checkpoint; whatever goes wrong in a file of unknown origin becomes one sentence."""
    import torch

    try:
        return load()
    except BackboneError:
        raise
    except (MemoryError, torch.OutOfMemoryError) as error:
        raise ResourceError(f"{name!r} does not fit into memory: free some, or take another device.") from error
    except Exception as error:
        reason = str(error).strip().partition("\n")[0][:160].rstrip(" .:")
        raise BackboneError(
            f"the {part} of {name!r} cannot be loaded ({reason or type(error).__name__}): get it again."
        ) from error


def _config(folder: Path, *names: str) -> dict[str, Any]:
    path = next((folder / name for name in names if (folder / name).exists()), folder / names[0])
    config = json.loads(path.read_text())
    if not isinstance(config, dict):
        raise BackboneError(f"{path.name} of {folder.name} holds no settings: get the checkpoint again.")
    return config


def _model_class(folder: Path) -> Any:
    """The class that a component's config names, out of those that a pipeline can be built of."""
    import diffusers
    import transformers

    config = _config(folder, "config.json")
    name = config.get("_class_name") or (config.get("architectures") or ["CLIPTextModel"])[0]
    if name in ("UNet2DConditionModel", "AutoencoderKL"):
        return getattr(diffusers, name)
    if name in ("CLIPTextModel", "CLIPTextModelWithProjection", "CLIPModel"):
        return transformers.CLIPTextModel
    if name in ("PatchAutoencoder", "PhraseEncoder", "LayoutPainter"):
        return resolve_name(f"flowzero.renderer.embedded:{name}")
    raise BackboneError(f"{folder.name} is a {name}, which FlowZero does not know: take a Stable Diffusion GLIGEN checkpoint.")


def _model(folder: Path, dtype: torch.dtype) -> Any:
    """A diffusers or transformers model of a component's folder."""
    weights = choose_weights([path.name for path in folder.iterdir()])
    if not weights:
        raise BackboneError(f"{folder.name} holds no weights: get the checkpoint again.")
    match = _WEIGHTS.fullmatch(weights[0])
    options: dict[str, Any] = {
        "dtype": dtype,
        "variant": match["variant"] if match else None,
        "use_safetensors": weights[0].endswith(".safetensors"),
        "local_files_only": True,
        "output_loading_info": True,
    }
    model, loading = _model_class(folder).from_pretrained(folder, **options)
    missing = sorted(set(loading["missing_keys"]) - {"text_model.embeddings.position_ids", "embeddings.position_ids"})
    if missing or loading.get("mismatched_keys"):
        raise BackboneError(
            f"{folder.name} lacks weights, such as {(missing or ['of another shape'])[0]}: get the checkpoint again."
        )
    return model.eval().requires_grad_(False)


def _tokenizer(folder: Path) -> Any:
    from transformers import AutoTokenizer, CLIPTokenizer

    kind = _config(folder, "tokenizer_config.json").get("tokenizer_class", "")
    loader = CLIPTokenizer if kind.startswith("CLIP") else AutoTokenizer
    return loader.from_pretrained(folder, local_files_only=True)


def _scheduler(folder: Path) -> Any:
    import diffusers
    from diffusers.schedulers.scheduling_utils import SchedulerMixin

    name = _config(folder, "scheduler_config.json").get("_class_name", "")
    scheduler = getattr(diffusers, name, None) if isinstance(name, str) and name.endswith("Scheduler") else None
    if not (isinstance(scheduler, type) and issubclass(scheduler, SchedulerMixin)):
        raise BackboneError(f"scheduler is a {name or 'thing without a name'}, which diffusers does not have: name another.")
    return scheduler.from_pretrained(folder)
