// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/ocspool.h"
#include "protocols/sip/simulator/web/lyncweb.h"
#include "protocols/sip/simulator/web/nameproxy.h"
#include "tests/interop/jsonprocess.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QProcessEnvironment>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;
using namespace linchpin::interop;
using namespace linchpin::sip::sim;

namespace {

constexpr int limit = 40000;
const auto ben = u"ben@litwareinc.test"_s;

QProcessEnvironment environment()
{
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"LC_ALL"_s, u"C.UTF-8"_s);
    environment.remove(u"DBUS_SESSION_BUS_ADDRESS"_s); // no keyring of this computer
    return environment;
}

} // namespace

/// The program, an address and a password: Lync 2013 is found by autodiscover
/// and signed in to by TLS-DSK. The network is a proxy behind which nothing but
/// the pool exists.
class TestLyncSignIn : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void addressAndPassword();
    void searchesTheDirectory();
    void wrongPassword();

private:
    void addAccount(const QByteArray &password);
    void startSession();
    bool endSession();

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<OcsPool> m_pool;
    std::unique_ptr<JsonProcess> m_linchpin;
};

void TestLyncSignIn::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_pool = std::make_unique<OcsPool>(
        OcsPool::Options {
            .directory = m_directory->path(), .profile = Profile::Lync2013, .behindProxy = true },
        nullptr);
    m_pool->addUser(ben, {}, u"Zażółć 🔑"_s, u"Ben"_s);
    const auto started = m_pool->start();
    QVERIFY2(started, started ? "" : qPrintable(started.error()));
    m_pool->core().schemes = { "TLS-DSK" }; // nothing to fall back to
}

void TestLyncSignIn::cleanup()
{
    if (QTest::currentTestFailed() && m_linchpin) {
        qInfo().noquote() << m_linchpin->transcript();
        qInfo() << m_pool->complaints() << m_pool->web()->complaints() << m_pool->proxy()->asked();
    }
    m_linchpin.reset();
    m_pool.reset();
    m_directory.reset();
}

void TestLyncSignIn::addAccount(const QByteArray &password)
{
    QProcess add;
    add.setProcessEnvironment(environment());
    add.setProcessChannelMode(QProcess::MergedChannels);
    add.start(QStringLiteral(LINCHPIN_BINARY_DIR "/bin/linchpinctl"),
        { u"--profile"_s, m_directory->filePath(u"profile"_s), u"account"_s, u"add"_s, u"sip"_s,
            ben, u"--name"_s, u"work"_s, u"--set"_s, u"proxy-type=http"_s, u"--set"_s,
            u"proxy-host=127.0.0.1"_s, u"--set"_s, u"proxy-port=%1"_s.arg(m_pool->proxy()->port()),
            u"--set"_s, u"ca-file="_s + m_pool->authorityFile(), u"--password-stdin"_s });
    add.write(password + '\n');
    add.closeWriteChannel();
    QVERIFY(add.waitForFinished(limit));
    QVERIFY2(add.exitCode() == 0, add.readAll().constData());
}

void TestLyncSignIn::startSession()
{
    m_linchpin = std::make_unique<JsonProcess>();
    m_linchpin->start({ QStringLiteral(LINCHPIN_BINARY_DIR "/bin/linchpinctl"), u"--profile"_s,
                          m_directory->filePath(u"profile"_s), u"session"_s, u"work"_s },
        environment());
}

bool TestLyncSignIn::endSession()
{
    m_linchpin->command(u"{\"do\":\"quit\"}"_s);
    return m_linchpin->waitForEnd();
}

void TestLyncSignIn::addressAndPassword()
{
    addAccount("Zażółć 🔑");
    startSession();
    QTRY_VERIFY2_WITH_TIMEOUT(m_linchpin->saw(u"state"_s, { { u"state"_s, u"online"_s } }),
        m_linchpin->transcript().constData(), limit);
    QTRY_COMPARE_WITH_TIMEOUT(m_pool->availabilityOf(ben), int(Availability::Available), limit);
    QCOMPARE(m_pool->web()->certificatesIssued(), 1);
    QVERIFY(m_pool->web()->count("/root/user"_ba) >= 2);
    QVERIFY(endSession());
    QTRY_COMPARE_WITH_TIMEOUT(m_pool->endpointCount(ben), 0, limit);
    const qsizetype first = m_pool->web()->requests().size();
    m_pool->web()->clearRequests();

    // The second time the certificate is there, and so is the server: no web
    // service is asked.
    startSession();
    QTRY_VERIFY2_WITH_TIMEOUT(m_linchpin->saw(u"state"_s, { { u"state"_s, u"online"_s } }),
        m_linchpin->transcript().constData(), limit);
    QCOMPARE(m_pool->web()->certificatesIssued(), 1);
    QVERIFY2(m_pool->web()->requests().size() * 2 <= first,
        qPrintable(u"%1 after %2"_s.arg(m_pool->web()->requests().size()).arg(first)));
    QCOMPARE(m_pool->web()->count("/WebTicket_Proof_SHA1"_ba), 0);
    QVERIFY(endSession());

    // Neither key nor password are written down in the clear, nor did anything go
    // past the proxy.
    QCOMPARE(m_pool->complaints(), QStringList());
    QCOMPARE(m_pool->web()->complaints(), QStringList());
    for (const QString &place : m_pool->proxy()->asked()) {
        QVERIFY2(place.contains(u".litwareinc.test:") || place == u"litwareinc.test:443"_s,
            qPrintable(place)); // the latter is where Exchange is looked for
    }
}

void TestLyncSignIn::searchesTheDirectory()
{
    m_pool->addPerson(u"zofia@litwareinc.test"_s,
        { .displayName = u"Zofia Gęślarz"_s, .title = u"Inżynierka"_s, .company = u"Litware"_s });
    m_pool->addGroup(
        u"zespol@litwareinc.test"_s, u"Zofia's team"_s, { u"zofia@litwareinc.test"_s });
    addAccount("Zażółć 🔑");
    startSession();
    QTRY_VERIFY2_WITH_TIMEOUT(m_linchpin->saw(u"state"_s, { { u"state"_s, u"online"_s } }),
        m_linchpin->transcript().constData(), limit);
    m_linchpin->command(
        u"{\"do\":\"search\",\"account\":\"work\",\"text\":\"zofia\",\"ref\":\"s\"}"_s);
    QTRY_VERIFY2_WITH_TIMEOUT(m_linchpin->saw(u"result"_s, { { u"ref"_s, u"s"_s } }),
        m_linchpin->transcript().constData(), limit);
    const QJsonArray people
        = m_linchpin->find(u"result"_s, { { u"ref"_s, u"s"_s } }).value("people"_L1).toArray();
    QCOMPARE(people.size(), 2);
    QCOMPARE(people.at(0)["address"_L1].toString(), u"zofia@litwareinc.test"_s);
    QCOMPARE(people.at(0)["name"_L1].toString(), u"Zofia Gęślarz"_s);
    QCOMPARE(people.at(0)["title"_L1].toString(), u"Inżynierka"_s);
    QCOMPARE(people.at(0)["company"_L1].toString(), u"Litware"_s);
    QCOMPARE(people.at(1)["kind"_L1].toString(), u"group"_s);
    QVERIFY(endSession());
    QCOMPARE(m_pool->web()->complaints(), QStringList());
}

void TestLyncSignIn::wrongPassword()
{
    addAccount("wrong");
    startSession();
    QTRY_VERIFY2_WITH_TIMEOUT(m_linchpin->transcript().contains("wrong-password"),
        m_linchpin->transcript().constData(), limit);
    // One NTLM handshake: whoever tries a wrong password in several places locks
    // the account.
    QVERIFY(m_pool->web()->count("/WebTicketService.svc/Auth"_ba) <= 3);
    QCOMPARE(m_pool->count("REGISTER"_ba), 0);
}

QTEST_GUILESS_MAIN(TestLyncSignIn)
#include "tst_lyncsignin.moc"
