# NumPy as a contender: answers the questions of worker.mjs, a line of JSON each.
import json
import sys
import time

answer_stream = sys.stdout
try:
    import numpy as np
except ImportError as error:
    np, failure = None, str(error)

TYPES = {"f32": "float32", "f64": "float64", "i32": "int32"}
tasks = {}


def load(work):
    return {
        name: np.fromfile(m["file"], dtype=TYPES[m["type"]]).reshape(
            (m["rows"], m["cols"]) if "rows" in m else -1
        )
        for name, m in work["inputs"].items()
    }


def matmul(work, A, B):
    C = np.empty((A.shape[0], B.shape[1]), A.dtype)

    def check():
        np.testing.assert_allclose(A @ B, C, rtol=1e-3, atol=1e-3)

    return {"arrays": (lambda: np.matmul(A, B, out=C), check)}


def factorization(call, product):
    def operation(work, A):
        def check():
            np.testing.assert_allclose(product(call(A)), A, rtol=1e-9, atol=1e-9)

        return {"arrays": (lambda: call(A), check)}

    return operation


def randomized_svd(work, A):
    """Halko, Martinsson, Tropp 2011, algorithms 4.4 and 5.1."""
    p = work["parameters"]
    rank, width = p["rank"], p["rank"] + p["oversampling"]
    generator = np.random.default_rng(0)

    def run():
        omega = generator.standard_normal((A.shape[1], width)).astype(A.dtype)
        Q = np.linalg.qr(A @ omega)[0]
        for _ in range(p["powerIterations"]):
            Q = np.linalg.qr(A.T @ Q)[0]
            Q = np.linalg.qr(A @ Q)[0]
        U, S, Vt = np.linalg.svd(Q.T @ A, full_matrices=False)
        return (Q @ U)[:, :rank], S[:rank], Vt[:rank].T

    def check():
        U, S, V = run()
        assert np.linalg.norm(A - (U * S) @ V.T) < 1.01 * p["bestResidual"]

    return {"arrays": (run, check)}


def optimizer(update):
    """`update(x, g, rate, scratch, state)` in place, without temporary arrays."""

    def operation(work, x, g):
        state = {"m": np.zeros_like(x), "v": np.zeros_like(x), "step": 0}
        scratch = np.empty_like(x), np.empty_like(x)
        rate = work["parameters"]["rate"]
        return {"arrays, in place": (lambda: update(x, g, rate, scratch, state), None)}

    return operation


def gd(x, g, rate, scratch, state):
    np.multiply(g, rate, out=scratch[0])
    np.subtract(x, scratch[0], out=x)


def momentum(x, g, rate, scratch, state):
    np.multiply(state["v"], 0.9, out=state["v"])
    np.add(state["v"], g, out=state["v"])
    gd(x, state["v"], rate, scratch, state)


def adam(x, g, rate, scratch, state):
    m, v = state["m"], state["v"]
    a, b = scratch
    state["step"] += 1
    np.multiply(m, 0.9, out=m)
    np.multiply(g, 0.1, out=a)
    np.add(m, a, out=m)
    np.multiply(v, 0.999, out=v)
    np.multiply(g, g, out=a)
    np.multiply(a, 0.001, out=a)
    np.add(v, a, out=v)
    np.sqrt(v, out=a)
    np.multiply(a, 1 / (1 - 0.999 ** state["step"]) ** 0.5, out=a)
    np.add(a, 1e-8, out=a)
    np.multiply(m, rate / (1 - 0.9 ** state["step"]), out=b)
    np.divide(b, a, out=b)
    np.subtract(x, b, out=x)


OPERATIONS = {
    "matmul": matmul,
    "qr": factorization(lambda A: np.linalg.qr(A), lambda r: r[0] @ r[1]),
    "svd": factorization(
        lambda A: np.linalg.svd(A, full_matrices=False), lambda r: (r[0] * r[1]) @ r[2]
    ),
    "eigh": factorization(lambda A: np.linalg.eigh(A), lambda r: (r[1] * r[0]) @ r[1].T),
    "randomizedSvd": randomized_svd,
    "gd": optimizer(gd),
    "momentum": optimizer(momentum),
    "adam": optimizer(adam),
}


def hello(_):
    if np is None:
        return {"failure": failure, "operations": []}
    return {"version": np.__version__, "operations": list(OPERATIONS)}


def prepare(work):
    tasks.clear()
    outcome = {}
    for form, (run, check) in OPERATIONS[work["operation"]](work, **load(work)).items():
        start = time.perf_counter()
        run()
        outcome[form] = {"first": time.perf_counter() - start}
        if check:
            check()
        tasks[form] = {"run": run, "runs": 1}
    return outcome


def measure(argument):
    task, seconds = tasks[argument["form"]], argument["seconds"]
    run, runs = task["run"], task["runs"]
    while True:
        repeat = range(runs)
        start = time.perf_counter()
        for _ in repeat:
            run()
        elapsed = time.perf_counter() - start
        if elapsed >= 0.7 * seconds:
            task["runs"] = max(1, round(runs * seconds / elapsed))
            return elapsed / runs
        runs = max(runs + 1, min(runs * 20, int(runs * seconds / elapsed) + 1))


ANSWERS = {
    "hello": hello,
    "prepare": prepare,
    "time": measure,
    "release": lambda _: tasks.clear(),
}

for line in sys.stdin:
    message = json.loads(line)
    try:
        answer = {"value": ANSWERS[message["question"]](message.get("argument"))}
    except Exception as error:  # whatever fails is told, and the process lives on
        answer = {"error": repr(error)}
    print(json.dumps(answer), file=answer_stream, flush=True)
