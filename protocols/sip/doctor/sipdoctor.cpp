// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/doctor/sipdoctor.h"

#include "protocols/sip/doctor/checkjob.h"
#include "protocols/sip/doctor/diagnosis.h"
#include "protocols/sip/sipsettings.h"

#include <QCoreApplication>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::Doctor)
};

// A failed sign-in leaves the doctor a few seconds for all the checks together.
constexpr auto jobLimit = 3s;
constexpr auto probeLimit = 2s;
constexpr auto domainLimit = 8s;
constexpr auto domainProbeLimit = 4s;

/// A check is a job and what it begins with.
class JobCheck : public DoctorCheck {
public:
    Async<QList<Finding>> run(
        const DoctorContext &context, const std::optional<Error> &failure) override
    {
        if (when() == When::AfterFailure && (!failure || !wants(failure->code, context.settings))) {
            return ready<QList<Finding>>(QList<Finding> {});
        }
        m_job = std::make_unique<CheckJob>(context);
        m_job->limit(when() == When::Domain ? std::chrono::milliseconds(domainLimit)
                                            : std::chrono::milliseconds(jobLimit));
        const auto answer = m_job->answer();
        begin(*m_job, failure.value_or(Error {}));
        return answer;
    }

protected:
    virtual bool wants(const QString &, const SettingValues &) const { return true; }
    virtual void begin(CheckJob &job, const Error &failure) = 0;

private:
    std::unique_ptr<CheckJob> m_job;
};

bool hasServerByHand(const SettingValues &settings)
{
    return !settings.text(u"server"_s).trimmed().isEmpty()
        && settings.origin(u"server"_s) != SettingOrigin::Found;
}

/// Set by hand, and useless: do the records of the domain know better? No records at all: is the
/// domain one of another protocol?
class RecordsCheck : public JobCheck {
public:
    When when() const override { return When::AfterFailure; }
    QString title() const override { return Text::tr("Records of the domain"); }

protected:
    bool wants(const QString &code, const SettingValues &settings) const override
    {
        return code == u"no-srv-record" || (hasServerByHand(settings) && mayBeAnotherServer(code));
    }
    void begin(CheckJob &job, const Error &failure) override
    {
        ServerSettings server = serverSettings(job.settings());
        if (!hasServerByHand(job.settings())) {
            lookForXmpp(job, server.domain);
            return;
        }
        server.server.clear();
        server.port = 0;
        server.connection = ConnectionChoice::Tls;
        const QStringList names = srvNames(server);
        const Candidate mine = triedFirst(serverSettings(job.settings()), {});
        job.lookUp(names, [&job, names, mine, failure](const QList<QList<SrvTarget>> &found) {
            for (qsizetype i = 0; i < names.size(); ++i) {
                if (found.at(i).isEmpty() || found.at(i).first().host == "."_L1) {
                    continue;
                }
                const SrvTarget target = found.at(i).first();
                if (target.host == mine.host && target.port == mine.port) {
                    break;
                }
                const QString &record = names.at(i);
                job.probe(
                    { { .address = job.address(), .host = target.host, .port = target.port } },
                    probeLimit, [&job, record, failure](const QList<Probed> &probed) {
                        if (const auto finding = judgeRecords(probed.first(), record, failure)) {
                            job.found(*finding);
                        }
                        job.done();
                    });
                return;
            }
            job.done();
        });
    }

private:
    static void lookForXmpp(CheckJob &job, const QString &domain)
    {
        const QStringList names { u"_xmpp-client._tcp."_s + domain,
            u"_xmpps-client._tcp."_s + domain };
        job.lookUp(names, [&job, names, domain](const QList<QList<SrvTarget>> &found) {
            for (qsizetype i = 0; i < names.size(); ++i) {
                const auto finding = found.at(i).isEmpty() || found.at(i).first().host == "."_L1
                    ? std::nullopt
                    : judgeForeignRecord(names.at(i), domain);
                if (finding) {
                    job.found(*finding);
                    break;
                }
            }
            job.done();
        });
    }
};

/// Does the server set by hand speak SIP at another port, or encrypted, or not at all?
class PortsCheck : public JobCheck {
public:
    When when() const override { return When::AfterFailure; }
    QString title() const override { return Text::tr("What answers at the server"); }

protected:
    bool wants(const QString &code, const SettingValues &settings) const override
    {
        return hasServerByHand(settings) && mayBeAnotherPort(code);
    }
    void begin(CheckJob &job, const Error &failure) override
    {
        const Candidate mine = triedFirst(serverSettings(job.settings()), {});
        job.probe(otherPorts(mine, job.address()), probeLimit,
            [&job, mine, failure](const QList<Probed> &probed) {
                if (const auto finding = judgePorts(mine, probed, failure)) {
                    job.found(*finding);
                }
                job.done();
            });
    }
};

/// What the server asks for before anybody has said who they are, and its clock.
class SchemesCheck : public JobCheck {
public:
    When when() const override { return When::AfterFailure; }
    QString title() const override { return Text::tr("Authentication schemes offered"); }

protected:
    bool wants(const QString &code, const SettingValues &) const override
    {
        return mayBeTheScheme(code);
    }
    void begin(CheckJob &job, const Error &failure) override
    {
        const ServerSettings server = serverSettings(job.settings());
        job.lookUp(srvNames(server), [&job, server, failure](const QList<QList<SrvTarget>> &found) {
            const Candidate place = triedFirst(server, found);
            const QByteArray agent = userAgentPlan(job.settings()).order.value(0);
            job.probe({ { .address = job.address(),
                          .host = place.host,
                          .port = place.port,
                          .tls = place.tls,
                          .userAgent = agent } },
                probeLimit, [&job, failure](const QList<Probed> &probed) {
                    const bool kerberos = job.settings().text(u"auth"_s) == u"kerberos"
                        || job.settings().isOn(u"single-sign-on"_s);
                    const auto findings
                        = judgeSchemes(probed.first(), job.services().now(), failure, kerberos);
                    for (const Finding &finding : findings) {
                        job.found(finding);
                    }
                    job.done();
                });
        });
    }
};

/// Which of the client versions that are known does the server let in?
class UserAgentsCheck : public JobCheck {
public:
    When when() const override { return When::AfterFailure; }
    QString title() const override { return Text::tr("Client versions that pass"); }

protected:
    bool wants(const QString &code, const SettingValues &) const override
    {
        return mayBeTheUserAgent(code);
    }
    void begin(CheckJob &job, const Error &failure) override
    {
        const ServerSettings server = serverSettings(job.settings());
        job.lookUp(srvNames(server), [&job, server, failure](const QList<QList<SrvTarget>> &found) {
            const Candidate place = triedFirst(server, found);
            QList<ProbeQuestion> questions;
            for (const QByteArray &agent : everyUserAgent(job.settings())) {
                questions.append({ .address = job.address(),
                    .host = place.host,
                    .port = place.port,
                    .tls = place.tls,
                    .userAgent = agent });
            }
            job.probe(questions, probeLimit, [&job, failure](const QList<Probed> &probed) {
                if (const auto finding = judgeUserAgents(probed, failure)) {
                    job.found(*finding);
                }
                job.done();
            });
        });
    }
};

/// Nothing is sent to oneself: every device signed in would show it.
class MessageCheck : public DoctorCheck {
public:
    When when() const override { return When::Online; }
    QString title() const override { return Text::tr("Message to oneself"); }
    Async<QList<Finding>> run(const DoctorContext &, const std::optional<Error> &) override
    {
        const Finding skipped { DoctorStep::Message.toString(), Finding::State::Skipped, {},
            Text::tr("it would show on your other devices"), {} };
        return ready<QList<Finding>>(QList<Finding> { skipped });
    }
};

/// How other organisations' servers find the domain, and whether they get through.
class FederationCheck : public JobCheck {
public:
    When when() const override { return When::Domain; }
    QString title() const override { return Text::tr("Federation"); }

protected:
    void begin(CheckJob &job, const Error &) override
    {
        ServerSettings server;
        server.domain = job.address().section(u'@', -1);
        if (const auto names = judgePartnerNames(server.domain)) {
            job.found(*names);
        }
        const QStringList records
            = QStringList { u"_sipfederationtls._tcp."_s + server.domain } + srvNames(server);
        job.lookUp(
            records, [this, &job, domain = server.domain](const QList<QList<SrvTarget>> &found) {
                const bool any = std::ranges::any_of(
                    found, [](const QList<SrvTarget> &targets) { return !targets.isEmpty(); });
                // Of an account of another protocol: a domain without SIP has nothing to federate.
                if (!any && !job.settings().contains(u"flavour"_s)) {
                    job.found({ DoctorStep::FederationSrv.toString(), Finding::State::Skipped,
                        domain, Text::tr("no records of a SIP server"), {} });
                    job.done();
                    return;
                }
                job.found(judgeFederationRecord(domain, found.first()));
                if (found.first().isEmpty() || found.first().first().host == "."_L1) {
                    job.done();
                    return;
                }
                tryPort(job, found.first().first());
            });
    }

private:
    using Outcome = std::function<void(const std::optional<Error> &)>;

    /// `then` gets why there is no line; nothing where there is.
    void connectTo(
        CheckJob &job, const SrvTarget &target, Endpoint::Security security, Outcome then)
    {
        m_outcome = std::move(then);
        m_limit = job.services().timer(domainProbeLimit, [this] {
            Error late;
            late.kind = Error::Kind::Timeout;
            late.code = u"timed-out"_s;
            late.title = Text::tr("There was no answer in time.");
            finish(late);
        });
        Endpoint endpoint;
        endpoint.host = target.host;
        endpoint.port = target.port;
        endpoint.security = security;
        job.services().connectTo(endpoint).then(
            &job, [this, attempt = m_attempt](const Result<std::shared_ptr<Transport>> &line) {
                if (line) {
                    (*line)->close();
                }
                if (attempt == m_attempt) {
                    finish(line ? std::nullopt : std::optional(line.error()));
                }
            });
    }

    void finish(const std::optional<Error> &error)
    {
        ++m_attempt;
        if (const Outcome outcome = std::exchange(m_outcome, nullptr)) {
            outcome(error);
        }
    }

    void tryPort(CheckJob &job, const SrvTarget &target)
    {
        connectTo(job, target, Endpoint::Security::Plain,
            [this, &job, target](const std::optional<Error> &failure) {
                job.found(judgeFederationPort(target, failure));
                if (failure) {
                    job.done();
                } else {
                    tryTls(job, target);
                }
            });
    }

    void tryTls(CheckJob &job, const SrvTarget &target)
    {
        // The clock may be what called us: it is set anew when the event loop comes round.
        QMetaObject::invokeMethod(
            &job,
            [this, &job, target] {
                connectTo(job, target, Endpoint::Security::Tls,
                    [&job, target](const std::optional<Error> &failure) {
                        job.found(judgeFederationTls(target, failure));
                        job.done();
                    });
            },
            Qt::QueuedConnection);
    }

    std::unique_ptr<Timer> m_limit;
    Outcome m_outcome;
    int m_attempt = 0; ///< what an earlier one brings is ignored
};

} // namespace

std::vector<std::unique_ptr<DoctorCheck>> sipDoctorChecks()
{
    std::vector<std::unique_ptr<DoctorCheck>> checks;
    checks.push_back(std::make_unique<RecordsCheck>());
    checks.push_back(std::make_unique<PortsCheck>());
    checks.push_back(std::make_unique<SchemesCheck>());
    checks.push_back(std::make_unique<UserAgentsCheck>());
    checks.push_back(std::make_unique<MessageCheck>());
    checks.push_back(std::make_unique<FederationCheck>());
    return checks;
}

} // namespace linchpin::sip
