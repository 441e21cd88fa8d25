"""Compares the speed of the bundled environments with Gymnasium's, on one core, in one run.

    pip install gymnasium
    python3 Tests/Peers/gymnasium_speed.py

Both sides take turns, and each one's best of many chunks of a few milliseconds counts, so that other
work on the machine hardly disturbs. Exits with 1 unless Pendulum and CartPole are at least 100 times as fast as
Gymnasium's (as `gymnasium.make` gives them) and GridRacing makes 20,000 frames of 64x64 a second.
"""

import glob
import pathlib
import subprocess
import sys
import tempfile
import time

import gymnasium
import numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROUNDS = 5
PENDULUM = [numpy.array([-1], dtype=numpy.float32), numpy.array([1], dtype=numpy.float32)]
PEERS = [
    # ours, Gymnasium's, its two actions, the factor asked for
    ("pendulum", "Pendulum-v1", PENDULUM, 100),
    ("cartpole", "CartPole-v1", [0, 1], 100),
    ("cartpole-discrete", "CartPole-v1", [0, 1], None),
]


def build(folder):
    """Compiles EnvironmentSpeed.swift against the package's own build products."""
    subprocess.run(["swift", "build", "--target", "Environments"], cwd=ROOT, check=True, stdout=sys.stderr)
    products = ROOT / ".build/debug"
    objects = [o for t in ("Environments", "Tensors") for o in glob.glob(f"{products}/{t}.build/*.o")]
    program = f"{folder}/speed"
    source = str(ROOT / "Tests/Peers/EnvironmentSpeed.swift")
    # The name main.swift is what lets a single file have statements at the top.
    main = pathlib.Path(folder) / "main.swift"
    main.write_text(pathlib.Path(source).read_text())
    subprocess.run(
        ["swiftc", "-O", str(main), "-I", f"{products}/Modules", *objects, "-o", program], check=True
    )
    return program


def ours(program, name, chunk, chunks=100):
    """The best steps per second of a bundled environment."""
    arguments = [program, name, str(chunk), str(chunks)]
    return float(subprocess.run(arguments, check=True, capture_output=True).stdout)


def theirs(name, actions, chunk=300, chunks=100):
    """The best steps per second of a Gymnasium environment."""
    environment = gymnasium.make(name)
    environment.reset(seed=0)
    shortest = float("inf")
    for _ in range(chunks):
        start = time.perf_counter()
        for step in range(chunk):
            _, _, terminated, truncated, _ = environment.step(actions[step & 1])
            if terminated or truncated:
                environment.reset()
        shortest = min(shortest, time.perf_counter() - start)
    return chunk / shortest


def main():
    """Prints one line for each task; returns the exit code."""
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        program = build(folder)
        for name, peer, actions, factor in PEERS:
            pairs = [(ours(program, name, 30_000), theirs(peer, actions)) for _ in range(ROUNDS)]
            mine, other = (max(column) for column in zip(*pairs))
            print(f"{name:18} {mine:12,.0f} steps/s   {peer} {other:9,.0f} steps/s   {mine / other:4.0f} x")
            failed = failed or (factor is not None and mine < factor * other)
        frames = max(ours(program, "racing", 100) for _ in range(ROUNDS))
        print(f"{'racing':18} {frames:12,.0f} steps/s with a frame of 64x64 each")
        failed = failed or frames < 20_000
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
