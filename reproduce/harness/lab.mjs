// What an experiment is given: its seed, whether it must be quick, and parts that are kept.

/** The time is over; everything done is kept, and the next call goes on. */
export class Interrupted extends Error {
  name = "Interrupted";
}

/** Between two times that a long part is kept. */
const saveMilliseconds = 15_000;

export class Lab {
  #store;
  #commit;
  #progress;
  #deadline;
  #lastSave = performance.now();
  #commits = new Set();

  /**
   * @param quick - small sizes: that everything works, not what the paper has.
   * @param deadline - in milliseconds of `performance.now()`; Infinity for none.
   */
  constructor({ store, seed, quick, commit, progress, deadline = Number.POSITIVE_INFINITY }) {
    this.seed = seed;
    this.quick = quick;
    this.#store = store;
    this.#commit = commit;
    this.#progress = progress;
    this.#deadline = deadline;
  }

  /** The commits at which the parts were made. */
  get commits() {
    return [...this.#commits];
  }

  /**
   * The value of `work`, or what it was when this part was done before.
   *
   * @param work - is given what it last kept, or undefined, and a function that keeps something
   * for the next call, when there is time for it or when the time is over.
   */
  part(name, work) {
    const kept = this.#store.read(name);
    const commits = [...new Set([...(kept?.commits ?? []), this.#commit])];
    if (kept?.done) {
      for (const commit of kept.commits) this.#commits.add(commit);
      return kept.value;
    }
    const expired = () => performance.now() > this.#deadline;
    if (expired()) throw new Interrupted();
    const keep = (makeProgress) => {
      const now = performance.now();
      if (now - this.#lastSave < saveMilliseconds && !expired()) return;
      this.#lastSave = now;
      this.#store.write(name, { done: false, progress: makeProgress(), commits });
      if (expired()) throw new Interrupted();
    };
    const value = work(kept?.progress, keep);
    this.#store.write(name, { done: true, value, commits });
    for (const commit of commits) this.#commits.add(commit);
    return value;
  }

  /** Shows how far a part is. */
  show(name, done, total) {
    this.#progress.update(done, total, name);
  }
}
