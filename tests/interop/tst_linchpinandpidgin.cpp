// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/conferencedesk.h"
#include "protocols/sip/simulator/groupchatdesk.h"
#include "protocols/sip/simulator/ocspool.h"
#include "tests/interop/purpleclient.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QProcessEnvironment>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;
using namespace linchpin::interop;
using namespace linchpin::sip::sim;

namespace {

constexpr int limit = 30000;
const auto domain = u"litwareinc.test"_s;
const auto ben = u"ben@litwareinc.test"_s; ///< uses Linchpin
const auto cho = u"cho@litwareinc.test"_s; ///< uses pidgin-sipe
const auto trial
    = u"Zażółć gęślą jaźń こんにちは世界 مرحبا بالعالم e\u0301 ก็ 👩‍👩‍👧‍👦🦄𝄞"_s;

} // namespace

/// Linchpin and pidgin-sipe sign in to one pool and talk to each other.
class tst_LinchpinAndPidgin : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void seeEachOther();
    void blockEachOther();
    void linchpinWritesFirst();
    void pidginWritesFirst();
    void showTyping();
    void linchpinMakesAConference();
    void pidginMakesAConference();
    void pidginJoinsByAddress();
    void bothInARoom();

private:
    /// Both say something in the conference that both are in.
    void talkIn(const QString &room);
    QString roomOfAnswer(const QString &ref) const;
    QProcessEnvironment environment() const;
    void say(const QJsonObject &command);

    std::optional<SimCertificates> m_certificates;
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<OcsPool> m_pool;
    std::unique_ptr<JsonProcess> m_linchpin;
    std::unique_ptr<PurpleClient> m_pidgin;
};

void tst_LinchpinAndPidgin::initTestCase()
{
    if (const auto prepared = PurpleClient::prepare(); !prepared) {
        if (prepared.error().skipped) {
            QSKIP(qPrintable(
                u"SKIP-ALL: no Debian 12 for pidgin-sipe: %1"_s.arg(prepared.error().why)));
        }
        QFAIL(qPrintable(prepared.error().why));
    }
    m_certificates = makeCertificates(OcsPool::certificateNames(domain));
    QVERIFY(m_certificates.has_value());
}

QProcessEnvironment tst_LinchpinAndPidgin::environment() const
{
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"LC_ALL"_s, u"C.UTF-8"_s);
    environment.remove(u"DBUS_SESSION_BUS_ADDRESS"_s); // no keyring of this computer
    return environment;
}

void tst_LinchpinAndPidgin::say(const QJsonObject &command)
{
    m_linchpin->command(QString::fromUtf8(QJsonDocument(command).toJson(QJsonDocument::Compact)));
}

void tst_LinchpinAndPidgin::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_pool = std::make_unique<OcsPool>(
        OcsPool::Options {
            .domain = domain, .directory = m_directory->path(), .certificates = m_certificates },
        nullptr);
    m_pool->addUser(ben, u"LITWARE\\ben"_s, u"Zażółć 🔑"_s, u"Ben Gęślarz"_s);
    m_pool->addUser(cho, {}, u"Pa55-cho"_s, u"Cho & Söhne"_s);
    m_pool->setContacts(ben, { { .address = cho, .alias = {}, .groups = { u"Łódź"_s } } });
    m_pool->setContacts(cho, { { .address = ben, .alias = {}, .groups = { u"Łódź"_s } } });
    QVERIFY(m_pool->start().has_value());

    const auto ctl = QStringLiteral(LINCHPIN_BINARY_DIR "/bin/linchpinctl");
    const auto profile = m_directory->filePath(u"profile"_s);
    QProcess add;
    add.setProcessEnvironment(environment());
    add.setProcessChannelMode(QProcess::MergedChannels);
    add.start(ctl,
        { u"--profile"_s, profile, u"account"_s, u"add"_s, u"sip"_s, ben, u"--name"_s, u"work"_s,
            u"--set"_s, u"login=LITWARE\\ben"_s, u"--set"_s, u"server=localhost"_s, u"--set"_s,
            u"port=%1"_s.arg(m_pool->tlsPort()), u"--set"_s, u"connection=tls"_s, u"--set"_s,
            u"ca-file="_s + m_pool->authorityFile(), u"--password-stdin"_s });
    add.write("Zażółć 🔑\n");
    add.closeWriteChannel();
    QVERIFY(add.waitForFinished(limit));
    QVERIFY2(add.exitCode() == 0, add.readAll().constData());

    m_linchpin = std::make_unique<JsonProcess>();
    m_linchpin->start({ ctl, u"--profile"_s, profile, u"session"_s, u"work"_s }, environment());
    m_pidgin = std::make_unique<PurpleClient>(PurpleClient::Account { .address = cho,
        .login = {},
        .password = u"Pa55-cho"_s,
        .port = m_pool->tlsPort(),
        .authorityFile = m_pool->authorityFile(),
        .directory = m_directory->filePath(u"pidgin"_s) });
    QTRY_VERIFY2_WITH_TIMEOUT(m_linchpin->saw(u"state"_s, { { u"state"_s, u"online"_s } }),
        m_linchpin->transcript().constData(), limit);
    QTRY_VERIFY2_WITH_TIMEOUT(
        m_pidgin->saw(u"signed-on"_s), m_pidgin->transcript().constData(), limit);
    QTRY_VERIFY_WITH_TIMEOUT(m_pool->availabilityOf(ben) == int(Availability::Available)
            && m_pool->availabilityOf(cho) == int(Availability::Available),
        limit);
}

void tst_LinchpinAndPidgin::cleanup()
{
    if (QTest::currentTestFailed() && m_linchpin && m_pidgin) {
        qInfo().noquote() << "Linchpin:\n" << m_linchpin->transcript();
        qInfo().noquote() << "pidgin-sipe:\n" << m_pidgin->transcript();
        qInfo() << m_pool->complaints();
    } else if (m_linchpin) {
        say({ { u"do"_s, u"quit"_s } });
        QVERIFY(m_linchpin->waitForEnd());
        QTRY_COMPARE_WITH_TIMEOUT(m_pool->endpointCount(ben), 0, limit);
        QCOMPARE(m_pool->complaints(), QStringList());
    }
    m_linchpin.reset();
    m_pidgin.reset();
    m_pool.reset();
    m_directory.reset();
}

void tst_LinchpinAndPidgin::seeEachOther()
{
    QTRY_VERIFY_WITH_TIMEOUT(m_linchpin->saw(u"presence"_s,
                                 { { u"address"_s, cho }, { u"availability"_s, u"available"_s } }),
        limit);
    QTRY_VERIFY_WITH_TIMEOUT(m_pidgin->saw(u"presence"_s,
                                 { { u"who"_s, u"sip:"_s + ben }, { u"status"_s, u"available"_s },
                                     { u"alias"_s, u"Ben Gęślarz"_s } }),
        limit);
    say({ { u"do"_s, u"status"_s }, { u"availability"_s, u"busy"_s }, { u"text"_s, trial } });
    QTRY_VERIFY_WITH_TIMEOUT(
        m_pidgin->saw(u"presence"_s, { { u"who"_s, u"sip:"_s + ben }, { u"status"_s, u"busy"_s } }),
        limit);
    QTRY_VERIFY_WITH_TIMEOUT(
        m_pidgin->sawWithin(u"presence"_s, { { u"who"_s, u"sip:"_s + ben } }, u"note"_s, trial),
        limit);
    m_pidgin->command(u"status do-not-disturb Cicho 🦄"_s);
    QTRY_VERIFY_WITH_TIMEOUT(
        m_linchpin->saw(
            u"presence"_s, { { u"address"_s, cho }, { u"availability"_s, u"do-not-disturb"_s } }),
        limit);
    QTRY_VERIFY_WITH_TIMEOUT(
        m_linchpin->sawWithin(u"presence"_s, { { u"address"_s, cho } }, u"text"_s, u"Cicho 🦄"_s),
        limit);
    m_linchpin->forgetEvents();
    QVERIFY(m_pidgin->quit());
    QTRY_VERIFY_WITH_TIMEOUT(m_linchpin->saw(u"presence"_s,
                                 { { u"address"_s, cho }, { u"availability"_s, u"offline"_s } }),
        limit);
}

void tst_LinchpinAndPidgin::blockEachOther()
{
    const auto pidginSees = [this](const QString &status) {
        return m_pidgin->saw(
            u"presence"_s, { { u"who"_s, u"sip:"_s + ben }, { u"status"_s, status } });
    };
    const auto linchpinSees = [this](const QString &word) {
        return m_linchpin->saw(
            u"presence"_s, { { u"address"_s, cho }, { u"availability"_s, word } });
    };
    QTRY_VERIFY_WITH_TIMEOUT(pidginSees(u"available"_s) && linchpinSees(u"available"_s), limit);
    say({ { u"do"_s, u"block"_s }, { u"account"_s, u"work"_s }, { u"address"_s, cho } });
    QTRY_VERIFY_WITH_TIMEOUT(pidginSees(u"offline"_s), limit);
    QCOMPARE(m_pool->levelOf(ben, cho), 32000);
    m_pidgin->forgetEvents();
    say({ { u"do"_s, u"unblock"_s }, { u"account"_s, u"work"_s }, { u"address"_s, cho } });
    QTRY_VERIFY_WITH_TIMEOUT(pidginSees(u"available"_s), limit);
    m_linchpin->forgetEvents();
    m_pidgin->command(u"block sip:%1"_s.arg(ben));
    QTRY_VERIFY_WITH_TIMEOUT(linchpinSees(u"offline"_s), limit);
    QCOMPARE(m_pool->levelOf(cho, ben), 32000);
}

void tst_LinchpinAndPidgin::linchpinWritesFirst()
{
    for (const auto &text : { trial, u"<b>two</b> & so on"_s, u"three"_s }) {
        say({ { u"do"_s, u"send"_s }, { u"account"_s, u"work"_s }, { u"to"_s, cho },
            { u"text"_s, text } });
    }
    QTRY_COMPARE_WITH_TIMEOUT(m_pidgin->count(u"message"_s), 3, limit);
    QVERIFY(!m_pidgin->events().isEmpty());
    QVERIFY(m_pidgin->sawWithin(u"message"_s, {}, u"text"_s, trial));
    QVERIFY(
        m_pidgin->sawWithin(u"message"_s, {}, u"text"_s, u"&lt;b&gt;two&lt;/b&gt; &amp; so on"_s));
    QVERIFY(m_pidgin->sawWithin(u"message"_s, {}, u"text"_s, u"three"_s));
    m_pidgin->command(u"send sip:%1 back %2"_s.arg(ben, trial));
    QTRY_VERIFY_WITH_TIMEOUT(
        m_linchpin->saw(u"message"_s,
            { { u"from"_s, cho }, { u"direction"_s, u"in"_s }, { u"text"_s, u"back "_s + trial } }),
        limit);
    QVERIFY(!m_linchpin->saw(u"delivery"_s, { { u"state"_s, u"failed"_s } }));
}

void tst_LinchpinAndPidgin::pidginWritesFirst()
{
    m_pidgin->command(u"send sip:%1 %2"_s.arg(ben, trial));
    m_pidgin->command(u"send sip:%1 &lt;b&gt; &amp; more"_s.arg(ben));
    const auto incoming = [&](const QString &text) {
        return m_linchpin->count(
            u"message"_s, { { u"from"_s, cho }, { u"direction"_s, u"in"_s }, { u"text"_s, text } });
    };
    QTRY_COMPARE_WITH_TIMEOUT(incoming(trial), 1, limit);
    QTRY_COMPARE_WITH_TIMEOUT(incoming(u"<b> & more"_s), 1, limit);
    QCOMPARE(m_linchpin->count(u"message"_s, { { u"direction"_s, u"in"_s } }), 2);
    say({ { u"do"_s, u"send"_s }, { u"account"_s, u"work"_s }, { u"to"_s, cho },
        { u"text"_s, u"back "_s + trial } });
    QTRY_VERIFY_WITH_TIMEOUT(
        m_pidgin->sawWithin(u"message"_s, {}, u"text"_s, u"back "_s + trial), limit);
}

void tst_LinchpinAndPidgin::showTyping()
{
    m_pidgin->command(u"send sip:%1 hello"_s.arg(ben));
    QTRY_VERIFY_WITH_TIMEOUT(m_linchpin->saw(u"message"_s, { { u"from"_s, cho } }), limit);
    // pidgin-sipe says nothing about typing before its INVITE is through.
    QTRY_VERIFY_WITH_TIMEOUT(m_pool->count("ACK", cho) > 0, limit);
    m_pidgin->command(u"typing sip:%1"_s.arg(ben));
    QTRY_VERIFY_WITH_TIMEOUT(
        m_linchpin->saw(u"typing"_s, { { u"from"_s, cho }, { u"state"_s, u"composing"_s } }),
        limit);
    say({ { u"do"_s, u"typing"_s }, { u"account"_s, u"work"_s }, { u"to"_s, cho },
        { u"state"_s, u"composing"_s } });
    QTRY_VERIFY_WITH_TIMEOUT(m_pidgin->saw(u"typing"_s, { { u"from"_s, u"sip:"_s + ben } }), limit);
}

QString tst_LinchpinAndPidgin::roomOfAnswer(const QString &ref) const
{
    return m_linchpin->find(u"result"_s, { { u"ref"_s, ref } }).value("room"_L1).toString();
}

void tst_LinchpinAndPidgin::talkIn(const QString &room)
{
    QTRY_COMPARE_WITH_TIMEOUT(
        m_pool->conferences().members(room), (QStringList { ben, cho }), limit);
    for (const auto &text : { trial, u"<b>two</b> & so on"_s }) {
        say({ { u"do"_s, u"send"_s }, { u"account"_s, u"work"_s }, { u"to"_s, room },
            { u"text"_s, text } });
    }
    QTRY_COMPARE_WITH_TIMEOUT(m_pidgin->count(u"chat-message"_s), 2, limit);
    QVERIFY(m_pidgin->sawWithin(
        u"chat-message"_s, { { u"from"_s, u"sip:"_s + ben } }, u"text"_s, trial));
    QVERIFY(m_pidgin->sawWithin(
        u"chat-message"_s, {}, u"text"_s, u"&lt;b&gt;two&lt;/b&gt; &amp; so on"_s));
    m_pidgin->command(u"say back "_s + trial);
    QTRY_VERIFY_WITH_TIMEOUT(m_linchpin->saw(u"message"_s,
                                 { { u"conversation"_s, room }, { u"from"_s, u"Cho & Söhne"_s },
                                     { u"direction"_s, u"in"_s }, { u"kind"_s, u"room"_s },
                                     { u"text"_s, u"back "_s + trial } }),
        limit);
    QVERIFY(!m_linchpin->saw(u"delivery"_s, { { u"state"_s, u"failed"_s } }));
}

void tst_LinchpinAndPidgin::linchpinMakesAConference()
{
    // pidgin-sipe takes the invitation without asking.
    say({ { u"do"_s, u"invite"_s }, { u"account"_s, u"work"_s }, { u"to"_s, cho },
        { u"text"_s, u"Zażółć"_s }, { u"ref"_s, u"1"_s } });
    QTRY_VERIFY_WITH_TIMEOUT(!roomOfAnswer(u"1"_s).isEmpty(), limit);
    const QString room = roomOfAnswer(u"1"_s);
    QTRY_VERIFY_WITH_TIMEOUT(m_pidgin->saw(u"chat-joined"_s), limit);
    talkIn(room);
    m_pidgin->command(u"leave"_s);
    QTRY_COMPARE_WITH_TIMEOUT(m_pool->conferences().members(room), QStringList { ben }, limit);
    QTRY_VERIFY_WITH_TIMEOUT(
        m_linchpin->saw(u"room"_s, { { u"left"_s, QJsonArray { u"Cho & Söhne"_s } } }), limit);
    say({ { u"do"_s, u"leave"_s }, { u"account"_s, u"work"_s }, { u"room"_s, room } });
    QTRY_COMPARE_WITH_TIMEOUT(m_pool->conferences().openDialogs(), 0, limit);
}

void tst_LinchpinAndPidgin::pidginMakesAConference()
{
    m_pidgin->command(u"menu sip:%1 New chat"_s.arg(ben));
    QTRY_COMPARE_WITH_TIMEOUT(m_pool->conferences().foci().size(), 1, limit);
    const QString room = m_pool->conferences().foci().first();
    QTRY_VERIFY_WITH_TIMEOUT(
        m_linchpin->saw(u"request"_s, { { u"room"_s, room }, { u"from"_s, cho } }), limit);
    say({ { u"do"_s, u"join"_s }, { u"account"_s, u"work"_s }, { u"room"_s, room } });
    talkIn(room);
    QVERIFY(m_pool->conferences().isPresenter(room, cho));
    say({ { u"do"_s, u"leave"_s }, { u"account"_s, u"work"_s }, { u"room"_s, room } });
    QTRY_VERIFY_WITH_TIMEOUT(
        m_pidgin->saw(u"chat-went"_s, { { u"who"_s, u"sip:"_s + ben } }), limit);
}

void tst_LinchpinAndPidgin::pidginJoinsByAddress()
{
    const QString room = m_pool->conferences().make(ben, u"8C1F2A3B"_s, u"Plan"_s);
    say({ { u"do"_s, u"join"_s }, { u"account"_s, u"work"_s },
        { u"room"_s, ben + u" 8C1F2A3B"_s } });
    QTRY_COMPARE_WITH_TIMEOUT(m_pool->conferences().members(room), QStringList { ben }, limit);
    m_pidgin->command(u"join "_s + room);
    QTRY_VERIFY_WITH_TIMEOUT(m_pidgin->saw(u"chat-joined"_s), limit);
    talkIn(room);
}

/// A room of the chat server, which keeps what is written there.
void tst_LinchpinAndPidgin::bothInARoom()
{
    // The chat server opens for the second sign-in of pidgin-sipe: it asks for one only then.
    GroupChatDesk &desk = m_pool->groupChat();
    const QString room
        = desk.addRoom({ .name = u"Łódź & Kraków"_s, .topic = u"Zażółć"_s, .managers = { cho } });
    desk.write(room, cho, u"before "_s + trial);
    QVERIFY(m_pidgin->quit());
    m_pidgin = std::make_unique<PurpleClient>(PurpleClient::Account { .address = cho,
        .login = {},
        .password = u"Pa55-cho"_s,
        .port = m_pool->tlsPort(),
        .authorityFile = m_pool->authorityFile(),
        .directory = m_directory->filePath(u"pidgin"_s) });
    QTRY_VERIFY_WITH_TIMEOUT(desk.commands().contains(u"getinv"_s), limit);

    say({ { u"do"_s, u"join"_s }, { u"account"_s, u"work"_s }, { u"room"_s, room } });
    QTRY_COMPARE_WITH_TIMEOUT(desk.members(room), QStringList { ben }, limit);
    const auto incoming = [&](const QString &text) {
        return m_linchpin->count(u"message"_s,
            { { u"conversation"_s, room }, { u"direction"_s, u"in"_s }, { u"kind"_s, u"room"_s },
                { u"text"_s, text } });
    };
    QTRY_COMPARE_WITH_TIMEOUT(incoming(u"before "_s + trial), 1, limit);
    m_pidgin->command(u"room "_s + room);
    QTRY_COMPARE_WITH_TIMEOUT(desk.members(room), (QStringList { ben, cho }), limit);
    QTRY_VERIFY_WITH_TIMEOUT(
        m_linchpin->saw(u"room"_s, { { u"joined"_s, QJsonArray { u"Cho & Söhne"_s } } }), limit);
    QTRY_VERIFY_WITH_TIMEOUT(m_pidgin->saw(u"chat-joined"_s), limit);

    for (const auto &text : { trial, u"<b>two</b> & so on"_s }) {
        say({ { u"do"_s, u"send"_s }, { u"account"_s, u"work"_s }, { u"to"_s, room },
            { u"text"_s, text } });
    }
    QTRY_VERIFY_WITH_TIMEOUT(m_pidgin->sawWithin(u"chat-message"_s,
                                 { { u"from"_s, u"sip:"_s + ben } }, u"text"_s, trial),
        limit);
    QTRY_VERIFY_WITH_TIMEOUT(m_pidgin->sawWithin(u"chat-message"_s, {}, u"text"_s,
                                 u"&lt;b&gt;two&lt;/b&gt; &amp; so on"_s),
        limit);
    m_pidgin->command(u"say back "_s + trial);
    QTRY_COMPARE_WITH_TIMEOUT(incoming(u"back "_s + trial), 1, limit);
    QTRY_COMPARE_WITH_TIMEOUT(
        m_linchpin->count(u"delivery"_s, { { u"state"_s, u"sent"_s } }), 2, limit);
    QVERIFY(!m_linchpin->saw(u"delivery"_s, { { u"state"_s, u"failed"_s } }));
    // Nothing twice: neither what came, nor our own words from the server.
    QCOMPARE(m_linchpin->count(u"message"_s, { { u"conversation"_s, room } }), 4);

    m_pidgin->command(u"leave"_s);
    QTRY_VERIFY_WITH_TIMEOUT(
        m_linchpin->saw(u"room"_s, { { u"left"_s, QJsonArray { u"Cho & Söhne"_s } } }), limit);
    say({ { u"do"_s, u"leave"_s }, { u"account"_s, u"work"_s }, { u"room"_s, room } });
    QTRY_COMPARE_WITH_TIMEOUT(desk.members(room), QStringList(), limit);
}

QTEST_GUILESS_MAIN(tst_LinchpinAndPidgin)
#include "tst_linchpinandpidgin.moc"
