#!/usr/bin/env bash
# Checks the style of the Python code, the shell scripts and the Lua code.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

cd "$repository"
failed=0
.venv/bin/ruff check . || failed=1
.venv/bin/ruff format --check . || failed=1

# An installed shellcheck of any origin will do.
command -v shellcheck >/dev/null || install_own_packages shellcheck
shellcheck --external-sources scripts/*.sh ci/*.sh .ci/run || failed=1
# Likewise for luacheck.
command -v luacheck >/dev/null || install_own_packages lua-check
luacheck --quiet --no-color --globals vim -- editors/neovim || failed=1
((failed == 0)) || die "There are findings above; \`make format\` mends many of them."
