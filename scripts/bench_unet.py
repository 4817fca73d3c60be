"""One forward pass of Stable Diffusion 1.5's UNet in diffusers, with the weights that the test of `bench_unet.sh` has:
seconds, the sum by which equal answers show, and memory at most."""

import math
import resource
import sys
import time

import numpy
import torch
from diffusers import UNet2DConditionModel

torch.set_num_threads(int(sys.argv[1]))


def formula(name, shape):
    """As `crates/sayso-diffusion/tests/fixtures/families.py` has it, piece by piece."""
    start = 0x811C9DC5
    for byte in name.encode():
        start = ((start ^ byte) * 0x01000193) & 0xFFFFFFFF
    base, scale = 0.0, 0.1
    if len(shape) == 1 and name.endswith(".weight"):
        base = 1.0
    elif len(shape) > 1:
        scale = 1.7 / math.sqrt(math.prod(shape[1:]))
    out = numpy.empty(math.prod(shape), dtype=numpy.float32)
    for first in range(0, len(out), 1 << 20):
        bits = numpy.arange(first, min(first + (1 << 20), len(out)), dtype=numpy.uint32)
        bits = bits * numpy.uint32(0x9E3779B1) + numpy.uint32(start)
        bits = (bits ^ (bits >> 16)) * numpy.uint32(0x7FEB352D)
        bits = (bits ^ (bits >> 15)) * numpy.uint32(0x846CA68B)
        bits ^= bits >> 16
        part = (bits >> 8).astype(numpy.float64) / (1 << 23) - 1.0
        out[first : first + (1 << 20)] = base + part * scale
    return torch.from_numpy(out.reshape(tuple(shape)))


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


with torch.no_grad():
    net = UNet2DConditionModel(sample_size=64, cross_attention_dim=768).eval()
    for name, tensor in net.named_parameters():
        tensor.copy_(formula(name, tensor.shape))
    x, context = formula("x", (2, 4, 64, 64)), formula("context", (2, 77, 768))
    print(f"weights: {peak()} MB at most")
    for _ in range(int(sys.argv[2]) if len(sys.argv) > 2 else 3):
        begun = time.perf_counter()
        made = net(x, torch.tensor([501, 501]), context).sample
        spent = time.perf_counter() - begun
        print(f"diffusers: {spent:.2f} s, sum {float(made.abs().sum()):.4f}, {peak()} MB at most")
