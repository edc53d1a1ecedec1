/**
 * In a worker: answers each message with one, now or once a promise is kept. Web Workers talk through the global,
 * Node's by a port.
 *
 * @param moved - memory of an answer that is not copied: the worker has no more use for it.
 */
export function answerMessages<Message, Answer>(
  answer: (message: Message) => Answer | Promise<Answer>,
  moved: (answer: Answer) => ArrayBuffer[] = () => [],
): void {
  const toldBy = (post: (answer: Answer) => void) => (data: Message) => {
    const told = answer(data);
    if (told instanceof Promise) told.then(post);
    else post(told);
  };
  if (typeof postMessage === "function") {
    const tell = toldBy((told) => postMessage(told, { transfer: moved(told) }));
    globalThis.onmessage = ({ data }) => tell(data);
  } else {
    const { parentPort } = process.getBuiltinModule("node:worker_threads");
    const tell = toldBy((told) => parentPort?.postMessage(told, moved(told)));
    parentPort?.on("message", tell);
  }
}
