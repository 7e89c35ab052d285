// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/documents/xmlelement.h"

#include <QMap>
#include <QStringConverter>
#include <QXmlStreamReader>
#include <QXmlStreamWriter>

#include <algorithm>
#include <limits>
#include <vector>

using namespace Qt::StringLiterals;

namespace linchpin::sip {
namespace {

QStringView localPart(QStringView qualified)
{
    const qsizetype colon = qualified.lastIndexOf(u':');
    return colon < 0 ? qualified : qualified.sliced(colon + 1);
}

std::unexpected<DocumentError> refuse(DocumentError::Kind kind, const QString &text)
{
    return std::unexpected(DocumentError { kind, text });
}

QString decoded(QByteArrayView document)
{
    const auto marked = QStringConverter::encodingForData(document);
    if (marked && *marked != QStringConverter::Utf8) {
        QStringDecoder decoder(*marked);
        return decoder.decode(document);
    }
    QStringDecoder decoder(QStringConverter::Utf8);
    return decoder.decode(document);
}

bool isBlank(QStringView text)
{
    return text.trimmed().isEmpty();
}

} // namespace

bool XmlElement::is(QStringView localName) const
{
    return name.compare(localName, Qt::CaseInsensitive) == 0;
}

QString XmlElement::attribute(QStringView localName) const
{
    const std::pair<QString, QString> *prefixed = nullptr;
    for (const auto &entry : attributes) {
        if (entry.first.compare(localName, Qt::CaseInsensitive) == 0) {
            return entry.second.isNull() ? u""_s : entry.second;
        }
        if (!prefixed && localPart(entry.first).compare(localName, Qt::CaseInsensitive) == 0) {
            prefixed = &entry;
        }
    }
    if (!prefixed) {
        return {};
    }
    return prefixed->second.isNull() ? u""_s : prefixed->second;
}

bool XmlElement::hasAttribute(QStringView localName) const
{
    return !attribute(localName).isNull();
}

qint64 XmlElement::number(QStringView localName, qint64 fallback) const
{
    bool ok = false;
    const qint64 value = attribute(localName).trimmed().toLongLong(&ok);
    return ok ? value : fallback;
}

int XmlElement::counter(QStringView localName) const
{
    return int(std::clamp<qint64>(number(localName), 0, std::numeric_limits<int>::max()));
}

const XmlElement *XmlElement::child(QStringView localName) const
{
    for (const XmlElement &element : children) {
        if (element.is(localName)) {
            return &element;
        }
    }
    return nullptr;
}

const XmlElement *XmlElement::find(QStringView path) const
{
    const XmlElement *at = this;
    for (const QStringView step : path.tokenize(u'/')) {
        at = at->child(step);
        if (!at) {
            return nullptr;
        }
    }
    return at;
}

QString XmlElement::childText(QStringView localName) const
{
    const XmlElement *element = child(localName);
    if (!element) {
        return {};
    }
    const QString trimmed = element->text.trimmed();
    return trimmed.isNull() ? u""_s : trimmed;
}

std::expected<XmlElement, DocumentError> parseXml(QByteArrayView document, const XmlLimits &limits)
{
    if (document.size() > limits.bytes) {
        return refuse(
            DocumentError::Kind::TooLarge, u"document of %1 bytes"_s.arg(document.size()));
    }
    QXmlStreamReader reader(decoded(document));
    // Prefixes are dropped here, so an undeclared one must not fail the whole document.
    reader.setNamespaceProcessing(false);

    std::vector<XmlElement> open; // the path from the root to where the reader is
    XmlElement root;
    int elements = 0;
    while (!reader.atEnd()) {
        switch (reader.readNext()) {
        case QXmlStreamReader::DTD:
            if (limits.externalDoctype && !reader.text().contains(u'[')) {
                break;
            }
            return refuse(DocumentError::Kind::Forbidden, u"document type declaration"_s);
        case QXmlStreamReader::EntityReference:
            return refuse(DocumentError::Kind::Forbidden, u"entity reference"_s);
        case QXmlStreamReader::StartElement: {
            if (++elements > limits.elements) {
                return refuse(DocumentError::Kind::TooLarge, u"too many elements"_s);
            }
            if (std::ssize(open) >= limits.depth) {
                return refuse(DocumentError::Kind::TooDeep, u"elements nested too deeply"_s);
            }
            XmlElement element;
            element.name = localPart(reader.qualifiedName()).toString();
            const QXmlStreamAttributes attributes = reader.attributes();
            if (attributes.size() > limits.attributes) {
                return refuse(DocumentError::Kind::TooLarge, u"too many attributes"_s);
            }
            for (const QXmlStreamAttribute &attribute : attributes) {
                if (attribute.qualifiedName().count(u':') > 1) {
                    continue; // no XML name, and QXmlStreamWriter would assert on it
                }
                element.attributes.emplaceBack(
                    attribute.qualifiedName().toString(), attribute.value().toString());
            }
            open.push_back(std::move(element));
            break;
        }
        case QXmlStreamReader::Characters:
            if (!open.empty() && !(open.back().text.isEmpty() && isBlank(reader.text()))) {
                open.back().text += reader.text();
            }
            break;
        case QXmlStreamReader::EndElement: {
            XmlElement done = std::move(open.back());
            open.pop_back();
            if (open.empty()) {
                root = std::move(done);
            } else {
                open.back().children.append(std::move(done));
            }
            break;
        }
        default:
            break;
        }
    }
    if (reader.hasError()) {
        return refuse(DocumentError::Kind::Malformed,
            u"line %1: %2"_s.arg(reader.lineNumber()).arg(reader.errorString()));
    }
    return root;
}

bool sameContent(const XmlElement &one, const XmlElement &other)
{
    const auto meaningful = [](const XmlElement &element) {
        QMap<QString, QString> attributes;
        for (const auto &[name, value] : element.attributes) {
            if (name != u"xmlns" && !name.startsWith(u"xmlns:")) {
                attributes.insert(localPart(name).toString(), value);
            }
        }
        return attributes;
    };
    return one.name == other.name && one.text.trimmed() == other.text.trimmed()
        && meaningful(one) == meaningful(other)
        && std::ranges::equal(one.children, other.children, sameContent);
}

QString cleanXmlText(QStringView text)
{
    QString clean;
    clean.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text.at(i);
        if (c.isHighSurrogate()) {
            if (i + 1 < text.size() && text.at(i + 1).isLowSurrogate()) {
                clean += c;
                clean += text.at(++i);
            }
            continue;
        }
        const char16_t u = c.unicode();
        const bool control = u < 0x20 && u != u'\t' && u != u'\n' && u != u'\r';
        if (!control && !c.isLowSurrogate() && u < 0xfffe) {
            clean += c;
        }
    }
    return clean;
}

void writeTextElement(QXmlStreamWriter &writer, QStringView name, QStringView text)
{
    writer.writeTextElement(name, cleanXmlText(text));
}

void writeAttribute(QXmlStreamWriter &writer, QStringView name, QStringView value)
{
    writer.writeAttribute(name, cleanXmlText(value));
}

void writeAttribute(QXmlStreamWriter &writer, QStringView name, qint64 value)
{
    writer.writeAttribute(name, QString::number(value));
}

void writeElement(QXmlStreamWriter &writer, const XmlElement &element)
{
    writer.writeStartElement(element.name);
    for (const auto &[name, value] : element.attributes) {
        writeAttribute(writer, name, value);
    }
    if (!element.text.isEmpty()) {
        writer.writeCharacters(cleanXmlText(element.text));
    }
    for (const XmlElement &child : element.children) {
        writeElement(writer, child);
    }
    writer.writeEndElement();
}

bool xmlBool(QStringView value, bool fallback)
{
    const QStringView word = value.trimmed();
    if (word.isEmpty()) {
        return fallback;
    }
    return word == u"1" || word.compare(u"true", Qt::CaseInsensitive) == 0;
}

} // namespace linchpin::sip
