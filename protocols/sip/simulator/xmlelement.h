// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>

namespace linchpin::sip::sim {

/// A parsed XML element with everything below it. The simulator stores what clients publish and
/// hands it to others, so a tree that can be written again is all it needs. Text between child
/// elements is not kept.
struct XmlElement {
    struct Attribute {
        QString namespaceUri;
        QString name;
        QString value;
    };

    QString namespaceUri;
    QString name; ///< without prefix
    QList<Attribute> attributes = {};
    QString text = {}; ///< own character data
    QList<XmlElement> children = {};

    /// By local name; empty when absent.
    QString attribute(QStringView localName) const;
    bool hasAttribute(QStringView localName) const;
    /// The first child of that local name; nullptr when there is none.
    const XmlElement *child(QStringView localName) const;
    /// Text of the first child of that local name; empty when there is none.
    QString childText(QStringView localName) const;
    QList<XmlElement> childrenNamed(QStringView localName) const;
    /// This element or the first one below it (depth first) of that local name.
    const XmlElement *find(QStringView localName) const;
};

/// Nothing when the document is not well-formed or nested deeper than 64 elements.
std::optional<XmlElement> parseXml(const QByteArray &document);

/// The element as text without an XML declaration. Element namespaces are written as default
/// namespaces, the schema-instance namespace always as "xsi", as OCS does and some clients expect.
QString toXml(const XmlElement &element);

/// Escaped for text and for attribute values in double quotes; characters XML 1.0 forbids are
/// dropped.
QString escaped(QStringView text);

} // namespace linchpin::sip::sim
