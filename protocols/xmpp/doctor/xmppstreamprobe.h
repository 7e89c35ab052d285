// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>
#include <QXmlStreamReader>

#include <optional>

/// What the other end of a connection says of itself before anybody signs in. Qt Core alone.
namespace linchpin::xmpp {

/// Who answers there, by its first bytes.
enum class Speaker {
    Silent, ///< nothing came, or too little to tell
    Xmpp,
    Http,
    Ssh,
    Irc,
    Mail, ///< SMTP, POP3 or IMAP
    Sip,
    Tls, ///< a TLS record: it wants TLS from the first byte
    Other,
};

/// `</stream:error>` (RFC 6120 §4.9).
struct StreamFault {
    QString condition; ///< `host-unknown`; empty where the peer named none
    QString text; ///< the server's words
    QString otherHost; ///< with `see-other-host`
    friend bool operator==(const StreamFault &, const StreamFault &) = default;
};

/// What one stream (up to STARTTLS, or after it) has told. Texts are cut at 256 characters, lists
/// at 32 entries.
struct StreamFacts {
    Speaker speaker = Speaker::Silent;
    QString opening; ///< its first line, printable, at most 120 characters
    bool header = false; ///< `<stream:stream>` came
    QString from;
    QString version; ///< "1.0"; empty = a server from before RFC 3920
    bool serverStream = false; ///< the content is `jabber:server`
    bool legacyDialback = false; ///< the header declares `jabber:server:dialback` (XEP-0220)
    bool features = false; ///< the whole `<stream:features/>` came
    bool startTls = false;
    bool startTlsRequired = false;
    QStringList mechanisms; ///< RFC 6120 §6.4.1
    QStringList sasl2Mechanisms; ///< XEP-0388
    QStringList channelBindings; ///< XEP-0440
    bool dialback = false; ///< offered as a feature (XEP-0220 §2.4.1)
    bool registration = false; ///< XEP-0077
    bool proceed = false; ///< the answer to our `<starttls/>`
    bool tlsRefused = false; ///< `<failure/>` to our `<starttls/>`
    std::optional<StreamFault> fault;
    bool ended = false; ///< the peer closed its stream
    QString broken; ///< why this is no XML stream, untranslated; empty = it is one
    friend bool operator==(const StreamFacts &, const StreamFacts &) = default;

    /// All SASL mechanisms, old way and new, each once.
    QStringList allMechanisms() const;
};

/**
 * Reads the server's side of an XMPP stream as far as it goes without signing in (RFC 6120 §4.3,
 * §5, §6): bytes in, StreamFacts out.
 *
 * Believes nothing: at most kMostBytes are read, deeper than kDeepest is refused, and so are DTDs
 * and processing instructions (RFC 6120 §11.1). After STARTTLS a new probe is needed.
 */
class XmppStreamProbe {
public:
    static constexpr qsizetype kMostBytes = qsizetype { 64 } << 10;
    static constexpr int kDeepest = 16;

    const StreamFacts &feed(QByteArrayView bytes);
    /// Nothing more will come: judges what there is.
    const StreamFacts &finish();
    const StreamFacts &facts() const { return m_facts; }
    /// Nothing that comes can change the facts any more.
    bool isOver() const { return m_over; }

private:
    void judgeOpening(bool final);
    void readXml();
    void startElement();
    void endElement();
    void startFeature(QStringView name, QStringView space);
    void startWithinFeature(QStringView name);
    void fail(const QString &why);

    StreamFacts m_facts;
    QByteArray m_first; ///< what came first, for the words
    QByteArray m_opening; ///< until the speaker is known
    QXmlStreamReader m_reader;
    qsizetype m_fed = 0;
    int m_depth = 0; ///< open elements; 1 = inside the stream
    enum class Child { None, Features, Fault, Proceed, Failure } m_child = Child::None;
    enum class Feature {
        None,
        StartTls,
        Mechanisms,
        Sasl2,
        ChannelBinding
    } m_feature
        = Feature::None;
    QString m_text; ///< of the element that is open
    bool m_over = false;
};

/// At most 120 characters, none of them a control.
QString printable(QByteArrayView bytes);

/// Our opening: `<?xml?><stream:stream>` to `to`; `from` may be empty. With `server`, as one server
/// to another (RFC 6120 §4.8.3), with dialback declared.
QByteArray streamHeader(const QString &to, const QString &from, bool server);
QByteArray startTlsRequest();

} // namespace linchpin::xmpp
