"""The calls of implicit that docs/how-to/coming-from.md names, run with implicit 0.7.3."""
import os
import sys
import tempfile

sys.path.pop(0)  # This file has the name of the package.
import numpy as np
from implicit.als import AlternatingLeastSquares
from implicit.evaluation import ranking_metrics_at_k, train_test_split
from scipy.sparse import csr_matrix

random = np.random.default_rng(0)
users = np.repeat(np.arange(60), 8)
items = np.concatenate([random.choice(40, 8, replace=False) for _ in range(60)])
ones = np.ones(users.size, dtype=np.float32)
m = csr_matrix((ones, (users, items)))
train, test = train_test_split(m, random_state=0)
model = AlternatingLeastSquares(
    factors=16, regularization=0.01, alpha=2.0, iterations=15, random_state=0
)
model.fit(train, show_progress=False)
AlternatingLeastSquares(factors=16).fit(2 * m, show_progress=False)
u, i = 3, 5
print(model.recommend(u, m[u], N=10))
print(model.recommend(u, m[u], N=10, filter_already_liked_items=False)[0])
print(model.recommend(u, m[u], N=10, filter_items=[1, 2])[0])
print(model.recommend(u, m[u], items=[1, 2, 6])[0])
kept, solved = model.recommend(u, train[u]), model.recommend(u, train[u], recalculate_user=True)
print("scores of training and of recalculate_user differ by", np.abs(kept[1] - solved[1]).max())
print(model.similar_items(i, N=3), model.similar_users(u, N=3))
print(model.explain(u, m, i)[:2])
print(model.user_factors.shape, model.item_factors.shape)
print(ranking_metrics_at_k(model, train, test, K=10, show_progress=False))
with tempfile.TemporaryDirectory() as folder:
    model.save(os.path.join(folder, "x.npz"))
    assert AlternatingLeastSquares().load(os.path.join(folder, "x.npz")).factors == 16
