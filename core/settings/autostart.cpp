// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/settings/autostart.h"

#include "core/settings/atomicfile.h"

#include <QCoreApplication>
#include <QFile>
#include <QStandardPaths>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr qint64 kLargestEntry = qint64 { 64 } << 10;

/// One argument between quotes. A reserved character takes a backslash inside of them, a percent
/// sign is doubled; and since the value is a string, each backslash is written as two.
QString quoted(const QString &argument)
{
    QString result = u"\""_s;
    for (const QChar c : argument) {
        if (c == u'"' || c == u'`' || c == u'$') {
            result += u"\\\\"_s;
        } else if (c == u'\\') {
            result += u"\\\\\\"_s;
        } else if (c == u'%') {
            result += u'%';
        }
        result += c;
    }
    return result + u'"';
}

} // namespace

QByteArray autostartEntry(const QStringList &command)
{
    QStringList words;
    for (const QString &argument : command) {
        words.append(quoted(argument));
    }
    return "[Desktop Entry]\nType=Application\nVersion=1.5\nName=Linchpin\nExec="
        + words.join(u' ').toUtf8()
        + "\nIcon=org.linchpin.Linchpin\nTerminal=false\nX-GNOME-Autostart-enabled=true\n";
}

Autostart::Autostart(QString folder)
    : m_folder(std::move(folder))
{
}

Autostart Autostart::ofUser()
{
    return Autostart(
        QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) + u"/autostart"_s);
}

QString Autostart::fileName() const
{
    return m_folder + u"/org.linchpin.Linchpin.desktop"_s;
}

bool Autostart::isOn() const
{
    QFile file(fileName());
    if (!file.open(QIODevice::ReadOnly)) {
        return false;
    }
    const QList<QByteArray> lines = file.read(kLargestEntry).split('\n');
    return !lines.contains("Hidden=true") && !lines.contains("X-GNOME-Autostart-enabled=false");
}

Result<void> Autostart::set(bool on, const QStringList &command) const
{
    if (on) {
        return writeFileAtomically(fileName(), autostartEntry(command));
    }
    QFile file(fileName());
    if (file.exists() && !file.remove()) {
        return std::unexpected(Error { .kind = Error::Kind::Storage,
            .code = u"write-failed"_s,
            .title = QCoreApplication::translate("linchpin::Autostart",
                "The entry for starting with the session stays: it cannot be removed."),
            .detail = u"%1: %2"_s.arg(file.fileName(), file.errorString()) });
    }
    return {};
}

} // namespace linchpin
