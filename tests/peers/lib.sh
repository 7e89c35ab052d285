# SPDX-FileCopyrightText: 2026 Linchpin contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Common functions for the loopback test servers. POSIX sh; sourced, not run.
#
#   . "$(dirname "$0")/../lib.sh"
#   peer_begin "$@"              # checks PORTBASE DATADIR, makes DATADIR and its TLS files
#
# Every start.sh runs its server in the foreground as the calling user, binds
# to 127.0.0.1 only, writes only under DATADIR and creates DATADIR/ready when
# the server answers and its users exist. SIGTERM to start.sh's pid stops it.
# Exit status 77 means "the Debian package is not installed" (ctest: set
# SKIP_RETURN_CODE to 77).

set -eu

# NAME:PASSWORD pairs every server is given, unless the caller sets PEER_USERS.
: "${PEER_USERS:=alice:alice-pw bob:bob-pw carol:carol-pw}"

peer_die() { echo "$0: $*" >&2; exit 1; }

# need COMMAND PACKAGE: exit 77 when the command is missing.
need() {
    command -v "$1" >/dev/null 2>&1 && return 0
    echo "$0: $1 not found; install the Debian package $2" >&2
    exit 77
}

peer_begin() {
    PATH=$PATH:/usr/sbin:/sbin
    [ $# -ge 2 ] || peer_die "usage: start.sh PORTBASE DATADIR"
    case $1 in ''|*[!0-9]*) peer_die "PORTBASE must be a number" ;; esac
    [ "$1" -ge 1 ] && [ "$1" -le 65500 ] || peer_die "PORTBASE must be 1..65500"
    PORTBASE=$1
    HERE=$(cd "$(dirname "$0")" && pwd)
    mkdir -p "$2"
    DATA=$(cd "$2" && pwd)
    chmod 0755 "$DATA"
    rm -f "$DATA/ready"
    need openssl openssl
    peer_tls
}

# TLS files in DATADIR/tls: copied from PEER_CA_DIR (one CA for several
# servers, made once with make-ca.sh) or made here.
peer_tls() {
    [ -s "$DATA/tls/server.pem" ] && return 0
    if [ -n "${PEER_CA_DIR:-}" ]; then
        mkdir -p "$DATA/tls"
        cp "$PEER_CA_DIR"/*.pem "$PEER_CA_DIR"/*.key "$DATA/tls/"
    else
        sh "$HERE/../make-ca.sh" "$DATA/tls"
    fi
}

port() { echo $((PORTBASE + $1)); }

# render TEMPLATE RESULT NAME=VALUE...: replaces @NAME@ in a template.
render() {
    _src=$1 _dst=$2
    shift 2
    _prog=
    for _pair in "$@"; do
        _value=$(printf %s "${_pair#*=}" | sed 's/[&|\\]/\\&/g')
        _prog="$_prog;s|@${_pair%%=*}@|$_value|g"
    done
    sed "${_prog#;}" "$_src" >"$_dst"
    if grep -n '@[A-Z][A-Z0-9_]*@' "$_dst" >&2; then
        peer_die "unset placeholder in $_dst"
    fi
}

# wait_tcp PORT [SECONDS]: until something listens on 127.0.0.1:PORT.
# Reads the kernel's table, so the server sees no probe connections.
wait_tcp() {
    _hex=$(printf '%04X' "$1")
    _left=$((${2:-60} * 20))
    while [ "$_left" -gt 0 ]; do
        awk -v p=":$_hex" '$4 == "0A" && substr($2, length($2) - 4) == p { f = 1 } END { exit !f }' \
            /proc/net/tcp /proc/net/tcp6 2>/dev/null && return 0
        kill -0 $$ 2>/dev/null || return 1 # the server itself has gone
        sleep 0.05
        _left=$((_left - 1))
    done
    return 1
}

# when_ready "PORT..." [COMMAND...]: in the background, waits for all the ports,
# runs COMMAND (creating users, say) and then creates DATADIR/ready. Forked twice, so
# that it is no child of the server that start.sh becomes: Kamailio ends when an
# unknown child of its own ends, and others leave a zombie.
when_ready() {
    ( (
        _ports=$1
        shift
        for _port in $_ports; do
            wait_tcp "$_port" 90 || { echo "does not listen on $_port" >&2; exit 1; }
        done
        if [ $# -gt 0 ]; then "$@" || exit 1; fi
        : >"$DATA/ready"
    ) >"$DATA/ready.log" 2>&1 & )
}

# For servers that refuse to run as root: when root, hand DATADIR to an
# unprivileged user and run the command as that user.
run_unprivileged() {
    if [ "$(id -u)" != 0 ]; then exec "$@"; fi
    chown -R "${PEER_RUN_USER:=nobody}" "$DATA"
    need setpriv util-linux
    exec setpriv --reuid "$PEER_RUN_USER" --regid "$(id -g "$PEER_RUN_USER")" --clear-groups "$@"
}
