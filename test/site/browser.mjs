// The built site in a real browser: served from a folder of a host, and judged as it stands.
import { spawnSync } from "node:child_process";
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromium, firefox } from "playwright-core";
import { inject } from "vitest";
import { chromiumPath, firefoxPath } from "../runtimes/browsers.mjs";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const types = {
  html: "text/html",
  js: "text/javascript",
  css: "text/css",
  svg: "image/svg+xml",
  json: "application/json",
  wasm: "application/wasm",
};

/** Builds the site. @returns its folder, which the caller removes. */
export function buildSite() {
  const folder = mkdtempSync(join(tmpdir(), "lowrank-site-"));
  buildInto(folder);
  return folder;
}

/** The build that all test files of one run share: the first one that needs it makes it. */
export async function sharedSite() {
  const folder = inject("site");
  const done = join(folder, ".built");
  try {
    mkdirSync(join(folder, "dist"));
  } catch {
    while (!existsSync(done)) await setTimeout(200);
    const failed = readFileSync(done, "utf8");
    if (failed !== "") throw new Error(failed);
    return join(folder, "dist");
  }
  let failed = "";
  try {
    buildInto(join(folder, "dist"));
  } catch (error) {
    failed = error.message;
    throw error;
  } finally {
    writeFileSync(done, failed);
  }
  return join(folder, "dist");
}

function buildInto(folder) {
  const vite = join(repository, "node_modules/vite/bin/vite.js");
  const args = [vite, "build", "-c", "site/vite.config.ts", "--outDir", folder, "--emptyOutDir"];
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: repository,
    encoding: "utf8",
    // Vitest's own mode must not make a build for tests.
    env: { ...process.env, NODE_ENV: "production" },
  });
  if (status !== 0) throw new Error(`the site cannot be built: ${stderr}`);
}

/** Browsers by their names, and how each is started. */
const launch = {
  Chromium: () =>
    chromium.launch({
      executablePath: chromiumPath(),
      args: ["--no-sandbox", "--disable-dev-shm-usage", "--js-flags=--expose-gc"],
    }),
  // An unchanged Firefox, by WebDriver BiDi. Version 1.65 of playwright-core asks it for
  // emulation.setMediaFeaturesOverride, which ESR 153 does not know.
  Firefox: (downloadsPath) =>
    firefox.launch({
      executablePath: firefoxPath(),
      channel: "moz-firefox",
      downloadsPath,
      // The list of downloads would take the focus from the page.
      firefoxUserPrefs: { "browser.download.alwaysOpenPanel": false },
    }),
};

/** Builds the site, serves it under /some/where/ and starts a browser. */
export async function openSite(name) {
  const dist = await sharedSite();
  const server = createServer((request, response) => {
    const [path] = request.url.replace(/^\/some\/where\//, "").split("?");
    const file = join(dist, decodeURIComponent(path === "" ? "index.html" : path));
    if (!request.url.startsWith("/some/where/") || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    const type = types[file.split(".").pop()] ?? "application/octet-stream";
    response.setHeader("content-type", type);
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${server.address().port}/some/where/`;
  const downloads = mkdtempSync(join(tmpdir(), "lowrank-downloads-"));
  const browser = await launch[name](downloads);
  return {
    base,
    /** A page, and what went wrong on it so far. */
    async visit(path, { width = 1280 } = {}) {
      const viewport = { width, height: 900 };
      const context = await browser.newContext({ viewport, acceptDownloads: true });
      const page = await context.newPage();
      page.setDefaultTimeout(300_000);
      const problems = [];
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) problems.push(message.text());
      });
      page.on("pageerror", (error) => problems.push(String(error)));
      page.on("request", (request) => {
        const url = request.url();
        if (!url.startsWith(base) && !/^(data|blob):/.test(url)) problems.push(`asked for ${url}`);
      });
      await page.addInitScript(() => {
        globalThis.shifted = 0;
        // Chromium alone measures shifts.
        if (!PerformanceObserver.supportedEntryTypes.includes("layout-shift")) return;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            if (!entry.hadRecentInput) globalThis.shifted += entry.value;
          }
        }).observe({ type: "layout-shift", buffered: true });
      });
      await page.goto(base + path);
      /** The bytes of the file that a click saves. */
      const download = async (selector) => {
        if (name === "Chromium") {
          const [saved] = await Promise.all([page.waitForEvent("download"), page.click(selector)]);
          return new Uint8Array(readFileSync(await saved.path()));
        }
        // Playwright does not hear of a download that Firefox counts as no navigation.
        await page.click(selector);
        for (;;) {
          const [file, ...more] = readdirSync(downloads);
          if (file !== undefined && more.length === 0 && statSync(join(downloads, file)).size > 0) {
            const bytes = new Uint8Array(readFileSync(join(downloads, file)));
            rmSync(join(downloads, file));
            return bytes;
          }
          await setTimeout(50);
        }
      };
      return { page, problems, download, close: () => context.close() };
    },
    /** Ends the server: the site is offline then. */
    disconnect() {
      server.close();
      server.closeAllConnections();
    },
    async close() {
      await browser.close();
      server.close();
      server.closeAllConnections();
      rmSync(downloads, { recursive: true });
    },
  };
}

const isFirefox = (page) => page.context().browser().browserType().name() === "firefox";

/** Gives a folder to the page's picker of folders. */
export async function pickFolder(page, selector, folder) {
  if (!isFirefox(page)) return page.setInputFiles(selector, folder);
  // WebDriver BiDi gives files only: here they are what the picker would give.
  const inside = readdirSync(folder, { recursive: true });
  const files = inside
    .filter((path) => statSync(join(folder, path)).isFile())
    .map((path) => [`${basename(folder)}/${path}`, readFileSync(join(folder, path), "base64")]);
  await page.evaluate(
    async ([place, given]) => {
      const input = document.querySelector(place);
      const picked = given.map(([path, base64]) => {
        const file = new File([Uint8Array.fromBase64(base64)], path.split("/").pop());
        return Object.defineProperty(file, "webkitRelativePath", { value: path });
      });
      Object.defineProperty(input, "files", { value: picked, configurable: true });
      input.dispatchEvent(new Event("change"));
    },
    [selector, files],
  );
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * What is wrong with a page as it stands: for eyes, for screen readers, for narrow screens.
 *
 * @param contrast - whether colours are looked at, too, which takes most of the time.
 */
export async function faults(page, { contrast = true } = {}) {
  await keepPicture(page);
  await page.evaluate(axe);
  const found = await page.evaluate(async (enabled) => {
    const { violations } = await globalThis.axe.run({
      resultTypes: ["violations"],
      rules: { "color-contrast": { enabled } },
    });
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    return [
      ...violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(
          ({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160))}`,
        ),
      ...(wide > 0 ? [`the page is ${wide} px wider than the window`] : []),
      ...(globalThis.shifted > 0.1 ? [`the layout shifted by ${globalThis.shifted}`] : []),
    ];
  }, contrast);
  return found;
}

/** Pictures of each page so far. */
const pictures = new Map();

/**
 * A picture of the whole page, for eyes, in the folder that LOWRANK_SCREENSHOTS names. Not in Firefox, where taking
 * one adds a style that the site's policy refuses.
 */
async function keepPicture(page) {
  const folder = process.env.LOWRANK_SCREENSHOTS;
  if (folder === undefined || isFirefox(page)) return;
  const address = new URL(page.url()).pathname.split("/").slice(3).join("-") || "index";
  const name = `${address}-${page.viewportSize().width}`;
  const number = (pictures.get(name) ?? 0) + 1;
  pictures.set(name, number);
  await page.screenshot({ path: join(folder, `${name}-${number}.png`), fullPage: true });
}

/** The same, light and dark. */
export async function faultsLightAndDark(page) {
  const found = [];
  for (const scheme of ["light", "dark"]) {
    await setScheme(page, scheme);
    for (const fault of await faults(page)) found.push(`${scheme}: ${fault}`);
  }
  return found;
}

/** Shows the page light or dark. Firefox has no command for it: there the style's own rules are switched. */
export async function setScheme(page, scheme) {
  await page.emulateMedia({ colorScheme: scheme });
  if (!isFirefox(page)) return;
  await page.evaluate((colorScheme) => {
    document.documentElement.style.colorScheme = colorScheme;
    globalThis.darkRules ??= [...document.styleSheets]
      .flatMap(({ cssRules }) => [...cssRules])
      .filter((rule) => rule.conditionText?.includes("prefers-color-scheme: dark"));
    for (const { media } of globalThis.darkRules) {
      media.mediaText = colorScheme === "dark" ? "all" : "not all";
    }
  }, scheme);
}

/** What stands on the page for a mouse and is not reached by the tab key. */
export async function unreached(page) {
  const count = await page.evaluate(() => {
    const shown = (element) => element.checkVisibility() && !element.disabled;
    const all = "a[href], button, input, select, textarea, summary, [tabindex='0']";
    const targets = [...document.querySelectorAll(all)].filter(shown);
    globalThis.targets = new Set(targets);
    globalThis.visited = new Set();
    // Where tabbing begins: Firefox begins where the last click was.
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
    addEventListener("focusin", ({ target }) => globalThis.visited.add(target));
    return targets.length;
  });
  for (let presses = 0; presses < count + 20; presses++) await page.keyboard.press("Tab");
  return page.evaluate(() => {
    // Of several radio buttons of one name, arrows reach the others.
    const names = new Set(
      [...globalThis.visited].map(({ name, type }) => type === "radio" && name),
    );
    return [...globalThis.targets]
      .filter((target) => !globalThis.visited.has(target))
      .filter(({ name, type }) => !(type === "radio" && names.has(name)))
      .map((target) => target.outerHTML.slice(0, 120));
  });
}
