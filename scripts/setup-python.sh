#!/usr/bin/env bash
# Makes .venv: locked dependencies, and thatch itself in editable form.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

venv=$repository/.venv
stamp=$venv/.made-from

# Prints the first Python that is new enough. $PYTHON, if set, is the only choice.
find_python() {
  local candidates=(python3 python3.14 python3.13 python3.12 python3.11) candidate
  [[ -z ${PYTHON:-} ]] || candidates=("$PYTHON")
  for candidate in "${candidates[@]}"; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  die "thatch needs Python 3.11 or newer, and none of these is: ${candidates[*]}." \
    "Install one and name it: make PYTHON=/path/to/python3 ..."
}

# What .venv depends on. It holds absolute paths, so its place counts too.
fingerprint() {
  {
    printf '%s\n' "$venv" "$1"
    "$1" --version
    cat "$repository/pyproject.toml" "$repository"/requirements/{runtime,dev}.txt \
      "$0" "$repository/scripts/link_packages.py"
  } | sha256sum
}

# Debian ships the standard library's venv without its pip unless asked.
ensure_venv_module() {
  "$1" -c 'import ensurepip, venv' 2>/dev/null && return
  [[ $(readlink -f "$1") == /usr/bin/* ]] ||
    die "$1 was built without the modules venv and ensurepip." "Use another: make PYTHON=/path/to/python3 ..."
  install_own_packages python3-venv
}

make_venv() {
  local python=$1 pip=("$venv/bin/python" -m pip --disable-pip-version-check --no-input)
  say "Making .venv with $("$python" --version)."
  rm -rf "$venv"
  ensure_venv_module "$python"
  "$python" -m venv "$venv"
  say "Installing the locked Python packages."
  run_logged pip-packages "${pip[@]}" install --requirement "$repository/requirements/dev.txt"
  # "strict" makes a folder of links instead of an import hook, which type
  # checkers cannot follow.
  run_logged pip-thatch "${pip[@]}" install --no-deps --no-build-isolation \
    --config-settings editable_mode=strict --editable "$repository"
  "$venv/bin/python" "$repository/scripts/link_packages.py"
  run_logged pip-check "${pip[@]}" check
}

main() {
  local python wanted
  python=$(find_python)
  wanted=$(fingerprint "$python")
  [[ $(cat "$stamp" 2>/dev/null) != "$wanted" ]] || return 0
  take_lock python
  # Another setup may have made it while we waited.
  [[ $(cat "$stamp" 2>/dev/null) != "$wanted" ]] || return 0
  make_venv "$python"
  printf '%s\n' "$wanted" >"$stamp"
}

main
