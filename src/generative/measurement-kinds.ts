// What is known of the products u = A x: themselves, their sizes, or their signs.

/** What was measured of A x: all of it, its absolute values, or its signs, 1 and -1. */
export type MeasurementKind = "linear" | "magnitude" | "sign";

/** What a measurement y of the product u adds to a loss. */
export interface Term {
  value(u: number, y: number): number;
  /** Its derivative by u. */
  slope(u: number, y: number): number;
}

const sign = (x: number) => (x > 0 ? 1 : x < 0 ? -1 : 0);

const linear: Record<"squares" | "absolute", Term> = {
  squares: { value: (u, y) => 0.5 * (u - y) * (u - y), slope: (u, y) => u - y },
  absolute: { value: (u, y) => Math.abs(u - y), slope: (u, y) => sign(u - y) },
};

/** The term on |u|: the amplitudes of phase retrieval. */
const ofSize = ({ value, slope }: Term): Term => ({
  value: (u, y) => value(Math.abs(u), y),
  slope: (u, y) => slope(Math.abs(u), y) * sign(u),
});

/**
 * -c y u, beside which a recovery has |x|²/2: x comes near c A'y, which points to where the signs do.
 */
const correlation = (scale: number): Term => ({
  value: (u, y) => -scale * y * u,
  slope: (_, y) => -scale * y,
});

/** @param scale - c of the signs. */
export function termOf(kind: MeasurementKind, term: "squares" | "absolute", scale: number): Term {
  if (kind === "sign") return correlation(scale);
  return kind === "linear" ? linear[term] : ofSize(linear[term]);
}
