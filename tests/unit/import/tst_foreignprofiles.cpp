// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// Psi, Gajim, HexChat, Konversation and Quassel. The time zone is Europe/Warsaw (CMakeLists.txt).

#include "core/history/sqlconnection.h"
#include "core/import/foreigntext.h"
#include "core/import/gajimreader.h"
#include "core/import/importsources.h"
#include "core/import/irclog.h"
#include "core/import/ircprofiles.h"
#include "core/import/psiprofile.h"

#include <QBuffer>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin;

namespace {

QDateTime utc(const QString &iso)
{
    return QDateTime::fromString(iso, Qt::ISODate);
}

void write(const QString &file, const QByteArray &bytes)
{
    QDir().mkpath(QFileInfo(file).path());
    QFile out(file);
    if (!out.open(QIODevice::WriteOnly) || out.write(bytes) != bytes.size()) {
        qFatal("%s", qPrintable(file));
    }
}

void makeDatabase(const QString &file, const QStringList &statements)
{
    QDir().mkpath(QFileInfo(file).path());
    SqlConnection connection;
    if (!connection.open(file)) {
        qFatal("%s", qPrintable(file));
    }
    for (const QString &statement : statements) {
        if (const auto done = connection.execute(statement); !done) {
            qFatal("%s: %s", qPrintable(statement), qPrintable(done.error().detail));
        }
    }
}

QList<ImportedMessage> allOf(ImportReader &reader, const ImportedLog &log)
{
    QList<ImportedMessage> messages;
    QList<ImportNote> notes;
    const auto read = reader.messages(
        log,
        [&](ImportedMessage &&message) {
            messages.append(std::move(message));
            return true;
        },
        notes);
    if (!read) {
        qFatal("%s", qPrintable(read.error().detail));
    }
    return messages;
}

ImportedProfile profileOf(ImportReader &reader)
{
    const std::atomic<bool> cancelled = false;
    const auto profile = reader.profile(cancelled);
    if (!profile) {
        qFatal("%s %s", qPrintable(profile.error().title), qPrintable(profile.error().detail));
    }
    return *profile;
}

QByteArray hidden(const QString &password, const QString &jid)
{
    QByteArray hex;
    for (qsizetype i = 0; i < password.size(); ++i) {
        hex += QByteArray::number(password.at(i).unicode() ^ jid.at(i % jid.size()).unicode(), 16)
                   .rightJustified(4, '0');
    }
    return hex;
}

} // namespace

class ForeignProfilesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void text_data();
    void text();
    void psiLines_data();
    void psiLines();
    void psiPasswords();
    void psiProfile();
    void gajimAccounts_data();
    void gajimAccounts();
    void gajimOldHistory();
    void gajimNewHistory();
    void hexchatNetworks();
    void hexchatLogs();
    void konversationNetworks();
    void ircLines_data();
    void ircLines();
    void quassel_data();
    void quassel();
    void originalsAreNotTouched();
    void nothingThere_data();
    void nothingThere();
    void garbage_data();
    void garbage();
    void findsProfiles();
};

void ForeignProfilesTest::text_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("expected");
    QTest::newRow("utf-8") << "Zażółć gęślą jaźń"_ba << u"Zażółć gęślą jaźń"_s;
    QTest::newRow("windows-1252") << "caf\xe9 \x93quoted\x94 \x80"_ba << u"café “quoted” €"_s;
    QTest::newRow("combining") << "e\xcc\x81 \xe0\xb8\x81\xe0\xb9\x87"_ba << u"e\u0301 ก็"_s;
}

void ForeignProfilesTest::text()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, expected);
    QCOMPARE(foreignText(bytes), expected);
    QCOMPARE(percentDecoded(u"a%2cb%5cc%3Ad%"_s), u"a,b\\c:d%"_s);
    QCOMPARE(withoutIrcFormatting(
                 u"\x02"_s + u"bold\x0f \x03"_s + u"04,12red\x03 3,4 \x04"_s + u"ff0000x"_s),
        u"bold red 3,4 x"_s);
}

void ForeignProfilesTest::psiLines_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("expected");
    QTest::addColumn<bool>("out");
    QTest::newRow("received") << u"|2012-03-06T19:13:10|1|from|N---|Zażółć gęślą jaźń"_s
                              << u"Zażółć gęślą jaźń"_s << false;
    QTest::newRow("sent") << u"|2012-03-06T19:13:10|1|to|N---|こんにちは世界"_s
                          << u"こんにちは世界"_s << true;
    QTest::newRow("escapes") << uR"(|2012-03-06T19:13:10|1|to|N---|a\nb \p c \\ d)"_s
                             << u"a\nb | c \\ d"_s << true;
    QTest::newRow("subject") << u"|2012-03-06T19:13:10|0|from|N1--|Subject|Body مرحبا"_s
                             << u"Subject\nBody مرحبا"_s << false;
    QTest::newRow("url") << u"|2012-03-06T19:13:10|0|from|N2--|http://a.test|desc|Body"_s
                         << u"Body\nhttp://a.test"_s << false;
    QTest::newRow("both") << u"|2012-03-06T19:13:10|0|from|N3--|S|http://a.test|d|B"_s
                          << u"S\nB\nhttp://a.test"_s << false;
    QTest::newRow("subscription") << u"|2012-03-06T19:13:10|3|from|N---|subscribe"_s << QString()
                                  << false;
    QTest::newRow("broken") << u"|2012-03-06T19:13:10|1|from"_s << QString() << false;
    QTest::newRow("no flags") << u"|2012-03-06T19:13:10|1|from||text"_s << QString() << false;
    QTest::newRow("no time") << u"|yesterday|1|from|N---|text"_s << QString() << false;
}

void ForeignProfilesTest::psiLines()
{
    QFETCH(QString, line);
    QFETCH(QString, expected);
    QFETCH(bool, out);
    const auto message = psi::message(line);
    QCOMPARE(message.has_value(), !expected.isEmpty());
    if (message) {
        QCOMPARE(message->body.plain(), expected);
        QCOMPARE(message->direction, out ? Direction::Out : Direction::In);
        QCOMPARE(message->sentAt, utc(u"2012-03-06T18:13:10Z"_s)); // it was winter in Warsaw
    }
}

void ForeignProfilesTest::psiPasswords()
{
    const QString jid = u"alice@alpha.test"_s;
    QCOMPARE(psi::decodedPassword(QString::fromLatin1(hidden(u"zażółć 🦄"_s, jid)), jid),
        u"zażółć 🦄"_s);
    QCOMPARE(psi::decodedPassword(u"00zz"_s, jid), QString());
    QCOMPARE(psi::decodedPassword(u"12345"_s, jid), QString());
    QCOMPARE(psi::decodedPassword(QString(8192, u'0'), jid), QString());
}

void ForeignProfilesTest::psiProfile()
{
    QTemporaryDir folder;
    const QString top = folder.filePath(u"profiles/default"_s);
    write(top + u"/accounts.xml"_s,
        "<accounts xmlns=\"http://psi-im.org/options\"><accounts>"
        "<a0><name type=\"QString\">Dom</name><jid type=\"QString\">alice@alpha.test</jid>"
        "<password type=\"QString\">"
            + hidden(u"s3cret"_s, u"alice@alpha.test"_s)
            + "</password>"
              "<enabled type=\"bool\">true</enabled><auto type=\"bool\">true</auto>"
              "<use-host type=\"bool\">true</use-host><host type=\"QString\">x.alpha.test</host>"
              "<port type=\"int\">5223</port><ssl type=\"QString\">legacy</ssl>"
              "<resource type=\"QString\">Psi</resource><priority type=\"int\">7</priority>"
              "<custom-auth><use type=\"bool\">true</use><authid "
              "type=\"QString\">al</authid></custom-auth>"
              "<muc-bookmarks type=\"QStringList\"><item>room@conf.alpha.test/Alice</item>"
              "<item>other@conf.alpha.test</item></muc-bookmarks>"
              "<proxy-id type=\"QString\">3</proxy-id></a0>"
              "<a1><jid type=\"QString\">a@beta.test</jid><roster-cache><a0><jid "
              "type=\"QString\">carol@beta.test"
              "</jid></a0></roster-cache></a1></accounts></accounts>");
    write(top + u"/history/bob_at_alpha.test.history"_s,
        "|2012-03-06T19:13:10|1|from|N---|jeden\n|2012-03-06T19:13:11|1|to|N---|/me "
        "macha\ngarbage\n");
    write(top + u"/history/carol_at_beta.test.history"_s, "|2012-03-06T19:13:10|1|from|N---|x\n");
    const auto reader = makeImportReader(ImportSource::Psi, folder.path());
    const ImportedProfile profile = profileOf(*reader);
    QCOMPARE(profile.accounts.size(), 2);
    const ImportedAccount &account = profile.accounts.at(0);
    const QMap<QString, QString> expected { { u"server"_s, u"x.alpha.test"_s },
        { u"port"_s, u"5223"_s }, { u"connection"_s, u"tls"_s }, { u"resource"_s, u"Psi"_s },
        { u"priority"_s, u"7"_s }, { u"login"_s, u"al"_s },
        { u"rooms"_s, u"room@conf.alpha.test/Alice,other@conf.alpha.test"_s } };
    QCOMPARE(account.settings, expected);
    QCOMPARE(account.secrets.value(u"password"_s), u"s3cret"_s);
    QCOMPARE(account.unmapped, QStringList { u"proxy-id = 3"_s });
    QVERIFY(account.enabled);
    QCOMPARE(profile.logs.size(), 2);
    QCOMPARE(profile.logs.at(0).with, u"bob@alpha.test"_s);
    QCOMPARE(profile.logs.at(0).account, u"alice@alpha.test"_s);
    QCOMPARE(profile.logs.at(1).account, u"a@beta.test"_s); // her roster says so
    const auto messages = allOf(*reader, profile.logs.at(0));
    QCOMPARE(messages.size(), 2);
    QCOMPARE(messages.at(1).kind, MessageKind::Action);
    QCOMPARE(messages.at(1).body.plain(), u"macha"_s);
    QList<ImportNote> notes;
    QVERIFY(reader->messages(profile.logs.at(0), [](ImportedMessage &&) { return true; }, notes));
    QCOMPARE(notes.size(), 1);
    QCOMPARE(notes.at(0).line, 3);
}

void ForeignProfilesTest::gajimAccounts_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("value");
    QTest::newRow("nothing set") << "{}"_ba << u"server"_s << QString();
    QTest::newRow("random resource")
        << R"({"resource":"gajim.$rand"})"_ba << u"resource"_s << QString();
    QTest::newRow("resource") << R"({"resource":"büro"})"_ba << u"resource"_s << u"büro"_s;
    QTest::newRow("host not used") << R"({"custom_host":"x"})"_ba << u"server"_s << QString();
    QTest::newRow("host") << R"({"use_custom_host":true,"custom_host":"x.test"})"_ba << u"server"_s
                          << u"x.test"_s;
    QTest::newRow("direct tls")
        << R"({"use_custom_host":true,"custom_host":"x","custom_type":"DIRECT TLS"})"_ba
        << u"connection"_s << u"tls"_s;
    QTest::newRow("plain") << R"({"use_plain_connection":true})"_ba << u"connection"_s
                           << u"plain"_s;
    QTest::newRow("port") << R"({"use_custom_host":true,"custom_port":5299})"_ba << u"port"_s
                          << u"5299"_s;
}

void ForeignProfilesTest::gajimAccounts()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, key);
    QFETCH(QString, value);
    QList<ImportNote> notes;
    const QByteArray whole = R"({"account":{"name":"alice","hostname":"alpha.test",)"
        + (json == "{}" ? R"("active":true)"_ba : json.sliced(1, json.size() - 2)) + "}}";
    const ImportedAccount account = gajim::account(u"alpha"_s, whole, u"settings.sqlite"_s, notes);
    QCOMPARE(account.address, u"alice@alpha.test"_s);
    QCOMPARE(account.settings.value(key), value);
    const auto old = gajim::accounts(
        "accounts.my.alpha.name = alice\naccounts.my.alpha.hostname = alpha.test\n"
        "accounts.my.alpha.password = s3cret\naccounts.b.name = b\n"
        "accounts.b.hostname = beta.test\naccounts.b.password = libsecret:\n",
        u"config"_s);
    QCOMPARE(old.size(), 2);
    QCOMPARE(old.at(1).name, u"my.alpha"_s);
    QCOMPARE(old.at(1).secrets.value(u"password"_s), u"s3cret"_s);
    QVERIFY(old.at(0).secrets.isEmpty());
}

void ForeignProfilesTest::gajimOldHistory()
{
    QTemporaryDir folder;
    write(folder.filePath(u"config"_s),
        "accounts.a.name = alice\naccounts.a.hostname = alpha.test\n");
    makeDatabase(folder.filePath(u"logs.db"_s),
        { u"CREATE TABLE jids(jid_id INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, jid TEXT UNIQUE, type INTEGER)"_s,
            u"CREATE TABLE logs(log_line_id INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE, account_id "
            u"INTEGER,"
            " jid_id INTEGER, contact_name TEXT, time INTEGER, kind INTEGER, show INTEGER, message "
            "TEXT,"
            " subject TEXT)"_s,
            u"INSERT INTO jids VALUES(1, 'alice@alpha.test', 0), (2, 'bob@alpha.test', 0),"
            " (3, 'room@conf.alpha.test', 1), (4, 'room@conf.alpha.test/nick', 0)"_s,
            u"INSERT INTO logs(account_id, jid_id, contact_name, time, kind, message) VALUES"
            "(1, 2, NULL, 1331057590, 4, 'Zażółć'), (1, 2, NULL, 1331057591, 6, 'こんにちは'),"
            "(1, 2, NULL, 1331057592, 0, 'a status'), (1, 3, 'carol', 1331057593, 2, 'مرحبا'),"
            "(1, 3, 'alice', 1331057594, 2, '/me waves'), (1, 4, 'x', 1331057595, 4, 'private')"_s });
    const auto reader = makeImportReader(ImportSource::Gajim, folder.path());
    const ImportedProfile profile = profileOf(*reader);
    QCOMPARE(profile.logs.size(), 3);
    QCOMPARE(profile.notes.size(), 0);
    QVERIFY(!profile.logs.at(0).privateInRoom);
    QVERIFY(profile.logs.at(2).privateInRoom);
    QCOMPARE(profile.logs.at(2).with, u"room@conf.alpha.test/nick"_s);
    const auto aside = allOf(*reader, profile.logs.at(2));
    QCOMPARE(aside.size(), 1);
    QCOMPARE(aside.at(0).fromName, u"nick"_s);
    QCOMPARE(aside.at(0).body.plain(), u"private"_s);
    QCOMPARE(profile.logs.at(0).messages, 2);
    const auto chat = allOf(*reader, profile.logs.at(0));
    QCOMPARE(chat.size(), 2);
    QCOMPARE(chat.at(0).sentAt, utc(u"2012-03-06T18:13:10Z"_s));
    QCOMPARE(chat.at(0).direction, Direction::In);
    QCOMPARE(chat.at(1).direction, Direction::Out);
    QCOMPARE(profile.logs.at(1).kind, ConversationKind::Room);
    const auto room = allOf(*reader, profile.logs.at(1));
    QCOMPARE(room.at(0).from, u"carol"_s);
    QCOMPARE(room.at(1).direction, Direction::Out);
    QCOMPARE(room.at(1).kind, MessageKind::Action);
}

void ForeignProfilesTest::gajimNewHistory()
{
    QTemporaryDir home;
    const QString folder = home.filePath(u".config/gajim"_s);
    makeDatabase(folder + u"/settings.sqlite"_s,
        { u"CREATE TABLE account_settings(account TEXT UNIQUE, settings TEXT)"_s,
            uR"(INSERT INTO account_settings VALUES('a', '{"account":{"address":"alice@alpha.test","account_label":"Dom"}}'))"_s });
    makeDatabase(home.filePath(u".local/share/gajim/logs.db"_s),
        { u"CREATE TABLE account(pk INTEGER PRIMARY KEY, jid TEXT)"_s,
            u"CREATE TABLE remote(pk INTEGER PRIMARY KEY, jid TEXT)"_s,
            u"CREATE TABLE occupant(pk INTEGER PRIMARY KEY, nickname TEXT)"_s,
            u"CREATE TABLE message(pk INTEGER PRIMARY KEY, fk_account_pk INTEGER, fk_remote_pk "
            u"INTEGER,"
            " resource TEXT, type INTEGER, direction INTEGER, timestamp REAL, text TEXT, fk_occupant_pk INTEGER)"_s,
            u"INSERT INTO account VALUES(1, 'alice@alpha.test')"_s,
            u"INSERT INTO remote VALUES(1, 'bob@alpha.test'), (2, 'room@conf.alpha.test'),"
            " (3, 'room@conf.alpha.test/carol')"_s,
            u"INSERT INTO occupant VALUES(7, 'carol')"_s,
            u"INSERT INTO message VALUES(1, 1, 1, 'x', 1, 1, 1331057590.25, 'eins', NULL),"
            "(2, 1, 1, NULL, 1, 2, 1331057591.5, 'zwei', NULL), (3, 1, 2, 'c', 2, 1, 1331057592, "
            "'drei', 7),"
            "(4, 1, 1, NULL, 1, 2, 1e300, 'never', NULL),"
            "(5, 1, 3, 'carol', 3, 1, 1331057593, 'psst', NULL)"_s });
    const auto reader = makeImportReader(ImportSource::Gajim, folder);
    const ImportedProfile profile = profileOf(*reader);
    QCOMPARE(profile.accounts.size(), 1);
    QCOMPARE(profile.accounts.at(0).name, u"Dom"_s);
    QCOMPARE(profile.logs.size(), 3);
    QVERIFY(profile.logs.at(2).privateInRoom);
    QCOMPARE(allOf(*reader, profile.logs.at(2)).at(0).body.plain(), u"psst"_s);
    const auto chat = allOf(*reader, profile.logs.at(0));
    QCOMPARE(chat.size(), 2); // not the one at the end of time
    QCOMPARE(chat.at(0).sentAt, utc(u"2012-03-06T18:13:10.250Z"_s));
    QCOMPARE(chat.at(1).direction, Direction::Out);
    const auto room = allOf(*reader, profile.logs.at(1));
    QCOMPARE(room.at(0).from, u"carol"_s);
}

void ForeignProfilesTest::hexchatNetworks()
{
    QList<ImportNote> notes;
    const auto defaults
        = hexchat::defaults("irc_nick1 = alice\nirc_nick2 = alice_\nirc_nick3 = alice__\n"
                            "irc_user_name = al\nirc_real_name = Alice Zażółć\n"
                            "net_proxy_type = 3\nnet_proxy_host = p.test\nnet_proxy_port = 1080\n");
    const QByteArray list
        = "v=2.16.1\n\nN=2600net\nE=UTF-8 (Unicode)\nF=19\nD=0\nS=irc.2600.net\n\n"
          "N=Libera.Chat\nL=6\nE=CP1252 (Windows-1252)\nF=31\nD=0\nP=s3cret\nJ=#linchpin\n"
          "J=#secret,key\nC=mode +x\nC=/msg Q "
          "hi\nS=irc.libera.chat/+6697\nS=irc.libera.chat/6667\n\n"
          "N=Own\nI=bob\nU=bobby\nR=Bob\nF=64\nD=0\nS=irc.own.test\n\nN=Empty\nF=8\n\n";
    const auto accounts = hexchat::accounts(list, u"servlist.conf"_s, defaults, {}, notes);
    QCOMPARE(accounts.size(), 2);
    const ImportedAccount &libera = accounts.at(0);
    QCOMPARE(libera.address, u"alice@irc.libera.chat"_s);
    QVERIFY(libera.enabled);
    const QMap<QString, QString> expected { { u"server"_s, u"irc.libera.chat"_s },
        { u"port"_s, u"6697"_s }, { u"connection"_s, u"tls"_s },
        { u"alternate-nicks"_s, u"alice_,alice__"_s }, { u"real-name"_s, u"Alice Zażółć"_s },
        { u"login"_s, u"al"_s }, { u"encoding"_s, u"CP1252"_s }, { u"sasl"_s, u"plain"_s },
        { u"channels"_s, u"#linchpin,#secret key"_s },
        { u"on-connect"_s, u"/mode +x; /msg Q hi"_s }, { u"proxy-type"_s, u"socks5"_s },
        { u"proxy-host"_s, u"p.test"_s }, { u"proxy-port"_s, u"1080"_s } };
    QCOMPARE(libera.settings, expected);
    QCOMPARE(libera.secrets.value(u"password"_s), u"s3cret"_s);
    QCOMPARE(accounts.at(1).address, u"bob@irc.own.test"_s);
    QCOMPARE(accounts.at(1).settings.value(u"connection"_s), u"plain"_s);
    QCOMPARE(notes.size(), 2); // no server; never used
    QVERIFY(notes.at(0).line > 20);
    // A network with logs was used.
    notes.clear();
    QCOMPARE(hexchat::accounts(list, u"f"_s, defaults, { u"2600NET"_s }, notes).size(), 3);
}

void ForeignProfilesTest::hexchatLogs()
{
    QTemporaryDir folder;
    write(folder.filePath(u"servlist.conf"_s),
        "v=2\n\nN=Libera.Chat\nI=alice\nF=8\nD=0\nS=irc.libera.chat/+6697\n\n");
    write(folder.filePath(u"hexchat.conf"_s), "irc_nick1 = alice\n");
    write(folder.filePath(u"logs/Libera.Chat/#linchpin.log"_s),
        "**** BEGIN LOGGING AT Sat Dec 31 23:59:00 2011\n\n"
        "Dec 31 23:59:01 *\tNow talking on #linchpin\n"
        "Dec 31 23:59:02 <alice>\tZażółć gęślą jaźń\n"
        "Jan 01 00:00:03 <@bob>\tこんにちは世界\n"
        "Jan 01 00:00:04 *\tbob waves\n"
        "Jan 01 00:00:05 -NickServ-\tThis nickname is registered\n"
        "Jan 01 00:00:06 >NickServ<\tidentify kanarek\n"
        "**** ENDING LOGGING AT Sun Jan  1 00:01:00 2012\n");
    write(folder.filePath(u"scrollback/Libera.Chat/carol.txt"_s),
        "T 1331057590 \x03"
        "18<carol>\t\x0fمرحبا بالعالم\nT nonsense\nT 99999999999999999999 <a>\tx\n");
    write(folder.filePath(u"logs/Libera.Chat/server.log"_s), "Jan 01 00:00:05 *\thello\n");
    write(folder.filePath(u"logs/Other/#x.log"_s), "");
    const auto reader = makeImportReader(ImportSource::HexChat, folder.path());
    const ImportedProfile profile = profileOf(*reader);
    QCOMPARE(profile.logs.size(), 2);
    QCOMPARE(profile.notes.size(), 1);
    const auto room = allOf(*reader, profile.logs.at(0));
    QCOMPARE(room.size(), 6);
    QVERIFY(!room.at(5).body.plain().contains(u"kanarek"_s));
    QCOMPARE(room.at(0).kind, MessageKind::System);
    QCOMPARE(room.at(1).direction, Direction::Out);
    QCOMPARE(room.at(1).sentAt, utc(u"2011-12-31T22:59:02Z"_s));
    QCOMPARE(room.at(2).from, u"bob"_s);
    QCOMPARE(room.at(2).sentAt, utc(u"2011-12-31T23:00:03Z"_s)); // the year has changed in Warsaw
    QCOMPARE(room.at(3).kind, MessageKind::Action);
    QCOMPARE(room.at(3).body.plain(), u"waves"_s);
    QCOMPARE(room.at(4).kind, MessageKind::Notice);
    const auto chat = allOf(*reader, profile.logs.at(1));
    QCOMPARE(chat.size(), 1);
    QCOMPARE(chat.at(0).sentAt, utc(u"2012-03-06T18:13:10Z"_s));
    QCOMPARE(chat.at(0).body.plain(), u"مرحبا بالعالم"_s);
    QCOMPARE(chat.at(0).from, QString());
}

void ForeignProfilesTest::konversationNetworks()
{
    QTemporaryDir home;
    const QString rc = home.filePath(u".config/konversationrc"_s);
    write(rc,
        "[Identity "
        "0]\nName=Default\nNicknames=alice,alice_\nRealname=Alice\\sZażółć\nAuthType=saslplain\n"
        "SaslAccount=al\nPassword=s3cret\nCodec=UTF-8\n\n"
        "[ServerGroup 0]\nName=Libera_Chat\nIdentity=Default\nServerList=Server 0,Server 1\n"
        "AutoJoinChannels=Channel 0,Channel 1\nAutoConnect=true\nConnectCommands=/mode +x\n\n"
        "[Server 0]\nServer=irc.libera.chat\nPort=6697\nSSLEnabled=true\n\n[Server "
        "1]\nServer=b.libera.chat\n\n"
        "[Channel 0]\nName=#linchpin\n\n[Channel 1]\nName=#secret\nPassword=key\n\n"
        "[ServerGroup 1]\nName=Nothing\n");
    const QString logs = home.filePath(u".local/share/konversation/logs"_s);
    write(logs + u"/libera_chat_#linchpin.log"_s,
        "\n*** Logfile started\n*** on Tue Mar 6 19:13:00 2012\n\n"
        "[Tue Mar 6 2012] [19:13:10] <alice>\tcześć\n"
        "[wtorek, 6 marca 2012] [19:13:11 CET] <bob>\t\x02"
        "bold\x02\n"
        "[Tuesday, March 6, 2012] [7:13:12 PM CET] \t * bob waves\n"
        "[Tue Mar 6 2012] [19:13:13] Join\tcarol has joined\n");
    write(logs + u"/unknown_#x.log"_s, "[x]\n");
    const auto reader = makeImportReader(ImportSource::Konversation, rc);
    const ImportedProfile profile = profileOf(*reader);
    QCOMPARE(profile.accounts.size(), 1);
    const ImportedAccount &account = profile.accounts.at(0);
    QCOMPARE(account.address, u"alice@irc.libera.chat"_s);
    const QMap<QString, QString> expected { { u"server"_s, u"irc.libera.chat"_s },
        { u"port"_s, u"6697"_s }, { u"connection"_s, u"tls"_s },
        { u"alternate-nicks"_s, u"alice_"_s }, { u"real-name"_s, u"Alice Zażółć"_s },
        { u"sasl"_s, u"plain"_s }, { u"login"_s, u"al"_s },
        { u"channels"_s, u"#linchpin,#secret key"_s }, { u"on-connect"_s, u"/mode +x"_s } };
    QCOMPARE(account.settings, expected);
    QCOMPARE(account.unmapped, QStringList { u"ServerList = b.libera.chat"_s });
    QCOMPARE(account.secrets.value(u"password"_s), u"s3cret"_s);
    QCOMPARE(profile.notes.size(), 2); // no server; logs of an unknown network
    QCOMPARE(profile.logs.size(), 1);
    const auto messages = allOf(*reader, profile.logs.at(0));
    QCOMPARE(messages.size(), 4);
    for (int i = 0; i < 4; ++i) {
        QCOMPARE(messages.at(i).sentAt, utc(u"2012-03-06T18:13:10Z"_s).addSecs(i));
    }
    QCOMPARE(messages.at(0).direction, Direction::Out);
    QCOMPARE(messages.at(1).body.plain(), u"bold"_s);
    QCOMPARE(messages.at(2).kind, MessageKind::Action);
    QCOMPARE(messages.at(2).from, u"bob"_s);
    QCOMPARE(messages.at(3).kind, MessageKind::System);
}

void ForeignProfilesTest::ircLines_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QDateTime>("at");
    QTest::newRow("default") << "Mar 06 19:13:10 <bob>\thi"_ba << utc(u"2012-03-06T18:13:10Z"_s);
    QTest::newRow("iso") << "2012-03-06 19:13:10 <bob>\thi"_ba << utc(u"2012-03-06T18:13:10Z"_s);
    QTest::newRow("brackets") << "[2012-03-06 19:13:10] <bob>\thi"_ba
                              << utc(u"2012-03-06T18:13:10Z"_s);
    QTest::newRow("12 hours") << "[03/06/12 07:13:10 PM] <bob>\thi"_ba
                              << utc(u"2012-03-06T18:13:10Z"_s);
    QTest::newRow("only the time") << "19:13 <bob>\thi"_ba << utc(u"2012-03-09T18:13:00Z"_s);
    QTest::newRow("polish month") << "mar 06 19:13:10 <bob>\thi"_ba
                                  << utc(u"2012-03-06T18:13:10Z"_s);
    QTest::newRow("no stamp") << "<bob>\thi"_ba << QDateTime();
    QTest::newRow("no tab") << "Mar 06 19:13:10 hello"_ba << QDateTime();
}

void ForeignProfilesTest::ircLines()
{
    QFETCH(QByteArray, line);
    QFETCH(QDateTime, at);
    QBuffer buffer(&line);
    buffer.open(QIODevice::ReadOnly);
    QList<ImportedMessage> messages;
    irclog::readLog(buffer, irclog::Shape::HexChat, { u"alice"_s }, true, QDate(2012, 3, 9),
        [&](ImportedMessage &&message) {
            messages.append(std::move(message));
            return true;
        });
    QCOMPARE(messages.size(), at.isValid() ? 1 : 0);
    if (at.isValid()) {
        QCOMPARE(messages.at(0).sentAt, at);
        QCOMPARE(messages.at(0).from, u"bob"_s);
        QCOMPARE(messages.at(0).body.plain(), u"hi"_s);
    }
}

void ForeignProfilesTest::quassel_data()
{
    QTest::addColumn<qint64>("factor"); // of the times; schemas before 31 have seconds
    QTest::newRow("seconds") << qint64 { 1 };
    QTest::newRow("milliseconds") << qint64 { 1000 };
}

void ForeignProfilesTest::quassel()
{
    QFETCH(qint64, factor);
    QTemporaryDir folder;
    const qint64 time = 1331057590 * factor;
    makeDatabase(folder.filePath(u"quassel-storage.sqlite"_s),
        { u"CREATE TABLE network(networkid INTEGER PRIMARY KEY, userid INTEGER, networkname TEXT, "
          u"identityid INTEGER,"
          " servercodec TEXT, perform TEXT, useautoidentify INTEGER, autoidentifyservice TEXT,"
          " autoidentifypassword TEXT, usesasl INTEGER, saslaccount TEXT, saslpassword TEXT, connected INTEGER)"_s,
            u"CREATE TABLE ircserver(serverid INTEGER PRIMARY KEY, networkid INTEGER, hostname "
            u"TEXT, port INTEGER,"
            " password TEXT, ssl INTEGER, useproxy INTEGER, proxytype INTEGER, proxyhost TEXT, "
            "proxyport INTEGER,"
            " proxyuser TEXT, proxypass TEXT)"_s,
            u"CREATE TABLE identity(identityid INTEGER PRIMARY KEY, userid INTEGER, realname TEXT)"_s,
            u"CREATE TABLE identity_nick(nickid INTEGER PRIMARY KEY, identityid INTEGER, nick TEXT)"_s,
            u"CREATE TABLE buffer(bufferid INTEGER PRIMARY KEY, userid INTEGER, networkid INTEGER, "
            u"buffername TEXT,"
            " buffertype INTEGER, key TEXT, joined INTEGER)"_s,
            u"CREATE TABLE sender(senderid INTEGER PRIMARY KEY, sender TEXT)"_s,
            u"CREATE TABLE backlog(messageid INTEGER PRIMARY KEY, time INTEGER, bufferid INTEGER, "
            u"type INTEGER,"
            " flags INTEGER, senderid INTEGER, message TEXT)"_s,
            u"INSERT INTO network VALUES(1, 1, 'Libera', 1, '', 'mode +x;msg Q hi', 0, 'NickServ', '', 1, 'al', 's3cret', 1)"_s,
            u"INSERT INTO network VALUES(2, 1, 'Lost', 1, '', '', 0, '', '', 0, '', '', 0)"_s,
            u"INSERT INTO ircserver VALUES(1, 1, 'irc.libera.chat', 6697, '', 1, 1, 1, 'p.test', "
            u"1080, 'u', 'pp'),"
            " (2, 1, 'second.libera.chat', 6697, '', 1, 0, 0, '', 0, '', '')"_s,
            u"INSERT INTO identity VALUES(1, 1, 'Alice')"_s,
            u"INSERT INTO identity_nick VALUES(1, 1, 'alice'), (2, 1, 'alice_')"_s,
            u"INSERT INTO buffer VALUES(1, 1, 1, '', 1, '', 0), (2, 1, 1, '#linchpin', 2, 'key', "
            u"1),"
            " (3, 1, 1, 'bob', 4, '', 0)"_s,
            u"INSERT INTO sender VALUES(1, 'alice!al@host'), (2, 'bob!b@host')"_s,
            u"INSERT INTO backlog VALUES(1, %1, 2, 1, 1, 1, 'Zażółć'), (2, %1, 2, 4, 0, 2, "
            u"'waves'),"
            " (3, %1, 2, 32, 0, 2, '#linchpin'), (4, %1, 3, 2, 0, 2, 'notice'), (5, 0, 3, 1, 0, 2, 'no time')"_s
                .arg(time) });
    write(folder.filePath(u"quasselclient.conf"_s), "[CoreAccounts]\n1\\AccountName=x\n");
    const auto reader = makeImportReader(ImportSource::Quassel, folder.path());
    const ImportedProfile profile = profileOf(*reader);
    QCOMPARE(profile.accounts.size(), 1);
    const ImportedAccount &account = profile.accounts.at(0);
    const QMap<QString, QString> expected { { u"server"_s, u"irc.libera.chat"_s },
        { u"port"_s, u"6697"_s }, { u"connection"_s, u"tls"_s },
        { u"alternate-nicks"_s, u"alice_"_s }, { u"real-name"_s, u"Alice"_s },
        { u"on-connect"_s, u"mode +x; msg Q hi"_s }, { u"sasl"_s, u"plain"_s },
        { u"login"_s, u"al"_s }, { u"channels"_s, u"#linchpin key"_s },
        { u"proxy-type"_s, u"socks5"_s }, { u"proxy-host"_s, u"p.test"_s },
        { u"proxy-port"_s, u"1080"_s }, { u"proxy-login"_s, u"u"_s } };
    QCOMPARE(account.settings, expected);
    QCOMPARE(account.secrets,
        (QMap<QString, QString> {
            { u"password"_s, u"s3cret"_s }, { u"proxy-password"_s, u"pp"_s } }));
    QCOMPARE(profile.notes.size(), 2); // the client's file; a network without server
    QCOMPARE(profile.logs.size(), 2);
    const auto room = allOf(*reader, profile.logs.at(0));
    QCOMPARE(room.size(), 2); // no joins
    QCOMPARE(room.at(0).sentAt, utc(u"2012-03-06T18:13:10Z"_s));
    QCOMPARE(room.at(0).direction, Direction::Out);
    QCOMPARE(room.at(1).kind, MessageKind::Action);
    QCOMPARE(room.at(1).from, u"bob"_s);
    QCOMPARE(allOf(*reader, profile.logs.at(1)).size(), 1);
}

void ForeignProfilesTest::originalsAreNotTouched()
{
    QTemporaryDir folder;
    const QString file = folder.filePath(u"logs.db"_s);
    write(folder.filePath(u"config"_s), "accounts.a.name = a\naccounts.a.hostname = b.test\n");
    SqlConnection running; // the other program is still there, with a journal
    QVERIFY(running.open(file));
    QVERIFY(running.execute(u"PRAGMA journal_mode = WAL"_s));
    QVERIFY(running.execute(
        u"CREATE TABLE jids(jid_id INTEGER PRIMARY KEY, jid TEXT, type INTEGER)"_s));
    QVERIFY(running.execute(
        u"CREATE TABLE logs(log_line_id INTEGER PRIMARY KEY, account_id INTEGER, jid_id INTEGER,"
        " contact_name TEXT, time INTEGER, kind INTEGER, message TEXT)"_s));
    QVERIFY(running.execute(u"INSERT INTO jids VALUES(1, 'a@b.test', 0), (2, 'c@b.test', 0)"_s));
    QVERIFY(running.execute(
        u"INSERT INTO logs VALUES(1, 1, 2, '', 1331057590, 4, 'in the journal only')"_s));
    const QStringList before = QDir(folder.path()).entryList(QDir::Files);
    QFile original(file);
    QVERIFY(original.open(QIODevice::ReadOnly));
    const QByteArray bytes = original.readAll();
    {
        const auto reader = makeImportReader(ImportSource::Gajim, folder.path());
        const ImportedProfile profile = profileOf(*reader);
        QCOMPARE(profile.logs.size(), 1);
        QCOMPARE(allOf(*reader, profile.logs.at(0)).size(), 1);
    }
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files), before);
    QVERIFY(original.seek(0));
    QCOMPARE(original.readAll(), bytes);
}

void ForeignProfilesTest::nothingThere_data()
{
    QTest::addColumn<ImportSource>("source");
    for (const ImportSource source : importSources()) {
        QTest::newRow(qPrintable(toWord(source))) << source;
    }
}

void ForeignProfilesTest::nothingThere()
{
    QFETCH(ImportSource, source);
    QTemporaryDir folder;
    const std::atomic<bool> cancelled = false;
    for (const QString &path : { folder.path(), folder.filePath(u"missing"_s) }) {
        const auto profile = makeImportReader(source, path)->profile(cancelled);
        QVERIFY(!profile);
        QCOMPARE(profile.error().code, u"import-nothing-found"_s);
        QVERIFY(!profile.error().title.isEmpty());
    }
    QCOMPARE(importSourceFromWord(toWord(source)), source);
}

void ForeignProfilesTest::garbage_data()
{
    QTest::addColumn<ImportSource>("source");
    QTest::addColumn<QString>("file");
    QTest::newRow("pidgin") << ImportSource::Pidgin << u"accounts.xml"_s;
    QTest::newRow("pidgin contacts") << ImportSource::Pidgin << u"blist.xml"_s;
    QTest::newRow("gajim") << ImportSource::Gajim << u"settings.sqlite"_s;
    QTest::newRow("gajim logs") << ImportSource::Gajim << u"logs.db"_s;
    QTest::newRow("psi") << ImportSource::Psi << u"accounts.xml"_s;
    QTest::newRow("hexchat") << ImportSource::HexChat << u"servlist.conf"_s;
    QTest::newRow("konversation") << ImportSource::Konversation << u"konversationrc"_s;
    QTest::newRow("quassel") << ImportSource::Quassel << u"quassel-storage.sqlite"_s;
}

void ForeignProfilesTest::garbage()
{
    QFETCH(ImportSource, source);
    QFETCH(QString, file);
    QTemporaryDir folder;
    QByteArray bytes = "<account><account><name>";
    for (int i = 0; i < 20'000; ++i) {
        bytes += static_cast<char>((i * 7919) % 251);
    }
    write(folder.filePath(file), bytes);
    const std::atomic<bool> cancelled = false;
    const auto profile = makeImportReader(source, folder.path())->profile(cancelled);
    // Either refused, or nothing was found in it and said so where the file has a form at all.
    if (profile) {
        QVERIFY(profile->accounts.isEmpty());
        QVERIFY(profile->logs.isEmpty());
    } else {
        QVERIFY(!profile.error().detail.isEmpty());
    }
}

void ForeignProfilesTest::findsProfiles()
{
    QTemporaryDir home;
    QVERIFY(importSourcesFound(home.path()).isEmpty());
    write(home.filePath(u".purple/accounts.xml"_s), "x");
    write(home.filePath(u".config/konversationrc"_s), "x");
    write(home.filePath(u".config/gajim/config"_s), "x");
    const QList<FoundSource> expected { { ImportSource::Pidgin, home.filePath(u".purple"_s) },
        { ImportSource::Gajim, home.filePath(u".config/gajim"_s) },
        { ImportSource::Konversation, home.filePath(u".config/konversationrc"_s) } };
    QCOMPARE(importSourcesFound(home.path()), expected);
}

QTEST_GUILESS_MAIN(ForeignProfilesTest)
#include "tst_foreignprofiles.moc"
