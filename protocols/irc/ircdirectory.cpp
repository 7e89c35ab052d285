// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/ircdirectory.h"

#include "protocols/irc/ircerrors.h"
#include "protocols/irc/ircsettings.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>
#include <QTimeZone>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::irc {

namespace {

constexpr auto kAnswerLimit = 30s;
constexpr qsizetype kMostFound = 500;
constexpr qsizetype kMostFields = 50;

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::irc", text);
}

} // namespace

Async<QList<DirectoryEntry>> IrcDirectory::search(const QString &text)
{
    const QString mask = u'*' + text.trimmed() + u'*';
    const QByteArray encoded = m_link.encoded(mask);
    if (!m_link.isOnline()) {
        return readyError<QList<DirectoryEntry>>(makeError(u"not-online"_s));
    }
    if (text.trimmed().isEmpty() || !m_link.send({ "WHO", { encoded } })) {
        return readyError<QList<DirectoryEntry>>(makeError(u"invalid-address"_s, text));
    }
    m_who.append({ encoded, {}, {} });
    return m_who.last().answer.future();
}

Async<ContactCard> IrcDirectory::card(const ContactAddress &address)
{
    const QString nick = splitAddress(address.value).nick;
    const QByteArray encoded = m_link.encoded(nick);
    if (!m_link.isOnline()) {
        return readyError<ContactCard>(makeError(u"not-online"_s));
    }
    // The nick twice: its own server is asked, which knows the idle time (RFC 2812 3.6.2).
    if (nick.isEmpty() || !m_link.send({ "WHOIS", { encoded, encoded } })) {
        return readyError<ContactCard>(makeError(u"invalid-address"_s, address.value));
    }
    Whois whois;
    whois.nick = m_link.folded(nick);
    whois.card.address = address;
    whois.timer = m_link.services().timer(
        kAnswerLimit, [answer = whois.answer] { answer.fail(makeError(u"timed-out"_s)); });
    m_whois.append(whois);
    return whois.answer.future();
}

void IrcDirectory::reset()
{
    m_whois.clear();
    m_who.clear();
}

bool IrcDirectory::handle(const IrcMessage &message)
{
    const int numeric = message.numeric();
    if (numeric < 0) {
        return false;
    }
    if (!m_who.isEmpty()) {
        if (numeric == 352) {
            Who &who = m_who.first();
            if (who.found.size() < kMostFound) {
                DirectoryEntry entry;
                entry.name = m_link.decoded(message.param(5));
                entry.address = { addressOf(entry.name) };
                const QByteArrayView last = message.last();
                const qsizetype space = last.indexOf(' ');
                entry.details.insert(
                    u"name"_s, space < 0 ? QString() : m_link.decoded(last.sliced(space + 1)));
                who.found.append(entry);
            }
            return false; // rooms and contacts read it too
        }
        if (numeric == 315 && message.param(1) == m_who.first().mask) {
            const Who done = m_who.takeFirst();
            done.answer.give(done.found);
            return true;
        }
    }
    m_whois.removeIf([](const Whois &whois) { return whois.answer.isAnswered(); }); // by the timer
    const QString folded = m_link.folded(m_link.decoded(message.param(1)));
    const auto found = std::ranges::find(m_whois, folded, &Whois::nick);
    if (found == m_whois.end()) {
        return false;
    }
    const auto add = [&](const QString &label, const QString &value) {
        if (!value.isEmpty() && found->card.fields.size() < kMostFields) {
            found->card.fields.append({ label, value });
        }
    };
    switch (numeric) {
    case 311: // RPL_WHOISUSER
        found->card.name = m_link.decoded(message.param(1));
        add(tr("Nickname"), found->card.name);
        add(tr("Real name"), m_link.decoded(message.param(5)));
        add(tr("Host"), m_link.decoded(message.param(2)) + u'@' + m_link.decoded(message.param(3)));
        return true;
    case 312: // RPL_WHOISSERVER
        add(tr("Server"), m_link.decoded(message.param(2)));
        return true;
    case 313: // RPL_WHOISOPERATOR
    case 335: // RPL_WHOISBOT
    case 307: // RPL_WHOISREGNICK
    case 320: // RPL_WHOISSPECIAL
    case 378: // RPL_WHOISHOST
    case 671: // RPL_WHOISSECURE
        add(tr("Note"), m_link.decoded(message.last()));
        return true;
    case 317: { // RPL_WHOISIDLE
        const qint64 idle = message.param(2).toByteArray().toLongLong();
        add(tr("Idle"), tr("%1 seconds").arg(idle));
        const qint64 signedOn = message.param(3).toByteArray().toLongLong();
        if (signedOn > 0) {
            add(tr("Signed in since"),
                QLocale().toString(
                    QDateTime::fromSecsSinceEpoch(signedOn, QTimeZone::UTC).toLocalTime(),
                    QLocale::ShortFormat));
        }
        return true;
    }
    case 319: // RPL_WHOISCHANNELS
        add(tr("Channels"), m_link.decoded(message.last()).trimmed());
        return true;
    case 330: // RPL_WHOISACCOUNT
        add(tr("Account"), m_link.decoded(message.param(2)));
        return true;
    case 301: // RPL_AWAY
        add(tr("Away"), m_link.decoded(message.last()));
        return false;
    case 401: // ERR_NOSUCHNICK; 318 follows and finds nobody waiting
    case 402: { // ERR_NOSUCHSERVER
        const Whois failed = std::move(*found);
        m_whois.erase(found);
        failed.answer.fail(
            refusalError(401, failed.card.address.value, m_link.decoded(message.last())));
        return true;
    }
    case 318: { // RPL_ENDOFWHOIS
        const Whois done = std::move(*found);
        m_whois.erase(found);
        done.answer.give(done.card);
        return true;
    }
    default:
        return false;
    }
}

} // namespace linchpin::irc
