#!/usr/bin/env bash
# Fetches packages whose tests use Template Haskell, for bench/fidelity.py, into .toolchains/fidelity/: below 9.6 for
# Debian's GHC, with the libraries that their tests need and that the other tests do not; below 9.10 for the second GHC,
# which has no libraries, built by cabal. Takes some 15 minutes.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

corpus=$toolchains/fidelity
second=$toolchains/bin/ghc-9.10.3

tested=(th-desugar th-abstraction th-lift th-expand-syns th-reify-many file-embed microlens-th generic-deriving)
with_many_needs=(lens bifunctors shakespeare)
needed=(
  call-stack colour ansi-terminal ansi-terminal-types hashable hspec hspec-core hspec-discover hspec-expectations hunit
  lexer microlens ordered-containers primitive quickcheck quickcheck-io random safe splitmix syb tagged tf-random
  th-compat th-orphans transformers-compat
)

# Unpacks sources of packages, named without Debian's `haskell-`.
# sources <folder> <suite> <packages>
sources() {
  local folder=$1 suite=$2 package archive downloads
  shift 2
  downloads=$(mktemp --directory)
  run_logged fidelity-update private_apt "$suite" deb-src update
  for package in "$@"; do
    # A mirror may lack a source package's small files; the archive is what counts.
    (cd "$downloads" && private_apt "$suite" deb-src source --download-only "haskell-$package") \
      >"$log_folder/fidelity-$package.log" 2>&1 || true
    archive=("$downloads/haskell-${package}_"*.orig.tar.*)
    [[ -f ${archive[0]} ]] || die "The source of $package could not be downloaded from Debian $suite."
    rm -rf "${folder:?}/$package"
    mkdir -p "$folder/$package"
    tar --extract --file "${archive[0]}" --directory "$folder/$package" --strip-components 1
  done
  rm -rf "$downloads"
}

# Libraries that are unpacked, not installed, with a package database of their own.
libraries() {
  local folder=$1 state=$toolchains/apt/$haskell_suite-deb package found conf
  mkdir -p "$folder/debs" "$folder/root" "$folder/package.conf.d"
  run_logged fidelity-update private_apt "$haskell_suite" deb update
  found=$(apt-cache -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$state/sources" \
    -o Dir::State::Lists="$state/lists" -o Dir::Cache="$state/cache" depends --recurse --no-recommends \
    --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
    libghc-hspec-dev libghc-hunit-dev libghc-lens-dev libghc-bifunctors-dev | grep -E '^libghc-.*-dev$' | sort -u)
  for package in $found; do
    dpkg-query --show "$package" >/dev/null 2>&1 && continue
    (cd "$folder/debs" && run_logged "fidelity-$package" private_apt "$haskell_suite" deb download "$package")
  done
  for package in "$folder"/debs/*.deb; do
    dpkg -x "$package" "$folder/root"
  done
  for conf in "$folder"/root/var/lib/ghc/package.conf.d/*.conf; do
    sed "s#/usr/lib/haskell-packages#$folder/root/usr/lib/haskell-packages#g" "$conf" \
      >"$folder/package.conf.d/$(basename "$conf")"
  done
  ghc-pkg recache --package-db "$folder/package.conf.d"
}

build_for_second() {
  local folder=$1
  printf '%s\n' "packages: */*.cabal" "allow-newer: *" "tests: False" "benchmarks: False" "shared: True" \
    "optimization: 0" >"$folder/cabal.project"
  (
    cd "$folder"
    run_logged fidelity-build cabal --config-file="$toolchains/cabal-offline.config" v2-build --offline \
      --with-compiler="$second" --with-hc-pkg="${second/ghc-9/ghc-pkg-9}" "${tested[@]}" hspec HUnit
  )
  ln -sfn dist-newstyle/packagedb/ghc-9.10.3 "$folder/package.conf.d"
}

mkdir -p "$log_folder" "$corpus/9.6" "$corpus/9.10"
say "Fetching packages with Template Haskell for GHC 9.6."
sources "$corpus/9.6" "$haskell_suite" "${tested[@]}" "${with_many_needs[@]}"
libraries "$corpus/9.6"
say "Fetching and building them for GHC 9.10."
sources "$corpus/9.10" forky "${tested[@]}" "${needed[@]}"
build_for_second "$corpus/9.10"
