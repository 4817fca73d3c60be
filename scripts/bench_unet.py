"""A forward pass of Stable Diffusion 1.5's UNet in diffusers, or with `tuning` a step of an adapter's teaching, or with `xl` such a
step of XL's with a picture of 256 pixels, with the weights that the tests of `bench_unet.sh` have: seconds, sums by which equal
answers show, and memory at most."""

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


XL = {
    "sample_size": 128, "block_out_channels": (320, 640, 1280), "layers_per_block": 2,
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"), "cross_attention_dim": 2048,
    "attention_head_dim": (5, 10, 20), "transformer_layers_per_block": (1, 2, 10), "use_linear_projection": True,
    "addition_embed_type": "text_time", "addition_time_embed_dim": 256, "projection_class_embeddings_input_dim": 2816,
}


def full(xl):
    """The own shape of Stable Diffusion 1.5 or XL, with weights made of their names."""
    with torch.device("meta"):
        net = UNet2DConditionModel(**XL if xl else {"sample_size": 64, "cross_attention_dim": 768})
    net = net.to_empty(device="cpu")
    with torch.no_grad():
        for name, tensor in net.named_parameters():
            tensor.copy_(formula(name, tensor.shape))
    return net


def step(net):
    x, context = formula("x", (2, 4, 64, 64)), formula("context", (2, 77, 768))
    with torch.no_grad():
        made = net(x, torch.tensor([501, 501]), context).sample
    return f"sum {float(made.abs().double().sum()):.4f}"


def tuning_step(net, xl):
    side, more = 64, {}
    if xl:
        side, sizes = 32, torch.tensor([[256.0, 256.0, 0.0, 0.0, 256.0, 256.0]])
        more = {"added_cond_kwargs": {"text_embeds": formula("whole", (1, 1280)), "time_ids": sizes}}
    x, context = formula("x", (1, 4, side, side)), formula("context", (1, 77, net.config.cross_attention_dim))
    loss = net(x, torch.tensor([501]), context, **more).sample.square().mean()
    loss.backward()
    ups = [tensor for name, tensor in net.named_parameters() if "lora_B" in name]
    gradients = sum(float(tensor.grad.abs().double().sum()) for tensor in ups)
    net.zero_grad()
    return f"loss {float(loss):.6f}, gradients {gradients:.6f}"


what = sys.argv[2:]
net = full(what == ["xl"]).eval()
if what:
    from peft import LoraConfig

    net.requires_grad_(False)
    net.add_adapter(LoraConfig(r=4, lora_alpha=4, target_modules=["to_q", "to_k", "to_v", "to_out.0"]))
    with torch.no_grad():
        for name, tensor in net.named_parameters():
            if "lora_A" in name:
                tensor.copy_(formula(name.split(".lora_A")[0] + ".down", tensor.shape))
print(f"weights: {peak()} MB at most")
for _ in range(3):
    begun, computed = time.perf_counter(), time.process_time()
    said = tuning_step(net, what == ["xl"]) if what else step(net)
    spent = f"{time.perf_counter() - begun:.2f} s, {time.process_time() - computed:.2f} s of the processors"
    print(f"diffusers: {spent}, {said}, {peak()} MB at most", flush=True)
