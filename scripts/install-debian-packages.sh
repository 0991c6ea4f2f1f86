#!/usr/bin/env bash
# Installs the Debian packages named in requirements files, if any is missing:
# from the machine's own release, or from the one whose GHC is used.
# install-debian-packages.sh own|haskell <requirements file>...
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

release=$1
shift
mapfile -t packages < <(read_requirements "$@")
"install_${release}_packages" "${packages[@]}"
