"""What a revision may touch: what the instruction named, and nothing else.

An instruction outranks the prompt. Promises that it overrules are no longer asked for, and the fixer, when it mends what a
revision broke, leaves alone whatever the instruction did not name.
"""

from __future__ import annotations

from collections.abc import Iterable

from flowzero.agent.casting import head_of
from flowzero.agent.constraints import broken, measure
from flowzero.agent.edits import AddObject, Edit, ReplaceObject, diff
from flowzero.agent.promises import Promise, Reading
from flowzero.agent.revising import amend
from flowzero.dss import DSS

_FIELDS = {
    "set_setting": "setting",
    "set_scenes": "scenes",
    "set_background": "background",
    "set_timing": "timing",
    "set_prompt": "prompt",
    "reorder": "order",
}


def scope(before: DSS, after: DSS) -> tuple[str, ...]:
    """What differs: ids of objects, and names of the plan's own fields."""
    return tuple(dict.fromkeys(name for edit in diff(before, after) for name in touches(edit)))


def touches(edit: Edit) -> tuple[str, ...]:
    """The ids or the field that an edit changes."""
    if edit.op in _FIELDS:
        return (_FIELDS[edit.op],)
    ids = [getattr(edit, "id", None), edit.object.id if isinstance(edit, AddObject | ReplaceObject) else None]
    return tuple(dict.fromkeys(name for name in ids if name is not None))


def within(edits: Iterable[Edit], allowed: tuple[str, ...] | None) -> tuple[Edit, ...]:
    """The edits that keep to the scope; all of them where there is none."""
    return tuple(edit for edit in edits if allowed is None or set(touches(edit)) <= set(allowed))


def overruled(reading: Reading, instruction: str, before: DSS, after: DSS) -> tuple[str, ...]:
    """What an instruction has overruled: promises that held before and no longer do, and checks that it makes fail."""
    owed = amend(reading, instruction, before, after)
    lost = tuple(_key(promise) for promise in reading.promises if promise not in owed.promises)
    return (*lost, *_excused(owed, before, after))


_EXCUSED = ("ground", "constancy", "overlap", "teleporting", "framing")
"""What an instruction may want as it is: in the air, growing, before something else, moving in steps, tiny or at the edge."""


def _excused(reading: Reading, before: DSS, after: DSS) -> tuple[str, ...]:
    """Checks of plausibility that fail only because of where an instruction put what was there before, as check:object."""
    ways = {item.id: (item.path, item.motion) for item in before.objects}
    moved = {item.id for item in after.objects if ways.get(item.id, (item.path, item.motion)) != (item.path, item.motion)}
    failing = [finding for finding in measure(reading, after) if finding.constraint in _EXCUSED and broken(finding)]
    held = {finding.constraint for finding in measure(reading, before) if not broken(finding)}
    found = [finding for finding in failing if not finding.promised and finding.constraint in held and moved & set(finding.ids)]
    return tuple(f"{finding.constraint}:{item_id}" for finding in found for item_id in finding.ids)


def granted(before: DSS, after: DSS) -> tuple[str, ...]:
    """Ids of the objects that an instruction added or gave another name."""
    phrases = {item.id: item.phrase for item in before.objects}
    return tuple(item.id for item in after.objects if item.phrase != phrases.get(item.id))


def owed(reading: Reading, overruled: tuple[str, ...], granted: tuple[str, ...], dss: DSS) -> Reading:
    """What a plan owes after revisions: no promise that they overruled, and nothing is unasked that they brought in."""
    heads = [head_of(item.phrase) for item in dss.objects if item.id in granted]
    promises = tuple(promise for promise in reading.promises if _key(promise) not in overruled)
    excused = tuple(name for name in overruled if not name.startswith("{"))
    return reading.model_copy(update={"promises": promises, "prompt": " ".join([reading.prompt, *heads]), "excused": excused})


def _key(promise: Promise) -> str:
    return promise.model_dump_json()
