#!/usr/bin/env bash
# Runs every benchmark in bench/, one after another, on an otherwise quiet machine.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

cd "$repository"
export CABAL_CONFIG=$toolchains/cabal-offline.config
export CABAL_DIR=$toolchains/cabal

count=0
for file in bench/*.py; do
  name=$(basename "$file" .py)
  # Modules whose name begins with an underscore are shared by the others.
  [[ -f $file && $name != _* ]] || continue
  say "bench/$name.py"
  .venv/bin/python -m "bench.$name"
  count=$((count + 1))
done
((count > 0)) || die "There are no benchmarks in bench/."
