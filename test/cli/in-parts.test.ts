// Texts in parts: the same rows as at once, a bar that tells the phase, errors at the right text.
import { expect, test } from "vitest";
import { inParts, rowsInParts } from "../../src/cli/in-parts.js";
import { NotFiniteError } from "../../src/lora/check.js";
import { loadEncoder } from "../../src/lora/load-encoder.js";
import { tinyModel } from "../helpers/text-models.js";

const texts = Array.from({ length: 150 }, (_, i) => ({
  text: "abc xyz hello k mno".slice(i % 7, 8 + (i % 11)),
}));

test("rows of texts in parts are to the bit those of all at once", async () => {
  const model = loadEncoder(tinyModel());
  const said: string[] = [];
  const progress = {
    update: (step: number, total: number, text: string) => said.push(`${step}/${total} ${text}`),
    stop: () => said.push("stopped"),
  };
  for (const threads of [1, 2]) {
    const rows = await rowsInParts(texts, { doing: "judging", threads, progress }, (some) =>
      model.embed(some),
    );
    expect(rows).toEqual(model.embed(texts));
  }
  // A bar of the caller's own is not stopped.
  expect(said).toEqual([
    "0/150 judging: 0 of 150 texts",
    "64/150 judging: 64 of 150 texts",
    "128/150 judging: 128 of 150 texts",
    "0/150 judging: 0 of 150 texts",
    "128/150 judging: 128 of 150 texts",
  ]);
});

test("a text without a finite row is named by its place among all of them", async () => {
  const compute = (some: readonly { text: string }[]) => {
    if (some[0] === texts[128]) throw new NotFiniteError("embed", 3, "it is too large");
    return some;
  };
  await expect(inParts(texts, { doing: "judging" }, compute)).rejects.toThrow(
    "text 131: it is too",
  );
});
