"""How well tracks keep promises of motion: journeys, stillness, growth, speed, and motion about one another."""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise

from flowzero.agent.measures.scene import KEPT, Outcome, Scene, grade, worst
from flowzero.agent.measures.space import at_place, at_point, place_name, related, relation_name
from flowzero.agent.promises import (
    Approach,
    At,
    Beside,
    Camera,
    Carries,
    Compared,
    Follows,
    Go,
    Grows,
    Journey,
    Meets,
    Moves,
    Opposed,
    Ordered,
    Passes,
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
    wanted = "then ".join(f"{step_words(step)} " for step in promise.steps).strip()
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
    """The first stop on the way where it spends less than two fifths of the stop's even share of the time, if any."""
    last = len(steps) - 1
    if last < 2 or not all(isinstance(step, At) for step in steps):
        return None
    start, end = scene.tracks.times[samples[0]], scene.tracks.times[samples[-1]]
    for k in range(1, last):
        step = steps[k]
        assert isinstance(step, At)
        shares = [(k + offset / 8) / (last + 1) for offset in range(9)]
        held = 0
        for share in shares:
            x, y, w, h = track.object.values_at(start + (end - start) * share)
            held += at_point(step.place, x + w / 2, y + h / 2) >= KEPT
        if held < 0.4 * len(shares):
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
    return range(low, max(high, low) + 1) if low <= end else range(end, end + 1)


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
    gain = after - before if away else before - after
    return grade(gain, 0.08, -0.1)


def _followed(scene: Scene, track: Track) -> bool:
    """Whether the camera follows this track, so that it moves against the background rather than the frame."""
    return any(
        isinstance(promise, Camera)
        and promise.move == "follow"
        and (promise.thing is None or track.id in scene.cast.get(promise.thing, ()))
        for promise in scene.reading.promises
    )


def traced(step: Trace, scene: Scene, track: Track, samples: list[int]) -> float:
    """How well a stretch has the shape of a pattern."""
    xs, ys = [track.cx[i] for i in samples], [track.cy[i] for i in samples]
    if step.pattern == "circle":
        others = scene.players(step.other) if step.other else []
        centre = (
            (lambda i: (others[0].cx[i], others[0].cy[i]))
            if others and others[0].id != track.id
            else (lambda i: (sum(xs) / len(xs), sum(ys) / len(ys)))
        )
        return min(
            grade(_winding(track, samples, centre), math.radians(250)), grade(min(max(xs) - min(xs), max(ys) - min(ys)), 0.08)
        )
    if step.pattern == "wander":
        return grade(sum(math.hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(zip(xs, ys, strict=True))), 0.1)
    need = {"up-down": 2, "side-to-side": 2, "bounce": 2, "zigzag": 3}[step.pattern]
    across, upright = runs(xs), runs(ys)
    if step.pattern == "side-to-side":
        return grade(across, need)
    if step.pattern in ("up-down", "bounce"):
        return grade(upright, need)
    return grade(max(across, upright), need)


def runs(values: list[float], least: float = 0.045) -> int:
    """How many stretches up or down by at least `least` the values go through."""
    count = direction = 0
    low = high = extreme = values[0]
    for value in values[1:]:
        low, high = min(low, value), max(high, value)
        if direction == 0:
            direction = 1 if value - low >= least else -1 if high - value >= least else 0
            count, extreme = abs(direction), value
        elif (value - extreme) * direction > 0:
            extreme = value
        elif (extreme - value) * direction >= least:
            count, direction, extreme = count + 1, -direction, value
    return count


def _winding(track: Track, samples: list[int], centre: object) -> float:
    """The angle that the track turns about a centre, in radians."""
    total = 0.0
    angles = []
    for i in samples:
        x, y = centre(i)  # type: ignore[operator]
        angles.append(math.atan2(track.cy[i] - y, track.cx[i] - x))
    for a, b in pairwise(angles):
        total += (b - a + math.pi) % (2 * math.pi) - math.pi
    return abs(total)


def still(promise: Still, scene: Scene) -> Outcome:
    """Whether it stays where it is, in the picture or, under a moving camera, in the world."""
    name = scene.name(promise.thing)
    window = scene.tracks.span(*promise.window.within(scene.tracks.dss.seconds))
    drift = scene.tracks.drift()

    def one(track: Track) -> Outcome:
        samples = [k for k in window if track.there[k]]
        if not samples:
            return Outcome(1.0, f"{track.id} is not there then.", (track.id,))
        strays = min(
            max(
                max(v) - min(v)
                for v in ([track.cx[k] - s * drift[k][0] for k in samples], [track.cy[k] - s * drift[k][1] for k in samples])
            )
            for s in (0, 1)
        )
        if strays <= STILL:
            return Outcome(1.0, f"{track.id} stays still.", (track.id,), tuple(samples))
        return Outcome(
            grade(STILL / strays, 1.0),
            f"{track.id} shall stay still, but strays by {strays:.2f}: keep its box in one place.",
            (track.id,),
            tuple(samples),
        )

    return worst((one(track) for track in scene.players(promise.thing)), Outcome(0.0, f"{name} is not in the plan: add it."))


def moves(promise: Moves, scene: Scene) -> Outcome:
    """Whether it moves at all: over the picture, against the background, or towards the viewer."""
    name = scene.name(promise.thing)
    drift = scene.tracks.drift()
    runs_by = max(math.hypot(dx, dy) for dx, dy in drift)
    window = scene.tracks.span(*promise.window.within(scene.tracks.dss.seconds))

    def one(track: Track) -> Outcome:
        samples = [k for k in window if track.there[k]] or [0]
        way = max(max(v[k] for k in samples) - min(v[k] for k in samples) for v in (track.cx, track.cy))
        areas = [track.boxes[k][2] * track.boxes[k][3] for k in samples]
        score = grade(max(way, runs_by if runs_by > 0.1 else 0.0, math.log(max(areas) / min(areas)) / 4), 0.05)
        if score >= KEPT:
            return Outcome(1.0, f"{track.id} moves.", (track.id,), tuple(samples))
        return Outcome(score, f"{track.id} shall move, but stays in one place: give it a path.", (track.id,), tuple(samples))

    return worst((one(track) for track in scene.players(promise.thing)), Outcome(0.0, f"{name} is not in the plan: add it."))


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


def compared(promise: Compared, scene: Scene) -> Outcome:
    """Whether one is larger, faster or alike."""
    ours, theirs = scene.players(promise.thing), scene.players(promise.other)
    a, b = scene.name(promise.thing), scene.name(promise.other)
    if not ours or not theirs:
        return Outcome(0.0, f"{a} and {b} shall be compared, but one is not in the plan: add it.")
    values = [
        sum(track.size if promise.aspect == "size" else speed(track, scene) for track in tracks) / len(tracks)
        for tracks in (ours, theirs)
    ]
    ids = tuple(track.id for track in (*ours, *theirs))
    ratio = (values[0] + 1e-3) / (values[1] + 1e-3)
    if promise.sign == 0:
        score = 1.0 if 0.75 <= ratio <= 1.34 else 0.4
        word = "as large as" if promise.aspect == "size" else "as fast as"
    else:
        score = grade(ratio if promise.sign > 0 else 1 / ratio, 1.1 if promise.aspect == "size" else 1.15)
        word = {
            ("size", 1): "larger than",
            ("size", -1): "smaller than",
            ("speed", 1): "faster than",
            ("speed", -1): "slower than",
        }[(promise.aspect, promise.sign)]
    if score >= KEPT:
        return Outcome(1.0, f"{a} is {word} {b}.", ids)
    return Outcome(score, f"{a} shall be {word} {b}, but has {ratio:.2f} times its {promise.aspect}: change one of them.", ids)


def speed(track: Track, scene: Scene) -> float:
    """Frame sizes a video length, while it moves."""
    moving = sum(
        1 for a, b in pairwise(track.present) if math.hypot(track.cx[b] - track.cx[a], track.cy[b] - track.cy[a]) > 0.002
    )
    return track.length * (scene.tracks.n - 1) / moving if moving else 0.0


def follows(promise: Follows, scene: Scene) -> Outcome:
    """Whether it comes behind the other, going the same way."""
    ours, theirs = scene.players(promise.thing), scene.players(promise.other)
    a, b = scene.name(promise.thing), scene.name(promise.other)
    if not ours or not theirs:
        return Outcome(0.0, f"{a} shall follow {b}, but one is not in the plan: add it.")
    ids = tuple(track.id for track in (*ours, *theirs))
    outcomes = []
    for track in ours:
        leader = theirs[0]
        common = [k for k in track.present if leader.there[k]] or [0]
        first, last = common[0], common[-1]
        dx, dy = leader.cx[last] - leader.cx[first], leader.cy[last] - leader.cy[first]
        length = math.hypot(dx, dy)
        if length < 0.08:
            outcomes.append(Outcome(0.2, f"{a} shall follow {b}, but {b} does not move: let both move, {a} behind.", ids))
            continue
        ux, uy = dx / length, dy / length
        behind = sum((leader.cx[k] - track.cx[k]) * ux + (leader.cy[k] - track.cy[k]) * uy > 0.02 for k in common) / len(common)
        way = (track.cx[last] - track.cx[first]) * ux + (track.cy[last] - track.cy[first]) * uy
        score = min(grade(behind, 0.7), grade(way, 0.06))
        text = f"{a} follows {b}." if score >= KEPT else f"{a} shall follow {b}: let both move the same way with {a} behind."
        outcomes.append(Outcome(score, text, ids, tuple(common)))
    return worst(outcomes, outcomes[0])


def passes(promise: Passes, scene: Scene) -> Outcome:
    """Whether it begins on one side of the other and ends on the opposite one."""
    ours, theirs = scene.players(promise.thing), scene.players(promise.other)
    a, b = scene.name(promise.thing), scene.name(promise.other)
    if not ours or not theirs:
        return Outcome(0.0, f"{a} shall pass {b}, but one is not in the plan: add it.")
    outcomes = []
    if promise.thing == promise.other:
        ours, theirs = ours[:1], theirs[1:]
        if not theirs:
            return Outcome(0.0, f"{a} shall pass another of its kind, and there is only one: add it.")
    for track in ours:
        other = theirs[0]
        common = [k for k in track.present if other.there[k]] or [0]
        first, last = common[0], common[-1]
        changes = [
            (values[first] - others[first], values[last] - others[last])
            for values, others in ((track.cx, other.cx), (track.cy, other.cy))
        ]
        kept = any(before * after < 0 and min(abs(before), abs(after)) > 0.03 for before, after in changes)
        away = max(abs(after - before) for before, after in changes)
        ids = (track.id, other.id)
        if kept:
            outcomes.append(Outcome(1.0, f"{track.id} passes {other.id}.", ids, tuple(common)))
        else:
            outcomes.append(
                Outcome(
                    min(0.6, away),
                    f"{track.id} shall pass {other.id}: start it on one side and end it on the other.",
                    ids,
                    tuple(common),
                )
            )
    return worst(outcomes, outcomes[0])


def meets(promise: Meets, scene: Scene) -> Outcome:
    """Whether two come together, or part."""
    ours, theirs = scene.players(promise.thing), scene.players(promise.other)
    a, b = scene.name(promise.thing), scene.name(promise.other)
    pair = (ours[0], theirs[0]) if ours and theirs else ()
    if len(ours) > 1 and promise.thing == promise.other:
        pair = (ours[0], ours[1])
    if not pair or pair[0].id == pair[1].id:
        return Outcome(0.0, f"{a} and {b} shall meet, but one is not in the plan: add it.")
    one, two = pair
    common = [k for k in one.present if two.there[k]] or [0]
    gaps = [_gap(one, two, k) for k in common]
    near = gaps[0] if promise.apart else min(gaps)
    far = max(gaps) if promise.apart else gaps[0]
    score = min(grade(far - near, 0.06), 1.0 if near <= 0.15 else 0.5)
    word = "part" if promise.apart else "come together"
    if score >= KEPT:
        return Outcome(1.0, f"{one.id} and {two.id} {word}.", (one.id, two.id), tuple(common))
    return Outcome(score, f"{one.id} and {two.id} shall {word}: let their paths do so.", (one.id, two.id), tuple(common))


def _gap(a: Track, b: Track, k: int) -> float:
    ax, ay, aw, ah = a.boxes[k]
    bx, by, bw, bh = b.boxes[k]
    return math.hypot(max(0.0, bx - ax - aw, ax - bx - bw), max(0.0, by - ay - ah, ay - by - bh))


def opposed(promise: Opposed, scene: Scene) -> Outcome:
    """Whether two go opposite ways."""
    ours, theirs = scene.players(promise.thing), scene.players(promise.other)
    pair = (
        (ours[0], ours[1])
        if promise.thing == promise.other and len(ours) > 1
        else (ours[0], theirs[0])
        if ours and theirs
        else ()
    )
    if not pair or pair[0].id == pair[1].id:
        return Outcome(
            0.0, f"two shall move in opposite directions, but {scene.name(promise.thing)} is not there twice: add it."
        )
    ways = []
    for track in pair:
        at = track.present or (0,)
        ways.append((track.cx[at[-1]] - track.cx[at[0]], track.cy[at[-1]] - track.cy[at[0]]))
    lengths = [math.hypot(*way) for way in ways]
    cosine = sum(a * b for a, b in zip(*ways, strict=True)) / max(lengths[0] * lengths[1], 1e-9)
    score = min(grade(min(lengths), 0.08), 1.0 if cosine < -0.5 else 0.3)
    ids = (pair[0].id, pair[1].id)
    if score >= KEPT:
        return Outcome(1.0, f"{ids[0]} and {ids[1]} go opposite ways.", ids)
    return Outcome(score, f"{ids[0]} and {ids[1]} shall go opposite ways: turn one of them round.", ids)


def carries(promise: Carries, scene: Scene) -> Outcome:
    """Whether the two keep together."""
    ours, theirs = scene.players(promise.thing), scene.players(promise.other)
    a, b = scene.name(promise.thing), scene.name(promise.other)
    if not ours or not theirs:
        return Outcome(0.0, f"{a} and {b} shall keep together, but one is not in the plan: add it.")
    track, other = ours[0], theirs[0]
    common = [k for k in track.present if other.there[k]] or [0]
    dx, dy = [track.cx[k] - other.cx[k] for k in common], [track.cy[k] - other.cy[k] for k in common]
    strays = max(max(dx) - min(dx), max(dy) - min(dy))
    gap = max(_gap(track, other, k) for k in common)
    score = min(1.0 if strays <= 0.15 else grade(0.15 / strays, 1.0), 1.0 if gap <= 0.08 else grade(0.08 / gap, 1.0))
    ids = (track.id, other.id)
    if score >= KEPT:
        return Outcome(1.0, f"{track.id} keeps with {other.id}.", ids, tuple(common))
    return Outcome(score, f"{track.id} shall keep with {other.id}, touching it: give both the same motion.", ids, tuple(common))


def ordered(promise: Ordered, scene: Scene) -> Outcome:
    """Whether what the first does comes before what the second does, by the middle of their changes."""
    ours, theirs = scene.players(promise.first), scene.players(promise.second)
    a, b = scene.name(promise.first), scene.name(promise.second)
    if not ours or not theirs:
        return Outcome(0.0, f"{a} shall come before {b}, but one is not in the plan: add it.")
    first, second = _centroid(ours[0], scene), _centroid(theirs[0], scene)
    ids = (ours[0].id, theirs[0].id)
    if first is None or second is None or second - first >= 0.05:
        return Outcome(1.0, f"{a} comes before {b}.", ids)
    return Outcome(0.3, f"{a} shall come before {b}: let {a} move or appear earlier, or {b} later.", ids)


def _centroid(track: Track, scene: Scene) -> float | None:
    """The mean time of a track's motion, appearing and turning into something; None if nothing happens to it."""
    times = scene.tracks.middles
    total = weighed = 0.0
    for a, b in pairwise(track.present):
        step = math.hypot(track.cx[b] - track.cx[a], track.cy[b] - track.cy[a])
        step += abs(math.sqrt(track.boxes[b][2] * track.boxes[b][3]) - math.sqrt(track.boxes[a][2] * track.boxes[a][3]))
        total, weighed = total + step, weighed + step * (times[a] + times[b]) / 2
    starts = [span.start for span in track.object.visible if span.start > 0] + [state.start for state in track.object.states]
    total, weighed = total + 0.3 * len(starts), weighed + 0.3 * sum(starts)
    return weighed / total if total > 0.05 else None


def step_words(step: Step) -> str:
    """A step in words, after "goes"."""
    if isinstance(step, At):
        return f"to {place_name(step.place)}"
    if isinstance(step, Go):
        return {"towards": "towards the viewer", "away": "away from the viewer"}.get(step.heading, step.heading)
    if isinstance(step, Beside):
        return f"to where it is {relation_name(step.relation)} the {step.other}"
    if isinstance(step, Trace):
        shape = {"circle": "in a circle", "up-down": "up and down", "side-to-side": "from side to side", "bounce": "bouncing",
                 "zigzag": "in a zigzag", "wander": "about"}[step.pattern]  # fmt: skip
        return shape + (f" around the {step.other}" if step.other else "")
    if isinstance(step, Approach):
        return f"{'away from' if step.away else 'towards'} the {step.other}"
    return "to a stop"
