// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/ui/samplecertificates.h"
#include "tests/ui/uiworld.h"
#include "ui/widgets/accounts/accountsdialog.h"
#include "ui/widgets/accounts/firstrundialog.h"
#include "ui/widgets/common/flatstyle.h"
#include "ui/widgets/common/theme.h"
#include "ui/widgets/contactlist/joinroomdialog.h"
#include "ui/widgets/trust/certificatedialog.h"
#include "ui/widgets/trust/certificatetext.h"
#include "ui/widgets/trust/trustenddialog.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QCryptographicHash>
#include <QDateEdit>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>
#include <QTreeWidget>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::test;

class TrustDialogTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void words_data();
    void words();
    void care_data();
    void care();
    void typedFingerprint_data();
    void typedFingerprint();
    void showsTheCertificate();
    void returnMeansNotNow();
    void trustsOnce();
    void trustsUntil();
    void weakNeedsATick();
    void changedNeedsTheFingerprint();
    void pinOfTheSettingGivesWay();
    void revokedIsNotTrusted();
    void neverIsRemembered();
    void opensFromTheEditor();
    void several();
    void wizardLooksBeforeItTrusts();
    void passwordsStayOutOfTheClipboard_data();
    void passwordsStayOutOfTheClipboard();
    void pictures_data();
    void pictures();

private:
    template <class T> static T *part(const QWidget &of, const QString &name)
    {
        T *const found = of.findChild<T *>(name);
        if (!found) {
            qFatal("no %s", qPrintable(name));
        }
        return found;
    }
    struct Refusing {
        UiWorld world;
        AccountId id;
        explicit Refusing(const RefusedCase &refused)
            : id(world.add(u"fake"_s, u"alice@litwareinc.test"_s, u"Work"_s))
        {
            world.online();
            world.environment.trustStore.noteRefused(id, refused);
            world.session().end(refused.peer.error);
        }
        Account &account() const { return *world.accounts->account(id); }
        TrustExceptions decisions() { return world.environment.trustStore.decisions(account()); }
    };
    static QString fingerprintOf(const char *pem)
    {
        return certificatetext::fingerprint(
            QCryptographicHash::hash(derOf(pem), QCryptographicHash::Sha256));
    }
};

void TrustDialogTest::initTestCase()
{
    QApplication::setStyle(new FlatStyle);
}

void TrustDialogTest::words_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("headline");
    QTest::newRow("untrusted") << u"certificate-untrusted"_s
                               << u"Nobody you trust vouches for the certificate of "
                                  "litwareinc.test."_s;
    QTest::newRow("name") << u"certificate-name-mismatch"_s
                          << u"The certificate is not for litwareinc.test."_s;
    QTest::newRow("expired") << u"certificate-expired"_s
                             << u"The certificate of litwareinc.test has expired."_s;
    QTest::newRow("early") << u"certificate-not-yet-valid"_s
                           << u"The certificate of litwareinc.test is not valid yet."_s;
    QTest::newRow("weak") << u"certificate-weak"_s
                          << u"The certificate of litwareinc.test is too weak."_s;
    QTest::newRow("revoked") << u"certificate-revoked"_s
                             << u"The certificate of litwareinc.test has been revoked."_s;
}

void TrustDialogTest::words()
{
    QFETCH(QString, code);
    QFETCH(QString, headline);
    RefusedCase refused = refusedCase(code);
    QCOMPARE(certificatetext::headline(refused), headline);
    QVERIFY(!certificatetext::advice(refused).isEmpty());
    QCOMPARE(certificatetext::way(refused),
        u"You asked for litwareinc.test; DNS (_sip._tls.litwareinc.test) sent us to "
        "sip.hoster.test (port 443). Its certificate is for *.hoster.test, sip.hoster.test."_s);
    refused.peer.record.clear();
    QVERIFY(certificatetext::way(refused).startsWith(
        u"You asked for litwareinc.test, which led to sip.hoster.test (port 443)."_s));
    refused.peer.host = u"LitwareInc.test."_s;
    QVERIFY(
        certificatetext::way(refused).startsWith(u"You asked for litwareinc.test (port 443)."_s));
    refused.peer.chain.clear();
    QVERIFY(certificatetext::way(refused).endsWith(u"names no server."_s));
}

void TrustDialogTest::care_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<bool>("changed");
    QTest::addColumn<int>("care");
    using certificatetext::Care;
    QTest::newRow("untrusted") << u"certificate-untrusted"_s << false << int(Care::Plain);
    QTest::newRow("expired") << u"certificate-expired"_s << false << int(Care::Plain);
    QTest::newRow("name") << u"certificate-name-mismatch"_s << false << int(Care::Tick);
    QTest::newRow("weak") << u"certificate-weak"_s << false << int(Care::Tick);
    QTest::newRow("changed") << u"certificate-untrusted"_s << true << int(Care::Compare);
    QTest::newRow("changed and weak") << u"certificate-weak"_s << true << int(Care::Compare);
    QTest::newRow("revoked") << u"certificate-revoked"_s << false << int(Care::Refused);
    QTest::newRow("revoked and changed") << u"certificate-revoked"_s << true << int(Care::Refused);
}

void TrustDialogTest::care()
{
    QFETCH(QString, code);
    QFETCH(bool, changed);
    QFETCH(int, care);
    RefusedCase refused = refusedCase(code);
    if (changed) {
        refused.pinned = QByteArray(32, 'x');
    }
    QCOMPARE(int(certificatetext::careOf(refused)), care);
}

void TrustDialogTest::typedFingerprint_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<bool>("fits");
    QTest::newRow("empty") << QString() << false;
    QTest::newRow("the end") << u"01EFBEAD"_s << true;
    QTest::newRow("small letters") << u"01efbead"_s << true;
    QTest::newRow("as it is shown") << u" 01:EF:BE:AD "_s << true;
    QTest::newRow("more of it") << u"FF:01:EF:BE:AD"_s << true;
    QTest::newRow("too little") << u"EFBEAD"_s << false;
    QTest::newRow("another") << u"01EFBEAE"_s << false;
    QTest::newRow("words") << u"Zażółć gęślą jaźń"_s << false;
}

void TrustDialogTest::typedFingerprint()
{
    QFETCH(QString, typed);
    QFETCH(bool, fits);
    const QByteArray sha256 = QByteArray(28, '\xff') + "\x01\xef\xbe\xad"_ba;
    QCOMPARE(certificatetext::isFingerprintEnd(typed, sha256), fits);
}

void TrustDialogTest::showsTheCertificate()
{
    Refusing refusing(refusedCase(u"certificate-untrusted"_s));
    CertificateDialog dialog(refusing.world.context(), refusing.id);
    dialog.show();
    auto *const chain = part<QTreeWidget>(dialog, u"chain"_s);
    QCOMPARE(chain->topLevelItemCount(), 1);
    QCOMPARE(chain->topLevelItem(0)->text(0), u"Litware Root CA"_s);
    QCOMPARE(chain->currentItem()->text(0), u"sip.hoster.test"_s);
    QCOMPARE(
        part<QLabel>(dialog, u"certificateNames"_s)->text(), u"*.hoster.test, sip.hoster.test"_s);
    QCOMPARE(part<QLabel>(dialog, u"certificateIssuer"_s)->text(), u"Litware Root CA"_s);
    QCOMPARE(part<QLabel>(dialog, u"certificateKey"_s)->text(), u"Elliptic curve, 256 bits"_s);
    QCOMPARE(part<QLabel>(dialog, u"certificateSignature"_s)->text(), u"ecdsa-with-SHA256"_s);
    part<QToolButton>(dialog, u"copyFingerprint"_s)->click();
    QCOMPARE(QApplication::clipboard()->text(), fingerprintOf(kFirst));
    chain->setCurrentItem(chain->topLevelItem(0));
    QCOMPARE(part<QLabel>(dialog, u"certificateIssuer"_s)->text(), u"Litware Root CA (itself)"_s);
}

void TrustDialogTest::returnMeansNotNow()
{
    Refusing refusing(refusedCase(u"certificate-untrusted"_s));
    CertificateDialog dialog(refusing.world.context(), refusing.id);
    dialog.show();
    QTest::keyClick(&dialog, Qt::Key_Return);
    QVERIFY(!dialog.isVisible());
    QCOMPARE(dialog.result(), int(QDialog::Rejected));
    QVERIFY(refusing.decisions().all().isEmpty());
    QVERIFY(CertificateDialog::isUseful(refusing.world.context(), refusing.id));
}

void TrustDialogTest::trustsOnce()
{
    Refusing refusing(refusedCase(u"certificate-untrusted"_s));
    QCOMPARE(refusing.account().state(), Account::State::Offline);
    CertificateDialog dialog(refusing.world.context(), refusing.id);
    dialog.show();
    part<QPushButton>(dialog, u"trustOnce"_s)->click();
    QVERIFY(!dialog.isVisible());
    QCOMPARE(refusing.decisions().all().size(), 1);
    QCOMPARE(refusing.decisions().all().constFirst().kind, TrustException::Kind::Once);
    QCOMPARE(refusing.account().state(), Account::State::Connecting); // tried at once
    QVERIFY(!CertificateDialog::isUseful(refusing.world.context(), refusing.id));
}

void TrustDialogTest::trustsUntil()
{
    Refusing refusing(refusedCase(u"certificate-untrusted"_s));
    CertificateDialog dialog(refusing.world.context(), refusing.id);
    dialog.show();
    part<QPushButton>(dialog, u"trustAlways"_s)->click();
    auto *const end = part<TrustEndDialog>(dialog, u"trustEndDialog"_s);
    QVERIFY(refusing.decisions().all().isEmpty()); // not yet
    auto *const day = part<QDateEdit>(*end, u"trustUntil"_s);
    const QDateTime now = refusing.world.clock.now();
    QCOMPARE(day->date(), now.addYears(1).toLocalTime().date());
    day->setDate(day->date().addYears(5));
    QCOMPARE(day->date(), now.addYears(1).toLocalTime().date()); // no longer than that
    day->setDate(now.toLocalTime().date().addDays(7));
    part<QPushButton>(*end, u"trustUntilButton"_s)->click();
    QCOMPARE(refusing.decisions().all().size(), 1);
    const TrustException made = refusing.decisions().all().constFirst();
    QCOMPARE(made.kind, TrustException::Kind::Always);
    QCOMPARE(made.until.toLocalTime().date(), now.toLocalTime().date().addDays(7));
    QCOMPARE(made.name, u"litwareinc.test"_s);
    QVERIFY(!dialog.isVisible());
}

void TrustDialogTest::weakNeedsATick()
{
    Refusing refusing(refusedCase(u"certificate-weak"_s, kWeak));
    CertificateDialog dialog(refusing.world.context(), refusing.id);
    dialog.show();
    QVERIFY(part<QLabel>(dialog, u"certificateKey"_s)->text().contains("too weak"_L1));
    auto *const once = part<QPushButton>(dialog, u"trustOnce"_s);
    QVERIFY(!once->isEnabled());
    QVERIFY(!part<QPushButton>(dialog, u"trustAlways"_s)->isEnabled());
    QVERIFY(!once->toolTip().isEmpty());
    part<QCheckBox>(dialog, u"agree"_s)->click();
    QVERIFY(once->isEnabled());
}

void TrustDialogTest::changedNeedsTheFingerprint()
{
    UiWorld clockOnly;
    Refusing refusing(changedCase(clockOnly.clock.now()));
    CertificateDialog dialog(refusing.world.context(), refusing.id);
    dialog.show();
    QVERIFY(part<QLabel>(dialog, u"headline"_s)->text().contains("has changed"_L1));
    const QString comparison = part<QLabel>(dialog, u"comparison"_s)->text();
    QVERIFY(comparison.contains(fingerprintOf(kFirst).left(47)));
    QVERIFY(comparison.contains(fingerprintOf(kSecond).left(47)));
    auto *const once = part<QPushButton>(dialog, u"trustOnce"_s);
    auto *const always = part<QPushButton>(dialog, u"trustAlways"_s);
    auto *const typed = part<QLineEdit>(dialog, u"typedFingerprint"_s);
    QVERIFY(!once->isEnabled() && !always->isEnabled());
    QTest::keyClicks(typed, fingerprintOf(kFirst).right(11)); // of the old one
    QVERIFY(!once->isEnabled() && !always->isEnabled());
    typed->clear();
    QTest::keyClicks(typed, fingerprintOf(kSecond).right(11));
    QVERIFY(once->isEnabled() && always->isEnabled());
}

void TrustDialogTest::pinOfTheSettingGivesWay()
{
    RefusedCase refused = refusedCase(u"certificate-untrusted"_s, kSecond);
    refused.pinned = QCryptographicHash::hash(derOf(kFirst), QCryptographicHash::Sha256);
    Refusing refusing(refused);
    AccountConfig config = refusing.account().config();
    config.settings.set(u"pinned-certificate"_s, QString::fromLatin1(refused.pinned.toHex()));
    QVERIFY(refusing.world.accounts->change(config, {}).has_value());
    CertificateDialog dialog(refusing.world.context(), refusing.id);
    dialog.show();
    part<QLineEdit>(dialog, u"typedFingerprint"_s)->setText(fingerprintOf(kSecond).right(11));
    part<QPushButton>(dialog, u"trustAlways"_s)->click();
    part<QPushButton>(*part<TrustEndDialog>(dialog, u"trustEndDialog"_s), u"trustUntilButton"_s)
        ->click();
    QVERIFY(!refusing.account().config().settings.contains(u"pinned-certificate"_s));
    QCOMPARE(refusing.decisions().all().size(), 1);
}

void TrustDialogTest::revokedIsNotTrusted()
{
    Refusing refusing(refusedCase(u"certificate-revoked"_s));
    CertificateDialog dialog(refusing.world.context(), refusing.id);
    dialog.show();
    QVERIFY(!part<QPushButton>(dialog, u"trustOnce"_s)->isVisible());
    QVERIFY(!part<QPushButton>(dialog, u"trustAlways"_s)->isVisible());
    QVERIFY(part<QPushButton>(dialog, u"notNow"_s)->isVisible());
}

void TrustDialogTest::neverIsRemembered()
{
    Refusing refusing(refusedCase(u"certificate-untrusted"_s));
    {
        CertificateDialog dialog(refusing.world.context(), refusing.id);
        dialog.show();
        part<QPushButton>(dialog, u"trustNever"_s)->click();
    }
    QCOMPARE(refusing.decisions().all().constFirst().kind, TrustException::Kind::Never);
    QCOMPARE(refusing.account().state(), Account::State::Offline);
    CertificateDialog again(refusing.world.context(), refusing.id);
    again.show();
    QVERIFY(part<QLabel>(again, u"advice"_s)->text().contains("never"_L1));
}

void TrustDialogTest::opensFromTheEditor()
{
    Refusing refusing(refusedCase(u"certificate-untrusted"_s));
    AccountsDialog accounts(refusing.world.context());
    accounts.show();
    accounts.select(refusing.id);
    auto *const show = part<QPushButton>(accounts, u"showCertificate"_s);
    QVERIFY(show->isVisible());
    show->click();
    auto *const dialog = part<CertificateDialog>(accounts, u"certificateDialog"_s);
    QVERIFY(dialog->isVisible());
    part<QPushButton>(*dialog, u"trustOnce"_s)->click();
    QVERIFY(!show->isVisible());
    // The decision stands on the Advanced page and can be taken back there.
    accounts.select(refusing.id, u"pageAdvanced"_s);
    auto *const forget = part<QPushButton>(accounts, u"forgetDecision"_s);
    QVERIFY(forget->accessibleName().contains("litwareinc.test"_L1));
    forget->click();
    QVERIFY(refusing.decisions().all().isEmpty());
}

void TrustDialogTest::several()
{
    Refusing refusing(refusedCase(u"certificate-untrusted"_s));
    RefusedCase web = refusedCase(u"certificate-expired"_s, kSecond);
    web.service = TrustService::Web;
    web.peer.expectedName = u"web.hoster.test"_s;
    refusing.world.environment.trustStore.noteRefused(refusing.id, web);
    CertificateDialog dialog(refusing.world.context(), refusing.id);
    dialog.show();
    auto *const chooser = part<QComboBox>(dialog, u"refusedChooser"_s);
    QCOMPARE(chooser->count(), 2);
    QVERIFY(chooser->isVisible());
    // The newest is the web's; what keeps the account offline is shown first.
    QVERIFY(part<QLabel>(dialog, u"headline"_s)->text().contains("litwareinc.test"_L1));
    chooser->setCurrentIndex(0);
    QVERIFY(part<QLabel>(dialog, u"headline"_s)->text().contains("web.hoster.test"_L1));
}

/// One click never pins what nobody has looked at, nor gives encryption up.
void TrustDialogTest::wizardLooksBeforeItTrusts()
{
    UiWorld world;
    FirstRunDialog dialog(world.context());
    dialog.show();
    part<QLineEdit>(dialog, u"address"_s)->setText(u"alice@example.test"_s);
    part<QPushButton>(dialog, u"signIn"_s)->click();
    QTRY_VERIFY(world.plugins.value(u"fake"_s)->session());
    const AccountId id = world.accounts->accounts().constFirst()->id();
    RefusedCase refused = refusedCase(u"certificate-untrusted"_s);
    refused.peer.error.fatal = true;
    refused.peer.error.fix = { { u"pinned-certificate"_s, QString(64, u'a') },
        { u"connection"_s, u"plain"_s }, { u"minimum-tls"_s, u"1.0"_s } };
    world.environment.trustStore.noteRefused(id, refused);
    world.session().end(refused.peer.error);
    auto *const show = part<QPushButton>(dialog, u"showCertificate"_s);
    QTRY_VERIFY(show->isVisible());
    QVERIFY(!part<QPushButton>(dialog, u"fix"_s)->isVisible());
    show->click();
    auto *const certificate = part<CertificateDialog>(dialog, u"certificateDialog"_s);
    QVERIFY(certificate->isVisible());
    part<QPushButton>(*certificate, u"trustOnce"_s)->click();
    QTRY_VERIFY(world.plugins.value(u"fake"_s)->session()); // tried again
    QTRY_VERIFY(!show->isVisible());
    QVERIFY(!world.accounts->account(id)->config().settings.contains(u"pinned-certificate"_s));
}

void TrustDialogTest::passwordsStayOutOfTheClipboard_data()
{
    QTest::addColumn<QString>("where");
    QTest::newRow("account") << u"account"_s;
    QTest::newRow("first run") << u"first run"_s;
    QTest::newRow("room") << u"room"_s;
}

/// What a password field holds can be neither copied nor cut: histories of clipboards are files.
void TrustDialogTest::passwordsStayOutOfTheClipboard()
{
    QFETCH(QString, where);
    UiWorld world;
    const AccountId id = world.add(u"fake"_s, u"alice@litwareinc.test"_s, u"Work"_s);
    world.online();
    std::unique_ptr<QDialog> dialog;
    if (where == "account"_L1) {
        auto accounts = std::make_unique<AccountsDialog>(world.context());
        accounts->select(id);
        dialog = std::move(accounts);
    } else if (where == "room"_L1) {
        dialog = std::make_unique<JoinRoomDialog>(world.context());
    } else {
        dialog = std::make_unique<FirstRunDialog>(world.context());
    }
    dialog->show();
    int fields = 0;
    const QList<QLineEdit *> edits = dialog->findChildren<QLineEdit *>();
    for (QLineEdit *const edit : edits) {
        if (edit->echoMode() == QLineEdit::Normal) {
            continue;
        }
        ++fields;
        QApplication::clipboard()->setText(u"before"_s);
        edit->setEnabled(true);
        edit->setText(u"kanarek"_s);
        edit->selectAll();
        edit->copy();
        edit->cut();
        QTest::keyClick(edit, Qt::Key_C, Qt::ControlModifier);
        QTest::keyClick(edit, Qt::Key_X, Qt::ControlModifier);
        QCOMPARE(QApplication::clipboard()->text(), u"before"_s);
        QCOMPARE(edit->displayText().contains(u"kanarek"_s), false);
    }
    QVERIFY(fields >= 1);
}

void TrustDialogTest::pictures_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<bool>("dark");
    for (const bool dark : { false, true }) {
        for (const char *const what : { "untrusted", "changed", "weak", "end" }) {
            QTest::newRow(qPrintable(QString::fromLatin1(what) + (dark ? u"-dark"_s : u"-light"_s)))
                << QString::fromLatin1(what) << dark;
        }
    }
}

/// Everything fits: no words cut off at the dialog's own size. With LINCHPIN_SCREENSHOTS the
/// pictures are kept for people to look at.
void TrustDialogTest::pictures()
{
    QFETCH(QString, what);
    QFETCH(bool, dark);
    theme::apply(dark ? theme::Scheme::Dark : theme::Scheme::Light);
    UiWorld clockOnly;
    Refusing refusing(what == "changed"_L1 ? changedCase(clockOnly.clock.now())
            : what == "weak"_L1            ? refusedCase(u"certificate-weak"_s, kWeak)
                                           : refusedCase(u"certificate-untrusted"_s));
    CertificateDialog dialog(refusing.world.context(), refusing.id);
    dialog.show();
    QWidget *top = &dialog;
    if (what == "end"_L1) {
        part<QPushButton>(dialog, u"trustAlways"_s)->click();
        top = part<TrustEndDialog>(dialog, u"trustEndDialog"_s);
    }
    QCoreApplication::processEvents();
    const QList<QLabel *> labels = top->findChildren<QLabel *>();
    for (const QLabel *const label : labels) {
        if (label->isVisible() && label->window() == top) {
            QVERIFY2(label->width() >= label->minimumSizeHint().width(), qPrintable(label->text()));
            QVERIFY2(!label->wordWrap() || label->height() >= label->heightForWidth(label->width()),
                qPrintable(label->text()));
        }
    }
    const QString folder = qEnvironmentVariable("LINCHPIN_SCREENSHOTS");
    if (!folder.isEmpty()) {
        QVERIFY(QDir().mkpath(folder));
        QVERIFY(top->grab().save(
            u"%1/certificate-%2-%3.png"_s.arg(folder, what, dark ? u"dark"_s : u"light"_s)));
    }
}

QTEST_MAIN(TrustDialogTest)
#include "tst_trustdialog.moc"
