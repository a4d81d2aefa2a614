"""Training prompts and their outlines: one to three events, told by templates, in a setting, under a camera, in a frame.

A story's outline is known before its words are: the text is made from it, never read back. A story is kept only if our built-in
planner makes a plan of its outline that keeps every promise, by the critic's measurement.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from flowzero.agent import lexicon as lex
from flowzero.agent.constraints import broken, measure
from flowzero.agent.outline import MAX_THINGS, Outline, reading_of
from flowzero.agent.repair import draft
from flowzero.errors import FlowZeroError
from training.planner import events
from training.planner.english import inflect, number, plural, sentence, with_article
from training.planner.events import Event, Line
from training.planner.lexicon import Lexicon, load


class Story(NamedTuple):
    """A prompt, and what it says."""

    prompt: str
    outline: Outline
    kinds: tuple[str, ...]
    """The kinds of its events."""


class Actor(NamedTuple):
    """One thing of a story."""

    noun: str
    adjectives: tuple[str, ...]
    pool: str
    n: int
    article: str
    line: Line

    @property
    def phrase(self) -> str:
        """One of it, as an outline has it."""
        return with_article(" ".join((*self.adjectives, self.noun)))

    @property
    def text(self) -> str:
        """As the prompt has it at first mention."""
        words = " ".join((*self.adjectives, self.noun if self.n == 1 else plural(self.noun)))
        if self.n == 1:
            return {"a": with_article(words), "the": f"the {words}", "": words}[self.article]
        quantity = {0: "several", 2: "a pair of" if self.article == "the" else "two"}.get(self.n)
        return f"{quantity or number(self.n)} {words}"

    @property
    def again(self) -> str:
        """As the prompt has it at later mentions."""
        return f"the {self.noun if self.n == 1 else plural(self.noun)}"


_MARK = re.compile(r"⟦(\d+)\.(again\.)?([abc])⟧")


_STUTTER = re.compile(r"\b(?:as|while|how) (?:as|while|at the same)\b", re.IGNORECASE)
"""Two conjunctions in a row, where one sentence was put inside another."""


def stories(seed: int, *, held: bool = False) -> Iterator[Story]:
    """Stories without end; with `held` of words, templates and frames that are never trained on."""
    rng, words = random.Random(seed), load()
    while True:
        story = _Telling(rng, words, held=held).tell()
        if story is not None and keeps(story):
            yield story


def keeps(story: Story) -> bool:
    """Whether the built-in planner can keep all that the outline promises."""
    reading = reading_of(story.outline, story.prompt)
    try:
        return not any(broken(finding) for finding in measure(reading, draft(reading)))
    except FlowZeroError:
        return False


class _Telling:
    """One story in the making."""

    def __init__(self, rng: random.Random, words: Lexicon, *, held: bool) -> None:
        self.rng, self.words, self.held = rng, words, held
        self.actors: dict[str, Actor] = {}
        self.used: set[str] = set()

    def tell(self) -> Story | None:
        rng = self.rng
        if rng.random() < 0.02:
            return self._empty()
        kinds = [rng.choice(events.COMMON if rng.random() < 0.4 else tuple(events.DRAW)) for _ in range(self._length())]
        drawn = [events.draw(kind, rng, self.words, held=self.held) for kind in kinds]
        clauses = [self._clause(index, event) for index, event in enumerate(drawn)]
        if len(self.actors) > MAX_THINGS or len({actor.phrase for actor in self.actors.values()}) < len(self.actors):
            return None
        text = self._camera(self._joined(drawn, clauses), drawn)
        where, text = self._setting(text)
        frame = rng.choice(self._mixed(self.words.frames))
        text = frame.replace("{S}", text[:1].upper() + text[1:]).replace("{s}", text)
        order = list(dict.fromkeys(f"{match[1]}.{match[3]}" for match in _MARK.finditer(text)))
        if set(order) != set(self.actors) or _STUTTER.search(text):
            return None
        prompt = sentence(_MARK.sub(self._named, text))
        prompt = prompt[:1].upper() + prompt[1:] if frame.startswith("{S}") else prompt
        outline = {"in": where, "cam": self._shot(order), "all": [self._line(name, order) for name in order]}
        return Story(prompt, Outline.model_validate(outline), tuple(kinds))

    def _empty(self) -> Story:
        """A setting with nothing in it."""
        _, _, place = self.rng.choice(self._mixed(self.words.settings)).partition("=")
        text = self.rng.choice(self.words.empty.pick(self.held)).replace("{place}", place)
        return Story(sentence(text), Outline.model_validate({"in": place}), ("empty",))

    def _length(self) -> int:
        return self.rng.choices((1, 2, 3), (50, 38, 12))[0]

    def _mixed(self, words: Any) -> Sequence[str]:
        """The held-out part in every other story of the test."""
        return words.pick(self.held and self.rng.random() < 0.5)  # type: ignore[no-any-return]

    def _clause(self, index: int, event: Event) -> str:
        """The event's sentence, its things as marks."""
        for role in ("a", "b", "c"):
            if "{" + role + "}" in event.template or role in event.pools:
                self.actors[f"{index}.{role}"] = self._actor(index, role, event)
        text = event.template
        if "{after}" in text:
            text = text.replace("{after}", self.actors[f"{index}.a"].line["turns"])
        for slot, value in event.slots.items():
            text = text.replace("{" + slot + "}", value)
        text = re.sub(r"\[([^\]]+)\]", lambda match: self._verb(index, match, text), text)
        return re.sub(r"\{(the_)?([abc])\}", lambda m: f"⟦{index}.{'again.' if m[1] else ''}{m[2]}⟧", text)

    def _actor(self, index: int, role: str, event: Event) -> Actor:
        rng, line = self.rng, dict(event.lines.get(role, {}))
        for key in ("of", "and"):
            if key in line:
                line[key] = f"{index}.{line[key]}"
        pool, twin = rng.choice(event.pools[role]), self.actors.get(f"{index}.a")
        alike = twin is not None and twin.adjectives and twin.pool in event.pools[role] and rng.random() < 0.1
        pool, noun = (twin.pool, twin.noun) if alike and twin is not None else (pool, self._noun(pool))
        colours = self.words.colours.pick(self.held)
        known = self._mixed(self.words.adjectives)
        adjectives = tuple(rng.sample(known, 1 if alike else rng.choices((0, 1, 2), (55, 37, 8))[0]))
        if sum(word in colours or word in lex.COLOURS for word in adjectives) > 1:
            adjectives = adjectives[:1]
        if "turns" in line:
            line["turns"], adjectives = self._turned(line["turns"], noun, adjectives)
        count = (
            rng.choices((1, 2, 3, 4, 5, 0), (70, 14, 7, 3, 2, 4))[0] if len(event.pools) == 1 and event.kind != "tour" else 1
        )
        article = rng.choices(("a", "the", ""), (85, 9, 6))[0]
        return Actor(noun, adjectives, pool, count, article, line)

    def _noun(self, pool: str) -> str:
        nouns = [noun for noun in self.words.nouns[pool].pick(self.held) if noun not in self.used]
        noun = self.rng.choice(nouns)
        self.used.add(noun)
        return noun

    def _turned(self, turns: str, noun: str, adjectives: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        """What a thing turns into, and what it is called before."""
        if turns == "*":
            return with_article(self._noun(self.rng.choice(("walker", "thing", "flier")))), adjectives
        colour = turns[1:]
        plain = tuple(word for word in adjectives if word not in lex.COLOURS)
        return with_article(" ".join((*plain, colour, noun))), tuple(word for word in adjectives if word != colour)

    def _verb(self, index: int, match: re.Match[str], text: str) -> str:
        """A verb in the number of the thing that stands before it, or else after it."""
        before = re.findall(r"\{(?:the_)?([abc])\}", text[: match.start()])
        after = re.findall(r"\{(?:the_)?([abc])\}", text[match.end() :])
        actor = self.actors[f"{index}.{before[-1] if before else after[0]}"]
        name = match[1]
        together = text[: match.start()].endswith(("{a} and {b} ", "{the_a} and {b} "))
        single = actor.n == 1 and not together
        form = "ing" if name.isupper() and name.endswith("ING") else "s" if single else "plain"
        if name.isupper():
            kind = name.removesuffix("ING") if form == "ing" else name
            name = self.rng.choice(self.words.verbs[self._class(kind, actor.pool)].pick(self.held))
        return inflect(name, form)

    def _class(self, kind: str, pool: str) -> str:
        """A list of verbs by its name, or the one that suits a kind of thing; RIS, CIRCL and the like lack their e."""
        suits = {"flier": "FLY", "sky": "FLY", "swimmer": "SWIM", "vehicle": "DRIVE", "round": "ROLL", "thing": "ROLL"}
        if kind == "VERB":
            return suits.get(pool, "WALK")
        return next(name for name in (kind, f"{kind}E") if name in self.words.verbs)

    def _joined(self, drawn: Sequence[Event], clauses: list[str]) -> str:
        rng, text, first = self.rng, clauses[0], "0.a"
        for index, (event, clause) in enumerate(zip(drawn[1:], clauses[1:], strict=True), start=1):
            second = self.actors[f"{index}.a"]
            ordered = len(drawn) == 2 and {event.kind, drawn[0].kind} <= events.MOVING and "rel" not in second.line
            if ordered and rng.random() < 0.6:
                join = rng.choice(self._mixed(self.words.orders))
                self.actors[f"{index}.a"] = second._replace(line={**second.line, "rel": "after", "of": first})
            else:
                join = rng.choice(self._mixed(self.words.joins))
            text = join.replace("{1}", text).replace("{2}", clause)
        return text

    def _camera(self, text: str, drawn: Sequence[Event]) -> str:
        self.shot = ""
        if self.rng.random() > 0.16:
            return text
        shots = [shot for shot in self.words.cameras if not shot.startswith("follow") or drawn[0].kind in ("cross", "heading")]
        self.shot = self.rng.choice(shots)
        said = self.rng.choice(self.words.cameras[self.shot]).replace("{the_a}", "⟦0.again.a⟧")
        clause = said.startswith("the camera")
        joins = ["{s} while {c}", "{s}. {c}.", "{s}, and {c}"] if clause else ["{s}, {c}", "{s}. {c}.", "{c}. {s}"]
        return self.rng.choice(joins).replace("{s}", text).replace("{c}", said)

    def _shot(self, order: Sequence[str]) -> str | None:
        return f"follow {order.index('0.a') + 1}" if self.shot.startswith("follow") else self.shot or None

    def _setting(self, text: str) -> tuple[str | None, str]:
        if self.rng.random() > 0.55:
            return None, text
        prep, _, place = self.rng.choice(self._mixed(self.words.settings)).partition("=")
        told = self.rng.choice(self._mixed(self.words.places))
        where = f"at {place}" if prep == "at" and not place.startswith(("a ", "the ")) else place
        return where, told.replace("{where}", f"{prep} {place}").replace("{place}", place).replace("{s}", text)

    def _named(self, match: re.Match[str]) -> str:
        actor = self.actors[f"{match[1]}.{match[3]}"]
        return actor.again if match[2] else actor.text

    def _line(self, name: str, order: Sequence[str]) -> Line:
        actor = self.actors[name]
        line = {key: order.index(value) + 1 if key in ("of", "and") else value for key, value in actor.line.items()}
        return {"is": actor.phrase, "n": actor.n, **line}
