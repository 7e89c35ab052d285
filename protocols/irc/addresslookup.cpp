// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/addresslookup.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace linchpin::irc {

namespace {

constexpr quint16 kTlsPort = 6697; // RFC 7194
constexpr quint16 kPlainPort = 6667;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::irc::AddressLookup)
};

/// Where a domain's IRC server would be: the domain itself where its name says so.
QString serverOf(const QString &domain)
{
    return domain.startsWith("irc."_L1) || domain.contains(".irc."_L1) ? domain
                                                                       : u"irc."_s + domain;
}

} // namespace

NetworkQuestions questionsAbout(const QString &domain)
{
    NetworkQuestions questions;
    questions.records = { u"_ircs._tcp."_s + domain, u"_irc._tcp."_s + domain };
    questions.doors = { door(serverOf(domain), kTlsPort), door(serverOf(domain), kPlainPort) };
    return questions;
}

AddressGuess guessFrom(
    const QString &domain, const NetworkAnswers &answers, const AddressGuess &otherwise)
{
    const QString tlsRecord = u"_ircs._tcp."_s + domain;
    for (const QString &name : { tlsRecord, u"_irc._tcp."_s + domain }) {
        const QList<ServiceRecord> records = answers.records.value(name);
        if (!records.isEmpty()) {
            return { .confidence = 2,
                .presetId = {},
                .reason = Text::tr("%1 has an IRC server: found %2.").arg(domain, name),
                .found = { { u"server"_s, records.constFirst().target },
                    { u"port"_s, int(records.constFirst().port) },
                    { u"connection"_s, name == tlsRecord ? u"tls"_s : u"auto"_s } } };
        }
    }
    const QString server = serverOf(domain);
    for (const quint16 port : { kTlsPort, kPlainPort }) {
        if (answers.openDoors.contains(doorName(server, port))) {
            return { .confidence = 2,
                .presetId = {},
                .reason = Text::tr("%1 has an IRC server: %2 answers.").arg(domain, server),
                .found = { { u"server"_s, server }, { u"port"_s, int(port) },
                    { u"connection"_s, port == kTlsPort ? u"tls"_s : u"auto"_s } } };
        }
    }
    return otherwise;
}

} // namespace linchpin::irc
