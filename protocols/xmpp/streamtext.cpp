// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/xmpp/streamtext.h"

#include <utility>

namespace linchpin::xmpp {

QString StreamText::feed(QByteArrayView bytes)
{
    m_text += m_decoder.decode(bytes);
    // Only a tag can end a stanza, a stream header or a stream.
    if (!QStringView(m_text).trimmed().endsWith(u'>')) {
        return {};
    }
    return std::exchange(m_text, {});
}

void StreamText::reset()
{
    m_decoder.resetState();
    m_text.clear();
}

} // namespace linchpin::xmpp
