// Small things that every part of the page uses: icons, words for numbers, dragging.

import { html, svg } from "./vendor/lit-html.js";

const SHAPES = {
  play: svg`<path d="M8 5.5v13l10.5-6.5z" fill="currentColor" stroke="none"/>`,
  pause: svg`<path d="M8.5 6v12M15.5 6v12" stroke-width="3"/>`,
  back: svg`<path d="M15 6l-6 6 6 6"/>`,
  forth: svg`<path d="M9 6l6 6-6 6"/>`,
  undo: svg`<path d="M9 7L5 11l4 4M5.5 11H14a5 5 0 0 1 0 10h-3"/>`,
  redo: svg`<path d="M15 7l4 4-4 4M18.5 11H10a5 5 0 0 0 0 10h3"/>`,
  plus: svg`<path d="M12 5v14M5 12h14"/>`,
  bin: svg`<path d="M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12M10.5 11v5M13.5 11v5"/>`,
  check: svg`<path d="M5 12.5l4.5 4.5L19 7.5"/>`,
  cross: svg`<path d="M6 6l12 12M18 6L6 18"/>`,
  send: svg`<path d="M12 19V5M6 11l6-6 6 6"/>`,
  sun: svg`<circle cx="12" cy="12" r="4"/><path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6L7 7M17 17l1.4 1.4M5.6 18.4L7 17M17 7l1.4-1.4"/>`,
  moon: svg`<path d="M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z"/>`,
  key: svg`<path d="M12 4l8 8-8 8-8-8z"/>`,
  film: svg`<rect x="4" y="5" width="16" height="14" rx="2"/><path d="M8 5v14M16 5v14M4 9.5h4M4 14.5h4M16 9.5h4M16 14.5h4"/>`,
  save: svg`<path d="M12 4v11M7 11l5 5 5-5M5 20h14"/>`,
  help: svg`<path d="M9 9.2a3 3 0 1 1 4.2 2.8c-.8.4-1.2 1-1.2 2M12 17.5v.1"/><circle cx="12" cy="12" r="9"/>`,
  wrench: svg`<path d="M14.5 6.5a4 4 0 0 1 5-1l-3 3 .5 2 2 .5 3-3a4 4 0 0 1-5.5 4.8L8.5 20.3a2 2 0 0 1-3-3l8-8a4 4 0 0 1 1-2.8z"/>`,
  large: svg`<path d="M14 5h5v5M10 19H5v-5M19 5l-6 6M5 19l6-6"/>`,
  dots: svg`<path d="M6 12h.1M12 12h.1M18 12h.1" stroke-width="3"/>`,
};

/** An icon; the button around it says what it means. */
export function icon(name) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${SHAPES[name]}</svg>`;
}

export function percent(value) {
  return `${Math.round(value * 100)} %`;
}

export function seconds(value) {
  return `${Number(value.toFixed(2))} s`;
}

/** How long something took. */
export function duration(value) {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} s`;
}

/** A colour of its own for each object of a plan, by its place in the list. */
export function hue(index) {
  return `var(--track-${index % 8})`;
}

/**
 * Follow a pointer from where it goes down until it comes up. `move` gets how far it went in pixels and the event; `end` gets
 * whether it moved at all. Escape gives up.
 */
export function drag(event, { move, end, cancel = () => {} }) {
  if (event.button) return;
  const target = event.currentTarget, x = event.clientX, y = event.clientY;
  let moved = false;
  target.setPointerCapture(event.pointerId);
  const follow = (now) => {
    moved ||= Math.hypot(now.clientX - x, now.clientY - y) > 2;
    if (moved) move(now.clientX - x, now.clientY - y, now);
  };
  const stop = (given) => {
    target.removeEventListener("pointermove", follow);
    target.removeEventListener("pointerup", up);
    target.removeEventListener("pointercancel", away);
    window.removeEventListener("keydown", escape, true);
    if (given && moved) end(true); else if (given) end(false); else cancel();
  };
  const up = () => stop(true);
  const away = () => stop(false);
  const escape = (key) => {
    if (key.key !== "Escape") return;
    key.stopPropagation();
    stop(false);
  };
  target.addEventListener("pointermove", follow);
  target.addEventListener("pointerup", up);
  target.addEventListener("pointercancel", away);
  window.addEventListener("keydown", escape, true);
}

/** The step that an arrow key asks for, as [x, y]; null for any other key. */
export function arrow(event) {
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  return steps[event.key] ?? null;
}
