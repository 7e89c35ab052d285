// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/auth/messagesigner.h"
#include "protocols/sip/auth/ntlm.h"
#include "protocols/sip/auth/ntlmacceptor.h"
#include "protocols/sip/registration/registrationmachine.h"

#include <QTest>
#include <QTimeZone>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

RandomBytes countingRandom()
{
    return [n = std::make_shared<int>(0)](int count) { return QByteArray(count, char(++*n)); };
}

QDateTime noon()
{
    return { QDate(2026, 3, 2), QTime(12, 0), QTimeZone::UTC };
}

/// Answers as told; complete after the last answer. "Signs" with the scheme's name.
class Scripted : public AuthMechanism {
public:
    Scripted(QByteArray scheme, QList<AuthToken> answers, bool blocks = false, QDateTime end = {})
        : m_scheme(std::move(scheme))
        , m_answers(std::move(answers))
        , m_blocks(blocks)
        , m_end(std::move(end))
    {
    }
    QByteArray scheme() const override { return m_scheme; }
    bool mayBlock() const override { return m_blocks; }
    QDateTime expiry() const override { return m_end; }
    AuthToken step(const QByteArray &) override
    {
        return m_answers.isEmpty() ? AuthToken(std::unexpected(AuthError {}))
                                   : m_answers.takeFirst();
    }
    bool isComplete() const override { return m_answers.isEmpty(); }
    QByteArray sign(QByteArrayView) override { return m_scheme; }
    bool verify(QByteArrayView, QByteArrayView signature) override { return signature == m_scheme; }

private:
    QByteArray m_scheme;
    QList<AuthToken> m_answers;
    bool m_blocks;
    QDateTime m_end;
};

AuthToken token(const char *bytes)
{
    return QByteArray(bytes);
}

AuthToken problem(AuthError::Code code)
{
    return std::unexpected(AuthError { code, u"the library's words"_s });
}

ClientCertificate someCertificate()
{
    return { .certificate = "c"_ba, .privateKey = "k"_ba, .notAfter = noon().addDays(1) };
}

Error errorOf(const QString &code, Error::Kind kind = Error::Kind::Protocol)
{
    Error error;
    error.kind = kind;
    error.code = code;
    error.title = code;
    return error;
}

/// A machine, a factory that plays the schemes, a registrar by hand.
struct Bench {
    QHash<QByteArray, QList<AuthToken>> answers {
        { "TLS-DSK", { token("hello"), token("proof"), token("") } },
        { "Kerberos", { token("ticket") } }, { "NTLM", { token(""), token("answer") } }
    };
    QByteArrayList blocking;
    QHash<QByteArray, QDateTime> ends;
    QList<MechanismRequest> made;
    std::unique_ptr<RegistrationMachine> machine;
    QList<RegistrationEffect> effects;
    SipMessage request;

    explicit Bench(AuthConfig auth = { .scheme = u"auto"_s, .hasCertificates = true },
        bool tls = true, const QByteArray &before = {}, bool openChosen = false)
    {
        RegistrationConfig config;
        config.allowPlain = openChosen;
        if (!before.isEmpty()) {
            config.memory.remember({ u"pool.test"_s, 5061, false, {} }, before);
        }
        config.identity.address = "ben@litwareinc.com"_ba;
        config.identity.epid = "a1b2c3d4e5f6"_ba;
        config.userAgents = { "OC/1"_ba };
        config.auth = std::move(auth);
        config.candidates = { { u"pool.test"_s, 5061, tls, Candidate::Source::Manual } };
        machine = std::make_unique<RegistrationMachine>(
            config,
            [this](const MechanismRequest &wanted)
                -> std::expected<std::unique_ptr<AuthMechanism>, AuthError> {
                made.append(wanted);
                return std::make_unique<Scripted>(wanted.scheme, answers.value(wanted.scheme),
                    blocking.contains(wanted.scheme), ends.value(wanted.scheme));
            },
            countingRandom());
        take(machine->start());
        take(machine->step(reginput::Connected { "192.0.2.10"_ba, 50713 }));
    }

    void take(const QList<RegistrationEffect> &list)
    {
        effects = list;
        for (const RegistrationEffect &effect : list) {
            if (const auto *send = std::get_if<regeffect::Send>(&effect)) {
                request = send->request;
            }
        }
    }
    void input(const RegistrationInput &i) { take(machine->step(i)); }
    void answer(const SipMessage &m) { input(reginput::Response { m, noon() }); }
    SipMessage response(int status) const
    {
        return makeResponse(request, status, "x"_ba, {}, "srv"_ba);
    }
    /// 401 or 407 that offers schemes.
    void offer(const QByteArrayList &schemes, int status = 401)
    {
        SipMessage m = response(status);
        for (const QByteArray &scheme : schemes) {
            m.addHeader(status == 401 ? "WWW-Authenticate"_ba : "Proxy-Authenticate"_ba,
                scheme
                    + " realm=\"r\", targetname=\"t\", version=4, "
                      "sts-uri=\"https://web.test/CertProv.svc\"");
        }
        answer(m);
    }
    void go(const QByteArray &scheme, int status = 401)
    {
        SipMessage m = response(status);
        m.addHeader(status == 401 ? "WWW-Authenticate"_ba : "Proxy-Authenticate"_ba,
            scheme
                + " realm=\"r\", targetname=\"t\", version=4, opaque=\"1\", gssapi-data=\"AAAA\"");
        answer(m);
    }
    void accept(const QByteArray &scheme, const QByteArray &header = "Authentication-Info"_ba)
    {
        SipMessage m = response(200);
        m.addHeader("Expires"_ba, "7200"_ba);
        m.addHeader(header,
            scheme + " rspauth=\"" + scheme.toHex() + "\", srand=\"1\", snum=\"1\", opaque=\"1\"");
        answer(m);
    }
    template <class T> const T *find() const
    {
        for (const RegistrationEffect &effect : effects) {
            if (const auto *found = std::get_if<T>(&effect)) {
                return found;
            }
        }
        return nullptr;
    }
    QByteArray sent(QByteArrayView header = "Authorization") const
    {
        return find<regeffect::Send>() ? request.header(header) : QByteArray();
    }
    QString failure() const
    {
        const auto *failed = find<regeffect::Failed>();
        return failed ? failed->error.code : QString();
    }
    bool isRegistered() const { return machine->phase() == RegistrationMachine::Phase::Registered; }
};

} // namespace

class TestAuthNegotiator : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void preference_data();
    void preference();
    void fallsBackAndTells();
    void kerberosOutsideTheCompanyIsOrdinary();
    void wrongPasswordIsNotTriedAgain_data();
    void wrongPasswordIsNotTriedAgain();
    void unreachableKerberosIsSkipped();
    void workIsDoneElsewhere();
    void workThatTakesTooLong();
    void tlsDsk();
    void certificateIsThrownAwayOnce();
    void certificateCannotBeHad_data();
    void certificateCannotBeHad();
    void serverWithoutProvisioning();
    void provisioningOverAnOpenLine_data();
    void provisioningOverAnOpenLine();
    void serverProvesItsName_data();
    void serverProvesItsName();
    void untrustedServer();
    void oldHello();
    void everythingFails();
    void endOfTheTicket();
    void proxyAndRegistrar();
    void proxyAlone();
    void digest();
    void digestOfAnotherRequest();
    void explicitSchemeSuggestsAutomatic();
    void neverLessThanBefore_data();
    void neverLessThanBefore();
    void whatFailedIsNotReplacedByLess();
    void openPassword_data();
    void openPassword();
    void serverTimeIsUsed();
    void loginOfAnotherDomain();
    void webServiceOutOfReach();
};

void TestAuthNegotiator::preference_data()
{
    QTest::addColumn<QString>("setting");
    QTest::addColumn<QByteArrayList>("offered");
    QTest::addColumn<QByteArray>("taken");
    const QByteArrayList all { "NTLM"_ba, "Kerberos"_ba, "Digest"_ba, "TLS-DSK"_ba };
    QTest::newRow("auto: all") << u"auto"_s << all << "TLS-DSK"_ba;
    QTest::newRow("auto: no TLS-DSK")
        << u"auto"_s << QByteArrayList { "NTLM"_ba, "Kerberos"_ba } << "Kerberos"_ba;
    QTest::newRow("auto: NTLM") << u"auto"_s << QByteArrayList { "NTLM"_ba } << "NTLM"_ba;
    QTest::newRow("ntlm") << u"ntlm"_s << all << "NTLM"_ba;
    QTest::newRow("kerberos") << u"kerberos"_s << all << "Kerberos"_ba;
    QTest::newRow("tls-dsk") << u"tls-dsk"_s << all << "TLS-DSK"_ba;
}

void TestAuthNegotiator::preference()
{
    QFETCH(QString, setting);
    QFETCH(QByteArrayList, offered);
    QFETCH(QByteArray, taken);
    Bench b({ .scheme = setting, .hasCertificates = true });
    b.offer(offered);
    if (taken == "TLS-DSK") {
        const auto *need = b.find<regeffect::NeedCertificate>();
        QVERIFY(need);
        b.input(reginput::CertificateReady { need->id, someCertificate() });
    }
    QVERIFY2(b.sent().startsWith(taken + ' '), b.sent().constData());
}

void TestAuthNegotiator::fallsBackAndTells()
{
    Bench b;
    b.answers["TLS-DSK"] = { problem(AuthError::Code::Refused) };
    b.offer({ "TLS-DSK"_ba, "NTLM"_ba });
    b.input(
        reginput::CertificateReady { b.find<regeffect::NeedCertificate>()->id, someCertificate() });
    QVERIFY(b.sent().startsWith("NTLM "));
    b.go("NTLM"_ba);
    b.accept("NTLM"_ba);
    QVERIFY(b.isRegistered());
    const auto *fell = b.find<regeffect::FellBack>();
    QVERIFY(fell);
    QCOMPARE(fell->scheme, "NTLM"_ba);
    QCOMPARE(fell->failures.size(), 1);
    QCOMPARE(fell->failures.first().scheme, "TLS-DSK"_ba);
    QCOMPARE(fell->failures.first().error.detail, u"the library's words"_s);
    QVERIFY(!fell->failures.first().expected);
}

void TestAuthNegotiator::kerberosOutsideTheCompanyIsOrdinary()
{
    Bench b;
    b.answers["Kerberos"] = { problem(AuthError::Code::Unreachable) };
    b.offer({ "Kerberos"_ba, "NTLM"_ba });
    b.go("NTLM"_ba);
    b.accept("NTLM"_ba);
    QVERIFY(b.find<regeffect::FellBack>()->failures.first().expected);

    // With Single Sign-On it was what the user wanted.
    Bench sso({ .scheme = u"auto"_s, .singleSignOn = true });
    sso.answers["Kerberos"] = { problem(AuthError::Code::NoTicket) };
    sso.offer({ "Kerberos"_ba, "NTLM"_ba });
    sso.go("NTLM"_ba);
    sso.accept("NTLM"_ba);
    QVERIFY(!sso.find<regeffect::FellBack>()->failures.first().expected);
}

void TestAuthNegotiator::wrongPasswordIsNotTriedAgain_data()
{
    QTest::addColumn<AuthError::Code>("why");
    QTest::addColumn<QString>("code");
    QTest::newRow("wrong") << AuthError::Code::WrongCredentials << u"wrong-password"_s;
    QTest::newRow("locked") << AuthError::Code::AccountUnusable << u"account-disabled"_s;
}

void TestAuthNegotiator::wrongPasswordIsNotTriedAgain()
{
    QFETCH(AuthError::Code, why);
    Bench b;
    b.answers["Kerberos"] = { problem(why) };
    b.offer({ "Kerberos"_ba, "NTLM"_ba });
    QTEST(b.failure(), "code");
    QCOMPARE(b.made.size(), 1);
}

void TestAuthNegotiator::unreachableKerberosIsSkipped()
{
    Bench b({ .scheme = u"auto"_s, .skipKerberos = true });
    b.offer({ "Kerberos"_ba, "NTLM"_ba });
    QVERIFY(b.sent().startsWith("NTLM "));

    Bench chosen({ .scheme = u"kerberos"_s, .skipKerberos = true });
    chosen.offer({ "Kerberos"_ba, "NTLM"_ba });
    QVERIFY(chosen.sent().startsWith("Kerberos "));
}

void TestAuthNegotiator::workIsDoneElsewhere()
{
    Bench b;
    b.blocking = { "Kerberos"_ba };
    b.offer({ "Kerberos"_ba });
    const auto *work = b.find<regeffect::Negotiate>();
    QVERIFY(work);
    QVERIFY(!b.find<regeffect::Send>());
    const AuthToken result = work->work();
    QCOMPARE(result, token("ticket"));
    b.input(reginput::Negotiated { work->id, result });
    QVERIFY(b.sent().startsWith("Kerberos "));
    QVERIFY(b.sent().contains("gssapi-data=\"" + "ticket"_ba.toBase64() + '"'));
    QVERIFY(b.sent().contains("response=")); // version 4 signs at once
    b.accept("Kerberos"_ba);
    QVERIFY(b.isRegistered());
}

void TestAuthNegotiator::workThatTakesTooLong()
{
    Bench b;
    b.blocking = { "Kerberos"_ba };
    b.offer({ "Kerberos"_ba, "NTLM"_ba });
    const int id = b.find<regeffect::Negotiate>()->id;
    const auto work = b.find<regeffect::Negotiate>()->work;
    b.input(reginput::TimerFired { RegistrationTimer::Negotiate });
    QVERIFY(b.sent().startsWith("NTLM "));
    // It comes after all, when the machine is elsewhere.
    b.input(reginput::Negotiated { id, work() });
    QVERIFY(b.effects.isEmpty());
    b.go("NTLM"_ba);
    b.accept("NTLM"_ba);
    QVERIFY(b.isRegistered());
    QCOMPARE(b.find<regeffect::FellBack>()->failures.first().error.code, u"kerberos-unreachable"_s);
}

void TestAuthNegotiator::tlsDsk()
{
    Bench b;
    b.offer({ "TLS-DSK"_ba });
    const auto *need = b.find<regeffect::NeedCertificate>();
    QVERIFY(need);
    QCOMPARE(need->service, QUrl(u"https://web.test/CertProv.svc"_s));
    QVERIFY(!need->renew);
    b.input(reginput::CertificateReady { need->id, someCertificate() });
    QVERIFY(b.sent().contains("gssapi-data=\"" + "hello"_ba.toBase64() + '"'));
    QVERIFY(!b.sent().contains("response="));
    b.go("TLS-DSK"_ba);
    QVERIFY(b.sent().contains("gssapi-data=\"" + "proof"_ba.toBase64() + '"'));
    b.go("TLS-DSK"_ba); // the server's Finished
    QVERIFY(!b.sent().contains("gssapi-data"));
    QVERIFY(b.sent().contains("response="));
    b.accept("TLS-DSK"_ba);
    QVERIFY(b.isRegistered());
    QVERIFY(!b.find<regeffect::FellBack>());
}

void TestAuthNegotiator::certificateIsThrownAwayOnce()
{
    Bench b;
    const auto handshake = [&b](bool renew) {
        const auto *need = b.find<regeffect::NeedCertificate>();
        QVERIFY(need);
        QCOMPARE(need->renew, renew);
        b.input(reginput::CertificateReady { need->id, someCertificate() });
        b.go("TLS-DSK"_ba);
        b.go("TLS-DSK"_ba);
    };
    b.offer({ "TLS-DSK"_ba, "NTLM"_ba });
    handshake(false);
    b.offer({ "TLS-DSK"_ba, "NTLM"_ba });
    handshake(true);
    b.offer({ "TLS-DSK"_ba, "NTLM"_ba });
    QVERIFY(!b.find<regeffect::NeedCertificate>());
    QVERIFY(b.sent().startsWith("NTLM "));
    b.go("NTLM"_ba);
    b.accept("NTLM"_ba);
    QCOMPARE(b.find<regeffect::FellBack>()->failures.first().error.code, u"certificate-refused"_s);
}

void TestAuthNegotiator::certificateCannotBeHad_data()
{
    QTest::addColumn<Error>("error");
    QTest::addColumn<bool>("next");
    QTest::newRow("web ticket") << errorOf(u"web-ticket-failed"_s) << true;
    QTest::newRow("wrong password")
        << errorOf(u"wrong-password"_s, Error::Kind::Authentication) << false;
    QTest::newRow("declined") << errorOf(u"cancelled"_s, Error::Kind::Cancelled) << false;
}

void TestAuthNegotiator::certificateCannotBeHad()
{
    QFETCH(Error, error);
    QFETCH(bool, next);
    Bench b;
    b.offer({ "TLS-DSK"_ba, "NTLM"_ba });
    b.input(reginput::CertificateFailed { b.find<regeffect::NeedCertificate>()->id, error });
    QCOMPARE(b.sent().startsWith("NTLM "), next);
    QCOMPARE(b.failure(), next ? QString() : error.code);
}

void TestAuthNegotiator::serverWithoutProvisioning()
{
    Bench b;
    SipMessage m = b.response(401);
    m.addHeader("WWW-Authenticate"_ba,
        "TLS-DSK realm=\"r\", targetname=\"t\", version=4, sts-uri=\"http://plain.test/\""_ba);
    b.answer(m);
    QCOMPARE(b.failure(), u"certificate-provisioning-failed"_s);
    QCOMPARE(b.find<regeffect::Failed>()->error.detail, u"http://plain.test/"_s);
}

void TestAuthNegotiator::provisioningOverAnOpenLine_data()
{
    QTest::addColumn<QByteArray>("service");
    QTest::addColumn<bool>("tls");
    QTest::addColumn<bool>("asked");
    QTest::newRow("inside") << "https://web.LitwareInc.com/x"_ba << false << true;
    QTest::newRow("the domain itself") << "https://litwareinc.com/x"_ba << false << true;
    QTest::newRow("outside") << "https://web.contoso.com/x"_ba << false << false;
    QTest::newRow("looks alike") << "https://evillitwareinc.com/x"_ba << false << false;
    QTest::newRow("outside, TLS") << "https://web.contoso.com/x"_ba << true << true;
}

void TestAuthNegotiator::provisioningOverAnOpenLine()
{
    QFETCH(QByteArray, service);
    QFETCH(bool, tls);
    QFETCH(bool, asked);
    Bench b({ .scheme = u"auto"_s, .hasCertificates = true }, tls);
    SipMessage m = b.response(401);
    m.addHeader("WWW-Authenticate"_ba,
        "TLS-DSK realm=\"r\", targetname=\"t\", version=4, sts-uri=\"" + service + '"');
    b.answer(m);
    QCOMPARE(b.find<regeffect::NeedCertificate>() != nullptr, asked);
    QCOMPARE(b.failure(), asked ? QString() : u"certificate-provisioning-failed"_s);
}

void TestAuthNegotiator::serverProvesItsName_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<bool>("tls");
    QTest::addColumn<QStringList>("names");
    const QString host = u"pool.test"_s;
    QTest::newRow("TLS has done it") << "fe.litwareinc.com"_ba << true << QStringList();
    QTest::newRow("inside") << "FE.LitwareInc.com"_ba << false
                            << QStringList { host, u"fe.litwareinc.com"_s };
    QTest::newRow("outside") << "fe.contoso.com"_ba << false << QStringList { host };
    QTest::newRow("looks alike") << "evillitwareinc.com"_ba << false << QStringList { host };
    QTest::newRow("none") << ""_ba << false << QStringList { host };
}

/// A name that came over an open line proves nothing by itself.
void TestAuthNegotiator::serverProvesItsName()
{
    QFETCH(QByteArray, target);
    QFETCH(bool, tls);
    Bench b({ .scheme = u"auto"_s, .hasCertificates = true }, tls);
    SipMessage m = b.response(401);
    m.addHeader("WWW-Authenticate"_ba,
        "TLS-DSK realm=\"r\", targetname=\"" + target
            + "\", version=4, sts-uri=\"https://web.litwareinc.com/x\"");
    b.answer(m);
    b.input(
        reginput::CertificateReady { b.find<regeffect::NeedCertificate>()->id, someCertificate() });
    QCOMPARE(b.made.size(), 1);
    QTEST(b.made.first().provenNames, "names");
}

void TestAuthNegotiator::untrustedServer()
{
    Bench b;
    b.answers["TLS-DSK"] = { token("hello"), problem(AuthError::Code::ServerUntrusted) };
    b.offer({ "TLS-DSK"_ba });
    b.input(
        reginput::CertificateReady { b.find<regeffect::NeedCertificate>()->id, someCertificate() });
    b.go("TLS-DSK"_ba);
    QCOMPARE(b.made.size(), 1); // our certificate was not the trouble, nor the hello
    QCOMPARE(b.failure(), u"tls-dsk-server-untrusted"_s);
    QVERIFY(b.find<regeffect::Failed>()->error.fatal);
}

void TestAuthNegotiator::oldHello()
{
    Bench b;
    b.answers["TLS-DSK"] = { token("hello"), problem(AuthError::Code::CipherRejected) };
    b.offer({ "TLS-DSK"_ba });
    b.input(
        reginput::CertificateReady { b.find<regeffect::NeedCertificate>()->id, someCertificate() });
    QVERIFY(!b.made.last().oldHello);
    b.go("TLS-DSK"_ba);
    QVERIFY(b.made.last().oldHello);
    QCOMPARE(b.made.last().certificate.certificate, someCertificate().certificate);
    QVERIFY(b.sent().startsWith("TLS-DSK "));
    b.go("TLS-DSK"_ba);
    QCOMPARE(b.made.size(), 2);
    QCOMPARE(b.failure(), u"tls-dsk-cipher-rejected"_s);
}

void TestAuthNegotiator::everythingFails()
{
    Bench b;
    b.answers["Kerberos"] = { problem(AuthError::Code::NoRealm) };
    b.answers["NTLM"] = { problem(AuthError::Code::Unsupported) };
    b.offer({ "TLS-DSK"_ba, "Kerberos"_ba, "NTLM"_ba });
    b.input(reginput::CertificateFailed {
        b.find<regeffect::NeedCertificate>()->id, errorOf(u"web-ticket-failed"_s) });
    QCOMPARE(b.failure(), u"web-ticket-failed"_s); // the strongest that should have worked
    const QString detail = b.find<regeffect::Failed>()->error.detail;
    QVERIFY2(detail.contains(u"Kerberos: "_s) && detail.contains(u"NTLM: "_s), qPrintable(detail));
}

void TestAuthNegotiator::endOfTheTicket()
{
    const auto reauthenticatesIn = [](const QDateTime &end) {
        Bench b;
        b.ends["Kerberos"] = end;
        b.offer({ "Kerberos"_ba });
        b.accept("Kerberos"_ba);
        for (const RegistrationEffect &effect : b.effects) {
            const auto *timer = std::get_if<regeffect::StartTimer>(&effect);
            if (timer && timer->timer == RegistrationTimer::Reauthenticate) {
                return timer->in;
            }
        }
        return std::chrono::milliseconds(-1);
    };
    QCOMPARE(reauthenticatesIn({}), 8h - 5min);
    QCOMPARE(reauthenticatesIn(noon().addSecs(3600)), 55min);
    QCOMPARE(reauthenticatesIn(noon().addDays(2)), 8h - 5min);
    QCOMPARE(reauthenticatesIn(noon().addSecs(-5)), 1min);
}

void TestAuthNegotiator::proxyAndRegistrar()
{
    Bench b;
    b.offer({ "NTLM"_ba }, 407);
    QVERIFY(b.sent("Proxy-Authorization").startsWith("NTLM "));
    QVERIFY(b.sent().isEmpty());
    b.go("NTLM"_ba, 407);
    QVERIFY(b.sent("Proxy-Authorization").contains("response="));
    b.offer({ "Kerberos"_ba });
    QVERIFY(b.sent("Proxy-Authorization").startsWith("NTLM "));
    QVERIFY(b.sent("Proxy-Authorization").contains("cnum=\"2\""));
    QVERIFY(!b.sent("Proxy-Authorization").contains("gssapi-data"));
    QVERIFY(b.sent().startsWith("Kerberos "));
    b.accept("Kerberos"_ba);
    QVERIFY(b.isRegistered());

    SipMessage other = SipMessage::request("MESSAGE"_ba, "sip:a@x"_ba);
    b.machine->sign(other);
    QVERIFY(other.header("Proxy-Authorization").startsWith("NTLM "));
    QVERIFY(other.header("Authorization").startsWith("Kerberos "));
}

void TestAuthNegotiator::proxyAlone()
{
    Bench b;
    b.offer({ "NTLM"_ba }, 407);
    b.go("NTLM"_ba, 407);
    b.accept("NTLM"_ba, "Proxy-Authentication-Info"_ba);
    QVERIFY(b.isRegistered());
    QVERIFY(b.machine->isAuthenticated());

    // An answer that nobody vouches for is none.
    Bench c;
    c.offer({ "NTLM"_ba }, 407);
    c.go("NTLM"_ba, 407);
    c.answer(c.response(200));
    QCOMPARE(c.failure(), u"bad-signature"_s);
}

void TestAuthNegotiator::digest()
{
    Bench b({ .scheme = u"auto"_s, .digest = DigestCredentials { u"Zażółć"_s, u"gęślą jaźń"_s } });
    const auto challenge = [&b](const QByteArray &value) {
        SipMessage m = b.response(401);
        m.addHeader("WWW-Authenticate"_ba, "Digest realm=\"x.test\", nonce=\"" + value);
        m.addHeader(
            "WWW-Authenticate"_ba, "Digest realm=\"x.test\", algorithm=SHA-256, nonce=\"" + value);
        b.answer(m);
    };
    challenge("n1\", qop=\"auth\"");
    QVERIFY2(b.sent().contains("algorithm=SHA-256"), b.sent().constData()); // the stronger of two
    QVERIFY(b.sent().contains("username=\"" + u"Zażółć"_s.toUtf8() + '"'));
    QVERIFY(b.sent().contains("nc=00000001"));
    challenge("n2\", qop=\"auth\", stale=true");
    QVERIFY(b.sent().contains("nonce=\"n2\""));
    b.answer(b.response(200));
    QVERIFY(b.isRegistered());
    SipMessage other = SipMessage::request("MESSAGE"_ba, "sip:a@x"_ba);
    b.machine->sign(other);
    QVERIFY(other.header("Authorization").contains("nc=00000002"));
    QVERIFY(b.machine->verify(SipMessage::response(200, "OK"_ba))); // nothing signs here

    Bench wrong({ .scheme = u"digest"_s, .digest = DigestCredentials { u"a"_s, u"b"_s } });
    for (int i = 0; i < 2; ++i) {
        SipMessage m = wrong.response(401);
        m.addHeader("WWW-Authenticate"_ba, "Digest realm=\"x\", nonce=\"1\""_ba);
        wrong.answer(m);
    }
    QCOMPARE(wrong.failure(), u"wrong-password"_s);
}

void TestAuthNegotiator::digestOfAnotherRequest()
{
    Bench b({ .scheme = u"auto"_s, .digest = DigestCredentials { u"a"_s, u"b"_s } });
    b.answer(b.response(200));
    QVERIFY(b.isRegistered());
    SipMessage refused = SipMessage::response(407, "x"_ba);
    QVERIFY(!b.machine->takeDigest(refused));
    refused.addHeader("Proxy-Authenticate"_ba, "Digest realm=\"x\", nonce=\"1\""_ba);
    QVERIFY(b.machine->takeDigest(refused));
    SipMessage again = SipMessage::request("MESSAGE"_ba, "sip:c@x"_ba);
    b.machine->sign(again);
    QVERIFY(again.header("Proxy-Authorization").startsWith("Digest username=\"a\""));
}

void TestAuthNegotiator::explicitSchemeSuggestsAutomatic()
{
    Bench b({ .scheme = u"kerberos"_s });
    b.answers["Kerberos"] = { problem(AuthError::Code::NoTicket) };
    b.offer({ "Kerberos"_ba, "NTLM"_ba });
    QCOMPARE(b.failure(), u"kerberos-no-ticket"_s);
    QCOMPARE(b.find<regeffect::Failed>()->error.fix.value(u"auth"_s).toString(), u"auto"_s);
    QCOMPARE(b.made.size(), 1);
}

void TestAuthNegotiator::neverLessThanBefore_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArrayList>("offered");
    QTest::addColumn<bool>("tls");
    QTest::addColumn<QString>("setting");
    QTest::addColumn<QByteArray>("taken"); ///< empty: refused
    const QByteArrayList ntlm { "NTLM"_ba };
    const QString automatic = u"auto"_s;
    QTest::newRow("nothing known") << ""_ba << ntlm << false << automatic << "NTLM"_ba;
    QTest::newRow("the same") << "ntlm"_ba << ntlm << false << automatic << "NTLM"_ba;
    QTest::newRow("TLS-DSK before, open line")
        << "tls-dsk"_ba << ntlm << false << automatic << ""_ba;
    QTest::newRow("TLS-DSK before, TLS") << "tls-dsk"_ba << ntlm << true << automatic << ""_ba;
    QTest::newRow("Kerberos before, open line")
        << "kerberos"_ba << ntlm << false << automatic << ""_ba;
    QTest::newRow("Kerberos before, TLS: told")
        << "kerberos"_ba << ntlm << true << automatic << "NTLM"_ba;
    QTest::newRow("NTLM before, Digest now")
        << "ntlm"_ba << QByteArrayList { "Digest"_ba } << true << automatic << ""_ba;
    QTest::newRow("more than before") << "ntlm"_ba << QByteArrayList { "Kerberos"_ba, "NTLM"_ba }
                                      << false << automatic << "Kerberos"_ba;
    QTest::newRow("chosen by hand") << "tls-dsk"_ba << ntlm << false << u"ntlm"_s << "NTLM"_ba;
}

void TestAuthNegotiator::neverLessThanBefore()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArrayList, offered);
    QFETCH(bool, tls);
    QFETCH(QString, setting);
    QFETCH(QByteArray, taken);
    Bench b({ .scheme = setting,
                .hasCertificates = true,
                .digest = DigestCredentials { u"ben"_s, u"pw"_s } },
        tls, before);
    b.offer(offered);
    if (taken.isEmpty()) {
        QCOMPARE(b.failure(), u"auth-scheme-unavailable"_s);
        const Error error = b.find<regeffect::Failed>()->error;
        QVERIFY(error.fix.isEmpty()); // never lowered by a button
        QVERIFY(error.fatal);
        QVERIFY(error.title.contains(QString::fromLatin1(before), Qt::CaseInsensitive));
        return;
    }
    QVERIFY2(b.sent().startsWith(taken + ' '), b.sent().constData());
    if (taken == "NTLM") {
        b.go("NTLM"_ba);
    }
    b.accept(taken);
    QVERIFY(b.isRegistered());
    const auto *remark = b.find<regeffect::Remark>();
    QCOMPARE(remark != nullptr, before == "kerberos");
    if (remark) {
        QVERIFY(remark->warning);
        QCOMPARE(remark->code, u"auth-scheme-unavailable"_s);
    }
}

/// TLS-DSK is offered as ever, and fails: somebody may have made it fail.
void TestAuthNegotiator::whatFailedIsNotReplacedByLess()
{
    Bench b({ .scheme = u"auto"_s, .hasCertificates = true }, true, "tls-dsk"_ba);
    b.answers["TLS-DSK"] = { problem(AuthError::Code::CipherRejected) };
    b.offer({ "TLS-DSK"_ba, "NTLM"_ba });
    b.input(
        reginput::CertificateReady { b.find<regeffect::NeedCertificate>()->id, someCertificate() });
    QCOMPARE(b.failure(), u"tls-dsk-cipher-rejected"_s);
    const Error error = b.find<regeffect::Failed>()->error;
    QVERIFY(error.remedy.contains(u"NTLM"_s));
    QVERIFY(error.fix.isEmpty());
}

void TestAuthNegotiator::openPassword_data()
{
    QTest::addColumn<bool>("tls");
    QTest::addColumn<bool>("chosen");
    QTest::addColumn<bool>("sent");
    QTest::newRow("encrypted") << true << false << true;
    QTest::newRow("open, chosen") << false << true << true;
    QTest::newRow("open, not chosen") << false << false << false;
}

void TestAuthNegotiator::openPassword()
{
    QFETCH(bool, tls);
    QFETCH(bool, chosen);
    QFETCH(bool, sent);
    Bench b({ .scheme = u"auto"_s, .digest = DigestCredentials { u"ben"_s, u"Zażółć"_s } }, tls, {},
        chosen);
    SipMessage challenge = b.response(401);
    challenge.addHeader("WWW-Authenticate"_ba, "Digest realm=\"r\", nonce=\"n\", qop=\"auth\""_ba);
    b.answer(challenge);
    QCOMPARE(b.sent().startsWith("Digest "), sent);
    QCOMPARE(b.failure(), sent ? QString() : u"not-tls"_s);
    if (!sent) {
        QVERIFY(b.find<regeffect::Failed>()->error.fix.isEmpty()); // nothing to give up at a click
    }
}

void TestAuthNegotiator::serverTimeIsUsed()
{
    const auto offerAt = [](Bench &b, const QByteArray &date) {
        SipMessage m = b.response(401);
        m.addHeader("WWW-Authenticate"_ba, "NTLM realm=\"r\", targetname=\"t\", version=4"_ba);
        m.addHeader("Date"_ba, date);
        b.answer(m);
    };
    Bench b;
    offerAt(b, "Mon, 02 Mar 2026 12:20:00 GMT"_ba);
    QCOMPARE(b.made.first().serverTime, noon().addSecs(qint64 { 20 } * 60));
    b.go("NTLM"_ba);
    b.accept("NTLM"_ba);
    QVERIFY(b.isRegistered());
    const auto *remark = b.find<regeffect::Remark>();
    QVERIFY(remark && !remark->warning);
    QCOMPARE(remark->code, u"clock-wrong"_s);

    Bench near;
    offerAt(near, "Mon, 02 Mar 2026 12:03:00 GMT"_ba);
    QVERIFY(!near.made.first().serverTime.isValid());
    near.go("NTLM"_ba);
    near.accept("NTLM"_ba);
    QVERIFY(near.isRegistered() && !near.find<regeffect::Remark>());
}

/// The domain of the server's challenge against the one in the login.
void TestAuthNegotiator::loginOfAnotherDomain()
{
    for (const QString &login : { u"CONTOSO\\ben"_s, u"LITWARE\\ben"_s }) {
        Bench b({ .scheme = u"auto"_s, .login = login, .address = u"ben@litwareinc.com"_s });
        b.offer({ "NTLM"_ba });
        NtlmAcceptor acceptor(
            NtlmAcceptor::Options(),
            [](const QString &, const QString &) { return std::optional<QString>(); },
            countingRandom(), noon());
        SipMessage m = b.response(401);
        m.addHeader("WWW-Authenticate"_ba,
            "NTLM realm=\"r\", targetname=\"t\", version=4, opaque=\"1\", gssapi-data=\""
                + acceptor.step({})->toBase64() + '"');
        b.answer(m);
        b.offer({ "NTLM"_ba });
        const bool other = login.startsWith(u"CONTOSO"_s);
        QCOMPARE(b.failure(), other ? u"login-format"_s : u"wrong-password"_s);
        QCOMPARE(b.find<regeffect::Failed>()->error.fix.value(u"login"_s).toString(),
            other ? u"LITWARE\\ben"_s : QString());
    }
}

void TestAuthNegotiator::webServiceOutOfReach()
{
    Bench b;
    b.offer({ "TLS-DSK"_ba });
    b.input(reginput::CertificateFailed {
        b.find<regeffect::NeedCertificate>()->id, errorOf(u"refused"_s, Error::Kind::Network) });
    QCOMPARE(b.failure(), u"web-ticket-failed"_s);
    QVERIFY(b.find<regeffect::Failed>()->error.detail.contains(u"refused"_s));
}

QTEST_APPLESS_MAIN(TestAuthNegotiator)
#include "tst_authnegotiator.moc"
