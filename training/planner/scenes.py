"""Plans of training stories, with who plays in them: what instructions are given to and errors are made in."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from flowzero.agent.casting import cast_of
from flowzero.agent.changes import MAX_LINES
from flowzero.agent.outline import reading_of
from flowzero.agent.repair import draft
from flowzero.dss import DSS
from flowzero.errors import FlowZeroError
from training.planner.actors import Actor
from training.planner.lexicon import load
from training.planner.stories import Story, Telling, keeps


class Scene(NamedTuple):
    """A story's plan, with who plays in it and which objects each is."""

    story: Story
    dss: DSS
    actors: Mapping[str, Actor]
    ids: Mapping[str, tuple[str, ...]]

    def lines(self, *names: str) -> tuple[int, ...]:
        """The numbers of these actors' objects in the plan."""
        order = [item.id for item in self.dss.objects]
        return tuple(sorted(order.index(item_id) + 1 for name in names for item_id in self.ids[name]))


class Unsuited(Exception):  # noqa: N818
    """This command cannot be given to this plan."""


def scenes(seed: int, *, held: bool = False) -> Iterator[Scene]:
    """Plans of stories without end."""
    rng, words = random.Random(f"scenes {seed}"), load()
    while True:
        telling = Telling(rng, words, held=held)
        story = telling.tell()
        if story is None or not keeps(story):
            continue
        reading = reading_of(story.outline, story.prompt)
        try:
            dss = draft(reading)
        except FlowZeroError:
            continue
        cast = cast_of(reading, dss)
        by_phrase = {actor.phrase: name for name, actor in telling.actors.items()}
        pairs = list(zip(story.outline.things, reading.things, strict=True))
        names = {by_phrase.get(line.phrase, ""): cast.get(thing.id, ()) for line, thing in pairs}
        whole = all(name and ids for name, ids in names.items()) and len(names) == len(pairs) > 0
        if whole and len(dss.objects) <= MAX_LINES and sum(map(len, names.values())) == len(dss.objects):
            yield Scene(story, dss, {name: telling.actors[name] for name in names}, names)
