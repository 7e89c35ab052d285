// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simple/cpim.h"

#include "protocols/sip/documents/mimebody.h"
#include "protocols/sip/documents/sipaddress.h"
#include "protocols/sip/presence/categories.h"

#include <QXmlStreamWriter>

#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr qsizetype maximumBody = qsizetype { 256 } * 1024;
constexpr qsizetype maximumHeaders = 64;
constexpr qsizetype maximumValue = 1024;
constexpr auto imdnNamespace = "urn:ietf:params:imdn"_L1;

DocumentError malformed(const QString &what)
{
    return { DocumentError::Kind::Malformed, what };
}

/// RFC 3862 2.3.1: what a value may not carry as it is.
QString unescaped(const QString &text)
{
    QString out;
    out.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text.at(i) != u'\\' || i + 1 == text.size()) {
            out += text.at(i);
            continue;
        }
        const QChar next = text.at(++i);
        if (next == u'u' && i + 4 < text.size()) {
            bool ok = false;
            const uint code = text.sliced(i + 1, 4).toUInt(&ok, 16);
            if (ok) {
                out += QChar(char16_t(code));
                i += 4;
                continue;
            }
        }
        out += next == u't' ? u'\t' : next == u'n' || next == u'r' ? u' ' : next;
    }
    return out;
}

QString escaped(const QString &text)
{
    QString out;
    for (const QChar c : text.left(maximumValue)) {
        if (c == u'\\') {
            out += u"\\\\"_s;
        } else if (c.unicode() < 0x20 || c.unicode() == 0x7f) {
            out += u' ';
        } else {
            out += c;
        }
    }
    return out;
}

/// "Depressed Donkey <im:eeyore@100akerwood.com>"
QString nameBefore(const QString &value)
{
    QString name = value.section(u'<', 0, 0).trimmed();
    if (name.size() >= 2 && name.startsWith(u'"') && name.endsWith(u'"')) {
        name = name.sliced(1, name.size() - 2);
    }
    return unescaped(name).left(maximumValue);
}

struct Header {
    QString name;
    QString value; ///< without parameters such as ";lang=fr"
};

/// One block of "Name: value" lines; @p at moves behind the empty line.
std::expected<QList<Header>, DocumentError> readHeaders(QByteArrayView text, qsizetype &at)
{
    QList<Header> headers;
    while (at < text.size()) {
        qsizetype end = text.indexOf('\n', at);
        end = end < 0 ? text.size() : end;
        const QByteArray line = text.sliced(at, end - at).trimmed().toByteArray();
        at = std::min(end + 1, text.size());
        if (line.isEmpty()) {
            return headers;
        }
        const qsizetype colon = line.indexOf(':');
        if (colon <= 0 || headers.size() >= maximumHeaders) {
            return std::unexpected(malformed(u"not a header of message/cpim"_s));
        }
        QByteArray value = line.sliced(colon + 1);
        while (value.startsWith(';')) { // "Subject:;lang=fr beau temps"
            const qsizetype blank = value.indexOf(' ');
            value = blank < 0 ? QByteArray() : value.sliced(blank + 1);
        }
        headers.append({ QString::fromUtf8(line.first(colon)).trimmed().left(128),
            QString::fromUtf8(value.trimmed()).left(maximumValue) });
    }
    return std::unexpected(malformed(u"message/cpim without a message"_s));
}

/// "imdn.Message-ID" by the namespace its prefix stands for; @p prefix is the one declared.
bool isImdn(const QString &name, const QString &prefix, QLatin1StringView local)
{
    return name.compare(prefix + u'.' + local, Qt::CaseInsensitive) == 0;
}

void putLine(QByteArray &out, QByteArrayView name, const QString &value)
{
    if (!value.isEmpty()) {
        out += name.toByteArray() + ": " + value.toUtf8() + "\r\n";
    }
}

QString addressLine(const QString &name, const QString &address)
{
    if (address.isEmpty()) {
        return {};
    }
    const QString uri = u'<' + uriFromAddress(address) + u'>';
    return name.isEmpty() ? uri : escaped(name).remove(u'<') + u' ' + uri;
}

using Status = DispositionNotice::Status;
constexpr std::array<std::pair<QLatin1StringView, Status>, 5> statusWords { {
    { "delivered"_L1, Status::Delivered },
    { "displayed"_L1, Status::Displayed },
    { "failed"_L1, Status::Failed },
    { "forbidden"_L1, Status::Forbidden },
    { "error"_L1, Status::Error },
} };

} // namespace

std::expected<CpimMessage, DocumentError> parseCpim(QByteArrayView body)
{
    if (body.size() > maximumBody) {
        return std::unexpected(DocumentError { DocumentError::Kind::TooLarge });
    }
    qsizetype at = 0;
    while (at < body.size() && (body.at(at) == '\r' || body.at(at) == '\n')) {
        ++at;
    }
    auto headers = readHeaders(body, at);
    // RFC 3862 4: some put its own Content-Type in front once more.
    if (headers && headers->size() == 1
        && headers->first().name.compare("Content-Type"_L1, Qt::CaseInsensitive) == 0
        && headers->first().value.compare("message/cpim"_L1, Qt::CaseInsensitive) == 0) {
        headers = readHeaders(body, at);
    }
    if (!headers) {
        return std::unexpected(headers.error());
    }
    CpimMessage message;
    QString imdn = u"imdn"_s;
    for (const Header &header : std::as_const(*headers)) {
        if (header.name.compare("NS"_L1, Qt::CaseInsensitive) == 0
            && header.value.contains(imdnNamespace)) {
            imdn = header.value.section(u'<', 0, 0).trimmed();
        }
    }
    const auto is = [](const Header &header, QLatin1StringView name) {
        return header.name.compare(name, Qt::CaseInsensitive) == 0;
    };
    for (const Header &header : std::as_const(*headers)) {
        if (is(header, "From"_L1)) {
            message.from = addressFromUri(header.value);
            message.fromName = nameBefore(header.value);
        } else if (is(header, "To"_L1) && message.to.isEmpty()) {
            message.to = addressFromUri(header.value);
        } else if (is(header, "DateTime"_L1)) {
            message.sentAt = parseUtc(header.value);
        } else if (is(header, "Subject"_L1) && message.subject.isEmpty()) {
            message.subject = unescaped(header.value);
        } else if (isImdn(header.name, imdn, "Message-ID"_L1)) {
            message.messageId = header.value.left(256);
        } else if (isImdn(header.name, imdn, "Disposition-Notification"_L1)) {
            message.wantsDelivery
                = header.value.contains("positive-delivery"_L1, Qt::CaseInsensitive);
        }
    }
    // The rest is one MIME part; it is read as the only one of several.
    const QByteArray boundary = "linchpin-cpim-8d1c5e0b7a"_ba;
    ContentType whole { .type = "multipart/mixed"_ba };
    whole.parameters.append({ "boundary"_ba, boundary });
    const auto parts = parseMultipart(whole,
        "--" + boundary + "\r\n" + body.sliced(at).toByteArray() + "\r\n--" + boundary + "--\r\n");
    if (!parts || parts->isEmpty()) {
        return std::unexpected(malformed(u"message/cpim without a message"_s));
    }
    message.contentType = parts->first().contentType;
    message.body = parts->first().body;
    return message;
}

QByteArray buildCpim(const CpimMessage &message)
{
    QByteArray out;
    putLine(out, "From", addressLine(message.fromName, message.from));
    putLine(out, "To", addressLine({}, message.to));
    if (message.sentAt.isValid()) {
        putLine(out, "DateTime", writtenUtc(message.sentAt));
    }
    putLine(out, "Subject", escaped(message.subject));
    if (!message.messageId.isEmpty() || message.wantsDelivery) {
        putLine(out, "NS", u"imdn <%1>"_s.arg(imdnNamespace));
        putLine(out, "imdn.Message-ID", escaped(message.messageId));
        putLine(out, "imdn.Disposition-Notification",
            message.wantsDelivery ? u"positive-delivery"_s : QString());
    }
    out += "\r\nContent-Type: " + message.contentType + "\r\n\r\n" + message.body;
    return out;
}

std::expected<DispositionNotice, DocumentError> parseDispositionNotice(QByteArrayView body)
{
    const auto root = parseXml(body, { .bytes = 65536 });
    if (!root) {
        return std::unexpected(root.error());
    }
    DispositionNotice notice { .messageId = root->childText(u"message-id").left(256),
        .sentAt = parseUtc(root->childText(u"datetime")),
        .recipient = addressFromUri(root->childText(u"recipient-uri")) };
    const DocumentError unexpected { DocumentError::Kind::Unexpected, u"not an IMDN"_s };
    if (!root->is(u"imdn") || notice.messageId.isEmpty()) {
        return std::unexpected(unexpected);
    }
    for (const auto name : { u"delivery-notification/status", u"display-notification/status",
             u"processing-notification/status" }) {
        const XmlElement *status = root->find(name);
        for (const auto &[word, value] : statusWords) {
            if (status != nullptr && status->child(QString(word)) != nullptr) {
                notice.status = value;
                return notice;
            }
        }
    }
    return std::unexpected(unexpected);
}

QByteArray buildDispositionNotice(const DispositionNotice &notice)
{
    QByteArray body;
    QXmlStreamWriter writer(&body);
    writer.writeStartDocument();
    writer.writeStartElement(u"imdn"_s);
    writer.writeDefaultNamespace(imdnNamespace);
    writeTextElement(writer, u"message-id", notice.messageId);
    if (notice.sentAt.isValid()) {
        writeTextElement(writer, u"datetime", writtenUtc(notice.sentAt));
    }
    writeTextElement(writer, u"recipient-uri", uriFromAddress(notice.recipient));
    const bool displayed = notice.status == Status::Displayed;
    writer.writeStartElement(displayed ? u"display-notification"_s : u"delivery-notification"_s);
    writer.writeStartElement(u"status"_s);
    for (const auto &[word, value] : statusWords) {
        if (value == notice.status) {
            writer.writeEmptyElement(word);
        }
    }
    writer.writeEndElement();
    writer.writeEndElement();
    writer.writeEndElement();
    writer.writeEndDocument();
    return body;
}

} // namespace linchpin::sip
