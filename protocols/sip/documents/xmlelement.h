// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <QString>
#include <QStringView>

#include <expected>
#include <utility>

class QXmlStreamWriter;

namespace linchpin::sip {

/// Why a document from the network was refused. Never shown to a user; it goes to the log.
struct DocumentError {
    enum class Kind {
        TooLarge, ///< more bytes, elements or attributes than XmlLimits allows
        TooDeep, ///< elements nested deeper than XmlLimits::depth
        Forbidden, ///< a document type declaration or an entity reference
        Malformed, ///< not well formed
        Unexpected, ///< well formed, but another kind of document
    };
    Kind kind = Kind::Malformed;
    QString text = {}; ///< English, for the log
    friend bool operator==(const DocumentError &, const DocumentError &) = default;
};

/// Bounds put on one document. The defaults fit a contact list of thousands of people.
struct XmlLimits {
    qsizetype bytes = qsizetype { 4 } * 1024 * 1024;
    int depth = 48;
    int elements = 200'000;
    int attributes = 64; ///< of one element
    /// Let a document type that only names an external one pass, unread (XPIDF carries it).
    bool externalDoctype = false;
};

/// One element of a parsed document, without namespaces: servers of different generations use
/// different ones for the same thing, so names are compared by local name, ignoring case.
class XmlElement {
public:
    QString name = {}; ///< local name as written
    QList<std::pair<QString, QString>> attributes = {}; ///< names as written, with their prefix
    QString text = {}; ///< the text directly inside, joined
    QList<XmlElement> children = {};

    bool is(QStringView localName) const;
    /// The attribute of that local name (an unprefixed one wins); null when absent.
    QString attribute(QStringView localName) const;
    bool hasAttribute(QStringView localName) const;
    /// The attribute as a number; @p fallback when absent or not a number that fits.
    qint64 number(QStringView localName, qint64 fallback = 0) const;
    /// The attribute as a counter: an int not below 0, 0 when absent or unusable.
    int counter(QStringView localName) const;
    /// First child of that name, or nullptr.
    const XmlElement *child(QStringView localName) const;
    /// First element reached by the child names in @p path, separated by '/', or nullptr.
    const XmlElement *find(QStringView path) const;
    /// Text of that child, trimmed; null when there is no such child.
    QString childText(QStringView localName) const;
};

/// Parses one document into its root element. The text is taken as UTF-8 (UTF-16 only with a byte
/// order mark) whatever the XML declaration says: LCS 2005 declares utf-16 and sends UTF-8.
std::expected<XmlElement, DocumentError> parseXml(
    QByteArrayView document, const XmlLimits &limits = {});

/// Equal but for namespace declarations, prefixes and the order of attributes.
bool sameContent(const XmlElement &one, const XmlElement &other);

/// @p text without the characters XML 1.0 cannot carry (section 2.2 Char), for writing.
QString cleanXmlText(QStringView text);

/// Writes <name>text</name>, cleaned and escaped.
void writeTextElement(QXmlStreamWriter &writer, QStringView name, QStringView text);
/// Writes an attribute, cleaned and escaped.
void writeAttribute(QXmlStreamWriter &writer, QStringView name, QStringView value);
/// Writes a number as an attribute.
void writeAttribute(QXmlStreamWriter &writer, QStringView name, qint64 value);
/// Writes an element parsed earlier, as it was.
void writeElement(QXmlStreamWriter &writer, const XmlElement &element);

/// "true" and "1", ignoring case.
bool xmlBool(QStringView value, bool fallback = false);

} // namespace linchpin::sip
