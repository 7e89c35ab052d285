// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/sippresets.h"

#include <QCoreApplication>

#include <array>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

// What presets.json says in words, for the translators; reading it looks each up.
[[maybe_unused]] constexpr std::array kTexts {
    QT_TRANSLATE_NOOP("linchpin::sip::presets", "Plain SIP server (SIP/SIMPLE)"),
    QT_TRANSLATE_NOOP("linchpin::sip::presets",
        "Microsoft moved its customers to Lync Online in 2011 and 2012, and ended that service, "
        "too, on 31 July 2021. Only servers that a company runs itself can be used."),
    QT_TRANSLATE_NOOP("linchpin::sip::presets",
        "Microsoft ended this service on 31 July 2021. Only servers that a company runs itself can "
        "be used."),
};

} // namespace

const QList<ServicePreset> &services()
{
    static const QList<ServicePreset> kServices = builtInPresets(
        u":/linchpin/sip/presets.json"_s, u"sip"_s, [](const QString &text) {
            return QCoreApplication::translate("linchpin::sip::presets", text.toUtf8().constData());
        });
    return kServices;
}

QList<AccountPreset> accountPresets()
{
    return presetsOf(services());
}

} // namespace linchpin::sip
