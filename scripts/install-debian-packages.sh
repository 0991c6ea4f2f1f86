#!/usr/bin/env bash
# Installs the Debian packages named in requirements files, if any is missing.
# install-debian-packages.sh <requirements file>...
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

mapfile -t packages < <(read_requirements "$@")
install_haskell_packages "${packages[@]}"
