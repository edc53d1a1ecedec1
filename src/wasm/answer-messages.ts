/** In a worker: answers each message with one. Web Workers talk through the global, Node's by a port. */
export function answerMessages<Message, Answer>(answer: (message: Message) => Answer): void {
  if (typeof postMessage === "function") {
    globalThis.onmessage = ({ data }) => postMessage(answer(data));
  } else {
    const { parentPort } = process.getBuiltinModule("node:worker_threads");
    parentPort?.on("message", (data) => parentPort.postMessage(answer(data)));
  }
}
