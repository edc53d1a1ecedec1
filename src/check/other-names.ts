// Answers to the names that other packages have for what is called otherwise here.

/** The error of a getter that stands where a newcomer looks. */
export function otherName(theirs: string, ours: string): TypeError {
  return new TypeError(`${theirs}: there is none: use ${ours}`);
}

/**
 * A result that answers to other packages' names for its parts, by an error that says ours. What is
 * added shows nowhere: not in print, copies or comparisons.
 *
 * @param call - what made it, such as "svd(A)".
 * @param names - ours by theirs.
 */
export function withOtherNames<Result extends object>(
  result: Result,
  call: string,
  names: Readonly<Record<string, string>>,
): Result {
  for (const [theirs, ours] of Object.entries(names)) {
    const get = () => {
      throw otherName(`${call}.${theirs}`, ours);
    };
    Object.defineProperty(result, theirs, { get });
  }
  return result;
}
