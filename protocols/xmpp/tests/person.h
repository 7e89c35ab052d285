// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/logging.h"
#include "core/sdk/protocolplugin.h"
#include "tests/support/liveservices.h"
#include "tests/support/peerserver.h"

#include <QElapsedTimer>
#include <QTest>

#include <memory>
#include <ranges>

namespace linchpin::xmpp::test {

/// One person signed in through the plugin's interface, and everything the session said.
class Person {
public:
    Person(const ProtocolPlugin &plugin, const linchpin::test::PeerServer &server,
        const QString &address, const QVariantMap &settings = {})
        : Person(plugin, address, [&] {
            QVariantMap all { { QStringLiteral("server"), QStringLiteral("127.0.0.1") },
                { QStringLiteral("port"), server.port() },
                { QStringLiteral("ca-file"), server.caFile() } };
            all.insert(settings);
            return all;
        }())
    {
    }

    Person(const ProtocolPlugin &plugin, const QString &who, const QVariantMap &settings)
        : address(who)
    {
        services.secrets.insert(QStringLiteral("password"),
            who.section(QLatin1Char('@'), 0, 0) + QStringLiteral("-pw"));
        values.set(QStringLiteral("address"), who);
        for (auto it = settings.cbegin(); it != settings.cend(); ++it) {
            values.set(it.key(), it.value());
        }
        renew(plugin);
    }

    /// Signs out: a stream that merely broke stays with the server for minutes, and takes messages.
    ~Person()
    {
        session->close();
        QElapsedTimer timer;
        timer.start();
        while (session->state() != Session::State::Offline && timer.elapsed() < 5000) {
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
        }
    }
    Person(const Person &) = delete;
    Person &operator=(const Person &) = delete;

    /// The program restarts: a new session over the kept state.
    void renew(const ProtocolPlugin &plugin)
    {
        session = plugin.createSession(plugin.accountSchema().complete(values), services);
        if (qEnvironmentVariableIsSet("LINCHPIN_TEST_WIRE")) {
            services.onWire = [this](bool out, const QByteArray &bytes) {
                qInfo().noquote() << address << (out ? ">>>" : "<<<") << redact(bytes);
            };
        }
        QObject::connect(
            session.get(), &Session::event, session.get(), [this](const SessionEvent &event) {
                events.append(event);
                if (const auto *message = std::get_if<MessageReceived>(&event);
                    message && message->stored) {
                    message->stored();
                }
            });
        QObject::connect(session.get(), &Session::ended, session.get(),
            [this](const Error &why) { reasons.append(why); });
    }

    void open(Availability availability = Availability::Available) const
    {
        Presence presence;
        presence.availability = availability;
        session->open(presence);
    }

    template <class T> QList<T> all() const
    {
        QList<T> found;
        for (const SessionEvent &event : events) {
            if (const T *one = std::get_if<T>(&event)) {
                found.append(*one);
            }
        }
        return found;
    }
    template <class T, class Predicate> bool saw(Predicate predicate) const
    {
        const auto found = all<T>();
        return std::any_of(found.cbegin(), found.cend(), predicate);
    }
    bool heard(const QString &text, Direction direction = Direction::In) const
    {
        return countHeard(text, direction) > 0;
    }
    qsizetype countHeard(const QString &text, Direction direction = Direction::In) const
    {
        const auto found = all<MessageReceived>();
        return std::count_if(found.cbegin(), found.cend(), [&](const MessageReceived &received) {
            return received.message.body.plain() == text && received.message.direction == direction;
        });
    }
    InboundMessage firstHeard(const QString &text) const
    {
        const auto found = all<MessageReceived>();
        for (const MessageReceived &received : found) {
            if (received.message.body.plain() == text) {
                return received.message;
            }
        }
        return {};
    }
    bool sees(const QString &whom, Availability availability) const
    {
        const auto found = all<PresenceChanged>();
        for (const PresenceChanged &change : found | std::views::reverse) {
            if (change.address.value == whom) {
                return change.presence.availability == availability;
            }
        }
        return false;
    }
    bool isOnline() const { return session->state() == Session::State::Online; }

    OutgoingMessage message(const QString &to, const QString &text,
        ConversationKind kind = ConversationKind::Person) const
    {
        OutgoingMessage out;
        out.localId = QUuid::createUuid().toString(QUuid::WithoutBraces);
        out.to = to;
        out.conversation = kind;
        out.kind = kind == ConversationKind::Room ? MessageKind::Room : MessageKind::Chat;
        out.body = RichText::fromPlain(text);
        out.composedAt = services.now();
        return out;
    }

    QString address;
    SettingValues values;
    linchpin::test::LiveServices services;
    QList<SessionEvent> events;
    QList<Error> reasons;
    std::unique_ptr<Session> session; // last: goes before what it uses
};

/// Waits for an answer; a default-made error where none comes.
template <class T> Result<T> answerOf(const Async<T> &future, int limit = 10000)
{
    QElapsedTimer timer;
    timer.start();
    while (!future.isFinished() && timer.elapsed() < limit) {
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
    }
    if (!future.isFinished()) {
        Error error;
        error.code = QStringLiteral("test-limit");
        return std::unexpected(error);
    }
    return future.result();
}

} // namespace linchpin::xmpp::test
