// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/accounts/account.h"

#include "core/accounts/accountenvironment.h"
#include "core/accounts/reconnectpolicy.h"
#include "core/net/sharedrows.h"
#include "core/sdk/protocolplugin.h"

#include <QLoggingCategory>
#include <QPointer>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

Q_LOGGING_CATEGORY(lcAccounts, "linchpin.accounts", QtInfoMsg)

namespace linchpin {

namespace {

constexpr auto kCloseLimit = 5s;

} // namespace

class Account::Private {
public:
    Private(Account &account, AccountConfig accountConfig, const ProtocolPlugin *accountPlugin,
        AccountEnvironment &accountEnvironment)
        : q(account)
        , config(std::move(accountConfig))
        , plugin(accountPlugin)
        , environment(accountEnvironment)
    {
    }

    void connectNow();
    void createSession();
    void closeSession();
    void dropSession();
    void retire(const QPointer<Session> &old, std::shared_ptr<SessionServices> held);
    void forgetResting();
    void onSessionState(Session::State sessionState);
    void onEnded(const Error &why);
    void onEvent(const SessionEvent &what);
    void setState(Account::State next);
    void waitForRetry(const Error &why);
    bool keepsPause();
    void stopWith(const Error &why);
    void publish(bool chosen = false);
    Presence toPublish() const;
    bool isWanted() const { return wanted.availability > Availability::Offline; }

    Account &q;
    AccountConfig config;
    const ProtocolPlugin *plugin;
    AccountEnvironment &environment;

    Account::State state = Account::State::Offline;
    Presence wanted { .availability = Availability::Offline,
        .text = {},
        .activity = {},
        .device = {},
        .idleSince = {},
        .since = {} };
    QDateTime idleSince;
    Presence published; // what the session was last told
    std::optional<Presence> reported; // what the server says we are
    std::optional<Error> reason;
    QDateTime retryAt;
    QDateTime askedPause; // the server does not want us before that
    ReconnectPolicy policy;

    // Services outlive their session, also when that is deleted later.
    std::shared_ptr<SessionServices> services;
    QPointer<Session> session;
    bool closing = false;
    bool reopen = false; // connect again when the closing session is gone
    std::unique_ptr<Timer> retryTimer;
    std::unique_ptr<Timer> closeTimer;
    struct Retired {
        QPointer<Session> session;
        std::shared_ptr<SessionServices> services;
    };
    QList<Retired> retired; // ended, to be deleted by the event loop
    Retired resting; // cut off, to be opened again
};

void Account::Private::setState(Account::State next)
{
    if (next != Account::State::Waiting) {
        retryAt = {};
        retryTimer.reset();
    }
    const bool presenceMayDiffer
        = (state == Account::State::Online) != (next == Account::State::Online);
    if (next != Account::State::Online) {
        reported.reset();
    }
    state = next;
    Q_EMIT q.stateChanged(state);
    if (presenceMayDiffer) {
        Q_EMIT q.presenceChanged();
    }
}

void Account::Private::connectNow()
{
    if (session) {
        reopen = closing;
        if (reopen && state != Account::State::Connecting) {
            setState(Account::State::Connecting);
        }
        return;
    }
    reopen = false;
    if (!plugin) {
        Error error;
        error.kind = Error::Kind::Unsupported;
        error.code = u"unknown-protocol"_s;
        error.title = tr("The program has no (working) part for this account's protocol.");
        error.detail = config.protocol;
        error.fatal = true;
        stopWith(error);
        return;
    }
    if (resting.session) {
        services = std::move(resting.services);
        session = std::exchange(resting.session, nullptr);
    } else {
        createSession();
    }
    const QPointer<Session> fresh = session;
    setState(Account::State::Connecting);
    if (session != fresh || closing) {
        return; // whoever heard of the state changed their mind
    }
    published = toPublish();
    fresh->open(published);
}

void Account::Private::createSession()
{
    services = environment.servicesFor(q);
    const SettingsSchema schema = fullSchema(*plugin);
    Session *const fresh
        = plugin
              ->createSession(
                  settingsInForce(schema, config.settings, environment.now()), *services)
              .release();
    session = fresh;
    QObject::connect(fresh, &Session::stateChanged, &q,
        [this](Session::State sessionState) { onSessionState(sessionState); });
    QObject::connect(fresh, &Session::ended, &q, [this](const Error &why) { onEnded(why); });
    QObject::connect(
        fresh, &Session::event, &q, [this](const SessionEvent &what) { onEvent(what); });
}

void Account::Private::dropSession()
{
    closeTimer.reset();
    closing = false;
    retire(session, services);
    session.clear();
    services.reset();
}

void Account::Private::retire(const QPointer<Session> &old, std::shared_ptr<SessionServices> held)
{
    if (!old) {
        return;
    }
    old->disconnect(&q);
    retired.removeIf([](const Retired &gone) { return gone.session.isNull(); });
    retired.append({ old, std::move(held) });
    old->deleteLater();
}

/// The next session begins anew: with other settings, or because the user went offline.
void Account::Private::forgetResting()
{
    retire(std::exchange(resting.session, nullptr), std::move(resting.services));
}

void Account::Private::closeSession()
{
    if (!session || closing) {
        return;
    }
    closing = true;
    const QPointer<Session> current = session;
    closeTimer = environment.timer(kCloseLimit, [this] {
        qCWarning(lcAccounts) << "The session of" << config.name << "did not close in time.";
        dropSession();
        Q_EMIT q.signedOut();
        if (reopen && isWanted()) {
            connectNow();
        }
    });
    current->close();
    // A session that was offline already tells nothing.
    if (session == current && closing && current->state() == Session::State::Offline) {
        onSessionState(Session::State::Offline);
    }
}

void Account::Private::onSessionState(Session::State sessionState)
{
    if (!session) {
        return;
    }
    if (closing) {
        if (sessionState == Session::State::Offline) {
            dropSession();
            Q_EMIT q.signedOut();
            if (reopen && isWanted() && !session) {
                connectNow();
            }
        }
        return;
    }
    switch (sessionState) {
    case Session::State::Online:
        policy.connected(environment.now());
        reason.reset();
        setState(Account::State::Online);
        publish(); // the wish may have changed meanwhile
        break;
    case Session::State::Offline: {
        // ended() follows at once with the reason; a session that forgets it must not hang.
        const QPointer<Session> which = session;
        QMetaObject::invokeMethod(
            &q,
            [this, which] {
                if (which && which == session && !closing
                    && which->state() == Session::State::Offline) {
                    Error error;
                    error.kind = Error::Kind::Network;
                    error.code = u"connection-closed"_s;
                    error.title = tr("The connection ended.");
                    onEnded(error);
                }
            },
            Qt::QueuedConnection);
        break;
    }
    case Session::State::Connecting:
    case Session::State::Authenticating:
    case Session::State::Closing:
        break;
    }
}

void Account::Private::onEnded(const Error &why)
{
    if (!session) {
        return;
    }
    const bool wasClosing = closing;
    const bool mayReopen = !closing && isWanted() && !why.fatal
        && (why.kind == Error::Kind::Network || why.kind == Error::Kind::Timeout)
        && session->canReopen();
    if (mayReopen) {
        resting = { std::exchange(session, nullptr), std::exchange(services, nullptr) };
    } else {
        dropSession();
    }
    if (wasClosing) {
        Q_EMIT q.signedOut();
        if (reopen && isWanted() && !session) {
            connectNow();
        }
        return;
    }
    if (why.kind == Error::Kind::Authentication || why.kind == Error::Kind::Cancelled) {
        environment.dropHeldSecrets(config.id);
    }
    if (!isWanted()) {
        reason.reset();
        setState(Account::State::Offline);
        Q_EMIT q.signedOut();
    } else if (why.fatal || why.kind == Error::Kind::Cancelled) {
        stopWith(why);
        Q_EMIT q.signedOut();
    } else {
        waitForRetry(why);
    }
}

void Account::Private::waitForRetry(const Error &why)
{
    reason = why;
    const QDateTime now = environment.now();
    const auto wait = policy.failed(now, environment.randomUnit(), why.retryAfter);
    askedPause = now.addDuration(
        std::min<std::chrono::milliseconds>(why.retryAfter, ReconnectPolicy::kLongestAsked));
    retryAt = now.addDuration(wait);
    retryTimer = environment.timer(wait, [this] { connectNow(); });
    setState(Account::State::Waiting);
}

/// Whether a server's pause holds; timers do not count while a machine sleeps, so it is set anew.
bool Account::Private::keepsPause()
{
    const QDateTime now = environment.now();
    if (state != Account::State::Waiting || askedPause <= now || retryAt <= now) {
        return false;
    }
    retryTimer = environment.timer(
        std::chrono::milliseconds(now.msecsTo(retryAt)), [this] { connectNow(); });
    return true;
}

void Account::Private::stopWith(const Error &why)
{
    reason = why;
    policy.reset();
    forgetResting();
    setState(Account::State::Offline);
}

Presence Account::Private::toPublish() const
{
    Presence presence = wanted;
    if (plugin && plugin->info().capabilities.testFlag(Capability::IdleStatus)) {
        presence.idleSince = idleSince;
    }
    return presence;
}

void Account::Private::publish(bool chosen)
{
    const Presence next = toPublish();
    // Chosen again, a status counts again where another device has changed it.
    const bool overruled = chosen && reported && reported->availability != next.availability;
    if (state != Account::State::Online || !session || closing
        || (published == next && !overruled)) {
        return;
    }
    published = next;
    reported.reset();
    session->setPresence(next);
    Q_EMIT q.presenceChanged();
}

void Account::Private::onEvent(const SessionEvent &what)
{
    if (const auto *const learned = std::get_if<SettingLearned>(&what)) {
        if (config.settings.origin(learned->key) != SettingOrigin::ByHand
            || !config.settings.contains(learned->key)) {
            if (config.settings.value(learned->key) != learned->value) {
                config.settings.set(learned->key, learned->value, SettingOrigin::Found);
                Q_EMIT q.configChanged();
            }
        }
    } else if (const auto *const own = std::get_if<OwnPresenceChanged>(&what)) {
        reported = own->presence;
        Q_EMIT q.presenceChanged();
    }
    Q_EMIT q.event(what);
}

Account::Account(AccountConfig config, const ProtocolPlugin *plugin,
    AccountEnvironment &environment, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(*this, std::move(config), plugin, environment))
{
}

Account::~Account()
{
    if (d->session) {
        d->session->disconnect(this);
        delete d->session.data();
    }
    if (d->resting.session) {
        d->resting.session->disconnect(this);
        delete d->resting.session.data();
    }
    for (const Private::Retired &old : std::as_const(d->retired)) {
        delete old.session.data();
    }
}

const AccountId &Account::id() const
{
    return d->config.id;
}

const AccountConfig &Account::config() const
{
    return d->config;
}

QString Account::name() const
{
    return d->config.name;
}

QString Account::address() const
{
    return d->config.address();
}

const ProtocolPlugin *Account::plugin() const
{
    return d->plugin;
}

SettingsSchema Account::schema() const
{
    return d->plugin ? fullSchema(*d->plugin) : SettingsSchema {};
}

Account::State Account::state() const
{
    return d->state;
}

QDateTime Account::retryAt() const
{
    return d->retryAt;
}

const std::optional<Error> &Account::reason() const
{
    return d->reason;
}

Session *Account::session() const
{
    return d->session;
}

bool Account::isSignedOut() const
{
    return d->session.isNull();
}

Presence Account::presence() const
{
    if (d->state != State::Online) {
        Presence offline;
        offline.availability = Availability::Offline;
        return offline;
    }
    return d->reported.value_or(d->published);
}

Presence Account::wantedPresence() const
{
    return d->wanted;
}

void Account::setIdleSince(const QDateTime &since)
{
    d->idleSince = since;
    d->publish();
}

void Account::setWantedPresence(const Presence &presence)
{
    const bool wasWanted = d->isWanted();
    d->wanted = presence;
    if (!d->isWanted()) {
        d->wanted.availability = Availability::Offline;
        d->reopen = false;
        d->reason.reset();
        d->policy.reset();
        d->environment.dropHeldSecrets(d->config.id);
        d->forgetResting();
        const bool tell = d->state != State::Offline || wasWanted;
        // Offline for everybody at once; the session says goodbye meanwhile.
        d->retryTimer.reset();
        if (tell) {
            d->setState(State::Offline);
        }
        d->closeSession();
        return;
    }
    switch (d->state) {
    case State::Online:
        d->publish(true);
        break;
    case State::Connecting:
    case State::Waiting:
        break; // told to the session when it is online
    case State::Offline:
        // After an error only the user's own wish tries again: not a status that follows an idle
        // clock, or a wrong password would be tried until the server locks the account.
        if (!wasWanted || !d->reason) {
            d->reason.reset();
            d->connectNow();
        }
        break;
    }
}

void Account::retryNow()
{
    if (!d->isWanted() || d->state == State::Online || d->state == State::Connecting) {
        return;
    }
    d->policy.reset();
    d->reason.reset();
    d->connectNow();
}

void Account::wake()
{
    if (!d->keepsPause()) {
        retryNow();
    }
}

void Account::probe()
{
    if (d->state == State::Online && d->session) {
        d->session->probe();
    }
}

void Account::rememberState(const QString &key, const QByteArray &value)
{
    if (d->config.state.value(key) == value && d->config.state.contains(key) == !value.isEmpty()) {
        return;
    }
    if (value.isEmpty()) {
        d->config.state.remove(key);
    } else {
        d->config.state.insert(key, value);
    }
    Q_EMIT stateRemembered();
}

void Account::setConfig(const AccountConfig &config)
{
    const AccountConfig before = std::exchange(d->config, config);
    if (before == config) {
        return;
    }
    Q_EMIT configChanged();
    bool restarts = false;
    const SettingsSchema fields = schema();
    for (const SettingField &field : fields.fields()) {
        restarts = restarts
            || (field.restartsSession
                && fields.value(before.settings, field.key)
                    != fields.value(config.settings, field.key));
    }
    if (restarts) {
        restartSession();
    }
}

void Account::restartSession()
{
    d->forgetResting();
    if (!d->isWanted()) {
        return;
    }
    d->policy.reset();
    d->reason.reset();
    if (d->session) {
        d->reopen = true;
        d->setState(State::Connecting);
        d->closeSession();
    } else {
        d->connectNow();
    }
}

QString toWord(Account::State state)
{
    switch (state) {
    case Account::State::Offline:
        return u"offline"_s;
    case Account::State::Connecting:
        return u"connecting"_s;
    case Account::State::Online:
        return u"online"_s;
    case Account::State::Waiting:
        return u"waiting"_s;
    }
    return {};
}

} // namespace linchpin
