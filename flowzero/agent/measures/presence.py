"""How well a plan keeps promises of who is there, when, and what it looks like."""

from __future__ import annotations

from flowzero import vocabulary
from flowzero.agent import lexicon as lex
from flowzero.agent.bonds import led_by
from flowzero.agent.casting import bears, head_of, words_of
from flowzero.agent.measures.scene import Outcome, Scene, grade, worst
from flowzero.agent.promises import Count, Looks, Scenery, Seen, Turns
from flowzero.agent.tracks import Track, inside


def count(promise: Count, scene: Scene) -> Outcome:
    """Whether so many of the noun are there, at once wherever no promise of appearance says otherwise."""
    tracks = [track for thing in promise.things for track in scene.players(thing)]
    if promise.n == 0:
        head = promise.noun.split()[-1]
        tracks = [track for track in scene.tracks.by_id.values() if head_of(track.object.phrase).split()[-1:] == [head]]
    ids = tuple(track.id for track in tracks)
    n = promise.n
    timed = any(isinstance(other, Seen) and other.thing in promise.things for other in scene.reading.promises)
    company = {*promise.things, *(mate for thing in promise.things for mate in led_by(scene.reading, thing))}
    entering = any(
        other.kind == "journey"
        and other.thing in company
        and any(getattr(getattr(step, "place", None), "off", False) for step in other.steps)
        for other in scene.reading.promises
    )
    samples = tuple(range(scene.tracks.n))
    timed = timed or entering
    seen = [_seen(track) for track in tracks]
    numbers = [len(tracks)] if timed else [sum(k in there for there in seen) for k in samples]
    wrong = tuple(k for k, number in enumerate(numbers) if (number != n if promise.exact else number < n))
    vanished = () if timed else tuple(track.id for track in tracks if _vanishes(track))
    word = f"{n} {promise.noun}" if promise.exact else f"at least {n} {promise.noun}"
    misnamed = tuple(track.id for track in tracks if not _named(promise.noun, track))
    if misnamed:
        phrase = scene.tracks.by_id[misnamed[0]].object.phrase
        text = f"{', '.join(misnamed)} shall be a {promise.noun}, but its phrase is {phrase!r}: call it so."
        return Outcome(0.3, text, misnamed)
    if len(tracks) == n or (not promise.exact and len(tracks) >= n):
        share = 1 - len(wrong) / len(numbers)
        if share >= 0.5 and not vanished:
            return Outcome(1.0 - 0.3 * (1 - share), f"{word}: as promised.", ids)
        hidden = vanished or tuple(track.id for track in tracks if len(_seen(track)) < len(samples))
        return Outcome(
            min(0.75, share),
            f"there shall be {word}, but not all of them are seen in {len(wrong)} frames: keep them in the picture.",
            hidden or ids,
            wrong,
        )
    what = "add" if len(tracks) < n else "remove"
    score = min(0.75, min(len(tracks), n) / max(len(tracks), n, 1))
    return Outcome(score, f"there shall be {word}, but the plan has {len(tracks)}: {what} {abs(n - len(tracks))}.", ids, wrong)


def _named(noun: str, track: Track) -> bool:
    """Whether the object's phrase, or what it turns into, names the noun, in its own word or one that means the same."""
    head = noun.rsplit(maxsplit=1)[-1]
    known = vocabulary.find(noun)
    phrases = (track.object.phrase, *(state.phrase for state in track.object.states))
    return any(
        words_of(head) & words_of(phrase) or (known is not None and known is vocabulary.find(phrase)) for phrase in phrases
    )


def _vanishes(track: Track) -> bool:
    """Whether it is gone for a while without having left the picture, or comes from nowhere."""
    n = len(track.there)
    for k, there in enumerate(track.there):
        if there:
            continue
        if any(0 <= j < n and track.there[j] and not _goes_out(track, j, j - k) for j in (k - 1, k + 1)):
            return True
    return not any(track.there)


def _goes_out(track: Track, k: int, back: int) -> bool:
    """Whether the box at sample k is partly out of the picture, or would be one step on (`back` is -1) or before (1)."""
    before = k + back
    x, y, w, h = track.boxes[k]
    dx, dy = (
        (track.boxes[k][axis] - track.boxes[before][axis] for axis in (0, 1)) if 0 <= before < len(track.there) else (0.0, 0.0)
    )
    return inside((x, y, w, h)) < 1 - 1e-9 or inside((x + dx, y + dy, w, h)) < 0.75


def _seen(track: Track) -> frozenset[int]:
    return frozenset(track.seen)


def looks(promise: Looks, scene: Scene) -> Outcome:
    """Whether the objects' phrases bear the attributes."""
    thing = scene.things[promise.thing]
    wanted = " ".join(promise.words)

    def one(track: Track) -> Outcome:
        missing = [word for word in promise.words if not bears(word, track.object.phrase)]
        if not missing:
            return Outcome(1.0, f"{track.id} is {wanted}.", (track.id,))
        score = 0.75 * (1 - len(missing) / len(promise.words))
        text = f"{track.id} shall be {wanted}, but its phrase is {track.object.phrase!r}: call it {thing.phrase!r}."
        return Outcome(score, text, (track.id,))

    return worst(
        (one(track) for track in scene.players(promise.thing)), Outcome(0.0, f"{thing.phrase} is not in the plan: add it.")
    )


_SLACK = 0.09
"""How far, as a fraction of the video, an appearance may lie from where the prompt puts it."""


def seen(promise: Seen, scene: Scene) -> Outcome:
    """Whether it is there within the window, and gone outside of the ends the prompt speaks of."""
    name = scene.name(promise.thing)
    start, end = promise.window.within(scene.tracks.dss.seconds)
    text = _when(promise, start, end)

    def one(track: Track) -> Outcome:
        wrong = _unseemly_loose(promise, track) if promise.loose else _unseemly(promise, track, scene, start, end)
        if not wrong:
            return Outcome(1.0, f"{track.id} is seen {text}.", (track.id,))
        score = min(0.75, 1 - len(wrong) / scene.tracks.n)
        return Outcome(
            score,
            f"{track.id} shall be seen {text}, and {len(wrong)} frames are otherwise: set when it is visible.",
            (track.id,),
            wrong,
        )

    return worst((one(track) for track in scene.players(promise.thing)), Outcome(0.0, f"{name} is not in the plan: add it."))


def _when(promise: Seen, start: float, end: float) -> str:
    if promise.loose:
        return "only after the beginning" if promise.start else "no more at the end"
    if promise.start and promise.end:
        return f"only from {start:.0%} to {end:.0%} of the video"
    return f"from {start:.0%} of the video on" if promise.start else f"until {end:.0%} of the video"


def _unseemly(promise: Seen, track: Track, scene: Scene, start: float, end: float) -> tuple[int, ...]:
    """Samples in which it is there and should not be, or the other way round."""
    there = frozenset(track.seen)
    slack = min(_SLACK, (end - start) / 4)
    wrong = []
    for k, t in enumerate(scene.tracks.middles):
        within = start + slack < t < end - slack
        before, after = t < start - slack and promise.start, t > end + slack and promise.end
        if (within and k not in there) or ((before or after) and k in there):
            wrong.append(k)
    return tuple(wrong)


def _unseemly_loose(promise: Seen, track: Track) -> tuple[int, ...]:
    there = frozenset(track.seen)
    first, last = 0, len(track.boxes) - 1
    absent, present = (first, last) if promise.start else (last, first)
    wrong = [absent] if absent in there else []
    if promise.start and promise.end:
        present = last // 2
    return tuple(wrong + ([present] if present not in there else []))


def turns(promise: Turns, scene: Scene) -> Outcome:
    """Whether the phrase changes from what it was to what it becomes, when the prompt says so."""
    after = " ".join(promise.after)

    def one(track: Track) -> Outcome:
        item = track.object
        first, last = item.phrase_at(scene.tracks.middles[0]), item.phrase_at(scene.tracks.middles[-1])
        onward = [
            promise_ for promise_ in scene.reading.promises if isinstance(promise_, Turns) and promise_.thing == promise.thing
        ]
        if promise is not onward[-1] and any(all(bears(word, state.phrase) for word in promise.after) for state in item.states):
            return Outcome(1.0, f"{track.id} turns {after} on its way.", (track.id,))
        if not all(bears(word, last) for word in promise.after):
            return Outcome(0.2, f"{track.id} shall turn {after}, but at the end it is {last!r}: add a state.", (track.id,))
        if all(bears(word, first) for word in promise.after):
            return Outcome(
                0.4, f"{track.id} shall turn {after}, but is so from the first frame on: start as something else.", (track.id,)
            )
        missing = [word for word in promise.before if not bears(word, first)]
        if missing:
            return Outcome(
                0.5,
                f"{track.id} shall be {' '.join(promise.before)} at first, but is {first!r}: change its phrase.",
                (track.id,),
            )
        if promise.window is not None:
            start, end = promise.window.within(scene.tracks.dss.seconds)
            moment = next(
                (state.start for state in item.states if all(bears(word, state.phrase) for word in promise.after)), 0.0
            )
            if not start - 0.15 <= moment <= end + 0.05:
                return Outcome(
                    0.6,
                    f"{track.id} shall turn {after} from {start:.0%} on, but does at {moment:.0%}: move the state.",
                    (track.id,),
                )
        return Outcome(1.0, f"{track.id} turns {after}.", (track.id,))

    return worst(
        (one(track) for track in scene.players(promise.thing)),
        Outcome(0.0, f"{scene.name(promise.thing)} is not in the plan: add it."),
    )


def scenery(promise: Scenery, scene: Scene) -> Outcome:
    """Whether the setting, or a scene's description, names where the prompt puts it all."""
    dss = scene.tracks.dss
    texts = [dss.setting, *(part.description for part in dss.scenes)]
    words = frozenset().union(*(words_of(text) for text in texts))
    found = [word for word in promise.words if words_of(word) & words or _same_setting(word, dss.setting)]
    if found or not promise.words:
        return Outcome(grade(len(found), 1), f"the scene is {promise.text}.")
    return Outcome(0.2, f"the scene shall be {promise.text}, but the setting is {dss.setting!r}: set it.")


def _same_setting(word: str, setting: str) -> bool:
    known = vocabulary.find_setting(word)
    return known is not None and known is vocabulary.find_setting(setting)


def described(scene: Scene) -> Outcome:
    """Whether each scene's description and its layout speak of the same things."""
    dss = scene.tracks.dss
    wrong = []
    for index, part in enumerate(dss.scenes):
        stop = dss.scenes[index + 1].start if index + 1 < len(dss.scenes) else 1.0
        window = scene.tracks.span(part.start, stop)
        words = words_of(part.description)
        for thing in scene.reading.things:
            for track in scene.players(thing.id):
                visible = sum(track.there[k] for k in window) / len(window)
                own = words_of(track.object.phrase).union(*(words_of(state.phrase) for state in track.object.states))
                if visible >= 0.9 and thing.noun.split()[-1] not in words and not (words & own - _COMMON):
                    wrong.append(track.id)
    ids = tuple(dict.fromkeys(wrong))
    if not ids:
        return Outcome(1.0, "the descriptions name what is there.")
    return Outcome(0.0, f"the description does not name {', '.join(ids)}: write it in.", ids)


_COMMON = frozenset(("a", "an", "the", "of", "with", "in", "on", "and")) | lex.COLOURS
