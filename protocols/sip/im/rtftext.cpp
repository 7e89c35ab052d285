// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/im/rtftext.h"

#include <QByteArray>
#include <QStringConverter>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

using namespace Qt::StringLiterals;

namespace linchpin::sip {
namespace {

constexpr std::size_t kMaximumDepth = 64;
constexpr qsizetype kMaximumText = qsizetype { 64 } * 1024;

// What differs between Windows-1252 and Latin-1.
constexpr std::array<char16_t, 32> kHigh {
    0x20ac,
    0x0081,
    0x201a,
    0x0192,
    0x201e,
    0x2026,
    0x2020,
    0x2021,
    0x02c6,
    0x2030,
    0x0160,
    0x2039,
    0x0152,
    0x008d,
    0x017d,
    0x008f,
    0x0090,
    0x2018,
    0x2019,
    0x201c,
    0x201d,
    0x2022,
    0x2013,
    0x2014,
    0x02dc,
    0x2122,
    0x0161,
    0x203a,
    0x0153,
    0x009d,
    0x017e,
    0x0178,
};

struct Group {
    bool skipped = false; ///< a destination that is not text
    int unicodeFallback = 1; ///< \uc: characters after \u that stand in for it
};

bool isHiddenDestination(QByteArrayView word)
{
    constexpr QByteArrayView hidden[] = { "fonttbl", "colortbl", "stylesheet", "info", "pict",
        "object", "themedata", "header", "footer", "footnote", "xmlnstbl", "listtable", "generator",
        "listoverridetable", "rsidtbl", "fldinst", "datastore", "latentstyles" };
    return std::ranges::find(hidden, word) != std::end(hidden);
}

class Reader {
public:
    explicit Reader(QByteArrayView rtf)
        : m_rtf(rtf)
    {
    }

    QString run()
    {
        while (m_at < m_rtf.size() && m_text.size() < kMaximumText) {
            const char c = m_rtf.at(m_at++);
            switch (c) {
            case '{':
                if (m_groups.size() >= kMaximumDepth) {
                    return finished();
                }
                m_groups.push_back(m_groups.empty() ? Group {} : m_groups.back());
                break;
            case '}':
                if (m_groups.size() <= 1) {
                    return finished();
                }
                m_groups.pop_back();
                break;
            case '\\':
                control();
                break;
            case '\r':
            case '\n':
                break; // only \par ends a line
            default:
                byte(c);
                break;
            }
        }
        return finished();
    }

private:
    bool skipped() const { return !m_groups.empty() && m_groups.back().skipped; }

    void flushBytes()
    {
        if (m_bytes.isEmpty()) {
            return;
        }
        if (m_codePage != 1252) {
            QStringDecoder decoder(
                "windows-"_ba.append(QByteArray::number(m_codePage)).constData());
            if (decoder.isValid()) {
                m_text += QString(decoder.decode(m_bytes));
                m_bytes.clear();
                return;
            }
        }
        m_text += fromWindows1252(m_bytes);
        m_bytes.clear();
    }

    QString finished()
    {
        flushBytes();
        return m_text;
    }

    void byte(char c)
    {
        if (m_toSkip > 0) {
            --m_toSkip;
        } else if (!skipped()) {
            m_bytes += c;
        }
    }

    void text(char16_t c)
    {
        if (!skipped()) {
            flushBytes();
            m_text += QChar(c);
        }
    }

    void control()
    {
        if (m_at >= m_rtf.size()) {
            return;
        }
        const char c = m_rtf.at(m_at);
        if (c == '\'') {
            bool ok = false;
            const int code
                = m_rtf.sliced(m_at).size() >= 3 ? m_rtf.sliced(m_at + 1, 2).toInt(&ok, 16) : 0;
            m_at = std::min(m_at + 3, m_rtf.size());
            if (ok) {
                byte(char(code));
            }
            return;
        }
        if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z')) {
            symbol(c);
            return;
        }
        const qsizetype wordAt = m_at;
        while (m_at < m_rtf.size() && m_at - wordAt < 32
            && ((m_rtf.at(m_at) >= 'a' && m_rtf.at(m_at) <= 'z')
                || (m_rtf.at(m_at) >= 'A' && m_rtf.at(m_at) <= 'Z'))) {
            ++m_at;
        }
        const QByteArrayView word = m_rtf.sliced(wordAt, m_at - wordAt);
        const qsizetype numberAt = m_at;
        if (m_at < m_rtf.size() && m_rtf.at(m_at) == '-') {
            ++m_at;
        }
        while (m_at < m_rtf.size() && m_at - numberAt < 11 && m_rtf.at(m_at) >= '0'
            && m_rtf.at(m_at) <= '9') {
            ++m_at;
        }
        bool ok = false;
        const int value = m_rtf.sliced(numberAt, m_at - numberAt).toInt(&ok);
        if (m_at < m_rtf.size() && m_rtf.at(m_at) == ' ') {
            ++m_at; // the delimiter belongs to the word
        }
        apply(word, ok ? std::optional(value) : std::nullopt);
    }

    void symbol(char c)
    {
        ++m_at;
        switch (c) {
        case '\\':
        case '{':
        case '}':
            byte(c);
            break;
        case '~':
            text(0x00a0);
            break;
        case '_':
            text(0x2011);
            break;
        case '*': // a destination that old readers must ignore
            if (!m_groups.empty()) {
                m_groups.back().skipped = true;
            }
            break;
        case '\r':
        case '\n':
            text(u'\n');
            break;
        default:
            break;
        }
    }

    void apply(QByteArrayView word, std::optional<int> value)
    {
        if (isHiddenDestination(word)) {
            if (!m_groups.empty()) {
                m_groups.back().skipped = true;
            }
        } else if (word == "par" || word == "line" || word == "sect") {
            text(u'\n');
        } else if (word == "tab") {
            text(u'\t');
        } else if (word == "emdash") {
            text(0x2014);
        } else if (word == "endash") {
            text(0x2013);
        } else if (word == "bullet") {
            text(0x2022);
        } else if (word == "lquote") {
            text(0x2018);
        } else if (word == "rquote") {
            text(0x2019);
        } else if (word == "ldblquote") {
            text(0x201c);
        } else if (word == "rdblquote") {
            text(0x201d);
        } else if (word == "u" && value) {
            text(char16_t(*value & 0xffff));
            m_toSkip = m_groups.empty() ? 1 : m_groups.back().unicodeFallback;
        } else if (word == "uc" && value && !m_groups.empty()) {
            m_groups.back().unicodeFallback = std::clamp(*value, 0, 8);
        } else if (word == "ansicpg" && value) {
            flushBytes();
            m_codePage = *value;
        } else if (word == "bin" && value) {
            m_at = std::min(m_at + std::max(0, *value), m_rtf.size());
        }
    }

    QByteArrayView m_rtf;
    qsizetype m_at = 0;
    std::vector<Group> m_groups;
    QString m_text;
    QByteArray m_bytes;
    int m_codePage = 1252;
    int m_toSkip = 0;
};

} // namespace

QString fromWindows1252(QByteArrayView bytes)
{
    QString text(bytes.size(), Qt::Uninitialized);
    std::ranges::transform(bytes, text.begin(), [](char c) {
        const uchar code = uchar(c);
        return QChar(code >= 0x80 && code < 0xa0 ? kHigh[code - 0x80] : char16_t(code));
    });
    return text;
}

QString plainTextFromRtf(QByteArrayView rtf)
{
    if (!rtf.trimmed().startsWith("{\\rtf")) {
        return {};
    }
    QString text = Reader(rtf.trimmed()).run();
    while (text.endsWith(u'\n')) {
        text.chop(1); // every document ends in \par
    }
    return text;
}

} // namespace linchpin::sip
