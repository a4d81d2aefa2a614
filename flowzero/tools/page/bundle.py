"""One HTML document out of the page's parts: modules, style and markup in `web/`, put together when it is served.

The document loads nothing from anywhere, so a strict content security policy can name its two inline parts by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from posixpath import dirname, normpath

_WEB = files(__package__) / "web"
_ENTRY = "main.js"
_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?function\*?|class|const) (\w+)", re.MULTILINE)
_EXPORT_LIST = re.compile(r"export\s*\{([^}]*)\};?")
_REST = re.compile(r"^\s*(?:import|export)\b.*", re.MULTILINE)
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)


@dataclass(frozen=True)
class Document:
    """The page as one file, and the policy that a browser shall hold it to."""

    html: str
    policy: str


@cache
def document() -> Document:
    """The page. Its files are part of the package, so it is put together once."""
    script, style = bundle(_ENTRY), _read("style.css")
    if "</script" in script or "</style" in style:
        raise ValueError("a module or the style holds the end of its own element")
    html = _read("index.html").replace("/*style*/", style).replace("/*script*/", script)
    policy = [
        "default-src 'none'",
        f"script-src '{_hash(script)}'",
        f"style-src '{_hash(style)}'",
        "img-src 'self' data:",
        "media-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types lit-html",
    ]
    return Document(html, "; ".join(policy))


def bundle(entry: str) -> str:
    """The modules that `entry` needs, each as a function's body so that their names cannot meet, in the order of need.

    Modules import names from other files by one statement at the beginning of a line, and export at most at the beginning of
    a line; anything else is refused here rather than in the reader's browser.
    """
    done: dict[str, str] = {}
    _add(entry, done, ())
    return "".join(done.values())


def _add(path: str, done: dict[str, str], above: tuple[str, ...]) -> None:
    if path in above:
        raise ValueError(f"modules import each other in a circle: {' -> '.join((*above, path))}")
    if path in done:
        return
    text = _SOURCE_MAP.sub("", _read(path))
    lines = []
    for names, target in _IMPORT.findall(text):
        module = normpath(f"{dirname(path)}/{target}" if dirname(path) else target)
        _add(module, done, (*above, path))
        lines.append(f"const {{{names.replace(' as ', ': ')}}} = {_variable(module)};\n")
    text = _IMPORT.sub("", text)
    exported = {name: name for _, name in _EXPORT.findall(text)}
    text = _EXPORT.sub(r"\1 \2", text)
    for names in _EXPORT_LIST.findall(text):
        exported |= {outer or inner: inner for inner, _, outer in (part.strip().partition(" as ") for part in names.split(","))}
    text = _EXPORT_LIST.sub("", text)
    if left := _REST.search(text):
        raise ValueError(f"{path} has a statement that the bundle cannot take: {left[0].strip()[:80]}")
    result = ", ".join(f"{outer}: {inner}" for outer, inner in exported.items())
    done[path] = f"const {_variable(path)} = (() => {{\n{''.join(lines)}{text}\nreturn {{{result}}};\n}})();\n"


def _variable(path: str) -> str:
    return "module_" + re.sub(r"\W", "_", path.removesuffix(".js"))


def _read(path: str) -> str:
    return (_WEB / path).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
