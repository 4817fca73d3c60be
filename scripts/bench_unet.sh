#!/usr/bin/env bash
# One step of the UNet of Stable Diffusion 1.5 (64 by 64 latents, two at once), and one step of teaching it an adapter (rank 4,
# attentions, one picture), and one to XL's (a picture of 256 pixels), beside diffusers with torch, on as many threads and one after
# the other. Weights are made of their names, so nothing is fetched; each needs up to 16 GB of memory.
#   scripts/bench_unet.sh PYTHON [THREADS]     PYTHON has tests/fixtures/requirements.txt of sayso-diffusion
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:?the python that has torch and diffusers}
threads=${2:-$(nproc)}
ours() { RAYON_NUM_THREADS=$threads cargo test --release --locked -p sayso-diffusion --lib -- --ignored --nocapture "$1"; }
ours a_step_of_the_full_shape
OMP_NUM_THREADS=$threads "$python" scripts/bench_unet.py "$threads"
ours a_tuning_step_of_the_full_shape
OMP_NUM_THREADS=$threads "$python" scripts/bench_unet.py "$threads" tuning
ours a_tuning_step_of_xl
OMP_NUM_THREADS=$threads "$python" scripts/bench_unet.py "$threads" xl
