"""Instructions to plans of stories, and the changes that they mean: one to three commands, worded by `instructions.toml`.

The commands are known before the words are. One is kept only if its changes can be carried out on the plan, each of them.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from flowzero.agent import lexicon as lex
from flowzero.agent.casting import head_of
from flowzero.agent.changes import Change, Changes, edits_of, sensible, told
from flowzero.agent.outline import MAX_THINGS
from flowzero.dss import DSS
from training.planner import actors, events
from training.planner.actors import Actor
from training.planner.english import inflect, number, plural, sentence
from training.planner.lexicon import FOLDER, Lexicon, Words, drawn_out, load
from training.planner.noise import roughened
from training.planner.pen import ANY, Event
from training.planner.references import named, target
from training.planner.scenes import Scene, Unsuited, scenes
from training.planner.stories import Telling


class Revision(NamedTuple):
    """An instruction to a plan, and the changes that it means."""

    dss: DSS
    instruction: str
    changes: Changes
    kinds: tuple[str, ...]

    @property
    def scene(self) -> str:
        """The plan as the model is told of it."""
        return told(self.dss)


def revisions(seed: int, *, held: bool = False) -> Iterator[Revision]:
    """Instructions without end; with `held` of words and wordings that are never trained on."""
    rng = random.Random(f"revisions {seed}")
    for scene in scenes(seed, held=held):
        try:
            revision = _Asking(rng, scene, held=held).ask()
        except Unsuited:
            continue
        if not revision.changes.all or (
            sensible(revision.changes, revision.instruction, scene.dss) and each_can_be_done(revision, scene.dss)
        ):
            yield revision


def each_can_be_done(revision: Revision, dss: DSS) -> bool:
    """Whether every change by itself asks for an edit of the plan."""
    return all(edits_of(Changes(all=(change,)), revision.instruction, dss) for change in revision.changes.all)


@lru_cache(maxsize=1)
def wordings() -> Mapping[str, Words]:
    """Wordings by command, and the tenth of each that is held out; of the camera by its movement, as `camera left`."""
    tables = tomllib.loads((FOLDER / "instructions.toml").read_text())
    shots = tables.pop("camera")
    listed: dict[str, Mapping[str, Sequence[str]]] = {
        **tables,
        **{f"camera {shot}": {"templates": [part.strip() for part in text.split("|")]} for shot, text in shots.items()},
    }
    found: dict[str, Words] = {}
    for name, table in listed.items():
        free = list(table["templates"])
        held = [*table.get("held", ()), *(text for text in dict.fromkeys(free) if drawn_out(text))]
        found[name] = Words(tuple(text for text in free if text not in set(held)), tuple(held))
    return found


_ODDS = {
    "let": 22, "add": 10, "newly": 6, "tied": 5, "remove": 8, "faster": 5, "slower": 5, "bigger": 4, "smaller": 4, "look": 6,
    "replace": 6, "place": 6, "reverse": 5, "still": 4, "later": 3, "earlier": 3, "front": 2, "back": 2, "count": 3,
    "setting": 4, "time": 2, "camera": 5, "longer": 2, "shorter": 2, "smooth": 2, "jerky": 2,
}  # fmt: skip
_MOVED = frozenset({"faster", "slower", "reverse", "still", "smooth", "jerky"})
"""Commands to what moves."""
_ANYONE = frozenset({"faster", "slower", "reverse", "smooth", "jerky"})
"""Commands that mean all that moves where they name nothing."""
_LET = (
    "cross", "heading", "heading", "rise", "fall", "bend", "halt", "tour", "leg", "back", "bounce", "circle", "zigzag",
    "wander", "sway", "updown", "rest", "exit", "enter", "through", "toplace", "near", "far", "appear", "vanish", "change",
    "change", "orbit", "approach", "flee", "size", "shrink", "restat", "stopmid", "moves",
)  # fmt: skip
_NEWLY = (
    "cross", "heading", "rise", "fall", "bounce", "circle", "zigzag", "rest", "restat", "enter", "exit", "appear", "moves",
    "beside", "tour", "through",
)  # fmt: skip
_TIMES = ("night", "sunset", "sunrise", "dusk", "dawn", "winter", "autumn")
_SPOTS = ("left", "right", "middle", "top left", "top right", "bottom left", "bottom right", "top", "bottom", "left", "right")
_NEW = "new"
"""The name of an actor that the plan has not."""
_MARK = re.compile(r"⟦([^.⟧]+)\.(again|it|them|first)⟧")


class _Asking:
    """One instruction in the making."""

    def __init__(self, rng: random.Random, scene: Scene, *, held: bool) -> None:
        self.rng, self.scene, self.held = rng, scene, held
        self.words: Lexicon = load()
        self.told: list[tuple[int, ...]] = []
        self.new: list[str] = []

    def ask(self) -> Revision:
        rng = self.rng
        if rng.random() < 0.04:
            return Revision(self.scene.dss, self._framed(self._wording("none")), Changes(), ("none",))
        asked: list[tuple[str, str, Change]] = []
        for _ in range(rng.choices((1, 2, 3), (66, 27, 7))[0]):
            kind = rng.choices(list(_ODDS), list(_ODDS.values()))[0]
            text, change = self._one(kind)
            if any(change.op == other.op and (change.to == other.to or not change.to) for _, _, other in asked):
                raise Unsuited
            asked.append((kind, text, change))
        # What is taken out takes part in nothing else.
        gone = {line for _, _, change in asked if change.op in ("remove", "replace", "count") for line in change.to}
        if any(
            gone & {*change.to, change.of, change.and_}
            for _, _, change in asked
            if change.op not in ("remove", "replace", "count")
        ):
            raise Unsuited
        text = asked[0][1]
        for _, other, _ in asked[1:]:
            text = self._wording("joins").replace("{1}", text).replace("{2}", other)
        text = self._framed(text)
        return Revision(
            self.scene.dss, text, Changes(all=tuple(change for _, _, change in asked)), tuple(k for k, _, _ in asked)
        )

    def _wording(self, name: str) -> str:
        words = wordings()[name]
        return self.rng.choice(words.held if self.held and words.held and self.rng.random() < 0.7 else words.train)

    def _framed(self, text: str) -> str:
        text = sentence(self._wording("frames").replace("{s}", text))
        if self.rng.random() < 0.5:
            text = text[:1].upper() + text[1:]
        names = {word for item in self.scene.dss.objects for word in re.findall(r"\w+", item.phrase)}
        names |= {word for phrase in self.new for word in re.findall(r"\w+", phrase)}
        return text if self.rng.random() < 0.3 else roughened(self.rng, text, frozenset(names | {f"{word}s" for word in names}))

    def _one(self, kind: str) -> tuple[str, Change]:
        """The words of one command, and what it means."""
        if kind in ("let", "newly"):
            return self._clause(kind)
        if kind in ("add", "tied"):
            return self._added(kind)
        if kind in ("setting", "time", "longer", "shorter"):
            return self._whole(kind)
        if kind == "camera":
            return self._shot()
        return self._command(kind)

    def _command(self, kind: str) -> tuple[str, Change]:
        """A command that is given to what is there."""
        lines, text, single, noun = target(self.rng, self.scene, self.told, moving=kind in _MOVED)
        if kind == "count":
            heads = [head_of(item.phrase) for item in self.scene.dss.objects]
            lines = tuple(line for line, head in enumerate(heads, start=1) if head == noun)
        wording = self._wording(kind)
        while "{noun}" in wording and not single:
            wording = self._wording(kind)
        fields: dict[str, Any] = {"op": kind, "to": lines}
        if any(slot in wording for slot in ("{a}", "{noun}", "{bare}", "{nouns}")):
            self.told.append(lines)
        elif kind in _ANYONE:
            del fields["to"]
        else:
            raise Unsuited
        slots = {"noun": noun, "bare": noun if single else plural(noun), "nouns": plural(noun)}
        if kind == "still":
            fields |= {"op": "let", "do": ("rest",)}
        elif kind == "replace":
            new = self._new(1)
            fields["is"], slots["new"] = new.phrase, new.text
        elif kind == "look":
            now = {word for line in lines for word in self.scene.dss.objects[line - 1].phrase.split()}
            known = self._mixed(self.words.colours if self.rng.random() < 0.75 else self.words.adjectives)
            look = self.rng.choice([word for word in known if word not in now and word not in lex.LARGE | lex.SMALL])
            fields["is"], slots["look"] = look, look
        elif kind == "count":
            n = self.rng.choice([n for n in range(1, 9) if n != len(lines)])
            fields["n"] = n
            slots["n"] = self.rng.choice((number(n), number(n), str(n)))
            slots["nouns"] = plural(noun) if n > 1 else noun
        elif kind == "place":
            fields["at"] = self.rng.choice(_SPOTS)
            slots |= {key: self.rng.choice(self.words.phrases[f"{key}s"][fields["at"]]) for key in ("place", "goal")}
        return self._filled(wording, slots, text, single=single), Change.model_validate(fields)

    def _filled(self, wording: str, slots: Mapping[str, str], target: str, *, single: bool) -> str:
        text = re.sub(r"\[(\w+)\]", lambda match: inflect(match[1], "s" if single else "plain"), wording)
        subject = text.startswith("{a}")
        target = {"them": "they"}.get(target, target) if subject else {"they": "them"}.get(target, target)
        for slot, value in {**slots, "a": target}.items():
            text = text.replace("{" + slot + "}", value)
        return text

    def _mixed(self, words: Words) -> Sequence[str]:
        return words.held if self.held and words.held and self.rng.random() < 0.6 else words.train

    def _new(self, most: int, pools: Sequence[str] = ANY) -> Actor:
        """A thing that is not in the plan yet."""
        rng = self.rng
        pool = rng.choice(pools)
        known = {word for item in self.scene.dss.objects for word in item.phrase.split()} | set(" ".join(self.new).split())
        nouns = [noun for noun in self._mixed(self.words.nouns[pool]) if not set(noun.split()) & known]
        noun = rng.choice(nouns)
        if not self.held and rng.random() < 0.1:
            noun = actors.invented(rng) if rng.random() < 0.25 else actors.compound(rng, noun)
        looks = tuple(rng.sample(self._mixed(self.words.adjectives), rng.choices((0, 1, 2), (62, 32, 6))[0]))
        looks = actors.single(looks, frozenset(self.words.colours.train))
        count = rng.choices((1, 2, 3, 4, 5), (80, 9, 6, 3, 2))[0] if most > 1 else 1
        article = rng.choices(("a", "", "one", "the"), (88, 6, 4, 2))[0]
        actor = Actor(noun, looks, pool, count, article, {}, actors.quantity(rng, count))
        self.new.append(actor.phrase)
        return actor

    def _added(self, kind: str) -> tuple[str, Change]:
        new = self._new(5)
        fields: dict[str, Any] = {"op": "add", "is": new.phrase, "n": new.n}
        slots = {"new": new.text}
        wording = self._wording(kind)
        if kind == "tied":
            tie = self.rng.choice(("left of", "right of", "above", "below", "in front of", "behind", "near", "near", "on"))
            line = self.rng.randint(1, len(self.scene.dss.objects))
            if line > MAX_THINGS or not head_of(self.scene.dss.objects[line - 1].phrase):
                raise Unsuited
            fields |= {"n": 1, "rel": tie, "of": line}
            new = new._replace(n=1)
            slots |= {
                "new": new.text,
                "relation": self.rng.choice(self.words.phrases["relation"][tie]),
                "b": named(self.rng, self.scene, line),
            }
        elif "{place}" in wording:
            fields["at"] = self.rng.choice(_SPOTS)
            slots["place"] = self.rng.choice(self.words.phrases["places"][fields["at"]])
        return self._filled(wording, slots, "", single=True), Change.model_validate(fields)

    def _whole(self, kind: str) -> tuple[str, Change]:
        wording = self._wording(kind)
        if kind == "time":
            moment = self.rng.choice(_TIMES)
            return wording.replace("{time}", moment), Change.model_validate({"op": "setting", "is": moment})
        if kind in ("longer", "shorter"):
            return wording, Change.model_validate({"op": kind})
        prep, _, place = self.rng.choice(self._mixed(self.words.settings)).partition("=")
        if place in self.scene.dss.setting or prep == "at":
            raise Unsuited
        bare = place.removeprefix("a ").removeprefix("an ").removeprefix("the ") if self.rng.random() < 0.3 else place
        text = wording.replace("{where}", f"{prep} {place}").replace("{setting}", bare)
        self.new.append(place)
        return text, Change.model_validate({"op": "setting", "is": place})

    def _shot(self) -> tuple[str, Change]:
        shot = self.rng.choice(("left", "right", "up", "down", "in", "out", "still", "roll", "shake", "follow", "in", "out"))
        wording = self._wording(f"camera {shot}")
        if shot == "still" and all(part.direction == "none" and not part.zoom for part in self.scene.dss.background):
            raise Unsuited
        if shot != "follow":
            return wording, Change.model_validate({"op": "camera", "cam": shot})
        lines, text, _, _ = target(self.rng, self.scene, self.told, moving=False)
        if len(lines) > 1 or text == "it":
            raise Unsuited
        return wording.replace("{a}", text), Change.model_validate({"op": "camera", "to": lines})

    def _clause(self, kind: str) -> tuple[str, Change]:
        """A sentence of the stories' templates about something that is there, or something new."""
        rng, scene = self.rng, self.scene
        event = events.draw(rng.choice(_LET if kind == "let" else _NEWLY), rng, self.words, "held" if self.held else "train")
        one, actor = _NEW, None
        if kind == "let":
            able = [name for name, actor in scene.actors.items() if actor.pool in event.pools["a"]]
            if not able:
                raise Unsuited
            one = rng.choice(able)
            actor = scene.actors[one]
        actor = actor or self._new(3, event.pools["a"])
        roles = self._roles(event, one, actor)
        telling = Telling(rng, self.words, held=self.held)
        telling.actors = {name: other._replace(line={}) for name, other in {**scene.actors, one: actor}.items()}
        if "turns" in event.lines.get("a", {}):
            event.lines["a"]["turns"], _ = telling.turned(event.lines["a"]["turns"], actor.noun, actor.adjectives)
            self.new.append(event.lines["a"]["turns"])
        part = telling.told(event, roles, then=False, more=True)
        line = dict(telling.actors[one].line)
        for key in {"of", "and"} & set(line):
            line[key] = scene.lines(line[key])[0]
            if line[key] > MAX_THINGS:
                raise Unsuited
        text = self._wording(kind).replace("{c}", self._mentioned(part.text, one, actor))
        if kind == "newly":
            return text, Change.model_validate({"op": "add", "is": actor.phrase, "n": actor.n, **line})
        self.told.append(scene.lines(one))
        return text, Change.model_validate({"op": "let", "to": scene.lines(one), **line})

    def _roles(self, event: Event, one: str, actor: Actor) -> dict[str, str]:
        """Who plays what in an event of one actor; partners are single things of the plan."""
        roles = {"a": one}
        others = [name for name, other in self.scene.actors.items() if name != one and other.n == 1]
        if "c" in event.pools or event.lines.get("b") or (actor.n != 1 and "turns" in event.lines.get("a", {})):
            raise Unsuited
        if "b" in event.pools:
            if not others or actor.n != 1:
                raise Unsuited
            roles["b"] = self.rng.choice(others)
        return roles

    def _mentioned(self, text: str, one: str, actor: Actor) -> str:
        """The words of a clause with words for its things in place of their marks."""
        seen: set[str] = set()

        def words(match: re.Match[str]) -> str:
            name, again = match[1], match[1] in seen
            seen.add(name)
            if name == _NEW:
                return actor.again() if again else actor.text
            lines = self.scene.lines(name)
            if name == one and not again and lines in self.told[-1:] and self.rng.random() < 0.4:
                return "it" if actor.n == 1 else "they"
            if again or len(lines) > 1:
                return self.scene.actors[name].again()
            return named(self.rng, self.scene, lines[0])

        return _MARK.sub(words, text)
