"""Manifests: all that it takes to render a video again, as a file beside it and in the video's own metadata.

Values only: nothing here draws, and nothing imports torch. What goes into the video itself is what the same render gives again
(:meth:`Manifest.recipe`); how long it took and on which machine stands in the file alone, or no two renders would be equal.
"""

from __future__ import annotations

import hashlib
import json
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flowzero.dss import DSS, MAX_FRAMES, explain
from flowzero.errors import EncodingError, InputError
from flowzero.plan import Plan

SUFFIX = ".manifest.json"
METADATA_KEY = "synopsis"
"""Where a video keeps its recipe: the one text of MP4's that is meant to be long. Players show the title and the comment."""
_MAX_BYTES = 16_000_000
_LIBRARIES = ("flowzero", "torch", "diffusers", "transformers", "numpy", "av", "pillow")


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Options(_Value):
    """What a video was drawn with, defaults filled in: keywords of :func:`~flowzero.renderer.render.render`."""

    seed: Annotated[int, Field(ge=0, lt=2**63)]
    steps: Annotated[int, Field(ge=1)]
    guidance_scale: Annotated[float, Field(allow_inf_nan=False)]
    guidance_interval: tuple[float, float] = (0.0, 1.0)
    grounding_fraction: float
    width: Annotated[int, Field(ge=1)]
    height: Annotated[int, Field(ge=1)]
    frames: Annotated[int, Field(ge=1, le=MAX_FRAMES)]
    negative_prompt: str = ""
    noise_mode: str
    attention_mode: str
    chunk_size: Annotated[int, Field(ge=1)] | None = Field(None, description="frames in one pass, which shows in the last bits")
    compiled: bool = False


class Manifest(_Value):
    """One render: its recipe, and how it went."""

    manifest: Literal[1] = 1
    prompt: str
    plan_sha256: str
    backbone: str = Field(description="a name of the registry, a hub id, or a folder; of a folder a video keeps the last part")
    weights: str = Field(description="a digest of the weights and the sampler")
    options: Options
    versions: dict[str, str]
    plan: Plan
    video: str | None = Field(None, description="the file's name")
    sha256: str | None = Field(None, description="of the file")
    place: str | None = Field(None, description="device and precision, such as cpu float32")
    threads: int | None = Field(None, ge=1, le=4096, description="how many of torch's threads worked")
    machine: str | None = None
    seconds: dict[str, float] | None = Field(None, description="time taken by each stage")
    notes: tuple[str, ...] = ()

    def recipe(self) -> str:
        """The part that a video keeps in its metadata, as JSON: the same for the same render, wherever and whenever."""
        record = {"video", "sha256", "place", "threads", "machine", "seconds", "notes"}
        data = self.model_dump(mode="json", exclude=record) | {"backbone": public_name(self.backbone)}
        return json.dumps(data, ensure_ascii=True, separators=(",", ":"))

    def to_json(self) -> str:
        """The whole manifest as a file's text."""
        return self.model_dump_json(indent=2, exclude_none=True) + "\n"


def beside(video: Path) -> Path:
    """Where a video's manifest stands."""
    return video.with_name(video.name + SUFFIX)


def plan_sha256(dss: DSS) -> str:
    """Tells one plan from another by all that is drawn of it."""
    data = json.dumps(dss.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(data.encode()).hexdigest()


def versions() -> dict[str, str]:
    """Of everything whose release can change a video's bytes."""
    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found


def read_manifest(path: Path) -> Manifest:
    """Read a manifest from its file, or from a video that carries one.

    Raises:
        InputError: if there is none, or it is not valid.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read the manifest {str(path)!r}: {getattr(error, 'strerror', None) or error}.") from None
    if data.lstrip()[:1] != b"{":
        data = _embedded(path)
    if len(data) > _MAX_BYTES:
        raise InputError(f"{str(path)!r} is too large to be a manifest: it has more than {_MAX_BYTES} bytes.")
    try:
        found = Manifest.model_validate_json(data)
    except ValidationError as error:
        raise InputError(f"{str(path)!r} is no manifest: {explain(error)}") from None
    if found.plan_sha256 != plan_sha256(found.plan.dss):
        raise InputError(f"the plan in {str(path)!r} was changed by hand: render the plan itself instead.")
    return found


def _embedded(video: Path) -> bytes:
    from flowzero.renderer.video import read_metadata

    try:
        text = read_metadata(video).get(METADATA_KEY, "")
    except EncodingError:
        text = ""
    if not text.startswith("{"):
        raise InputError(f"{str(video)!r} is no manifest and no video that carries one: name the file that ends in {SUFFIX}.")
    return text.encode()


def differences(then: Manifest, now: Manifest) -> str | None:
    """In one sentence what has changed since a video was rendered, and may show in it; None if nothing has."""
    said = [
        f"{name} was {then.versions[name]} and is {now.versions.get(name, 'not there')}"
        for name in then.versions
        if then.versions[name] != now.versions.get(name)
    ]
    if then.weights != now.weights:
        said.append("the weights or the sampler are others")
    for what in ("place", "threads", "machine"):
        before, after = getattr(then, what), getattr(now, what)
        if before is not None and before != after:
            said.append(f"{_PHRASES[what]} was {before} and is {after}")
    return f"This video may differ from the first: {'; '.join(said)}." if said else None


_PHRASES = {"place": "it was computed on what", "threads": "the number of threads", "machine": "the machine"}


def public_name(backbone: str) -> str:
    """A folder's own name: where it lies on somebody's disk is nobody's business."""
    return Path(backbone).name if Path(backbone).expanduser().is_dir() else backbone


def machine() -> str:
    """Processor and system, in words."""
    return f"{platform.machine()}, {platform.system()}"


def as_options(drawn: dict[str, Any]) -> Options:
    """What a rendering says it was drawn with."""
    return Options.model_validate(drawn)
