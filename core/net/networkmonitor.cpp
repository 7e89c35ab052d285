// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/networkmonitor.h"

#include <QNetworkInformation>

namespace linchpin {

NetworkMonitor::NetworkMonitor(QObject *parent)
    : QObject(parent)
    , m_known(
          QNetworkInformation::loadBackendByFeatures(QNetworkInformation::Feature::Reachability))
{
    QNetworkInformation *const information = QNetworkInformation::instance();
    if (!m_known || !information) {
        m_known = false;
        return;
    }
    // "Site" and "Local" may be all that a company server needs; only Disconnected means no.
    const auto isUsable = [](QNetworkInformation::Reachability reachability) {
        return reachability != QNetworkInformation::Reachability::Disconnected;
    };
    m_available = isUsable(information->reachability());
    connect(information, &QNetworkInformation::reachabilityChanged, this,
        [this, isUsable](QNetworkInformation::Reachability reachability) {
            const bool available = isUsable(reachability);
            if (available != m_available) {
                m_available = available;
                Q_EMIT availableChanged(available);
            }
        });
}

NetworkMonitor::~NetworkMonitor() = default;

bool NetworkMonitor::isAvailable() const
{
    return m_available;
}

} // namespace linchpin
