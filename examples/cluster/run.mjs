// Two workers and a coordinator on one machine: node run.mjs REDIS RATINGS MODEL
// One of the workers is killed in the middle; the model is what one process would have made.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fitShards } from "lowrank/cluster";

const [connection, ratings, out] = process.argv.slice(2);
const lock = 2000;
const program = `
  import { startWorker } from "lowrank/cluster";
  await startWorker({
    connection: ${JSON.stringify(connection)},
    threads: 1,
    atOnce: 2, // so that one can go on alone
    lock: ${lock},
    report: (line) => console.log(process.pid, line),
  });
`;
const workers = [0, 1].map(() =>
  spawn(process.execPath, ["--input-type=module", "--eval", program], { stdio: "inherit" }),
);

const run = fitShards(ratings, { connection, shards: 2, lock });
let killed = false;
for (;;) {
  const { done, value } = await run.next();
  if (done) {
    writeFileSync(out, value.save());
    console.log(`${value.rows} x ${value.cols}: ${out}`);
    break;
  }
  if (!killed && value.exchanges > 200) {
    killed = workers[0].kill("SIGKILL");
    console.log("killed a worker");
  }
}
workers[1].kill();
