#!/usr/bin/env bash
# Which edited pictures are found again among others: ours beside imagehash and imagededup, recall at precision 0.99.
# Needs Debian's apt-get (nothing is installed), python3 with venv, 10 GB of disk, and hours for the whole.
#
#   scripts/bench_copies.sh [ORIGINALS] [DISTRACTORS] [PEERS_DISTRACTORS] [--cnn]
#
# Twice as many candidates are drawn as originals are to remain, because of plain ones and of parts of families. Everything
# is made in $TMPDIR/copies-bench and kept, so that a second run goes on where the first ended. --cnn runs imagededup's
# neural network, too, which needs gigabytes of torch and loads its weights from the network.
set -euo pipefail
cd "$(dirname "$0")/.."

originals=${1:-1000}
distractors=${2:-100000}
peers_distractors=${3:-$distractors}
work=${TMPDIR:-/tmp}/copies-bench
out=$work/run-$originals-$distractors
mkdir -p "$work/deb" "$work/root" "$out"

packages="openclipart-png plasma-workspace-wallpapers mate-backgrounds gnome-backgrounds ukui-wallpapers
  lomiri-wallpapers-16.04 desktop-base lxqt-themes tuxpaint-stamps-default gimp-help-en opencv-doc oxygen-icon-theme
  gcompris-qt-data freeciv-data stellarium-data supertuxkart-data unknown-horizons widelands-data hedgewars-data"
for package in $packages; do
  if [ ! -f "$work/deb/$package.done" ]; then
    (cd "$work/deb" && apt-get download -q "$package" >/dev/null && dpkg -x "${package}"_*.deb ../root && rm "${package}"_*.deb)
    touch "$work/deb/$package.done"
  fi
done
if [ ! -f "$work/peers/.done" ]; then
  python3 -m venv "$work/peers"
  "$work/peers/bin/pip" install --quiet --no-deps -r scripts/copies/requirements.txt
  touch "$work/peers/.done"
fi
if [[ " ${*:4} " == *" --cnn "* ]]; then
  "$work/peers/bin/pip" install --quiet -r scripts/copies/requirements-cnn.txt
fi
python=$work/peers/bin/python
if [ ! -f "$out/distractors.txt" ]; then
  "$python" scripts/copies/prepare.py "$work/root" "$out" $((originals * 2)) "$distractors"
fi

cargo build --quiet --release --manifest-path benches/Cargo.toml --bin copies
copies=${CARGO_TARGET_DIR:-benches/target}/release/copies
"$copies" known "$out"
if [ ! -f "$out/kept.txt" ]; then
  "$copies" relatives "$out" "$originals"
fi
"$python" scripts/copies/edit.py "$out"
"$copies" look "$out"
"$python" scripts/copies/peers.py "$out" "$peers_distractors" "${@:4}"
"$python" scripts/copies/table.py "$out"
"$python" scripts/copies/table.py "$out" 0.9
