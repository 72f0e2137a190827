// The page as a whole: both languages, any width, without a network, as one file.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { strToU8, zipSync } from "fflate";
import { installed, root } from "../support/host.mjs";
import { figure, onPage } from "./page.mjs";

const { Book } = await import(pathToFileURL(join(installed, "node.mjs")));

async function fits(page, what) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(over <= 0, `${what} is ${over} px too wide`);
}

test("every Chinese text of the page has its English, and none is left over", () => {
  const english = readFileSync(join(root, "www/english.ts"), "utf8");
  const known = new Set([...english.matchAll(/"((?:[^"\\]|\\.)*)":/g)].map(([, key]) => key));
  // What the book that ships says on the page is in it.
  const used = new Set(Book.standard().rules.map(({ category }) => category).filter(Boolean));
  for (const category of used) assert.ok(known.has(category), category);
  const files = readdirSync(join(root, "www"), { recursive: true }).filter((name) => /\.tsx?$/.test(name) && !/node_modules|english\.ts$/.test(name));
  for (const file of files) {
    // The book to begin with is text for a file, in Chinese.
    const code = readFileSync(join(root, "www", file), "utf8").replace(/export const begin = `[^`]*`/, "").replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
    for (const [, text] of code.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)) {
      if (!/\p{sc=Han}|^[；、]$/u.test(text)) continue;
      used.add(text);
      assert.ok(known.has(text) || text === "中文", `${file}: ${text}`);
    }
  }
  for (const text of known) assert.ok(used.has(text), `nothing says ${text}`);
});

test("text has a contrast of at least 4.5 to what it stands on", () => {
  const [light, dark] = [...readFileSync(join(root, "www/style.css"), "utf8").matchAll(/:root \{([^}]*)\}/g)].map(([, block]) => block);
  const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  for (const block of [light, dark]) {
    const luminance = (name) => {
      const [, hex] = block.match(new RegExp(`--${name}: #([0-9a-f]+);`));
      const digits = hex.length === 3 ? [...hex].map((digit) => digit + digit).join("") : hex;
      const [red, green, blue] = [0, 2, 4].map((at) => channel(parseInt(digits.slice(at, at + 2), 16) / 255));
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const grounds = { soft: ["bg", "card", "buyer"], faint: ["bg", "card", "buyer"], brand: ["bg", "card", "brand-soft"], bad: ["card", "bad-soft"], good: ["card", "good-soft"], warn: ["card", "warn-soft"] };
    for (const [text, all] of Object.entries(grounds)) {
      for (const ground of all) {
        const [low, high] = [luminance(text), luminance(ground)].sort((a, b) => a - b);
        const contrast = (high + 0.05) / (low + 0.05);
        assert.ok(contrast >= 4.5, `${text} on ${ground}: ${contrast.toFixed(2)}`);
      }
    }
  }
});

onPage("English counts one thing as one, and names one thing alike", async (page) => {
  await page.setInputFiles("#files", { name: "o.csv", mimeType: "text/csv", buffer: Buffer.from("订单编号,买家会员名,买家实际支付金额,订单付款时间\n1,甲,10,2026-01-01 10:00:00\n") });
  await page.waitForSelector('[id="metric-orders.paid"]');
  await page.click("#tab-files");
  assert.match(await page.textContent("[data-file]"), /1 row, 1 orderEncoding/);
  await page.click("#tab-import");
  await page.fill("#paste", "客户：在吗\n客服：您好，在的\n");
  await page.click("#score");
  await page.waitForSelector("#score-value");
  assert.match(await page.textContent("#tab-agents"), /^Agents$/);
  await page.click("#tab-agents");
  assert.match(await page.textContent("#agents th"), /^Agent$/);
  await page.click("#tab-chats");
  const cut = await page.$eval('[aria-label="Order"]', (select) => {
    const text = document.createElement("span");
    text.textContent = select.selectedOptions[0].textContent;
    text.style.position = "absolute";
    select.after(text);
    const wanted = text.getBoundingClientRect().width;
    text.remove();
    return wanted - (select.clientWidth - 34);
  });
  assert.ok(cut <= 0, `${cut} px of the order are cut`);
}, { locale: "en-US" });

onPage("after the first visit the page opens and works without a network", async (page) => {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller);
  await page.context().setOffline(true);
  await page.reload();
  await page.click("#sample");
  await page.waitForSelector("#score-value");
  await page.click("#tab-book");
  await page.click("#book-editor");
  await page.waitForSelector("#book-state .tag.good");
  await page.waitForSelector(".cm-content");
}, { serviceWorkers: "allow" });

for (const [locale, widths] of [["zh-CN", [360, 768, 1440]], ["en-US", [1440, 768, 360]]]) {
  onPage(`nothing runs over the edge at 360, 768 and 1440 px in ${locale}`, async (page) => {
    await page.click("#sample");
    await page.waitForSelector("#score-value");
    for (const width of widths) {
      await page.setViewportSize({ width, height: 800 });
      const hidden = await page.$eval(".tabs", (tabs) => tabs.scrollWidth - tabs.clientWidth);
      assert.ok(hidden <= 0, `${hidden} px of the tabs are hidden`);
      for (const tab of ["import", "chats", "agents", "figures", "actions", "book", "files"]) {
        await page.click(`#tab-${tab}`);
        await fits(page, `${tab} at ${width}`);
      }
      await page.click("#tab-figures");
      for (const part of ["conversion", "customers", "issues", "weekly", "metrics"]) {
        await page.click(`#part-${part}`);
        await fits(page, `${part} at ${width}`);
      }
      await page.click("#tab-book");
      for (const part of ["editor", "agreement", "rules"]) {
        await page.click(`#book-${part}`);
        await fits(page, `${part} at ${width}`);
      }
    }
  }, { viewport: { width: widths[0], height: 800 }, locale });
}

onPage("Back goes to the tab before, and a page that holds files asks before it is left", async (page) => {
  const asked = [];
  page.on("dialog", (dialog) => {
    asked.push(dialog.type());
    return dialog.accept();
  });
  await page.click("#tab-book");
  await page.reload();
  assert.deepEqual(asked, []);
  await page.click("#sample");
  await page.waitForSelector("#score-value");
  await page.click("#tab-figures");
  await page.goBack();
  await page.waitForSelector("#score-value");
  await page.goBack();
  await page.waitForSelector("#sample");
  await page.goForward();
  await page.waitForSelector("#score-value");
  assert.equal(await page.getAttribute("#tab-chats", "aria-current"), "page");
  await page.reload();
  assert.deepEqual(asked, ["beforeunload"]);
});

onPage("files are read wherever they are dropped; text that is dragged is none", async (page) => {
  await page.click("#tab-figures");
  const drop = (types) => page.evaluate((types) => {
    const dataTransfer = new DataTransfer();
    if (types === "text") dataTransfer.setData("text/plain", "x");
    else dataTransfer.items.add(new File(["客户：在吗\n客服：您好，在的\n"], "chat.txt"));
    const told = (type) => !document.querySelector("footer").dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }));
    return [told("dragover"), told("drop")];
  }, types);
  assert.deepEqual(await drop("text"), [false, false]);
  assert.deepEqual(await drop("files"), [true, true]);
  await page.waitForSelector("#score-value");
  await page.waitForSelector(".dropping", { state: "detached" });
});

onPage("on a phone a conversation that is chosen comes into sight, its score and the list a tap away", async (page) => {
  await page.click("#sample");
  await page.waitForSelector("#score-value");
  const inSight = (selector) => page.waitForFunction((selector) => {
    const { top } = document.querySelector(selector).getBoundingClientRect();
    return top >= 0 && top < innerHeight / 2;
  }, selector);
  await page.locator(".item").nth(1).click();
  await inSight(".talk .bubble");
  await page.click("#to-sheet");
  await inSight("#score-value");
  await page.click("#to-list");
  await inSight(".list");
}, { viewport: { width: 360, height: 740 } });

onPage("where the score does not fit beside the talk it stands below it, a tap away, the list beside both", async (page) => {
  await page.click("#sample");
  await page.waitForSelector("#score-value");
  for (const width of [768, 1000, 1080]) {
    await page.setViewportSize({ width, height: 800 });
    await page.evaluate(() => scrollTo(0, 0));
    const top = (selector) => page.$eval(selector, (one) => one.getBoundingClientRect().top);
    assert.ok((await top(".talk")) < 400 && (await top(".talk")) < (await top(".sheet")), `${width}: the talk comes first`);
    assert.equal(await page.isVisible("#to-list"), false);
    await page.click("#to-sheet");
    await page.waitForFunction(() => {
      const { top } = document.querySelector("#score-value").getBoundingClientRect();
      return top >= document.querySelector(".top").getBoundingClientRect().bottom && top < innerHeight;
    });
    assert.ok(await page.locator(".list [type=search]").isVisible());
  }
  await page.setViewportSize({ width: 1100, height: 800 });
  assert.equal(await page.isVisible("#to-sheet"), false);
}, { viewport: { width: 768, height: 800 } });

onPage("what is focused is seen, and what is chosen is told", async (page) => {
  for (const id of ["files", "folder"]) {
    await page.focus(`#${id}`);
    assert.equal(await page.$eval(`label:has(#${id})`, (label) => getComputedStyle(label).outlineStyle), "solid");
  }
  await page.click("#sample");
  await page.waitForSelector("#score-value");
  const alerts = page.getByRole("button", { name: "需要关注" });
  assert.equal(await alerts.getAttribute("aria-pressed"), "false");
  const all = await page.locator(".item").count();
  await alerts.press("Enter");
  assert.equal(await alerts.getAttribute("aria-pressed"), "true");
  assert.ok((await page.locator(".item").count()) < all);
  assert.equal(await page.locator("[role=tab]").count(), 0, "tabs without panels are none");
  await page.click("#tab-files");
  assert.equal(await page.textContent("h1"), "文件");
  const nameless = await page.$$eval("select", (all) => all.filter((one) => !one.ariaLabel && one.labels.length === 0).map((one) => one.outerHTML));
  assert.deepEqual(nameless, []);
  // Whoever goes back by keys does not get below the head of the page.
  await page.click("#tab-book");
  await page.locator(".rule summary").nth(60).focus();
  for (let step = 0; step < 15; step++) {
    await page.keyboard.press("Shift+Tab");
    assert.ok(await page.evaluate(() => document.activeElement.getBoundingClientRect().top >= document.querySelector(".top").getBoundingClientRect().bottom), `step ${step}`);
  }
});

onPage("a long table fills a tall window", async (page) => {
  await page.click("#sample");
  await page.waitForSelector("#score-value");
  await page.click("#tab-figures");
  await page.click("#part-conversion");
  const gap = () => page.evaluate(() => {
    const box = document.querySelector("#lift").closest(".table-box").getBoundingClientRect();
    return box.bottom - [...document.querySelectorAll("#lift tbody tr:not([aria-hidden])")].at(-1).getBoundingClientRect().bottom;
  });
  await page.waitForFunction(() => document.querySelectorAll("#lift tbody tr").length > 45);
  assert.ok((await gap()) <= 0, "rows down to the end");
}, { viewport: { width: 1440, height: 2600 } });

onPage("as one file from a disk the page does the same, and asks nobody for anything", async (page) => {
  await page.click("#sample");
  await page.waitForSelector("#score-value");
  assert.ok((await page.locator(".item").count()) >= 8);
  // What reads archives is on demand elsewhere; here it came along.
  await page.click("#tab-import");
  const zip = zipSync({ "chats.txt": strToU8("客户：在吗\n客服：您好，在的\n") });
  await page.setInputFiles("#files", { name: "more.zip", mimeType: "application/zip", buffer: Buffer.from(zip) });
  await page.waitForFunction(() => document.querySelectorAll(".item").length >= 11);
  await page.click("#tab-files");
  assert.match(await page.textContent("main"), /more\.zip/);
  await page.click("#tab-figures");
  assert.match(await figure(page, "inquiry.order_conversion"), /%/);
}, { url: pathToFileURL(join(root, "build/page/huashu.html")).href });
