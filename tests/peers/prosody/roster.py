#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 Linchpin contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write accounts and rosters straight into a Prosody data directory.

    roster.py --store DATADIR/store --domain alpha.test user NAME PASSWORD
    roster.py --store DATADIR/store --domain alpha.test contacts NAME COUNT
              [--at crowd.alpha.test] [--groups 20] [--mutual]

'contacts' gives NAME a roster of COUNT contacts c00000@AT, c00001@AT, ..., all
subscribed both ways, spread over groups. With --mutual (for AT = domain) the
contacts become real accounts, password "pw", each with NAME in its roster.
Do it before the server starts or while NAME is logged out for good: Prosody
caches rosters. About 1 s for 50,000 contacts.
"""
import argparse
import os


def encode(text):
    """Prosody's file-name encoding: everything but ASCII letters and digits as %hh."""
    return "".join(chr(b) if chr(b).isascii() and chr(b).isalnum() else "%%%02x" % b
                   for b in text.encode())


def lua(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def write(args, store, name, body):
    folder = os.path.join(args.store, encode(args.domain), store)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, encode(name) + ".dat"), "w", encoding="utf-8") as f:
        f.write("return {\n" + body + "};\n")


def user(args, name, password):
    write(args, "accounts", name, '\t["password"] = %s;\n' % lua(password))


def item(jid, name, group):
    return ('\t[%s] = { ["subscription"] = "both"; ["name"] = %s; ["groups"] = { [%s] = true; }; };\n'
            % (lua(jid), lua(name), lua(group)))


HEAD = '\t[false] = { ["version"] = 1; ["pending"] = {}; };\n'


def contacts(args):
    at = args.at or "crowd." + args.domain
    rows = [HEAD]
    for i in range(args.count):
        nick = "c%05d" % i
        rows.append(item(nick + "@" + at, "Contact %05d" % i, "Group %02d" % (i % args.groups)))
        if args.mutual:
            user(args, nick, "pw")
            write(args, "roster", nick, HEAD + item(args.name + "@" + args.domain, args.name, "Friends"))
    write(args, "roster", args.name, "".join(rows))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--store", required=True)
    p.add_argument("--domain", default="alpha.test")
    sub = p.add_subparsers(dest="what", required=True)
    u = sub.add_parser("user")
    u.add_argument("name")
    u.add_argument("password")
    c = sub.add_parser("contacts")
    c.add_argument("name")
    c.add_argument("count", type=int)
    c.add_argument("--at")
    c.add_argument("--groups", type=int, default=20)
    c.add_argument("--mutual", action="store_true")
    args = p.parse_args()
    if args.what == "user":
        user(args, args.name, args.password)
    else:
        contacts(args)


if __name__ == "__main__":
    main()
