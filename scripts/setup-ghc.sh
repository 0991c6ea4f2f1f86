#!/usr/bin/env bash
# Makes sure that there is a GHC >= 9.6 and a cabal: the user's own, or Debian's.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

oldest_ghc=9.6

# thatch looks into ghcup's folder too, on PATH or not.
export PATH=$PATH:$HOME/.ghcup/bin

have_ghc() {
  command -v ghc >/dev/null && at_least "$(ghc --numeric-version)" "$oldest_ghc"
}

# A cabal configuration without package servers, for the demo and the tests.
write_offline_configuration() {
  local file=$toolchains/cabal-offline.config
  [[ ! -s $file ]] || return 0
  mkdir -p "$toolchains"
  echo "-- No package servers: packages come with the compiler or from Debian." >"$file"
}

main() {
  write_offline_configuration
  if have_ghc && command -v cabal >/dev/null; then
    return
  fi
  local packages
  mapfile -t packages < <(read_requirements "$repository/requirements/debian-ghc.txt")
  # A good GHC of the user's own stays the one in use.
  ! have_ghc || packages=(cabal-install)
  install_haskell_packages "${packages[@]}"
  hash -r
  have_ghc || die "Debian's GHC was installed, but 'ghc' on PATH is still older than $oldest_ghc: $(command -v ghc)." \
    "Put a newer GHC first on PATH (Debian's is /usr/bin/ghc) and run this again."
}

main
