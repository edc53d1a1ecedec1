"""The work of bench/neighbours.mjs in NumPy, as one would write it: microseconds of processor time
of a step. Reads {"row": NAME, "steps": N} by lines, answers {"microseconds": X}."""
import json
import os
import sys
import time

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[name] = "1"
import numpy as np

rng = np.random.default_rng(1)


def layers(sizes):
    return [rng.standard_normal((o, i)) * np.sqrt(2 / o) for i, o in zip(sizes, sizes[1:])]


def forward(weights, z, last_relu):
    values = [z]
    for l, W in enumerate(weights):
        h = W @ values[-1]
        values.append(np.maximum(h, 0) if last_relu or l < len(weights) - 1 else h)
    return values


def backward(weights, values, g, last_relu):
    for l in range(len(weights) - 1, -1, -1):
        if last_relu or l < len(weights) - 1:
            g = g * (values[l + 1] > 0)
        g = weights[l].T @ g
    return g


class Adam:
    def __init__(self, n, rate=0.02):
        self.m, self.v, self.t, self.rate = np.zeros(n), np.zeros(n), 0, rate

    def step(self, z, g):
        self.t += 1
        self.m += 0.1 * (g - self.m)
        self.v += 0.001 * (g * g - self.v)
        return z - self.rate * (self.m / (1 - 0.9**self.t)) / (
            np.sqrt(self.v / (1 - 0.999**self.t)) + 1e-8
        )


def toy():
    weights = layers([5, 40, 100])
    A = rng.standard_t(4, (200, 100)) / 10
    y = A @ forward(weights, rng.standard_normal(5), False)[-1]
    return weights, A, y


def single(slope):
    def run(steps):
        weights, A, y = toy()
        z, optimizer = rng.standard_normal(5), Adam(5)
        start = time.process_time()
        for _ in range(steps):
            values = forward(weights, z, False)
            r = A @ values[-1] - y
            float(0.5 * (r @ r))
            z = optimizer.step(z, backward(weights, values, A.T @ slope(r), False))
        return time.process_time() - start

    return run


def min_max(steps, blocks=40):
    weights, A, y = toy()
    z, other = rng.standard_normal(5), rng.standard_normal(5)
    first, second = Adam(5), Adam(5)

    def look(z):
        values = forward(weights, z, False)
        r = A @ values[-1] - y
        return values, r

    start = time.process_time()
    a, b = look(z), look(other)
    for _ in range(steps):
        order = rng.permutation(len(y)).reshape(blocks, -1)

        def losses(r):
            return (r[order] ** 2).mean(1)

        def descend(z, state, optimizer, difference):
            block = order[np.argsort(difference)[blocks // 2]]
            values, r = state
            g = A[block].T @ r[block] * (2 / len(block))
            return optimizer.step(z, backward(weights, values, g, False))

        z = descend(z, a, first, losses(a[1]) - losses(b[1]))
        a = look(z)
        other = descend(other, b, second, losses(a[1]) - losses(b[1]))
        b = look(other)
    return time.process_time() - start


def expansive(sizes, m):
    def run(steps):
        weights = layers(sizes)
        A = rng.standard_normal((m, sizes[-1])) / np.sqrt(m)
        y = A @ forward(weights, rng.standard_normal(sizes[0]), True)[-1]
        z = rng.standard_normal(sizes[0])
        start = time.process_time()
        for _ in range(steps):
            r = A @ forward(weights, -z, True)[-1] - y
            values = forward(weights, z, True)
            s = A @ values[-1] - y
            if r @ r < s @ s:
                z = -z
                values = forward(weights, z, True)
                s = A @ values[-1] - y
            z = z - 0.5 * backward(weights, values, A.T @ s, True)
        return time.process_time() - start

    return run


def subspace(steps, sizes=(64, 48, 10), dimension=400, batch=256):
    """Adam in a Kronecker subspace of a ReLU network, in single precision (A)."""
    f32 = np.float32
    (n, h, k), count = sizes, 10000
    size = h * (n + 1) + k * (h + 1)
    a, b = int(size**0.5), int(dimension**0.5)
    R1, R2 = (np.linalg.qr(rng.standard_normal((a, b)))[0].astype(f32) for _ in range(2))
    order = rng.permutation(size)
    inverse = np.argsort(order)
    theta0 = (rng.standard_normal(size) / 8).astype(f32)
    X, y = rng.standard_normal((count, n)).astype(f32), rng.integers(0, k, count)
    w, optimizer = np.zeros(dimension, f32), Adam(dimension, 0.05)
    optimizer.m, optimizer.v = np.zeros(dimension, f32), np.zeros(dimension, f32)
    blocks, ends = np.zeros(size, f32), np.cumsum([h * n, h, k * h])
    start = time.process_time()
    for _ in range(steps):
        blocks[: a * a] = (R1 @ w.reshape(b, b) @ R2.T).ravel()
        W1, b1, W2, b2 = np.split(theta0 + blocks[order], ends)
        W1, W2 = W1.reshape(h, n), W2.reshape(k, h)
        index = rng.integers(0, count, batch)
        x, labels = X[index], y[index]
        hidden = np.maximum(x @ W1.T + b1, 0)
        scores = hidden @ W2.T + b2
        p = np.exp(scores - scores.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        -np.log(p[np.arange(batch), labels]).mean()
        p[np.arange(batch), labels] -= 1
        p /= batch
        back = (p @ W2) * (hidden > 0)
        g = np.concatenate([(back.T @ x).ravel(), back.sum(0), (p.T @ hidden).ravel(), p.sum(0)])
        G = g[inverse][: a * a].reshape(a, a)
        w = optimizer.step(w, (R1.T @ G @ R2).ravel()).astype(f32)
    return time.process_time() - start


rows = {
    "subspace": subspace,
    "squares": single(lambda r: r),
    "absolute": single(np.sign),
    "medianOfMeans": min_max,
    "expansive-10": expansive([10, 100], 60),
    "expansive-80": expansive([80, 800], 480),
    "expansive-deep-40": expansive([40, 200, 1000], 480),
}
for line in sys.stdin:
    asked = json.loads(line)
    seconds = rows[asked["row"]](asked["steps"])
    print(json.dumps({"microseconds": 1e6 * seconds / asked["steps"]}), flush=True)
