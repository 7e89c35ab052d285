// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/settings/appsettings.h"
#include "core/settings/autostart.h"
#include "core/settings/paths.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace linchpin;
using namespace Qt::StringLiterals;

class TestSettings : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void profilePlaces();
    void profileIsPrivate();
    void schemaIsSane();
    void defaults();
    void remembers();
    void refusesNonsense();
    void keysWithoutARow();
    void damagedFile();
    void unknownChoice();
    void autostartEntry_data();
    void autostartEntry();
    void autostart();
};

void TestSettings::profilePlaces()
{
    QTemporaryDir program;
    qunsetenv("LINCHPIN_PROFILE");
    qputenv("XDG_DATA_HOME", "/home/somebody/data");
    const Paths installed = Paths::resolve({}, program.path());
    QCOMPARE(installed.profile(), u"/home/somebody/data/linchpin"_s);
    QVERIFY(!installed.isPortable());
    QFile mark(program.filePath(u"portable"_s));
    QVERIFY(mark.open(QIODevice::WriteOnly));
    const Paths portable = Paths::resolve({}, program.path());
    QCOMPARE(portable.profile(), program.filePath(u"profile"_s));
    QVERIFY(portable.isPortable());
    QCOMPARE(portable.vault(), program.filePath(u"profile/vault.bin"_s));
    qputenv("LINCHPIN_PROFILE", "/some/where");
    QCOMPARE(Paths::resolve({}, program.path()).profile(), u"/some/where"_s);
    QCOMPARE(Paths::resolve(u"/by/option"_s, program.path()).profile(), u"/by/option"_s);
    QVERIFY(!Paths::resolve(u"/by/option"_s, program.path()).isPortable());
    qunsetenv("LINCHPIN_PROFILE");
}

void TestSettings::profileIsPrivate()
{
    QTemporaryDir folder;
    const Paths paths(folder.filePath(u"a/b/zażółć 𝄞"_s));
    QVERIFY(paths.create().has_value());
    QVERIFY(paths.create().has_value());
    const auto permissions = QFile::permissions(paths.profile());
    QVERIFY(!permissions.testFlag(QFile::ReadGroup) && !permissions.testFlag(QFile::ReadOther));
    QFile file(folder.filePath(u"file"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(Paths(file.fileName() + u"/x"_s).create().error().code, u"write-failed"_s);
}

void TestSettings::schemaIsSane()
{
    const SettingsSchema schema = AppSettings::schema();
    QStringList keys;
    for (const SettingField &field : schema.fields()) {
        QVERIFY(!keys.contains(field.key));
        keys.append(field.key);
        QVERIFY2(!field.label.isEmpty(), qPrintable(field.key));
        if (field.enabledWhen) {
            QVERIFY(schema.field(field.enabledWhen->key));
        }
    }
    QVERIFY(schema.problems({}).isEmpty());
}

void TestSettings::defaults()
{
    QTemporaryDir folder;
    AppSettings settings(folder.filePath(u"settings.json"_s));
    QVERIFY(settings.load().has_value());
    QCOMPARE(settings.text(u"list-density"_s), u"comfortable"_s);
    QCOMPARE(settings.text(u"message-layout"_s), u"bubbles"_s);
    QCOMPARE(settings.isOn(u"show-offline"_s), false);
    QVERIFY(!settings.value(u"no-such-key"_s).isValid());
    settings.flush();
    QVERIFY(!QFile::exists(folder.filePath(u"settings.json"_s))); // nothing to say
}

void TestSettings::remembers()
{
    QTemporaryDir folder;
    const QString fileName = folder.filePath(u"settings.json"_s);
    {
        AppSettings settings(fileName);
        const QSignalSpy changed(&settings, &AppSettings::changed);
        QVERIFY(settings.setValue(u"list-density"_s, u"compact"_s));
        QVERIFY(settings.setValue(u"list-density"_s, u"compact"_s));
        QVERIFY(settings.setValue(u"send-typing"_s, false));
        QCOMPARE(changed.size(), 2);
        QCOMPARE(changed.constFirst().constFirst().toString(), u"list-density"_s);
    }
    AppSettings settings(fileName);
    QVERIFY(settings.load().has_value());
    QCOMPARE(settings.text(u"list-density"_s), u"compact"_s);
    QCOMPARE(settings.isOn(u"send-typing"_s), false);
    settings.reset(u"send-typing"_s);
    QCOMPARE(settings.isOn(u"send-typing"_s), true);
}

void TestSettings::refusesNonsense()
{
    QTemporaryDir folder;
    AppSettings settings(folder.filePath(u"settings.json"_s));
    QVERIFY(!settings.setValue(u"list-density"_s, u"huge"_s));
    QCOMPARE(settings.text(u"list-density"_s), u"comfortable"_s);
}

void TestSettings::keysWithoutARow()
{
    QTemporaryDir folder;
    const QString fileName = folder.filePath(u"settings.json"_s);
    const QStringList folded { u"Zażółć"_s, u"👩‍👩‍👧‍👦"_s };
    {
        AppSettings settings(fileName);
        QVERIFY(settings.setValue(u"contacts/folded"_s, folded));
        settings.remember(u"geometry"_s, u"AAA="_s);
    }
    AppSettings settings(fileName);
    QVERIFY(settings.load().has_value());
    QCOMPARE(settings.value(u"contacts/folded"_s).toStringList(), folded);
    QCOMPARE(settings.remembered(u"geometry"_s).toString(), u"AAA="_s);
}

void TestSettings::damagedFile()
{
    QTemporaryDir folder;
    const QString fileName = folder.filePath(u"settings.json"_s);
    QFile file(fileName);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{ \"settings\": {");
    file.close();
    AppSettings settings(fileName);
    const auto loaded = settings.load();
    QVERIFY(!loaded);
    QCOMPARE(loaded.error().code, u"settings-damaged"_s);
    QVERIFY(QFile::exists(fileName + u".damaged"_s));
    QCOMPARE(settings.text(u"list-density"_s), u"comfortable"_s);
    QVERIFY(settings.setValue(u"list-density"_s, u"compact"_s));
    settings.flush();
    QVERIFY(AppSettings(fileName).load().has_value());
}

void TestSettings::unknownChoice()
{
    QTemporaryDir folder;
    const QString fileName = folder.filePath(u"settings.json"_s);
    QFile file(fileName);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(R"({"version":1,"settings":{"list-density":"of-the-future","send-typing":false}})");
    file.close();
    AppSettings settings(fileName);
    QVERIFY(settings.load().has_value());
    QCOMPARE(settings.text(u"list-density"_s), u"comfortable"_s);
    QCOMPARE(settings.isOn(u"send-typing"_s), false);
}

void TestSettings::autostartEntry_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::addColumn<QByteArray>("exec");
    QTest::newRow("plain") << QStringList { u"/usr/bin/linchpin"_s, u"--hidden"_s }
                           << R"("/usr/bin/linchpin" "--hidden")"_ba;
    QTest::newRow("space") << QStringList { u"/opt/żółw 🦄/linchpin"_s }
                           << R"("/opt/żółw 🦄/linchpin")"_ba;
    QTest::newRow("reserved") << QStringList { u"a\"b`c$d\\e"_s } << R"("a\\"b\\`c\\$d\\\\e")"_ba;
    QTest::newRow("field code") << QStringList { u"100%u"_s } << R"("100%%u")"_ba;
}

void TestSettings::autostartEntry()
{
    QFETCH(QStringList, command);
    QTEST(linchpin::autostartEntry(command).split('\n').value(4).mid(5), "exec");
}

void TestSettings::autostart()
{
    QTemporaryDir folder;
    const Autostart autostart(folder.filePath(u"config/autostart"_s));
    QVERIFY(!autostart.isOn());
    QVERIFY(autostart.set(false, {}).has_value());
    QVERIFY(autostart.set(true, { u"/usr/bin/linchpin"_s, u"--hidden"_s }).has_value());
    QVERIFY(autostart.isOn());
    QFile entry(autostart.fileName()); // as GNOME's and KDE's settings switch it off
    QVERIFY(entry.open(QIODevice::Append));
    entry.write("Hidden=true\n");
    entry.close();
    QVERIFY(!autostart.isOn());
    QVERIFY(autostart.set(true, { u"/usr/bin/linchpin"_s }).has_value());
    QVERIFY(autostart.isOn());
    QVERIFY(autostart.set(false, {}).has_value());
    QVERIFY(!QFile::exists(autostart.fileName()));
    QFile notAFolder(folder.filePath(u"file"_s));
    QVERIFY(notAFolder.open(QIODevice::WriteOnly));
    const Result<void> failed
        = Autostart(notAFolder.fileName()).set(true, { u"/usr/bin/linchpin"_s });
    QCOMPARE(failed.error().code, u"write-failed"_s);
}

QTEST_GUILESS_MAIN(TestSettings)
#include "tst_settings.moc"
