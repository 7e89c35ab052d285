// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/sdk/foundvalues.h"
#include "core/sdk/presetfile.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin;

/// Files of services: what is taken, what is told, what belongs to which domain.
class PresetFileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reads();
    void refuses_data();
    void refuses();
    void localTexts();
    void domains_data();
    void domains();
    void textsCanBeTranslated_data();
    void textsCanBeTranslated();
    void foundValuesBindNobody();
};

void PresetFileTest::reads()
{
    const PresetFile file = readPresetFile(R"({"services":[
        {"id":"work","protocol":"sip","name":"Zażółć gęślą jaźń","domains":["Litware.TEST"],
         "values":{"server":"pool.litware.test","port":443,"single-sign-on":true,"channels":["#a","#b"]},
         "link":"https://litware.test/help?a=b"},
        {"id":"gone","name":"こんにちは世界","retired":true,"note":"مرحبا بالعالم"},
        {"id":"bad id","name":"x"},
        {"id":"emoji","name":"👩‍👩‍👧‍👦🦄𝄞 e\u0301 ก็"}]})"_ba,
        u"xmpp"_s);
    QCOMPARE(file.services.size(), 3);
    const ServicePreset &work = file.services.at(0);
    QCOMPARE(work.protocol, u"sip"_s);
    QCOMPARE(work.preset.name, u"Zażółć gęślą jaźń"_s);
    QCOMPARE(work.preset.domains, QStringList { u"litware.test"_s });
    QCOMPARE(work.preset.values.value(u"port"_s), QVariant(443));
    QCOMPARE(work.preset.values.value(u"single-sign-on"_s), QVariant(true));
    QCOMPARE(
        work.preset.values.value(u"channels"_s).toStringList(), (QStringList { u"#a"_s, u"#b"_s }));
    QCOMPARE(work.link.host(), u"litware.test"_s);
    QVERIFY(!work.preset.retired);
    QCOMPARE(file.services.at(1).protocol, u"xmpp"_s);
    QVERIFY(file.services.at(1).preset.retired);
    QCOMPARE(file.services.at(1).preset.note, u"مرحبا بالعالم"_s);
    QCOMPARE(file.problems.size(), 1);
    QVERIFY(file.problems.constFirst().contains(u"bad id"_s));
    QCOMPARE(presetsOf(file.services).size(), 3);
}

void PresetFileTest::refuses_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("words"); // of the complaint
    const auto one = [](const QByteArray &entry) { return "{\"services\":[" + entry + "]}"; };
    QTest::newRow("nothing") << ""_ba << u"JSON"_s;
    QTest::newRow("no JSON") << "{\"services\":["_ba << u"JSON"_s;
    QTest::newRow("no list") << "{\"services\":{}}"_ba << u"services"_s;
    QTest::newRow("list alone") << "[]"_ba << u"services"_s;
    QTest::newRow("too large") << QByteArray((1 << 20) + 1, ' ') << u"large"_s;
    QTest::newRow("no id") << one(R"({"name":"x"})") << u"Service 1"_s;
    QTest::newRow("id") << one(R"({"id":"Äh","name":"x"})") << u"id"_s;
    QTest::newRow("protocol") << one(R"({"id":"a","protocol":"../x","name":"x"})") << u"protocol"_s;
    QTest::newRow("no name") << one(R"({"id":"a"})") << u"name"_s;
    QTest::newRow("domain") << one(R"({"id":"a","name":"x","domains":["a b"]})") << u"a b"_s;
    QTest::newRow("domain *") << one(R"({"id":"a","name":"x","domains":["*"]})") << u"domain"_s;
    QTest::newRow("values") << one(R"({"id":"a","name":"x","values":[]})") << u"values"_s;
    QTest::newRow("value") << one(R"({"id":"a","name":"x","values":{"server":{}}})") << u"server"_s;
    QTest::newRow("number") << one(R"({"id":"a","name":"x","values":{"port":-1}})") << u"port"_s;
    QTest::newRow("ended") << one(R"({"id":"a","name":"x","retired":true})") << u"note"_s;
    QTest::newRow("link") << one(R"({"id":"a","name":"x","link":"http://x.test"})") << u"https"_s;
    QTest::newRow("script") << one(R"({"id":"a","name":"x","link":"javascript:alert"})")
                            << u"https"_s;
    QTest::newRow("no object") << one("42") << u"Service 1"_s;
}

void PresetFileTest::refuses()
{
    QFETCH(const QByteArray, json);
    QFETCH(const QString, words);
    const PresetFile file = readPresetFile(json, u"sip"_s);
    QVERIFY(file.services.isEmpty());
    QCOMPARE(file.problems.size(), 1);
    QVERIFY2(file.problems.constFirst().contains(words), qPrintable(file.problems.constFirst()));
    QVERIFY(file.problems.constFirst().endsWith(u'.'));
}

void PresetFileTest::localTexts()
{
    const QByteArray json = R"({"services":[{"id":"a","name":{"de":"Arbeit","en":"Work"}}]})"_ba;
    QLocale::setDefault(QLocale(u"de_AT"_s));
    QCOMPARE(readPresetFile(json, u"sip"_s).services.constFirst().preset.name, u"Arbeit"_s);
    QLocale::setDefault(QLocale(u"fr_FR"_s));
    QCOMPARE(readPresetFile(json, u"sip"_s).services.constFirst().preset.name, u"Work"_s);
    QLocale::setDefault(QLocale::c());
    const auto shout = [](const QString &text) { return text.toUpper(); };
    const QByteArray plain = R"({"services":[{"id":"a","name":"Work"}]})"_ba;
    QCOMPARE(readPresetFile(plain, u"sip"_s, shout).services.constFirst().preset.name, u"WORK"_s);
}

void PresetFileTest::domains_data()
{
    QTest::addColumn<QString>("domain");
    QTest::addColumn<QString>("id");
    QTest::newRow("itself") << u"litware.test"_s << u"litware"_s;
    QTest::newRow("below, not meant") << u"sub.litware.test"_s << QString();
    QTest::newRow("below") << u"team.irc.slack.test"_s << u"slack"_s;
    QTest::newRow("far below") << u"a.b.irc.slack.test"_s << u"slack"_s;
    QTest::newRow("the dot counts") << u"evilirc.slack.test"_s << QString();
    QTest::newRow("itself is not below") << u"irc.slack.test"_s << QString();
    QTest::newRow("its own name first") << u"own.irc.slack.test"_s << u"own"_s;
    QTest::newRow("unknown") << u"example.test"_s << QString();
    QTest::newRow("nothing") << QString() << QString();
}

void PresetFileTest::domains()
{
    QFETCH(const QString, domain);
    QFETCH(const QString, id);
    const auto preset = [](const QString &name, const QStringList &known) {
        AccountPreset made;
        made.id = name;
        made.domains = known;
        return made;
    };
    const QList<AccountPreset> presets { preset(u"litware"_s, { u"litware.test"_s }),
        preset(u"slack"_s, { u"*.irc.slack.test"_s }),
        preset(u"own"_s, { u"own.irc.slack.test"_s }), preset(u"none"_s, {}) };
    const AccountPreset *const found = presetForDomain(presets, domain);
    QCOMPARE(found ? found->id : QString(), id);
}

/// What the program's own files say stands in a source file, too, where translators' tools look.
void PresetFileTest::textsCanBeTranslated_data()
{
    QTest::addColumn<QString>("data");
    QTest::addColumn<QString>("source");
    QTest::newRow("sip") << u"protocols/sip/presets.json"_s << u"protocols/sip/sippresets.cpp"_s;
    QTest::newRow("xmpp") << u"protocols/xmpp/presets.json"_s
                          << u"protocols/xmpp/xmpppresets.cpp"_s;
    QTest::newRow("irc") << u"protocols/irc/presets.json"_s << u"protocols/irc/ircpresets.cpp"_s;
    QTest::newRow("ended") << u"core/accounts/endedservices.json"_s
                           << u"core/accounts/endedservices.cpp"_s;
}

void PresetFileTest::textsCanBeTranslated()
{
    QFETCH(const QString, data);
    QFETCH(const QString, source);
    const auto contents = [](const QString &name) {
        QFile file(QStringLiteral(LINCHPIN_SOURCE_DIR "/") + name);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    QString code = QString::fromUtf8(contents(source));
    code.remove(QRegularExpression(u"\"\\s*\n\\s*\""_s)); // a literal over several lines
    const PresetFile file = readPresetFile(contents(data), u"x"_s);
    QVERIFY(file.problems.isEmpty());
    QVERIFY(file.services.size() >= 5);
    QStringList ids;
    QStringList domains;
    for (const ServicePreset &service : file.services) {
        const QString note = service.preset.note;
        QVERIFY2(note.isEmpty() || code.contains(u'"' + note + u'"'), qPrintable(note));
        QVERIFY2(!ids.contains(service.preset.id), qPrintable(service.preset.id));
        ids.append(service.preset.id);
        for (const QString &domain : service.preset.domains) {
            QVERIFY2(!domains.contains(domain), qPrintable(domain));
            domains.append(domain);
        }
        // What has ended says where that can be read.
        QCOMPARE(service.preset.retired, !service.link.isEmpty());
    }
}

void PresetFileTest::foundValuesBindNobody()
{
    const SettingsSchema schema { { .key = u"server"_s, .label = u"Server"_s },
        { .key = u"port"_s, .label = u"Port"_s, .type = SettingType::Port, .defaultValue = 0 },
        { .key = u"user-agent"_s, .label = u"User-Agent"_s } };
    SettingValues values;
    values.set(u"server"_s, u"by.hand.test"_s);
    values.set(u"port"_s, 5061, SettingOrigin::Found);
    values.set(u"user-agent"_s, u"kept"_s, SettingOrigin::Found);
    const SettingValues chosen
        = withoutFound(values, schema, { u"server"_s, u"port"_s, u"unknown"_s });
    QCOMPARE(chosen.text(u"server"_s), u"by.hand.test"_s);
    QCOMPARE(chosen.port(u"port"_s), 0);
    QCOMPARE(chosen.origin(u"port"_s), SettingOrigin::Default);
    QCOMPARE(chosen.text(u"user-agent"_s), u"kept"_s);
}

QTEST_GUILESS_MAIN(PresetFileTest)
#include "tst_presetfile.moc"
