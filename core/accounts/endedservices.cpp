// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/accounts/endedservices.h"

#include <QCoreApplication>

#include <array>

using namespace Qt::StringLiterals;

// Out of any namespace, as Qt wants it: this library is a static one.
static void readyEndedServices()
{
    Q_INIT_RESOURCE(endedservices);
}

namespace linchpin {

namespace {

// What endedservices.json says in words, for the translators; reading it looks each up.
[[maybe_unused]] constexpr std::array kTexts {
    QT_TRANSLATE_NOOP("linchpin::EndedServices", "MSN, Windows Live Messenger"),
    QT_TRANSLATE_NOOP("linchpin::EndedServices",
        "Microsoft ended Windows Live Messenger (MSN) on 8 April 2013, in mainland China on 31 "
        "October 2014, and Skype, which took its place, on 5 May 2025."),
    QT_TRANSLATE_NOOP("linchpin::EndedServices",
        "Microsoft ended Skype on 5 May 2025. Skype for Business servers that a company runs "
        "itself can still be used."),
    QT_TRANSLATE_NOOP("linchpin::EndedServices", "Yahoo Messenger ended on 17 July 2018."),
    QT_TRANSLATE_NOOP(
        "linchpin::EndedServices", "AOL Instant Messenger ended on 15 December 2017."),
    QT_TRANSLATE_NOOP("linchpin::EndedServices", "ICQ ended on 26 June 2024."),
    QT_TRANSLATE_NOOP("linchpin::EndedServices", "Xfire's messenger ended on 27 June 2015."),
    QT_TRANSLATE_NOOP("linchpin::EndedServices", "MySpace's messenger has been discontinued."),
};

} // namespace

const QList<ServicePreset> &endedServices()
{
    static const QList<ServicePreset> kServices = [] {
        readyEndedServices();
        return builtInPresets(
            u":/linchpin/endedservices.json"_s, QString(), [](const QString &text) {
                return QCoreApplication::translate(
                    "linchpin::EndedServices", text.toUtf8().constData());
            });
    }();
    return kServices;
}

} // namespace linchpin
