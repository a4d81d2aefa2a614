// The details of what is chosen: an object, a scene, a stretch of background motion; or of the whole plan.

import { html, nothing } from "./vendor/lit-html.js";
import { boxAt, clamp, frameCount, lastStarted, tidy, timeOf, withKey } from "./dss.js";
import { edit } from "./actions.js";
import { selectedObject, select, shownPlan, state, update } from "./state.js";
import { icon, seconds } from "./ui.js";

const DIRECTIONS = ["up-left", "up", "up-right", "left", "none", "right", "down-left", "down", "down-right"];
const TURNS = { up: 0, "up-right": 45, right: 90, "down-right": 135, down: 180, "down-left": 225, left: 270, "up-left": 315 };

export function details() {
  const dss = shownPlan(), object = selectedObject(dss), chosen = state.selected;
  if (object) return objectDetails(dss, object);
  if (chosen?.kind === "scene" && dss.scenes[chosen.index]) return sceneDetails(dss, chosen.index);
  if (chosen?.kind === "background" && dss.background[chosen.index]) return backgroundDetails(dss, chosen.index);
  return planDetails(dss);
}

/** An arrow in one of the eight directions. */
export function compass(direction) {
  if (direction === "none") return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="3.5"></circle></svg>`;
  if (direction === "random") return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M4 14c3-8 5 6 8-2s5 4 8-4"></path></svg>`;
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" .style=${`transform:rotate(${TURNS[direction]}deg)`}>
    <path d="M12 19V5M6 11l6-6 6 6"></path></svg>`;
}

function field(label, input, hint = "") {
  return html`<label class="field"><span>${label}</span>${input}${hint ? html`<small>${hint}</small>` : nothing}</label>`;
}

/** A text that is sent when it is left or confirmed; Escape brings the old one back. */
function text(value, change, { long = false, max = 120, label = "" } = {}) {
  const commit = ({ target }) => {
    if (target.value.trim() && target.value !== value) change(target.value.trim());
    else target.value = value;
  };
  const keys = (event) => {
    event.stopPropagation();
    if (event.key === "Enter" && !event.shiftKey) event.target.blur();
    if (event.key === "Escape") {
      event.target.value = value;
      event.target.blur();
    }
  };
  return long
    ? html`<textarea rows="3" maxlength=${max} .value=${value} aria-label=${label || nothing} @change=${commit} @keydown=${keys}></textarea>`
    : html`<input maxlength=${max} .value=${value} aria-label=${label || nothing} @change=${commit} @keydown=${keys}>`;
}

function number(value, change, { min, max, step = 0.01, label = "" }) {
  const commit = ({ target }) => {
    const given = Number(target.value);
    if (target.value !== "" && Number.isFinite(given)) change(clamp(given, min, max));
    target.value = value;
  };
  return html`<input type="number" inputmode="decimal" min=${min} max=${max} step=${step} .value=${String(value)} aria-label=${label || nothing}
    @change=${commit} @keydown=${(event) => event.stopPropagation()}>`;
}

function range(label, value, change, { min, max, step = 0.05, unit = "" }) {
  return html`
    <label class="field range"><span>${label}</span>
      <input type="range" min=${min} max=${max} step=${step} .value=${String(value)}
        @input=${({ target }) => change(Number(target.value), true)} @keydown=${(event) => event.stopPropagation()}>
      <output>${value}${unit}</output>
    </label>`;
}

function objectDetails(dss, object) {
  const n = frameCount(dss), t = timeOf(state.frame, n), box = boxAt(object, t);
  const at = object.path.findIndex((key) => Math.abs(key.t - t) < 0.5 / n);
  const setBox = (side) => (value) => {
    edit([{ op: "set_path", id: object.id, path: withKey(object.path, at < 0 ? t : object.path[at].t, { ...box, [side]: value }) }]);
  };
  const key = () => (at < 0
    ? edit([{ op: "set_path", id: object.id, path: withKey(object.path, t, box) }])
    : object.path.length > 1 && edit([{ op: "set_path", id: object.id, path: object.path.filter((_, k) => k !== at) }]));
  return html`
    <div class="details">
      <header><h2>${object.id}</h2>
        <button class="plain" aria-label="Remove ${object.id}" title="Remove" @click=${() => edit([{ op: "remove_object", id: object.id }])}>${icon("bin")}</button>
        <button class="plain" aria-label="Close" title="Close" @click=${() => select(null)}>${icon("cross")}</button>
      </header>
      ${field("What it is", text(object.phrase, (phrase) => edit([{ op: "set_phrase", id: object.id, phrase }])))}
      <fieldset><legend>Box at ${seconds(t * dss.seconds)}</legend>
        <div class="four">
          ${[["x", -4, 5], ["y", -4, 5], ["w", 0.01, 2], ["h", 0.01, 2]].map(([side, min, max]) => html`
            <label><span>${side}</span>${number(Number(box[side].toFixed(3)), setBox(side), { min, max })}</label>`)}
        </div>
        <button class="wide" @click=${key} ?disabled=${at >= 0 && object.path.length < 2}>
          ${icon("key")} ${at < 0 ? "Add a keyframe here" : "Remove this keyframe"}</button>
      </fieldset>
      <div class="two">
        ${field("Moves", html`
          <select .value=${object.motion} @change=${({ target }) => edit([{ op: "set_motion", id: object.id, motion: target.value }])}>
            ${[["linear", "evenly"], ["smooth", "smoothly"], ["step", "in jumps"]].map(([value, label]) => html`
              <option value=${value} ?selected=${object.motion === value}>${label}</option>`)}
          </select>`)}
        ${field("Depth", number(object.depth, (depth) => edit([{ op: "set_depth", id: object.id, depth: Math.round(depth) }]), { min: -100, max: 100, step: 1 }))}
      </div>
      ${turns(dss, object, t)}
    </div>`;
}

/** What an object turns into, and when. */
function turns(dss, object, t) {
  const set = (states) => edit([{ op: "set_states", id: object.id, states }]);
  const add = () => {
    const start = tidy(t) || 0.5;
    if (object.states.some((turn) => turn.start === start)) return;
    set([...object.states, { start, phrase: object.phrase }].sort((a, b) => a.start - b.start));
  };
  return html`
    <fieldset><legend>Turns into</legend>
      ${object.states.map((turn, index) => html`
        <div class="turnrow"><output>${seconds(turn.start * dss.seconds)}</output>
          ${text(turn.phrase, (phrase) => set(object.states.map((one, k) => (k === index ? { ...one, phrase } : one))), { label: "Turns into" })}
          <button class="plain" aria-label="Remove" @click=${() => set(object.states.filter((_, k) => k !== index))}>${icon("cross")}</button>
        </div>`)}
      <button class="wide" @click=${add}>${icon("plus")} Something else from here on</button>
    </fieldset>`;
}

function sceneDetails(dss, index) {
  const set = (scenes) => edit([{ op: "set_scenes", scenes }]);
  const scene = dss.scenes[index];
  return html`
    <div class="details">
      ${segmentHead(`Scene ${index + 1}`, index, () => set(dss.scenes.filter((_, k) => k !== index)))}
      ${field("What the picture shows", text(scene.description, (description) => (
        set(dss.scenes.map((one, k) => (k === index ? { ...one, description } : one)))
      ), { long: true, max: 500 }), `from ${seconds(scene.start * dss.seconds)} on`)}
      ${splitter(dss, "scene", dss.scenes, set)}
    </div>`;
}

function backgroundDetails(dss, index) {
  const part = dss.background[index];
  const set = (background, later = false) => edit([{ op: "set_background", background }], { later });
  const change = (changes, later) => set(dss.background.map((one, k) => (k === index ? { ...one, ...changes } : one)), later);
  const go = (direction) => change({ direction, speed: direction === "none" ? 0 : part.speed || 0.2 });
  return html`
    <div class="details">
      ${segmentHead("Background motion", index, () => set(dss.background.filter((_, k) => k !== index)))}
      <p class="hint">Where the background moves in the picture. A camera that pans right moves it left.</p>
      <div class="compass" role="radiogroup" aria-label="Direction">
        ${DIRECTIONS.map((direction) => html`
          <button role="radio" aria-checked=${part.direction === direction} aria-label=${direction} title=${direction}
            @click=${() => go(direction)}>${compass(direction)}</button>`)}
        <button class="random" role="radio" aria-checked=${part.direction === "random"} @click=${() => go("random")}>${compass("random")} wanders</button>
      </div>
      ${range("Speed", part.speed, (speed, later) => change({ speed }, later), { min: 0, max: 1 })}
      ${range("Zoom", part.zoom, (zoom, later) => change({ zoom }, later), { min: -1, max: 1 })}
      ${range("Roll", part.roll, (roll, later) => change({ roll }, later), { min: -1, max: 1 })}
      ${splitter(dss, "background", dss.background, set)}
    </div>`;
}

function segmentHead(title, index, remove) {
  const gone = () => {
    select(null);
    remove();
  };
  return html`
    <header><h2>${title}</h2>
      ${index ? html`<button class="plain" aria-label="Remove" title="Remove" @click=${gone}>${icon("bin")}</button>` : nothing}
      <button class="plain" aria-label="Close" title="Close" @click=${() => select(null)}>${icon("cross")}</button>
    </header>`;
}

/** Begin a new stretch at the current frame. */
function splitter(dss, kind, parts, set) {
  const t = tidy(state.frame / frameCount(dss));
  const free = t > 0 && t < 1 && !parts.some((part) => Math.abs(part.start - t) < 0.005);
  const split = () => {
    const next = [...parts, { ...lastStarted(parts, t), start: t }].sort((a, b) => a.start - b.start);
    set(next);
    update({ selected: { kind, index: next.findIndex((part) => part.start === t) } });
  };
  return html`<button class="wide" ?disabled=${!free} @click=${split}>${icon("plus")} Another from ${seconds(t * dss.seconds)} on</button>`;
}

function planDetails(dss) {
  const timing = (changes) => edit([{ op: "set_timing", ...changes }]);
  return html`
    <div class="details">
      <header><h2>The whole plan</h2></header>
      ${field("Setting", text(dss.setting, (setting) => edit([{ op: "set_setting", setting }]), { max: 300 }))}
      <div class="two">
        ${field("Seconds", number(dss.seconds, (value) => timing({ seconds: value }), { min: 0.1, max: 600, step: 0.5 }))}
        ${field("Frames a second", number(dss.fps, (fps) => timing({ fps }), { min: 1, max: 120, step: 1 }))}
      </div>
      <div class="field"><span>Add a thing</span>
        <div class="joined"><input maxlength="120" placeholder="a green car" aria-label="What to add" @keydown=${adding}>
        <button aria-label="Add" @click=${(event) => addObject(event.currentTarget.previousElementSibling)}>${icon("plus")}</button></div>
      </div>
      <p class="hint">Choose a thing on the stage, a scene or the background on the timeline to change it.</p>
    </div>`;
}

function adding(event) {
  event.stopPropagation();
  if (event.key === "Enter") addObject(event.target);
}

function addObject(input) {
  const phrase = input.value.trim();
  if (!phrase) return;
  const { objects } = shownPlan();
  const stem = phrase.toLowerCase().match(/[a-z][a-z0-9]*/g)?.at(-1)?.slice(0, 30) ?? "thing";
  let id = stem;
  for (let k = 2; objects.some((one) => one.id === id); k++) id = `${stem}-${k}`;
  edit([{ op: "add_object", object: { id, phrase, path: [{ t: 0, box: { x: 0.375, y: 0.4, w: 0.25, h: 0.25 } }] } }]);
  input.value = "";
  select({ kind: "object", id });
}
