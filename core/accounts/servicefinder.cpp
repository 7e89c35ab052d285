// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/accounts/servicefinder.h"

#include "core/accounts/pluginregistry.h"

#include <QCoreApplication>
#include <QPointer>
#include <QRegularExpression>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin {

namespace {

constexpr auto kLimit = 10s; // for a plugin that forgets its own

} // namespace

ServiceRank rankOf(const ServiceGuess &guess)
{
    if (guess.guess.confidence <= 0) {
        return ServiceRank::None;
    }
    if (guess.guess.confidence >= 3) {
        return ServiceRank::Certain;
    }
    if (!guess.guess.found.isEmpty()) {
        return ServiceRank::FoundOnNetwork;
    }
    return guess.guess.confidence == 2 ? ServiceRank::KnownDomain : ServiceRank::Possible;
}

QList<ServiceGuess> ranked(QList<ServiceGuess> guesses)
{
    guesses.removeIf([](const ServiceGuess &guess) { return rankOf(guess) == ServiceRank::None; });
    std::ranges::stable_sort(guesses, [](const ServiceGuess &a, const ServiceGuess &b) {
        if (rankOf(a) != rankOf(b)) {
            return rankOf(a) > rankOf(b);
        }
        if (a.retired != b.retired) {
            return !a.retired;
        }
        return a.guess.found.size() > b.guess.found.size();
    });
    return guesses;
}

ServiceFinder::ServiceFinder(PluginRegistry &plugins, QObject *parent)
    : QObject(parent)
    , m_plugins(plugins)
{
}

ServiceFinder::~ServiceFinder()
{
    cancel();
}

bool ServiceFinder::isWorthAsking(const QString &address)
{
    static const QRegularExpression kWhole(
        u"^[^@\\s]+@([^@\\s.]+\\.)+[^@\\s.]{2,}$"_s); // something@host.tld
    return address.size() <= 320 && kWhole.match(address.trimmed()).hasMatch();
}

ServiceGuess ServiceFinder::completed(const QString &protocol, const AddressGuess &guess) const
{
    ServiceGuess whole;
    whole.protocol = protocol;
    whole.guess = guess;
    if (const auto service = m_plugins.service(protocol, guess.presetId)) {
        whole.service = service->preset.name;
        whole.retired = service->preset.retired;
        whole.note = service->preset.note;
        whole.link = service->link;
    }
    return whole;
}

QList<ServiceGuess> ServiceFinder::known(const QString &address) const
{
    QList<ServiceGuess> guesses;
    const QString domain = address.trimmed().section(u'@', -1).toLower();
    const bool hasDomain = address.contains(u'@');
    const auto byDomain = [&](const QString &protocol) -> std::optional<ServicePreset> {
        const QList<ServicePreset> services = m_plugins.services(protocol);
        const QList<AccountPreset> presets = presetsOf(services);
        const AccountPreset *const found = hasDomain ? presetForDomain(presets, domain) : nullptr;
        return found ? std::optional(services.at(found - presets.constData())) : std::nullopt;
    };
    if (const auto ended = byDomain(QString())) {
        AddressGuess guess;
        guess.confidence = 2;
        guess.presetId = ended->preset.id;
        guess.reason = ended->preset.note;
        guesses.append(completed(QString(), guess));
    }
    const QStringList protocols = m_plugins.ids();
    for (const QString &protocol : protocols) {
        const ProtocolPlugin *const plugin = m_plugins.plugin(protocol);
        if (!plugin || plugin->info().capabilities.testFlag(Capability::SelfOnly)) {
            continue;
        }
        AddressGuess guess = plugin->guess(address);
        // A file may know a domain that the plugin does not, or know it better.
        if (const auto service = byDomain(protocol);
            service && guess.confidence < 3 && plugin->normalizedAddress(address)) {
            if (guess.presetId != service->preset.id) {
                guess.reason = tr("%1 belongs to %2.", "%1 is a domain, %2 a service")
                                   .arg(domain, service->preset.name);
            }
            guess.presetId = service->preset.id;
            guess.confidence = 2;
        }
        guesses.append(completed(protocol, guess));
    }
    return ranked(guesses);
}

void ServiceFinder::find(const QString &address)
{
    cancel();
    m_address = address;
    m_guesses = known(address);
    m_services = m_plugins.makeDiscoveryServices();
    m_search = std::make_unique<QObject>();
    QList<std::pair<QString, Async<AddressGuess>>> questions;
    const QStringList protocols = m_services ? m_plugins.ids() : QStringList();
    for (const QString &protocol : protocols) {
        const ProtocolPlugin *const plugin = m_plugins.plugin(protocol);
        if (!plugin || plugin->info().capabilities.testFlag(Capability::SelfOnly)
            || !plugin->normalizedAddress(address)) {
            continue;
        }
        // What a file knows of the domain needs no network.
        const auto own = std::ranges::find(m_guesses, protocol, &ServiceGuess::protocol);
        if (own != m_guesses.cend() && rankOf(*own) >= ServiceRank::KnownDomain
            && !own->guess.presetId.isEmpty()) {
            continue;
        }
        questions.append({ protocol, plugin->discover(address, *m_services) });
    }
    // Counted before anybody can answer.
    m_pending = static_cast<int>(questions.size()) + 1;
    if (m_services) {
        m_limit = m_services->timer(kLimit, [this] {
            cancel();
            Q_EMIT finished();
        });
    }
    for (auto &[protocol, question] : questions) {
        question.then(m_search.get(),
            [this, protocol](const Result<AddressGuess> &guess) { answered(protocol, guess); });
    }
    const QPointer<QObject> search(m_search.get());
    Q_EMIT changed();
    if (!search) {
        return; // who heard of it began another search, or destroyed us
    }
    // A search without questions ends like any other: after this call.
    QMetaObject::invokeMethod(
        search.data(),
        [this] {
            if (--m_pending == 0) {
                m_limit.reset(); // or it would end once more
                Q_EMIT finished();
            }
        },
        Qt::QueuedConnection);
}

void ServiceFinder::answered(const QString &protocol, const Result<AddressGuess> &guess)
{
    --m_pending;
    if (guess && guess->confidence > 0) {
        const ServiceGuess better = completed(protocol, *guess);
        QList<ServiceGuess> all = m_guesses;
        const auto own = std::ranges::find(all, protocol, &ServiceGuess::protocol);
        if (own == all.end()) {
            all.append(better);
        } else {
            *own = better;
        }
        m_guesses = ranked(all);
    }
    const QPointer<QObject> search(m_search.get());
    Q_EMIT changed();
    if (search && search == m_search.get() && m_pending == 0) {
        m_limit.reset(); // or it would end once more
        Q_EMIT finished();
    }
}

void ServiceFinder::cancel()
{
    m_pending = 0;
    m_limit.reset();
    m_search.reset();
    // Whoever cancels may stand in one of the answers.
    if (m_services) {
        QMetaObject::invokeMethod(
            qApp, [services = std::shared_ptr<SessionServices>(std::move(m_services))] { },
            Qt::QueuedConnection);
    }
}

} // namespace linchpin
