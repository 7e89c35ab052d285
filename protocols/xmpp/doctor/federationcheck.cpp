// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/xmpp/doctor/federationcheck.h"

#include "protocols/xmpp/doctor/streamverdict.h"
#include "protocols/xmpp/errors.h"

#include <QSslCertificate>
#include <QSslKey>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::xmpp {

namespace {

constexpr std::chrono::milliseconds kAllInAll = 7500ms; // DoctorCheck promises eight seconds
constexpr std::chrono::milliseconds kOneVisit = 3500ms;
constexpr int kFewestBits = 2048; // of RSA and DSA
constexpr int kFewestCurveBits = 224;
/// Nobody's name (RFC 2606): we are no server and want nothing delivered.
constexpr QStringView kOwnName = u"doctor.linchpin.invalid";

constexpr std::array kSteps { DoctorStep::FederationSrv, DoctorStep::FederationTcp,
    DoctorStep::FederationStream, DoctorStep::FederationTls };

QString listOf(const QSslCertificate &certificate)
{
    QStringList names(certificate.subjectAlternativeNames().values(QSsl::DnsEntry));
    names.sort();
    if (names.isEmpty()) {
        names = certificate.subjectInfo(QSslCertificate::CommonName);
    }
    return names.join(u", "_s);
}

} // namespace

QString federatedDomain(const QString &address)
{
    QString rest = address.trimmed();
    for (const QLatin1StringView scheme : { "sip:"_L1, "sips:"_L1, "xmpp:"_L1 }) {
        if (rest.startsWith(scheme, Qt::CaseInsensitive)) {
            rest = rest.sliced(scheme.size());
            break;
        }
    }
    const qsizetype at = rest.indexOf(u'@');
    QString domain = at < 0 ? rest : rest.sliced(at + 1);
    for (const QChar end : { u'/', u';', u'?', u':' }) {
        domain = domain.section(end, 0, 0);
    }
    if (domain.endsWith(u'.')) {
        domain.chop(1);
    }
    return domain.contains(u' ') ? QString() : domain.toLower();
}

FederationCheck::FederationCheck() = default;

FederationCheck::~FederationCheck() = default;

QString FederationCheck::title() const
{
    return tr("Federation with other XMPP servers");
}

QString FederationCheck::where() const
{
    return u"%1:%2"_s.arg(m_record.target).arg(m_record.port);
}

Async<QList<Finding>> FederationCheck::run(
    const DoctorContext &context, const std::optional<Error> &)
{
    m_context = &context;
    m_domain = federatedDomain(context.settings.text(u"address"_s));
    if (m_domain.isEmpty()) {
        finish();
        return m_answer.future();
    }
    m_guard = context.services.timer(kAllInAll, [this] {
        QMetaObject::invokeMethod(this, &FederationCheck::giveUp, Qt::QueuedConnection);
    });
    context.services.lookUpService(u"_xmpp-server._tcp."_s + m_domain)
        .then(this, [this](const Result<QList<ServiceRecord>> &records) { lookedUp(records); });
    return m_answer.future();
}

void FederationCheck::tell(QStringView step, Finding::State state, const QString &tried,
    const QString &answer, const std::optional<Error> &error)
{
    if (m_context->report && !m_answer.isAnswered()) {
        m_context->report({ .step = step.toString(),
            .state = state,
            .tried = tried,
            .answer = answer,
            .error = error });
    }
}

void FederationCheck::skipAfter(QStringView step)
{
    const auto at = std::ranges::find(kSteps, step);
    for (auto next = at == kSteps.end() ? at : at + 1; next != kSteps.end(); ++next) {
        tell(*next, Finding::State::Skipped, {}, {});
    }
}

void FederationCheck::stop(QStringView step, const QString &tried, const Error &error, bool warning)
{
    tell(step, warning ? Finding::State::Warning : Finding::State::Failed, tried, error.detail,
        error);
    skipAfter(step);
    finish();
}

/// The time is over: with several silent servers, before the last one's verdict.
void FederationCheck::giveUp()
{
    if (m_answer.isAnswered()) {
        return;
    }
    const bool isNamed = !m_record.target.isEmpty();
    Error late = timedOut({ .host = isNamed ? where() : m_domain });
    if (isNamed && !m_streamTold) {
        late.code = u"federation-port-closed"_s;
    }
    stop(!isNamed          ? DoctorStep::FederationSrv
            : m_streamTold ? DoctorStep::FederationTls
                           : DoctorStep::FederationTcp,
        isNamed ? where() : m_domain, late);
}

void FederationCheck::finish()
{
    if (m_answer.isAnswered()) {
        return;
    }
    m_guard.reset();
    m_walk.reset(); // its services may go with the context
    const Answer<QList<Finding>> answer = m_answer; // who hears it may let go of us
    answer.give(QList<Finding> {});
}

void FederationCheck::lookedUp(const Result<QList<ServiceRecord>> &records)
{
    const QString name = u"_xmpp-server._tcp."_s + m_domain;
    Error error;
    error.kind = Error::Kind::NotFound;
    error.code = u"federation-srv-missing"_s;
    error.fatal = true;
    if (!records) {
        error.kind = Error::Kind::Network;
        error.title
            = tr("The name service does not tell how other servers reach %1.").arg(m_domain);
        error.detail = u"%1: %2"_s.arg(name, records.error().detail);
        error.remedy = tr("Check the network connection and the domain's name service.");
        stop(DoctorStep::FederationSrv, name, error);
        return;
    }
    m_records = *records;
    const bool refused = !m_records.isEmpty() && m_records.constFirst().target == "."_L1;
    m_records.removeIf([](const ServiceRecord &record) {
        return record.port == 0 || record.target.isEmpty() || record.target == "."_L1;
    });
    if (m_records.isEmpty() && refused) { // RFC 2782
        error.kind = Error::Kind::Forbidden;
        error.code = u"federation-not-allowed"_s;
        error.title
            = tr("%1 says by its record that it talks to no other XMPP servers.").arg(m_domain);
        error.detail = name + u" → ."_s;
        error.remedy = tr("If that is not meant, the domain's administrator has to let the SRV "
                          "record %1 name the XMPP gateway.")
                           .arg(name);
        stop(DoctorStep::FederationSrv, name, error);
        return;
    }
    if (m_records.isEmpty()) {
        error.title
            = tr("The name service names no server of %1 for other XMPP servers.").arg(m_domain);
        error.detail = name;
        error.remedy
            = tr("For federation, the domain's administrator has to publish the SRV record %1 that "
                 "names the XMPP gateway (usually port 5269). Each SIP domain needs one; it is the "
                 "part of the address after the @ that counts, not the server's name.")
                  .arg(name);
        stop(DoctorStep::FederationSrv, name, error);
        return;
    }
    QStringList words;
    for (const ServiceRecord &record : std::as_const(m_records)) {
        words.append(u"%1:%2"_s.arg(record.target).arg(record.port));
    }
    tell(DoctorStep::FederationSrv, Finding::State::Ok, name, words.join(u", "_s));
    m_record = m_records.takeFirst();
    visit(m_domain);
}

void FederationCheck::visit(const QString &certificateName)
{
    StreamVisit where;
    where.endpoint.host = m_record.target;
    where.endpoint.port = m_record.port;
    where.endpoint.security = Endpoint::Security::Plain;
    where.to = m_domain;
    where.from = kOwnName.toString();
    where.server = true;
    where.certificateName = certificateName;
    where.limit = kOneVisit;
    m_walk = std::make_unique<StreamWalk>(where, m_context->services);
    m_walk->run([this, certificateName](const StreamReport &report) {
        m_walk.release()->deleteLater(); // we stand in it
        visited(report, certificateName);
    });
}

void FederationCheck::visited(const StreamReport &report, const QString &certificateName)
{
    using Stage = StreamReport::Stage;
    if (report.stage == Stage::Connecting) {
        Error error = report.error.value_or(timedOut({ .host = where() }));
        const bool noAddress = error.code == "name-not-found"_L1;
        if (!m_records.isEmpty()) {
            tell(DoctorStep::FederationTcp, Finding::State::Warning, where(), error.detail, error);
            m_record = m_records.takeFirst();
            visit(certificateName);
            return;
        }
        if (noAddress) {
            error
                = targetMissing(m_record.target, u"_xmpp-server._tcp."_s + m_domain, error.detail);
            stop(DoctorStep::FederationTcp, where(), error);
            return;
        }
        if (!error.code.startsWith("proxy-"_L1)) {
            error.code = u"federation-port-closed"_s;
            error.title = tr("Other servers cannot reach %1.").arg(where());
            error.remedy = tr("The administrator has to open port %1 from the internet to the "
                              "gateway, and start the gateway.")
                               .arg(m_record.port);
        }
        stop(DoctorStep::FederationTcp, where(), error);
        return;
    }
    if (!m_streamTold) {
        tell(DoctorStep::FederationTcp, Finding::State::Ok, where(), {});
    }
    if (report.stage == Stage::Greeting) {
        Error error
            = answerError(report, where(), m_domain).value_or(timedOut({ .host = where() }));
        if (error.code == "name-not-found"_L1) {
            error.code = u"federation-not-allowed"_s;
            error.title = tr("%1 does not take messages for %2.").arg(where(), m_domain);
            error.remedy = tr("The domain has to be enabled in the gateway's configuration.");
        }
        stop(DoctorStep::FederationStream, where(), error);
        return;
    }
    const StreamFacts &plain = report.plain;
    const bool dialback = plain.dialback || plain.legacyDialback;
    if (!std::exchange(m_streamTold, true)) {
        QStringList offers;
        if (plain.startTls) {
            offers.append(plain.startTlsRequired ? u"STARTTLS (required)"_s : u"STARTTLS"_s);
        }
        if (dialback) {
            offers.append(u"dialback"_s);
        }
        if (offers.isEmpty()) {
            Error error;
            error.kind = Error::Kind::Authentication;
            error.code = u"auth-scheme-unavailable"_s;
            error.title
                = tr("%1 offers neither TLS nor dialback: no other server can prove who it is.")
                      .arg(where());
            error.detail
                = plain.version.isEmpty() ? u"no version, no dialback"_s : u"<features/>"_s;
            error.remedy = tr("Switch on TLS or dialback in the gateway's configuration.");
            error.fatal = true;
            stop(DoctorStep::FederationStream, where(), error);
            return;
        }
        tell(DoctorStep::FederationStream, Finding::State::Ok, where(), offers.join(u", "_s));
    }
    judgeTls(report, certificateName);
}

void FederationCheck::judgeTls(const StreamReport &report, const QString &certificateName)
{
    if (!report.plain.startTls) {
        Error error = noStartTlsError(report, where(), false);
        error.title = tr("%1 takes connections only without encryption.").arg(where());
        error.remedy = tr("Many servers on the internet refuse that. Give the gateway a "
                          "certificate and switch on TLS.");
        tell(DoctorStep::FederationTls, Finding::State::Warning, where(), error.detail, error);
        finish();
        return;
    }
    if (report.secure) {
        judgeCertificate(report.tls, certificateName);
        return;
    }
    if (!report.error) {
        stop(DoctorStep::FederationTls, where(),
            report.timedOut ? timedOut({ .host = where() })
                            : noStartTlsError(report, where(), false));
        return;
    }
    Error error = *report.error;
    const bool isOtherName = m_record.target.compare(m_domain, Qt::CaseInsensitive) != 0;
    if (error.code == "certificate-name-mismatch"_L1 && certificateName == m_domain
        && isOtherName) {
        // A gateway's certificate carries the gateway's own name.
        visit(m_record.target);
        return;
    }
    if (error.code == "certificate-name-mismatch"_L1) {
        error.code = u"federation-certificate-mismatch"_s;
        error.title = tr("The certificate names neither %1 nor the gateway %2.")
                          .arg(m_domain, m_record.target);
        error.remedy = tr("The gateway needs a certificate with its own name (%1), and with the "
                          "domain (%2) for servers that go by RFC 6120.")
                           .arg(m_record.target, m_domain);
        error.fix.clear();
    } else if (error.code == "certificate-pin-mismatch"_L1
        || error.code == "certificate-changed"_L1) {
        // The account pins or trusts the certificate of its own server, which is another machine.
        error.title = tr("The certificate could not be judged: this account trusts one certificate "
                         "only.");
        error.remedy = tr("Check the domain with an account that pins no certificate.");
        error.fix.clear();
        stop(DoctorStep::FederationTls, where(), error, true);
        return;
    }
    error.fix.clear(); // nothing of the account's would mend it
    stop(DoctorStep::FederationTls, where(), error);
}

void FederationCheck::judgeCertificate(const TlsInfo &tls, const QString &certificateName)
{
    const QSslCertificate certificate(tls.certificate, QSsl::Der);
    const QSslKey key = certificate.publicKey();
    const QString words = u"%1, %2, %3 bits, until %4"_s.arg(tls.version, listOf(certificate))
                              .arg(key.length())
                              .arg(certificate.expiryDate().toUTC().date().toString(Qt::ISODate));
    const bool isShort = key.length() > 0
        && ((key.algorithm() == QSsl::Ec && key.length() < kFewestCurveBits)
            || ((key.algorithm() == QSsl::Rsa || key.algorithm() == QSsl::Dsa)
                && key.length() < kFewestBits));
    if (isShort) {
        Error error;
        error.kind = Error::Kind::Tls;
        error.code = u"certificate-weak"_s;
        error.title = tr("The gateway's key is too short.");
        error.detail = words;
        error.remedy = tr("Install a certificate with a key of at least 2048 bits.");
        error.fatal = true;
        stop(DoctorStep::FederationTls, where(), error);
        return;
    }
    tell(DoctorStep::FederationTls, Finding::State::Ok, where(),
        certificateName == m_domain
            ? words
            : tr("%1. The certificate is the gateway's own; servers that ask for one of %2 fall "
                 "back to dialback.")
                  .arg(words, m_domain));
    finish();
}

} // namespace linchpin::xmpp
