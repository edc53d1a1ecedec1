"""The calls of LightFM that docs/how-to/coming-from.md names, run with LightFM 1.17.3 (rectools-lightfm: the
package `lightfm` itself, 1.17, does not build with today's setuptools)."""
import sys

sys.path.pop(0)  # This file has the name of the package.
import numpy as np
from lightfm import LightFM
from lightfm.cross_validation import random_train_test_split
from lightfm.data import Dataset
from lightfm.evaluation import precision_at_k, recall_at_k, reciprocal_rank
from scipy.sparse import coo_matrix

random = np.random.default_rng(0)
users, items = [f"u{u}" for u in range(60)], [f"i{i}" for i in range(40)]
pairs = [(u, items[i]) for u in users for i in random.choice(40, 8, replace=False)]
dataset = Dataset()
dataset.fit(users, items)
interactions, _ = dataset.build_interactions(pairs)
_, weights = dataset.build_interactions([(u, i, 2.0) for u, i in pairs])
train, test = random_train_test_split(interactions, random_state=np.random.RandomState(0))
model = LightFM(loss="warp", no_components=64, learning_rate=0.05, random_state=1)
model.fit(train)
model.fit_partial(train, epochs=2, num_threads=1)
print(model.predict(3, np.arange(5)))
for metric in (precision_at_k, recall_at_k, reciprocal_rank):
    print(metric(model, test, train_interactions=train).mean())
negative = interactions.copy()
negative.data[:50] = -1
LightFM(loss="logistic", no_components=4).fit(negative)

cells = (random.integers(0, 1000, 40000), random.integers(0, 500, 40000))
large = coo_matrix((np.ones(40000, np.float32), cells), shape=(1000, 500))
for threads in (1, 2):
    fits = [LightFM(loss="warp", random_state=1).fit(large, num_threads=threads) for _ in range(4)]
    scores = [fit.predict(3, np.arange(5)) for fit in fits]
    print(threads, "threads, equal fits:", all((one == scores[0]).all() for one in scores))
