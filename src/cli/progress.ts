import { SingleBar } from "cli-progress";

/** How far a run is. */
export interface Progress {
  /** Step `step` of `total`, and what is being done. */
  update(step: number, total: number, text: string): void;
  /** Takes the bar off the screen. */
  stop(): void;
}

/** A bar on stderr when that is a terminal, nothing otherwise: pipes and logs stay clean. */
export function createProgress(): Progress {
  if (!process.stderr.isTTY) return { update() {}, stop() {} };
  const bar = new SingleBar({
    format: "{bar} {percentage}% | {text}",
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 28,
    fps: 12,
    clearOnComplete: true,
    linewrap: false,
    stream: process.stderr,
  });
  bar.start(1, 0, { text: "" });
  return {
    update(step, total, text) {
      bar.setTotal(total);
      bar.update(step, { text });
    },
    stop: () => bar.stop(),
  };
}
