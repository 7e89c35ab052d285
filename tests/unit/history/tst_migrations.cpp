// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// Every released schema, upgraded, equals a fresh one. schemas/N.sql holds the statements that made
// version N, one a line, taken from a database of that release. Never edit a file there.

#include "core/history/historystore.h"
#include "core/history/migrations.h"
#include "core/history/sqlconnection.h"

#include <QFile>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin;

namespace {

QStringList schemaOf(SqlConnection &connection)
{
    QStringList schema;
    auto rows = connection.query(
        u"SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"_s);
    while (rows && rows->next()) {
        schema.append(
            QStringList { rows->text(0), rows->text(1), rows->text(2), rows->text(3).simplified() }
                .join(u'|'));
    }
    return schema;
}

QString fixture(int version)
{
    return QStringLiteral(LINCHPIN_SOURCE_DIR "/tests/unit/history/schemas/%1.sql").arg(version);
}

} // namespace

class tst_Migrations : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void areInOrder();
    void upgradesEqualFresh_data();
    void upgradesEqualFresh();
    void againChangesNothing();
};

void tst_Migrations::areInOrder()
{
    int expected = 1;
    for (const Migration &migration : migrations()) {
        QCOMPARE(migration.version, expected++);
    }
}

void tst_Migrations::upgradesEqualFresh_data()
{
    QTest::addColumn<int>("version");
    for (const Migration &migration : migrations()) {
        QTest::addRow("%d", migration.version) << migration.version;
    }
}

void tst_Migrations::upgradesEqualFresh()
{
    QFETCH(int, version);
    SqlConnection fresh;
    QVERIFY(fresh.open(u":memory:"_s));
    QVERIFY(migrate(fresh));

    SqlConnection old;
    QVERIFY(old.open(u":memory:"_s));
    QFile file(fixture(version));
    QVERIFY2(file.open(QIODevice::ReadOnly), "every released version has its fixture");
    const QStringList statements
        = QString::fromUtf8(file.readAll()).split(u'\n', Qt::SkipEmptyParts);
    for (const QString &statement : statements) {
        if (statement.startsWith(u"--"_s)) {
            continue;
        }
        const Result<void> done = old.execute(statement);
        QVERIFY2(done, qPrintable(statement + (done ? QString() : done.error().detail)));
    }
    QVERIFY(old.execute(u"PRAGMA user_version = %1"_s.arg(version)));
    const Result<void> upgraded = migrate(old);
    QVERIFY2(upgraded, qPrintable(upgraded ? QString() : upgraded.error().detail));
    QCOMPARE(schemaOf(old), schemaOf(fresh));
    QCOMPARE(old.pragma(u"user_version"_s).value(), migrations().constLast().version);
    // The rows of the fixture are still there and found.
    auto rows = old.query(u"SELECT m.text FROM message_words w JOIN message m ON m.id = w.rowid"
                          " WHERE message_words MATCH 'gesla'"_s);
    QVERIFY(rows);
    QVERIFY(rows->next());
    QCOMPARE(rows->text(0), u"Zażółć gęślą jaźń"_s);
}

void tst_Migrations::againChangesNothing()
{
    SqlConnection connection;
    QVERIFY(connection.open(u":memory:"_s));
    QVERIFY(migrate(connection));
    const QStringList schema = schemaOf(connection);
    QVERIFY(migrate(connection));
    QCOMPARE(schemaOf(connection), schema);
}

QTEST_GUILESS_MAIN(tst_Migrations)
#include "tst_migrations.moc"
