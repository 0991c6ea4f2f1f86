#!/usr/bin/env bash
# Makes sure that the tests of formatting have a fourmolu.
#
# An installed one is used; otherwise Debian's testing release has it. It was
# linked against a newer C library than the machine's, so it is unpacked into
# .toolchains/ with that one to itself. ormolu, stylish-haskell and hlint are
# ordinary packages (requirements/debian-tests.txt).
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

suite=forky
prefix=$toolchains/fourmolu
stamp=$toolchains/fourmolu.made-from
packages=(fourmolu libc6 libgmp10 libffi8 libnuma1 libyaml-0-2)

# The prefix holds absolute paths, so its place counts.
fingerprint() {
  {
    printf '%s\n' "$prefix"
    cat "$0"
  } | sha256sum
}

use_installed() {
  local installed
  installed=$(PATH=$PATH:$HOME/.cabal/bin:$HOME/.local/bin command -v fourmolu) || return 1
  say "Using the installed $installed in the tests of formatting."
  mkdir -p "$toolchains/bin"
  ln -sf "$installed" "$toolchains/bin/fourmolu"
}

install_from_debian() {
  local downloads deb libraries
  say "Downloading fourmolu from Debian $suite (12 MB)."
  downloads=$(mktemp --directory)
  # shellcheck disable=SC2064  # The folder is known now, and local.
  trap "rm -rf '$downloads'" EXIT
  run_logged fourmolu-update private_apt "$suite" deb update
  (cd "$downloads" && run_logged fourmolu-download private_apt "$suite" deb download "${packages[@]}")
  rm -rf "$prefix"
  mkdir -p "$prefix" "$toolchains/bin"
  for deb in "$downloads"/*.deb; do
    dpkg-deb --extract "$deb" "$prefix"
  done
  libraries=$(dirname "$(echo "$prefix"/usr/lib/*/libc.so.6)")
  # Without --no-sort patchelf damages programs linked at a fixed address.
  patchelf --no-sort --set-interpreter "$(echo "$libraries"/ld-linux-*.so.*)" --force-rpath \
    --set-rpath "$libraries" "$prefix/usr/bin/fourmolu"
  ln -sf "$prefix/usr/bin/fourmolu" "$toolchains/bin/fourmolu"
}

check() {
  [[ $(printf 'x  = 1\n' | "$toolchains/bin/fourmolu" --stdin-input-file X.hs 2>/dev/null) == "x = 1" ]] ||
    die "fourmolu does not run: $toolchains/bin/fourmolu"
}

main() {
  local wanted
  wanted=$(fingerprint)
  [[ $(cat "$stamp" 2>/dev/null) != "$wanted" ]] || return 0
  take_lock fourmolu
  [[ $(cat "$stamp" 2>/dev/null) != "$wanted" ]] || return 0
  use_installed || install_from_debian
  check
  printf '%s\n' "$wanted" >"$stamp"
}

main
