#!/usr/bin/env bash
# Adapters that Sayso trained on the little models of the tests, of Stable Diffusion 1 and XL, and a whole model of XL, read by
# diffusers: both make the same pictures with them.
#
#   PYTHON=v/bin/python scripts/interop_lora.sh
#
# PYTHON has what crates/sayso-diffusion/tests/fixtures/requirements.txt names.
set -euo pipefail
cd "$(dirname "$0")/.."
fixtures=$PWD/crates/sayso-diffusion/tests/fixtures
kept=$(mktemp -d)
trap 'rm -rf "$kept"' EXIT
export SAYSO_INTEROP=$kept
for asked in what_was_learned_is_an_adapter what_xl_learned_is_an_adapter all_of_xl_is_learned_from_a_folder; do
  ${CARGO:-cargo} test --workspace --all-features --locked -p sayso-diffusion --lib "$asked"
done
echo "Stable Diffusion 1"
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
echo "Stable Diffusion XL"
"${PYTHON:-python3}" - "$fixtures" "$kept" <<'PYTHON'
import pathlib
import sys

import numpy
import torch
from PIL import Image

fixtures, kept = sys.argv[1:]
# The first part of families.py makes the model of names; the rest writes its fixtures.
program = pathlib.Path(fixtures, "families.py")
__file__ = str(program)
exec(compile(program.read_text().split("\ncases = {}\n")[0], "families.py", "exec"))


def made(pipeline):
    pipeline.set_progress_bar_config(disable=True)
    picture = pipeline(
        "a red fox", height=16, width=24, num_inference_steps=4, guidance_scale=5.0,
        generator=torch.Generator().manual_seed(3),
    )
    return numpy.asarray(picture.images[0]).astype(int)


def expected(name):
    return numpy.asarray(Image.open(f"{kept}/{name}.png")).astype(int)


nets = parts("xl")
for name in ("text_encoder", "text_encoder_2"):
    if "text_model" in nets[name].__dict__:
        # Set by families.py for an older place of diffusers; by its presence, adapters' names are taken for those of transformers 4.
        object.__delattr__(nets[name], "text_model")
pipeline = StableDiffusionXLPipeline(
    **nets, scheduler=scheduler("euler", timestep_spacing="leading"), force_zeros_for_empty_prompt=True, add_watermarker=False,
)
plain = made(pipeline)
without = abs(plain - expected("xl")).max()
pipeline.load_lora_weights(kept, weight_name="xl.safetensors")
placed = {name: len(nets) for name, nets in pipeline.get_list_adapters().items()}
modules = {
    name: sum(key.endswith("lora_A.default_0.weight") for key, _ in getattr(pipeline, name).named_parameters())
    for name in placed
}
far = abs(made(pipeline) - expected("xl")).max()
print(f"modules with the adapter: {modules}; steps of 256 between the pictures: {far} with the adapter, {without} without")
whole = StableDiffusionXLPipeline.from_pretrained(f"{kept}/xl", add_watermarker=False)
of_whole = abs(made(whole) - expected("whole")).max()
changed = abs(plain - expected("whole")).max()
print(f"a whole model: {of_whole} between the pictures, {changed} to that of its base")
sys.exit(
    far > 1 or without <= 1 or of_whole > 1 or changed <= 1
    or modules != {"unet": 64, "text_encoder": 4, "text_encoder_2": 12}
)
PYTHON
