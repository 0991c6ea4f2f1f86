# What the scripts share: messages, root rights, apt. Sourced, never run.
# shellcheck shell=bash

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
toolchains=$repository/.toolchains
log_folder=$toolchains/logs

say() {
  printf '==> %s\n' "$*"
}

die() {
  printf 'error: %s\n' "$1" >&2
  shift
  local line
  for line in "$@"; do
    printf '       %s\n' "$line" >&2
  done
  exit 1
}

# Runs a command whose output matters only when it fails.
# run_logged <log name> <command> [arguments]
run_logged() {
  local log=$log_folder/$1.log status=0
  shift
  mkdir -p "$log_folder"
  "$@" >"$log" 2>&1 || status=$?
  if ((status != 0)); then
    tail -n 30 "$log" >&2
    die "'$1' failed with exit status $status." "The whole output is in $log."
  fi
}

# Two `make` at once must not build the same thing twice, nor remove it from
# under each other. The lock is given back when the script ends.
take_lock() {
  mkdir -p "$toolchains"
  exec 9>"$toolchains/$1.lock"
  if ! flock --nonblock 9; then
    say "Waiting for another setup in this folder to finish."
    flock 9
  fi
}

# True if version $1 is at least version $2.
at_least() {
  [[ $(printf '%s\n%s\n' "$2" "$1" | sort --version-sort | head -n 1) == "$2" ]]
}

# Asked for before anything that needs it, where a message is still seen.
require_root() {
  ((EUID == 0)) || command -v sudo >/dev/null ||
    die "Installing packages needs root rights." "Run this as root, or install sudo."
}

# sudo drops the environment, but apt may need the proxy named in it.
as_root() {
  local keep=(DEBIAN_FRONTEND=noninteractive) name
  for name in http_proxy https_proxy no_proxy; do
    [[ -z ${!name:-} ]] || keep+=("$name=${!name}")
  done
  if ((EUID == 0)); then
    env "${keep[@]}" "$@"
  else
    sudo env "${keep[@]}" "$@"
  fi
}

# --- Debian -----------------------------------------------------------------

# The release whose GHC and Haskell libraries are used.
haskell_suite=trixie

require_apt() {
  command -v apt-get >/dev/null ||
    die "This needs Debian's packages, and apt-get is not here." "$@"
}

# Prints the given packages that are not installed.
missing_packages() {
  local installed
  # dpkg-query fails if it does not know one of them, which is no failure here.
  installed=$(dpkg-query --show --showformat '${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null || true)
  installed=$(sed -n 's/^ii *//p' <<<"$installed")
  comm -13 <(sort -u <<<"$installed") <(printf '%s\n' "$@" | sort -u)
}

# Prints the package names in requirements files, without comments.
read_requirements() {
  sed 's/#.*//; s/[[:space:]]*$//; /^$/d' "$@"
}

# --no-remove: a machine with other Haskell packages, which a new GHC would throw
# out, gets an error rather than a surprise.
apt_options=(
  --quiet --yes --no-remove
  -o Acquire::Retries=3
  -o DPkg::Lock::Timeout=600
  -o Dpkg::Options::=--force-confdef
  -o Dpkg::Options::=--force-confold
)

apt_update() {
  run_logged apt-update as_root apt-get "${apt_options[@]}" update
}

# True if apt knows the binary packages of a Debian suite.
apt_knows_suite() {
  # shellcheck disable=SC2016  # apt's own variables.
  apt-get indextargets --format '$(CODENAME) $(SUITE)' 'Created-By: Packages' |
    tr ' ' '\n' | grep --quiet --line-regexp "$1"
}

derive_apt_source() {
  python3 "$repository/scripts/derive_apt_source.py" "$@"
}

# Makes the packages of $haskell_suite installable, without preferring them.
ensure_haskell_suite() {
  local source preference
  apt_knows_suite "$haskell_suite" && return
  apt_knows_suite bookworm ||
    die "Haskell packages are installed automatically on Debian 12 and 13 only." \
      "Install GHC >= 9.6 and cabal yourself (for example with ghcup) and run this again."
  say "Adding Debian $haskell_suite to apt's sources, pinned low. Its GHC brings its C library along."
  # Assigned first, so that a failure ends the script.
  source=$(derive_apt_source "$haskell_suite" deb)
  # Priority 100: what was installed from there keeps getting its updates from
  # there, and nothing else is taken from it, as with Debian's backports.
  preference="Package: *"$'\n'"Pin: release n=$haskell_suite"$'\n'"Pin-Priority: 100"
  as_root tee "/etc/apt/sources.list.d/thatch-$haskell_suite.sources" <<<"$source" >/dev/null
  as_root tee "/etc/apt/preferences.d/thatch-$haskell_suite" <<<"$preference" >/dev/null
  apt_update
}

# Installs what is missing of the given packages from the machine's own release.
install_own_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  require_apt "Install these yourself: ${missing[*]}"
  require_root
  say "Installing ${missing[*]}."
  apt_update
  run_logged apt-install as_root apt-get "${apt_options[@]}" install --no-install-recommends "${missing[@]}"
}

# Installs what is missing of the given packages from the Haskell release.
install_haskell_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  require_apt "GHC >= 9.6 and cabal can come from elsewhere (for example from ghcup);" \
    "the demo and the tests need Debian's Haskell libraries."
  require_root
  apt_update
  ensure_haskell_suite
  if ((${#missing[@]} > 6)); then
    say "Installing ${missing[*]:0:3} and $((${#missing[@]} - 3)) more from Debian $haskell_suite."
  else
    say "Installing ${missing[*]} from Debian $haskell_suite."
  fi
  local installation=(install --no-install-recommends --target-release "$haskell_suite" "${missing[@]}") replacing=()
  if only_renames_libraries "${installation[@]}"; then
    replacing=(-o APT::Get::Remove=true)
  fi
  run_logged apt-install as_root apt-get "${apt_options[@]}" "${replacing[@]}" "${installation[@]}"
}

# True if an installation removes something, and only what it brings under its
# new name: Debian 13 renamed libraries for 64-bit time (libssl3t64).
only_renames_libraries() {
  local plan package removed
  plan=$(apt-get "${apt_options[@]}" -o APT::Get::Remove=true --simulate "$@") || return 1
  removed=$(awk '$1 == "Remv" { print $2 }' <<<"$plan")
  [[ -n $removed ]] || return 1
  while read -r package; do
    grep --quiet "^Inst ${package}t64 " <<<"$plan" || return 1
  done <<<"$removed"
}

# Runs apt-get over one suite only, with its lists inside the repository. It
# needs no root rights and leaves the machine's own apt alone. Only for
# commands that download.
# private_apt <suite> <deb or deb-src> <apt-get arguments>
private_apt() {
  local suite=$1 type=$2 state=$toolchains/apt/$1-$2
  shift 2
  local options=(
    --quiet -o Acquire::Retries=3
    -o Dir::Etc::SourceList=/dev/null
    -o Dir::Etc::SourceParts="$state/sources"
    -o Dir::Etc::Preferences=/dev/null
    -o Dir::Etc::PreferencesParts=/dev/null
    -o Dir::State::Lists="$state/lists"
    -o Dir::Cache="$state/cache"
    -o Acquire::Languages=none
    # Testing's lists are valid for a week only, and mirrors may lag behind.
    # Signatures are verified as always.
    -o Acquire::Check-Valid-Until=false
  )
  # apt's own user cannot write into a folder of ours.
  ((EUID != 0)) || options+=(-o APT::Sandbox::User=root)
  mkdir -p "$state/sources" "$state/lists/partial" "$state/cache/archives/partial"
  if [[ ! -s $state/sources/thatch.sources ]]; then
    local source
    source=$(derive_apt_source "$suite" "$type") || return
    printf '%s\n' "$source" >"$state/sources/thatch.sources"
  fi
  apt-get "${options[@]}" "$@"
}
