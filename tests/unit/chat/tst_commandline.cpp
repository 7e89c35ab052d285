// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/chat/commandline.h"
#include "tests/unit/chat/chatworld.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::test;

class tst_CommandLine : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void takesLinesApart_data();
    void takesLinesApart();
    void joins_data();
    void joins();
    void linkNeedsTheServer();
};

void tst_CommandLine::takesLinesApart_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<TypedLine>("typed");
    QTest::newRow("text") << u"Zażółć gęślą jaźń"_s << TypedLine { {}, u"Zażółć gęślą jaźń"_s };
    QTest::newRow("command") << u"/Topic こんにちは世界"_s
                             << TypedLine { u"topic"_s, u"こんにちは世界"_s };
    QTest::newRow("link") << u"/join https://meet.alpha.test/ben/8C1F"_s
                          << TypedLine { u"join"_s, u"https://meet.alpha.test/ben/8C1F"_s };
    QTest::newRow("two slashes") << u"//etc"_s << TypedLine { {}, u"/etc"_s };
    QTest::newRow("a path") << u"/usr/bin/env"_s << TypedLine { {}, u"/usr/bin/env"_s };
    QTest::newRow("nothing") << QString() << TypedLine {};
}

void tst_CommandLine::takesLinesApart()
{
    QFETCH(QString, line);
    QTEST(parseTypedLine(line), "typed");
}

void tst_CommandLine::joins_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("leadsTo"); // where the server says that a link leads
    QTest::addColumn<QString>("call");
    QTest::addColumn<QString>("code");
    const auto link = u"https://meet.alpha.test/ben/8C1F"_s;
    QTest::newRow("a name") << u"tea@rooms.test"_s << QString() << u"join tea@rooms.test"_s
                            << QString();
    QTest::newRow("with a password")
        << u"tea@rooms.test secret"_s << QString() << u"join tea@rooms.test"_s << QString();
    QTest::newRow("a link") << link << u"plan@rooms.test"_s << u"join plan@rooms.test"_s
                            << QString();
    QTest::newRow("a link in capitals")
        << u"HTTPS://MEET.ALPHA.TEST/ben/8C1F"_s << u"plan@rooms.test"_s
        << u"join plan@rooms.test"_s << QString();
    QTest::newRow("a link to nowhere") << link << QString() << QString() << u"not-a-room"_s;
    QTest::newRow("a link in the clear") << u"http://meet.alpha.test/ben"_s << u"plan@rooms.test"_s
                                         << QString() << u"invalid-address"_s;
    QTest::newRow("nothing") << QString() << QString() << QString() << u"bad-command"_s;
}

void tst_CommandLine::joins()
{
    QFETCH(QString, typed);
    QFETCH(QString, leadsTo);
    QFETCH(QString, call);
    QFETCH(QString, code);
    ChatWorld world;
    FakeSession &session = world.online();
    session.resolvesTo = leadsTo;
    const auto outcome = waited(runCommandLine({ *world.accounts, *world.chats },
        world.person(u"bob@alpha.test"_s), QString(u"/join "_s + typed).trimmed()));
    if (!code.isEmpty()) {
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, code);
        QVERIFY(session.calls.filter(u"join"_s).isEmpty());
        return;
    }
    QVERIFY(outcome);
    QVERIFY2(session.calls.join(u'|').contains(call), qPrintable(session.calls.join(u'|')));
    QCOMPARE(outcome->open, world.room(call.section(u' ', 1)));
}

void tst_CommandLine::linkNeedsTheServer()
{
    ChatWorld world;
    const auto outcome = waited(runCommandLine({ *world.accounts, *world.chats },
        world.person(u"bob@alpha.test"_s), u"/join https://meet.alpha.test/ben/8C1F"_s));
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().code, u"not-online"_s);
}

QTEST_GUILESS_MAIN(tst_CommandLine)
#include "tst_commandline.moc"
