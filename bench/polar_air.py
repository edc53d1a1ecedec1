"""NumPy's side of polar-air.mjs: decodings of one signal, as a line of JSON."""
import json
import os
import sys
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.path.insert(0, sys.argv[1])
import numpy as np
from polar_air import Code, decode

scheme = json.loads(sys.argv[2])
code = Code(*(scheme[name] for name in ("dimension", "sequences", "codeLength", "spreading", "seed")))
received = np.fromfile(sys.argv[3]).reshape(code.L, code.n)
seconds = []
for _ in range(int(sys.argv[4])):
    start = time.process_time()
    indices, values, rounds = decode(code, received, scheme["candidates"])
    seconds.append(time.process_time() - start)
print(json.dumps({"seconds": seconds, "indices": indices, "rounds": rounds}))
