// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/files/diskfiles.h"
#include "tests/support/waited.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace linchpin;
using namespace linchpin::test;
using namespace Qt::StringLiterals;

class TstDiskFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void cleanup() { m_folder.reset(); }

    void saves();
    void findsAFreeName();
    void twoAtOnce();
    void replacesWhatWasChosen();
    void cannotReplace();
    void leavesNothing();
    void sizeIsBounded();
    void diskFull();
    void folderThatCannotBe();
    void followsNoLink();
    void reads();
    void notToRead_data();
    void notToRead();

private:
    std::shared_ptr<PartFile> open(const QString &name, qint64 size, bool replaces = false) const
    {
        return waited(PartFile::open({ .folder = m_folder->filePath(u"Odebrane 🦄"_s),
                                         .name = name,
                                         .replaces = replaces,
                                         .size = size },
                          m_pool))
            .value_or(nullptr);
    }
    QStringList files() const
    {
        return QDir(m_folder->filePath(u"Odebrane 🦄"_s)).entryList(QDir::Files, QDir::Name);
    }
    static QByteArray contents(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    std::shared_ptr<QThreadPool> m_pool = std::make_shared<QThreadPool>();
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TstDiskFiles::saves()
{
    const auto sink = open(u"Zażółć.txt"_s, 10);
    QVERIFY(sink);
    QCOMPARE(files(), QStringList { u"Zażółć.txt.part"_s });
    QVERIFY(waited(sink->write("hello"_ba)).has_value());
    QVERIFY(waited(sink->write("world"_ba)).has_value());
    QVERIFY(sink->path().isEmpty());
    QVERIFY(waited(sink->commit()).has_value());
    QCOMPARE(files(), QStringList { u"Zażółć.txt"_s });
    QCOMPARE(contents(sink->path()), "helloworld"_ba);
}

void TstDiskFiles::findsAFreeName()
{
    for (const QByteArray &text : { "one"_ba, "two"_ba, "six"_ba }) {
        const auto sink = open(u"a.txt"_s, 3);
        QVERIFY(sink && waited(sink->write(text)) && waited(sink->commit()));
        QCOMPARE(contents(sink->path()), text);
    }
    QCOMPARE(files(), QStringList({ u"a (1).txt"_s, u"a (2).txt"_s, u"a.txt"_s }));
}

void TstDiskFiles::twoAtOnce()
{
    const auto first = open(u"a.txt"_s, 1);
    const auto second = open(u"a.txt"_s, 1);
    QVERIFY(first && second);
    // Somebody else makes the first one's name meanwhile: it is not overwritten.
    QFile other(m_folder->filePath(u"Odebrane 🦄/a.txt"_s));
    QVERIFY(other.open(QIODevice::WriteOnly) && other.write("x") == 1);
    other.close();
    QVERIFY(waited(first->write("1"_ba)) && waited(second->write("2"_ba)));
    QVERIFY(waited(second->commit()).has_value());
    QVERIFY(waited(first->commit()).has_value());
    QCOMPARE(contents(other.fileName()), "x"_ba);
    QCOMPARE(contents(first->path()), "1"_ba);
    QCOMPARE(contents(second->path()), "2"_ba);
    QCOMPARE(files().size(), 3);
}

void TstDiskFiles::replacesWhatWasChosen()
{
    const auto before = open(u"a.txt"_s, 3);
    QVERIFY(before && waited(before->write("old"_ba)) && waited(before->commit()));
    const auto sink = open(u"a.txt"_s, 3, true);
    QVERIFY(sink && waited(sink->write("new"_ba)));
    QCOMPARE(contents(before->path()), "old"_ba); // until the new one is whole
    QVERIFY(waited(sink->commit()).has_value());
    QCOMPARE(sink->path(), before->path());
    QCOMPARE(contents(sink->path()), "new"_ba);
    QCOMPARE(files(), QStringList { u"a.txt"_s });
}

void TstDiskFiles::cannotReplace()
{
    const auto sink = open(u"a"_s, 3, true);
    QVERIFY(sink && waited(sink->write("new"_ba)));
    const QString inside = m_folder->filePath(u"Odebrane 🦄/a/inside"_s);
    QVERIFY(QDir().mkpath(inside)); // came up meanwhile
    const auto done = waited(sink->commit());
    QVERIFY(!done);
    QCOMPARE(done.error().code, u"write-failed"_s);
    QVERIFY(QFileInfo::exists(inside));
    QCOMPARE(files(), QStringList());
}

void TstDiskFiles::leavesNothing()
{
    auto sink = open(u"a.txt"_s, 3);
    QVERIFY(sink && waited(sink->write("ab"_ba)));
    QCOMPARE(files().size(), 1);
    sink.reset();
    QTRY_COMPARE(files(), QStringList());
}

void TstDiskFiles::sizeIsBounded()
{
    const auto sink = open(u"a.txt"_s, 3);
    QVERIFY(sink && waited(sink->write("ab"_ba)));
    const auto early = waited(sink->commit());
    QVERIFY(!early);
    QCOMPARE(early.error().code, u"size-mismatch"_s);
    const auto more = waited(sink->write("cd"_ba));
    QVERIFY(!more);
    QCOMPARE(more.error().code, u"size-mismatch"_s);
}

void TstDiskFiles::diskFull()
{
    const auto sink = waited(PartFile::open(
        { .folder = m_folder->path(), .name = u"huge.bin"_s, .size = qint64 { 1 } << 60 }, m_pool));
    QVERIFY(!sink);
    QCOMPARE(sink.error().code, u"disk-full"_s);
    QVERIFY(!sink.error().remedy.isEmpty());
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files), QStringList());
}

void TstDiskFiles::folderThatCannotBe()
{
    QFile file(m_folder->filePath(u"file"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    const auto sink = waited(
        PartFile::open({ .folder = file.fileName() + u"/below"_s, .name = u"a"_s }, m_pool));
    QVERIFY(!sink);
    QCOMPARE(sink.error().code, u"write-failed"_s);
}

void TstDiskFiles::followsNoLink()
{
    const QString victim = m_folder->filePath(u"victim"_s);
    QVERIFY(QDir().mkpath(m_folder->filePath(u"Odebrane 🦄"_s)));
    QVERIFY(QFile::link(victim, m_folder->filePath(u"Odebrane 🦄/a.txt.part"_s)));
    const auto sink = open(u"a.txt"_s, 1);
    QVERIFY(sink && waited(sink->write("x"_ba)) && waited(sink->commit()));
    QVERIFY(!QFile::exists(victim));
    QCOMPARE(QFileInfo(sink->path()).fileName(), u"a (1).txt"_s);
}

void TstDiskFiles::reads()
{
    QFile file(m_folder->filePath(u"こんにちは.bin"_s));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("0123456789") == 10);
    file.close();
    const auto source = waited(DiskSource::open(file.fileName(), m_pool));
    QVERIFY(source.has_value());
    QCOMPARE((*source)->size(), 10);
    QCOMPARE(waited((*source)->read(4)).value_or("?"_ba), "0123"_ba);
    QCOMPARE(waited((*source)->read(100)).value_or("?"_ba), "456789"_ba);
    QCOMPARE(waited((*source)->read(100)).value_or("?"_ba), ""_ba);
}

void TstDiskFiles::notToRead_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("code");
    QTest::newRow("nothing there") << u"/nowhere/at/all"_s << u"file-not-found"_s;
    QTest::newRow("a folder") << u"/"_s << u"not-a-file"_s;
    QTest::newRow("a device") << u"/dev/zero"_s << u"not-a-file"_s;
}

void TstDiskFiles::notToRead()
{
    QFETCH(QString, path);
    QFETCH(QString, code);
    const auto source = waited(DiskSource::open(path, m_pool));
    QVERIFY(!source);
    QCOMPARE(source.error().code, code);
}

QTEST_GUILESS_MAIN(TstDiskFiles)
#include "tst_diskfiles.moc"
