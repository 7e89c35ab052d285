// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/documents/xmlelement.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QStringView>

namespace linchpin::sip {

/// An element exactly as its bytes stood in a document. Assertions are signed by the server that
/// issued them: they are handed on as they came, never read and written again (docs/adr).
struct RawElement {
    QByteArray bytes;
    /// `xmlns` attributes of its ancestors that it uses without declaring them, ready to be put
    /// into its start tag. Empty for what Microsoft's servers issue.
    QByteArray inherited;

    /// The bytes, made readable outside of the document: with the inherited declarations in the
    /// start tag, which changes nothing in the exclusive canonical form that was signed.
    QByteArray standalone() const;
};

/// The first element of that local name, wherever it stands. The document is UTF-8 and well formed
/// within the bounds of XmlLimits, or an error.
std::expected<RawElement, DocumentError> cutElement(
    QByteArrayView document, QByteArrayView localName);
/// The first child element of the first element of that local name.
std::expected<RawElement, DocumentError> cutChild(
    QByteArrayView document, QByteArrayView parentLocalName);

/// Text for a place between tags or in a quoted attribute: without what XML cannot carry, escaped,
/// UTF-8.
QByteArray xmlEscaped(QStringView text);

} // namespace linchpin::sip
