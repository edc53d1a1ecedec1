// The contenders' processes: one for each contender under each Node, and one for NumPy, so that no
// heap, no compiled code and no settings of one disturb another. They answer one question at a time.
import { fork, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** The executables of the Nodes that npm run bench:install brings. */
export const nodes = {
  "Node 20": path("../node_modules/node20/bin/node"),
  "Node 24": path("../node_modules/node24/bin/node"),
};

/**
 * A contender's process. It is started by the first question, and again after one that it did not
 * survive or did not answer in time.
 *
 * @param runtime - "Node 20", "Node 24" or "Python".
 * @returns `ask(question, argument, seconds)`, which resolves to the answer, and `stop()`.
 */
export function worker(runtime, { module, options = {} }) {
  const start = runtime === "Python" ? python : () => node(nodes[runtime], module, options);
  let process;
  const stop = () => {
    process?.kill();
    process = undefined;
  };
  return {
    stop,
    async ask(question, argument, seconds = 60) {
      process ??= start();
      let timer;
      const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`more than ${seconds} s`)), seconds * 1000);
      });
      try {
        return await Promise.race([process.answer({ question, argument }), late, process.end]);
      } catch (error) {
        if (!error.answered) stop();
        throw error;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

function node(execPath, module, options) {
  const child = fork(path("worker.mjs"), [module, JSON.stringify(options)], {
    execPath,
    execArgv: ["--no-warnings"],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const send = (message) => child.send(message);
  return talk(child, send, (receive) => child.on("message", receive));
}

/** One thread of the AVX2 kernels of OpenBLAS: the same reference on every machine. */
function python() {
  const { OPENBLAS_L2_SIZE, ...environment } = process.env;
  const settings = { OPENBLAS_NUM_THREADS: "1", OPENBLAS_CORETYPE: "Haswell" };
  const child = spawn("python3", [path("worker.py")], {
    env: { ...environment, ...settings },
    stdio: ["pipe", "pipe", "ignore"],
  });
  child.stdin.on("error", () => {}); // "exit" reports its end
  const send = (message) => child.stdin.write(`${JSON.stringify(message)}\n`);
  const lines = createInterface({ input: child.stdout });
  return talk(child, send, (receive) => lines.on("line", (line) => receive(JSON.parse(line))));
}

function talk(child, send, onAnswer) {
  let settle = () => {};
  onAnswer((answer) => settle(answer));
  const end = new Promise((_, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => reject(new Error(`its process ended: ${signal ?? code}`)));
  });
  end.catch(() => {}); // whoever asks next hears of it
  return {
    end,
    answer: (message) =>
      new Promise((resolve, reject) => {
        settle = ({ value, error }) => {
          if (error) reject(Object.assign(new Error(error), { answered: true }));
          else resolve(value);
        };
        send(message);
      }),
    kill: () => child.kill("SIGKILL"),
  };
}
