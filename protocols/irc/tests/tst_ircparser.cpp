// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/tests/vectors.h"
#include "protocols/irc/wire/ctcp.h"
#include "protocols/irc/wire/ircframer.h"
#include "protocols/irc/wire/ircparser.h"
#include "protocols/irc/wire/ircserializer.h"

using namespace Qt::StringLiterals;
using namespace linchpin::irc;

class tst_IrcParser : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void splitsVectors_data();
    void splitsVectors();
    void joinsVectors_data();
    void joinsVectors();
    void refusesLines_data();
    void refusesLines();
    void readsNumerics();
    void takesManyParameters();
    void framesAnySplitting_data();
    void framesAnySplitting();
    void framerRefusesLongLinesAndGoesOn();
    void framerStaysBounded();
    void framerTakesLongTags();
    void serializerRefusesInjection_data();
    void serializerRefusesInjection();
    void serializerKeepsLimits();
    void escapesTagValues_data();
    void escapesTagValues();
    void readsCtcp_data();
    void readsCtcp();
};

void tst_IrcParser::splitsVectors_data()
{
    QTest::addColumn<QJsonObject>("test");
    for (const auto &value : vectorsFrom(u"msg-split"_s)) {
        QTest::newRow(qPrintable(value.toObject().value("input"_L1).toString()))
            << value.toObject();
    }
}

void tst_IrcParser::splitsVectors()
{
    QFETCH(QJsonObject, test);
    const QByteArray input = test.value("input"_L1).toString().toUtf8();
    const QJsonObject atoms = test.value("atoms"_L1).toObject();
    const auto message = parseLine(input);
    QVERIFY(message.has_value());
    QCOMPARE(QString::fromUtf8(message->source), atoms.value("source"_L1).toString());
    QCOMPARE(message->hasSource, atoms.contains("source"_L1));
    QCOMPARE(QString::fromUtf8(message->verb), atoms.value("verb"_L1).toString());
    QJsonArray params;
    for (const QByteArrayView param : message->params) {
        params.append(QString::fromUtf8(param));
    }
    QCOMPARE(params, atoms.value("params"_L1).toArray());
    QJsonObject tags;
    for (const IrcTag &tag : message->tags()) {
        tags.insert(QString::fromUtf8(tag.key), QString::fromUtf8(tag.value));
        QCOMPARE(message->tag(tag.key), tag.value);
    }
    QCOMPARE(tags, atoms.value("tags"_L1).toObject());
    QCOMPARE(message->tag("not-there"), std::nullopt);
}

void tst_IrcParser::joinsVectors_data()
{
    QTest::addColumn<QJsonObject>("test");
    for (const auto &value : vectorsFrom(u"msg-join"_s)) {
        QTest::newRow(qPrintable(value.toObject().value("desc"_L1).toString())) << value.toObject();
    }
}

void tst_IrcParser::joinsVectors()
{
    QFETCH(QJsonObject, test);
    const QJsonObject atoms = test.value("atoms"_L1).toObject();
    const QJsonArray matches = test.value("matches"_L1).toArray();
    IrcCommand command { atoms.value("verb"_L1).toString().toUtf8() };
    command.source = atoms.value("source"_L1).toString().toUtf8();
    for (const auto &param : atoms.value("params"_L1).toArray()) {
        command.params.append(param.toString().toUtf8());
    }
    const QJsonObject tags = atoms.value("tags"_L1).toObject();
    for (auto tag = tags.begin(); tag != tags.end(); ++tag) {
        command.tags.append({ tag.key().toUtf8(), tag.value().toString().toUtf8() });
    }
    const auto line = serialize(command);
    QVERIFY(line.has_value());
    QVERIFY(line->endsWith("\r\n"));
    QVERIFY2(matches.contains(QString::fromUtf8(line->chopped(2))), line->constData());
}

void tst_IrcParser::refusesLines_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<qsizetype>("offset");
    QTest::newRow("empty") << QByteArray() << qsizetype(0);
    QTest::newRow("spaces only") << "   "_ba << qsizetype(3);
    QTest::newRow("tags only") << "@a=b"_ba << qsizetype(0);
    QTest::newRow("source only") << ":irc.test"_ba << qsizetype(0);
    QTest::newRow("no verb after source") << ":irc.test "_ba << qsizetype(10);
    QTest::newRow("NUL") << QByteArray("PING \0x", 7) << qsizetype(5);
    QTest::newRow("CR within") << "PING a\rQUIT"_ba << qsizetype(6);
    QTest::newRow("HTTP") << "HTTP/1.1 400 Bad Request"_ba << qsizetype(0);
    QTest::newRow("SSH") << "SSH-2.0-OpenSSH_9.2"_ba << qsizetype(0);
}

void tst_IrcParser::refusesLines()
{
    QFETCH(QByteArray, line);
    QFETCH(qsizetype, offset);
    const auto message = parseLine(line);
    QVERIFY(!message.has_value());
    QCOMPARE(message.error().offset, offset);
    QVERIFY(!message.error().reason.isEmpty());
}

void tst_IrcParser::readsNumerics()
{
    QCOMPARE(parseLine(":irc.test 005 me A=B :are supported")->numeric(), 5);
    QCOMPARE(parseLine("433 * me :taken")->numeric(), 433);
    QCOMPARE(parseLine("PRIVMSG a b")->numeric(), -1);
    QCOMPARE(parseLine("1234 a")->numeric(), -1);
    QVERIFY(parseLine("privmsg a b")->is("PRIVMSG"));
    QVERIFY(!parseLine("PRIVMSGS a b")->is("PRIVMSG"));
}

void tst_IrcParser::takesManyParameters()
{
    const QByteArray line = "X" + QByteArray(" p").repeated(200);
    const auto message = parseLine(line);
    QVERIFY(message.has_value());
    QCOMPARE(message->params.size(), 200);
    QCOMPARE(message->param(199), "p");
    QCOMPARE(message->param(200), QByteArrayView());
    QCOMPARE(message->param(-1), QByteArrayView());
}

void tst_IrcParser::framesAnySplitting_data()
{
    QTest::addColumn<int>("step");
    for (const int step : { 1, 2, 3, 7, 1000 }) {
        QTest::addRow("%d bytes at a time", step) << step;
    }
}

void tst_IrcParser::framesAnySplitting()
{
    QFETCH(int, step);
    const QByteArray stream = "PING :a\r\n\r\n:s PRIVMSG #c :Zażółć "
                              "👩‍👩‍👧‍👦\nBARE\r\r\n\nLAST\r\nunfinished";
    IrcFramer framer;
    QList<QByteArray> lines;
    QList<qint64> offsets;
    for (qsizetype at = 0; at < stream.size(); at += step) {
        framer.feed(
            QByteArrayView(stream).sliced(at, std::min<qsizetype>(step, stream.size() - at)));
        while (const auto frame = framer.next()) {
            QVERIFY(frame->has_value());
            lines.append((*frame)->toByteArray());
            offsets.append(framer.lineOffset());
        }
    }
    const QList<QByteArray> expected { "PING :a",
        ":s PRIVMSG #c :Zażółć 👩‍👩‍👧‍👦", "BARE", "LAST" };
    QCOMPARE(lines, expected);
    for (qsizetype i = 0; i < lines.size(); ++i) {
        QCOMPARE(offsets[i], stream.indexOf(lines[i]));
    }
    QCOMPARE(framer.finish()->value(), "unfinished");
    QVERIFY(!framer.finish().has_value());
}

void tst_IrcParser::framerRefusesLongLinesAndGoesOn()
{
    // 510 bytes and CR LF are the longest line; one more is refused, once, and the next line is
    // fine.
    const QByteArray longest = "A " + QByteArray(508, 'x');
    IrcFramer framer;
    framer.feed(longest + "\r\n" + longest + "y\r\nPING b\r\n");
    QCOMPARE(framer.next()->value(), longest);
    const auto refused = framer.next();
    QVERIFY(!refused->has_value());
    QCOMPARE(refused->error().offset, 512);
    QCOMPARE(framer.next()->value(), "PING b");
    QVERIFY(!framer.next().has_value());
}

void tst_IrcParser::framerStaysBounded()
{
    IrcFramer framer;
    int errors = 0;
    for (int i = 0; i < 1000; ++i) {
        framer.feed(QByteArray(1000, '@'));
        while (const auto frame = framer.next()) {
            errors += frame->has_value() ? 0 : 1;
        }
        QVERIFY(framer.pending() <= 8191 + 512);
    }
    QCOMPARE(errors, 1);
    framer.feed("tail\nPING c\n");
    QCOMPARE(framer.next()->value(), "PING c");
}

void tst_IrcParser::framerTakesLongTags()
{
    const QByteArray tags = "@a=" + QByteArray(8191 - 4, 't') + ' ';
    QCOMPARE(tags.size(), 8191);
    const QByteArray body = "A " + QByteArray(508, 'x');
    IrcFramer framer;
    framer.feed(tags + body + "\r\n");
    QCOMPARE(framer.next()->value(), tags + body);
    framer.feed("@b" + tags.sliced(1) + body + "\r\n");
    QVERIFY(!framer.next()->has_value());
    framer.feed(tags + body + "y\r\n");
    QVERIFY(!framer.next()->has_value());
    framer.setLimits({ 8191, 1024 });
    framer.feed(tags + body + "y\r\n");
    QVERIFY(framer.next()->has_value());
}

void tst_IrcParser::serializerRefusesInjection_data()
{
    QTest::addColumn<QByteArray>("verb");
    QTest::addColumn<QList<QByteArray>>("params");
    QTest::newRow("LF in text") << "PRIVMSG"_ba << QList<QByteArray> { "#c", "a\nQUIT" };
    QTest::newRow("CR in text") << "PRIVMSG"_ba << QList<QByteArray> { "#c", "a\rQUIT" };
    QTest::newRow("NUL in text") << "PRIVMSG"_ba
                                 << QList<QByteArray> { "#c", QByteArray("a\0b", 3) };
    QTest::newRow("LF in target") << "PRIVMSG"_ba << QList<QByteArray> { "#c\nQUIT", "a" };
    QTest::newRow("space in target") << "PRIVMSG"_ba << QList<QByteArray> { "#c d", "a" };
    QTest::newRow("empty target") << "PRIVMSG"_ba << QList<QByteArray> { "", "a" };
    QTest::newRow("colon before target") << "PRIVMSG"_ba << QList<QByteArray> { ":c", "a" };
    QTest::newRow("space in verb") << "PRIVMSG x"_ba << QList<QByteArray> { "a" };
    QTest::newRow("LF in verb") << "PRIVMSG\n"_ba << QList<QByteArray> { "a" };
    QTest::newRow("no verb") << ""_ba << QList<QByteArray> { "a" };
}

void tst_IrcParser::serializerRefusesInjection()
{
    QFETCH(QByteArray, verb);
    QFETCH(QList<QByteArray>, params);
    QVERIFY(!serialize({ verb, params }).has_value());
}

void tst_IrcParser::serializerKeepsLimits()
{
    const QByteArray fits(512 - 2 - 12, 'x'); // "PRIVMSG #c " is eleven, the text has no space
    QVERIFY(serialize({ "PRIVMSG", { "#c", fits } }).has_value());
    QCOMPARE(serialize({ "PRIVMSG", { "#c", fits + "y" } })->size(), 512);
    QVERIFY(!serialize({ "PRIVMSG", { "#c", fits + "yz" } }).has_value());
    QVERIFY(serialize({ "TAGMSG", { "#c" }, { { "+a", QByteArray(4000, 'x') } } }).has_value());
    QVERIFY(!serialize({ "TAGMSG", { "#c" }, { { "+a", QByteArray(4096, 'x') } } }).has_value());
    QVERIFY(!serialize({ "TAGMSG", { "#c" }, { { "+a b", "x" } } }).has_value());
}

void tst_IrcParser::escapesTagValues_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("escaped");
    QTest::newRow("plain") << "abc"_ba << "abc"_ba;
    QTest::newRow("all") << "a;b c\\d\re\n"_ba << "a\\:b\\sc\\\\d\\re\\n"_ba;
    QTest::newRow("Japanese") << "こんにちは世界"_ba << "こんにちは世界"_ba;
}

void tst_IrcParser::escapesTagValues()
{
    QFETCH(QByteArray, value);
    QFETCH(QByteArray, escaped);
    QCOMPARE(escapeTagValue(value), escaped);
    QCOMPARE(unescapeTagValue(escaped), value);
}

void tst_IrcParser::readsCtcp_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("verb");
    QTest::addColumn<QByteArray>("inner");
    QTest::newRow("action") << "\1ACTION waves 👋\1"_ba << "ACTION"_ba << "waves 👋"_ba;
    QTest::newRow("no end") << "\1VERSION"_ba << "VERSION"_ba << ""_ba;
    QTest::newRow("two spaces") << "\1ACTION  x\1"_ba << "ACTION"_ba << " x"_ba;
    QTest::newRow("none") << "hello \1"_ba << ""_ba << ""_ba;
    QTest::newRow("empty") << "\1\1"_ba << ""_ba << ""_ba;
}

void tst_IrcParser::readsCtcp()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, verb);
    QFETCH(QByteArray, inner);
    const auto ctcp = parseCtcp(text);
    QCOMPARE(ctcp.has_value(), !verb.isEmpty());
    if (ctcp) {
        QCOMPARE(ctcp->verb, verb);
        QCOMPARE(ctcp->text, inner);
        QCOMPARE(parseCtcp(makeCtcp(verb, inner))->text, inner);
    }
}

QTEST_GUILESS_MAIN(tst_IrcParser)
#include "tst_ircparser.moc"
