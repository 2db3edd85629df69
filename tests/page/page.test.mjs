// Drives the page in Chromium: `node --test` with ROLECALL (the program) and CHROMIUM (the browser).

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const POSTINGS = fileURLToPath(new URL("../postings/", import.meta.url));
const ARGUMENTS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

let server, url, context, page, profile;
const failures = [];

const posting = (name) => readFileSync(join(POSTINGS, `${name}.txt`), "utf8");

async function start(port = 0) {
  server = spawn(process.env.ROLECALL, ["serve", "--port", String(port)], { stdio: ["ignore", "pipe", "ignore"] });
  url = await new Promise((found) => server.stdout.once("data", (line) => found(String(line).trim())));
}

const stop = () => new Promise((done) => {
  server.once("exit", done);
  server.kill();
});

before(async () => {
  await start();
  profile = mkdtempSync(join(tmpdir(), "rolecall-page-"));
  context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM, headless: true, args: ARGUMENTS, acceptDownloads: true,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  page = await context.newPage();
  // A listener that stays: one added just before a key may come too late for the key.
  page.on("filechooser", () => {});
  page.on("pageerror", (error) => failures.push(error.message));
  page.on("console", (message) => {
    // A page that stays usable without its server reports failed requests, and nothing else.
    if (message.type() === "error" && !/Failed to load resource/.test(message.text())) failures.push(message.text());
  });
  page.on("request", (request) => {
    if (!/^(blob:|data:|about:)/.test(request.url()) && !request.url().startsWith(url)) failures.push(`asks ${request.url()}`);
  });
});

after(async () => {
  await context?.close();
  await stop();
  rmSync(profile, { recursive: true, force: true });
});

beforeEach(async () => {
  failures.length = 0;
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.goto("about:blank");
  await page.goto(url);
  await page.waitForSelector("body[data-ready]");
});

async function paste(text, title = "") {
  await page.fill("#title", title);
  await page.fill("#posting", text);
}

const label = (name) => page.waitForSelector(`#verdict.is-${name} .label`);

const verdictSays = (words) =>
  page.waitForFunction((source) => new RegExp(source, "s").test(document.getElementById("verdict").textContent), words.source);

/** Drops a file on the element that `selector` finds. */
async function drop(selector, name, content) {
  const transfer = await page.evaluateHandle(([name, base64]) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], name));
    return transfer;
  }, [name, Buffer.from(content).toString("base64")]);
  await page.dispatchEvent(selector, "dragover", { dataTransfer: transfer });
  assert.ok(await page.evaluate(() => document.body.classList.contains("dropping")));
  await page.dispatchEvent(selector, "drop", { dataTransfer: transfer });
  assert.ok(!(await page.evaluate(() => document.body.classList.contains("dropping"))));
}

async function accessible(what) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run());
  const found = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`);
  assert.deepEqual(found, [], what);
}

function csv(rows) {
  const lines = ["id,title,company,posted,description"];
  const texts = [posting("pm"), posting("pmm"), posting("hybrid")].map((text) => text.replaceAll('"', '""'));
  for (let at = 0; at < rows; at++) {
    const title = at === 7 ? "=Product Marketing Manager <b>bold</b>" : ["Product Manager", "Product Marketing Manager", ""][at % 3];
    lines.push(`${at},"${title}",${["Fernway", "Quay"][at % 2]},2026-0${(at % 4) + 1}-09,"${texts[at % 3]}"`);
  }
  return `${lines.join("\n")}\n`;
}

async function openTable(name, content) {
  await page.click("nav [data-view=table]");
  await page.setInputFiles("#table-file", { name, mimeType: "application/octet-stream", buffer: Buffer.from(content) });
}

async function classifyTable(name, content) {
  await openTable(name, content);
  await classifyColumns();
}

async function classifyColumns() {
  await page.waitForSelector("#columns:not([hidden])");
  await page.click("#columns .primary");
  await page.waitForSelector("#results:not([hidden])");
}

const rowsInSight = () => page.$$eval(".grid-rows .grid-row", (rows) => rows.map((row) => row.innerText.split("\n").map((cell) => cell.trim()).filter(Boolean)));

async function download(button) {
  const [saved] = await Promise.all([page.waitForEvent("download"), page.click(button)]);
  return readFileSync(await saved.path(), "utf8");
}

test("a pasted posting is read, and its evidence leads both ways", async () => {
  await paste(posting("pmm"), "Product Marketing Manager");
  await label("pmm");
  assert.match(await page.textContent("#verdict"), /Product marketing.*PMM.*90% interval/s);
  assert.match(await page.textContent(".steps"), /Title.*claims product marketing.*Duties.*Both/s);
  // The marked posting is the posting, character by character, but for the words for screen readers.
  const shown = await page.$eval("#marked", (box) => {
    const copy = box.cloneNode(true);
    for (const extra of copy.querySelectorAll(".sr")) extra.remove();
    return copy.textContent;
  });
  assert.equal(shown, posting("pmm"));
  const phrase = await page.locator("#marked a.pmm").first();
  await phrase.click();
  const evidence = await page.evaluate(() => ({ id: document.activeElement.closest("li").id, open: document.activeElement.closest("details").open }));
  assert.ok(evidence.open);
  assert.equal(`#${evidence.id}`, await phrase.getAttribute("href"));
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), (await phrase.getAttribute("id")));
  assert.match(await page.textContent("#live"), /Product marketing/);
  // Nothing moves for those who asked for that, as this browser does.
  assert.equal(await page.$eval(".bar .fill-pm", (bar) => getComputedStyle(bar).transitionDuration), "0s");
  assert.deepEqual(failures, []);
});

/** Texts without a verdict, and what is said about them. */
const STATES = [
  { text: "Product manager wanted.", words: /Too short to judge.*this has 3/ },
  { text: "Wir suchen eine Person, die mit uns die Arbeit an der neuen Fähre plant. ".repeat(6), words: /Not in English/ },
  { text: "Bake bread, clean the ovens, weigh the flour and load the van before the first round. ".repeat(4), words: /Few duties of either role/ },
];
const HOSTILE = `<script>window.hacked = 1</script><img src=x onerror="window.hacked = 1">\u202Egnp.exe \u{1F600}\ud800 ${posting("pm")}`;
const PICTURE = Buffer.from("\x89PNG\r\n\x1a\n\0\0\0", "latin1");

test("every state has its words", async () => {
  assert.match(await page.textContent("#verdict"), /appears here as you type/);
  for (const { text, words } of STATES) {
    await paste(text);
    await verdictSays(words);
  }
  await paste("a ".repeat(3 << 20));
  await page.waitForFunction(() => /too large/.test(document.getElementById("verdict").textContent));
  await page.click("#clear");
  await page.waitForSelector("#verdict.empty");
  for (const example of await page.locator("#examples button").all()) {
    await example.click();
    await page.waitForSelector("#verdict .label");
  }
  assert.deepEqual(failures, []);
});

test("hostile text stays text", async () => {
  await paste(HOSTILE, 'Product Manager"><svg onload="window.hacked = 1">');
  await label("pm");
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.equal(await page.locator("#view-read img, #view-read svg, #view-read script").count(), 0);
  const shown = await page.textContent("#marked");
  assert.match(shown, /<script>window\.hacked = 1<\/script>/);
  assert.match(shown, /‹U\+202E›/);
  assert.deepEqual(failures, []);
});

test("the lens, the change, the two lists and the downloads", async () => {
  await paste(posting("hybrid"));
  await label("hybrid");
  assert.equal(await page.locator("#split .draft").count(), 2);
  await page.click("#find-change");
  await page.waitForFunction(() => /Without .* the posting would be/s.test(document.getElementById("change").textContent));
  await page.check("#lens-aipmm");
  await page.waitForFunction(() => document.querySelector("#lens-aipmm").checked && !document.querySelector("#verdict[aria-busy]"));
  const saved = JSON.parse(await download("#save-json"));
  assert.equal(saved.lens, "aipmm");
  assert.match(await download("#save-html"), /^<!DOCTYPE html>/);
  await page.click("#copy");
  await page.waitForSelector(".toast");
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /Product management duties \(points\)/);
  assert.deepEqual(failures, []);
});

test("a file is read by the server", async () => {
  const html = `<html><body><h1>Product Manager</h1>${posting("pm").split("\n").map((line) => `<p>${line}</p>`).join("")}</body></html>`;
  await page.setInputFiles("#file", { name: "posting.html", mimeType: "text/html", buffer: Buffer.from(html) });
  await label("pm");
  assert.doesNotMatch(await page.inputValue("#posting"), /<p>/);
  await page.setInputFiles("#file", { name: "photo.png", mimeType: "image/png", buffer: PICTURE });
  await page.waitForSelector("#verdict .problem");
  assert.match(await page.textContent("#verdict"), /The file is an image, not text/);
  assert.deepEqual(failures, []);
});

test("files are dropped on every view", async () => {
  await drop("body", "posting.html", `<h1>Product Manager</h1><p>${posting("pm").replaceAll("\n", "<br>")}</p>`);
  await label("pm");
  await page.click("nav [data-view=compare]");
  await drop("#second", "second.txt", posting("pmm"));
  await drop("body", "first.txt", posting("pm"));
  await page.waitForSelector("#comparison table");
  assert.deepEqual([await page.inputValue("#first"), await page.inputValue("#second")], [posting("pm"), posting("pmm")]);
  await drop("#second", "photo.png", PICTURE);
  await page.waitForSelector("#comparison .problem");
  // A table is no posting, wherever it is dropped.
  await drop("#first", "jobs.csv", csv(3));
  await classifyColumns();
  assert.match(await page.textContent("#results-summary"), /3 rows of jobs\.csv/);
  for (const [name, content] of [["jobs.xlsx", new URL("jobs.xlsx", import.meta.url)], ["jobs.parquet", new URL("../cases/rows.parquet", import.meta.url)]]) {
    await drop("#drop", name, readFileSync(content));
    await page.waitForFunction((name) => document.getElementById("columns-heading").textContent.endsWith(name), name);
    await classifyColumns();
    assert.match(await page.textContent("#results-summary"), new RegExp(`rows of ${name}`));
    assert.ok((await rowsInSight()).length > 0);
  }
  // Text that is dragged is left to the browser.
  assert.ok(await page.evaluate(() => document.body.dispatchEvent(new DragEvent("dragover", { bubbles: true, cancelable: true, dataTransfer: new DataTransfer() }))));
  assert.deepEqual(failures, []);
});

test("notes are shown, and no verdict sounds surer than its share", async () => {
  await page.route("**/api/classify", async (route) => {
    const response = await route.fetch();
    const verdict = await response.json();
    await route.fulfill({ response, json: { ...verdict, confidence: 0.99, pm_share_interval: [0.2, 0.9], notes: ["several_postings"] } });
  });
  await paste(posting("pm"));
  await verdictSays(/Unsure \(0\.99, but the interval is wide\).*The text holds several postings/);
  await page.unroute("**/api/classify");
  assert.deepEqual(failures, []);
});

test("two postings are compared", async () => {
  await page.click("nav [data-view=compare]");
  await page.fill("#first", posting("pm"));
  await page.fill("#second", posting("pmm"));
  await page.waitForSelector("#comparison table");
  assert.match(await page.textContent("#comparison"), /From product management to product marketing\. The PM share falls by \d+ percentage points/);
  await accessible("compare");
  assert.deepEqual(failures, []);
});

test("a table is classified, sorted, filtered, opened and saved", async () => {
  await classifyTable("jobs.csv", csv(60));
  assert.match(await page.textContent("#results-summary"), /60 rows of jobs\.csv/);
  assert.match(await page.textContent("#label-chart"), /PM.*20 \(33%\).*PMM.*20 \(33%\)/s);
  assert.match(await page.textContent("#group-chart"), /Fernway.*30.*Quay.*30/s);
  assert.match(await page.textContent("#month-chart"), /2026-01.*15.*2026-04.*15/s);
  await page.click("[role=columnheader] >> text=PM share");
  assert.equal(await page.getAttribute(".c-share[role=columnheader]", "aria-sort"), "ascending");
  const lowest = (await rowsInSight())[0];
  await page.click("[role=columnheader] >> text=PM share");
  assert.notDeepEqual((await rowsInSight())[0], lowest);
  await page.selectOption("#filter-label", "pmm");
  assert.match(await page.textContent("#filter-count"), /^20 of 60/);
  assert.ok((await rowsInSight()).every((row) => row[1] === "PMM"));
  await page.selectOption("#filter-label", "");
  await page.fill("#filter", "<b>bold");
  await page.waitForFunction(() => /^1 of 60/.test(document.getElementById("filter-count").textContent));
  await page.click(".grid-rows button");
  await page.waitForSelector("#row-verdict .label");
  assert.match(await page.textContent("#row-verdict"), /=Product Marketing Manager <b>bold<\/b>/);
  await accessible("a row");
  await page.click("#row-read");
  await label("pmm");
  await page.click("nav [data-view=table]");
  const lines = (await download("#save-rows-jsonl")).trim().split("\n").map((line) => JSON.parse(line));
  assert.equal(lines.length, 60);
  assert.equal(lines[1].rolecall_label, "pmm");
  assert.equal(lines[0].description, posting("pm"));
  const rows = await download("#save-rows-csv");
  assert.match(rows, /^id,title,company,posted,description,rolecall_label,/);
  const statistics = JSON.parse(await download("#save-statistics"));
  assert.deepEqual([statistics.rows, statistics.by_group.length, statistics.by_month.length], [60, 2, 4]);
  await accessible("table");
  assert.deepEqual(failures, []);
});

test("a workbook is classified", async () => {
  await classifyTable("jobs.xlsx", readFileSync(new URL("jobs.xlsx", import.meta.url)));
  assert.match(await page.textContent("#results-summary"), /rows of jobs\.xlsx/);
  assert.match(await page.textContent("#label-chart"), /PM1 \(\d+%\).*PMM1 \(/s);
  assert.deepEqual(failures, []);
});

test("rows that differ in their fields are saved with all of them", async () => {
  const text = posting("pm");
  await classifyTable("jobs.jsonl", [{ description: text, city: "Leeds" }, { description: text, level: "senior" }].map((row) => `${JSON.stringify(row)}\n`).join(""));
  // Without a title and a group, rows show how their posting begins.
  assert.equal(await page.textContent(".c-title[role=columnheader]"), "Posting");
  assert.match((await rowsInSight())[0].at(-1), new RegExp(`^${text.slice(0, 20)}`));
  const [head, ...rows] = (await download("#save-rows-csv")).split("\r\n");
  assert.ok(["city", "level"].every((name) => head.split(",").includes(name)), head);
  assert.ok(rows.join("\n").includes("Leeds") && rows.join("\n").includes("senior"));
  assert.deepEqual(failures, []);
});

test("a table that cannot be read says why, and rejected rows are counted", async () => {
  await page.click("nav [data-view=table]");
  await page.setInputFiles("#table-file", { name: "none.csv", mimeType: "text/csv", buffer: Buffer.from("") });
  await page.waitForSelector("#table-problem:not([hidden])");
  await classifyTable("jobs.csv", `${csv(3)}9,a,b,c,d,e,f\n`);
  assert.match(await page.textContent("#results-summary"), /1 rows could not be read, the first because/);
  assert.deepEqual(failures, []);
});

test("long tables keep few rows in the document", async () => {
  const text = "Own the roadmap and the backlog, write user stories with acceptance criteria, plan sprints with engineers and decide which features get built, with interviews, prototypes and metrics of adoption.";
  const lines = Array.from({ length: 100_000 }, (_, at) => `${JSON.stringify({ id: at, description: text })}\n`).join("");
  await page.click("nav [data-view=table]");
  await page.setInputFiles("#table-file", { name: "jobs.jsonl", mimeType: "application/octet-stream", buffer: Buffer.from(lines) });
  await page.waitForSelector("#columns:not([hidden])");
  await page.evaluate(() => {
    window.seen = new Set();
    setInterval(() => window.seen.add(document.getElementById("progress-text").textContent), 5);
  });
  await page.click("#columns .primary");
  await page.waitForSelector("#results:not([hidden])", { timeout: 180_000 });
  // Timers ran while rows arrived: the page was not frozen.
  assert.ok((await page.evaluate(() => window.seen.size)) > 5);
  assert.match(await page.textContent("#results-summary"), /100,000 rows/);
  assert.ok((await page.locator(".grid-rows .grid-row").count()) < 60);
  await page.focus(".grid-rows button");
  await page.keyboard.press("End");
  assert.match(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), /^Row 100000:/);
});

test("everything can be done with the keyboard", async () => {
  const tab = async (wanted, most = 80) => {
    for (let at = 0; at < most; at++) {
      await page.keyboard.press("Tab");
      if (await page.evaluate((selector) => document.activeElement?.matches(selector), wanted)) return;
    }
    assert.fail(`${wanted} is not reached`);
  };
  await page.keyboard.press("Tab");
  assert.ok(await page.evaluate(() => document.activeElement.matches(".skip")));
  await tab("#title");
  await page.keyboard.type("Product Manager");
  await tab("#posting");
  await page.keyboard.insertText(posting("hybrid"));
  await label("hybrid");
  await tab("#marked");
  await tab("#marked a");
  await page.keyboard.press("Enter");
  assert.ok(await page.evaluate(() => document.activeElement.matches("#duties .phrases a")));
  await tab("#lenses input");
  const judged = page.waitForResponse((response) => response.url().endsWith("/api/classify"));
  await page.keyboard.press("ArrowDown");
  await judged;
  await page.waitForFunction(() => document.querySelector("#lens-guide").checked && document.activeElement.id === "lens-guide" && !document.querySelector("#verdict[aria-busy]"));
  await tab("#find-change");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => /would be|changes the label/.test(document.getElementById("change").textContent));
  const saved = async (button) => {
    await tab(button, 200);
    const [file] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
    return file.suggestedFilename();
  };
  const goTo = async (view) => {
    await tab(`nav [data-view=${view}]`, 200);
    await page.keyboard.press("Enter");
    await page.waitForSelector(`#view-${view}:not([hidden])`);
  };
  const choose = async (input, name, content) => {
    await tab(input, 200);
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.keyboard.press("Enter")]);
    await chooser.setFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(content) });
  };
  assert.equal(await saved("#save-json"), "verdict.json");
  await choose("#file", "posting.txt", posting("pmm"));
  await label("pmm");
  await goTo("compare");
  await tab("#first");
  await page.keyboard.insertText(posting("pm"));
  await tab("#second");
  await page.keyboard.insertText(posting("pmm"));
  await page.waitForSelector("#comparison table");
  await goTo("table");
  await choose("#table-file", "jobs.csv", csv(30));
  await page.waitForSelector("#columns:not([hidden])");
  await tab("#columns .primary");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#results:not([hidden])");
  await tab("#filter");
  await page.keyboard.type("market");
  await tab("#filter-label");
  await tab("[role=columnheader] button");
  await page.keyboard.press("Enter");
  assert.equal(await page.getAttribute(".c-row[role=columnheader]", "aria-sort"), "descending");
  await tab(".grid-rows button");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#row-dialog[open] .label");
  await page.keyboard.press("Escape");
  await page.waitForSelector("#row-dialog", { state: "hidden" });
  await page.waitForFunction(() => document.activeElement.matches(".grid-rows button"));
  assert.equal(await saved("#save-rows-csv"), "rows.csv");
  assert.equal(await saved("#save-statistics"), "statistics.json");
  assert.deepEqual(failures, []);
});

test("no violation of accessibility rules, in any size and color scheme", async () => {
  for (const [width, colorScheme] of [[1280, "light"], [1280, "dark"], [390, "light"], [390, "dark"]]) {
    await page.setViewportSize({ width, height: 844 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.goto("about:blank");
    await page.goto(url);
    await page.waitForSelector("body[data-ready]");
    await accessible(`empty ${width} ${colorScheme}`);
    for (const { text, words } of STATES) {
      await paste(text);
      await verdictSays(words);
      await accessible(`${words} ${width} ${colorScheme}`);
    }
    await paste(HOSTILE);
    await label("pm");
    await accessible(`hostile ${width} ${colorScheme}`);
    await page.setInputFiles("#file", { name: "photo.png", mimeType: "image/png", buffer: PICTURE });
    await page.waitForSelector("#verdict .problem");
    await accessible(`a problem ${width} ${colorScheme}`);
    await paste(posting("hybrid"), "Product Manager");
    await label("hybrid");
    for (const details of await page.locator("#view-read details").all()) await details.evaluate((one) => (one.open = true));
    await accessible(`hybrid ${width} ${colorScheme}`);
    await page.click("nav [data-view=compare]");
    await page.click("#compare-example");
    await page.waitForSelector("#comparison table");
    await accessible(`compare ${width} ${colorScheme}`);
    await openTable("none.csv", "");
    await page.waitForSelector("#table-problem:not([hidden])");
    await accessible(`no table ${width} ${colorScheme}`);
    await openTable("jobs.csv", csv(12));
    await page.waitForSelector("#columns:not([hidden])");
    await accessible(`columns ${width} ${colorScheme}`);
    await classifyColumns();
    await accessible(`table ${width} ${colorScheme}`);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${width} scrolls sideways`);
  }
  assert.deepEqual(failures, []);
});

test("a server that is gone is said, and what was entered stays", async () => {
  await paste(posting("pm"));
  await label("pm");
  const { port } = new URL(url);
  await stop();
  await page.fill("#title", "Product Manager");
  await page.waitForSelector("#gone:not([hidden])");
  await accessible("gone");
  assert.equal(await page.inputValue("#posting"), posting("pm"));
  await start(port);
  await page.waitForSelector("#gone", { state: "hidden" });
  await page.waitForSelector(".steps");
});
