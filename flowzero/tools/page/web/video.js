// The rendered video, in the stage's place.

import { html, nothing } from "./vendor/lit-html.js";
import { state, update } from "./state.js";
import { duration, icon } from "./ui.js";

export function hasVideo() {
  return Boolean(state.job?.source && state.job.plan_id === state.page.plan_id);
}

export function views() {
  return html`
    <div class="choice views" role="radiogroup" aria-label="What to look at">
      ${[["Plan", "plan"], ["Video", "video"]].map(([label, view]) => html`
        <button role="radio" aria-checked=${state.view === view} ?disabled=${view === "video" && !hasVideo()}
          @click=${() => update({ view, playing: false })}>${label}</button>`)}
    </div>`;
}

export function video() {
  const { job, page } = state;
  const moving = !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  return html`
    <div class="stage"><div class="frame">${/\.(gif|webp)$/.test(fileName(job))
      ? html`<img src=${job.source} alt="The rendered video">`
      : html`<video src=${job.source} controls loop muted playsinline ?autoplay=${moving}></video>`}</div></div>
    <div class="transport about">
      <span>Version ${job.version}${job.version === page.version ? "" : html` <b>(you look at version ${page.version})</b>`}${job.seconds ? `, rendered in ${duration(job.seconds)}` : ""}</span>
      <span class="path" title=${job.video_path}>${fileName(job)}</span>
      ${state.door.kind === "server" ? html`<a class="button" href=${job.source} download=${fileName(job)}>${icon("save")}<span>Save</span></a>` : nothing}
    </div>
    ${(job.notes ?? []).map((note) => html`<p class="note">${note}</p>`)}`;
}

function fileName(job) {
  return job.video_path?.split(/[\\/]/).at(-1) ?? "video.mp4";
}
