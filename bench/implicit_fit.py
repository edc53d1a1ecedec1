"""The side of Python's `implicit` in large-ranking.mjs: one fit, as a line of JSON."""
import json
import os
import resource
import sys
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np
import scipy.sparse as sparse
from implicit.als import AlternatingLeastSquares

rows, cols = (np.fromfile(f"{sys.argv[1]}/{name}.i32", np.int32) for name in ("rows", "cols"))
clicks = sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, cols)))
clicks.data[:] = 1
model = AlternatingLeastSquares(factors=64, num_threads=1, use_gpu=False, random_state=0)
start = time.perf_counter()
model.fit(clicks, show_progress=False)
seconds = time.perf_counter() - start
peak = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"seconds": seconds, "bytes": peak, "cells": clicks.nnz}))
