"""The PyTorch + PEFT side of training-step.mjs: reads options as JSON, prints milliseconds as JSON."""
import json
import resource
import sys
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import BertForSequenceClassification

options = json.loads(sys.argv[1])
torch.set_num_threads(options["threads"])
model = BertForSequenceClassification.from_pretrained(options["model"], num_labels=1)
config = LoraConfig(r=options["rank"], lora_alpha=options["rank"], lora_dropout=0.0,
                    target_modules=["query", "key", "value", "dense"],
                    modules_to_save=["classifier"])
model = get_peft_model(model, config).eval()
trained = [x for x in model.parameters() if x.requires_grad]
optimizer = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0.0)
lengths = options["lengths"]
longest = max(lengths)
ids = torch.randint(1000, 20000, (len(lengths), longest))
mask = torch.tensor([[1] * n + [0] * (longest - n) for n in lengths])
targets = torch.rand(len(lengths)) * 5


def step():
    optimizer.zero_grad()
    model(input_ids=ids, attention_mask=mask, labels=targets).loss.backward()
    optimizer.step()


def milliseconds():
    start = time.perf_counter()
    step()
    return (time.perf_counter() - start) * 1000


for _ in range(options["warmup"]):
    step()
times = [milliseconds() for _ in range(options["steps"])]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"times": times, "peakBytes": peak}))
