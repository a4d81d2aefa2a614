// The bar at the top: which plan, back and forth, approve and render; and how far the render is.

import { html, nothing } from "./vendor/lit-html.js";
import { approve, cancelRender, canRedo, canUndo, finished, openPlan, openRender, redo, render, undo } from "./actions.js";
import { state, update } from "./state.js";
import { duration, icon, percent } from "./ui.js";

const THEMES = ["light", "dark"];

export function header() {
  const { page, job } = state;
  return html`
    <header class="top">
      <button class="brand" @click=${() => update({ page: null, playing: false })} title="Begin another video" aria-label="FlowZero: begin another video">
        <svg viewBox="0 0 32 32" aria-hidden="true"><circle class="orbit" cx="16" cy="16" r="11"></circle><circle class="ball" cx="23.8" cy="8.2" r="4.5"></circle></svg>
        <b>FlowZero</b></button>
      ${page ? html`
        ${picker()}
        <div class="pair">
          ${tool("undo", "Undo", undo, !canUndo())}
          ${tool("redo", "Redo", redo, !canRedo())}
        </div>
        <span class="space"></span>
        <button class="badge ${page.passed ? "good" : "weak"}" @click=${() => update({ side: "checks", panel: "checks" })}
          title="Confidence, as measured" aria-label="Confidence ${percent(page.confidence)}: show the checks">${percent(page.confidence)}</button>
        <button class="approve" aria-pressed=${page.approved} ?disabled=${page.approved} @click=${approve}>
          ${page.approved ? html`${icon("check")}<span>Approved</span>` : html`<span>Approve</span>`}</button>
        <button class="primary" ?disabled=${state.starting || !finished(job)} @click=${() => render(options())}
          title=${page.approved ? "Render this version" : "Approve this version and render it"}>${icon("film")}<span>Render</span></button>
        ${more()}${keys()}` : html`<span class="space"></span>`}
      ${state.door.kind === "host" ? larger() : tool(shade() === "dark" ? "sun" : "moon", "Light or dark", turnTheme)}
    </header>
    ${page && job && !finished(job) ? progress(job) : nothing}`;
}

/** A host that can show the page larger is asked to. */
function larger() {
  const { availableDisplayModes: modes = [], displayMode } = state.door.context;
  return modes.includes("fullscreen") && displayMode !== "fullscreen" ? tool("large", "Larger", () => state.door.enlarge()) : nothing;
}

function tool(name, label, act, off = false) {
  return html`<button class="plain" aria-label=${label} title=${label} ?disabled=${off} @click=${act}>${icon(name)}</button>`;
}

function picker() {
  const { plans, page } = state;
  const listed = plans.some((plan) => plan.plan_id === page.plan_id) ? plans : [{ plan_id: page.plan_id, prompt: page.dss.prompt }, ...plans];
  return html`
    <select class="picker" aria-label="Plan" @change=${({ target }) => openPlan(target.value)}>
      ${listed.map((plan) => html`
        <option value=${plan.plan_id} ?selected=${plan.plan_id === page.plan_id} .selected=${plan.plan_id === page.plan_id}>${plan.prompt || plan.plan_id}</option>`)}
    </select>`;
}

/** How to render, and what was rendered before. */
function more() {
  const made = state.renders.filter((one) => one.plan_id === state.page.plan_id).slice(0, 6);
  return html`
    <details class="menu"><summary class="plain" aria-label="Render options" title="Render options">${icon("dots")}</summary>
      <div class="sheet">
        <label class="field"><span>Seed</span><input id="seed" type="number" min="0" step="1" value="0" @keydown=${(event) => event.stopPropagation()}></label>
        <label class="field"><span>Denoising steps</span><input id="steps" type="number" min="1" max="900" step="1" placeholder="the model's own" @keydown=${(event) => event.stopPropagation()}></label>
        ${made.length ? html`<h3>Renders of this plan</h3>
          <ul class="renders">${made.map((one) => html`
            <li><button @click=${() => openRender(one)}>Version ${one.version}<small>${one.state}${one.seconds ? `, ${duration(one.seconds)}` : ""}</small></button></li>`)}</ul>` : nothing}
      </div>
    </details>`;
}

const KEYS = [
  ["arrows", "move a chosen thing, with Shift farther"],
  ["Alt arrows", "size it"],
  ["Delete", "remove the thing or keyframe"],
  [", and .", "a frame back, a frame forward"],
  ["Space", "play or pause"],
  ["Ctrl Z", "undo; with Shift redo"],
  ["Escape", "give a drag up; choose nothing"],
];

function keys() {
  return html`
    <details class="menu keys"><summary class="plain" aria-label="Keys" title="Keys">${icon("help")}</summary>
      <dl class="sheet">${KEYS.map(([key, what]) => html`<div><dt>${key}</dt><dd>${what}</dd></div>`)}</dl>
    </details>`;
}

function options() {
  const read = (id) => {
    const { value } = document.getElementById(id);
    return value === "" ? undefined : Math.max(0, Math.round(Number(value)));
  };
  return { seed: read("seed"), steps: read("steps") };
}

function progress(job) {
  const spent = (Date.now() - job.since) / 1000;
  const left = job.progress > 0.08 && job.seconds ? (job.seconds / job.progress) * (1 - job.progress) : null;
  return html`
    <div class="progress" role="status">
      <progress max="1" .value=${job.progress} aria-label="Render"></progress>
      <span><b>${percent(job.progress)}</b> ${job.state === "queued" ? waiting(job) : job.message}${left === null
        ? (spent > 3 && job.state === "queued" ? ", starting the renderer" : "") : html`<small>about ${Math.ceil(left)} s left</small>`}</span>
      <button class="plain" ?disabled=${job.cancelling} @click=${cancelRender}>${job.cancelling ? "Stopping" : "Cancel"}</button>
    </div>`;
}

function waiting(job) {
  return job.waiting ? `waits for ${job.waiting} other${job.waiting > 1 ? "s" : ""}` : "queued";
}

/** The shade that is shown: what was chosen, else what the system has. */
function shade() {
  return document.documentElement.dataset.theme
    ?? (window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

export function setTheme(theme) {
  if (!THEMES.includes(theme)) return;
  document.documentElement.dataset.theme = theme;
}

function turnTheme() {
  setTheme(shade() === "dark" ? "light" : "dark");
  try {
    localStorage.setItem("flowzero-theme", shade());
  } catch {
    // A browser that keeps nothing shows the system's shade next time.
  }
  update({});
}
