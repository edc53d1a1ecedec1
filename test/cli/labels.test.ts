import fc from "fast-check";
import { expect, test } from "vitest";
import { classFinder, remarksOnLabels, taskOf } from "../../src/cli/labels.js";

const records = (labels: readonly string[]) =>
  labels.map((label, i) => ({ line: i + 2, texts: ["a text"], label }));
const task = (labels: readonly string[], asked?: string) => taskOf(records(labels), "t.csv", asked);
const classes = (...labels: string[]) => ({ kind: "classification", labels });
const numbers = (count: number) => Array.from({ length: count }, (_, i) => String(i));

test.each<[string, string[], string | undefined, object]>([
  ["numbers spelled in two ways", ["1", "0", "0.0", "1.0"], undefined, classes("0", "1")],
  ["numbers with zeros before them", ["01", "1", "002"], undefined, classes("1", "2")],
  ["-0 and 0", ["-0", "0", "1"], undefined, classes("0", "1")],
  ["numbers in their order", ["10", "9", "-1"], undefined, classes("-1", "9", "10")],
  ["texts in their order", ["no", "Yes", "maybe"], undefined, classes("Yes", "maybe", "no")],
  [
    "texts that only look like numbers",
    ["0x1", "1", "a", "a"],
    undefined,
    classes("0x1", "1", "a"),
  ],
  ["two numbers among texts", ["1", "1.0", "a", "b"], undefined, classes("1", "1.0", "a", "b")],
  [
    "numbers that doubles cannot tell apart",
    ["9007199254740992", "9007199254740993"],
    undefined,
    classes("9007199254740992", "9007199254740993"),
  ],
  ["fractions", ["0.5", "1"], undefined, { kind: "regression" }],
  ["fractions that are asked for as classes", ["0.5", "1"], "classification", classes("0.5", "1")],
  ["many numbers", numbers(21), undefined, { kind: "regression" }],
  ["not so many numbers", numbers(20), undefined, classes(...numbers(20))],
  ["decimal commas as classes", ["1,5", "2"], "classification", classes("1,5", "2")],
  [
    "several, or none",
    ["a|b", "", "b"],
    "multi-label",
    { kind: "multi-label", labels: ["a", "b"] },
  ],
])("labels are understood: %s", (_, labels, asked, expected) => {
  expect(task(labels, asked)).toEqual(expected);
});

test.each<[string, string[], string]>([
  ["an empty label", ["a", "", "b"], "t.csv line 3: the label is empty"],
  ["NaN", ["0", "1", "NaN"], 't.csv line 4: the label "NaN" stands for a missing value'],
  ["None", ["a", "None"], 't.csv line 3: the label "None" stands for a missing value'],
  ["a decimal comma", ["1", "2,5", "3,25"], 't.csv line 3: the label "2,5" has a decimal comma'],
  ["a text among numbers", ["1", "0", "x"], 't.csv line 4: the label "x" stands among numbers'],
  ["texts among values", ["1.5", "0.25", "x", "y"], 't.csv line 4: the label "x" stands among'],
  ["one class", ["a", "a"], 't.csv: every label is "a": there must be two classes or more'],
  ["a label of labels", ["a", "b", "a|b"], 't.csv line 4: the label "a|b" is made of other labels'],
])("labels are refused with their line: %s", (_, labels, reason) => {
  expect(() => task(labels)).toThrow(reason);
  expect(() => task(labels)).toThrow(/^t\.csv[^\n]{1,200}$/);
});

test("a header that is taken for a record is named as such", () => {
  const rows = [{ line: 1, texts: ["text"], label: "label" }, ...records(["0", "1", "1"])];
  expect(() => taskOf(rows, "t.csv")).toThrow(
    't.csv line 1: the label "label" stands among numbers: if this line is a header',
  );
});

test("a class is found however its number is spelled, and no other class", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer(), { minLength: 2, maxLength: 8 }), (values) => {
      const { labels } = task(values.map(String), "classification") as unknown as {
        labels: string[];
      };
      const find = classFinder(labels);
      for (const value of values) {
        const place = labels.indexOf(String(value));
        for (const spelled of [`${value}`, `${value}.0`, value.toExponential()]) {
          expect(find(spelled)).toBe(place);
        }
        expect(find(`${value}x`)).toBe(undefined);
        expect(find(`${value}.5`)).toBe(undefined);
      }
    }),
  );
});

test.each<[string, string[], string[]]>([
  ["nothing of classes seen twice", ["a", "a", "b", "b"], []],
  ["a class seen once", ["a", "a", "b"], ['seen only once: class "b" (line 4)']],
  [
    "many classes seen once",
    ["a", "b", "c", "d", "e", "f", "g"],
    [
      'seen only once: classes "a" (line 2), "b" (line 3), "c" (line 4), "d" (line 5), ' +
        '"e" (line 6), and 2 more',
    ],
  ],
  [
    "classes that differ in case",
    ["Yes", "yes", "Yes", "yes"],
    ['classes "Yes" and "yes" differ only in case or spaces'],
  ],
  [
    "many whole numbers",
    numbers(21),
    [
      "21 different whole numbers are taken as values to predict: --task classification makes them classes",
    ],
  ],
  ["nothing of fractions", ["0.5", "1", "0.5"], []],
])("remarks are made on labels: %s", (_, labels, expected) => {
  const rows = records(labels);
  expect(remarksOnLabels(rows, taskOf(rows, "t.csv"), "t.csv")).toEqual(
    expected.map((remark) => `t.csv: ${remark}`),
  );
});
