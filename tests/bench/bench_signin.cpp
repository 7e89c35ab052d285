// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// What signing in to a Lync pool costs, counted by the simulated pool: requests it answered, bytes
// both ways (without TLS), connections, until the client is online with its contact list, has told
// its own presence and is quiet. Beside it pidgin-sipe, where there is one, on a pool of the same
// making.

#include "core/net/realservices.h"
#include "protocols/sip/simulator/ocspool.h"
#include "protocols/sip/simulator/simcertificates.h"
#include "protocols/sip/simulator/web/lyncweb.h"
#include "protocols/sip/simulator/web/nameproxy.h"
#include "protocols/sip/sipsession.h"
#include "protocols/sip/sipsettings.h"
#include "tests/bench/bench.h"
#include "tests/bench/childprocess.h"
#include "tests/interop/purpleclient.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace linchpin::bench {

namespace {

using sip::sim::OcsPool;
using sip::sim::Traffic;

constexpr int limit = 60'000; // ms
constexpr int quiet = 1'500; // ms without traffic after which signing in is over
constexpr int people = 20;
constexpr std::chrono::milliseconds answerDelay { 100 }; ///< so that waiting can be told apart
const QString domain = u"litwareinc.test"_s;
const QString ben = u"ben@litwareinc.test"_s;
const QString password = u"Pa55-ben"_s;

struct Cost {
    Traffic sip;
    Traffic web;

    int requests() const { return sip.answered + web.answered; }
    qint64 bytes() const { return sip.received + sip.sent + web.received + web.sent; }
    /// Ours asks web services for one thing after the other.
    int waits() const { return sip.waits + web.answered; }
    int connections() const { return sip.connections + web.connections; }
};

/// A pool with one account that has contacts, all of them there.
class Pool {
public:
    Pool(const QByteArray &scheme, sip::sim::Profile profile, bool behindProxy = false)
    {
        static const auto certificates
            = sip::sim::makeCertificates(OcsPool::certificateNames(domain));
        m_pool = std::make_unique<OcsPool>(OcsPool::Options { .domain = domain,
                                               .directory = m_directory.path(),
                                               .profile = profile,
                                               .certificates = certificates,
                                               .behindProxy = behindProxy },
            nullptr);
        m_pool->addUser(ben, u"LITWARE\\ben"_s, password, u"Ben Smith"_s);
        m_pool->addCrowd(ben, people, people);
        if (!m_pool->start()) {
            giveUp(u"The pool did not start."_s);
        }
        m_pool->offerSchemes({ scheme });
        m_pool->setDelay(answerDelay);
    }

    OcsPool &operator*() { return *m_pool; }
    OcsPool *operator->() { return m_pool.get(); }
    QString directory() const { return m_directory.path(); }

    /// What it takes until that is so and nothing more comes.
    Cost until(const std::function<bool()> &isIn)
    {
        const bool in = QTest::qWaitFor(
            [&] {
                return isIn() && m_pool->availabilityOf(ben) < int(sip::sim::Availability::Offline);
            },
            limit);
        if (!in) {
            giveUp(u"Nobody signed in."_s);
        }
        auto seen = m_pool->traffic();
        QElapsedTimer since;
        since.start();
        const bool calm = QTest::qWaitFor(
            [&] {
                if (const auto now = m_pool->traffic(); now != seen) {
                    seen = now;
                    since.restart();
                }
                return since.hasExpired(quiet);
            },
            limit);
        if (!calm) {
            giveUp(u"No end of signing in."_s);
        }
        for (const auto &[method, count] : methods().asKeyValueRange()) {
            std::fprintf(stderr, "  %s %d\n", method.constData(), count);
        }
        return { seen.first, seen.second };
    }

private:
    /// What was asked for, for whoever wonders about a figure.
    QMap<QByteArray, int> methods() const
    {
        QMap<QByteArray, int> counts;
        for (const auto &entry : m_pool->received()) {
            const auto &message = entry.message;

            const QByteArray event = message.header("Event");
            ++counts[message.isRequest()
                    ? message.method + (event.isEmpty() ? QByteArray() : ' ' + event)
                    : "answers"_ba];
        }
        if (const auto *web = m_pool->web()) {
            for (const auto &request : web->requests()) {
                ++counts[request.method + ' ' + request.target];
            }
        }
        return counts;
    }

    QTemporaryDir m_directory;
    std::unique_ptr<OcsPool> m_pool;
};

/// Linchpin's own session, with what an account keeps between sign-ins.
struct Account {
    QMap<QString, QByteArray> state;
    QMap<QString, QString> secrets { { u"password"_s, password } };

    Cost signIn(Pool &pool, const QString &scheme)
    {
        SettingValues settings;
        settings.set(u"address"_s, ben);
        settings.set(u"login"_s, u"LITWARE\\ben"_s);
        if (const auto *names = pool->proxy()) { // the address alone: everything is found out
            settings.set(u"proxy-type"_s, u"http"_s);
            settings.set(u"proxy-host"_s, u"127.0.0.1"_s);
            settings.set(u"proxy-port"_s, names->port());
        } else {
            settings.set(u"server"_s, u"localhost"_s);
            settings.set(u"port"_s, pool->tlsPort());
            settings.set(u"connection"_s, u"tls"_s);
            settings.set(u"proxy-type"_s, u"none"_s);
        }
        settings.set(u"auth"_s, scheme);
        settings.set(u"ca-file"_s, pool->authorityFile());
        ServiceBinding binding;
        binding.settings = sip::accountSchema().complete(settings);
        binding.secret = [this](const QString &key) {
            Error none;
            none.code = u"no-password"_s;
            return secrets.contains(key) ? ready<QString>(secrets.value(key))
                                         : readyError<QString>(none);
        };
        binding.storeSecret = [this](const QString &key, const QString &value) {
            secrets.insert(key, value);
            const Answer<void> answer;
            answer.give(Result<void>());
            return answer.future();
        };
        binding.state = [this](const QString &key) { return state.value(key); };
        binding.setState
            = [this](const QString &key, const QByteArray &value) { state.insert(key, value); };
        binding.log = [](bool, const QByteArray &) { };
        RealServices services(binding);
        sip::SipSession session(binding.settings, services);
        bool complete = false;
        QObject::connect(
            &session, &Session::event, &session, [&complete](const SessionEvent &event) {
                complete = complete || std::holds_alternative<ContactListComplete>(event);
            });
        QObject::connect(&session, &Session::ended, &session,
            [](const Error &why) { giveUp(why.code + u": "_s + why.detail); });
        pool->resetTraffic();
        pool->clearLog();
        session.open({ .availability = Availability::Available });
        const Cost cost = pool.until([&] { return complete; });
        session.close();
        (void)QTest::qWaitFor(
            [&session] { return session.state() == Session::State::Offline; }, limit);
        return cost;
    }
};

/// pidgin-sipe in a process of its own; nothing where there is none.
std::optional<Cost> pidginSignIn(
    const QByteArray &offered, const QString &scheme, sip::sim::Profile profile)
{
    static const auto prepared = interop::PurpleClient::prepare();
    if (!prepared) {
        std::fprintf(stderr, "no pidgin-sipe: %s\n", qPrintable(prepared.error().why));
        return std::nullopt;
    }
    Pool pool(offered, profile);
    interop::PurpleClient client({ .address = ben,
        .login = u"LITWARE\\ben"_s,
        .password = password,
        .port = pool->tlsPort(),
        .scheme = scheme,
        .authorityFile = pool->authorityFile(),
        .directory = pool.directory() + u"/p"_s });
    const Cost cost = pool.until([&client] { return client.saw(u"signed-on"_s); });
    client.quit();
    return cost;
}

void tell(const QString &way, const Cost &ours, const std::optional<Cost> &theirs,
    const std::optional<Cost> &first = std::nullopt)
{
    const auto figure = [&](const QString &what, const QString &unit, auto member) {
        const auto value = double(std::invoke(member, ours));
        Figure figure {
            .bench = u"signin-"_s + way + u'-' + what, .value = value, .unit = unit, .beside = {}
        };
        if (theirs) {
            figure.beside.append({ u"pidgin-sipe"_s, double(std::invoke(member, *theirs)) });
            figure.aim = Aim { Aim::Bound::AtMost, figure.beside.last().second };
        }
        if (first) {
            figure.beside.append({ u"first"_s, double(std::invoke(member, *first)) });
            figure.aim = Aim { Aim::Bound::AtMost, figure.beside.last().second / 2 };
        }
        print(figure);
    };
    figure(u"requests"_s, u"requests"_s, &Cost::requests);
    figure(u"bytes"_s, u"bytes"_s, &Cost::bytes);
    figure(u"connections"_s, u"connections"_s, &Cost::connections);
    Figure waits { .bench = u"signin-"_s + way + u"-waits"_s,
        .value = double(ours.waits()),
        .unit = u"round trips"_s,
        .beside = {} };
    if (theirs) {
        waits.beside.append({ u"sip"_s, double(ours.sip.waits) });
        waits.beside.append({ u"pidgin-sipe-sip"_s, double(theirs->sip.waits) });
    }
    if (first) {
        waits.beside.append({ u"first"_s, double(first->waits()) });
        waits.aim = Aim { Aim::Bound::AtMost, first->waits() / 2.0 };
    }
    print(waits);
    const auto parts = [&](const QString &protocol, Traffic Cost::*part) {
        const auto &mine = ours.*part;
        Figure figure { .bench = u"signin-"_s + way + u'-' + protocol,
            .value = double(mine.answered),
            .unit = u"requests"_s,
            .beside
            = { { u"received"_s, double(mine.received) }, { u"sent"_s, double(mine.sent) } } };
        if (theirs) {
            const auto &other = *theirs.*part;
            figure.beside += { { u"pidgin-sipe"_s, double(other.answered) },
                { u"pidgin-sipe-received"_s, double(other.received) },
                { u"pidgin-sipe-sent"_s, double(other.sent) } };
        }
        print(figure);
    };
    parts(u"sip"_s, &Cost::sip);
    parts(u"https"_s, &Cost::web);
}

} // namespace

void signin()
{
    using enum sip::sim::Profile;
    {
        Pool pool("NTLM"_ba, Ocs2007R2);
        Account account;
        tell(u"ntlm"_s, account.signIn(pool, u"ntlm"_s),
            pidginSignIn("NTLM"_ba, u"ntlm"_s, Ocs2007R2));
    }
    Pool pool("TLS-DSK"_ba, Lync2010);
    Account account;
    const Cost first = account.signIn(pool, u"tls-dsk"_s);
    tell(u"tlsdsk-first"_s, first, pidginSignIn("TLS-DSK"_ba, u"tls-dsk"_s, Lync2010));
    // pidgin-sipe keeps no certificate between two runs.
    tell(u"tlsdsk-again"_s, account.signIn(pool, u"tls-dsk"_s), std::nullopt, first);
    {
        Pool found("TLS-DSK"_ba, Lync2013, true);
        Account fresh;
        const Cost begin = fresh.signIn(found, u"tls-dsk"_s);
        tell(u"address-first"_s, begin, std::nullopt);
        tell(u"address-again"_s, fresh.signIn(found, u"tls-dsk"_s), std::nullopt, begin);
    }
}

} // namespace linchpin::bench
