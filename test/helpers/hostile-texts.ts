// Texts that no tokenizer likes, the same ones as those of test/fixtures/tokenizer_parts.py.
import { readFileSync } from "node:fs";
import { generator } from "./sentences.js";

const { alphabets, between, literals } = JSON.parse(
  readFileSync(new URL("../fixtures/hostile-texts.json", import.meta.url), "utf8"),
) as { alphabets: [number, number][][]; between: string[]; literals: string[] };

type Random = (below: number) => number;

function word(random: Random): string {
  if (random(4) === 0) return literals[random(literals.length)];
  const ranges = alphabets[random(alphabets.length)];
  const length = random(100) === 0 ? 90 + random(60) : 1 + random(9);
  const repeated = random(12) === 0;
  const marked = random(10) === 0;
  let text = "";
  let last = "";
  for (let i = 0; i < length; i++) {
    if (!repeated || last === "") {
      const [low, high] = ranges[random(ranges.length)];
      const point = low + random(high - low + 1);
      last = String.fromCodePoint(point >= 0xd800 && point < 0xe000 ? 0xfffd : point);
    }
    text += last;
    if (marked) text += String.fromCodePoint(0x300 + random(0x70));
  }
  return text;
}

/** The text of an index. */
export function hostileText(index: number): string {
  const random = generator(index * 7919 + 17);
  for (let i = 0; i < 3; i++) random(2);
  let text = random(6) === 0 ? between[random(between.length)] : "";
  const words = 1 + random(9);
  for (let i = 0; i < words; i++) text += word(random) + between[random(between.length)];
  return text;
}
