"""What this machine offers: language model, backbone, device, codecs, optional parts; and how to get what is missing.

Looks without loading: torch and the backbone's weights stay on disk unless the question is about torch itself.
"""

from __future__ import annotations

import json
import platform
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from flowzero import __version__
from flowzero.agent.local import missing
from flowzero.events import Event, Listener
from flowzero.settings import SMALL_PLANNER, Settings, load_settings

LOCAL_SERVERS = {"Ollama": 11434, "LM Studio": 1234, "vLLM": 8000, "llama.cpp": 8080}
"""Where each listens unless told otherwise."""
_OWNERS = {"library": "Ollama", "organization_owner": "LM Studio", "vllm": "vLLM", "llamacpp": "llama.cpp"}
"""Whom each names as the owner of a model that it lists, which tells it apart on another's port."""
_LOCAL_TIMEOUT, _REMOTE_TIMEOUT = 0.5, 5.0
_EXTRAS = {"mcp": "the MCP server (flowzero mcp)", "local": "the small planner (flowzero models)"}
_PACKAGES = {"mcp": "mcp", "local": "xllamacpp"}
_CODECS = {".mp4": "libx264", ".webm": "libvpx-vp9"}


def examine(listener: Listener) -> dict[str, Any]:
    """Everything that `flowzero doctor` tells, as JSON.

    Raises:
        SettingsError: if a setting is out of its range.
    """
    settings = load_settings()
    listener(Event(stage="check", message="looking for language models"))
    llm = _llm(settings)
    listener(Event(stage="check", message="asking torch for devices"))
    found = {
        "flowzero": __version__,
        "python": platform.python_version(),
        "llm": llm,
        "backbone": _backbone(settings),
        "device": _device(settings),
        "codecs": _codecs(),
        "extras": {name: find_spec(_PACKAGES[name]) is not None for name in _EXTRAS},
        "vocabulary": _vocabulary(),
        "home": _home(settings),
    }
    return found | {"advice": list(_advice(found))}


def report(found: dict[str, Any]) -> Iterator[RenderableType]:
    """The same for people: a line for each part, then what could be better."""
    llm, backbone, device, words = found["llm"], found["backbone"], found["device"], found["vocabulary"]
    yield Text(f"FlowZero {found['flowzero']} on Python {found['python']}", style="bold")
    yield _line(llm["model"] is None or llm["reachable"], "Planner", llm["summary"])
    for server in llm["local"]:
        yield _line(True, "Found running", _local(server))
    yield _line(backbone["found"], "Backbone", backbone["summary"])
    yield _line(device["torch"] is not None, "Device", device["summary"])
    for suffix, codec in found["codecs"].items():
        yield _line(codec["found"], f"{suffix} files", codec["summary"])
    for name, there in found["extras"].items():
        yield _line(there, f"Extra {name}", _EXTRAS[name])
    learned = f", {words['learned']} of them learned by the embedded model" if words["learned"] else ""
    yield _line(
        True,
        "Can draw",
        f"{words['nouns']} nouns{learned}, {words['settings']} settings ({len(words['places'])} places with those at sunset and"
        f" at night), {len(words['colours'])} colours",
    )
    yield _line(found["home"]["writable"], "Keeps things in", found["home"]["path"])
    if found["advice"]:
        yield Text("\nWhat would make it better:", style="bold")
    for sentence in found["advice"]:
        yield Text(f"  {sentence}")


def _local(server: dict[str, Any]) -> str:
    """A server of this machine in words."""
    models, more = server["models"][:3], len(server["models"]) - 3
    held = ", ".join(models) + (f" and {more} more" if more > 0 else "") if models else "no model yet"
    return f"{server['name']} at {server['base_url']}: {'it wants a key' if server['wants_key'] else held}"


def _line(good: bool, name: str, text: str) -> Text:
    return Text.assemble((" ok  " if good else " --  ", "green" if good else "yellow"), (f"{name:<16}", "bold"), text)


def _llm(settings: Settings) -> dict[str, Any]:
    """The configured model, whether its server answers, and which servers run on this machine."""
    with ThreadPoolExecutor() as pool:
        local = [found for found in pool.map(_running, LOCAL_SERVERS.items()) if found is not None]
    shown = _public(settings.llm_base_url) if settings.llm_base_url else None
    found: dict[str, Any] = {"model": settings.llm_model, "base_url": shown, "reachable": False, "local": local}
    if settings.llm_model is None:
        ready = settings.small_planner == "auto" and not missing(settings)
        helped = f", with {SMALL_PLANNER}" if ready else ""
        return found | {"summary": f"the built-in mind{helped}; no language model is set"}
    if settings.llm_model == SMALL_PLANNER and not settings.llm_base_url:
        lacks = missing(settings)
        return found | {"reachable": not lacks, "summary": f"{SMALL_PLANNER}: {lacks or 'ready'}", "lacks": lacks}
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else None
    url = settings.llm_base_url or "https://api.openai.com/v1"
    models, fault = _models(url, key, _REMOTE_TIMEOUT)
    state = fault or ("answers" if settings.llm_model in (models or [settings.llm_model]) else "answers, but does not list it")
    return found | {"reachable": models is not None, "summary": f"{settings.llm_model} at {_public(url)}: {state}"}


def _running(usual: tuple[str, int]) -> dict[str, Any] | None:
    """The server on a port of this machine, if there is one: who it is, its models, and whether it wants a key."""
    name, url = usual[0], f"http://127.0.0.1:{usual[1]}/v1"
    listed, fault = _listed(url, None, _LOCAL_TIMEOUT)
    if listed is None:
        unknown = f"something on the port of {name}"
        return {"name": unknown, "base_url": url, "models": [], "wants_key": True} if _KEY in fault else None
    owners = {str(model.get("owned_by", "")).lower() for model in listed if isinstance(model, dict)}
    name = next((_OWNERS[owner] for owner in sorted(owners) if owner in _OWNERS), name)
    return {"name": name, "base_url": url, "models": _names(listed), "wants_key": False}


_KEY = "check FLOWZERO_LLM_API_KEY"


def _models(base_url: str, key: str | None, timeout: float) -> tuple[list[str] | None, str]:
    """The names of the models that an OpenAI-compatible server lists; None and why when it does not answer."""
    listed, fault = _listed(base_url, key, timeout)
    return (None if listed is None else _names(listed)), fault


def _names(listed: list[Any]) -> list[str]:
    return [str(model["id"]) for model in listed if isinstance(model, dict) and "id" in model]


def _listed(base_url: str, key: str | None, timeout: float) -> tuple[list[Any] | None, str]:
    """The models that an OpenAI-compatible server lists; None and why when it does not answer."""
    if not base_url.startswith(("http://", "https://")):
        return None, "its address must begin with http:// or https://"
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    request = urllib.request.Request(base_url.rstrip("/") + "/models", headers=headers)  # noqa: S310
    local = "//127.0.0.1" in base_url or "//localhost" in base_url
    opener = urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if local else []))
    try:
        with opener.open(request, timeout=timeout) as reply:
            return list(json.loads(reply.read(1_000_000))["data"] or ()), ""
    except urllib.error.HTTPError as error:
        return None, f"refuses with HTTP {error.code}" + (f": {_KEY}" if error.code in (401, 403) else "")
    except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
        return None, f"does not answer ({getattr(error, 'reason', error)})"


def _public(url: str) -> str:
    """An address without the user and password that it may hold."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


def _backbone(settings: Settings) -> dict[str, Any]:
    """Whether the configured backbone lies on this machine, and which others there are by name."""
    from flowzero.renderer.backbones import REGISTRY, find_backbone

    entry = find_backbone(settings.backbone)
    folder = Path(entry.source).expanduser()
    found = _has_weights(folder) or _downloaded(entry.source)
    if entry is REGISTRY[0]:
        summary = f"{entry.name}, " + ("comes with the package" if found else "but its weights are missing from this package")
    elif _has_weights(folder):
        summary = f"the folder {folder}"
    else:
        summary = f"{entry.source}, " + ("downloaded already" if found else "not downloaded yet, and no folder with weights")
    others = [{"name": other.name, "license": other.license, "gigabytes": other.weights_gb} for other in REGISTRY]
    return {"name": entry.name, "found": found, "summary": summary, "license": entry.license, "known": others}


_PAINTERS = ("unet", "transformer")
"""The folders of a checkpoint of which it has one: what draws."""


def _has_weights(folder: Path) -> bool:
    return any(path.suffix in (".safetensors", ".bin") for part in _PAINTERS for path in folder.glob(f"{part}/*"))


def _downloaded(repository: str) -> bool:
    """Whether the hub's cache holds a snapshot of it."""
    from huggingface_hub.constants import HF_HUB_CACHE

    snapshots = Path(HF_HUB_CACHE) / f"models--{repository.replace('/', '--')}" / "snapshots"
    return any(_has_weights(folder) for folder in snapshots.glob("*"))


def _device(settings: Settings) -> dict[str, Any]:
    """What torch can compute on."""
    try:
        release = version("torch")
        from flowzero.renderer.devices import devices

        found = devices()
    except (PackageNotFoundError, ImportError, OSError) as error:
        return {"torch": None, "devices": [], "setting": settings.device, "summary": f"torch cannot be loaded ({error})"}
    summary = f"{found[0].words}, torch {release}"
    return {"torch": release, "devices": [device.name for device in found], "setting": settings.device, "summary": summary}


def _codecs() -> dict[str, Any]:
    """Which kinds of files can be written."""
    import av
    from PIL import features

    found = {
        suffix: {"found": name in av.codec.codecs_available, "summary": f"{name} (PyAV {av.__version__})"}
        for suffix, name in _CODECS.items()
    }
    found[".gif"] = {"found": True, "summary": "Pillow"}
    found[".webp"] = {"found": bool(features.check("webp")), "summary": "Pillow"}
    return found


def _vocabulary() -> dict[str, Any]:
    from flowzero import vocabulary

    nouns, settings = vocabulary.nouns().values(), vocabulary.settings().values()
    return {
        "nouns": len(nouns),
        "learned": sum(noun.learned for noun in nouns),
        "settings": len(settings),
        "colours": list(vocabulary.COLOURS),
        "names": [noun.name for noun in nouns],
        "setting_names": [setting.name for setting in settings],
        "places": list(vocabulary.places()),
    }


def _home(settings: Settings) -> dict[str, Any]:
    from flowzero.errors import OutputError, ResourceError
    from flowzero.files import check_folder

    try:
        check_folder(settings.home_dir)
        writable = True
    except (OutputError, ResourceError, OSError, ValueError):
        writable = False
    return {"path": str(settings.home_dir), "writable": writable}


def _llm_advice(llm: dict[str, Any]) -> Iterator[str]:
    """How to get a language model, or to get it to answer."""
    ready = [server for server in llm["local"] if not server["wants_key"]]
    if llm["model"] is None and ready:
        server = next((server for server in ready if server["models"]), ready[0])
        model = server["models"][0] if server["models"] else "NAME"
        yield (
            f"{server['name']} runs here: set FLOWZERO_LLM_BASE_URL={server['base_url']} and FLOWZERO_LLM_MODEL={model} "
            "to plan what the built-in mind cannot read."
        )
    elif llm["model"] is None:
        yield (
            "A language model plans freer prompts: start one, such as Ollama, and set FLOWZERO_LLM_BASE_URL and "
            "FLOWZERO_LLM_MODEL; for OpenAI set FLOWZERO_LLM_MODEL and FLOWZERO_LLM_API_KEY."
        )
    elif llm.get("lacks"):
        yield f"To plan with it: {llm['lacks']}"
    elif not llm["reachable"]:
        yield "The language model does not answer: check FLOWZERO_LLM_BASE_URL and the key, or set FLOWZERO_LLM_FALLBACK=true."


def _advice(found: dict[str, Any]) -> Iterator[str]:
    """A sentence for each thing that is missing: how to get it."""
    yield from _llm_advice(found["llm"])
    device = found["device"]
    if not found["backbone"]["found"]:
        yield "The backbone is missing: set FLOWZERO_BACKBONE to embedded, or to a folder or hub id with a GLIGEN checkpoint."
    if device["torch"] is None:
        yield f"Rendering needs torch: {sys.executable} -m pip install torch"
    elif device["devices"] == ["cpu"]:
        yield "A GPU renders larger backbones in seconds; here the embedded model on the CPU is the one to use."
    for suffix, codec in found["codecs"].items():
        if not codec["found"]:
            yield f"{suffix} files cannot be written: {sys.executable} -m pip install --upgrade av pillow"
    for name, there in found["extras"].items():
        if not there:
            yield f"For {_EXTRAS[name]}: {sys.executable} -m pip install 'flowzero[{name}]'"
    if not found["home"]["writable"]:
        yield f"{found['home']['path']} cannot be written: set FLOWZERO_HOME to a folder that can."
