// What a person can do, as calls through the door. One call that changes a plan runs at a time; edits wait their turn together.

import { frameCount } from "./dss.js";
import { say, state, update } from "./state.js";

const SETTLE = 450; // milliseconds after the last key press before its edits are sent
const POLL = 350;

let timer = 0;
let sending = null;
let stopper = null;

/** Show a version as the server told it. */
function show(page, changes = {}) {
  const other = page.plan_id !== state.page?.plan_id;
  const n = frameCount(page.dss);
  const selected = state.selected?.kind === "object" && !page.dss.objects.some((one) => one.id === state.selected.id)
    ? null : state.selected;
  update({
    page, selected: other ? null : selected, finding: null,
    frame: other ? 0 : Math.min(state.frame, n - 1), view: other ? "plan" : state.view, error: "", ...changes,
  });
  if (state.door.kind === "server") history.replaceState(null, "", `#${page.plan_id}`);
  document.title = `${page.dss.prompt || page.plan_id} · FlowZero`;
}

/** Edit the plan: shown at once, sent when the edits before are through; `later` waits for more of the same. */
export function edit(edits, { later = false } = {}) {
  if (state.busy) {
    update({ trial: [], error: "The planner is at work: wait for it, or stop it." });
    return;
  }
  const merged = merge(state.pending, edits);
  update({ pending: merged, trial: [] });
  clearTimeout(timer);
  timer = setTimeout(send, later ? SETTLE : 0);
}

/** A later edit of the same thing replaces the earlier one, so that ten key presses make one version. */
function merge(before, edits) {
  const result = [...before];
  for (const one of edits) {
    const last = result.at(-1);
    const same = last && last.op === one.op && last.id === one.id && !["move", "add_object"].includes(one.op) && !last.sent;
    if (same) result[result.length - 1] = one;
    else if (last && !last.sent && last.op === "move" && one.op === "move" && last.id === one.id) {
      result[result.length - 1] = { ...one, dx: (last.dx ?? 0) + (one.dx ?? 0), dy: (last.dy ?? 0) + (one.dy ?? 0) };
    } else result.push(one);
  }
  return result;
}

async function send() {
  if (sending || !state.pending.length) return sending;
  const edits = state.pending;
  for (const one of edits) Object.defineProperty(one, "sent", { value: true, configurable: true });
  sending = state.door.edit(state.page.plan_id, edits, state.page.version);
  try {
    const page = await sending;
    const left = state.pending.slice(edits.length);
    show(page, { pending: left });
    say(`Version ${page.version}. ${page.changes.join(" ")} Confidence ${percent(page.confidence)}.`);
  } catch (error) {
    update({ pending: [], trial: [], error: error.message });
  } finally {
    sending = null;
  }
  if (state.pending.length) send();
}

function percent(value) {
  return `${Math.round(value * 100)} percent`;
}

/** Wait until every edit is through. */
async function settled() {
  clearTimeout(timer);
  while (state.pending.length || sending) await send();
}

/** A call that the planner needs time for: shows what it does, and can be stopped. */
async function planning(asked, call) {
  if (state.busy) return;
  update({ busy: "Planning", asked, error: "" });
  stopper = new AbortController();
  try {
    await settled();
    const page = await call((event) => update({ busy: event }), stopper.signal);
    show(page);
    say(`Version ${page.version}. Confidence ${percent(page.confidence)}.`);
    refreshPlans();
    return true;
  } catch (error) {
    update({ error: error.name === "AbortError" ? "" : error.message });
    return false;
  } finally {
    update({ busy: "", asked: "" });
  }
}

export function stopPlanning() {
  stopper?.abort();
}

export const plan = (prompt, options) => planning(prompt, (tell, signal) => state.door.plan(prompt, options, tell, signal));

export const revise = (instruction) => planning(instruction, (tell, signal) => (
  state.door.revise(state.page.plan_id, instruction, state.page.version, tell, signal)
));

export const mend = () => planning("Mend what is broken", (tell, signal) => (
  state.door.mend(state.page.plan_id, state.page.version, tell, signal)
));

/** Run a short call; its fault is shown. */
async function attempt(call) {
  try {
    await settled();
    return await call();
  } catch (error) {
    update({ error: error.message });
  }
}

export const openPlan = (id, version) => attempt(async () => {
  show(await state.door.look(id, version));
  findRender();
});

/** What was rendered of the shown plan is at hand: a render that goes on is followed, a video can be looked at. */
async function findRender() {
  if (!finished(state.job) || state.job?.plan_id === state.page.plan_id) return;
  const own = state.renders.filter((job) => job.plan_id === state.page.plan_id);
  const running = own.find((job) => !finished(job)), made = own.filter((job) => job.state === "succeeded");
  const job = made.find((one) => one.version === state.page.version) ?? made[0];
  if (running) watch(running);
  else if (job && state.door.kind === "server") update({ job: { ...job, source: await state.door.video(job.job_id) } });
}

const current = () => state.page.history.find((one) => one.version === state.page.version);
const children = () => state.page.history.filter((one) => one.parent === state.page.version);

export const canUndo = () => Boolean(state.page && current()?.parent);
export const canRedo = () => Boolean(state.page && children().length);

/** Back to the version that this one was made from. Where another version is current, only what is looked at changes. */
export const undo = () => canUndo() && attempt(async () => {
  const { plan_id: id } = state.page;
  show(current().current ? await state.door.undo(id) : await state.door.look(id, current().parent));
  say(`Back at version ${state.page.version}.`);
});

export const redo = () => canRedo() && attempt(async () => {
  const { plan_id: id } = state.page, next = children().at(-1).version;
  show(current().current ? await state.door.redo(id) : await state.door.look(id, next));
  say(`Forward at version ${state.page.version}.`);
});

export const approve = () => attempt(async () => {
  show(await state.door.approve(state.page.plan_id, state.page.version));
  say(`Version ${state.page.version} is approved.`);
});

export const render = (options = {}) => attempt(async () => {
  update({ starting: true });
  try {
    if (!state.page.approved) show(await state.door.approve(state.page.plan_id, state.page.version));
    const job = await state.door.render(state.page.plan_id, state.page.version, options);
    say("The render has begun.");
    watch(job);
  } finally {
    update({ starting: false });
  }
});

/** Follow a render until it ends, and show its video. */
export async function watch(job) {
  update({ job: { ...job, since: Date.now() } });
  try {
    while (!finished(state.job)) {
      await new Promise((resolve) => setTimeout(resolve, POLL));
      const now = await state.door.status(job.job_id);
      if (state.job?.job_id !== job.job_id) return;
      update({ job: { ...state.job, ...now } });
    }
    await showVideo(state.job);
  } catch (error) {
    update({ error: error.message });
  }
  refreshRenders();
}

export function finished(job) {
  return !job || ["succeeded", "failed", "cancelled"].includes(job.state);
}

async function showVideo(job) {
  if (job.state !== "succeeded") return;
  const source = await state.door.video(job.job_id);
  update({ job: { ...job, source }, view: "video", playing: false });
  say("The video is ready.");
}

/** Look at a render that was made before. */
export const openRender = (job) => attempt(() => (finished(job) ? showVideo(job) : watch(job)));

export const cancelRender = () => attempt(async () => {
  update({ job: { ...state.job, ...(await state.door.cancel(state.job.job_id)) } });
});

export async function refreshPlans() {
  update({ plans: await state.door.plans().catch(() => state.plans) });
}

export async function refreshRenders() {
  update({ renders: await state.door.renders().catch(() => state.renders) });
}

/** Show edits that a drag would make, without making them. */
export function tryOut(edits) {
  update({ trial: edits });
}
