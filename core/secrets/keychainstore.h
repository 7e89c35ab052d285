// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/secrets/secretstore.h"

#include <QObject>

#include <chrono>

namespace linchpin {

/// The system's keyring by QtKeychain (Secret Service, KWallet, Windows, macOS). Jobs run one
/// after another. Nobody waits for ever: one that is open and does not answer within ten seconds is
/// `keyring-unavailable`; one that is locked is `keyring-locked` when its password was not given
/// within a minute, and at once where nothing could ask for it.
class KeychainStore : public SecretStore {
public:
    struct Limits {
        std::chrono::milliseconds answer { std::chrono::seconds(10) };
        std::chrono::milliseconds unlocking { std::chrono::minutes(1) };
    };
    explicit KeychainStore(QString service = QStringLiteral("Linchpin"));
    KeychainStore(QString service, const Limits &limits);
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
    Limits m_limits;
    QObject m_context;
};

} // namespace linchpin
