// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/doctor/doctorcodes.h"
#include "tests/doctor/fault.h"

#include <QSet>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::test;

/// The fault matrix of one protocol (LINCHPIN_FAULTS_OF): each row breaks the world in one way and
/// expects the doctor to say so.
class TestDoctorFaults : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void everyCodeHasARow();
    void diagnosis_data();
    void diagnosis();

private:
    QList<Fault> m_faults;
};

void TestDoctorFaults::initTestCase()
{
    if (!FaultCertificates::isPossible()) {
        QSKIP("SKIP-ALL: there is no openssl program");
    }
    m_faults = faultsOf(QStringLiteral(LINCHPIN_FAULTS_OF));
    QSet<QString> names;
    for (const Fault &fault : std::as_const(m_faults)) {
        QVERIFY2(!names.contains(fault.name), qPrintable(fault.name));
        names.insert(fault.name);
    }
}

void TestDoctorFaults::everyCodeHasARow()
{
    QStringList missing = doctorCodes();
    for (const QString &protocol : { u"sip"_s, u"xmpp"_s, u"irc"_s }) {
        const QList<Fault> faults = faultsOf(protocol);
        for (const Fault &fault : faults) {
            missing.removeAll(fault.code);
        }
    }
    QCOMPARE(missing, QStringList());
}

void TestDoctorFaults::diagnosis_data()
{
    QTest::addColumn<int>("row");
    for (int i = 0; i < m_faults.size(); ++i) {
        QTest::newRow(qPrintable(m_faults.at(i).name)) << i;
    }
}

void TestDoctorFaults::diagnosis()
{
    QFETCH(int, row);
    const Fault fault = m_faults.at(row);
    const FaultResult result = examine(fault);
    if (result.skipped) {
        QSKIP("what the row needs is not installed");
    }
    QVERIFY2(result.complaint.isEmpty(), qPrintable(result.complaint + u"\n"_s + result.report));
    QVERIFY2(!result.report.contains(u"Zażółć"_s), qPrintable(result.report));
}

QTEST_GUILESS_MAIN(TestDoctorFaults)
#include "tst_doctorfaults.moc"
