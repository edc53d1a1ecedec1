// Workers that are asked together and answer each for itself.
import { startThread, type Thread } from "./thread.js";

/** A worker and what waits for its answer. */
interface Member<Answer> {
  thread: Thread;
  settle?: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;
}

export class Team<Request extends object, Answer extends { error?: string }> {
  /** Called when a worker has stopped by itself, whether the team works or rests. */
  onStop: (reason: string) => void = () => {};
  readonly #members: Member<Answer>[] = [];
  #ended: string | undefined;

  /**
   * Starts the workers: of the inlined program, or of `url`.
   *
   * @throws what the host throws where a worker cannot be made; those that were are stopped.
   */
  constructor(size: number, url?: URL) {
    try {
      for (let i = 0; i < size; i++) this.#add(url);
    } catch (error) {
      this.terminate();
      throw error;
    }
  }

  get size(): number {
    return this.#members.length;
  }

  /** Why there are no workers any more; undefined while there are. */
  get ended(): string | undefined {
    return this.#ended;
  }

  /**
   * Asks every worker, numbered from 0. Settles when all have answered: the next question finds them
   * idle. One question at a time.
   *
   * @throws (rejects with) Error that says which failure came first, or why the team has ended.
   */
  async askAll(request: (worker: number) => Request): Promise<Answer[]> {
    const answers = this.#members.map((member, i) => this.#ask(member, request(i)));
    return (await Promise.allSettled(answers)).map((answer) => {
      if (answer.status === "rejected") throw answer.reason;
      return answer.value;
    });
  }

  /** Stops the workers at once, also while they work; what waits for them rejects. */
  async terminate(reason = "it was terminated"): Promise<void> {
    this.#end(reason);
    await Promise.all(this.#members.map(({ thread }) => thread.terminate()));
  }

  #add(url: URL | undefined): void {
    const answer = (data: Answer) => {
      member.thread.keepAlive(false);
      const { settle } = member;
      member.settle = undefined;
      if (data.error === undefined) settle?.resolve(data);
      else settle?.reject(new Error(`a worker failed: ${data.error}`));
    };
    const stopped = (reason: string) => {
      if (this.#ended !== undefined) return;
      this.terminate(`a worker stopped: ${reason}`);
      this.onStop(`a worker stopped: ${reason}`);
    };
    const events = { answer: answer as (data: { error?: string }) => void, stopped };
    const member: Member<Answer> = { thread: startThread(events, url) };
    this.#members.push(member);
  }

  #ask(member: Member<Answer>, request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(new Error(this.#ended));
        return;
      }
      member.settle = { resolve, reject };
      member.thread.keepAlive(true);
      member.thread.post(request);
    });
  }

  /** Rejects all that is waited for. */
  #end(reason: string): void {
    this.#ended ??= reason;
    for (const member of this.#members) {
      member.settle?.reject(new Error(this.#ended));
      member.settle = undefined;
    }
  }
}
