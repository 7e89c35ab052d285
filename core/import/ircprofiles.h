// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/import/importtypes.h"

#include <QHash>

namespace linchpin {

/// `key=value` lines under `[group]` headings, as KConfig writes them (kconfigini.cpp): values with
/// `\n`, `\t`, `\\` and `\x20`; lists separated by commas. Pure; at most 100,000 lines.
class IniFile {
public:
    static IniFile parse(const QByteArray &bytes);

    QStringList groups() const { return m_order; } ///< in the file's order
    QString value(const QString &group, const QString &key, const QString &otherwise = {}) const;
    QStringList list(const QString &group, const QString &key) const;
    bool has(const QString &group) const { return m_groups.contains(group); }

private:
    QHash<QString, QHash<QString, QString>> m_groups;
    QStringList m_order;
};

namespace hexchat {

/// What holds for all networks, of hexchat.conf (`key = value`; cfgfiles.c).
struct Defaults {
    QStringList nicks;
    QString userName;
    QString realName;
    QString logMask; ///< `irc_logmask`
    QString proxyType; ///< net_proxy_type: 0 none, 1 Wingate, 2 SOCKS4, 3 SOCKS5, 4 HTTP, 5 system
    QString proxyHost;
    QString proxyPort;
    QString proxyLogin;
    QString proxyPassword;
};
Defaults defaults(const QByteArray &conf);

/// servlist.conf (servlist.c, servlist_load() and servlist_save()). The list has all networks
/// HexChat knows: those count which the user did something with (favourites, connected at start,
/// a nick or password of their own, in `used`). ImportedAccount::key is the network's name.
QList<ImportedAccount> accounts(const QByteArray &servlist, const QString &file,
    const Defaults &defaults, const QStringList &used, QList<ImportNote> &notes);

} // namespace hexchat

namespace konversation {

/// konversationrc: `[ServerGroup N]`, `[Server N]`, `[Channel N]`, `[Identity N]` (Application::
/// readOptions()). ImportedAccount::key is the network's name.
QList<ImportedAccount> accounts(
    const QByteArray &rc, const QString &file, QList<ImportNote> &notes);

} // namespace konversation

} // namespace linchpin
