"""What the programs that `course benchmark --peers` compares with have in common.

Each is told by lines on standard input, as `course benchmark --serve` is:
    prepare FAMILY PARAMETER...   answered by three numbers, or by `unknown`
    run SECONDS                   answered by the mean seconds of a run
and uses as many threads as COURSE_THREADS says.
"""

import os
import sys
import time

try:
    import numpy
except ImportError as error:
    print(f"cannot be compared with: {error}")
    sys.exit()

THREADS = int(os.environ.get("COURSE_THREADS", os.cpu_count()))


def formula(shape, seed, scale=1.0):
    """The irregular numbers of Sources/Benchmarks/Formula.swift."""
    index = numpy.arange(1, int(numpy.prod(shape)) + 1, dtype=numpy.int64)
    x = (index * index).astype(numpy.float64) * 0.6180339887498949 + seed * 1.414213562373095
    return (scale * (2 * (x - numpy.floor(x)) - 1)).astype(numpy.float32).reshape(shape)


def weights(*shapes):
    """Weights for these shapes, the outputs as the last axis, of variance 1 / fan in."""
    scales = [(3 / numpy.prod(shape[:-1])) ** 0.5 for shape in shapes]
    return [formula(shape, seed, scale) for seed, (shape, scale) in enumerate(zip(shapes, scales))]


def recurrent_weights(width, latent=32, action=2):
    """Those of RecurrentModel in Sources/Benchmarks: cell, prior, posterior, actor."""
    return weights(
        (latent + action, 3 * width), (width, 3 * width),
        (width, width), (width, 2 * latent),
        (2 * width, width), (width, 2 * latent),
        (width + latent, width), (width, action),
    )  # fmt: skip


def autoencoder_weights(latent=32):
    """Those of ImageAutoencoder: four convolutions, mean, log variance, start, four transposed convolutions.

    The convolutions' are [height, width, in, out], the transposed ones' [height, width, out, in].
    """
    return weights(
        (4, 4, 3, 32), (4, 4, 32, 64), (4, 4, 64, 128), (4, 4, 128, 256),
        (1024, latent), (1024, latent), (latent, 1024),
        (5, 5, 128, 1024), (5, 5, 64, 128), (6, 6, 32, 64), (6, 6, 3, 32),
    )  # fmt: skip


def autoencoder_data(batch=32, latent=32):
    """Images [batch, height, width, colour] and noise."""
    half = numpy.float32(0.5)
    return half * formula((batch, 64, 64, 3), 100) + half, formula((batch, latent), 101)


def token_weights(vocabulary=512, width=128, time=170, layers=4):
    """Those of TokenModel: tokens, positions, then query, key, value, output and two of each block, head."""
    block = [(width, width)] * 4 + [(width, 4 * width), (4 * width, width)]
    return weights((vocabulary, width), (time, width), *block * layers, (width, vocabulary))


def token_data(batch=16, time=170):
    """Inputs and targets, [batch, time]."""
    rows = numpy.stack([formula((time + 1,), 100 + row) for row in range(batch)])
    tokens = numpy.minimum(((rows + numpy.float32(1)) * numpy.float32(256)).astype(numpy.int64), 511)
    return tokens[:, :-1], tokens[:, 1:]


def serve(name, prepare, to_numpy, wait=lambda result: None):
    """Answers lines until there are no more.

    prepare(family, parameters) gives a function whose call is one run, or None; to_numpy makes an array of
    what it returns; wait returns when it has been computed.
    """
    print("ready", name, flush=True)
    job = None
    for line in sys.stdin:
        words = line.split()
        if words[0] == "prepare":
            job = None  # frees the memory of the one before
            job = prepare(words[1], words[2:])
            if job is None:
                print("unknown", flush=True)
                continue
            for _ in range(3):
                result = job()
            result = numpy.asarray(to_numpy(result), dtype=numpy.float64).reshape(-1)
            print(result.mean(), result[0], result[-1], flush=True)
        else:
            length = float(words[1])
            runs = 0
            start = time.perf_counter()
            while True:
                wait(job())
                runs += 1
                elapsed = time.perf_counter() - start
                if elapsed >= length:
                    break
            print(elapsed / runs, flush=True)
