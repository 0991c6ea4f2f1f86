#!/usr/bin/env bash
# What the steps of action.yml do, in a file so that it can be tried on any machine.
#
#   github.sh install    thatch into a virtual environment of its own, which later steps find
#   github.sh check      annotations to stdout, SARIF to a file; the inputs are in INPUT_*
#
# GitHub's runner sets GITHUB_ACTION_PATH, GITHUB_PATH, GITHUB_OUTPUT and RUNNER_TEMP.
set -euo pipefail

environment=$RUNNER_TEMP/thatch-venv

install() {
  python -m venv "$environment"
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check "$GITHUB_ACTION_PATH"
  printf '%s\n' "$environment/bin" >>"$GITHUB_PATH"
}

check() {
  local options=() more=() paths=() sarif=$RUNNER_TEMP/thatch.sarif code=0
  # Several words in one input: a list, without any quoting.
  read -ra more <<<"${INPUT_ARGUMENTS:-}"
  read -ra paths <<<"${INPUT_PATHS:-}"
  [[ -z ${INPUT_SHARD:-} ]] || options+=(--shard "$INPUT_SHARD")
  [[ -z ${INPUT_REMOTE:-} ]] || options+=(--remote "$INPUT_REMOTE")
  options+=("${more[@]}")
  local first=("${options[@]}")
  [[ ${INPUT_REMOTE_WRITE:-} != true ]] || first+=(--remote-write)

  thatch check --format github --fail-on "${INPUT_FAIL_ON:-error}" "${first[@]}" -- "${paths[@]}" || code=$?
  printf 'exit-code=%s\n' "$code" >>"$GITHUB_OUTPUT"
  if [[ -n ${INPUT_REMOTE:-} && ${INPUT_REMOTE_WRITE:-} == true ]]; then
    # A check waits for its uploads for some seconds only; what is left is sent now.
    thatch cache push --remote "$INPUT_REMOTE" || printf '::warning::Not all compiled modules were uploaded.\n'
  fi
  # Codes above 1 mean that there are no results.
  if [[ ${INPUT_SARIF:-true} == true && $code -le 1 ]]; then
    # Everything is in the cache by now, so that this compiles nothing.
    thatch check --format sarif --output "$sarif" --fail-on never "${options[@]}" -- "${paths[@]}"
    printf 'sarif-file=%s\n' "$sarif" >>"$GITHUB_OUTPUT"
  fi
  return "$code"
}

case ${1:-} in
  install) install ;;
  check) check ;;
  *)
    printf 'usage: %s install|check\n' "$0" >&2
    exit 2
    ;;
esac
