"""Reads a file written by the Swift package with the reference implementation and writes it again.

Usage: python safetensors_peer.py IN OUT
Prints every tensor as "name dtype shape values" and every metadata entry; needs `pip install safetensors`.
"""

import sys

import numpy
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

source, target = sys.argv[1:]
tensors = load_file(source)
with safe_open(source, framework="numpy") as file:
    metadata = file.metadata()
for name, tensor in sorted(tensors.items()):
    print(name, tensor.dtype, list(tensor.shape), tensor.reshape(-1).tolist())
for name, text in sorted(metadata.items()):
    print(name, repr(text))
save_file(tensors, target, metadata=metadata)
