"""The calls of LensKit that docs/how-to/coming-from.md names, run with LensKit 2025.8.1."""
import sys

sys.path.pop(0)  # This file has the name of the package.
import numpy as np
import pandas as pd
from lenskit import batch, predict, recommend
from lenskit.als import BiasedMFScorer, ImplicitMFScorer
from lenskit.basic import PopScorer
from lenskit.data import ItemList, RecQuery, from_interactions_df
from lenskit.metrics import NDCG, Recall, RecipRank, RunAnalysis
from lenskit.pipeline import predict_pipeline, topn_pipeline
from lenskit.splitting import LastN, SampleFrac, crossfold_users


def main():
    random = np.random.default_rng(0)
    rows = [
        (u, i, 1 + (u + i) % 5, t)
        for u in range(60)
        for t, i in enumerate(random.choice(40, 9, replace=False))
    ]
    data = from_interactions_df(
        pd.DataFrame(rows, columns=["user_id", "item_id", "rating", "timestamp"])
    )
    pipe = topn_pipeline(ImplicitMFScorer(embedding_size=16))
    pipe.train(data)
    print(recommend(pipe, 3, 10).to_df().head(2))
    print(recommend(pipe, RecQuery(user_items=ItemList(item_ids=[1, 2, 3])), 5).to_df().head(2))
    ratings = predict_pipeline(BiasedMFScorer())
    ratings.train(data)
    print(predict(ratings, 3, ItemList(item_ids=[1, 2])).to_df())
    split = next(crossfold_users(data, 5, SampleFrac(0.2), rng=1))
    pipe.train(split.train)
    recommendations = batch.recommend(pipe, split.test.keys(), 10)
    analysis = RunAnalysis()
    for metric in (NDCG(), RecipRank(), Recall()):
        analysis.add_metric(metric)
    print(analysis.measure(recommendations, split.test).list_summary())
    print(len(next(crossfold_users(data, 5, LastN(1), rng=1)).test))
    popular = topn_pipeline(PopScorer())
    popular.train(data)
    print(recommend(popular, 3, 3).to_df())


# Recommending in batches starts processes, which import this file.
if __name__ == "__main__":
    main()
