// A coordinator as a process: prints the progress as lines of JSON and writes the model.
// node coordinator.mjs SOURCE MODEL OPTIONS
import { writeFileSync } from "node:fs";
import { fitShards } from "../../dist/cluster/index.js";

const [source, model, options] = process.argv.slice(2);
const run = fitShards(source, JSON.parse(options));
try {
  for (;;) {
    const { done, value } = await run.next();
    if (done) {
      writeFileSync(model, value.save());
      break;
    }
    console.log(JSON.stringify(value));
  }
} catch (error) {
  console.error(`${error.name}: ${error.message}`);
  process.exitCode = 1;
}
