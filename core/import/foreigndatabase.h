// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/sqlconnection.h"

#include <QSet>
#include <QTemporaryDir>

namespace linchpin {

/// A copy of another program's SQLite file, so that not even a journal of the original is touched
/// while that program may be running. The copy lies in a folder of its own that only the user can
/// read, and goes away with this object. For one thread.
class ForeignDatabase {
public:
    /// `read-failed`, or what SqlConnection says.
    Result<void> open(const QString &fileName);

    bool hasTable(const QString &table);
    QSet<QString> columns(const QString &table);
    Result<SqlRows> query(const QString &sql, const QVariantList &values = {})
    {
        return m_connection.query(sql, values);
    }
    qint64 number(const QString &sql, const QVariantList &values = {}); ///< 0 where there is none

private:
    QTemporaryDir m_folder;
    SqlConnection m_connection;
};

} // namespace linchpin
