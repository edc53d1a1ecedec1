"""Coefficients of the polynomials in assembly/math: minimax, rounded to the type they run in.

    pip install mpmath
    python3 scripts/minimax.py [name ...]

Each approximation minimises the greatest weighted error |w (f - p)| over an interval (Remez's
exchange on a fine grid of Chebyshev points). The coefficients are rounded one after the other,
lowest power first, and those that remain are fitted again, so that the later ones make up for
the rounding of the earlier. Printed: the lines as they stand in the source, highest power first,
and the greatest relative error of the function in units of 2^-53 (f64) or 2^-24 (f32).
"""
import sys
from mpmath import mp, mpf, cos, sin, exp, log, erf, erfc, tanh, pi, sqrt, matrix, lu_solve

mp.dps = 50
GRID = 501  # odd: 502 nodes, none at the middle


def grid(a, b):
    # Without the ends: a weight may vanish there.
    nodes = [cos(pi * (i + mpf(1) / 2) / (GRID + 1)) for i in reversed(range(GRID + 1))]
    return [(a + b) / 2 + (b - a) / 2 * node for node in nodes]


def rows(xs, powers):
    return [[x**p for p in powers] for x in xs]


def errors_of(c, basis, values, weights):
    return [
        w * (f - sum(a * b for a, b in zip(c, row)))
        for row, f, w in zip(basis, values, weights)
    ]


def greatest(errors):
    return max(abs(e) for e in errors)


def remez(xs, values, weights, powers):
    """Coefficients of x^p, p in powers, and the greatest weighted error on the grid."""
    n = len(powers)
    basis = rows(xs, powers)
    best, least = None, mp.inf
    # The extrema of a Chebyshev polynomial are where the exchange starts.
    pick = [round(GRID * (1 - cos(pi * i / n)) / 2) for i in range(n + 1)]
    for _ in range(30):
        system = matrix(n + 1, n + 1)
        right = matrix(n + 1, 1)
        for i, k in enumerate(pick):
            for j in range(n):
                system[i, j] = basis[k][j]
            system[i, n] = (-1) ** i / weights[k]
            right[i] = values[k]
        try:
            solution = lu_solve(system, right)
        except ZeroDivisionError:
            break
        c = [solution[j] for j in range(n)]
        errors = errors_of(c, basis, values, weights)
        worst = greatest(errors)
        if worst < least:
            best, least = c, worst
        if worst <= abs(solution[n]) * (1 + mpf(10) ** -6):
            break
        # One extremum for each run of equal sign, then the n + 1 in a row that hold the largest.
        runs = []
        for k, e in enumerate(errors):
            if runs and (errors[runs[-1]] > 0) == (e > 0):
                if abs(e) > abs(errors[runs[-1]]):
                    runs[-1] = k
            else:
                runs.append(k)
        while len(runs) > n + 1:
            end = 0 if abs(errors[runs[0]]) < abs(errors[runs[-1]]) else -1
            runs.pop(end)
        if len(runs) < n + 1:
            break
        pick = runs
    return best, least


def rounded(value, bits):
    if bits == 53:
        return mpf(float(value))
    # Rounded once, from the exact value, to 24 bits.
    with mp.workprec(24):
        return +value


def minimax(f, weight, a, b, degree, bits):
    xs = [x for x in grid(mpf(a), mpf(b))]
    values = [f(x) for x in xs]
    weights = [weight(x) for x in xs]
    fixed = []
    left = values
    powers = list(range(degree + 1))
    c = [mpf(0)] * len(powers)
    while powers:
        # A fit from an odd power on may fail across zero: the one before it then stands.
        fitted, worst = remez(xs, left, weights, powers)
        if worst < greatest(errors_of(c, rows(xs, powers), left, weights)):
            c = fitted
        fixed.append(rounded(c.pop(0), bits))
        p = powers.pop(0)
        left = [v - fixed[-1] * x**p for v, x in zip(left, xs)]
    return fixed, greatest([w * v for w, v in zip(weights, left)]) * 2**bits


tiny = mpf(10) ** -12


def series(f, at_zero):
    """f, or its limit where the formula would divide by zero."""
    return lambda x: at_zero if abs(x) < tiny else f(x)


# The functions, in the variable of their polynomial, and the weight that turns the polynomial's
# error into the relative error of the result.
def exp_part(x):
    return (exp(x) - 1 - x) / x**2


def log_part(z):
    s = sqrt(z)
    return (log((1 + s) / (1 - s)) / s - 2) / z


def sin_part(z):
    r = sqrt(z)
    return (sin(r) - r) / r**3


def cos_part(z):
    return (cos(sqrt(z)) - 1 + z / 2) / z**2


def tanh_part(t):
    x = sqrt(t + mpf(3) / 8)
    return (tanh(x) - x) / x


def erf_part(t):
    x = sqrt(t + middle)
    return (erf(x) - x) / x


def log_erfc(t):
    return log(erfc(seam + t))


half = log(2) / 2
quarter = (pi / 4) ** 2
third = mpf(1) / 3
middle = mpf(1) / 2
# Next to 1, where log erfc lies close to an f32 number: its rounding could not be made up for.
seam = mpf(1021) / 1024
root = mpf("0.1716") ** 2
approximations = {
    "exp": (series(exp_part, mpf(1) / 2), lambda x: x**2 / exp(x), -half, half, 9, 4),
    "log": (series(log_part, 2 * third), lambda z: z / 2, 0, root, 6, 3),
    "sin": (series(sin_part, -third / 2), lambda z: z, 0, quarter, 5, None),
    "cos": (series(cos_part, mpf(1) / 24), lambda z: z**2, 0, quarter, 5, None),
    # In t = z - 3/8 and z - 1/2: smaller terms, smaller rounding.
    "tanh": (tanh_part, lambda t: 1, -mpf(3) / 8, mpf("0.81") - mpf(3) / 8, 14, 7),
    "erf": (erf_part, lambda t: 1, -middle, middle, 12, 6),
    # In t = x - seam, up to where erfc vanishes beside 1.
    "erfc": (log_erfc, lambda t: erfc(seam + t), 0, mpf(79) / 16, 17, 7),
}

def leading(value, bits):
    """The leading bits of a number, cut off and not rounded."""
    step = mpf(2) ** (mp.floor(log(value, 2)) + 1 - bits)
    return mp.floor(value / step) * step


def constants():
    # Every part short enough for a product with the multiple that is taken away to be exact.
    high = leading(log(2), 32)
    print("ln 2 f64, 32 bits and the rest", repr(float(high)), repr(float(log(2) - high)))
    high = leading(log(2), 15)
    low = mp.nstr(rounded(log(2) - high, 24), 9)
    print("ln 2 f32, 15 bits and the rest", mp.nstr(high, 12), low)
    rest = pi / 2
    for _ in range(3):
        part = leading(rest, 33)
        print("pi / 2, 33 bits", repr(float(part)))
        rest -= part
    print("pi / 2, the rest", repr(float(rest)))
    print("pi / 2, 64 bits", hex(int(pi / 2 * 2**63)))
    words = 20
    with mp.workdps(500):
        digits = int(2 / +pi * mpf(2) ** (64 * words))
    print("2 / pi, words of 64 bits")
    for i in reversed(range(words)):
        print(f"  0x{(digits >> (64 * i)) & (2**64 - 1):016x},")


if sys.argv[1:] in ([], ["constants"]):
    constants()
for name in (n for n in sys.argv[1:] or approximations if n != "constants"):
    f, weight, a, b, *degrees = approximations[name]
    for degree, bits, type_name in zip(degrees, (53, 24), ("f64", "f32")):
        if degree is None:
            continue
        end = mpf(3) if name == "erfc" and bits == 24 else b
        c, worst = minimax(f, weight, a, end, degree, bits)
        print(f"{name} {type_name}, degree {degree}, error {mp.nstr(worst, 3)}")
        for value in reversed(c):
            digits = repr(float(value)) if bits == 53 else mp.nstr(value, 9)
            print(f"  {digits}")
