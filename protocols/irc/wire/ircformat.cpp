// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/wire/ircformat.h"

namespace linchpin::irc {

namespace {

constexpr char16_t kBold = 0x02;
constexpr char16_t kColor = 0x03;
constexpr char16_t kHexColor = 0x04;
constexpr char16_t kReset = 0x0f;
constexpr char16_t kMonospace = 0x11;
constexpr char16_t kReverse = 0x16;
constexpr char16_t kItalic = 0x1d;
constexpr char16_t kStrike = 0x1e;
constexpr char16_t kUnderline = 0x1f;

// modern.ircdocs.horse/formatting, "Colors 16-98"; the first sixteen as mIRC draws them.
constexpr quint32 kPalette[] = {
    0xffffff,
    0x000000,
    0x00007f,
    0x009300,
    0xff0000,
    0x7f0000,
    0x9c009c,
    0xfc7f00, //
    0xffff00,
    0x00fc00,
    0x009393,
    0x00ffff,
    0x0000fc,
    0xff00ff,
    0x7f7f7f,
    0xd2d2d2, //
    0x470000,
    0x472100,
    0x474700,
    0x324700,
    0x004700,
    0x00472c,
    0x004747,
    0x002747, //
    0x000047,
    0x2e0047,
    0x470047,
    0x47002a,
    0x740000,
    0x743a00,
    0x747400,
    0x517400, //
    0x007400,
    0x007449,
    0x007474,
    0x004074,
    0x000074,
    0x4b0074,
    0x740074,
    0x740045, //
    0xb50000,
    0xb56300,
    0xb5b500,
    0x7db500,
    0x00b500,
    0x00b571,
    0x00b5b5,
    0x0063b5, //
    0x0000b5,
    0x7500b5,
    0xb500b5,
    0xb5006b,
    0xff0000,
    0xff8c00,
    0xffff00,
    0xb2ff00, //
    0x00ff00,
    0x00ffa0,
    0x00ffff,
    0x008cff,
    0x0000ff,
    0xa500ff,
    0xff00ff,
    0xff0098, //
    0xff5959,
    0xffb459,
    0xffff71,
    0xcfff60,
    0x6fff6f,
    0x65ffc9,
    0x6dffff,
    0x59b4ff, //
    0x5959ff,
    0xc459ff,
    0xff66ff,
    0xff59bc,
    0xff9c9c,
    0xffd39c,
    0xffff9c,
    0xe2ff9c, //
    0x9cff9c,
    0x9cffdb,
    0x9cffff,
    0x9cd3ff,
    0x9c9cff,
    0xdc9cff,
    0xff9cff,
    0xff94d3, //
    0x000000,
    0x131313,
    0x282828,
    0x363636,
    0x4d4d4d,
    0x656565,
    0x818181,
    0x9f9f9f, //
    0xbcbcbc,
    0xe2e2e2,
    0xffffff,
};

bool isDigit(QChar c)
{
    return c >= u'0' && c <= u'9';
}

bool isHex(QChar c)
{
    return isDigit(c) || (c >= u'a' && c <= u'f') || (c >= u'A' && c <= u'F');
}

/// One or two digits from @p at, which is moved behind them; -1 for none.
int takeNumber(QStringView text, qsizetype &at)
{
    int number = -1;
    for (int digits = 0; digits < 2 && at < text.size() && isDigit(text[at]); ++digits, ++at) {
        number = (number < 0 ? 0 : number * 10) + (text[at].unicode() - u'0');
    }
    return number;
}

std::optional<quint32> takeHex(QStringView text, qsizetype &at)
{
    if (text.size() - at < 6) {
        return std::nullopt;
    }
    const QStringView digits = text.sliced(at, 6);
    for (const QChar c : digits) {
        if (!isHex(c)) {
            return std::nullopt;
        }
    }
    at += 6;
    return digits.toUInt(nullptr, 16);
}

void takeColors(QStringView text, qsizetype &at, FormatRun &style)
{
    const int foreground = takeNumber(text, at);
    if (foreground < 0) {
        style.foreground.reset();
        style.background.reset();
        return;
    }
    style.foreground = paletteColor(foreground);
    if (at + 1 < text.size() && text[at] == u',' && isDigit(text[at + 1])) {
        ++at;
        style.background = paletteColor(takeNumber(text, at));
    }
}

void takeHexColors(QStringView text, qsizetype &at, FormatRun &style)
{
    const std::optional<quint32> foreground = takeHex(text, at);
    style.foreground = foreground;
    if (!foreground) {
        style.background.reset();
        return;
    }
    if (at < text.size() && text[at] == u',') {
        qsizetype behind = at + 1;
        if (const std::optional<quint32> background = takeHex(text, behind)) {
            style.background = background;
            at = behind;
        }
    }
}

QString hexColor(quint32 rgb)
{
    return QString::number(rgb, 16).rightJustified(6, u'0');
}

} // namespace

std::optional<quint32> paletteColor(int index)
{
    if (index < 0 || index >= int(std::size(kPalette))) {
        return std::nullopt;
    }
    return kPalette[index];
}

QList<FormatRun> parseFormatting(QStringView text)
{
    QList<FormatRun> runs;
    FormatRun style;
    QString pending;
    const auto flush = [&] {
        if (!pending.isEmpty()) {
            FormatRun run = style;
            run.text = std::exchange(pending, {});
            runs.append(run);
        }
    };
    qsizetype at = 0;
    while (at < text.size()) {
        const char16_t c = text[at].unicode();
        ++at;
        if (c >= 0x20 || c == u'\t') {
            pending += QChar(c);
            continue;
        }
        flush();
        switch (c) {
        case kBold:
            style.bold = !style.bold;
            break;
        case kItalic:
            style.italic = !style.italic;
            break;
        case kUnderline:
            style.underline = !style.underline;
            break;
        case kStrike:
            style.strike = !style.strike;
            break;
        case kMonospace:
            style.monospace = !style.monospace;
            break;
        case kReverse:
            style.reverse = !style.reverse;
            break;
        case kColor:
            takeColors(text, at, style);
            break;
        case kHexColor:
            takeHexColors(text, at, style);
            break;
        case kReset:
            style = {};
            break;
        default:
            break;
        }
    }
    flush();
    // A control character that changed nothing must not tear a run in two.
    for (qsizetype i = runs.size() - 1; i > 0; --i) {
        FormatRun same = runs[i];
        same.text = runs[i - 1].text;
        if (same == runs[i - 1]) {
            runs[i - 1].text += runs[i].text;
            runs.removeAt(i);
        }
    }
    return runs;
}

QString withoutFormatting(QStringView text)
{
    QString plain;
    for (const FormatRun &run : parseFormatting(text)) {
        plain += run.text;
    }
    return plain;
}

QString makeFormatting(const QList<FormatRun> &runs)
{
    QString text;
    FormatRun now;
    for (const FormatRun &run : runs) {
        const bool dropsColor
            = (now.foreground && !run.foreground) || (now.background && !run.background);
        if (dropsColor) {
            text += QChar(kReset);
            now = {};
        }
        const auto toggle = [&](bool FormatRun::*flag, char16_t code) {
            if (now.*flag != run.*flag) {
                text += QChar(code);
            }
        };
        toggle(&FormatRun::bold, kBold);
        toggle(&FormatRun::italic, kItalic);
        toggle(&FormatRun::underline, kUnderline);
        toggle(&FormatRun::strike, kStrike);
        toggle(&FormatRun::monospace, kMonospace);
        toggle(&FormatRun::reverse, kReverse);
        if (run.foreground
            && (now.foreground != run.foreground || now.background != run.background)) {
            text += QChar(kHexColor) + hexColor(*run.foreground);
            if (run.background) {
                text += u',' + hexColor(*run.background);
            }
        }
        text += run.text;
        now = run;
    }
    return text;
}

} // namespace linchpin::irc
