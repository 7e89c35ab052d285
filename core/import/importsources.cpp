// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/import/importsources.h"

#include "core/import/filereaders.h"
#include "core/import/gajimreader.h"
#include "core/import/quasselreader.h"

#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace linchpin {

ImportReader::~ImportReader() = default;

QString toWord(ImportSource source)
{
    return displayName(source).toLower();
}

QString displayName(ImportSource source)
{
    switch (source) {
    case ImportSource::Pidgin:
        return u"Pidgin"_s;
    case ImportSource::Gajim:
        return u"Gajim"_s;
    case ImportSource::Psi:
        return u"Psi"_s;
    case ImportSource::HexChat:
        return u"HexChat"_s;
    case ImportSource::Konversation:
        return u"Konversation"_s;
    case ImportSource::Quassel:
        return u"Quassel"_s;
    }
    return {};
}

QList<ImportSource> importSources()
{
    using enum ImportSource;
    return { Pidgin, Gajim, Psi, HexChat, Konversation, Quassel };
}

std::optional<ImportSource> importSourceFromWord(QStringView word)
{
    for (const ImportSource source : importSources()) {
        if (word == toWord(source)) {
            return source;
        }
    }
    return std::nullopt;
}

std::unique_ptr<ImportReader> makeImportReader(ImportSource source, const QString &path)
{
    switch (source) {
    case ImportSource::Pidgin:
        return std::make_unique<PidginReader>(path);
    case ImportSource::Gajim:
        return std::make_unique<gajim::Reader>(path);
    case ImportSource::Psi:
        return std::make_unique<PsiReader>(path);
    case ImportSource::HexChat:
        return std::make_unique<HexChatReader>(path);
    case ImportSource::Konversation:
        return std::make_unique<KonversationReader>(path);
    case ImportSource::Quassel:
        return std::make_unique<quassel::Reader>(path);
    }
    return {};
}

QList<FoundSource> importSourcesFound(const QString &home)
{
    struct Place {
        ImportSource source;
        QString mark; ///< the file that has to be there
        QString path; ///< what is imported then
    };
    using enum ImportSource;
    const QList<Place> places {
        { Pidgin, u".purple/accounts.xml"_s, u".purple"_s },
        { Pidgin, u".var/app/im.pidgin.Pidgin/data/purple/accounts.xml"_s,
            u".var/app/im.pidgin.Pidgin/data/purple"_s },
        { Pidgin, u"AppData/Roaming/.purple/accounts.xml"_s, u"AppData/Roaming/.purple"_s },
        { Gajim, u".config/gajim/settings.sqlite"_s, u".config/gajim"_s },
        { Gajim, u".config/gajim/config"_s, u".config/gajim"_s },
        { Gajim, u".gajim/config"_s, u".gajim"_s },
        { Psi, u".config/psi/profiles"_s, u".config/psi"_s },
        { Psi, u".config/psi+/profiles"_s, u".config/psi+"_s },
        { Psi, u".psi/profiles"_s, u".psi"_s },
        { HexChat, u".config/hexchat/servlist.conf"_s, u".config/hexchat"_s },
        { HexChat, u".xchat2/servlist_.conf"_s, u".xchat2"_s },
        { Konversation, u".config/konversationrc"_s, u".config/konversationrc"_s },
        { Konversation, u".kde/share/config/konversationrc"_s,
            u".kde/share/config/konversationrc"_s },
        { Quassel, u".config/quassel-irc.org/quassel-storage.sqlite"_s,
            u".config/quassel-irc.org"_s },
    };
    QList<FoundSource> found;
    for (const Place &place : places) {
        const FoundSource source { place.source, home + u'/' + place.path };
        if (QFileInfo::exists(home + u'/' + place.mark) && !found.contains(source)) {
            found.append(source);
        }
    }
    return found;
}

} // namespace linchpin
