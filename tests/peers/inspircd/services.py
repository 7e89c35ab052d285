#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 Linchpin contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""services.py LINKPORT ACCOUNTS_JSON READYFILE

A small services server for InspIRCd 4 (spanning-tree protocol 1206), because
Debian 13's Atheme and Anope speak only older versions of that protocol.

SASL: PLAIN, EXTERNAL (client certificate fingerprints), SCRAM-SHA-256 and
SCRAM-SHA-512. NickServ: IDENTIFY [ACCOUNT] PASSWORD, REGISTER PASSWORD [EMAIL],
CERT ADD [FINGERPRINT], LOGOUT. Accounts live in memory; ACCOUNTS_JSON is
{"name": {"password": "...", "certs": ["fingerprint", ...]}}.
Ends when the link ends. READYFILE is created once linked.
"""
import base64
import hashlib
import hmac
import json
import os
import socket
import sys
import time

SID, NAME, SECRET = "9SV", "services.irc.test", "link-secret"
NICKSERV = SID + "AAAAAA"
ROUNDS = 4096
CHUNK = 400  # SASL data travels in pieces of at most 400 base64 characters


class Scram:
    """Server side of RFC 5802 / RFC 7677 for one login."""

    def __init__(self, hash_name, accounts):
        self.hash, self.accounts, self.step = hash_name, accounts, 0

    def _hmac(self, key, data):
        return hmac.new(key, data, self.hash).digest()

    def feed(self, data):
        """Returns (account or None, reply bytes or None, failed)."""
        text = data.decode()
        if self.step == 0:
            self.step = 1
            flag, _authzid, self.first_bare = text.split(",", 2)
            fields = dict(f.split("=", 1) for f in self.first_bare.split(","))
            self.account = fields["n"].replace("=2C", ",").replace("=3D", "=")
            entry = self.accounts.get(self.account.lower())
            if flag[0] == "p" or entry is None:
                return None, None, True
            self.gs2 = text[:len(text) - len(self.first_bare)]
            self.nonce = fields["r"] + base64.b64encode(os.urandom(12)).decode()
            salt = hashlib.sha256(self.account.lower().encode()).digest()[:16]
            self.salted = hashlib.pbkdf2_hmac(self.hash, entry["password"].encode(), salt, ROUNDS)
            self.first = "r=%s,s=%s,i=%d" % (self.nonce, base64.b64encode(salt).decode(), ROUNDS)
            return None, self.first.encode(), False
        if self.step == 1:
            self.step = 2
            without_proof, proof = text.rsplit(",p=", 1)
            fields = dict(f.split("=", 1) for f in without_proof.split(","))
            message = ",".join((self.first_bare, self.first, without_proof)).encode()
            client_key = self._hmac(self.salted, b"Client Key")
            stored = hashlib.new(self.hash, client_key).digest()
            signature = self._hmac(stored, message)
            expected = bytes(a ^ b for a, b in zip(client_key, signature))
            channel = base64.b64encode(self.gs2.encode()).decode()
            if fields["r"] != self.nonce or fields["c"] != channel \
                    or not hmac.compare_digest(expected, base64.b64decode(proof)):
                return None, None, True
            server_key = self._hmac(self.salted, b"Server Key")
            verifier = base64.b64encode(self._hmac(server_key, message))
            return None, b"v=" + verifier, False
        return self.account, None, False  # the client's empty last message


class Plain:
    def __init__(self, accounts):
        self.accounts = accounts

    def feed(self, data):
        _authzid, name, password = data.decode().split("\0")
        entry = self.accounts.get(name.lower())
        ok = entry is not None and entry["password"] == password
        return (name, None, False) if ok else (None, None, True)


class External:
    def __init__(self, accounts, prints):
        self.accounts, self.prints = accounts, prints

    def feed(self, _data):
        for name, entry in self.accounts.items():
            if set(entry.get("certs", ())) & set(self.prints):
                return name, None, False
        return None, None, True


class Services:
    MECHANISMS = "EXTERNAL,PLAIN,SCRAM-SHA-256,SCRAM-SHA-512"

    def __init__(self, port, accounts, ready):
        self.accounts, self.ready = accounts, ready
        self.logins = {}    # user id -> [mechanism, base64 received so far]
        self.accounts_of = {}
        self.prints = {}
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.file = self.sock.makefile("rb")

    def send(self, text):
        self.sock.sendall(text.encode() + b"\n")

    def run(self):
        self.send("CAPAB START 1206")
        self.send("CAPAB END")
        self.send("SERVER %s %s %s :Loopback test services" % (NAME, SECRET, SID))
        for raw in self.file:
            line = raw.decode("utf-8", "replace").rstrip("\r\n")
            if line.startswith("@"):
                line = line.split(" ", 1)[1]
            source = ""
            if line.startswith(":"):
                source, line = line[1:].split(" ", 1)
            head, colon, tail = line.partition(" :")
            words = head.split(" ") + ([tail] if colon else [])
            handler = getattr(self, "on_" + words[0].lower(), None)
            if handler:
                handler(source, words[1:])

    def on_server(self, source, _args):
        if source:
            return
        now = int(time.time())
        self.send(":%s BURST %d" % (SID, now))
        self.send(":%s UID %s %d NickServ services.irc.test services.irc.test NickServ NickServ "
                  "127.0.0.1 %d +io services :Nickname services" % (SID, NICKSERV, now, now))
        self.send(":%s METADATA * saslmechlist :%s" % (SID, self.MECHANISMS))
        self.send(":%s ENDBURST" % SID)

    def on_endburst(self, _source, _args):
        with open(self.ready, "w", encoding="ascii"):
            pass

    def on_ping(self, source, args):
        self.send(":%s PONG %s" % (SID, source or args[0]))

    def on_error(self, _source, args):
        sys.exit("link refused: " + " ".join(args))

    def on_metadata(self, _source, args):
        if len(args) > 2 and args[1] == "ssl_cert":
            # "<flags> <fingerprint>[,<fingerprint>...] <dn> <issuer>"
            self.prints[args[0]] = args[2].split(" ")[1].split(",") if " " in args[2] else []

    def on_quit(self, source, _args):
        self.logins.pop(source, None)
        self.accounts_of.pop(source, None)
        self.prints.pop(source, None)

    # --- SASL -----------------------------------------------------------------
    def on_encap(self, _source, args):
        if len(args) < 5 or args[1] != "SASL":
            return
        user, kind, rest = args[2], args[4], args[5:]
        if kind == "S":
            name = rest[0].upper()
            if name == "PLAIN":
                mechanism = Plain(self.accounts)
            elif name == "EXTERNAL":
                mechanism = External(self.accounts, [p.lower() for p in rest[1:]])
            elif name in ("SCRAM-SHA-256", "SCRAM-SHA-512"):
                mechanism = Scram("sha" + name[-3:], self.accounts)
            else:
                self.sasl(user, "M", self.MECHANISMS)
                self.sasl(user, "D", "F")
                return
            self.logins[user] = [mechanism, ""]
            self.sasl(user, "C", "+")
        elif kind == "C" and user in self.logins:
            login = self.logins[user]
            if rest[0] != "+":
                login[1] += rest[0]
            if len(rest[0]) == CHUNK:
                return
            data, login[1] = login[1], ""
            try:
                account, reply, failed = login[0].feed(base64.b64decode(data))
            except (ValueError, KeyError, IndexError):
                account, reply, failed = None, None, True
            if reply is not None:
                self.sasl(user, "C", base64.b64encode(reply).decode())
            elif account is not None:
                del self.logins[user]
                self.login(user, account)
                self.sasl(user, "D", "S")
            elif failed:
                del self.logins[user]
                self.sasl(user, "D", "F")
        elif kind == "D":
            self.logins.pop(user, None)

    def sasl(self, user, kind, data):
        self.send(":%s ENCAP %s SASL %s %s %s %s" % (SID, user[:3], NICKSERV, user, kind, data))

    def login(self, user, account):
        self.accounts_of[user] = account
        self.send(":%s METADATA %s accountname :%s" % (SID, user, account))

    # --- NickServ --------------------------------------------------------------
    def on_uid(self, _source, args):
        self.accounts_of.setdefault("nick:" + args[0], args[2])

    def on_nick(self, source, args):
        self.accounts_of["nick:" + source] = args[0]

    def on_privmsg(self, source, args):
        if args[0] == NICKSERV:
            self.nickserv(source, args[1])

    def on_squery(self, source, args):
        self.on_privmsg(source, args)

    def nickserv(self, user, text):
        words = text.split()
        nick = self.accounts_of.get("nick:" + user, "?")
        verb = words[0].upper() if words else ""
        if verb == "IDENTIFY" and len(words) in (2, 3):
            account = words[1] if len(words) == 3 else nick
            entry = self.accounts.get(account.lower())
            if entry is None:
                said = account + " is not a registered nickname."
            elif entry["password"] != words[-1]:
                said = "Invalid password for %s." % account
            else:
                self.login(user, account)
                said = "You are now identified for %s." % account
        elif verb == "REGISTER" and len(words) >= 2:
            if nick.lower() in self.accounts:
                said = nick + " is already registered."
            else:
                self.accounts[nick.lower()] = {"password": words[1], "certs": []}
                self.login(user, nick)
                said = nick + " is now registered."
        elif verb == "CERT" and len(words) >= 2 and words[1].upper() == "ADD":
            prints = [p.lower() for p in words[2:]] or self.prints.get(user, [])
            account = self.accounts_of.get(user, "").lower()
            if account in self.accounts and prints:
                self.accounts[account].setdefault("certs", []).extend(prints)
                said = "Added fingerprint %s." % prints[0]
            else:
                said = "You are not identified, or have no certificate."
        elif verb == "LOGOUT":
            self.accounts_of.pop(user, None)
            self.send(":%s METADATA %s accountname :" % (SID, user))
            said = "You have been logged out."
        else:
            said = "Commands: IDENTIFY, REGISTER, CERT ADD, LOGOUT."
        self.send(":%s NOTICE %s :%s" % (NICKSERV, user, said))


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    with open(sys.argv[2], encoding="utf-8") as f:
        accounts = {name.lower(): entry for name, entry in json.load(f).items()}
    Services(int(sys.argv[1]), accounts, sys.argv[3]).run()


if __name__ == "__main__":
    main()
