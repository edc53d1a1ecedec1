import { SingleBar } from "./packages.js";

/** How far a run is. */
export interface Progress {
  /** Step `step` of `total`, and what is being done. */
  update(step: number, total: number, text: string): void;
  /** Takes the bar off the screen. */
  stop(): void;
}

/** Width of the bar, and of everything before the text: a line that wraps cannot be taken back. */
const barWidth = 28;
const leftWidth = "59 min left".length;
const beforeText = barWidth + " 100% |  | ".length + leftWidth;
/** Before this many milliseconds, and this share of the steps, nothing is said of the time left. */
const patience = 500;
const leastShare = 0.02;

/** A bar on stderr when that is a terminal, nothing otherwise: pipes and logs stay clean. */
export function createProgress(): Progress {
  if (!process.stderr.isTTY) return { update() {}, stop() {} };
  const bar = new SingleBar({
    format: "{bar} {percentage}% | {left} | {text}",
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
  bar.start(1, 0, { left: "".padEnd(leftWidth), text: "" });
  let [began, from, last, of] = [0, 0, Number.POSITIVE_INFINITY, 0];
  return {
    update(step, total, text) {
      // The first step, or that of another run such as the next fold, or of another phase.
      if (step < last || total !== of) [began, from] = [performance.now(), step];
      [last, of] = [step, total];
      const elapsed = performance.now() - began;
      const done = step - from;
      const known = elapsed >= patience && done > leastShare * total;
      const left = known ? timeLeft((elapsed / done) * (total - step)) : "";
      bar.setTotal(total);
      bar.update(step, {
        left: left.padEnd(leftWidth),
        text: text.slice(0, Math.max(0, (process.stderr.columns ?? 80) - beforeText)),
      });
    },
    stop: () => bar.stop(),
  };
}

/** "8 s left", "12 min left", "3 h left" */
export function timeLeft(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 100) return `${seconds} s left`;
  if (seconds < 5940) return `${Math.round(seconds / 60)} min left`;
  return `${Math.round(seconds / 3600)} h left`;
}
