// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/im/typing.h"

#include "protocols/sip/documents/xmlelement.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

QByteArray buildKeyboardActivity(bool active)
{
    return active
        ? "<?xml version=\"1.0\"?>\r\n<KeyboardActivity><status status=\"type\"/></KeyboardActivity>"_ba
        : "<?xml version=\"1.0\"?>\r\n<KeyboardActivity><status status=\"idle\"/></KeyboardActivity>"_ba;
}

std::optional<TypingNotice> parseTyping(QByteArrayView body)
{
    constexpr qsizetype limit = 4096;
    const auto root = parseXml(body, { .bytes = limit });
    if (!root) {
        return std::nullopt;
    }
    if (root->is(u"KeyboardActivity")) {
        const XmlElement *status = root->child(u"status");
        if (!status) {
            return std::nullopt;
        }
        return TypingNotice { .active = status->attribute(u"status") == u"type" };
    }
    if (root->is(u"isComposing")) {
        TypingNotice notice { .active = root->childText(u"state") == u"active" };
        // RFC 3994 3.2: the refresh interval of the sender, plus what the network may take.
        bool ok = false;
        const int refresh = root->childText(u"refresh").toInt(&ok);
        if (ok && refresh > 0) {
            notice.lifetime = std::chrono::seconds(std::clamp(refresh, 15, 300));
        }
        return notice;
    }
    return std::nullopt;
}

} // namespace linchpin::sip
