// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/webservices/certificateprovisioner.h"
#include "tests/support/fakeservices.h"
#include "tests/support/othersleaks.h"

#include <QLocale>
#include <QSslCertificate>
#include <QTest>
#include <QtCrypto>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;

namespace {

const QUrl sts(u"https://web.test/CertProv.svc"_s);
const QString ben = u"ben@litwareinc.com"_s;

/// The services in memory: they issue certificates with an authority made here.
struct World {
    QCA::Initializer crypto;
    // QCA's authority dates its certificates by the real clock.
    test::ManualClock clock { QDateTime::currentDateTimeUtc() };
    test::FakeServices services { clock };
    QCA::PrivateKey authorityKey = QCA::KeyGenerator().createRSA(1024);
    int issued = 0;
    int lifetime = 180; ///< days
    bool broken = false;
    int ticketRefusals = 0; ///< demands still to be answered with 401
    qint64 ahead = 0; ///< seconds of the server's clock before ours
    QString subject;

    QDateTime theirs() const { return clock.now().addSecs(ahead); }
    int count(const QString &path) const
    {
        return int(std::ranges::count_if(services.requests,
            [&path](const HttpRequest &request) { return request.url.path() == path; }));
    }

    World()
    {
        services.onHttp = [this](const HttpRequest &request) {
            HttpReply reply;
            reply.status = 200;
            reply.headers.append({ "date"_ba,
                QLocale::c().toString(theirs(), u"ddd, dd MMM yyyy HH:mm:ss 'GMT'"_s).toLatin1() });
            if (request.url.path() == u"/CertProv.svc/Proof" && ticketRefusals > 0) {
                --ticketRefusals;
                reply.status = 401;
                return ready<HttpReply>(reply);
            }
            reply.body = answer(request);
            if (reply.body.isEmpty()) {
                reply.status = 500;
            }
            return ready<HttpReply>(reply);
        };
    }

    QByteArray answer(const HttpRequest &request)
    {
        const QString path = request.url.path();
        if (broken) {
            return {};
        }
        if (path == u"/CertProv.svc/mex"_s) {
            return "<definitions><Policy "
                   "Id=\"CertProvisioningServiceWebTicketProof_SHA1_policy\"><"
                   "EndorsingSupportingTokens><IssuedToken><Issuer><Address>https://web.test/"
                   "Ticket.svc</Address></Issuer></IssuedToken></EndorsingSupportingTokens></"
                   "Policy><service><port name=\"CertProvisioningServiceWebTicketProof_SHA1\"><"
                   "address location=\"https://web.test/CertProv.svc/Proof\"/></port></service>"
                   "</definitions>"_ba;
        }
        if (path == u"/Ticket.svc/mex"_s) {
            return "<definitions><service><port name=\"WebTicketServiceWinNegotiate\"><address "
                   "location=\"https://web.test/Ticket.svc/Auth\"/></port></service>"
                   "</definitions>"_ba;
        }
        if (path == u"/Ticket.svc/Auth"_s) {
            return "<Envelope><Body><RequestSecurityTokenResponse><Lifetime><Created>"
                + theirs().toString(Qt::ISODate).toLatin1() + "</Created><Expires>"
                + theirs().addSecs(qint64 { 8 } * 3600).toString(Qt::ISODate).toLatin1()
                + "</Expires></Lifetime><RequestedSecurityToken><A AssertionID=\"i\"/>"
                  "</RequestedSecurityToken><Entropy><BinarySecret>AQID</BinarySecret></Entropy>"
                  "</RequestSecurityTokenResponse></Body></Envelope>";
        }
        if (path == u"/CertProv.svc/Proof"_s) {
            return issue(request.body);
        }
        return {};
    }

    QByteArray issue(const QByteArray &demand)
    {
        const qsizetype from = demand.indexOf("Base64Binary\">") + 14;
        const QByteArray der
            = QByteArray::fromBase64(demand.sliced(from, demand.indexOf("</wsse:Binary") - from));
        const auto request = QCA::CertificateRequest::fromDER(der);
        if (request.isNull()) {
            return {};
        }
        subject = request.subjectInfo().value(QCA::CommonName);
        QCA::CertificateOptions root;
        root.setInfo({ { QCA::CommonName, u"Test authority"_s } });
        root.setAsCA();
        root.setSerialNumber(QCA::BigInteger(1));
        root.setValidityPeriod(theirs().addDays(-1), theirs().addYears(1));
        const QCA::Certificate authority(root, authorityKey);
        QCA::CertificateOptions options;
        options.setInfo(request.subjectInfo());
        options.setSerialNumber(QCA::BigInteger(++issued + 1));
        options.setValidityPeriod(theirs().addSecs(-3600), theirs().addDays(lifetime));
        const linchpin::test::OthersLeaks qca; // signRequest() never frees the context it made
        const QCA::CertificateAuthority issuer(authority, authorityKey, QString());
        const QCA::Certificate made = issuer.signRequest(request, theirs().addDays(lifetime));
        return "<Envelope><Body><GetAndPublishCertResponse><RequestSecurityTokenResponse>"
               "<RequestedSecurityToken><BinarySecurityToken>"
            + made.toDER().toBase64()
            + "</BinarySecurityToken></RequestedSecurityToken></RequestSecurityTokenResponse>"
              "</GetAndPublishCertResponse></Body></Envelope>";
    }

    WebIdentity identity() const { return { .address = ben, .user = {}, .userAgent = {} }; }
};

template <class T> Result<T> waitFor(const Async<T> &future)
{
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, 30000)) {
        return std::unexpected(Error {});
    }
    return future.result();
}

} // namespace

/// Certificates: made, kept, used again, renewed.
class TestCertificateProvisioner : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void fetchesAndKeeps();
    void othersCertificate_data();
    void othersCertificate();
    void renews();
    void failsWithReason();
    void refusedTicketIsFetchedAnew_data();
    void refusedTicketIsFetchedAnew();
    void clockThatIsOff_data();
    void clockThatIsOff();
    void onlySecure();
};

void TestCertificateProvisioner::fetchesAndKeeps()
{
    World w;
    if (!QCA::isSupported("cert")) {
        QFAIL("QCA has no provider: is qca-qt6-plugin-ossl there?");
    }
    ClientCertificate first;
    {
        WebServices web(w.services, w.identity());
        CertificateProvisioner provisioner(web, "0"_ba);
        const auto got = waitFor(provisioner.certificate(sts, false));
        QVERIFY2(got, got ? "" : qPrintable(got.error().code + got.error().detail));
        first = *got;
        QCOMPARE(w.subject, ben);
        QCOMPARE(w.issued, 1);
        QCOMPARE(w.services.requests.size(), 4);
        QVERIFY(!QCA::PrivateKey::fromDER(first.privateKey).isNull());
        QCOMPARE(first.notAfter, QSslCertificate(first.certificate, QSsl::Der).expiryDate());
        // Asked again it is there already.
        QCOMPARE(waitFor(provisioner.certificate(sts, false))->certificate, first.certificate);
        QCOMPARE(w.services.requests.size(), 4);
    }
    // Another run finds it where secrets are, and nowhere else.
    const QString secret = w.services.secrets.value(u"tls-dsk-certificate"_s);
    QVERIFY(secret.contains(QString::fromLatin1(first.privateKey.toBase64())));
    QVERIFY(w.services.states.isEmpty());
    for (const auto &line : std::as_const(w.services.wire)) {
        QVERIFY(!line.bytes.contains(first.privateKey.toBase64()));
    }
    WebServices web(w.services, w.identity());
    CertificateProvisioner provisioner(web, "0"_ba);
    QCOMPARE(waitFor(provisioner.certificate(sts, false))->certificate, first.certificate);
    QCOMPARE(w.services.requests.size(), 4);
    // Refused by the server, it is replaced.
    const auto replaced = waitFor(provisioner.certificate(sts, true));
    QVERIFY(replaced);
    QVERIFY(replaced->certificate != first.certificate);
    QVERIFY(replaced->privateKey != first.privateKey);
    QCOMPARE(w.issued, 2);
    // The ticket is asked for once by each door keeper while it is fresh.
    QVERIFY(waitFor(provisioner.certificate(sts, true)));
    QCOMPARE(w.services.requests.size(), 4 + 4 + 1);
}

void TestCertificateProvisioner::othersCertificate_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<QUrl>("service");
    QTest::addColumn<bool>("rubbish");
    QTest::newRow("another address") << u"ann@litwareinc.com"_s << sts << false;
    QTest::newRow("another server") << ben << QUrl(u"https://evil.test/CertProv.svc"_s) << false;
    QTest::newRow("rubbish") << ben << sts << true;
}

void TestCertificateProvisioner::othersCertificate()
{
    QFETCH(QString, address);
    QFETCH(QUrl, service);
    QFETCH(bool, rubbish);
    World w;
    {
        WebServices web(w.services, w.identity());
        CertificateProvisioner provisioner(web, "0"_ba);
        QVERIFY(waitFor(provisioner.certificate(sts, false)));
    }
    auto kept = KeptCertificate::fromSecret(w.services.secrets.value(u"tls-dsk-certificate"_s));
    QVERIFY(kept);
    kept->address = address;
    kept->service = service;
    w.services.secrets.insert(
        u"tls-dsk-certificate"_s, rubbish ? u"{\"key\":7}"_s : kept->toSecret());
    WebServices web(w.services, w.identity());
    CertificateProvisioner provisioner(web, "0"_ba);
    QVERIFY(waitFor(provisioner.certificate(sts, false)));
    QCOMPARE(w.issued, 2);
}

void TestCertificateProvisioner::renews()
{
    World w;
    w.lifetime = 16;
    WebServices web(w.services, w.identity());
    CertificateProvisioner provisioner(web, "0"_ba);
    const auto first = waitFor(provisioner.certificate(sts, false));
    QVERIFY(first);
    w.clock.advance(std::chrono::days(13));
    QVERIFY(waitFor(provisioner.certificate(sts, false)));
    QCOMPARE(w.issued, 1);
    // In the last eighth a new one is tried; the old one does as long as none can be had.
    w.clock.advance(std::chrono::hours(36));
    w.broken = true;
    QCOMPARE(waitFor(provisioner.certificate(sts, false))->certificate, first->certificate);
    w.broken = false;
    const auto second = waitFor(provisioner.certificate(sts, false));
    QVERIFY(second);
    QCOMPARE(w.issued, 2);
    QVERIFY(second->certificate != first->certificate);
}

void TestCertificateProvisioner::failsWithReason()
{
    World w;
    w.broken = true;
    WebServices web(w.services, w.identity());
    CertificateProvisioner provisioner(web, "0"_ba);
    const auto one = provisioner.certificate(sts, false);
    const auto two = provisioner.certificate(sts, false); // both wait for one ticket
    QCOMPARE(waitFor(one).error().code, u"web-ticket-failed"_s);
    QCOMPARE(waitFor(two).error().code, u"web-ticket-failed"_s);
    // A certificate that is over before it begins.
    w.broken = false;
    w.lifetime = 0;
    QCOMPARE(waitFor(provisioner.certificate(sts, false)).error().code,
        u"certificate-provisioning-failed"_s);
    QVERIFY(w.services.secrets.isEmpty());
}

void TestCertificateProvisioner::refusedTicketIsFetchedAnew_data()
{
    QTest::addColumn<int>("refusals");
    QTest::addColumn<QString>("code"); ///< empty: there is a certificate
    QTest::newRow("once") << 1 << u""_s;
    QTest::newRow("again and again") << 9 << u"certificate-provisioning-failed"_s;
}

void TestCertificateProvisioner::refusedTicketIsFetchedAnew()
{
    QFETCH(int, refusals);
    QFETCH(QString, code);
    World w;
    w.ticketRefusals = refusals;
    WebServices web(w.services, w.identity());
    CertificateProvisioner provisioner(web, "0"_ba);
    const auto got = waitFor(provisioner.certificate(sts, false));
    QCOMPARE(got ? QString() : got.error().code, code);
    QCOMPARE(w.count(u"/Ticket.svc/Auth"_s), 2);
    QCOMPARE(w.count(u"/CertProv.svc/Proof"_s), 2);
}

void TestCertificateProvisioner::clockThatIsOff_data()
{
    QTest::addColumn<int>("hours"); ///< the server's clock ahead of ours
    QTest::newRow("right") << 0;
    QTest::newRow("ours is three days ahead") << -72;
    QTest::newRow("ours is three days behind") << 72;
}

/// Certificates and tickets that are good by the server's clock are good.
void TestCertificateProvisioner::clockThatIsOff()
{
    QFETCH(int, hours);
    World w;
    w.lifetime = 2;
    if (hours < 0) {
        w.clock.advance(std::chrono::hours(-hours)); // theirs stays at the real time
    }
    w.ahead = qint64(hours) * 3600;
    WebServices web(w.services, w.identity());
    CertificateProvisioner provisioner(web, "0"_ba);
    const auto got = waitFor(provisioner.certificate(sts, false));
    QVERIFY2(got, got ? "" : qPrintable(got.error().detail));
    QVERIFY(waitFor(provisioner.certificate(sts, true)));
    QCOMPARE(w.count(u"/Ticket.svc/Auth"_s), 1); // the ticket still holds
    QVERIFY(std::abs(web.now().secsTo(w.theirs())) <= 1);
}

void TestCertificateProvisioner::onlySecure()
{
    World w;
    WebServices web(w.services, w.identity());
    CertificateProvisioner provisioner(web, "0"_ba);
    for (const QString &url : { u"http://web.test/CertProv.svc"_s, u""_s, u"https:///x"_s }) {
        const auto got = waitFor(provisioner.certificate(QUrl(url), false));
        QVERIFY(!got);
        QCOMPARE(got.error().code, u"certificate-provisioning-failed"_s);
    }
    QVERIFY(w.services.requests.isEmpty());
}

QTEST_GUILESS_MAIN(TestCertificateProvisioner)
#include "tst_certificateprovisioner.moc"
