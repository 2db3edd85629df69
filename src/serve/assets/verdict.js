// Shows a verdict: label, share, title, the marked posting and the duties.

import { byteIndex, el, hidden, percent, probability, visible } from "./dom.js";

export const LABELS = ["pm", "pmm", "hybrid", "unclear"];
export const NAMES = {
  pm: "Product management",
  pmm: "Product marketing",
  hybrid: "Hybrid of product management and product marketing",
  unclear: "Unclear",
};
export const SHORT = { pm: "PM", pmm: "PMM", hybrid: "Hybrid", unclear: "Unclear" };
const SOURCES = { aipmm: "AIPMM", wikipedia: "Wikipedia" };
export const lensName = (lens) => SOURCES[lens] ?? lens;
/** What a posting describes, within a sentence. */
export const DESCRIBED = {
  pm: "product management",
  pmm: "product marketing",
  hybrid: "a hybrid of both roles",
  unclear: "neither role clearly",
};
const capital = (text) => text[0].toUpperCase() + text.slice(1);
const KINDS = { pm: "PM", pmm: "PMM", shared: "both roles", other: "neither role", filler: "neither role" };
const CLAIMS = {
  pm: "product management",
  pmm: "product marketing",
  both: "both roles",
  near: "a neighboring job",
  other: "another job",
};
/** What a title claims, in words. */
const claim = (says) => (says === "none" ? "makes no clear claim" : `claims ${CLAIMS[says]}`);

/** How certain a verdict is, in the program's words; a wide interval of the share makes it less so. */
function certainty(verdict) {
  const [low, high] = verdict.pm_share_interval ?? [0, 0];
  const most = high - low > 0.6 ? 0.69 : high - low > 0.4 ? 0.84 : 1;
  const words = (confidence) =>
    confidence >= 0.95 ? "Almost certain"
      : confidence >= 0.85 ? "Sure"
        : confidence >= 0.7 ? "Fairly sure"
          : confidence >= 0.55 ? "Unsure" : "A guess";
  const found = words(Math.min(verdict.confidence, most));
  const but = found === words(verdict.confidence) ? "" : ", but the interval is wide";
  return `${found} (${probability(verdict.confidence)}${but})`;
}

/** The shape of a label, which does not depend on color. */
export const sign = (label) => el("span", { class: `sign ${label}`, "aria-hidden": "true" });

/** Whether the duties could be judged. */
export const judged = (verdict) => verdict.reason !== "too_short" && verdict.reason !== "not_english";

const countWords = (text) => (text.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu) ?? []).length;

/** The line above the label, and the label. */
function headings(verdict) {
  if (verdict.reason === "too_short") return ["No verdict", "Too short to judge"];
  if (verdict.reason === "not_english") return ["No verdict", "Not in English"];
  if (verdict.label === "unclear") return ["This text describes", "Neither role clearly"];
  return ["This posting describes", verdict.label === "hybrid" ? "Hybrid of both roles" : NAMES[verdict.label]];
}

/** Why the label is unclear. */
function why(verdict, text) {
  if (verdict.reason === "too_short") {
    const words = countWords(text);
    return `A posting needs about 30 words; this has ${words === 1 ? "one" : words}.`;
  }
  if (verdict.reason === "not_english") return "English is the only language that is supported.";
  if (verdict.notes.includes("resume")) return "It reads like a person’s résumé, not like a posting.";
  if (verdict.reason === "low_confidence") return "The confidence is below the required minimum.";
  if (verdict.by_duties_alone.label !== "unclear") {
    return "The title claims another job, and the duties do not outweigh it.";
  }
  const near = verdict.other_job;
  if (near === "prose") return "Few duties of either role: another job, or not a job posting.";
  if (near === "elsewhere") return "Few duties of either role. The nearest other job is in another field.";
  return `Few duties of either role.${near ? ` The nearest other job is ${near}.` : ""}`;
}

/** "61% PM, 39% PMM". */
function shareText(verdict) {
  const pm = percent(verdict.pm_share);
  const [low, high] = verdict.pm_share_interval.map(percent);
  return `${pm}% PM, ${100 - pm}% PMM (90% interval of the PM share: ${low}% to ${high}%)`;
}

/** The share as a bar with its interval; null for an unclear verdict, which has none. */
function share(verdict) {
  if (verdict.pm_share === null) return null;
  const [low, high] = verdict.pm_share_interval;
  const at = (part) => `${(Math.min(Math.max(part, 0), 1) * 100).toFixed(1)}%`;
  return el("div", { class: "share" },
    el("div", { class: "ends", "aria-hidden": "true" }, el("span", { class: "ink-pm" }, "PM"), el("span", { class: "ink-pmm" }, "PMM")),
    el("div", { class: "bar", "aria-hidden": "true" },
      el("span", { class: "fill-pm", vars: { part: at(verdict.pm_share) } }), el("span", { class: "fill-pmm rest" })),
    el("div", { class: "whisker", "aria-hidden": "true" }, el("span", { vars: { from: at(low), part: at(high - low) } })),
    el("p", { class: "small" }, shareText(verdict)));
}

/** What a reader should know about the text. */
const NOTES = {
  several_postings:
    "The text holds several postings, and this is the verdict on all of them together: classify each by itself.",
  truncated: "The text is very long, and this is the verdict on its first 50,000 words.",
};

/** The heading of a verdict: label, certainty or reason, notes and share. */
export function headline(verdict, text, tag = "h2") {
  const unclear = verdict.label === "unclear";
  const sub = unclear ? why(verdict, text) : certainty(verdict);
  const [kicker, label] = headings(verdict);
  const note = verdict.notes.map((name) => NOTES[name]).filter(Boolean).join(" ");
  return [
    el("p", { class: "kicker" }, kicker),
    el(tag, { class: `label ${verdict.label}` }, sign(verdict.label), label),
    el("p", { class: "sub" }, sub),
    note ? el("p", { class: "note" }, note) : null,
    share(verdict),
  ];
}

/** What the title alone says, what the duties alone say, and both together. */
export function titleAndDuties(verdict) {
  const { title, by_duties_alone: alone } = verdict;
  if (!title || !judged(verdict)) return null;
  const best = LABELS.reduce((a, b) => (title.prior[b] > title.prior[a] ? b : a));
  const step = (name, label, text) =>
    el("li", {}, el("span", { class: "step" }, name), sign(label), el("span", {}, text));
  const prior = title.says === "none"
    ? claim(title.says)
    : `${claim(title.says)}: ${percent(title.prior[best])}% of postings with such titles describe ${DESCRIBED[best]}`;
  const agrees = { true: ", as the title says", false: ", unlike the title" }[alone.title_agrees] ?? "";
  const rows = LABELS.map((label) =>
    el("tr", {}, el("th", { scope: "row" }, sign(label), SHORT[label]),
      ...[title.prior, verdict.probabilities].map((p) =>
        el("td", {}, el("span", { class: `meter fill-${label}`, vars: { part: `${p[label] * 100}%` }, "aria-hidden": "true" }),
          el("span", { class: "num" }, `${percent(p[label])}%`)))));
  return el("section", { class: "title-duties", "aria-label": "Title and duties" },
    el("ol", { class: "steps" },
      step("Title", best, [el("q", {}, visible(title.text)), ` ${prior}`]),
      step("Duties", alone.label, `${capital(DESCRIBED[alone.label])} (${probability(alone.confidence)})${agrees}`),
      step("Both", verdict.label, `${capital(DESCRIBED[verdict.label])} (${probability(verdict.confidence)})`)),
    el("details", {}, el("summary", {}, "What the duties add to the title"),
      el("table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Label"), el("th", { scope: "col" }, "Title alone"),
        el("th", { scope: "col" }, "With the duties"))), el("tbody", {}, rows))));
}

export function legend() {
  return [
    el("li", {}, el("span", { class: "m pm s2 first" }, "product management")),
    el("li", {}, el("span", { class: "m pmm s2 first" }, "product marketing")),
    el("li", { class: "quiet" }, "stronger color, more points"),
    el("li", {}, el("span", { class: "partner" }, "partner role")),
    el("li", {}, el("span", { class: "ignored" }, "ignored")),
  ];
}

/** Strength of a phrase's color, from 1 to 3; the strongest phrase has `most` points. */
function strength(points, most) {
  const part = points / most;
  return part >= 0.6 ? 3 : part >= 0.25 ? 2 : 1;
}

/** Fills `box` with the posting; `onopen` is called with the number of a phrase. */
export function marked(box, text, verdict, onopen) {
  if (verdict.reason === "not_english") return box.replaceChildren(visible(text));
  const index = byteIndex(text);
  const spans = [];
  const add = (layer, list) => list.forEach((item, n) =>
    spans.push({ layer, n, item, start: index(item.start), end: index(item.end) }));
  add("evidence", verdict.evidence);
  add("partner", verdict.partners);
  add("ignored", verdict.ignored);
  add("keyword", verdict.evidence.flatMap((one) => one.keywords ?? []));
  const edges = [...new Set([0, text.length, ...spans.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
  const byStart = new Map();
  for (const span of spans) {
    if (span.end <= span.start) continue;
    if (!byStart.has(span.start)) byStart.set(span.start, []);
    byStart.get(span.start).push(span);
  }
  const most = verdict.evidence.reduce((most, one) => Math.max(most, one.points), 1);
  const open = {};
  const nodes = [];
  let phrase = null;
  for (let at = 0; at + 1 < edges.length; at++) {
    const [from, to] = [edges[at], edges[at + 1]];
    for (const layer of Object.keys(open)) if (open[layer].end <= from) delete open[layer];
    for (const span of byStart.get(from) ?? []) open[span.layer] = span;
    let node = visible(text.slice(from, to));
    if (open.keyword && open.evidence) node = el("b", {}, node);
    if (open.partner) node = el("span", { class: "partner" }, node);
    if (open.ignored) node = el("span", { class: "ignored", title: `ignored: ${open.ignored.item.reason}` }, node);
    if (!open.evidence) phrase = null;
    else if (phrase?.n === open.evidence.n) {
      phrase.node.append(node);
      continue;
    } else {
      const { item, n } = open.evidence;
      const classes = `m ${item.role} s${strength(item.points, most)} first`;
      const press = (event) => {
        event.preventDefault();
        onopen(n);
      };
      const link = el(onopen ? "a" : "span", { class: classes, ...(onopen && { id: `phrase-${n}`, href: `#evidence-${n}`, onclick: press }) },
        hidden(`${SHORT[item.role]}: `), node);
      phrase = { n, node: link };
      node = link;
    }
    nodes.push(node);
  }
  box.replaceChildren(...nodes);
}

function said(entry) {
  const by = {};
  for (const [lens, kind] of Object.entries(entry?.by_lens ?? {})) (by[KINDS[kind]] ??= []).push(lensName(lens));
  const parts = Object.entries(by).map(([kind, lenses]) => `${kind}: ${lenses.join(", ")}`);
  return parts.length ? parts.join("; ") : "no source names it";
}

/** The duties of both roles. `onphrase` is called with the number of a phrase. */
export function duties(verdict, table, lexicon, onphrase) {
  const column = (role) => {
    const all = table.themes.filter((theme) => theme.role === role).flatMap((theme) => theme.duties)
      .sort((a, b) => b.points - a.points);
    const most = Math.max(1, ...table.themes.flatMap((theme) => theme.duties).map((duty) => duty.points));
    const entries = all.map((duty, place) =>
      el("details", { class: "duty", open: place === 0 },
        el("summary", {},
          el("span", { class: "duty-name" }, duty.name),
          el("span", { class: "num" }, duty.points.toFixed(2), hidden(" points")),
          el("span", { class: `meter fill-${role}`, vars: { part: `${(duty.points / most) * 100}%` }, "aria-hidden": "true" })),
        el("ul", { class: "phrases" }, duty.phrases.map((n) => phrase(verdict.evidence[n], n, onphrase))),
        el("p", { class: "small quiet" }, `Sources: ${said(lexicon.get(duty.duty))}${duty.disputed ? ". The sources disagree." : ""}`)));
    const rest = verdict.evidence.flatMap((one, n) => (one.role === role && !one.duty ? [phrase(one, n, onphrase)] : []));
    const missing = table.absent.filter((theme) => theme.role === role).map((theme) => theme.name);
    return el("section", { class: `role ${role}`, "aria-label": NAMES[role] },
      el("h3", { class: `ink-${role}` }, sign(role), NAMES[role], el("span", { class: "num total" }, table.strength[role].toFixed(2), hidden(" points in all"))),
      entries.length ? entries : el("p", { class: "quiet" }, "No duties of this role."),
      rest.length ? el("details", { class: "duty" }, el("summary", {}, "Phrases without a named duty"), el("ul", { class: "phrases" }, rest)) : null,
      el("p", { class: "small quiet" }, `Other wording: ${table.other_wording[role].toFixed(2)} points.${missing.length ? ` Missing: ${missing.join("; ")}.` : ""}`));
  };
  return [column("pm"), column("pmm")];
}

function phrase(one, n, onphrase) {
  const index = byteIndex(one.phrase);
  const words = (one.keywords ?? [])
    .map(({ start, end }) => one.phrase.slice(index(start - one.start), index(end - one.start)).trim()).filter(Boolean);
  const keywords = words.length ? el("span", { class: "small quiet" }, ` keywords: ${words.join(", ")}`) : null;
  return el("li", { id: `evidence-${n}` },
    el("a", { href: `#phrase-${n}`, onclick: (event) => {
      event.preventDefault();
      onphrase(n);
    } }, visible(one.phrase)),
    el("span", { class: "num quiet" }, ` ${one.points.toFixed(2)}`), keywords);
}

/** What would change the label. */
export function change(found) {
  if (!found.change) {
    return [el("p", {}, found.reason === "too_short"
      ? "No removal changes the label: the posting is too short as it is."
      : found.exact ? "No removal of lines changes the label."
      : found.at_least === 1 ? "The posting is too long to search."
      : "No lines were found whose removal changes the label.")];
  }
  const { change: made } = found;
  const lines = made.lines.length === 1 ? "this line" : `these ${made.lines.length} lines`;
  const name = made.reason === "too_short" ? "too short to judge" : made.reason === "not_english" ? "not in English"
    : `${made.label === "unclear" ? "unclear" : DESCRIBED[made.label]} (${probability(made.confidence)})`;
  return [
    el("p", {}, sign(made.label), `Without ${lines} the posting would be ${name}. `,
      found.exact ? "Fewer lines would not change the label." : "Fewer lines might also change it."),
    el("ul", { class: "lines" }, made.lines.map((line) => el("li", {}, visible(line.text)))),
  ];
}

/** The verdict as plain text. */
export function asText(verdict, table) {
  const out = [verdict.label === "unclear" ? NAMES.unclear : `${NAMES[verdict.label]}, ${certainty(verdict).toLowerCase()}`];
  if (verdict.pm_share !== null) out.push(shareText(verdict));
  if (verdict.title) out.push(`Title: ${verdict.title.text} (${claim(verdict.title.says)})`);
  for (const role of ["pm", "pmm"]) {
    const all = table.themes.filter((theme) => theme.role === role).flatMap((theme) => theme.duties);
    if (!all.length) continue;
    out.push("", `${NAMES[role]} duties (points)`);
    for (const duty of all.sort((a, b) => b.points - a.points)) {
      out.push(`  ${duty.points.toFixed(2)}  ${duty.name}`);
      for (const n of duty.phrases) out.push(`        ${verdict.evidence[n].phrase}`);
    }
  }
  out.push("", `Lens: ${verdict.lens}. Model: ${verdict.model}.`);
  return `${out.join("\n")}\n`;
}
