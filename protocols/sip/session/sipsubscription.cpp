// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/sipsubscription.h"

#include "protocols/sip/wire/sipheader.h"

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

constexpr std::chrono::seconds refreshMargin = 120s;

/// "active;expires=300", "terminated": the word and the seconds left, -1 when not told.
struct State {
    bool terminated = false;
    qint64 expires = -1;
};

State stateOf(const SipMessage &message)
{
    const QByteArray value = message.header("Subscription-State");
    State state;
    state.terminated = value.trimmed().toLower().startsWith("terminated");
    const qsizetype semicolon = value.indexOf(';');
    if (semicolon >= 0) {
        const auto parameters = parseParameters(QByteArrayView(value).sliced(semicolon));
        if (parameters && parameters->has("expires")) {
            state.expires = parameters->value("expires").toLongLong();
        }
    }
    if (state.expires < 0 && message.isResponse() && message.hasHeader("Expires")) {
        state.expires = message.header("Expires").toLongLong();
    }
    return state;
}

} // namespace

SipSubscription::SipSubscription(
    SipLink &link, Options options, NotificationHandler notified, EndHandler ended)
    : m_link(link)
    , m_options(std::move(options))
    , m_notified(std::move(notified))
    , m_ended(std::move(ended))
{
}

void SipSubscription::start()
{
    const LocalIdentity &identity = m_link.identity();
    m_dialog = Dialog::outgoing(
        m_options.target.isEmpty() ? identity.uri() : m_options.target, m_link.random());
    m_first = true;
    subscribe();
}

void SipSubscription::stop()
{
    if (!std::exchange(m_over, true) && m_dialog.isEstablished()) {
        m_refresh.reset();
        m_options.oneShot = true; // Expires: 0
        subscribe();
    }
}

void SipSubscription::subscribe()
{
    const LocalIdentity &identity = m_link.identity();
    SipMessage request = m_dialog.request(identity, "SUBSCRIBE"_ba, m_link.random());
    request.addHeader("Contact"_ba, identity.contact());
    request.addHeader("Event"_ba, m_options.event);
    request.addHeader("Accept"_ba, m_options.accept);
    request.addHeader("Supported"_ba, "com.microsoft.autoextend"_ba);
    request.addHeader("Supported"_ba, "ms-benotify"_ba);
    request.addHeader("Proxy-Require"_ba, "ms-benotify"_ba);
    request.addHeader("Supported"_ba, "ms-piggyback-first-notify"_ba);
    for (const SipHeader &header : m_options.headers) {
        request.addHeader(header.name, header.value);
    }
    if (m_options.oneShot) {
        request.addHeader("Expires"_ba, "0"_ba);
    }
    request.setBody(m_options.bodyType, m_options.body);
    m_link.send(request, [this, alive = std::weak_ptr(m_alive)](const SipReply &reply) {
        if (alive.lock()) {
            answered(reply);
        }
    });
}

void SipSubscription::answered(const SipReply &reply)
{
    if (m_over) {
        return;
    }
    if (!reply) {
        return; // the session ends, or reports the silence by itself
    }
    m_dialog.catchUp(*reply);
    if (reply->status == 481 && m_dialog.isEstablished() && !m_restarted) {
        m_restarted = true;
        start();
        return;
    }
    if (reply->status >= 300) {
        m_over = true;
        m_refresh.reset();
        const auto ended = m_ended; // may destroy this
        ended(reply->status);
        return;
    }
    if (!m_dialog.isEstablished()) {
        m_dialog.establish(*reply);
    }
    const State state = stateOf(*reply);
    if (!m_options.oneShot) {
        schedule(std::chrono::seconds(std::max<qint64>(state.expires, 0)));
    }
    if (!reply->body.isEmpty()) {
        notify(*reply);
    }
}

bool SipSubscription::owns(const SipMessage &request) const
{
    return !m_over && !m_dialog.callId().isEmpty() && m_dialog.owns(request);
}

void SipSubscription::receive(const SipMessage &request)
{
    if (!m_dialog.takeNumber(request)) {
        return; // older than what was seen: the newer one said it all
    }
    const State state = stateOf(request);
    if (!request.body.isEmpty()) {
        const auto alive = std::weak_ptr(m_alive);
        notify(request);
        if (!alive.lock() || m_over) {
            return;
        }
    }
    if (state.terminated && !m_options.oneShot) {
        m_over = true;
        m_refresh.reset();
        const auto ended = m_ended;
        ended(0);
        return;
    }
    // com.microsoft.autoextend: every notification starts the time afresh.
    schedule(state.expires > 0 ? std::chrono::seconds(state.expires) : m_lifetime);
}

void SipSubscription::notify(const SipMessage &message)
{
    const Notification notification { message.header("Content-Type"), message.body,
        std::exchange(m_first, false) };
    m_notified(notification);
}

void SipSubscription::schedule(std::chrono::seconds lifetime)
{
    if (m_options.oneShot || lifetime <= 0s) {
        return;
    }
    m_lifetime = std::clamp(lifetime, std::chrono::seconds(60s), std::chrono::seconds(24h));
    const auto in = m_lifetime > 2 * refreshMargin ? m_lifetime - refreshMargin : m_lifetime / 2;
    m_refresh = m_link.services().timer(in, [this] { subscribe(); });
}

} // namespace linchpin::sip
