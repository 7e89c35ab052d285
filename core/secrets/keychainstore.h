// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/secrets/secretstore.h"

#include <QObject>

namespace linchpin {

/// The system's keyring by QtKeychain (Secret Service, KWallet, Windows, macOS). Jobs run one
/// after another; one that nobody answers within two minutes is `keyring-unavailable`.
class KeychainStore : public SecretStore {
public:
    explicit KeychainStore(QString service = QStringLiteral("Linchpin"));
    ~KeychainStore() override;

    /// Whether anything like a keyring is there; it may still refuse.
    static bool isAvailable();

    Async<QString> read(const QString &key) override;
    Async<void> write(const QString &key, const QString &value) override;
    Async<void> remove(const QString &key) override;
    QString displayName() const override;
    bool isPersistent() const override { return true; }

private:
    QString m_service;
    QObject m_context;
};

} // namespace linchpin
