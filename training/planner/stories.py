"""Training prompts and their outlines: one to four events, told by templates, in a setting, under a camera, in a frame.

An event brings things of its own, or goes on with one that is there. A story's outline is known before its words are: the
text is made from it, never read back. A story is kept only if our built-in planner makes a plan of its outline that keeps
every promise, by the critic's measurement.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from flowzero.agent.constraints import broken, measure
from flowzero.agent.outline import MAX_THINGS, Outline, reading_of
from flowzero.agent.repair import draft
from flowzero.errors import FlowZeroError
from training.planner import actors, events
from training.planner.casting import Casting
from training.planner.english import inflect, sentence
from training.planner.lexicon import Lexicon, load
from training.planner.noise import roughened
from training.planner.pairs import JOINT
from training.planner.pen import Event


class Story(NamedTuple):
    """A prompt, and what it says."""

    prompt: str
    outline: Outline
    kinds: tuple[str, ...]
    """The kinds of its events."""


class _Part(NamedTuple):
    """An event as it is told: its words with marks for things, and which thing plays which role."""

    event: Event
    text: str
    roles: dict[str, str]
    then: bool
    """Whether it says what a thing does next."""
    more: bool
    """Whether it goes on with a thing that is there already."""


_MARK = re.compile(r"⟦([^.⟧]+)\.(again|it|them|first)⟧")
_GIVEN = "make|let|have|send|put|bring|take|move|see|show|watch|want|give|get|keep|help|tell"
"""Verbs that a pronoun follows as their object."""
_BEHIND = "that |which |in |on |with |from |to |and |of |at |for |[a-z]+ing\\b"
"""What does not follow a pronoun."""
_CLAUSE = (
    "{s} while {c}", "{s}. {c}.", "{s}, and {c}", "{c} while {s}", "{s} as {c}", "{c} as {s}", "{s}, {c}", "{s}; {c}",
)  # fmt: skip
_NOTE = (
    "{s}, {c}", "{s}. {c}.", "{c}. {s}", "{c}, {s}", "{s} ({c})", "{c}: {s}", "{s} - {c}", "{c} - {s}", "{s} | {c}",
    "{s} / {c}", "{c}; {s}",
)  # fmt: skip
"""How a clause about the camera joins a story, and a note about it."""
_STUTTER = re.compile(r"\b(?:as|while|how|whilst) (?:as|while|at the same)\b", re.IGNORECASE)
"""Two conjunctions in a row, where one sentence was put inside another."""


def stories(seed: int, *, held: bool = False) -> Iterator[Story]:
    """Stories without end; with `held` of words, templates and frames that are never trained on."""
    rng, words = random.Random(seed), load()
    while True:
        story = Telling(rng, words, held=held).tell()
        if story is not None and keeps(story):
            yield story


def keeps(story: Story) -> bool:
    """Whether the built-in planner can keep all that the outline promises."""
    reading = reading_of(story.outline, story.prompt)
    try:
        return not any(broken(finding) for finding in measure(reading, draft(reading)))
    except FlowZeroError:
        return False


class Telling(Casting):
    """One story in the making."""

    def __init__(self, rng: random.Random, words: Lexicon, *, held: bool) -> None:
        super().__init__(rng, words, held=held)
        self.shot = ""
        self.topic = ""
        self.pronoun = rng.choice(("it", "it", "it", "he", "she"))

    def tell(self) -> Story | None:
        rng = self.rng
        if rng.random() < 0.01:
            return self._empty()
        parts: list[_Part] = []
        if rng.random() < 0.05:
            parts = self._two_together()
        for _ in range(rng.choices((1, 2, 3, 4), (36, 40, 18, 6))[0] - len(parts)):
            parts.append(self._part(parts))
        phrases = [actor.phrase for actor in self.actors.values() if not actor.told]
        if len(self.actors) > MAX_THINGS or len(set(phrases)) < len(phrases):
            return None
        text = self._joined(parts)
        text = self._all_still(text) if rng.random() < 0.3 else text
        where, text = self._setting(self._camera(text, parts[0].event))
        frame = rng.choice(self.mixed(self.words.frames))
        text = frame.replace("{S}", text[:1].upper() + text[1:]).replace("{s}", text)
        order = list(dict.fromkeys(match[1] for match in _MARK.finditer(text)))
        if set(order) != set(self.actors) or _STUTTER.search(text):
            return None
        seen: set[str] = set()
        prompt = sentence(_MARK.sub(lambda match: self._named(match, seen), text))
        prompt = prompt[:1].upper() + prompt[1:] if frame.startswith("{S}") else prompt
        outline = Outline.model_validate(
            {"in": where, "cam": self._shot(order), "all": [self._line(name, order) for name in order]}
        )
        names = frozenset(
            word for thing in outline.things for word in re.findall(r"\w+", thing.phrase + " " + (thing.turns or ""))
        )
        names |= {word + "s" for word in names} | set(re.findall(r"\w+", where or ""))
        return Story(prompt if self.plain else roughened(rng, prompt, names), outline, tuple(part.event.kind for part in parts))

    def _empty(self) -> Story:
        """A setting with nothing in it."""
        _, _, place = self.rng.choice(self.mixed(self.words.settings)).partition("=")
        text = self.rng.choice(self.words.empty.pick(self.part)).replace("{place}", place)
        return Story(sentence(text), Outline.model_validate({"in": place}), ("empty",))

    def _part(self, before: Sequence[_Part]) -> _Part:
        """The next event: of a thing that is there, if one can be found that it suits, or of new things."""
        rng = self.rng
        if before and rng.random() < 0.5:
            for _ in range(4):
                event = events.draw(rng.choice(events.MORE), rng, self.words, self.part)
                then = event.kind in events.THENS and rng.random() < 0.8
                if (part := self._going_on(len(before), event, then=then)) is not None:
                    return part
        kind = ""
        while not kind or kind in events.ALONE:
            kind = rng.choice(events.COMMON if rng.random() < 0.5 else tuple(events.DRAW))
        return self._new(kind, len(before))

    def _new(self, kind: str, index: int, at: str = "") -> _Part:
        """An event of that kind, at that place if any, of new things, but for the second, which may be one that is there."""
        rng = self.rng
        event = events.draw(kind, rng, self.words, self.part)
        while at and event.lines["a"].get("at") != at:
            event = events.draw(kind, rng, self.words, self.part)
        roles = {role: f"{index}{role}" for role in ("a", "b", "c") if role in event.pools}
        shared = [
            name
            for name, actor in self.actors.items()
            if "b" in event.pools and not event.lines.get("b") and not actor.told and not kind.startswith("twin")
        ]
        if shared and rng.random() < 0.3:
            roles["b"] = rng.choice(shared)
        return self.told(event, roles, then=False, more=False)

    def _two_together(self) -> list[_Part]:
        """Two things, and what they do together; what they do is left out where it suits them not."""
        rng = self.rng
        kind, sides = rng.choice((("just", ("", "")), ("just", ("", "")), ("restat", rng.sample(("left", "right"), 2))))
        parts = [self._new(kind, index, at) for index, at in enumerate(sides)]
        pair = dict(zip(("a", "b"), self.actors, strict=True))
        one, two = self.actors.values()
        event = events.draw(rng.choice(list(JOINT)), rng, self.words, self.part)
        places = {one.line.get("at"), two.line.get("at")} - {None}
        if any(actor.n != 1 or "do" in actor.line or actor.pool not in event.pools["a"] for actor in (one, two)):
            return parts
        if event.kind == "they meet" and places == {"left", "right"}:
            for name, actor in list(self.actors.items()):
                self.actors[name] = actor._replace(line={"do": [f"at {actor.line['at']}", "at middle"]})
        elif event.kind == "they swap" and places == {"left", "right"}:
            for name, (start, end) in zip(list(self.actors), (sides, reversed(sides)), strict=True):
                self.actors[name] = self.actors[name]._replace(line={})
                event.lines[{"0a": "a", "1a": "b"}[name]] = {"do": [f"at {start}", f"at {end}"]}
        elif event.kind == "they swap" or (places and event.kind != "they rest"):
            return parts
        return [*parts, self.told(event, pair, then=False, more=True)]

    def _all_still(self, text: str) -> str:
        """The text, and that nothing in it moves, if nothing does."""
        resting = {"left of", "right of", "above", "below", "in front of", "behind", "inside", "near", "on", "between"}
        for actor in self.actors.values():
            line = actor.line
            if (
                line.get("do", ["rest"]) != ["rest"]
                or line.get("rel", "on") not in resting
                or {"turns", "size", "seen"} & set(line)
            ):
                return text
        for name, actor in self.actors.items():
            self.actors[name] = actor._replace(line={**actor.line, "do": ["rest"]})
        return self.rng.choice(self.mixed(self.words.stills)).replace("{s}", text)

    def _going_on(self, index: int, event: Event, *, then: bool) -> _Part | None:
        """The event of a thing that is there; None if no thing suits."""
        names = list(self.actors)
        self.rng.shuffle(names)
        for name in names:
            actor = self.actors[name]
            line = actors.merged(actor.line, event.lines.get("a", {}), then=then)
            alone = actor.n == 1 or len(event.pools) == 1
            if (
                line is None
                or actor.pool not in event.pools["a"]
                or not alone
                or actor.told
                or event.kind.startswith(("twin", "pair"))
                or ("turns" in line and "turns" not in actor.line)
            ):
                continue
            roles = {"a": name, **{role: f"{index}{role}" for role in ("b", "c") if role in event.pools}}
            others = [
                other
                for other, known in self.actors.items()
                if other != name and "b" in roles and not event.lines.get("b") and not known.told
            ]
            if others and self.rng.random() < 0.4:
                roles["b"] = self.rng.choice(others)
            self.actors[name] = actor._replace(
                line={**actor.line, "do": line.get("do", ())} if "do" in line else dict(actor.line)
            )
            event.lines["a"] = {key: value for key, value in event.lines.get("a", {}).items() if key != "do"}
            return self.told(event, roles, then=then, more=True)
        return None

    def told(self, event: Event, roles: dict[str, str], *, then: bool, more: bool) -> _Part:
        """The event's sentence, its things as marks."""
        for role, name in roles.items():
            line = {key: roles[value] if key in ("of", "and") else value for key, value in event.lines.get(role, {}).items()}
            if name in self.actors:
                self.actors[name] = self.actors[name]._replace(line={**self.actors[name].line, **line})
            elif event.kind.startswith("twin") and role == "b":
                self.actors[name] = self.other(self.actors[roles["a"]], event, line)
            else:
                self.actors[name] = self.cast(role, event, line)
        text = event.template
        if "{after}" in text:
            text = text.replace("{after}", self.actors[roles["a"]].line["turns"])
        for slot, value in event.slots.items():
            text = text.replace("{" + slot + "}", value)
        text = re.sub(r"\[([^\]]+)\]", lambda match: self._verb(roles, match, text), text)
        text = re.sub(r"\{(the_)?([abc])\}", lambda m: f"⟦{roles[m[2]]}.{'again' if m[1] else 'first'}⟧", text)
        if more and roles["a"] in (self.topic, *(self.actors if len(self.actors) == 1 else ())) and self.rng.random() < 0.6:
            text = re.sub(rf"^⟦{roles['a']}.first⟧(?= (?!{_BEHIND})\w)", f"⟦{roles['a']}.it⟧", text)
            text = re.sub(rf"\b({_GIVEN}) ⟦{roles['a']}.first⟧", rf"\1 ⟦{roles['a']}.them⟧", text, count=1)
        self.topic = roles["a"]
        return _Part(event, text, roles, then, more)

    def _verb(self, roles: dict[str, str], match: re.Match[str], text: str) -> str:
        """A verb in the number of the thing that stands before it, or else after it."""
        before = re.findall(r"\{(?:the_)?([abc])\}", text[: match.start()])
        after = re.findall(r"\{(?:the_)?([abc])\}", text[match.end() :])
        actor = self.actors[roles[before[-1] if before else after[0] if after else "a"]]
        name = match[1]
        together = text[: match.start()].endswith(("{a} and {b} ", "{the_a} and {b} "))
        together = together or not (before or after)
        single = actor.n == 1 and not together and not (actor.told and before[-1:] != ["b"])
        form = "ing" if name.isupper() and name.endswith("ING") else "s" if single else "plain"
        if name.isupper():
            kind = name.removesuffix("ING") if form == "ing" else name
            name = self.rng.choice(self.words.verbs[self._class(kind, actor.pool)].pick(self.part))
        return inflect(name, form)

    def _class(self, kind: str, pool: str) -> str:
        """A list of verbs by its name, or the one that suits a kind of thing; RIS, CIRCL and the like lack their e."""
        suits = {"flier": "FLY", "sky": "FLY", "swimmer": "SWIM", "vehicle": "DRIVE", "round": "ROLL", "thing": "ROLL"}
        if kind == "VERB":
            return suits.get(pool, "WALK")
        return next(name for name in (kind, f"{kind}E") if name in self.words.verbs)

    def _joined(self, parts: Sequence[_Part]) -> str:
        text = parts[0].text
        for index, part in enumerate(parts[1:], start=1):
            if part.more:
                text = self._with_more(text, part)
                continue
            name, first = part.roles["a"], parts[0].roles["a"]
            actor, kinds = self.actors[name], {part.event.kind, parts[0].event.kind}
            ordered = len(parts) == 2 and kinds <= events.MOVING and "rel" not in actor.line and index == 1
            if ordered and self.rng.random() < 0.6:
                join = self.rng.choice(self.mixed(self.words.orders))
                self.actors[name] = actor._replace(line={**actor.line, "rel": "after", "of": first})
            else:
                join = self.rng.choice(self.mixed(self.words.joins))
            text = join.replace("{1}", text).replace("{2}", part.text)
        return text

    def _with_more(self, text: str, part: _Part) -> str:
        """The clause of a thing that is there after what was told so far."""
        joins = self.mixed(self.words.thens if part.then else self.words.alsos)
        subject = f"⟦{part.roles['a']}."
        bare = re.fullmatch(rf"{re.escape(subject)}(?:first|it)⟧ (?!\S+ing\b)(\w.*)", part.text)
        last = text.rfind(subject) == text.rfind("⟦") if bare else False
        usable = [join for join in joins if ("{verb}" in join) <= (bare is not None and last)]
        join = self.rng.choice(usable or self.words.alsos.train[:3])
        # What comes first in the sentence is named, what comes after it may be a pronoun.
        return join.replace("{1}", text).replace("{2}", part.text).replace("{verb}", bare[1] if bare else "")

    def _camera(self, text: str, first: Event) -> str:
        if self.rng.random() > 0.17:
            return text
        shots = [shot for shot in self.words.cameras if not shot.startswith("follow") or first.kind in ("cross", "heading")]
        self.shot = self.rng.choice(shots)
        said = self.rng.choice(self.words.cameras[self.shot]).replace("{the_a}", "⟦0a.again⟧")
        clause = said.startswith("the camera")
        joins: Sequence[str] = _CLAUSE if clause else _NOTE
        if "⟦" in said:
            joins = tuple(join for join in joins if join.startswith("{s}"))
        return self.rng.choice(joins).replace("{s}", text).replace("{c}", said)

    def _shot(self, order: Sequence[str]) -> str | None:
        return f"follow {order.index('0a') + 1}" if self.shot.startswith("follow") else self.shot or None

    def _setting(self, text: str) -> tuple[str | None, str]:
        rng = self.rng
        if rng.random() > 0.45:
            return None, text
        prep, _, place = rng.choice(self.mixed(self.words.settings)).partition("=")
        if prep == "in" and not self.held and rng.random() < 0.12:
            place += rng.choice((" at night", " at dawn", " at dusk", " in the rain", " in winter", " at sunset", " in autumn"))
        told = rng.choice(self.mixed(self.words.places))
        where = f"at {place}" if prep == "at" and not place.startswith(("a ", "the ")) else place
        bare = place.removeprefix("a ").removeprefix("an ").removeprefix("the ") if rng.random() < 0.4 else place
        bare = f"at {place}" if where.startswith("at ") else bare
        first = _MARK.search(text)
        if first is not None and first[2] == "first" and prep in ("in", "on") and rng.random() < 0.15:
            return where, f"{text[: first.end()]} {prep} {place}{text[first.end() :]}"
        text = told.replace("{S}", text[:1].upper() + text[1:]).replace("{s}", text)
        return where, text.replace("{where}", f"{prep} {place}").replace("{place}", bare)

    def _named(self, match: re.Match[str], seen: set[str]) -> str:
        """A thing's words: in full at first, later in short."""
        name, how = match[1], match[2]
        first = name not in seen
        seen.add(name)
        if first:
            return self.actors[name].text
        alike = sum(actor.noun == self.actors[name].noun for actor in self.actors.values()) > 1
        if alike:
            actor = self.actors[name]
            return f"the {' '.join((*actor.adjectives, actor.noun))}" if actor.n == 1 else actor.again()
        objects = {"he": "him", "she": "her"}
        pronoun = {"it": self.pronoun, "them": objects.get(self.pronoun, self.pronoun)}.get(how, "")
        return "them" if how == "them" and self.actors[name].n != 1 else self.actors[name].again(pronoun)

    def _line(self, name: str, order: Sequence[str]) -> dict[str, Any]:
        actor = self.actors[name]
        line = {key: order.index(value) + 1 if key in ("of", "and") else value for key, value in actor.line.items()}
        return {"is": actor.phrase, "n": actor.n, **line}
