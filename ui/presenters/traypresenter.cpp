// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/presenters/traypresenter.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

// Desktops cut tooltips; the rest is in the window's footer.
constexpr qsizetype kAccountLines = 6;

QString translated(const char *source, int n = -1)
{
    return QCoreApplication::translate("linchpin::Tray", source, nullptr, n);
}

} // namespace

TrayView trayView(const QList<TrayAccount> &accounts, int unread)
{
    TrayView view;
    view.unread = std::max(0, unread);
    QStringList troubles;
    QString note;
    for (const TrayAccount &account : accounts) {
        if (!account.enabled) {
            continue;
        }
        if (account.state == Account::State::Online
            && account.presence.availability > view.availability) {
            view.availability = account.presence.availability;
            note = account.presence.text;
        }
        if (account.state != Account::State::Online) {
            troubles.append(u"%1: %2"_s.arg(account.name, account.stateText));
        }
    }
    QStringList lines;
    lines.append(note.isEmpty()
            ? translated(QT_TRANSLATE_NOOP("linchpin::Tray", "Linchpin: %1"))
                  .arg(displayName(view.availability))
            : translated(QT_TRANSLATE_NOOP("linchpin::Tray", "Linchpin: %1, %2"))
                  .arg(displayName(view.availability), note.simplified().left(80)));
    if (view.unread > 0) {
        lines.append(view.unread == 1
                ? translated(QT_TRANSLATE_NOOP("linchpin::Tray", "1 unread message"))
                : translated(
                      QT_TRANSLATE_NOOP("linchpin::Tray", "%n unread messages"), view.unread));
    }
    if (troubles.size() > kAccountLines) {
        const int more = static_cast<int>(troubles.size() - kAccountLines + 1);
        troubles.resize(kAccountLines - 1);
        troubles.append(
            translated(QT_TRANSLATE_NOOP("linchpin::Tray", "and %n more not online"), more));
    }
    view.tooltip = (lines + troubles).join(u'\n');
    return view;
}

} // namespace linchpin
