#!/usr/bin/env bash
# The registry's notes, tiles and proofs against the packages of the Go checksum database (golang.org/x/mod/sumdb), in the
# copy that comes with Go. Needs Go and no network.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v go >/dev/null || { echo "skipped: there is no Go here" >&2; exit 0; }
packages="$(go env GOROOT)/src/cmd/vendor/golang.org/x"
[ -d "$packages/mod/sumdb/note" ] || { echo "skipped: this Go comes without its sources" >&2; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp crates/sayso-cli/tests/interop/* "$work"
mkdir -p "$work/x/mod/sumdb" "$work/x/crypto"
cp -r "$packages/mod/sumdb/note" "$packages/mod/sumdb/tlog" "$work/x/mod/sumdb/"
cp -r "$packages/crypto/ed25519" "$work/x/crypto/"
for module in mod crypto; do printf 'module golang.org/x/%s\n\ngo 1.17\n' "$module" > "$work/x/$module/go.mod"; done
(cd "$work" && GOFLAGS=-mod=mod GOPROXY=off go build -o interop .)
if [ $# -gt 0 ]; then cp "$work/interop" "$1"; exit 0; fi
SAYSO_INTEROP_GO="$work/interop" cargo test --workspace --all-features --test claim_interop -- --nocapture
