// What lowrank/threads fits and decomposes on two threads, on every runtime: the bytes of one thread, here and
// elsewhere.
import {
  completeMatrix,
  Matrix,
  type Pca,
  type RandomizedSVD,
  rankMatrix,
  StreamingPca,
  StreamingSvd,
} from "lowrank";
import {
  completeMatrixParallel,
  fitCompletionParallel,
  fitRankingParallel,
  rankMatrixParallel,
  recommendAllParallel,
  streamingPcaParallel,
  streamingSvdParallel,
} from "lowrank/threads";

/** In a page: where the threads' program is served. */
const { workerUrl } = globalThis as { workerUrl?: string };
const threads = { threads: 2, ...(workerUrl ? { workerUrl } : {}) };
/** For data that has hardly work for one. */
const fits = { ...threads, entriesPerThread: 1 };

// Two blocks of rows and more.
const [rowIds, colIds, values]: number[][] = [[], [], []];
for (let u = 0; u < 400; u++) {
  for (let i = 0; i < 100; i++) {
    if ((u * 31 + i * 17 + ((u * i) % 7)) % 9 === 0) continue;
    rowIds.push(u);
    colIds.push(i);
    values.push(1 + ((u * 7 + i * 3) % 5));
  }
}
const [ratings, clicks] = [
  { rowIds, colIds, values },
  { rowIds, colIds },
];
const completion = { steps: 14, rank: 4, ranking: false };
const ranking = { rank: 4, validationFraction: 0 };

const cols = 12;
/** Who has a small block answers long before the others. */
const blocks = (dtype: "f32" | "f64") =>
  [900, 1, 70, 2000, 33].map((rows, i) => Matrix.randomNormal(rows, cols, { seed: i + 1, dtype }));
const pca = { cols, components: 5, scale: true, dtype: "f64" } as const;
const svd = { cols, rank: 3, seed: 4, dtype: "f32" } as const;

function streamed<Stream extends StreamingPca | StreamingSvd>(stream: Stream): Stream {
  for (const block of blocks(stream instanceof StreamingPca ? pca.dtype : svd.dtype)) {
    stream.append(block);
  }
  return stream;
}

/** A model, components or a list, as bytes. */
type Made = { save(): Uint8Array } | Pca | RandomizedSVD | readonly unknown[];

/** What a function makes on two threads, and what makes the same on one. */
const pairs: Record<string, readonly [() => Promise<Made>, () => Made]> = {
  completeMatrixParallel: [
    () => completeMatrixParallel(ratings, { ...completion, ...fits }),
    () => completeMatrix(ratings, completion),
  ],
  fitCompletionParallel: [
    () => atEnd(fitCompletionParallel(ratings, { ...completion, ...fits })),
    () => completeMatrix(ratings, completion),
  ],
  rankMatrixParallel: [
    () => rankMatrixParallel(clicks, { ...ranking, ...fits }),
    () => rankMatrix(clicks, ranking),
  ],
  fitRankingParallel: [
    () => atEnd(fitRankingParallel(clicks, { ...ranking, ...fits })),
    () => rankMatrix(clicks, ranking),
  ],
  recommendAllParallel: [
    () => all(recommendAllParallel(rankMatrix(clicks, ranking), 3, threads)),
    () => [...rankMatrix(clicks, ranking).recommendAll(3)],
  ],
  streamingPcaParallel: [
    () => streamingPcaParallel(blocks(pca.dtype), { ...pca, ...threads }),
    () => streamed(new StreamingPca(pca)).pca(),
  ],
  streamingSvdParallel: [
    () => streamingSvdParallel(blocks(svd.dtype), { ...svd, ...threads }),
    () => streamed(new StreamingSvd(svd)).svd(),
  ],
};

async function atEnd<Model>(fit: AsyncGenerator<unknown, Model>): Promise<Model> {
  for (;;) {
    const { done, value } = await fit.next();
    if (done) return value;
  }
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

function bytesOf(made: Made): Uint8Array {
  if ("save" in made) return made.save();
  if (!("S" in made)) return new TextEncoder().encode(JSON.stringify(made));
  const { U, S, V } = made;
  const numbers = [U.data, S, V.data].map((part) => new Uint8Array(part.slice().buffer));
  return new Uint8Array(numbers.flatMap((bytes) => [...bytes]));
}

function hash(bytes: Uint8Array): number {
  let sum = 2166136261;
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 16777619);
  return sum >>> 0;
}

/** Of every function the two hashes, or how it refuses. */
export async function answer() {
  const answers: Record<string, { onTwo: number; onOne: number } | { refused: string }> = {};
  for (const [name, [two, one]] of Object.entries(pairs)) {
    try {
      answers[name] = { onTwo: hash(bytesOf(await two())), onOne: hash(bytesOf(one())) };
    } catch (error) {
      answers[name] = { refused: `${(error as Error).name}: ${(error as Error).message}` };
    }
  }
  return answers;
}
