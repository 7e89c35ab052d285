// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/import/importtypes.h"
#include "core/import/purplelog.h"
#include "core/import/purpleprofile.h"
#include "core/import/timestamp.h"

#include <QBuffer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin;

namespace {

const QString kData = QStringLiteral(LINCHPIN_SOURCE_DIR "/tests/unit/import/data");

QByteArray content(const QString &name)
{
    QFile file(kData + u'/' + name);
    if (!file.open(QIODevice::ReadOnly)) {
        qFatal("%s", qPrintable(file.fileName()));
    }
    return file.readAll();
}

QList<ImportedMessage> messagesOf(const QByteArray &log, const QString &fileName,
    const purple::LogPeople &people = { { u"alice"_s }, { u"bob@alpha.test"_s }, false })
{
    QByteArray bytes = log;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::ReadOnly);
    QList<ImportedMessage> messages;
    purple::readLog(buffer, fileName.endsWith(".html"_L1), purple::logBegin(fileName), people,
        [&](ImportedMessage &&message) {
            messages.append(std::move(message));
            return true;
        });
    return messages;
}

QDateTime utc(const QString &iso)
{
    return QDateTime::fromString(iso, Qt::ISODate);
}

} // namespace

class PurpleImportTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void stamps_data();
    void stamps();
    void begins_data();
    void begins();
    void accountsOfARealProfile();
    void sipeOptions_data();
    void sipeOptions();
    void jabberAndIrcOptions_data();
    void jabberAndIrcOptions();
    void proxies_data();
    void proxies();
    void contactsOfARealProfile();
    void roomsEnteredAtSignIn();
    void statusesOfARealProfile();
    void damagedFilesAreNamed();
    void realLogs_data();
    void realLogs();
    void oldShape();
    void timesGoOnOverMidnight();
    void rooms();
    void stopsWhenAsked();
};

void PurpleImportTest::stamps_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QTime>("time");
    QTest::addColumn<QDate>("date");
    const QTime evening(19, 13, 10);
    const QDate day(2012, 3, 6);
    QTest::newRow("24 hours") << u"19:13:10"_s << evening << QDate();
    QTest::newRow("12 hours") << u"07:13:10 PM"_s << evening << QDate();
    QTest::newRow("midnight, 12 hours") << u"12:00:01 AM"_s << QTime(0, 0, 1) << QDate();
    QTest::newRow("noon, 12 hours") << u"12:00:01 PM"_s << QTime(12, 0, 1) << QDate();
    QTest::newRow("american") << u"03/06/12 19:13:10"_s << evening << day;
    QTest::newRow("american, 12 hours") << u"03/06/2012 07:13:10 PM"_s << evening << day;
    QTest::newRow("british") << u"06/03/12 19:13:10"_s << evening << day;
    QTest::newRow("polish") << u"06.03.2012 19:13:10"_s << evening << day;
    QTest::newRow("iso") << u"2012-03-06 19:13:10"_s << evening << day;
    QTest::newRow("japanese") << u"2012年03月06日 19時13分10秒"_s << evening << day;
    QTest::newRow("japanese, 12 hours") << u"午後07時13分10秒"_s << evening << QDate();
    QTest::newRow("arabic") << u"06 مار, 2012 CET 07:13:10 م"_s << evening << day;
    QTest::newRow("arabic digits") << u"٠٧:١٣:١٠ م"_s << evening << QDate();
    QTest::newRow("finnish") << u"06.03.2012 19.13.10"_s << evening << day;
    QTest::newRow("korean") << u"2012년 03월 06일 오후 07시 13분 10초"_s << evening << day;
    QTest::newRow("written out, polish") << u"wtorek, 6 marca 2012 19:13:10"_s << evening << day;
    QTest::newRow("written out, english") << u"Tue Mar  6 19:13:10 2012"_s << evening << day;
    QTest::newRow("without year") << u"Mar 06 19:13:10"_s << evening << day;
    QTest::newRow("no stamp") << u"see you at the office"_s << QTime() << QDate();
    QTest::newRow("25 o'clock") << u"25:61:10"_s << QTime() << QDate();
}

void PurpleImportTest::stamps()
{
    QFETCH(QString, text);
    QFETCH(QTime, time);
    QFETCH(QDate, date);
    const ForeignStamp stamp = parseForeignStamp(text, QDate(2012, 3, 9));
    QCOMPARE(stamp.time.value_or(QTime()), time);
    QCOMPARE(stamp.date.value_or(QDate()), date);
}

void PurpleImportTest::begins_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QDateTime>("begin");
    QTest::newRow("winter") << u"2012-03-06.191310+0100CET.html"_s
                            << utc(u"2012-03-06T18:13:10Z"_s);
    QTest::newRow("west") << u"2012-07-06.191310-0430VET.txt"_s << utc(u"2012-07-06T23:43:10Z"_s);
    QTest::newRow("windows") << u"2012-03-06.191310+0100W. Europe Standard Time.html"_s
                             << utc(u"2012-03-06T18:13:10Z"_s);
    QTest::newRow("no log") << u"notes.txt"_s << QDateTime();
    QTest::newRow("no such day") << u"2012-13-41.191310+0100CET.html"_s << QDateTime();
}

void PurpleImportTest::begins()
{
    QFETCH(QString, name);
    QFETCH(QDateTime, begin);
    QCOMPARE(purple::logBegin(name).isValid(), begin.isValid());
    if (begin.isValid()) {
        QCOMPARE(purple::logBegin(name).toUTC(), begin);
    }
}

void PurpleImportTest::accountsOfARealProfile()
{
    QList<ImportNote> notes;
    const auto accounts
        = purple::accounts(content(u"purple/accounts.xml"_s), u"accounts.xml"_s, {}, notes);
    QCOMPARE(accounts.size(), 3);
    QVERIFY(notes.isEmpty());
    const ImportedAccount &jabber = accounts.at(0);
    QCOMPARE(jabber.protocol, u"xmpp"_s);
    QCOMPARE(jabber.address, u"alice@alpha.test"_s);
    QCOMPARE(jabber.settings.value(u"resource"_s), u"Home"_s);
    QCOMPARE(jabber.secrets.value(u"password"_s), u"s3cret"_s);
    QCOMPARE(jabber.secretsFile, u"accounts.xml"_s);
    QVERIFY(jabber.enabled);
    const ImportedAccount &irc = accounts.at(1);
    QCOMPARE(irc.address, u"alice@irc.example.test"_s);
    QCOMPARE(irc.settings.value(u"server"_s), u"irc.example.test"_s);
    QVERIFY(!irc.enabled);
    const ImportedAccount &sip = accounts.at(2);
    QCOMPARE(sip.address, u"alice@litwareinc.test"_s);
    const QMap<QString, QString> expected { { u"login"_s, u"LITWARE\\alice"_s },
        { u"server"_s, u"sip.litwareinc.test"_s }, { u"port"_s, u"443"_s },
        { u"connection"_s, u"tls"_s }, { u"auth"_s, u"kerberos"_s },
        { u"single-sign-on"_s, u"true"_s }, { u"user-agent"_s, u"UCCAPI/4.0"_s },
        { u"proxy-type"_s, u"socks5"_s }, { u"proxy-host"_s, u"proxy.test"_s },
        { u"proxy-port"_s, u"1080"_s }, { u"proxy-login"_s, u"u"_s } };
    QCOMPARE(sip.settings, expected);
    QCOMPARE(sip.secrets, (QMap<QString, QString> { { u"proxy-password"_s, u"pp"_s } }));
    QVERIFY(sip.unmapped.isEmpty());
}

namespace {

QByteArray accountXml(const QByteArray &prpl, const QByteArray &name,
    const QByteArrayList &settings, const QByteArray &rest = {})
{
    QByteArray xml = "<account version='1.0'><account><protocol>" + prpl + "</protocol><name>"
        + name + "</name>" + rest + "<settings>";
    for (const QByteArray &setting : settings) {
        const qsizetype equals = setting.indexOf('=');
        xml += "<setting name='" + setting.first(equals) + "' type='string'>"
            + setting.sliced(equals + 1) + "</setting>";
    }
    return xml + "</settings></account></account>";
}

} // namespace

void PurpleImportTest::sipeOptions_data()
{
    QTest::addColumn<QByteArrayList>("options");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("value");
    const auto row = [](const char *name, const QByteArrayList &options, const QString &key,
                         const QString &value) { QTest::newRow(name) << options << key << value; };
    row("server without port", { "server=sip.test" }, u"server"_s, u"sip.test"_s);
    row("ipv6 server", { "server=[::1]:5061" }, u"port"_s, u"5061"_s);
    row("empty server", { "server=" }, u"server"_s, {});
    row("transport auto", { "transport=auto" }, u"connection"_s, {});
    row("auto with a server is TLS", { "transport=auto", "server=sip.test" }, u"connection"_s,
        u"tls"_s);
    row("transport tcp", { "transport=tcp" }, u"connection"_s, u"plain"_s);
    row("transport udp", { "transport=udp" }, u"connection"_s, u"plain"_s);
    row("ntlm", { "authentication=ntlm" }, u"auth"_s, u"ntlm"_s);
    row("krb5", { "authentication=krb5" }, u"auth"_s, u"kerberos"_s);
    row("tls-dsk", { "authentication=tls-dsk" }, u"auth"_s, u"tls-dsk"_s);
    row("automatic", { "authentication=auto" }, u"auth"_s, {});
    row("kerberos of old", { "krb5=1" }, u"auth"_s, u"kerberos"_s);
    row("no sso", { "sso=0" }, u"single-sign-on"_s, u"false"_s);
    row("don't publish", { "dont-publish=1" }, u"publish-calendar"_s, u"false"_s);
    row("web photos", { "allow-web-photo=1" }, u"web-photos"_s, u"true"_s);
    row("user agent", { "useragent=UCCAPI/15.0.4551.1001 OC/15.0.4551.1005 (Microsoft Lync)" },
        u"user-agent"_s, u"UCCAPI/15.0.4551.1001 OC/15.0.4551.1005 (Microsoft Lync)"_s);
    row("email url", { "email_url=https://m.test/EWS/Exchange.asmx" }, u"email-url"_s,
        u"https://m.test/EWS/Exchange.asmx"_s);
    row("email", { "email=a@m.test" }, u"email"_s, u"a@m.test"_s);
    row("email login", { "email_login=M\\a" }, u"email-login"_s, u"M\\a"_s);
    row("group chat", { "groupchat_user=ocschat@m.test" }, u"group-chat"_s, u"ocschat@m.test"_s);
}

void PurpleImportTest::sipeOptions()
{
    QFETCH(QByteArrayList, options);
    QFETCH(QString, key);
    QFETCH(QString, value);
    QList<ImportNote> notes;
    const auto accounts = purple::accounts(
        accountXml("prpl-sipe", "zażółć@litwareinc.test,", options), u"f"_s, {}, notes);
    QCOMPARE(accounts.size(), 1);
    QCOMPARE(accounts.at(0).address, u"zażółć@litwareinc.test"_s);
    QCOMPARE(accounts.at(0).settings.value(key), value);
    QVERIFY(!accounts.at(0).settings.contains(u"login"_s));
    QCOMPARE(accounts.at(0).unmapped, QStringList());
}

void PurpleImportTest::jabberAndIrcOptions_data()
{
    QTest::addColumn<QByteArray>("prpl");
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArrayList>("options");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("value");
    const auto xmpp = [](const char *name, const QByteArrayList &options, const QString &key,
                          const QString &value) {
        QTest::newRow(name) << "prpl-jabber"_ba << "a@alpha.test/R"_ba << options << key << value;
    };
    const auto irc = [](const char *name, const QByteArrayList &options, const QString &key,
                         const QString &value) {
        QTest::newRow(name) << "prpl-irc"_ba << "nick@irc.test"_ba << options << key << value;
    };
    xmpp("server", { "connect_server=x.test" }, u"server"_s, u"x.test"_s);
    xmpp("usual port", { "port=5222" }, u"port"_s, {});
    xmpp("other port", { "port=5299" }, u"port"_s, u"5299"_s);
    xmpp("old tls", { "connection_security=old_ssl", "port=5223" }, u"connection"_s, u"tls"_s);
    xmpp("required tls is automatic", { "connection_security=require_tls" }, u"connection"_s, {});
    xmpp("opportunistic tls is automatic", { "connection_security=opportunistic_tls" },
        u"connection"_s, {});
    irc("plain", { "port=6667", "ssl=0" }, u"connection"_s, u"plain"_s);
    irc("tls", { "port=6697", "ssl=1" }, u"connection"_s, u"tls"_s);
    irc("port", { "port=7000" }, u"port"_s, u"7000"_s);
    irc("encoding", { "encoding=UTF-8,ISO-8859-2" }, u"encoding"_s, u"ISO-8859-2"_s);
    irc("only utf-8", { "encoding=UTF-8" }, u"encoding"_s, {});
    irc("real name", { "realname=Żaneta こんにちは" }, u"real-name"_s, u"Żaneta こんにちは"_s);
    irc("sasl", { "sasl=1", "saslname=nn" }, u"login"_s, u"nn"_s);
    irc("no sasl", { "sasl=0" }, u"sasl"_s, u"none"_s);
}

void PurpleImportTest::jabberAndIrcOptions()
{
    QFETCH(QByteArray, prpl);
    QFETCH(QByteArray, name);
    QFETCH(QByteArrayList, options);
    QFETCH(QString, key);
    QFETCH(QString, value);
    QList<ImportNote> notes;
    const QByteArrayList more = options
        + QByteArrayList { "ft_proxies=proxy.jabber.test", "quit_message=bye", "password_hint=x" };
    const auto accounts = purple::accounts(accountXml(prpl, name, more), u"f"_s, {}, notes);
    QCOMPARE(accounts.size(), 1);
    QCOMPARE(accounts.at(0).settings.value(key), value);
    // What has no counterpart is told, a secret only by its name.
    QCOMPARE(accounts.at(0).unmapped,
        (QStringList { u"ft_proxies = proxy.jabber.test"_s, u"password_hint"_s }));
}

void PurpleImportTest::proxies_data()
{
    QTest::addColumn<QByteArray>("own");
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("host");
    const QByteArray http = "<proxy><type>http</type><host>p.test</host><port>3128</port></proxy>";
    QTest::newRow("of the account") << http << u"http"_s << u"p.test"_s;
    QTest::newRow("none") << "<proxy><type>none</type></proxy>"_ba << u"none"_s << QString();
    QTest::newRow("the global one") << QByteArray() << u"socks5"_s << u"g.test"_s;
    QTest::newRow("the global one by name")
        << "<proxy><type>global</type></proxy>"_ba << u"socks5"_s << u"g.test"_s;
    QTest::newRow("the environment's")
        << "<proxy><type>envvar</type></proxy>"_ba << QString() << QString();
    QTest::newRow("socks 4 is not spoken")
        << "<proxy><type>socks4</type><host>x</host></proxy>"_ba << QString() << QString();
}

void PurpleImportTest::proxies()
{
    QFETCH(QByteArray, own);
    QFETCH(QString, type);
    QFETCH(QString, host);
    QList<ImportNote> notes;
    const purple::Proxy global
        = purple::globalProxy("<pref version='1' name='/'><pref name='purple'><pref name='proxy'>"
                              "<pref name='type' type='string' value='socks5'/><pref name='host' "
                              "type='string' value='g.test'/>"
                              "<pref name='port' type='int' value='1080'/></pref></pref></pref>",
            u"prefs.xml"_s, notes);
    const auto accounts
        = purple::accounts(accountXml("prpl-sipe", "a@b.test", {}, own), u"f"_s, global, notes);
    QCOMPARE(accounts.at(0).settings.value(u"proxy-type"_s), type);
    QCOMPARE(accounts.at(0).settings.value(u"proxy-host"_s), host);
}

void PurpleImportTest::contactsOfARealProfile()
{
    QList<ImportNote> notes;
    const purple::Blist blist
        = purple::blist(content(u"purple/blist.xml"_s), u"blist.xml"_s, notes);
    QVERIFY(notes.isEmpty());
    QCOMPARE(blist.rooms.size(), 1);
    QCOMPARE(blist.rooms.at(0).room, u"#linchpin"_s);
    QCOMPARE(blist.rooms.at(0).password, u"key"_s);
    QCOMPARE(blist.contacts.size(), 4);
    const ImportedContact &work = blist.contacts.at(0);
    const ImportedContact &home = blist.contacts.at(1);
    QCOMPARE(work.address, u"sip:bob@litwareinc.test"_s);
    QCOMPARE(work.name, u"Bob L"_s);
    QCOMPARE(work.personName, u"Robert"_s);
    QCOMPARE(home.groups, QStringList { u"Współpracownicy"_s });
    QVERIFY(work.person >= 0);
    QCOMPARE(work.person, home.person);
    QCOMPARE(blist.contacts.at(2).person, -1);
    QVERIFY(blist.contacts.at(3).blocked);
    QCOMPARE(blist.contacts.at(3).address, u"spam@alpha.test"_s);
}

void PurpleImportTest::roomsEnteredAtSignIn()
{
    const auto chat = [](const QByteArray &room, const QByteArray &more, const QByteArray &joins) {
        return "<chat proto='prpl-jabber' account='alice@alpha.test/Home'><component name='room'>"
            + room + "</component><component name='server'>conf.alpha.test</component>" + more
            + "<setting name='gtk-autojoin' type='bool'>" + joins + "</setting></chat>";
    };
    QTemporaryDir folder;
    const auto write = [&](const QString &name, const QByteArray &bytes) {
        QFile file(folder.filePath(name));
        return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
    };
    QVERIFY(write(u"accounts.xml"_s,
        "<account version='1.0'><account><protocol>prpl-jabber</protocol>"
        "<name>alice@alpha.test/Home</name></account></account>"));
    QVERIFY(write(u"blist.xml"_s,
        "<purple version='1.0'><blist><group name='Chats'>"
            + chat("team", "<component name='handle'>Alicja</component>", "1")
            + chat("lobby", {}, "1")
            + chat("secret", "<component name='password'>kanarek</component>", "1")
            + chat("never", {}, "0") + "</group></blist></purple>"));
    const auto reader = makeImportReader(ImportSource::Pidgin, folder.path());
    const Result<ImportedProfile> profile = reader->profile(false);
    QVERIFY(profile.has_value());
    QCOMPARE(profile->accounts.at(0).settings.value(u"rooms"_s),
        u"team@conf.alpha.test/Alicja,lobby@conf.alpha.test"_s);
    // A password would stand in the settings.
    QCOMPARE(profile->notes.size(), 1);
    QVERIFY(profile->notes.at(0).text.contains(u"secret@conf.alpha.test"_s));
    QVERIFY(!profile->notes.at(0).text.contains(u"kanarek"_s));
}

void PurpleImportTest::statusesOfARealProfile()
{
    QList<ImportNote> notes;
    const auto statuses = purple::statuses(content(u"purple/status.xml"_s), u"status.xml"_s, notes);
    QCOMPARE(statuses.size(), 2); // not the transient one
    QCOMPARE(statuses.at(0).name, u"Busy"_s);
    QCOMPARE(statuses.at(0).presence.availability, Availability::Busy);
    QCOMPARE(statuses.at(1).presence.text, u"back at one"_s);
}

void PurpleImportTest::damagedFilesAreNamed()
{
    QList<ImportNote> notes;
    const QByteArray whole = content(u"purple/accounts.xml"_s);
    const auto accounts
        = purple::accounts(whole.first(whole.size() / 2), u"accounts.xml"_s, {}, notes);
    QCOMPARE(accounts.size(), 2); // those before the damage
    QCOMPARE(notes.size(), 1);
    QCOMPARE(notes.at(0).file, u"accounts.xml"_s);
    QVERIFY(notes.at(0).line > 40);
    notes.clear();
    QVERIFY(purple::blist("\xff\xfe nothing", u"blist.xml"_s, notes).contacts.isEmpty());
    QCOMPARE(notes.size(), 1);
    notes.clear();
    // A network that is not spoken here.
    QVERIFY(purple::accounts(accountXml("prpl-icq", "12345", {}), u"f"_s, {}, notes).isEmpty());
    QCOMPARE(notes.size(), 1);
}

void PurpleImportTest::realLogs_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QDateTime>("begin");
    const QString html = u"2012-03-06.191310+0100CET.html"_s;
    const QString text = u"2012-03-09.024630+0100CET.txt"_s;
    const QString folder = u"purple/logs/jabber/alice@alpha.test/bob@alpha.test/"_s;
    const QDateTime first = utc(u"2012-03-06T18:13:10Z"_s);
    const QDateTime second = utc(u"2012-03-09T01:46:30Z"_s);
    QTest::newRow("C html") << folder + html << html << first;
    QTest::newRow("C text") << folder + text << text << second;
    for (const char *locale : { "en_US", "pl_PL", "ja_JP", "ar_EG" }) {
        const QString path = u"locales/"_s + QString::fromLatin1(locale);
        QTest::addRow("%s html", locale) << path + u".html"_s << html << first;
        QTest::addRow("%s text", locale) << path + u".txt"_s << text << second;
    }
}

void PurpleImportTest::realLogs()
{
    QFETCH(QString, file);
    QFETCH(QString, name);
    QFETCH(QDateTime, begin);
    const bool html = name.endsWith(".html"_L1);
    const QList<ImportedMessage> messages = messagesOf(
        content(file), name, { { u"alice"_s }, { u"Bob: x"_s, u"bob@alpha.test"_s }, false });
    QCOMPARE(messages.size(), 15);
    const auto at = [&](int seconds) { return begin.addSecs(seconds); };
    const ImportedMessage &polish = messages.at(0);
    QCOMPARE(polish.sentAt, at(0));
    QCOMPARE(polish.direction, Direction::Out);
    QCOMPARE(polish.body.plain(), u"Zażółć gęślą jaźń"_s);
    const ImportedMessage &japanese = messages.at(1);
    QCOMPARE(japanese.sentAt, at(5));
    QCOMPARE(japanese.direction, Direction::In);
    QCOMPARE(japanese.fromName, u"Bob (work)"_s);
    QVERIFY(japanese.body.plain().startsWith(u"こんにちは世界 link"_s));
    if (html) {
        QVERIFY(!japanese.body.isPlain()); // bold, and a link
        QCOMPARE(
            japanese.body.spans().constLast().link.toString(), u"http://example.test/?a=1&b=2"_s);
    }
    QCOMPARE(messages.at(2).body.plain(), u"two\nlines <tag> & more"_s);
    QCOMPARE(messages.at(3).body.plain().simplified(), u"raw newline"_s);
    QCOMPARE(messages.at(4).kind, MessageKind::Action);
    QCOMPARE(messages.at(4).direction, Direction::Out);
    QCOMPARE(messages.at(4).body.plain(), u"waves 👩‍👩‍👧‍👦🦄𝄞"_s);
    QCOMPARE(messages.at(5).kind, MessageKind::Action);
    QCOMPARE(messages.at(5).direction, Direction::In);
    QCOMPARE(messages.at(5).body.plain(), u"dances"_s);
    QCOMPARE(messages.at(6).kind, MessageKind::System);
    QCOMPARE(messages.at(6).body.plain(), u"Bob is now away."_s);
    QCOMPARE(messages.at(7).kind, MessageKind::Notice); // an automatic reply
    QCOMPARE(messages.at(7).body.plain(), u"I am away: مرحبا بالعالم"_s);
    QCOMPARE(messages.at(8).direction, Direction::Out);
    QCOMPARE(messages.at(9).kind, MessageKind::System);
    QCOMPARE(messages.at(9).body.plain(), u"Unable to send message: too large"_s);
    QCOMPARE(messages.at(10).body.plain(), u"psst"_s);
    QCOMPARE(messages.at(11).kind, MessageKind::System);
    QCOMPARE(messages.at(12).fromName, u"Bob: x"_s);
    QCOMPARE(messages.at(12).body.plain(), u"colon in name: yes"_s);
    QCOMPARE(messages.at(13).sentAt, at(30000)); // the next day
    QCOMPARE(messages.at(14).sentAt, at(-86400 * 3)); // came late
}

void PurpleImportTest::oldShape()
{
    // libpurple before 2.14, and gaim before it: <font> instead of <span>.
    const QByteArray log = "<html><head><meta http-equiv=\"content-type\" content=\"text/html; "
                           "charset=UTF-8\"><title>Conversation with bob</title></head><body>"
                           "<h3>Conversation with bob at Tue 06 Mar 2012</h3>\n"
                           "<font color=\"#16569E\"><font size=\"2\">(07:13:10 PM)</font> "
                           "<b>alice:</b></font> cześć<br/>\n"
                           "<font color=\"#A82F2F\"><font size=\"2\">(07:13:15 PM)</font> "
                           "<b>Bob &amp; Co:</b></font> <body>a<br/>b</body><br/>\n"
                           "<font color=\"#062585\"><font size=\"2\">(07:13:20 PM)</font> "
                           "<b>***Bob &amp; Co</b></font> nods<br/>\n"
                           "<font size=\"2\">(07:13:25 PM)</font><b> Bob went offline</b><br/>\n"
                           "</body></html>\n";
    const auto messages = messagesOf(log, u"2012-03-06.191310+0100CET.html"_s);
    QCOMPARE(messages.size(), 4);
    QCOMPARE(messages.at(0).direction, Direction::Out);
    QCOMPARE(messages.at(0).sentAt, utc(u"2012-03-06T18:13:10Z"_s));
    QCOMPARE(messages.at(1).fromName, u"Bob & Co"_s);
    QCOMPARE(messages.at(1).body.plain(), u"a\nb"_s);
    QCOMPARE(messages.at(2).kind, MessageKind::Action);
    QCOMPARE(messages.at(2).direction, Direction::In);
    QCOMPARE(messages.at(3).kind, MessageKind::System);
}

void PurpleImportTest::timesGoOnOverMidnight()
{
    const QByteArray log = "Conversation with bob at x on alice (jabber)\n"
                           "(23:59:50) alice: one\n"
                           "(00:00:10) bob@alpha.test: two\n"
                           "(23:59:59) alice: three\n"
                           "(23:59:58) bob@alpha.test: a second too early\n"
                           "(00:00:00) alice: four\n";
    const auto messages = messagesOf(log, u"2012-12-31.235950+0000UTC.txt"_s);
    QCOMPARE(messages.size(), 5);
    QCOMPARE(messages.at(0).sentAt, utc(u"2012-12-31T23:59:50Z"_s));
    QCOMPARE(messages.at(1).sentAt, utc(u"2013-01-01T00:00:10Z"_s));
    QCOMPARE(messages.at(2).sentAt, utc(u"2013-01-01T23:59:59Z"_s));
    QCOMPARE(messages.at(3).sentAt, utc(u"2013-01-01T23:59:58Z"_s));
    QCOMPARE(messages.at(4).sentAt, utc(u"2013-01-02T00:00:00Z"_s));
}

void PurpleImportTest::rooms()
{
    const auto messages = messagesOf(
        content(
            u"purple/logs/irc/alice@irc.example.test/#linchpin.chat/2012-03-06.191310+0100CET.html"_s),
        u"2012-03-06.191310+0100CET.html"_s, { { u"alice"_s }, {}, true });
    QCOMPARE(messages.size(), 15);
    QCOMPARE(messages.at(0).from, u"alice"_s);
    QCOMPARE(messages.at(1).from, u"Bob (work)"_s);
    QCOMPARE(messages.at(6).from, QString());
}

void PurpleImportTest::stopsWhenAsked()
{
    QByteArray bytes = content(
        u"purple/logs/jabber/alice@alpha.test/bob@alpha.test/2012-03-06.191310+0100CET.html"_s);
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::ReadOnly);
    int taken = 0;
    purple::readLog(buffer, true, purple::logBegin(u"2012-03-06.191310+0100CET.html"_s), {},
        [&](ImportedMessage &&) { return ++taken < 3; });
    QCOMPARE(taken, 3);
}

QTEST_GUILESS_MAIN(PurpleImportTest)
#include "tst_purpleimport.moc"
