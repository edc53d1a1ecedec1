// Makes the bundled sample from MovieTweetings (Simon Dooms, MIT): the ten-core of the snapshot of
// 100,000 ratings, that is, users and films with at least ten ratings each. The films' ids are
// their titles, so that whatever names a film names it readably.
//   node scripts/make-sample.mjs FOLDER_OF_MOVIETWEETINGS
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { brotliCompressSync, constants } from "node:zlib";

const core = 10;
const folder = process.argv[2];
if (!folder) throw new Error("usage: node scripts/make-sample.mjs FOLDER_OF_MOVIETWEETINGS");

async function records(name) {
  const text = await readFile(`${folder}/${name}`, "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => line.split("::"));
}

function countBy(ratings, field) {
  const counts = new Map();
  for (const rating of ratings) counts.set(rating[field], (counts.get(rating[field]) ?? 0) + 1);
  return counts;
}

const titles = new Map(await records("movies-100K.dat"));
let ratings = await records("ratings-100K.dat");
for (let before = 0; before !== ratings.length; ) {
  before = ratings.length;
  const [users, movies] = [countBy(ratings, 0), countBy(ratings, 1)];
  ratings = ratings.filter(([u, m]) => users.get(u) >= core && movies.get(m) >= core);
}

// By title and user: neighbouring lines share what they can, which compresses best.
const lines = ratings
  .map(([user, movie, rating]) => ({ user, title: titles.get(movie), rating }))
  .sort((a, b) => compare(a.title, b.title) || a.user - b.user)
  .map(({ user, title, rating }) => `${user},${quoted(title)},${rating}\n`);
// Brotli, a third less than gzip. The window holds the whole file.
const packed = brotliCompressSync(`user,film,rating\n${lines.join("")}`, {
  params: { [constants.BROTLI_PARAM_LGWIN]: 24 },
});
await writeFile("data/movietweetings.csv.br", packed);
await copyFile(`${folder}/LICENSE`, "data/movietweetings.LICENSE");
console.log(`${lines.length} ratings in ${packed.length} bytes`);

/** By code units: the same order everywhere, unlike localeCompare. */
function compare(a, b) {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function quoted(text) {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
