"""Promises as short lines, so that tests can say what they expect in a table."""

from __future__ import annotations

from typing import Any

from flowzero.agent.promises import Place, Promise, Reading, Step, Window


def told(reading: Reading) -> set[str]:
    """Every promise of a reading as a line."""
    return {line(promise) for promise in reading.promises}


def line(promise: Promise) -> str:
    """One promise as a line: its kind, whom it is about, and what it says."""
    p: Any = promise
    when = _window(getattr(p, "window", None))
    lines = {
        "count": lambda: f"count {'' if p.exact else '>='}{p.n} {p.noun}",
        "attribute": lambda: f"looks {p.thing} {' '.join(p.words)}",
        "journey": lambda: (
            f"{p.thing}: {' > '.join(_step(step) for step in p.steps)}{when}{'' if p.manner == 'any' else ' ' + p.manner}"
        ),
        "position": lambda: f"{p.thing} at {_place(p.place)}{when}",
        "relation": lambda: f"{p.thing} {p.relation} {p.other}{' ' + p.second if p.second else ''}{when}",
        "still": lambda: f"{p.thing} still{when}",
        "moves": lambda: f"{p.thing} moves{'' if p.firm else ' maybe'}{when}",
        "appearance": lambda: f"{p.thing} seen{' from' * p.start}{' until' * p.end}{' sometime' if p.loose else when}",
        "change": lambda: f"{p.thing} turns {' '.join(p.after)}{' from ' + ' '.join(p.before) if p.before else ''}{when}",
        "growth": lambda: f"{p.thing} {'grows' if p.sign > 0 else 'shrinks'}{when}",
        "pacing": lambda: f"{p.thing} {'faster' if p.sign > 0 else 'slower'} on its way",
        "size": lambda: f"{p.thing} {'large' if p.sign > 0 else 'small'}",
        "comparison": lambda: f"{p.thing} {p.aspect}{ {1: '>', 0: '=', -1: '<'}[p.sign] }{p.other}",
        "following": lambda: f"{p.thing} follows {p.other}",
        "passing": lambda: f"{p.thing} passes {p.other}",
        "meeting": lambda: f"{p.thing} {'parts' if p.apart else 'meets'} {p.other}",
        "opposition": lambda: f"{p.thing} against {p.other}",
        "carrying": lambda: f"{p.thing} with {p.other}",
        "sequence": lambda: f"{p.first} before {p.second}",
        "camera": lambda: f"camera {p.move}{' ' + (p.heading or '') if p.heading else ''}{_camera(p)}{when}",
        "setting": lambda: f"setting {p.text}",
    }
    return lines[promise.kind]()


def _camera(p: Any) -> str:
    if p.move == "follow":
        return f" {p.thing}"
    return {"zoom": {1: " in", -1: " out"}, "roll": {1: " clockwise", -1: " back"}}.get(p.move, {}).get(p.sign, "")


def _step(step: Step) -> str:
    s: Any = step
    start = "from " if getattr(step, "start", False) else ""
    if step.kind == "at":
        return f"{start}at {_place(step.place)}"
    if step.kind == "beside":
        return f"{start}{step.relation} {step.other}"
    if step.kind == "approach":
        return f"{'away from' if step.away else 'to'} {step.other}"
    if step.kind == "trace":
        return step.pattern + (f" about {step.other}" if step.other else "")
    return s.heading if step.kind == "go" else "rest"


def _place(place: Place) -> str:
    return ("off " if place.off else "") + (" ".join(part for part in (place.y, place.x) if part))


def _window(window: Window | None) -> str:
    if window is None or window.whole:
        return ""
    unit = "s" if window.unit == "seconds" else ""
    end = "end" if window.end > 1000 else f"{window.end:.3g}{unit}"
    return f" [{window.start:.3g}{unit}..{end}]"
