// The conversation with its versions, and the checks.

import { html, nothing } from "./vendor/lit-html.js";
import { mend, openPlan, revise, stopPlanning } from "./actions.js";
import { pinDown } from "./timeline.js";
import { state } from "./state.js";
import { icon, percent } from "./ui.js";

const MINDS = { builtin: "the built-in mind", given: "hand" };

/** What was said and what became of it: every version of the plan, and where to say more. */
export function talk() {
  const { page } = state;
  const newest = Math.max(...page.history.map((one) => one.version));
  const line = lineage(page.history, page.version);
  return html`
    <section class="talk" aria-label="Conversation">
      <ol class="thread" id="thread">
        ${page.history.map((one) => version(one, line))}
        ${state.busy ? html`
          <li class="turn now"><p class="mine">${state.asked}</p>
            <p class="reply"><span class="pulse" aria-hidden="true"></span>${state.busy}
              <button class="link" @click=${stopPlanning}>Stop</button></p></li>` : nothing}
      </ol>
      ${page.version !== newest ? html`<p class="hint">You look at version ${page.version} of ${newest}. A change begins a new one from here.</p>` : nothing}
      ${saybox("What shall change?", example(page.dss), (words) => revise(words))}
    </section>`;
}

function example(dss) {
  const thing = dss.objects[0]?.phrase.replace(/^(an?|the) /i, "");
  return thing && thing.length < 30 ? `Make the ${thing} faster` : "Add a red balloon on the left";
}

function version(one, line) {
  const { page } = state, here = one.version === page.version;
  const open = () => openPlan(page.plan_id, one.version);
  return html`
    <li class="turn ${here ? "here" : ""} ${line.has(one.version) ? "" : "aside"}">
      <p class="mine">${one.instruction || page.dss.prompt || "A plan of your own"}</p>
      <button class="reply" aria-current=${here ? "true" : "false"} @click=${open}>
        <b>Version ${one.version}</b>
        <span class="score ${one.confidence >= page.threshold ? "good" : "weak"}">${percent(one.confidence)}</span>
      </button>
      ${here && page.changes.length && page.changes.join("; ") !== one.instruction ? html`<ul class="changes">${page.changes.slice(0, 6).map((change) => html`<li>${change}</li>`)}</ul>` : nothing}
      ${here ? page.notes.map((note) => html`<p class="note">${note}</p>`) : nothing}
    </li>`;
}

/** The versions that the shown one came from, and itself. */
function lineage(history, version) {
  const parents = new Map(history.map((one) => [one.version, one.parent]));
  const line = new Set();
  for (let at = version; at; at = parents.get(at)) line.add(at);
  return line;
}

/** A box to write in; what is sent and understood is cleared. Not a form: hosts' sandboxes do not let forms submit. */
export function saybox(label, example, send) {
  const submit = async (field) => {
    const words = field.value.trim();
    if (!words || state.busy) return;
    field.value = "";
    if (!(await send(words)) && !field.value) field.value = words;
    field.focus();
  };
  const keys = (event) => {
    event.stopPropagation();
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit(event.target);
    }
  };
  return html`
    <div class="saybox">
      <textarea rows="2" maxlength="2000" aria-label=${label} placeholder=${example} @keydown=${keys}></textarea>
      <button class="primary round" aria-label="Send" ?disabled=${Boolean(state.busy)}
        @click=${(event) => submit(event.currentTarget.previousElementSibling)}>${icon("send")}</button>
    </div>`;
}

/** Every check with its score, the worst first. */
export function checks() {
  const { page } = state;
  const indexed = page.findings.map((finding, index) => ({ ...finding, index }));
  const open = indexed.filter((one) => one.grade === "broken"), kept = indexed.filter((one) => one.grade !== "broken");
  return html`
    <section class="checks" aria-label="Checks">
      <div class="gauge ${page.passed ? "good" : "weak"}">
        <strong>${percent(page.confidence)}</strong>
        <span>${page.passed ? "confident" : `below ${percent(page.threshold)}`}<small>planned by ${MINDS[page.mind] ?? page.mind}</small></span>
        <meter min="0" max="1" low=${page.threshold} optimum="1" value=${page.confidence} aria-label="Confidence"></meter>
      </div>
      ${open.length ? html`<ul class="findings">${open.map(row)}</ul>` : html`<p class="hint">Nothing to object to.</p>`}
      ${open.length ? html`<button class="wide" ?disabled=${Boolean(state.busy)} @click=${mend}>${icon("wrench")} Let the fixer mend it</button>` : nothing}
      ${page.unread.length ? html`<h3>Not measured</h3><ul class="unread">${page.unread.map((piece) => html`<li>${piece}</li>`)}</ul>` : nothing}
      ${kept.length ? html`<details><summary>${kept.length} kept</summary><ul class="findings">${kept.map(row)}</ul></details>` : nothing}
      ${page.rounds.length > 1 ? html`<h3>How it came to be</h3><ol class="rounds">${page.rounds.map((round) => html`
        <li><b>${percent(round.confidence)}</b> ${round.changes.slice(0, 4).join(" ") || "nothing left to change"}</li>`)}</ol>` : nothing}
    </section>`;
}

function row(finding) {
  return html`
    <li><button class="finding ${finding.grade} ${state.finding === finding.index ? "chosen" : ""}" aria-pressed=${state.finding === finding.index}
      @click=${() => pinDown(finding.index)}>
      <i aria-hidden="true"></i><span>${finding.message}</span>
      <small>${finding.constraint}${finding.promised ? "" : ", not promised"} · ${percent(finding.score)}</small>
    </button></li>`;
}
