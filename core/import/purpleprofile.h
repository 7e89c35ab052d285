// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/import/importtypes.h"

namespace linchpin::purple {

/// The files of a Pidgin or Finch profile (`.purple`), as libpurple 2.14's account.c, blist.c,
/// prefs.c and savedstatuses.c write them; the options of "Office Communicator" accounts as
/// pidgin-sipe 1.25's purple-plugin-common.c. Pure: bytes in, values and notes out. XML that breaks
/// off is taken as far as it goes, with a note that names the line.

struct Proxy {
    QString type; ///< `none`, `http`, `socks4`, `socks5`, `tor`, `envvar`, `global`; empty = global
    QString host;
    QString port;
    QString login;
    QString password;
    friend bool operator==(const Proxy &, const Proxy &) = default;
};

/// The proxy of prefs.xml: /purple/proxy.
Proxy globalProxy(const QByteArray &prefs, const QString &file, QList<ImportNote> &notes);

/// accounts.xml. ImportedAccount::key is libpurple's: `prpl-jabber alice@alpha.test/Home`.
QList<ImportedAccount> accounts(
    const QByteArray &bytes, const QString &file, const Proxy &global, QList<ImportNote> &notes);

/// A chat of blist.xml that is entered at sign-in.
struct Autojoin {
    QString account;
    QString room;
    QString nick; ///< XMPP alone
    QString password;
    friend bool operator==(const Autojoin &, const Autojoin &) = default;
};
struct Blist {
    QList<ImportedContact> contacts;
    QList<Autojoin> rooms;
};
Blist blist(const QByteArray &xml, const QString &file, QList<ImportNote> &notes);

/// status.xml: those the user gave a name.
QList<SavedStatus> statuses(const QByteArray &bytes, const QString &file, QList<ImportNote> &notes);

/// `prpl-jabber alice@alpha.test/Home`
QString accountKey(const QString &protocol, const QString &name);

/// `sip`, `xmpp` or `irc` for `prpl-sipe`, `prpl-jabber` …; empty for the others.
QString protocolOf(const QString &prpl);

} // namespace linchpin::purple
