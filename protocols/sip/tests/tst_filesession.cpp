// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/ocspool.h"
#include "protocols/sip/tests/fileclient.h"

#include <QTemporaryDir>
#include <QTest>

using namespace linchpin;
using namespace linchpin::sip;
using namespace linchpin::sip::test;
using namespace Qt::StringLiterals;
using sim::OcsPool;

namespace {

constexpr int limit = 60000;
const auto alice = u"alice@litwareinc.test"_s;
const auto bob = u"bob@litwareinc.test"_s;

} // namespace

/// Two sessions send each other files through the simulated pool: real sockets, real disk.
class TstFileSession : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void bothWays_data();
    void bothWays();
    void severalAtOnce();
    void refused();
    void cancelledOnTheWay_data();
    void cancelledOnTheWay();
    void oneSideSignsOut();
    void toNobody();

private:
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<OcsPool> m_pool;
    std::unique_ptr<FileClient> m_alice;
    std::unique_ptr<FileClient> m_bob;
};

void TstFileSession::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    OcsPool::Options options;
    options.directory = m_directory->path();
    m_pool = std::make_unique<OcsPool>(options, nullptr);
    m_pool->addUser(alice, u"LITWARE\\alice"_s, u"Zażółć🦄"_s, u"Alice Ames"_s);
    m_pool->addUser(bob, u"LITWARE\\bob"_s, u"bob-pw"_s, u"Bob Beck"_s);
    QVERIFY(m_pool->start().has_value());
    m_alice = std::make_unique<FileClient>(alice, u"LITWARE\\alice"_s, u"Zażółć🦄"_s,
        m_pool->tlsPort(), m_pool->authorityFile(), m_directory->filePath(u"alice"_s));
    m_bob = std::make_unique<FileClient>(bob, u"LITWARE\\bob"_s, u"bob-pw"_s, m_pool->tlsPort(),
        m_pool->authorityFile(), m_directory->filePath(u"bob"_s));
    QVERIFY(m_alice->signIn());
    QVERIFY(m_bob->signIn());
}

void TstFileSession::cleanup()
{
    if (m_pool && !QTest::currentTestFailed()) {
        QCOMPARE(m_pool->complaints(), QStringList());
    }
    m_alice.reset();
    m_bob.reset();
    m_pool.reset();
}

void TstFileSession::bothWays_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<qsizetype>("size");
    QTest::newRow("empty") << u"empty.txt"_s << qsizetype(0);
    QTest::newRow("Polish") << u"Zażółć gęślą jaźń.txt"_s << qsizetype(1);
    QTest::newRow("Japanese") << u"こんにちは世界.odt"_s << qsizetype(2046);
    QTest::newRow("emoji") << u"👩‍👩‍👧‍👦🦄𝄞 & <Q3>.png"_s
                           << qsizetype(70'000);
    QTest::newRow("5 MB") << u"video.mkv"_s << qsizetype(5) * 1024 * 1024 + 3;
}

void TstFileSession::bothWays()
{
    QFETCH(QString, name);
    QFETCH(qsizetype, size);
    const QByteArray bytes = pattern(size);
    FileClient *sender = m_alice.get();
    FileClient *receiver = m_bob.get();
    for (const QString &to : { bob, alice }) { // the second in the dialog of the first
        const auto sent = sender->send(u"out"_s, to, name, bytes);
        QTRY_VERIFY_WITH_TIMEOUT(sent.isFinished(), limit);
        QVERIFY(sent.result().has_value());
        QTRY_COMPARE_WITH_TIMEOUT(receiver->offers.size(), 1, limit);
        const FileOffer offer = receiver->offers.constFirst();
        QCOMPARE(offer.name, name);
        QCOMPARE(offer.size, qint64(size));
        receiver->accept(offer);
        QTRY_VERIFY_WITH_TIMEOUT(receiver->stateOf(offer.id) == FileTransferState::Done
                || receiver->stateOf(offer.id) == FileTransferState::Failed,
            limit);
        QCOMPARE(receiver->codeOf(offer.id), QString());
        QTRY_COMPARE_WITH_TIMEOUT(sender->stateOf(u"out"_s), FileTransferState::Done, limit);
        QVERIFY(!receiver->saved(offer.id).isEmpty());
        QVERIFY(contentsOf(receiver->saved(offer.id)) == bytes);
        std::swap(sender, receiver);
    }
}

void TstFileSession::severalAtOnce()
{
    for (int i = 0; i < 4; ++i) {
        m_alice->send(QString::number(i), bob, u"%1.bin"_s.arg(i), pattern(100'000 + i));
    }
    QTRY_COMPARE_WITH_TIMEOUT(m_bob->offers.size(), 4, limit);
    const auto offers = m_bob->offers;
    for (const FileOffer &offer : offers) {
        m_bob->accept(offer);
    }
    for (const FileOffer &offer : offers) {
        QTRY_COMPARE_WITH_TIMEOUT(m_bob->stateOf(offer.id), FileTransferState::Done, limit);
        QVERIFY(contentsOf(m_bob->saved(offer.id)) == pattern(offer.size));
    }
}

void TstFileSession::refused()
{
    m_alice->send(u"out"_s, bob, u"a.txt"_s, "hello"_ba);
    QTRY_COMPARE_WITH_TIMEOUT(m_bob->offers.size(), 1, limit);
    m_bob->session->files()->cancel(m_bob->offers.constFirst().id);
    QTRY_COMPARE_WITH_TIMEOUT(m_alice->stateOf(u"out"_s), FileTransferState::Refused, limit);
}

void TstFileSession::cancelledOnTheWay_data()
{
    QTest::addColumn<bool>("bySender");
    QTest::newRow("by the sender") << true;
    QTest::newRow("by the receiver") << false;
}

void TstFileSession::cancelledOnTheWay()
{
    QFETCH(bool, bySender);
    m_alice->send(u"out"_s, bob, u"large.bin"_s, pattern(qsizetype { 30 } * 1024 * 1024));
    QTRY_COMPARE_WITH_TIMEOUT(m_bob->offers.size(), 1, limit);
    const QString id = m_bob->offers.constFirst().id;
    m_bob->accept(m_bob->offers.constFirst());
    QTRY_VERIFY_WITH_TIMEOUT(m_bob->files.value(id).transferred > 0, limit);
    if (bySender) {
        m_alice->session->files()->cancel(u"out"_s);
    } else {
        m_bob->session->files()->cancel(id);
    }
    QCOMPARE(
        (bySender ? m_alice->stateOf(u"out"_s) : m_bob->stateOf(id)), FileTransferState::Cancelled);
    QTRY_VERIFY_WITH_TIMEOUT(
        (bySender ? m_bob->stateOf(id) : m_alice->stateOf(u"out"_s)) != FileTransferState::Running,
        limit);
    QVERIFY(
        (bySender ? m_bob->stateOf(id) : m_alice->stateOf(u"out"_s)) != FileTransferState::Done);
    QTRY_VERIFY(QDir(m_bob->folder).entryList(QDir::Files).isEmpty());
}

void TstFileSession::oneSideSignsOut()
{
    m_alice->send(u"out"_s, bob, u"large.bin"_s, pattern(qsizetype { 30 } * 1024 * 1024));
    QTRY_COMPARE_WITH_TIMEOUT(m_bob->offers.size(), 1, limit);
    const QString id = m_bob->offers.constFirst().id;
    m_bob->accept(m_bob->offers.constFirst());
    QTRY_VERIFY_WITH_TIMEOUT(m_bob->files.value(id).transferred > 0, limit);
    m_alice->session->close();
    QTRY_COMPARE_WITH_TIMEOUT(m_alice->stateOf(u"out"_s), FileTransferState::Failed, limit);
    QTRY_COMPARE_WITH_TIMEOUT(m_bob->stateOf(id), FileTransferState::Failed, limit);
    QTRY_VERIFY(QDir(m_bob->folder).entryList(QDir::Files).isEmpty());
}

void TstFileSession::toNobody()
{
    const auto sent = m_alice->send(u"out"_s, u"nobody@litwareinc.test"_s, u"a.txt"_s, "x"_ba);
    QTRY_VERIFY_WITH_TIMEOUT(sent.isFinished(), limit);
    QVERIFY(!sent.result());
    QVERIFY(!sent.result().error().title.isEmpty());
}

QTEST_GUILESS_MAIN(TstFileSession)
#include "tst_filesession.moc"
