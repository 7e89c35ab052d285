// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QObject>

namespace linchpin {

/// Tells when the network comes and goes, where the platform says so. Waking from sleep is told by
/// the program (it has the D-Bus connection): AccountManager::resumed().
class NetworkMonitor : public QObject {
    Q_OBJECT
public:
    explicit NetworkMonitor(QObject *parent = nullptr);
    ~NetworkMonitor() override;

    bool isKnown() const { return m_known; } ///< whether the platform tells at all
    bool isAvailable() const;

Q_SIGNALS:
    void availableChanged(bool available);

private:
    bool m_known = false;
    bool m_available = true;
};

} // namespace linchpin
