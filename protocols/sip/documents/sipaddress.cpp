// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/documents/sipaddress.h"

#include <QByteArray>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

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
    if (!text.contains(u'%')) {
        return text.toString().toLower();
    }
    return QString::fromUtf8(QByteArray::fromPercentEncoding(text.toUtf8())).toLower();
}

QString uriFromAddress(QStringView address)
{
    const QStringView text = address.trimmed();
    for (const QStringView scheme :
        { QStringView(u"sip:"), QStringView(u"sips:"), QStringView(u"tel:") }) {
        if (text.startsWith(scheme, Qt::CaseInsensitive)) {
            return text.toString();
        }
    }
    return text.isEmpty() ? QString() : u"sip:%1"_s.arg(text);
}

} // namespace linchpin::sip
