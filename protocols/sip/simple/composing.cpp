// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simple/composing.h"

#include "protocols/sip/documents/xmlelement.h"

#include <QXmlStreamWriter>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

constexpr std::chrono::seconds ownLifetime = 120s; // told as "refresh"; at least 60, RFC 3994 3.2
constexpr std::chrono::seconds repeatAfter = 90s;

} // namespace

std::optional<ComposingNotice> parseComposing(QByteArrayView body)
{
    const auto root = parseXml(body, { .bytes = 16384 });
    if (!root || !root->is(u"isComposing")) {
        return std::nullopt;
    }
    ComposingNotice notice;
    notice.active = root->childText(u"state").compare(u"active", Qt::CaseInsensitive) == 0;
    bool ok = false;
    const int refresh = root->childText(u"refresh").toInt(&ok);
    if (ok && refresh > 0) {
        notice.lifetime = std::chrono::seconds(std::clamp(refresh, 15, 300));
    }
    return notice;
}

QByteArray buildComposing(bool active)
{
    QByteArray body;
    QXmlStreamWriter writer(&body);
    writer.writeStartDocument();
    writer.writeStartElement(u"isComposing"_s);
    writer.writeDefaultNamespace(u"urn:ietf:params:xml:ns:im-iscomposing"_s);
    writeTextElement(writer, u"state", active ? u"active" : u"idle");
    writeTextElement(writer, u"contenttype", u"text/plain");
    if (active) {
        writeTextElement(writer, u"refresh", QString::number(ownLifetime.count()));
    }
    writer.writeEndElement();
    writer.writeEndDocument();
    return body;
}

std::optional<bool> ComposingSender::typed(bool composing, const QDateTime &now)
{
    const bool fresh = m_told && m_at.secsTo(now) < repeatAfter.count();
    if (m_refused || (composing ? fresh : !m_told)) {
        return std::nullopt;
    }
    m_told = composing;
    m_at = now;
    return composing;
}

} // namespace linchpin::sip
