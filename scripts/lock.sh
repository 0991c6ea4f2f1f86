#!/usr/bin/env bash
# Writes requirements/runtime.txt and requirements/dev.txt afresh from
# pyproject.toml: the newest versions that go together, each with a wheel for
# every Python that thatch supports.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

pythons=(3.11 3.12 3.13)
# The build backend is locked too: the editable installation uses .venv's own.
build_backend='setuptools>=77'

# Prints the requirements of pyproject.toml, one a line.
# declared <Python expression over the project table>
declared() {
  python3 -c "
import sys, tomllib
project = tomllib.load(open(sys.argv[1], 'rb'))['project']
print(*$1, sep='\n')" "$repository/pyproject.toml"
}

# Resolves in a new environment and prints the pins.
resolve() {
  local folder=$1
  shift
  python3 -m venv "$folder"
  run_logged lock "$folder/bin/python" -m pip install --upgrade "$@"
  "$folder/bin/python" -m pip list --format freeze --exclude pip | sort --ignore-case
}

check_wheels() {
  local version
  for version in "${pythons[@]}"; do
    say "Checking that everything installs on Python $version."
    run_logged "lock-$version" "$1/bin/python" -m pip install --dry-run --ignore-installed \
      --python-version "$version" --only-binary :all: --target "$1/none" \
      --requirement "$repository/requirements/dev.txt"
  done
}

header() {
  printf '# %s\n' "$1" \
    "Exact versions, for Python ${pythons[0]} to ${pythons[-1]}. Written by \`make lock\`; change" \
    "pyproject.toml and run it again rather than editing this."
}

main() {
  local work runtime development all
  work=$(mktemp --directory)
  # shellcheck disable=SC2064  # The folder is known now, and local.
  trap "rm -rf '$work'" EXIT
  mapfile -t runtime < <(declared "project['dependencies']")
  mapfile -t development < <(declared "project['optional-dependencies']['dev']")

  say "Resolving the dependencies."
  # All together first, so that both files agree on every version.
  all=$(resolve "$work/all" "${runtime[@]}" "${development[@]}" "$build_backend")
  printf '%s\n' "$all" >"$work/constraints.txt"
  local pins
  pins=$(resolve "$work/runtime" "${runtime[@]}" --constraint "$work/constraints.txt" |
    grep --invert-match '^setuptools==')
  {
    header "What thatch needs to run."
    printf '%s\n' "$pins"
  } >"$repository/requirements/runtime.txt"
  {
    header "What working on thatch needs besides."
    printf '%s\n' '-r runtime.txt'
    grep --invert-match --line-regexp --fixed-strings "$pins" <<<"$all"
  } >"$repository/requirements/dev.txt"
  check_wheels "$work/all"
}

main
