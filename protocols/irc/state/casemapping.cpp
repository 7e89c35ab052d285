// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/state/casemapping.h"

namespace linchpin::irc {

using namespace Qt::StringLiterals;

namespace {

char16_t foldUnit(char16_t c, CaseMapping mapping)
{
    if (c >= u'A' && c <= u'Z') {
        return char16_t(c + 0x20);
    }
    if (mapping == CaseMapping::Ascii) {
        return c;
    }
    switch (c) {
    case u'[':
    case u'\\':
    case u']':
        return char16_t(c + 0x20);
    case u'~':
        return mapping == CaseMapping::Rfc1459 ? u'^' : c;
    default:
        return c;
    }
}

} // namespace

CaseMapping caseMappingFromName(QStringView name)
{
    if (name.compare("ascii"_L1, Qt::CaseInsensitive) == 0) {
        return CaseMapping::Ascii;
    }
    if (name.compare("strict-rfc1459"_L1, Qt::CaseInsensitive) == 0
        || name.compare("rfc1459-strict"_L1, Qt::CaseInsensitive) == 0) {
        return CaseMapping::StrictRfc1459;
    }
    if (name.startsWith("rfc7613"_L1, Qt::CaseInsensitive)
        || name.startsWith("rfc8265"_L1, Qt::CaseInsensitive)
        || name.startsWith("utf8"_L1, Qt::CaseInsensitive)) {
        return CaseMapping::Unicode;
    }
    return CaseMapping::Rfc1459;
}

QString fold(QStringView name, CaseMapping mapping)
{
    if (mapping == CaseMapping::Unicode) {
        return name.toString().toCaseFolded();
    }
    QString folded(name.size(), Qt::Uninitialized);
    for (qsizetype i = 0; i < name.size(); ++i) {
        folded[i] = QChar(foldUnit(name[i].unicode(), mapping));
    }
    return folded;
}

bool sameName(QStringView a, QStringView b, CaseMapping mapping)
{
    if (mapping == CaseMapping::Unicode) {
        return fold(a, mapping) == fold(b, mapping);
    }
    if (a.size() != b.size()) {
        return false;
    }
    for (qsizetype i = 0; i < a.size(); ++i) {
        if (foldUnit(a[i].unicode(), mapping) != foldUnit(b[i].unicode(), mapping)) {
            return false;
        }
    }
    return true;
}

} // namespace linchpin::irc
