// The Dynamic Scene Syntax in the browser: what is where in each frame, and edits as the server makes them.
// It computes what flowzero/dss.py computes, so that dragging needs no round trip; a test compares the two.

const DIAGONAL = Math.SQRT1_2;
const VECTORS = {
  left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1],
  "up-left": [-DIAGONAL, -DIAGONAL], "up-right": [DIAGONAL, -DIAGONAL],
  "down-left": [-DIAGONAL, DIAGONAL], "down-right": [DIAGONAL, DIAGONAL],
};

/** How many frames a plan has; halves are rounded to the even number, as Python does. */
export function frameCount(dss) {
  const exact = dss.seconds * dss.fps, floor = Math.floor(exact);
  return exact - floor === 0.5 ? floor + (floor % 2) : Math.round(exact);
}

/** The time, in 0..1, at which frame i of n shows boxes; keyframes set on a frame stand there. */
export function timeOf(i, n) {
  return n > 1 ? i / (n - 1) : 0;
}

/** The frame whose boxes are nearest to a time. */
export function frameAt(t, n) {
  return Math.min(n - 1, Math.max(0, Math.round(t * (n - 1))));
}

/** An object's box at a time. */
export function boxAt(object, t) {
  const { path, motion } = object;
  let after = path.findIndex((key) => key.t > t);
  if (after < 0) after = path.length;
  if (motion === "step" || after === 0 || after === path.length) return path[Math.max(after - 1, 0)].box;
  const box = {};
  for (const side of ["x", "y", "w", "h"]) box[side] = interpolate(motion, path, side, after, t);
  return box;
}

function interpolate(motion, path, side, after, t) {
  const from = path[after - 1], to = path[after];
  const a = from.box[side], b = to.box[side], span = to.t - from.t, u = (t - from.t) / span;
  if (motion === "linear") return a + (b - a) * u;
  const m0 = slope(path, side, after - 1) * span, m1 = slope(path, side, after) * span;
  return (2 * u ** 3 - 3 * u ** 2 + 1) * a + (u ** 3 - 2 * u ** 2 + u) * m0 + (3 * u ** 2 - 2 * u ** 3) * b + (u ** 3 - u ** 2) * m1;
}

function slope(path, side, k) {
  if (k === 0 || k === path.length - 1) return 0;
  const left = (path[k].box[side] - path[k - 1].box[side]) / (path[k].t - path[k - 1].t);
  const right = (path[k + 1].box[side] - path[k].box[side]) / (path[k + 1].t - path[k].t);
  return left * right > 0 ? (2 * left * right) / (left + right) : 0;
}

function visibleAt(object, t) {
  return object.visible.some((span) => (span.start <= t && t < span.end) || (t === 1 && span.end === 1));
}

function phraseAt(object, t) {
  return object.states.filter((state) => state.start <= t).at(-1)?.phrase ?? object.phrase;
}

/** The last of the items that has started at a time. */
export function lastStarted(items, t) {
  return items.filter((item) => item.start <= t).at(-1) ?? items[0];
}

function heading(direction, seconds) {
  if (direction === "none") return [0, 0];
  if (direction !== "random") return VECTORS[direction];
  const turn = Math.sin(2.1 * seconds) + Math.sin(3.7 * seconds + 1) + Math.sin(1.3 * seconds + 4);
  return [Math.cos(2 * turn), Math.sin(2 * turn)];
}

/** Frame i of the plan, with boxes, words, and how far the background has moved. */
export function frameOf(dss, i) {
  const n = frameCount(dss), t = (i + 0.5) / n, at = timeOf(i, n);
  return {
    index: i,
    description: lastStarted(dss.scenes, t).description,
    background: backgroundAt(dss, i, n),
    objects: dss.objects.filter((object) => visibleAt(object, t)).map((object) => (
      { id: object.id, phrase: phraseAt(object, t), depth: object.depth, box: boxAt(object, at) }
    )),
  };
}

function backgroundAt(dss, i, n) {
  const dt = dss.seconds / n;
  const sum = { dx: 0, dy: 0, scale: 1, angle: 0 };
  for (let k = 0; k < i; k++) {
    const part = lastStarted(dss.background, (k + 0.5) / n);
    const [ux, uy] = heading(part.direction, (k + 0.5) * dt);
    sum.dx += ux * part.speed * dt;
    sum.dy += uy * part.speed * dt;
    sum.scale *= 2 ** (part.zoom * dt);
    sum.angle += 90 * part.roll * dt;
  }
  return sum;
}

/** A path with a keyframe at time t put in, or replaced if there is one. */
export function withKey(path, t, box) {
  const near = (key) => Math.abs(key.t - t) < 1e-6;
  const key = { t: path.find(near)?.t ?? tidy(t), box: tidyBox(box) };
  return [...path.filter((other) => !near(other)), key].sort((a, b) => a.t - b.t);
}

/** A box with the digits that a hand can mean, within what a plan may hold. */
export function tidyBox({ x, y, w, h }) {
  return { x: tidy(clamp(x, -4, 5)), y: tidy(clamp(y, -4, 5)), w: tidy(clamp(w, 0.01, 2)), h: tidy(clamp(h, 0.01, 2)) };
}

export function tidy(value) {
  return Math.round(value * 1e4) / 1e4;
}

export function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

const OBJECT_FIELDS = {
  set_path: "path", set_phrase: "phrase", set_states: "states", set_visible: "visible", set_depth: "depth", set_motion: "motion",
};
const PLAN_FIELDS = { set_setting: "setting", set_scenes: "scenes", set_background: "background" };

/** The plan after edits, until the server says so; it knows the operations that this page sends. */
export function applyEdits(dss, edits) {
  return edits.reduce(applyEdit, dss);
}

function applyEdit(dss, edit) {
  const objects = (change) => ({ ...dss, objects: dss.objects.map((one) => (one.id === edit.id ? change(one) : one)) });
  if (edit.op in OBJECT_FIELDS) return objects((one) => ({ ...one, [OBJECT_FIELDS[edit.op]]: edit[OBJECT_FIELDS[edit.op]] }));
  if (edit.op in PLAN_FIELDS) return { ...dss, [PLAN_FIELDS[edit.op]]: edit[PLAN_FIELDS[edit.op]] };
  if (edit.op === "move") return objects((one) => ({ ...one, path: one.path.map((key) => shifted(key, edit)) }));
  if (edit.op === "set_timing") return { ...dss, seconds: edit.seconds ?? dss.seconds, fps: edit.fps ?? dss.fps };
  if (edit.op === "remove_object") return { ...dss, objects: dss.objects.filter((one) => one.id !== edit.id) };
  if (edit.op === "add_object") return { ...dss, objects: [...dss.objects, { ...NEW_OBJECT, ...edit.object }] };
  throw new Error(`no such edit: ${edit.op}`);
}

const NEW_OBJECT = { depth: 0, motion: "linear", visible: [{ start: 0, end: 1 }], states: [] };

function shifted(key, { dx = 0, dy = 0 }) {
  return { t: key.t, box: { ...key.box, x: key.box.x + dx, y: key.box.y + dy } };
}
