// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/discovery/addresslookup.h"

#include "protocols/sip/discovery/autodiscover.h"
#include "protocols/sip/discovery/srvcandidates.h"
#include "protocols/sip/webservices/webanswer.h"

#include <QCoreApplication>

#include <array>
#include <optional>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

constexpr quint16 kTlsPort = 5061;
constexpr qint64 kLargestPage = qint64 { 256 } << 10; // bytes
constexpr std::array kDiscoveryHosts { "lyncdiscoverinternal."_L1, "lyncdiscover."_L1 };
// Not 443, where a web server for every name below the domain would answer, too.
constexpr std::array kUsualHosts { "sipinternal."_L1, "sipexternal."_L1, "sip."_L1 };

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::AddressLookup)
};

/// Lync Online and Skype for Business Online lived there: sipdir.online.lync.com.
bool isMicrosoftCloud(const QString &host)
{
    return host.toLower().endsWith(".lync.com"_L1);
}

enum class PageSays { Nothing, OwnServer, Cloud };

/// Whether this answer came from Lync's autodiscover, or from a web server that knows nothing of
/// it. A hint, also without encryption: nothing is trusted because of it.
PageSays meaningOf(const QUrl &url, const HttpReply &reply)
{
    const auto named = [](const QUrl &to) {
        return isMicrosoftCloud(to.host()) ? PageSays::Cloud : PageSays::OwnServer;
    };
    if (isRedirect(reply)) {
        const QUrl to = url.resolved(QUrl::fromEncoded(headerOf(reply, "Location")));
        const bool known = isMicrosoftCloud(to.host())
            || to.path().contains("autodiscover"_L1, Qt::CaseInsensitive);
        return known ? named(to) : PageSays::Nothing;
    }
    if (reply.status == 401 && !headerOf(reply, "X-MS-WebTicketURL").isEmpty()) {
        return PageSays::OwnServer;
    }
    if (reply.status != 200) {
        return PageSays::Nothing;
    }
    const auto answer = parseAutodiscover(reply.body);
    if (!answer) {
        return PageSays::Nothing;
    }
    return named(answer->redirect.isEmpty() ? answer->user : answer->redirect);
}

AddressGuess cloudGuess(const QString &domain)
{
    return { .confidence = 2,
        .presetId = u"office-365"_s,
        .reason = Text::tr("%1 was with Skype for Business Online, which has ended.").arg(domain) };
}

std::optional<AddressGuess> fromRecords(const QString &domain, const NetworkAnswers &answers)
{
    const QStringList names = srvNames({ .domain = domain });
    for (const QString &name : names) {
        const QList<ServiceRecord> records = answers.records.value(name);
        if (records.isEmpty()) {
            continue;
        }
        const ServiceRecord &best = records.constFirst();
        if (isMicrosoftCloud(best.target)) {
            return cloudGuess(domain);
        }
        const bool internal = name.startsWith("_sipinternal"_L1);
        const bool tls = name.startsWith("_sipinternaltls"_L1) || name.startsWith("_sip._tls"_L1);
        return AddressGuess { .confidence = 2,
            .presetId = {},
            .reason
            = (internal ? Text::tr("%1 runs Lync, Skype for Business or Communicator: found %2.")
                        : Text::tr("%1 has a SIP service: found %2."))
                .arg(domain, name),
            .found = { { u"server"_s, best.target }, { u"port"_s, int(best.port) },
                { u"connection"_s, tls ? u"tls"_s : u"auto"_s } } };
    }
    return std::nullopt;
}

} // namespace

NetworkQuestions questionsAbout(const QString &domain)
{
    NetworkQuestions questions;
    questions.records = srvNames({ .domain = domain });
    for (const auto &host : kDiscoveryHosts) {
        for (const auto &scheme : { "https"_L1, "http"_L1 }) {
            HttpRequest request;
            request.url = QUrl(u"%1://%2%3/"_s.arg(scheme, host, domain));
            request.limit = 8s;
            request.maximumSize = kLargestPage;
            request.headers.append(
                { "Accept"_ba, "application/vnd.microsoft.rtc.autodiscover+xml;v=1"_ba });
            questions.pages.append(request);
        }
    }
    for (const auto &host : kUsualHosts) {
        questions.doors.append(door(host + domain, kTlsPort));
    }
    return questions;
}

bool isEnough(const QString &domain, const NetworkAnswers &answers)
{
    return answers.pendingRecords == 0 && fromRecords(domain, answers).has_value();
}

AddressGuess guessFrom(
    const QString &domain, const NetworkAnswers &answers, const AddressGuess &otherwise)
{
    if (const auto guess = fromRecords(domain, answers)) {
        return *guess;
    }
    for (auto it = answers.pages.cbegin(); it != answers.pages.cend(); ++it) {
        switch (meaningOf(it.key(), it.value())) {
        case PageSays::Nothing:
            break;
        case PageSays::Cloud:
            return cloudGuess(domain);
        case PageSays::OwnServer:
            return { .confidence = 2,
                .presetId = {},
                .reason = Text::tr("%1 runs Lync or Skype for Business: found %2.")
                    .arg(domain, it.key().host()),
                .found = { { u"flavour"_s, u"lync"_s } } };
        }
    }
    for (const auto &host : kUsualHosts) {
        const QString name = host + domain;
        if (answers.openDoors.contains(doorName(name, kTlsPort))) {
            return { .confidence = 2,
                .presetId = {},
                .reason
                = Text::tr("%1 may run Lync or Communicator: %2 answers.").arg(domain, name),
                .found = { { u"server"_s, name }, { u"port"_s, int(kTlsPort) },
                    { u"connection"_s, u"tls"_s } } };
        }
    }
    return otherwise;
}

} // namespace linchpin::sip
