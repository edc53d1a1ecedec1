// Hermes has no WebAssembly: lowrank/portable computes in plain JavaScript there, with the same bits.
import { MatrixRanking } from "lowrank/portable";

/** What recommends to somebody who has seen some films, from the bytes of a model. */
export function recommenderOf(bytes) {
  const model = MatrixRanking.load(bytes);
  return (seen) => model.recommend(model.foldIn(seen), 3).map(({ id }) => id);
}
