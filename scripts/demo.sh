#!/usr/bin/env bash
# Runs `thatch check` over every project in examples/, as a user would.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

# cabal needs no package server here, and the user's own store stays untouched.
export CABAL_CONFIG=$toolchains/cabal-offline.config
export CABAL_DIR=$toolchains/cabal

# `thatch check` exits with 1 if it found something, which one of the examples
# is for, and with 2 or more if it could not do its work.
check() {
  local status=0 start=$EPOCHREALTIME
  printf '\n$ thatch check examples/%s\n' "$1"
  "$repository/.venv/bin/thatch" check "$repository/examples/$1" || status=$?
  local microseconds=$((${EPOCHREALTIME/[.,]/} - ${start/[.,]/}))
  printf '(exit status %d, %d.%01d s)\n' "$status" $((microseconds / 1000000)) $((microseconds / 100000 % 10))
  ((status < 2)) || die "thatch could not check examples/$1."
}

main() {
  local folder count=0
  say "Checking the examples with GHC $(ghc --numeric-version)."
  for folder in "$repository"/examples/*/; do
    check "$(basename "$folder")"
    count=$((count + 1))
  done
  ((count > 0)) || die "There is nothing in examples/."
  printf '\n'
  say "Checked $count examples."
}

main
