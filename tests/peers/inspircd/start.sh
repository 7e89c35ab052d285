#!/bin/sh
# SPDX-FileCopyrightText: 2026 Linchpin contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# start.sh PORTBASE DATADIR: InspIRCd in the foreground: the IRCv3 server, with accounts.
#   +0 plain (also STARTTLS)  +1 TLS  +2 services link  +3 WebSocket
# services.py links to it and ends with it: SASL PLAIN, EXTERNAL, SCRAM-SHA-256/512, NickServ.
# The test CA's client.pem belongs to account alice for EXTERNAL.
# Operator: oper / oper-pw. All flood limits are off.
# Environment:
#   PEER_USERS         NAME:PASSWORD ...; PEER_IRC_SASL=0 leaves services.py out
#   PEER_CERT          server (default), expired, wrongname, selfsigned
#   PEER_IRC_PASSWORD  connection password (PASS)
. "$(dirname "$0")/../lib.sh"
need inspircd inspircd
need python3 python3
peer_begin "$@"
mkdir -p "$DATA/data"
render "$HERE/inspircd.conf.in" "$DATA/inspircd.conf" DATA="$DATA" CERT="${PEER_CERT:-server}" \
    PASSWORD="${PEER_IRC_PASSWORD:-}" \
    P_PLAIN="$(port 0)" P_TLS="$(port 1)" P_LINK="$(port 2)" P_WS="$(port 3)"

print=$(openssl x509 -in "$DATA/tls/client.pem" -noout -fingerprint -sha256 |
    sed 's/.*=//; s/://g' | tr 'A-F' 'a-f')
{
    printf '{'
    sep=
    for u in $PEER_USERS; do
        certs=
        [ "${u%%:*}" != alice ] || certs="\"$print\""
        printf '%s"%s": {"password": "%s", "certs": [%s]}' "$sep" "${u%%:*}" "${u#*:}" "$certs"
        sep=', '
    done
    printf '}\n'
} >"$DATA/accounts.json"

link_services() {
    [ "${PEER_IRC_SASL:-1}" != 0 ] || return 0
    rm -f "$DATA/linked"
    python3 "$HERE/services.py" "$(port 2)" "$DATA/accounts.json" "$DATA/linked" \
        >"$DATA/services.log" 2>&1 &
    until [ -e "$DATA/linked" ]; do
        kill -0 $! 2>/dev/null || { cat "$DATA/services.log" >&2; return 1; }
        sleep 0.02
    done
}
when_ready "$(port 0) $(port 1) $(port 2) $(port 3)" link_services
root=
[ "$(id -u)" != 0 ] || root=--runasroot
# shellcheck disable=SC2086
exec inspircd --config "$DATA/inspircd.conf" --nofork --nopid $root >"$DATA/start.log" 2>&1
