// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/conference/cccp.h"
#include "protocols/sip/conference/conferenceaddress.h"
#include "protocols/sip/conference/conferenceinfo.h"
#include "protocols/sip/conference/conferenceinvitation.h"
#include "protocols/sip/conference/conferencemachine.h"
#include "protocols/sip/conference/conferenceroster.h"

#include <QTest>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;

namespace {

const auto focus = u"sip:ben@litwareinc.test;gruu;opaque=app:conf:focus:id:8C1F"_s;
const auto chat = u"sip:ben@litwareinc.test;gruu;opaque=app:conf:chat:id:8C1F"_s;
const auto ben = u"ben@litwareinc.test"_s;
const auto ann = u"ann@litwareinc.test"_s;

QString endpoint(
    const QString &type, const QString &status = u"connected"_s, const QString &inside = {})
{
    return u"<endpoint entity=\"{%1}\" session-type=\"%1\"><status>%2</status>%3</endpoint>"_s.arg(
        type, status, inside);
}

QString user(const QString &address, const QString &name, const QString &role,
    const QString &endpoints, const QString &state = u"full"_s)
{
    return u"<user entity=\"sip:%1\" state=\"%5\"><display-text>%2</display-text><roles><entry>%3"
           "</entry></roles>%4</user>"_s.arg(address, name, role, endpoints, state);
}

QByteArray info(int version, const QString &users, bool full = false, const QString &more = {})
{
    return u"<conference-info xmlns=\"urn:ietf:params:xml:ns:conference-info\" entity=\"%1\" "
           "state=\"%2\" version=\"%3\">%5<users>%4</users></conference-info>"_s
               .arg(focus, full ? u"full"_s : u"partial"_s)
               .arg(version)
               .arg(users, more)
               .toUtf8();
}

QByteArray start(const QString &more = {})
{
    return info(1,
        user(ben, u"Ben Gęślarz"_s, u"presenter"_s, endpoint(u"focus"_s) + endpoint(u"chat"_s)),
        true, more);
}

} // namespace

/// Documents and decisions of conferences, without a network.
class tst_Conference : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void addresses_data();
    void addresses();
    void pages_data();
    void pages();
    void focusFactories_data();
    void focusFactories();
    void requests();
    void responses_data();
    void responses();
    void invitations();
    void versions_data();
    void versions();
    void partialUsers();
    void microphones_data();
    void microphones();
    void lockAndLink();
    void rosterNames();
    void rosterMovements();
    void enters();
    void lobby_data();
    void lobby();
    void asksForTheWholeStateOnce();
    void isRemoved_data();
    void isRemoved();
    void leaves_data();
    void leaves();
    void leavesBeforeTheAnswer();
    void hostile_data();
    void hostile();
};

void tst_Conference::addresses_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("normalized");
    QTest::newRow("as it is") << focus << focus;
    QTest::newRow("blanks and case")
        << u"  SIP:Ben@LitwareInc.test;gruu;opaque=app:conf:focus:id:8C1F "_s << focus;
    QTest::newRow("parameters behind") << focus + u";ms-x=1"_s << focus;
    QTest::newRow("query") << focus + u"?conversation-id=1"_s << focus;
    QTest::newRow("conf") << u"conf:"_s + focus << focus;
    QTest::newRow("conf, escaped")
        << u"conf:sip:ben@litwareinc.test;gruu;opaque=app:conf:focus:id:8C1F%3Frequired-media=audio"_s
        << focus;
    QTest::newRow("meet, all escaped")
        << u"meet:sip%3Aben%40litwareinc.test%3Bgruu%3Bopaque%3Dapp%3Aconf%3Afocus%3Aid%3A8C1F"_s
        << focus;
    QTest::newRow("organizer and id") << u"ben@litwareinc.test 8C1F"_s << focus;
    QTest::newRow("case of the id matters")
        << u"ben@litwareinc.test 8c1f"_s
        << u"sip:ben@litwareinc.test;gruu;opaque=app:conf:focus:id:8c1f"_s;
    QTest::newRow("a person") << u"sip:ben@litwareinc.test"_s << QString();
    QTest::newRow("a device") << u"sip:ben@litwareinc.test;opaque=user:epid:x;gruu"_s << QString();
    QTest::newRow("the factory") << u"sip:ben@litwareinc.test;gruu;opaque=app:conf:focusfactory"_s
                                 << QString();
    QTest::newRow("no id") << u"sip:ben@litwareinc.test;gruu;opaque=app:conf:focus:id:"_s
                           << QString();
    QTest::newRow("breaks out of a header")
        << u"sip:ben@litwareinc.test>\r\nX: y;gruu;opaque=app:conf:focus:id:8C1F"_s << QString();
    QTest::newRow("id with a quote")
        << u"sip:ben@litwareinc.test;gruu;opaque=app:conf:focus:id:8\"C"_s << QString();
    QTest::newRow("a link") << u"https://meet.litwareinc.test/ben/8C1F"_s << QString();
    QTest::newRow("a sentence") << u"こんにちは世界 🦄"_s << QString();
    QTest::newRow("endless") << u"ben@litwareinc.test "_s + QString(5000, u'8') << QString();
}

void tst_Conference::addresses()
{
    QFETCH(QString, text);
    QFETCH(QString, normalized);
    QCOMPARE(normalizedFocus(text).value_or(QString()), normalized);
    if (!normalized.isEmpty()) {
        QCOMPARE(organizerOf(normalized), ben);
        QCOMPARE(conferenceIdOf(normalized).toUpper(), u"8C1F"_s);
        QCOMPARE(normalizedFocus(normalized), std::optional(normalized));
    }
    QCOMPARE(isMeetLink(text), text.startsWith(u"https"));
}

void tst_Conference::pages_data()
{
    QTest::addColumn<QString>("html");
    QTest::addColumn<QString>("found");
    QTest::addColumn<QString>("launcher");
    QTest::newRow("plain") << u"<a href=\"conf:%1?x=y\">join</a>"_s.arg(focus) << focus
                           << QString();
    QTest::newRow("entities")
        << u"<a class='x' HREF='conf&#58;sip&#x3A;ben@litwareinc.test;gruu;opaque=app:conf:focus:id:8C1F&#37;3Frequired-media=audio'>"_s
        << focus << QString();
    QTest::newRow("the second link")
        << u"<a href=\"https://x.test\">a</a> <a href = \"meet:%1\">b</a>"_s.arg(focus) << focus
        << QString();
    QTest::newRow("launcher")
        << u"var domainOwnerJoinLauncherUrl = \"https://join.test/a?b&amp;c\";"_s << QString()
        << u"https://join.test/a?b&c"_s;
    QTest::newRow("launcher as an attribute, escaped")
        << u"sb-data-domainOwnerJoinLauncherUrl=\"https:\\/\\/join.test\\/x\""_s << QString()
        << u"https://join.test/x"_s;
    QTest::newRow("launcher in the clear")
        << u"var domainOwnerJoinLauncherUrl = \"http://join.test/a\";"_s << QString() << QString();
    QTest::newRow("nothing") << u"<html>Zażółć こんにちは</html>"_s << QString() << QString();
    QTest::newRow("no meeting") << u"<a href=\"conf:sip:ben@litwareinc.test\">"_s << QString()
                                << QString();
    QTest::newRow("too far down") << QString((1 << 20) + 10, u'x')
            + u"<a href=\"conf:%1\">"_s.arg(focus)
                                  << QString() << QString();
}

void tst_Conference::pages()
{
    QFETCH(QString, html);
    QFETCH(QString, found);
    QFETCH(QString, launcher);
    const MeetPage page = readMeetPage(html.toUtf8());
    QCOMPARE(page.focus.value_or(QString()), found);
    QCOMPARE(page.launcher.toString(), launcher);
}

void tst_Conference::focusFactories_data()
{
    QTest::addColumn<QByteArray>("document");
    QTest::addColumn<QString>("uri");
    const auto document = [](const QByteArray &inside) {
        return "<provisionGroupList><provisionGroup name=\"ucPolicy\"/><provisionGroup "
               "name=\"serverconfiguration\">"
            + inside + "</provisionGroup></provisionGroupList>";
    };
    QTest::newRow("named") << document(
        "<focusFactoryUri>sip:a@b.test;gruu;opaque=app:conf:focusfactory</focusFactoryUri>")
                           << u"sip:a@b.test;gruu;opaque=app:conf:focusfactory"_s;
    QTest::newRow("none") << document("<x/>") << QString();
    QTest::newRow("forged") << document("<focusFactoryUri>sip:a&#13;&#10;X: y</focusFactoryUri>")
                            << QString();
    QTest::newRow("no document") << QByteArray("<a") << QString();
}

void tst_Conference::focusFactories()
{
    QFETCH(QByteArray, document);
    QTEST(focusFactory(document), "uri");
}

void tst_Conference::requests()
{
    const CccpHeader header { focus, u"sip:"_s + ben, 42 };
    const auto root = [](const QByteArray &body) { return parseXml(body).value_or(XmlElement()); };
    const XmlElement add = root(buildAddConference(header,
        { u"AB12"_s, u"Zażółć <こんにちは> 🦄"_s,
            QDateTime(QDate(2026, 3, 2), QTime(8, 0), QTimeZone::UTC) }));
    QVERIFY(add.is(u"request"));
    QCOMPARE(add.attribute(u"requestId"), u"42"_s);
    QCOMPARE(add.attribute(u"C3PVersion"), u"1"_s);
    QCOMPARE(add.attribute(u"from"), u"sip:"_s + ben);
    const XmlElement *description
        = add.find(u"addConference/conference-info/conference-description");
    QVERIFY(description);
    QCOMPARE(description->childText(u"subject"), u"Zażółć <こんにちは> 🦄"_s);
    QCOMPARE(description->childText(u"conference-id"), u"AB12"_s);
    QCOMPARE(description->childText(u"expiry-time"), u"2026-03-02T08:00:00Z"_s);
    const XmlElement user = root(buildAddUser(header, focus, u"g"_s));
    QCOMPARE(user.find(u"addUser/user")->attribute(u"entity"), u"sip:"_s + ben);
    QCOMPARE(user.find(u"addUser/user/endpoint")->attribute(u"entity"), u"{g}"_s);
    QCOMPARE(
        user.find(u"addUser/user/endpoint/clientInfo")->childText(u"lobby-capable"), u"true"_s);
    for (const QByteArray &body : { buildDeleteUser(header, focus, u"sip:"_s + ann),
             buildModifyUserRoles(header, focus, u"sip:"_s + ann, true) }) {
        const XmlElement request = root(body);
        const XmlElement *keys = request.children.first().child(u"userKeys");
        QVERIFY(keys);
        QCOMPARE(keys->attribute(u"confEntity"), focus);
        QCOMPARE(keys->attribute(u"userEntity"), u"sip:"_s + ann);
    }
    QCOMPARE(root(buildModifyUserRoles(header, focus, u"x"_s, false))
                 .find(u"modifyUserRoles/user-roles")
                 ->childText(u"entry"),
        u"attendee"_s);
    QCOMPARE(root(buildModifyConferenceLock(header, focus, true))
                 .find(u"modifyConferenceLock")
                 ->childText(u"locked"),
        u"true"_s);
    QCOMPARE(root(buildDeleteConference(header, focus))
                 .find(u"deleteConference/conferenceKeys")
                 ->attribute(u"confEntity"),
        focus);
    const XmlElement mute = root(buildModifyEndpointMedia(
        header, focus, { u"sip:av"_s, u"sip:x"_s, u"{e}"_s, u"1"_s }, true));
    QCOMPARE(mute.find(u"modifyEndpointMedia")->attribute(u"mcuUri"), u"sip:av"_s);
    QCOMPARE(
        mute.find(u"modifyEndpointMedia/media")->childText(u"media-ingress-filter"), u"block"_s);
    QCOMPARE(mute.find(u"modifyEndpointMedia/mediaKeys")->attribute(u"endpointEntity"), u"{e}"_s);
    QCOMPARE(root(buildSetLobbyAccess(header, focus, u"sip:"_s + ann))
                 .find(u"setLobbyAccess")
                 ->childText(u"access"),
        u"granted"_s);
}

void tst_Conference::responses_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("readable");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<QString>("conference");
    using Code = CccpResponse::Code;
    QTest::newRow("made")
        << "<response requestId=\"7\" code=\"success\"><addConference><ci:conference-info "
           "xmlns:ci=\"x\" entity=\"sip:f\"/></addConference></response>"_ba
        << true << int(Code::Success) << QString() << u"sip:f"_s;
    QTest::newRow("pending") << "<response requestId=\"7\" code=\"Pending\"/>"_ba << true
                             << int(Code::Pending) << QString() << QString();
    QTest::newRow("failed")
        << "<response requestId=\"7\" code=\"failure\" reason=\"unauthorized\"/>"_ba << true
        << int(Code::Failure) << u"unauthorized"_s << QString();
    QTest::newRow("reason inside")
        << "<response requestId=\"7\" code=\"failure\"><addUser reason=\"conferenceLocked\"/></response>"_ba
        << true << int(Code::Failure) << u"conferenceLocked"_s << QString();
    QTest::newRow("no code") << "<response requestId=\"7\"/>"_ba << true << int(Code::Failure)
                             << QString() << QString();
    QTest::newRow("request") << "<request requestId=\"7\"/>"_ba << false << 0 << QString()
                             << QString();
    QTest::newRow("nothing") << QByteArray() << false << 0 << QString() << QString();
}

void tst_Conference::responses()
{
    QFETCH(QByteArray, body);
    QFETCH(bool, readable);
    const auto response = parseCccpResponse(body);
    QCOMPARE(response.has_value(), readable);
    if (readable) {
        QCOMPARE(response->requestId, 7u);
        QTEST(int(response->code), "code");
        QTEST(response->reason, "reason");
        QTEST(response->conference, "conference");
    }
}

void tst_Conference::invitations()
{
    const ConferenceInvitation wanted { .focus = focus, .subject = u"Zażółć & <مرحبا> 🦄"_s };
    QCOMPARE(parseConferenceInvitation(buildConferenceInvitation(wanted)).value(), wanted);
    const ConferenceInvitation spoken {
        .focus = focus, .subject = {}, .messages = false, .audio = true
    };
    QCOMPARE(parseConferenceInvitation(buildConferenceInvitation(spoken)).value(), spoken);
    QVERIFY(!parseConferenceInvitation("<Conferencing version=\"2.0\"/>"));
    QVERIFY(!parseConferenceInvitation(
        "<Conferencing><focus-uri>sip:a@b.test</focus-uri></Conferencing>"));
}

void tst_Conference::versions_data()
{
    QTest::addColumn<QList<QByteArray>>("documents");
    QTest::addColumn<QList<int>>("outcomes");
    QTest::addColumn<int>("people");
    using enum InfoOutcome;
    const QString annIn = user(ann, u"Ann"_s, u"attendee"_s, endpoint(u"chat"_s));
    const QString eveIn = user(u"eve@contoso.test"_s, u"Eve"_s, u"attendee"_s, endpoint(u"chat"_s));
    QTest::newRow("in order") << QList { start(), info(2, annIn), info(3, eveIn) }
                              << QList { int(Applied), int(Applied), int(Applied) } << 3;
    QTest::newRow("repeated") << QList { start(), info(2, annIn), info(2, annIn) }
                              << QList { int(Applied), int(Applied), int(Old) } << 2;
    QTest::newRow("gap") << QList { start(), info(3, annIn) } << QList { int(Applied), int(Gap) }
                         << 1;
    QTest::newRow("change first") << QList { info(2, annIn) } << QList { int(Gap) } << 0;
    QTest::newRow("whole after a gap") << QList { start(), info(4, eveIn), info(4, annIn, true) }
                                       << QList { int(Applied), int(Gap), int(Applied) } << 1;
    QTest::newRow("old whole") << QList { start(), info(2, annIn), start() }
                               << QList { int(Applied), int(Applied), int(Old) } << 2;
    QTest::newRow("somebody goes") << QList { start(), info(2, annIn),
        info(3, u"<user entity=\"sip:Ann@litwareinc.test\" state=\"deleted\"/>"_s) }
                                   << QList { int(Applied), int(Applied), int(Applied) } << 1;
    QTest::newRow("another conference") << QList {
        QByteArray("<conference-info entity=\"sip:x@y.test;gruu;opaque=app:conf:focus:id:Z\""
                   " state=\"full\" version=\"9\"/>")
    } << QList { int(Unusable) } << 0;
}

void tst_Conference::versions()
{
    QFETCH(QList<QByteArray>, documents);
    QFETCH(QList<int>, outcomes);
    ConferenceState state;
    for (qsizetype i = 0; i < documents.size(); ++i) {
        QCOMPARE(int(applyConferenceInfo(state, documents.at(i), focus)), outcomes.at(i));
    }
    QTEST(int(state.users.size()), "people");
}

void tst_Conference::partialUsers()
{
    ConferenceState state;
    applyConferenceInfo(state, start(), focus);
    applyConferenceInfo(state,
        info(2,
            u"<user entity=\"sip:%1\" state=\"partial\"><endpoint entity=\"{audio-video}\" session-type=\"audio-video\"><status>connected</status></endpoint></user>"_s
                .arg(ben)),
        focus);
    QCOMPARE(state.users.value(ben).name, u"Ben Gęślarz"_s);
    QVERIFY(state.users.value(ben).presenter);
    QCOMPARE(state.users.value(ben).endpoints.size(), 3);
    applyConferenceInfo(state,
        info(3,
            u"<user entity=\"sip:%1\" state=\"partial\"><endpoint entity=\"{chat}\" session-type=\"chat\" state=\"deleted\"/></user>"_s
                .arg(ben)),
        focus);
    QVERIFY(!state.users.value(ben).isConnected(u"chat"));
    QVERIFY(state.users.value(ben).isConnected(u"focus"));
}

void tst_Conference::microphones_data()
{
    QTest::addColumn<QString>("media");
    QTest::addColumn<int>("muted"); // -1: none
    QTest::newRow("open")
        << u"<media id=\"1\"><type>audio</type><status>sendrecv</status></media>"_s << 0;
    QTest::newRow("listens")
        << u"<media id=\"1\"><type>audio</type><status>recvonly</status></media>"_s << 1;
    QTest::newRow("filtered")
        << u"<media id=\"1\"><type>audio</type><status>sendrecv</status><media-ingress-filter>block</media-ingress-filter></media>"_s
        << 1;
    QTest::newRow("video only")
        << u"<media id=\"2\"><type>video</type><status>sendrecv</status></media>"_s << -1;
    QTest::newRow("none") << QString() << -1;
}

void tst_Conference::microphones()
{
    QFETCH(QString, media);
    QFETCH(int, muted);
    ConferenceState state;
    applyConferenceInfo(state,
        info(1,
            user(ann, u"Ann"_s, u"attendee"_s, endpoint(u"audio-video"_s, u"connected"_s, media)),
            true),
        focus);
    const auto is = state.users.value(ann).muted();
    QCOMPARE(is ? int(*is) : -1, muted);
    QCOMPARE(state.users.value(ann).audioMedia().isEmpty(), muted < 0);
}

void tst_Conference::lockAndLink()
{
    ConferenceState state;
    const auto more = [](bool locked) {
        return u"<conference-description><subject>Zażółć</subject><join-url>https://"
               u"meet.litwareinc.test/ben/8C1F</join-url>"
               "<conf-uris><entry><uri>%1</uri><purpose>chat</purpose></entry></conf-uris></"
               "conference-description>"
               "<msci:conference-view xmlns:msci=\"m\"><msci:entity-view entity=\"chat\"><msci:entity-state><msci:locked>%2</msci:locked></msci:entity-state></msci:entity-view></msci:conference-view>"_s
                   .arg(chat, locked ? u"true"_s : u"false"_s);
    };
    applyConferenceInfo(state, start(more(true)), focus);
    QCOMPARE(state.subject, u"Zażółć"_s);
    QCOMPARE(state.link, u"https://meet.litwareinc.test/ben/8C1F"_s);
    QCOMPARE(state.mcus.value(u"chat"_s), chat);
    QVERIFY(state.isLocked());
    ConferenceRoster roster(ben);
    RoomChange change = roster.update(state, focus);
    QCOMPARE(change.locked, std::optional(true));
    QCOMPARE(change.link, std::optional(state.link));
    QCOMPARE(change.topic->text, u"Zażółć"_s);
    QCOMPARE(change.name, u"Zażółć"_s);
    applyConferenceInfo(state, info(2, {}, false, more(false)), focus);
    change = roster.update(state, focus);
    QCOMPARE(change.locked, std::optional(false));
    QVERIFY(!change.topic && !change.members && !change.link);
}

void tst_Conference::rosterNames()
{
    ConferenceState state;
    applyConferenceInfo(state,
        info(1,
            user(ann, u"Kowalski"_s, u"attendee"_s, endpoint(u"chat"_s))
                + user(ben, u"Kowalski"_s, u"presenter"_s, endpoint(u"chat"_s))
                + user(u"x@y.test"_s, QString(), u"attendee"_s, endpoint(u"chat"_s))
                + user(u"gone@y.test"_s, u"Gone"_s, u"attendee"_s,
                    endpoint(u"chat"_s, u"disconnected"_s)),
            true),
        focus);
    ConferenceRoster roster(ben);
    const RoomChange change = roster.update(state, focus);
    QCOMPARE(change.members->size(), 3);
    QCOMPARE(roster.nickOf(ann), u"Kowalski"_s);
    QCOMPARE(roster.nickOf(ben), u"Kowalski (%1)"_s.arg(ben));
    QCOMPARE(roster.nickOf(u"x@y.test"_s), u"x@y.test"_s);
    QCOMPARE(roster.addressOf(u"Kowalski"_s), ann);
    QCOMPARE(roster.addressOf(u"nobody"_s), QString());
    for (const RoomMember &member : *change.members) {
        QCOMPARE(member.self, member.address == ben);
        QCOMPARE(member.rank, member.address == ben ? RoomRank::Operator : RoomRank::None);
    }
    QVERIFY(change.movements.isEmpty());
}

void tst_Conference::rosterMovements()
{
    ConferenceState state;
    ConferenceRoster roster(ben);
    applyConferenceInfo(state, start(), focus);
    roster.update(state, focus);
    applyConferenceInfo(state,
        info(2, user(ann, u"Ann"_s, u"attendee"_s, endpoint(u"focus"_s, u"on-hold"_s))), focus);
    RoomChange change = roster.update(state, focus);
    QVERIFY(change.movements.isEmpty());
    QVERIFY(change.members->at(0).waiting);
    applyConferenceInfo(
        state, info(3, user(ann, u"Ann"_s, u"attendee"_s, endpoint(u"chat"_s))), focus);
    change = roster.update(state, focus);
    QCOMPARE(change.movements,
        (QList { RoomMovement { .kind = RoomMovement::Kind::Joined, .nick = u"Ann"_s } }));
    QVERIFY(!change.members->at(0).waiting);
    applyConferenceInfo(
        state, info(4, u"<user entity=\"sip:%1\" state=\"deleted\"/>"_s.arg(ann)), focus);
    change = roster.update(state, focus);
    QCOMPARE(change.movements,
        (QList { RoomMovement { .kind = RoomMovement::Kind::Left, .nick = u"Ann"_s } }));
}

// ---------------------------------------------------------------- the machine

namespace {

Conference fresh()
{
    return { .focus = focus, .self = ben };
}

Conference inside()
{
    Conference conference = fresh();
    stepConference(conference, ConfEnter {});
    stepConference(conference, ConfFocusAnswered {});
    stepConference(conference, ConfInfo { start(), true });
    stepConference(conference, ConfChatAnswered {});
    return conference;
}

template <class Effect> const Effect *only(const QList<ConferenceEffect> &effects)
{
    const Effect *found = nullptr;
    for (const ConferenceEffect &effect : effects) {
        if (const auto *one = std::get_if<Effect>(&effect)) {
            found = one;
        }
    }
    return found;
}

} // namespace

void tst_Conference::enters()
{
    Conference conference = fresh();
    QVERIFY(only<ConfInviteFocus>(stepConference(conference, ConfEnter {})));
    QVERIFY(stepConference(conference, ConfEnter {}).isEmpty());
    QVERIFY(only<ConfSubscribe>(stepConference(conference, ConfFocusAnswered {})));
    const auto effects = stepConference(conference, ConfInfo { start(), true });
    QVERIFY(only<ConfInviteChat>(effects));
    QCOMPARE(only<ConfInviteChat>(effects)->uri, chat);
    QVERIFY(only<ConfEntered>(stepConference(conference, ConfChatAnswered {})));
    QCOMPARE(conference.phase, ConferencePhase::In);
    // Who was refused hears why, and nothing stays open.
    conference = fresh();
    stepConference(conference, ConfEnter {});
    const auto refused = stepConference(conference, ConfFocusAnswered { Error { .code = u"x"_s } });
    QVERIFY(only<ConfLeft>(refused));
    QCOMPARE(only<ConfLeft>(refused)->why->code, u"x"_s);
    QCOMPARE(conference.phase, ConferencePhase::Out);
}

void tst_Conference::lobby_data()
{
    QTest::addColumn<bool>("admitted");
    QTest::newRow("let in") << true;
    QTest::newRow("sent away") << false;
}

void tst_Conference::lobby()
{
    QFETCH(bool, admitted);
    Conference conference = fresh();
    stepConference(conference, ConfEnter {});
    stepConference(conference, ConfFocusAnswered {});
    const QByteArray waiting
        = info(1, user(ben, u"Ben"_s, u"attendee"_s, endpoint(u"focus"_s, u"on-hold"_s)), true);
    QVERIFY(only<ConfWaiting>(stepConference(conference, ConfInfo { waiting, true })));
    QCOMPARE(conference.phase, ConferencePhase::InLobby);
    const auto effects = stepConference(conference,
        ConfInfo { info(2,
            admitted ? user(ben, u"Ben"_s, u"attendee"_s, endpoint(u"focus"_s))
                     : u"<user entity=\"sip:%1\" state=\"deleted\"/>"_s.arg(ben)) });
    QCOMPARE(only<ConfInviteChat>(effects) != nullptr, admitted);
    QCOMPARE(only<ConfLeft>(effects) != nullptr, !admitted);
    if (!admitted) {
        QCOMPARE(only<ConfLeft>(effects)->why->code, u"conference-denied"_s);
    }
}

void tst_Conference::asksForTheWholeStateOnce()
{
    Conference conference = inside();
    const QString annIn = user(ann, u"Ann"_s, u"attendee"_s, endpoint(u"chat"_s));
    QVERIFY(only<ConfSubscribe>(stepConference(conference, ConfInfo { info(3, annIn) })));
    QVERIFY(stepConference(conference, ConfInfo { info(4, annIn) }).isEmpty());
    const auto effects = stepConference(conference,
        ConfInfo { info(1, user(ben, u"Ben"_s, u"presenter"_s, endpoint(u"chat"_s)) + annIn, true),
            true });
    QVERIFY(only<ConfStateChanged>(effects));
    QCOMPARE(conference.state.users.size(), 2);
    QVERIFY(only<ConfSubscribe>(stepConference(conference, ConfInfo { info(9, annIn) })));
}

void tst_Conference::isRemoved_data()
{
    QTest::addColumn<int>("how");
    QTest::addColumn<QString>("code");
    QTest::newRow("chat hangs up") << 0 << u"conference-disconnected"_s;
    QTest::newRow("focus hangs up") << 1 << u"conference-removed"_s;
    QTest::newRow("taken off the roster") << 2 << u"conference-removed"_s;
    QTest::newRow("ended") << 3 << u"conference-ended"_s;
    QTest::newRow("no more subscription") << 4 << u"conference-subscription"_s;
}

void tst_Conference::isRemoved()
{
    QFETCH(int, how);
    Conference conference = inside();
    const QByteArray ended
        = u"<conference-info entity=\"%1\" state=\"deleted\" version=\"2\"/>"_s.arg(focus).toUtf8();
    const ConferenceInput inputs[] = { ConfChatEnded {}, ConfFocusEnded {},
        ConfInfo { info(2, u"<user entity=\"sip:%1\" state=\"deleted\"/>"_s.arg(ben)) },
        ConfInfo { ended }, ConfSubscriptionEnded { 403 } };
    const auto effects = stepConference(conference, inputs[how]);
    QVERIFY(only<ConfLeft>(effects));
    QTEST(only<ConfLeft>(effects)->why->code, "code");
    QVERIFY(!only<ConfLeft>(effects)->why->title.isEmpty());
    QVERIFY(only<ConfHangUp>(effects));
    QVERIFY(!only<ConfHangUp>(effects)->removeUser);
    QCOMPARE(conference.phase, ConferencePhase::Out);
}

void tst_Conference::leaves_data()
{
    QTest::addColumn<QString>("others");
    QTest::addColumn<bool>("removesUser");
    QTest::newRow("one device") << QString() << true;
    QTest::newRow("speaks on the phone") << endpoint(u"audio-video"_s) << false;
    QTest::newRow("another device")
        << u"<endpoint entity=\"{2}\" session-type=\"focus\"><status>connected</status></endpoint>"_s
        << false;
}

void tst_Conference::leaves()
{
    QFETCH(QString, others);
    Conference conference = inside();
    stepConference(conference,
        ConfInfo { info(2,
            user(ben, u"Ben"_s, u"presenter"_s,
                endpoint(u"focus"_s) + endpoint(u"chat"_s) + others)) });
    const auto effects = stepConference(conference, ConfLeave {});
    QVERIFY(only<ConfHangUp>(effects));
    QTEST(only<ConfHangUp>(effects)->removeUser, "removesUser");
    QVERIFY(only<ConfLeft>(effects) && !only<ConfLeft>(effects)->why);
    QVERIFY(stepConference(conference, ConfLeave {}).isEmpty());
}

void tst_Conference::leavesBeforeTheAnswer()
{
    Conference conference = fresh();
    stepConference(conference, ConfEnter {});
    QVERIFY(only<ConfLeft>(stepConference(conference, ConfLeave {})));
    QVERIFY(only<ConfHangUp>(stepConference(conference, ConfFocusAnswered {})));
    QCOMPARE(conference.phase, ConferencePhase::Out);
}

void tst_Conference::hostile_data()
{
    QTest::addColumn<QByteArray>("document");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("cut") << start().first(90);
    QTest::newRow("entities") << "<!DOCTYPE a [<!ENTITY b \"c\">]><conference-info/>"_ba;
    QString crowd;
    for (int i = 0; i < 6000; ++i) {
        crowd += u"<user entity=\"sip:u%1@x.test\"/>"_s.arg(i);
    }
    QTest::newRow("a crowd") << info(1, crowd, true);
    QTest::newRow("many end points") << info(1,
        user(ann, QString(9000, u'n'), u"presenter"_s,
            QString(u"<endpoint entity=\"x\"/>"_s).repeated(500)),
        true);
    QTest::newRow("version") << "<conference-info version=\"99999999999999\" state=\"full\"/>"_ba;
}

void tst_Conference::hostile()
{
    QFETCH(QByteArray, document);
    ConferenceState state;
    applyConferenceInfo(state, document, focus);
    QVERIFY(state.users.size() <= 5000);
    for (const ConferenceUser &one : std::as_const(state.users)) {
        QVERIFY(one.endpoints.size() <= 32);
        QVERIFY(one.name.size() <= 256);
    }
    Conference conference = inside();
    stepConference(conference, ConfInfo { document, true });
}

QTEST_GUILESS_MAIN(tst_Conference)
#include "tst_conference.moc"
