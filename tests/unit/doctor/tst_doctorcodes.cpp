// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/doctor/doctorcodes.h"
#include "core/doctor/doctorreport.h"
#include "core/doctor/findinglog.h"
#include "core/doctor/netchecks.h"

#include <QFile>
#include <QJsonDocument>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin;

namespace {

struct Row {
    const char *code;
    QStringView step;
};

/// The contract, word for word.
const Row kContract[] = {
    { "name-not-found", DoctorStep::Name },
    { "no-srv-record", DoctorStep::Srv },
    { "srv-target-missing", DoctorStep::Srv },
    { "discovery-failed", DoctorStep::Discovery },
    { "refused", DoctorStep::Tcp },
    { "timed-out", DoctorStep::Tcp },
    { "unreachable", DoctorStep::Tcp },
    { "proxy-refused", DoctorStep::Proxy },
    { "proxy-auth-required", DoctorStep::Proxy },
    { "not-tls", DoctorStep::Tls },
    { "tls-required", DoctorStep::Tls },
    { "tls-too-old", DoctorStep::Tls },
    { "tls-handshake-failed", DoctorStep::Tls },
    { "certificate-expired", DoctorStep::Tls },
    { "certificate-not-yet-valid", DoctorStep::Tls },
    { "certificate-untrusted", DoctorStep::Tls },
    { "certificate-name-mismatch", DoctorStep::Tls },
    { "certificate-weak", DoctorStep::Tls },
    { "clock-wrong", DoctorStep::Clock },
    { "wrong-protocol", DoctorStep::Protocol },
    { "not-implemented", DoctorStep::Protocol },
    { "user-agent-rejected", DoctorStep::UserAgent },
    { "client-version-rejected", DoctorStep::UserAgent },
    { "auth-scheme-unavailable", DoctorStep::AuthenticationSchemes },
    { "wrong-password", DoctorStep::Authentication },
    { "account-disabled", DoctorStep::Authentication },
    { "login-format", DoctorStep::Authentication },
    { "kerberos-no-ticket", DoctorStep::Authentication },
    { "kerberos-no-realm", DoctorStep::Authentication },
    { "single-sign-on-unavailable", DoctorStep::Authentication },
    { "tls-dsk-cipher-rejected", DoctorStep::Authentication },
    { "certificate-provisioning-failed", DoctorStep::Authentication },
    { "web-ticket-failed", DoctorStep::Authentication },
    { "redirect-loop", DoctorStep::Registered },
    { "elsewhere-signed-in", DoctorStep::Registered },
    { "nick-in-use", DoctorStep::Registered },
    { "banned", DoctorStep::Registered },
    { "sasl-required", DoctorStep::AuthenticationSchemes },
    { "service-retired", DoctorStep::Settings },
    { "federation-srv-missing", DoctorStep::FederationSrv },
    { "federation-port-closed", DoctorStep::FederationTcp },
    { "federation-certificate-mismatch", DoctorStep::FederationTls },
    { "federation-not-allowed", DoctorStep::FederationStream },
    { "server-fault", DoctorStep::Protocol },
    { "unknown", u"where it was" },
};

Finding finding(QStringView step, Finding::State state, const QString &tried,
    const QString &code = {}, const QString &answer = {})
{
    Finding made { step.toString(), state, tried, answer, std::nullopt };
    if (!code.isEmpty()) {
        made.error = doctorError(code, answer);
    }
    return made;
}

} // namespace

class TestDoctorCodes : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theTableIsTheContract();
    void everyCodeIsDocumented();
    void codeHasStepAndWords_data();
    void codeHasStepAndWords();
    void codesOfOthersPassThrough();
    void wordsOfTheSessionStay();
    void fixesDoNotLowerSecurity();
    void everyStepHasATitle();

    void failedAttemptsAreHeldBack();
    void theLastAttemptBecomesTheFailure();
    void nothingIsShownTwice();

    void stepAsJson();
    void verdictAsJson();
    void reportHoldsNoSecret();

    void bannerTellsWhoItIs_data();
    void bannerTellsWhoItIs();
    void clockIsJudgedByDates();
};

void TestDoctorCodes::theTableIsTheContract()
{
    QStringList contract;
    for (const Row &row : kContract) {
        contract.append(QString::fromLatin1(row.code));
    }
    QCOMPARE(doctorCodes(), contract);
}

void TestDoctorCodes::everyCodeIsDocumented()
{
    QFile file(QStringLiteral(LINCHPIN_SOURCE_DIR "/docs/doctor.md"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QString text = QString::fromUtf8(file.readAll());
    const QStringList codes = doctorCodes();
    for (const QString &code : codes) {
        QVERIFY2(text.contains(u"| `%1` |"_s.arg(code)), qPrintable(code));
        QVERIFY2(text.contains(titleOfCode(code)), qPrintable(code));
    }
}

void TestDoctorCodes::codeHasStepAndWords_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("step");
    for (const Row &row : kContract) {
        QTest::newRow(row.code) << QString::fromLatin1(row.code) << row.step.toString();
    }
}

void TestDoctorCodes::codeHasStepAndWords()
{
    QFETCH(QString, code);
    QFETCH(QString, step);
    QCOMPARE(stepOfCode(code, u"where it was"_s), step);
    const Error error = doctorError(code, u"Zażółć gęślą jaźń"_s);
    QCOMPARE(error.code, code);
    QCOMPARE(error.detail, u"Zażółć gęślą jaźń"_s);
    // One plain sentence, and what to do.
    QVERIFY(error.title.size() > 15);
    QVERIFY(error.title.endsWith(u'.'));
    QCOMPARE(error.title.count(u". "_s), 0);
    QVERIFY(error.remedy.size() > 15);
    QVERIFY(error.remedy.endsWith(u'.'));
    QVERIFY(error.fix.isEmpty());
}

void TestDoctorCodes::codesOfOthersPassThrough()
{
    Error error;
    error.code = u"certificate-pin-mismatch"_s;
    error.title = u"Another certificate."_s;
    error.detail = u"こんにちは世界"_s;
    QCOMPARE(completedError(error), error);
    QCOMPARE(stepOfCode(error.code, u"x"_s), DoctorStep::Tls.toString());
    QCOMPARE(stepOfCode(u"never-heard-of"_s, u"x"_s), u"x"_s);
    QCOMPARE(doctorError(u"never-heard-of"_s).code, u"never-heard-of"_s);
    QVERIFY(!doctorError(u"never-heard-of"_s).title.isEmpty());
    QCOMPARE(completedError(Error {}).code, u"unknown"_s);
}

void TestDoctorCodes::wordsOfTheSessionStay()
{
    Error error = doctorError(u"wrong-password"_s);
    error.title = u"مرحبا بالعالم"_s;
    error.fix = { { u"login"_s, u"alice"_s } };
    const Error whole = completedError(error);
    QCOMPARE(whole, error);
    error.remedy.clear();
    QCOMPARE(completedError(error).remedy, remedyOfCode(u"wrong-password"_s));
}

void TestDoctorCodes::fixesDoNotLowerSecurity()
{
    Error error = doctorError(u"certificate-untrusted"_s);
    error.fix = { { u"pinned-certificate"_s, QString(64, u'a') }, { u"minimum-tls"_s, u"1.0"_s },
        { u"connection"_s, u"plain"_s }, { u"server"_s, u"a.test"_s } };
    QCOMPARE(completedError(error).fix, SettingsPatch({ { u"server"_s, u"a.test"_s } }));
    error.fix = { { u"connection"_s, u"tls"_s } };
    QCOMPARE(completedError(error).fix, error.fix);
}

void TestDoctorCodes::everyStepHasATitle()
{
    for (const Row &row : kContract) {
        const QString step = stepOfCode(QString::fromLatin1(row.code), u"settings"_s);
        QVERIFY2(doctorSteps().contains(step), row.code);
        QVERIFY(titleOfStep(step) != step);
    }
    QCOMPARE(titleOfStep(u"something-new"_s), u"something-new"_s);
}

void TestDoctorCodes::failedAttemptsAreHeldBack()
{
    QList<Finding> shown;
    FindingLog log([&shown](const Finding &one) { shown.append(one); });
    log.note(finding(DoctorStep::Tcp, Finding::State::Failed, u"a:1"_s, u"refused"_s));
    QVERIFY(shown.isEmpty());
    log.note(finding(DoctorStep::Tcp, Finding::State::Ok, u"b:1"_s));
    QCOMPARE(shown.size(), 2);
    QCOMPARE(shown.at(0).state, Finding::State::Warning);
    QCOMPARE(shown.at(0).tried, u"a:1"_s);
    QCOMPARE(shown.at(1).state, Finding::State::Ok);
}

void TestDoctorCodes::theLastAttemptBecomesTheFailure()
{
    QList<Finding> shown;
    FindingLog log([&shown](const Finding &one) { shown.append(one); });
    log.note(finding(DoctorStep::Name, Finding::State::Failed, u"a"_s, u"name-not-found"_s));
    log.note(finding(DoctorStep::Tcp, Finding::State::Failed, u"b:1"_s, u"refused"_s, u"RST"_s));
    const Finding failed = log.conclude(
        finding(DoctorStep::Tcp, Finding::State::Failed, u"elsewhere"_s, u"refused"_s));
    QCOMPARE(failed.tried, u"b:1"_s);
    QCOMPARE(failed.answer, u"RST"_s);
    QCOMPARE(shown.size(), 2);
    QCOMPARE(shown.at(0).state, Finding::State::Warning);
    QCOMPARE(shown.at(0).step, DoctorStep::Name.toString());
    QCOMPARE(shown.at(1).state, Finding::State::Failed);
    QVERIFY(log.held().isEmpty());
}

void TestDoctorCodes::nothingIsShownTwice()
{
    int shown = 0;
    FindingLog log([&shown](const Finding &) { ++shown; });
    for (int i = 0; i < 5; ++i) {
        log.note(finding(DoctorStep::Tcp, Finding::State::Ok, u"a:1"_s));
        log.show(finding(DoctorStep::Name, Finding::State::Ok, u"a"_s));
    }
    QCOMPARE(shown, 2);
    for (int i = 0; i < 5000; ++i) {
        log.note(finding(DoctorStep::Tcp, Finding::State::Ok, QString::number(i)));
    }
    QVERIFY(shown <= 200);
}

void TestDoctorCodes::stepAsJson()
{
    Finding failed = finding(DoctorStep::Tls, Finding::State::Failed, u"sip.litwareinc.test:443"_s,
        u"certificate-name-mismatch"_s, u"certificate for mail.litwareinc.test"_s);
    failed.error->fix = { { u"server"_s, u"mail.litwareinc.test"_s } };
    const QJsonObject json = stepJson(failed);
    QCOMPARE(json.value("event"_L1).toString(), u"step"_s);
    QCOMPARE(json.value("step"_L1).toString(), u"tls"_s);
    QCOMPARE(json.value("state"_L1).toString(), u"failed"_s);
    QCOMPARE(json.value("tried"_L1).toString(), u"sip.litwareinc.test:443"_s);
    QCOMPARE(json.value("answer"_L1).toString(), u"certificate for mail.litwareinc.test"_s);
    QCOMPARE(json.value("code"_L1).toString(), u"certificate-name-mismatch"_s);
    QVERIFY(!json.value("title"_L1).toString().isEmpty());
    QVERIFY(!json.value("remedy"_L1).toString().isEmpty());
    QCOMPARE(
        json.value("fix"_L1).toObject().value("server"_L1).toString(), u"mail.litwareinc.test"_s);
    const QJsonObject fine = stepJson(finding(DoctorStep::Tcp, Finding::State::Ok, u"a:1"_s));
    QCOMPARE(fine.value("state"_L1).toString(), u"ok"_s);
    QVERIFY(!fine.contains("code"_L1));
    QCOMPARE(toWord(Finding::State::Warning), u"warning"_s);
    QCOMPARE(toWord(Finding::State::Skipped), u"skipped"_s);
}

void TestDoctorCodes::verdictAsJson()
{
    Verdict verdict;
    verdict.step = u"authentication"_s;
    verdict.error = doctorError(u"wrong-password"_s, u"401 Unauthorized"_s);
    verdict.took = std::chrono::milliseconds(812);
    const QJsonObject bad = verdictJson(verdict);
    QCOMPARE(bad.value("event"_L1).toString(), u"verdict"_s);
    QCOMPARE(bad.value("ok"_L1).toBool(true), false);
    QCOMPARE(bad.value("code"_L1).toString(), u"wrong-password"_s);
    QCOMPARE(bad.value("detail"_L1).toString(), u"401 Unauthorized"_s);
    QCOMPARE(bad.value("took_ms"_L1).toInt(), 812);
    verdict.ok = true;
    verdict.error = {};
    verdict.learned = { { u"server"_s, u"a.test"_s } };
    const QJsonObject good = verdictJson(verdict);
    QCOMPARE(good.value("ok"_L1).toBool(), true);
    QVERIFY(!good.contains("code"_L1));
    QCOMPARE(good.value("learned"_L1).toObject().value("server"_L1).toString(), u"a.test"_s);
    verdict.step = DoctorStep::FederationSrv.toString(); // no sign-in was looked at
    QVERIFY(verdictJson(verdict).value("title"_L1) != good.value("title"_L1));
    QVERIFY(!verdictText(verdict).contains(good.value("title"_L1).toString()));
}

void TestDoctorCodes::reportHoldsNoSecret()
{
    const SettingsSchema schema {
        { .key = u"address"_s },
        { .key = u"password"_s, .type = SettingType::Secret },
        { .key = u"server"_s },
        { .key = u"on-connect"_s },
        { .key = u"discovery-url"_s },
        { .key = u"proxy-host"_s },
    };
    SettingValues settings;
    settings.set(u"address"_s, u"alice@litwareinc.test"_s);
    settings.set(u"password"_s, u"canary-1"_s);
    settings.set(u"server"_s, u"sip.litwareinc.test"_s, SettingOrigin::Found);
    settings.set(u"on-connect"_s, u"PRIVMSG X :login canary-2"_s);
    settings.set(u"discovery-url"_s, u"https://alice:canary-3@lync.test/"_s);
    settings.set(u"proxy-host"_s, u"alice:canary-6@proxy.test"_s);
    Finding odd = finding(DoctorStep::Authentication, Finding::State::Failed, u"login"_s,
        u"wrong-password"_s,
        u"Authorization: NTLM canary-4\nresponse=\"canary-5\" Zażółć 👩‍👩‍👧‍👦"_s);
    Verdict verdict;
    verdict.step = odd.step;
    verdict.error = *odd.error;
    verdict.error.fix = { { u"auth"_s, u"ntlm"_s } };
    const QString report = reportText(
        { u"Linchpin 1"_s, u"Debian"_s, u"sip"_s, u"alice@litwareinc.test"_s, QDateTime() }, schema,
        settings, { odd }, verdict);
    QVERIFY2(!report.contains("canary"_L1), qPrintable(report));
    QVERIFY(report.contains("server = sip.litwareinc.test (found)"_L1));
    QVERIFY(report.contains("@proxy.test"_L1));
    QVERIFY(report.contains("wrong-password"_L1));
    QVERIFY(report.contains(u"Zażółć"_s));
    QVERIFY(report.contains("auth = ntlm"_L1));
    QVERIFY(!QString::fromUtf8(QJsonDocument(verdictJson(verdict)).toJson()).contains("canary"_L1));
}

void TestDoctorCodes::bannerTellsWhoItIs_data()
{
    QTest::addColumn<QByteArray>("banner");
    QTest::addColumn<QString>("who");
    QTest::newRow("nothing") << QByteArray() << QString();
    QTest::newRow("noise") << QByteArray("\x01\x02\xff\xfe") << QString();
    QTest::newRow("web") << QByteArray("HTTP/1.1 400 Bad Request\r\n") << u"HTTP"_s;
    QTest::newRow("page") << QByteArray("\r\n<!doctype html><html>") << u"HTTP"_s;
    QTest::newRow("shell") << QByteArray("SSH-2.0-OpenSSH_9.2\r\n") << u"SSH"_s;
    QTest::newRow("mail") << QByteArray("220 mail.example.test ESMTP\r\n") << u"SMTP"_s;
    QTest::newRow("files") << QByteArray("220 ProFTPD ready\r\n") << u"FTP"_s;
    QTest::newRow("mailbox") << QByteArray("* OK Dovecot ready.\r\n") << u"IMAP"_s;
    QTest::newRow("pop") << QByteArray("+OK ready\r\n") << u"POP3"_s;
    QTest::newRow("chat") << QByteArray(":irc.test NOTICE * :*** Looking up\r\n") << u"IRC"_s;
    QTest::newRow("stream") << QByteArray("<?xml version='1.0'?>") << u"XMPP"_s;
}

void TestDoctorCodes::bannerTellsWhoItIs()
{
    QFETCH(QByteArray, banner);
    QFETCH(QString, who);
    QCOMPARE(protocolOfBanner(banner), who);
}

void TestDoctorCodes::clockIsJudgedByDates()
{
    const QDateTime real(QDate(2026, 11, 21), QTime(12, 0), QTimeZone::UTC);
    const QUrl from(u"http://a.test/"_s);
    QVERIFY(!clockError({}));
    QVERIFY(!clockError({ { from, real, real.addSecs(300) } }));
    QCOMPARE(
        clockError({ { from, real, real.addDays(2) } }).value(), std::chrono::seconds(2 * 86400));
    QCOMPARE(
        clockError({ { from, real, real.addDays(-2) } }).value(), std::chrono::seconds(-2 * 86400));
    // One server among several may be wrong itself.
    QVERIFY(!clockError({ { from, real.addDays(4), real }, { from, real, real } }));
    QVERIFY(!clockError({ { from, real, real }, { from, real.addDays(4), real } }));
}

QTEST_GUILESS_MAIN(TestDoctorCodes)
#include "tst_doctorcodes.moc"
