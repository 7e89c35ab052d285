// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/presence/lcid.h"

#include <algorithm>
#include <array>
#include <utility>

namespace linchpin::sip {
namespace {

constexpr int kEnglish = 0x09;
constexpr int kPrimaryMask = 0x3ff;

constexpr std::array kLanguages {
    std::pair { QLocale::Arabic, 0x01 },
    std::pair { QLocale::Bulgarian, 0x02 },
    std::pair { QLocale::Catalan, 0x03 },
    std::pair { QLocale::Chinese, 0x04 },
    std::pair { QLocale::Czech, 0x05 },
    std::pair { QLocale::Danish, 0x06 },
    std::pair { QLocale::German, 0x07 },
    std::pair { QLocale::Greek, 0x08 },
    std::pair { QLocale::English, kEnglish },
    std::pair { QLocale::Spanish, 0x0a },
    std::pair { QLocale::Finnish, 0x0b },
    std::pair { QLocale::French, 0x0c },
    std::pair { QLocale::Hebrew, 0x0d },
    std::pair { QLocale::Hungarian, 0x0e },
    std::pair { QLocale::Icelandic, 0x0f },
    std::pair { QLocale::Italian, 0x10 },
    std::pair { QLocale::Japanese, 0x11 },
    std::pair { QLocale::Korean, 0x12 },
    std::pair { QLocale::Dutch, 0x13 },
    std::pair { QLocale::NorwegianBokmal, 0x14 },
    std::pair { QLocale::NorwegianNynorsk, 0x14 },
    std::pair { QLocale::Polish, 0x15 },
    std::pair { QLocale::Portuguese, 0x16 },
    std::pair { QLocale::Romanian, 0x18 },
    std::pair { QLocale::Russian, 0x19 },
    std::pair { QLocale::Croatian, 0x1a },
    std::pair { QLocale::Serbian, 0x1a },
    std::pair { QLocale::Slovak, 0x1b },
    std::pair { QLocale::Albanian, 0x1c },
    std::pair { QLocale::Swedish, 0x1d },
    std::pair { QLocale::Thai, 0x1e },
    std::pair { QLocale::Turkish, 0x1f },
    std::pair { QLocale::Urdu, 0x20 },
    std::pair { QLocale::Indonesian, 0x21 },
    std::pair { QLocale::Ukrainian, 0x22 },
    std::pair { QLocale::Belarusian, 0x23 },
    std::pair { QLocale::Slovenian, 0x24 },
    std::pair { QLocale::Estonian, 0x25 },
    std::pair { QLocale::Latvian, 0x26 },
    std::pair { QLocale::Lithuanian, 0x27 },
    std::pair { QLocale::Persian, 0x29 },
    std::pair { QLocale::Vietnamese, 0x2a },
    std::pair { QLocale::Basque, 0x2d },
    std::pair { QLocale::Macedonian, 0x2f },
    std::pair { QLocale::Afrikaans, 0x36 },
    std::pair { QLocale::Georgian, 0x37 },
    std::pair { QLocale::Hindi, 0x39 },
    std::pair { QLocale::Malay, 0x3e },
    std::pair { QLocale::Kazakh, 0x3f },
    std::pair { QLocale::Galician, 0x56 },
};

} // namespace

int primaryLanguage(const QLocale &locale)
{
    for (const auto &[language, id] : kLanguages) {
        if (language == locale.language()) {
            return id;
        }
    }
    return 0;
}

QString textFor(const QList<LanguageText> &texts, int primaryLanguage)
{
    for (const int wanted : { primaryLanguage, kEnglish }) {
        const auto found = std::ranges::find_if(texts, [wanted](const LanguageText &one) {
            return wanted != 0 && (one.lcid & kPrimaryMask) == wanted;
        });
        if (found != texts.end()) {
            return found->text;
        }
    }
    return texts.isEmpty() ? QString() : texts.constFirst().text;
}

} // namespace linchpin::sip
