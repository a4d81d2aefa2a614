// What the page knows and shows, in one place; whoever changes it calls `update`, and the page is drawn anew.

import { applyEdits, frameCount } from "./dss.js";

const listeners = new Set();
let drawing = false;

export const state = {
  door: null, // how the server is reached
  page: null, // the version that is shown, as the server told it
  pending: [], // edits that the server has not confirmed yet
  trial: [], // edits of a drag that goes on
  plans: [],
  renders: [],
  frame: 0,
  playing: false,
  selected: null, // { kind: object | scene | background, id or index, key }
  finding: null, // index of the finding that is pinned down
  wholePath: false, // whether dragging moves an object at all times
  panel: "talk", // which panel is shown where there is room for one
  side: "details",
  view: "plan", // plan or video
  job: null, // the render that is watched
  starting: false,
  busy: "", // what the planner does now
  asked: "", // what it was asked
  error: "",
  said: "", // for those who listen rather than look
};

/** Change the state and draw the page before the next frame. */
export function update(changes) {
  Object.assign(state, changes);
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    for (const listener of listeners) listener();
  });
}

export function onUpdate(listener) {
  listeners.add(listener);
}

/** The plan as the person at the page sees it: with what was not confirmed yet. */
export function shownPlan() {
  if (!state.page) return null;
  return state.pending.length || state.trial.length
    ? applyEdits(state.page.dss, [...state.pending, ...state.trial])
    : state.page.dss;
}

export function selectedObject(dss = shownPlan()) {
  return state.selected?.kind === "object" ? dss?.objects.find((one) => one.id === state.selected.id) : undefined;
}

export function select(selected) {
  update(selected ? { selected, side: "details", panel: "details" } : { selected });
}

export function toFrame(frame) {
  const n = frameCount(shownPlan());
  update({ frame: Math.min(n - 1, Math.max(0, frame)) });
}

export function say(text) {
  update({ said: text });
}
