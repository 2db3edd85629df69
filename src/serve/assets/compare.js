// Compares two postings.

import { $, debounced, el, post, reason, visible } from "./dom.js";
import { EXAMPLES } from "./examples.js";
import { DESCRIBED, headline, SHORT, sign } from "./verdict.js";

const TOP = 12;

const signed = (value) => `${value > 0 ? "+" : value < 0 ? "−" : ""}${Math.abs(value).toFixed(2)}`;

/** A table of the largest changes: first, second, and difference. */
function changes(caption, rows, name) {
  if (!rows.length) return null;
  const most = Math.max(0.01, ...rows.map((row) => Math.abs((row.b ?? 0) - (row.a ?? 0))));
  return el("table", { class: "changes" }, el("caption", {}, caption),
    el("thead", {}, el("tr", {}, ...["", "First", "Second", "Change"].map((text) =>
      text ? el("th", { scope: "col", class: "num" }, text) : el("td", {})))),
    el("tbody", {}, rows.slice(0, TOP).map((row) => {
      const moved = (row.b ?? 0) - (row.a ?? 0);
      return el("tr", {},
        el("th", { scope: "row" }, sign(row.role), el("span", { class: "sr" }, `${SHORT[row.role]}: `), visible(name(row)),
          el("span", { class: `meter fill-${row.role}`, vars: { part: `${(Math.abs(moved) / most) * 100}%` }, "aria-hidden": "true" })),
        ...[row.a, row.b].map((points) => el("td", { class: "num" }, points === null ? "–" : points.toFixed(2))),
        el("td", { class: "num" }, signed(moved)));
    })));
}

function summary(found) {
  const { a, b, share_change: moved } = found;
  const same = a.label === b.label;
  const words = same ? `Both describe ${DESCRIBED[a.label]}.` : `From ${DESCRIBED[a.label]} to ${DESCRIBED[b.label]}.`;
  const points = moved === null ? 0 : Math.round(moved * 100);
  const share = a.pm_share === null || b.pm_share === null ? ""
    : points === 0 ? " The PM share stays the same."
    : ` The PM share ${points > 0 ? "rises" : "falls"} by ${Math.abs(points)} percentage points.`;
  return el("p", { class: "sub", role: "status" }, words + share);
}

function problem(error) {
  $("comparison").replaceChildren(el("p", { class: "problem", role: "alert" }, reason(error)));
}

/** Starts the view. Returns a function that opens a file, by a promise of its text and the drop target. */
export function startCompare() {
  const run = debounced(async (signal) => {
    const texts = [$("first").value, $("second").value];
    const boxes = [$("first-verdict"), $("second-verdict")];
    try {
      await Promise.all(texts.map(async (text, at) => {
        if (!text.trim()) return boxes[at].replaceChildren();
        const verdict = await post("/api/classify", { text, top: 0 }, signal);
        boxes[at].replaceChildren(...headline(verdict, text).filter(Boolean));
      }));
      if (!texts.every((text) => text.trim())) {
        return $("comparison").replaceChildren(el("p", { class: "quiet" }, "The comparison appears once both are there."));
      }
      const found = await post("/api/compare", { a: texts[0], b: texts[1] }, signal);
      $("comparison").replaceChildren(...[summary(found),
        changes("Points by duty", found.duties, (row) => row.name),
        changes("Phrases", found.phrases, (row) => row.phrase)].filter(Boolean));
    } catch (error) {
      if (error.name === "AbortError" || error instanceof TypeError) throw error;
      problem(error);
    }
  });
  for (const id of ["first", "second"]) $(id).addEventListener("input", () => run());
  $("compare-example").addEventListener("click", () => {
    $("first").value = EXAMPLES[0].text;
    $("second").value = EXAMPLES[2].text;
    run(true);
  });
  document.addEventListener("server-back", () => run(true));
  return async (text, target) => {
    const box = ["first", "second"].map($).find((box) => box.parentElement.contains(target)) ?? ($("first").value.trim() ? $("second") : $("first"));
    try {
      box.value = await text;
      run(true);
    } catch (error) {
      problem(error);
    }
  };
}
