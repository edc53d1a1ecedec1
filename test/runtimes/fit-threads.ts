// Fits on two threads, on every runtime: the bytes of one thread, here and elsewhere.
import { completeMatrix, rankMatrix } from "lowrank";
import { completeMatrixParallel, rankMatrixParallel } from "lowrank/threads";

/** In a page: where the threads' program is served. */
const { workerUrl } = globalThis as { workerUrl?: string };

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

function hash(bytes: Uint8Array): number {
  let sum = 2166136261;
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 16777619);
  return sum >>> 0;
}

export async function answer() {
  const threads = { threads: 2, ...(workerUrl ? { workerUrl } : {}) };
  const ratings = { steps: 14, rank: 4, ranking: false };
  const clicks = { rank: 4, validationFraction: 0 };
  try {
    const two = [
      await completeMatrixParallel({ rowIds, colIds, values }, { ...ratings, ...threads }),
      await rankMatrixParallel({ rowIds, colIds }, { ...clicks, ...threads }),
    ];
    const one = [
      completeMatrix({ rowIds, colIds, values }, ratings),
      rankMatrix({ rowIds, colIds }, clicks),
    ];
    const [onTwo, onOne] = [two, one].map((models) => models.map((model) => hash(model.save())));
    return { onTwo, onOne };
  } catch (error) {
    return { refused: `${(error as Error).name}: ${(error as Error).message}` };
  }
}
