// The program of a thread that makes one of several fits from beginning to end, on threads of its own.

import type { IndexedEntries } from "../completion/entries.js";
import { split } from "../completion/entries.js";
import { evaluate } from "../completion/evaluate.js";
import { fitEntries } from "../completion/fit.js";
import type { CompletionProgress } from "../completion/progress.js";
import { type TimedFit, timed } from "../completion/timed-fit.js";
import { fitEntriesParallel } from "../parallel/complete.js";
import { failureOf } from "../parallel/failure.js";
import { answerMessages } from "../wasm/index.js";
import type { Answer, Request } from "./thread-protocol.js";
import { decodeFits, encodeOutcome, heldOutOf, type WholeFits } from "./whole-fits.js";

let run: AsyncGenerator<CompletionProgress, TimedFit>;
let test: IndexedEntries;
let wants: WholeFits["wants"];

async function receive({ begin, advance }: Request): Promise<Answer> {
  try {
    if (begin) return start(begin);
    return advance ? await goOn() : {};
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

function start({ input, shard, shards, threads }: NonNullable<Request["begin"]>): Answer {
  if (input === undefined) throw new Error("the run has no input");
  const given = decodeFits(input);
  const { dataset, parts, settings, fits } = given;
  if (fits.length !== shards) throw new Error(`the run has ${fits.length} fits, not ${shards}`);
  const fit = fits[shard];
  const parted = split(dataset, heldOutOf(parts, fit));
  const options = settings[fit.setting];
  [test, wants] = [parted.test, given.wants];
  run = timed(
    threads === 1
      ? fitEntries(parted.train, options)
      : fitEntriesParallel(parted.train, { ...options, threads }),
  );
  return {};
}

async function goOn(): Promise<Answer> {
  const { done, value } = await run.next();
  if (!done) return { progress: value };
  const { model, ...times } = value;
  const { milliseconds, stepMilliseconds } = times;
  const made =
    wants === "models"
      ? { model: model.save(), times, measures: undefined }
      : {
          model: new Uint8Array(),
          times: { milliseconds, stepMilliseconds, curve: [] },
          measures: measuresOf(model),
        };
  return { done: true, made: encodeOutcome(made) };
}

function measuresOf(model: TimedFit["model"]) {
  const { rmse, mae, baselineRmse, ratings } = evaluate(model, test);
  return { count: ratings.length, rmse, mae, baselineRmse };
}

answerMessages(receive);
