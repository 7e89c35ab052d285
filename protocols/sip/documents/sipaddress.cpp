// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/documents/sipaddress.h"

#include <QByteArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {
namespace {

constexpr QStringView kSchemes[] = { u"sip:", u"sips:", u"tel:" };

/// An address ends up in request lines and headers: nothing in it may end one.
bool isUsable(const QString &address)
{
    const bool clean = std::ranges::none_of(address, [](QChar c) {
        return c.unicode() <= 0x20 || c.unicode() == 0x7f || c.isSpace() || c == u'<' || c == u'>'
            || c == u'"' || c == QChar::ReplacementCharacter;
    });
    // "sip%3Aann@…" hides a scheme in the user part; nobody is called so.
    return clean && !address.startsWith(u"sip:") && !address.startsWith(u"sips:");
}

} // namespace

QString addressFromUri(QStringView uri)
{
    // MSFT_SIPESUserContactData: a SIP URI has at most 454 characters; this leaves room for a
    // display name and parameters around it.
    constexpr qsizetype limit = 2048;
    QStringView text = uri.trimmed();
    if (text.size() > limit) {
        return {};
    }
    if (const qsizetype open = text.lastIndexOf(u'<'); open >= 0) {
        text = text.sliced(open + 1);
        if (const qsizetype close = text.indexOf(u'>'); close >= 0) {
            text = text.first(close);
        }
        text = text.trimmed();
    }
    for (const QStringView scheme : { QStringView(u"sip:"), QStringView(u"sips:"),
             QStringView(u"pres:"), QStringView(u"im:") }) {
        if (text.startsWith(scheme, Qt::CaseInsensitive)) {
            text = text.sliced(scheme.size());
            break;
        }
    }
    for (const QChar end : { u';', u'?' }) {
        if (const qsizetype at = text.indexOf(end); at >= 0) {
            text = text.first(at);
        }
    }
    text = text.trimmed();
    const QString address = text.contains(u'%')
        ? QString::fromUtf8(QByteArray::fromPercentEncoding(text.toUtf8())).toLower()
        : text.toString().toLower();
    return isUsable(address) ? address : QString();
}

QString uriFromAddress(QStringView address)
{
    const QStringView text = address.trimmed();
    for (const QStringView scheme : kSchemes) {
        if (text.startsWith(scheme, Qt::CaseInsensitive)) {
            return text.toString();
        }
    }
    return text.isEmpty() ? QString() : u"sip:%1"_s.arg(escapedAddress(text));
}

QString escapedAddress(QStringView address)
{
    // RFC 3261 25.1: what may stand in a URI as it is; ';' and '?' would begin something else.
    return QString::fromLatin1(
        address.toUtf8().toPercentEncoding("@:&=+$,/!*'()[]"_ba, QByteArray()));
}

} // namespace linchpin::sip
