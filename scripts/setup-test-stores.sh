#!/usr/bin/env bash
# Makes sure that the tests of remote stores have an nginx that speaks WebDAV.
#
# An installed one is used; otherwise Debian's is unpacked into .toolchains/.
# It is not installed, because that would start a web server on the machine.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "$0")/lib.sh"

prefix=$toolchains/nginx
stamp=$toolchains/nginx.made-from
module=usr/lib/nginx/modules/ngx_http_dav_ext_module.so
packages=(nginx libnginx-mod-http-dav-ext)
# What the two need and not every machine has. Installing libraries starts nothing.
libraries=(libpcre2-8-0 libxml2)

is_installed() {
  [[ -x /usr/sbin/nginx && -f /$module ]]
}

# nginx must match the machine's own libraries, so it comes from its own release.
own_suite() {
  # shellcheck source=/dev/null
  (source /etc/os-release && printf '%s\n' "${VERSION_CODENAME:?}")
}

download() {
  local suite
  suite=$(own_suite)
  say "Downloading nginx from Debian $suite (1 MB)."
  run_logged nginx-update private_apt "$suite" deb update
  (cd "$1" && run_logged nginx-download private_apt "$suite" deb download "${packages[@]}")
}

unpack() {
  local deb
  rm -rf "$prefix"
  mkdir -p "$prefix"
  for deb in "$1"/*.deb; do
    dpkg-deb --extract "$deb" "$prefix"
  done
}

# Asks nginx to load the module and to check a configuration that needs it.
check() {
  local configuration=$prefix/check.conf kind
  {
    echo "load_module $prefix/$module;"
    echo "error_log stderr; pid check.pid; events {} http { access_log off;"
    for kind in client_body proxy fastcgi uwsgi scgi; do
      echo "${kind}_temp_path $kind;"
    done
    echo "server { listen 127.0.0.1:1; location / { dav_ext_methods PROPFIND; } } }"
  } >"$configuration"
  run_logged nginx-check "$prefix/usr/sbin/nginx" -t -e stderr -p "$prefix" -c "$configuration"
}

main() {
  local wanted downloads
  is_installed && return 0
  wanted=$({ printf '%s\n' "$prefix" && cat "$0"; } | sha256sum)
  [[ $(cat "$stamp" 2>/dev/null) != "$wanted" ]] || return 0
  require_apt "The tests need nginx with the module ngx_http_dav_ext: install it yourself and run this again."
  take_lock nginx
  [[ $(cat "$stamp" 2>/dev/null) != "$wanted" ]] || return 0
  install_own_packages "${libraries[@]}"
  downloads=$(mktemp --directory)
  # shellcheck disable=SC2064  # The folder is known now, and local.
  trap "rm -rf '$downloads'" EXIT
  download "$downloads"
  unpack "$downloads"
  check
  printf '%s\n' "$wanted" >"$stamp"
}

main
