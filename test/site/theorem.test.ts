// The theorem, live, in a browser.
import { expect } from "vitest";
import { allClaims } from "../../src/cli/all-claims.js";
import { faultsLightAndDark, unreached } from "./browser.mjs";
import { walk } from "./walk.js";

walk(
  "gradient descent keeps to the theorem, Adam does not, whatever the sliders say",
  async ({ visit }) => {
    for (const width of [1280, 390]) {
      const { page, problems } = await visit("theorem.html", { width });
      const says = (text: string) =>
        page.waitForFunction(
          (t) => document.querySelector("#verdict")?.textContent?.includes(t),
          text,
        );
      await says("It holds");
      await says("28 of 32");
      await page.fill("#size", "20");
      await page.fill("#depth", "4");
      await says("16 of 20");
      await says("It holds");
      expect(await faultsLightAndDark(page)).toEqual([]);
      await page.check("[value=adam]");
      await says("It does not hold");
      expect(await unreached(page)).toEqual([]);
      expect(problems).toEqual([]);
    }
  },
);

walk("every claim is measured in the tab, to the numbers of the command", async ({ visit }) => {
  const { page, problems } = await visit("theorem.html");
  await page.click("#verify");
  await page.click("#progress button");
  await page.waitForFunction(() => document.querySelector("#outcome")?.textContent === "Stopped.");
  await page.click("#verify");
  await page.waitForFunction(() =>
    document.querySelector("#outcome")?.textContent?.includes("hold"),
  );
  const own = allClaims(1);
  expect(await page.textContent("#outcome")).toBe(`${own.length} claims, all hold.`);
  const some = [0, 1, 2, 3].map((i) => own[i]());
  const shown = await page.locator("#claims .number").allTextContents();
  expect(shown.slice(0, some.length)).toEqual(
    some.map(({ measured, bound }) => `${measured.toExponential(2)} < ${bound.toExponential(2)}`),
  );
  expect(await faultsLightAndDark(page)).toEqual([]);
  expect(await unreached(page)).toEqual([]);
  expect(problems).toEqual([]);
});
