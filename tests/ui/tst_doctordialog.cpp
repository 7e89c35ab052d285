// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/doctor/doctorcodes.h"
#include "tests/ui/uiworld.h"
#include "ui/widgets/doctor/doctordialog.h"
#include "ui/widgets/doctor/doctorwatch.h"
#include "ui/widgets/doctor/stepsign.h"

#include <QClipboard>
#include <QFrame>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTreeWidget>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::test;

namespace {

/// A dialog whose doctors live in a world without a network.
struct Practice {
    UiWorld world;
    AccountId id = world.add(u"fake"_s, u"alice@alpha.test"_s, u"Work"_s);
    DoctorDialog dialog { world.context() };
    int examinations = 0;

    Practice()
    {
        dialog.setMaker([this](Account &account, bool) {
            ++examinations;
            Doctor::Patient patient;
            patient.plugin = account.plugin();
            patient.settings = account.config().settings;
            auto services = std::make_unique<FakeServices>(world.clock);
            services->secrets.insert(u"password"_s, u"canary-password"_s);
            patient.services = std::move(services);
            return std::make_unique<Doctor>(std::move(patient), DoctorWorld {});
        });
        dialog.show();
    }
    FakeSession *session() const
    {
        FakePlugin *const plugin = world.plugins.value(u"fake"_s);
        (void)QTest::qWaitFor([plugin] { return plugin->session() && plugin->session()->opens; });
        return plugin->session();
    }
    template <class T> T *part(const QString &name) { return dialog.findChild<T *>(name); }
};

Error mismatch()
{
    Error error = doctorError(
        u"certificate-name-mismatch"_s, u"certificate for mail.alpha.test Zażółć 🦄"_s);
    error.fix = { { u"server"_s, u"mail.alpha.test"_s } };
    return error;
}

} // namespace

class DoctorDialogTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void showsStepsAndVerdict();
    void appliesTheFix();
    void copiesAReportWithoutSecrets();
    void passwordsAreNotTriedUnasked();
    void canBeStoppedAndRunAgain();
    void aWarningThatBecomesTheFailureIsOneRow();
    void workingAccount();
    void closesWithItsAccount();
    void watchTellsOncePerFailure();
};

void DoctorDialogTest::showsStepsAndVerdict()
{
    Practice p;
    p.dialog.showAccount(p.id);
    QVERIFY(p.dialog.isExamining());
    QVERIFY(p.part<QWidget>(u"doctorProgress"_s)->isVisible());
    QVERIFY(!p.part<QWidget>(u"doctorVerdict"_s)->isVisible());
    FakeSession *const session = p.session();
    QVERIFY(session);
    session->end(mismatch());
    QTRY_VERIFY(!p.dialog.isExamining());
    QVERIFY(p.part<QWidget>(u"doctorVerdict"_s)->isVisible());
    QVERIFY(!p.part<QWidget>(u"doctorProgress"_s)->isVisible());
    QCOMPARE(p.part<QLabel>(u"verdictSentence"_s)->text(), mismatch().title);
    QVERIFY(p.part<QLabel>(u"verdictWords"_s)->text().contains(u"Zażółć 🦄"_s));
    QVERIFY(p.part<QLabel>(u"verdictWords"_s)->text().contains(u"certificate-name-mismatch"_s));
    QVERIFY(!p.part<QLabel>(u"verdictRemedy"_s)->text().isEmpty());
    const auto *const steps = p.part<QTreeWidget>(u"doctorSteps"_s);
    QCOMPARE(steps->topLevelItemCount(), 2);
    const QTreeWidgetItem *const failed = steps->topLevelItem(1);
    QCOMPARE(failed->text(0), titleOfStep(u"tls"_s));
    QCOMPARE(failed->text(1), wordOfState(Finding::State::Failed));
    QCOMPARE(steps->currentItem(), failed);
    QVERIFY(failed->data(0, Qt::AccessibleTextRole).toString().contains(failed->text(1)));
    QVERIFY(!failed->icon(0).isNull());
}

void DoctorDialogTest::appliesTheFix()
{
    Practice p;
    p.world.accounts->start();
    p.dialog.showAccount(p.id);
    FakeSession *const session = p.session();
    QVERIFY(session);
    p.dialog.showResult(p.id, {}, { .step = u"tls"_s, .error = mismatch() });
    auto *const fix = p.part<QPushButton>(u"applyFix"_s);
    QVERIFY(fix->isVisible());
    QVERIFY(fix->isDefault());
    QVERIFY(fix->accessibleDescription().contains(u"mail.alpha.test"_s));
    fix->click();
    const Account *const account = p.world.accounts->account(p.id);
    QCOMPARE(account->config().settings.text(u"server"_s), u"mail.alpha.test"_s);
    QCOMPARE(account->config().settings.origin(u"server"_s), SettingOrigin::Found);
    QVERIFY(!p.dialog.isVisible());
    QCOMPARE(account->state(), Account::State::Connecting);
}

void DoctorDialogTest::copiesAReportWithoutSecrets()
{
    Practice p;
    p.dialog.showAccount(p.id);
    FakeSession *const session = p.session();
    QVERIFY(session);
    Error error = mismatch();
    error.detail = u"Authorization: NTLM canary-token"_s;
    session->end(error);
    QTRY_VERIFY(!p.dialog.isExamining());
    p.part<QPushButton>(u"copyReport"_s)->click();
    const QString report = QApplication::clipboard()->text();
    QVERIFY(report.contains(u"alice@alpha.test"_s));
    QVERIFY(report.contains(u"certificate-name-mismatch"_s));
    QVERIFY2(!report.contains(u"canary"_s), qPrintable(report));
}

void DoctorDialogTest::passwordsAreNotTriedUnasked()
{
    Practice p;
    p.world.accounts->start();
    p.world.session().setState(Session::State::Authenticating);
    p.world.session().end(doctorError(u"wrong-password"_s, u"401 Unauthorized"_s));
    QTRY_VERIFY(p.world.accounts->account(p.id)->reason());
    p.dialog.showAccount(p.id);
    QCOMPARE(p.examinations, 0);
    QVERIFY(p.part<QLabel>(u"verdictWords"_s)->text().contains(u"401 Unauthorized"_s));
    p.part<QPushButton>(u"runAgain"_s)->click();
    QCOMPARE(p.examinations, 1); // asked for
    p.dialog.close();
}

void DoctorDialogTest::canBeStoppedAndRunAgain()
{
    Practice p;
    p.dialog.showAccount(p.id);
    QVERIFY(p.session());
    auto *const again = p.part<QPushButton>(u"runAgain"_s);
    const QString stop = again->text();
    again->click();
    QTRY_VERIFY(!p.dialog.isExamining());
    QVERIFY(again->text() != stop);
    QVERIFY(!p.part<QPushButton>(u"applyFix"_s)->isVisible());
    again->click();
    QVERIFY(p.dialog.isExamining());
    QCOMPARE(p.examinations, 2);
    p.dialog.close();
}

void DoctorDialogTest::aWarningThatBecomesTheFailureIsOneRow()
{
    Practice p;
    const Error refused = doctorError(u"refused"_s);
    const Finding warning { u"tcp"_s, Finding::State::Warning, u"a:1"_s, {}, refused };
    const Finding failed { u"tcp"_s, Finding::State::Failed, u"a:1"_s, {}, refused };
    p.dialog.showResult(p.id, { warning, failed }, { .step = u"tcp"_s, .error = refused });
    const auto *const steps = p.part<QTreeWidget>(u"doctorSteps"_s);
    QCOMPARE(steps->topLevelItemCount(), 1);
    QCOMPARE(steps->topLevelItem(0)->text(1), wordOfState(Finding::State::Failed));
}

void DoctorDialogTest::workingAccount()
{
    Practice p;
    p.dialog.showAccount(p.id);
    FakeSession *const session = p.session();
    QVERIFY(session);
    session->goOnline();
    session->tell(ContactListComplete {});
    QTRY_VERIFY(!p.dialog.isExamining());
    QVERIFY(!p.part<QLabel>(u"verdictRemedy"_s)->isVisible());
    QVERIFY(!p.part<QPushButton>(u"applyFix"_s)->isVisible());
    QVERIFY(p.part<QLabel>(u"verdictSentence"_s)->text().size() > 5);
}

void DoctorDialogTest::closesWithItsAccount()
{
    Practice p;
    p.dialog.showAccount(p.id);
    QVERIFY(p.session());
    p.world.accounts->remove(p.id);
    QTRY_VERIFY(!p.dialog.isVisible());
}

void DoctorDialogTest::watchTellsOncePerFailure()
{
    UiWorld world;
    const AccountId id = world.add(u"fake"_s, u"alice@alpha.test"_s, u"Work"_s);
    DoctorWatch watch(world.context());
    FakePlugin *const plugin = world.plugins.value(u"fake"_s);
    QSignalSpy diagnosed(&watch, &DoctorWatch::diagnosed);
    world.accounts->start();
    Error expired = doctorError(u"certificate-expired"_s, u"the day before yesterday"_s);
    plugin->session()->end(expired);
    QTRY_COMPARE(plugin->sessionsMade(), 2); // the doctor's
    QTRY_VERIFY(plugin->session() && plugin->session()->opens > 0);
    plugin->session()->end(expired);
    QTRY_COMPARE(diagnosed.size(), 1);
    QVERIFY(watch.resultOf(id));
    QCOMPARE(watch.resultOf(id)->verdict.error.code, u"certificate-expired"_s);
    // The same failure again is not looked at again.
    world.accounts->account(id)->retryNow();
    QTRY_COMPARE(plugin->sessionsMade(), 3);
    plugin->session()->end(expired);
    QTest::qWait(0);
    QCOMPARE(plugin->sessionsMade(), 3);
    // A wrong password is nobody's to try again.
    world.accounts->account(id)->retryNow();
    QTRY_COMPARE(plugin->sessionsMade(), 4);
    plugin->session()->end(doctorError(u"wrong-password"_s));
    QTest::qWait(0);
    QCOMPARE(plugin->sessionsMade(), 4);
    QCOMPARE(diagnosed.size(), 1);
}

QTEST_MAIN(DoctorDialogTest)
#include "tst_doctordialog.moc"
