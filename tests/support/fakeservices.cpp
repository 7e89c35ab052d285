// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/support/fakeservices.h"

using namespace Qt::StringLiterals;

namespace linchpin::test {

FakeServices::FakeServices(ManualClock &clock)
    : m_clock(clock)
{
    proxySettings.type = ProxySettings::Type::None;
}

FakeServices::~FakeServices() = default;

Async<std::shared_ptr<Transport>> FakeServices::connectTo(const Endpoint &endpoint)
{
    endpoints.append(endpoint);
    const Answer<std::shared_ptr<Transport>> answer;
    m_pending.append({ endpoint, answer });
    if (!connectsPend) {
        answerConnect(onConnect ? onConnect(endpoint) : Result<void> {});
    }
    return answer.future();
}

void FakeServices::answerConnect(const Result<void> &result)
{
    if (m_pending.isEmpty()) {
        return;
    }
    const auto [endpoint, answer] = m_pending.takeFirst();
    if (!result) {
        answer.fail(result.error());
        return;
    }
    const auto transport = std::make_shared<MemoryTransport>(endpoint);
    transports.append(transport);
    answer.give(std::shared_ptr<Transport>(transport));
}

Async<QList<ServiceRecord>> FakeServices::lookUpService(const QString &name)
{
    lookups.append(name);
    return ready<QList<ServiceRecord>>(services.value(name));
}

Async<HttpReply> FakeServices::http(const HttpRequest &request)
{
    requests.append(request);
    if (onHttp) {
        return onHttp(request);
    }
    HttpReply reply;
    reply.status = 404;
    reply.reason = "Not Found"_ba;
    reply.url = request.url;
    return ready<HttpReply>(reply);
}

std::unique_ptr<Timer> FakeServices::timer(std::chrono::milliseconds in, std::function<void()> fire)
{
    return m_clock.timer(in, std::move(fire));
}

QDateTime FakeServices::now() const
{
    return m_clock.now();
}

QByteArray FakeServices::randomBytes(int count) const
{
    QByteArray bytes(count, Qt::Uninitialized);
    for (char &byte : bytes) {
        byte = static_cast<char>(m_random++ & 0xff);
    }
    return bytes;
}

Async<QString> FakeServices::secret(const QString &key)
{
    const auto found = secrets.constFind(key);
    if (found == secrets.constEnd()) {
        Error error;
        error.kind = Error::Kind::Authentication;
        error.code = u"no-password"_s;
        error.title = u"There is no password for this account."_s;
        error.fatal = true;
        return readyError<QString>(error);
    }
    return ready<QString>(*found);
}

Async<void> FakeServices::storeSecret(const QString &key, const QString &value)
{
    secrets.insert(key, value);
    return readyOk();
}

MemoryTransport *FakeServices::transport() const
{
    return transports.isEmpty() ? nullptr : transports.constLast().get();
}

} // namespace linchpin::test
