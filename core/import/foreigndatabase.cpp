// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/import/foreigndatabase.h"

#include "core/import/foreigntext.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace linchpin {

Result<void> ForeignDatabase::open(const QString &fileName)
{
    const QString copy = m_folder.filePath(u"copy.sqlite"_s);
    const auto failed = [&](const QString &why) {
        return std::unexpected(importError(u"read-failed"_s,
            QCoreApplication::translate("linchpin::Import", "A file cannot be read."),
            fileName + u": "_s + why));
    };
    if (!m_folder.isValid()) {
        return failed(m_folder.errorString());
    }
    QFile original(fileName);
    if (!QFileInfo(fileName).isFile()) { // whoever opens a pipe waits for its other end
        return failed(u"no file"_s);
    }
    if (!original.copy(copy)) {
        return failed(original.errorString());
    }
    QFile::setPermissions(copy, QFile::ReadOwner | QFile::WriteOwner);
    // What was written last may stand in the journal only.
    for (const QString &journal : { u"-wal"_s, u"-journal"_s }) {
        if (QFile::exists(fileName + journal) && QFile::copy(fileName + journal, copy + journal)) {
            QFile::setPermissions(copy + journal, QFile::ReadOwner | QFile::WriteOwner);
        }
    }
    if (const auto opened = m_connection.open(copy); !opened) {
        return failed(opened.error().detail);
    }
    // Opening alone reads nothing: is it a database at all?
    if (const auto tables = m_connection.query(u"SELECT count(*) FROM sqlite_master"_s); !tables) {
        return failed(tables.error().detail);
    }
    return {};
}

bool ForeignDatabase::hasTable(const QString &table)
{
    return number(
               u"SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"_s, { table })
        > 0;
}

QSet<QString> ForeignDatabase::columns(const QString &table)
{
    QSet<QString> names;
    auto rows = m_connection.query(u"SELECT name FROM pragma_table_info(?)"_s, { table });
    while (rows && rows->next()) {
        names.insert(rows->text(0));
    }
    return names;
}

qint64 ForeignDatabase::number(const QString &sql, const QVariantList &values)
{
    auto rows = m_connection.query(sql, values);
    return rows && rows->next() ? rows->number(0) : 0;
}

} // namespace linchpin
