# SPDX-FileCopyrightText: 2026 Linchpin contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2034 # the variables are for those who source this
#
# What ./dev and the scripts share. To be sourced, not run.

set -euo pipefail

scripts=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
checkout=${scripts%/*}
cache=${LINCHPIN_CACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/linchpin}

say() { printf 'dev: %s\n' "$*" >&2; }

die() {
  printf 'dev: %s\n' "$*" >&2
  exit 1
}

have() { command -v -- "$1" >/dev/null 2>&1; }

# The names in a list of packages.
packages_of() { sed 's/#.*//' "$1"; }

is_root() { [ "$(id -u)" = 0 ]; }

# May this process make a mount namespace (as root)?
can_mount() { unshare -m true >/dev/null 2>&1; }

# May an ordinary user become root of a namespace of their own, and also of one
# with more users than themselves (which newuidmap of the package uidmap allows)?
can_use_user_namespace() { unshare -Urm true >/dev/null 2>&1; }

can_map_users() {
  local name
  name=$(id -un)
  have newuidmap && can_use_user_namespace &&
    grep -qsE "^($name|$UID):" /etc/subuid && grep -qsE "^($name|$UID):" /etc/subgid &&
    unshare -Um --map-root-user --map-auto true >/dev/null 2>&1
}

# Run a command as root: directly or with sudo.
as_root() {
  if is_root; then
    "$@"
  elif have sudo; then
    sudo -- "$@"
  else
    die "this needs root, and there is no sudo: $*"
  fi
}

# Install packages into the system itself by apt.
install_on_system() {
  local lists=/var/lib/apt/lists
  if ! compgen -G "$lists/*_Packages*" >/dev/null; then
    retry as_root apt-get update -qq >&2
  fi
  apt_install_on_system "$@" && return
  retry as_root apt-get update -qq >&2
  apt_install_on_system "$@"
}

apt_install_on_system() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends -o DPkg::Lock::Timeout=300 "$@" </dev/null >&2
}

# Try a command up to three times: the network has bad moments.
retry() {
  local n
  for n in 1 2; do
    "$@" && return
    say "that failed; trying again in $((n * 5)) seconds"
    sleep $((n * 5))
  done
  "$@"
}
