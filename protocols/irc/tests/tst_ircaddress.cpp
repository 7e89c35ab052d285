// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/addresslookup.h"
#include "protocols/irc/ircpresets.h"
#include "protocols/irc/ircsettings.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin;

/// What the network says of an address before anybody has signed in, and what a found server is
/// worth later.
class TestIrcAddress : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void guesses_data();
    void guesses();
    void networks();
    void foundBindsNobody_data();
    void foundBindsNobody();
};

void TestIrcAddress::guesses_data()
{
    QTest::addColumn<QString>("domain");
    QTest::addColumn<NetworkAnswers>("answers");
    QTest::addColumn<QVariantMap>("found");
    const auto found = [](const QString &server, int port, const QString &connection) {
        return QVariantMap { { u"server"_s, server }, { u"port"_s, port },
            { u"connection"_s, connection } };
    };
    NetworkAnswers answers;
    QTest::newRow("nothing") << u"club.test"_s << answers << QVariantMap {};
    answers.openDoors = { u"irc.club.test:6667"_s };
    QTest::newRow("plain port") << u"club.test"_s << answers
                                << found(u"irc.club.test"_s, 6667, u"auto"_s);
    answers.openDoors = { u"irc.club.test:6667"_s, u"irc.club.test:6697"_s };
    QTest::newRow("TLS first") << u"club.test"_s << answers
                               << found(u"irc.club.test"_s, 6697, u"tls"_s);
    QTest::newRow("a server's name")
        << u"irc.club.test"_s << answers << found(u"irc.club.test"_s, 6697, u"tls"_s);
    answers.records.insert(u"_ircs._tcp.club.test"_s,
        { { .target = u"talk.club.test"_s, .port = 7000, .priority = 0, .weight = 0 } });
    QTest::newRow("record") << u"club.test"_s << answers
                            << found(u"talk.club.test"_s, 7000, u"tls"_s);
}

void TestIrcAddress::guesses()
{
    QFETCH(const QString, domain);
    QFETCH(const NetworkAnswers, answers);
    QFETCH(const QVariantMap, found);
    const AddressGuess guess = irc::guessFrom(domain, answers, {});
    QCOMPARE(guess.found, found);
    QCOMPARE(guess.confidence, found.isEmpty() ? 0 : 2);
}

void TestIrcAddress::networks()
{
    int encrypted = 0;
    for (const ServicePreset &service : irc::services()) {
        const bool tls = service.preset.values.value(u"connection"_s) == u"tls"_s;
        encrypted += tls && !service.preset.retired ? 1 : 0;
        if (!service.preset.retired) {
            QVERIFY(service.preset.values.contains(u"server"_s));
            QVERIFY2(tls || !service.preset.note.isEmpty(), qPrintable(service.preset.id));
        }
    }
    QVERIFY(encrypted >= 20);
    QCOMPARE(irc::presetForDomain(u"Libera.Chat"_s)->id, u"libera"_s);
    QCOMPARE(irc::presetForDomain(u"team.irc.slack.com"_s)->id, u"slack-irc"_s);
    QVERIFY(irc::presetForDomain(u"irc.mozilla.org"_s)->retired);
    QVERIFY(!irc::presetForDomain(u"example.test"_s));
}

void TestIrcAddress::foundBindsNobody_data()
{
    QTest::addColumn<QString>("connection"); // by hand; empty: automatic
    QTest::addColumn<QString>("attempts");
    QTest::newRow("found first, then what the address says")
        << QString()
        << u"talk.test:7000/tls talk.test:6697/tls talk.test:6667/starttls "
           "club.test:6697/tls club.test:6667/starttls"_s;
    QTest::newRow("by hand wins") << u"starttls"_s
                                  << u"talk.test:7000/starttls talk.test:6667/starttls "
                                     "club.test:6667/starttls"_s;
}

void TestIrcAddress::foundBindsNobody()
{
    QFETCH(const QString, connection);
    SettingValues values;
    values.set(u"address"_s, u"zo@club.test"_s);
    values.set(u"server"_s, u"talk.test"_s, SettingOrigin::Found);
    values.set(u"port"_s, 7000, SettingOrigin::Found);
    values.set(u"connection"_s, u"tls"_s, SettingOrigin::Found);
    if (!connection.isEmpty()) {
        values.set(u"connection"_s, connection);
    }
    QStringList attempts;
    const auto all = irc::IrcSettings(irc::accountSchema().complete(values)).attempts();
    for (const irc::IrcSettings::Attempt &attempt : all) {
        attempts.append(u"%1:%2/%3"_s.arg(attempt.endpoint.host)
                .arg(attempt.endpoint.port)
                .arg(attempt.startTls                                          ? u"starttls"_s
                        : attempt.endpoint.security == Endpoint::Security::Tls ? u"tls"_s
                                                                               : u"plain"_s));
    }
    QTEST(attempts.join(u' '), "attempts");
}

QTEST_GUILESS_MAIN(TestIrcAddress)
#include "tst_ircaddress.moc"
