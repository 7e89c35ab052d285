#!/bin/sh
# SPDX-FileCopyrightText: 2026 Linchpin contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# start.sh PORTBASE DATADIR: an MIT Kerberos KDC in the foreground.
#   +0 KDC (UDP and TCP)  +9 closed: where the realm NOBODY.TEST says its KDC is
# Environment:
#   PEER_KRB5_REALM     PEERS.TEST (default)
#   PEER_KRB5_SERVICES  principals whose keys go into DATADIR/service.keytab
#                       (sip/pool01.litwareinc.test HTTP/pool01.litwareinc.test)
#   PEER_USERS          NAME:PASSWORD ...; their keys go into DATADIR/client.keytab
# Use it:  . DATADIR/env.sh;  kinit -k -t DATADIR/client.keytab alice
. "$(dirname "$0")/../lib.sh"
need krb5kdc krb5-kdc
need kdb5_util krb5-kdc
need kadmin.local krb5-admin-server
peer_begin "$@"
realm=${PEER_KRB5_REALM:-PEERS.TEST}
render "$HERE/krb5.conf.in" "$DATA/krb5.conf" DATA="$DATA" REALM="$realm" P_KDC="$(port 0)" \
    P_CLOSED="$(port 9)"
render "$HERE/kdc.conf.in" "$DATA/kdc.conf" DATA="$DATA" REALM="$realm" P_KDC="$(port 0)"
: >"$DATA/kadm5.acl"
cat >"$DATA/env.sh" <<END
export KRB5_CONFIG='$DATA/krb5.conf'
export KRB5CCNAME='FILE:$DATA/ccache'
export KRB5_KTNAME='FILE:$DATA/service.keytab'
export KRB5_CLIENT_KTNAME='FILE:$DATA/client.keytab'
END
. "$DATA/env.sh"
export KRB5_KDC_PROFILE="$DATA/kdc.conf"

if [ ! -e "$DATA/principal" ]; then
    kdb5_util -r "$realm" create -s -P master-pw >"$DATA/create.log" 2>&1 ||
        { cat "$DATA/create.log" >&2; exit 1; }
    {
        for u in $PEER_USERS; do
            echo "addprinc +requires_preauth -pw ${u#*:} ${u%%:*}"
            echo "ktadd -norandkey -k $DATA/client.keytab ${u%%:*}"
        done
        echo "addprinc -pw locked-pw -allow_tix locked"
        for s in ${PEER_KRB5_SERVICES:-sip/pool01.litwareinc.test HTTP/pool01.litwareinc.test}; do
            echo "addprinc -randkey $s"
            echo "ktadd -k $DATA/service.keytab $s"
        done
    } | kadmin.local -r "$realm" >>"$DATA/create.log" 2>&1
fi
when_ready "$(port 0)"
exec krb5kdc -n -r "$realm" >"$DATA/start.log" 2>&1
