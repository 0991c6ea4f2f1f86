#!/usr/bin/env bash
# Installs Node.js if there is none that is new enough, and the locked packages
# of the VS Code extension into editors/vscode/node_modules.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

oldest=20
extension=$repository/editors/vscode
stamp=$extension/node_modules/.made-from

ensure_node() {
  local version
  version=$(node --version 2>/dev/null | tr -d v) || true
  if [[ -z $version ]]; then
    # npm compiles native modules with the headers in libnode-dev.
    install_haskell_packages nodejs npm libnode-dev
    version=$(node --version | tr -d v)
  fi
  at_least "$version" "$oldest" ||
    die "The VS Code extension needs Node.js $oldest or newer, and this is $version." "Install a newer one first in PATH."
  command -v npm >/dev/null || die "There is Node.js, but no npm." "Install npm."
}

fingerprint() {
  {
    node --version
    cat "$extension"/{package-lock.json,.npmrc}
  } | sha256sum
}

main() {
  local wanted
  ensure_node
  wanted=$(fingerprint)
  [[ $(cat "$stamp" 2>/dev/null) != "$wanted" ]] || return 0
  take_lock node
  [[ $(cat "$stamp" 2>/dev/null) != "$wanted" ]] || return 0
  say "Installing the locked packages of the VS Code extension."
  (cd "$extension" && run_logged npm-packages npm ci)
  printf '%s\n' "$wanted" >"$stamp"
}

main
