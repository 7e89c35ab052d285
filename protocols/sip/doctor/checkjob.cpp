// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/doctor/checkjob.h"

#include "protocols/sip/doctor/portprobe.h"

#include <utility>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

bool hasOwnProxy(const SessionServices &services)
{
    const auto type = services.proxy().type;
    return type == ProxySettings::Type::Http || type == ProxySettings::Type::Socks5;
}

} // namespace

CheckJob::CheckJob(const DoctorContext &context)
    : m_context(context)
{
}

CheckJob::~CheckJob() = default;

void CheckJob::limit(std::chrono::milliseconds in)
{
    m_limit = services().timer(in, [this] { done(); });
}

QString CheckJob::address() const
{
    return settings().text(u"address"_s).trimmed().toLower();
}

void CheckJob::found(const Finding &finding)
{
    if (finding.state == Finding::State::Failed) {
        m_failed.append(finding);
    } else if (m_context.report && !m_answer.isAnswered()) {
        m_context.report(finding);
    }
}

/// A line, or the clock, may be what called us: whoever waits is told when the event loop comes
/// round.
void CheckJob::done()
{
    QMetaObject::invokeMethod(
        this, [this] { m_answer.give(std::exchange(m_failed, {})); }, Qt::QueuedConnection);
}

void CheckJob::probe(const QList<ProbeQuestion> &questions, std::chrono::milliseconds each,
    std::function<void(const QList<Probed> &)> then)
{
    struct Round {
        QList<Probed> answers;
        qsizetype left = 0;
        std::function<void(const QList<Probed> &)> then;
    };
    if (questions.isEmpty()) {
        then({});
        return;
    }
    const auto round = std::make_shared<Round>();
    round->left = questions.size();
    round->then = std::move(then);
    for (const ProbeQuestion &question : questions) {
        round->answers.append({ question, {} });
    }
    for (qsizetype i = 0; i < questions.size(); ++i) {
        auto *const probe = new PortProbe(
            services(), questions.at(i),
            [round, i](const ProbeAnswer &answer) {
                round->answers[i].answer = answer;
                if (--round->left == 0) {
                    round->then(round->answers);
                }
            },
            this);
        probe->start(each);
    }
}

void CheckJob::lookUp(
    const QStringList &names, std::function<void(const QList<QList<SrvTarget>> &)> then)
{
    struct Round {
        QList<QList<SrvTarget>> found;
        qsizetype left = 0;
        std::function<void(const QList<QList<SrvTarget>> &)> then;
    };
    const auto round = std::make_shared<Round>();
    round->found.resize(names.size());
    round->left = names.size();
    round->then = std::move(then);
    if (names.isEmpty() || hasOwnProxy(services())) {
        round->then(round->found);
        return;
    }
    for (qsizetype i = 0; i < names.size(); ++i) {
        services()
            .lookUpService(names.at(i))
            .then(this, [round, i](const Result<QList<ServiceRecord>> &records) {
                for (const ServiceRecord &record : records.value_or(QList<ServiceRecord> {})) {
                    round->found[i].append({ record.target, record.port });
                }
                if (--round->left == 0) {
                    round->then(round->found);
                }
            });
    }
}

Candidate triedFirst(const ServerSettings &settings, const QList<QList<SrvTarget>> &records)
{
    QMap<QString, QList<SrvTarget>> named;
    const QStringList names = srvNames(settings);
    for (qsizetype i = 0; i < names.size() && i < records.size(); ++i) {
        named.insert(names.at(i), records.at(i));
    }
    return candidates(settings, named).value(0);
}

} // namespace linchpin::sip
