"""The workloads of `course benchmark` in JAX (jit), as its users write them."""

import os
import sys

from benchmark_peer import THREADS, formula, recurrent_weights, serve

# JAX uses the cores that the process may run on.
os.environ["NPROC"] = str(THREADS)
os.environ["JAX_PLATFORMS"] = "cpu"
if hasattr(os, "sched_setaffinity") and THREADS < os.cpu_count():
    os.sched_setaffinity(0, list(os.sched_getaffinity(0))[-THREADS:])

try:
    import jax
except ImportError as error:
    print(f"cannot be compared with: {error}")
    sys.exit()

import jax.numpy as jnp


def array(shape, seed, scale=1.0):
    return jnp.asarray(formula(shape, seed, scale))


def matrix_product(rows, depth, columns):
    left, right = array((rows, depth), 0), array((depth, columns), 1)
    product = jax.jit(jnp.matmul)
    return lambda: product(left, right)


def elementwise(operation, count):
    x, y = array((count,), 0, 4.0), array((count,), 1)
    function = jax.jit({"exp": jnp.exp, "tanh": jnp.tanh, "sigmoid": jax.nn.sigmoid, "add": jnp.add}[operation])
    return (lambda: function(x, y)) if operation == "add" else (lambda: function(x))


def layer(weight):
    return {"weight": jnp.asarray(weight), "bias": jnp.zeros(weight.shape[1])}


def recurrent_model(width):
    names = "input recurrent prior1 prior2 posterior1 posterior2 actor1 actor2".split()
    return {name: layer(weight) for name, weight in zip(names, recurrent_weights(width))}


def apply(parameters, x):
    return x @ parameters["weight"] + parameters["bias"]


def mlp(model, name, x):
    return apply(model[name + "2"], jax.nn.elu(apply(model[name + "1"], x)))


def cell(model, x, state):
    input_reset, input_update, input_candidate = jnp.split(apply(model["input"], x), 3, -1)
    hidden_reset, hidden_update, hidden_candidate = jnp.split(apply(model["recurrent"], state), 3, -1)
    reset = jax.nn.sigmoid(input_reset + hidden_reset)
    update = jax.nn.sigmoid(input_update + hidden_update)
    candidate = jnp.tanh(input_candidate + reset * hidden_candidate)
    return update * state + (1 - update) * candidate


def normal(numbers):
    mean, deviation = jnp.split(numbers, 2, -1)
    return mean, jax.nn.softplus(deviation) + 0.1


def recurrent_loss(model, embeddings, actions, noise):
    batch, width = embeddings.shape[1:]

    def step(carry, inputs):
        memory, latent = carry
        embedding, action, epsilon = inputs
        memory = cell(model, jnp.concatenate([latent, action], -1), memory)
        mean, deviation = normal(mlp(model, "posterior", jnp.concatenate([memory, embedding], -1)))
        return (memory, mean + deviation * epsilon), (memory, mean, deviation)

    start = jnp.zeros((batch, width)), jnp.zeros((batch, noise.shape[-1]))
    _, (memories, mean, deviation) = jax.lax.scan(step, start, (embeddings, actions, noise), unroll=UNROLL)
    prior_mean, prior_deviation = normal(mlp(model, "prior", memories))
    divergence = (
        jnp.log(prior_deviation / deviation)
        + (deviation**2 + (mean - prior_mean) ** 2) / (2 * prior_deviation**2)
        - 0.5
    )
    return divergence.sum(-1).mean()


# Steps of a scan that are compiled as one.
UNROLL = int(os.environ.get("JAX_UNROLL", 1))


def adam(parameters, gradients, moments, rate, epsilon, clip):
    norm = jnp.sqrt(sum((g**2).sum() for g in jax.tree.leaves(gradients)))
    scale = jnp.minimum(1, clip / norm)
    gradients = jax.tree.map(lambda g: g * scale, gradients)
    step, first, second = moments
    step = step + 1
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradients)
    second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g**2, second, gradients)
    corrections = 1 - 0.9**step, 1 - 0.999**step
    parameters = jax.tree.map(
        lambda p, m, v: p - rate * (m / corrections[0]) / (jnp.sqrt(v / corrections[1]) + epsilon),
        parameters, first, second,
    )  # fmt: skip
    return parameters, (step, first, second)


def recurrent_training(batch, width, time=50):
    model = recurrent_model(width)
    del model["actor1"], model["actor2"]
    moments = (jnp.zeros(()), jax.tree.map(jnp.zeros_like, model), jax.tree.map(jnp.zeros_like, model))
    data = array((time, batch, width), 100), array((time, batch, 2), 101), array((time, batch, 32), 102)

    def step(model, moments, data):
        loss, gradients = jax.value_and_grad(recurrent_loss)(model, *data)
        return loss, *adam(model, gradients, moments, 1e-3, 1e-9, 100)

    step = jax.jit(step, donate_argnums=(0, 1))

    def run():
        nonlocal model, moments
        loss, model, moments = step(model, moments, data)
        return loss

    return run


def cell_inference(width=200):
    model = recurrent_model(width)
    embedding = array((1, width), 100)
    state = jnp.zeros((1, width)), jnp.zeros((1, 32)), jnp.zeros((1, 2))

    @jax.jit
    def step(model, state, embedding):
        memory, latent, action = state
        memory = cell(model, jnp.concatenate([latent, action], -1), memory)
        latent = normal(mlp(model, "posterior", jnp.concatenate([memory, embedding], -1)))[0]
        return memory, latent, jnp.tanh(mlp(model, "actor", jnp.concatenate([memory, latent], -1)))

    def run():
        nonlocal state
        state = step(model, state, embedding)
        return state[2]

    return run


def prepare(family, parameters):
    match family, parameters:
        case "gemm", sizes:
            return matrix_product(*map(int, sizes))
        case "elementwise", [operation, count]:
            return elementwise(operation, int(count))
        case "rssm-train", sizes:
            return recurrent_training(*map(int, sizes))
        case "cell-inference", []:
            return cell_inference()


serve(f"JAX {jax.__version__}", prepare, lambda result: result, jax.block_until_ready)
