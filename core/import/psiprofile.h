// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/import/importtypes.h"

#include <optional>

namespace linchpin::psi {

/// accounts.xml (an options tree: `<accounts><a0><jid type="QString">…`) or the config.xml of Psi
/// before 0.11 (`<account><jid>…`): useraccount.cpp. ImportedAccount::key is the JID.
struct Accounts {
    QList<ImportedAccount> accounts;
    QMap<QString, QString> accountOf; ///< contact → account, of the cached rosters
};
Accounts accounts(const QByteArray &bytes, const QString &file, QList<ImportNote> &notes);

/// Psi hides passwords from a glance: every UTF-16 unit XORed with one of the JID's, four hex
/// digits each (common.cpp, decodePassword()). Empty for what is no such text.
QString decodedPassword(const QString &hidden, const QString &jid);

/// The contact of `bob_at_alpha.test.history` (jidutil.cpp, JIDUtil::decode()).
QString contactOfFile(const QString &baseName);

/// `|2012-03-06T19:13:10|1|from|N---|text`: edbflatfile.cpp, lineToEvent(). Times are the system's
/// zone's. Nothing for subscriptions, errors and broken lines.
std::optional<ImportedMessage> message(const QString &line);

} // namespace linchpin::psi
