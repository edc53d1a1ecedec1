import { SingleBar } from "cli-progress";

/** How far a run is. */
export interface Progress {
  /** Step `step` of `total`, and what is being done. */
  update(step: number, total: number, text: string): void;
  /** Takes the bar off the screen. */
  stop(): void;
}

/** Width of the bar, and of everything before the text: a line that wraps cannot be taken back. */
const barWidth = 28;
const beforeText = barWidth + " 100% | ".length;

/** A bar on stderr when that is a terminal, nothing otherwise: pipes and logs stay clean. */
export function createProgress(): Progress {
  if (!process.stderr.isTTY) return { update() {}, stop() {} };
  const bar = new SingleBar({
    format: "{bar} {percentage}% | {text}",
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: barWidth,
    fps: 12,
    clearOnComplete: true,
    // Training is one synchronous loop: a handler of Ctrl-C would never be called. Without handlers
    // it ends the process at once, so nothing of the terminal may need to be put back.
    gracefulExit: false,
    linewrap: true,
    stream: process.stderr,
  });
  bar.start(1, 0, { text: "" });
  return {
    update(step, total, text) {
      bar.setTotal(total);
      bar.update(step, {
        text: text.slice(0, Math.max(0, (process.stderr.columns ?? 80) - beforeText)),
      });
    },
    stop: () => bar.stop(),
  };
}
