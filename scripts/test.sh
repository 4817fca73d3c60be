#!/usr/bin/env bash
# Runs every check of this repository, and first installs what they need on Debian and Ubuntu.
# Needs Rust (https://rustup.rs); asks nothing; stops at the first check that fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\n== %s\n' "$*"; }

# Words of a command that runs as root, empty where we are root already; fails where nobody can become root.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        sudo "$@"
    else
        return 1
    fi
}

apt_updated=
apt_install() {
    command -v apt-get >/dev/null || return 1
    if [ -z "$apt_updated" ]; then
        as_root apt-get update -qq || return 1
        apt_updated=yes
    fi
    say "installing $*"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

missing() {
    printf 'error: %s is missing\nhint: %s\n' "$1" "$2" >&2
    exit 2
}

# Some crates build C code (zstd, libdeflate, ring).
if ! command -v cc >/dev/null; then
    apt_install gcc libc6-dev || missing "a C compiler" "install gcc or clang, so that \`cc\` is found"
fi

command -v cargo >/dev/null || missing "cargo" "install Rust 1.94 or newer from https://rustup.rs"
cargo fmt --version >/dev/null 2>&1 || missing "rustfmt" "run \`rustup component add rustfmt\`"
cargo clippy --version >/dev/null 2>&1 || missing "clippy" "run \`rustup component add clippy\`"

# The pages are read in a real browser. Where none can be had, the test says that it was skipped.
if ! command -v chromium >/dev/null || ! command -v chromedriver >/dev/null; then
    apt_install chromium chromium-driver || say "no chromium and chromedriver here: the test of the pages in a browser cannot run"
fi

# Registries on PostgreSQL are tested on a server of the test's own, which takes Debian's programs and nothing of its settings.
if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
    apt_install postgresql || say "no PostgreSQL here: the test of registries on it cannot run"
fi

# The package for Python is tested with a Python of the test's own, into which pip puts pyarrow. What cannot be had is skipped, and said.
if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    apt_install python3 python3-venv || say "no python3 with venv here: the test of the Python package cannot run"
fi

# A build folder outside the clone outlives it, and the next run is quick.
if [ -z "${CARGO_TARGET_DIR:-}" ] && [ -n "${CI:-}" ]; then
    export CARGO_TARGET_DIR="${XDG_CACHE_HOME:-$HOME/.cache}/sayso/target"
    # Nothing is edited between two runs, and what increments keep is a third of the folder.
    export CARGO_INCREMENTAL=0
fi
say "building into ${CARGO_TARGET_DIR:-target} with $(rustc --version)"

say "cargo fmt --all --check"
cargo fmt --all --check

say "cargo clippy --workspace --all-targets --all-features -- -D warnings"
cargo clippy --workspace --all-targets --all-features --locked -- -D warnings

say "cargo test --workspace --all-features"
cargo test --workspace --all-features --locked

say "cargo doc --workspace --all-features --no-deps"
RUSTDOCFLAGS="-D warnings" cargo doc --workspace --all-features --no-deps --locked

# The targets have held for their seeds above, on any compiler. Where libFuzzer can be had, it looks further for a moment.
if cargo +nightly fuzz --version >/dev/null 2>&1; then
    say "scripts/fuzz.sh 10"
    scripts/fuzz.sh 10
else
    say "no nightly compiler with cargo-fuzz here: fuzzing beyond the seeds' mutations is skipped"
fi

if cargo deny --version >/dev/null 2>&1; then
    say "cargo deny check licenses bans sources"
    cargo deny --locked check licenses bans sources
    # The list of advisories is fetched anew each time.
    if cargo deny fetch db >/dev/null 2>&1; then
        say "cargo deny check advisories"
        cargo deny --locked check advisories
    else
        say "the list of advisories cannot be had here: \`cargo deny check advisories\` is skipped"
    fi
else
    say "no cargo-deny here: the check of licences, sources and advisories is skipped"
fi

say "every check passed"
