"""Commands about the video as a whole: its length, its camera, its setting."""

from __future__ import annotations

import re

from flowzero import vocabulary
from flowzero.agent import lexicon as lex
from flowzero.agent.camera import read_camera
from flowzero.agent.commands.command import Command, Unread, cast_from, matching, ratio_in, targets
from flowzero.agent.edits import (
    Edit,
    SetBackground,
    SetSetting,
    SetTiming,
)
from flowzero.agent.filming import background_for
from flowzero.agent.nouns import noun_phrase
from flowzero.agent.phrases import match, number
from flowzero.agent.promises import Go, Journey, Promise, Reading
from flowzero.agent.tokens import Token, tokenise
from flowzero.dss import DSS, BackgroundMotion

_VIDEO = frozenset(["video", "clip", "animation", "film", "movie", "gif", "footage", "duration"])


def length(command: Command) -> list[Edit] | None:  # noqa: C901, PLR0911, PLR0912
    """Longer, shorter, so many seconds, frames a second."""
    lows, dss = command.lows, command.dss
    if hit := match(command.tokens, next((i for i, low in enumerate(lows) if low == "half"), 0), "half", "a", "second"):
        if lows[hit[0] :] in (["longer"], ["more"]) or command.has("longer"):
            return _timed(command, seconds=dss.seconds + 0.5)
        return _timed(command, seconds=dss.seconds - 0.5) if command.has("shorter") and dss.seconds > 0.5 else None
    for i, low in enumerate(lows):
        value = number(low)
        after = lows[i + 1] if i + 1 < len(lows) else ""
        if value is None:
            continue
        if after in ("fps",) or (after in ("frames",) and command.has("per", "second", "a")):
            return _timed(command, fps=value)
        long = command.has("long", "last", "lasts", "lasting", "duration", "length") or (
            command.has(*_VIDEO) and command.has("make", "set", "extend", "shorten", "cut", "trim", "change")
        )
        brief = len(lows) <= 6 and lows[0] in ("cut", "trim", "shorten", "extend", "lengthen", "make", "set")
        long = long or (i == 0 and lows[-1] in ("longer", "shorter")) or (brief and lows[1] in ("it", "this", "that", "to"))
        if (
            after in ("seconds", "second", "s", "sec", "secs")
            and long
            and not command.has("after", "appear", "appears", "from")
        ):
            if value <= 0:
                raise Unread
            more = command.has("longer", "add") or (i + 2 < len(lows) and lows[i + 2] == "more")
            less = command.has("shorter")
            return _timed(command, seconds=dss.seconds + value if more else dss.seconds - value if less else value)
    about_video = command.has(*_VIDEO) or (
        command.has("longer", "shorter", "long")
        and (lows[:2] in (["make", "it"], ["a", "bit"], ["a", "little"], ["longer"], ["shorter"]) or _measured(lows))
    )
    if lows[0] in ("cut", "trim") and len(lows) > 2 and lows[1] in ("it", "this", "that", "to") and lows[-1] == "half":
        return _timed(command, seconds=dss.seconds / 2)
    if not about_video:
        return None
    if command.has("half", "halve", "twice") and command.has("long", "length", "duration"):
        return _timed(command, seconds=dss.seconds * (2 if command.has("twice") else 0.5))
    if command.has("longer", "lengthen", "extend", "twice", "double") or (command.has("times") and command.has("long")):
        return _timed(command, seconds=dss.seconds * ratio_in(command, more=True, usual=1.5))
    if command.has("shorter", "shorten", "half", "halve", "trim", "cut"):
        return _timed(command, seconds=dss.seconds * ratio_in(command, more=False, usual=1.5))
    if command.has("smoother") or (command.has("frames") and command.has("more")):
        return _timed(command, fps=dss.fps * 1.5)
    return None


def _measured(lows: list[str]) -> bool:
    """As in "two seconds longer", "half as long": the length and nothing else."""
    return lows[0] in ("half", "twice", "much", "slightly") or number(lows[0]) is not None


def _timed(command: Command, *, seconds: float | None = None, fps: float | None = None) -> list[Edit]:
    return [SetTiming(seconds=round(seconds, 3) if seconds else None, fps=round(fps, 3) if fps else None)]


def filmed(command: Command) -> list[Edit] | None:
    """The camera, or the background's motion."""
    lows = command.lows
    about = command.has("camera", "zoom", "pan", "tilt", "zooms", "pans", "zooming", "panning")
    still = command.has("no", "stop", "without", "remove", "static", "still", "fixed", "freeze", "not")
    if about and still and command.has("camera", "pan", "zoom"):
        return [SetBackground(background=(BackgroundMotion(),))]
    if lows[0] in ("pull", "push", "draw") and "camera" in lows and command.has("back", "out", "in", "away", "closer"):
        zoom = "in" if command.has("in", "closer") else "out"
        return _filmed(command, tokenise(f"the camera zooms {zoom}"))
    if lows[:1] in (["pan"], ["tilt"]) and "camera" not in lows:
        return _filmed(command, (*tokenise("the camera"), *command.tokens))
    words = [
        token
        for token in command.tokens
        if token.low not in ("let", "make", "have", "should", "shall", "must", "to", "add", "set", "use") or "from" in lows
    ]
    if "camera" in lows and lows[0] in ("pan", "tilt", "zoom", "roll", "rotate", "move", "dolly", "shake"):
        at = lows.index("camera")
        rest = [
            token for i, token in enumerate(command.tokens[1:], start=1) if i != at and not (i == at - 1 and token.low == "the")
        ]
        words = [command.tokens[at], command.tokens[0], *rest]
    return _filmed(command, tuple(words) if about else command.tokens)


def _filmed(command: Command, tokens: tuple[Token, ...]) -> list[Edit] | None:
    """The background's motion under the camera that some words tell of, if they do."""
    lows = [token.low for token in tokens]
    there = next((i for i in range(len(lows)) if lows[i : i + 3] in (["left", "to", "right"], ["right", "to", "left"])), None)
    if there is not None:
        tokens = (*tokens[:there], *tokens[there + 2 :])
    notes, _ = read_camera(tokens)
    if not notes:
        return None
    if len(notes) == 1 and command.has("then", "afterwards", "finally"):
        raise Unread
    cast = cast_from(command.dss)
    cameras = tuple(note.resolve(cast) for note in notes)
    reading = Reading(prompt="-", things=cast.things, promises=(*cameras, *_headings(command.dss)))
    return [SetBackground(background=background_for(reading, command.dss.seconds))]


def _headings(dss: DSS) -> list[Promise]:
    """Where the objects go, so that a camera that follows one knows."""
    found: list[Promise] = []
    for item in dss.objects:
        dx = item.path[-1].box.cx - item.path[0].box.cx
        if abs(dx) > 0.05:
            found.append(Journey(thing=item.id, steps=(Go(heading="right" if dx > 0 else "left"),)))
    return found


def resettled(command: Command) -> list[Edit] | None:
    """As in "replace the sea with a desert", where the sea is no object but where it all happens."""
    if match(command.tokens, 0, "replace|swap|change|exchange") is None:
        return None
    old = noun_phrase(command.tokens, 1)
    if old is None or not old.noun or matching(command, old) or old.noun.split()[-1] not in command.dss.setting.lower():
        return None
    bridge = match(command.tokens, old.end, "with|by|for|to|into")
    new = noun_phrase(command.tokens, bridge[0]) if bridge else None
    if new is None or not new.noun:
        return None
    return [SetSetting(setting=" ".join(token.low for token in command.tokens[new.start : new.end]))]


def setting(command: Command) -> list[Edit] | None:  # noqa: C901
    """The background: "at night", "change the background to a beach", "put them in the snow"."""
    lows = command.lows
    named = command.has(
        "background", "setting", "scene", "scenery", "place", "location", "backdrop", "everything", "video", "all"
    )
    time_of_day = next(
        (low for low in lows if low in _MOMENTS),
        None,
    )
    weather = (
        _WEATHER.get(lows[-1]) if "too" not in lows and lows[0] in ("it", "make", "let", "have") and len(lows) <= 5 else None
    )
    if weather and not _names_objects(command):
        time_of_day, lows = weather, ["it", weather]
    if time_of_day and lows[-1] == time_of_day and lows[0] in ("at", "in", "by", "it", "during"):
        return [SetSetting(setting=_at_time(command.dss.setting, time_of_day))]
    begins = lows[0] in (
        "set",
        "change",
        "make",
        "put",
        "move",
        "use",
        "turn",
        "let",
        "have",
        "place",
        "switch",
        "replace",
        "give",
    )
    elsewhere = _elsewhere(command) if begins else None
    if begins and named and lows[-1] == "underwater":
        elsewhere = "underwater"
    if elsewhere is not None or not begins or not (named or time_of_day or "setting" in lows):
        return None if elsewhere is None else [SetSetting(setting=elsewhere)]
    if (
        not command.has("background", "setting", "scene", "scenery", "backdrop", "location")
        and targets(command)
        and not time_of_day
    ):
        everything = command.has("everything", "all", "them")
        if not everything:
            return None
    for i in range(len(lows) - 1, 0, -1):
        if lows[i - 1] in (
            "to",
            "in",
            "into",
            "a",
            "an",
            "the",
            "at",
            "on",
            "with",
            "by",
            "under",
            "it",
            "be",
            "as",
            "background",
            "setting",
            "of",
            "over",
        ):
            start = i - 1 if lows[i - 1] in ("a", "an", "the") else i
            phrase = noun_phrase(command.tokens, start)
            if (
                phrase is None
                or not phrase.noun
                or phrase.noun.split()[-1]
                in ("background", "setting", "scene", "video", "scenery", "place", "location", "backdrop")
            ):
                continue
            head = phrase.noun.split()[-1]
            if (
                head in lex.SETTINGS
                or vocabulary.find_setting(phrase.noun)
                or command.has("background", "setting", "scene", "scenery", "backdrop", "location")
            ):
                if vocabulary.find(head) is not None and head not in lex.SETTINGS and targets(command) and not named:
                    continue
                text = " ".join(token.low for token in command.tokens[phrase.start : phrase.end])
                bare = time_of_day == head and not phrase.article
                return [SetSetting(setting=_at_time(command.dss.setting, text) if bare else text)]
    if time_of_day:
        return [SetSetting(setting=_at_time(command.dss.setting, time_of_day))]
    return None


def _names_objects(command: Command) -> bool:
    """Whether the command names an object of the plan, rather than "it"."""
    phrases = (noun_phrase(command.tokens, i) for i in range(len(command.tokens)))
    return any(phrase is not None and phrase.noun and matching(command, phrase) for phrase in phrases)


def _elsewhere(command: Command) -> str | None:
    """As in "put it on a beach", "move them to the desert": the place, if that is a setting and nothing of the plan."""
    hit = match(
        command.tokens, 0, "put|place|set|move|take|bring|have|let|make", "it|them|everything|this|that|all|everyone",
        "all|happen|take|play?", "place?", "in|on|at|to|into|onto|under|underneath",
    )  # fmt: skip
    phrase = noun_phrase(command.tokens, hit[0]) if hit else None
    if hit is None or phrase is None or not phrase.noun or phrase.end < len(command.tokens) or matching(command, phrase):
        return None
    head = phrase.noun.split()[-1]
    known = vocabulary.find_setting(phrase.noun) is not None and vocabulary.find(head) is None
    if (not known and head not in lex.SETTINGS) or head in _FURNITURE or head in _MOMENTS:
        return None
    text = " ".join(token.low for token in command.tokens[phrase.start : phrase.end])
    return f"under {text}" if hit[1][-1].startswith("under") else text


def taken_to(command: Command, place: str) -> list[Edit]:
    """Where a clause lets it happen, as in "let the dog run on a beach": if no setting that we know, it is left unread."""
    words = place.split()
    led = r"(:|\b(is|be|in|on|at|through|across|over|along|inside|under))"
    there = re.search(rf"{led}\s+{re.escape(place)}", command.text, re.IGNORECASE)
    if there is None or place.lower() in command.dss.setting.lower():
        return []
    known = words[-1] in lex.SETTINGS or vocabulary.find_setting(place) is not None
    if known and words[-1] not in _FURNITURE:
        command.left = tuple(piece for piece in command.left if place.lower() not in piece.lower())
        return [SetSetting(setting=place)]
    at = command.whole.lower().find(place.lower())
    command.left = (*command.left, command.whole[at : at + len(place)] if at >= 0 else command.text)
    return []


_MOMENTS = ("night", "sunset", "sunrise", "dusk", "dawn", "winter", "snow", "rain", "autumn", "day", "fog", "summer", "spring")
_DURING = ("winter", "autumn", "snow", "rain", "fog", "summer", "spring")
_WEATHER = {"raining": "rain", "rainy": "rain", "snowing": "snow", "snowy": "snow", "foggy": "fog", "dark": "night"}
_FURNITURE = frozenset(["table", "wall", "floor", "ground"])
"""What is a setting in a prompt, and a thing in an instruction."""


def _at_time(setting: str, moment: str) -> str:
    base = setting.split(", at ", maxsplit=1)[0].split(" at ", maxsplit=1)[0]
    if base == "a plain background":
        return f"a {moment} scene" if moment in ("winter", "autumn") else moment
    return f"{base}, {'in' if moment in _DURING else 'at'} {moment}"[:300]
