"""Prints how many evaluations pycma needs to a cost of 1e-8, one number a seed ("inf" where it stops elsewhere).

Usage: python cmaes_evaluations.py sphere|rosenbrock DIMENSION SEEDS
Needs `pip install cma`.
"""

import os
import sys
import warnings

# The matrices are small: more threads only wait for each other.
os.environ["OMP_NUM_THREADS"] = "1"

warnings.filterwarnings("ignore")
import cma

function = {"sphere": cma.ff.sphere, "rosenbrock": cma.ff.rosen}[sys.argv[1]]
start = {"sphere": 1.0, "rosenbrock": 0.0}[sys.argv[1]]
dimension, seeds = int(sys.argv[2]), int(sys.argv[3])
for seed in range(1, seeds + 1):
    options = {"seed": seed, "ftarget": 1e-8, "verbose": -9, "maxfevals": 1_000_000}
    search = cma.CMAEvolutionStrategy(dimension * [start], 0.5, options)
    search.optimize(function)
    print(search.result.evaluations if search.result.fbest <= 1e-8 else "inf")
