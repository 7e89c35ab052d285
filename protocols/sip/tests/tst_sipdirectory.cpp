// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/realservices.h"
#include "protocols/sip/simulator/ocspool.h"
#include "protocols/sip/simulator/scriptedperson.h"
#include "protocols/sip/simulator/web/lyncweb.h"
#include "protocols/sip/simulator/web/nameproxy.h"
#include "protocols/sip/sipsession.h"
#include "protocols/sip/sipsettings.h"

#include <QTemporaryDir>
#include <QTest>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;
using sim::OcsPool;
using sim::PersonCard;
using sim::Profile;

namespace {

constexpr int limit = 30000;
const QString ben = u"ben@litwareinc.test"_s;
const QString zofia = u"zofia@litwareinc.test"_s;
const QString password = u"Zażółć🦄&<"_s;
const QByteArray picture = "\xff\xd8\xff\xe0 a picture"_ba + QByteArray(5000, 'x');

/// Ben, signed in.
struct Client {
    SettingValues settings;
    QMap<QString, QByteArray> state;
    QMap<QString, QString> secrets { { u"password"_s, password } };
    QMap<QString, ContactSnapshot> contacts;
    QMap<QString, QByteArray> avatars;
    std::unique_ptr<RealServices> services;
    std::unique_ptr<SipSession> session;

    explicit Client(const OcsPool &pool)
    {
        settings.set(u"address"_s, ben);
        settings.set(u"ca-file"_s, pool.authorityFile());
        if (pool.proxy()) {
            settings.set(u"proxy-type"_s, u"http"_s);
            settings.set(u"proxy-host"_s, u"127.0.0.1"_s);
            settings.set(u"proxy-port"_s, pool.proxy()->port());
        } else {
            settings.set(u"server"_s, u"localhost"_s);
            settings.set(u"port"_s, pool.tlsPort());
        }
    }

    bool open()
    {
        ServiceBinding binding;
        binding.settings = accountSchema().complete(settings);
        binding.secret = [this](const QString &key) {
            Error none;
            none.code = u"no-password"_s;
            return secrets.contains(key) ? ready<QString>(secrets.value(key))
                                         : readyError<QString>(none);
        };
        binding.storeSecret = [this](const QString &key, const QString &value) {
            secrets.insert(key, value);
            return readyOk();
        };
        binding.state = [this](const QString &key) { return state.value(key); };
        binding.setState
            = [this](const QString &key, const QByteArray &value) { state.insert(key, value); };
        binding.log = [](bool, const QByteArray &) { };
        session.reset();
        services = std::make_unique<RealServices>(binding);
        session = std::make_unique<SipSession>(binding.settings, *services);
        QObject::connect(
            session.get(), &Session::event, session.get(), [this](const SessionEvent &event) {
                if (const auto *changed = std::get_if<ContactChanged>(&event)) {
                    contacts.insert(changed->contact.address.value, changed->contact);
                } else if (const auto *removed = std::get_if<ContactRemoved>(&event)) {
                    contacts.remove(removed->address.value);
                } else if (const auto *avatar = std::get_if<AvatarChanged>(&event)) {
                    avatars.insert(avatar->address.value, avatar->image);
                }
            });
        session->open({ .availability = Availability::Available });
        return QTest::qWaitFor(
            [this] { return session->state() == Session::State::Online; }, limit);
    }

    template <class T> Result<T> wait(const Async<T> &future)
    {
        if (!QTest::qWaitFor([&] { return future.isFinished(); }, limit)) {
            Error late;
            late.code = u"test-too-late"_s;
            return std::unexpected(late);
        }
        return future.result();
    }
    Result<QList<DirectoryEntry>> search(const QString &text)
    {
        return wait(session->directory()->search(text));
    }
    Result<linchpin::ContactCard> card(const QString &address)
    {
        return wait(session->directory()->card({ address }));
    }
    Result<QList<DirectoryEntry>> members(const QString &group)
    {
        return wait(session->directory()->members({ group }));
    }
};

QStringList addresses(const QList<DirectoryEntry> &entries)
{
    QStringList all;
    for (const DirectoryEntry &entry : entries) {
        all.append(entry.address.value);
    }
    all.sort();
    return all;
}

QString field(const linchpin::ContactCard &card, const QString &label)
{
    for (const auto &[name, value] : card.fields) {
        if (name == label) {
            return value;
        }
    }
    return {};
}

} // namespace

/// A session searches the company's directory, reads contact cards with photos and opens
/// distribution groups: by web services at Lync, by SIP at OCS.
class TestSipDirectory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_certificates = sim::makeCertificates(OcsPool::certificateNames(u"litwareinc.test"_s));
        QVERIFY(m_certificates);
    }
    void cleanup() { m_pool.reset(); }

    void searches_data();
    void searches();
    void searchFails();
    void cardOfContact();
    void cardOfStranger_data();
    void cardOfStranger();
    void webPhotos();
    void groups();
    void groupsInTheList();
    void addsGroups();
    void signsOutMeanwhile();

private:
    void start(Profile profile);

    std::optional<sim::SimCertificates> m_certificates;
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<OcsPool> m_pool;
};

void TestSipDirectory::start(Profile profile)
{
    m_pool.reset();
    m_directory = std::make_unique<QTemporaryDir>();
    m_pool = std::make_unique<OcsPool>(OcsPool::Options { .directory = m_directory->path(),
                                           .profile = profile,
                                           .certificates = m_certificates,
                                           .behindProxy = profile == Profile::Lync2013 },
        nullptr);
    m_pool->addUser(ben, {}, password, u"Ben"_s);
    m_pool->addPerson(zofia,
        PersonCard { .displayName = u"Zofia Gęślarz"_s,
            .title = u"Inżynierka <&>"_s,
            .department = u"Kraków"_s,
            .company = u"Litware"_s,
            .office = u"2/117"_s,
            .phone = u"+48 12 555 0103"_s,
            .manager = u"Ann Beebe"_s,
            .photo = picture });
    m_pool->addPerson(u"haruki@litwareinc.test"_s,
        PersonCard { .displayName = u"佐藤 春樹"_s, .company = u"Litware"_s });
    m_pool->addPerson(u"ann@litwareinc.test"_s,
        PersonCard { .displayName = u"Ann Beebe"_s, .company = u"Litware"_s });
    m_pool->setContacts(ben, { { .address = zofia, .alias = {}, .groups = {} } });
    m_pool->addGroup(
        u"sales@litwareinc.test"_s, u"Sprzedaż & 営業"_s, { zofia, u"ann@litwareinc.test"_s }, ben);
    const auto started = m_pool->start();
    QVERIFY2(started, started ? "" : qPrintable(started.error()));
}

void TestSipDirectory::searches_data()
{
    QTest::addColumn<Profile>("profile");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("found");
    const QStringList none;
    const QStringList zofiaAlone { zofia };
    for (const auto &[name, profile] :
        { std::pair { "ocs", Profile::Ocs2007R2 }, std::pair { "lync", Profile::Lync2013 } }) {
        const auto row = [&](const char *what, const QString &text, const QStringList &found) {
            QTest::addRow("%s %s", name, what) << profile << text << found;
        };
        row("name", u"Zofia"_s, zofiaAlone);
        row("full name", u"Zofia  Gęślarz"_s, zofiaAlone);
        row("other order", u"Gęślarz Zofia"_s, zofiaAlone);
        row("address", u"zofia@litwareinc.test"_s, zofiaAlone);
        row("Japanese", u"佐藤"_s, { u"haruki@litwareinc.test"_s });
        row("nobody", u"</Value>مرحبا👩‍👩‍👧‍👦\"'&"_s, none);
    }
    QTest::newRow("group") << Profile::Lync2013 << u"Sprzedaż"_s
                           << QStringList { u"sales@litwareinc.test"_s };
}

void TestSipDirectory::searches()
{
    QFETCH(Profile, profile);
    QFETCH(QString, text);
    QFETCH(QStringList, found);
    start(profile);
    Client client(*m_pool);
    QVERIFY(client.open());
    const auto answer = client.search(text);
    QVERIFY2(answer, answer ? "" : qPrintable(answer.error().code + answer.error().detail));
    QCOMPARE(addresses(*answer), found);
    if (found == QStringList { zofia }) {
        QCOMPARE(answer->first().name, u"Zofia Gęślarz"_s);
        QCOMPARE(answer->first().kind, ContactKind::Person);
        QCOMPARE(answer->first().details.value(u"title"_s), u"Inżynierka <&>"_s);
        QCOMPARE(answer->first().details.value(u"company"_s), u"Litware"_s);
        QCOMPARE(answer->first().details.value(u"phone"_s), u"+48 12 555 0103"_s);
    } else if (found == QStringList { u"sales@litwareinc.test"_s }) {
        QCOMPARE(answer->first().kind, ContactKind::Group);
        QCOMPARE(answer->first().name, u"Sprzedaż & 営業"_s);
    }
    if (m_pool->web()) {
        QCOMPARE(m_pool->web()->complaints(), QStringList());
        QVERIFY(m_pool->web()->count("/groupexpansion/service.svc/WebTicket_Bearer"_ba) > 0);
    }
}

void TestSipDirectory::searchFails()
{
    start(Profile::Ocs2007R2);
    m_pool->refuseSearches(true);
    Client client(*m_pool);
    QVERIFY(client.open());
    auto answer = client.search(u"Zofia"_s);
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, u"no-directory"_s);
    QVERIFY(answer.error().detail.contains(u"405"_s));
    answer = client.search(u"  "_s);
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, u"invalid-search"_s);
    client.session->close();
    QTRY_COMPARE(client.session->state(), Session::State::Offline);
    answer = client.search(u"Zofia"_s);
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, u"not-signed-in"_s);

    // The web service is broken: the way by SIP is left, and when that is none either, its words.
    start(Profile::Lync2013);
    m_pool->web()->answer("/groupexpansion/service.svc/WebTicket_Bearer"_ba, { .status = 503 });
    Client other(*m_pool);
    QVERIFY(other.open());
    answer = other.search(u"Zofia"_s);
    QVERIFY(answer);
    QCOMPARE(addresses(*answer), QStringList { zofia });
    m_pool->refuseSearches(true);
    answer = other.search(u"Zofia"_s);
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, u"directory-unavailable"_s);
    QVERIFY2(answer.error().detail.contains(u"503"_s), qPrintable(answer.error().detail));
}

void TestSipDirectory::cardOfContact()
{
    start(Profile::Lync2013);
    Client client(*m_pool);
    QVERIFY(client.open());
    QTRY_VERIFY_WITH_TIMEOUT(client.contacts.value(zofia).details.contains(u"title"_s), limit);
    QCOMPARE(client.contacts.value(zofia).details.value(u"company"_s), u"Litware"_s);
    QCOMPARE(client.contacts.value(zofia).details.value(u"phone"_s), u"+48 12 555 0103"_s);
    const int subscribed = m_pool->count("SUBSCRIBE"_ba);
    const auto card = client.card(u"sip:Zofia@litwareinc.test"_s);
    QVERIFY2(card, card ? "" : qPrintable(card.error().code));
    QCOMPARE(m_pool->count("SUBSCRIBE"_ba), subscribed); // known already
    QCOMPARE(card->address.value, zofia);
    QCOMPARE(card->name, u"Zofia Gęślarz"_s);
    QCOMPARE(field(*card, u"Title"_s), u"Inżynierka <&>"_s);
    QCOMPARE(field(*card, u"Department"_s), u"Kraków"_s);
    QCOMPARE(field(*card, u"Company"_s), u"Litware"_s);
    QCOMPARE(field(*card, u"Office"_s), u"2/117"_s);
    QCOMPARE(field(*card, u"Manager"_s), u"Ann Beebe"_s);
    QCOMPARE(field(*card, u"E-mail"_s), zofia);
    QCOMPARE(field(*card, u"Work phone"_s), u"+48 12 555 0103"_s);
    QCOMPARE(card->photo, picture);
    QCOMPARE(client.avatars.value(zofia), picture);
    QCOMPARE(m_pool->web()->complaints(), QStringList());
}

void TestSipDirectory::cardOfStranger_data()
{
    QTest::addColumn<Profile>("profile");
    QTest::newRow("ocs") << Profile::Ocs2007R2;
    QTest::newRow("lync") << Profile::Lync2013;
}

void TestSipDirectory::cardOfStranger()
{
    QFETCH(Profile, profile);
    start(profile);
    Client client(*m_pool);
    QVERIFY(client.open());
    const auto card = client.card(u"haruki@litwareinc.test"_s);
    QVERIFY2(card, card ? "" : qPrintable(card.error().code));
    QCOMPARE(card->name, u"佐藤 春樹"_s);
    QCOMPARE(field(*card, u"Company"_s), u"Litware"_s);
    QVERIFY(card->photo.isEmpty());
    // Asked once; nobody became a contact by that.
    QVERIFY(!client.contacts.contains(u"haruki@litwareinc.test"_s));
    const auto nobody = client.card(u"nobody@litwareinc.test"_s);
    QVERIFY(!nobody);
    QCOMPARE(nobody.error().code, u"address-unknown"_s);
    QVERIFY(!client.card(u"no address"_s));
}

void TestSipDirectory::webPhotos()
{
    for (const bool on : { false, true }) {
        start(Profile::Lync2013);
        const QString eve = u"eve@litwareinc.test"_s;
        // A picture "on the web": at the pool's own autodiscover name, which is another host.
        m_pool->addPerson(eve,
            PersonCard { .displayName = u"Eve"_s,
                .webPhoto = u"https://lyncdiscover.litwareinc.test/eve.jpg"_s });
        m_pool->web()->answer("/eve.jpg"_ba, { .body = picture });
        Client client(*m_pool);
        client.settings.set(u"web-photos"_s, on);
        QVERIFY(client.open());
        const auto card = client.card(eve);
        QVERIFY(card);
        QCOMPARE(card->photo, on ? picture : QByteArray());
        QCOMPARE(m_pool->web()->count("/eve.jpg"_ba), on ? 1 : 0);
        for (const sim::WebRequest &request : m_pool->web()->requests()) {
            if (request.path == "/eve.jpg") {
                QVERIFY(request.header("X-MS-WebTicket").isEmpty()); // the ticket stays at home
            }
        }
    }
}

void TestSipDirectory::groups()
{
    start(Profile::Lync2013);
    Client client(*m_pool);
    QVERIFY(client.open());
    const auto members = client.members(u"sales@litwareinc.test"_s);
    QVERIFY2(members, members ? "" : qPrintable(members.error().detail));
    QCOMPARE(addresses(*members), (QStringList { u"ann@litwareinc.test"_s, zofia }));
    QCOMPARE(members->first().name, u"Zofia Gęślarz"_s);
    QCOMPARE(members->first().details.value(u"title"_s), u"Inżynierka <&>"_s);
    const auto none = client.members(zofia);
    QVERIFY(!none);
    QCOMPARE(none.error().code, u"not-a-group"_s);
    QVERIFY(none.error().detail.contains(u"No such distribution list"_s));

    start(Profile::Ocs2007R2);
    Client other(*m_pool);
    QVERIFY(other.open());
    const auto nowhere = other.members(u"sales@litwareinc.test"_s);
    QVERIFY(!nowhere);
    QCOMPARE(nowhere.error().code, u"no-directory"_s);
}

void TestSipDirectory::groupsInTheList()
{
    start(Profile::Ocs2007R2);
    Client client(*m_pool);
    QVERIFY(client.open());
    const QString sales = u"sales@litwareinc.test"_s;
    QTRY_VERIFY_WITH_TIMEOUT(client.contacts.contains(sales), limit);
    QCOMPARE(client.contacts.value(sales).kind, ContactKind::Group);
    QCOMPARE(client.contacts.value(sales).name, u"Sprzedaż & 営業"_s);
    QCOMPARE(client.contacts.value(zofia).kind, ContactKind::Person);
    const auto removed = client.wait(client.session->roster()->remove({ sales }));
    QVERIFY2(removed, removed ? "" : qPrintable(removed.error().detail));
    QTRY_VERIFY_WITH_TIMEOUT(!client.contacts.contains(sales), limit);
    QVERIFY(client.contacts.contains(zofia));
}

/// A distribution group becomes a contact; a server that made an ordinary group of it is told to
/// forget that one.
void TestSipDirectory::addsGroups()
{
    start(Profile::Ocs2007R2);
    Client client(*m_pool);
    QVERIFY(client.open());
    const QString sales = u"sales@litwareinc.test"_s;
    QTRY_VERIFY_WITH_TIMEOUT(client.contacts.contains(sales), limit);
    RosterFacet *const roster = client.session->roster();
    const auto groups = [this] { return m_pool->contactsOf(ben)->groups().size(); };
    const qsizetype before = groups();

    ContactSnapshot board;
    board.address = { u"Board@litwareinc.test"_s };
    board.name = u"Zarząd 取締役会 مجلس 👩‍👩‍👧‍👦"_s;
    board.kind = ContactKind::Group;
    const auto added = client.wait(roster->add(board));
    QVERIFY2(added, added ? "" : qPrintable(added.error().code + added.error().detail));
    const QString address = u"board@litwareinc.test"_s;
    QTRY_VERIFY_WITH_TIMEOUT(client.contacts.contains(address), limit);
    QCOMPARE(client.contacts.value(address).kind, ContactKind::Group);
    QCOMPARE(client.contacts.value(address).name, board.name);
    QCOMPARE(groups(), before + 1);
    QVERIFY(client.wait(roster->add(board))); // it is there
    QCOMPARE(groups(), before + 1);

    m_pool->core().user(ben)->contacts.keepLists(false);
    board.address = { u"staff@litwareinc.test"_s };
    board.name = u"Staff"_s;
    const auto ordinary = client.wait(roster->add(board));
    QVERIFY(!ordinary);
    QCOMPARE(ordinary.error().code, u"not-implemented"_s);
    QTRY_COMPARE_WITH_TIMEOUT(groups(), before + 1, limit);
    QVERIFY(!client.contacts.contains(board.address.value));
}

void TestSipDirectory::signsOutMeanwhile()
{
    start(Profile::Lync2013);
    Client client(*m_pool);
    QVERIFY(client.open());
    const auto search = client.session->directory()->search(u"Zofia"_s);
    const auto card = client.session->directory()->card({ zofia });
    client.session->close();
    QTRY_COMPARE(client.session->state(), Session::State::Offline);
    const auto found = client.wait(search);
    const auto read = client.wait(card);
    QVERIFY(found || found.error().kind == Error::Kind::Cancelled);
    QVERIFY(read || read.error().kind == Error::Kind::Cancelled);
}

QTEST_GUILESS_MAIN(TestSipDirectory)
#include "tst_sipdirectory.moc"
