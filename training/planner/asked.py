"""Instructions that were written by hand, with the changes that they mean, to plans of written prompts; in `asked/`.

Like the prompts of `written/` each is told again and again: of other nouns and colours, and with left and right changed. A
noun that an instruction does not say stays, as it may be meant in other words ("the animal", "him"). A tenth is held out.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from flowzero.agent.changes import MAX_LINES, Changes, sensible
from flowzero.agent.outline import Outline, reading_of
from flowzero.agent.repair import draft
from flowzero.agent.tokens import singular, tokenise
from flowzero.dss import DSS
from flowzero.errors import FlowZeroError
from training.planner.english import plural
from training.planner.lexicon import Lexicon, Part, drawn_out, load
from training.planner.noise import roughened
from training.planner.revisions import Revision, each_can_be_done
from training.planner.written import Written, mirrored, sided, teller, told_anew, turn_line, turned

FOLDER = Path(__file__).with_name("asked")
_OTHER_NOUN, _OTHER_COLOUR, _MIRRORED, _ROUGH = 0.7, 0.5, 0.5, 0.3
"""How often what can be varied is."""


class Asked(NamedTuple):
    """What is asked of the plan of a written prompt, and what that means."""

    scene: Written
    instruction: str
    changes: Changes


@lru_cache(maxsize=1)
def asked() -> Mapping[Part, tuple[Asked, ...]]:
    """All of them, those to train on and those held out."""
    found = [one for path in sorted(FOLDER.glob("*.jsonl")) for one in asked_of(path)]
    return {
        "train": tuple(one for one in found if not drawn_out(one.instruction)),
        "held": tuple(one for one in found if drawn_out(one.instruction)),
    }


def asked_of(path: Path) -> list[Asked]:
    """The instructions of a file, of which a line is a prompt with its outline, and what is asked of its plan."""
    found: list[Asked] = []
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        scene = Written(row["prompt"], Outline.model_validate(row["outline"]), row["swap"])
        found += [Asked(scene, one["say"], Changes.model_validate(one["mean"])) for one in row["asked"]]
    return found


def asked_anew(seed: int, *, held: bool = False) -> Iterator[Revision]:
    """Variations of the instructions, in rounds without end; with `held` of those, and of nouns, that are never trained on."""
    rng, words = random.Random(f"asked {seed}"), load()
    part: Part = "held" if held else "train"
    while True:
        for one in rng.sample(asked()[part], len(asked()[part])):
            revision = revision_of(vary(one, rng, words, part))
            if revision is not None:
                yield revision


def revision_of(one: Asked) -> Revision | None:
    """The instruction to the plan; None if there is no such plan, or the changes cannot be carried out on it."""
    try:
        dss = plan_of(one)
    except FlowZeroError:
        return None
    revision = Revision(dss, one.instruction, one.changes, ("asked",))
    if len(dss.objects) > MAX_LINES:
        return None
    can_be_done = sensible(one.changes, one.instruction, dss) and each_can_be_done(revision, dss)
    return revision if can_be_done or not one.changes.all else None


def plan_of(one: Asked) -> DSS:
    """The plan that the instruction is given to.

    Raises:
        FlowZeroError: if none can be made.
    """
    return draft(reading_of(one.scene.outline, one.scene.prompt))


def vary(one: Asked, rng: random.Random, words: Lexicon, part: Part = "train") -> Asked:
    """One variation: other nouns and colours, perhaps mirrored and carelessly spelt."""
    scene, instruction, changes = one
    said = {word for token in tokenise(instruction) for word in (token.low, singular(token.low))}
    others: dict[str, str] = {}
    taken = {thing.phrase.split()[-1] for thing in scene.outline.things} | said
    for noun, kind in scene.swap.items():
        if noun in said and rng.random() < _OTHER_NOUN:
            other = rng.choice([word for word in words.nouns[kind].pick(part) if word.split()[-1] not in taken])
            taken.add(other.split()[-1])
            others |= {noun: other, plural(noun): plural(other)}
    if rng.random() < _OTHER_COLOUR:
        text = f"{scene.prompt} {instruction}".lower().split()
        colours = [word for word in words.colours.train if word in text]
        free = [word for word in words.colours.train if word not in colours]
        others |= dict(zip(colours, rng.sample(free, len(colours)), strict=True))
    if others:
        told = teller(others)
        scene = told_anew(scene, told)
        instruction = told(instruction)
        changes = _each(changes, lambda row: row.update({key: told(row[key]) for key in ("is", "turns") if key in row}))
    # Several alike stand in a row from the left, whichever way they are mirrored.
    alone = all(thing.n == 1 for thing in scene.outline.things)
    if alone and sided(scene.prompt) and sided(instruction) and rng.random() < _MIRRORED:
        scene = Written(*mirrored(scene.prompt, scene.outline), scene.swap)
        instruction, changes = turned(instruction), _each(changes, turn_line)
    if rng.random() < _ROUGH:
        named = [thing.phrase for thing in scene.outline.things]
        named += [text for change in changes.all for text in (change.phrase, change.turns or "")]
        kept = {word for text in named for word in text.split()}
        instruction = roughened(rng, instruction, frozenset(kept | {plural(word) for word in kept}))
    return Asked(scene, instruction, changes)


def _each(changes: Changes, edit: Callable[[dict[str, Any]], None]) -> Changes:
    """The changes after each was edited, as the plain data that it is."""
    rows = [change.model_dump(by_alias=True, exclude_defaults=True) for change in changes.all]
    for row in rows:
        edit(row)
    return Changes.model_validate({"all": rows})
