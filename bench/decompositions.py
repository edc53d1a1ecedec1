"""The scikit-learn side of decompositions.mjs: a name per line, prints milliseconds of processor time."""
import json
import sys
import time

import numpy as np
import scipy.sparse
from sklearn.decomposition import NMF, PCA, TruncatedSVD

rng = np.random.default_rng(1)


def embeddings(rows, cols):
    return (1 + rng.standard_normal((rows, cols)) / np.sqrt(1 + np.arange(cols))).astype(np.float32)


table = embeddings(10_000, 384)
wide = embeddings(2000, 1000)
words = scipy.sparse.random(5000, 5000, 0.01, "csr", np.float32, random_state=2)
words.data[:] = 1
positive = np.abs(embeddings(2000, 300))
rows = {
    "pca 10000 x 384 to 64": lambda: PCA(64).fit(table),
    "pca 2000 x 1000 to 20": lambda: PCA(20, svd_solver="arpack").fit(wide),
    "truncatedSvd 5000 x 5000 sparse to 20": lambda: TruncatedSVD(20, algorithm="arpack").fit(words),
    "nmf 2000 x 300 to 10": lambda: NMF(10, init="nndsvda", max_iter=50).fit(positive),
}
for line in sys.stdin:
    run = rows[json.loads(line)]
    start = time.process_time()
    run()
    print(json.dumps(1000 * (time.process_time() - start)), flush=True)
