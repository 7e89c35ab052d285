// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/contacts/directorysearch.h"

#include "protocols/sip/documents/sipaddress.h"

#include <QStringList>
#include <QXmlStreamWriter>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr qsizetype longestWords = 256;
const QString soapNamespace = u"http://schemas.xmlsoap.org/soap/envelope/"_s;
const QString winrtc = u"http://schemas.microsoft.com/winrtc/2002/11/sip"_s;

} // namespace

QByteArray buildDirectorySearch(const SearchRows &rows, int most)
{
    QByteArray body;
    QXmlStreamWriter writer(&body);
    writer.writeNamespace(soapNamespace, u"SOAP-ENV"_s);
    writer.writeNamespace(winrtc, u"m"_s);
    writer.writeStartElement(soapNamespace, u"Envelope"_s);
    writer.writeStartElement(soapNamespace, u"Body"_s);
    writer.writeStartElement(winrtc, u"directorySearch"_s);
    writer.writeStartElement(winrtc, u"filter"_s);
    writer.writeAttribute(winrtc, u"href"_s, u"#searchArray"_s);
    writer.writeEndElement();
    writer.writeTextElement(winrtc, u"maxResults"_s, QString::number(most));
    writer.writeEndElement();
    writer.writeStartElement(winrtc, u"Array"_s);
    writer.writeAttribute(winrtc, u"id"_s, u"searchArray"_s);
    for (const auto &[attribute, value] : rows) {
        writer.writeStartElement(winrtc, u"row"_s);
        writer.writeAttribute(winrtc, u"attrib"_s, cleanXmlText(attribute));
        writer.writeAttribute(winrtc, u"value"_s, cleanXmlText(value));
        writer.writeEndElement();
    }
    writer.writeEndElement();
    writer.writeEndElement();
    writer.writeEndElement();
    return body;
}

std::expected<DirectoryAnswer, DocumentError> parseDirectorySearch(QByteArrayView body)
{
    const auto root = parseXml(body);
    if (!root) {
        return std::unexpected(root.error());
    }
    const XmlElement *inside = root->child(u"Body");
    const XmlElement *array = inside ? inside->child(u"Array") : nullptr;
    const XmlElement *search = inside ? inside->child(u"directorySearch") : nullptr;
    if (search == nullptr && array == nullptr) {
        return std::unexpected(
            DocumentError { DocumentError::Kind::Unexpected, u"no directorySearch"_s });
    }
    DirectoryAnswer answer;
    answer.more = search != nullptr && xmlBool(search->childText(u"moreAvailable"));
    if (array == nullptr) {
        return answer;
    }
    RecordList found;
    for (const XmlElement &row : array->children) {
        if (!row.is(u"row")) {
            continue;
        }
        PersonRecord record;
        for (const auto &[name, value] : row.attributes) {
            record.take(QStringView(name).sliced(name.lastIndexOf(u':') + 1), value);
        }
        record.complete();
        found.add({ record });
    }
    answer.records = found.records();
    return answer;
}

QList<SearchRows> searchesFor(const QString &typed)
{
    const QString text = typed.simplified().left(longestWords);
    if (text.isEmpty()) {
        return {};
    }
    const QString address = addressFromUri(text);
    if (address.contains(u'@') && !address.contains(u' ')) {
        return { { { u"msRTCSIP-PrimaryUserAddress"_s, u"sip:"_s + address } },
            { { u"mail"_s, address } } };
    }
    const QStringList words = text.split(u' ');
    if (words.size() == 1) {
        return { { { u"givenName"_s, text } }, { { u"sn"_s, text } },
            { { u"displayName"_s, text } }, { { u"mail"_s, text } } };
    }
    const QString rest = words.sliced(1).join(u' ');
    const QString allButLast = words.first(words.size() - 1).join(u' ');
    QList<SearchRows> searches { { { u"givenName"_s, words.first() }, { u"sn"_s, rest } },
        { { u"givenName"_s, words.last() }, { u"sn"_s, allButLast } },
        { { u"displayName"_s, text } } };
    if (rest != words.last()) {
        searches.append({ { u"givenName"_s, allButLast }, { u"sn"_s, words.last() } });
    }
    return searches;
}

} // namespace linchpin::sip
