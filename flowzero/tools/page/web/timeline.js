// The timeline: findings, scenes, background motion, and a track for each object with its keyframes and when it is there.

import { html, nothing } from "./vendor/lit-html.js";
import { boxAt, clamp, frameAt, frameCount, tidy, timeOf, withKey } from "./dss.js";
import { edit, tryOut } from "./actions.js";
import { select, shownPlan, state, toFrame, update } from "./state.js";
import { arrow, drag, hue, seconds } from "./ui.js";
import { compass } from "./details.js";

const GAP = 0.0005; // keyframes stay at least so far apart

export function timeline() {
  const dss = shownPlan(), n = frameCount(dss);
  return html`
    <section class="timeline" aria-label="Timeline">
      <div class="rows">
        ${ruler(dss, n)}
        ${pins(n)}
        ${segments(dss, "scene", "Scenes", dss.scenes, (scene) => scene.description)}
        ${segments(dss, "background", "Background", dss.background, motion)}
        ${dss.objects.map((object, index) => track(dss, object, index, n))}
        <div class="playhead" aria-hidden="true"><i .style=${`left:${timeOf(state.frame, n) * 100}%`}></i></div>
      </div>
    </section>`;
}

function motion(part) {
  const still = part.direction === "none" || !part.speed;
  const words = [still ? "still" : html`${compass(part.direction)} ${part.speed}`];
  if (part.zoom) words.push(` zoom ${part.zoom > 0 ? "+" : ""}${part.zoom}`);
  if (part.roll) words.push(` roll ${part.roll > 0 ? "+" : ""}${part.roll}`);
  return words;
}

/** Where in 0..1 a pointer is on the track that it touches. */
function timeUnder(event, track) {
  const { left, width } = track.getBoundingClientRect();
  return clamp((event.clientX - left) / width, 0, 1);
}

function ruler(dss, n) {
  const length = dss.seconds, most = window.innerWidth < 640 ? 4 : 8;
  const step = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300].find((size) => length / size <= most) ?? length;
  const marks = Array.from({ length: Math.floor(length / step + 1e-9) + 1 }, (_, k) => k * step);
  const jump = (event) => toFrame(frameAt(timeUnder(event, event.currentTarget), n));
  const scrub = (event) => {
    const rail = event.currentTarget;
    update({ playing: false });
    jump(event);
    drag(event, { move: (_, __, now) => toFrame(frameAt(timeUnder(now, rail), n)), end: () => {} });
  };
  const keys = (event) => {
    const step = arrow(event)?.[0] ?? { Home: -n, End: n, PageUp: -5, PageDown: 5 }[event.key];
    if (!step) return;
    event.preventDefault();
    update({ playing: false });
    toFrame(state.frame + step);
  };
  return html`
    <div class="label">Time</div>
    <div class="rail ruler" role="slider" tabindex="0" aria-label="Frame" aria-valuemin="1" aria-valuemax=${n}
      aria-valuenow=${state.frame + 1} aria-valuetext="frame ${state.frame + 1} of ${n}, ${seconds(timeOf(state.frame, n) * length)}"
      @pointerdown=${scrub} @keydown=${keys}>
      ${marks.map((at) => html`<span class="mark" .style=${`left:${(at / length) * 100}%`}>${seconds(at)}</span>`)}
    </div>`;
}

/** What the critic found, at the frames that it names. */
function pins(n) {
  const findings = state.page.findings.map((finding, index) => ({ ...finding, index }))
    .filter((finding) => finding.grade !== "kept" && finding.frames.length);
  if (!findings.length) return nothing;
  return html`
    <div class="label">Findings</div>
    <div class="rail pins">
      ${findings.map((finding, row) => html`
        <button class="pin ${finding.grade} ${state.finding === finding.index ? "chosen" : ""}" title=${finding.message}
          aria-label="${finding.grade}: ${finding.message}" @click=${() => pinDown(finding.index)}
          .style=${`left:${(Math.min(...finding.frames) / n) * 100}%;`
            + `width:${((Math.max(...finding.frames) + 1 - Math.min(...finding.frames)) / n) * 100}%;`
            + `--row:${row % 3}`}></button>`)}
    </div>`;
}

/** Show a finding: its frame, its things. */
export function pinDown(index) {
  const finding = state.page.findings[index];
  const dss = shownPlan(), frames = finding.frames.filter((frame) => frame < frameCount(dss));
  update({
    finding: state.finding === index ? null : index, side: "checks", panel: "checks", playing: false, view: "plan",
    frame: frames.length && !frames.includes(state.frame) ? Math.min(...frames) : state.frame,
  });
}

/** Scenes or background motion: stretches that begin where the one before ends. */
function segments(dss, kind, label, parts, words) {
  return html`
    <div class="label">${label}</div>
    <div class="rail blocks ${kind}">
      ${parts.map((part, index) => {
        const end = parts[index + 1]?.start ?? 1;
        const chosen = state.selected?.kind === kind && state.selected.index === index;
        return html`
          <button class="block ${chosen ? "chosen" : ""}" aria-pressed=${chosen} .style=${`left:${part.start * 100}%;width:${(end - part.start) * 100}%`}
            @click=${() => select({ kind, index })}><span>${words(part)}</span></button>
          ${index ? edge(dss, kind, parts, index) : nothing}`;
      })}
    </div>`;
}

/** The start of a stretch, which can be moved. */
function edge(dss, kind, parts, index) {
  const low = parts[index - 1].start + 0.01, high = (parts[index + 1]?.start ?? 1) - 0.01;
  const to = (start) => {
    const next = parts.map((part, k) => (k === index ? { ...part, start: tidy(clamp(start, low, high)) } : part));
    return kind === "scene" ? [{ op: "set_scenes", scenes: next }] : [{ op: "set_background", background: next }];
  };
  return handle(dss, "edge", `Start of ${kind} ${index + 1}`, parts[index].start, to);
}

/** A slider on a rail: something at one time, that `to` moves by edits. Those `aside` are not among the Tab key's stops. */
function handle(dss, name, label, at, to, more = {}) {
  const n = frameCount(dss), snap = (t) => timeOf(frameAt(t, n), n);
  const down = (event) => {
    event.stopPropagation();
    event.preventDefault();
    const grip = event.currentTarget, rail = grip.parentElement;
    grip.focus({ preventScroll: true });
    more.chosen?.();
    update({ playing: false });
    let edits = [];
    drag(event, {
      move: (_, __, now) => {
        const t = timeUnder(now, rail);
        edits = to(now.altKey || n === 1 ? t : snap(t));
        tryOut(edits);
      },
      end: (really) => { if (really) edit(edits); },
      cancel: () => tryOut([]),
    });
  };
  const keys = (event) => {
    const step = arrow(event)?.[0];
    if (step) edit(to(at + step / Math.max(1, n - 1)), { later: true });
    else if (more.remove && (event.key === "Delete" || event.key === "Backspace")) more.remove();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return html`
    <button class="grip ${name} ${more.classes ?? ""}" role="slider" tabindex=${more.aside ? -1 : 0} aria-label=${label} title=${label} aria-orientation="horizontal"
      aria-valuemin="0" aria-valuemax=${dss.seconds} aria-valuenow=${tidy(at * dss.seconds)} aria-valuetext=${seconds(at * dss.seconds)}
      .style=${`left:${at * 100}%`} @pointerdown=${down} @keydown=${keys} @focus=${() => more.chosen?.()}></button>`;
}

function isChosen(object) {
  return state.selected?.kind === "object" && state.selected.id === object.id;
}

function track(dss, object, index, n) {
  const chosen = isChosen(object);
  const blamed = state.page.findings[state.finding]?.ids.includes(object.id);
  const add = (event) => {
    const t = timeOf(frameAt(timeUnder(event, event.currentTarget), n), n);
    edit([{ op: "set_path", id: object.id, path: withKey(object.path, t, boxAt(object, t)) }]);
  };
  return html`
    <div class="label object" .style=${`--hue:${hue(index)}`}>
      <button class=${chosen ? "chosen" : ""} aria-pressed=${chosen} @click=${() => select({ kind: "object", id: object.id })}
        title=${object.phrase}><i></i><span>${object.id}</span></button>
    </div>
    <div class="rail track ${chosen ? "chosen" : ""} ${blamed ? "blamed" : ""}" .style=${`--hue:${hue(index)}`} @dblclick=${add}
      title="Double-click to add a keyframe" @click=${() => select({ kind: "object", id: object.id })}>
      ${object.visible.map((span, k) => html`
        <span class="span" .style=${`left:${span.start * 100}%;width:${(span.end - span.start) * 100}%`}></span>
        ${ends(dss, object, k)}`)}
      ${object.states.map((turn) => html`
        <span class="turn" title="becomes ${turn.phrase}" .style=${`left:${turn.start * 100}%`}></span>`)}
      ${object.path.map((key, k) => keyframe(dss, object, k))}
    </div>`;
}

/** Where a visible span begins and ends. */
function ends(dss, object, k) {
  const span = object.visible[k];
  const low = object.visible[k - 1]?.end ?? 0, high = object.visible[k + 1]?.start ?? 1;
  const changed = (side, value) => [{
    op: "set_visible", id: object.id, visible: object.visible.map((one, j) => (j === k ? { ...one, [side]: tidy(value) } : one)),
  }];
  const chosen = () => select({ kind: "object", id: object.id }), aside = !isChosen(object);
  return [
    handle(dss, "end start", `${object.id} appears`, span.start, (t) => changed("start", clamp(t, low, span.end - 0.01)), { chosen, aside }),
    handle(dss, "end stop", `${object.id} disappears`, span.end, (t) => changed("end", clamp(t, span.start + 0.01, high)), { chosen, aside }),
  ];
}

function keyframe(dss, object, k) {
  const key = object.path[k], n = frameCount(dss);
  const low = k ? object.path[k - 1].t + GAP : 0, high = k < object.path.length - 1 ? object.path[k + 1].t - GAP : 1;
  const to = (t) => [{
    op: "set_path", id: object.id,
    path: object.path.map((one, j) => (j === k ? { ...one, t: tidy(clamp(t, low, high)) } : one)),
  }];
  const chosen = () => {
    select({ kind: "object", id: object.id, key: k });
    toFrame(frameAt(key.t, n));
  };
  const aside = !isChosen(object), classes = !aside && state.selected.key === k ? "chosen" : "";
  const remove = () => removeKey(object, k);
  return handle(dss, "key", `Keyframe ${k + 1} of ${object.id}`, key.t, to, { chosen, remove, classes, aside });
}

/** Take a keyframe out; a path keeps at least one. */
function removeKey(object, k) {
  if (object.path.length < 2) {
    update({ error: "An object needs at least one keyframe: remove the object instead." });
    return;
  }
  edit([{ op: "set_path", id: object.id, path: object.path.filter((_, j) => j !== k) }]);
}
