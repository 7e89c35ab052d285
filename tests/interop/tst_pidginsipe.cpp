// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/groupchatdesk.h"
#include "protocols/sip/simulator/ocspool.h"
#include "protocols/sip/simulator/scriptedperson.h"
#include "protocols/sip/simulator/web/lyncweb.h"
#include "tests/interop/purpleclient.h"
#include "tests/support/peerserver.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <memory>

using namespace Qt::StringLiterals;
using namespace linchpin::interop;
using namespace linchpin::sip::sim;

namespace {

constexpr int limit = 30000;
const auto domain = u"litwareinc.test"_s;
const auto ben = u"ben@litwareinc.test"_s;
const auto cho = u"cho@litwareinc.test"_s;
const auto zofia = u"zofia@litwareinc.test"_s;
const auto trial
    = u"Zażółć gęślą jaźń こんにちは世界 مرحبا بالعالم e\u0301 ก็ 👩‍👩‍👧‍👦🦄𝄞"_s;

QString uri(const QString &address)
{
    return u"sip:"_s + address;
}

} // namespace

/// pidgin-sipe 1.25.0 judges the simulator: what it does with a real pool it has to do with ours.
class tst_PidginSipe : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void signsIn_data();
    void signsIn();
    void signsInWithKerberos_data();
    void signsInWithKerberos();
    void signsInByCertificate_data();
    void signsInByCertificate();
    void takesLogins_data();
    void takesLogins();
    void getsContactList();
    void seesPresence();
    void publishesPresence();
    void publishesStates_data();
    void publishesStates();
    void seesStates_data();
    void seesStates();
    void seesWhatItsLevelShows();
    void seesPeopleOfAnotherPool();
    void setsUpAFreshAccount();
    void writes_data();
    void writes();
    void reads();
    void talksToAnotherEndpoint();
    void learnsThatNobodyIsThere();
    void editsContacts();
    void usesExchange();
    void keepsTwoEndpointsInStep();
    void searches_data();
    void searches();
    void joinsRooms_data();
    void joinsRooms();
    void mayNotJoinEveryRoom();
    void blocks();
    void refusedUserAgent();
    void refusals_data();
    void refusals();
    void isSignedOutByServer();
    void losesConnection();

private:
    PurpleClient::Account account(const QString &address, const QString &place = u"p"_s) const;
    std::unique_ptr<PurpleClient> signedIn(const QString &address, const QString &place = u"p"_s);

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<OcsPool> m_pool;
    std::optional<SimCertificates> m_certificates;
    ScriptedPerson *m_zofia = nullptr; ///< the pool's
};

void tst_PidginSipe::initTestCase()
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

void tst_PidginSipe::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_pool = std::make_unique<OcsPool>(
        OcsPool::Options {
            .domain = domain, .directory = m_directory->path(), .certificates = m_certificates },
        nullptr);
    m_pool->addUser(ben, u"LITWARE\\ben"_s, u"Pa55-ben"_s, u"Ben Smith"_s);
    // No "<" in the name: pidgin-sipe 1.25.0 then takes the wrong part of P-Asserted-Identity for
    // the URI, computes another signature and hangs up.
    m_pool->addUser(cho, {}, u"Pa55-cho"_s, u"Cho (Contoso) & Söhne"_s);
    m_zofia
        = m_pool->addPerson(zofia, { .displayName = u"Zofia Gęślarz"_s, .title = u"Inżynierka"_s });
    m_zofia->setPresence(int(Availability::Available));
    m_pool->setContacts(ben,
        { { .address = zofia, .alias = {}, .groups = { u"Kraków"_s, u"東京"_s } },
            { .address = cho, .alias = u"Cho"_s, .groups = { u"~"_s } } });
    m_pool->setContacts(cho, { { .address = ben, .alias = {}, .groups = { u"Team"_s } } });
    const auto started = m_pool->start();
    QVERIFY2(started.has_value(), started ? "" : qPrintable(started.error()));
}

void tst_PidginSipe::cleanup()
{
    if (QTest::currentTestFailed() && m_pool) {
        qInfo().noquote() << "complaints:" << m_pool->complaints();
        qInfo().noquote() << "refusals:" << m_pool->core().refusals;
        if (const auto *web = m_pool->web()) {
            qInfo().noquote() << "of the web services:" << web->complaints();
        }
    }
    m_pool.reset();
    if (QTest::currentTestFailed() && qEnvironmentVariableIsSet("LINCHPIN_KEEP")) {
        m_directory->setAutoRemove(false);
        qInfo().noquote() << "kept:" << m_directory->path();
    }
    m_directory.reset();
}

PurpleClient::Account tst_PidginSipe::account(const QString &address, const QString &place) const
{
    return { .address = address,
        .login = address == ben ? u"LITWARE\\ben"_s : QString(),
        .password = u"Pa55-"_s + address.section(u'@', 0, 0),
        .port = m_pool->tlsPort(),
        .authorityFile = m_pool->authorityFile(),
        .directory = m_directory->filePath(place) };
}

/// Signed in, with list and first publication done.
std::unique_ptr<PurpleClient> tst_PidginSipe::signedIn(const QString &address, const QString &place)
{
    auto client = std::make_unique<PurpleClient>(account(address, place));
    const int before = m_pool->endpointCount(address);
    const bool in = QTest::qWaitFor(
        [&] {
            return client->saw(u"signed-on"_s) && m_pool->endpointCount(address) > before
                && m_pool->availabilityOf(address) < int(Availability::Offline);
        },
        limit);
    if (!in) {
        qWarning().noquote() << client->transcript();
        return {};
    }
    return client;
}

void tst_PidginSipe::signsIn_data()
{
    QTest::addColumn<QString>("transport");
    QTest::addColumn<int>("version");
    QTest::newRow("TLS, signatures of OCS 2007 R2") << u"tls"_s << 4;
    QTest::newRow("TCP, signatures of OCS 2007 R2") << u"tcp"_s << 4;
    QTest::newRow("TCP, signatures of OCS 2007") << u"tcp"_s << 3;
    QTest::newRow("TCP, signatures of LCS 2005") << u"tcp"_s << 2;
}

void tst_PidginSipe::signsIn()
{
    QFETCH(QString, transport);
    QFETCH(int, version);
    m_pool->setSignatureVersion(version);
    auto who = account(ben);
    who.transport = transport;
    who.port = transport == "tcp"_L1 ? m_pool->tcpPort() : m_pool->tlsPort();
    PurpleClient client(who);
    QTRY_VERIFY2_WITH_TIMEOUT(client.saw(u"signed-on"_s), client.transcript().constData(), limit);
    QCOMPARE(m_pool->endpointCount(ben), 1);
    QTRY_COMPARE_WITH_TIMEOUT(m_pool->availabilityOf(ben), int(Availability::Available), limit);
    QVERIFY(client.quit());
    QTRY_COMPARE_WITH_TIMEOUT(m_pool->endpointCount(ben), 0, limit);
    QVERIFY(!client.saw(u"connection-error"_s));
    QCOMPARE(m_pool->complaints(), QStringList());
}

void tst_PidginSipe::signsInWithKerberos_data()
{
    QTest::addColumn<int>("version");
    QTest::addColumn<QString>("scheme");
    QTest::newRow("signatures of OCS 2007 R2") << 4 << u"krb5"_s;
    QTest::newRow("signatures of OCS 2007") << 3 << u"krb5"_s;
    QTest::newRow("automatic") << 4 << u"auto"_s;
}

void tst_PidginSipe::signsInWithKerberos()
{
    QFETCH(int, version);
    QFETCH(QString, scheme);
    linchpin::test::PeerServer kdc;
    if (!kdc.start(u"krb5"_s, { u"PEER_USERS=ben:Pa55-ben"_s })) {
        if (kdc.isMissing()) {
            QSKIP("there is no KDC here");
        }
        QFAIL(qPrintable(kdc.reason()));
    }
    qputenv("KRB5_CONFIG", (kdc.dataDir() + u"/krb5.conf"_s).toLocal8Bit());
    qputenv("KRB5CCNAME", "FILE:" + kdc.dataDir().toLocal8Bit() + "/ccache");
    m_pool->offerSchemes({ "NTLM"_ba, "Kerberos"_ba });
    m_pool->setKeytab(kdc.dataDir() + u"/service.keytab"_s);
    m_pool->setSignatureVersion(version);
    auto who = account(ben);
    who.login = u"ben@PEERS.TEST"_s;
    who.scheme = scheme;
    PurpleClient client(who);
    QTRY_VERIFY2_WITH_TIMEOUT(client.saw(u"signed-on"_s), client.transcript().constData(), limit);
    QTRY_COMPARE_WITH_TIMEOUT(m_pool->availabilityOf(ben), int(Availability::Available), limit);
    const auto &received = m_pool->received();
    QVERIFY(std::ranges::any_of(received, [](const ReceivedMessage &m) {
        return m.message.method == "SUBSCRIBE"
            && m.message.header("Authorization").startsWith("Kerberos ");
    }));
    QVERIFY(client.quit());
    QTRY_COMPARE_WITH_TIMEOUT(m_pool->endpointCount(ben), 0, limit);
    QCOMPARE(m_pool->complaints(), QStringList());
}

void tst_PidginSipe::signsInByCertificate_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<Profile>("profile");
    QTest::newRow("Lync 2010") << u"tls-dsk"_s << Profile::Lync2010;
    QTest::newRow("Lync 2013") << u"tls-dsk"_s << Profile::Lync2013;
    QTest::newRow("Lync 2013, scheme left to it") << u"auto"_s << Profile::Lync2013;
}

/// Metadata, web ticket, certificate, TLS-DSK: everything the client of others makes of it.
void tst_PidginSipe::signsInByCertificate()
{
    QFETCH(QString, scheme);
    QFETCH(Profile, profile);
    m_pool.reset();
    m_pool = std::make_unique<OcsPool>(OcsPool::Options { .domain = domain,
                                           .directory = m_directory->path(),
                                           .profile = profile,
                                           .certificates = m_certificates },
        nullptr);
    m_pool->addUser(ben, u"LITWARE\\ben"_s, u"Pa55-ben"_s, u"Ben Smith"_s);
    const auto started = m_pool->start();
    QVERIFY2(started.has_value(), started ? "" : qPrintable(started.error()));
    m_pool->offerSchemes({ "TLS-DSK" });
    // It would take Negotiate at its word and look for Kerberos.
    m_pool->web()->offersNegotiate = false;
    auto who = account(ben);
    who.scheme = scheme;
    PurpleClient client(who);
    QTRY_VERIFY2_WITH_TIMEOUT(client.saw(u"signed-on"_s), client.transcript().constData(), limit);
    QCOMPARE(m_pool->endpointCount(ben), 1);
    QTRY_COMPARE_WITH_TIMEOUT(m_pool->availabilityOf(ben), int(Availability::Available), limit);
    QCOMPARE(m_pool->web()->certificatesIssued(), 1);
    QCOMPARE(m_pool->web()->complaints(), QStringList());
    QVERIFY(client.quit());
    QCOMPARE(m_pool->complaints(), QStringList());
}

void tst_PidginSipe::takesLogins_data()
{
    QTest::addColumn<QString>("login");
    QTest::newRow("user") << u"ben"_s;
    QTest::newRow("DOMAIN\\user") << u"LITWARE\\ben"_s;
    QTest::newRow("address") << QString();
}

void tst_PidginSipe::takesLogins()
{
    QFETCH(QString, login);
    auto who = account(ben);
    who.login = login;
    PurpleClient client(who);
    QTRY_VERIFY2_WITH_TIMEOUT(client.saw(u"signed-on"_s), client.transcript().constData(), limit);
}

void tst_PidginSipe::getsContactList()
{
    const auto client = signedIn(ben);
    QVERIFY(client);
    QTRY_VERIFY_WITH_TIMEOUT(client->saw(u"presence"_s, { { u"who"_s, uri(zofia) } }), limit);
    client->command(u"list"_s);
    QTRY_VERIFY_WITH_TIMEOUT(client->saw(u"list-end"_s), limit);
    QVERIFY(client->saw(u"buddy"_s,
        { { u"who"_s, uri(zofia) }, { u"group"_s, u"Kraków"_s },
            { u"alias"_s, u"Zofia Gęślarz"_s } }));
    QVERIFY(client->saw(u"buddy"_s, { { u"who"_s, uri(zofia) }, { u"group"_s, u"東京"_s } }));
    QVERIFY(client->saw(u"buddy"_s,
        { { u"who"_s, uri(cho) }, { u"group"_s, u"Other Contacts"_s }, { u"alias"_s, u"Cho"_s } }));
    QCOMPARE(client->count(u"buddy"_s), 3);
}

void tst_PidginSipe::seesPresence()
{
    const auto client = signedIn(ben);
    QVERIFY(client);
    const auto sees = [&](const QString &who, const QString &status) {
        return client->saw(u"presence"_s, { { u"who"_s, uri(who) }, { u"status"_s, status } });
    };
    QTRY_VERIFY_WITH_TIMEOUT(sees(zofia, u"available"_s), limit);
    m_zofia->setPresence(int(Availability::DoNotDisturb), trial);
    QTRY_VERIFY_WITH_TIMEOUT(sees(zofia, u"do-not-disturb"_s), limit);
    QTRY_VERIFY2_WITH_TIMEOUT(
        client->sawWithin(u"presence"_s, { { u"who"_s, uri(zofia) } }, u"note"_s, trial),
        client->transcript().constData(), limit);
    m_zofia->signOut();
    QTRY_VERIFY_WITH_TIMEOUT(sees(zofia, u"offline"_s), limit);
    // The other colleague is a real end point.
    const auto other = signedIn(cho, u"other"_s);
    QVERIFY(other);
    QTRY_VERIFY_WITH_TIMEOUT(sees(cho, u"available"_s), limit);
    other->command(u"status away"_s);
    QTRY_VERIFY_WITH_TIMEOUT(sees(cho, u"away"_s), limit);
    client->forgetEvents();
    QVERIFY(other->quit());
    QTRY_VERIFY_WITH_TIMEOUT(sees(cho, u"offline"_s), limit);
    QCOMPARE(m_pool->complaints(), QStringList());
}

void tst_PidginSipe::publishesPresence()
{
    const auto client = signedIn(ben);
    QVERIFY(client);
    client->command(u"status busy Not now <&> 🚀"_s);
    QTRY_COMPARE_WITH_TIMEOUT(m_pool->availabilityOf(ben), int(Availability::Busy), limit);
    // pidgin-sipe takes notes for markup; what is left of this one is what it publishes.
    QTRY_VERIFY_WITH_TIMEOUT(m_pool->noteOf(ben).contains(u"🚀"_s), limit);
    client->command(u"status do-not-disturb"_s);
    QTRY_COMPARE_WITH_TIMEOUT(m_pool->availabilityOf(ben), int(Availability::DoNotDisturb), limit);
    QTRY_COMPARE_WITH_TIMEOUT(m_pool->noteOf(ben), QString(), limit);
}

void tst_PidginSipe::publishesStates_data()
{
    QTest::addColumn<QString>("status");
    QTest::addColumn<Availability>("number");
    QTest::newRow("busy") << u"busy"_s << Availability::Busy;
    QTest::newRow("do not disturb") << u"do-not-disturb"_s << Availability::DoNotDisturb;
    QTest::newRow("be right back") << u"be-right-back"_s << Availability::BeRightBack;
    QTest::newRow("away") << u"away"_s << Availability::Away;
    QTest::newRow("appear offline") << u"invisible"_s << Availability::Offline;
}

void tst_PidginSipe::publishesStates()
{
    QFETCH(QString, status);
    QFETCH(Availability, number);
    const auto client = signedIn(ben);
    QVERIFY(client);
    client->command(u"status %1"_s.arg(status));
    QTRY_COMPARE_WITH_TIMEOUT(m_pool->availabilityOf(ben), int(number), limit);
    client->command(u"status available"_s);
    QTRY_COMPARE_WITH_TIMEOUT(m_pool->availabilityOf(ben), int(Availability::Available), limit);
    QCOMPARE(m_pool->complaints(), QStringList());
}

void tst_PidginSipe::seesStates_data()
{
    QTest::addColumn<Availability>("number");
    QTest::addColumn<QString>("status");
    QTest::newRow("busy") << Availability::Busy << u"busy"_s;
    QTest::newRow("do not disturb") << Availability::DoNotDisturb << u"do-not-disturb"_s;
    QTest::newRow("be right back") << Availability::BeRightBack << u"be-right-back"_s;
    QTest::newRow("away") << Availability::Away << u"away"_s;
    QTest::newRow("appears offline") << Availability::Offline << u"offline"_s;
}

void tst_PidginSipe::seesStates()
{
    QFETCH(Availability, number);
    QFETCH(QString, status);
    const auto client = signedIn(ben);
    QVERIFY(client);
    const auto sees = [&](const QString &what) {
        return client->saw(u"presence"_s, { { u"who"_s, uri(zofia) }, { u"status"_s, what } });
    };
    QTRY_VERIFY_WITH_TIMEOUT(sees(u"available"_s), limit);
    m_zofia->setPresence(int(number));
    QTRY_VERIFY2_WITH_TIMEOUT(sees(status), client->transcript().constData(), limit);
}

/// Blocked, it sees nobody; with a lower level, no note.
void tst_PidginSipe::seesWhatItsLevelShows()
{
    m_zofia->setPresence(int(Availability::Busy), trial);
    const auto client = signedIn(ben);
    QVERIFY(client);
    const auto sees = [&](const QString &what) {
        return client->saw(u"presence"_s, { { u"who"_s, uri(zofia) }, { u"status"_s, what } });
    };
    QTRY_VERIFY_WITH_TIMEOUT(sees(u"busy"_s), limit);
    QTRY_VERIFY_WITH_TIMEOUT(
        client->sawWithin(u"presence"_s, { { u"who"_s, uri(zofia) } }, u"note"_s, trial), limit);
    client->forgetEvents();
    m_pool->setLevel(zofia, ben, 32000);
    QTRY_VERIFY2_WITH_TIMEOUT(sees(u"offline"_s), client->transcript().constData(), limit);
    client->forgetEvents();
    m_pool->setLevel(zofia, ben, 100);
    QTRY_VERIFY_WITH_TIMEOUT(sees(u"busy"_s), limit);
    QVERIFY(!client->sawWithin(u"presence"_s, { { u"who"_s, uri(zofia) } }, u"note"_s, trial));
}

void tst_PidginSipe::seesPeopleOfAnotherPool()
{
    m_pool->moveToPool(zofia, u"pool02.litwareinc.test"_s);
    const auto client = signedIn(ben);
    QVERIFY(client);
    QTRY_VERIFY2_WITH_TIMEOUT(
        client->saw(u"presence"_s, { { u"who"_s, uri(zofia) }, { u"status"_s, u"available"_s } }),
        client->transcript().constData(), limit);
    m_zofia->setPresence(int(Availability::Away));
    QTRY_VERIFY_WITH_TIMEOUT(
        client->saw(u"presence"_s, { { u"who"_s, uri(zofia) }, { u"status"_s, u"away"_s } }),
        limit);
}

void tst_PidginSipe::setsUpAFreshAccount()
{
    m_pool->makeFresh(ben);
    const auto client = signedIn(ben); // visible to colleagues means: it has set the access levels
    QVERIFY(client);
    QVERIFY(m_pool->count("SERVICE", ben) >= 2);
}

void tst_PidginSipe::writes_data()
{
    QTest::addColumn<bool>("takesFirst");
    QTest::newRow("first message inside INVITE") << true;
    QTest::newRow("first message as MESSAGE") << false;
}

void tst_PidginSipe::writes()
{
    QFETCH(bool, takesFirst);
    QStringList texts;
    connect(m_zofia, &ScriptedPerson::messageReceived, this,
        [&](const QString &from, const QString &text) {
            QCOMPARE(from, ben);
            texts += text;
        });
    m_zofia->setTakesFirstMessage(takesFirst);
    const auto client = signedIn(ben);
    QVERIFY(client);
    client->command(u"send %1 %2"_s.arg(uri(zofia), trial));
    client->command(u"send %1 &lt;b&gt; a &amp; b"_s.arg(uri(zofia)));
    client->command(u"send %1 three"_s.arg(uri(zofia)));
    QTRY_COMPARE_WITH_TIMEOUT(texts, QStringList({ trial, u"<b> a & b"_s, u"three"_s }), limit);
    QVERIFY(client->quit());
    QCOMPARE(texts.size(), 3);
    QCOMPARE(m_pool->complaints(), QStringList());
}

void tst_PidginSipe::reads()
{
    QList<int> answers;
    connect(m_zofia, &ScriptedPerson::messageAnswered, this,
        [&](const QString &, const QString &, int status) { answers += status; });
    const auto client = signedIn(ben);
    QVERIFY(client);
    m_zofia->write(ben, trial);
    m_zofia->write(ben, u"<b>not bold</b> & so on"_s);
    QTRY_COMPARE_WITH_TIMEOUT(answers, QList<int>({ 200, 200 }), limit);
    QTRY_COMPARE_WITH_TIMEOUT(client->count(u"message"_s, { { u"from"_s, uri(zofia) } }), 2, limit);
    QCOMPARE(client->count(u"message"_s, { { u"from"_s, uri(zofia) }, { u"text"_s, trial } }), 1);
    QCOMPARE(client->count(
                 u"message"_s, { { u"text"_s, u"&lt;b&gt;not bold&lt;/b&gt; &amp; so on"_s } }),
        1);
    m_zofia->type(ben);
    QTRY_VERIFY_WITH_TIMEOUT(client->saw(u"typing"_s, { { u"from"_s, uri(zofia) } }), limit);
}

void tst_PidginSipe::talksToAnotherEndpoint()
{
    const auto one = signedIn(ben);
    const auto two = signedIn(cho, u"two"_s);
    QVERIFY(one && two);
    const auto got = [](PurpleClient &client, const QString &from, const QString &text) {
        return client.sawWithin(u"message"_s, { { u"from"_s, uri(from) } }, u"text"_s, text);
    };
    one->command(u"send %1 %2"_s.arg(uri(cho), trial));
    QTRY_VERIFY2_WITH_TIMEOUT(got(*two, ben, trial), two->transcript().constData(), limit);
    two->command(u"send %1 back %2"_s.arg(uri(ben), trial));
    QTRY_VERIFY2_WITH_TIMEOUT(
        got(*one, cho, u"back "_s + trial), one->transcript().constData(), limit);
    one->command(u"typing %1"_s.arg(uri(cho)));
    QTRY_VERIFY_WITH_TIMEOUT(two->saw(u"typing"_s, { { u"from"_s, uri(ben) } }), limit);
    one->command(u"close %1"_s.arg(uri(cho)));
    QTRY_VERIFY_WITH_TIMEOUT(m_pool->count("BYE", ben) == 1, limit);
    QCOMPARE(two->count(u"message"_s), 1);
    QCOMPARE(one->count(u"message"_s), 1);
    QCOMPARE(m_pool->complaints(), QStringList());
}

void tst_PidginSipe::learnsThatNobodyIsThere()
{
    const auto client = signedIn(ben);
    QVERIFY(client);
    client->command(u"send %1 hello"_s.arg(uri(cho)));
    QTRY_VERIFY_WITH_TIMEOUT(client->find(u"note"_s, { { u"with"_s, uri(cho) } })
                                 .value("text"_L1)
                                 .toString()
                                 .contains(u"one or more recipients are offline"_s),
        limit);
}

void tst_PidginSipe::editsContacts()
{
    const auto client = signedIn(ben);
    QVERIFY(client);
    const auto dee = u"dee@litwareinc.test"_s;
    client->command(u"add %1 Łódź & friends"_s.arg(uri(dee)));
    QTRY_VERIFY_WITH_TIMEOUT(m_pool->contactsOf(ben)->contains(dee), limit);
    const auto contact = m_pool->contactsOf(ben)->contacts().value(dee);
    QCOMPARE(m_pool->contactsOf(ben)->groups().value(contact.groups.value(0)), u"Łódź & friends"_s);
    client->command(u"remove %1"_s.arg(uri(dee)));
    QTRY_VERIFY_WITH_TIMEOUT(!m_pool->contactsOf(ben)->contains(dee), limit);
    client->command(u"add %1 Kraków"_s.arg(uri(dee)));
    QTRY_VERIFY_WITH_TIMEOUT(m_pool->contactsOf(ben)->contains(dee), limit);
    QCOMPARE(m_pool->complaints(), QStringList());
}

/// Contacts and calendar of somebody whose contacts live in Exchange.
void tst_PidginSipe::usesExchange()
{
    m_pool.reset();
    m_pool = std::make_unique<OcsPool>(OcsPool::Options { .domain = domain,
                                           .directory = m_directory->path(),
                                           .profile = Profile::Lync2013,
                                           .certificates = m_certificates },
        nullptr);
    m_pool->addUser(ben, u"LITWARE\\ben"_s, u"Pa55-ben"_s, u"Ben Smith"_s);
    m_pool->addUser(cho, {}, u"Pa55-cho"_s, u"Cho (Contoso) & Söhne"_s);
    m_pool->setContacts(ben, { { .address = cho, .alias = {}, .groups = { u"Kraków"_s } } });
    const auto started = m_pool->start();
    QVERIFY2(started.has_value(), started ? "" : qPrintable(started.error()));
    m_pool->offerSchemes({ "NTLM"_ba });
    ExchangeWeb &exchange = m_pool->web()->exchange();
    exchange.migrate(ben);
    const QDateTime now = QDateTime::currentDateTimeUtc();
    exchange.mailbox(ben).meetings = { { now.addSecs(-3600), now.addSecs(3600), u"Busy"_s } };

    auto who = account(ben);
    who.mail = u"https://localhost:%1/EWS/Exchange.asmx"_s.arg(m_pool->web()->securePort());
    PurpleClient client(who);
    QTRY_VERIFY2_WITH_TIMEOUT(client.saw(u"signed-on"_s), client.transcript().constData(), limit);
    const auto listed = [&client] {
        client.command(u"list"_s);
        return client.saw(u"buddy"_s, { { u"who"_s, uri(cho) }, { u"group"_s, u"Kraków"_s } });
    };
    QVERIFY(QTest::qWaitFor(listed, limit));
    QVERIFY(exchange.operations().contains(u"GetImItemList"_s));
    // It looks at the calendar a minute after signing in.
    QTRY_VERIFY_WITH_TIMEOUT(exchange.operations().contains(u"GetUserAvailability"_s), 4 * limit);
    QTRY_COMPARE_WITH_TIMEOUT(m_pool->availabilityOf(ben), int(Availability::Busy), 4 * limit);
    QVERIFY(client.quit());
    QCOMPARE(m_pool->web()->complaints(), QStringList());
    QCOMPARE(m_pool->complaints(), QStringList());
}

void tst_PidginSipe::keepsTwoEndpointsInStep()
{
    const auto one = signedIn(cho);
    // Two processes on one computer have one epid: the second one is scripted through the pool's
    // own editor.
    QVERIFY(one);
    const auto edit
        = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "
          "xmlns:m=\"http://schemas.microsoft.com/winrtc/2002/11/sip\"><s:Body>"
          "<m:setContact><m:displayName>Zosia</m:displayName><m:groups>1</"
          "m:groups><m:subscribed>true</m:subscribed>"
          "<m:URI>sip:zofia@litwareinc.test</m:URI><m:externalURI/><m:deltaNum>%1</m:deltaNum></m:setContact></s:Body></s:Envelope>"_ba;
    QVERIFY(m_pool->editContacts(cho,
        QByteArray(edit).replace(
            "%1", QByteArray::number(m_pool->contactsOf(cho)->deltaNumber()))));
    QTRY_VERIFY_WITH_TIMEOUT(
        one->saw(u"presence"_s, { { u"who"_s, uri(zofia) }, { u"status"_s, u"available"_s } }),
        limit);
    one->command(u"list"_s);
    QTRY_VERIFY_WITH_TIMEOUT(one->saw(u"list-end"_s), limit);
    QVERIFY(one->saw(u"buddy"_s,
        { { u"who"_s, uri(zofia) }, { u"group"_s, u"Other Contacts"_s },
            { u"alias"_s, u"Zosia"_s } }));
}

void tst_PidginSipe::searches_data()
{
    QTest::addColumn<Profile>("profile");
    QTest::newRow("by SIP") << Profile::Ocs2007R2;
    QTest::newRow("by the address book web query") << Profile::Lync2013;
}

void tst_PidginSipe::searches()
{
    QFETCH(Profile, profile);
    m_pool.reset();
    m_pool = std::make_unique<OcsPool>(OcsPool::Options { .domain = domain,
                                           .directory = m_directory->path(),
                                           .profile = profile,
                                           .certificates = m_certificates },
        nullptr);
    m_pool->addUser(ben, u"LITWARE\\ben"_s, u"Pa55-ben"_s, u"Ben Smith"_s);
    m_pool->addPerson(
        zofia, { .displayName = u"Zofia Gęślarz"_s, .company = u"Litware & Söhne"_s });
    const auto started = m_pool->start();
    QVERIFY2(started.has_value(), started ? "" : qPrintable(started.error()));
    if (m_pool->web()) {
        m_pool->web()->offersNegotiate = false; // it would look for Kerberos
    }
    const auto client = signedIn(ben);
    QVERIFY(client);
    client->command(u"search Zofia"_s);
    QTRY_VERIFY2_WITH_TIMEOUT(
        client->saw(u"search-end"_s), client->transcript().constData(), limit);
    QCOMPARE(client->count(u"found"_s), 1);
    QVERIFY2(client->sawWithin(u"found"_s, {}, u"row"_s, u"Zofia Gęślarz"_s),
        client->transcript().constData());
    QVERIFY(client->sawWithin(u"found"_s, {}, u"row"_s, u"Litware & Söhne"_s));
    if (m_pool->web()) {
        QCOMPARE(m_pool->web()->complaints(), QStringList());
        QVERIFY(m_pool->web()->count("/groupexpansion/service.svc/WebTicket_Bearer"_ba) > 0);
    }
}

void tst_PidginSipe::joinsRooms_data()
{
    QTest::addColumn<QString>("place");
    QTest::newRow("by convention") << u""_s;
    QTest::newRow("by hand") << u"ocschat@litwareinc.test"_s;
    QTest::newRow("provisioned") << u"provisioned"_s;
}

void tst_PidginSipe::joinsRooms()
{
    QFETCH(QString, place);
    GroupChatDesk &desk = m_pool->groupChat();
    const QString room = desk.addRoom({ .name = u"Łódź & Kraków"_s,
        .description = u"opis"_s,
        .topic = u"Zażółć"_s,
        .managers = { cho } });
    desk.come(room, zofia);
    desk.write(room, zofia, u"before "_s + trial);
    PurpleClient::Account who = account(ben);
    if (place == u"provisioned") {
        desk.provision(true);
        who.userAgent = u"UCCAPI/15.0.4420.1017 OC/15.0.4420.1017"_s;
    } else {
        who.groupChat = place;
    }
    PurpleClient client(who);
    QTRY_VERIFY2_WITH_TIMEOUT(
        desk.commands().contains(u"getinv"_s), client.transcript().constData(), limit);
    QCOMPARE(std::ranges::count_if(m_pool->received(),
                 [](const ReceivedMessage &r) {
                     return r.message.method == "INVITE" && r.message.uri.contains("pchat01@");
                 }),
        place == u"provisioned" ? 1 : 0);

    client.command(u"rooms"_s);
    QTRY_VERIFY_WITH_TIMEOUT(client.saw(u"rooms-end"_s), limit);
    QVERIFY(client.saw(u"room"_s,
        { { u"name"_s, u"Łódź & Kraków"_s }, { u"uri"_s, room }, { u"users"_s, u"1"_s },
            { u"description"_s, u"opis"_s } }));
    client.command(u"room "_s + room);
    QTRY_VERIFY2_WITH_TIMEOUT(client.saw(u"chat-joined"_s), client.transcript().constData(), limit);
    QCOMPARE(desk.members(room), (QStringList { ben, zofia }));
    QTRY_VERIFY_WITH_TIMEOUT(client.saw(u"chat-topic"_s, { { u"topic"_s, u"Zażółć"_s } }), limit);
    QVERIFY(client.saw(u"chat-came"_s, { { u"who"_s, uri(zofia) } }));
    QTRY_VERIFY_WITH_TIMEOUT(client.sawWithin(u"chat-message"_s, { { u"from"_s, uri(zofia) } },
                                 u"text"_s, u"before "_s + trial),
        limit);

    client.command(u"say "_s + trial);
    QTRY_COMPARE_WITH_TIMEOUT(desk.posts(room).size(), 2, limit);
    QCOMPARE(desk.posts(room).last(), trial);
    // It shows what it wrote when the server gives it back.
    QTRY_VERIFY_WITH_TIMEOUT(
        client.sawWithin(u"chat-message"_s, { { u"from"_s, uri(ben) } }, u"text"_s, trial), limit);
    desk.write(room, zofia, u"<b>two</b> & so on"_s);
    QTRY_VERIFY_WITH_TIMEOUT(
        client.sawWithin(u"chat-message"_s, {}, u"text"_s, u"&lt;b&gt;two&lt;/b&gt; &amp; so on"_s),
        limit);
    desk.come(room, cho);
    QTRY_VERIFY_WITH_TIMEOUT(client.saw(u"chat-came"_s, { { u"who"_s, uri(cho) } }), limit);
    desk.go(room, cho);
    QTRY_VERIFY_WITH_TIMEOUT(client.saw(u"chat-went"_s, { { u"who"_s, uri(cho) } }), limit);
    client.command(u"leave"_s);
    QTRY_COMPARE_WITH_TIMEOUT(desk.members(room), QStringList { zofia }, limit);
    QVERIFY(client.quit());
    QCOMPARE(m_pool->complaints(), QStringList());
}

void tst_PidginSipe::mayNotJoinEveryRoom()
{
    GroupChatDesk &desk = m_pool->groupChat();
    const QString room = desk.addRoom({ .name = u"Zarząd"_s, .allowed = { zofia } });
    PurpleClient client(account(ben));
    QTRY_VERIFY_WITH_TIMEOUT(desk.commands().contains(u"getinv"_s), limit);
    client.command(u"room "_s + room);
    QTRY_VERIFY_WITH_TIMEOUT(
        client.sawWithin(u"notification"_s, {}, u"more"_s, u"PERMISSION_DENIED"_s), limit);
    QVERIFY(client.quit());
}

void tst_PidginSipe::blocks()
{
    const auto client = signedIn(ben);
    QVERIFY(client);
    client->command(u"block %1"_s.arg(uri(zofia)));
    QTRY_COMPARE_WITH_TIMEOUT(m_pool->levelOf(ben, zofia), 32000, limit);
    client->command(u"unblock %1"_s.arg(uri(zofia)));
    QTRY_COMPARE_WITH_TIMEOUT(m_pool->levelOf(ben, zofia), 200, limit);
}

void tst_PidginSipe::refusedUserAgent()
{
    m_pool->refuseUserAgent(
        u"You are currently not using the recommended version of the client."_s);
    auto who = account(ben);
    who.userAgent.clear(); // its own: Purple/… Sipe/…
    PurpleClient refused(who);
    QTRY_VERIFY_WITH_TIMEOUT(refused.saw(u"connection-error"_s), limit);
    QCOMPARE(refused.find(u"connection-error"_s).value("text"_L1).toString(),
        u"You have been rejected by the server: You are currently not using the recommended version of the client."_s);
    const auto accepted = signedIn(ben, u"accepted"_s);
    QVERIFY(accepted);
}

void tst_PidginSipe::refusals_data()
{
    using Spoil = std::function<void(OcsPool &, PurpleClient::Account &)>;
    QTest::addColumn<Spoil>("spoil");
    QTest::addColumn<QString>("text");
    QTest::newRow("wrong password")
        << Spoil([](OcsPool &, PurpleClient::Account &a) { a.password = u"wrong"_s; })
        << u"Authentication failed"_s;
    QTest::newRow("unknown user") << Spoil([](OcsPool &, PurpleClient::Account &a) {
        a.address = u"nobody@litwareinc.test"_s;
    }) << u"Not found: Destination URI either not enabled for SIP or does not exist. Please contact your Administrator"_s;
    QTest::newRow("503") << Spoil([](OcsPool &p, PurpleClient::Account &) {
        p.answer(503, "REGISTER", {},
            { { "Retry-After", "30" },
                { "ms-diagnostics", "2;reason=\"The database is away\";source=\"pool01\"" } });
    }) << u"Service unavailable: The database is away"_s;
    QTest::newRow("corrupted signature")
        << Spoil([](OcsPool &p, PurpleClient::Account &) { p.corruptSignatures(true); })
        << u"Invalid message signature received"_s;
}

void tst_PidginSipe::refusals()
{
    QFETCH(std::function<void(OcsPool &, PurpleClient::Account &)>, spoil);
    QFETCH(QString, text);
    auto who = account(ben);
    spoil(*m_pool, who);
    PurpleClient client(who);
    QTRY_VERIFY2_WITH_TIMEOUT(
        client.saw(u"connection-error"_s), client.transcript().constData(), limit);
    QCOMPARE(client.find(u"connection-error"_s).value("text"_L1).toString(), text);
    QVERIFY(!client.saw(u"signed-on"_s) || text.contains(u"signature"_s));
}

void tst_PidginSipe::isSignedOutByServer()
{
    const auto client = signedIn(ben);
    QVERIFY(client);
    m_pool->deregister(ben, "rejected", "User disabled");
    QTRY_VERIFY_WITH_TIMEOUT(client->saw(u"connection-error"_s), limit);
    QCOMPARE(client->find(u"connection-error"_s).value("text"_L1).toString(),
        u"You have been rejected by the server: User disabled"_s);
    QCOMPARE(m_pool->endpointCount(ben), 0);
}

void tst_PidginSipe::losesConnection()
{
    const auto client = signedIn(ben);
    QVERIFY(client);
    m_pool->cutAll();
    QTRY_VERIFY_WITH_TIMEOUT(client->saw(u"connection-error"_s), limit);
    QCOMPARE(m_pool->endpointCount(ben), 0);
}

QTEST_GUILESS_MAIN(tst_PidginSipe)
#include "tst_pidginsipe.moc"
