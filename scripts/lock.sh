#!/bin/sh
# Writes the locks from pyproject.toml, each file pinned by version and hash, for every platform and Python at once:
#   requirements.lock        what the service needs
#   requirements-build.lock  what puts Faircut itself into the environment
#   requirements-dev.lock    all of that, and what tests, checks and benchmarks need
#   requirements-gpu.lock    what the diffusion engines need, and what tests them
#   requirements-pdqhash.lock, requirements-vpdq.lock, requirements-threatexchange.lock   what the benchmarks compare with
# Arguments go to uv: `scripts/lock.sh --upgrade`, `scripts/lock.sh --upgrade-package av`.
set -eu
cd "$(dirname "$0")/.."

if [ -x .venv/bin/uv ]; then uv=.venv/bin/uv; elif command -v uv >/dev/null 2>&1; then uv=uv; else
    echo "Locks are made by uv: pip install uv" >&2
    exit 1
fi

compile() {
    output=$1
    shift
    "$uv" pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
        -o "$output" "$@"
}

# Each later lock is held to the versions of the first, so that the environments agree.
compile requirements.lock pyproject.toml --group pyproject.toml:models "$@"
compile requirements-build.lock --group pyproject.toml:build -c requirements.lock "$@"
compile requirements-dev.lock pyproject.toml --extra bench --group dev --group pyproject.toml:models -c requirements.lock -c requirements-build.lock "$@"
compile requirements-gpu.lock pyproject.toml --extra gpu --group dev --group pyproject.toml:models -c requirements.lock -c requirements-dev.lock "$@"
# What the benchmarks compare with is built from source, one by one, and only where that is possible.
for name in pdqhash vpdq threatexchange; do
    echo "$name" | compile "requirements-$name.lock" - -c requirements-dev.lock --no-annotate --no-deps "$@"
done
