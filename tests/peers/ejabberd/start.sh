#!/bin/sh
# SPDX-FileCopyrightText: 2026 Linchpin contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# start.sh PORTBASE DATADIR: ejabberd in the foreground, without epmd or distribution.
#   +0 c2s (STARTTLS)  +1 c2s (TLS from the start)  +2 s2s  +3 HTTP: admin API, BOSH, websocket
#   +4 HTTPS: file upload  +5 component (secret: crowd-secret)
# Environment:
#   PEER_XMPP_DOMAIN   beta.test (default)
#   PEER_DNS_PORT      the test DNS server, for s2s (default 1: every lookup fails)
#   PEER_CERT          server (default), expired, wrongname or selfsigned
#   PEER_XMPP_PLAIN=1  allow logins without TLS
#   PEER_XMPP_PWFORMAT plain (default: SCRAM-SHA-1/256/512 all offered) or scram (SHA-1 only)
#   PEER_USERS         NAME:PASSWORD ...
# More users while it runs: see api.sh.
. "$(dirname "$0")/../lib.sh"
need ejabberdctl ejabberd
need erl erlang-base
need curl curl
peer_begin "$@"

tls=true
[ -z "${PEER_XMPP_PLAIN:-}" ] || tls=false
domain=${PEER_XMPP_DOMAIN:-beta.test}
cert=${PEER_CERT:-server}
cat "$DATA/tls/$cert.pem" "$DATA/tls/$cert.key" >"$DATA/tls/ejabberd.pem"
mkdir -p "$DATA/spool" "$DATA/upload"

render "$HERE/ejabberd.yml.in" "$DATA/ejabberd.yml" \
    DATA="$DATA" DOMAIN="$domain" REQUIRE_TLS="$tls" LOGLEVEL="${PEER_LOGLEVEL:-warning}" \
    PWFORMAT="${PEER_XMPP_PWFORMAT:-plain}" \
    P_C2S="$(port 0)" P_C2S_TLS="$(port 1)" P_S2S="$(port 2)" P_HTTP="$(port 3)" \
    P_HTTPS="$(port 4)" P_COMPONENT="$(port 5)"

# Erlang's own resolver, pointed at the test DNS server, for s2s SRV lookups.
cat >"$DATA/inetrc" <<EOF
{resolv_conf, ""}.
{hosts_file, ""}.
{nameserver, {127,0,0,1}, ${PEER_DNS_PORT:-1}}.
{lookup, [dns, native]}.
EOF

add_users() {
    for u in $PEER_USERS; do
        sh "$HERE/api.sh" "$PORTBASE" register \
            "{\"user\":\"${u%%:*}\",\"host\":\"$domain\",\"password\":\"${u#*:}\"}" || return 1
    done
}
when_ready "$(port 0) $(port 1) $(port 2) $(port 3) $(port 4) $(port 5)" add_users

# What ejabberdctl would set, without its switch to the system user.
ERL_LIBS=$(sed -n "s/^ERL_LIBS='\(.*\)'/\1/p" "$(command -v ejabberdctl)")
export ERL_LIBS
export ERL_INETRC="$DATA/inetrc"
export EJABBERD_CONFIG_PATH="$DATA/ejabberd.yml"
export EJABBERD_LOG_PATH="$DATA/ejabberd.log"
export ERL_CRASH_DUMP="$DATA/erl_crash.dump"
export HOME="$DATA"
cd "$DATA/spool"
exec erl +sbwt none +sbwtdcpu none +sbwtdio none +S 2 +P 65536 -noinput \
    -mnesia dir "\"$DATA/spool\"" -ejabberd quiet true -s ejabberd
