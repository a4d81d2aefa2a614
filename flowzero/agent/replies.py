"""The JSON in a language model's reply: found, and read as it was meant.

Models wrap JSON in thoughts, fences and chatter, write Python or JavaScript literals, leave commas behind, and send several
pieces. All of that is forgiven. A reply that breaks off in the middle is not: completing it would be a plan that nobody made.
Nothing here knows what the JSON means.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from flowzero.errors import LLMReplyError

MAX_REPLY = 400_000
"""Characters. The longest valid plan on the wire is a quarter of it."""

_THOUGHT = re.compile(r"<(think|thinking|thought|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_LATE_END = re.compile(r"\A.*</(?:think|thinking|thought|reasoning)>", re.DOTALL | re.IGNORECASE)
_LABEL = re.compile(r"(?:frame|step|image)\s*#?\s*(\d{1,4})\W{0,6}\Z", re.IGNORECASE)
_CLOSING = {"{": "}", "[": "]"}
_WORDS = {
    **dict.fromkeys(("true", "True"), "true"),
    **dict.fromkeys(("false", "False"), "false"),
    **dict.fromkeys(("null", "None", "undefined", "NaN", "nan", "Infinity", "inf", "Inf", "NULL"), "null"),
}


class Piece(NamedTuple):
    """One JSON value of a reply, and the frame number that stood before it, if one did."""

    value: Any
    label: int | None


def pieces(text: str) -> tuple[Piece, ...]:
    """Every JSON object or array in the reply, outermost only, in order; what does not parse is passed over if others do.

    Raises:
        LLMReplyError: if there is none; the message tells the model what to correct.
    """
    if not text.strip():
        raise LLMReplyError("the reply is empty: answer with one JSON object.")
    if len(text) > MAX_REPLY:
        raise LLMReplyError(f"the reply has {len(text)} characters: answer with one short JSON object.")
    text = _without_thoughts(text)
    found: list[Piece] = []
    fault = "the reply holds no JSON: answer with one JSON object and nothing else."
    for start, end in _spans(text):
        if end is None:
            if "{" in text[start:]:
                raise LLMReplyError("the reply breaks off before its JSON ends: answer again, shorter, and finish it.")
            break
        try:
            value = json.loads(_plain_json(text[start:end]))
        except (ValueError, RecursionError) as error:
            fault = f"the reply's JSON cannot be read ({error}): answer with valid JSON."
            continue
        label = _LABEL.search(text, max(0, start - 40), start)
        found.append(Piece(value, int(label[1]) if label else None))
    if not found:
        raise LLMReplyError(fault)
    return tuple(found)


def _without_thoughts(text: str) -> str:
    """The text without <think> blocks, also where the first mark is missing or the last."""
    text = _THOUGHT.sub(" ", text)
    late = _LATE_END.match(text)
    return text[late.end() :] if late else text


def _spans(text: str) -> Iterator[tuple[int, int | None]]:
    """Start and end of each outermost bracketed stretch; the end is None for one that never closes."""
    at = 0
    while match := _OPENING.search(text, at):
        end = _closing(text, match.start())
        yield match.start(), end
        if end is None:
            return
        at = end


_OPENING = re.compile(r"[{\[]")
_STRUCTURE = re.compile(r"""["'{}\[\]]""")
_STRING = {'"': re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL), "'": re.compile(r"'(?:[^'\\]|\\.)*'(?=\s*[,:\]}])", re.DOTALL)}


def _closing(text: str, start: int) -> int | None:
    """Where the bracket at `start` is closed, one past; None if the text ends first."""
    depth, at = 0, start
    while match := _STRUCTURE.search(text, at):
        mark, at = match[0], match.end()
        if mark in _STRING:
            string = _STRING[mark].match(text, match.start())
            if string is None and mark == '"':
                return None
            at = string.end() if string else at
        elif mark in _CLOSING:
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                return at
    return None


_TOKEN = re.compile(
    r"""
      (?P<double>"(?:[^"\\]|\\.)*")
    | (?P<single>'(?:[^'\\]|\\.)*'(?=\s*[,:\]}]))
    | (?P<comment>//[^\n]*|/\*.{0,2000}?\*/|\#[^\n]*)
    | (?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?:px|%)?
    | (?P<sign>[-+](?=Infinity|inf|Inf))
    | (?P<word>[A-Za-z_][A-Za-z_0-9]*)
    | (?P<tuple>[()])
    | (?P<comma>,(?=(?:\s|//[^\n]*\n|\#[^\n]*\n)*[\]})]))
    """,
    re.VERBOSE | re.DOTALL,
)


def _plain_json(text: str) -> str:
    """Strict JSON for what a model wrote: foreign literals, comments, trailing commas, units, tuples, bare keys."""
    return _TOKEN.sub(_plain_token, text)


def _plain_token(match: re.Match[str]) -> str:
    kind, written = match.lastgroup, match[0]
    if kind == "double":
        return re.sub(r"[\x00-\x1f]", " ", written)
    if kind == "single":
        body = written[1:-1].replace("\\'", "'").replace('\\"', '"')
        return json.dumps(re.sub(r"[\x00-\x1f]", " ", body))
    if kind == "number":
        return _plain_number(match["number"])
    if kind == "word":
        return _WORDS.get(written) or json.dumps(written)
    if kind == "tuple":
        return "[" if written == "(" else "]"
    return ""


def _plain_number(number: str) -> str:
    if re.fullmatch(r"[-+]?\d{1,15}", number):
        return str(int(number))
    value = float(number)
    return repr(value) if math.isfinite(value) else "null"
