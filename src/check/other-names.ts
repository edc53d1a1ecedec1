// Answers to the names that other packages have for what is called otherwise here.

/** The error of a getter that stands where a newcomer looks. */
export function otherName(theirs: string, ours: string): TypeError {
  return new TypeError(`${theirs}: there is none: use ${ours}`);
}
