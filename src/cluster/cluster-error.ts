/**
 * What keeps a fit on machines from going on: a Redis that does not answer, a run that is somebody else's, a
 * worker that failed, a message that is not one of ours. The message says what is to be done.
 */
export class ClusterError extends Error {
  override readonly name = "ClusterError";
}
