"""How well tracks keep promises of motion: journeys, stillness and growth."""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise

from flowzero.agent.bonds import bearers
from flowzero.agent.measures.scene import KEPT, Outcome, Scene, grade, worst
from flowzero.agent.measures.shapes import traced
from flowzero.agent.measures.space import at_place, at_point, place_name, related, relation_name
from flowzero.agent.promises import (
    Approach,
    At,
    Beside,
    Camera,
    Go,
    Grows,
    Journey,
    Moves,
    Paced,
    Rest,
    Seen,
    Step,
    Still,
    Trace,
)
from flowzero.agent.tracks import Track
from flowzero.dss import VECTORS

TRAVEL = 0.12
"""How far, in frame sizes, something must go for one to see that it went there."""
STILL = 0.06
"""How far a still thing may stray."""
_STEPS = 25
_PACE = 0.2
"""How far from its even share of the time, as a fraction of the journey, a stop may lie."""


def journey(promise: Journey, scene: Scene) -> Outcome:
    """Whether each player passes through the steps in order: the best way of cutting its track into them."""
    players = scene.players(promise.thing)
    name = scene.name(promise.thing)
    wanted = way_in_words(promise.steps)
    return worst((_one_journey(promise, scene, track, name, wanted) for track in players), _missing(name, wanted))


def _missing(name: str, wanted: str) -> Outcome:
    return Outcome(0.0, f"{name} shall go {wanted} and is not in the plan: add it.")


def _one_journey(promise: Journey, scene: Scene, track: Track, name: str, wanted: str) -> Outcome:
    window = scene.tracks.span(*promise.window.within(scene.tracks.dss.seconds))
    samples = [k for k in window if track.there[k]]
    if len(samples) < 2 and not all(isinstance(step, At | Beside | Rest) for step in promise.steps):
        return Outcome(
            0.0, f"{track.id} shall go {wanted} and is hardly there: show it for longer.", (track.id,), tuple(samples)
        )
    if len(samples) > _STEPS and len(promise.steps) > 1:
        samples = [samples[round(k * (len(samples) - 1) / (_STEPS - 1))] for k in range(_STEPS)]
    if not samples:
        return Outcome(0.0, f"{track.id} shall go {wanted} and is not there then: show it.", (track.id,))
    final = promise.steps[-1]
    stays = isinstance(final, Beside) or (isinstance(final, At) and not final.place.off)
    if stays and window[-1] not in samples and not _leaves(promise, scene):
        return Outcome(
            0.7, f"{track.id} shall go {wanted}, but is gone before the end: keep it there.", (track.id,), tuple(window[-1:])
        )
    score = _best_cut(promise.steps, scene, track, samples)
    if score >= KEPT and (hurried := _hurried(promise.steps, scene, track, samples)) is not None:
        text = f"{track.id} shall go {wanted}, but is hardly at stop {hurried + 1}: let each stop have its part of the time."
        return Outcome(0.7, text, (track.id,), tuple(samples))
    if score >= KEPT:
        return Outcome(score, f"{track.id} goes {wanted} as promised.", (track.id,), tuple(samples))
    first, last = samples[0], samples[-1]
    where = f"from ({track.cx[first]:.2f}, {track.cy[first]:.2f}) to ({track.cx[last]:.2f}, {track.cy[last]:.2f})"
    return Outcome(
        score, f"{track.id} shall go {wanted}, but it goes {where}: give it a path that does.", (track.id,), tuple(samples)
    )


def _hurried(steps: tuple[Step, ...], scene: Scene, track: Track, samples: list[int]) -> int | None:
    """The first stop on the way where it spends less than half of the stop's even share of the time, if any."""
    last = len(steps) - 1
    if last < 2 or not all(isinstance(step, At) for step in steps):
        return None
    start, end = scene.tracks.times[samples[0]], scene.tracks.times[samples[-1]]
    for k in range(1, last):
        step = steps[k]
        assert isinstance(step, At)
        times = [start + (end - start) * (k + offset / 8) / (last + 1) for offset in range(9)]
        held = sum(at_point(step.place, x + w / 2, y + h / 2) >= KEPT for x, y, w, h in track.object.values_along(times))
        if 2 * held < len(times):
            return k
    return None


def _leaves(promise: Journey, scene: Scene) -> bool:
    """Whether the prompt also says that it goes."""
    return any(isinstance(other, Seen) and other.thing == promise.thing and other.end for other in scene.reading.promises)


def _best_cut(steps: tuple[Step, ...], scene: Scene, track: Track, samples: list[int]) -> float:
    """Mean score of the steps over the best cut of the samples into one stretch (or moment) for each."""
    last, end = len(steps) - 1, len(samples) - 1
    drift = scene.tracks.drift() if _followed(scene, track) else None
    paced = last > 1 and all(isinstance(step, At | Beside) for step in steps)

    @cache
    def best(k: int, i: int) -> float:
        """The sum of scores of steps k.. when the earlier ones end at sample i."""
        if k > last:
            return 0.0
        step = steps[k]
        if isinstance(step, At | Beside):
            if step.start:
                moments = range(min(end // 8, 2) + 1)
            elif k == last and not (isinstance(step, Beside) and step.relation in ("above", "below", "near")):
                moments = range(max(i, end - end // 8), end + 1)
            else:
                moments = _about(k / last, i, end) if paced else range(i, end + 1)
            return max(_moment(step, steps, k, scene, track, samples[j], samples[i]) + best(k + 1, j) for j in moments)
        stops = range(end, end + 1) if k == last else range(min(i + 1, end), end + 1)
        return max(_stretch(step, scene, track, samples[i : j + 1], drift) + best(k + 1, j) for j in stops)

    return _strict(best(0, 0), len(steps))


def _about(share: float, first: int, end: int) -> range:
    """Positions near a share of the way: stops that follow each other each take their part of the time."""
    low, high = math.ceil((share - _PACE) * end - 1e-9), math.floor((share + _PACE) * end + 1e-9)
    low = max(low, first)
    return range(low, min(max(high, low), end) + 1) if low <= end else range(end, end + 1)


def _strict(total: float, steps: int) -> float:
    """A mean in which one broken step breaks the whole."""
    return total / steps if total >= steps - (1 - KEPT) else min(0.75, total / steps)


def _moment(step: At | Beside, steps: tuple[Step, ...], k: int, scene: Scene, track: Track, j: int, before: int) -> float:  # noqa: PLR0913, PLR0917
    """Whether the track is there at sample j, and came a visible way if the step before was elsewhere."""
    if isinstance(step, Beside):
        others = [other for other in scene.players(step.other) if other.id != track.id]
        return max((related(step.relation, track, other, j) for other in others), default=0.0)
    score = at_place(step.place, track, j)
    if step.loose and score < KEPT:
        score = 0.85
    previous = steps[k - 1] if k else None
    if isinstance(previous, At):
        for axis, values in (("x", track.cx), ("y", track.cy)):
            old, new = getattr(previous.place, axis), getattr(step.place, axis)
            if old and new and old != new:
                sign = 1 if _RANK[new] > _RANK[old] else -1
                score = min(score, grade(sign * (values[j] - values[before]), 0.08 if "middle" in (old, new) else TRAVEL))
    return score


_RANK = {"left": 0, "top": 0, "middle": 1, "right": 2, "bottom": 2}


def _stretch(
    step: Step, scene: Scene, track: Track, samples: list[int], drift: tuple[tuple[float, float], ...] | None
) -> float:
    """How well one stretch of a track keeps a step that takes time."""
    a, b = samples[0], samples[-1]
    if isinstance(step, Go):
        return _gone(step, track, a, b, drift)
    if isinstance(step, Trace):
        return traced(step, scene, track, samples)
    if isinstance(step, Rest):
        last_step = samples[-1] == scene.tracks.n - 1 or samples[-1] == track.present[-1]
        tail = samples[-max(2, len(samples) // 3) :] if last_step else samples[: max(2, len(samples) // 3)]
        strays = max(abs(v[i] - v[tail[-1]]) for v in (track.cx, track.cy) for i in tail)
        return 1.0 if strays <= STILL else grade(STILL / strays, 1.0)
    if isinstance(step, Approach):
        others = [other for other in scene.players(step.other) if other.id != track.id]
        return max((_nearer(track, other, a, b, away=step.away) for other in others), default=0.0)
    return 0.0


def _gone(step: Go, track: Track, a: int, b: int, drift: tuple[tuple[float, float], ...] | None) -> float:
    if step.heading in ("towards", "away"):
        ratio = (track.boxes[b][2] * track.boxes[b][3]) / (track.boxes[a][2] * track.boxes[a][3])
        return grade(ratio if step.heading == "towards" else 1 / ratio, 1.3, 0.8)
    ux, uy = VECTORS[step.heading]
    dx, dy = track.cx[b] - track.cx[a], track.cy[b] - track.cy[a]
    score = _along(ux, uy, dx, dy)
    if drift is not None and score < KEPT:
        score = max(score, _along(ux, uy, dx - drift[b][0] + drift[a][0], dy - drift[b][1] + drift[a][1]))
    return score


def _along(ux: float, uy: float, dx: float, dy: float) -> float:
    if ux and uy:
        return min(grade(math.copysign(1, ux) * dx, TRAVEL * 0.6), grade(math.copysign(1, uy) * dy, TRAVEL * 0.6))
    along, across = ux * dx + uy * dy, abs(uy * dx) + abs(ux * dy)
    return min(grade(along, TRAVEL), 1.0 if along >= 0.6 * across else 0.5)


def _nearer(track: Track, other: Track, a: int, b: int, *, away: bool) -> float:
    before, after = (math.hypot(track.cx[k] - other.cx[k], track.cy[k] - other.cy[k]) for k in (a, b))
    if away:  # who is chased gets no farther from the chaser, but from where that one was
        after = max(after, math.hypot(track.cx[b] - other.cx[a], track.cy[b] - other.cy[a]))
    return grade(after - before if away else before - after, 0.08, -0.1)


def _followed(scene: Scene, track: Track) -> bool:
    """Whether the camera follows this track, so that it moves against the background rather than the frame."""
    return any(
        isinstance(promise, Camera)
        and promise.move == "follow"
        and (promise.thing is None or track.id in scene.cast.get(promise.thing, ()))
        for promise in scene.reading.promises
    )


def still(promise: Still, scene: Scene) -> Outcome:
    """Whether it stays where it is: in the picture; under a moving camera in the world; or on what bears it."""
    name = scene.name(promise.thing)
    window = scene.tracks.span(*promise.window.within(scene.tracks.dss.seconds))
    drift = scene.tracks.drift()
    still_, scale = ((0.0, 0.0),) * scene.tracks.n, scene.tracks.magnified()
    grows_ = any(isinstance(other, Grows) and other.thing == promise.thing for other in scene.reading.promises)

    def one(track: Track) -> Outcome:
        samples = [k for k in window if track.there[k]]
        if not samples:
            return Outcome(1.0, f"{track.id} is not there then.", (track.id,))
        borne = [other for name in bearers(scene.reading, promise.thing) for other in scene.players(name)]
        ways = [
            ([track.cx[k] - ground[k][0] for k in samples], [track.cy[k] - ground[k][1] for k in samples])
            for ground in (still_, drift, *(tuple(zip(other.cx, other.cy, strict=True)) for other in borne))
        ]
        ways.append(([(track.cx[k] - 0.5) / scale[k] for k in samples], [(track.cy[k] - 0.5) / scale[k] for k in samples]))
        if grows_:  # on its feet
            ways.append(([track.cx[k] for k in samples], [track.boxes[k][1] + track.boxes[k][3] for k in samples]))
        strays = min(max(max(v) - min(v) for v in way) for way in ways)
        if strays <= STILL:
            return Outcome(1.0, f"{track.id} stays still.", (track.id,), tuple(samples))
        return Outcome(
            grade(STILL / strays, 1.0),
            f"{track.id} shall stay still, but strays by {strays:.2f}: keep its box in one place.",
            (track.id,),
            tuple(samples),
        )

    return worst((one(track) for track in scene.players(promise.thing)), Outcome(0.0, f"{name} is not in the plan: add it."))


_ACROSS = 0.18
"""Frame widths that a way across the scenery leads to the side, at least."""


def moves(promise: Moves, scene: Scene) -> Outcome:
    """Whether it moves at all: over the picture, against the background, or towards the viewer."""
    name = scene.name(promise.thing)
    drift = scene.tracks.drift()
    runs_by = max(math.hypot(dx, dy) for dx, dy in drift)
    window = scene.tracks.span(*promise.window.within(scene.tracks.dss.seconds))

    def one(track: Track) -> Outcome:
        samples = [k for k in window if track.there[k]] or [0]
        if promise.across:
            aside = abs((track.cx[samples[-1]] - drift[samples[-1]][0]) - (track.cx[samples[0]] - drift[samples[0]][0]))
            if (score := grade(aside, _ACROSS)) < KEPT:
                feedback = f"{track.id} shall go across, but ends {aside:.2f} from its start: let it end on the other side."
                return Outcome(score, feedback, (track.id,), tuple(samples))
        way = max(max(v[k] for k in samples) - min(v[k] for k in samples) for v in (track.cx, track.cy))
        areas = [track.boxes[k][2] * track.boxes[k][3] for k in samples]
        score = grade(max(way, runs_by if runs_by > 0.1 else 0.0, math.log(max(areas) / min(areas)) / 4), 0.05)
        if score >= KEPT:
            return Outcome(1.0, f"{track.id} moves.", (track.id,), tuple(samples))
        return Outcome(score, f"{track.id} shall move, but stays in one place: give it a path.", (track.id,), tuple(samples))

    return worst((one(track) for track in scene.players(promise.thing)), Outcome(0.0, f"{name} is not in the plan: add it."))


def paced(promise: Paced, scene: Scene) -> Outcome:
    """Whether each player covers more of its way in the later half of its time under way, or in the earlier one."""
    name, more = scene.name(promise.thing), "faster" if promise.sign > 0 else "slower"
    players = scene.players(promise.thing)
    return worst(
        (_one_pace(promise, scene, track, more) for track in players),
        Outcome(0.0, f"{name} shall get {more} and is not in the plan: add it."),
    )


def _one_pace(promise: Paced, scene: Scene, track: Track, more: str) -> Outcome:
    window = scene.tracks.span(*promise.window.within(scene.tracks.dss.seconds))
    samples = [k for k in window if track.there[k]]
    boxes = [(track.cx[k], track.cy[k], track.boxes[k][3]) for k in samples]
    ways = [math.hypot(u - x, v - y) + abs(g - h) for (x, y, h), (u, v, g) in pairwise(boxes)]
    under_way = [k for k, way in enumerate(ways) if way > 1e-4]
    ways = ways[under_way[0] : under_way[-1] + 1] if under_way else []
    if len(ways) < 4 or sum(ways) < STILL:
        text = f"{track.id} shall get {more} on its way, but hardly moves: let it move."
        return Outcome(0.0, text, (track.id,), tuple(samples))
    half = len(ways) / 2
    early = sum(way * min(max(half - k, 0.0), 1.0) for k, way in enumerate(ways))
    late = sum(ways) - early
    ratio = (late / max(early, 1e-6)) ** promise.sign
    if ratio >= _CHANGE:
        return Outcome(1.0, f"{track.id} gets {more} as promised.", (track.id,), tuple(samples))
    part = "second" if promise.sign > 0 else "first"
    text = f"{track.id} shall get {more} on its way: let it cover most of it in the {part} half of its time."
    return Outcome(grade(ratio, _CHANGE), text, (track.id,), tuple(samples))


_CHANGE = 1.5
"""How many times more of its way a thing covers in one half of its time than in the other for one to see it."""


def grows(promise: Grows, scene: Scene) -> Outcome:
    """Whether its box grows or shrinks over the window."""
    word = "grow" if promise.sign > 0 else "shrink"
    window = scene.tracks.span(*promise.window.within(scene.tracks.dss.seconds))

    def one(track: Track) -> Outcome:
        samples = [k for k in window if track.there[k]] or [0]
        first, last = track.boxes[samples[0]], track.boxes[samples[-1]]
        ratio = (last[2] * last[3]) / (first[2] * first[3])
        score = grade(ratio if promise.sign > 0 else 1 / ratio, 1.3, 0.8)
        if score >= KEPT:
            return Outcome(1.0, f"{track.id} {word}s.", (track.id,), tuple(samples))
        return Outcome(
            score,
            f"{track.id} shall {word}, but its last box has {ratio:.2f} times the area of its first: let it {word}.",
            (track.id,),
            tuple(samples),
        )

    return worst(
        (one(track) for track in scene.players(promise.thing)),
        Outcome(0.0, f"{scene.name(promise.thing)} is not in the plan: add it."),
    )


def way_in_words(steps: tuple[Step, ...]) -> str:
    """A whole way in words, after "goes"."""
    first, *rest = steps
    if isinstance(first, At) and first.start and rest:
        return ", then ".join([f"from {place_name(first.place)} {step_words(rest[0])}", *map(step_words, rest[1:])])
    return ", then ".join(map(step_words, steps))


def step_words(step: Step) -> str:
    """A step in words, after "goes"."""
    if isinstance(step, At):
        return f"to {place_name(step.place)}"
    if isinstance(step, Go):
        return {"towards": "towards the viewer", "away": "away from the viewer"}.get(step.heading, step.heading)
    if isinstance(step, Beside):
        return f"to where it is {relation_name(step.relation)} the {step.other}"
    if isinstance(step, Trace):
        shape = {"circle": "in a circle", "eight": "in a figure eight", "up-down": "up and down", "bounce": "bouncing",
                 "side-to-side": "from side to side", "zigzag": "in a zigzag", "wander": "about"}[step.pattern]  # fmt: skip
        return shape + (f" around the {step.other}" if step.other else "")
    if isinstance(step, Approach):
        return f"{'away from' if step.away else 'towards'} the {step.other}"
    return "to a stop"
