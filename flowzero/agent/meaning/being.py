"""Verbs of being: where something is, when it is there, what it is like and what becomes of it."""

from __future__ import annotations

from dataclasses import replace

from flowzero import vocabulary
from flowzero.agent import lexicon as lex
from flowzero.agent.chunk import Comparison
from flowzero.agent.clause import Clause, Role
from flowzero.agent.meaning.acts import PEERING, on_the_way, taken_up
from flowzero.agent.meaning.going import Going, late
from flowzero.agent.nature import alive, far_away, fixed, is_person, wafts
from flowzero.agent.phrases import Region
from flowzero.agent.promises import (
    ALWAYS,
    Approach,
    At,
    Beside,
    Compared,
    Follows,
    Go,
    Grows,
    Journey,
    Moves,
    Passes,
    Place,
    Relation,
    Relative,
    Seen,
    Stays,
    Still,
    Trace,
    Turns,
    Window,
)
from flowzero.agent.tokens import verb as find_verb

_RELATIONS: dict[str, Relative] = {
    **dict.fromkeys(("on", "upon", "atop", "onto"), "on"),
    **dict.fromkeys(("in", "inside", "into", "among"), "inside"),
    **dict.fromkeys(("by", "near", "beside", "at", "with", "against", "around"), "near"),
    "under": "below",
    "over": "above",
}
_TURNING = frozenset(["twirl", "whirl", "pirouette"])
"""What is done round and round."""
_LIVELY = frozenset(
    ["dance", "spin", "swirl", "whirl", "twirl", "rotate", "spill", "flow", "stream", "splash", "flicker", "frolic"]
) | frozenset(["romp", "ripple", "tremble", "shake", "rustle", "unfold", "curl", "sing", "play", "juggle"])
"""What is done in one place, unless a direction is told with it."""
_BY_SIDE = {"left": Place(x="left"), "right": Place(x="right")}
_POSTURES = frozenset(["stand", "sit", "lie", "wait", "park", "rest"])
_MIDDLE = (1 / 3, 2 / 3)
_PRESENT = frozenset(["visible", "invisible", "present", "absent", "gone", "hidden"])


class Being(Going):
    """Clauses that say where something is, or what it turns into."""

    def _appear(self) -> None:
        if not self.clause.times and any(role.kind == "region" and role.prep == "from" for role in self.clause.roles):
            self._enter()  # as in "appears from the left"
            return
        if self.clause.order == "first" and not self.clause.times:
            self._be(seen=True)
            return
        window = late(self.clause, 0.7 if self.clause.order == "last" else 0.3)
        if (window.start, window.end) == _MIDDLE and self.clause.times[0].sense == "moment":
            window = Window(start=0.5, end=1)
        self.add(
            Seen(
                thing=self.thing,
                window=window,
                start=True,
                end=_closed(self.clause),
                loose=not self.clause.times,
            )
        )
        self._be(seen=True)

    def _hidden_again(self) -> bool:
        """As in "peeks out from behind a tree, then hides again": back to where it came from."""
        ways = [old for old in self.meaning.promises if isinstance(old, Journey) and old.thing == self.thing]
        first = ways[-1].steps[0] if ways else None
        if self.clause.roles or not isinstance(first, Beside) or not first.start:
            return False
        self.meaning.journey(self.thing, [first.model_copy(update={"start": False})], self.clause, self.window)
        return True

    def _cover(self) -> Beside | None:
        """Where it goes to be seen no more, as in "disappears behind an island" or "vanishes into the clouds"."""
        for role in self.clause.roles:
            if role.kind == "thing" and role.things and role.things[0] != self.thing:
                if role.relation == "behind" or (
                    role.prep in ("into", "in") and far_away(self.meaning.cast[role.things[0]].noun)
                ):
                    return Beside(relation="behind", other=role.things[0])
                if role.relation == "inside" or role.prep in ("into", "in", "inside"):
                    return Beside(relation="inside", other=role.things[0])
        return None

    def _edge(self) -> Place | None:
        """Beyond which edge it goes to be seen no more, as in "disappears at the top"; on the left it may vanish there."""
        for role in self.clause.roles:
            if (
                role.kind == "region"
                and isinstance(role.value, Region)
                and (role.value.place.x is None) != (role.value.place.y is None)
            ):
                place, led = role.value.place, role.prep in ("to", "off", "out", "through", "over", "past", "beyond")
                if led or (role.prep == "at" and place.y in ("top", "bottom")):
                    return place.model_copy(update={"off": True})
            if role.kind == "go" and role.value in ("left", "right"):
                return Place(x="left" if role.value == "left" else "right", off=True)
        return None

    def _gone_beyond(self) -> Place | None:
        """As in "from edge to edge and gone": beyond the side that its way led to."""
        ways = [old for old in self.meaning.promises if isinstance(old, Journey) and old.thing == self.thing]
        last = ways[-1].steps[-1] if ways and self.clause.lemma == "gone" else None
        side = last.place if isinstance(last, At) and not last.start and last.place.x in ("left", "right") else None
        return None if side is None else side.model_copy(update={"off": True})

    def _vanish(self) -> None:
        if not self.clause.times and (cover := self._cover()) is not None:
            self.meaning.journey(self.thing, [cover], self.clause, ALWAYS)
        if not self.clause.times and (edge := self._edge() or self._gone_beyond()) is not None:
            self.meaning.journey(self.thing, [At(place=edge)], self.clause, ALWAYS)
            return
        window = self.clause.times[0].window if self.clause.times else Window(start=0, end=0.7)
        end = window.start if window.start > 0 else window.end
        if self.clause.times and self.clause.times[0].sense == "moment" and window.end == 1 and window.start == 0.7:
            end = 0.85
        if self.clause.times and (window.start, window.end) == _MIDDLE:
            end = 0.5
        self.add(
            Seen(
                thing=self.thing,
                window=Window(start=0, end=end, unit=window.unit),
                start=False,
                end=True,
                loose=not self.clause.times,
            )
        )

    def _still(self) -> None:
        if self.clause.lemma == "hide" and self._hidden_again():
            return
        moved = any(isinstance(old, Journey | Moves) and old.thing == self.thing for old in self.meaning.promises)
        moved = moved or any(isinstance(old, Follows) and old.other == self.thing for old in self.meaning.promises)
        goes_on = self.clause.order in ("next", "last") and self.clause.joined == "next" and self.thing in self.meaning.met
        if goes_on or (moved and self.clause.joined == "and") or self._came_here():
            self._stop()
            return
        if self.clause.lemma != "hang":
            self.add(Still(thing=self.thing, window=self.window))
        self._be()

    def _came_here(self) -> bool:
        """As in "a ufo comes from the top. It hovers in the middle.": there its way has led it."""
        ways = [old for old in self.meaning.promises if isinstance(old, Journey) and old.thing == self.thing]
        if not ways or not self.window.whole or not any(role.kind == "region" for role in self.clause.roles):
            return False
        first = ways[-1].steps[0]
        return isinstance(first, At) and first.start and ways[-1].window.whole

    def _be(self, *, seen: bool = False) -> None:  # noqa: C901, PLR0912
        """Where it is; a clause without a verb as well."""
        window = ALWAYS if seen else self.window
        if self._in_a_row():
            return
        for role in self.clause.roles:
            side = _side_of(role)
            if side is not None and not self.clause.lemma and self._stands_there():
                self._placed(side, window)  # as in "a gate to the left"
                continue
            if not self.clause.lemma and self._tells_a_way(role):
                self.meaning.journey(self.thing, self._steps(), self.clause, window)
                return
            if role.kind == "region" and isinstance(role.value, Region):
                self._placed(role.value.place, window)
            elif role.kind == "thing" and role.things and role.things[0] != self.thing:
                self._related(role, window)
            elif role.kind == "go" and not self.clause.lemma:
                self.meaning.journey(self.thing, self._steps(), self.clause, window)
            elif role.value in _BY_SIDE and role.start == self.clause.at[1] and self.clause.lemma in _POSTURES:
                self._placed(_BY_SIDE[str(role.value)], window)  # as in "a piano stands left"
            elif role.kind == "trace" and not self.clause.lemma and role.value != "wander":
                self.add(Journey(thing=self.thing, steps=(Trace(pattern=role.value),), window=window))
            elif role.kind == "adj" and isinstance(role.value, tuple) and any(word in lex.STILL_WORDS for word in role.value):
                self.add(Still(thing=self.thing, window=window))
            elif role.kind == "adj" and isinstance(role.value, tuple) and self.clause.lemma in ("be", ""):
                self.meaning.cast.describe(self.thing, tuple(word for word in role.value if word not in _PRESENT))
        shown = any(role.kind == "adj" and role.value in (("visible",), ("present",)) for role in self.clause.roles)
        placed = any(role.kind in ("region", "thing", "go", "trace") for role in self.clause.roles) and not shown
        if placed and not seen and self.clause.times and window.start and self.thing not in self.meaning.met:
            ends = self.clause.times[0].sense == "span" and (window.unit == "seconds" or window.end < 1)
            self.add(Seen(thing=self.thing, window=window, end=ends))  # who is told of only then comes then
        opening = bool(self.clause.times) and self.clause.times[0].sense == "moment" and self.clause.times[0].window.start == 0
        waits = self.kind == "still" and bool(self.clause.times) and bool(window.waiting)
        if not seen and self.clause.times and not placed and not opening and self.kind in ("", "still") and not waits:
            sense = self.clause.times[0].sense
            self.add(
                Seen(
                    thing=self.thing,
                    window=self.clause.times[0].window,
                    start=sense != "until",
                    end=sense not in ("from", "moment"),
                )
            )

    def _tells_a_way(self, role: Role) -> bool:
        """Whether a role tells a way, though no verb does: "out to the right", "beaver towards dam", "from behind a bush".

        A stairway to heaven goes nowhere: without words of pace, that is told only of what is known to move.
        """
        if role.kind == "region":
            return _leads(role)
        named = role.noun is not None and role.noun.pronoun == "each other"
        if role.kind != "thing" or not role.things or role.things[0] == self.thing or named:
            return False
        if role.prep in ("out", "from") and role.relation in ("behind", "inside", "below"):
            return True
        noun = self.meaning.cast[self.thing].noun
        known = vocabulary.find(noun)
        mover = (known is not None and known.moves != "still") or is_person(noun) or bool(self.clause.manner)
        led = role.prep in ("towards", "toward") or (mover and role.prep in ("to", "into", "onto", "up", "down"))
        return led and role.relation is None

    def _stands_there(self) -> bool:
        """Whether no verb says that it goes to a side, and what is known of it neither."""
        noun = self.meaning.cast[self.thing].noun
        known = vocabulary.find(noun)
        still = known is not None and known.moves == "still" and not wafts(noun)
        plain = not (self.clause.manner or self.clause.away or self.clause.by or self.clause.along or self.clause.order)
        return plain and (still or fixed(noun)) and not self.meaning.moves(self.thing)

    def _in_a_row(self) -> bool:
        """As in "a red, a blue and a green planet, from left to right": each stands in its place in the order of the text."""
        sides = [r.value.place.x for r in self.clause.roles if r.prep in ("from", "to") and isinstance(r.value, Region)]
        if self.kind not in ("", "still", "act") or len(self.subjects) < 2 or set(sides) != {"left", "right"}:
            return False
        k, n = self.subjects.index(self.thing), len(self.subjects)
        order = self.subjects if sides[0] == "left" else self.subjects[::-1]
        k = order.index(self.thing)
        if k in (0, n - 1) or n == 3:
            self.add(Stays(thing=self.thing, place=Place(x="left" if not k else "right" if k == n - 1 else "middle")))
        if k:
            self.add(Relation(thing=self.thing, relation="right", other=order[k - 1]))
        return True

    def _placed(self, place: Place, window: Window) -> None:
        before = any(isinstance(old, Journey | Stays) and old.thing == self.thing for old in self.meaning.promises)
        if before and (self.clause.joined == "next" or self.clause.order in ("next", "last") or self._came_here()):
            self.meaning.journey(self.thing, [At(place=place)], self.clause, ALWAYS)
        elif place.x or place.y:
            self.add(Stays(thing=self.thing, place=place, window=window))

    def _related(self, role: Role, window: Window) -> None:
        if role.prep == "after" and not self.clause.lemma:
            self.add(Follows(thing=self.thing, other=role.things[0]))
        if role.prep == "ahead":
            self.add(Follows(thing=role.things[0], other=self.thing))
            return
        if role.prep == "past":
            self.add(Passes(thing=self.thing, other=role.things[0], window=window))
        relation = role.relation or _RELATIONS.get(role.prep)
        if relation is None:
            return
        if role.prep in ("into", "onto") and alive(self.meaning.cast[self.thing].noun) and self.clause.lemma in PEERING:
            relation = "near"  # as in "looks into a well" and "pours water into a glass"
        if relation == "behind" and role.prep == "bare" and not self.clause.lemma and self.meaning.moves(role.things[0]):
            self.add(Follows(thing=self.thing, other=role.things[0]))  # as in "a swan glides, a duck behind"
            return
        second = role.things[1] if relation == "between" and len(role.things) > 1 else None
        if relation == "between" and second is None and self.meaning.cast[role.things[0]].count < 2:
            relation = "near"
        self.add(Relation(thing=self.thing, relation=relation, other=role.things[0], second=second, window=window))

    def _turn(self) -> None:
        """Into something, another colour, or another direction."""
        thing = self.meaning.cast[self.thing]
        before, after, phrase = self._was_and_will_be(tuple(word for word in thing.attributes if word in lex.COLOURS))
        if any(role.kind == "compare" for role in self.clause.roles):
            return
        if not after:
            if self.clause.bodily:
                return
            spins = self.spins(self.clause, self.meaning.cast[self.thing].noun)
            if spins:
                self._be()
            elif self._steps() or not any(role.kind == "thing" for role in self.clause.roles):
                self._travel_plain()
            return
        if not phrase:
            kept = [word for word in thing.attributes if word not in lex.COLOURS or not any(a in lex.COLOURS for a in after)]
            phrase = f"a {' '.join([*after, *kept, thing.noun])}"
        if before and not thing.attributes and all(word in lex.COLOURS for word in before):
            self.meaning.cast.describe(self.thing, before)  # as in "turns from green to orange"
        window = self.clause.times[0].window if self.clause.times else None
        phrase = phrase if phrase[2:3] not in "aeiou" else "an" + phrase[1:]
        self.add(Turns(thing=self.thing, before=before, after=after, phrase=phrase, window=window))
        self._where()

    @staticmethod
    def spins(clause: Clause, noun: str) -> bool:
        """As in "a windmill turns": what stays where it is goes nowhere by that."""
        led = any(role.kind in ("go", "region") or role.prep in ("to", "toward", "towards") for role in clause.roles)
        known = vocabulary.find(noun)
        stays = fixed(noun) or (not is_person(noun) and (known is None or known.moves == "still"))
        return clause.verb is not None and clause.verb.kind == "turn" and stays and not led

    def _was_and_will_be(self, before: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...], str]:
        """What it turns from and into, as words, and the phrase of another thing that it turns into, if it does."""
        after: tuple[str, ...] = ()
        phrase = ""
        for role in self.clause.roles:
            if role.kind == "adj" and isinstance(role.value, tuple):
                before, after = (role.value, after) if role.prep == "from" else (before, role.value)
            elif role.kind == "thing" and role.noun is not None and (role.prep != "" or self.clause.lemma == "become"):
                words = (*role.noun.adjectives, role.noun.noun)
                if role.prep == "from":
                    before = words
                elif role.prep == "into":
                    after, phrase = words, _as_noun(role.noun.article, words)
        return before, after, phrase

    def _where(self) -> None:
        """Where it is meanwhile."""
        for role in self.clause.roles:
            if role.prep in ("from", "to", "into"):
                continue
            if role.kind == "region" and isinstance(role.value, Region):
                self._placed(role.value.place, ALWAYS)
            elif role.kind == "thing" and role.things and role.things[0] != self.thing:
                self._related(role, ALWAYS)

    def _grow(self) -> None:
        self.add(Grows(thing=self.thing, sign=1, window=self.window))
        self._where()

    def _shrink(self) -> None:
        self.add(Grows(thing=self.thing, sign=-1, window=self.window))
        self._where()

    def _compare(self, role: Role) -> None:
        assert isinstance(role.value, Comparison)
        comparison = role.value
        if comparison.alone:
            if (
                comparison.aspect == "speed"
                and comparison.sign
                and len(self.meaning.cast.order) == 2
                and self.clause.lemma in ("be", "move", "go", "run", "drive", "roll", "fly")
            ):
                other = next(item_id for item_id in self.meaning.cast.order if item_id != self.thing)
                self.add(Compared(thing=self.thing, aspect="speed", sign=comparison.sign, other=other))
            if comparison.aspect == "size" and comparison.sign and self.clause.lemma in ("be", "get", "become", "turn", "grow"):
                self.add(Grows(thing=self.thing, sign=comparison.sign, window=self.window))
            return
        at = self.clause.roles.index(role)
        later = [after for after in self.clause.roles[at + 1 :] if after.kind == "thing" and after.things]
        if later and later[0].noun is not None and later[0].noun.pronoun in lex.SELVES:
            told = [before.things[0] for before in self.clause.roles[:at] if before.kind == "thing" and before.things]
            for burden in told[-1:]:  # as in "an ant carries a leaf bigger than itself"
                self.add(Compared(thing=burden, aspect=comparison.aspect, sign=comparison.sign, other=self.thing))
            return
        named = next((after.things[0] for after in later), None)
        if named and named != self.thing:
            self.add(Compared(thing=self.thing, aspect=comparison.aspect, sign=comparison.sign, other=named))
            ways = [step for step in self._steps() if isinstance(step, Go)]
            still = any(
                getattr(old, "thing", None) == named and isinstance(old, Journey | Still) for old in self.meaning.promises
            )
            if comparison.aspect == "speed" and self.kind == "go" and ways and not still:
                self.meaning.journey(named, list(ways), self.clause, self.window)

    def _animate(self) -> bool:
        """Whether it is somebody, rather than something."""
        noun = vocabulary.find(self.meaning.cast[self.thing].noun)
        return noun is not None and noun.group in ("animal", "person", "people")

    def _act(self) -> None:
        """A verb that boxes cannot show, unless it says how somebody goes."""
        if on_the_way(self.clause):
            self.clause, self.kind = replace(self.clause, verb=lex.Verb("go")), "go"
            self._travel()
        else:
            self._act_there()

    def _act_there(self) -> None:  # noqa: PLR0911
        """A verb that boxes cannot show; where it happens can still be read."""
        if any(role.prep == "out" and role.things for role in self.clause.roles):
            self._travel_plain()
            return
        if sum(role.kind == "region" and role.prep in ("from", "to") for role in self.clause.roles) > 1:
            self._travel_plain()
            return
        if any(role.things and role.prep == "across" and self._treads_on(role.things[0]) for role in self.clause.roles):
            self._travel_plain()  # as in "thunders across a bridge"
            return
        around = any(role.things and role.prep in ("around", "round") for role in self.clause.roles)
        if around and (self.clause.lemma in _LIVELY or self.clause.lemma in ("buzz", "hum")):
            self._travel_plain()
            return
        if self.clause.lemma in _TURNING and not any(role.things and not role.prep for role in self.clause.roles):
            self.meaning.journey(self.thing, [Trace(pattern="circle")], self.clause, self.window)
            self._be()
            return
        struck = self._object() if self.clause.lemma in ("hit", "strike") and not self._animate() else None
        if struck:
            self.meaning.journey(self.thing, [Approach(other=struck)], self.clause, self.window)
            return
        steps = any(role.kind == "go" or role.prep in ("from", "toward", "towards") for role in self.clause.roles)
        steps = steps or any(role.kind == "trace" and role.value != "wander" for role in self.clause.roles)
        if steps and (find_verb(self.clause.lemma) is None or self.clause.lemma in _LIVELY):
            self._travel_plain()
            return
        self._be()
        if (taken := taken_up(self.clause, self.thing, self.meaning.cast)) is not None:
            self.add(Relation(thing=self.thing, relation="near", other=taken, window=self.window))


def _as_noun(article: str, words: tuple[str, ...]) -> str:
    """What something has become; no phrase where only a colour is named: what turns orange is no fruit then."""
    return "" if not article and len(words) == 1 and words[0] in lex.COLOURS else f"a {' '.join(words)}"


def _closed(clause: Clause) -> bool:
    """Whether "appears ..." also says that it goes again: a span does, a moment does not."""
    return bool(clause.times) and clause.times[0].sense == "span" and clause.times[0].window.end < 1


def _side_of(role: Role) -> Place | None:
    """The side of the picture that is named by itself, or after "to", as in "a gate to the left"."""
    if role.kind == "go":
        return _BY_SIDE.get(str(role.value))
    plain = role.kind == "region" and role.prep == "to" and isinstance(role.value, Region) and role.value.bare
    place = role.value.place if plain and isinstance(role.value, Region) else None
    return place if place is not None and place.x in ("left", "right") and place.y is None else None


def _leads(role: Role) -> bool:
    """Whether a part of the picture tells a way, though no verb does: "from the left", "out to the right"."""
    out = role.prep in ("out", "off") and isinstance(role.value, Region) and role.value.bare
    return out or role.prep in ("from", "to", "towards", "toward")
