import { expect, test } from "vitest";
import { parseEntries } from "../../src/formats/delimited.js";
import { previewEntries } from "../../src/formats/preview.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const preview = (text: string) => previewEntries(bytes(text), "a.csv", { content: "either" }, 2);

test("the preview names the columns that the reader takes, wherever they stand", () => {
  const text = "stars;user;film\n5;ann;Alien\n4;bob;Heat\n3;cy;Jaws\n";
  expect(preview(text)).toEqual({
    names: ["stars", "user", "film"],
    records: [
      ["5", "ann", "Alien"],
      ["4", "bob", "Heat"],
    ],
    columns: [1, 2, 0],
  });
  expect(parseEntries(bytes(text), "a.csv", {}).rowIds).toEqual(["ann", "bob", "cy"]);
});

test("without a header, or with one in a comment, records are records", () => {
  const records = [
    ["ann", "Alien"],
    ["bob", "Heat"],
  ];
  const clicks = "ann,Alien\nbob,Heat\ncy,Jaws\n";
  expect(preview(clicks)).toEqual({ names: undefined, records, columns: [0, 1] });
  expect(preview(`# user,film\n${clicks}`)).toMatchObject({ names: undefined, records });
});

test("where the columns are not clear, the records are shown and no column is taken", () => {
  expect(preview("Alien\nHeat\nJaws\n")).toEqual({
    names: undefined,
    records: [["Alien"], ["Heat"]],
    columns: undefined,
  });
});

test("there is no preview of what is no table", () => {
  expect(preview("\x89PNG\r\n")?.columns).toBe(undefined);
  expect(previewEntries(Uint8Array.of(), "a.csv", {}, 2)).toBe(undefined);
  expect(preview('{"user":"ann","item":"Alien","rating":5}\n')).toBe(undefined);
});
