// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/state/channelstate.h"
#include "protocols/irc/state/hostmask.h"
#include "protocols/irc/state/isupport.h"
#include "protocols/irc/state/sendqueue.h"
#include "protocols/irc/state/stspolicies.h"
#include "protocols/irc/tests/vectors.h"
#include "protocols/irc/wire/ircparser.h"

using namespace Qt::StringLiterals;
using namespace linchpin::irc;
using namespace std::chrono_literals;

class tst_IrcState : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void stsPolicies();
    void stsState_data();
    void stsState();
    void foldsCase_data();
    void foldsCase();
    void splitsSources_data();
    void splitsSources();
    void matchesMasks_data();
    void matchesMasks();
    void matchesManyStarsQuickly();
    void validatesHostnames_data();
    void validatesHostnames();
    void makesBanMasks();
    void isupportDefaults();
    void isupportTokens();
    void isupportSurvivesNonsense();
    void parsesModes_data();
    void parsesModes();
    void channelGathersNames();
    void channelFollowsPeople();
    void channelFollowsModes();
    void queueHoldsBack();
    void queueLetsUrgentPass();
    void queueWithoutBrake();
};

void tst_IrcState::foldsCase_data()
{
    QTest::addColumn<CaseMapping>("mapping");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("folded");
    QTest::newRow("ascii") << CaseMapping::Ascii << u"Nick[]\\~Ż"_s << u"nick[]\\~Ż"_s;
    QTest::newRow("rfc1459") << CaseMapping::Rfc1459 << u"Nick[]\\~Ż"_s << u"nick{}|^Ż"_s;
    QTest::newRow("strict") << CaseMapping::StrictRfc1459 << u"Nick[]\\~"_s << u"nick{}|~"_s;
    QTest::newRow("unicode") << CaseMapping::Unicode << u"ZAŻÓŁĆ"_s << u"zażółć"_s;
}

void tst_IrcState::foldsCase()
{
    QFETCH(CaseMapping, mapping);
    QFETCH(QString, name);
    QFETCH(QString, folded);
    QCOMPARE(fold(name, mapping), folded);
    QVERIFY(sameName(name, folded, mapping));
    QVERIFY(!sameName(name, folded + u"x"_s, mapping));
}

void tst_IrcState::splitsSources_data()
{
    QTest::addColumn<QJsonObject>("test");
    for (const auto &value : vectorsFrom(u"userhost-split"_s)) {
        QTest::newRow(qPrintable(value.toObject().value("source"_L1).toString()))
            << value.toObject();
    }
}

void tst_IrcState::splitsSources()
{
    QFETCH(QJsonObject, test);
    const QByteArray source = test.value("source"_L1).toString().toUtf8();
    const QJsonObject atoms = test.value("atoms"_L1).toObject();
    const Hostmask parts = splitHostmask(source);
    QCOMPARE(QString::fromUtf8(parts.nick), atoms.value("nick"_L1).toString());
    QCOMPARE(QString::fromUtf8(parts.user), atoms.value("user"_L1).toString());
    QCOMPARE(QString::fromUtf8(parts.host), atoms.value("host"_L1).toString());
}

void tst_IrcState::matchesMasks_data()
{
    QTest::addColumn<QString>("mask");
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("matches");
    for (const auto &value : vectorsFrom(u"mask-match"_s)) {
        const QJsonObject test = value.toObject();
        const QString mask = test.value("mask"_L1).toString();
        for (const bool matches : { true, false }) {
            for (const auto &text : test.value(matches ? "matches"_L1 : "fails"_L1).toArray()) {
                QTest::addRow("%s %s", qPrintable(mask), qPrintable(text.toString()))
                    << mask << text.toString() << matches;
            }
        }
    }
}

void tst_IrcState::matchesMasks()
{
    QFETCH(QString, mask);
    QFETCH(QString, text);
    QFETCH(bool, matches);
    QCOMPARE(matchesMask(text, mask, CaseMapping::Rfc1459), matches);
}

void tst_IrcState::matchesManyStarsQuickly()
{
    // A recursive matcher would take longer than the universe lasts.
    QVERIFY(!matchesMask(u"a"_s.repeated(400), u"*a"_s.repeated(100) + u"b"_s, CaseMapping::Ascii));
}

void tst_IrcState::validatesHostnames_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<bool>("valid");
    for (const auto &value : vectorsFrom(u"validate-hostname"_s)) {
        const QJsonObject test = value.toObject();
        QTest::addRow("'%s'", qPrintable(test.value("host"_L1).toString()))
            << test.value("host"_L1).toString() << test.value("valid"_L1).toBool();
    }
}

void tst_IrcState::validatesHostnames()
{
    QFETCH(QString, host);
    QFETCH(bool, valid);
    QCOMPARE(isValidHostname(host.toUtf8()), valid);
}

void tst_IrcState::makesBanMasks()
{
    QCOMPARE(banMask(u"eve"_s, u"evil.example"_s), u"*!*@evil.example"_s);
    QCOMPARE(banMask(u"eve"_s, {}), u"eve!*@*"_s);
    QCOMPARE(banMask(u"*!*@*.example"_s, u"x"_s), u"*!*@*.example"_s);
}

void tst_IrcState::isupportDefaults()
{
    const ISupport isupport;
    QCOMPARE(isupport.caseMapping(), CaseMapping::Rfc1459);
    QCOMPARE(isupport.prefixModes(), "ov");
    QCOMPARE(isupport.prefixSigns(), "@+");
    QVERIFY(isupport.isChannel(u"#c"_s));
    QVERIFY(!isupport.isChannel(u"nick"_s));
    QVERIFY(!isupport.isChannel({}));
    QCOMPARE(isupport.modeKind('b'), ModeKind::List);
    QCOMPARE(isupport.modeKind('k'), ModeKind::Always);
    QCOMPARE(isupport.modeKind('l'), ModeKind::WhenSet);
    QCOMPARE(isupport.modeKind('o'), ModeKind::Prefix);
    QCOMPARE(isupport.modeKind('n'), ModeKind::Never);
    QCOMPARE(isupport.lineLength(), 512);
}

void tst_IrcState::isupportTokens()
{
    ISupport isupport;
    isupport.apply(*parseLine(
        ":irc.test 005 me CASEMAPPING=ascii PREFIX=(qaohv)~&@%+ CHANTYPES=#! STATUSMSG=@+ "
        "CHANMODES=IXbeg,k,Hfl,ACKnt NICKLEN=30 NETWORK=Loop\\x20Net MODES=99 :are supported by "
        "this server"));
    QCOMPARE(isupport.caseMapping(), CaseMapping::Ascii);
    QCOMPARE(isupport.prefixSigns(), "~&@%+");
    QCOMPARE(isupport.signForMode('a'), '&');
    QCOMPARE(isupport.signForMode('x'), '\0');
    QVERIFY(isupport.isSign(u'%'));
    QCOMPARE(isupport.modeKind('H'), ModeKind::WhenSet);
    QCOMPARE(isupport.modeKind('X'), ModeKind::List);
    QCOMPARE(isupport.network(), u"Loop Net"_s);
    QCOMPARE(isupport.number("NICKLEN", 9), 30);
    QCOMPARE(isupport.modesPerLine(), 20);
    QVERIFY(!isupport.isChannel(u"&local"_s));
    QCOMPARE(isupport.withoutStatus(u"@#c"_s).toString(), u"#c"_s);
    QCOMPARE(isupport.withoutStatus(u"@nick"_s).toString(), u"@nick"_s);
    isupport.apply(
        *parseLine(":irc.test 005 me -CASEMAPPING PREFIX= :are supported by this server"));
    QCOMPARE(isupport.caseMapping(), CaseMapping::Rfc1459);
    QCOMPARE(isupport.prefixModes(), "");
}

void tst_IrcState::isupportSurvivesNonsense()
{
    ISupport isupport;
    for (const char *token :
        { "PREFIX=(ov", "PREFIX=)", "PREFIX=(ov)@", "CHANMODES=", "CHANMODES=,,,,,", "NICKLEN=-3",
            "LINELEN=99999999999999", "=", "-", "CHANTYPES", "X=\\x", "X=\\xZZ" }) {
        isupport.applyToken(token);
    }
    QCOMPARE(isupport.prefixModes(), "ov");
    QCOMPARE(isupport.number("NICKLEN", 9), 9);
    QCOMPARE(isupport.lineLength(), 512);
    QVERIFY(!isupport.isChannel(u"#c"_s));
}

void tst_IrcState::parsesModes_data()
{
    QTest::addColumn<QString>("letters");
    QTest::addColumn<QStringList>("params");
    QTest::addColumn<QList<ModeChange>>("changes");
    using Changes = QList<ModeChange>;
    QTest::newRow("ranks") << u"+ov-o"_s << QStringList { u"a"_s, u"b"_s, u"c"_s }
                           << Changes { { true, 'o', u"a"_s, ModeKind::Prefix },
                                  { true, 'v', u"b"_s, ModeKind::Prefix },
                                  { false, 'o', u"c"_s, ModeKind::Prefix } };
    QTest::newRow("key and limit") << u"+kl"_s << QStringList { u"secret"_s, u"30"_s }
                                   << Changes { { true, 'k', u"secret"_s, ModeKind::Always },
                                          { true, 'l', u"30"_s, ModeKind::WhenSet } };
    QTest::newRow("limit off takes none")
        << u"-lk+o"_s << QStringList { u"*"_s, u"a"_s }
        << Changes { { false, 'l', {}, ModeKind::WhenSet },
               { false, 'k', u"*"_s, ModeKind::Always }, { true, 'o', u"a"_s, ModeKind::Prefix } };
    QTest::newRow("no sign means plus")
        << u"nt"_s << QStringList {}
        << Changes { { true, 'n', {}, ModeKind::Never }, { true, 't', {}, ModeKind::Never } };
    QTest::newRow("missing parameters")
        << u"+oo"_s << QStringList { u"a"_s }
        << Changes { { true, 'o', u"a"_s, ModeKind::Prefix }, { true, 'o', {}, ModeKind::Prefix } };
}

void tst_IrcState::parsesModes()
{
    QFETCH(QString, letters);
    QFETCH(QStringList, params);
    QFETCH(QList<ModeChange>, changes);
    QCOMPARE(parseModes(letters, params, ISupport()), changes);
}

void tst_IrcState::channelGathersNames()
{
    const ISupport isupport;
    ChannelState channel(u"#c"_s, isupport.caseMapping());
    channel.join({ .nick = u"alice"_s, .host = u"home"_s, .away = true });
    for (const char16_t *word : { u"@+Alice", u"+bob!~b@host.example", u"Żółw[m]", u"@" }) {
        channel.addName(QString::fromUtf16(word), isupport);
    }
    channel.join({ .nick = u"late"_s });
    QVERIFY(channel.endOfNames());
    QVERIFY(!channel.endOfNames());
    QCOMPARE(channel.memberCount(), 4);
    QCOMPARE(channel.member(u"ALICE")->signs, "@+");
    QVERIFY(channel.member(u"alice")->away);
    QCOMPARE(channel.member(u"alice")->host, u"home"_s);
    QCOMPARE(channel.member(u"bob")->user, u"~b"_s);
    QCOMPARE(channel.member(u"bob")->host, u"host.example"_s);
    QVERIFY(channel.hasMember(u"Żółw{M}"));
    QVERIFY(channel.hasMember(u"late"));
}

void tst_IrcState::channelFollowsPeople()
{
    ChannelState channel(u"#c"_s, CaseMapping::Rfc1459);
    QVERIFY(channel.join({ .nick = u"Bob[1]"_s, .signs = "@" }));
    QVERIFY(channel.rename(u"bob{1}", u"Robert"_s));
    QCOMPARE(channel.member(u"robert")->signs, "@");
    QVERIFY(!channel.hasMember(u"Bob[1]"));
    QVERIFY(channel.update(u"ROBERT", [](ChannelMember &m) { m.away = true; }));
    QVERIFY(channel.member(u"robert")->away);
    QVERIFY(channel.part(u"robert"));
    QVERIFY(!channel.part(u"robert"));
    QVERIFY(!channel.rename(u"nobody", u"x"_s));
}

void tst_IrcState::channelFollowsModes()
{
    ISupport isupport;
    isupport.applyToken("PREFIX=(qaohv)~&@%+");
    ChannelState channel(u"#c"_s, isupport.caseMapping());
    channel.join({ .nick = u"alice"_s });
    const auto apply = [&](const QString &letters, const QStringList &params) {
        for (const ModeChange &change : parseModes(letters, params, isupport)) {
            channel.apply(change, isupport);
        }
    };
    apply(u"+vo"_s, { u"alice"_s, u"alice"_s });
    QCOMPARE(channel.member(u"alice")->signs, "@+");
    apply(u"-o+q"_s, { u"ALICE"_s, u"alice"_s });
    QCOMPARE(channel.member(u"alice")->signs, "~+");
    apply(u"+ntkl-n"_s, { u"geheim"_s, u"30"_s });
    QCOMPARE(channel.modeText(true), u"+klt geheim 30"_s);
    QCOMPARE(channel.modeText(false), u"+klt * 30"_s);
    QCOMPARE(channel.key(), u"geheim"_s);
    apply(u"-klt"_s, { u"geheim"_s });
    QCOMPARE(channel.modeText(true), QString());
    apply(u"+b"_s, { u"*!*@evil"_s });
    QCOMPARE(channel.modeText(true), QString());
}

namespace {

QList<QByteArray> bytesOf(const QList<QueuedLine> &lines)
{
    QList<QByteArray> list;
    for (const QueuedLine &line : lines) {
        list.append(line.bytes);
    }
    return list;
}

} // namespace

void tst_IrcState::queueHoldsBack()
{
    SendQueue queue(SendRate { 3, 2000ms });
    for (int i = 0; i < 6; ++i) {
        queue.enqueue(QByteArray::number(i), SendQueue::Rank::Normal);
    }
    QCOMPARE(bytesOf(queue.take(1000ms)), (QList<QByteArray> { "0", "1", "2" }));
    QCOMPARE(queue.nextAt(), 3000ms);
    QCOMPARE(bytesOf(queue.take(2999ms)), QList<QByteArray>());
    QCOMPARE(bytesOf(queue.take(3000ms)), (QList<QByteArray> { "3" }));
    QCOMPARE(bytesOf(queue.take(7000ms)), (QList<QByteArray> { "4", "5" }));
    QCOMPARE(queue.nextAt(), std::nullopt);
    // After a long silence there is one burst, not an hour's worth.
    for (int i = 0; i < 6; ++i) {
        queue.enqueue(QByteArray::number(i), SendQueue::Rank::Normal);
    }
    QCOMPARE(queue.take(3600s).size(), 3);
    queue.refill(3600s);
    QCOMPARE(queue.take(3600s).size(), 3);
}

void tst_IrcState::queueLetsUrgentPass()
{
    SendQueue queue(SendRate { 2, 1000ms });
    queue.enqueue("idle", SendQueue::Rank::Idle);
    queue.enqueue("a", SendQueue::Rank::Normal);
    queue.enqueue("b", SendQueue::Rank::Normal);
    QCOMPARE(bytesOf(queue.take(0ms)), (QList<QByteArray> { "a", "b" }));
    queue.enqueue("PONG", SendQueue::Rank::Urgent);
    QCOMPARE(bytesOf(queue.take(1ms)), (QList<QByteArray> { "PONG" }));
    QCOMPARE(bytesOf(queue.take(1000ms)), QList<QByteArray>()); // the PONG was on credit
    QCOMPARE(bytesOf(queue.take(2000ms)), (QList<QByteArray> { "idle" }));
    for (int i = 0; i < 1000; ++i) {
        queue.enqueue("PONG", SendQueue::Rank::Urgent);
    }
    QCOMPARE(queue.take(2000ms).size(), 1000);
    queue.enqueue("c", SendQueue::Rank::Normal);
    QVERIFY(*queue.nextAt() <= 5000ms); // the debt is bounded
}

void tst_IrcState::queueWithoutBrake()
{
    SendQueue queue(SendRate { 0, 0ms });
    for (int i = 0; i < 100; ++i) {
        queue.enqueue("x", SendQueue::Rank::Normal);
    }
    QCOMPARE(queue.take(0ms).size(), 100);
    QCOMPARE(queue.nextAt(), std::nullopt);
}

void tst_IrcState::stsPolicies()
{
    const QDateTime now(QDate(2026, 11, 21), QTime(12, 0), QTimeZone::UTC);
    StsPolicies policies;
    policies.set(u"IRC.Test"_s, 6697, 60, now);
    QCOMPARE(policies.find(u"irc.test"_s, now)->port, quint16(6697));
    QVERIFY(!policies.find(u"other.test"_s, now));
    QVERIFY(!policies.find(u"irc.test"_s, now.addSecs(60)));
    QCOMPARE(StsPolicies::fromState(policies.toState()), policies);
    policies.set(u"irc.test"_s, 7000, std::numeric_limits<qint64>::max(), now);
    QCOMPARE(policies.all().size(), 1);
    QVERIFY(policies.find(u"irc.test"_s, now.addYears(9)));
    QVERIFY(!policies.find(u"irc.test"_s, now.addYears(11)));
    policies.set(u"irc.test"_s, 7000, 0, now);
    QVERIFY(policies.all().isEmpty());
    for (int i = 0; i < 40; ++i) {
        policies.set(u"h%1.test"_s.arg(i), 6697, 60, now);
    }
    QCOMPARE(policies.all().size(), StsPolicies::kMost);
    QVERIFY(policies.find(u"h39.test"_s, now));
}

void tst_IrcState::stsState_data()
{
    QTest::addColumn<QByteArray>("state");
    QTest::addColumn<qsizetype>("rules");
    QTest::newRow("nothing") << ""_ba << qsizetype(0);
    QTest::newRow("one") << "irc.test 6697 1800000000"_ba << qsizetype(1);
    QTest::newRow("odd lines")
        << "irc.test\n 6697 5\nirc.test 0 5\nirc.test 70000 5\nirc.test 6697 x\na b c d\n\xff 1 1"_ba
        << qsizetype(1);
    QTest::newRow("too long") << QByteArray("irc.test 6697 1800000000\n").repeated(2000)
                              << qsizetype(0);
}

void tst_IrcState::stsState()
{
    QFETCH(QByteArray, state);
    QFETCH(qsizetype, rules);
    QCOMPARE(StsPolicies::fromState(state).all().size(), rules);
}

QTEST_GUILESS_MAIN(tst_IrcState)
#include "tst_ircstate.moc"
