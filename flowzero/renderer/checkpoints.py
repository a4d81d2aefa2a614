"""Checkpoints: the folder or hub repository of a model in diffusers' layout, checked and loaded part by part.

Files of unknown origin are read without running code, and whatever is wrong with them becomes one sentence.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from flowzero.errors import BackboneError, ResourceError
from flowzero.files import DISK_FULL

if TYPE_CHECKING:
    import torch

    from flowzero.renderer.pipeline import FlowZeroPipeline

COMPONENTS = ("unet", "vae", "text_encoder", "tokenizer", "scheduler", "layout_painter")
"""The folders of a checkpoint; the last one is optional. Whatever else there is, such as a safety checker, is left alone."""
TRANSFORMER_COMPONENTS = ("transformer", "vae", "text_encoder", "tokenizer", "scheduler")
"""Those of a FLUX.3 checkpoint; its prompt upsampler is not needed, because a plan says already what is where."""
CHECKSUMS = "SHA256SUMS"

_OWN = {"PatchAutoencoder": "embedded", "PhraseEncoder": "embedded", "LayoutPainter": "layout_painter"}
"""Classes of ours that a config may name, and their modules."""
_WEIGHTS = re.compile(
    r"(?:diffusion_pytorch_model|pytorch_model|model)(?:\.(?P<variant>[a-z0-9_]+))?(?:-\d{5}-of-\d{5})?\.(?P<kind>safetensors|bin)"
)
_CHECKSUM = re.compile(r"(?P<digest>[0-9a-fA-F]{64}) [ *](?P<name>.+)")


def verify_checksums(folder: Path, name: str, *, ours: bool = False) -> None:
    """Compare a checkpoint's files with the checksums in its SHA256SUMS.

    Args:
        folder: the checkpoint's.
        name: what the caller calls it.
        ours: whether it came with this package: then no file, and not the list itself, may be missing. Of other checkpoints
            people keep parts, such as one without its safety checker; what is there must be whole.

    Raises:
        BackboneError: if a file differs or is missing, or the list cannot be read.
    """
    remedy = "reinstall flowzero" if ours else "get the checkpoint again"
    try:
        lines = (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        raise BackboneError(f"{CHECKSUMS} of {name!r} is missing or cannot be read: {remedy}.") from None
    for line in filter(None, map(str.strip, lines)):
        match = _CHECKSUM.fullmatch(line)
        if match is None:
            raise BackboneError(f"{CHECKSUMS} of {name!r} holds a line that is no checksum: {remedy}.")
        file = folder / match["name"]
        if not (ours or (file.is_file() and file.resolve().is_relative_to(folder.resolve()))):
            continue
        try:
            with file.open("rb") as opened:
                actual = hashlib.file_digest(opened, "sha256").hexdigest()
        except OSError:
            raise BackboneError(f"{name!r} lacks its file {match['name']}: {remedy}.") from None
        if actual != match["digest"].lower():
            raise BackboneError(f"the file {match['name']} of {name!r} is damaged: {remedy}.")


def find_folder(source: str, known: Sequence[str]) -> Path:
    """The folder of a checkpoint, downloaded if the source is a hub id.

    Args:
        source: a folder or a hub id.
        known: names to offer where it is neither.

    Raises:
        BackboneError: if there is none.
    """
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
        names = ", ".join(known)
        raise BackboneError(f"there is no folder {source!r}: name one, a hub id such as owner/model, or one of {names}.")
    return _download(source)


def _download(repository: str) -> Path:
    """A hub checkpoint's folder in the cache, fetched if it is not there."""
    from huggingface_hub import HfApi, snapshot_download, try_to_load_from_cache
    from huggingface_hub.errors import GatedRepoError, HFValidationError, RepositoryNotFoundError

    try:
        names = [file.rfilename for file in HfApi().model_info(repository, timeout=20).siblings or ()]
        parts = COMPONENTS if _within(names, "unet") else TRANSFORMER_COMPONENTS
        texts = ["*model_index.json", *(f"{part}/*.{kind}" for part in parts for kind in ("json", "txt", "model", "jinja"))]
        weights = [f"{part}/{name}" for part in parts for name in choose_weights(_within(names, part))]
        return Path(snapshot_download(repository, allow_patterns=texts + weights))
    except GatedRepoError:
        raise BackboneError(f"{repository!r} asks for consent: accept its licence on the hub and log in.") from None
    except (RepositoryNotFoundError, HFValidationError):
        raise BackboneError(f"there is neither a folder nor a public hub repository {repository!r}: check the name.") from None
    except Exception as error:  # whichever HTTP library the hub's client uses today
        if isinstance(error, OSError) and error.errno in DISK_FULL:
            raise ResourceError(f"the disk is full: {repository!r} was not downloaded; make room and run it again.") from None
        for part in ("unet", "transformer"):
            cached = try_to_load_from_cache(repository, f"{part}/config.json")
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


def is_painted(folder: Path) -> bool:
    """Whether a checkpoint is of the embedded model's kind: one with a layout painter of ours."""
    return bool(_says(folder / "layout_painter", "_class_name") == "LayoutPainter")


def is_flux(folder: Path) -> bool:
    """Whether a checkpoint is of FLUX.3."""
    return bool(_says(folder / "transformer", "_class_name") == "Flux3Transformer2DModel")


def is_distilled(folder: Path) -> bool:
    """Whether a FLUX.3 checkpoint draws in few steps and without guidance."""
    return _says(folder / "transformer", "flow_map") is True


def _says(folder: Path, name: str) -> Any:
    """A setting of a component's config; None if there is none."""
    try:
        return _config(folder, "config.json").get(name)
    except (OSError, ValueError, BackboneError):
        return None


def assemble(folder: Path, name: str, dtype: torch.dtype) -> FlowZeroPipeline:
    """Load a checkpoint: the U-Net in `dtype`, everything else in float32.

    Raises:
        BackboneError: if it is incomplete, corrupt or not layout-grounded.
        ResourceError: if it does not fit into memory.
    """
    check_layout(folder, name, COMPONENTS[:-1])
    with no_progress_bars():
        return _assemble(folder, name, dtype)


def check_layout(folder: Path, name: str, parts: Sequence[str]) -> None:
    """Make sure that a checkpoint has a folder for each of these parts.

    Raises:
        BackboneError: if one is missing.
    """
    for part in parts:
        if not (folder / part).is_dir():
            raise BackboneError(f"{name!r} has no folder {part}: it is not a checkpoint in diffusers' layout.")


def _assemble(folder: Path, name: str, dtype: torch.dtype) -> FlowZeroPipeline:
    """Load every component of a folder."""
    import torch

    from flowzero.renderer.pipeline import FlowZeroPipeline

    def model(part: str, dtype: torch.dtype) -> Any:
        return guarded(part, name, lambda: load_weights(folder / part, _model_class(folder / part), dtype))

    return FlowZeroPipeline(
        vae=model("vae", torch.float32),
        text_encoder=model("text_encoder", torch.float32),
        tokenizer=guarded("tokenizer", name, lambda: _tokenizer(folder / "tokenizer")),
        unet=model("unet", dtype),
        scheduler=guarded("scheduler", name, lambda: _scheduler(folder / "scheduler")),
        layout_painter=model("layout_painter", torch.float32) if (folder / "layout_painter").is_dir() else None,
    )


@contextlib.contextmanager
def no_progress_bars() -> Iterator[None]:
    """Keep transformers from drawing a progress bar on standard error, which is the caller's."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def guarded(part: str, name: str, load: Callable[[], Any]) -> Any:
    """Load a part of a checkpoint; whatever goes wrong in a file of unknown origin becomes one sentence.

    Raises:
        BackboneError: if it cannot be loaded.
        ResourceError: if it does not fit into memory.
    """
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
    if name in _OWN:
        return resolve_name(f"flowzero.renderer.{_OWN[name]}:{name}")
    raise BackboneError(f"{folder.name} is a {name}, which FlowZero does not know: take a Stable Diffusion GLIGEN checkpoint.")


def load_weights(folder: Path, kind: Any, dtype: torch.dtype) -> Any:
    """A diffusers or transformers model of a component's folder.

    Args:
        folder: holds its config and weights.
        kind: its class.
        dtype: to load it in.

    Raises:
        BackboneError: if there are no weights, or they lack some.
    """
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
    model, loading = kind.from_pretrained(folder, **options)
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
