// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/accounts/pluginregistry.h"
#include "tests/support/fakeplugin.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace linchpin;
using namespace Qt::StringLiterals;

class TestPluginRegistry : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsWithoutLoading();
    void reportsBrokenOnes();
    void refusesAnotherInterface();
    void firstFolderWins();
    void ownPlugins();
    void searchPathFromEnvironment();

private:
    static QString built() { return QStringLiteral(LINCHPIN_BINARY_DIR "/plugins/linchpin"); }
};

void TestPluginRegistry::findsWithoutLoading()
{
    PluginRegistry registry({ built() });
    registry.scan();
    if (!registry.ids().contains(u"notes"_s)) {
        QSKIP("plugins are linked in");
    }
    QVERIFY(!registry.isLoaded(u"notes"_s));
    QCOMPARE(registry.name(u"notes"_s), u"Notes to yourself"_s);
    const ProtocolPlugin *const plugin = registry.plugin(u"notes"_s);
    QVERIFY(plugin);
    QVERIFY(registry.isLoaded(u"notes"_s));
    QCOMPARE(registry.plugin(u"notes"_s), plugin);
    QVERIFY(!registry.plugin(u"nothing"_s));
}

void TestPluginRegistry::reportsBrokenOnes()
{
    QTemporaryDir folder;
    QFile broken(folder.filePath(u"libbroken.so"_s));
    QVERIFY(broken.open(QIODevice::WriteOnly));
    broken.write("this is no library");
    broken.close();
    QFile text(folder.filePath(u"README.txt"_s)); // not a library: none of our business
    QVERIFY(text.open(QIODevice::WriteOnly));
    text.close();
    PluginRegistry registry({ folder.path(), built() });
    registry.scan();
    QCOMPARE(registry.problems().size(), 1);
    QCOMPARE(registry.problems().constFirst().error.code, u"plugin-broken"_s);
    QVERIFY(registry.problems().constFirst().fileName.endsWith("libbroken.so"_L1));
    QVERIFY(!registry.problems().constFirst().error.title.isEmpty());
    if (QDir(built()).exists(u"libnotes.so"_s)) {
        QVERIFY(registry.plugin(u"notes"_s)); // the rest work
    }
}

void TestPluginRegistry::refusesAnotherInterface()
{
    QFile file(built() + u"/libnotes.so"_s);
    if (!file.open(QIODevice::ReadOnly)) {
        QSKIP("plugins are linked in");
    }
    // The plugin of another version: the same file with another number in its metadata.
    QByteArray bytes = file.readAll();
    const QByteArray iid = LINCHPIN_PROTOCOL_IID;
    QByteArray other = iid;
    other[other.size() - 1] = '9';
    bytes.replace(iid, other);
    QTemporaryDir folder;
    QFile copy(folder.filePath(u"libnotes.so"_s));
    QVERIFY(copy.open(QIODevice::WriteOnly));
    copy.write(bytes);
    copy.close();
    PluginRegistry registry({ folder.path() });
    registry.scan();
    QVERIFY(registry.ids().isEmpty());
    QCOMPARE(registry.problems().size(), 1);
    QCOMPARE(registry.problems().constFirst().error.code, u"plugin-incompatible"_s);
    QCOMPARE(registry.problems().constFirst().id, u"notes"_s);
    QVERIFY(!registry.plugin(u"notes"_s));
}

void TestPluginRegistry::firstFolderWins()
{
    if (!QFile::exists(built() + u"/libnotes.so"_s)) {
        QSKIP("plugins are linked in");
    }
    QTemporaryDir folder;
    const QString copy = folder.filePath(u"libnotes.so"_s);
    QVERIFY(QFile::copy(built() + u"/libnotes.so"_s, copy));
    PluginRegistry registry({ folder.path(), built() });
    registry.scan();
    QCOMPARE(registry.fileName(u"notes"_s), copy);
    QVERIFY(registry.problems().isEmpty());
}

void TestPluginRegistry::ownPlugins()
{
    PluginRegistry registry({});
    registry.add(std::make_unique<test::FakePlugin>(u"b"_s));
    registry.add(std::make_unique<test::FakePlugin>(u"a"_s));
    QCOMPARE(registry.ids(), (QStringList { u"a"_s, u"b"_s }));
    QVERIFY(registry.plugin(u"a"_s));
    QVERIFY(registry.fileName(u"a"_s).isEmpty());
}

void TestPluginRegistry::searchPathFromEnvironment()
{
    qputenv("LINCHPIN_PLUGIN_PATH", "/first:/second");
    const QStringList path = PluginRegistry::defaultSearchPath(u"/opt/linchpin/bin"_s);
    qunsetenv("LINCHPIN_PLUGIN_PATH");
    QCOMPARE(path.at(0), u"/first"_s);
    QCOMPARE(path.at(1), u"/second"_s);
    QCOMPARE(path.at(2), u"/opt/linchpin/plugins/linchpin"_s);
    QCOMPARE(path.at(3), u"/opt/linchpin/bin/plugins/linchpin"_s);
}

QTEST_GUILESS_MAIN(TestPluginRegistry)
#include "tst_pluginregistry.moc"
