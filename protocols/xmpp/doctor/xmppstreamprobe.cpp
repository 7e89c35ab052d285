// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/xmpp/doctor/xmppstreamprobe.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace linchpin::xmpp {

namespace {

constexpr QStringView kStreams = u"http://etherx.jabber.org/streams";
constexpr QStringView kTls = u"urn:ietf:params:xml:ns:xmpp-tls";
constexpr QStringView kSasl = u"urn:ietf:params:xml:ns:xmpp-sasl";
constexpr QStringView kSasl2 = u"urn:xmpp:sasl:2";
constexpr QStringView kBinding = u"urn:xmpp:sasl-cb:0";
constexpr QStringView kDialbackFeature = u"urn:xmpp:features:dialback";
constexpr QStringView kDialback = u"jabber:server:dialback";
constexpr QStringView kRegister = u"http://jabber.org/features/iq-register";
constexpr QStringView kConditions = u"urn:ietf:params:xml:ns:xmpp-streams";
constexpr qsizetype kLongestText = 256;
constexpr qsizetype kMostEntries = 32;
constexpr qsizetype kOpening = 120;
/// As many bytes as tell every protocol of kOpenings from the others.
constexpr qsizetype kDecisive = 16;

struct Opening {
    QByteArrayView bytes;
    Speaker speaker;
};

const std::array kOpenings {
    Opening { "HTTP/", Speaker::Http },
    Opening { "SSH-", Speaker::Ssh },
    Opening { "SIP/2.0", Speaker::Sip },
    Opening { "NOTICE ", Speaker::Irc },
    Opening { "ERROR ", Speaker::Irc },
    Opening { "PING ", Speaker::Irc },
    Opening { ":", Speaker::Irc },
    Opening { "220", Speaker::Mail },
    Opening { "421", Speaker::Mail },
    Opening { "5", Speaker::Mail }, // "500 unknown command", "502 …"
    Opening { "+OK", Speaker::Mail },
    Opening { "* OK", Speaker::Mail },
};

bool isTlsRecord(QByteArrayView bytes)
{
    // RFC 8446 §5.1: alert or handshake, of whatever 3.x.
    return bytes.size() >= 2 && (bytes.at(0) == 0x15 || bytes.at(0) == 0x16) && bytes.at(1) == 0x03;
}

/// Behind a byte order mark and white space.
QByteArrayView withoutBlanks(QByteArrayView bytes)
{
    if (bytes.startsWith("\xef\xbb\xbf")) {
        bytes = bytes.sliced(3);
    }
    while (!bytes.isEmpty()
        && (bytes.front() == ' ' || bytes.front() == '\r' || bytes.front() == '\n'
            || bytes.front() == '\t')) {
        bytes = bytes.sliced(1);
    }
    return bytes;
}

QString cut(QStringView text)
{
    return text.first(std::min(text.size(), kLongestText)).toString();
}

void addWord(QStringList &list, const QString &text)
{
    const QString word = cut(text).trimmed();
    if (!word.isEmpty() && list.size() < kMostEntries && !list.contains(word)) {
        list.append(word);
    }
}

QString escaped(const QString &text)
{
    QString out = text.toHtmlEscaped(); // &, <, > and "
    return out.replace(u'\'', "&apos;"_L1);
}

} // namespace

QStringList StreamFacts::allMechanisms() const
{
    QStringList all = mechanisms;
    for (const QString &mechanism : sasl2Mechanisms) {
        if (!all.contains(mechanism)) {
            all.append(mechanism);
        }
    }
    return all;
}

QString printable(QByteArrayView bytes)
{
    const qsizetype end = std::min(
        { bytes.size(), kOpening, bytes.contains('\n') ? bytes.indexOf('\n') : bytes.size(),
            bytes.contains('\r') ? bytes.indexOf('\r') : bytes.size() });
    QString text = QString::fromUtf8(bytes.first(end));
    for (QChar &c : text) {
        if (!c.isPrint() && !c.isSurrogate()) {
            c = u'.';
        }
    }
    return text;
}

QByteArray streamHeader(const QString &to, const QString &from, bool server)
{
    const QString header = u"<?xml version='1.0'?><stream:stream xmlns='%1'%2 "
                           "xmlns:stream='http://etherx.jabber.org/streams' "
                           "to='%3'%4 version='1.0' xml:lang='en'>"_s;
    return header
        .arg(server ? u"jabber:server"_s : u"jabber:client"_s,
            server ? u" xmlns:db='jabber:server:dialback'"_s : QString(), escaped(to),
            from.isEmpty() ? QString() : u" from='%1'"_s.arg(escaped(from)))
        .toUtf8();
}

QByteArray startTlsRequest()
{
    return "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"_ba;
}

const StreamFacts &XmppStreamProbe::feed(QByteArrayView bytes)
{
    if (m_over || bytes.isEmpty()) {
        return m_facts;
    }
    const qsizetype room = kMostBytes - m_fed;
    const bool tooMuch = bytes.size() > room;
    const QByteArrayView taken = bytes.first(std::min(bytes.size(), room));
    m_fed += taken.size();
    if (m_first.size() < kOpening) {
        m_first += taken.first(std::min(taken.size(), kOpening)).toByteArray();
        m_facts.opening = printable(withoutBlanks(m_first));
    }
    if (m_facts.speaker != Speaker::Xmpp) {
        m_opening += taken;
        judgeOpening(false);
    } else {
        m_reader.addData(taken.toByteArray());
    }
    if (m_facts.speaker == Speaker::Xmpp && !m_over) {
        readXml();
    }
    if (tooMuch && !m_over) {
        fail(u"more than %1 bytes without an end"_s.arg(kMostBytes));
    }
    return m_facts;
}

const StreamFacts &XmppStreamProbe::finish()
{
    if (m_facts.speaker == Speaker::Silent && !m_opening.isEmpty()) {
        judgeOpening(true);
        if (m_facts.speaker == Speaker::Xmpp && !m_over) {
            readXml();
        }
    }
    m_over = true;
    return m_facts;
}

void XmppStreamProbe::judgeOpening(bool final)
{
    const QByteArrayView bytes = withoutBlanks(m_opening);
    if (bytes.isEmpty()) {
        return;
    }
    if (bytes.front() == '<') {
        m_facts.speaker = Speaker::Xmpp; // until its first element says otherwise
        m_reader.addData(bytes.toByteArray());
        m_opening.clear();
        return;
    }
    if (isTlsRecord(bytes)) {
        m_facts.speaker = Speaker::Tls;
        m_over = true;
        return;
    }
    const bool enough = final || bytes.size() >= kDecisive || bytes.contains('\n');
    if (!enough) {
        return;
    }
    const auto known = std::ranges::find_if(
        kOpenings, [&](const Opening &opening) { return bytes.startsWith(opening.bytes); });
    m_facts.speaker = known == kOpenings.end() ? Speaker::Other : known->speaker;
    m_over = m_over || final || m_facts.speaker != Speaker::Other || bytes.contains('\n');
    if (!m_over) {
        m_facts.speaker = Speaker::Silent; // the line may still grow for the words
        m_over = bytes.size() >= kOpening;
        if (m_over) {
            m_facts.speaker = Speaker::Other;
        }
    }
}

void XmppStreamProbe::fail(const QString &why)
{
    m_facts.broken = cut(why);
    m_over = true;
}

void XmppStreamProbe::readXml()
{
    while (!m_over && !m_reader.atEnd()) {
        switch (m_reader.readNext()) {
        case QXmlStreamReader::StartElement:
            startElement();
            break;
        case QXmlStreamReader::EndElement:
            endElement();
            break;
        case QXmlStreamReader::Characters:
            if (m_text.size() < kLongestText) {
                m_text += cut(m_reader.text());
            }
            break;
        case QXmlStreamReader::DTD:
            if (m_reader.dtdName().compare("html"_L1, Qt::CaseInsensitive) == 0) {
                m_facts.speaker = Speaker::Http;
                m_over = true;
            } else {
                fail(u"a document type, which XMPP forbids"_s);
            }
            break;
        case QXmlStreamReader::EntityReference:
        case QXmlStreamReader::ProcessingInstruction:
            fail(u"XML that XMPP forbids"_s);
            break;
        default:
            break;
        }
    }
    if (!m_over && m_reader.hasError()
        && m_reader.error() != QXmlStreamReader::PrematureEndOfDocumentError) {
        if (!m_facts.header) {
            // "<html>" without an end, "<policy-file-request/>", "<34>Oct 11 …"
            const bool html = m_facts.opening.startsWith("<html"_L1, Qt::CaseInsensitive)
                || m_facts.opening.startsWith("<!doctype html"_L1, Qt::CaseInsensitive);
            m_facts.speaker = html ? Speaker::Http : Speaker::Other;
        }
        fail(m_reader.errorString());
    }
}

void XmppStreamProbe::startElement()
{
    const QStringView name = m_reader.name();
    const QStringView space = m_reader.namespaceUri();
    m_text.clear();
    ++m_depth;
    if (m_depth > kDeepest) {
        fail(u"elements deeper than %1"_s.arg(kDeepest));
        return;
    }
    switch (m_depth) {
    case 1: {
        if (name != "stream"_L1 || space != kStreams) {
            m_facts.speaker = name.compare("html"_L1, Qt::CaseInsensitive) == 0 ? Speaker::Http
                                                                                : Speaker::Other;
            m_over = true;
            return;
        }
        m_facts.header = true;
        const QXmlStreamAttributes attributes = m_reader.attributes();
        m_facts.from = cut(attributes.value("from"_L1));
        m_facts.version = cut(attributes.value("version"_L1));
        for (const QXmlStreamNamespaceDeclaration &declared : m_reader.namespaceDeclarations()) {
            if (declared.prefix().isEmpty()) {
                m_facts.serverStream = declared.namespaceUri() == "jabber:server"_L1;
            } else if (declared.namespaceUri() == kDialback) {
                m_facts.legacyDialback = true;
            }
        }
        return;
    }
    case 2:
        m_child = Child::None;
        if (space == kStreams && name == "features"_L1) {
            m_child = Child::Features;
        } else if (space == kStreams && name == "error"_L1) {
            m_child = Child::Fault;
            m_facts.fault = StreamFault {};
        } else if (space == kTls && name == "proceed"_L1) {
            m_child = Child::Proceed;
        } else if (space == kTls && name == "failure"_L1) {
            m_child = Child::Failure;
        }
        return;
    case 3:
        if (m_child == Child::Features) {
            startFeature(name, space);
        } else if (m_child == Child::Fault && space == kConditions && name != "text"_L1
            && m_facts.fault && m_facts.fault->condition.isEmpty()) {
            m_facts.fault->condition = cut(name);
        }
        return;
    case 4:
        if (m_child == Child::Features) {
            startWithinFeature(name);
        }
        return;
    default:
        return;
    }
}

void XmppStreamProbe::startFeature(QStringView name, QStringView space)
{
    m_feature = Feature::None;
    if (space == kTls && name == "starttls"_L1) {
        m_feature = Feature::StartTls;
        m_facts.startTls = true;
    } else if (space == kSasl && name == "mechanisms"_L1) {
        m_feature = Feature::Mechanisms;
    } else if (space == kSasl2 && name == "authentication"_L1) {
        m_feature = Feature::Sasl2;
    } else if (space == kBinding) {
        m_feature = Feature::ChannelBinding;
    } else if (space == kDialbackFeature) {
        m_facts.dialback = true;
    } else if (space == kRegister) {
        m_facts.registration = true;
    }
}

void XmppStreamProbe::startWithinFeature(QStringView name)
{
    if (m_feature == Feature::StartTls && name == "required"_L1) {
        m_facts.startTlsRequired = true;
    } else if (m_feature == Feature::ChannelBinding && name == "channel-binding"_L1) {
        addWord(m_facts.channelBindings, m_reader.attributes().value("type"_L1).toString());
    }
}

void XmppStreamProbe::endElement()
{
    const QStringView name = m_reader.name();
    switch (m_depth--) {
    case 1:
        m_facts.ended = true;
        m_over = true;
        return;
    case 2:
        m_facts.features = m_facts.features || m_child == Child::Features;
        m_facts.proceed = m_facts.proceed || m_child == Child::Proceed;
        m_facts.tlsRefused = m_facts.tlsRefused || m_child == Child::Failure;
        m_over = m_child == Child::Fault || m_child == Child::Proceed || m_child == Child::Failure;
        m_child = Child::None;
        return;
    case 3:
        if (m_child == Child::Fault && m_facts.fault) {
            if (name == "text"_L1) {
                m_facts.fault->text = m_text.trimmed();
            } else if (name == "see-other-host"_L1) {
                m_facts.fault->otherHost = m_text.trimmed();
            }
        }
        m_feature = Feature::None;
        return;
    case 4:
        if (m_child == Child::Features && name == "mechanism"_L1) {
            if (m_feature == Feature::Mechanisms) {
                addWord(m_facts.mechanisms, m_text);
            } else if (m_feature == Feature::Sasl2) {
                addWord(m_facts.sasl2Mechanisms, m_text);
            }
        }
        return;
    default:
        return;
    }
}

} // namespace linchpin::xmpp
