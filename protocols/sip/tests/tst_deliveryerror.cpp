// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/im/deliveryerror.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::sip;

class tst_DeliveryError : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void codes_data()
    {
        QTest::addColumn<SipFailure>("failure");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("detail");
        const auto row
            = [](const char *name, const SipFailure &failure, const QString &code,
                  const QString &detail) { QTest::newRow(name) << failure << code << detail; };
        row("offline", { .status = 480, .reasonPhrase = "Temporarily Unavailable"_ba },
            u"recipient-offline"_s, u"480 Temporarily Unavailable"_s);
        row("no dialog", { .status = 481 }, u"recipient-offline"_s, u"481"_s);
        row("peer timeout", { .status = 408 }, u"recipient-silent"_s, u"408"_s);
        row("gone", { .status = 410 }, u"recipient-offline"_s, u"410"_s);
        row("refused by everybody", { .status = 600 }, u"recipient-busy"_s, u"600"_s);
        row("unknown everywhere", { .status = 604 }, u"recipient-unknown"_s, u"604"_s);
        row("blocked by the person",
            { .status = 403, .diagnostics = "4000;reason=\"Blocked by recipient\""_ba },
            u"message-not-allowed"_s, u"403 Blocked by recipient"_s);
        row("domain unknown",
            { .status = 404,
                .diagnostics = "1005;reason=\"Cannot route to destination domain\""_ba },
            u"federation-unreachable"_s, u"404 Cannot route to destination domain"_s);
        row("public networks not allowed",
            { .status = 403, .diagnostics = "1001;reason=\"From URI is not authorized\""_ba },
            u"federation-not-allowed"_s, u"403 From URI is not authorized"_s);
        row("busy", { .status = 486, .reasonPhrase = "Busy Here"_ba }, u"recipient-busy"_s,
            u"486 Busy Here"_s);
        row("unknown", { .status = 404 }, u"recipient-unknown"_s, u"404"_s);
        row("declined",
            { .status = 603,
                .reasonPhrase = "Decline"_ba,
                .warning
                = "399 x \"This client has an IM session with the same conversation ID\""_ba },
            u"recipient-declined"_s,
            u"603 This client has an IM session with the same conversation ID"_s);
        row("filter", { .status = 606, .warning = "309 lcs.microsoft.com \"Blocked\""_ba },
            u"message-blocked"_s, u"606 Blocked"_s);
        row("not acceptable", { .status = 606 }, u"message-type-unsupported"_s, u"606"_s);
        row("type", { .status = 415 }, u"message-type-unsupported"_s, u"415"_s);
        row("too long", { .status = 413 }, u"message-too-long"_s, u"413"_s);
        row("policy", { .status = 403, .reasonPhrase = "Forbidden"_ba }, u"message-not-allowed"_s,
            u"403 Forbidden"_s);
        row("not federated",
            { .status = 403,
                .diagnostics = "1002;source=\"edge\";reason=\"From URI not authorized\""_ba },
            u"federation-not-allowed"_s, u"403 From URI not authorized"_s);
        row("no DNS",
            { .status = 504, .diagnostics = "1008;reason=\"Unable to resolve DNS SRV\""_ba },
            u"federation-unreachable"_s, u"504 Unable to resolve DNS SRV"_s);
        row("nobody there", { .status = 480, .diagnostics = "4005;reason=\"x\""_ba },
            u"recipient-unknown"_s, u"480 x"_s);
        row("service", { .status = 503 }, u"service-unavailable"_s, u"503"_s);
        row("signed out", { .status = 401 }, u"not-signed-in"_s, u"401"_s);
        row("cancelled", { .status = 487 }, u"cancelled"_s, u"487"_s);
        row("loop", { .status = 482, .reasonPhrase = "Loop Detected"_ba }, u"delivery-failed"_s,
            u"482 Loop Detected"_s);
        row("silence", { .status = kNoAnswer }, u"delivery-timeout"_s, u""_s);
        row("line", { .status = kConnectionLost }, u"connection-lost"_s, u""_s);
        row("hostile words",
            { .status = 480,
                .warning = "399 \"open"_ba,
                .diagnostics = "99999999999999;reason="_ba },
            u"recipient-offline"_s, u"480"_s);
    }
    void codes()
    {
        QFETCH(SipFailure, failure);
        const Error error = deliveryError(failure, u"Zażółć 100%1"_s);
        QTEST(error.code, "code");
        QTEST(error.detail.isNull() ? u""_s : error.detail, "detail");
        QVERIFY(!error.title.isEmpty());
        QVERIFY(!error.remedy.isEmpty());
        // Either the sentence names nobody, or it names the person, exactly once.
        QCOMPARE(error.title.count(u"%1"), error.title.count(u"Zażółć 100%1"));
    }

    void onlyDeadDialogsAreRetried()
    {
        QVERIFY(isStaleDialog(408) && isStaleDialog(480) && isStaleDialog(481));
        QVERIFY(!isStaleDialog(486) && !isStaleDialog(200) && !isStaleDialog(kNoAnswer));
    }

    void longWordsAreCut()
    {
        const SipFailure failure { .status = 500, .reasonPhrase = QByteArray(10'000, 'x') };
        QVERIFY(deliveryError(failure, u"Ann"_s).detail.size() < 600);
    }
};

QTEST_GUILESS_MAIN(tst_DeliveryError)
#include "tst_deliveryerror.moc"
