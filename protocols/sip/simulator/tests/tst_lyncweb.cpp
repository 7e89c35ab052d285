// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/realservices.h"
#include "protocols/sip/simulator/ocspool.h"
#include "protocols/sip/simulator/web/lyncweb.h"
#include "protocols/sip/simulator/web/nameproxy.h"
#include "protocols/sip/webservices/certificateprovisioner.h"

#include <QSslCertificate>
#include <QTemporaryDir>
#include <QTest>

using namespace linchpin;
using namespace linchpin::sip;
using namespace linchpin::sip::sim;
using namespace Qt::StringLiterals;

namespace {

const QString ben = u"ben@litwareinc.test"_s;

template <class T> Result<T> waitFor(const Async<T> &future)
{
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, 30000)) {
        return std::unexpected(Error {});
    }
    return future.result();
}

/// The real services of an account against the pool's web services: TLS, proxy, NTLM by Qt.
struct WebAccount {
    SettingValues settings;
    QMap<QString, QString> secrets;
    QByteArray wire;
    std::unique_ptr<RealServices> services;
    std::unique_ptr<WebServices> web;
    std::unique_ptr<CertificateProvisioner> certificates;

    WebAccount(const OcsPool &pool, const QString &login, const QString &password)
    {
        secrets.insert(u"password"_s, password);
        settings.set(u"address"_s, ben);
        settings.set(u"login"_s, login);
        settings.set(u"ca-file"_s, pool.authorityFile());
        settings.set(u"proxy-type"_s, u"none"_s);
    }

    void open()
    {
        ServiceBinding binding;
        binding.settings = settings;
        binding.secret = [this](const QString &key) {
            Error none;
            none.code = u"no-secret"_s;
            return secrets.contains(key) ? ready<QString>(secrets.value(key))
                                         : readyError<QString>(none);
        };
        binding.storeSecret = [this](const QString &key, const QString &value) {
            secrets.insert(key, value);
            return readyOk();
        };
        binding.state = [](const QString &) { return QByteArray(); };
        binding.setState = [](const QString &, const QByteArray &) { };
        binding.log = [this](bool, const QByteArray &bytes) { wire += bytes + '\n'; };
        services = std::make_unique<RealServices>(binding);
        web = std::make_unique<WebServices>(*services,
            WebIdentity { .address = ben,
                .user = { settings.text(u"login"_s), secrets.value(u"password"_s) },
                .userAgent = "UCCAPI/15.0"_ba });
        certificates = std::make_unique<CertificateProvisioner>(
            *web, "2f7e7723-96e4-544e-8b98-cf482b8cefb8"_ba);
    }
};

} // namespace

/// The web services of the simulator, over real connections.
class TestLyncWeb : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void requests();
    void certificate_data();
    void certificate();
    void federated();
    void wrongPassword();
    void faults_data();
    void faults();
    void expiredTicket();
    void throughProxy();
    void untrusted();

private:
    void start(bool behindProxy = false);
    QUrl service() const { return QUrl(QString::fromLatin1(m_pool->web()->certificateService())); }

    std::optional<SimCertificates> m_certificates;
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<OcsPool> m_pool;
};

void TestLyncWeb::initTestCase()
{
    m_certificates = makeCertificates(OcsPool::certificateNames(u"litwareinc.test"_s));
    QVERIFY(m_certificates);
}

void TestLyncWeb::start(bool behindProxy)
{
    m_pool = std::make_unique<OcsPool>(OcsPool::Options { .directory = m_directory->path(),
                                           .profile = Profile::Lync2013,
                                           .certificates = m_certificates,
                                           .behindProxy = behindProxy },
        nullptr);
    m_pool->addUser(ben, u"LITWARE\\ben"_s, u"Zażółć🦄&<"_s, u"Ben"_s);
    const auto started = m_pool->start();
    QVERIFY2(started, started ? "" : qPrintable(started.error()));
}

void TestLyncWeb::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    start();
}

void TestLyncWeb::cleanup()
{
    m_pool.reset();
}

void TestLyncWeb::requests()
{
    QByteArray bytes = "GET /a?b=c HTTP/1.1\r\nHost: X.Test:1\r\n\r\nPOST /d HTTP/1.1\r\n"
                       "content-length: 3\r\n\r\nxy"_ba;
    auto first = takeRequest(bytes);
    QVERIFY(first && *first);
    QCOMPARE((*first)->path, "/a"_ba);
    QCOMPARE((*first)->query, "b=c"_ba);
    QCOMPARE((*first)->host, "x.test"_ba);
    auto second = takeRequest(bytes);
    QVERIFY(second && !*second);
    bytes += 'z';
    second = takeRequest(bytes);
    QVERIFY(second && *second);
    QCOMPARE((*second)->body, "xyz"_ba);
    QVERIFY(bytes.isEmpty());
    for (QByteArray bad : { "SIP/2.0 200 OK\r\n\r\n"_ba, QByteArray(40'000, 'x'),
             "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"_ba,
             "GET / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n"_ba,
             "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"_ba }) {
        QVERIFY(!takeRequest(bad));
    }
}

void TestLyncWeb::certificate_data()
{
    QTest::addColumn<QString>("login");
    QTest::newRow("DOMAIN\\user") << u"LITWARE\\ben"_s;
    QTest::newRow("user") << u"ben"_s;
    QTest::newRow("address") << QString();
}

void TestLyncWeb::certificate()
{
    QFETCH(QString, login);
    WebAccount account(*m_pool, login, u"Zażółć🦄&<"_s);
    account.open();
    const auto got = waitFor(account.certificates->certificate(service(), false));
    QVERIFY2(got, got ? "" : qPrintable(got.error().code + got.error().detail));
    QVERIFY2(
        m_pool->web()->complaints().isEmpty(), qPrintable(m_pool->web()->complaints().join(u'\n')));
    const QSslCertificate read(got->certificate, QSsl::Der);
    QCOMPARE(read.subjectInfo(QSslCertificate::CommonName), QStringList { ben });
    QCOMPARE(m_pool->web()->certificatesIssued(), 1);
    QVERIFY(!account.wire.contains("Zażółć🦄"));
    QVERIFY(!account.wire.contains(got->privateKey.toBase64()));
    for (const WebRequest &request : m_pool->web()->requests()) {
        QCOMPARE(request.header("User-Agent"), "UCCAPI/15.0"_ba);
    }
}

void TestLyncWeb::federated()
{
    m_pool->web()->tickets = LyncWeb::Tickets::Federated;
    WebAccount account(*m_pool, u"LITWARE\\ben"_s, u"Zażółć🦄&<"_s);
    account.open();
    const auto got = waitFor(account.certificates->certificate(service(), false));
    QVERIFY2(got, got ? "" : qPrintable(got.error().code + got.error().detail));
    QCOMPARE(m_pool->web()->count("usernamemixed"_ba), 1);
    QVERIFY(m_pool->web()->complaints().isEmpty());

    WebAccount other(*m_pool, u"LITWARE\\ben"_s, u"wrong"_s);
    other.open();
    const auto refused = waitFor(other.certificates->certificate(service(), false));
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, u"wrong-password"_s);
    QVERIFY(refused.error().detail.contains(u"ID3242"));
}

void TestLyncWeb::wrongPassword()
{
    WebAccount account(*m_pool, u"LITWARE\\ben"_s, u"wrong"_s);
    account.open();
    const auto got = waitFor(account.certificates->certificate(service(), false));
    QVERIFY(!got);
    QCOMPARE(got.error().code, u"wrong-password"_s);
    // One handshake, not several: accounts get locked.
    QVERIFY(m_pool->web()->count("/WebTicketService.svc/Auth"_ba) <= 3);
}

void TestLyncWeb::faults_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<bool>("modern");
    QTest::addColumn<QString>("code");
    QTest::newRow("ticket, 1.1") << "/Auth"_ba << false << u"web-ticket-failed"_s;
    QTest::newRow("ticket, 1.2") << "/Auth"_ba << true << u"web-ticket-failed"_s;
    QTest::newRow("certificate, 1.1")
        << "/WebTicket_Proof_SHA1"_ba << false << u"certificate-provisioning-failed"_s;
    QTest::newRow("certificate, 1.2")
        << "/WebTicket_Proof_SHA1"_ba << true << u"certificate-provisioning-failed"_s;
}

void TestLyncWeb::faults()
{
    QFETCH(QByteArray, path);
    QFETCH(bool, modern);
    QFETCH(QString, code);
    m_pool->web()->answer(path,
        modern ? LyncWeb::fault12("Zażółć gęślą jaźń"_ba)
               : LyncWeb::fault11("Zażółć gęślą jaźń"_ba, 28020));
    WebAccount account(*m_pool, u"LITWARE\\ben"_s, u"Zażółć🦄&<"_s);
    account.open();
    const auto got = waitFor(account.certificates->certificate(service(), false));
    QVERIFY(!got);
    QCOMPARE(got.error().code, code);
    QVERIFY(got.error().detail.contains(u"Zażółć gęślą jaźń"));
    QCOMPARE(got.error().detail.contains(u"28020"), !modern);
    QVERIFY(!got.error().title.isEmpty() && !got.error().remedy.isEmpty());
}

void TestLyncWeb::expiredTicket()
{
    m_pool->web()->ticketLifetime = std::chrono::seconds(-1);
    WebAccount account(*m_pool, u"LITWARE\\ben"_s, u"Zażółć🦄&<"_s);
    account.open();
    const auto got = waitFor(account.certificates->certificate(service(), false));
    QVERIFY(!got);
    QCOMPARE(got.error().code, u"certificate-provisioning-failed"_s);
    QVERIFY(got.error().detail.contains(u"No valid security token."));
}

void TestLyncWeb::throughProxy()
{
    start(true);
    WebAccount account(*m_pool, u"LITWARE\\ben"_s, u"Zażółć🦄&<"_s);
    account.settings.set(u"proxy-type"_s, u"http"_s);
    account.settings.set(u"proxy-host"_s, u"127.0.0.1"_s);
    account.settings.set(u"proxy-port"_s, m_pool->proxy()->port());
    account.open();
    const auto got = waitFor(account.certificates->certificate(service(), false));
    QVERIFY2(got, got ? "" : qPrintable(got.error().code + got.error().detail));
    QVERIFY(m_pool->proxy()->asked().contains(u"lyncweb.litwareinc.test:443"_s));
    for (const QString &place : m_pool->proxy()->asked()) {
        QCOMPARE(place, u"lyncweb.litwareinc.test:443"_s);
    }
}

void TestLyncWeb::untrusted()
{
    WebAccount account(*m_pool, u"LITWARE\\ben"_s, u"Zażółć🦄&<"_s);
    account.settings.set(u"ca-file"_s, QString());
    account.open();
    const auto got = waitFor(account.certificates->certificate(service(), false));
    QVERIFY(!got);
    QCOMPARE(got.error().code, u"certificate-untrusted"_s);
    QVERIFY(m_pool->web()->requests().isEmpty());
}

QTEST_GUILESS_MAIN(TestLyncWeb)
#include "tst_lyncweb.moc"
