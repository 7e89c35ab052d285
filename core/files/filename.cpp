// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/files/filename.h"

#include <QStringList>
#include <QTextBoundaryFinder>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr qsizetype kLongestRead = 4096; ///< of a name from the network; the rest is not looked at
constexpr qsizetype kLongestExtension = 16; ///< characters; more is no extension

bool isAllowed(char32_t c)
{
    if (c == QChar::ReplacementCharacter) {
        return false; // half a character
    }
    switch (QChar::category(c)) {
    case QChar::Other_Control:
    case QChar::Other_Surrogate:
    case QChar::Other_NotAssigned:
    case QChar::Other_PrivateUse:
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
        return false;
    case QChar::Other_Format:
        // Joiners make Persian words and families; everything else here turns text around or
        // hides.
        return c == 0x200c || c == 0x200d;
    default:
        return true;
    }
}

/// Names of DOS devices: a file of such a name, whatever its extension, cannot be opened.
bool isReserved(const QString &name)
{
    static const QStringList devices { u"CON"_s, u"PRN"_s, u"AUX"_s, u"NUL"_s, u"CONIN$"_s,
        u"CONOUT$"_s };
    const QString base = name.section(u'.', 0, 0).trimmed().toUpper();
    if (devices.contains(base)) {
        return true;
    }
    // COM1…COM9, LPT1…LPT9, the digits also as superscripts
    return base.size() == 4 && (base.startsWith("COM"_L1) || base.startsWith("LPT"_L1))
        && (base.at(3).isDigit() || u"¹²³"_s.contains(base.at(3)));
}

/// Where the extension begins, its dot included; the length where there is none.
qsizetype extensionStart(const QString &name)
{
    qsizetype dot = name.lastIndexOf(u'.');
    if (dot <= 0 || name.size() - dot > kLongestExtension) {
        return name.size();
    }
    const qsizetype before = name.lastIndexOf(u'.', dot - 1);
    if (before > 0
        && name.sliced(before, dot - before).compare(".tar"_L1, Qt::CaseInsensitive) == 0) {
        dot = before;
    }
    return dot;
}

/// Cut between what readers see as characters.
QString shortenedTo(const QString &text, qsizetype bytes)
{
    if (text.toUtf8().size() <= bytes) {
        return text;
    }
    QTextBoundaryFinder finder(QTextBoundaryFinder::Grapheme, text);
    qsizetype end = 0;
    qsizetype used = 0;
    for (qsizetype next = finder.toNextBoundary(); next > 0; next = finder.toNextBoundary()) {
        used += QStringView(text).sliced(end, next - end).toUtf8().size();
        if (used > bytes) {
            break;
        }
        end = next;
    }
    return text.first(end);
}

} // namespace

QString cleanedFileName(const QString &name)
{
    QString last = name.right(kLongestRead);
    last = last.sliced(std::max(last.lastIndexOf(u'/'), last.lastIndexOf(u'\\')) + 1);
    QString clean;
    const auto points = last.toUcs4();
    for (const char32_t c : points) {
        if (c == U'\t' || QChar::category(c) == QChar::Separator_Space) {
            clean += u' ';
        } else if (c < 0x80 && QByteArrayView("<>:\"|?*").contains(char(c))) {
            clean += u'_';
        } else if (isAllowed(c)) {
            clean += QString::fromUcs4(&c, 1);
        }
    }
    qsizetype start = 0;
    while (start < clean.size() && (clean.at(start) == u'.' || clean.at(start) == u' ')) {
        ++start;
    }
    clean.remove(0, start);
    while (clean.endsWith(u'.') || clean.endsWith(u' ')) {
        clean.chop(1);
    }
    if (clean.isEmpty()) {
        return u"file"_s;
    }
    if (isReserved(clean)) {
        clean.prepend(u'_');
    }
    const qsizetype dot = extensionStart(clean);
    const QString extension = clean.sliced(dot);
    QString base = shortenedTo(clean.first(dot), kLongestFileName - extension.toUtf8().size());
    while (extension.isEmpty() && (base.endsWith(u' ') || base.endsWith(u'.'))) {
        base.chop(1);
    }
    return base.isEmpty() ? u"file"_s + extension : base + extension;
}

QString numberedFileName(const QString &name, int number)
{
    if (number <= 0) {
        return name;
    }
    const qsizetype dot = extensionStart(name);
    return u"%1 (%2)%3"_s.arg(name.first(dot), QString::number(number), name.sliced(dot));
}

} // namespace linchpin
