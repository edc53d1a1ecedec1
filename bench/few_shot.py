"""SetFit and logistic regression on the draws of few-shot.mjs, with the same encoder.

    pip install torch==2.13.0 sentence-transformers==6.2.0 setfit==1.2.0
    node bench/few-shot.mjs --draws draws.json && python3 bench/few_shot.py draws.json [DRAW,...] [TASK ...] [--frozen]

SetFit as it is by default: one epoch of all oversampled pairs in batches of 16, then logistic regression; --frozen leaves it out, which takes minutes a draw.
"""
import json
import os
import sys
import time
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
import torch

torch.set_num_threads(int(os.environ.get("THREADS", "1")))
from datasets import Dataset
from sentence_transformers import SentenceTransformer
from setfit import SetFitModel, Trainer, TrainingArguments
from sklearn.linear_model import LogisticRegression

folder = str(Path(__file__).parent / "models" / "minilm")
given = [one for one in sys.argv[1:] if one != "--frozen"]
tasks = json.loads(Path(given[0]).read_text())
chosen = [int(k) for k in (given[1] if len(given) > 1 else "0,1,2,3,4").split(",")]
wanted = given[2:] or [one["task"] for one in tasks]


def accuracy(predicted, test):
    return sum(p == one["label"] for p, one in zip(predicted, test)) / len(test)


for one in tasks:
    if one["task"] not in wanted:
        continue
    texts = [row["text"] for row in one["test"]]
    for k in chosen:
        train = one["train"][k]
        rows = {key: [row[key] for row in train] for key in ("text", "label")}
        start = time.perf_counter()
        encoder = SentenceTransformer(folder)
        head = LogisticRegression(max_iter=1000).fit(encoder.encode(rows["text"]), rows["label"])
        plain = time.perf_counter() - start
        frozen = accuracy(head.predict(encoder.encode(texts)), one["test"])
        found = {"task": one["task"], "draw": k, "logistic": frozen, "logisticSeconds": round(plain, 1)}
        if len(given) < len(sys.argv) - 1:
            print(json.dumps(found), flush=True)
            continue
        start = time.perf_counter()
        model = SetFitModel.from_pretrained(folder)
        settings = TrainingArguments(batch_size=16, num_epochs=1, seed=k, report_to="none", save_strategy="no")
        Trainer(model=model, args=settings, train_dataset=Dataset.from_dict(rows)).train()
        seconds = time.perf_counter() - start
        found |= {"setfit": accuracy(model.predict(texts), one["test"]), "seconds": round(seconds, 1)}
        print(json.dumps(found), flush=True)
