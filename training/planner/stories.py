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

from flowzero.agent import lexicon as lex
from flowzero.agent.constraints import broken, measure
from flowzero.agent.outline import MAX_THINGS, Outline, reading_of
from flowzero.agent.repair import draft
from flowzero.errors import FlowZeroError
from training.planner import actors, events
from training.planner.actors import Actor
from training.planner.english import inflect, sentence, with_article
from training.planner.events import Event, Line
from training.planner.lexicon import Lexicon, Part, Words, load
from training.planner.noise import roughened


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


_MARK = re.compile(r"⟦([^.⟧]+)\.(again|it|first)⟧")
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


class Telling:
    """One story in the making."""

    def __init__(self, rng: random.Random, words: Lexicon, *, held: bool) -> None:
        self.rng, self.words, self.held = rng, words, held
        self.plain = rng.random() < 0.25
        self.part: Part = "held" if held else "plain" if self.plain else "train"
        self.actors: dict[str, Actor] = {}
        self.used: set[str] = set()
        self.shot = ""
        self.pronoun = rng.choice(("it", "it", "it", "he", "she"))

    def tell(self) -> Story | None:
        rng = self.rng
        if rng.random() < 0.01:
            return self._empty()
        parts: list[_Part] = []
        for _ in range(rng.choices((1, 2, 3, 4), (36, 40, 18, 6))[0]):
            parts.append(self._part(parts))
        if len(self.actors) > MAX_THINGS or len({actor.phrase for actor in self.actors.values()}) < len(self.actors):
            return None
        where, text = self._setting(self._camera(self._joined(parts), parts[0].event))
        frame = rng.choice(self._mixed(self.words.frames))
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
        _, _, place = self.rng.choice(self._mixed(self.words.settings)).partition("=")
        text = self.rng.choice(self.words.empty.pick(self.part)).replace("{place}", place)
        return Story(sentence(text), Outline.model_validate({"in": place}), ("empty",))

    def _mixed(self, words: Words) -> Sequence[str]:
        """The held-out part in every other story of the test."""
        return words.pick("train" if self.held and self.rng.random() < 0.5 else self.part)

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
        event = events.draw(kind, rng, self.words, self.part)
        roles = {role: f"{len(before)}{role}" for role in ("a", "b", "c") if role in event.pools}
        shared = [name for name, actor in self.actors.items() if "b" in event.pools and not event.lines.get("b")]
        if shared and rng.random() < 0.3:
            roles["b"] = rng.choice(shared)
        return self.told(event, roles, then=False, more=False)

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
                or ("turns" in line and "turns" not in actor.line)
            ):
                continue
            roles = {"a": name, **{role: f"{index}{role}" for role in ("b", "c") if role in event.pools}}
            others = [other for other in self.actors if other != name and "b" in roles and not event.lines.get("b")]
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
            else:
                self.actors[name] = self._actor(role, event, line)
        text = event.template
        if "{after}" in text:
            text = text.replace("{after}", self.actors[roles["a"]].line["turns"])
        for slot, value in event.slots.items():
            text = text.replace("{" + slot + "}", value)
        text = re.sub(r"\[([^\]]+)\]", lambda match: self._verb(roles, match, text), text)
        text = re.sub(r"\{(the_)?([abc])\}", lambda m: f"⟦{roles[m[2]]}.{'again' if m[1] else 'first'}⟧", text)
        if more and len(self.actors) < 3 and self.rng.random() < 0.6:
            text = text.replace(f"⟦{roles['a']}.first⟧", f"⟦{roles['a']}.it⟧", 1)
        return _Part(event, text, roles, then, more)

    def _actor(self, role: str, event: Event, line: Line) -> Actor:
        rng = self.rng
        pool = rng.choice(event.pools[role])
        twin = next((actor for actor in self.actors.values() if actor.adjectives and actor.pool in event.pools[role]), None)
        alike = twin is not None and rng.random() < 0.08
        pool, noun = (twin.pool, twin.noun) if alike and twin is not None else (pool, self._noun(pool))
        known = self._mixed(self.words.adjectives)
        colours = self.words.colours.pick(self.part)
        known = colours if rng.random() < 0.3 else known
        adjectives = tuple(rng.sample(known, 1 if alike else rng.choices((0, 1, 2), (58, 34, 8))[0]))
        adjectives = actors.single(adjectives, frozenset(colours))
        if "turns" in line:
            line["turns"], adjectives = self.turned(line["turns"], noun, adjectives)
        count = rng.choices((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0), (66, 9, 6, 3, 2, 2, 1, 1, 1, 1, 1, 1, 6))[0]
        if (len(event.pools) > 1 and rng.random() < 0.8) or event.kind == "tour" or "turns" in line:
            count = 1
        article = rng.choices(("a", "the", "", "one", "a single", "my", "his"), (78, 9, 7, 3, 1, 1, 1))[0]
        return Actor(noun, adjectives, pool, count, article, line, actors.quantity(rng, count), rng.random() < 0.06)

    def _noun(self, pool: str) -> str:
        rng, nouns = self.rng, [noun for noun in self.words.nouns[pool].pick(self.part) if noun not in self.used]
        noun = rng.choice(nouns)
        if not self.held:
            odds = rng.random()
            noun = actors.invented(rng) if odds < 0.03 else actors.compound(rng, noun) if odds < 0.13 else noun
        self.used.add(noun)
        return noun

    def turned(self, turns: str, noun: str, adjectives: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        """What a thing turns into, and what it is called before."""
        if turns == "*":
            return with_article(self._noun(self.rng.choice(("walker", "thing", "flier")))), adjectives
        colour = turns[1:]
        plain = tuple(word for word in adjectives if word not in lex.COLOURS)
        return with_article(" ".join((*plain, colour, noun))), tuple(word for word in adjectives if word != colour)

    def _verb(self, roles: dict[str, str], match: re.Match[str], text: str) -> str:
        """A verb in the number of the thing that stands before it, or else after it."""
        before = re.findall(r"\{(?:the_)?([abc])\}", text[: match.start()])
        after = re.findall(r"\{(?:the_)?([abc])\}", text[match.end() :])
        actor = self.actors[roles[before[-1] if before else after[0] if after else "a"]]
        name = match[1]
        together = text[: match.start()].endswith(("{a} and {b} ", "{the_a} and {b} "))
        single = actor.n == 1 and not together
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
                join = self.rng.choice(self._mixed(self.words.orders))
                self.actors[name] = actor._replace(line={**actor.line, "rel": "after", "of": first})
            else:
                join = self.rng.choice(self._mixed(self.words.joins))
            text = join.replace("{1}", text).replace("{2}", part.text)
        return text

    def _with_more(self, text: str, part: _Part) -> str:
        """The clause of a thing that is there after what was told so far."""
        joins = self._mixed(self.words.thens if part.then else self.words.alsos)
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
        joins = (
            ["{s} while {c}", "{s}. {c}.", "{s}, and {c}", "{c} while {s}"]
            if clause
            else ["{s}, {c}", "{s}. {c}.", "{c}. {s}", "{c}, {s}", "{s} ({c})", "{c}: {s}", "{s} - {c}"]
        )
        if "⟦" in said:
            joins = [join for join in joins if join.startswith("{s}")]
        return self.rng.choice(joins).replace("{s}", text).replace("{c}", said)

    def _shot(self, order: Sequence[str]) -> str | None:
        return f"follow {order.index('0a') + 1}" if self.shot.startswith("follow") else self.shot or None

    def _setting(self, text: str) -> tuple[str | None, str]:
        rng = self.rng
        if rng.random() > 0.45:
            return None, text
        prep, _, place = rng.choice(self._mixed(self.words.settings)).partition("=")
        if prep == "in" and not self.held and rng.random() < 0.12:
            place += rng.choice((" at night", " at dawn", " at dusk", " in the rain", " in winter", " at sunset", " in autumn"))
        told = rng.choice(self._mixed(self.words.places))
        where = f"at {place}" if prep == "at" and not place.startswith(("a ", "the ")) else place
        bare = place.removeprefix("a ").removeprefix("an ").removeprefix("the ") if rng.random() < 0.4 else place
        bare = f"at {place}" if where.startswith("at ") else bare
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
        return self.actors[name].again(self.pronoun if how == "it" else "")

    def _line(self, name: str, order: Sequence[str]) -> dict[str, Any]:
        actor = self.actors[name]
        line = {key: order.index(value) + 1 if key in ("of", "and") else value for key, value in actor.line.items()}
        return {"is": actor.phrase, "n": actor.n, **line}
