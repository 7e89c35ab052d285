// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/doctor/linecheck.h"
#include "protocols/irc/ircerrors.h"
#include "tests/support/fakeservices.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::irc;

namespace {

/// What a host is like: by port, what answers there without and with TLS.
struct Host {
    QHash<quint16, QByteArray> plain; ///< Empty bytes: takes the connection and keeps silent.
    QHash<quint16, QString> tls; ///< Empty text: good; else the code of the failure.
};

} // namespace

Q_DECLARE_METATYPE(Host)

class tst_IrcDoctor : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void words_data();
    void words();
    void knocks_data();
    void knocks();
    void everyCodeHasWords();
};

void tst_IrcDoctor::words_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<LineWords::Kind>("kind");
    using enum LineWords::Kind;
    QTest::newRow("nothing") << ""_ba << Silent;
    QTest::newRow("InspIRCd") << ":irc.test NOTICE * :*** Looking up your hostname...\r\n"_ba
                              << Irc;
    QTest::newRow("hybrid") << "NOTICE AUTH :*** Checking Ident\r\n"_ba << Irc;
    QTest::newRow("thrown out") << "ERROR :Closing Link: (Zażółć)\r\n"_ba << Irc;
    QTest::newRow("capabilities") << ":irc.test CAP * LS :sasl\r\n"_ba << Irc;
    QTest::newRow("ping") << "PING :1\r\n"_ba << Irc;
    QTest::newRow("web") << "HTTP/1.1 400 Bad Request\r\n"_ba << Other;
    QTest::newRow("mail") << "220 mail.test ESMTP\r\n"_ba << Other;
    QTest::newRow("SSH") << "SSH-2.0-OpenSSH_9.2\r\n"_ba << Other;
    QTest::newRow("XMPP") << "<?xml version='1.0'?><stream:stream>"_ba << Other;
    QTest::newRow("alert") << QByteArray::fromHex("15030300020246") << Tls;
    QTest::newRow("rubbish") << QByteArray(3000, '\xff') << Other;
}

void tst_IrcDoctor::words()
{
    QFETCH(QByteArray, bytes);
    QFETCH(LineWords::Kind, kind);
    const LineWords line = judgeLine(bytes);
    QCOMPARE(line.kind, kind);
    QVERIFY(line.words.size() <= 120);
}

void tst_IrcDoctor::knocks_data()
{
    QTest::addColumn<QVariantMap>("settings");
    QTest::addColumn<QString>("failure");
    QTest::addColumn<Host>("host");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QVariantMap>("fix");
    const QVariantMap plain { { u"connection"_s, u"plain"_s }, { u"port"_s, 7000 } };
    const QVariantMap tls { { u"connection"_s, u"tls"_s }, { u"port"_s, 6667 } };
    const QByteArray irc = ":irc.test NOTICE * :hello\r\n";
    const QVariantMap none;
    QTest::newRow("TLS at the port")
        << plain << u"timed-out"_s << Host { { { 7000, {} } }, { { 7000, {} } } }
        << u"tls-required"_s << QVariantMap { { u"connection"_s, u"tls"_s } };
    QTest::newRow("TLS at the port, with a bad certificate")
        << plain << u"server-fault"_s
        << Host { { { 7000, {} } }, { { 7000, u"certificate-untrusted"_s } } } << u"tls-required"_s
        << QVariantMap { { u"connection"_s, u"tls"_s } };
    QTest::newRow("no TLS at the port, but at 6697")
        << tls << u"timed-out"_s << Host { { { 6667, irc } }, { { 6697, {} } } } << u"not-tls"_s
        << QVariantMap { { u"connection"_s, u"tls"_s }, { u"port"_s, 6697 } };
    QTest::newRow("no TLS anywhere")
        << tls << u"not-tls"_s << Host { { { 6667, irc } }, {} } << u"not-tls"_s << none;
    QTest::newRow("web server") << tls << u"not-tls"_s
                                << Host { { { 6667, "HTTP/1.1 400 Bad Request\r\n" } }, {} }
                                << u"wrong-protocol"_s << none;
    const QVariantMap startTls { { u"connection"_s, u"starttls"_s }, { u"port"_s, 7000 } };
    QTest::newRow("no answer to STARTTLS")
        << startTls << u"timed-out"_s << Host { { { 7000, irc } }, {} } << u"not-tls"_s << none;
    QTest::newRow("STARTTLS at a port for TLS")
        << startTls << u"timed-out"_s << Host { { { 7000, {} } }, { { 7000, {} } } }
        << u"tls-required"_s << QVariantMap { { u"connection"_s, u"tls"_s } };
    QTest::newRow("refused, but there is 6697")
        << plain << u"refused"_s << Host { {}, { { 6697, {} } } } << u"refused"_s
        << QVariantMap { { u"connection"_s, u"tls"_s }, { u"port"_s, 6697 } };
    QTest::newRow("refused everywhere") << plain << u"refused"_s << Host {} << QString() << none;
    QTest::newRow("silent everywhere")
        << plain << u"timed-out"_s << Host { { { 7000, {} } }, {} } << QString() << none;
    QTest::newRow("clear enough") << plain << u"banned"_s
                                  << Host { { { 7000, irc } }, { { 6697, {} } } } << QString()
                                  << none;
}

void tst_IrcDoctor::knocks()
{
    QFETCH(QVariantMap, settings);
    QFETCH(QString, failure);
    QFETCH(Host, host);
    QFETCH(QString, code);
    QFETCH(QVariantMap, fix);
    linchpin::test::ManualClock clock;
    linchpin::test::FakeServices services(clock);
    services.onConnect = [&](const Endpoint &endpoint) -> Result<void> {
        Error error;
        error.code = u"refused"_s;
        if (endpoint.security == Endpoint::Security::Tls) {
            error.code = host.tls.value(endpoint.port, error.code);
            return error.code.isEmpty() ? Result<void>() : std::unexpected(error);
        }
        return host.plain.contains(endpoint.port) ? Result<void>() : std::unexpected(error);
    };
    SettingValues values;
    values.set(u"address"_s, u"alice@irc.test"_s);
    for (auto value = settings.cbegin(); value != settings.cend(); ++value) {
        values.set(value.key(), *value);
    }
    values = accountSchema().complete(values);
    QList<Finding> findings;
    const DoctorContext context { .settings = values,
        .services = services,
        .report = [&](const Finding &finding) { findings.append(finding); } };
    LineCheck check;
    Error error = makeError(failure);
    error.code = failure;
    bool answered = false;
    QObject receiver;
    check.run(context, error).then(&receiver, [&](const Result<QList<Finding>> &) {
        answered = true;
    });
    for (int i = 0; i < 40 && !answered; ++i) {
        QCoreApplication::processEvents();
        if (!services.transports.isEmpty()) {
            const auto line = services.transports.constLast();
            if (line->endpoint().security == Endpoint::Security::Plain) {
                line->feed(host.plain.value(line->endpoint().port));
            }
        }
        QCoreApplication::processEvents();
        clock.advance(std::chrono::milliseconds(250));
    }
    QVERIFY(answered);
    QCOMPARE(findings.isEmpty() ? QString() : findings.constLast().error->code, code);
    if (!code.isEmpty()) {
        QCOMPARE(findings.constLast().state, Finding::State::Failed);
        QCOMPARE(findings.constLast().error->fix, fix);
        QVERIFY(!findings.constLast().error->title.isEmpty());
    }
    QVERIFY(services.endpoints.size() <= 3); // servers count connections
    for (const auto &line : std::as_const(services.transports)) {
        QVERIFY(line->isClosed());
        QVERIFY(!line->written().contains("NICK"));
    }
}

void tst_IrcDoctor::everyCodeHasWords()
{
    for (const QString &code : { u"auth-scheme-unavailable"_s, u"wrong-password"_s,
             u"account-disabled"_s, u"sasl-required"_s, u"banned"_s, u"nick-in-use"_s,
             u"login-format"_s, u"wrong-protocol"_s, u"not-tls"_s, u"tls-required"_s,
             u"throttled"_s, u"too-many-connections"_s, u"timed-out"_s, u"server-fault"_s,
             u"elsewhere-signed-in"_s }) {
        const Error error = makeError(code, u"their words"_s);
        QCOMPARE(error.code, code);
        QCOMPARE(error.detail, u"their words"_s);
        QVERIFY2(!error.title.isEmpty() && !error.remedy.isEmpty(), qPrintable(code));
    }
    QVERIFY(makeError(u"throttled"_s).retryAfter > std::chrono::seconds(0));
    QVERIFY(!makeError(u"throttled"_s).fatal);
}

QTEST_GUILESS_MAIN(tst_IrcDoctor)
#include "tst_ircdoctor.moc"
