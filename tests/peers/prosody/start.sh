#!/bin/sh
# SPDX-FileCopyrightText: 2026 Linchpin contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# start.sh PORTBASE DATADIR: Prosody in the foreground.
#   +0 c2s (STARTTLS)  +1 c2s (TLS from the start)  +2 s2s  +3 HTTP: BOSH, websocket
#   +4 HTTPS: also file upload  +5 component (secret: crowd-secret)  +6 proxy65
# Environment:
#   PEER_XMPP_DOMAIN   alpha.test (default); beta.test for the second server of an s2s pair
#   PEER_DNS_PORT      the test DNS server, for s2s (default 1: every lookup fails)
#   PEER_CERT          server (default), expired, wrongname or selfsigned
#   PEER_XMPP_PLAIN=1  allow logins without TLS
#   PEER_XMPP_AUTH     internal_plain (default), internal_hashed, anonymous, ccert
#   PEER_XMPP_EXTRA    more modules, e.g. "sasl2 sasl2_bind2 sasl2_sm sasl2_fast" (prosody-modules)
#   PEER_USERS         NAME:PASSWORD ...
# Roster with N contacts: see roster.py.
. "$(dirname "$0")/../lib.sh"
need prosody prosody
peer_begin "$@"

extra=
for m in ${PEER_XMPP_EXTRA:-}; do extra="$extra\"$m\", "; done
tls=true
[ -z "${PEER_XMPP_PLAIN:-}" ] || tls=false
domain=${PEER_XMPP_DOMAIN:-alpha.test}

render "$HERE/prosody.cfg.lua.in" "$DATA/prosody.cfg.lua" \
    DATA="$DATA" DOMAIN="$domain" CERT="${PEER_CERT:-server}" REQUIRE_TLS="$tls" EXTRA="$extra" \
    AUTH="${PEER_XMPP_AUTH:-internal_plain}" LOGLEVEL="${PEER_LOGLEVEL:-info}" \
    P_C2S="$(port 0)" P_C2S_TLS="$(port 1)" P_S2S="$(port 2)" P_HTTP="$(port 3)" \
    P_HTTPS="$(port 4)" P_COMPONENT="$(port 5)" P_PROXY65="$(port 6)" P_DNS="${PEER_DNS_PORT:-1}"

mkdir -p "$DATA/store"
for u in $PEER_USERS; do
    python3 "$HERE/roster.py" --store "$DATA/store" --domain "$domain" user "${u%%:*}" "${u#*:}"
done
when_ready "$(port 0) $(port 1) $(port 2) $(port 3) $(port 4) $(port 5) $(port 6)"
exec prosody --config "$DATA/prosody.cfg.lua" -F
