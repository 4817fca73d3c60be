#!/usr/bin/env bash
# Runs the conformance cases through other readers of the same signals, and writes docs/conformance.md.
# Needs python3 with venv, and a registry to install the readers from.
#
#   scripts/conformance_peers.sh
#
# They are installed into $TMPDIR/sayso-peers and kept there.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${TMPDIR:-/tmp}/sayso-peers/bin/python
if [ ! -x "$python" ]; then
  python3 -m venv "${TMPDIR:-/tmp}/sayso-peers"
  "$python" -m pip install --quiet datadiligence==0.1.7 c2pa-python==0.38.1 cryptography==50.0.2 Protego==0.7.0 \
    gpyrobotstxt==1.0.0 img2dataset==1.47.0
fi
# That ours answers every case as it says is what this test asserts.
cargo test --quiet --package sayso-consent --test conformance
"$python" scripts/conformance_peers.py conformance > docs/conformance.md.new
mv docs/conformance.md.new docs/conformance.md
