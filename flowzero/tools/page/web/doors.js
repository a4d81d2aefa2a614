// Two doors to the same studio: the page's own server, and an MCP host that shows the page as an app.
// Both offer the same calls; each call resolves with data or rejects with an Error whose message is for the person.

const TOO_LONG = 4000;

/** The door that fits: a page inside another one is an app of an MCP host. */
export async function openDoor(changed) {
  return window.parent === window ? serverDoor() : await hostDoor(changed);
}

function serverDoor() {
  const plan = (id) => `/api/plans/${encodeURIComponent(id)}`;
  const render = (id) => `/api/renders/${encodeURIComponent(id)}`;
  return {
    kind: "server",
    plans: async () => (await getJson("/api/plans")).plans,
    look: (id, version) => getJson(version ? `${plan(id)}?version=${version}` : plan(id)),
    plan: (prompt, options, tell, signal) => told("/api/plans", { prompt, ...options }, tell, signal),
    revise: (id, instruction, version, tell, signal) => told(`${plan(id)}/revise`, { instruction, version }, tell, signal),
    edit: (id, edits, version) => told(`${plan(id)}/edit`, { edits, version }),
    mend: (id, version, tell, signal) => told(`${plan(id)}/mend`, { version }, tell, signal),
    undo: (id) => post(`${plan(id)}/undo`),
    redo: (id) => post(`${plan(id)}/redo`),
    approve: (id, version) => post(`${plan(id)}/approve`, { version }),
    render: (id, version, options) => post(`${plan(id)}/render`, { version, ...options }),
    renders: async () => (await getJson("/api/renders")).renders,
    status: (id) => getJson(render(id)),
    cancel: (id) => post(`${render(id)}/cancel`),
    video: async (id) => `${render(id)}/video`,
    picture: (name) => `/api/pictures/${encodeURIComponent(name)}`,
  };
}

async function getJson(url) {
  return outcome(await reach(url, {}));
}

async function post(url, body = {}) {
  return outcome(await reach(url, sending(body)));
}

function sending(body, signal) {
  return { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal };
}

async function reach(url, options) {
  try {
    return await fetch(url, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The studio does not answer: is `flowzero studio` still running?");
  }
}

async function outcome(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error ?? "The studio made a mistake: see the window that it runs in.");
  return body;
}

/** A call that tells how it goes on, line by line, before its outcome. */
async function told(url, body, tell = () => {}, signal) {
  const response = await reach(url, sending(body, signal));
  if (!response.ok) return outcome(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "", last = {};
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      last = JSON.parse(line);
      if (last.event) tell(last.event);
    }
  }
  if (last.plan) return last.plan;
  throw new Error(last.error ?? "The studio stopped in the middle of an answer.");
}

/** JSON-RPC with the host's window, as MCP Apps have it (2026-01-26). */
async function hostDoor(changed) {
  const waiting = new Map();
  const door = { kind: "host", onPlan: () => {}, onContext: () => {}, context: {} };
  const pictures = new Map();
  let last = 0;

  const post = (message) => window.parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
  const notify = (method, params = {}) => post({ method, params });
  const request = (method, params = {}) => new Promise((resolve, reject) => {
    waiting.set(++last, { resolve, reject });
    post({ id: last, method, params });
  });

  const notices = {
    "ui/notifications/tool-result": (result) => door.onResult(result),
    "ui/notifications/host-context-changed": (context) => {
      Object.assign(door.context, context);
      door.onContext(door.context);
    },
  };
  window.addEventListener("message", ({ source, data }) => {
    if (source !== window.parent || data?.jsonrpc !== "2.0") return;
    if (data.method === undefined) {
      const { resolve, reject } = waiting.get(data.id) ?? {};
      waiting.delete(data.id);
      if (data.error) reject?.(new Error(data.error.message ?? "The host refused."));
      else resolve?.(data.result);
    } else if (data.id !== undefined) {
      post({ id: data.id, result: {} });
    } else {
      notices[data.method]?.(data.params ?? {});
    }
  });

  const call = async (name, args) => {
    const given = Object.fromEntries(Object.entries(args).filter(([, value]) => value != null));
    const result = await request("tools/call", { name, arguments: given });
    if (result.isError) throw new Error(result.content?.map((part) => part.text ?? "").join(" ") || "The call failed.");
    return result.structuredContent;
  };
  const read = async (uri) => (await request("resources/read", { uri })).contents[0];
  const look = async (id, version) => {
    const uri = `flowzero://page/plans/${encodeURIComponent(id)}/${version ?? "current"}`;
    return JSON.parse((await read(uri)).text);
  };
  const shown = async (view) => {
    const page = await look(view.plan_id, view.version);
    tellModel(page);
    return page;
  };
  const tellModel = (page) => {
    const text = `The user now looks at version ${page.version} of plan ${page.plan_id}`
      + `${page.changes.length ? `: ${page.changes.join(" ")}` : "."}`.slice(0, TOO_LONG);
    request("ui/update-model-context", { content: [{ type: "text", text }] }).catch(() => {});
  };

  Object.assign(door, {
    notify, look,
    plans: async () => (await call("list_plans", { limit: 50 })).plans,
    plan: async (prompt, options) => shown(await call("plan_video", { prompt, ...options })),
    revise: async (id, instruction, version) => shown(await call("revise_plan", { plan_id: id, instruction, version })),
    edit: async (id, edits, version) => shown(await call("edit_plan", { plan_id: id, edits, version })),
    mend: async (id, version) => shown(await call("mend_plan", { plan_id: id, version })),
    undo: async (id) => shown(await call("undo_plan", { plan_id: id })),
    redo: async (id) => shown(await call("redo_plan", { plan_id: id })),
    approve: async (id, version) => shown(await call("approve_plan", { plan_id: id, version })),
    render: (id, version, options) => call("render_video", { plan_id: id, version, ...options }),
    renders: async () => (await call("list_renders", { limit: 100 })).renders,
    status: (id) => call("render_status", { job_id: id }),
    cancel: (id) => call("cancel_render", { job_id: id }),
    video: async (id) => asData(await read(`flowzero://renders/${encodeURIComponent(id)}/video`)),
    picture: (name) => {
      if (!pictures.has(name)) {
        pictures.set(name, "");
        read(`flowzero://page/pictures/${encodeURIComponent(name)}`).then((content) => {
          pictures.set(name, asData(content));
          changed();
        }, () => {});
      }
      return pictures.get(name);
    },
    onResult: (result) => {
      if (result.structuredContent?.plan_id) door.onPlan(result.structuredContent);
    },
    enlarge: () => request("ui/request-display-mode", { mode: "fullscreen" }),
  });

  const { hostContext } = await request("ui/initialize", {
    appInfo: { name: "flowzero", version: "1" },
    appCapabilities: { availableDisplayModes: ["inline", "fullscreen"] },
    protocolVersion: "2026-01-26",
  });
  Object.assign(door.context, hostContext);
  return door;
}

function asData(content) {
  return `data:${content.mimeType};base64,${content.blob}`;
}
