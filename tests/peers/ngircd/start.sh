#!/bin/sh
# SPDX-FileCopyrightText: 2026 Linchpin contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# start.sh PORTBASE DATADIR: ngIRCd in the foreground.
#   +0 plain  +1 TLS
# A small RFC 2812 server: no services, no SASL, no accounts; PASS if PEER_IRC_PASSWORD is set.
# Operator: oper / oper-pw. MaxPenaltyTime = 0 switches off its flood delays.
# Environment: PEER_CERT (server, expired, wrongname, selfsigned), PEER_IRC_PASSWORD
. "$(dirname "$0")/../lib.sh"
need ngircd ngircd
peer_begin "$@"
render "$HERE/ngircd.conf.in" "$DATA/ngircd.conf" DATA="$DATA" CERT="${PEER_CERT:-server}" \
    PASSWORD="${PEER_IRC_PASSWORD:-}" CIPHERS="${PEER_TLS_CIPHERS:-SECURE128}" \
    P_PLAIN="$(port 0)" P_TLS="$(port 1)"
when_ready "$(port 0) $(port 1)"
run_unprivileged ngircd --nodaemon --config "$DATA/ngircd.conf" >"$DATA/ngircd.log" 2>&1
