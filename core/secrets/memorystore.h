// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/secrets/secretstore.h"

#include <QHash>

namespace linchpin {

/// Passwords for this run of the program only.
class MemoryStore : public SecretStore {
public:
    Async<QString> read(const QString &key) override;
    Async<void> write(const QString &key, const QString &value) override;
    Async<void> remove(const QString &key) override;
    QString displayName() const override;
    bool isPersistent() const override { return false; }

private:
    QHash<QString, QString> m_values;
};

} // namespace linchpin
