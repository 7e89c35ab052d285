// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/groupchat/channeladdress.h"
#include "protocols/sip/groupchat/groupchatmachine.h"
#include "protocols/sip/groupchat/xccos.h"

#include <QTest>

#include <algorithm>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;

namespace {

const auto plans = u"ma-chan://litwareinc.test/5d162160-6d0e-4b1b-8d3a-000000000001"_s;
const auto lunch = u"ma-chan://litwareinc.test/5d162160-6d0e-4b1b-8d3a-000000000002"_s;
const auto ben = u"ben@litwareinc.test"_s;
const auto ann = u"ann@litwareinc.test"_s;
const auto lookup = u"sip:ocschat@litwareinc.test"_s;
const auto server = u"sip:chat01@litwareinc.test"_s;
const auto trial
    = u"Zażółć gęślą jaźń こんにちは世界 مرحبا بالعالم e\u0301 ก็ 👩‍👩‍👧‍👦🦄𝄞 <b>&amp;</b> ]]> \"x\""_s;

QByteArray envelope(const QString &inside)
{
    return u"<xccos ver=\"1\" envid=\"7962449779256945056\" "
           "xmlns=\"urn:parlano:xml:ns:xccos\">%1</xccos>"_s.arg(inside)
               .toUtf8();
}

QByteArray reply(
    const QString &what, quint32 to, const QString &data, int code = 200, const QString &words = {})
{
    return envelope(u"<rpl id=\"rpl:%1\" seqid=\"1\"><commandid seqid=\"1\" envid=\"%2\"/><resp "
                    "code=\"%3\">%4</resp><data>%5</data></rpl>"_s.arg(what)
                        .arg(to)
                        .arg(code)
                        .arg(words, data));
}

QString postXml(const QString &name, const QString &author, const QString &text, int second,
    const QString &id = {}, const QString &channel = plans)
{
    return u"<%1 id=\"grpchat\" seqid=\"1\" chanUri=\"%2\" author=\"sip:%3\" "
           "ts=\"2026-03-02T09:00:%4.1234567Z\"%5><chat>%6</chat></%1>"_s.arg(name, channel, author)
               .arg(second, 2, 10, QChar(u'0'))
               .arg(id.isEmpty() ? QString() : u" chatId=\"%1\""_s.arg(id), text.toHtmlEscaped());
}

QString roomXml(const QString &channel, const QString &name)
{
    return u"<chanib uri=\"%1\" name=\"%2\" description=\"d\" topic=\"t\"><aib key=\"3984\" "
           "value=\"0,1\"/><aib key=\"12276\" value=\"1\"/></chanib>"_s.arg(channel, name);
}

const auto people
    = u"<uib id=\"0\" uri=\"sip:ben@litwareinc.test\"/><uib id=\"1\" uri=\"sip:Ann@litwareinc.test\"/>"_s;

/// A chat and what it did, with the answers a server would give.
struct World {
    GroupChat chat;
    QList<GroupChatEffect> effects;

    World()
    {
        chat.lookup = lookup;
        chat.self = ben;
    }
    void step(const GroupChatInput &input) { effects = stepGroupChat(chat, input); }
    template <class Effect> QList<Effect> all() const
    {
        QList<Effect> found;
        for (const GroupChatEffect &effect : effects) {
            if (const auto *wanted = std::get_if<Effect>(&effect)) {
                found.append(*wanted);
            }
        }
        return found;
    }
    template <class Effect> bool has(const Effect &effect) const
    {
        return all<Effect>().contains(effect);
    }
    /// The body of the INFO under way; its number is `asked`.
    QByteArray underWay() const { return chat.underWay ? chat.underWay->body : QByteArray(); }
    quint32 asked() const { return chat.underWay ? chat.underWay->envelope : 0; }
    void taken() { step(ChatInfoAnswered { asked(), {}, false }); }

    /// Until the dialog with the server of the rooms stands and it has said what it can.
    void connect(int limit = 100)
    {
        step(ChatInviteAnswered {});
        const quint32 question = asked();
        taken();
        step(ChatReceived { reply(u"requri"_s, question, u"<uib uri=\"%1\"/>"_s.arg(server)) });
        step(ChatInviteAnswered {});
        const quint32 info = asked();
        taken();
        step(ChatReceived { reply(u"getserverinfo"_s, info,
            u"<sib infoType=\"123\" messageSizeLimit=\"%1\"/>"_s.arg(limit)) });
    }
    void enter(const QString &room = plans, const QString &name = u"Plans"_s)
    {
        step(ChatJoinRequested { room });
        if (chat.phase == GroupChatPhase::Looking) {
            connect();
        }
        const quint32 join = asked();
        taken();
        step(ChatReceived { reply(u"join"_s, join, people + roomXml(room, name)) });
        taken(); // cmd:bccontext
    }
};

} // namespace

/// Documents and decisions of group chat rooms, without a network.
class tst_GroupChat : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void channels_data();
    void channels();
    void servers_data();
    void servers();
    void commands_data();
    void commands();
    void posts_data();
    void posts();
    void readsReplies();
    void readsNotices();
    void idsStayTheSame();
    void hostile_data();
    void hostile();
    void splits_data();
    void splits();

    void findsTheServer();
    void staysWithTheFirstServer_data();
    void staysWithTheFirstServer();
    void noServer_data();
    void noServer();
    void joins();
    void joinsAllAgain();
    void refusedRooms_data();
    void refusedRooms();
    void leaves();
    void searches();
    void replyBeforeAnswer();
    void othersComeAndGo();
    void showsHistory();
    void posts_acknowledged_data();
    void posts_acknowledged();
    void postsInParts();
    void postRefused_data();
    void postRefused();
    void postNotInRoom();
    void losesDialog();
    void losesDialogAgain();
    void closes();
    void everyPrefixIsSafe();
};

void tst_GroupChat::channels_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("uri");
    QTest::newRow("GUID") << plans << plans;
    QTest::newRow("number") << u"ma-chan://litwareinc.com/300"_s
                            << u"ma-chan://litwareinc.com/300"_s;
    QTest::newRow("capitals, blanks")
        << u" MA-CHAN://LitwareInc.Test/AbC "_s << u"ma-chan://litwareinc.test/AbC"_s;
    QTest::newRow("no id") << u"ma-chan://litwareinc.test/"_s << QString();
    QTest::newRow("no domain") << u"ma-chan:///5d16"_s << QString();
    QTest::newRow("more parts") << u"ma-chan://litwareinc.test/a/b"_s << QString();
    QTest::newRow("category") << u"ma-cat://litwareinc.test/5d16"_s << QString();
    QTest::newRow("line end") << u"ma-chan://litwareinc.test/a\r\nb"_s << QString();
    QTest::newRow("markup") << u"ma-chan://litwareinc.test/a\"/><x"_s << QString();
    QTest::newRow("letters of others") << u"ma-chan://litwareinc.test/ząb"_s << QString();
    QTest::newRow("endless") << u"ma-chan://litwareinc.test/"_s + QString(5000, u'a') << QString();
    QTest::newRow("a focus") << u"sip:a@b.test;gruu;opaque=app:conf:focus:id:1"_s << QString();
    QTest::newRow("nothing") << QString() << QString();
}

void tst_GroupChat::channels()
{
    QFETCH(QString, text);
    QFETCH(QString, uri);
    QCOMPARE(normalizedChannel(text).value_or(QString()), uri);
    const ChannelId id = channelId(text);
    QCOMPARE(channelUri(id.domain, id.value).value_or(QString()), uri);
}

void tst_GroupChat::servers_data()
{
    QTest::addColumn<QString>("setting");
    QTest::addColumn<QString>("properties"); ///< "-": no such group
    QTest::addColumn<QString>("uri");
    const auto property = [](const QString &name, const QString &value) {
        return u"<property name=\"%1\">%2</property>"_s.arg(name, value);
    };
    const QString on = property(u"EnablePersistentChat"_s, u"true"_s);
    const QString pool = property(
        u"DefaultPersistentChatPoolUri"_s, u"sip:pchat01@litwareinc.test;gruu;opaque=srvr:x"_s);
    QTest::newRow("by convention") << QString() << u"-"_s << lookup;
    QTest::newRow("provisioned") << QString() << on + pool
                                 << u"sip:pchat01@litwareinc.test;gruu;opaque=srvr:x"_s;
    QTest::newRow("provisioned without a place") << QString() << on << lookup;
    QTest::newRow("turned off") << QString()
                                << property(u"EnablePersistentChat"_s, u"false"_s) + pool
                                << QString();
    QTest::newRow("turned off, but set")
        << u"chat.test"_s << property(u"EnablePersistentChat"_s, u"false"_s)
        << u"sip:ocschat@chat.test"_s;
    QTest::newRow("set: domain") << u" Company.com "_s << on + pool << u"sip:ocschat@company.com"_s;
    QTest::newRow("set: user") << u"gc@company.com"_s << u"-"_s << u"sip:gc@company.com"_s;
    QTest::newRow("set: URI") << u"sip:gc@company.com"_s << u"-"_s << u"sip:gc@company.com"_s;
    QTest::newRow("set: nonsense") << u"a b"_s << u"-"_s << QString();
    QTest::newRow("set: two") << u"a@b@c"_s << u"-"_s << QString();
    QTest::newRow("forged") << QString()
                            << on
            + property(
                u"DefaultPersistentChatPoolUri"_s, u"sip:a@b.test&#13;&#10;Route: &lt;x&gt;"_s)
                            << lookup;
    QTest::newRow("not SIP") << QString()
                             << on
            + property(u"DefaultPersistentChatPoolUri"_s, u"https://a@b.test/"_s)
                             << lookup;
}

void tst_GroupChat::servers()
{
    QFETCH(QString, setting);
    QFETCH(QString, properties);
    QFETCH(QString, uri);
    const QString group = properties == u"-"_s
        ? QString()
        : u"<provisionGroup name=\"persistentChatConfiguration\"><propertyEntryList>%1"
          "</propertyEntryList></provisionGroup>"_s.arg(properties);
    const ChatProvisioning provisioning = chatProvisioning(
        u"<provisionGroupList><provisionGroup name=\"ServerConfiguration\"/>%1</provisionGroupList>"_s
            .arg(group)
            .toUtf8());
    QCOMPARE(provisioning.told, properties != u"-"_s);
    QCOMPARE(chatServerUri(setting, provisioning, ben), uri);
}

void tst_GroupChat::commands_data()
{
    QTest::addColumn<QByteArray>("command");
    QTest::addColumn<QByteArray>("inside");
    QTest::newRow("requri") << buildChatLookup(7)
                            << "<cmd id=\"cmd:requri\" seqid=\"1\"><data/></cmd>"_ba;
    QTest::newRow("getserverinfo")
        << buildChatServerInfo(7, u"litwareinc.test"_s)
        << "<cmd id=\"cmd:getserverinfo\" seqid=\"1\"><data><sib domain=\"litwareinc.test\" "
           "infoType=\"123\"/></data></cmd>"_ba;
    QTest::newRow("chansrch")
        << buildChatSearch(7, u" Łódź \"&\" "_s)
        << "<cmd id=\"cmd:chansrch\" seqid=\"1\"><data><qib qtype=\"BYNAME\" criteria=\"Łódź "
           "&quot;&amp;&quot;\" extended=\"false\"/></data></cmd>"_ba;
    QTest::newRow("join") << buildChatJoin(7, { plans })
                          << "<cmd id=\"cmd:join\" seqid=\"1\"><data><chanid key=\"0\" "
                             "domain=\"litwareinc.test\" "
                             "value=\"5d162160-6d0e-4b1b-8d3a-000000000001\"/></data></cmd>"_ba;
    QTest::newRow("bjoin") << buildChatJoin(7, { plans, lunch })
                           << "<cmd id=\"cmd:bjoin\" seqid=\"1\"><data><chanid key=\"0\" "
                              "domain=\"litwareinc.test\" "
                              "value=\"5d162160-6d0e-4b1b-8d3a-000000000001\"/><chanid key=\"1\" "
                              "domain=\"litwareinc.test\" "
                              "value=\"5d162160-6d0e-4b1b-8d3a-000000000002\"/></data></cmd>"_ba;
    QTest::newRow("bccontext")
        << buildChatHistory(7, plans, 25)
        << "<cmd id=\"cmd:bccontext\" seqid=\"1\"><data><chanib "
           "uri=\"ma-chan://litwareinc.test/5d162160-6d0e-4b1b-8d3a-000000000001\"/><bcq><last "
           "cnt=\"25\"/></bcq></data></cmd>"_ba;
    QTest::newRow("part")
        << buildChatPart(7, plans)
        << "<cmd id=\"cmd:part\" seqid=\"1\"><data><chanib "
           "uri=\"ma-chan://litwareinc.test/5d162160-6d0e-4b1b-8d3a-000000000001\"/></data></cmd>"_ba;
}

void tst_GroupChat::commands()
{
    QFETCH(QByteArray, command);
    QFETCH(QByteArray, inside);
    // What pidgin-sipe sends, for which real servers are known to have answers.
    const QByteArray whole
        = "<xccos ver=\"1\" envid=\"7\" xmlns=\"urn:parlano:xml:ns:xccos\">" + inside + "</xccos>";
    const auto built = parseXml(command);
    const auto wanted = parseXml(whole);
    QVERIFY2(built && wanted, command.constData());
    QVERIFY2(sameContent(*built, *wanted), command.constData());
    QVERIFY(command.contains(" xmlns=\"urn:parlano:xml:ns:xccos\""));
}

void tst_GroupChat::posts_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("read");
    QTest::newRow("every script") << trial << trial;
    QTest::newRow("lines") << u"one\ntwo\r\n\r\nthree"_s << u"one\ntwo\n\nthree"_s;
    QTest::newRow("blanks") << u"  a\tb  "_s << u"  a\tb  "_s;
    QTest::newRow("what XML cannot carry") << u"a\x01\x0b b\ufffe"_s << u"a b"_s;
    QTest::newRow("half a pair") << u"a"_s + QChar(0xd83d) + u"b"_s << u"ab"_s;
    QTest::newRow("nothing") << QString() << QString();
}

void tst_GroupChat::posts()
{
    QFETCH(QString, text);
    QFETCH(QString, read);
    const QDateTime at(QDate(2026, 3, 2), QTime(9, 0, 0, 123), QTimeZone::UTC);
    const auto items = parseXccos(buildChatPost(9, { plans, ben, text, at, {} }));
    QVERIFY(items.has_value());
    QCOMPARE(items->size(), 1);
    const auto *post = std::get_if<ChatPost>(&items->first());
    QVERIFY(post != nullptr);
    QCOMPARE(post->channel, plans);
    QCOMPARE(post->author, ben);
    QCOMPARE(post->text, read);
    QCOMPARE(post->at, at);
    QVERIFY(!post->id.isEmpty());
}

void tst_GroupChat::readsReplies()
{
    const auto items = parseXccos(
        envelope(u"<rpl id=\"rpl:chansrch\" seqid=\"1\"><commandid seqid=\"1\" envid=\"12\"/>"
                 "<resp code=\"200\">SUCCESS_OK</resp><data>"
                 "<chanib name=\"Łódź &amp; Co\" description=\"opis\" uri=\"%1\">"
                 "<info id=\"urn:parlano:ma:info:ucnt\">4</info>"
                 "<info id=\"urn:parlano:ma:info:visibilty\">private</info>"
                 "<prop id=\"urn:parlano:ma:prop:logged\">True</prop></chanib>"
                 "<chanib name=\"without a place\"/><chanib name=\"昼\" uri=\"%2\">"
                 "<info id=\"urn:parlano:ma:info:ucnt\">many</info></chanib></data></rpl>"_s.arg(
                     plans, lunch)));
    QVERIFY(items.has_value());
    QCOMPARE(items->size(), 1);
    const auto *said = std::get_if<ChatStatement>(&items->first());
    QVERIFY(said != nullptr && said->isReply && said->isGood());
    QCOMPARE(said->what, u"chansrch"_s);
    QCOMPARE(said->envelope, u"12"_s);
    QCOMPARE(said->words, u"SUCCESS_OK"_s);
    QCOMPARE(said->channels.size(), 2);
    QCOMPARE(said->channels.at(0).uri, plans);
    QCOMPARE(said->channels.at(0).name, u"Łódź & Co"_s);
    QCOMPARE(said->channels.at(0).description, u"opis"_s);
    QCOMPARE(said->channels.at(0).members, 4);
    QCOMPARE(said->channels.at(1).members, -1);
}

void tst_GroupChat::readsNotices()
{
    const auto items = parseXccos(envelope(
        u"<ntc id=\"ntc:join\" seqid=\"1\"><data><uib uri=\"sip:ann@litwareinc.test\" id=\"3\">"
        "<aib key=\"12276\" domain=\"LitwareInc.Test\" value=\"300\"/>"
        "<aib key=\"3984\" domain=\"litwareinc.test\" value=\"a b\"/></uib></data></ntc>"
        "<ntc id=\"ntc:part\"><data><chanib uri=\"%1\"><uib uri=\"sip:ann@litwareinc.test\"/>"
        "<uib uri=\"\"/></chanib></data></ntc><ntc id=\"cmd:join\"/><rpl/>"_s.arg(plans)));
    QVERIFY(items.has_value());
    QCOMPARE(items->size(), 2);
    const auto joined = std::get<ChatStatement>(items->at(0));
    QVERIFY(!joined.isReply);
    QCOMPARE(joined.users.size(), 1);
    QCOMPARE(joined.users.first().channels, QStringList { u"ma-chan://litwareinc.test/300"_s });
    QCOMPARE(joined.users.first().managed, joined.users.first().channels);
    const auto parted = std::get<ChatStatement>(items->at(1));
    QCOMPARE(parted.channels.size(), 1);
    QCOMPARE(parted.channels.first().addresses, QStringList { ann });
}

void tst_GroupChat::idsStayTheSame()
{
    const auto idOf = [](const QString &inside) {
        const auto items = parseXccos(envelope(inside));
        const auto *said = std::get_if<ChatStatement>(&items->first());
        return said ? said->channels.first().history.first().id
                    : std::get<ChatPost>(items->first()).id;
    };
    const auto history = [](const QString &inside) {
        return u"<rpl id=\"rpl:bccontext\"><data><chanib uri=\"%1\">%2</chanib></data></rpl>"_s.arg(
            plans, inside);
    };
    const QString live = idOf(postXml(u"grpchat"_s, ann, trial, 1));
    QCOMPARE(idOf(history(postXml(u"msg"_s, ann, trial, 1))), live);
    QVERIFY(idOf(postXml(u"grpchat"_s, ann, trial, 2)) != live);
    QVERIFY(idOf(postXml(u"grpchat"_s, ben, trial, 1)) != live);
    QVERIFY(idOf(postXml(u"grpchat"_s, ann, u"other"_s, 1)) != live);
    QCOMPARE(idOf(postXml(u"grpchat"_s, ann, trial, 1, u"77"_s)), u"77"_s);
    QCOMPARE(idOf(postXml(u"grpchat"_s, ann, trial, 1, QString(500, u'7'))), live);
}

void tst_GroupChat::hostile_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("items"); ///< -1: refused
    QTest::newRow("nothing") << QByteArray() << -1;
    QTest::newRow("text") << "hello"_ba << -1;
    QTest::newRow("other document") << "<presence/>"_ba << -1;
    QTest::newRow("cut off") << envelope(postXml(u"grpchat"_s, ann, trial, 1)).chopped(12) << -1;
    QTest::newRow("entities")
        << "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><xccos><grpchat>&a;</grpchat></xccos>"_ba << -1;
    QTest::newRow("deep") << "<xccos>"_ba + QByteArray("<a>").repeated(5000) << -1;
    QTest::newRow("empty") << envelope({}) << 0;
    QTest::newRow("post without a room")
        << envelope(u"<grpchat author=\"sip:a@b.test\"><chat>x</chat></grpchat>"_s) << 0;
    QTest::newRow("post of nobody")
        << envelope(u"<grpchat chanUri=\"%1\"><chat>x</chat></grpchat>"_s.arg(plans)) << 0;
    QTest::newRow("post without a text")
        << envelope(u"<grpchat chanUri=\"%1\" author=\"sip:a@b.test\"/>"_s.arg(plans)) << 0;
    QTest::newRow("author breaks out") << envelope(
        u"<grpchat chanUri=\"%1\" author=\"sip:a@b.test&#13;&#10;X: y\"><chat>x</chat>"
        "</grpchat>"_s.arg(plans)) << 0;
    QTest::newRow("no time") << envelope(u"<grpchat chanUri=\"%1\" author=\"sip:a@b.test\" "
                                         "ts=\"tomorrow\"><chat>x</chat></grpchat>"_s.arg(plans))
                             << 1;
    QTest::newRow("many posts") << envelope(postXml(u"grpchat"_s, ann, u"x"_s, 1).repeated(3000))
                                << 2000;
    QTest::newRow("code of another world")
        << envelope(u"<rpl id=\"rpl:join\"><resp code=\"99999999999999999999\"/></rpl>"_s) << 1;
}

void tst_GroupChat::hostile()
{
    QFETCH(QByteArray, body);
    QFETCH(int, items);
    const auto parsed = parseXccos(body);
    QCOMPARE(parsed ? int(parsed->size()) : -1, items);
    // Nor does it disturb somebody who is in a room.
    World world;
    world.enter();
    world.step(ChatReceived { body });
    QVERIFY(world.chat.rooms.value(plans).joined);
}

void tst_GroupChat::splits_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("limit");
    QTest::addColumn<QStringList>("pieces");
    QTest::newRow("short") << u"abc"_s << 3 << QStringList { u"abc"_s };
    QTest::newRow("at words") << u"one two three"_s << 8
                              << QStringList { u"one two"_s, u"three"_s };
    QTest::newRow("at lines") << u"a b\nc d e"_s << 6 << QStringList { u"a b"_s, u"c d e"_s };
    QTest::newRow("one long word")
        << u"abcdefg"_s << 3 << QStringList { u"abc"_s, u"def"_s, u"g"_s };
    QTest::newRow("characters of two units")
        << u"🦄🦄🦄"_s << 3 << QStringList { u"🦄"_s, u"🦄"_s, u"🦄"_s };
    QTest::newRow("combining") << u"e\u0301e\u0301"_s << 3
                               << QStringList { u"e\u0301"_s, u"e\u0301"_s };
    QTest::newRow("family longer than the limit")
        << u"👩‍👩‍👧‍👦"_s << 4
        << QStringList { u"👩‍👩"_s.left(3), u"👩‍👩‍👧‍👦"_s.mid(3, 3),
               u"👩‍👩‍👧‍👦"_s.mid(6, 3), u"👩‍👩‍👧‍👦"_s.mid(9) };
    QTest::newRow("no limit") << trial << 0 << QStringList { trial };
    QTest::newRow("nothing") << QString() << 5 << QStringList { QString() };
}

void tst_GroupChat::splits()
{
    QFETCH(QString, text);
    QFETCH(int, limit);
    QFETCH(QStringList, pieces);
    const QStringList made = splitPost(text, limit);
    for (const QString &piece : made) {
        QVERIFY(limit == 0 || piece.size() <= limit);
        QVERIFY(piece.isValidUtf16());
    }
    if (!QByteArrayView(QTest::currentDataTag()).startsWith("family")) {
        QCOMPARE(made, pieces);
    } else {
        QCOMPARE(made.join(QString()), text);
    }
}

// ---------------------------------------------------------------- the machine

void tst_GroupChat::findsTheServer()
{
    World world;
    world.step(ChatJoinRequested { plans });
    QVERIFY(world.has(ChatInvite { lookup }));
    world.step(ChatInviteAnswered {});
    QVERIFY(world.underWay().contains("cmd:requri"));
    const quint32 question = world.asked();
    world.taken();
    QCOMPARE(world.all<ChatWait>().size(), 1);
    world.step(ChatReceived { reply(u"requri"_s, question, u"<uib uri=\"%1\"/>"_s.arg(server)) });
    QVERIFY(world.has(ChatBye {}));
    QVERIFY(world.has(ChatInvite { server }));
    world.step(ChatInviteAnswered {});
    QVERIFY(world.underWay().contains("cmd:getserverinfo"));
    world.taken();
    QVERIFY(world.underWay().contains("cmd:join"));
}

void tst_GroupChat::staysWithTheFirstServer_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::newRow("it is that itself")
        << reply(u"requri"_s, 1, u"<uib uri=\"SIP:ocschat@litwareinc.test\"/>"_s);
    QTest::newRow("no place") << reply(u"requri"_s, 1, u"<uib/>"_s);
    QTest::newRow("forged place") << reply(
        u"requri"_s, 1, u"<uib uri=\"sip:a@b.test&#13;&#10;X: y\"/>"_s);
    QTest::newRow("not understood") << reply(u"requri"_s, 1, {}, 404, u"UNKNOWN_COMMAND"_s);
    QTest::newRow("request refused") << QByteArray();
}

void tst_GroupChat::staysWithTheFirstServer()
{
    QFETCH(QByteArray, answer);
    World world;
    world.step(ChatJoinRequested { plans });
    world.step(ChatInviteAnswered {});
    QCOMPARE(world.asked(), 1U);
    if (answer.isEmpty()) {
        world.step(ChatInfoAnswered { 1, Error { .code = u"x"_s }, false });
    } else {
        world.taken();
        world.step(ChatReceived { answer });
    }
    QVERIFY(world.all<ChatBye>().isEmpty());
    QVERIFY(world.all<ChatInvite>().isEmpty());
    QVERIFY(world.underWay().contains("cmd:getserverinfo"));
}

void tst_GroupChat::noServer_data()
{
    QTest::addColumn<bool>("silent");
    QTest::newRow("refused") << false;
    QTest::newRow("silent") << true;
}

void tst_GroupChat::noServer()
{
    QFETCH(bool, silent);
    World world;
    world.step(ChatJoinRequested { plans });
    world.step(ChatSearchRequested { u"1"_s, {} });
    if (silent) {
        world.step(ChatInviteAnswered {});
        const quint32 question = world.asked();
        world.taken();
        world.step(ChatTimedOut { question });
        QVERIFY(world.has(ChatBye {}));
    } else {
        world.step(ChatInviteAnswered { Error { .code = u"group-chat-silent"_s } });
    }
    QCOMPARE(world.all<ChatJoinFailed>().size(), 1);
    QCOMPARE(world.all<ChatJoinFailed>().first().why.code, u"group-chat-silent"_s);
    QCOMPARE(world.all<ChatSearchFailed>().size(), 1);
    QVERIFY(world.chat.rooms.isEmpty()); // never been in: not tried for ever
    QVERIFY(world.all<ChatRetryLater>().isEmpty());
    // Who asks again is tried again.
    world.step(ChatJoinRequested { plans });
    QVERIFY(world.has(ChatInvite { lookup }));
}

void tst_GroupChat::joins()
{
    World world;
    world.step(ChatJoinRequested { plans });
    world.connect();
    const quint32 join = world.asked();
    QVERIFY(world.underWay().contains("cmd:join"));
    world.taken();
    world.step(ChatReceived { reply(u"join"_s, join, people + roomXml(plans, u"Łódź"_s)) });
    QCOMPARE(world.all<ChatJoined>().size(), 1);
    QCOMPARE(world.all<ChatJoined>().first().channel.name, u"Łódź"_s);
    QCOMPARE(world.all<ChatJoined>().first().channel.topic, u"t"_s);
    const ChatRoom room = world.chat.rooms.value(plans);
    QVERIFY(room.joined && room.known);
    QCOMPARE(room.members, (QSet<QString> { ben, ann }));
    QCOMPARE(room.managers, QSet<QString> { ann });
    QVERIFY(world.underWay().contains("cmd:bccontext"));
    QVERIFY(world.underWay().contains("cnt=\"25\""));
    // Once is enough.
    world.taken();
    world.step(ChatJoinRequested { plans });
    QVERIFY(world.effects.isEmpty());
}

void tst_GroupChat::joinsAllAgain()
{
    World world;
    world.chat.rooms.insert(plans, { .known = true });
    world.chat.rooms.insert(lunch, { .known = true });
    world.step(ChatRetry {});
    world.connect();
    QVERIFY(world.underWay().contains("cmd:bjoin"));
    const quint32 join = world.asked();
    world.taken();
    // One of them is gone.
    world.step(ChatReceived { reply(u"bjoin"_s, join, people + roomXml(lunch, u"昼"_s)) });
    QCOMPARE(world.all<ChatJoined>().size(), 1);
    QCOMPARE(world.all<ChatJoinFailed>().size(), 1);
    QCOMPARE(world.all<ChatJoinFailed>().first().channel, plans);
    QCOMPARE(world.chat.rooms.keys(), QStringList { lunch });
}

void tst_GroupChat::refusedRooms_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("problem");
    QTest::newRow("403") << 403 << u"group-chat-forbidden"_s;
    QTest::newRow("404") << 404 << u"group-chat-no-room"_s;
    QTest::newRow("500") << 500 << u"group-chat-refused"_s;
    QTest::newRow("no code") << 0 << u"group-chat-refused"_s;
}

void tst_GroupChat::refusedRooms()
{
    QFETCH(int, code);
    QFETCH(QString, problem);
    World world;
    world.step(ChatJoinRequested { plans });
    world.connect();
    const quint32 join = world.asked();
    world.taken();
    world.step(ChatReceived { reply(u"join"_s, join, {}, code, u"ODMOWA"_s) });
    QCOMPARE(world.all<ChatJoinFailed>().size(), 1);
    QCOMPARE(world.all<ChatJoinFailed>().first().why.code, problem);
    QVERIFY(world.all<ChatJoinFailed>().first().why.detail.contains(u"ODMOWA"));
    QVERIFY(world.chat.rooms.isEmpty());
}

void tst_GroupChat::leaves()
{
    World world;
    world.enter();
    world.step(ChatSendRequested { u"m1"_s, plans, u"bye"_s, {} });
    world.step(ChatLeaveRequested { plans });
    QVERIFY(world.has(ChatLeft { plans, std::nullopt }));
    QVERIFY(world.has(ChatRemember {}));
    QCOMPARE(world.all<ChatSendFailed>().size(), 1);
    world.taken();
    QVERIFY(world.underWay().contains("cmd:part"));
    world.taken();
    // Late words about the room are nobody's any more.
    world.step(ChatReceived { envelope(postXml(u"grpchat"_s, ann, u"x"_s, 1)) });
    QVERIFY(world.effects.isEmpty());
    world.step(ChatLeaveRequested { plans });
    QVERIFY(world.effects.isEmpty());
}

void tst_GroupChat::searches()
{
    World world;
    world.step(ChatSearchRequested { u"1"_s, u"plan"_s });
    world.connect();
    QVERIFY(world.underWay().contains("criteria=\"plan\""));
    const quint32 first = world.asked();
    world.taken();
    world.step(ChatReceived { reply(u"chansrch"_s, first, roomXml(plans, u"Plans"_s)) });
    QCOMPARE(world.all<ChatFound>().size(), 1);
    QCOMPARE(world.all<ChatFound>().first().token, u"1"_s);
    QCOMPARE(world.all<ChatFound>().first().channels.size(), 1);
    world.step(ChatSearchRequested { u"2"_s, {} });
    const quint32 second = world.asked();
    world.taken();
    world.step(ChatReceived { reply(u"chansrch"_s, second, {}, 403, u"no"_s) });
    QCOMPARE(world.all<ChatSearchFailed>().size(), 1);
    QCOMPARE(world.all<ChatSearchFailed>().first().token, u"2"_s);
}

void tst_GroupChat::replyBeforeAnswer()
{
    World world;
    world.step(ChatSearchRequested { u"1"_s, {} });
    world.connect();
    const quint32 search = world.asked();
    world.step(ChatReceived { reply(u"chansrch"_s, search, roomXml(plans, u"Plans"_s)) });
    QCOMPARE(world.all<ChatFound>().size(), 1);
    world.taken();
    QVERIFY(world.all<ChatWait>().isEmpty());
    world.step(ChatTimedOut { search });
    QVERIFY(world.effects.isEmpty());
}

void tst_GroupChat::othersComeAndGo()
{
    World world;
    world.enter();
    const auto notice = [](const QString &what, const QString &data) {
        return envelope(u"<ntc id=\"ntc:%1\" seqid=\"1\"><data>%2</data></ntc>"_s.arg(what, data));
    };
    const QString joined = u"<uib uri=\"sip:cho@litwareinc.test\"><aib key=\"12276\" "
                           "domain=\"litwareinc.test\" "
                           "value=\"5d162160-6d0e-4b1b-8d3a-000000000001\"/></uib>"_s;
    world.step(ChatReceived { notice(u"join"_s, joined) });
    QVERIFY(world.has(ChatMoved { plans, u"cho@litwareinc.test"_s, true }));
    QVERIFY(world.chat.rooms.value(plans).managers.contains(u"cho@litwareinc.test"_s));
    world.step(ChatReceived { notice(u"bjoin"_s, joined) }); // from another device
    QVERIFY(world.effects.isEmpty());
    const auto parted = [](const QString &who) {
        return u"<chanib uri=\"%1\"><uib uri=\"sip:%2\"/></chanib>"_s.arg(plans, who);
    };
    world.step(ChatReceived { notice(u"part"_s, parted(u"cho@litwareinc.test"_s)) });
    QVERIFY(world.has(ChatMoved { plans, u"cho@litwareinc.test"_s, false }));
    world.step(ChatReceived { notice(u"part"_s, parted(ben)) }); // our other device
    QVERIFY(world.effects.isEmpty());
    QVERIFY(world.chat.rooms.value(plans).members.contains(ben));
}

void tst_GroupChat::showsHistory()
{
    World world;
    world.enter();
    const auto history = [](const QString &posts) {
        return reply(u"bccontext"_s, 5, u"<chanib uri=\"%1\">%2</chanib>"_s.arg(plans, posts));
    };
    world.step(ChatReceived { history(postXml(u"msg"_s, ann, u"one"_s, 1)
        + postXml(u"msg"_s, ben, trial, 2) + u"<msg id=\"story\"><chat>x</chat></msg>"_s
        + postXml(u"msg"_s, ann, u"elsewhere"_s, 3, {}, lunch)) });
    const auto shown = world.all<ChatShow>();
    QCOMPARE(shown.size(), 2);
    QVERIFY(shown.at(0).old && !shown.at(0).missed);
    QCOMPARE(shown.at(1).post.text, trial);
    QCOMPARE(
        shown.at(1).post.at, QDateTime(QDate(2026, 3, 2), QTime(9, 0, 2, 123), QTimeZone::UTC));
    world.step(ChatReceived { envelope(postXml(u"grpchat"_s, ann, u"live"_s, 5)) });
    QCOMPARE(world.all<ChatShow>().size(), 1);
    QVERIFY(!world.all<ChatShow>().first().old);
    // Back after a loss: what came in between was missed.
    world.step(ChatReceived {
        history(postXml(u"msg"_s, ann, u"live"_s, 5) + postXml(u"msg"_s, ann, u"missed"_s, 6)) });
    QCOMPARE(world.all<ChatShow>().size(), 1); // the other one was shown
    QVERIFY(world.all<ChatShow>().first().missed);
    world.step(ChatReceived { envelope(postXml(u"grpchat"_s, ann, u"missed"_s, 6)) });
    QVERIFY(world.all<ChatShow>().isEmpty());
}

void tst_GroupChat::posts_acknowledged_data()
{
    QTest::addColumn<QString>("order");
    QTest::newRow("answer, then echo") << u"ae"_s;
    QTest::newRow("echo, then answer") << u"ea"_s;
    QTest::newRow("no echo") << u"at"_s;
    QTest::newRow("late echo") << u"ate"_s;
}

void tst_GroupChat::posts_acknowledged()
{
    QFETCH(QString, order);
    World world;
    world.enter();
    const QString text = u"Zażółć\n🦄"_s;
    world.step(ChatSendRequested { u"m1"_s, plans, text, {} });
    QVERIFY(world.underWay().contains("<grpchat"));
    const quint32 number = world.asked();
    QList<ChatSent> sent;
    QList<ChatShow> shown;
    for (const QChar c : order) {
        if (c == u'a') {
            world.taken();
        } else if (c == u'e') {
            world.step(ChatReceived {
                envelope(postXml(u"grpchat"_s, ben, u"Zażółć\r\n🦄"_s, 9, u"41"_s)) });
        } else {
            QVERIFY(sent.isEmpty());
            world.step(ChatTimedOut { number });
        }
        sent += world.all<ChatSent>();
        shown += world.all<ChatShow>();
    }
    QCOMPARE(sent.size(), 1);
    QCOMPARE(sent.first().localId, u"m1"_s);
    QCOMPARE(sent.first().id, order.contains(u't') ? QString() : u"41"_s);
    QCOMPARE(sent.first().at.isValid(), !order.contains(u't'));
    QCOMPARE(shown.size(), order == u"ate"_s ? 1 : 0);
    if (!shown.isEmpty()) {
        QCOMPARE(shown.first().originId, u"m1"_s);
    }
    // The same words from another device of ours are another message.
    world.step(ChatReceived { envelope(postXml(u"grpchat"_s, ben, text, 10, u"42"_s)) });
    QCOMPARE(world.all<ChatShow>().size(), 1);
    QCOMPARE(world.all<ChatShow>().first().originId, order == u"at"_s ? u"m1"_s : QString());
}

void tst_GroupChat::postsInParts()
{
    World world;
    world.enter();
    world.chat.messageLimit = 10;
    world.step(ChatSendRequested { u"m1"_s, plans, u"one two three four"_s, {} });
    world.step(ChatSendRequested { u"m2"_s, plans, u"next"_s, {} });
    QStringList order;
    QList<ChatSent> sent;
    for (int second = 1; world.asked() != 0; ++second) {
        const auto items = parseXccos(world.underWay());
        const QString text = std::get<ChatPost>(items->first()).text;
        order.append(text);
        world.taken();
        sent += world.all<ChatSent>();
        world.step(ChatReceived {
            envelope(postXml(u"grpchat"_s, ben, text, second, u"id%1"_s.arg(second))) });
        QVERIFY(world.all<ChatShow>().isEmpty());
        sent += world.all<ChatSent>();
        QVERIFY(second < 9);
    }
    QCOMPARE(order, (QStringList { u"one two"_s, u"three four"_s, u"next"_s }));
    QCOMPARE(sent.size(), 2);
    QVERIFY(std::ranges::contains(sent, u"id1"_s, &ChatSent::id));
    QCOMPARE(world.chat.ownPieces, QStringList { u"id2"_s });
    // Nor does the second part turn up by itself later.
    world.step(ChatReceived { reply(u"bccontext"_s, 9,
        u"<chanib uri=\"%1\">%2</chanib>"_s.arg(
            plans, postXml(u"msg"_s, ben, u"three four"_s, 2, u"id2"_s))) });
    QVERIFY(world.all<ChatShow>().isEmpty());
}

void tst_GroupChat::postRefused_data()
{
    QTest::addColumn<bool>("byReply");
    QTest::newRow("the request") << false;
    QTest::newRow("the post") << true;
}

void tst_GroupChat::postRefused()
{
    QFETCH(bool, byReply);
    World world;
    world.enter();
    world.step(ChatSendRequested { u"m1"_s, plans, u"x"_s, {} });
    const quint32 number = world.asked();
    if (byReply) {
        world.taken();
        world.step(ChatReceived { reply(u"grpchat"_s, number, {}, 403, u"READ_ONLY"_s) });
    } else {
        world.step(ChatInfoAnswered { number, Error { .code = u"e"_s }, false });
    }
    QCOMPARE(world.all<ChatSendFailed>().size(), 1);
    QCOMPARE(
        world.all<ChatSendFailed>().first().why.code, byReply ? u"group-chat-forbidden"_s : u"e"_s);
    world.step(ChatTimedOut { number });
    QVERIFY(world.all<ChatSent>().isEmpty());
    QVERIFY(world.chat.drafts.isEmpty());
}

void tst_GroupChat::postNotInRoom()
{
    World world;
    world.enter();
    world.step(ChatSendRequested { u"m1"_s, lunch, u"x"_s, {} });
    QCOMPARE(world.all<ChatSendFailed>().size(), 1);
    QCOMPARE(world.all<ChatSendFailed>().first().why.code, u"group-chat-not-in-room"_s);
}

void tst_GroupChat::losesDialog()
{
    World world;
    world.enter();
    world.step(ChatSendRequested { u"m1"_s, plans, u"still here"_s, {} });
    // The server has forgotten the dialog: quietly made anew.
    world.step(ChatInfoAnswered { world.asked(), Error { .code = u"x"_s }, true });
    QVERIFY(world.all<ChatLeft>().isEmpty());
    QVERIFY(world.all<ChatSendFailed>().isEmpty());
    QCOMPARE(world.all<ChatRetryLater>().size(), 1);
    QCOMPARE(world.all<ChatRetryLater>().first().after, std::chrono::seconds(1));
    world.step(ChatRetry {});
    QVERIFY(world.has(ChatInvite { lookup }));
    world.connect();
    const quint32 join = world.asked();
    world.taken();
    world.step(ChatReceived { reply(u"join"_s, join, people + roomXml(plans, u"Plans"_s)) });
    QCOMPARE(world.all<ChatJoined>().size(), 1);
    world.taken(); // cmd:bccontext
    QVERIFY(world.underWay().contains("still here"));
}

void tst_GroupChat::losesDialogAgain()
{
    World world;
    world.enter();
    world.step(ChatSendRequested { u"m1"_s, plans, u"x"_s, {} });
    world.step(ChatDialogEnded {}); // in the middle of a request
    QCOMPARE(world.all<ChatSendFailed>().size(), 1);
    world.step(ChatRetry {});
    world.connect();
    const quint32 join = world.asked();
    world.taken();
    world.step(ChatReceived { reply(u"join"_s, join, people + roomXml(plans, u"Plans"_s)) });
    world.step(ChatDialogEnded {});
    QCOMPARE(world.all<ChatLeft>().size(), 1);
    QCOMPARE(world.all<ChatLeft>().first().why->code, u"group-chat-disconnected"_s);
    QCOMPARE(world.all<ChatRetryLater>().first().after, std::chrono::seconds(30));
    world.step(ChatRetry {});
    world.step(ChatInviteAnswered { Error { .code = u"x"_s } });
    QCOMPARE(world.all<ChatRetryLater>().first().after, std::chrono::seconds(300));
    QVERIFY(world.chat.rooms.contains(plans)); // tried for as long as it takes
    world.step(ChatSteady {});
    QCOMPARE(world.chat.losses, 0);
}

void tst_GroupChat::closes()
{
    World world;
    world.enter();
    world.step(ChatClose {});
    QVERIFY(world.has(ChatBye {}));
    QVERIFY(world.chat.rooms.contains(plans)); // for the next time
    QVERIFY(!world.chat.rooms.value(plans).joined);
    world.step(ChatDialogEnded {});
    QVERIFY(world.effects.isEmpty());
}

/// Whatever the server says at whatever time, the chat goes on.
void tst_GroupChat::everyPrefixIsSafe()
{
    const QList<QByteArray> words { reply(u"requri"_s, 1, u"<uib uri=\"%1\"/>"_s.arg(server)),
        reply(u"getserverinfo"_s, 2, u"<sib messageSizeLimit=\"-5\"/>"_s),
        reply(u"join"_s, 3, people + roomXml(plans, u"P"_s) + roomXml(plans, u"P"_s)),
        reply(u"bjoin"_s, 3, roomXml(lunch, u"L"_s)), reply(u"chansrch"_s, 4, {}),
        reply(u"bccontext"_s, 4, u"<chanib uri=\"%1\"/>"_s.arg(plans)),
        reply(u"grpchat"_s, 5, {}, 500), envelope(postXml(u"grpchat"_s, ben, u"x"_s, 1)),
        "junk"_ba };
    for (int seed = 0; seed < 400; ++seed) {
        World world;
        unsigned state = unsigned(seed) * 2654435761U + 1;
        const auto roll = [&state](int sides) {
            state = state * 1664525U + 1013904223U;
            return int((state >> 16) % unsigned(sides));
        };
        for (int turn = 0; turn < 40; ++turn) {
            switch (roll(9)) {
            case 0:
                world.step(ChatJoinRequested { roll(2) ? plans : lunch });
                break;
            case 1:
                world.step(ChatLeaveRequested { roll(2) ? plans : lunch });
                break;
            case 2:
                world.step(ChatSendRequested { QString::number(turn), plans, u"x"_s, {} });
                break;
            case 3:
                world.step(ChatInviteAnswered {
                    roll(3) ? std::nullopt : std::optional(Error { .code = u"x"_s }) });
                break;
            case 4:
                world.step(ChatInfoAnswered { world.asked(),
                    roll(3) ? std::nullopt : std::optional(Error {}), roll(4) == 0 });
                break;
            case 5:
            case 6:
                world.step(ChatReceived { words.at(roll(int(words.size()))) });
                break;
            case 7:
                world.step(ChatTimedOut { quint32(roll(12)) });
                break;
            default:
                world.step(roll(3) ? GroupChatInput(ChatRetry {}) : ChatDialogEnded {});
            }
            // What is idle has nothing under way, and what is under way was sent.
            QVERIFY(world.chat.phase != GroupChatPhase::Idle || !world.chat.underWay);
            for (const ChatDraft &draft : std::as_const(world.chat.drafts)) {
                QVERIFY(!draft.settled || !draft.unseen.isEmpty());
            }
        }
        // Everybody hears in the end.
        world.step(ChatClose {});
        QVERIFY(world.chat.drafts.isEmpty());
    }
}

QTEST_APPLESS_MAIN(tst_GroupChat)
#include "tst_groupchat.moc"
