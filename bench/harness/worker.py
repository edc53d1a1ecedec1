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


def factorization(call):
    return lambda work, A: {"arrays": (lambda: call(A), None)}


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


OPERATIONS = {
    "matmul": matmul,
    "qr": factorization(lambda A: np.linalg.qr(A)),
    "svd": factorization(lambda A: np.linalg.svd(A, full_matrices=False)),
    "eigh": factorization(lambda A: np.linalg.eigh(A)),
    "randomizedSvd": randomized_svd,
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
