#!/usr/bin/env bash
# Runs the benchmarks, one after another, on an otherwise quiet machine: all, or those that are named.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

cd "$repository"
export CABAL_CONFIG=$toolchains/cabal-offline.config
export CABAL_DIR=$toolchains/cabal

# The other files in bench/ are shared by these; bench/cradle.py wants a project of yours.
all=(warm_check fresh_checkout branch_switch ingest cold_check)

(($# > 0)) || set -- "${all[@]}"
for name in "$@"; do
  say "bench/$name.py"
  .venv/bin/python "bench/$name.py"
done
