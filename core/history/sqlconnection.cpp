// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/history/sqlconnection.h"

#include <QCoreApplication>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QUuid>

#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

QString text(const char *source)
{
    return QCoreApplication::translate("linchpin::HistoryStore", source);
}

// https://www.sqlite.org/rescode.html: the low byte is the primary code.
enum SqliteCode {
    Busy = 5,
    Locked = 6,
    ReadOnly = 8,
    IoError = 10,
    Corrupt = 11,
    Full = 13,
    CantOpen = 14,
    NotADatabase = 26,
};

Error errorOf(const QSqlError &failure)
{
    Error error;
    error.kind = Error::Kind::Storage;
    error.detail = failure.databaseText().isEmpty() ? failure.text() : failure.databaseText();
    bool isNumber = false;
    const int code = failure.nativeErrorCode().toInt(&isNumber) & 0xff;
    switch (isNumber ? code : 0) {
    case Full:
        error.code = u"disk-full"_s;
        error.title = text("The disk is full, so messages cannot be stored.");
        error.remedy = text("Free some space; what is waiting is stored then.");
        break;
    case ReadOnly:
        error.code = u"disk-full"_s;
        error.title = text("The message history may not be written to.");
        error.remedy = text("Check the permissions of the profile's folder and its disk.");
        break;
    case Corrupt:
    case NotADatabase:
        error.code = u"history-damaged"_s;
        error.title = text("The file of the message history is damaged.");
        break;
    case Busy:
    case Locked:
    case IoError:
    case CantOpen:
        error.code = u"history-failed"_s;
        error.title = text("The message history cannot be written at the moment.");
        break;
    default:
        error.code = u"history-failed"_s;
        error.title = text("The message history could not carry this out.");
        error.fatal = true;
        break;
    }
    return error;
}

} // namespace

SqlRows::SqlRows(std::shared_ptr<QSqlQuery> query)
    : m_query(std::move(query))
{
}

SqlRows::~SqlRows()
{
    if (m_query) {
        m_query->finish();
    }
}

SqlRows::SqlRows(SqlRows &&other) noexcept = default;

bool SqlRows::next()
{
    return m_query->next();
}

QVariant SqlRows::value(int column) const
{
    return m_query->value(column);
}

qint64 SqlRows::changes() const
{
    return m_query->numRowsAffected();
}

SqlConnection::SqlConnection()
    : m_name(QUuid::createUuid().toString(QUuid::WithoutBraces))
{
}

SqlConnection::~SqlConnection()
{
    close();
}

Result<void> SqlConnection::open(const QString &file)
{
    close();
    QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, m_name);
    database.setDatabaseName(file);
    database.setConnectOptions(u"QSQLITE_BUSY_TIMEOUT=5000"_s);
    if (!database.open()) {
        Error error = errorOf(database.lastError());
        if (error.code != "history-damaged"_L1) {
            error.code = u"history-open-failed"_s;
            error.title = text("The message history could not be opened.");
        }
        database = {};
        QSqlDatabase::removeDatabase(m_name);
        return std::unexpected(error);
    }
    m_open = true;
    return {};
}

void SqlConnection::close()
{
    m_statements.clear();
    if (!m_open) {
        return;
    }
    m_open = false;
    QSqlDatabase::database(m_name, false).close();
    QSqlDatabase::removeDatabase(m_name);
}

Result<SqlRows> SqlConnection::query(const QString &sql, const QVariantList &values)
{
    constexpr qsizetype kMostStatements = 256;
    if (m_statements.size() > kMostStatements) {
        m_statements.clear();
    }
    std::shared_ptr<QSqlQuery> &statement = m_statements[sql];
    if (!statement) {
        auto made = std::make_shared<QSqlQuery>(QSqlDatabase::database(m_name, false));
        made->setForwardOnly(true);
        if (!made->prepare(sql)) {
            return std::unexpected(errorOf(made->lastError()));
        }
        statement = std::move(made);
    }
    for (qsizetype i = 0; i < values.size(); ++i) {
        statement->bindValue(static_cast<int>(i), values.at(i));
    }
    if (!statement->exec()) {
        Error error = errorOf(statement->lastError());
        statement->finish();
        return std::unexpected(std::move(error));
    }
    return SqlRows(statement);
}

Result<void> SqlConnection::run(const QString &sql, const QVariantList &values)
{
    const Result<SqlRows> rows = query(sql, values);
    if (!rows) {
        return std::unexpected(rows.error());
    }
    return {};
}

Result<void> SqlConnection::execute(const QString &sql)
{
    QSqlQuery statement(QSqlDatabase::database(m_name, false));
    if (!statement.exec(sql)) {
        return std::unexpected(errorOf(statement.lastError()));
    }
    return {};
}

Result<qint64> SqlConnection::pragma(const QString &name)
{
    QSqlQuery statement(QSqlDatabase::database(m_name, false));
    if (!statement.exec(u"PRAGMA "_s + name)) {
        return std::unexpected(errorOf(statement.lastError()));
    }
    return statement.next() ? statement.value(0).toLongLong() : 0;
}

Result<void> SqlConnection::begin()
{
    return run(u"BEGIN IMMEDIATE"_s);
}

Result<void> SqlConnection::commit()
{
    return run(u"COMMIT"_s);
}

void SqlConnection::rollback()
{
    // SQLite has rolled back by itself after some errors; then this one says so and changes
    // nothing.
    [[maybe_unused]] const auto refused = run(u"ROLLBACK"_s);
}

} // namespace linchpin
