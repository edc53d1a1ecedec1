"""The side of Python in scale-peers.mjs: one fit of Surprise's SVD++ and one of `implicit`, to found.json."""
import json
import os
import sys
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np
import pandas as pd
import scipy.sparse as sparse
from implicit.als import AlternatingLeastSquares
from surprise import Dataset, Reader, SVDpp

folder, threads = sys.argv[1], int(sys.argv[2])


def column(name, kind, dtype):
    return np.fromfile(f"{folder}/{name}-{kind}", dtype)


def ratings(name):
    return [column(name, "rows.i32", np.int32), column(name, "cols.i32", np.int32), column(name, "values.f64", np.float64)]


table = pd.DataFrame(dict(zip(["user", "item", "rating"], ratings("train"))))
train = Dataset.load_from_df(table, Reader(rating_scale=(1, 5))).build_full_trainset()
model = SVDpp(random_state=0)
start = time.perf_counter()
model.fit(train)
seconds = time.perf_counter() - start
errors = [model.predict(u, i).est - r for u, i, r in zip(*ratings("test"))]
surprise = {"seconds": seconds, "rmse": float(np.sqrt(np.mean(np.square(errors))))}

rows, cols = column("clicks", "rows.i32", np.int32), column("clicks", "cols.i32", np.int32)
clicks = sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, cols)))
clicks.data[:] = 1
als = AlternatingLeastSquares(factors=64, num_threads=threads, use_gpu=False, random_state=0)
als.fit(clicks, show_progress=False)
start = time.perf_counter()
als = AlternatingLeastSquares(factors=64, num_threads=threads, use_gpu=False, random_state=0)
als.fit(clicks, show_progress=False)
seconds = time.perf_counter() - start
lists, _ = als.recommend(np.arange(clicks.shape[0]), clicks, N=10)
implicit = {"seconds": seconds, "lists": lists.tolist()}
json.dump({"surprise": surprise, "implicit": implicit}, open(f"{folder}/found.json", "w"))
