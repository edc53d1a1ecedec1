"""The side of Python's `implicit` in tuned-ials.mjs: the best of its settings on held-out clicks, and
what a fit with them is worth on the test, as a line of JSON.

The search climbs from the settings that lowrank's defaults amount to on average, by factors of two in
`alpha`, `regularization` and `factors`, until no neighbour is better on the held-out clicks.
"""
import json
import os
import sys

os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np
import scipy.sparse as sparse
from implicit.als import AlternatingLeastSquares

folder = sys.argv[1]
rows, cols, splits = (json.load(open(f"{folder}/shape.json"))[key] for key in ("rows", "cols", "splits"))
discounts = 1 / np.log2(np.arange(2, 102))
# Above this a fit takes minutes and gains nothing; below, no data of these sizes gains.
smallest, largest = 16, 256


def read(name):
    r, c = (np.fromfile(f"{folder}/{name}-{part}.i32", np.int32) for part in ("rows", "cols"))
    return sparse.csr_matrix((np.ones(len(r), np.float32), (r, c)), (rows, cols))


def ndcg100(clicks, test, factors, regularization, alpha):
    model = AlternatingLeastSquares(
        factors=factors, regularization=regularization, alpha=alpha,
        num_threads=1, use_gpu=False, random_state=0,
    )
    model.fit(clicks, show_progress=False)
    judged = np.flatnonzero(np.diff(test.indptr))
    sums = []
    for some in np.array_split(judged, max(1, len(judged) * cols // 20_000_000)):
        scores = model.user_factors[some] @ model.item_factors.T
        chosen, known = test[some].toarray(), clicks[some].toarray()
        scores[known > 0] = -np.inf
        places = min(100, cols)
        top = np.argpartition(-scores, places - 1, axis=1)[:, :places]
        top = np.take_along_axis(top, np.argsort(-np.take_along_axis(scores, top, 1), axis=1), 1)
        gains = np.take_along_axis(chosen, top, 1) @ discounts[:places]
        best = np.cumsum(discounts)[np.minimum(100, chosen.sum(1).astype(int)) - 1]
        sums.extend(gains / best)
    return float(np.mean(sums))


results = []
for split in range(splits):
    clicks, held = read(f"inner{split}"), read(f"held{split}")
    # lowrank's weight of an unobserved cell is 8 times the density; its ridges are a few
    # hundredths of 9 times the cells of a row.
    alpha = rows * cols / (8 * clicks.nnz)
    here = (64, 0.02 * 9 * alpha * clicks.nnz / np.sqrt(rows * cols), alpha)
    known = {}

    def held_out(setting):
        if setting not in known:
            known[setting] = ndcg100(clicks, held, *setting)
        return known[setting]

    while True:
        factors, regularization, alpha = here
        neighbours = [(factors, regularization, f * alpha) for f in (0.5, 2)]
        neighbours += [(factors, f * regularization, alpha) for f in (0.5, 2)]
        # Both at once: the ridge is relative to the confidences.
        neighbours += [(factors, f * regularization, f * alpha) for f in (0.5, 2)]
        neighbours += [(f, regularization, alpha) for f in (factors // 2, 2 * factors) if smallest <= f <= largest]
        best = max(neighbours, key=held_out)
        if held_out(best) <= held_out(here):
            break
        here = best
    score = ndcg100(read(f"train{split}"), read(f"test{split}"), *here)
    results.append({"factors": here[0], "regularization": here[1], "alpha": here[2], "ndcg100": score, "tried": len(known)})
    print(results[-1], file=sys.stderr)
print(json.dumps(results))
