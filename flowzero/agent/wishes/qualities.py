"""Wishes of what things are like and where they are: "bigger clock", "the rim's too low", "cat black and a bit slower"."""

from __future__ import annotations

from flowzero.agent import lexicon as lex
from flowzero.agent.matching import match
from flowzero.agent.wishes.naming import Scene, Tokens, alike, named
from flowzero.agent.wishes.predicates import Said, said_of
from flowzero.agent.wishes.wish import Found, Wish, as_wishes
from flowzero.agent.wishes.words import ASPECTS, TOO, idle, look, praise


def predicated(scene: Scene, body: Tokens, wished: bool, free: bool) -> Found | None:  # noqa: PLR0911
    """As in "the ball should be a lot faster", "cat black and a bit bigger", "make them both red", "the rim's too low"."""
    if asked := match(body, 0, "why|how?", "come?", "is|are|does|do"):
        who = named(scene, body, asked[0])
        rest = who and match(body, who.end, "have|meant|supposed?", "to?", "be|move|go?")
        if who is None or not rest or not any(token.low in TOO for token in body[rest[0] : rest[0] + 2]):
            return None
        said = said_of(body, rest[0], wished=False)
        return as_wishes(said[0], who.ids) if said and idle(body, said[1]) and not said[0][0].look else None
    led = match(body, 0, "make|let|have|get|keep|set|want|turn|paint|colour|color|recolor|tint|put|place|move|with")
    start, frame = (led[0], led[1][0]) if led is not None else (0, "")
    who = named(scene, body, start)
    whole = match(body, start, "the|this?", "whole?", "video|clip|film|animation|movie|shot")
    if who is None and whole is not None and (said := said_of(body, whole[0], wished=wished)) and idle(body, said[1]):
        return as_wishes(said[0], ()) if all(one.key == "length" for one in said[0]) else None
    if who is None or who.article in ("a", "an", "another", "some"):
        return None
    if not free and not who.definite and not frame:
        return None
    said = said_of(body, who.end, wished=wished or bool(frame))
    if said is None or not idle(body, said[1]) or any(one.key == "length" for one in said[0]):
        return None
    if who.fresh and (any(word in ASPECTS for word in who.fresh) or len(alike(scene, who)) > 1):
        return None
    if who.many is not None and who.many != len(who.ids):
        return None
    if (
        frame in ("put", "place", "move", "keep", "set", "get")
        and any(one.key in ("place", "look") for one in said[0])
        and len(said[0]) == 1
    ):
        return None  # which the grammar of commands reads as it is
    return as_wishes(said[0], who.ids)


def attributed(scene: Scene, body: Tokens, wished: bool, free: bool) -> Found | None:
    """As in "bigger clock", "a yellow submarine", "wooden peg": the qualities that it does not have yet."""
    if not free:
        return None
    lead = match(body, 0, "a|an|the|my|some|much|way|even|far|slightly?", "bit|lot|little?")
    assert lead is not None
    who = named(scene, body, 0) or named(scene, body, lead[0])
    if who is None or not who.fresh or who.many is not None or who.article not in ("", "a", "an", "the", "my"):
        return None
    end = who.end
    if hit := match(body, end, ",?", "not|never|instead", "of?") or match(body, end, "rather", "than"):
        now = body[hit[0]].low if hit[0] < len(body) else ""
        ids = tuple(item_id for item_id in who.ids if now in scene.dss.object(item_id).phrase.split())
        who, end = (who._replace(ids=ids), hit[0] + 1) if look(now) and ids else (who, end)
    if not (idle(body, end) or praise(body, end)):
        return None
    several = who.article in ("a", "an") and len(alike(scene, who)) > 1
    compared = [ASPECTS[word] for word in who.fresh if word in ASPECTS]
    looks = [word for word in who.fresh if word not in ASPECTS]
    if several or not all(look(word) or word in lex.SHADES for word in looks) or (who.article == "the" and not compared):
        return None
    if who.article in ("a", "an") and not (wished or looks):
        return None
    found = as_wishes([Said(one.name, one.sign) for one in compared], who.ids)
    return [*found, *([Wish(who.ids, look=" ".join(looks), key="look")] if looks else [])]


def qualities(scene: Scene, body: Tokens, wished: bool, free: bool) -> Found | None:  # noqa: PLR0911
    """As in "bigger please", "and a bit slower": of what was spoken of last."""
    if not free:
        return None
    led = match(body, 0, "make|let|have|should|could|needs|must|looks", "it?", "be|to?", "be?")
    start = led[0] if led is not None and led[1][0] and not led[1][1] else 0
    said = said_of(body, start, wished=True)
    if said is None or any(one.statement for one in said[0]):
        return None
    about = match(body, said[1], "*?", "for|in|with|from|on|of|to") if said[0][-1].compares else None
    who = named(scene, body, about[0]) if about is not None else None
    if who is not None and not who.fresh and (idle(body, who.end) or match(body, who.end, "'s", "*", "please?")):
        return as_wishes(said[0], who.ids)
    if not idle(body, said[1]):
        return None
    obliged = led is not None and led[1][0] in ("should", "could", "needs", "must")
    if not scene.first and not obliged and not all(one.compares for one in said[0]):
        return None
    if not wished and any(one.look and one.look.split()[-1] not in lex.COLOURS for one in said[0]):
        return None
    if all(one.key == "length" for one in said[0]) and scene.first and led is None:
        return as_wishes(said[0], ())
    if any(one.key == "length" for one in said[0]) or not (scene.current or len(scene.dss.objects) == 1):
        return None
    return as_wishes(said[0], scene.current or (scene.dss.objects[0].id,))


_DRIVES = {
    "speed": ("speed", 1), "hurry": ("speed", 1), "quicken": ("speed", 1), "slow": ("speed", -1), "calm": ("speed", -1),
    "enlarge": ("size", 1), "magnify": ("size", 1), "shrink": ("size", -1), "downsize": ("size", -1),
}  # fmt: skip


def driven(scene: Scene, body: Tokens, wished: bool, free: bool) -> Found | None:
    """As in "speed both swallows up", "slow her down a bit", "shrink the elephant"."""
    if body[0].low not in _DRIVES:
        return None
    led = match(body, 1, "up|down|along?")
    who = named(scene, body, led[0]) if led is not None else None
    if who is None or who.fresh or who.article in ("a", "an"):
        return None
    tail = match(body, who.end, "up|down|along?", "a|quite|just?", "bit|little|lot|touch?")
    if tail is None or not idle(body, tail[0]):
        return None
    degree = "a bit" if tail[1][2] in ("bit", "little", "touch") else "much" if tail[1][2] else ""
    name, sign = _DRIVES[body[0].low]
    return as_wishes([Said(name, sign, degree)], who.ids)


def turned(scene: Scene, body: Tokens, wished: bool, free: bool) -> Found | None:
    """As in "left to right instead", "both of them up the hill": the way back, where the way there is the other one."""
    led = match(body, 0, "let|have|make?")
    assert led is not None
    who = named(scene, body, led[0])
    i = who.end if who is not None else led[0]
    hit = match(
        body,
        i,
        "should|must|could|has|have?",
        "to?",
        "go|goes|move|moves|run|runs|from?",
        "from?",
        "the?",
        "left|right",
        "to",
        "the?",
        "left|right",
    )
    if hit is None or not idle(body, hit[0]) or hit[1][5] == hit[1][8] or (who is None and not (free and scene.first)):
        return None
    sign = 1 if hit[1][8] == "right" else -1
    items = [scene.dss.object(item_id) for item_id in (who.ids if who is not None else [item.id for item in scene.dss.objects])]
    ways = {item.id: item.path[-1].box.cx - item.path[0].box.cx for item in items if len(item.path) > 1}
    contrary = tuple(item_id for item_id, way in ways.items() if way * sign < -0.1)
    if not contrary or any(abs(way) <= 0.1 for way in ways.values()):
        return None
    return [Wish((item_id,), command="reverse it", key="way") for item_id in contrary]
