// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/xmpp/addresslookup.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QXmlStreamReader>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::xmpp {

namespace {

constexpr quint16 kPort = 5222;
constexpr qint64 kLargestPage = qint64 { 64 } << 10; // bytes

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::xmpp::AddressLookup)
};

/// XEP-0156 3: `urn:xmpp:alt-connections:websocket`, `…:xbosh`.
bool isXmppLink(QStringView rel)
{
    return rel.startsWith(u"urn:xmpp:alt-connections:");
}

bool namesXmpp(const QByteArray &page)
{
    if (page.trimmed().startsWith('{')) {
        const QJsonArray links = QJsonDocument::fromJson(page)["links"_L1].toArray();
        for (const auto &link : links) {
            if (isXmppLink(link["rel"_L1].toString())) {
                return true;
            }
        }
        return false;
    }
    QXmlStreamReader xml(page);
    while (!xml.atEnd()) {
        if (xml.readNext() == QXmlStreamReader::StartElement && xml.name() == u"Link"
            && isXmppLink(xml.attributes().value("rel"_L1))) {
            return true;
        }
    }
    return false;
}

/// Google Talk lived there, also for customers' own domains; many records still say so.
bool isGoogle(const QString &host)
{
    return host.toLower().endsWith(".google.com"_L1);
}

QString startTlsRecord(const QString &domain)
{
    return u"_xmpp-client._tcp."_s + domain;
}

QString directTlsRecord(const QString &domain)
{
    return u"_xmpps-client._tcp."_s + domain;
}

} // namespace

NetworkQuestions questionsAbout(const QString &domain)
{
    NetworkQuestions questions;
    questions.records = { startTlsRecord(domain), directTlsRecord(domain) };
    for (const auto &file : { "host-meta"_L1, "host-meta.json"_L1 }) {
        HttpRequest request;
        request.url = QUrl(u"https://%1/.well-known/%2"_s.arg(domain, file));
        request.limit = 8s;
        request.maximumSize = kLargestPage;
        request.followRedirects = true;
        questions.pages.append(request);
    }
    questions.doors.append(door(domain, kPort));
    return questions;
}

bool isEnough(const QString &domain, const NetworkAnswers &answers)
{
    Q_UNUSED(domain)
    return answers.pendingRecords == 0 && !answers.records.isEmpty();
}

AddressGuess guessFrom(
    const QString &domain, const NetworkAnswers &answers, const AddressGuess &otherwise)
{
    for (const QString &name : { startTlsRecord(domain), directTlsRecord(domain) }) {
        const QList<ServiceRecord> records = answers.records.value(name);
        if (!records.isEmpty()) {
            const ServiceRecord &best = records.constFirst();
            if (isGoogle(best.target)) {
                return { .confidence = 2,
                    .presetId = u"google-workspace"_s,
                    .reason = Text::tr("%1 was with Google Talk, which has ended.").arg(domain) };
            }
            return { .confidence = 2,
                .presetId = otherwise.presetId,
                .reason = Text::tr("%1 runs XMPP: found %2.").arg(domain, name),
                .found = { { u"server"_s, best.target }, { u"port"_s, int(best.port) },
                    { u"connection"_s,
                        name == directTlsRecord(domain) ? u"tls"_s : u"starttls"_s } } };
        }
    }
    if (answers.openDoors.contains(doorName(domain, kPort))) {
        return { .confidence = 2,
            .presetId = otherwise.presetId,
            .reason = Text::tr("%1 answers where XMPP servers do.").arg(domain),
            .found = { { u"server"_s, domain }, { u"port"_s, int(kPort) },
                { u"connection"_s, u"starttls"_s } } };
    }
    for (const HttpReply &page : answers.pages) {
        if (page.status == 200 && namesXmpp(page.body)) {
            return { .confidence = 2,
                .presetId = otherwise.presetId,
                .reason = Text::tr("The website of %1 names an XMPP service.").arg(domain) };
        }
    }
    return otherwise;
}

} // namespace linchpin::xmpp
