// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/settingsformmodel.h"
#include "ui/widgets/accounts/originbadge.h"
#include "ui/widgets/accounts/settingsform.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>

using namespace Qt::StringLiterals;
using namespace linchpin;

namespace {

SettingsSchema everyType()
{
    return {
        { .key = u"name"_s, .label = u"Name"_s, .required = true },
        { .key = u"password"_s, .label = u"Password"_s, .type = SettingType::Secret },
        { .key = u"host"_s,
            .label = u"Host"_s,
            .type = SettingType::Host,
            .placeholder = u"found automatically"_s,
            .help = u"The server's name."_s,
            .validate = [](const QVariant &value, const SettingValues &) -> std::optional<QString> {
                return value.toString().startsWith(u"old."_s)
                    ? std::optional(u"That server is gone."_s)
                    : std::nullopt;
            } },
        { .key = u"port"_s, .label = u"Port"_s, .type = SettingType::Port, .defaultValue = 0 },
        { .key = u"tls"_s, .label = u"Encrypt"_s, .type = SettingType::Bool, .defaultValue = true },
        { .key = u"mode"_s,
            .label = u"Mode"_s,
            .type = SettingType::Choice,
            .defaultValue = u"auto"_s,
            .choices = { { u"auto"_s, u"Automatic"_s }, { u"hand"_s, u"By hand"_s } } },
        { .key = u"agent"_s,
            .label = u"Agent"_s,
            .choices = { { u"UCCAPI/4.0"_s, u"Communicator"_s } },
            .enabledWhen = SettingCondition { u"mode"_s, u"hand"_s } },
        { .key = u"rooms"_s, .label = u"Rooms"_s, .type = SettingType::List },
        { .key = u"ca"_s, .label = u"Authority"_s, .type = SettingType::Path },
    };
}

template <class Widget> Widget *field(const QWidget &form, const QString &key)
{
    auto *const found = form.findChild<Widget *>(key);
    if (!found) {
        qFatal("no field %s", qPrintable(key));
    }
    return found;
}

} // namespace

class SettingsFormTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyTypeIsEditable();
    void showsValues();
    void complainsAsOneTypes();
    void enabledWhen();
    void resetsToAutomatic();
    void patchShowsWithItsOrigin();
    void marksTellWhereValuesCameFrom_data();
    void marksTellWhereValuesCameFrom();
    void takesOverWhatIsFoundMeanwhile();
    void secretsAreNotValues();
};

void SettingsFormTest::everyTypeIsEditable()
{
    SettingsFormModel model(everyType(), {});
    SettingsForm form(model, SettingGroup::Basic, true);
    form.setVisible(true);
    auto *const name = field<QLineEdit>(form, u"name"_s);
    QTest::keyClicks(name, u"alice"_s);
    name->setText(u"雪子 e\u0301 🦄"_s);
    QCOMPARE(model.value(u"name"_s).toString(), u"雪子 e\u0301 🦄"_s);
    QTest::keyClicks(field<QLineEdit>(form, u"host"_s), u"chat.test"_s);
    QCOMPARE(model.value(u"host"_s).toString(), u"chat.test"_s);
    field<QSpinBox>(form, u"port"_s)->setValue(5223);
    QCOMPARE(model.value(u"port"_s).toInt(), 5223);
    QTest::keyClick(field<QCheckBox>(form, u"tls"_s), Qt::Key_Space);
    QCOMPARE(model.value(u"tls"_s).toBool(), false);
    field<QComboBox>(form, u"mode"_s)->setCurrentIndex(1);
    QCOMPARE(model.value(u"mode"_s).toString(), u"hand"_s);
    field<QComboBox>(form, u"agent"_s)->setEditText(u"Something/1.0"_s);
    QCOMPARE(model.value(u"agent"_s).toString(), u"Something/1.0"_s);
    field<QComboBox>(form, u"agent"_s)->setEditText(u"Communicator"_s);
    QCOMPARE(model.value(u"agent"_s).toString(), u"UCCAPI/4.0"_s);
    field<QLineEdit>(form, u"rooms"_s)->setText(u"#a, #b ,,#c"_s);
    QCOMPARE(model.value(u"rooms"_s).toStringList(), (QStringList { u"#a"_s, u"#b"_s, u"#c"_s }));
    field<QLineEdit>(form, u"ca"_s)->setText(u"/etc/ca.pem"_s);
    QCOMPARE(model.value(u"ca"_s).toString(), u"/etc/ca.pem"_s);
    QVERIFY(model.isModified());
    QVERIFY(model.isAcceptable());
}

void SettingsFormTest::showsValues()
{
    SettingValues values;
    values.set(u"port"_s, 6697);
    values.set(u"rooms"_s, QStringList { u"#x"_s, u"#y"_s });
    values.set(u"mode"_s, u"hand"_s);
    values.set(u"tls"_s, false);
    SettingsFormModel model(everyType(), values);
    SettingsForm form(model, SettingGroup::Basic, false);
    QCOMPARE(field<QSpinBox>(form, u"port"_s)->value(), 6697);
    QCOMPARE(field<QLineEdit>(form, u"rooms"_s)->text(), u"#x, #y"_s);
    QCOMPARE(field<QComboBox>(form, u"mode"_s)->currentText(), u"By hand"_s);
    QVERIFY(!field<QCheckBox>(form, u"tls"_s)->isChecked());
    QCOMPARE(field<QLineEdit>(form, u"host"_s)->placeholderText(), u"found automatically"_s);
    QVERIFY(!model.isModified()); // showing is not editing
}

void SettingsFormTest::complainsAsOneTypes()
{
    SettingsFormModel model(everyType(), {});
    SettingsForm form(model, SettingGroup::Basic, true);
    form.setVisible(true);
    auto *const problem = field<QLabel>(form, u"host-problem"_s);
    auto *const missing = field<QLabel>(form, u"name-problem"_s);
    QVERIFY(!problem->isVisible());
    QVERIFY(!missing->isVisible()); // nobody has touched it
    QVERIFY(!model.isAcceptable());
    field<QLineEdit>(form, u"host"_s)->setText(u"old.test"_s);
    QVERIFY(problem->isVisible());
    QCOMPARE(problem->text(), u"That server is gone."_s);
    field<QLineEdit>(form, u"host"_s)->setText(u"one"_s);
    QVERIFY(!problem->isVisible());
    field<QLineEdit>(form, u"name"_s)->setText(u"x"_s);
    QVERIFY(model.isAcceptable());
    field<QLineEdit>(form, u"name"_s)->clear();
    QVERIFY(missing->isVisible());
    QVERIFY(!missing->text().isEmpty());
}

void SettingsFormTest::enabledWhen()
{
    SettingsFormModel model(everyType(), {});
    SettingsForm form(model, SettingGroup::Basic, true);
    auto *const agent = field<QComboBox>(form, u"agent"_s);
    QVERIFY(!agent->isEnabled());
    field<QComboBox>(form, u"mode"_s)->setCurrentIndex(1);
    QVERIFY(agent->isEnabled());
    field<QComboBox>(form, u"mode"_s)->setCurrentIndex(0);
    QVERIFY(!agent->isEnabled());
}

void SettingsFormTest::resetsToAutomatic()
{
    SettingsFormModel model(everyType(), {});
    SettingsForm form(model, SettingGroup::Basic, true);
    form.setVisible(true);
    QToolButton *reset = nullptr;
    const QList<QToolButton *> buttons = form.findChildren<QToolButton *>();
    for (QToolButton *const button : buttons) {
        if (button->accessibleName() == u"Reset Port to automatic"_s) {
            reset = button;
        }
    }
    QVERIFY(reset);
    QVERIFY(!reset->isVisible());
    field<QSpinBox>(form, u"port"_s)->setValue(5061);
    QVERIFY(reset->isVisible());
    reset->click();
    QCOMPARE(field<QSpinBox>(form, u"port"_s)->value(), 0);
    QCOMPARE(model.origin(u"port"_s), SettingOrigin::Default);
    QVERIFY(!reset->isVisible());
}

void SettingsFormTest::patchShowsWithItsOrigin()
{
    SettingsFormModel model(everyType(), {});
    SettingsForm form(model, SettingGroup::Basic, true);
    model.apply({ { u"host"_s, u"found.test"_s }, { u"port"_s, 5061 } }, SettingOrigin::Found);
    QCOMPARE(field<QLineEdit>(form, u"host"_s)->text(), u"found.test"_s);
    QCOMPARE(field<QSpinBox>(form, u"port"_s)->value(), 5061);
    QCOMPARE(model.origin(u"host"_s), SettingOrigin::Found);
    field<QLineEdit>(form, u"host"_s)->setText(u"mine.test"_s);
    QCOMPARE(model.origin(u"host"_s), SettingOrigin::ByHand);
}

void SettingsFormTest::marksTellWhereValuesCameFrom_data()
{
    QTest::addColumn<SettingOrigin>("origin");
    QTest::addColumn<QString>("word");
    QTest::newRow("found") << SettingOrigin::Found << u"found"_s;
    QTest::newRow("preset") << SettingOrigin::Preset << u"preset"_s;
    QTest::newRow("imported") << SettingOrigin::Imported << u"imported"_s;
    QTest::newRow("by hand") << SettingOrigin::ByHand << u"by hand"_s;
    QTest::newRow("default") << SettingOrigin::Default << u"default"_s;
}

void SettingsFormTest::marksTellWhereValuesCameFrom()
{
    QFETCH(const SettingOrigin, origin);
    QFETCH(const QString, word);
    SettingValues values;
    if (origin != SettingOrigin::Default) {
        values.set(u"host"_s, u"sip.test"_s, origin);
    }
    SettingsFormModel model(everyType(), values);
    SettingsForm form(model, SettingGroup::Basic, true);
    form.setVisible(true);
    auto *const mark = field<OriginBadge>(form, u"host-origin"_s);
    QCOMPARE(mark->text(), word);
    QVERIFY(!mark->toolTip().isEmpty());
    QCOMPARE(mark->accessibleName(), u"Host: "_s + word);
    // Heard with the field, too.
    QVERIFY(field<QLineEdit>(form, u"host"_s)->accessibleDescription().contains(mark->toolTip()));
    QVERIFY(mark->width() >= mark->fontMetrics().horizontalAdvance(word));
}

void SettingsFormTest::takesOverWhatIsFoundMeanwhile()
{
    SettingsFormModel model(everyType(), {});
    SettingsForm form(model, SettingGroup::Basic, true);
    model.setValue(u"port"_s, 443);
    SettingValues now;
    now.set(u"host"_s, u"pool.test"_s, SettingOrigin::Found);
    now.set(u"port"_s, 5061, SettingOrigin::Found);
    model.adopt(now);
    QCOMPARE(field<QLineEdit>(form, u"host"_s)->text(), u"pool.test"_s);
    QCOMPARE(field<OriginBadge>(form, u"host-origin"_s)->origin(), SettingOrigin::Found);
    QCOMPARE(model.value(u"port"_s).toInt(), 443); // edited here
    QCOMPARE(model.origin(u"port"_s), SettingOrigin::ByHand);
    model.reset(u"host"_s); // look for it again
    model.adopt(now); // not taken back before it is applied
    QCOMPARE(model.origin(u"host"_s), SettingOrigin::Default);
    model.setValues(now);
    now.remove(u"host"_s);
    model.adopt(now);
    QVERIFY(!model.values().contains(u"host"_s));
    QVERIFY(!model.isModified());
}

void SettingsFormTest::secretsAreNotValues()
{
    SettingsFormModel model(everyType(), {});
    SettingsForm form(model, SettingGroup::Basic, false);
    auto *const password = field<QLineEdit>(form, u"password"_s);
    QCOMPARE(password->echoMode(), QLineEdit::Password);
    QTest::keyClicks(password, u"hunter2"_s);
    QCOMPARE(model.secrets().value(u"password"_s), u"hunter2"_s);
    QVERIFY(!model.values().contains(u"password"_s));
}

QTEST_MAIN(SettingsFormTest)
#include "tst_settingsform.moc"
