// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/state/isupport.h"

#include <algorithm>

namespace linchpin::irc {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype kMostTokens = 512; // a hostile server may not fill the memory

/// "\x20" → space (modern.ircdocs.horse: values escape with \xHH).
QByteArray unescapeValue(QByteArrayView raw)
{
    QByteArray value;
    for (qsizetype i = 0; i < raw.size(); ++i) {
        if (raw[i] == '\\' && i + 3 < raw.size() && raw[i + 1] == 'x') {
            bool ok = false;
            const int code = raw.sliced(i + 2, 2).toByteArray().toInt(&ok, 16);
            if (ok) {
                value += char(code);
                i += 3;
                continue;
            }
        }
        value += raw[i];
    }
    return value;
}

} // namespace

void ISupport::apply(const IrcMessage &message)
{
    if (message.numeric() != 5) {
        return;
    }
    for (qsizetype i = 1; i < message.params.size(); ++i) {
        const QByteArrayView token = message.params[i];
        if (token.contains(' ')) {
            break; // ":are supported by this server"
        }
        applyToken(token);
    }
}

void ISupport::applyToken(QByteArrayView token)
{
    if (token.startsWith('-')) {
        m_tokens.remove(token.sliced(1).toByteArray().toUpper());
    } else if (m_tokens.size() < kMostTokens && !token.isEmpty()) {
        const qsizetype equals = token.indexOf('=');
        const QByteArrayView key = equals < 0 ? token : token.first(equals);
        m_tokens.insert(key.toByteArray().toUpper(),
            equals < 0 ? QByteArray("") : unescapeValue(token.sliced(equals + 1)));
    }
    derive();
}

void ISupport::derive()
{
    m_caseMapping = caseMappingFromName(QString::fromLatin1(m_tokens.value("CASEMAPPING")));

    m_prefixModes = "ov";
    m_prefixSigns = "@+";
    if (const auto prefix = m_tokens.constFind("PREFIX"); prefix != m_tokens.cend()) {
        // "(qaohv)~&@%+"; an empty value: this server has no ranks.
        const qsizetype close = prefix->indexOf(')');
        if (prefix->isEmpty()) {
            m_prefixModes.clear();
            m_prefixSigns.clear();
        } else if (prefix->startsWith('(') && close > 0 && prefix->size() - close == close) {
            m_prefixModes = prefix->sliced(1, close - 1);
            m_prefixSigns = prefix->sliced(close + 1);
        }
    }

    const QList<QByteArray> kinds = m_tokens.value("CHANMODES", "b,k,l,imnpst").split(',');
    for (qsizetype i = 0; i < 4; ++i) {
        m_modes[i] = i < kinds.size() ? kinds[i] : QByteArray();
    }
    m_channelTypes = m_tokens.value("CHANTYPES", "#&");
    m_statusSigns = m_tokens.value("STATUSMSG");
}

int ISupport::number(const QByteArray &key, int otherwise) const
{
    bool ok = false;
    const int given = m_tokens.value(key).toInt(&ok);
    return ok && given > 0 ? given : otherwise;
}

QString ISupport::network() const
{
    return QString::fromUtf8(m_tokens.value("NETWORK"));
}

bool ISupport::isChannel(QStringView target) const
{
    return !target.isEmpty() && target.front().unicode() < 0x80
        && m_channelTypes.contains(char(target.front().unicode()));
}

QStringView ISupport::withoutStatus(QStringView target) const
{
    QStringView rest = target;
    while (!rest.isEmpty() && rest.front().unicode() < 0x80
        && m_statusSigns.contains(char(rest.front().unicode()))) {
        rest = rest.sliced(1);
    }
    return isChannel(rest) ? rest : target;
}

ModeKind ISupport::modeKind(char mode) const
{
    if (m_prefixModes.contains(mode)) {
        return ModeKind::Prefix;
    }
    constexpr ModeKind kinds[] = { ModeKind::List, ModeKind::Always, ModeKind::WhenSet };
    for (int i = 0; i < 3; ++i) {
        if (m_modes[i].contains(mode)) {
            return kinds[i];
        }
    }
    return ModeKind::Never;
}

char ISupport::signForMode(char mode) const
{
    const qsizetype at = m_prefixModes.indexOf(mode);
    return at < 0 || at >= m_prefixSigns.size() ? '\0' : m_prefixSigns[at];
}

bool ISupport::isSign(char16_t c) const
{
    return c < 0x80 && m_prefixSigns.contains(char(c));
}

int ISupport::modesPerLine() const
{
    return std::clamp(number("MODES", 3), 1, 20);
}

qsizetype ISupport::lineLength() const
{
    return std::clamp(number("LINELEN", 512), 512, 16384);
}

} // namespace linchpin::irc
