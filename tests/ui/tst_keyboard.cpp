// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/secrets/vaultstore.h"
#include "tests/ui/samplecertificates.h"
#include "tests/ui/uiworld.h"
#include "ui/widgets/accounts/accountsdialog.h"
#include "ui/widgets/accounts/firstrundialog.h"
#include "ui/widgets/chat/conversationpage.h"
#include "ui/widgets/common/flatstyle.h"
#include "ui/widgets/console/wireconsole.h"
#include "ui/widgets/contactlist/addcontactdialog.h"
#include "ui/widgets/contactlist/joinroomdialog.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/history/historydialog.h"
#include "ui/widgets/import/importdialog.h"
#include "ui/widgets/mainwindow.h"
#include "ui/widgets/preferences/preferencesdialog.h"
#include "ui/widgets/secrets/masterpassworddialog.h"
#include "ui/widgets/trust/certificatedialog.h"
#include "ui/widgets/trust/trustenddialog.h"

#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QTabBar>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::test;

namespace {
const QString kPidgin = QStringLiteral(LINCHPIN_SOURCE_DIR "/tests/unit/import/data/purple");
}

/// The window and every dialog without eyes and without a mouse.
class KeyboardTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void everythingHasAName_data() { dialogs(); }
    void everythingHasAName();
    void tabReachesEverything_data() { dialogs(); }
    void tabReachesEverything();

private:
    static void dialogs();
    /// The dialog of that name; `keeper` owns what it needs.
    static QWidget *open(const QString &what, UiWorld &world, QObject &keeper);
    static QString described(const QWidget &widget);
    static bool isPart(const QWidget &widget);
};

void KeyboardTest::initTestCase()
{
    QApplication::setStyle(new FlatStyle);
}

void KeyboardTest::dialogs()
{
    QTest::addColumn<QString>("what");
    for (const char *const what : { "window", "conversation", "search in a conversation",
             "accounts: basic", "accounts: advanced", "accounts: proxy", "first run", "history",
             "preferences", "console", "add contact", "join room", "import", "import: preview",
             "why", "certificate", "changed certificate", "end of trust", "first run: empty",
             "master password" }) {
        QTest::newRow(what) << QString::fromLatin1(what);
    }
}

QWidget *KeyboardTest::open(const QString &what, UiWorld &world, QObject &keeper)
{
    const AccountId id = world.add(u"fake"_s, u"alice@alpha.test"_s, u"Work"_s);
    world.online();
    world.contact(
        u"fake"_s, u"bob@b.test"_s, u"Bob"_s, { u"Friends"_s }, { Availability::Available });
    const UiContext context = world.context();
    auto *const window = new MainWindow(context);
    QObject::connect(&keeper, &QObject::destroyed, window, [window] { delete window; });
    if (what == "why"_L1) {
        Error why;
        why.kind = Error::Kind::Network;
        why.code = u"connection-refused"_s;
        why.title = u"The server refused the connection."_s;
        why.detail = u"Connection refused"_s;
        why.remedy = u"Check the server's name."_s;
        world.session().end(why);
        auto *const all = new Dialogs(context, *window, &keeper);
        Q_UNUSED(all)
        window->show();
        Q_EMIT window->whyRequested(id);
        return window->findChild<QWidget *>(u"doctorDialog"_s);
    }
    QWidget *top = window;
    if (what == "conversation"_L1 || what == "search in a conversation"_L1) {
        window->openConversation({ id, u"bob@b.test"_s, ConversationKind::Person });
        window->openConversation({ id, u"#linchpin"_s, ConversationKind::Room });
        if (what != "conversation"_L1) {
            window->currentPage()->openSearch();
        }
    } else if (what.startsWith("accounts"_L1)) {
        auto *const accounts = new AccountsDialog(context, window);
        accounts->select(id,
            what.endsWith("basic"_L1)          ? u"pageBasic"_s
                : what.endsWith("advanced"_L1) ? u"pageAdvanced"_s
                                               : u"pageProxy"_s);
        top = accounts;
    } else if (what == "first run: empty"_L1) {
        top = new FirstRunDialog(context, window);
    } else if (what == "master password"_L1) {
        auto *const vault
            = new VaultStore(world.folder.filePath(u"vault.bin"_s), nullptr, 1000, &keeper);
        top = new MasterPasswordDialog(*vault, window);
    } else if (what == "first run"_L1) {
        top = new FirstRunDialog(context, window);
        top->findChild<QLineEdit *>(u"address"_s)->setText(u"alice@example.test"_s);
    } else if (what == "history"_L1) {
        top = new HistoryDialog(context, window);
    } else if (what.startsWith("import"_L1)) {
        auto *const moving = new ImportDialog(context, window);
        moving->offer({ { ImportSource::Pidgin, kPidgin } });
        top = moving;
        if (what != "import"_L1) {
            moving->read(ImportSource::Pidgin, kPidgin);
            if (!QTest::qWaitFor([moving] {
                    return moving->findChild<QWidget *>(u"accounts"_s)->isVisibleTo(moving);
                })) {
                qFatal("no preview");
            }
        }
    } else if (what == "preferences"_L1) {
        auto *const preferences = new PreferencesDialog(context, window);
        preferences->offerMasterPassword(true);
        top = preferences;
    } else if (what == "console"_L1) {
        top = new WireConsole(context, window);
    } else if (what == "add contact"_L1) {
        top = new AddContactDialog(context, window);
        top->findChild<QLineEdit *>(u"address"_s)->setText(u"carol@b.test"_s);
    } else if (what.contains("certificate"_L1) || what == "end of trust"_L1) {
        world.environment.trustStore.noteRefused(id,
            what.startsWith("changed"_L1) ? changedCase(world.clock.now())
                                          : refusedCase(u"certificate-untrusted"_s));
        if (what == "end of trust"_L1) {
            top = new TrustEndDialog(
                world.environment.trustStore.refused(id).constFirst(), world.clock.now(), window);
        } else {
            top = new CertificateDialog(context, id, window);
        }
    } else if (what == "join room"_L1) {
        top = new JoinRoomDialog(context, window);
        top->findChild<QLineEdit *>(u"room"_s)->setText(u"#linchpin"_s);
    }
    top->show();
    return top;
}

QString KeyboardTest::described(const QWidget &widget)
{
    return u"%1 \"%2\" in %3"_s.arg(QString::fromLatin1(widget.metaObject()->className()),
        widget.objectName(),
        QString::fromLatin1(
            widget.parentWidget() ? widget.parentWidget()->metaObject()->className() : "nothing"));
}

/// Parts of another widget are reached through it.
bool KeyboardTest::isPart(const QWidget &widget)
{
    return widget.focusProxy() || widget.objectName().startsWith(u"qt_"_s)
        || (qobject_cast<const QLineEdit *>(&widget)
            && (qobject_cast<const QComboBox *>(widget.parentWidget())
                || qobject_cast<const QAbstractSpinBox *>(widget.parentWidget())))
        || (qobject_cast<const QAbstractButton *>(&widget)
            && (qobject_cast<const QTabBar *>(widget.parentWidget())
                || qobject_cast<const QLineEdit *>(widget.parentWidget())));
}

/// Whatever takes the focus says what it is to those who cannot see it.
void KeyboardTest::everythingHasAName()
{
    QFETCH(const QString, what);
    UiWorld world;
    QObject keeper;
    QWidget *const top = open(what, world, keeper);
    QVERIFY(top);
    QStringList nameless;
    int named = 0;
    const QList<QWidget *> all = top->findChildren<QWidget *>();
    for (const QWidget *const widget : all) {
        if (widget->focusPolicy() == Qt::NoFocus || isPart(*widget) || widget->window() != top
            || qobject_cast<const QLabel *>(widget)) { // labels read themselves out
            continue;
        }
        QAccessibleInterface *const face
            = QAccessible::queryAccessibleInterface(const_cast<QWidget *>(widget));
        if (face && face->text(QAccessible::Name).isEmpty() && widget->accessibleName().isEmpty()) {
            nameless.append(described(*widget));
        } else {
            ++named;
        }
    }
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u'\n')));
    QVERIFY(named >= 2);
}

/// Tab alone comes by everything that can be used, and back to where it began.
void KeyboardTest::tabReachesEverything()
{
    QFETCH(const QString, what);
    UiWorld world;
    QObject keeper;
    QWidget *const top = open(what, world, keeper);
    QVERIFY(top);
    top->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(top));
    QCoreApplication::processEvents();
    QList<QWidget *> expected;
    const QList<QWidget *> all = top->findChildren<QWidget *>();
    for (QWidget *const widget : all) {
        if ((widget->focusPolicy() & Qt::TabFocus) && !isPart(*widget) && widget->isEnabled()
            && widget->isVisible() && widget->window() == top) {
            expected.append(widget);
        }
    }
    QVERIFY(expected.size() >= 2);
    if (!top->focusWidget()) {
        expected.constFirst()->setFocus();
    }
    QTRY_VERIFY(QApplication::focusWidget());
    QList<QWidget *> visited;
    while (visited.size() < 200) {
        QWidget *const now = QApplication::focusWidget();
        QVERIFY2(now && now->window() == top, qPrintable(what));
        if (visited.contains(now)) {
            break;
        }
        visited.append(now);
        QTest::keyClick(now, Qt::Key_Tab);
    }
    QStringList missed;
    for (const QWidget *const widget : std::as_const(expected)) {
        if (!visited.contains(widget)) {
            missed.append(described(*widget));
        }
    }
    QVERIFY2(missed.isEmpty(), qPrintable(u"never reached: "_s + missed.join(u"; "_s)));
    QCOMPARE(QApplication::focusWidget(), visited.constFirst());
}

QTEST_MAIN(KeyboardTest)
#include "tst_keyboard.moc"
