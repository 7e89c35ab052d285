// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/chat/servicesecrets.h"

#include "core/sdk/logging.h"

#include <QStringList>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

/// One line as it goes to a service over the wire is what the rules of the wire log know.
QString lineToKeep(const QString &with, const QString &line)
{
    const QByteArray head = "PRIVMSG " + with.section(u' ', 0, 0).toUtf8() + " :";
    const QByteArray wire = head + line.toUtf8();
    const QByteArray kept = redact(wire);
    return kept == wire || !kept.startsWith(head) ? line
                                                  : QString::fromUtf8(kept.sliced(head.size()));
}

QString textToKeep(const QString &with, const QString &text)
{
    QStringList lines = text.split(u'\n');
    for (QString &line : lines) {
        line = lineToKeep(with, line);
    }
    return lines.join(u'\n');
}

} // namespace

RichText withoutServiceSecrets(const QString &with, const RichText &body)
{
    const QString kept = textToKeep(with, body.plain());
    return kept == body.plain() ? body : RichText::fromPlain(kept);
}

QString draftToKeep(const QString &with, const QString &draft)
{
    if (!draft.startsWith(u'/')) {
        return textToKeep(with, draft) == draft ? draft : QString();
    }
    const QString command = draft.section(u' ', 0, 0).toLower();
    const QString rest = draft.section(u' ', 1);
    if (command == "/join"_L1 || command == "/j"_L1) {
        return draft.section(u' ', 0, 1); // the password stands behind the room
    }
    const QString to = rest.section(u' ', 0, 0);
    const QByteArray wire = draft.sliced(1).toUtf8();
    const bool hides = textToKeep(to, rest.section(u' ', 1)) != rest.section(u' ', 1)
        || redact(wire) != wire || redact(rest.toUtf8()) != rest.toUtf8();
    return hides ? QString() : draft;
}

} // namespace linchpin
