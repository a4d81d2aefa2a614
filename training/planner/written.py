"""Prompts that were written whole, with their outlines, in `written/`; each is told again and again of other things.

Templates joined by a program say one thing after another. People tell of several at once, refer back, leave out and turn round;
so these were written by hand, as a crowd of people would. What is varied is what the sentence does not hang on: nouns that are
marked as free, colours, the place, left and right. A tenth is held out, drawn by hash. In `reworded/` is what is trained on
as a whole: the outlines of those to train on once more, in the words of others, who had not seen the prompts, and prompts on
which the rules and the way to join both readings were tried (`turns`, `crowds`, `clips`, `reels`, `spots`), and new ones
(`scenes`, `phases`, `groups`, `brief`).
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from flowzero.agent.outline import Outline, grounded
from training.planner.english import plural, with_article
from training.planner.lexicon import Lexicon, Part, drawn_out, load
from training.planner.noise import roughened
from training.planner.stories import Story, keeps

FOLDER, REWORDED = Path(__file__).with_name("written"), Path(__file__).with_name("reworded")
_OTHER_NOUN, _OTHER_COLOUR, _OTHER_PLACE, _MIRRORED, _ROUGH = 0.75, 0.5, 0.4, 0.5, 0.3
"""How often what can be varied is."""
_SIDES = {"left": "right", "right": "left"}
_NO_SIDE = re.compile(
    r"\bright (?:away|behind|after|before|now|next|in|at|on|above|below|through|past|up|down|under|over|off|out|by|into|there|"
    r"here|back|beside|across|around|angle)\b|"
    r"\b(?:has|have|had|is|are|was|be|being|got|all|just|nothing|one|never) (?:left|right)\b|"
    r"\bleft (?:alone|behind|over|for|home|it|them|him|her|out)\b|\b(?:east|west|port|starboard|clockwise|arabic|hebrew)|"
    r"\b(?:left|right)-?hand(?:er|ed)\b",
    re.IGNORECASE,
)
"""Where left and right are no sides, or other words say the side too."""


class Written(NamedTuple):
    """A prompt as it was written, what it says, and of which kind the nouns are that may be another's."""

    prompt: str
    outline: Outline
    swap: Mapping[str, str]


@lru_cache(maxsize=1)
def written() -> Mapping[Part, tuple[Written, ...]]:
    """All of them, those to train on and those held out."""
    found = _read(FOLDER)
    return {
        "train": tuple(one for one in found if not drawn_out(one.prompt)),
        "held": tuple(one for one in found if drawn_out(one.prompt)),
    }


@lru_cache(maxsize=2)
def reworded(files: tuple[str, ...] = ()) -> tuple[Written, ...]:
    """What those to train on say, in the words of others, and what was looked at; of these files alone if any are named."""
    return _read(REWORDED, files)


def _read(folder: Path, files: tuple[str, ...] = ()) -> tuple[Written, ...]:
    paths = [folder / f"{name}.jsonl" for name in files] or sorted(folder.glob("*.jsonl"))
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [json.loads(line) for line in lines]
    return tuple(Written(row["prompt"], Outline.model_validate(row["outline"]), row["swap"]) for row in rows)


def retold(seed: int, *, held: bool = False, files: tuple[str, ...] = ()) -> Iterator[Story]:
    """Variations of written prompts, in rounds without end; with `held` of prompts and nouns that are never trained on.

    Of these, only such as the built-in planner can keep. With `files` of `reworded/`, of the prompts in these alone.
    """
    rng, words = random.Random(seed), load()
    part: Part = "held" if held else "train"
    told = written()["held"] if held else reworded(files) if files else written()["train"] + reworded()
    while True:
        for one in rng.sample(told, len(told)):
            story = vary(one, rng, words, part)
            if grounded(story.outline, story.prompt) == story.outline and (not held or keeps(story)):
                yield story


def vary(one: Written, rng: random.Random, words: Lexicon, part: Part = "train") -> Story:
    """One variation: other nouns, colours and places, perhaps mirrored and carelessly spelt."""
    prompt, outline = one.prompt, one.outline
    taken = {thing.phrase.split()[-1] for thing in outline.things}
    for noun, kind in one.swap.items():
        if rng.random() < _OTHER_NOUN:
            other = rng.choice([word for word in words.nouns[kind].pick(part) if word.split()[-1] not in taken])
            taken.add(other.split()[-1])
            prompt, outline = _replaced(prompt, outline, {noun: other, plural(noun): plural(other)})
    said = " ".join(f"{thing.phrase} {thing.turns or ''}" for thing in outline.things).lower().split()
    colours = [word for word in dict.fromkeys(said) if word in words.colours.train]
    if colours and rng.random() < _OTHER_COLOUR:
        prompt, outline = _replaced(prompt, outline, dict(zip(colours, _others(rng, words, colours), strict=True)))
    if outline.where is not None and rng.random() < _OTHER_PLACE:
        prompt, outline = _moved(prompt, outline, rng, words, part)
    if sided(prompt) and rng.random() < _MIRRORED:
        prompt, outline = mirrored(prompt, outline)
    if rng.random() < _ROUGH:
        prompt = roughened(rng, prompt, _names(outline))
    return Story(prompt, outline, ("written",))


def _names(outline: Outline) -> frozenset[str]:
    """The words that say what and where things are."""
    said = [text for thing in outline.things for text in (thing.phrase, plural(thing.phrase), thing.turns or "")]
    return frozenset(re.findall(r"\w+", " ".join((outline.where or "", *said))))


def mirrored(prompt: str, outline: Outline) -> tuple[str, Outline]:
    """Left for right in a prompt and its outline."""
    row = outline.model_dump(by_alias=True, exclude_defaults=True)
    for line in (row, *row.get("all", ())):
        turn_line(line)
    return turned(prompt), Outline.model_validate(row)


def turn_line(line: dict[str, Any]) -> None:
    """Left for right in what is said of one thing, or of the camera."""
    line.update({key: turned(line[key]) for key in ("cam", "at", "rel") if line.get(key)})
    line.update({"do": tuple(map(turned, line["do"]))} if "do" in line else {})


def sided(text: str) -> bool:
    """Whether left and right may change places in a text: neither is another word there, nor said in other words too."""
    return not _NO_SIDE.search(text)


def turned(text: str) -> str:
    """Left for right in a text."""
    sides = r"(?<![a-z])(left|right)(?=(?:wards?|most|ies)?(?![a-z]))"
    return re.sub(sides, lambda match: _cased(match[0], _SIDES[match[0].lower()]), text, flags=re.IGNORECASE)


def _others(rng: random.Random, words: Lexicon, colours: list[str]) -> list[str]:
    return rng.sample([word for word in words.colours.train if word not in colours], len(colours))


def _moved(prompt: str, outline: Outline, rng: random.Random, words: Lexicon, part: Part) -> tuple[str, Outline]:
    """Somewhere else, if the prompt says where in so many words."""
    where = outline.where or ""
    found = re.search(rf"\b(in|on|at) {re.escape(where)}\b", prompt)
    if found is None or any(thing.phrase.split()[-1] in where for thing in outline.things):
        return prompt, outline
    places = [place for place in words.settings.pick(part) if place.startswith(f"{found[1]}=")]
    if not places:
        return prompt, outline
    place = rng.choice(places).partition("=")[2]
    return f"{prompt[: found.start()]}{found[1]} {place}{prompt[found.end() :]}", outline.model_copy(update={"where": place})


def _replaced(prompt: str, outline: Outline, others: Mapping[str, str]) -> tuple[str, Outline]:
    """Other words for these in a prompt and in what its outline calls things, with the articles that they need."""
    told = teller(others)
    return told(prompt), _renamed(outline, told)


def told_anew(one: Written, told: Callable[[str], str]) -> Written:
    """A written prompt in other words, and its outline with it."""
    return one._replace(prompt=told(one.prompt), outline=_renamed(one.outline, told))


def teller(others: Mapping[str, str]) -> Callable[[str], str]:
    """What tells a text in these other words, with the articles that they need."""
    words = "|".join(map(re.escape, sorted(others, key=len, reverse=True)))
    pattern = re.compile(rf"(?:\b(an?)(\s+))?\b({words})\b", re.IGNORECASE)

    def other(match: re.Match[str]) -> str:
        word = _cased(match[3], others[match[3].lower()])
        if match[1] is None:
            return word
        article = with_article(word.lower()).partition(" ")[0]
        return f"{_cased(match[1], article)}{match[2]}{word}"

    return lambda text: pattern.sub(other, text)


def _renamed(outline: Outline, told: Callable[[str], str]) -> Outline:
    things = tuple(
        thing.model_copy(update={"phrase": told(thing.phrase), "turns": told(thing.turns) if thing.turns else None})
        for thing in outline.things
    )
    return outline.model_copy(update={"things": things})


def _cased(like: str, word: str) -> str:
    """The word with capitals as another has them."""
    if like.isupper() and len(like) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if like[:1].isupper() else word
