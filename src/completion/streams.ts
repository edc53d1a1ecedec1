/** Random streams of one seed: no two uses draw from the same one. */
export const streams = {
  validation: 1,
  noiseSigns: 2,
  noiseStart: 3,
  rowFactors: 4,
  colFactors: 5,
  implicitRows: 6,
  implicitCols: 7,
} as const;
