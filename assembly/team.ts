// Instances that share a memory, one in each thread: one leads, the others help. Where the leader
// comes to something that is worth it, a product, it writes on the board what is to be done and in
// how many parts; all take parts until none is left. Parts write to places of their own and every
// entry is added up as by one thread, so the bits are the same whoever takes which.
//
// The board, a cache line each:
//   0    ticket: the number of parts << 32 | the next part. One word, so that a helper that wakes
//        late takes a part of what is on the board now, or none
//   64   done: parts that are finished
//   128  round: changes when there is something new; here helpers sleep
//   192  helpers that sleep, and the number of the call whose helpers may go home
//   256  task: what to do, a function with the number of the part
//   264  what it needs to know

const DONE: usize = 64;
const ROUND: usize = 128;
const SLEEPING: usize = 192;
const HOME: usize = 196;
const TASK: usize = 256;
const DETAILS: usize = 264;

/** Looks at the board before a helper sleeps: tens of microseconds, as long as waking takes. */
const LOOKS: i32 = 10000;

let board: usize = 0;
let threads: i32 = 1;
/** Whether this instance leads, and is not at a part right now. */
let leading: bool = false;

/** Bytes of a board. */
export function boardBytes(): usize {
  return 512;
}

/** Binds this instance to the board of `size` threads, zeros at first. */
export function joinTeam(address: usize, size: i32): void {
  board = address;
  threads = size;
}

/** From now on this instance shares its work. The others must be at `help`, or come to it. */
export function lead(): void {
  leading = true;
}

/** Call number `call` is done: sends its helpers home. */
export function dismiss(call: i32): void {
  leading = false;
  atomic.store<i32>(board + HOME, call);
  announce();
}

/** Takes part in what the leader shares until call number `call`, not 0, is done. */
export function help(call: i32): void {
  for (;;) {
    const round = atomic.load<i32>(board + ROUND);
    takeParts();
    if (atomic.load<i32>(board + HOME) == call) return;
    let looks = LOOKS;
    while (looks > 0 && atomic.load<i32>(board + ROUND) == round) looks--;
    if (looks > 0) continue;
    atomic.add<i32>(board + SLEEPING, 1);
    atomic.wait<i32>(board + ROUND, round, -1);
    atomic.sub<i32>(board + SLEEPING, 1);
  }
}

/**
 * In how many parts to share work along `size` lines: 0, not at all, where this instance does not
 * lead or the parts would be shorter than `shortest`.
 */
// @ts-ignore: decorator
@inline
export function partsOf(size: i32, shortest: i32): i32 {
  if (!leading || threads == 1) return 0;
  // Some more than threads: who is held up leaves its share to the others.
  const parts = min<i32>(3 * threads, size / shortest);
  return parts > 1 ? parts : 0;
}

/** Where part `part` of `size` lines begins, a multiple of a cache line of entries. */
// @ts-ignore: decorator
@inline
export function edge(part: i32, parts: i32, size: i32): i32 {
  return part == parts ? size : <i32>((<i64>size * part) / parts) & -16;
}

/** What the task on the board needs to know. */
// @ts-ignore: decorator
@inline
export function details<Details>(): Details {
  return changetype<Details>(board + DETAILS);
}

/** Has all parts done. */
export function share(task: (part: i32) => void, parts: i32): void {
  leading = false;
  store<usize>(board + TASK, changetype<usize>(task));
  atomic.store<i32>(board + DONE, 0);
  atomic.store<u64>(board, <u64>parts << 32);
  announce();
  takeParts();
  while (atomic.load<i32>(board + DONE) < parts) {}
  leading = true;
}

function announce(): void {
  atomic.add<i32>(board + ROUND, 1);
  if (atomic.load<i32>(board + SLEEPING) > 0) atomic.notify(board + ROUND, -1);
}

function takeParts(): void {
  for (;;) {
    // Looked at first: no word overflows, however often.
    if (!isPart(atomic.load<u64>(board))) return;
    const ticket = atomic.add<u64>(board, 1);
    if (!isPart(ticket)) return;
    changetype<(part: i32) => void>(load<usize>(board + TASK))(<i32>ticket);
    atomic.add<i32>(board + DONE, 1);
  }
}

// @ts-ignore: decorator
@inline
function isPart(ticket: u64): bool {
  return <u32>ticket < <u32>(ticket >> 32);
}
