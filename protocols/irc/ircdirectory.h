// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/facets.h"
#include "protocols/irc/irclink.h"

namespace linchpin::irc {

/// WHOIS for one nick and WHO for a mask.
class IrcDirectory : public DirectoryFacet {
public:
    explicit IrcDirectory(IrcLink &link)
        : m_link(link)
    {
    }

    Async<QList<DirectoryEntry>> search(const QString &text) override;
    Async<ContactCard> card(const ContactAddress &address) override;

    void reset();
    /// True when the message was an answer to something asked here.
    bool handle(const IrcMessage &message);

private:
    struct Whois {
        QString nick; ///< Folded.
        ContactCard card;
        Answer<ContactCard> answer;
        std::shared_ptr<Timer> timer;
    };
    struct Who {
        QByteArray mask;
        QList<DirectoryEntry> found;
        Answer<QList<DirectoryEntry>> answer;
    };

    IrcLink &m_link;
    QList<Whois> m_whois;
    QList<Who> m_who;
};

} // namespace linchpin::irc
