// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/ircpresets.h"

#include <QCoreApplication>

#include <array>

using namespace Qt::StringLiterals;

namespace linchpin::irc {

namespace {

// What presets.json says in words, for the translators; reading it looks each up.
[[maybe_unused]] constexpr std::array kTexts {
    QT_TRANSLATE_NOOP(
        "linchpin::irc::presets", "It takes the password of a registered nickname by SASL."),
    QT_TRANSLATE_NOOP("linchpin::irc::presets",
        "It has no SASL: NickServ takes the password of a registered nickname after signing in."),
    QT_TRANSLATE_NOOP("linchpin::irc::presets", "This network offers no encryption."),
    QT_TRANSLATE_NOOP("linchpin::irc::presets",
        "Mozilla switched its IRC network off in March 2020 and uses Matrix now."),
    QT_TRANSLATE_NOOP("linchpin::irc::presets", "Slack (IRC gateway)"),
    QT_TRANSLATE_NOOP(
        "linchpin::irc::presets", "Slack closed its gateways for XMPP and IRC on 15 May 2018."),
};

} // namespace

const QList<ServicePreset> &services()
{
    static const QList<ServicePreset> kServices = builtInPresets(
        u":/linchpin/irc/presets.json"_s, u"irc"_s, [](const QString &text) {
            return QCoreApplication::translate("linchpin::irc::presets", text.toUtf8().constData());
        });
    return kServices;
}

QList<AccountPreset> accountPresets()
{
    return presetsOf(services());
}

const AccountPreset *presetForDomain(const QString &domain)
{
    static const QList<AccountPreset> kPresets = accountPresets();
    return linchpin::presetForDomain(kPresets, domain.toLower());
}

} // namespace linchpin::irc
