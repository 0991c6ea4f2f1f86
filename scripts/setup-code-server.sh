#!/usr/bin/env bash
# Puts VS Code's own server, which shows the workbench in a browser, into
# .toolchains/, out of the npm package code-server.
#
# The package would install itself with scripts that download programs, so these
# stay off: its native modules are compiled here, and ripgrep is Debian's.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

version=4.100.3
sha512=abf161d833b10913610bf5a21bfeac02148a9e3ed90024d505a79e67ead68e897fff41426e5fea835967e5e719f7d8d871fa8cc59640c9670df98048a340e0a4
prefix=$toolchains/code-server
stamp=$toolchains/code-server.made-from
# What a server without a terminal's and a network's proxies needs.
native_modules=(@vscode/spdlog native-watchdog node-pty)

fingerprint() {
  {
    printf '%s\n' "$prefix"
    node --version
    cat "$0"
  } | sha256sum
}

download() {
  local archive
  (cd "$1" && run_logged code-server-download npm pack "code-server@$version")
  archive=$1/code-server-$version.tgz
  sha512sum --check --status <<<"$sha512  $archive" || die "The package code-server $version is not the one that is known."
  rm -rf "$prefix"
  mkdir -p "$prefix"
  # The folder is VS Code's server; around it is what serves it to strangers.
  tar --extract --file "$archive" --directory "$prefix" --strip-components 3 package/lib/vscode
}

install_packages() {
  local folder
  for folder in "$prefix" "$prefix/extensions"; do
    (cd "$folder" && run_logged "code-server-packages" npm ci --omit=dev --ignore-scripts --legacy-peer-deps --no-audit --no-fund)
  done
  # Where extensions look for the same modules in a desktop's VS Code.
  ln -s node_modules "$prefix/node_modules.asar"
  mkdir -p "$prefix/node_modules/@vscode/ripgrep/bin"
  ln -s "$(command -v rg)" "$prefix/node_modules/@vscode/ripgrep/bin/rg"
}

compile_modules() {
  local module node_folder
  node_folder=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
  [[ -d $node_folder/include/node ]] || install_haskell_packages libnode-dev
  # Of the same release as the C compiler that GHC brings along.
  command -v g++ >/dev/null || install_haskell_packages g++
  for module in "${native_modules[@]}"; do
    (cd "$prefix/node_modules/$module" && run_logged code-server-module \
      "$repository/editors/vscode/node_modules/.bin/node-gyp" rebuild --jobs max --nodedir "$node_folder")
  done
}

main() {
  local wanted downloads
  wanted=$(fingerprint)
  [[ $(cat "$stamp" 2>/dev/null) != "$wanted" ]] || return 0
  take_lock code-server
  [[ $(cat "$stamp" 2>/dev/null) != "$wanted" ]] || return 0
  say "Installing VS Code's server (code-server $version) into .toolchains/."
  downloads=$(mktemp --directory)
  # shellcheck disable=SC2064  # The folder is known now, and local.
  trap "rm -rf '$downloads'" EXIT
  download "$downloads"
  install_packages
  compile_modules
  printf '%s\n' "$wanted" >"$stamp"
}

main
