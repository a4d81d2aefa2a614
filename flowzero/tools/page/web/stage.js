// The stage: the plan's frame with its things, which can be dragged, sized and moved by keys.

import { html, nothing, svg } from "./vendor/lit-html.js";
import { boxAt, clamp, frameCount, frameOf, tidy, tidyBox, timeOf, withKey } from "./dss.js";
import { edit, tryOut } from "./actions.js";
import { selectedObject, select, shownPlan, state, update } from "./state.js";
import { arrow, drag, hue, icon } from "./ui.js";

const REACH = 2; // frame widths of backdrop on each side, as the server draws it
const backdrops = new Map();

/** The stage at the current frame. */
export function stage() {
  const dss = shownPlan(), frame = frameOf(dss, state.frame);
  const things = [...frame.objects].sort((a, b) => a.depth - b.depth);
  const chosen = selectedObject(dss);
  return html`
    <div class="stage" role="group" aria-label="Stage: what is where in frame ${state.frame + 1}"
      @pointerdown=${(event) => { if (event.target === event.currentTarget) select(null); }}>
      <div class="frame" @pointerdown=${(event) => { if (event.target.tagName === "CANVAS") select(null); }}>
        <canvas id="backdrop" aria-hidden="true"></canvas>
        ${things.map((thing) => drawn(dss, thing))}
        <div class="dim" aria-hidden="true"></div>
        ${chosen ? route(dss, chosen) : nothing}
        ${chosen && things.some((thing) => thing.id === chosen.id) ? handles(dss, chosen) : nothing}
      </div>
    </div>`;
}

function drawn(dss, thing) {
  const index = dss.objects.findIndex((one) => one.id === thing.id), object = dss.objects[index];
  const picture = spellOf(state.page.looks[thing.id]), source = picture && state.door.picture(picture);
  const finding = state.page.findings[state.finding];
  const classes = ["thing"];
  if (state.selected?.kind === "object" && state.selected.id === thing.id) classes.push("chosen");
  if (finding?.ids.includes(thing.id)) classes.push("blamed");
  return html`
    <div class=${classes.join(" ")} role="button" tabindex="0" data-id=${thing.id} .style=${`${place(thing.box)}--hue:${hue(index)}`}
      aria-label="${thing.phrase}, at ${spoken(thing.box)}" aria-pressed=${state.selected?.id === thing.id}
      aria-description="Arrow keys move it, with Shift farther, with Alt they size it."
      @pointerdown=${(event) => grab(event, object)} @focus=${() => focused(object)} @keydown=${(event) => pressed(event, object)}>
      ${source ? html`<img alt="" draggable="false" src=${source}>` : nothing}
      ${picture ? nothing : html`<span class="card">${thing.phrase}</span>`}
      <span class="name">${thing.id}</span>
    </div>`;
}

/** The picture that holds at the current frame. */
function spellOf(spells = []) {
  return spells.filter(([from]) => from <= state.frame).at(-1)?.[1] ?? spells[0]?.[1] ?? null;
}

function place({ x, y, w, h }) {
  return `left:${x * 100}%;top:${y * 100}%;width:${w * 100}%;height:${h * 100}%;`;
}

function spoken({ x, y, w, h }) {
  const at = (value) => `${Math.round(value * 100)} percent`;
  return `${at(x + w / 2)} from the left, ${at(y + h / 2)} from the top`;
}

function focused(object) {
  if (state.selected?.id !== object.id) select({ kind: "object", id: object.id });
}

/** The edit that puts an object's box at the current frame somewhere else. */
function moved(object, box) {
  const t = timeOf(state.frame, frameCount(shownPlan())), before = boxAt(object, t);
  if (object.path.length === 1) return [{ op: "set_path", id: object.id, path: [{ t: object.path[0].t, box: tidyBox(box) }] }];
  if (state.wholePath) {
    if (box.w === before.w && box.h === before.h) {
      return [{ op: "move", id: object.id, dx: tidy(box.x - before.x), dy: tidy(box.y - before.y) }];
    }
    const path = object.path.map((key) => ({ t: key.t, box: tidyBox(grown(key.box, box.w / before.w, box.h / before.h)) }));
    return [{ op: "set_path", id: object.id, path }];
  }
  return [{ op: "set_path", id: object.id, path: withKey(object.path, t, box) }];
}

function grown({ x, y, w, h }, across, down) {
  return { x: x + (w - w * across) / 2, y: y + (h - h * down) / 2, w: w * across, h: h * down };
}

function frameSize() {
  return document.querySelector(".frame").getBoundingClientRect();
}

function grab(event, object) {
  event.stopPropagation();
  event.preventDefault();
  event.currentTarget.focus({ preventScroll: true });
  update({ playing: false });
  const { width, height } = frameSize();
  const start = boxAt(object, timeOf(state.frame, frameCount(shownPlan())));
  let edits = [];
  drag(event, {
    move: (dx, dy, { shiftKey }) => {
      const [across, down] = shiftKey ? (Math.abs(dx) > Math.abs(dy) ? [dx, 0] : [0, dy]) : [dx, dy];
      edits = moved(object, { ...start, x: start.x + across / width, y: start.y + down / height });
      tryOut(edits);
    },
    end: (really) => { if (really) edit(edits); },
    cancel: () => tryOut([]),
  });
}

function pressed(event, object) {
  if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    edit([{ op: "remove_object", id: object.id }]);
    return;
  }
  const step = arrow(event);
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  const size = event.shiftKey ? 0.05 : 0.01;
  const now = shownPlan().objects.find((one) => one.id === object.id);
  const box = boxAt(now, timeOf(state.frame, frameCount(shownPlan())));
  const [dx, dy] = step.map((value) => value * size);
  const next = event.altKey
    ? { x: box.x - dx / 2, y: box.y + dy / 2, w: clamp(box.w + dx, 0.01, 2), h: clamp(box.h - dy, 0.01, 2) }
    : { ...box, x: box.x + dx, y: box.y + dy };
  edit(moved(now, next), { later: true });
}

/** Corners of the chosen thing, to size it; proportions stay unless Shift is held. */
function handles(dss, object) {
  const box = boxAt(object, timeOf(state.frame, frameCount(dss)));
  const corners = [["nw", -1, -1], ["ne", 1, -1], ["sw", -1, 1], ["se", 1, 1]];
  return html`
    <div class="handles" .style=${place(box)} aria-hidden="true">
      ${corners.map(([name, sx, sy]) => html`
        <span class="handle ${name}" @pointerdown=${(event) => size(event, object, sx, sy)}></span>`)}
    </div>`;
}

function size(event, object, sx, sy) {
  event.stopPropagation();
  event.preventDefault();
  const { width, height } = frameSize();
  const start = boxAt(object, timeOf(state.frame, frameCount(shownPlan())));
  let edits = [];
  drag(event, {
    move: (dx, dy, { shiftKey }) => {
      let w = clamp(start.w + (sx * dx) / width, 0.02, 2), h = clamp(start.h + (sy * dy) / height, 0.02, 2);
      if (!shiftKey) {
        const factor = Math.max(w / start.w, h / start.h);
        [w, h] = [start.w * factor, start.h * factor];
      }
      const x = sx < 0 ? start.x + start.w - w : start.x, y = sy < 0 ? start.y + start.h - h : start.y;
      edits = moved(object, { x, y, w, h });
      tryOut(edits);
    },
    end: (really) => { if (really) edit(edits); },
    cancel: () => tryOut([]),
  });
}

/** Where the chosen thing goes: a line through its frames, and a dot for each keyframe. */
function route(dss, object) {
  const n = frameCount(dss), index = dss.objects.indexOf(object);
  const steps = Math.min(160, Math.max(n, 24));
  const middle = ({ x, y, w, h }) => [x + w / 2, y + h / 2];
  const points = Array.from({ length: steps + 1 }, (_, k) => middle(boxAt(object, k / steps)).map((v) => v * 1000).join(","));
  return html`
    <svg class="route" viewBox="0 0 1000 1000" aria-hidden="true" .style=${`--hue:${hue(index)}`}>
      <polyline points=${points.join(" ")} vector-effect="non-scaling-stroke"></polyline>
      ${object.path.map((key) => {
        const [x, y] = middle(key.box);
        return svg`<circle cx=${x * 1000} cy=${y * 1000} r="9"></circle>`;
      })}
    </svg>`;
}

/** Draw the backdrop as the background's motion has moved it; called when the page has been drawn. */
export function paintBackdrop() {
  const canvas = document.getElementById("backdrop");
  if (!canvas || !state.page) return;
  const side = Math.round(canvas.clientWidth * (window.devicePixelRatio || 1));
  if (!side) return;
  const { dx, dy, scale, angle } = frameOf(shownPlan(), state.frame).background;
  const name = spellOf(state.page.backdrops);
  const image = name ? backdrop(name) : null;
  const key = [side, dx, dy, scale, angle, name, image?.complete].join();
  if (canvas.dataset.key === key) return;
  canvas.dataset.key = key;
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  context.fillStyle = plain(context, side);
  context.fillRect(0, 0, side, side);
  if (!image?.complete || !image.naturalWidth) return;
  context.translate(side / 2 + dx * side, side / 2 + dy * side);
  context.rotate((angle * Math.PI) / 180);
  context.scale(scale, scale);
  context.translate(-side / 2, -side / 2);
  tile(context, image, side);
}

function plain(context, side) {
  const blend = context.createLinearGradient(0, 0, 0, side);
  blend.addColorStop(0, "rgb(214 220 228)");
  blend.addColorStop(1, "rgb(176 184 196)");
  return blend;
}

/** The picture in the middle, mirrored to the left and right, its first and last rows stretched above and below. */
function tile(context, image, side) {
  const wide = (2 * REACH + 1) * side, { naturalWidth: w, naturalHeight: h } = image;
  for (const turn of [-2, -1, 0, 1, 2]) {
    context.save();
    context.translate(-REACH * side + turn * wide, 0);
    if (turn % 2) {
      context.translate(wide, 0);
      context.scale(-1, 1);
    }
    context.drawImage(image, 0, 0, w, 1, 0, -4 * side, wide, 4 * side + 1);
    context.drawImage(image, 0, h - 1, w, 1, 0, side - 1, wide, 4 * side);
    context.drawImage(image, 0, 0, wide + 1, side);
    context.restore();
  }
}

function backdrop(name) {
  const source = state.door.picture(name);
  if (!source) return null;
  if (!backdrops.has(source)) {
    const image = new Image();
    image.onload = () => update({});
    image.src = source;
    backdrops.set(source, image);
  }
  return backdrops.get(source);
}

/** Buttons and words under the stage. */
export function transport() {
  const dss = shownPlan(), n = frameCount(dss);
  const button = (name, label, act, extra = "") => html`
    <button class="plain ${extra}" aria-label=${label} title=${label} @click=${act}>${icon(name)}</button>`;
  return html`
    <div class="transport">
      ${button("back", "Frame back", () => step(-1))}
      ${button(state.playing ? "pause" : "play", state.playing ? "Pause" : "Play", togglePlay, "round")}
      ${button("forth", "Frame forward", () => step(1))}
      <output class="clock">${(timeOf(state.frame, n) * dss.seconds).toFixed(2)} s<span> · frame ${state.frame + 1} of ${n}</span></output>
      <div class="choice" role="radiogroup" aria-label="What dragging moves">
        ${[["This moment", false], ["Whole path", true]].map(([label, whole]) => html`
          <button role="radio" aria-checked=${state.wholePath === whole} @click=${() => update({ wholePath: whole })}>${label}</button>`)}
      </div>
    </div>`;
}

function step(by) {
  const n = frameCount(shownPlan());
  update({ playing: false, frame: (state.frame + by + n) % n });
}

/** Play the plan from here, or stop. */
export function togglePlay() {
  update({ playing: !state.playing, view: "plan" });
  if (!state.playing) return;
  const begun = performance.now(), first = state.frame;
  const tick = (now) => {
    if (!state.playing || !state.page) return;
    const dss = shownPlan(), n = frameCount(dss);
    const frame = (first + Math.floor(((now - begun) / 1000) * (n / dss.seconds))) % n;
    if (frame !== state.frame) update({ frame });
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}
