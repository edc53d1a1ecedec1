"""Writes MiniLM as an ONNX model beside its folder, for onnxruntime-web: minilm_onnx.py FOLDER FILE.

Needs torch, transformers and onnx. Inputs input_ids, attention_mask and token_type_ids (batch x
tokens, int64), output last_hidden_state, as the exports that transformers.js loads.
"""

import sys

import torch
from transformers import AutoModel

folder, path = sys.argv[1:]
model = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
names = ["input_ids", "attention_mask", "token_type_ids"]


class Hidden(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask, token_type_ids):
        return self.model(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state


ones = torch.ones(2, 7, dtype=torch.int64)
axes = {0: "batch", 1: "tokens"}
torch.onnx.export(
    Hidden(),
    (ones, ones, 0 * ones),
    path,
    dynamo=False,
    opset_version=17,
    input_names=names,
    output_names=["last_hidden_state"],
    dynamic_axes={name: axes for name in [*names, "last_hidden_state"]},
)
