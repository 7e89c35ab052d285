// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/xmpp/connectionplan.h"
#include "protocols/xmpp/errors.h"
#include "protocols/xmpp/roomstate.h"
#include "protocols/xmpp/streamtext.h"
#include "protocols/xmpp/translate.h"
#include "protocols/xmpp/xmpppresets.h"
#include "protocols/xmpp/xmppschema.h"

#include <QDomDocument>
#include <QTest>
#include <QXmppAuthenticationError.h>
#include <QXmppBindError.h>
#include <QXmppStreamError.h>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::xmpp;

namespace {

const QString kMuc = u"http://jabber.org/protocol/muc#user"_s;
const QDateTime kNow(QDate(2026, 3, 1), QTime(12, 0), QTimeZone::UTC);

template <class Stanza> Stanza parsed(const QString &xml)
{
    QDomDocument document;
    QString whole = xml;
    whole.replace(whole.indexOf(u' '), 0, u" xmlns='jabber:client'"_s);
    if (!document.setContent(whole, QDomDocument::ParseOption::UseNamespaceProcessing)) {
        qFatal("test XML is not well-formed: %s", qPrintable(xml));
    }
    Stanza stanza;
    stanza.parse(document.documentElement());
    return stanza;
}

MessageContext person()
{
    return { .ownJid = u"me@alpha.test"_s,
        .roomNick = {},
        .isRoom = false,
        .now = kNow,
        .archiveId = {},
        .archivedAt = {} };
}

MessageContext room()
{
    MessageContext context = person();
    context.isRoom = true;
    context.roomNick = u"Ja"_s;
    return context;
}

QXmppPresence occupant(const QString &nick, const QString &attributes, const QString &inside)
{
    return parsed<QXmppPresence>(
        u"<presence from='r@rooms.alpha.test/%1' %2><x xmlns='%3'>%4</x></presence>"_s.arg(
            nick, attributes, kMuc, inside));
}

} // namespace

class tst_XmppValues : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void addresses_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("normal");
        QTest::newRow("as it is") << u"bob@alpha.test"_s << u"bob@alpha.test"_s;
        QTest::newRow("case") << u"Bob@ALPHA.Test"_s << u"bob@alpha.test"_s;
        QTest::newRow("resource and spaces") << u" bob@alpha.test/Desk "_s << u"bob@alpha.test"_s;
        QTest::newRow("scheme") << u"xmpp:bob@alpha.test?message"_s << u"bob@alpha.test"_s;
        QTest::newRow("closing dot") << u"bob@alpha.test."_s << u"bob@alpha.test"_s;
        QTest::newRow("letters of the world") << u"Zażółć@żółw.PL"_s << u"zażółć@żółw.pl"_s;
        QTest::newRow("full width") << u"ｂｏｂ@alpha.test"_s << u"bob@alpha.test"_s;
        QTest::newRow("address literal") << u"bob@[::1]"_s << u"bob@[::1]"_s;
        for (const QString &bad : { u""_s, u"bob"_s, u"@alpha.test"_s, u"bob@"_s,
                 u"b b@alpha.test"_s, u"bob@alpha..test"_s, u"a@b@c"_s, u"bo<b@alpha.test"_s,
                 u"bob@-x"_s, QString(u"x"_s.repeated(1100) + u"@alpha.test"_s) }) {
            QTest::newRow(qPrintable(u"refused: "_s + bad.left(30))) << bad << QString();
        }
    }
    void addresses()
    {
        QFETCH(QString, typed);
        QFETCH(QString, normal);
        const auto result = normalizedJid(typed);
        QCOMPARE(result.value_or(QString()), normal);
        if (!result) {
            QCOMPARE(result.error().code, u"invalid-address"_s);
        }
    }

    void presence_data()
    {
        QTest::addColumn<QString>("inside");
        QTest::addColumn<Availability>("availability");
        QTest::newRow("online") << u""_s << Availability::Available;
        QTest::newRow("chat") << u"<show>chat</show>"_s << Availability::Available;
        QTest::newRow("away") << u"<show>away</show>"_s << Availability::Away;
        QTest::newRow("xa") << u"<show>xa</show>"_s << Availability::Away;
        QTest::newRow("dnd") << u"<show>dnd</show>"_s << Availability::DoNotDisturb;
    }
    void presence()
    {
        QFETCH(QString, inside);
        QFETCH(Availability, availability);
        const Presence out = toPresence(parsed<QXmppPresence>(
            u"<presence from='bob@alpha.test/desk'>%1<status>Zażółć 🦄</status>"
            "<idle xmlns='urn:xmpp:idle:1' since='2026-03-01T11:00:00Z'/></presence>"_s.arg(
                inside)));
        QCOMPARE(out.availability, availability);
        QCOMPARE(out.text, u"Zażółć 🦄"_s);
        QCOMPARE(out.device, u"desk"_s);
        QCOMPARE(out.idleSince, kNow.addSecs(-3600));
        QCOMPARE(toPresence(fromPresence(out, 5)).availability, availability);
    }
    void ownPresence()
    {
        Presence invisible;
        invisible.availability = Availability::Invisible;
        QCOMPARE(fromPresence(invisible, 0).type(), QXmppPresence::Unavailable);
        Presence busy;
        busy.availability = Availability::Busy;
        QCOMPARE(fromPresence(busy, 300).availableStatusType(), QXmppPresence::DND);
        QCOMPARE(fromPresence(busy, 300).priority(), 127);
    }

    void contacts()
    {
        QXmppRosterIq::Item item;
        item.setBareJid(u"Bob@alpha.test"_s);
        item.setName(u"Bób"_s);
        item.setGroups({ u"b"_s, u"A"_s, u""_s });
        item.setSubscriptionType(QXmppRosterIq::Item::From);
        item.setSubscriptionStatus(u"subscribe"_s);
        const ContactSnapshot contact = toContact(item, true);
        QCOMPARE(contact.address.value, u"bob@alpha.test"_s);
        QCOMPARE(contact.groups, (QStringList { u"A"_s, u"b"_s }));
        QCOMPARE(contact.subscription, Subscription::Pending);
        QVERIFY(contact.blocked);
    }

    void messageIn()
    {
        const auto in = toInbound(
            parsed<QXmppMessage>(
                u"<message from='Bob@alpha.test/x' to='me@alpha.test' type='chat' id='1'>"
                "<body>مرحبا 👩‍👩‍👧‍👦</body><origin-id "
                "xmlns='urn:xmpp:sid:0' "
                "id='o'/>"
                "<stanza-id xmlns='urn:xmpp:sid:0' id='forged' by='bob@alpha.test'/>"
                "<stanza-id xmlns='urn:xmpp:sid:0' id='s' by='me@alpha.test'/>"
                "<delay xmlns='urn:xmpp:delay' stamp='2026-03-01T10:00:00Z'/></message>"_s),
            person());
        QVERIFY(in);
        QCOMPARE(in->with, u"bob@alpha.test"_s);
        QCOMPARE(in->direction, Direction::In);
        QCOMPARE(in->body.plain(), u"مرحبا 👩‍👩‍👧‍👦"_s);
        QCOMPARE(in->remoteId, u"1"_s);
        QCOMPARE(in->originId, u"o"_s);
        QCOMPARE(in->serverId, u"s"_s);
        QVERIFY(in->delayed);
        QVERIFY(!in->fromArchive);
        QCOMPARE(in->sentAt, kNow.addSecs(-7200));
    }
    void messageFromOtherDevice()
    {
        const auto out = toInbound(
            parsed<QXmppMessage>(u"<message from='me@alpha.test/phone' to='bob@alpha.test' "
                                 "type='chat' id='7'><body>hi</body></message>"_s),
            person());
        QVERIFY(out);
        QCOMPARE(out->with, u"bob@alpha.test"_s);
        QCOMPARE(out->direction, Direction::Out);
        QCOMPARE(out->originId, u"7"_s);
        QCOMPARE(out->sentAt, kNow);
    }
    void messageFromArchive()
    {
        MessageContext context = person();
        context.archiveId = u"a1"_s;
        context.archivedAt = kNow.addDays(-1);
        const auto in = toInbound(
            parsed<QXmppMessage>(
                u"<message from='bob@alpha.test/x' type='chat'><body>x</body></message>"_s),
            context);
        QVERIFY(in && in->fromArchive && in->delayed);
        QCOMPARE(in->serverId, u"a1"_s);
        QCOMPARE(in->sentAt, context.archivedAt);
    }
    void messageHtml()
    {
        const auto in = toInbound(
            parsed<QXmppMessage>(
                u"<message from='bob@alpha.test/x' type='chat'><body>bold evil</body>"
                "<html xmlns='http://jabber.org/protocol/xhtml-im'>"
                "<body xmlns='http://www.w3.org/1999/xhtml'><strong>bold</strong> "
                "<a href='javascript:alert(1)'>evil</a><script>x()</script></body></html>"
                "</message>"_s),
            person());
        QVERIFY(in);
        QCOMPARE(in->body.plain(), u"bold evil"_s);
        QVERIFY(in->body.spans().first().bold);
        QVERIFY(!in->body.toHtml().contains(u"javascript"_s));
    }
    void messageKinds()
    {
        const auto action = toInbound(parsed<QXmppMessage>(u"<message from='b@alpha.test' "
                                                           "type='chat'><body>/me macha 🦄</body>"
                                                           "</message>"_s),
            person());
        QCOMPARE(action->kind, MessageKind::Action);
        QCOMPARE(action->body.plain(), u"macha 🦄"_s);
        const auto headline = toInbound(parsed<QXmppMessage>(u"<message from='alpha.test' "
                                                             "type='headline'><body>n</body>"
                                                             "</message>"_s),
            person());
        QCOMPARE(headline->kind, MessageKind::Notice);
        for (const QString &silent :
            { u"<message from='b@alpha.test' type='chat'><composing "
              "xmlns='http://jabber.org/protocol/chatstates'/></message>"_s,
                u"<message from='b@alpha.test' type='error'><body>x</body></message>"_s,
                u"<message from='b@alpha.test'><received xmlns='urn:xmpp:receipts' id='1'/>"
                "</message>"_s }) {
            QVERIFY(!toInbound(parsed<QXmppMessage>(silent), person()));
        }
    }
    void messageInRoom()
    {
        const auto in = toInbound(
            parsed<QXmppMessage>(
                u"<message from='r@rooms.alpha.test/Bób' type='groupchat' id='1'>"
                "<body>hej ja, jajko</body>"
                "<stanza-id xmlns='urn:xmpp:sid:0' id='s' by='r@rooms.alpha.test'/></message>"_s),
            room());
        QVERIFY(in);
        QCOMPARE(in->with, u"r@rooms.alpha.test"_s);
        QCOMPARE(in->from, u"Bób"_s);
        QCOMPARE(in->conversation, ConversationKind::Room);
        QCOMPARE(in->kind, MessageKind::Room);
        QCOMPARE(in->serverId, u"s"_s);
        QVERIFY(in->mentionsMe);
        const auto word = toInbound(
            parsed<QXmppMessage>(u"<message from='r@rooms.alpha.test/B' type='groupchat'>"
                                 "<body>jajko</body></message>"_s),
            room());
        QVERIFY(!word->mentionsMe);
        const auto mine = toInbound(
            parsed<QXmppMessage>(u"<message from='r@rooms.alpha.test/Ja' type='groupchat' id='9'>"
                                 "<body>x</body></message>"_s),
            room());
        QCOMPARE(mine->direction, Direction::Out);
        QCOMPARE(mine->originId, u"9"_s);
    }

    void updates_data()
    {
        QTest::addColumn<QString>("inside");
        QTest::addColumn<int>("what");
        QTest::newRow("receipt") << u"<received xmlns='urn:xmpp:receipts' id='m1'/>"_s << 0;
        QTest::newRow("marker") << u"<displayed xmlns='urn:xmpp:chat-markers:0' id='m1'/>"_s << 1;
        QTest::newRow("reactions") << u"<reactions xmlns='urn:xmpp:reactions:0' id='m1'>"
                                      "<reaction>🦄</reaction></reactions>"_s
                                   << 2;
        QTest::newRow("retraction")
            << u"<retract xmlns='urn:xmpp:message-retract:1' id='m1'/><body>old client</body>"_s
            << 3;
        QTest::newRow("retraction, old")
            << u"<apply-to xmlns='urn:xmpp:fasten:0' id='m1'>"
               "<retract xmlns='urn:xmpp:message-retract:0'/></apply-to>"_s
            << 3;
    }
    void updates()
    {
        QFETCH(QString, inside);
        QFETCH(int, what);
        const auto message = parsed<QXmppMessage>(
            u"<message from='bob@alpha.test/x' type='chat'>%1</message>"_s.arg(inside));
        QVERIFY(!toInbound(message, person()));
        const auto update = toUpdate(message, person());
        QVERIFY(update);
        QCOMPARE(update->remoteId, u"m1"_s);
        QCOMPARE(update->with, u"bob@alpha.test"_s);
        QCOMPARE(update->delivery == DeliveryState::Delivered, what == 0);
        QCOMPARE(update->delivery == DeliveryState::Read, what == 1);
        QCOMPARE(update->reactions.value_or(QStringList {}),
            what == 2 ? QStringList { u"🦄"_s } : QStringList {});
        QCOMPARE(update->retracted, what == 3);
    }
    void ownReceiptsAreNoNews()
    {
        QVERIFY(!toUpdate(
            parsed<QXmppMessage>(u"<message from='me@alpha.test/phone' to='bob@alpha.test'>"
                                 "<received xmlns='urn:xmpp:receipts' id='m1'/></message>"_s),
            person()));
    }

    void messageOut()
    {
        OutgoingMessage message;
        message.localId = u"uuid"_s;
        message.to = u"bob@alpha.test"_s;
        message.body
            = RichText::fromSpans(u"gruba 𝄞"_s, { { .start = 0, .length = 5, .bold = true } });
        message.replaces.remoteId = u"old"_s;
        const QXmppMessage out = fromOutgoing(message);
        QCOMPARE(out.type(), QXmppMessage::Chat);
        QCOMPARE(out.id(), u"uuid"_s);
        QCOMPARE(out.originId(), u"uuid"_s);
        QCOMPARE(out.replaceId(), u"old"_s);
        QCOMPARE(out.body(), u"gruba 𝄞"_s);
        QCOMPARE(out.xhtml(), u"<b>gruba</b> 𝄞"_s);
        QVERIFY(out.isReceiptRequested());
        message.conversation = ConversationKind::Room;
        message.kind = MessageKind::Action;
        const QXmppMessage inRoom = fromOutgoing(message);
        QCOMPARE(inRoom.type(), QXmppMessage::GroupChat);
        QCOMPARE(inRoom.body(), u"/me gruba 𝄞"_s);
        QVERIFY(!inRoom.isReceiptRequested());
    }

    void roomLife()
    {
        RoomState state(u"r@rooms.alpha.test"_s, u"Ja"_s);
        const QString participant = u"<item affiliation='none' role='participant'/>"_s;
        QVERIFY(!state.apply(
            occupant(u"Ala"_s, {}, u"<item affiliation='owner' role='moderator'/>"_s), kNow));
        auto change
            = state.apply(occupant(u"Ja"_s, {}, participant + u"<status code='110'/>"_s), kNow);
        QVERIFY(change && change->joined == true);
        QCOMPARE(change->members->size(), 2);
        QCOMPARE(change->members->first().rank, RoomRank::Owner);
        QVERIFY(change->members->last().self);
        QVERIFY(state.isJoined());

        change = state.apply(occupant(u"Bób"_s, {}, participant), kNow);
        QCOMPARE(change->movements.first().kind, RoomMovement::Kind::Joined);
        QCOMPARE(change->upserted.first().nick, u"Bób"_s);
        QVERIFY(!state.apply(occupant(u"Bób"_s, {}, participant), kNow)); // the same again

        change = state.apply(occupant(u"Bób"_s, u"type='unavailable'"_s,
                                 u"<item nick='Rob' role='participant'/><status code='303'/>"_s),
            kNow);
        QCOMPARE(change->movements.first().kind, RoomMovement::Kind::Renamed);
        QCOMPARE(change->movements.first().newNick, u"Rob"_s);
        change = state.apply(occupant(u"Rob"_s, {}, participant), kNow);
        QVERIFY(change->movements.isEmpty());
        QCOMPARE(change->upserted.first().nick, u"Rob"_s);

        change
            = state.apply(occupant(u"Rob"_s, u"type='unavailable'"_s,
                              u"<item role='none'><actor nick='Ala'/><reason>dość</reason></item>"
                              "<status code='307'/>"_s),
                kNow);
        QCOMPARE(change->movements.first().kind, RoomMovement::Kind::Kicked);
        QCOMPARE(change->movements.first().reason, u"dość"_s);
        QCOMPARE(change->removed, QStringList { u"Rob"_s });

        change
            = state.apply(occupant(u"Ja"_s, u"type='unavailable'"_s,
                              u"<item affiliation='outcast' role='none'><reason>nie</reason></item>"
                              "<status code='301'/><status code='110'/>"_s),
                kNow);
        QCOMPARE(change->joined, false);
        QCOMPARE(change->why->code, u"banned"_s);
        QCOMPARE(change->why->detail, u"nie"_s);
        QVERIFY(!state.isJoined());
    }

    void errors_data()
    {
        using Auth = QXmpp::AuthenticationError;
        QTest::addColumn<QXmppError>("error");
        QTest::addColumn<QString>("code");
        QTest::addColumn<bool>("fatal");
        const auto row
            = [](const char *name, const std::any &what, const QString &code, bool fatal) {
                  QTest::newRow(name) << QXmppError { u"words"_s, what } << code << fatal;
              };
        row("no such host", QAbstractSocket::HostNotFoundError, u"name-not-found"_s, false);
        row("refused", QAbstractSocket::ConnectionRefusedError, u"refused"_s, false);
        row("proxy password", QAbstractSocket::ProxyAuthenticationRequiredError,
            u"proxy-auth-required"_s, true);
        row("proxy", QAbstractSocket::ProxyConnectionRefusedError, u"proxy-refused"_s, false);
        row("network", QAbstractSocket::NetworkError, u"unreachable"_s, false);
        row("ping", QXmpp::TimeoutError {}, u"timed-out"_s, false);
        row("password", Auth { Auth::NotAuthorized, {}, {} }, u"wrong-password"_s, true);
        row("disabled", Auth { Auth::AccountDisabled, {}, {} }, u"account-disabled"_s, true);
        row("no mechanism", Auth { Auth::MechanismMismatch, {}, {} }, u"auth-scheme-unavailable"_s,
            true);
        row("wants TLS", Auth { Auth::EncryptionRequired, {}, {} }, u"tls-required"_s, true);
        row("conflict", QXmpp::StreamError::Conflict, u"elsewhere-signed-in"_s, true);
        row("other domain", QXmpp::StreamError::HostUnknown, u"name-not-found"_s, true);
        row("shutdown", QXmpp::StreamError::SystemShutdown, u"server-fault"_s, false);
        row("bind conflict",
            QXmpp::BindError {
                QXmppStanza::Error(QXmppStanza::Error::Cancel, QXmppStanza::Error::Conflict) },
            u"elsewhere-signed-in"_s, true);
    }
    void errors()
    {
        QFETCH(QXmppError, error);
        QFETCH(QString, code);
        QFETCH(bool, fatal);
        ConnectionTrouble trouble;
        trouble.host = u"xmpp.alpha.test:5222"_s;
        trouble.domain = u"alpha.test"_s;
        trouble.streamSeen = true;
        const Error made = connectionError(error, trouble);
        QCOMPARE(made.code, code);
        QCOMPARE(made.fatal, fatal);
        QVERIFY(!made.title.isEmpty());
    }
    void certificateErrors()
    {
        ConnectionTrouble trouble;
        trouble.host = u"h:1"_s;
        trouble.domain = u"alpha.test"_s;
        const auto code = [&](QSslError::SslError error) {
            trouble.sslErrors = { QSslError(error) };
            return connectionError({}, trouble).code;
        };
        QCOMPARE(code(QSslError::CertificateExpired), u"certificate-expired"_s);
        QCOMPARE(code(QSslError::CertificateNotYetValid), u"certificate-not-yet-valid"_s);
        QCOMPARE(code(QSslError::HostNameMismatch), u"certificate-name-mismatch"_s);
        QCOMPARE(code(QSslError::SelfSignedCertificate), u"certificate-untrusted"_s);
        QCOMPARE(code(QSslError::UnableToGetLocalIssuerCertificate), u"certificate-untrusted"_s);
        QVERIFY(connectionError({}, trouble).fix.isEmpty());
        trouble.fingerprint = QByteArray(32, '\x0a');
        QCOMPARE(connectionError({}, trouble).fix.value(u"pinned-certificate"_s).toString(),
            u"0a"_s.repeated(32));
    }
    void silentEnds()
    {
        ConnectionTrouble trouble;
        trouble.host = u"h:1"_s;
        trouble.connected = true;
        QCOMPARE(connectionError({}, trouble).code, u"server-fault"_s);
        QCOMPARE(timedOut(trouble).code, u"timed-out"_s);
        trouble.heard = true;
        QCOMPARE(connectionError({}, trouble).code, u"wrong-protocol"_s);
        QCOMPARE(timedOut(trouble).code, u"wrong-protocol"_s);
        trouble.heardTls = true;
        QCOMPARE(connectionError({}, trouble).fix.value(u"connection"_s).toString(), u"tls"_s);
        trouble.heardTls = false;
        trouble.streamSeen = true;
        QCOMPARE(connectionError({}, trouble).code, u"server-fault"_s);
        QCOMPARE(timedOut(trouble).code, u"timed-out"_s);
        trouble.online = true;
        QCOMPARE(connectionError({}, trouble).code, u"connection-closed"_s);
        trouble.online = false;
        trouble.tlsMissing = true;
        QCOMPARE(connectionError({}, trouble).code, u"tls-required"_s);
    }
    void worstOfTheCertificate()
    {
        ConnectionTrouble trouble;
        trouble.host = u"h:1"_s;
        trouble.domain = u"alpha.test"_s;
        trouble.sslErrors = { QSslError(QSslError::CertificateExpired),
            QSslError(QSslError::SelfSignedCertificate), QSslError(QSslError::HostNameMismatch) };
        QCOMPARE(connectionError({}, trouble).code, u"certificate-untrusted"_s);
        trouble.sslErrors.remove(1);
        QCOMPARE(connectionError({}, trouble).code, u"certificate-name-mismatch"_s);
        trouble.pinned = true;
        QCOMPARE(connectionError({}, trouble).code, u"certificate-pin-mismatch"_s);
        Error own;
        own.code = u"certificate-changed"_s;
        trouble.judged = own; // what the account's own rules say comes first
        QCOMPARE(connectionError({}, trouble).code, own.code);
    }
    void handshakes_data()
    {
        QTest::addColumn<QString>("words");
        QTest::addColumn<QString>("code");
        QTest::newRow("plain text")
            << u"error:0A00010B:SSL routines::wrong version number"_s << u"not-tls"_s;
        QTest::newRow("old") << u"error:0A000102:SSL routines::unsupported protocol"_s
                             << u"tls-too-old"_s;
        QTest::newRow("alert") << u"error:0A00042E:SSL routines::tlsv1 alert protocol version"_s
                               << u"tls-too-old"_s;
        QTest::newRow("small key")
            << u"error:0A00018F:SSL routines::ee key too small"_s << u"certificate-weak"_s;
        QTest::newRow("other") << u"error:0A000410:SSL routines::sslv3 alert handshake failure"_s
                               << u"tls-handshake-failed"_s;
    }
    void handshakes()
    {
        QFETCH(QString, words);
        QFETCH(QString, code);
        ConnectionTrouble trouble;
        trouble.host = u"h:1"_s;
        trouble.connected = true;
        const Error error
            = connectionError({ words, QAbstractSocket::SslHandshakeFailedError }, trouble);
        QCOMPARE(error.code, code);
        QVERIFY(!error.title.isEmpty() && !error.remedy.isEmpty());
    }
    void saslConditions_data()
    {
        QTest::addColumn<QString>("inside");
        QTest::addColumn<QString>("code");
        QTest::addColumn<bool>("fatal");
        QTest::newRow("password") << u"<not-authorized/>"_s << u"wrong-password"_s << true;
        QTest::newRow("disabled") << u"<account-disabled/><text xml:lang='pl'>Zażółć</text>"_s
                                  << u"account-disabled"_s << true;
        QTest::newRow("text first")
            << u"<text>gone</text><account-disabled/>"_s << u"account-disabled"_s << true;
        QTest::newRow("expired") << u"<credentials-expired/>"_s << u"wrong-password"_s << true;
        QTest::newRow("wants TLS") << u"<encryption-required/>"_s << u"tls-required"_s << true;
        QTest::newRow("mechanism")
            << u"<invalid-mechanism/>"_s << u"auth-scheme-unavailable"_s << true;
        QTest::newRow("weak mechanism")
            << u"<mechanism-too-weak/>"_s << u"auth-scheme-unavailable"_s << true;
        QTest::newRow("login") << u"<invalid-authzid/>"_s << u"login-format"_s << true;
        QTest::newRow("database") << u"<temporary-auth-failure/>"_s << u"server-fault"_s << false;
        QTest::newRow("malformed") << u"<malformed-request/>"_s << u"server-fault"_s << true;
        QTest::newRow("invented") << u"<moon-phase/>"_s << u"wrong-password"_s << true;
    }
    void saslConditions()
    {
        QFETCH(QString, inside);
        QFETCH(QString, code);
        QFETCH(bool, fatal);
        ConnectionTrouble trouble;
        trouble.host = u"h:1"_s;
        trouble.streamSeen = true;
        trouble.saslCondition = saslCondition(
            u"<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>%1</failure>"_s.arg(inside));
        QVERIFY(!trouble.saslCondition.isEmpty());
        const Error error = connectionError(
            { u"words"_s,
                QXmpp::AuthenticationError {
                    QXmpp::AuthenticationError::NotAuthorized, u"их слова"_s, {} } },
            trouble);
        QCOMPARE(error.code, code);
        QCOMPARE(error.fatal, fatal);
        QVERIFY(error.detail.contains(u"их слова"_s));
        QVERIFY(error.detail.contains(trouble.saslCondition));
    }
    void streamConditions()
    {
        const QString error = u"<stream:error><text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>"
                              "Zażółć</text><conflict "
                              "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"_s;
        QCOMPARE(streamCondition(error), u"conflict"_s);
        QCOMPARE(streamCondition(u"<r xmlns='urn:xmpp:sm:3'/>"_s + error + u"</stream:stream>"_s),
            u"conflict"_s);
        QCOMPARE(
            streamCondition(u"<message><body>&lt;stream:error&gt;</body></message>"_s), QString());
        QCOMPARE(streamCondition(u"<stream:error><conflict"_s), QString());
        // QXmpp does not expect one while it binds and then only says that it did not.
        ConnectionTrouble trouble;
        trouble.host = u"h:1"_s;
        trouble.streamSeen = true;
        trouble.streamCondition = u"conflict"_s;
        QCOMPARE(connectionError(
                     { u"Unexpected element received."_s, QXmpp::StreamError::UndefinedCondition },
                     trouble)
                     .code,
            u"elsewhere-signed-in"_s);
    }
    void noSaslCondition()
    {
        QCOMPARE(saslCondition(u"<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"_s), QString());
        QCOMPARE(saslCondition(u"<message><body>&lt;failure</body></message>"_s), QString());
        QCOMPARE(saslCondition(u"<failure"_s), QString());
    }
    void downgrade()
    {
        ConnectionTrouble trouble;
        trouble.host = u"h:1"_s;
        trouble.streamSeen = true;
        trouble.mechanisms = offeredMechanisms(
            u"<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
            "<mechanism>PLAIN</mechanism></mechanisms></stream:features>"_s);
        QCOMPARE(trouble.mechanisms, QStringList { u"PLAIN"_s });
        const QXmppError none { {},
            QXmpp::AuthenticationError { QXmpp::AuthenticationError::MechanismMismatch, {}, {} } };
        const Error usual = connectionError(none, trouble);
        trouble.onlyScram = true;
        const Error refused = connectionError(none, trouble);
        QCOMPARE(refused.code, u"auth-scheme-unavailable"_s);
        QVERIFY(refused.title != usual.title);
        QVERIFY(refused.fix.isEmpty()); // never lowered by a button
        trouble.auth = u"SCRAM-SHA-1"_s;
        QCOMPARE(connectionError(none, trouble).fix.value(u"auth"_s).toString(), u"auto"_s);
    }
    void records()
    {
        ConnectionTrouble trouble;
        trouble.host = u"xmpp.alpha.test:5222"_s;
        trouble.domain = u"alpha.test"_s;
        trouble.noRecords = true;
        const auto code = [&](QAbstractSocket::SocketError error) {
            return connectionError({ u"words"_s, error }, trouble).code;
        };
        QCOMPARE(code(QAbstractSocket::ConnectionRefusedError), u"no-srv-record"_s);
        QCOMPARE(code(QAbstractSocket::SocketTimeoutError), u"no-srv-record"_s);
        QCOMPARE(code(QAbstractSocket::HostNotFoundError), u"name-not-found"_s);
        trouble.noRecords = false;
        trouble.record = u"_xmpp-client._tcp.alpha.test"_s;
        QCOMPARE(code(QAbstractSocket::HostNotFoundError), u"srv-target-missing"_s);
        QCOMPARE(code(QAbstractSocket::ConnectionRefusedError), u"refused"_s);
    }
    void whatTheServerCouldDo()
    {
        const KnownServer known { .tls = true, .scram = true };
        QCOMPARE(KnownServer::fromState(known.toState()), known);
        QCOMPARE(KnownServer::fromState({}), KnownServer {});
        QCOMPARE(KnownServer::fromState("scramble"_ba), KnownServer {});
        ConnectionSettings settings;
        settings.auth = u"auto"_s;
        QVERIFY(allowedMechanisms(settings).contains(u"PLAIN"_s));
        settings.known = known;
        QVERIFY(!allowedMechanisms(settings).contains(u"PLAIN"_s));
        QVERIFY(!allowedMechanisms(settings).contains(u"DIGEST-MD5"_s));
        QVERIFY(allowedMechanisms(settings).contains(u"SCRAM-SHA-1"_s));
        settings.brokenMechanisms = { u"SCRAM-SHA-1"_s };
        QVERIFY(!allowedMechanisms(settings).contains(u"SCRAM-SHA-1"_s));
        settings.auth = u"PLAIN"_s; // chosen by hand
        QCOMPARE(allowedMechanisms(settings), QStringList { u"PLAIN"_s });
    }
    void everyStanzaErrorHasWords()
    {
        using E = QXmppStanza::Error;
        for (int condition = E::BadRequest; condition <= E::PolicyViolation; ++condition) {
            E error(E::Cancel, static_cast<E::Condition>(condition), u"their words"_s);
            for (const Error &made : { stanzaError(error), joinError(error, u"Ja"_s) }) {
                QVERIFY(!made.code.isEmpty());
                QVERIFY(!made.title.isEmpty());
                QVERIFY(made.detail.contains(u"their words"_s));
            }
        }
    }

    void plan_data()
    {
        QTest::addColumn<QVariantMap>("settings");
        QTest::addColumn<QStringList>("expected");
        const auto row
            = [](const char *name, const QVariantMap &settings, const QStringList &expected) {
                  QTest::newRow(name) << settings << expected;
              };
        row("records, merged by priority", {}, { u"b:5222"_s, u"a:443 tls"_s, u"c:5223"_s });
        row("only direct", { { u"connection"_s, u"tls"_s } }, { u"a:443 tls"_s });
        row("only STARTTLS", { { u"connection"_s, u"starttls"_s } }, { u"b:5222"_s, u"c:5223"_s });
        row("server by hand", { { u"server"_s, u"x"_s } }, { u"x:5222"_s });
        row("server, known TLS port", { { u"server"_s, u"x"_s }, { u"port"_s, 5223 } },
            { u"x:5223 tls"_s });
        row("server, TLS", { { u"server"_s, u"x"_s }, { u"connection"_s, u"tls"_s } },
            { u"x:5223 tls"_s });
        row("port alone", { { u"port"_s, 15222 } }, { u"alpha.test:15222"_s });
    }
    void plan()
    {
        QFETCH(QVariantMap, settings);
        QFETCH(QStringList, expected);
        SettingValues values;
        values.set(u"address"_s, u"Me@Alpha.test"_s);
        for (auto it = settings.cbegin(); it != settings.cend(); ++it) {
            values.set(it.key(), it.value());
        }
        const auto found = candidates(connectionSettings(xmppSchema().complete(values)),
            { { u"a."_s, 443, 10, 0 } }, { { u"b."_s, 5222, 5, 0 }, { u"c."_s, 5223, 20, 0 } });
        QStringList words;
        for (const Candidate &candidate : found) {
            words.append(u"%1:%2%3"_s.arg(candidate.host)
                    .arg(candidate.port)
                    .arg(candidate.directTls ? u" tls"_s : QString()));
        }
        QCOMPARE(words, expected);
    }
    void planWithoutRecords()
    {
        SettingValues values;
        values.set(u"address"_s, u"me@alpha.test"_s);
        const auto settings = connectionSettings(xmppSchema().complete(values));
        QCOMPARE(candidates(settings, {}, {}),
            (QList<Candidate> {
                { u"alpha.test"_s, 5222, false }, { u"alpha.test"_s, 5223, true } }));
        const QList<ServiceRecord> refusal { { u"."_s, 0, 0, 0 } };
        QVERIFY(candidates(settings, {}, refusal).isEmpty());
        QVERIFY(candidates(settings, refusal, refusal).isEmpty());
        // No TLS from the first byte says nothing of STARTTLS.
        QCOMPARE(candidates(settings, refusal, {}),
            (QList<Candidate> { { u"alpha.test"_s, 5222, false } }));
    }
    void neverUnencryptedByItself()
    {
        SettingValues values;
        values.set(u"address"_s, u"me@alpha.test"_s);
        const Candidate candidate { u"h"_s, 5222, false };
        const auto mode = [&](const QString &connection) {
            values.set(u"connection"_s, connection);
            return configuration(
                connectionSettings(xmppSchema().complete(values)), candidate, u"pw"_s, {});
        };
        QCOMPARE(mode(u"auto"_s).streamSecurityMode(), QXmppConfiguration::TLSRequired);
        QCOMPARE(mode(u"starttls"_s).streamSecurityMode(), QXmppConfiguration::TLSRequired);
        QCOMPARE(mode(u"plain"_s).streamSecurityMode(), QXmppConfiguration::TLSDisabled);
        QVERIFY(mode(u"plain"_s).disabledSaslMechanisms().contains(u"PLAIN"_s));
        QVERIFY(!mode(u"auto"_s).ignoreSslErrors());
        QVERIFY(!mode(u"auto"_s).autoReconnectionEnabled());
        values.set(u"auth"_s, u"SCRAM-SHA-256"_s);
        QVERIFY(mode(u"auto"_s).disabledSaslMechanisms().contains(u"PLAIN"_s));
        QVERIFY(!mode(u"auto"_s).disabledSaslMechanisms().contains(u"SCRAM-SHA-256"_s));
    }

    void schema()
    {
        SettingValues values;
        values.set(u"address"_s, u"me@alpha.test"_s);
        QVERIFY(xmppSchema().problems(xmppSchema().complete(values)).isEmpty());
        values.set(u"address"_s, u"no address"_s);
        values.set(u"priority"_s, u"200"_s);
        QCOMPARE(xmppSchema().problems(values).size(), 2);
        const auto presets = xmppPresets();
        for (const AccountPreset &preset : presets) {
            QCOMPARE(preset.retired, !preset.note.isEmpty());
            for (auto it = preset.values.cbegin(); it != preset.values.cend(); ++it) {
                QVERIFY(xmppSchema().field(it.key()));
            }
        }
    }

    void streamTextStanzas_data()
    {
        QTest::addColumn<QStringList>("parts"); // as they must come out, whatever the chunks
        QTest::newRow("header") << QStringList {
            u"<?xml version='1.0'?><stream:stream to='a>b' xmlns=\"x'y\">"_s,
            u"<stream:features><bind/></stream:features>"_s, u"</stream:stream>"_s
        };
        QTest::newRow("nested") << QStringList { u"<m><a><b c='/>'/></a>text &gt; <d></d></m>"_s,
            u"\n<r/>"_s, u"<iq type='>'/>"_s };
        QTest::newRow("new stream") << QStringList { u"<stream:stream>"_s, u"<success/>"_s,
            u"<stream:stream id='2'>"_s, u"<message><body>🦄</body></message>"_s };
        QTest::newRow("data") << QStringList { u"<m><![CDATA[</m><!-- ]> ]]></m>"_s,
            u"<m><!-- </m> - -> --></m>"_s, u"<!DOCTYPE x><m/>"_s, u"<m><?pi </m> ?></m>"_s };
        QTest::newRow("similar") << QStringList { u"<stream:streams><x/></stream:streams>"_s };
        QTest::newRow("too many ends") << QStringList { u"</a>"_s, u"</b>"_s, u"<c></c>"_s };
    }
    void streamTextStanzas()
    {
        QFETCH(QStringList, parts);
        const QByteArray bytes = parts.join(QString()).toUtf8();
        for (qsizetype chunk = 1; chunk <= bytes.size(); ++chunk) {
            StreamText text;
            QString heard;
            for (qsizetype at = 0; at < bytes.size(); at += chunk) {
                heard += text.feed(
                    QByteArrayView(bytes).sliced(at).first(qMin(chunk, bytes.size() - at)));
                // Never less than what is whole by now, never half of anything.
                QString whole;
                for (const QString &part : std::as_const(parts)) {
                    if ((whole + part).toUtf8().size() > at + chunk) {
                        break;
                    }
                    whole += part;
                }
                QCOMPARE(heard, whole);
            }
            QCOMPARE(text.waiting(), 0);
        }
    }
    void streamText()
    {
        const QByteArray bytes
            = u"<a>Zażółć こんにちは 👩‍👩‍👧‍👦𝄞 مرحبا e\u0301</a>"_s
                  .toUtf8();
        for (qsizetype cut = 1; cut < bytes.size(); ++cut) {
            StreamText text;
            QString whole = text.feed(QByteArrayView(bytes).first(cut));
            whole += text.feed(QByteArrayView(bytes).sliced(cut));
            QCOMPARE(whole.toUtf8(), bytes);
        }
    }
    void streamTextWaits()
    {
        StreamText text;
        QCOMPARE(text.feed(" \n"), QString()); // a keep-alive
        QCOMPARE(text.feed("<a>half"), QString());
        QCOMPARE(text.waiting(), 9);
        QCOMPARE(text.feed("</a>\n"), u" \n<a>half</a>"_s);
        QCOMPARE(text.waiting(), 1);
        text.feed("\xf0\x9f");
        text.reset();
        QCOMPARE(text.feed("<b/>"), u"<b/>"_s);
    }
};

QTEST_GUILESS_MAIN(tst_XmppValues)
#include "tst_xmppvalues.moc"
