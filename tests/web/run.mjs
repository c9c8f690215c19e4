// What a browser sees of the sample archive: axe on every page, and everything that a person does.
// Usage: node tests/web/run.mjs PROGRAM [SCREENSHOT]
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [program, screenshot] = process.argv.slice(2);
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "jianbao-web-"));
execFileSync(program, ["index", "tests/data/archive", "--crawled", "2024-03-24", "--quiet", "--index", folder]);
const server = spawn(program, ["serve", "--port", "0", "--index", folder], { stdio: ["ignore", "ignore", "pipe"] });
let told = "";
const base = await new Promise((done, failed) => {
  server.stderr.on("data", (text) => {
    told += text;
    const address = told.match(/http:\/\/localhost:\d+/);
    if (address) done(address[0]);
  });
  server.on("exit", () => failed(new Error(`the server ended: ${told}`)));
});
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const complaints = [];

/** A page of a browser that complains to us. */
async function open(address, options = {}) {
  const context = await browser.newContext({ locale: "zh-CN", viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error}`));
  page.on("console", (message) => { if (message.type() === "error") complaints.push(`${page.url()}: ${message.text()}`); });
  await page.goto(base + address);
  return page;
}

const text = (page, selector) => page.locator(selector).first().innerText();
const parameter = (page, name) => new URL(page.url()).searchParams.getAll(name);
const ask = encodeURIComponent("临江");
const { hits } = await (await fetch(`${base}/api/v1/search?q=${encodeURIComponent("临江 逆转")}&limit=1`)).json();
const key = hits[0].article.key;

const PAGES = [
  "/", `/?q=${ask}`, `/?q=${ask}&view=kwic`, `/?q=${encodeURIComponent("无此一词")}&speaker=x`,
  `/?q=${ask}&quotes=direct&speaker=${encodeURIComponent("段洪亮")}&not_source=${encodeURIComponent("日报")}`,
  `/a/${key}`, `/a/${key}/reprints`, `/s/${encodeURIComponent("段洪亮")}`, "/clips", "/help", "/login", "/a/none",
];

/** Every page in light and dark, wide and narrow, in both languages: axe, and nothing too wide. */
async function every_page_is_accessible() {
  const wrong = [];
  for (const colorScheme of ["light", "dark"]) for (const width of [1280, 375]) {
    const page = await open("/", { colorScheme, viewport: { width, height: 800 } });
    for (const address of PAGES) for (const lang of ["zh", "en"]) {
      const plain = ["/login", "/a/none"].includes(address);
      if (plain && lang === "en") continue;
      await page.goto(base + address + (plain ? "" : `${address.includes("?") ? "&" : "?"}lang=${lang}`));
      await page.evaluate(axe);
      const found = await page.evaluate("axe.run().then((r) => r.violations.map((v) => [v.id, v.nodes.map((n) => n.html)]))");
      for (const [rule, nodes] of found) wrong.push(`${address} ${lang} ${colorScheme} ${width}: ${rule}: ${nodes[0]}`);
      const wide = await page.evaluate("document.documentElement.scrollWidth");
      if (wide > width) wrong.push(`${address} ${lang} is ${wide} wide at ${width}`);
    }
    await page.context().close();
  }
  assert.deepEqual(wrong, []);
}

/** Search, filters, 除外, ≠, ×, and the way back. */
async function filters_are_put_on_turned_round_and_taken_off() {
  const page = await open("/");
  await page.fill("#q", "临江");
  await page.click(".box button");
  assert.deepEqual(parameter(page, "q"), ["临江"]);
  const all = parseInt(await text(page, ".total"), 10);
  const facet = page.locator(".facets li").first();
  const name = await facet.locator("a").first().innerText();
  const here = parseInt(await facet.locator("span").innerText(), 10);
  await facet.locator("a", { hasText: "除外" }).click();
  assert.deepEqual(parameter(page, "not_speaker"), [name]);
  const without = parseInt(await text(page, ".total"), 10);
  assert.ok(without < all && without + here >= all, `${all} ${without} ${here}`);
  await page.click(".chips a[aria-label^=取反]");
  assert.deepEqual([parameter(page, "speaker"), parameter(page, "not_speaker")], [[name], []]);
  await page.click(".chips a[aria-label^=去掉]");
  assert.equal(parseInt(await text(page, ".total"), 10), all);
  await page.goBack();
  assert.deepEqual(parameter(page, "speaker"), [name]);
  await page.context().close();
}

/** A month by a click, a span by drawing over the bars. */
async function the_timeline_is_clicked_and_drawn_on() {
  const page = await open(`/?q=${ask}`);
  const bars = page.locator(".timeline a[data-time]");
  const [first, third] = [await bars.nth(0).getAttribute("data-time"), await bars.nth(2).getAttribute("data-time")];
  await bars.nth(0).click({ position: { x: 3, y: 3 }, force: true });
  assert.deepEqual([parameter(page, "since"), parameter(page, "until")], [[first], [first]]);
  await page.goBack();
  const box = async (n) => { const b = await bars.nth(n).boundingBox(); return [b.x + b.width / 2, b.y + b.height / 2]; };
  await page.mouse.move(...await box(0));
  await page.mouse.down();
  await page.mouse.move(...await box(1));
  await page.mouse.move(...await box(2));
  await Promise.all([page.waitForURL(/since=/), page.mouse.up()]);
  assert.deepEqual([parameter(page, "since"), parameter(page, "until")], [[first], [third]]);
  await page.context().close();
}

/** The box of a speaker, the reprints word by word. */
async function evidence_and_reprints_unfold() {
  const page = await open(`/?q=${encodeURIComponent("临江 逆转")}`);
  const speaker = page.locator(".hit .who").last();
  assert.ok(!await speaker.locator("p").isVisible());
  await speaker.locator("summary").click();
  assert.match(await speaker.locator("p").innerText(), /可信度/);
  await speaker.locator("summary").click();
  await page.mouse.move(1, 1);
  assert.ok(!await speaker.locator("p").isVisible(), "closed again by a second click");
  await speaker.locator("summary").hover();
  assert.ok(await speaker.locator("p").isVisible(), "open under the pointer");
  await page.mouse.move(1, 1);
  assert.ok(!await speaker.locator("p").isVisible(), "and closed behind it");
  await page.click(".hit .reprints summary");
  await page.locator(".hit .copies ins").first().waitFor();
  assert.ok(await page.locator(".hit .copies del").count() > 0);
  await page.click(".hit .reprints p a");
  assert.ok(await page.locator("del").count() > 0 && await page.locator("ins").count() > 0);
  await page.context().close();
}

/** Conditions on demand, a slip in a name, a language that holds. */
async function a_question_is_narrowed_and_mended() {
  const page = await open(`/?q=${ask}`);
  await page.locator("input[name=speaker]").pressSequentially("段洪");
  await page.locator('#names option[value="段洪亮"]').waitFor({ state: "attached" });
  await page.fill("input[name=speaker]", "");
  await page.click(".further summary");
  await page.selectOption("select[name=quotes]", "direct");
  await page.click(".box button");
  assert.deepEqual(parameter(page, "quotes"), ["direct"]);
  assert.match(await text(page, ".chips"), /直接引语/);
  assert.ok(await page.locator("select[name=quotes]").isVisible(), "what holds is shown");
  await page.goto(`${base}/?speaker=${encodeURIComponent("段红亮")}`);
  await page.click('.note a:text-is("段洪亮")');
  assert.deepEqual(parameter(page, "speaker"), ["段洪亮"]);
  await page.click('.top a:text-is("English")');
  await page.locator(".hit h2 a").first().click();
  assert.equal(await page.getAttribute("html", "lang"), "en");
  await page.context().close();
}

/** Keys: every one that /help names. */
async function keys_do_what_help_says() {
  const page = await open(`/?q=${ask}`);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  assert.equal(await page.evaluate("document.activeElement.id"), "h1");
  await page.keyboard.press("e");
  assert.ok(await page.locator("#h1 .who p").first().isVisible());
  await page.keyboard.press("x");
  await page.locator("[data-clips] .count", { hasText: "1" }).waitFor();
  assert.equal(await page.locator("#h1 .clip button").getAttribute("aria-pressed"), "true");
  await page.keyboard.press("x");
  await page.locator("[data-clips] .count").waitFor({ state: "detached" });
  await page.keyboard.press("n");
  await page.waitForURL(/offset=10/);
  await page.keyboard.press("p");
  await page.waitForURL(/offset=0|q=[^&]*$/);
  await page.keyboard.press("/");
  assert.equal(await page.evaluate("document.activeElement.id"), "q");
  await page.keyboard.type("j");
  await page.evaluate("document.activeElement.blur()");
  await page.keyboard.press("j");
  await page.keyboard.press("o");
  await page.waitForURL(/\/a\//);
  await page.keyboard.press("?");
  await page.waitForURL(/\/help/);
  await page.context().close();
}

/** Clippings: cut out, ordered, exported, read back, with a script and without. */
async function clippings_are_kept_ordered_and_exported(javaScriptEnabled) {
  const page = await open(`/?q=${ask}`, { javaScriptEnabled, acceptDownloads: true });
  const count = async (n) => {
    await page.locator("[data-clips] .count", { hasText: String(n) }).waitFor();
  };
  for (const n of [1, 2]) {
    await page.locator(`#h${n} .clip button`).click();
    await count(n);
  }
  if (!javaScriptEnabled) assert.match(page.url(), /#h2$/, "back where the button was");
  await page.click("[data-clips]");
  const titles = () => page.locator(".hit h2").allInnerTexts();
  const [a, b] = await titles();
  await page.locator(".tools button", { hasText: "下移" }).first().click();
  assert.deepEqual(await titles(), [b, a]);
  const download = async (name) => {
    const [file] = await Promise.all([page.waitForEvent("download"), page.click(`a:text-is("${name}")`)]);
    return readFileSync(await file.path());
  };
  for (const [name, start] of [["Word", "PK"], ["Markdown", "# 剪报"], ["RIS", "TY  - "], ["CSV", "key,"]]) {
    assert.ok((await download(name)).toString("utf8").startsWith(start), name);
  }
  const records = (await download("JSON")).toString("utf8");
  await page.locator("button", { hasText: "全部移出" }).click();
  assert.deepEqual(await titles(), []);
  await page.locator(".records summary").click();
  await page.fill("#records", records);
  await page.locator(".records button").click();
  await count(2);
  assert.deepEqual(await titles(), [b, a]);
  await page.context().close();
}

/** A phone: the box, a hit and the filters are there, and the word of a concordance. */
async function a_phone_shows_everything() {
  const page = await open(`/?q=${ask}`, { viewport: { width: 375, height: 700 }, isMobile: true, hasTouch: true });
  await page.locator(".hit .who summary").first().tap();
  assert.ok(await page.locator(".hit .who p").first().isVisible());
  assert.ok(await page.locator(".facets a").first().isVisible());
  await page.goto(`${base}/?q=${ask}&view=kwic`);
  const word = await page.locator(".kwic mark").first().boundingBox();
  assert.ok(word.x > 0 && word.x + word.width < 375, `the word is at ${word.x}`);
  await page.context().close();
}

try {
  await filters_are_put_on_turned_round_and_taken_off();
  await the_timeline_is_clicked_and_drawn_on();
  await evidence_and_reprints_unfold();
  await a_question_is_narrowed_and_mended();
  await keys_do_what_help_says();
  await clippings_are_kept_ordered_and_exported(true);
  await clippings_are_kept_ordered_and_exported(false);
  await a_phone_shows_everything();
  assert.deepEqual(complaints, [], "the browser complains of nothing");
  await every_page_is_accessible();
  if (screenshot) {
    const page = await open(`/?q=${encodeURIComponent("临江 海州")}&lang=zh`, { viewport: { width: 1040, height: 700 } });
    await page.locator(".hit .who summary").first().click();
    await page.evaluate("window.scrollTo(0, 0)");
    await page.screenshot({ path: screenshot });
  }
  console.log(`web: ${PAGES.length} pages, no violation of axe; filters, timeline, evidence, reprints, conditions, keys, clippings, no script, phone`);
} finally {
  await browser.close();
  server.kill();
  rmSync(folder, { recursive: true, force: true });
}
