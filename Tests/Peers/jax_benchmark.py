"""The workloads of `course benchmark` in JAX (jit), as its users write them."""

import os
import sys

from benchmark_peer import (
    THREADS,
    autoencoder_data,
    autoencoder_weights,
    formula,
    recurrent_weights,
    serve,
    token_data,
    token_weights,
)

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
import numpy


def array(shape, seed, scale=1.0):
    return jnp.asarray(formula(shape, seed, scale))


def matrix_product(rows, depth, columns):
    left, right = array((rows, depth), 0), array((depth, columns), 1)
    product = jax.jit(jnp.matmul)
    return lambda: product(left, right)


def elementwise(operation, count):
    x, y = array((count,), 0, 4.0), array((count,), 1)
    functions = {"exp": jnp.exp, "tanh": jnp.tanh, "sigmoid": jax.nn.sigmoid, "add": jnp.add}
    function = jax.jit(functions[operation])
    return (lambda: function(x, y)) if operation == "add" else (lambda: function(x))


def layer(weight, outputs=None):
    return {"weight": jnp.asarray(weight), "bias": jnp.zeros(outputs or weight.shape[-1])}


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
    # Unrolled ten times, the loop is slower.
    _, (memories, mean, deviation) = jax.lax.scan(step, start, (embeddings, actions, noise))
    prior_mean, prior_deviation = normal(mlp(model, "prior", memories))
    divergence = (
        jnp.log(prior_deviation / deviation)
        + (deviation**2 + (mean - prior_mean) ** 2) / (2 * prior_deviation**2)
        - 0.5
    )
    return divergence.sum(-1).mean()


def adam(parameters, gradients, moments, rate, clip=None, decay=0):
    if clip:
        norm = jnp.sqrt(sum((g**2).sum() for g in jax.tree.leaves(gradients)))
        scale = jnp.minimum(1, clip / norm)
        gradients = jax.tree.map(lambda g: g * scale, gradients)
    step, first, second = moments
    step = step + 1
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradients)
    second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g**2, second, gradients)
    corrections = 1 - 0.9**step, 1 - 0.999**step
    parameters = jax.tree.map(
        lambda p, m, v: p * (1 - rate * decay)
        - rate * (m / corrections[0]) / (jnp.sqrt(v / corrections[1]) + 1e-8),
        parameters, first, second,
    )  # fmt: skip
    return parameters, (step, first, second)


def training(model, loss, data, **settings):
    """A function that takes a training step at each call and returns the loss."""
    moments = jnp.zeros(()), jax.tree.map(jnp.zeros_like, model), jax.tree.map(jnp.zeros_like, model)

    def step(model, moments, data):
        value, gradients = jax.value_and_grad(loss)(model, *data)
        return value, *adam(model, gradients, moments, **settings)

    step = jax.jit(step, donate_argnums=(0, 1))

    def run():
        nonlocal model, moments
        value, model, moments = step(model, moments, data)
        return value

    return run


def recurrent_training(batch, width, time=50):
    model = recurrent_model(width)
    del model["actor1"], model["actor2"]
    data = array((time, batch, width), 100), array((time, batch, 2), 101), array((time, batch, 32), 102)
    return training(model, recurrent_loss, data, rate=1e-3, clip=100)


def autoencoder_loss(model, images, noise):
    x = images
    for layer in model["encoder"]:
        x = convolve(jax.lax.conv_general_dilated, layer, x, (2, 2), "VALID")
        x = jax.nn.relu(x)
    features = x.reshape(x.shape[0], -1)
    mean, log_variance = apply(model["mean"], features), apply(model["log_variance"], features)
    latent = mean + jnp.exp(0.5 * log_variance) * noise
    x = apply(model["start"], latent)[:, None, None, :]
    for index, layer in enumerate(model["decoder"]):
        x = convolve(jax.lax.conv_transpose, layer, x, (2, 2), "VALID", transpose_kernel=True)
        x = jax.nn.relu(x) if index < 3 else jax.nn.sigmoid(x)
    error = ((x - images) ** 2).sum((1, 2, 3))
    divergence = -0.5 * (1 + log_variance - mean**2 - jnp.exp(log_variance)).sum(-1)
    return (error + jnp.maximum(divergence, 16)).mean()


def convolve(function, parameters, x, *arguments, **settings):
    layout = ("NHWC", "HWIO", "NHWC")
    y = function(x, parameters["weight"], *arguments, dimension_numbers=layout, **settings)
    return y + parameters["bias"]


def image_training():
    w = autoencoder_weights()
    model = {"encoder": [layer(x) for x in w[:4]], "mean": layer(w[4]), "log_variance": layer(w[5])}
    model |= {"start": layer(w[6]), "decoder": [layer(x, outputs=x.shape[2]) for x in w[7:]]}
    return training(model, autoencoder_loss, tuple(map(jnp.asarray, autoencoder_data())), rate=1e-4)


def layer_norm(parameters, x):
    x = x - x.mean(-1, keepdims=True)
    x = x * jax.lax.rsqrt((x**2).mean(-1, keepdims=True) + 1e-5)
    return x * parameters["scale"] + parameters["offset"]


def block(model, x, heads=4):
    batch, time, width = x.shape
    y = apply(model["query_key_value"], layer_norm(model["attention_norm"], x))
    query, key, value = (part.reshape(batch, time, heads, -1) for part in jnp.split(y, 3, -1))
    y = jax.nn.dot_product_attention(query, key, value, is_causal=True).reshape(batch, time, width)
    x = x + apply(model["output"], y)
    y = apply(model["expansion"], layer_norm(model["expansion_norm"], x))
    return x + apply(model["contraction"], jax.nn.gelu(y, approximate=False))


def token_loss(model, inputs, targets):
    x = model["tokens"][inputs] + model["positions"]
    for parameters in model["blocks"]:
        x = block(parameters, x)
    logits = apply(model["head"], layer_norm(model["norm"], x))
    chosen = jnp.take_along_axis(logits, targets[..., None], -1)[..., 0]
    return (jax.nn.logsumexp(logits, -1) - chosen).mean()


def token_training():
    w = token_weights()
    norm = {"scale": jnp.ones(w[0].shape[1]), "offset": jnp.zeros(w[0].shape[1])}
    blocks = [
        {
            "query_key_value": layer(numpy.concatenate(w[start : start + 3], 1)),
            "output": layer(w[start + 3]),
            "expansion": layer(w[start + 4]),
            "contraction": layer(w[start + 5]),
            "attention_norm": norm,
            "expansion_norm": norm,
        }
        for start in range(2, len(w) - 1, 6)
    ]
    model = {"tokens": jnp.asarray(w[0]), "positions": jnp.asarray(w[1]), "blocks": blocks}
    model |= {"norm": norm, "head": layer(w[-1])}
    model = jax.tree.map(jnp.copy, model)  # each buffer is given away once
    return training(model, token_loss, tuple(map(jnp.asarray, token_data())), rate=3e-4, decay=0.01)


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
        case "vae-train", []:
            return image_training()
        case "transformer-train", []:
            return token_training()


serve(f"JAX {jax.__version__}", prepare, lambda result: result, jax.block_until_ready)
