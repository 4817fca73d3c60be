#!/usr/bin/env bash
# One step of the UNet of Stable Diffusion 1.5 (64 by 64 latents, two at once) beside diffusers with torch, on as many threads
# and one after the other. Weights are made of their names, so nothing is fetched.
#   scripts/bench_unet.sh PYTHON [THREADS]     PYTHON has tests/fixtures/requirements.txt of sayso-diffusion
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:?the python that has torch and diffusers}
threads=${2:-$(nproc)}
RAYON_NUM_THREADS=$threads cargo test --release -p sayso-diffusion --lib -- --ignored --nocapture a_step_of_the_full_shape
OMP_NUM_THREADS=$threads "$python" scripts/bench_unet.py "$threads"
