"""The first output of a graph for each batch of inputs, one line of JSON each: onnx.py FILE < batches."""
import json
import sys

import numpy as np
import onnxruntime

session = onnxruntime.InferenceSession(sys.argv[1])
names = [one.name for one in session.get_inputs()]
for batch in json.load(sys.stdin):
    y = session.run(None, {name: np.array(batch[name], dtype=np.int64) for name in names})[0]
    print(json.dumps({"dims": y.shape, "data": y.ravel().tolist()}))
