// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/xmlelement.h"

#include <QXmlStreamReader>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip::sim {

namespace {

constexpr int maximumDepth = 64;
constexpr auto schemaInstance = "http://www.w3.org/2001/XMLSchema-instance"_L1;

bool readElement(QXmlStreamReader &reader, XmlElement &element, int depth)
{
    if (depth > maximumDepth) {
        return false;
    }
    element.namespaceUri = reader.namespaceUri().toString();
    element.name = reader.name().toString();
    const auto attributes = reader.attributes();
    for (const auto &attribute : attributes) {
        element.attributes.append({ attribute.namespaceUri().toString(),
            attribute.name().toString(), attribute.value().toString() });
    }
    while (!reader.atEnd()) {
        switch (reader.readNext()) {
        case QXmlStreamReader::StartElement: {
            XmlElement child;
            if (!readElement(reader, child, depth + 1)) {
                return false;
            }
            element.children.append(std::move(child));
            break;
        }
        case QXmlStreamReader::Characters:
            element.text += reader.text();
            break;
        case QXmlStreamReader::EndElement:
            return true;
        default:
            break;
        }
    }
    return false;
}

bool usesSchemaInstance(const XmlElement &element)
{
    return std::ranges::any_of(
        element.attributes, [](const auto &a) { return a.namespaceUri == schemaInstance; });
}

void writeElement(QString &out, const XmlElement &element, const QString &defaultNamespace)
{
    out += u'<' + element.name;
    if (element.namespaceUri != defaultNamespace) {
        out += u" xmlns=\"%1\""_s.arg(escaped(element.namespaceUri));
    }
    if (usesSchemaInstance(element)) {
        out += u" xmlns:xsi=\"%1\""_s.arg(schemaInstance);
    }
    for (const auto &attribute : element.attributes) {
        const auto prefix = attribute.namespaceUri == schemaInstance ? u"xsi:"_s : QString();
        out += u" %1%2=\"%3\""_s.arg(prefix, attribute.name, escaped(attribute.value));
    }
    const bool empty = element.children.isEmpty() && element.text.isEmpty();
    if (empty) {
        out += "/>"_L1;
        return;
    }
    out += u'>';
    if (element.children.isEmpty() || !element.text.trimmed().isEmpty()) {
        out += escaped(element.text);
    }
    for (const auto &child : element.children) {
        writeElement(out, child, element.namespaceUri);
    }
    out += "</"_L1 + element.name + u'>';
}

} // namespace

QString XmlElement::attribute(QStringView localName) const
{
    const auto found = std::ranges::find(attributes, localName, &Attribute::name);
    return found == attributes.end() ? QString() : found->value;
}

bool XmlElement::hasAttribute(QStringView localName) const
{
    return std::ranges::find(attributes, localName, &Attribute::name) != attributes.end();
}

const XmlElement *XmlElement::child(QStringView localName) const
{
    const auto found = std::ranges::find(children, localName, &XmlElement::name);
    return found == children.end() ? nullptr : &*found;
}

QString XmlElement::childText(QStringView localName) const
{
    const auto *found = child(localName);
    return found ? found->text : QString();
}

QList<XmlElement> XmlElement::childrenNamed(QStringView localName) const
{
    QList<XmlElement> result;
    std::ranges::copy_if(
        children, std::back_inserter(result), [&](const auto &c) { return c.name == localName; });
    return result;
}

const XmlElement *XmlElement::find(QStringView localName) const
{
    if (name == localName) {
        return this;
    }
    for (const auto &candidate : children) {
        if (const auto *found = candidate.find(localName)) {
            return found;
        }
    }
    return nullptr;
}

std::optional<XmlElement> parseXml(const QByteArray &document)
{
    QXmlStreamReader reader(document);
    XmlElement root;
    while (!reader.atEnd()) {
        if (reader.readNext() == QXmlStreamReader::StartElement) {
            if (!readElement(reader, root, 1)) {
                return std::nullopt;
            }
        }
    }
    if (reader.hasError() || root.name.isEmpty()) {
        return std::nullopt;
    }
    return root;
}

QString toXml(const XmlElement &element)
{
    QString out;
    writeElement(out, element, {});
    return out;
}

QString escaped(QStringView text)
{
    QString out;
    out.reserve(text.size());
    for (const QChar c : text) {
        switch (c.unicode()) {
        case '<':
            out += "&lt;"_L1;
            break;
        case '>':
            out += "&gt;"_L1;
            break;
        case '&':
            out += "&amp;"_L1;
            break;
        case '"':
            out += "&quot;"_L1;
            break;
        case '\t':
        case '\n':
        case '\r':
            out += u"&#%1;"_s.arg(int(c.unicode()));
            break;
        default:
            if (c.unicode() >= 0x20 && c.unicode() != 0xfffe && c.unicode() != 0xffff) {
                out += c;
            }
        }
    }
    return out;
}

} // namespace linchpin::sip::sim
