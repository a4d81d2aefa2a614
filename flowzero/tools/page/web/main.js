// The page: opens a door to the studio, shows a beginning or a plan, and listens for keys.

import { html, nothing, render as draw } from "./vendor/lit-html.js";
import { canRedo, canUndo, openPlan, plan, redo, refreshPlans, refreshRenders, stopPlanning, undo, watch } from "./actions.js";
import { openDoor } from "./doors.js";
import { details } from "./details.js";
import { header, setTheme } from "./header.js";
import { checks, saybox, talk } from "./panels.js";
import { paintBackdrop, stage, togglePlay, transport } from "./stage.js";
import { onUpdate, select, state, toFrame, update } from "./state.js";
import { timeline } from "./timeline.js";
import { hasVideo, video, views } from "./video.js";
import { icon } from "./ui.js";

const EXAMPLES = [
  "A red ball rolls from left to right across a green meadow",
  "Two fish swim to the left past a crab under water",
  "The sun sets while a white bird flies up over the sea",
  "A rocket rises from the desert while the camera moves up",
];
let thread = "";

function page() {
  return html`
    ${header()}
    ${state.page ? workshop() : beginning()}
    ${state.error ? html`<div class="error" role="alert"><span>${state.error}</span>
      <button class="plain" aria-label="Close" @click=${() => update({ error: "" })}>${icon("cross")}</button></div>` : nothing}
    <p class="unseen" role="status" aria-live="polite">${state.said}</p>`;
}

function beginning() {
  return html`
    <main class="begin">
      ${state.door.kind === "host" ? html`<p class="planning"><span class="pulse" aria-hidden="true"></span>The plan appears here</p>` : wish()}
      ${state.plans.length ? html`<h2>Plans</h2>
        <ul class="plans">${state.plans.slice(0, 12).map((one) => html`
          <li><button @click=${() => openPlan(one.plan_id)}>${one.prompt || one.plan_id}<small>${one.versions} version${one.versions > 1 ? "s" : ""}</small></button></li>`)}</ul>` : nothing}
    </main>`;
}

function wish() {
  return html`
      <h1>What shall happen?</h1>
      ${state.busy
        ? html`<p class="planning"><span class="pulse" aria-hidden="true"></span>${state.busy} <button class="link" @click=${stopPlanning}>Stop</button></p>`
        : saybox("What the video shall show", "A red ball rolls from left to right across a green meadow", (words) => plan(words, lengths()))}
      <div class="two lengths">
        <label><span>Seconds</span><input id="new-seconds" type="number" min="0.1" max="600" step="0.5" placeholder="2"></label>
        <label><span>Frames a second</span><input id="new-fps" type="number" min="1" max="120" step="1" placeholder="8"></label>
      </div>
      <ul class="examples">${EXAMPLES.map((words) => html`<li><button ?disabled=${Boolean(state.busy)} @click=${() => plan(words, lengths())}>${words}</button></li>`)}</ul>`;
}

function lengths() {
  const read = (id) => Number(document.getElementById(id)?.value) || undefined;
  return { seconds: read("new-seconds"), fps: read("new-fps") };
}

function workshop() {
  const showVideo = state.view === "video" && hasVideo();
  const tab = (name, label, where) => html`
    <button role="tab" id="tab-${where}-${name}" aria-selected=${state[where] === name} @click=${() => update({ [where]: name })}>${label}</button>`;
  return html`
    <main class="work" data-panel=${state.panel} data-side=${state.side}>
      <h1 class="unseen">${state.page.dss.prompt || state.page.plan_id}</h1>
      <div class="left">${talk()}</div>
      <div class="middle">
        ${views()}
        ${showVideo ? video() : html`${stage()}${transport()}`}
      </div>
      <nav class="tabs" role="tablist" aria-label="Panels">${tab("talk", "Talk", "panel")}${tab("details", "Details", "panel")}${tab("checks", "Checks", "panel")}</nav>
      <div class="right">
        <div class="tabs inner" role="tablist" aria-label="Details and checks">${tab("details", "Details", "side")}${tab("checks", "Checks", "side")}</div>
        <div class="panel details-panel">${details()}</div>
        <div class="panel checks-panel">${checks()}</div>
      </div>
      ${timeline()}
    </main>`;
}

function show() {
  draw(page(), document.getElementById("app"));
  paintBackdrop();
  const mark = state.page ? [state.page.plan_id, state.page.version, state.busy, state.panel, state.view, Boolean(state.job)].join(" ") : "";
  if (mark !== thread) {
    thread = mark;
    const list = document.getElementById("thread");
    (list?.querySelector(".now") ?? list?.querySelector(".here"))?.scrollIntoView({ block: "nearest" });
  }
}

function shortcut(event) {
  if (!state.page || event.target.closest("input, textarea, select")) return;
  const command = event.metaKey || event.ctrlKey;
  if (command && event.key.toLowerCase() === "z") {
    event.preventDefault();
    if (event.shiftKey ? canRedo() : canUndo()) (event.shiftKey ? redo : undo)();
  } else if (command && event.key.toLowerCase() === "y") {
    event.preventDefault();
    if (canRedo()) redo();
  } else if (command || event.altKey) {
    return;
  } else if (event.key === " " && !event.target.closest("button, summary, a, video, [role=slider]")) {
    event.preventDefault();
    togglePlay();
  } else if (event.key === ",") {
    toFrame(state.frame - 1);
  } else if (event.key === ".") {
    toFrame(state.frame + 1);
  } else if (event.key === "Escape") {
    select(null);
    update({ finding: null, error: "" });
  }
}

/** A menu closes when something else is touched. */
function closeMenus(event) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
}

/** A version that somebody else has made, such as the model in the conversation, is shown when the page is looked at again. */
async function lookAgain() {
  if (document.hidden || !state.page || state.busy || state.pending.length || state.door.kind !== "server") return;
  const wasNewest = state.page.version === Math.max(...state.page.history.map((one) => one.version));
  const now = await state.door.look(state.page.plan_id).catch(() => null);
  if (now && wasNewest && now.version > state.page.version && !state.pending.length) openPlan(now.plan_id);
}

function fromHost(door) {
  const context = ({ theme, displayMode }) => {
    setTheme(theme);
    document.documentElement.dataset.mode = displayMode ?? "inline";
    update({});
  };
  door.onContext = context;
  context(door.context);
  door.onPlan = async (result) => {
    await openPlan(result.plan_id, result.version);
    if (result.job_id) watch(result);
  };
  new ResizeObserver(() => {
    door.notify("ui/notifications/size-changed", { width: window.innerWidth, height: document.getElementById("app").scrollHeight });
  }).observe(document.getElementById("app"));
  door.notify("ui/notifications/initialized");
}

async function begin() {
  try {
    setTheme(localStorage.getItem("flowzero-theme"));
  } catch {
    // A browser that keeps nothing shows the system's shade.
  }
  state.door = await openDoor(() => update({}));
  document.documentElement.dataset.door = state.door.kind;
  onUpdate(show);
  update({});
  document.addEventListener("keydown", shortcut);
  document.addEventListener("pointerdown", closeMenus);
  document.addEventListener("visibilitychange", lookAgain);
  window.addEventListener("resize", () => update({}));
  if (state.door.kind === "host") fromHost(state.door);
  await Promise.all([refreshPlans(), refreshRenders()]);
  const id = decodeURIComponent(location.hash.slice(1));
  if (id && state.door.kind === "server") openPlan(id);
}

begin();
