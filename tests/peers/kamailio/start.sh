#!/bin/sh
# SPDX-FileCopyrightText: 2026 Linchpin contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# start.sh PORTBASE DATADIR: Kamailio in the foreground: SIP registrar, SIMPLE presence
# (PUBLISH, SUBSCRIBE/NOTIFY, PIDF) and MESSAGE relay for the domain sip.test.
#   +0 UDP and TCP  +1 TLS
# Users come from PEER_USERS, realm sip.test, Digest. Every watcher is accepted, unless
# PEER_SIP_PENDING=1: then all of them wait for ever. PEER_SIP_ONCE=1: every nonce is good for
# one request, so that everything is challenged.
# No OCS/Lync extensions: it serves plain SIP/SIMPLE clients and transport tests only.
# Environment: PEER_USERS, PEER_CERT, PEER_SIP_ALGORITHM (MD5 or SHA-256), PEER_LOGLEVEL (0..3)
. "$(dirname "$0")/../lib.sh"
need kamailio kamailio
need python3 python3
peer_begin "$@"
sql=/usr/share/kamailio/db_sqlite
mods=
for d in /usr/lib/*/kamailio/modules /usr/lib/kamailio/modules; do [ ! -d "$d" ] || mods=$d; done
for f in presence:kamailio-presence-modules tls:kamailio-tls-modules db_sqlite:kamailio-sqlite-modules; do
    [ -e "$mods/${f%%:*}.so" ] || { echo "$0: install the Debian package ${f#*:}" >&2; exit 77; }
done

users=
for u in $PEER_USERS; do
    users="$users	\$sht(users=>${u%%:*}) = \"${u#*:}\"; "
done
render "$HERE/tls.cfg.in" "$DATA/tls.cfg" DATA="$DATA" CERT="${PEER_CERT:-server}"
render "$HERE/kamailio.cfg.in" "$DATA/kamailio.cfg" DATA="$DATA" USERS="$users" \
    DEBUG="${PEER_LOGLEVEL:-1}" ALGORITHM="${PEER_SIP_ALGORITHM:-MD5}" \
    ACTIVE="$((1 - ${PEER_SIP_PENDING:-0}))" ONCE="${PEER_SIP_ONCE:-0}" \
    P_SIP="$(port 0)" P_TLS="$(port 1)"
rm -f "$DATA/presence.db"
python3 - "$DATA/presence.db" "$sql/standard-create.sql" "$sql/presence-create.sql" <<'EOF'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
for name in sys.argv[2:]:
    db.executescript(open(name, encoding="utf-8").read())
EOF
mkdir -p "$DATA/run"
when_ready "$(port 0) $(port 1)"
# -D: stays in the foreground with its worker processes; -m/-M: shared and private MiB.
exec kamailio -DD -E -m 32 -M 4 -Y "$DATA/run" -f "$DATA/kamailio.cfg" >"$DATA/kamailio.log" 2>&1
