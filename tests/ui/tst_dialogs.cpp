// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/ui/uiworld.h"
#include "ui/widgets/accounts/accountsdialog.h"
#include "ui/widgets/accounts/firstrundialog.h"
#include "ui/widgets/common/questions.h"
#include "ui/widgets/contactlist/accessdialog.h"
#include "ui/widgets/history/historydialog.h"
#include "ui/widgets/import/importdialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QToolButton>
#include <QTreeWidget>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::test;

class DialogsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void editsAnAccount();
    void refusesWhatMakesNoSense();
    void removesAnAccount();
    void wizardGoesOnline();
    void wizardShowsTheServersWords();
    void historyFindsAndOpens();
    void privacyRelationships();
    void movesIn();
    void saysThatThereIsNothingToImport();
};

void DialogsTest::editsAnAccount()
{
    UiWorld world;
    const AccountId id = world.add(u"fake"_s, u"alice@alpha.test"_s, u"Work"_s);
    AccountsDialog dialog(world.context());
    dialog.show();
    dialog.select(id, u"pageAdvanced"_s);
    auto *const apply = dialog.findChild<QPushButton *>(u"applyButton"_s);
    auto *const greeting = dialog.findChild<QLineEdit *>(u"greeting"_s);
    QVERIFY(apply && greeting);
    QVERIFY(!apply->isEnabled());
    greeting->setText(u"Zażółć gęślą jaźń"_s);
    QVERIFY(apply->isEnabled());
    apply->click();
    QCOMPARE(
        world.accounts->account(id)->config().settings.text(u"greeting"_s), u"Zażółć gęślą jaźń"_s);
    QVERIFY(!apply->isEnabled());

    auto *const name = dialog.findChild<QLineEdit *>(u"accountName"_s);
    QVERIFY(name);
    name->clear();
    QTest::keyClicks(name, u"Office"_s);
    apply->click();
    QCOMPARE(world.accounts->account(id)->name(), u"Office"_s);
}

void DialogsTest::refusesWhatMakesNoSense()
{
    UiWorld world;
    const AccountId id = world.add(u"fake"_s, u"alice@alpha.test"_s);
    AccountsDialog dialog(world.context());
    dialog.show();
    dialog.select(id);
    auto *const address = dialog.findChild<QLineEdit *>(u"address"_s);
    QVERIFY(address);
    address->clear();
    QVERIFY(!dialog.findChild<QPushButton *>(u"applyButton"_s)->isEnabled());
    QCOMPARE(world.accounts->account(id)->address(), u"alice@alpha.test"_s);
}

void DialogsTest::removesAnAccount()
{
    UiWorld world;
    const AccountId id = world.add(u"fake"_s, u"alice@alpha.test"_s);
    AccountsDialog dialog(world.context());
    dialog.show();
    dialog.select(id);
    QToolButton *remove = nullptr;
    const QList<QToolButton *> buttons = dialog.findChildren<QToolButton *>();
    for (QToolButton *const button : buttons) {
        if (button->accessibleName() == u"Remove this account"_s) {
            remove = button;
        }
    }
    QVERIFY(remove);
    questions::setNextAnswer(std::nullopt); // "Cancel"
    remove->click();
    QVERIFY(world.accounts->account(id));
    questions::setNextAnswer(QString());
    remove->click();
    QTRY_VERIFY(!world.accounts->account(id));
    QVERIFY(!remove->isEnabled());
}

void DialogsTest::wizardGoesOnline()
{
    UiWorld world;
    FirstRunDialog dialog(world.context());
    dialog.show();
    auto *const signIn = dialog.findChild<QPushButton *>(u"signIn"_s);
    QVERIFY(signIn && !signIn->isEnabled());
    QTest::keyClicks(dialog.findChild<QLineEdit *>(u"address"_s), u"Alice@example.test"_s);
    QVERIFY(signIn->isEnabled());
    QVERIFY(dialog.findChild<QLabel *>(u"reason"_s)->text().contains(u"Example Service"_s));
    QTest::keyClicks(dialog.findChild<QLineEdit *>(u"password"_s), u"pw"_s);
    QTest::keyClick(&dialog, Qt::Key_Return);
    QCOMPARE(world.accounts->accounts().size(), 1);
    const Account *const account = world.accounts->accounts().constFirst();
    QCOMPARE(account->address(), u"alice@example.test"_s);
    QCOMPARE(account->config().settings.text(u"server"_s), u"chat.example.test"_s);
    QCOMPARE(account->config().settings.origin(u"server"_s), SettingOrigin::Preset);
    QVERIFY(!signIn->isEnabled()); // not twice
    QTRY_VERIFY(world.plugins.value(u"fake"_s)->session());
    world.session().goOnline();
    QTRY_VERIFY(!dialog.isVisible());
    QCOMPARE(dialog.result(), static_cast<int>(QDialog::Accepted));
}

void DialogsTest::wizardShowsTheServersWords()
{
    UiWorld world;
    FirstRunDialog dialog(world.context());
    dialog.show();
    dialog.findChild<QLineEdit *>(u"address"_s)->setText(u"alice@example.test"_s);
    dialog.findChild<QPushButton *>(u"signIn"_s)->click();
    QTRY_VERIFY(world.plugins.value(u"fake"_s)->session());
    Error why;
    why.kind = Error::Kind::Authentication;
    why.code = u"not-authorized"_s;
    why.title = u"The server refused the password."_s;
    why.detail = u"401 <b>no</b>"_s;
    world.session().end(why);
    auto *const state = dialog.findChild<QLabel *>(u"state"_s);
    QTRY_VERIFY(state->text().contains(why.title));
    QVERIFY(state->text().contains(u"401 <b>no</b>"_s));
    QCOMPARE(state->textFormat(), Qt::PlainText);
    QVERIFY(dialog.isVisible());
}

void DialogsTest::historyFindsAndOpens()
{
    UiWorld world;
    const AccountId id = world.add(u"fake"_s, u"alice@alpha.test"_s);
    const ConversationKey bob { id, u"bob@b.test"_s, ConversationKind::Person };
    const ConversationKey zo { id, u"zo@b.test"_s, ConversationKind::Person };
    const QDateTime at = world.clock.now();
    world.store(bob, u"The linchpin holds the wheel"_s, at);
    const StoredMessage wanted = world.store(zo, u"Zażółć gęślą jaźń, linchpin"_s, at.addSecs(60));
    world.store(zo, u"こんにちは世界"_s, at.addSecs(120));
    HistoryDialog dialog(world.context());
    dialog.show();
    QSignalSpy opened(&dialog, &HistoryDialog::messageRequested);
    auto *const words = dialog.findChild<QLineEdit *>(u"historyWords"_s);
    auto *const hits = dialog.findChild<QListView *>(u"historyHits"_s);
    QVERIFY(words && hits);
    words->setText(u"linchpin"_s);
    QTRY_COMPARE(hits->model()->rowCount(), 2);
    words->setText(u"世界"_s);
    QTRY_COMPARE(hits->model()->rowCount(), 1);
    words->setText(u"linchpin -wheel"_s);
    QTRY_COMPARE(hits->model()->rowCount(), 1);
    QTRY_VERIFY(hits->model()->index(0, 0).data().toString().contains(u"jaźń"_s));
    Q_EMIT hits->activated(hits->model()->index(0, 0));
    QCOMPARE(opened.size(), 1);
    QCOMPARE(opened.constFirst().constFirst().value<StoredMessage>().id, wanted.id);
    dialog.findChild<QLineEdit *>(u"historyWith"_s)->setText(u"nobody@b.test"_s);
    QTRY_COMPARE(hits->model()->rowCount(), 0);
}

void DialogsTest::privacyRelationships()
{
    UiWorld world;
    world.add(u"fake"_s, u"alice@alpha.test"_s);
    world.online();
    QVERIFY(!AccessDialog::isUseful(world.context()));
    FakeSession &session = world.session();
    session.hasAccess = true;
    QVERIFY(AccessDialog::isUseful(world.context()));
    world.contact(u"fake"_s, u"zo@b.test"_s, u"Zażółć"_s, {}, { Availability::Away });
    session.accessRules.append({ AccessRule::Subject::Person, u"zo@b.test"_s, u"far"_s });

    AccessDialog dialog(world.context());
    dialog.show();
    auto *const rules = dialog.findChild<QTreeWidget *>(u"accessRules"_s);
    auto *const level = dialog.findChild<QComboBox *>(u"accessLevel"_s);
    auto *const remove = dialog.findChild<QPushButton *>(u"removeRule"_s);
    QVERIFY(rules && level && remove);
    // Four groups, always there; then the people.
    QCOMPARE(rules->topLevelItemCount(), 2);
    QCOMPARE(rules->topLevelItem(0)->childCount(), 4);
    QCOMPARE(level->currentData().toString(), u"near"_s); // everybody of the company
    const QTreeWidgetItem *person = rules->topLevelItem(1)->child(0);
    QVERIFY(person->text(0).contains(u"Zażółć"_s));
    QCOMPARE(person->text(1), u"Far"_s);

    // The keyboard reaches the level and changes it.
    QTest::keyClick(rules, Qt::Key_Down);
    QCOMPARE(level->currentData().toString(), QString()); // no rule for the federated
    QVERIFY(!remove->isEnabled());
    level->setFocus();
    QTest::keyClick(level, Qt::Key_Home);
    QTRY_COMPARE(session.calls.last(), u"access 3  near"_s);
    QTRY_COMPARE(level->currentData().toString(), u"near"_s);
    QVERIFY(remove->isEnabled());

    questions::setNextAnswer(u" Contoso.com "_s);
    dialog.findChild<QPushButton *>(u"addDomain"_s)->click();
    QTRY_COMPARE(session.calls.last(), u"access 1 contoso.com middle"_s);
    QTRY_COMPARE(rules->topLevelItemCount(), 3);

    // Another device: the rule is gone.
    session.accessRules.removeIf(
        [](const AccessRule &rule) { return rule.subject == AccessRule::Subject::Person; });
    session.tell(AccessChanged {});
    QCOMPARE(rules->topLevelItemCount(), 2);

    session.accessFailure = Error {};
    session.accessFailure->kind = Error::Kind::Forbidden;
    session.accessFailure->title = u"Refused by the server"_s;
    remove->click();
    const auto labels = dialog.findChildren<QLabel *>();
    QTRY_VERIFY(std::ranges::any_of(labels, [](const QLabel *label) {
        return label->isVisible() && label->text() == u"Refused by the server"_s;
    }));
    session.setState(Session::State::Closing);
    session.setState(Session::State::Offline);
}

void DialogsTest::movesIn()
{
    const QString profile = QStringLiteral(LINCHPIN_SOURCE_DIR "/tests/unit/import/data/purple");
    UiWorld world({ u"xmpp"_s });
    ImportDialog dialog(world.context());
    dialog.offer({ { ImportSource::Pidgin, profile } });
    dialog.show();
    QSignalSpy imported(&dialog, &ImportDialog::imported);
    auto *const next = dialog.findChild<QPushButton *>(u"next"_s);
    auto *const accounts = dialog.findChild<QTreeWidget *>(u"accounts"_s);
    auto *const logs = dialog.findChild<QCheckBox *>(u"logs"_s);
    QVERIFY(next && accounts && logs);
    QVERIFY(next->isEnabled()); // what was found is chosen
    next->click();
    QTRY_VERIFY(accounts->isVisible());
    QCOMPARE(accounts->topLevelItemCount(), 3);
    QVERIFY(accounts->topLevelItem(0)->text(0).contains(u"alice@alpha.test"_s));
    QCOMPARE(accounts->topLevelItem(0)->checkState(0), Qt::Checked);
    // A protocol that is not installed is told, and cannot be chosen.
    QCOMPARE(accounts->topLevelItem(2)->checkState(0), Qt::Unchecked);
    QVERIFY(!(accounts->topLevelItem(2)->flags() & Qt::ItemIsEnabled));
    QVERIFY(logs->isChecked());
    QVERIFY(dialog.findChild<QTreeWidget *>(u"skipped"_s)->isVisible());
    QVERIFY(world.accounts->accounts().isEmpty()); // only looked at so far
    // Nothing chosen, nothing to do, and it says so.
    dialog.findChild<QCheckBox *>(u"statuses"_s)->setChecked(false);
    accounts->topLevelItem(0)->setCheckState(0, Qt::Unchecked);
    QVERIFY(!next->isEnabled());
    QVERIFY(!next->toolTip().isEmpty());
    accounts->topLevelItem(0)->setCheckState(0, Qt::Checked);
    QVERIFY(next->isEnabled());
    next->click();
    QTRY_COMPARE(imported.size(), 1);
    const auto report = imported.at(0).at(0).value<ImportReport>();
    QCOMPARE(report.added, QStringList { u"alice@alpha.test"_s });
    QCOMPARE(report.messages, 30);
    QCOMPARE(world.accounts->accounts().size(), 1);
    QVERIFY(dialog.findChild<QLabel *>(u"passwords"_s)->text().contains(u"accounts.xml"_s));
    QVERIFY(!dialog.findChild<QLabel *>(u"result"_s)->text().contains(u"s3cret"_s));
    QCOMPARE(next->text(), u"Close"_s);
    next->click();
    QVERIFY(!dialog.isVisible());
}

void DialogsTest::saysThatThereIsNothingToImport()
{
    QTemporaryDir empty;
    UiWorld world({ u"xmpp"_s });
    ImportDialog dialog(world.context());
    dialog.offer({});
    dialog.show();
    auto *const next = dialog.findChild<QPushButton *>(u"next"_s);
    QVERIFY(!next->isEnabled());
    dialog.findChild<QLineEdit *>(u"path"_s)->setText(empty.path());
    QVERIFY(next->isEnabled());
    next->click();
    auto *const complaint = dialog.findChild<QLabel *>(u"complaint"_s);
    QTRY_VERIFY(complaint->isVisible());
    QVERIFY(complaint->text().contains(u"Pidgin"_s));
    QVERIFY(next->isVisible());
}

QTEST_MAIN(DialogsTest)
#include "tst_dialogs.moc"
