#!/usr/bin/env bash
# Unpacks real Haskell projects for the tests into .toolchains/sources/:
# aeson, and hledger's two packages under one cabal.project. Their dependencies
# are in requirements/debian-tests.txt.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

sources=$toolchains/sources
stamp=$sources/.made-from
projects=(aeson hledger-lib hledger)

# Prints the path of the downloaded upstream archive.
upstream_archive() {
  local found=("$1"/"haskell-$2"_*.orig.tar.*)
  [[ -f ${found[0]} ]] && printf '%s\n' "${found[0]}"
}

# Only the upstream archive is used. Mirrors now and then lack a source
# package's small files, and then apt-get fails although the archive is there;
# what it downloaded was verified either way.
download() {
  local project
  run_logged test-sources-update private_apt "$haskell_suite" deb-src update
  for project in "${projects[@]}"; do
    (cd "$1" && private_apt "$haskell_suite" deb-src source --download-only "haskell-$project") \
      >"$log_folder/test-sources-$project.log" 2>&1 || true
    upstream_archive "$1" "$project" >/dev/null ||
      die "The source of $project could not be downloaded from Debian $haskell_suite." \
        "The reason is in $log_folder/test-sources-$project.log; run this again when it is gone."
  done
}

unpack() {
  local project
  for project in "${projects[@]}"; do
    rm -rf "${sources:?}/$project"
    mkdir -p "$sources/$project"
    tar --extract --file "$(upstream_archive "$1" "$project")" \
      --directory "$sources/$project" --strip-components 1
  done
}

# aeson 2.1 takes `Generically` from a package that Debian left out, because
# base has it by now.
adapt_aeson() {
  sed -i '/^ *, generically\b/d' "$sources/aeson/aeson.cabal"
  sed -i -e '/^import GHC.Generics.Generically/d' \
    -e 's/^import GHC.Generics (Generic)$/import GHC.Generics (Generic, Generically (..))/' \
    "$sources/aeson/tests/UnitTests.hs"
}

# Debian's libraries are newer than some upper bounds, and build fine.
write_projects() {
  printf 'packages: %s\nallow-newer: *\n' . >"$sources/aeson/cabal.project"
  printf 'packages: %s\nallow-newer: *\n' "hledger-lib hledger" >"$sources/cabal.project"
}

main() {
  local wanted downloads
  wanted=$(sha256sum <"$0")
  [[ $(cat "$stamp" 2>/dev/null) != "$wanted" ]] || return 0
  take_lock test-sources
  [[ $(cat "$stamp" 2>/dev/null) != "$wanted" ]] || return 0
  say "Fetching the sources of ${projects[*]} from Debian."
  downloads=$(mktemp --directory)
  # shellcheck disable=SC2064  # The folder is known now, and local.
  trap "rm -rf '$downloads'" EXIT
  download "$downloads"
  mkdir -p "$sources"
  unpack "$downloads"
  adapt_aeson
  write_projects
  printf '%s\n' "$wanted" >"$stamp"
}

main
