// Classifies a table and shows counts, groups, months and the rows, however many.

import { $, ask, el, number, percent, post, reason, save, say, visible } from "./dom.js";
import { headline, LABELS, marked, SHORT, sign } from "./verdict.js";

/** Height of a row in pixels, as in the style sheet. */
const ROW = 44;
/** Maximum number of groups shown. */
const GROUPS = 12;
/** Rows are kept outside the page's memory, in blobs of about this many bytes. */
const PIECE = 8 << 20;
/** Maximum number of rejected rows in the statistics. */
const REJECTED = 1000;

const COLUMNS = [
  { key: "row", name: "Row" },
  { key: "label", name: "Label" },
  { key: "confidence", name: "Confidence" },
  { key: "share", name: "PM share" },
  { key: "title", name: "Title" },
  { key: "group", name: "Group" },
];

let file = null;
let names = [];
let table = null;
let controller = null;

/** A classified table. `bytes` has the full rows; `rows` has the fields to sort and filter by. */
class Table {
  constructor(chosen) {
    this.chosen = chosen;
    this.rows = [];
    this.rejected = [];
    /** Names of all columns: rows of JSON may differ in theirs. */
    this.columns = new Set();
    this.summary = null;
    this.pieces = [];
    this.piece = [];
    this.length = 0;
    this.inPiece = 0;
  }

  /** Adds a line of the response, with its line break. Returns the progress if it reports any. */
  add(bytes, text) {
    if (text.startsWith('{"rolecall_progress"')) return JSON.parse(text).rolecall_progress;
    if (text.startsWith('{"rolecall_rejected"')) {
      if (this.rejected.length < REJECTED) this.rejected.push(JSON.parse(text).rolecall_rejected);
    } else if (text.startsWith('{"rolecall_summary"')) this.summary = JSON.parse(text).rolecall_summary;
    else if (text.startsWith('{"rolecall_error"')) throw new Error(JSON.parse(text).rolecall_error.detail);
    else this.addRow(bytes, JSON.parse(text));
    return null;
  }

  addRow(bytes, row) {
    const { text, title, group, date } = this.chosen;
    for (const name of Object.keys(row)) this.columns.add(name);
    const cell = (name) => (name && row[name] !== null && row[name] !== undefined ? String(row[name]) : "");
    const share = row.rolecall_pm_share;
    this.rows.push({
      row: this.rows.length + 1,
      label: row.rolecall_label,
      confidence: Number(row.rolecall_confidence),
      share: row.rolecall_label === "unclear" || share === null || share === "" ? null : Number(share),
      title: cell(title ?? text).slice(0, 200).trim(),
      group: cell(group).slice(0, 200),
      month: month(cell(date)),
      start: this.length,
      end: this.length + bytes.length,
    });
    this.piece.push(bytes);
    this.length += bytes.length;
    this.inPiece += bytes.length;
    if (this.inPiece > PIECE) this.flush();
  }

  flush() {
    this.pieces.push(new Blob(this.piece));
    this.piece = [];
    this.inPiece = 0;
  }

  finish() {
    this.flush();
    this.bytes = new Blob(this.pieces, { type: "application/x-ndjson" });
    this.pieces = [];
    this.view = this.rows;
  }

  async full(row) {
    return JSON.parse(await this.bytes.slice(row.start, row.end).text());
  }
}

/** The month of a date, such as 2026-03; empty if it is not a date. */
function month(date) {
  const iso = /^\s*(\d{4})[-/.]?(\d{2})/.exec(date);
  if (iso && iso[2] >= "01" && iso[2] <= "12") return `${iso[1]}-${iso[2]}`;
  const parsed = /^\s*\d{11,13}\s*$/.test(date) ? new Date(Number(date)) : new Date(date);
  if (!date.trim() || Number.isNaN(parsed.getTime())) return "";
  return `${parsed.getFullYear()}-${String(parsed.getMonth() + 1).padStart(2, "0")}`;
}

function fail(error) {
  if (error.name === "AbortError") return;
  $("table-problem").textContent = reason(error);
  $("table-problem").hidden = false;
  $("progress").hidden = true;
}

async function open(chosen) {
  controller?.abort();
  file = chosen;
  $("results").hidden = true;
  $("columns").hidden = true;
  $("table-problem").hidden = true;
  try {
    // The first rows of a text file are enough; other formats need the whole file.
    const text = /\.(csv|tsv|jsonl|ndjson|txt)$/i.test(file.name);
    const found = await (await send("/api/columns", text ? file.slice(0, 1 << 20) : file)).json();
    // Another table may have been dropped meanwhile.
    if (file !== chosen) return;
    ({ names } = found);
    const fill = (id, none, selected) => {
      const options = names.map((name, at) => el("option", { value: at + 1 }, visible(name)));
      $(id).replaceChildren(...(none ? [el("option", { value: "" }, none)] : []), ...options);
      $(id).value = selected === undefined || selected < 0 ? "" : selected + 1;
    };
    const like = (words) => names.findIndex((name) => words.some((word) => name.toLowerCase().includes(word)));
    fill("text-column", null, Math.max(0, names.indexOf(found.text[0])));
    fill("title-column", "None", names.indexOf(found.title));
    fill("group-column", "None", like(["company", "employer", "country", "source", "department"]));
    fill("date-column", "None", like(["date", "month", "posted", "created", "published"]));
    $("columns-heading").textContent = `Columns of ${file.name}`;
    $("columns").hidden = false;
    $("columns-heading").focus();
  } catch (error) {
    if (file === chosen) fail(error);
  }
}

function send(path, body, signal) {
  return ask(path, { method: "POST", headers: { "content-type": "application/octet-stream" }, body, signal });
}

async function classify() {
  const name = (id) => ($(id).value ? names[$(id).value - 1] : null);
  const chosen = { text: name("text-column"), title: name("title-column"), group: name("group-column"), date: name("date-column"), lens: $("table-lens").value };
  const query = new URLSearchParams({ format: "events", text_column: $("text-column").value, lens: chosen.lens });
  if (chosen.title) query.set("title_column", $("title-column").value);
  controller?.abort();
  controller = new AbortController();
  const { signal } = controller;
  $("results").hidden = true;
  $("table-problem").hidden = true;
  $("columns").hidden = true;
  $("progress").hidden = false;
  $("bar").removeAttribute("value");
  $("progress-text").textContent = "Sending the table";
  $("cancel").focus();
  const found = new Table(chosen);
  try {
    const response = await send(`/api/batch?${query}`, file, signal);
    await read(response.body.getReader(), found, signal);
    if (!found.summary) throw new Error("The response ended early.");
    found.finish();
    table = found;
    showResults();
  } catch (error) {
    if (error.name === "AbortError") return;
    $("columns").hidden = false;
    fail(error);
  } finally {
    if (controller.signal === signal) $("progress").hidden = true;
  }
}

/** Lets the page react. Timers are too slow: browsers throttle them in background pages. */
function pause() {
  return new Promise((next) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      next();
    };
    port2.postMessage(null);
  });
}

/** Reads lines as they arrive, with pauses in which the page can react. */
async function read(reader, found, signal) {
  const decoder = new TextDecoder();
  let rest = new Uint8Array();
  let worked = performance.now();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    let data = value;
    if (rest.length) {
      data = new Uint8Array(rest.length + value.length);
      data.set(rest);
      data.set(value, rest.length);
    }
    let from = 0;
    for (let end; (end = data.indexOf(10, from)) >= 0; from = end + 1) {
      const line = data.subarray(from, end + 1);
      const progress = found.add(line, decoder.decode(line));
      if (progress) showProgress(progress);
      if (performance.now() - worked > 30) {
        await pause();
        signal.throwIfAborted();
        worked = performance.now();
      }
    }
    rest = data.slice(from);
  }
}

function showProgress({ rows, bytes, of_bytes: all }) {
  $("bar").max = Math.max(1, all);
  $("bar").value = bytes;
  $("progress-text").textContent = `${number(rows)} rows classified`;
}

/** Counts of rows by the value of `key`, in the order of first appearance. */
function groups(key) {
  const found = new Map();
  for (const row of table.rows) {
    let group = found.get(row[key]);
    if (!group) found.set(row[key], (group = { name: row[key], rows: 0, labels: { pm: 0, pmm: 0, hybrid: 0, unclear: 0 }, shares: 0, share: null }));
    group.rows += 1;
    group.labels[row.label] += 1;
    if (row.share !== null) group.shares += row.share;
  }
  for (const group of found.values()) {
    const roles = group.rows - group.labels.unclear;
    if (roles) group.share = group.shares / roles;
    delete group.shares;
  }
  return [...found.values()];
}

function stack(group) {
  const words = LABELS.map((label) => `${SHORT[label]} ${number(group.labels[label])}`).join(", ");
  return el("span", { class: "stack", role: "img", "aria-label": words },
    LABELS.filter((label) => group.labels[label]).map((label) =>
      el("span", { class: `fill-${label}`, vars: { part: `${(group.labels[label] / group.rows) * 100}%` } })));
}

function groupTable(list, first) {
  return el("table", { class: "groups" },
    el("thead", {}, el("tr", {}, ...[first, "Rows", "Labels", "PM share"].map((name, at) =>
      el("th", { scope: "col", class: at % 2 ? "num" : null }, name)))),
    el("tbody", {}, list.map((group) => el("tr", {},
      el("th", { scope: "row" }, visible(group.name || "(none)")), el("td", { class: "num" }, number(group.rows)),
      el("td", { class: "wide" }, stack(group)), el("td", { class: "num" }, group.share === null ? "–" : `${percent(group.share)}%`)))));
}

function showResults() {
  const { rows, summary, rejected, chosen } = table;
  $("results").hidden = false;
  $("drop").classList.add("done");
  const aside = summary.rejected ? ` ${number(summary.rejected)} rows could not be read, the first because: ${visible(rejected[0].message)}.` : "";
  $("results-summary").textContent = `${number(rows.length)} rows of ${file.name}, judged by the ${chosen.lens} definition.${aside}`;
  const most = Math.max(1, ...Object.values(summary.labels));
  $("label-chart").replaceChildren(el("ul", { class: "label-bars" }, LABELS.map((label) =>
    el("li", {}, el("span", { class: "bar-name" }, sign(label), SHORT[label]),
      el("span", { class: `meter fill-${label}`, vars: { part: `${(summary.labels[label] / most) * 100}%` }, "aria-hidden": "true" }),
      el("span", { class: "num" }, `${number(summary.labels[label])} (${percent(summary.labels[label] / Math.max(1, rows.length))}%)`)))));
  $("group-section").hidden = !chosen.group;
  if (chosen.group) {
    const all = groups("group").sort((a, b) => b.rows - a.rows);
    const more = all.length > GROUPS ? el("p", { class: "small quiet" }, `${number(all.length - GROUPS)} smaller groups are in the statistics.`) : "";
    $("group-chart").replaceChildren(groupTable(all.slice(0, GROUPS), chosen.group), more);
  }
  const months = chosen.date ? groups("month").sort((a, b) => (a.name < b.name ? -1 : 1)) : [];
  $("month-section").hidden = !months.length;
  $("month-chart").replaceChildren(el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Shares of each month" }, groupTable(months, "Month")));
  $("filter").value = "";
  $("filter-label").replaceChildren(el("option", { value: "" }, "All"), ...LABELS.map((label) => el("option", { value: label }, SHORT[label])));
  grid.sort = { key: "row", down: false };
  grid.build();
  apply();
  $("results-heading").focus();
  say(`${number(rows.length)} rows classified`);
}

/** Filters and sorts. */
function apply() {
  const wanted = $("filter").value.trim().toLowerCase();
  const label = $("filter-label").value;
  const { key, down } = grid.sort;
  const order = down ? -1 : 1;
  const compare = (a, b) => {
    const [x, y] = [a[key], b[key]];
    // Rows without a value come last.
    if (x === null || y === null) return (x === null) - (y === null) || a.row - b.row;
    return (x < y ? -order : x > y ? order : 0) || a.row - b.row;
  };
  const view = table.rows.filter((row) => (!label || row.label === label) && (!wanted || `${row.title}\n${row.group}`.toLowerCase().includes(wanted)));
  if (key !== "row" || down) view.sort(compare);
  table.view = view;
  $("filter-count").textContent = `${number(view.length)} of ${number(table.rows.length)} rows`;
  grid.refresh();
}

/** The table of rows: only those in sight are in the document. */
const grid = {
  sort: { key: "row", down: false },
  active: 0,

  build() {
    const { text, title, group } = table.chosen;
    $("grid").classList.toggle("no-group", !group);
    $("filter").placeholder = `in ${[title ?? text, group].filter(Boolean).map(visible).join(" or ")}`;
    const heads = COLUMNS.map(({ key, name }) =>
      el("span", { role: "columnheader", class: `c-${key}`, "data-key": key },
        el("button", { type: "button", onclick: () => {
          this.sort = { key, down: this.sort.key === key && !this.sort.down };
          apply();
        } }, key === "title" && !title ? "Posting" : key === "group" && group ? visible(group) : name)));
    this.rowgroup = el("div", { role: "rowgroup", class: "grid-rows" });
    this.body = el("div", { class: "grid-body", role: "presentation", onscroll: () => this.draw(), onkeydown: (event) => this.key(event) }, this.rowgroup);
    $("grid").replaceChildren(el("div", { role: "rowgroup", class: "grid-head" }, el("div", { role: "row", class: "grid-row" }, heads)), this.body);
  },

  refresh() {
    this.active = 0;
    this.body.scrollTop = 0;
    this.rowgroup.style.setProperty("--rows", table.view.length);
    $("grid").setAttribute("aria-rowcount", table.view.length + 1);
    for (const head of $("grid").querySelectorAll("[role=columnheader]")) {
      const sorted = head.dataset.key === this.sort.key;
      head.setAttribute("aria-sort", sorted ? (this.sort.down ? "descending" : "ascending") : "none");
    }
    this.draw();
  },

  draw() {
    const { view } = table;
    const first = Math.max(0, Math.floor(this.body.scrollTop / ROW) - 4);
    const last = Math.min(view.length, first + Math.ceil((this.body.clientHeight || 480) / ROW) + 8);
    const focused = document.activeElement?.closest(".grid-body") !== null && this.body.contains(document.activeElement);
    const rows = [];
    const place = (at) => rows.push(this.row(view[at], at));
    // The row that the keyboard is on stays in the document, even out of sight.
    if (this.active < first && view.length) place(this.active);
    for (let at = first; at < last; at++) place(at);
    if (this.active >= last && this.active < view.length) place(this.active);
    if (!view.length) rows.push(el("div", { role: "row", class: "grid-row none" }, el("span", { role: "gridcell" }, "No row matches the filter.")));
    this.rowgroup.replaceChildren(...rows);
    if (focused) this.focus();
  },

  row(row, at) {
    const cell = (key, ...content) => el("span", { role: "gridcell", class: `c-${key}` }, ...content);
    return el("div", { role: "row", class: "grid-row", "aria-rowindex": at + 2, vars: { at }, onclick: () => openRow(row) },
      cell("row", el("button", { type: "button", "data-at": at, tabindex: at === this.active ? "0" : "-1", "aria-label": `Row ${row.row}: open the evidence`, onfocus: () => (this.active = at), onclick: (event) => {
        event.stopPropagation();
        openRow(row);
      } }, number(row.row))),
      cell("label", sign(row.label), SHORT[row.label]),
      cell("confidence", row.confidence.toFixed(2)),
      cell("share", row.share === null ? "–" : `${percent(row.share)}%`),
      cell("title", visible(row.title)),
      cell("group", visible(row.group)));
  },

  focus() {
    this.rowgroup.querySelector(`[data-at="${this.active}"]`)?.focus({ preventScroll: true });
  },

  key(event) {
    const page = Math.max(1, Math.floor(this.body.clientHeight / ROW) - 1);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.active = Math.min(Math.max(this.active + step, 0), Math.max(0, table.view.length - 1));
    const top = this.active * ROW;
    if (top < this.body.scrollTop) this.body.scrollTop = top;
    if (top + ROW > this.body.scrollTop + this.body.clientHeight) this.body.scrollTop = top + ROW - this.body.clientHeight;
    this.draw();
    this.focus();
  },
};

let toRead = null;

async function openRow(row) {
  $("row-heading").textContent = `Row ${number(row.row)}`;
  $("row-verdict").replaceChildren();
  $("row-marked").replaceChildren("Loading …");
  if (!$("row-dialog").open) $("row-dialog").showModal();
  const { text: column, title, lens } = table.chosen;
  try {
    const full = await table.full(row);
    const text = full[column] === null || full[column] === undefined ? "" : String(full[column]);
    const name = title && full[title] ? String(full[title]) : "";
    toRead = [text, name];
    const verdict = await post("/api/classify", { text, title: name || null, lens, top: 100_000 });
    $("row-verdict").replaceChildren(...headline(verdict, text, "h3").filter(Boolean));
    if (name) $("row-verdict").prepend(el("p", { class: "row-title" }, visible(name)));
    marked($("row-marked"), text, verdict, null);
  } catch (error) {
    $("row-marked").replaceChildren(el("p", { class: "problem", role: "alert" }, reason(error)));
  }
}

const LISTS = ["rolecall_evidence", "rolecall_duties_pm", "rolecall_duties_pmm"];

async function saveCsv() {
  const columns = [...table.columns];
  // As the program writes them to CSV.
  const item = ({ role, points, phrase, duty }) =>
    phrase === undefined ? `${points.toFixed(2)} ${duty}` : `${SHORT[role]} ${points.toFixed(2)} ${phrase}`;
  const cell = (name, value) => (LISTS.includes(name) && Array.isArray(value) ? value.map(item).join(" | ") : value);
  const quote = (value) => {
    const text = value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const out = [`${columns.map(quote).join(",")}\r\n`];
  for (let at = 0; at < table.rows.length;) {
    const from = table.rows[at].start;
    let next = at;
    while (next < table.rows.length && table.rows[next].end - from <= PIECE) next++;
    next = Math.max(next, at + 1);
    const text = await table.bytes.slice(from, table.rows[next - 1].end).text();
    const lines = text.trimEnd().split("\n").map((line) => JSON.parse(line));
    out.push(new Blob(lines.map((row) => `${columns.map((name) => quote(cell(name, row[name]))).join(",")}\r\n`)));
    at = next;
  }
  save("rows.csv", out, "text/csv");
}

function saveStatistics() {
  const { summary, chosen, rejected } = table;
  const statistics = { ...summary, columns: chosen, by_group: chosen.group ? groups("group") : [], by_month: chosen.date ? groups("month") : [], rejected_rows: rejected };
  save("statistics.json", [JSON.stringify(statistics, null, 2), "\n"], "application/json");
}

/** Starts the view; `read` shows a posting in the first view. Returns a function that opens a table. */
export function startTable(read) {
  $("table-file").addEventListener("change", (event) => {
    if (event.target.files[0]) open(event.target.files[0]);
    event.target.value = "";
  });
  $("columns").addEventListener("submit", (event) => {
    event.preventDefault();
    classify();
  });
  $("cancel").addEventListener("click", () => {
    controller?.abort();
    $("progress").hidden = true;
    $("columns").hidden = false;
    $("columns-heading").focus();
  });
  let waiting;
  $("filter").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 120);
  });
  $("filter-label").addEventListener("change", apply);
  $("save-rows-jsonl").addEventListener("click", () => save("rows.jsonl", table.bytes));
  $("save-rows-csv").addEventListener("click", saveCsv);
  $("save-statistics").addEventListener("click", saveStatistics);
  $("row-close").addEventListener("click", () => $("row-dialog").close());
  // The row that opened the dialog may have been redrawn, so the browser cannot restore the focus.
  $("row-dialog").addEventListener("close", () => grid.focus());
  $("row-read").addEventListener("click", () => {
    $("row-dialog").close();
    read(...toRead);
  });
  return open;
}
