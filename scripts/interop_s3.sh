#!/usr/bin/env bash
# Object stores against a second server that others wrote: moto, in Python. The tests ask s3s-fs, in Rust.
#
#   scripts/interop_s3.sh                  # $SAYSO_COMMAND is the command, if it is built already (with `--features cluster`)
#
# Builds of a crawl in the store, alone and by a cluster that has no disk in common, give the same bytes; datasets are pushed,
# pulled, and followed by newer ones; strangers and second builders are refused. Takes python3 with venv and pip that can
# install packages. Works in $TMPDIR/sayso-s3 and leaves Python's packages there.
set -euo pipefail
cd "$(dirname "$0")/.."

work=${TMPDIR:-/tmp}/sayso-s3
mkdir -p "$work"
if [ ! -x "$work/moto/bin/moto_server" ]; then
  python3 -m venv "$work/moto" || { echo "skipped: no python3 with venv is here" >&2; exit 0; }
  "$work/moto/bin/python" -m pip install --quiet --disable-pip-version-check 'moto[server]>=5' || { echo "skipped: moto cannot be installed" >&2; exit 0; }
fi
if [ -z "${SAYSO_COMMAND:-}" ]; then
  cargo build --quiet --release --locked --package sayso-cli --features cluster
  SAYSO_COMMAND=$(realpath "${CARGO_TARGET_DIR:-target}")/release/sayso
fi

run=$(mktemp -d "$work/run-XXXXXX")
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$run"' EXIT
cd "$run"
port=$((20000 + RANDOM % 20000))
"$work/moto/bin/moto_server" --host 127.0.0.1 --port "$port" > moto.log 2>&1 &
export AWS_ENDPOINT_URL=http://127.0.0.1:$port AWS_ALLOW_HTTP=true AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=key AWS_SECRET_ACCESS_KEY=secret
for _ in $(seq 100); do
  curl --silent --output /dev/null "$AWS_ENDPOINT_URL/moto-api" && break
  sleep 0.2
done
curl --silent --fail --output /dev/null --request PUT "$AWS_ENDPOINT_URL/bucket"

says() { echo "ok: $*"; }
fails() {
  local words=$1
  shift
  if "$@" > refused.log 2>&1; then echo "it should have been refused: $*" >&2; exit 1; fi
  grep --quiet --fixed-strings "$words" refused.log || { cat refused.log >&2; exit 1; }
}
"$SAYSO_COMMAND" demo --no-serve -o demo > /dev/null
crawl=$(find demo -name '*.warc*' | head -1)
for number in 1 2 3 4; do
  curl --silent --fail --output /dev/null --upload-file "$crawl" "$AWS_ENDPOINT_URL/bucket/crawl/part-$number.warc.gz"
done

"$SAYSO_COMMAND" build s3://bucket/crawl/ -o alone > /dev/null || [ $? = 3 ]
says "a crawl in the store is read"
"$SAYSO_COMMAND" cluster local 2 --port 0 > address 2> cluster.log &
for _ in $(seq 100); do [ -s address ] && break; sleep 0.2; done
"$SAYSO_COMMAND" build s3://bucket/crawl/ -o s3://bucket/set --cluster "$(cat address)" > /dev/null || [ $? = 3 ]
"$SAYSO_COMMAND" pull s3://bucket/set together
for file in $(cd alone && find samples exclusions manifest-*.json CURRENT -type f); do cmp "alone/$file" "together/$file"; done
says "a cluster without a common disk builds the same bytes"
fails "holds a dataset of other inputs" "$SAYSO_COMMAND" build s3://bucket/crawl/ -o s3://bucket/set --purpose search --cluster "$(cat address)"
says "another dataset does not take its place"

"$SAYSO_COMMAND" push alone s3://bucket/pushed
"$SAYSO_COMMAND" claim add --registry claims --subject domain:thornwick.example --preference train-ai=n > /dev/null
"$SAYSO_COMMAND" takedown --registry claims alone > /dev/null
"$SAYSO_COMMAND" push alone s3://bucket/pushed
"$SAYSO_COMMAND" pull s3://bucket/pushed pulled
cmp alone/CURRENT pulled/CURRENT
cp -r together older
fails "newer snapshot" "$SAYSO_COMMAND" push older s3://bucket/pushed
says "a newer snapshot follows an older one, and not the other way round"
fails "there is nothing at" "$SAYSO_COMMAND" build s3://bucket/nowhere -o none
fails "cannot use" env AWS_ENDPOINT_URL=http://127.0.0.1:1 "$SAYSO_COMMAND" pull s3://bucket/set none
says "what is not there is named"
