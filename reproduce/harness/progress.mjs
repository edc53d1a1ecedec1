// A bar on stderr when that is a terminal, nothing otherwise.
import { SingleBar } from "cli-progress";

export function createProgress() {
  if (!process.stderr.isTTY) return { update() {}, stop() {} };
  const bar = new SingleBar({
    format: "{bar} {percentage}% of {total} | {text}",
    barsize: 28,
    fps: 12,
    clearOnComplete: true,
    // Training is synchronous: a handler of Ctrl-C would never be called.
    gracefulExit: false,
    linewrap: true,
    stream: process.stderr,
  });
  bar.start(1, 0, { text: "" });
  return {
    update(done, total, text) {
      bar.setTotal(total);
      bar.update(done, { text });
    },
    stop: () => bar.stop(),
  };
}
