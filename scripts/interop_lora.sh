#!/usr/bin/env bash
# An adapter that Sayso trained on the little model of the tests, read by diffusers: both make the same picture with it.
#
#   PYTHON=v/bin/python scripts/interop_lora.sh
#
# PYTHON has what crates/sayso-diffusion/tests/fixtures/requirements.txt names.
set -euo pipefail
cd "$(dirname "$0")/.."
fixtures=$PWD/crates/sayso-diffusion/tests/fixtures
kept=$(mktemp -d)
trap 'rm -rf "$kept"' EXIT
SAYSO_INTEROP=$kept ${CARGO:-cargo} test --workspace --all-features --lib what_was_learned_is_an_adapter
"${PYTHON:-python3}" - "$fixtures/model" "$kept" <<'PYTHON'
import sys

import numpy
import torch
from diffusers import StableDiffusionPipeline
from PIL import Image

model, kept = sys.argv[1:]
pipeline = StableDiffusionPipeline.from_pretrained(model, safety_checker=None, requires_safety_checker=False)
pipeline.set_progress_bar_config(disable=True)


def made():
    generator = torch.Generator().manual_seed(3)
    picture = pipeline("a red fox", height=16, width=16, num_inference_steps=2, guidance_scale=2.0, generator=generator)
    return numpy.asarray(picture.images[0]).astype(int)


expected = numpy.asarray(Image.open(f"{kept}/adapter.png")).astype(int)
without = abs(made() - expected).max()
pipeline.load_lora_weights(kept, weight_name="adapter.safetensors")
placed = {name: len(nets) for name, nets in pipeline.get_list_adapters().items()}
far = abs(made() - expected).max()
print(f"nets with the adapter: {placed}; steps of 256 between the pictures: {far} with the adapter, {without} without")
sys.exit(far > 1 or without <= 1 or placed.keys() != {"unet", "text_encoder"})
PYTHON
