#!/usr/bin/env bash
# Puts a second, newer GHC into .toolchains/, beside the machine's own.
#
# The tests run on both. An installed one of that version is used; otherwise
# Debian's testing release has it, and it is unpacked rather than installed
# because two Debian releases of GHC exclude each other. It was linked against
# a newer C library than the machine's, so it gets that one to itself.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

version=9.10.3
suite=forky
prefix=$toolchains/ghc-$version
stamp=$toolchains/ghc-$version.made-from
packages=(ghc libc6 libgmp10 libffi8 libnuma1 libtinfo6 libncursesw6)

# The prefix holds absolute paths, so its place counts.
fingerprint() {
  {
    printf '%s\n' "$prefix"
    cat "$0"
  } | sha256sum
}

write_wrapper() {
  local name=$1
  shift
  mkdir -p "$toolchains/bin"
  {
    printf '#!/bin/sh\nexec'
    printf " '%s'" "$@"
    printf ' "$@"\n'
  } >"$toolchains/bin/$name"
  chmod +x "$toolchains/bin/$name"
}

# Wraps a GHC of the wanted version that is already installed, if there is one.
use_installed() {
  local ghc ghc_pkg
  ghc=$(PATH=$PATH:$HOME/.ghcup/bin command -v "ghc-$version") || return 1
  ghc_pkg=$(dirname "$ghc")/ghc-pkg-$version
  [[ -x $ghc_pkg ]] || return 1
  say "Using the installed $ghc as the second GHC."
  write_wrapper "ghc-$version" "$ghc"
  write_wrapper "ghc-pkg-$version" "$ghc_pkg"
}

download() {
  say "Downloading GHC $version from Debian $suite (90 MB)."
  run_logged second-ghc-update private_apt "$suite" deb update
  local found
  found=$(cd "$1" && private_apt "$suite" deb download --print-uris ghc | sed "s/.*ghc_\([^_]*\)_.*/\1/")
  [[ $found == "$version"-* ]] ||
    die "The tests need GHC $version, and Debian $suite has ${found:-none}." \
      "Install it another way ('ghcup install ghc $version' is found) and run this again."
  (cd "$1" && run_logged second-ghc-download private_apt "$suite" deb download "${packages[@]}")
}

unpack() {
  local deb
  say "Unpacking it into .toolchains/."
  rm -rf "$prefix"
  mkdir -p "$prefix"
  for deb in "$1"/*.deb; do
    dpkg-deb --extract "$deb" "$prefix"
  done
}

# The package database is a link out of the prefix, and its entries name the
# folders of an ordinary installation.
relocate_packages() {
  local libdir=$1 database=$1/package.conf.d entry
  rm "$database"
  mkdir "$database"
  for entry in "$prefix"/var/lib/ghc/package.conf.d/*.conf; do
    sed "s#/usr/lib/ghc#$prefix/usr/lib/ghc#g" "$entry" >"$database/${entry##*/}"
  done
}

# Gives every program the newer C library. Without --no-sort patchelf damages
# the ones linked at a fixed address (the static interpreter).
relocate_programs() {
  local libraries loader program
  libraries=$(dirname "$(echo "$prefix"/usr/lib/*/libc.so.6)")
  loader=$(echo "$libraries"/ld-linux-*.so.*)
  for program in "$prefix/usr/lib/ghc/bin"/*-"$version"; do
    [[ ! -L $program ]] || continue
    patchelf --no-sort --set-interpreter "$loader" --force-rpath \
      --set-rpath "$(echo "$prefix"/usr/lib/ghc/lib/*-ghc-"$version"):$libraries" "$program"
  done
}

install_from_debian() {
  local downloads libdir=$prefix/usr/lib/ghc/lib
  downloads=$(mktemp --directory)
  # shellcheck disable=SC2064  # The folder is known now, and local.
  trap "rm -rf '$downloads'" EXIT
  download "$downloads"
  unpack "$downloads"
  relocate_packages "$libdir"
  relocate_programs
  write_wrapper "ghc-$version" "$prefix/usr/lib/ghc/bin/ghc-$version" "-B$libdir"
  write_wrapper "ghc-pkg-$version" "$prefix/usr/lib/ghc/bin/ghc-pkg-$version" \
    --global-package-db "$libdir/package.conf.d"
  run_logged second-ghc-recache "$toolchains/bin/ghc-pkg-$version" recache
}

check() {
  local answer
  answer=$(echo 'print (6 * 7 :: Int)' | "$toolchains/bin/ghc-$version" --interactive -v0) || true
  [[ $answer == 42 ]] || die "The second GHC does not run: $toolchains/bin/ghc-$version"
}

main() {
  local wanted
  wanted=$(fingerprint)
  [[ $(cat "$stamp" 2>/dev/null) != "$wanted" ]] || return 0
  take_lock second-ghc
  [[ $(cat "$stamp" 2>/dev/null) != "$wanted" ]] || return 0
  use_installed || install_from_debian
  check
  printf '%s\n' "$wanted" >"$stamp"
}

main
