// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/net/realservices.h"
#include "core/net/sharedrows.h"
#include "core/sdk/facets.h"
#include "core/sdk/protocolplugin.h"
#include "core/sdk/session.h"

#include <QTest>

#include <algorithm>
#include <functional>

namespace linchpin::irc::test {

using namespace Qt::StringLiterals;

inline const QString kMixed
    = u"Zażółć gęślą jaźń こんにちは世界 مرحبا بالعالم e\u0301 ก็ 👩‍👩‍👧‍👦🦄𝄞"_s;
inline constexpr int kLimit = 20000; // ms; generous, since the machine may be busy

/// Somebody with an account: a session of the plugin and what it told.
class Person : public QObject {
    Q_OBJECT
public:
    Person(const ProtocolPlugin &plugin, const QVariantMap &settings, const QString &password)
        : m_services(binding(plugin, settings, password))
        , m_session(plugin.createSession(complete(plugin, settings), m_services))
    {
        connect(m_session.get(), &Session::event, this,
            [this](const SessionEvent &event) { events.append(event); });
        connect(
            m_session.get(), &Session::ended, this, [this](const Error &why) { ends.append(why); });
    }

    ~Person() override
    {
        if (session().state() != Session::State::Offline) {
            session().close();
            [[maybe_unused]] const bool closed = QTest::qWaitFor(
                [this] { return session().state() == Session::State::Offline; }, 6000);
        }
    }

    Session &session() { return *m_session; }
    bool signIn()
    {
        session().open({ .availability = Availability::Available });
        [[maybe_unused]] const bool done = QTest::qWaitFor(
            [this] { return session().state() == Session::State::Online || !ends.isEmpty(); },
            kLimit);
        if (!ends.isEmpty()) {
            qWarning() << ends.first().code << ends.first().detail;
        }
        return session().state() == Session::State::Online;
    }
    QString failure()
    {
        session().open({});
        [[maybe_unused]] const bool done
            = QTest::qWaitFor([this] { return !ends.isEmpty(); }, kLimit);
        return ends.isEmpty() ? u"none"_s : ends.first().code;
    }

    /// The answer of something asked; an error `no-answer` when it does not come.
    template <class T> Result<T> wait(const Async<T> &asked)
    {
        if (!QTest::qWaitFor([&] { return asked.isFinished(); }, kLimit)) {
            Error late;
            late.code = u"no-answer"_s;
            return std::unexpected(late);
        }
        return asked.result();
    }

    Async<SentMessage> send(
        const QString &to, const QString &text, MessageKind kind = MessageKind::Chat)
    {
        OutgoingMessage message;
        message.localId = QString::number(++m_sent);
        message.to = to;
        message.conversation
            = to.startsWith(u'#') ? ConversationKind::Room : ConversationKind::Person;
        message.kind = kind;
        message.body = RichText::fromPlain(text);
        return session().send(message);
    }

    QList<InboundMessage> messages() const
    {
        QList<InboundMessage> list;
        for (const SessionEvent &event : events) {
            if (const auto *received = std::get_if<MessageReceived>(&event);
                received && received->message.conversation != ConversationKind::Server) {
                list.append(received->message);
            }
        }
        return list;
    }
    bool heard(const QString &text, const QString &with) const
    {
        return std::ranges::any_of(messages(), [&](const InboundMessage &message) {
            return message.body.plain() == text && message.with == with;
        });
    }
    /// Whether some change of a room satisfies @p check.
    bool roomSaid(const std::function<bool(const RoomChange &)> &check) const
    {
        return std::ranges::any_of(events, [&](const SessionEvent &event) {
            const auto *changed = std::get_if<RoomChanged>(&event);
            return changed && check(changed->change);
        });
    }
    bool saw(RoomMovement::Kind kind, const QString &nick) const
    {
        return roomSaid([&](const RoomChange &change) {
            return std::ranges::any_of(change.movements,
                [&](const RoomMovement &m) { return m.kind == kind && m.nick == nick; });
        });
    }
    Availability presenceOf(const QString &address) const
    {
        Availability last = Availability::Unknown;
        for (const SessionEvent &event : events) {
            if (const auto *changed = std::get_if<PresenceChanged>(&event);
                changed && changed->address.value == address) {
                last = changed->presence.availability;
            }
        }
        return last;
    }
    bool noticed(const QString &code) const
    {
        return std::ranges::any_of(events, [&](const SessionEvent &event) {
            const auto *notice = std::get_if<ServerNotice>(&event);
            return notice && notice->code == code;
        });
    }

    QList<SessionEvent> events;
    QList<Error> ends;

private:
    static SettingValues complete(const ProtocolPlugin &plugin, const QVariantMap &settings)
    {
        SettingValues values;
        for (auto value = settings.begin(); value != settings.end(); ++value) {
            values.set(value.key(), *value);
        }
        values.set(u"proxy-type"_s, u"none"_s);
        return fullSchema(plugin).complete(values);
    }

    ServiceBinding binding(
        const ProtocolPlugin &plugin, const QVariantMap &settings, const QString &password)
    {
        ServiceBinding binding;
        binding.settings = complete(plugin, settings);
        binding.secret = [password](const QString &) -> Async<QString> {
            if (password.isEmpty()) {
                Error none;
                none.kind = Error::Kind::Authentication;
                none.code = u"no-password"_s;
                return readyError<QString>(none);
            }
            return ready<QString>(password);
        };
        binding.storeSecret = [](const QString &, const QString &) { return readyOk(); };
        binding.state = [this](const QString &key) { return m_state.value(key); };
        binding.setState
            = [this](const QString &key, const QByteArray &value) { m_state.insert(key, value); };
        binding.log = [](bool, const QByteArray &) { };
        return binding;
    }

    QHash<QString, QByteArray> m_state;
    RealServices m_services;
    std::unique_ptr<Session> m_session;
    int m_sent = 0;
};

} // namespace linchpin::irc::test
