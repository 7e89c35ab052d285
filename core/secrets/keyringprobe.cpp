// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/secrets/keyringprobe.h"

#ifdef QT_DBUS_LIB
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusObjectPath>
#include <QDBusPendingCallWatcher>
#include <QDBusVariant>
#include <QTimer>
#endif

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin {

#ifdef QT_DBUS_LIB

namespace {

constexpr auto kLimit = 2s;
const QString kSecrets = u"org.freedesktop.secrets"_s;
const QString kBus = u"org.freedesktop.DBus"_s;
/// What gnome-keyring asks with: gcr-prompter, or the shell itself.
const QString kPrompter = u"org.gnome.keyring.SystemPrompter"_s;

/// One question after the other; deletes itself when it has answered.
class KeyringProbe : public QObject {
public:
    explicit KeyringProbe(QObject *parent)
        : QObject(parent)
    {
    }

    Async<KeyringState> start()
    {
        const auto future = m_answer.future();
        if (!QDBusConnection::sessionBus().isConnected()) {
            finish(KeyringState::Absent);
            return future;
        }
        QTimer::singleShot(kLimit, this, [this] { finish(KeyringState::Unknown); });
        QDBusMessage alias = QDBusMessage::createMethodCall(kSecrets, u"/org/freedesktop/secrets"_s,
            u"org.freedesktop.Secret.Service"_s, u"ReadAlias"_s);
        alias << u"default"_s;
        ask(alias, [this](const QDBusMessage &reply) { onCollection(reply); });
        return future;
    }

private:
    void ask(
        const QDBusMessage &question, const std::function<void(const QDBusMessage &reply)> &then)
    {
        auto *const watcher
            = new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(question), this);
        connect(watcher, &QDBusPendingCallWatcher::finished, this,
            [watcher, then] { then(watcher->reply()); });
    }

    void onCollection(const QDBusMessage &reply)
    {
        if (reply.type() != QDBusMessage::ReplyMessage) {
            const QString name = reply.errorName();
            finish(name.endsWith("ServiceUnknown"_L1) || name.endsWith("NameHasNoOwner"_L1)
                        || name.contains("Spawn"_L1)
                    ? KeyringState::Absent
                    : KeyringState::Unknown);
            return;
        }
        const QString path = reply.arguments().value(0).value<QDBusObjectPath>().path();
        if (path.size() < 2) {
            // There is no keyring yet: the first password makes one, which asks as well.
            onLocked(true);
            return;
        }
        QDBusMessage locked = QDBusMessage::createMethodCall(
            kSecrets, path, u"org.freedesktop.DBus.Properties"_s, u"Get"_s);
        locked << u"org.freedesktop.Secret.Collection"_s << u"Locked"_s;
        ask(locked, [this](const QDBusMessage &answer) {
            if (answer.type() != QDBusMessage::ReplyMessage) {
                finish(KeyringState::Unknown);
                return;
            }
            onLocked(answer.arguments().value(0).value<QDBusVariant>().variant().toBool());
        });
    }

    void onLocked(bool isLocked)
    {
        if (!isLocked) {
            finish(KeyringState::Open);
            return;
        }
        // Only of gnome-keyring is known what it asks with.
        has(u"NameHasOwner"_s, u"org.gnome.keyring"_s, [this](bool isGnome) {
            if (!isGnome) {
                finish(KeyringState::Locked);
                return;
            }
            has(u"NameHasOwner"_s, kPrompter, [this](bool runs) {
                if (runs) {
                    finish(KeyringState::Locked);
                    return;
                }
                ask(QDBusMessage::createMethodCall(
                        kBus, u"/org/freedesktop/DBus"_s, kBus, u"ListActivatableNames"_s),
                    [this](const QDBusMessage &names) {
                        finish(names.arguments().value(0).toStringList().contains(kPrompter)
                                ? KeyringState::Locked
                                : KeyringState::LockedForGood);
                    });
            });
        });
    }

    void has(const QString &method, const QString &name, const std::function<void(bool)> &then)
    {
        QDBusMessage question
            = QDBusMessage::createMethodCall(kBus, u"/org/freedesktop/DBus"_s, kBus, method);
        question << name;
        ask(question,
            [then](const QDBusMessage &reply) { then(reply.arguments().value(0).toBool()); });
    }

    void finish(KeyringState state)
    {
        m_answer.give(state);
        deleteLater();
    }

    Answer<KeyringState> m_answer;
};

} // namespace

Async<KeyringState> probeKeyring(QObject *context)
{
    auto *const probe = new KeyringProbe(context);
    return probe->start();
}

#else

Async<KeyringState> probeKeyring(QObject *)
{
    return ready<KeyringState>(KeyringState::Unknown);
}

#endif

} // namespace linchpin
