// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/xmpp/xmpppresets.h"

#include <QCoreApplication>

#include <array>

using namespace Qt::StringLiterals;

namespace linchpin::xmpp {

namespace {

// What presets.json says in words, for the translators; reading it looks each up.
[[maybe_unused]] constexpr std::array kTexts {
    QT_TRANSLATE_NOOP(
        "linchpin::xmpp::presets", "Google ended Google Talk for other programs on 16 June 2022."),
    QT_TRANSLATE_NOOP("linchpin::xmpp::presets",
        "Google ended Google Talk, also for its customers' own domains, on 16 June 2022."),
    QT_TRANSLATE_NOOP("linchpin::xmpp::presets",
        "Facebook ended access for other programs in the months after 30 April 2015."),
    QT_TRANSLATE_NOOP("linchpin::xmpp::presets", "Slack (XMPP gateway)"),
    QT_TRANSLATE_NOOP(
        "linchpin::xmpp::presets", "Slack closed its gateways for XMPP and IRC on 15 May 2018."),
    QT_TRANSLATE_NOOP("linchpin::xmpp::presets", "Atlassian ended HipChat on 15 February 2019."),
};

} // namespace

const QList<ServicePreset> &services()
{
    static const QList<ServicePreset> kServices
        = builtInPresets(u":/linchpin/xmpp/presets.json"_s, u"xmpp"_s, [](const QString &text) {
              return QCoreApplication::translate(
                  "linchpin::xmpp::presets", text.toUtf8().constData());
          });
    return kServices;
}

QList<AccountPreset> xmppPresets()
{
    return presetsOf(services());
}

} // namespace linchpin::xmpp
