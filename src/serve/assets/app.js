// The page: its views, and reading one posting.

import { $, ask, debounced, el, number, post, reason, save, say, visible } from "./dom.js";
import { asText, change, duties, headline, judged, legend, lensName, marked, NAMES, SHORT, sign, titleAndDuties } from "./verdict.js";
import { EXAMPLES } from "./examples.js";
import { startCompare } from "./compare.js";
import { startTable } from "./table.js";

const VIEWS = ["read", "compare", "table"];

/** Duties by their id. */
const lexicon = new Map();
let lens = "consensus";
/** The verdict on the page, and the request it answers. */
let current = null;

function show() {
  const wanted = location.hash.slice(1);
  const view = VIEWS.includes(wanted) ? wanted : "read";
  for (const name of VIEWS) {
    $(`view-${name}`).hidden = name !== view;
    const link = document.querySelector(`nav [data-view=${name}]`);
    if (name === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = view === "read" ? "Rolecall" : `${view === "table" ? "Table" : "Compare"} · Rolecall`;
}

/** Removes the verdict from the page. */
function clearVerdict() {
  current = null;
  $("details").hidden = true;
  $("keep").hidden = true;
}

function empty() {
  clearVerdict();
  $("verdict").className = "verdict empty";
  $("verdict").replaceChildren(
    el("div", { class: "signs", "aria-hidden": "true" }, sign("pm"), sign("pmm")),
    el("p", { class: "sub" }, "The verdict appears here as you type."),
    el("p", { class: "quiet" }, "A posting needs about 30 words. Try an example if you have none at hand."));
}

/** Shows why a request failed. If the server does not respond, the page stays as it is. */
function problem(error) {
  if (error instanceof TypeError || error.name === "AbortError") return;
  clearVerdict();
  $("verdict").className = "verdict";
  $("verdict").replaceChildren(el("p", { class: "problem", role: "alert" }, reason(error)));
}

const classify = debounced(async (signal) => {
  const text = $("posting").value;
  if (!text.trim()) return empty();
  const body = { text, title: $("title").value.trim() || null, lens, top: 100_000 };
  $("verdict").setAttribute("aria-busy", "true");
  try {
    const verdict = await post("/api/classify", { ...body, include: ["duties", "lenses", "split"] }, signal);
    current = { verdict, body };
    showVerdict();
  } catch (error) {
    problem(error);
  } finally {
    if (!signal.aborted) $("verdict").removeAttribute("aria-busy");
  }
});

function showVerdict() {
  const { verdict, body } = current;
  $("verdict").className = `verdict is-${verdict.label}`;
  $("verdict").replaceChildren(...[...headline(verdict, body.text), titleAndDuties(verdict)].filter(Boolean));
  say([".label", ".sub"].map((part) => $("verdict").querySelector(part).textContent).join(". "));
  $("keep").hidden = $("details").hidden = !judged(verdict);
  if (!judged(verdict)) return;
  marked($("marked"), body.text, verdict, openEvidence);
  $("duties").replaceChildren(...duties(verdict, verdict.duties, lexicon, openPhrase));
  showLenses();
  showSplit();
  $("change").replaceChildren(el("p", { class: "row start" },
    el("button", { type: "button", id: "find-change", onclick: findChange }, "Find the fewest lines")));
}

/** Goes from a phrase in the posting to its duty. */
function openEvidence(n) {
  const item = $(`evidence-${n}`);
  if (!item) return;
  item.closest("details").open = true;
  flash(item);
  item.querySelector("a").focus();
}

/** Goes from a duty to its phrase in the posting. */
function openPhrase(n) {
  const link = $(`phrase-${n}`);
  if (!link) return;
  flash(link);
  link.focus();
}

function flash(node) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  node.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  node.classList.add("flash");
  setTimeout(() => node.classList.remove("flash"), 1600);
}

function showLenses() {
  const { verdict } = current;
  const focused = document.activeElement?.name === "lens";
  $("lenses").replaceChildren(...verdict.lenses.rows.map((row) => {
    const id = `lens-${row.lens}`;
    const input = el("input", { type: "radio", name: "lens", id, value: row.lens, onchange: () => {
      lens = row.lens;
      classify(true);
    } });
    input.checked = row.lens === verdict.lens;
    const share = row.pm_share === null ? "" : `, ${Math.round(row.pm_share * 100)}% PM`;
    const why = row.differs.filter((shift) => shift.duty).slice(0, 2).map((shift) => shift.name).join("; ");
    return el("label", { class: "lens", for: id }, input, el("span", { class: "lens-name" }, lensName(row.lens)),
      el("span", { class: "lens-label" }, sign(row.label), `${SHORT[row.label]}${share}`),
      why ? el("span", { class: "small quiet lens-why" }, `differs in ${why}`) : null);
  }));
  if (focused) $(`lens-${verdict.lens}`)?.focus();
}

function showSplit() {
  const { split } = current.verdict;
  $("split-section").hidden = !split;
  if (!split) return;
  const list = (role) => {
    const lines = [...split[role], ...split.both].sort((a, b) => a.start - b.start).map((line) => line.text);
    return el("section", { class: "draft", "aria-label": `Posting for ${NAMES[role].toLowerCase()}` },
      el("h3", { class: `ink-${role}` }, sign(role), NAMES[role]),
      el("ul", { class: "lines" }, lines.map((line) => el("li", {}, visible(line)))),
      el("button", { type: "button", class: "quiet-button", onclick: () => copy(lines.map((line) => `- ${line}\n`).join("")) }, "Copy", el("span", { class: "sr" }, ` the duties of ${NAMES[role].toLowerCase()}`)));
  };
  $("split").replaceChildren(el("p", { class: "quiet" }, "The duties of each role; those of both are in both lists."),
    el("div", { class: "drafts" }, list("pm"), list("pmm")));
}

async function findChange() {
  const { body } = current;
  const asked = current;
  $("change").replaceChildren(el("p", { class: "quiet" }, "Searching …"));
  try {
    const found = await post("/api/classify", { ...body, include: ["what_if"] });
    if (current === asked) $("change").replaceChildren(...change(found.what_if));
  } catch (error) {
    if (current === asked) $("change").replaceChildren(el("p", { class: "problem" }, reason(error)));
  }
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    say("Copied");
    toast("Copied");
  } catch {
    toast("The browser does not allow copying");
  }
}

function toast(text) {
  document.querySelector(".toast")?.remove();
  const node = el("p", { class: "toast", "aria-hidden": "true" }, text);
  document.body.append(node);
  setTimeout(() => node.remove(), 1800);
}

/** The text of a file of any kind, extracted by the server. */
async function textOf(file) {
  const type = ["text/html", "text/plain"].includes(file.type) ? file.type : "application/octet-stream";
  const answer = await ask("/api/classify?include=text&top=0", { method: "POST", headers: { "content-type": type }, body: file });
  return (await answer.json()).text;
}

async function readFile(file) {
  try {
    setPosting(await textOf(file), "");
    say(`Read ${file.name}`);
  } catch (error) {
    problem(error);
  }
}

function setPosting(text, title) {
  $("posting").value = text;
  $("title").value = title;
  classify(true);
}

function startRead() {
  $("posting").addEventListener("input", () => classify());
  $("title").addEventListener("input", () => classify());
  $("posting-form").addEventListener("submit", (event) => event.preventDefault());
  $("clear").addEventListener("click", () => {
    setPosting("", "");
    $("posting").focus();
  });
  $("file").addEventListener("change", (event) => {
    if (event.target.files[0]) readFile(event.target.files[0]);
    event.target.value = "";
  });
  $("examples").replaceChildren(...EXAMPLES.map((example) =>
    el("button", { type: "button", class: "chip", onclick: () => setPosting(example.text, example.title) }, example.name)));
  $("legend").replaceChildren(...legend());
  $("copy").addEventListener("click", () => copy(asText(current.verdict, current.verdict.duties)));
  $("save-json").addEventListener("click", () => {
    const { duties: _, lenses: __, split: ___, ...verdict } = current.verdict;
    save("verdict.json", [JSON.stringify(verdict, null, 2), "\n"], "application/json");
  });
  $("save-html").addEventListener("click", async () => {
    try {
      const answer = await post("/api/classify", { ...current.body, include: ["html"] });
      save("verdict.html", [answer.html], "text/html");
    } catch (error) {
      problem(error);
    }
  });
}

/** Names of files that are tables. */
const TABLE = /\.(csv|tsv|json|jsonl|ndjson|parquet|xls[xm]?|ods)(\.(gz|zst))?$/i;

/** Files may be dropped anywhere; dragged text is left to the browser. */
function startDrop(openTable, openCompare) {
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.body.classList.remove("dropping");
  });
  addEventListener("drop", (event) => {
    document.body.classList.remove("dropping");
    if (!hasFiles(event)) return;
    event.preventDefault();
    const file = event.dataTransfer.files[0];
    if (!file) return;
    if (!$("view-table").hidden || TABLE.test(file.name)) {
      location.hash = "table";
      openTable(file);
    } else if (!$("view-compare").hidden) {
      openCompare(textOf(file), event.target);
    } else {
      readFile(file);
    }
  });
}

async function startAbout() {
  const [model, all] = await Promise.all(["/api/model", "/api/lexicon"].map(async (path) => (await ask(path)).json()));
  for (const duty of all) lexicon.set(duty.duty, duty);
  $("about").textContent = `Rolecall ${model.version}, model ${model.model}. It knows ${number(model.duties)} duties.`;
  return model;
}

addEventListener("hashchange", () => {
  // Links inside a posting also change the hash, but are not views.
  if (VIEWS.includes(location.hash.slice(1))) {
    show();
    $("main").focus({ preventScroll: true });
    scrollTo(0, 0);
  }
});
document.addEventListener("server-back", () => classify(true));
startRead();
const openCompare = startCompare();
const openTable = startTable((text, title) => {
  location.hash = "read";
  setPosting(text, title);
});
startDrop(openTable, openCompare);
show();
empty();
try {
  const model = await startAbout();
  $("table-lens").replaceChildren(...model.lenses.map((name) => el("option", { value: name }, lensName(name))));
} catch {
  // The banner says that the server does not respond.
}
if ($("posting").value.trim()) classify(true);
document.body.dataset.ready = "";
