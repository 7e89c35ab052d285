// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/sdk/message.h"
#include "core/sdk/presence.h"
#include "core/sdk/protocolplugin.h"
#include "core/sdk/settingsschema.h"

#include <QTest>

using namespace linchpin;
using namespace Qt::StringLiterals;

class TestSdkValues : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void errorRoundTrip();
    void availabilityWords_data();
    void availabilityWords();
    void bestPresenceWins_data();
    void bestPresenceWins();
    void deliveryAdvances_data();
    void deliveryAdvances();
    void originWords();
    void schemaDefaults();
    void schemaFormerKeys();
    void schemaConditions();
    void schemaProblems_data();
    void schemaProblems();
    void schemaParse_data();
    void schemaParse();
    void answersOnce();
    void forgottenAnswerIsCancelled();

private:
    static SettingsSchema schema();
};

void TestSdkValues::errorRoundTrip()
{
    Error error;
    error.code = u"user-agent-rejected"_s;
    error.title = u"Der Server lehnt ab – こんにちは"_s;
    error.detail = u"403 Forbidden"_s;
    error.remedy = u"Change it 🦄"_s;
    error.fatal = true;
    error.fix = { { u"user-agent"_s, u"UCCAPI/2.0"_s } };
    const Error back = Error::fromJson(error.toJson());
    QCOMPARE(back.code, error.code);
    QCOMPARE(back.title, error.title);
    QCOMPARE(back.detail, error.detail);
    QCOMPARE(back.remedy, error.remedy);
    QCOMPARE(back.fatal, true);
    QCOMPARE(back.fix, error.fix);
    QVERIFY(!Error {}.toJson().contains("detail"_L1));
    QVERIFY(Error {}.toJson().contains("fatal"_L1));
}

void TestSdkValues::availabilityWords_data()
{
    QTest::addColumn<Availability>("availability");
    QTest::addColumn<QString>("word");
    QTest::newRow("unknown") << Availability::Unknown << u"unknown"_s;
    QTest::newRow("offline") << Availability::Offline << u"offline"_s;
    QTest::newRow("invisible") << Availability::Invisible << u"invisible"_s;
    QTest::newRow("away") << Availability::Away << u"away"_s;
    QTest::newRow("do not disturb") << Availability::DoNotDisturb << u"do-not-disturb"_s;
    QTest::newRow("busy") << Availability::Busy << u"busy"_s;
    QTest::newRow("available") << Availability::Available << u"available"_s;
}

void TestSdkValues::availabilityWords()
{
    QFETCH(Availability, availability);
    QFETCH(QString, word);
    QCOMPARE(toWord(availability), word);
    QCOMPARE(availabilityFromWord(word), availability);
    QVERIFY(!displayName(availability).isEmpty());
    QVERIFY(!availabilityFromWord(word.toUpper()));
    QVERIFY(!availabilityFromWord(u""));
}

void TestSdkValues::bestPresenceWins_data()
{
    const auto presence = [](Availability availability, int idle, int since) {
        const QDateTime noon(QDate(2026, 3, 1), QTime(12, 0), QTimeZone::UTC);
        Presence p;
        p.availability = availability;
        p.idleSince = idle < 0 ? QDateTime() : noon.addSecs(idle);
        p.since = noon.addSecs(since);
        return p;
    };
    using A = Availability;
    QTest::addColumn<QList<Presence>>("presences");
    QTest::addColumn<int>("best");
    QTest::newRow("greatest") << QList<Presence> { presence(A::Away, -1, 9),
        presence(A::Available, -1, 1), presence(A::Busy, -1, 5) }
                              << 1;
    QTest::newRow("busy before do not disturb")
        << QList<Presence> { presence(A::DoNotDisturb, -1, 0), presence(A::Busy, -1, 0) } << 1;
    QTest::newRow("not idle") << QList<Presence> { presence(A::Available, 100, 9),
        presence(A::Available, -1, 1) }
                              << 1;
    QTest::newRow("less idle") << QList<Presence> { presence(A::Available, 100, 1),
        presence(A::Available, 50, 9) }
                               << 0;
    QTest::newRow("newest") << QList<Presence> { presence(A::Available, -1, 1),
        presence(A::Available, -1, 9) }
                            << 1;
}

void TestSdkValues::bestPresenceWins()
{
    QFETCH(QList<Presence>, presences);
    QFETCH(int, best);
    QCOMPARE(bestPresence(presences), presences.at(best));
    std::reverse(presences.begin(), presences.end());
    QCOMPARE(bestPresence(presences), presences.at(presences.size() - 1 - best));
    QCOMPARE(bestPresence({}).availability, Availability::Unknown);
}

void TestSdkValues::deliveryAdvances_data()
{
    using D = DeliveryState;
    QTest::addColumn<DeliveryState>("from");
    QTest::addColumn<QList<DeliveryState>>("to");
    QTest::newRow("none") << D::None << QList<D> {};
    QTest::newRow("queued") << D::Queued
                            << QList<D> { D::Submitted, D::Sent, D::Delivered, D::Read, D::Failed,
                                   D::Unconfirmed };
    QTest::newRow("submitted") << D::Submitted
                               << QList<D> { D::Queued, D::Sent, D::Delivered, D::Read, D::Failed,
                                      D::Unconfirmed };
    QTest::newRow("sent") << D::Sent << QList<D> { D::Delivered, D::Read, D::Failed };
    QTest::newRow("delivered") << D::Delivered << QList<D> { D::Read };
    QTest::newRow("read") << D::Read << QList<D> {};
    QTest::newRow("failed") << D::Failed << QList<D> { D::Queued, D::Sent, D::Delivered, D::Read };
    QTest::newRow("unconfirmed") << D::Unconfirmed
                                 << QList<D> { D::Queued, D::Sent, D::Delivered, D::Read,
                                        D::Failed };
}

void TestSdkValues::deliveryAdvances()
{
    using D = DeliveryState;
    QFETCH(DeliveryState, from);
    QFETCH(QList<DeliveryState>, to);
    for (const D next : { D::None, D::Queued, D::Submitted, D::Sent, D::Delivered, D::Read,
             D::Failed, D::Unconfirmed }) {
        QVERIFY2(advances(from, next) == to.contains(next),
            qPrintable(toWord(from) + u" → "_s + toWord(next)));
        QVERIFY(!toWord(next).isEmpty());
    }
}

void TestSdkValues::originWords()
{
    for (const SettingOrigin origin : { SettingOrigin::Default, SettingOrigin::Found,
             SettingOrigin::Preset, SettingOrigin::Imported, SettingOrigin::ByHand }) {
        QCOMPARE(settingOriginFromWord(toWord(origin)), origin);
    }
    QCOMPARE(settingOriginFromWord(u"nonsense"), SettingOrigin::ByHand);
}

SettingsSchema TestSdkValues::schema()
{
    return {
        { .key = u"address"_s, .label = u"A"_s, .required = true },
        { .key = u"password"_s, .label = u"P"_s, .type = SettingType::Secret, .required = true },
        { .key = u"sso"_s, .label = u"S"_s, .type = SettingType::Bool, .defaultValue = false },
        { .key = u"login"_s,
            .label = u"L"_s,
            .required = true,
            .enabledWhen = SettingCondition { u"sso"_s, false },
            .formerKeys = { u"user"_s } },
        { .key = u"server"_s, .label = u"S"_s, .type = SettingType::Host },
        { .key = u"port"_s, .label = u"P"_s, .type = SettingType::Port, .defaultValue = 0 },
        { .key = u"mode"_s,
            .label = u"M"_s,
            .type = SettingType::Choice,
            .defaultValue = u"a"_s,
            .choices = { { u"a"_s, u"A"_s }, { u"b"_s, u"B"_s }, { u"c"_s, u"C"_s } } },
        { .key = u"even"_s,
            .label = u"E"_s,
            .enabledWhen = SettingCondition { u"mode"_s, QStringList { u"b"_s, u"c"_s } },
            .validate = [](const QVariant &value, const SettingValues &) -> std::optional<QString> {
                return value.toInt() % 2 == 0 ? std::nullopt : std::optional(u"odd"_s);
            } },
        { .key = u"rooms"_s, .label = u"R"_s, .type = SettingType::List },
    };
}

void TestSdkValues::schemaDefaults()
{
    SettingValues values;
    values.set(u"mode"_s, u"b"_s, SettingOrigin::Preset);
    const SettingValues all = schema().complete(values);
    QCOMPARE(all.text(u"mode"_s), u"b"_s);
    QCOMPARE(all.origin(u"mode"_s), SettingOrigin::Preset);
    QCOMPARE(all.port(u"port"_s), 0);
    QCOMPARE(all.origin(u"port"_s), SettingOrigin::Default);
    QVERIFY(!all.contains(u"password"_s)); // secrets never come in here
    QCOMPARE(schema().value(values, u"mode"_s).toString(), u"b"_s);
    QCOMPARE(schema().value({}, u"mode"_s).toString(), u"a"_s);
    QVERIFY(!schema().value({}, u"nothing"_s).isValid());
}

void TestSdkValues::schemaFormerKeys()
{
    const SettingsSchema s = schema();
    QVERIFY(s.field(u"user"_s));
    QCOMPARE(s.field(u"user"_s)->key, u"login"_s);
    QVERIFY(!s.field(u"usr"_s));
}

void TestSdkValues::schemaConditions()
{
    const SettingsSchema s = schema();
    SettingValues values;
    QVERIFY(s.isEnabled(*s.field(u"login"_s), values)); // by the default of what it depends on
    values.set(u"sso"_s, true);
    QVERIFY(!s.isEnabled(*s.field(u"login"_s), values));
    QVERIFY(!s.isEnabled(*s.field(u"even"_s), values));
    values.set(u"mode"_s, u"b"_s);
    QVERIFY(s.isEnabled(*s.field(u"even"_s), values));
    values.set(u"mode"_s, u"c"_s);
    QVERIFY(s.isEnabled(*s.field(u"even"_s), values));
    QVERIFY(s.isEnabled(*s.field(u"address"_s), values));
}

void TestSdkValues::schemaProblems_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QVariant>("value");
    QTest::addColumn<bool>("isProblem");
    QTest::newRow("nothing wrong") << u"server"_s << QVariant(u"a.test"_s) << false;
    QTest::newRow("empty host") << u"server"_s << QVariant(u""_s) << false;
    QTest::newRow("host with space") << u"server"_s << QVariant(u"a b"_s) << true;
    QTest::newRow("host with scheme") << u"server"_s << QVariant(u"http://a"_s) << true;
    QTest::newRow("unicode host") << u"server"_s << QVariant(u"gęślą.test"_s) << false;
    QTest::newRow("IPv6") << u"server"_s << QVariant(u"[::1]"_s) << false;
    QTest::newRow("port") << u"port"_s << QVariant(5061) << false;
    QTest::newRow("port too big") << u"port"_s << QVariant(65536) << true;
    QTest::newRow("port negative") << u"port"_s << QVariant(-1) << true;
    QTest::newRow("choice") << u"mode"_s << QVariant(u"c"_s) << false;
    QTest::newRow("no choice") << u"mode"_s << QVariant(u"d"_s) << true;
    QTest::newRow("required empty") << u"address"_s << QVariant(u""_s) << true;
    QTest::newRow("disabled is not judged") << u"even"_s << QVariant(3) << false;
}

void TestSdkValues::schemaProblems()
{
    QFETCH(QString, key);
    QFETCH(QVariant, value);
    QFETCH(bool, isProblem);
    SettingValues values;
    values.set(u"address"_s, u"a@b.test"_s);
    values.set(u"login"_s, u"a"_s);
    values.set(key, value);
    const QList<SettingProblem> problems = schema().problems(values);
    QCOMPARE(problems.size(), isProblem ? 1 : 0);
    if (isProblem) {
        QCOMPARE(problems.constFirst().key, key);
        QVERIFY(!problems.constFirst().text.isEmpty());
    }
    values.set(u"mode"_s, u"b"_s);
    values.set(u"even"_s, 3);
    QVERIFY(std::ranges::contains(schema().problems(values), u"even"_s, &SettingProblem::key));
}

void TestSdkValues::schemaParse_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QVariant>("value"); // invalid = refused
    QTest::newRow("text") << u"address"_s << u"こんにちは"_s << QVariant(u"こんにちは"_s);
    QTest::newRow("true") << u"sso"_s << u"true"_s << QVariant(true);
    QTest::newRow("false") << u"sso"_s << u"false"_s << QVariant(false);
    QTest::newRow("yes") << u"sso"_s << u"yes"_s << QVariant();
    QTest::newRow("port") << u"port"_s << u"5061"_s << QVariant(5061);
    QTest::newRow("no port") << u"port"_s << u""_s << QVariant(0);
    QTest::newRow("port word") << u"port"_s << u"sip"_s << QVariant();
    QTest::newRow("port too big") << u"port"_s << u"70000"_s << QVariant();
    QTest::newRow("choice") << u"mode"_s << u"b"_s << QVariant(u"b"_s);
    QTest::newRow("no choice") << u"mode"_s << u"x"_s << QVariant();
    QTest::newRow("list") << u"rooms"_s << u"#a, #b,,  ,#c"_s
                          << QVariant(QStringList { u"#a"_s, u"#b"_s, u"#c"_s });
    QTest::newRow("empty list") << u"rooms"_s << u""_s << QVariant(QStringList {});
}

void TestSdkValues::schemaParse()
{
    QFETCH(QString, key);
    QFETCH(QString, text);
    QFETCH(QVariant, value);
    const SettingsSchema s = schema();
    const Result<QVariant> parsed = SettingsSchema::parse(*s.field(key), text);
    QCOMPARE(parsed.has_value(), value.isValid());
    if (parsed) {
        QCOMPARE(*parsed, value);
    } else {
        QCOMPARE(parsed.error().code, u"invalid-setting"_s);
        QVERIFY(parsed.error().title.contains(key));
        QVERIFY(!parsed.error().title.contains(u'%'));
        QCOMPARE(parsed.error().detail, text);
    }
}

void TestSdkValues::answersOnce()
{
    const Answer<int> answer;
    const auto future = answer.future();
    QVERIFY(!future.isFinished());
    answer.give(1);
    answer.give(2);
    QVERIFY(future.isFinished());
    QCOMPARE(future.result().value(), 1);
}

void TestSdkValues::forgottenAnswerIsCancelled()
{
    Async<int> future;
    {
        const Answer<int> answer;
        // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): what is tested
        const Answer<int> copy = answer;
        future = copy.future();
    }
    QVERIFY(future.isFinished());
    QCOMPARE(future.result().error().kind, Error::Kind::Cancelled);
    QCOMPARE(future.result().error().code, u"cancelled"_s);
}

QTEST_GUILESS_MAIN(TestSdkValues)
#include "tst_sdkvalues.moc"
