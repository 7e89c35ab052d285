#!/bin/sh
# SPDX-FileCopyrightText: 2026 Linchpin contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# api.sh PORTBASE COMMAND JSON: calls ejabberd's HTTP admin API on loopback.
#   api.sh 21100 register '{"user":"dora","host":"beta.test","password":"dora-pw"}'
#   api.sh 21100 add_rosteritem '{"localuser":"dora","localhost":"beta.test","user":"alice",
#       "host":"beta.test","nick":"Alice","groups":["Friends"],"subs":"both"}'
#   api.sh 21100 kick_user '{"user":"dora","host":"beta.test"}'
set -eu
[ $# = 3 ] || { echo "usage: api.sh PORTBASE COMMAND JSON" >&2; exit 2; }
exec curl -sS --fail-with-body --noproxy '*' -H 'Content-Type: application/json' \
    -d "$3" "http://127.0.0.1:$(($1 + 3))/api/$2"
