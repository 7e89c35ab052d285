// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/secrets/memorystore.h"

#include "core/secrets/secreterrors.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace linchpin {

Async<QString> MemoryStore::read(const QString &key)
{
    const auto found = m_values.constFind(key);
    return found == m_values.constEnd() ? readyError<QString>(secretError(u"no-secret"_s))
                                        : ready<QString>(*found);
}

Async<void> MemoryStore::write(const QString &key, const QString &value)
{
    m_values.insert(key, value);
    return readyOk();
}

Async<void> MemoryStore::remove(const QString &key)
{
    m_values.remove(key);
    return readyOk();
}

QString MemoryStore::displayName() const
{
    return QCoreApplication::translate("linchpin::Secrets", "this program, until it ends");
}

} // namespace linchpin
