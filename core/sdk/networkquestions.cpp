// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/sdk/networkquestions.h"

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

/// Lives as long as somebody may still answer.
class Inquiry : public std::enable_shared_from_this<Inquiry> {
public:
    explicit Inquiry(std::function<bool(const NetworkAnswers &)> isEnough)
        : m_isEnough(std::move(isEnough))
    {
    }

    Async<NetworkAnswers> start(SessionServices &services, const NetworkQuestions &questions)
    {
        m_answers.pendingRecords = static_cast<int>(questions.records.size());
        m_answers.pending = m_answers.pendingRecords
            + static_cast<int>(questions.pages.size() + questions.doors.size());
        // Nothing is over before all is asked: an answer may come at once.
        ++m_answers.pending;
        const auto self = shared_from_this();
        m_limit = services.timer(questions.limit, [weak = weak_from_this()] {
            if (const auto inquiry = weak.lock()) {
                inquiry->finish();
            }
        });
        for (const QString &name : questions.records) {
            services.lookUpService(name).then(
                &m_context, [self, name](const Result<QList<ServiceRecord>> &found) {
                    --self->m_answers.pendingRecords;
                    // "." names nobody (RFC 2782).
                    if (found && !found->isEmpty() && found->constFirst().target != "."_L1) {
                        self->m_answers.records.insert(name, *found);
                    }
                    self->answered();
                });
        }
        for (const HttpRequest &request : questions.pages) {
            services.http(request).then(
                &m_context, [self, url = request.url](const Result<HttpReply> &reply) {
                    if (reply) {
                        self->m_answers.pages.insert(url, *reply);
                    }
                    self->answered();
                });
        }
        for (const Endpoint &where : questions.doors) {
            services.connectTo(where).then(&m_context,
                [self, name = doorName(where.host, where.port)](
                    const Result<std::shared_ptr<Transport>> &line) {
                    if (line) {
                        (*line)->close();
                        self->m_answers.openDoors.insert(name);
                    }
                    self->answered();
                });
        }
        answered();
        return m_answer.future();
    }

private:
    void answered()
    {
        --m_answers.pending;
        if (m_answers.pending == 0 || (m_isEnough && m_isEnough(m_answers))) {
            finish();
        }
    }

    void finish()
    {
        if (!m_answer.isAnswered()) {
            m_answer.give(m_answers);
            m_isEnough = nullptr;
        }
    }

    std::function<bool(const NetworkAnswers &)> m_isEnough;
    NetworkAnswers m_answers;
    Answer<NetworkAnswers> m_answer;
    std::unique_ptr<Timer> m_limit;
    QObject m_context; // last
};

} // namespace

QString doorName(const QString &host, quint16 port)
{
    return u"%1:%2"_s.arg(host).arg(port);
}

Endpoint door(const QString &host, quint16 port)
{
    Endpoint endpoint;
    endpoint.host = host;
    endpoint.port = port;
    endpoint.security = Endpoint::Security::Plain;
    endpoint.logged = false;
    return endpoint;
}

Async<NetworkAnswers> askNetwork(SessionServices &services, const NetworkQuestions &questions,
    std::function<bool(const NetworkAnswers &)> isEnough)
{
    return std::make_shared<Inquiry>(std::move(isEnough))->start(services, questions);
}

} // namespace linchpin
