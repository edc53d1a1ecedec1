/** How far a fit is. */
export interface CompletionProgress {
  /**
   * Biases alone; candidates on the validation slices; the chosen one on all entries; the ranking head,
   * whose turns the training's `history` leaves out.
   */
  phase: "biases" | "search" | "refit" | "ranking";
  /** Training steps taken, all phases together; each turn of the ranking head is one more. */
  step: number;
  /** Steps that there will be, as far as is known: the search may add some. */
  totalSteps: number;
  /** Half the sum of squared residuals over the entries trained on, before this step. */
  loss: number;
  /** Root mean square error of the entries held out, where this step has measured it. */
  validationRmse: number | undefined;
  /**
   * The regularization that is trained with, of a candidate or the chosen one, as a multiple of the noise
   * threshold's. A model's `history`
   * leaves it out.
   */
  regularization?: number;
}
