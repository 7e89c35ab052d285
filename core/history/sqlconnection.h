// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/result.h"

#include <QHash>
#include <QString>
#include <QVariant>

#include <memory>

class QSqlQuery;

namespace linchpin {

/// The rows of one statement, read forwards. Ends the statement when it goes away, so that no read
/// transaction stays open behind it.
class SqlRows {
public:
    explicit SqlRows(std::shared_ptr<QSqlQuery> query);
    ~SqlRows();
    SqlRows(SqlRows &&other) noexcept;
    SqlRows(const SqlRows &) = delete;
    SqlRows &operator=(const SqlRows &) = delete;
    SqlRows &operator=(SqlRows &&) = delete;

    bool next();
    QVariant value(int column) const;
    qint64 number(int column) const { return value(column).toLongLong(); }
    QString text(int column) const { return value(column).toString(); }
    bool isNull(int column) const { return value(column).isNull(); }
    qint64 changes() const; ///< rows that an INSERT, UPDATE or DELETE touched, without triggers'

private:
    std::shared_ptr<QSqlQuery> m_query;
};

/// One SQLite connection, for one thread. The only place that knows Qt Sql. Errors are of
/// Error::Kind::Storage: `disk-full`, `history-damaged`, `history-newer-version`,
/// `history-open-failed`, `history-failed`; `fatal` where repeating the same cannot help.
class SqlConnection {
public:
    SqlConnection();
    ~SqlConnection();
    SqlConnection(const SqlConnection &) = delete;
    SqlConnection &operator=(const SqlConnection &) = delete;

    Result<void> open(const QString &file);
    void close();
    bool isOpen() const { return m_open; }

    /// Prepared once a text, then kept (the 256 that came last).
    Result<SqlRows> query(const QString &sql, const QVariantList &values = {});
    Result<void> run(const QString &sql, const QVariantList &values = {});
    /// Not kept: for the schema and pragmas.
    Result<void> execute(const QString &sql);
    Result<qint64> pragma(const QString &name);

    Result<void> begin();
    Result<void> commit();
    void rollback();

private:
    QString m_name;
    QHash<QString, std::shared_ptr<QSqlQuery>> m_statements;
    bool m_open = false;
};

} // namespace linchpin
