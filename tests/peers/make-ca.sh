#!/bin/sh
# SPDX-FileCopyrightText: 2026 Linchpin contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make-ca.sh OUTDIR [EXTRA_DNS_NAME...]
#
# Makes a throw-away CA and the certificates the tests need. Files in OUTDIR:
#   ca.pem ca.key                   the CA to trust
#   server.pem server.key           good for every test name and 127.0.0.1 (chain: leaf + CA)
#   expired.pem expired.key         same names, ended yesterday
#   wrongname.pem wrongname.key     only valid for wrong.invalid
#   selfsigned.pem selfsigned.key   same names as server, but not from the CA
#   client.pem client.key           for SASL EXTERNAL: alice, alice@alpha.test
# Keys are P-256 so that this takes well under a second and handshakes are cheap.
# An existing OUTDIR/server.pem is kept, so calling it twice is harmless.
set -eu
[ $# -ge 1 ] || { echo "usage: make-ca.sh OUTDIR [EXTRA_DNS_NAME...]" >&2; exit 2; }
out=$1
shift
mkdir -p "$out"
[ -s "$out/server.pem" ] && exit 0
cd "$out"

names="DNS:localhost,IP:127.0.0.1,IP:::1"
for d in alpha.test beta.test irc.test sip.test peers.test proxy.test "$@"; do
    names="$names,DNS:$d,DNS:*.$d"
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: >"$work/index.txt"
cat >"$work/ca.cnf" <<EOF
[ca]
default_ca = d
[d]
new_certs_dir = $work
database = $work/index.txt
default_md = sha256
policy = p
unique_subject = no
rand_serial = yes
copy_extensions = none
[p]
commonName = supplied
[req]
distinguished_name = dn
prompt = no
[dn]
CN = unused
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth,clientAuth
subjectAltName = $names
[wrong]
basicConstraints = CA:false
extendedKeyUsage = serverAuth
subjectAltName = DNS:wrong.invalid
[client]
basicConstraints = CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
subjectAltName = email:alice@alpha.test,otherName:1.3.6.1.5.5.7.8.5;UTF8:alice@alpha.test
EOF

newkey() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; }
utc() { date -u -d "$1" +%Y%m%d%H%M%SZ; }

newkey ca.key
openssl req -x509 -config "$work/ca.cnf" -extensions root -new -key ca.key -sha256 \
    -subj "/CN=Loopback test CA" -days 3650 -out ca.pem

# issue NAME SECTION CN FROM UNTIL
issue() {
    newkey "$1.key"
    openssl req -config "$work/ca.cnf" -new -key "$1.key" -subj "/CN=$3" -out "$work/$1.csr"
    openssl ca -batch -notext -config "$work/ca.cnf" -cert ca.pem -keyfile ca.key \
        -extensions "$2" -startdate "$(utc "$4")" -enddate "$(utc "$5")" \
        -in "$work/$1.csr" -out "$work/$1.leaf" 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
    cat "$work/$1.leaf" ca.pem >"$1.pem"
}
issue server server localhost "-1 day" "+3600 days"
issue expired server localhost "-30 days" "-1 day"
issue wrongname wrong wrong.invalid "-1 day" "+3600 days"
issue client client alice "-1 day" "+3600 days"

newkey selfsigned.key
openssl req -x509 -config "$work/ca.cnf" -extensions server -new -key selfsigned.key -sha256 \
    -subj "/CN=localhost" -days 3650 -out selfsigned.pem
# The keys protect nothing; servers that drop privileges must be able to read them.
chmod 0644 ./*.key ./*.pem
