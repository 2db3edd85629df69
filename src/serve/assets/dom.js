// Builds elements and sends requests. Text from outside never becomes markup.

export const $ = (id) => document.getElementById(id);

/** An element. `props` are attributes, `on…` listeners, and `vars` CSS variables. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "vars") for (const [key, v] of Object.entries(value)) node.style.setProperty(`--${key}`, v);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Text for screen readers only. */
export const hidden = (text) => el("span", { class: "sr" }, text);

/** Text with invisible and direction-changing characters shown as their code points. */
export const visible = (text) =>
  text.replace(
    /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb]/g,
    (c) => (c === "\r" ? c : `‹U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}›`),
  );

/** Says something to screen readers. */
export function say(text) {
  $("live").textContent = text;
}

export class Problem extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** Why a request failed, as shown on the page. */
export function reason(error) {
  if (error instanceof TypeError) return "The server is not responding.";
  return error.status === 413 ? "This is too large." : error.message;
}

let watching = false;

/** Shows that the server is not responding, until it does. */
function gone() {
  $("gone").hidden = false;
  if (watching) return;
  watching = true;
  const look = async () => {
    try {
      await fetch("/healthz");
    } catch {
      return void setTimeout(look, 2000);
    }
    watching = false;
    $("gone").hidden = true;
    document.dispatchEvent(new Event("server-back"));
  };
  $("retry").onclick = look;
  setTimeout(look, 2000);
}

/** Sends a request; throws a Problem for every response that is not a success. */
export async function ask(path, options = {}) {
  let response;
  for (let attempt = 0; ; attempt++) {
    try {
      response = await fetch(path, { ...options, credentials: "omit" });
    } catch (error) {
      if (error.name !== "AbortError") gone();
      throw error;
    }
    if (response.status !== 503 || attempt === 4) break;
    const wait = Number(response.headers.get("retry-after")) || 1;
    await new Promise((done) => setTimeout(done, wait * 1000));
    if (options.signal?.aborted) throw new DOMException("stopped", "AbortError");
  }
  $("gone").hidden = true;
  if (response.ok) return response;
  let detail = response.statusText;
  try {
    detail = (await response.json()).detail ?? detail;
  } catch {
    // Not this server's JSON; the status text must do.
  }
  throw new Problem(response.status, detail);
}

/** Text with lone surrogates, which the server refuses, replaced by U+FFFD. */
const wellFormed = (text) =>
  text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");

export async function post(path, body, signal) {
  const headers = { "content-type": "application/json" };
  const sent = JSON.stringify(body, (_, value) => (typeof value === "string" ? wellFormed(value) : value));
  return (await ask(path, { method: "POST", headers, body: sent, signal })).json();
}

/** Delays `run` until there are no further calls for a moment; aborts the previous run. */
export function debounced(run, wait = 250) {
  let timer, controller;
  return (now = false) => {
    clearTimeout(timer);
    controller?.abort();
    controller = new AbortController();
    const { signal } = controller;
    timer = setTimeout(() => run(signal).catch((error) => {
      if (error.name !== "AbortError" && !(error instanceof TypeError)) console.error(error);
    }), now ? 0 : wait);
  };
}

/** Offers a file to save. */
export function save(name, parts, type) {
  const url = URL.createObjectURL(parts instanceof Blob ? parts : new Blob(parts, { type }));
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** A function from an offset in the UTF-8 bytes of `text` to its index in `text`. */
export function byteIndex(text) {
  const index = [];
  let at = 0;
  for (const c of text) {
    const code = c.codePointAt(0);
    const bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (let n = 0; n < bytes; n++) index.push(at);
    at += c.length;
  }
  index.push(at);
  return (byte) => index[Math.min(byte, index.length - 1)];
}

export const number = (value) => value.toLocaleString("en-US");
export const percent = (part) => Math.round(Math.min(Math.max(part, 0), 1) * 100);

export function probability(p) {
  if (p > 0.99) return "over 0.99";
  if (p < 0.01) return "under 0.01";
  return p.toFixed(2);
}
