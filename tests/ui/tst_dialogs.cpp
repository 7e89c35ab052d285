// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/secrets/vaultstore.h"
#include "tests/ui/uiworld.h"
#include "ui/widgets/accounts/accountsdialog.h"
#include "ui/widgets/accounts/firstrundialog.h"
#include "ui/widgets/common/questions.h"
#include "ui/widgets/contactlist/accessdialog.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/history/historydialog.h"
#include "ui/widgets/import/importdialog.h"
#include "ui/widgets/mainwindow.h"
#include "ui/widgets/secrets/masterpassworddialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QRadioButton>
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
    void wizardLooksUp();
    void wizardStopsLooking();
    void wizardTellsOfEndedServices();
    void wizardLeavesNothingBehind();
    void wizardTakesAServerByHand();
    void wizardOffersHelp();
    void wizardLeadsToTheImport();
    void changesTheMasterPassword();
    void masterPasswordIsNotClosedInTheMiddle();
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

namespace {

/// Knows nothing of an address until the network has spoken.
class LookingPlugin : public FakePlugin {
public:
    using FakePlugin::FakePlugin;

    AddressGuess guess(const QString &) const override { return { 1, {}, u"Perhaps."_s }; }
    Async<AddressGuess> discover(const QString &, SessionServices &) const override
    {
        ++asked;
        return answer.future();
    }

    Answer<AddressGuess> answer;
    mutable int asked = 0;
};

/// Two protocols, "fake" that knows example.test, and "looking".
struct LookingWorld : UiWorld {
    LookingPlugin *looking = nullptr;

    LookingWorld()
    {
        auto plugin = std::make_unique<LookingPlugin>(u"looking"_s);
        looking = plugin.get();
        registry.add(std::move(plugin));
        registry.setDiscovery([this] { return std::make_unique<FakeServices>(clock); });
    }
};

} // namespace

void DialogsTest::wizardLooksUp()
{
    LookingWorld world;
    FirstRunDialog dialog(world.context());
    dialog.show();
    auto *const address = dialog.findChild<QLineEdit *>(u"address"_s);
    auto *const line = dialog.findChild<QWidget *>(u"looking"_s);
    auto *const choice = dialog.findChild<QRadioButton *>(u"choice-looking"_s);
    auto *const password = dialog.findChild<QLineEdit *>(u"password"_s);
    QVERIFY(address && line && choice && password);
    QVERIFY(!password->isVisible()); // one field at first
    QTest::keyClicks(address, u"alice@lit"_s);
    QVERIFY(password->isVisible());
    QTest::qWait(0);
    QCOMPARE(world.looking->asked, 0); // half a name is nobody's business
    QTest::keyClicks(address, u"ware.test"_s);
    QTRY_COMPARE(world.looking->asked, 1);
    QTRY_VERIFY(line->isVisible());
    world.looking->answer.give(AddressGuess {
        2, {}, u"litware.test runs it."_s, { { u"server"_s, u"pool.litware.test"_s } } });
    QTRY_VERIFY(!line->isVisible());
    QVERIFY(choice->isChecked());
    QCOMPARE(dialog.findChild<QLabel *>(u"reason"_s)->text(), u"litware.test runs it."_s);
    dialog.findChild<QPushButton *>(u"signIn"_s)->click();
    QCOMPARE(world.accounts->accounts().size(), 1);
    const AccountConfig config = world.accounts->accounts().constFirst()->config();
    QCOMPARE(config.protocol, u"looking"_s);
    QCOMPARE(config.settings.text(u"server"_s), u"pool.litware.test"_s);
    QCOMPARE(config.settings.origin(u"server"_s), SettingOrigin::Found);
}

void DialogsTest::wizardStopsLooking()
{
    LookingWorld world;
    FirstRunDialog dialog(world.context());
    dialog.show();
    dialog.findChild<QLineEdit *>(u"address"_s)->setText(u"alice@litware.test"_s);
    auto *const line = dialog.findChild<QWidget *>(u"looking"_s);
    QTRY_VERIFY(line->isVisible());
    auto *const byHand = dialog.findChild<QRadioButton *>(u"choice-fake"_s);
    byHand->click();
    dialog.findChild<QToolButton *>(u"stopLooking"_s)->click();
    QVERIFY(!line->isVisible());
    world.looking->answer.give(
        AddressGuess { 2, {}, u"late"_s, { { u"server"_s, u"pool.litware.test"_s } } });
    QTest::qWait(0);
    QVERIFY(byHand->isChecked()); // the user's choice stays
    QVERIFY(dialog.findChild<QPushButton *>(u"signIn"_s)->isEnabled());
}

void DialogsTest::wizardTellsOfEndedServices()
{
    UiWorld world;
    FirstRunDialog dialog(world.context());
    dialog.show();
    auto *const note = dialog.findChild<QFrame *>(u"note"_s);
    auto *const signIn = dialog.findChild<QPushButton *>(u"signIn"_s);
    QVERIFY(note && signIn && !note->isVisible());
    dialog.findChild<QLineEdit *>(u"address"_s)->setText(u"carol@hotmail.com"_s);
    QVERIFY(note->isVisible());
    QVERIFY(dialog.findChild<QLabel *>(u"noteText"_s)->text().contains(u"8 April 2013"_s));
    QVERIFY(dialog.findChild<QLabel *>(u"noteMore"_s)->text().contains(u"https://"_s));
    QVERIFY(!signIn->isEnabled()); // nothing is taken for granted
    QVERIFY(!dialog.findChild<QLabel *>(u"problem"_s)->text().isEmpty());
    // Who knows better goes on.
    dialog.findChild<QRadioButton *>(u"choice-fake"_s)->click();
    QVERIFY(signIn->isEnabled());
    dialog.findChild<QLineEdit *>(u"address"_s)->setText(u"carol@example.test"_s);
    QVERIFY(!note->isVisible());
}

void DialogsTest::wizardLeavesNothingBehind()
{
    Error why;
    why.kind = Error::Kind::Authentication;
    why.code = u"wrong-password"_s;
    why.title = u"The server refused the password."_s;
    why.remedy = u"Type it again."_s;
    why.fatal = true;
    UiWorld world;
    for (const QString &way : { u"cancel"_s, u"back"_s, u"keep"_s }) {
        FirstRunDialog dialog(world.context());
        dialog.show();
        dialog.findChild<QLineEdit *>(u"address"_s)->setText(u"alice@example.test"_s);
        dialog.findChild<QLineEdit *>(u"password"_s)->setText(u"secret"_s);
        auto *const keep = dialog.findChild<QPushButton *>(u"keep"_s);
        dialog.findChild<QPushButton *>(u"signIn"_s)->click();
        QCOMPARE(world.accounts->accounts().size(), 1);
        QVERIFY(!keep->isVisible()); // nothing has failed yet
        QTRY_VERIFY(world.plugins.value(u"fake"_s)->session());
        world.session().end(why);
        QTRY_VERIFY(keep->isVisible());
        QCOMPARE(dialog.findChild<QLabel *>(u"remedy"_s)->text(), why.remedy);
        if (way == "cancel"_L1) {
            QTest::keyClick(&dialog, Qt::Key_Escape);
            QVERIFY(!dialog.isVisible());
            QVERIFY(world.accounts->accounts().isEmpty());
        } else if (way == "back"_L1) {
            dialog.findChild<QPushButton *>(u"back"_s)->click();
            QVERIFY(world.accounts->accounts().isEmpty());
            QVERIFY(dialog.findChild<QPushButton *>(u"signIn"_s)->isEnabled());
            QCOMPARE(dialog.findChild<QLineEdit *>(u"address"_s)->text(), u"alice@example.test"_s);
            QCOMPARE(dialog.findChild<QLineEdit *>(u"password"_s)->text(), u"secret"_s);
        } else {
            keep->click();
            QVERIFY(!dialog.isVisible());
            QCOMPARE(world.accounts->accounts().size(), 1);
        }
    }
}

void DialogsTest::wizardTakesAServerByHand()
{
    UiWorld world;
    FirstRunDialog dialog(world.context());
    dialog.show();
    dialog.findChild<QLineEdit *>(u"address"_s)->setText(u"alice@example.test"_s);
    auto *const server = dialog.findChild<QLineEdit *>(u"server"_s);
    QVERIFY(server && !server->isVisible());
    dialog.findChild<QToolButton *>(u"more"_s)->click();
    QVERIFY(server->isVisible());
    server->setText(u"mine.example.test"_s);
    dialog.findChild<QPushButton *>(u"signIn"_s)->click();
    const AccountConfig config = world.accounts->accounts().constFirst()->config();
    QCOMPARE(config.settings.text(u"server"_s), u"mine.example.test"_s);
    QCOMPARE(config.settings.origin(u"server"_s), SettingOrigin::ByHand);
}

void DialogsTest::wizardOffersHelp()
{
    UiWorld world;
    FirstRunDialog dialog(world.context());
    dialog.show();
    QSignalSpy wanted(&dialog, &FirstRunDialog::diagnosisWanted);
    dialog.findChild<QLineEdit *>(u"address"_s)->setText(u"alice@example.test"_s);
    dialog.findChild<QPushButton *>(u"signIn"_s)->click();
    QTRY_VERIFY(world.plugins.value(u"fake"_s)->session());
    Error why;
    why.code = u"refused"_s;
    why.title = u"The server does not answer there."_s;
    why.fix = { { u"server"_s, u"other.example.test"_s } };
    world.session().end(why);
    auto *const diagnose = dialog.findChild<QPushButton *>(u"diagnose"_s);
    auto *const fix = dialog.findChild<QPushButton *>(u"fix"_s);
    QTRY_VERIFY(diagnose->isVisible());
    diagnose->click();
    QCOMPARE(wanted.size(), 1);
    const Account *const account = world.accounts->accounts().constFirst();
    QCOMPARE(wanted.constFirst().constFirst().value<AccountId>(), account->id());
    QVERIFY(fix->isVisible() && fix->text().contains(u"other.example.test"_s));
    fix->click();
    QCOMPARE(account->config().settings.text(u"server"_s), u"other.example.test"_s);
    QTRY_VERIFY(!diagnose->isVisible()); // it tries again
}

void DialogsTest::wizardLeadsToTheImport()
{
    UiWorld world;
    MainWindow window(world.context());
    Dialogs dialogs(world.context(), window);
    dialogs.showFirstRun();
    const QPointer<FirstRunDialog> wizard(window.findChild<FirstRunDialog *>());
    QVERIFY(wizard);
    auto *const moveIn = wizard->findChild<QPushButton *>(u"moveIn"_s);
    QVERIFY(moveIn && moveIn->isVisible());
    QVERIFY(wizard->isUntouched());
    QTest::keyClick(moveIn, Qt::Key_Space);
    auto *const moving = window.findChild<ImportDialog *>();
    QVERIFY(moving && moving->isVisible());
    ImportReport report;
    Q_EMIT moving->imported(report); // nothing was taken: the wizard is still wanted
    QVERIFY(wizard && wizard->isVisible());
    report.added = { u"alice@alpha.test"_s };
    auto *const address = wizard->findChild<QLineEdit *>(u"address"_s);
    QTest::keyClicks(address, u"b"_s);
    QVERIFY(!moveIn->isVisible());
    Q_EMIT moving->imported(report); // somebody is using it
    QVERIFY(wizard && wizard->isVisible());
    address->clear();
    Q_EMIT moving->imported(report);
    QTRY_VERIFY(!wizard);
}

void DialogsTest::changesTheMasterPassword()
{
    UiWorld world;
    VaultStore vault(world.folder.filePath(u"vault.bin"_s), nullptr, 1000);
    MainWindow window(world.context());
    Dialogs dialogs(world.context(), window);
    dialogs.setVault(vault);
    dialogs.showPreferences();
    auto *const button = window.findChild<QPushButton *>(u"masterPassword"_s);
    QVERIFY(button && !button->isVisible()); // there is no vault
    QVERIFY(waited(vault.create(u"old"_s)).has_value());
    dialogs.showPreferences();
    QVERIFY(button->isVisible());
    QTest::keyClick(button, Qt::Key_Space);
    const QPointer<MasterPasswordDialog> dialog(window.findChild<MasterPasswordDialog *>());
    QVERIFY(dialog && dialog->isVisible());
    auto *const before = dialog->findChild<QLineEdit *>(u"passwordBefore"_s);
    auto *const after = dialog->findChild<QLineEdit *>(u"passwordAfter"_s);
    auto *const again = dialog->findChild<QLineEdit *>(u"passwordAgain"_s);
    auto *const complaint = dialog->findChild<QLabel *>(u"complaint"_s);
    auto *const ok = dialog->findChild<QPushButton *>(u"changePassword"_s);
    QVERIFY(before && after && again && complaint && ok);
    for (const QLineEdit *const edit : { before, after, again }) {
        QCOMPARE(edit->echoMode(), QLineEdit::Password);
    }
    QVERIFY(!ok->isEnabled());
    QTest::keyClicks(before, u"wrong"_s);
    after->setText(u"Zażółć 🦄"_s);
    again->setText(u"Zażółć"_s);
    QVERIFY(!ok->isEnabled());
    QVERIFY(complaint->isVisible()); // they differ
    again->setText(u"Zażółć 🦄"_s);
    QVERIFY(!complaint->isVisible());
    QTest::keyClick(again, Qt::Key_Return);
    QTRY_VERIFY(complaint->isVisible());
    QVERIFY(complaint->text().contains(u"not the vault's master password"_s));
    QVERIFY(before->hasFocus() || !dialog->isActiveWindow());
    QCOMPARE(before->selectedText(), u"wrong"_s);
    before->setText(u"Zażółć 🦄"_s);
    QVERIFY(!ok->isEnabled()); // the new one would be the old one
    before->setText(u"old"_s);
    QTest::keyClick(again, Qt::Key_Return);
    QTRY_VERIFY(!dialog);
    vault.lock();
    QCOMPARE(waited(vault.unlock(u"old"_s)).error().code, u"vault-wrong-password"_s);
    QVERIFY(waited(vault.unlock(u"Zażółć 🦄"_s)).has_value());
}

void DialogsTest::masterPasswordIsNotClosedInTheMiddle()
{
    QTemporaryDir folder;
    VaultStore vault(folder.filePath(u"vault.bin"_s), nullptr, 1000);
    QVERIFY(waited(vault.create(u"old"_s)).has_value());
    MasterPasswordDialog dialog(vault);
    QSignalSpy changed(&dialog, &MasterPasswordDialog::changed);
    dialog.show();
    dialog.findChild<QLineEdit *>(u"passwordBefore"_s)->setText(u"old"_s);
    dialog.findChild<QLineEdit *>(u"passwordAfter"_s)->setText(u"new"_s);
    dialog.findChild<QLineEdit *>(u"passwordAgain"_s)->setText(u"new"_s);
    dialog.findChild<QPushButton *>(u"changePassword"_s)->click();
    QTest::keyClick(&dialog, Qt::Key_Escape);
    QVERIFY(dialog.isVisible());
    QVERIFY(dialog.findChild<QWidget *>(u"bar"_s)->isVisible());
    QTRY_COMPARE(changed.size(), 1);
    QVERIFY(!dialog.isVisible());
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
