// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/history/searchquery.h"

#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin;

class tst_SearchQuery : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void takesApart_data();
    void takesApart();
    void isAlwaysValid_data();
    void isAlwaysValid();
    void isBounded();
};

void tst_SearchQuery::takesApart_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("words");
    QTest::addColumn<QString>("trigrams");
    QTest::addColumn<QStringList>("parts");
    QTest::addColumn<QString>("without");
    const QStringList none;

    QTest::newRow("nothing") << u""_s << u""_s << u""_s << none << u""_s;
    QTest::newRow("spaces") << u"  \t "_s << u""_s << u""_s << none << u""_s;
    QTest::newRow("word") << u"hello"_s << u"\"hello\""_s << u""_s << none << u""_s;
    QTest::newRow("two words") << u"hello world"_s << u"\"hello\" AND \"world\""_s << u""_s << none
                               << u""_s;
    QTest::newRow("phrase") << u"\"hello world\""_s << u"\"hello world\""_s << u""_s << none
                            << u""_s;
    QTest::newRow("open quote") << u"\"hello wor"_s << u"\"hello wor\""_s << u""_s << none << u""_s;
    QTest::newRow("curly quotes") << u"„Zażółć gęślą”"_s << u"\"Zażółć gęślą\""_s << u""_s << none
                                  << u""_s;
    QTest::newRow("without") << u"tea -coffee"_s << u"\"tea\""_s << u""_s << none
                             << u"\"coffee\""_s;
    QTest::newRow("without a phrase")
        << u"tea -\"black coffee\""_s << u"\"tea\""_s << u""_s << none << u"\"black coffee\""_s;
    QTest::newRow("hyphen inside") << u"e-mail"_s << u"\"e-mail\""_s << u""_s << none << u""_s;
    QTest::newRow("lone minus") << u"a - b"_s << u"\"a\" AND \"b\""_s << u""_s
                                << QStringList { u"-"_s } << u""_s;
    QTest::newRow("prefix") << u"mes*"_s << u"\"mes\"*"_s << u""_s << none << u""_s;
    QTest::newRow("operators are words")
        << u"NOT AND OR NEAR(a b)"_s
        << u"\"NOT\" AND \"AND\" AND \"OR\" AND \"NEAR(a\" AND \"b)\""_s << u""_s << none << u""_s;
    QTest::newRow("column filter is a word")
        << u"text:secret"_s << u"\"text:secret\""_s << u""_s << none << u""_s;
    QTest::newRow("Japanese") << u"こんにちは"_s << u""_s << u"\"こんにちは\""_s << none << u""_s;
    QTest::newRow("two Chinese characters")
        << u"日本"_s << u""_s << u""_s << QStringList { u"日本"_s } << u""_s;
    QTest::newRow("both scripts") << u"hello 世界中"_s << u"\"hello\""_s << u"\"世界中\""_s << none
                                  << u""_s;
    QTest::newRow("Thai") << u"สวัสดี"_s << u""_s << u"\"สวัสดี\""_s << none << u""_s;
    QTest::newRow("Arabic has spaces")
        << u"مرحبا بالعالم"_s << u"\"مرحبا\" AND \"بالعالم\""_s << u""_s << none << u""_s;
    QTest::newRow("emoji") << u"🦄"_s << u""_s << u""_s << QStringList { u"🦄"_s } << u""_s;
    QTest::newRow("only without") << u"-coffee"_s << u""_s << u""_s << none << u"\"coffee\""_s;
}

void tst_SearchQuery::takesApart()
{
    QFETCH(QString, typed);
    const SearchQuery query = SearchQuery::fromUserText(typed);
    QTEST(query.words, "words");
    QTEST(query.trigrams, "trigrams");
    QTEST(query.parts, "parts");
    QTEST(query.withoutWords, "without");
    QCOMPARE(query.isEmpty(),
        query.words.isEmpty() && query.trigrams.isEmpty() && query.parts.isEmpty());
}

void tst_SearchQuery::isAlwaysValid_data()
{
    QTest::addColumn<QString>("typed");
    const QStringList nasty { u"\""_s, u"\"\""_s, u"\"\"\""_s, u"-"_s, u"--"_s, u"-\""_s, u"*"_s,
        u"**"_s, u"a**"_s, u"\"*"_s, u"^a"_s, u"a^"_s, u"{a b}: c"_s, u"a:b:c"_s, u"(("_s, u"))"_s,
        u"NEAR("_s, u"NEAR(a, b, 5)"_s, u"NOT"_s, u"AND AND"_s, u"OR"_s, u"+"_s, u"a + b"_s, u"'"_s,
        u"'; DROP TABLE message; --"_s, u"\\"_s, u"%_"_s, u"a\u0000b"_s, QString(QChar(0xd83e)),
        u"x"_s + QChar(0xdd84) + u"y"_s, u"e\u0301 ก็"_s, u"👩‍👩‍👧‍👦🦄𝄞"_s,
        u"日\"本語学"_s, u"-日本語学校"_s, u"日本語* -\"x"_s, u"𠮷野家へ行く"_s, u"\ufeff"_s,
        u"\uffff"_s, u"()[]{}<>~!@#$%^&*"_s };
    for (const QString &text : nasty) {
        QTest::newRow(qPrintable(u"%1"_s.arg(QString::fromLatin1(text.toUtf8().toHex())))) << text;
    }
}

void tst_SearchQuery::isAlwaysValid()
{
    QFETCH(QString, typed);
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"valid"_s);
        database.setDatabaseName(u":memory:"_s);
        QVERIFY(database.open());
        QSqlQuery sql(database);
        QVERIFY(sql.exec(u"CREATE VIRTUAL TABLE words USING fts5(text)"_s));
        QVERIFY(sql.exec(u"CREATE VIRTUAL TABLE trigrams USING fts5(text, tokenize='trigram')"_s));
        const SearchQuery query = SearchQuery::fromUserText(typed);
        for (const auto &[table, expression] :
            { std::pair { u"words"_s, query.words }, { u"words"_s, query.withoutWords },
                { u"trigrams"_s, query.trigrams }, { u"trigrams"_s, query.withoutTrigrams } }) {
            if (expression.isEmpty()) {
                continue;
            }
            QVERIFY(sql.prepare(u"SELECT * FROM %1 WHERE %1 MATCH ?"_s.arg(table)));
            sql.bindValue(0, expression);
            QVERIFY2(sql.exec(), qPrintable(expression + u": "_s + sql.lastError().text()));
        }
    }
    QSqlDatabase::removeDatabase(u"valid"_s);
}

void tst_SearchQuery::isBounded()
{
    const QString many = u"word "_s.repeated(10'000);
    QCOMPARE(SearchQuery::fromUserText(many).words.count(u"word"_s), 32);
    const QString longest = u"x"_s.repeated(10'000);
    QVERIFY(SearchQuery::fromUserText(longest).words.size() <= 202);
}

QTEST_GUILESS_MAIN(tst_SearchQuery)
#include "tst_searchquery.moc"
