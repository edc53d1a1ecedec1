"""The calls of Surprise that docs/how-to/coming-from.md names, run with scikit-surprise 1.1.5."""
import os
import sys
import tempfile

sys.path.pop(0)  # This file has the name of the package.
import pandas as pd
from surprise import Dataset, Reader, SVDpp, accuracy, dump
from surprise.model_selection import GridSearchCV, cross_validate, train_test_split

stars = [(u, i, 1 + (u * 7 + i * 3) % 5) for u in range(30) for i in range(20) if (u + i) % 3]
df = pd.DataFrame(stars, columns=["user", "item", "rating"])
reader = Reader(rating_scale=(1, 5))
data = Dataset.load_from_df(df, reader)
trainset, testset = train_test_split(data, test_size=0.2, random_state=0)
algo = SVDpp(n_epochs=2).fit(trainset)
prediction = algo.predict(3, 4)
print(prediction.est, prediction.details["was_impossible"])
predictions = algo.test(testset)
print(accuracy.rmse(predictions, verbose=False))
print(cross_validate(SVDpp(n_epochs=1), data, cv=5)["test_rmse"])
search = GridSearchCV(SVDpp, {"n_epochs": [1, 2]}, cv=2)
search.fit(data)
print(search.best_params["rmse"])
with tempfile.TemporaryDirectory() as folder:
    file = os.path.join(folder, "file")
    dump.dump(file, algo=algo)
    assert dump.load(file)[1].predict(3, 4).est == prediction.est
