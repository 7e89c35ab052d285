// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/protocolplugin.h"

#include <QObject>
#include <QUrl>

#include <memory>

namespace linchpin {

class PluginRegistry;

/// What an address may belong to.
struct ServiceGuess {
    QString protocol; ///< empty: a service that has ended, of none of our protocols
    AddressGuess guess;
    QString service; ///< the preset's name; empty without one
    bool retired = false;
    QString note; ///< the preset's sentence
    QUrl link;

    friend bool operator==(const ServiceGuess &a, const ServiceGuess &b)
    {
        return a.protocol == b.protocol && a.guess.presetId == b.guess.presetId
            && a.guess.confidence == b.guess.confidence && a.guess.reason == b.guess.reason
            && a.guess.found == b.guess.found;
    }
};

/// How sure a guess is.
enum class ServiceRank { None, Possible, KnownDomain, FoundOnNetwork, Certain };
ServiceRank rankOf(const ServiceGuess &guess);
/// The best first: certain, found on the network, a known domain, possible; of equal ones a service
/// that goes on before one that has ended, the one of which more was found, and the order they came
/// in. Guesses of confidence 0 are left out. Pure.
QList<ServiceGuess> ranked(QList<ServiceGuess> guesses);

/// Finds out which service an address belongs to: asks all protocols at once, what they know and
/// what the network says (PluginRegistry::setDiscovery). Signs in to nothing. Main thread; the
/// registry outlives it.
class ServiceFinder : public QObject {
    Q_OBJECT
public:
    explicit ServiceFinder(PluginRegistry &plugins, QObject *parent = nullptr);
    ~ServiceFinder() override;

    /// What is known without asking anybody: at once, and not kept.
    QList<ServiceGuess> known(const QString &address) const;
    /// known() first, then what the network says, as it comes: changed() each time, finished() in
    /// the end. Ends a search that is going on.
    void find(const QString &address);
    /// Ends the search without a signal; what was found stays.
    void cancel();
    /// Whether asking the network makes sense: there is a whole domain.
    static bool isWorthAsking(const QString &address);

    bool isRunning() const { return m_pending > 0; }
    const QString &address() const { return m_address; }
    const QList<ServiceGuess> &guesses() const { return m_guesses; } ///< ranked

Q_SIGNALS:
    void changed();
    void finished();

private:
    ServiceGuess completed(const QString &protocol, const AddressGuess &guess) const;
    void answered(const QString &protocol, const Result<AddressGuess> &guess);

    PluginRegistry &m_plugins;
    QString m_address;
    QList<ServiceGuess> m_guesses;
    int m_pending = 0;
    std::unique_ptr<SessionServices> m_services;
    std::unique_ptr<Timer> m_limit;
    std::unique_ptr<QObject> m_search; ///< context of the answers; goes before the services
};

} // namespace linchpin
