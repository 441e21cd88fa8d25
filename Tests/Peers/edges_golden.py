"""Writes Tests/Fixtures/edges.json: what happens at infinities, NaN, subnormal numbers and far out in the tails.

    python3 Tests/Peers/edges_golden.py

Computed by PyTorch in float64. Where PyTorch itself ends in NaN although the limit exists (a class of probability 0),
the limit is computed without that class. What exceeds Float32 is written as infinite; "inf", "-inf" and "nan" are
strings, which JSON has no numbers for.
"""

import json
import math
import pathlib

import torch

INF, NAN = math.inf, math.nan
TINY = 1e-40  # subnormal in Float32
cases = []


def tensor(values):
    """The numbers as Float32 holds them, in float64."""
    return torch.tensor(values, dtype=torch.float32).to(torch.float64)


def plain(value):
    if not math.isfinite(value) or abs(value) > 3.4028235e38:
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return value


def numbers(x):
    return {"shape": list(x.shape), "data": [plain(v) for v in x.detach().flatten().tolist()]}


def case(name, notes, inputs, function, rtol=1e-6, atol=1e-37, constants=(), gradients=True):
    """Adds a case; each output is weighted by numbers of its own for the gradient."""
    inputs = {key: tensor(value) for key, value in inputs.items()}
    leaves = [key for key in inputs if key not in constants]
    for key in leaves:
        inputs[key].requires_grad_()
    outputs = function(*inputs.values())
    weights = {}
    for index, (key, y) in enumerate(outputs.items()):
        row = [0.5 + (7 * i + 3 * index) % 11 / 8 for i in range(y.numel())]
        weights[f"weights_{key}"] = tensor(row).reshape(y.shape)
    case = {
        "name": name, "notes": notes,
        "inputs": {key: numbers(x) for key, x in (inputs | weights).items()},
        "outputs": {key: numbers(y) for key, y in outputs.items()},
        "gradients": {}, "rtol": rtol, "atol": atol,
    }
    if gradients:
        terms = [(y, w) for y, w in zip(outputs.values(), weights.values()) if y.requires_grad]
        found = torch.autograd.grad(
            [y for y, _ in terms], [inputs[key] for key in leaves], [w for _, w in terms], allow_unused=True)
        for key, gradient in zip(leaves, found):
            case["gradients"][key] = numbers(torch.zeros_like(inputs[key]) if gradient is None else gradient)
    case["gradient_of"] = {"kind": "weighted_sum", "terms": {key: f"weights_{key}" for key in outputs}}
    cases.append(case)


# Functions of one tensor, in the tails and at what is no ordinary number.

TAILS = [-INF, -3e38, -100, -88, -50, -20, -12.5, -5, -1, -1e-10, 0, 1e-10, 1, 5, 12.5, 20, 50, 88, 100, 3e38, INF]
FINITE = TAILS[1:-1]


def unary(name, x, function, **options):
    case(name, "x [n] -> y [n]", {"x": x}, lambda x: {"y": function(x)}, **options)


unary("exp", TAILS, torch.exp)
unary("log", [0, TINY, 1e-38, 1, 3e38, INF], torch.log)
unary("log_small_gradient", [TINY, 2 * TINY], lambda x: 1e-5 * torch.log(x))
unary("sqrt", [0, TINY, 1, 3e38, INF], torch.sqrt)
unary("abs", TAILS + [NAN], torch.abs)
unary("relu", TAILS + [NAN], torch.relu)
unary("elu", TAILS, torch.nn.functional.elu)
unary("softplus", TAILS, lambda x: -torch.nn.functional.logsigmoid(-x))  # PyTorch's own is x above 20
unary("log_sigmoid", TAILS, torch.nn.functional.logsigmoid)
unary("silu", FINITE, torch.nn.functional.silu)
# From here on the slope comes from a number near 1, and is as good as its digits: in PyTorch's Float32 as well.
unary("gelu", FINITE, torch.nn.functional.gelu, atol=5e-7)
unary("tanh", TAILS, torch.tanh, atol=1.2e-7)
unary("sigmoid", TAILS, torch.sigmoid, atol=1.2e-7)
unary("normal_cumulative", TAILS, torch.special.ndtr, atol=1.2e-7)


def signed(function):
    """sign(x)·f(|x|), whose slope at 0 is f′(0)."""
    return lambda x: torch.where(x < 0, -function(torch.where(x < 0, -x, 0)), function(torch.where(x < 0, 0, x)))


unary("symlog", TAILS, signed(torch.log1p))
unary("symexp", TAILS, signed(torch.expm1))

# Quotients.

case(
    "divide", "a [n], b [n] -> [n]",
    {"a": [TINY, 0, -3 * TINY, 1e-3, 1, 2], "b": [TINY, TINY, 2 * TINY, 1e-35, 3e38, INF]},
    lambda a, b: {"y": a / b})
unary("divide_by_number", [TINY, 0, -2 * TINY, 1e-3, 1], lambda x: x / tensor(3 * TINY))
unary("divide_number", [TINY, -2 * TINY, 1e-20, 1, 3e38, INF], lambda x: tensor(3 * TINY) / x)

# The largest and the smallest.

case(
    "extremes_of_two", "a [n], b [n] -> [n]",
    {"a": [INF, INF, -INF, -INF, TINY, 2 * TINY, 3e38, NAN, 1, NAN],
     "b": [INF, 1, -INF, INF, 2 * TINY, TINY, -3e38, 1, NAN, NAN]},
    lambda a, b: {"maximum": torch.maximum(a, b), "minimum": torch.minimum(a, b)})
case(
    "extremes_of_rows", "x [row, n] -> [row]",
    {"x": [[INF, 1, INF], [-INF, -INF, -INF], [TINY, 2 * TINY, 0], [3e38, -3e38, 3e38], [-INF, INF, 1],
           [NAN, 1, 2], [1, INF, NAN]]},
    lambda x: {"maximum": x.amax(1), "minimum": x.amin(1)})
case(
    "argmax", "x [row, n] -> [row]",
    {"x": [[1, NAN, 3, NAN], [INF, 1, NAN, INF], [-INF, -INF, -INF, -INF], [NAN, NAN, NAN, NAN], [1, INF, INF, 0]]},
    lambda x: {"argmax": x.argmax(1).to(torch.float64)}, gradients=False)
case(
    "max_pool", "x [image, 2, 2] -> y [image]",
    {"x": [[[1, NAN], [NAN, 5]], [[NAN, 1], [2, 3]], [[INF, INF], [1, 2]], [[-INF, -INF], [-INF, -INF]],
           [[1, 3], [3, 3]], [[0, 1], [2, 9]], [[0, 1], [NAN, INF]]]},
    lambda x: {"y": torch.nn.functional.max_pool2d(x[:, None], 2).flatten()})

# Nothing to average.

case(
    "average_of_nothing", "x [0]; columns and rows of x as [0, 3], log_sum_exp of the rows of x as [3, 0]", {"x": []},
    lambda x: {
        "mean": x.mean(), "sum": x.sum(), "columns": x.reshape(0, 3).mean(0), "rows": x.reshape(0, 3).mean(1),
        "log_sum_exp": x.reshape(3, 0).logsumexp(1)}, gradients=False)

# Probabilities.

case(
    "softmax", "x [row, n] -> [row, n], and [row] for logsumexp",
    {"x": [[-INF, 0, 1], [INF, 0, 1], [INF, INF, 0], [-INF, -INF, -INF], [NAN, 0, 1], [INF, -INF, 0],
           [3e38, -3e38, 1], [1, 88, -200]]},
    lambda x: {"softmax": torch.softmax(x, 1), "log_softmax": torch.log_softmax(x, 1), "log_sum_exp": x.logsumexp(1)},
    atol=1e-6)

P = [[0, 0, -INF], [0, 1, -INF], [-INF, 3, -INF], [1, -2, 0.5], [0, 100, -INF]]
Q = [[0, 0, -INF], [2, 0, -INF], [1, 0, 2], [0.5, 0, 3], [3, 90, 1]]


def supported(function):
    """The sum over classes whose probability is above 0, row by row."""
    def whole(p, *others):
        rows = []
        for row in range(p.shape[0]):
            support = p[row].isfinite()
            p_log = torch.log_softmax(p[row][support], 0)
            logs = [x[row][support] - x[row].logsumexp(0) for x in others]
            rows.append(function(p_log, *logs).sum())
        return torch.stack(rows)
    return whole


case(
    "categorical", "logits p, q [row, class] -> [row]; classes without probability count as 0", {"p": P, "q": Q},
    lambda p, q: {
        "entropy": supported(lambda p: -p.exp() * p)(p),
        "divergence": supported(lambda p, q: p.exp() * (p - q))(p, q),
        "to_itself": supported(lambda p, q: p.exp() * (p - q))(p, p),
        "log_probability": torch.log_softmax(q, 1)[torch.arange(5), torch.tensor([0, 1, 2, 2, 0])]},
    atol=1e-6)
case(
    "categorical_excluded", "as PyTorch's Categorical: -inf for a class without probability, infinite divergence",
    {"p": [[0, 1, 0], [0, 0, -INF]], "q": [[0, 0, -INF], [0, -INF, 0]]},
    lambda p, q: {
        "divergence": torch.distributions.kl_divergence(*(torch.distributions.Categorical(logits=x) for x in (p, q))),
        "log_probability": torch.log_softmax(q, 1)[torch.arange(2), torch.tensor([2, 1])]},
    atol=1e-6, gradients=False)
case(
    "categorical_mixed", "logits p with 1 % of a uniform distribution", {"p": P},
    lambda p: (lambda mixed: {"entropy": -(mixed * mixed.log()).sum(1), "log_probabilities": mixed.log()})(
        0.99 * torch.softmax(p, 1) + 0.01 / 3), rtol=2e-6, atol=1e-6)
case(
    "cross_entropy", "logits [row, class], soft targets -> [row], and for the classes 0",
    {"logits": [[0, 0, -INF], [0, 1, -INF], [0, 100, -200], [1e30, 0, -1e30]],
     "target": [[0.5, 0.5, 0], [0, 1, 0], [0.2, 0.3, 0.5], [1, 0, 0]]},
    lambda x, t: {
        "soft": torch.stack([-(t[i] * torch.log_softmax(x[i], 0))[x[i].isfinite()].sum() for i in range(4)]),
        "hard": torch.nn.functional.cross_entropy(x, torch.zeros(4, dtype=torch.long), reduction="none")},
    constants=["target"], atol=1e-6)
case(
    "bernoulli", "logits, target [n] -> loss [n]; exact to the digits of the logit",
    {"logits": [1e30, 1e30, -1e30, -1e30, 20, -20, 100, -100, 3e38, 88, -88],
     "target": [1, 0, 1, 0, 1, 0, 0, 1, 0.25, 0.5, 1]},
    lambda x, t: {"loss": torch.nn.functional.binary_cross_entropy_with_logits(x, t, reduction="none")},
    constants=["target"], atol=2e-6)

# Two-hot.

BINS = tensor([-20, -3, 0, 1.5, 20])


def two_hot(x):
    inside = x.clamp(BINS[0], BINS[-1])
    above = torch.searchsorted(BINS, inside, right=True).clamp(1, len(BINS) - 1)
    share = (inside - BINS[above - 1]) / (BINS[above] - BINS[above - 1])
    rows = torch.zeros(len(x), len(BINS), dtype=torch.float64)
    rows[torch.arange(len(x)), above - 1] = 1 - share
    rows[torch.arange(len(x)), above] += share
    return rows


case(
    "two_hot", "x [row], logits [row, bin]; bins -20, -3, 0, 1.5, 20. weights [row, bin], the rest [row]",
    {"x": [-INF, INF, -3e38, 25, -3, 0, TINY, 1.2, 20],
     "logits": [[0, 1, -INF, -INF, -INF], [-INF, -INF, 1, 2, 3], [1, 0, 0, 0, 0], [5, 4, 3, 2, 1],
                [-INF, 0, -INF, 1, 1], [-INF, -INF, 0, -INF, -INF], [1, 2, 3, 4, 5], [-INF, 0, 1, 50, -INF],
                [0, -INF, 0, -INF, 100]]},
    lambda x, logits: {
        "weights": two_hot(x.detach()),
        "mean": (torch.softmax(logits, 1) * BINS).sum(1),
        "log_probability": torch.stack([
            (w * l)[w > 0].sum() for w, l in zip(two_hot(x.detach()), torch.log_softmax(logits, 1))])},
    constants=["x"], atol=2e-6)

# Normal distributions cut at -1 and 1.


def truncated(mean, deviation, x):
    low, high = (-1 - mean) / deviation, (1 - mean) / deviation
    mass = torch.special.ndtr(high) - torch.special.ndtr(low)
    density = lambda b: torch.exp(-0.5 * b * b) / math.sqrt(2 * math.pi)
    log_probability = -0.5 * ((x - mean) / deviation) ** 2 - torch.log(deviation * mass) - 0.5 * math.log(2 * math.pi)
    entropy = torch.log(deviation * mass) + 0.5 * math.log(2 * math.pi * math.e) + (
        low * density(low) - high * density(high)) / (2 * mass)
    return {"log_probability": log_probability, "entropy": entropy}


case(
    "truncated_normal", "mean, deviation, x [n] -> [n]",
    {"mean": [0, 0, 1, 1, -0.99, 0.5, 0, 0.3, -1, 0],
     "deviation": [0.01, 0.01, 0.01, 0.1, 0.02, 2.1, 5, 0.3, 1e-3, 0.2],
     "x": [0, 1, -1, 0.98, 0.5, -1, 0.7, 1, -0.999, -1]},
    truncated, constants=["x"], rtol=3e-6, atol=3e-6)

path = pathlib.Path(__file__).parent.parent / "Fixtures" / "edges.json"
version = torch.__version__.split("+")[0]
header = {"topic": "edges", "source": f"torch {version} (CPU, float64), closed forms on the support"}
with open(path, "w") as file:
    file.write(json.dumps(header)[:-1] + ', "cases": [\n')
    file.write(",\n".join(json.dumps(case, allow_nan=False) for case in cases) + "\n]}\n")
