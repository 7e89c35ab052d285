// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/contacts/statusalerts.h"

#include <QTest>

using namespace linchpin;
using namespace Qt::StringLiterals;
using Kind = StatusAlerts::Kind;

Q_DECLARE_METATYPE(QList<linchpin::Availability>)

/// Telling the user when somebody becomes available.
class tst_StatusAlerts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void tells_data()
    {
        using enum Availability;
        QTest::addColumn<Kind>("kind");
        QTest::addColumn<Availability>("atFirst");
        QTest::addColumn<QList<Availability>>("then");
        QTest::addColumn<QList<int>>("due"); // indices of `then`
        QTest::newRow("once") << Kind::Once << Away
                              << QList<Availability> { Busy, Available, Away, Available }
                              << QList<int> { 1 };
        QTest::newRow("every time")
            << Kind::Always << Away << QList<Availability> { Available, Available, Away, Available }
            << QList<int> { 0, 3 };
        QTest::newRow("available already")
            << Kind::Once << Available << QList<Availability> { Available, Away, Available }
            << QList<int> { 2 };
        QTest::newRow("nothing known")
            << Kind::Once << Unknown << QList<Availability> { Available } << QList<int> { 0 };
        QTest::newRow("our own signing out is no news")
            << Kind::Always << Offline << QList<Availability> { Available, Unknown, Available }
            << QList<int> { 0 };
        QTest::newRow("while we were away")
            << Kind::Once << DoNotDisturb << QList<Availability> { Unknown, Available }
            << QList<int> { 1 };
        QTest::newRow("never") << Kind::None << Away << QList<Availability> { Available }
                               << QList<int> {};
    }
    void tells()
    {
        QFETCH(Kind, kind);
        QFETCH(Availability, atFirst);
        QFETCH(QList<Availability>, then);
        QFETCH(QList<int>, due);
        for (const bool restarted : { false, true }) {
            const PersonAddress zofia { { u"work"_s }, { u"zofia@litwareinc.test"_s } };
            StatusAlerts alerts;
            alerts.set(zofia, kind, atFirst);
            QList<int> told;
            for (int i = 0; i < then.size(); ++i) {
                if (restarted) {
                    alerts = StatusAlerts::fromJson(alerts.toJson());
                }
                const auto before = alerts.toJson();
                const StatusAlerts::Outcome outcome = alerts.presence(zofia, then.at(i));
                QCOMPARE(outcome.changed, before != alerts.toJson());
                if (outcome.due) {
                    told.append(i);
                }
            }
            QCOMPARE(told, due);
            QCOMPARE(alerts.kind(zofia), kind == Kind::Once && !due.isEmpty() ? Kind::None : kind);
        }
    }

    void isPerAddress()
    {
        const PersonAddress one { { u"a"_s }, { u"こんにちは@世界.test"_s } };
        const PersonAddress same { { u"b"_s }, one.address };
        StatusAlerts alerts;
        alerts.set(one, Kind::Always, Availability::Away);
        QCOMPARE(alerts.kind(same), Kind::None);
        QVERIFY(!alerts.presence(same, Availability::Available).due);
        QCOMPARE(StatusAlerts::fromJson(alerts.toJson()).kind(one), Kind::Always);
        alerts.forget({ u"a"_s });
        QCOMPARE(alerts.kind(one), Kind::None);
        QCOMPARE(alerts.toJson(), QJsonArray());
        const QJsonArray broken { 1, QJsonObject {}, QJsonArray {} };
        QCOMPARE(StatusAlerts::fromJson(broken).toJson(), QJsonArray());
    }
};

QTEST_GUILESS_MAIN(tst_StatusAlerts)
#include "tst_statusalerts.moc"
