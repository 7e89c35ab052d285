// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/ocspool.h"
#include "protocols/sip/tests/fileclient.h"
#include "tests/interop/purpleclient.h"

#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::interop;
using namespace linchpin::sip::sim;
using linchpin::sip::test::contentsOf;
using linchpin::sip::test::FileClient;
using linchpin::sip::test::pattern;

namespace {

constexpr int limit = 15000;
constexpr qsizetype kLogShown = 12'000; ///< of libpurple's own log, where a test fails
const auto domain = u"litwareinc.test"_s;
const auto ben = u"ben@litwareinc.test"_s; ///< uses Linchpin
const auto cho = u"cho@litwareinc.test"_s; ///< uses pidgin-sipe

} // namespace

/// Linchpin and pidgin-sipe 1.25.0 send each other files through one pool.
class TstFilesAndPidgin : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void toPidgin_data() { files(); }
    void toPidgin();
    void fromPidgin_data() { files(); }
    void fromPidgin();
    void pidginDeclines();
    void linchpinDeclines();

private:
    static void files();
    bool startPidgin();
    QString write(const QString &name, const QByteArray &bytes) const;

    std::optional<SimCertificates> m_certificates;
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<OcsPool> m_pool;
    std::unique_ptr<FileClient> m_linchpin;
    std::unique_ptr<PurpleClient> m_pidgin;
};

void TstFilesAndPidgin::initTestCase()
{
    if (const auto prepared = PurpleClient::prepare(); !prepared) {
        if (prepared.error().skipped) {
            QSKIP(qPrintable(
                u"SKIP-ALL: no Debian 12 for pidgin-sipe: %1"_s.arg(prepared.error().why)));
        }
        QFAIL(qPrintable(prepared.error().why));
    }
    m_certificates = makeCertificates(OcsPool::certificateNames(domain));
    QVERIFY(m_certificates.has_value());
}

void TstFilesAndPidgin::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_pool = std::make_unique<OcsPool>(
        OcsPool::Options {
            .domain = domain, .directory = m_directory->path(), .certificates = m_certificates },
        nullptr);
    m_pool->addUser(ben, u"LITWARE\\ben"_s, u"Zażółć 🔑"_s, u"Ben Gęślarz"_s);
    m_pool->addUser(cho, {}, u"Pa55-cho"_s, u"Cho & Söhne"_s);
    m_pool->setContacts(ben, { { .address = cho, .alias = {}, .groups = { u"Łódź"_s } } });
    m_pool->setContacts(cho, { { .address = ben, .alias = {}, .groups = { u"Łódź"_s } } });
    QVERIFY(m_pool->start().has_value());
    QVERIFY(QDir(m_directory->path()).mkpath(u"cho"_s));
    m_linchpin = std::make_unique<FileClient>(ben, u"LITWARE\\ben"_s, u"Zażółć 🔑"_s,
        m_pool->tlsPort(), m_pool->authorityFile(), m_directory->filePath(u"ben"_s));
    QVERIFY(m_linchpin->signIn());
}

bool TstFilesAndPidgin::startPidgin()
{
    m_pidgin = std::make_unique<PurpleClient>(PurpleClient::Account { .address = cho,
        .login = {},
        .password = u"Pa55-cho"_s,
        .port = m_pool->tlsPort(),
        .authorityFile = m_pool->authorityFile(),
        .directory = m_directory->filePath(u"pidgin"_s) });
    return QTest::qWaitFor([this] { return m_pidgin->saw(u"signed-on"_s); }, limit);
}

void TstFilesAndPidgin::cleanup()
{
    if (QTest::currentTestFailed() && m_pidgin) {
        qInfo().noquote() << "pidgin-sipe:\n" << m_pidgin->transcript();
        qInfo().noquote() << contentsOf(m_directory->filePath(u"pidgin.log"_s)).right(kLogShown);
        qInfo() << m_pool->complaints();
    }
    m_linchpin.reset();
    m_pidgin.reset();
    m_pool.reset();
    m_directory.reset();
}

QString TstFilesAndPidgin::write(const QString &name, const QByteArray &bytes) const
{
    QFile file(m_directory->filePath(u"cho/"_s + name));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) {
        qFatal("cannot write");
    }
    return file.fileName();
}

void TstFilesAndPidgin::files()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<qsizetype>("size");
    QTest::newRow("small") << u"a.txt"_s << qsizetype(5);
    QTest::newRow("Polish") << u"Zażółć gęślą jaźń.txt"_s << qsizetype(300'000);
    QTest::newRow("Japanese, one chunk") << u"こんにちは世界.odt"_s << qsizetype(2045);
    QTest::newRow("Arabic, one byte more") << u"مرحبا بالعالم.pdf"_s << qsizetype(2046);
    QTest::newRow("emoji") << u"👩‍👩‍👧‍👦🦄𝄞.png"_s << qsizetype(70'000);
    QTest::newRow("5 MB") << u"video.mkv"_s << qsizetype(5) * 1024 * 1024 + 3;
}

/// pidgin-sipe gives the keys, we listen, it connects.
void TstFilesAndPidgin::toPidgin()
{
    QFETCH(QString, name);
    QFETCH(qsizetype, size);
    QVERIFY2(startPidgin(), m_pidgin->transcript().constData());
    const QString folder = m_directory->filePath(u"cho"_s);
    m_pidgin->command(u"take-files "_s + folder);
    const QByteArray bytes = pattern(size);
    const auto sent = m_linchpin->send(u"out"_s, cho, name, bytes);
    QTRY_VERIFY_WITH_TIMEOUT(sent.isFinished(), limit);
    QVERIFY(sent.result().has_value());
    QTRY_VERIFY2_WITH_TIMEOUT(
        m_pidgin->saw(u"file"_s,
            { { u"what"_s, u"offered"_s }, { u"direction"_s, u"in"_s }, { u"name"_s, name } }),
        m_pidgin->transcript().constData(), limit);
    QTRY_VERIFY2_WITH_TIMEOUT(m_linchpin->stateOf(u"out"_s) >= FileTransferState::Done,
        qPrintable(m_linchpin->codeOf(u"out"_s)), limit);
    QCOMPARE(m_linchpin->stateOf(u"out"_s), FileTransferState::Done);
    QTRY_VERIFY2_WITH_TIMEOUT(
        m_pidgin->saw(u"file"_s, { { u"what"_s, u"done"_s }, { u"direction"_s, u"in"_s } }),
        m_pidgin->transcript().constData(), limit);
    QTRY_VERIFY(contentsOf(QDir(folder).filePath(name)) == bytes);
    QVERIFY(!m_pidgin->saw(u"file"_s, { { u"what"_s, u"cancelled"_s } }));
}

/// We give the keys, it listens, we connect.
void TstFilesAndPidgin::fromPidgin()
{
    QFETCH(QString, name);
    QFETCH(qsizetype, size);
    QVERIFY2(startPidgin(), m_pidgin->transcript().constData());
    const QByteArray bytes = pattern(size);
    m_pidgin->command(u"send-file sip:%1 %2"_s.arg(ben, write(name, bytes)));
    QTRY_VERIFY2_WITH_TIMEOUT(
        m_linchpin->offers.size() == 1, m_pidgin->transcript().constData(), limit);
    const FileOffer offer = m_linchpin->offers.constFirst();
    QCOMPARE(offer.name, name);
    QCOMPARE(offer.size, qint64(size));
    QCOMPARE(offer.with, cho);
    m_linchpin->accept(offer);
    QTRY_VERIFY2_WITH_TIMEOUT(m_linchpin->stateOf(offer.id) >= FileTransferState::Done,
        qPrintable(m_linchpin->codeOf(offer.id)), limit);
    QVERIFY2(m_linchpin->stateOf(offer.id) == FileTransferState::Done,
        qPrintable(m_linchpin->codeOf(offer.id)));
    QVERIFY(contentsOf(m_linchpin->saved(offer.id)) == bytes);
    QCOMPARE(QFileInfo(m_linchpin->saved(offer.id)).fileName(), name);
    QTRY_VERIFY2_WITH_TIMEOUT(
        m_pidgin->saw(u"file"_s, { { u"what"_s, u"done"_s }, { u"direction"_s, u"out"_s } }),
        m_pidgin->transcript().constData(), limit);
}

void TstFilesAndPidgin::pidginDeclines()
{
    QVERIFY2(startPidgin(), m_pidgin->transcript().constData());
    const auto sent = m_linchpin->send(u"out"_s, cho, u"a.txt"_s, pattern(5));
    QTRY_VERIFY_WITH_TIMEOUT(sent.isFinished(), limit);
    QVERIFY(sent.result().has_value());
    // Nobody is there to take it: pidgin-sipe says no.
    QTRY_COMPARE_WITH_TIMEOUT(m_linchpin->stateOf(u"out"_s), FileTransferState::Refused, limit);
}

void TstFilesAndPidgin::linchpinDeclines()
{
    QVERIFY2(startPidgin(), m_pidgin->transcript().constData());
    m_pidgin->command(u"send-file sip:%1 %2"_s.arg(ben, write(u"a.txt"_s, pattern(5))));
    QTRY_VERIFY2_WITH_TIMEOUT(
        m_linchpin->offers.size() == 1, m_pidgin->transcript().constData(), limit);
    m_linchpin->session->files()->cancel(m_linchpin->offers.constFirst().id);
    QTRY_VERIFY2_WITH_TIMEOUT(m_pidgin->saw(u"file"_s, { { u"what"_s, u"cancelled"_s } }),
        m_pidgin->transcript().constData(), limit);
}

QTEST_GUILESS_MAIN(TstFilesAndPidgin)
#include "tst_filesandpidgin.moc"
