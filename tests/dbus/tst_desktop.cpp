// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/dbus/fakedesktop.h"
#include "tests/ui/uiworld.h"
#include "ui/widgets/tray/notifier.h"
#include "ui/widgets/tray/trayicon.h"

#include <QApplication>
#include <QDBusArgument>
#include <QDBusMessage>
#include <QDBusPendingCall>
#include <QDBusPendingReply>
#include <QSignalSpy>
#include <QSystemTrayIcon>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::test;

/// Notifications and tray against a live session bus.
class DesktopTest : public QObject {
    Q_OBJECT

public:
    QString missing; ///< why there is no bus or display

private Q_SLOTS:
    void initTestCase();
    void init();
    void tellsOfAMessage_data();
    void tellsOfAMessage();
    void replacesAndCloses();
    void actionOpensTheConversation();
    void keepsQuiet();
    void trayItem();
    void cleanupTestCase();

private:
    /// A person who writes, and the notifier once it has asked the server what it can do.
    struct Scene {
        UiWorld world;
        QSystemTrayIcon icon;
        bool visible = false;
        std::unique_ptr<Notifier> notifier;
        ConversationKey bob;
        int written = 0;
        int arrived = 0;

        Scene();
        void write(const QString &text);
        void settle();
    };
    /// All properties of a tray item.
    QVariantMap item(const QString &service) const;

    std::unique_ptr<FakeDesktop> m_desktop;
};

DesktopTest::Scene::Scene()
{
    bob = { world.add(u"fake"_s, u"alice@alpha.test"_s), u"bob@b.test"_s,
        ConversationKind::Person };
    world.online();
    world.contact(u"fake"_s, u"bob@b.test"_s, u"Bob <Kelly>"_s, {}, { Availability::Available });
    notifier = std::make_unique<Notifier>(
        world.context(), icon, [this](const ConversationKey &) { return visible; });
    // After the notifier has heard of it.
    QObject::connect(world.chats.get(), &ConversationStore::messageArrived, notifier.get(),
        [this] { ++arrived; });
    settle();
}

/// What was asked before is answered: the server answers in turn.
void DesktopTest::Scene::settle()
{
    const QDBusPendingCall after
        = QDBusConnection::sessionBus().asyncCall(QDBusMessage::createMethodCall(
            u"org.freedesktop.Notifications"_s, u"/org/freedesktop/Notifications"_s,
            u"org.freedesktop.Notifications"_s, u"GetCapabilities"_s));
    QVERIFY(QTest::qWaitFor([&] { return after.isFinished(); }, 20'000));
    QCoreApplication::processEvents();
}

void DesktopTest::Scene::write(const QString &text)
{
    world.session().tell(
        MessageReceived { inbound(bob.with, text, world.clock.now(), u"m%1"_s.arg(++written)) });
    QTRY_COMPARE(arrived, written);
}

void DesktopTest::initTestCase()
{
    if (!missing.isEmpty()) {
        QSKIP(qPrintable(u"SKIP-ALL: "_s + missing));
    }
    m_desktop = std::make_unique<FakeDesktop>();
    QVERIFY(m_desktop->isOk());
}

void DesktopTest::init()
{
    m_desktop->notifications().setCapabilities(
        { u"actions"_s, u"body"_s, u"body-markup"_s, u"persistence"_s });
    m_desktop->notifications().forget();
}

void DesktopTest::tellsOfAMessage_data()
{
    QTest::addColumn<QStringList>("capabilities");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("body");
    const QStringList markup { u"body"_s, u"body-markup"_s, u"actions"_s };
    const QStringList plain { u"body"_s };
    QTest::newRow("words") << markup << u"Zażółć gęślą jaźń"_s << u"Zażółć gęślą jaźń"_s;
    QTest::newRow("markup is shown, not obeyed")
        << markup << u"<img src=\"http://spy.test/\"/> & <b>you</b>"_s
        << u"&lt;img src=&quot;http://spy.test/&quot;/&gt; &amp; &lt;b&gt;you&lt;/b&gt;"_s;
    QTest::newRow("a server without markup shows what is written")
        << plain << u"if (a < b && c) {}"_s << u"if (a < b && c) {}"_s;
    QTest::newRow("controls go, lines are joined")
        << markup << u"ring\a\u0003 the\n\tbell\u007f"_s << u"ring the bell"_s;
    QTest::newRow("every script")
        << markup
        << u"こんにちは世界 مرحبا بالعالم e\u0301 👩‍👩‍👧‍👦🦄𝄞"_s
        << u"こんにちは世界 مرحبا بالعالم e\u0301 👩‍👩‍👧‍👦🦄𝄞"_s;
    QTest::newRow("bounded") << markup << QString(5000, u'x') << QString(200, u'x') + u'…';
}

void DesktopTest::tellsOfAMessage()
{
    QFETCH(const QStringList, capabilities);
    QFETCH(const QString, text);
    QFETCH(const QString, body);
    m_desktop->notifications().setCapabilities(capabilities);
    Scene scene;
    scene.write(text);
    QTRY_COMPARE(m_desktop->notifications().told().size(), 1);
    const Told told = m_desktop->notifications().told().constFirst();
    QCOMPARE(told.body, body);
    QCOMPARE(told.summary, u"Bob <Kelly>"_s); // the summary is never markup
    QCOMPARE(told.application, u"Linchpin"_s);
    QCOMPARE(told.icon, u"org.linchpin.Linchpin"_s);
    QCOMPARE(told.replaces, 0U);
    QCOMPARE(told.hints.value(u"desktop-entry"_s).toString(), u"org.linchpin.Linchpin"_s);
    QCOMPARE(told.hints.value(u"category"_s).toString(), u"im.received"_s);
    QCOMPARE(told.actions.isEmpty(), !capabilities.contains(u"actions"_s));
}

void DesktopTest::replacesAndCloses()
{
    Scene scene;
    scene.write(u"first"_s);
    QTRY_COMPARE(m_desktop->notifications().told().size(), 1);
    const uint id = m_desktop->notifications().told().constFirst().id;
    scene.settle(); // the notifier knows the number
    scene.write(u"next"_s);
    QTRY_COMPARE(m_desktop->notifications().told().size(), 2);
    const Told second = m_desktop->notifications().told().constLast();
    QCOMPARE(second.replaces, id);
    QCOMPARE(second.body, u"first\nnext"_s);
    QCOMPARE(second.summary, u"Bob <Kelly> (2)"_s);
    scene.settle();
    scene.notifier->dismiss(scene.bob);
    QTRY_COMPARE(m_desktop->notifications().closed(), QList<uint> { id });
    // What is read is counted from the beginning again.
    scene.write(u"later"_s);
    QTRY_COMPARE(m_desktop->notifications().told().constLast().body, u"later"_s);
    QCOMPARE(m_desktop->notifications().told().constLast().summary, u"Bob <Kelly>"_s);
}

void DesktopTest::actionOpensTheConversation()
{
    Scene scene;
    QSignalSpy opened(scene.notifier.get(), &Notifier::conversationRequested);
    scene.write(u"hello"_s);
    QTRY_COMPARE(m_desktop->notifications().told().size(), 1);
    const Told told = m_desktop->notifications().told().constFirst();
    QCOMPARE(told.actions.value(0), u"default"_s);
    QVERIFY(!told.actions.value(1).isEmpty());
    scene.settle(); // the notifier knows the number
    m_desktop->invoke(told.id + 1, u"default"_s); // another program's
    m_desktop->invoke(told.id, u"default"_s);
    QTRY_COMPARE(opened.size(), 1);
    QCOMPARE(opened.constFirst().constFirst().value<ConversationKey>(), scene.bob);
}

void DesktopTest::keepsQuiet()
{
    Scene scene;
    scene.visible = true;
    scene.write(u"seen as it comes"_s);
    scene.visible = false;
    scene.world.accounts->setGlobalPresence({ .availability = Availability::DoNotDisturb });
    scene.write(u"not now"_s);
    scene.world.accounts->setGlobalPresence({ .availability = Availability::Available });
    scene.world.settings.setValue(u"notifications"_s, false);
    scene.write(u"never"_s);
    scene.world.settings.setValue(u"notifications"_s, true);
    scene.world.settings.setValue(u"notification-text"_s, false);
    scene.write(u"secret"_s);
    QTRY_COMPARE(m_desktop->notifications().told().size(), 1);
    QCOMPARE(m_desktop->notifications().told().constFirst().body, u"New message"_s);
}

QVariantMap DesktopTest::item(const QString &service) const
{
    QDBusMessage ask = QDBusMessage::createMethodCall(
        service, u"/StatusNotifierItem"_s, u"org.freedesktop.DBus.Properties"_s, u"GetAll"_s);
    ask << u"org.kde.StatusNotifierItem"_s;
    // Not through sessionBus(): QtDBus would call its own objects directly.
    QDBusConnection bus = QDBusConnection::connectToBus(
        qEnvironmentVariable("DBUS_SESSION_BUS_ADDRESS"), u"panel"_s);
    QDBusPendingReply<QVariantMap> reply = bus.asyncCall(ask);
    if (!QTest::qWaitFor([&] { return reply.isFinished(); }, 20'000) || reply.isError()) {
        return {};
    }
    return reply.value();
}

/// The tooltip of a tray item: icon name, pixmaps, title, text.
static QString tooltipOf(const QVariantMap &properties)
{
    const auto argument = properties.value(u"ToolTip"_s).value<QDBusArgument>();
    if (argument.currentType() != QDBusArgument::StructureType) {
        return {};
    }
    QString icon;
    QString title;
    QString text;
    argument.beginStructure();
    argument >> icon;
    argument.beginArray();
    while (!argument.atEnd()) {
        int width = 0;
        int height = 0;
        QByteArray pixels;
        argument.beginStructure();
        argument >> width >> height >> pixels;
        argument.endStructure();
    }
    argument.endArray();
    argument >> title >> text;
    argument.endStructure();
    return title + text;
}

/// The pixels of a tray item's icon, all sizes.
static QList<QByteArray> iconOf(const QVariantMap &properties)
{
    QList<QByteArray> sizes;
    const auto argument = properties.value(u"IconPixmap"_s).value<QDBusArgument>();
    if (argument.currentType() != QDBusArgument::ArrayType) {
        return {};
    }
    argument.beginArray();
    while (!argument.atEnd()) {
        int width = 0;
        int height = 0;
        QByteArray pixels;
        argument.beginStructure();
        argument >> width >> height >> pixels;
        argument.endStructure();
        sizes.append(pixels);
    }
    argument.endArray();
    return sizes;
}

void DesktopTest::trayItem()
{
    QVERIFY(TrayIcon::isAvailable());
    Scene scene;
    TrayIcon tray(scene.world.context(), TrayIcon::Content::Messenger);
    QSignalSpy toggled(&tray, &TrayIcon::toggleRequested);
    tray.show();
    QTRY_COMPARE(m_desktop->watcher().items().size(), 1);
    const QString service = m_desktop->watcher().items().constFirst();
    QVariantMap now = item(service);
    QCOMPARE(now.value(u"Status"_s).toString(), u"Active"_s);
    QVERIFY(!now.value(u"Menu"_s).value<QDBusObjectPath>().path().isEmpty());
    QTRY_COMPARE(tray.view().availability, Availability::Available);
    QTRY_VERIFY(tooltipOf(item(service)).contains(displayName(Availability::Available)));
    const QList<QByteArray> available = iconOf(item(service));
    QVERIFY(!available.isEmpty());

    scene.write(u"hello"_s);
    QTRY_VERIFY(tooltipOf(item(service)).contains(u"1 unread message"_s));
    const QList<QByteArray> unread = iconOf(item(service));
    QVERIFY(unread != available); // the badge
    scene.write(u"again"_s);
    QTRY_VERIFY(iconOf(item(service)) != unread); // counts

    scene.world.accounts->setGlobalPresence({ .availability = Availability::DoNotDisturb });
    QTRY_VERIFY(tooltipOf(item(service)).contains(displayName(Availability::DoNotDisturb)));

    QDBusMessage click = QDBusMessage::createMethodCall(
        service, u"/StatusNotifierItem"_s, u"org.kde.StatusNotifierItem"_s, u"Activate"_s);
    click << 0 << 0;
    QDBusConnection(u"panel"_s).send(click);
    QTRY_COMPARE(toggled.size(), 1);
}

void DesktopTest::cleanupTestCase()
{
    QDBusConnection::disconnectFromBus(u"panel"_s);
    m_desktop.reset();
}

int main(int argc, char *argv[])
{
    PrivateSession session;
    DesktopTest test;
    test.missing = session.start();
    QApplication application(argc, argv);
    return QTest::qExec(&test, argc, argv);
}

#include "tst_desktop.moc"
