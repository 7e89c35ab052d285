// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/ircerrors.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::irc {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::irc", text);
}

struct Entry {
    QStringView code;
    Error::Kind kind;
    const char *title;
    const char *remedy;
    bool fatal;
};

constexpr std::chrono::seconds kAfterThrottle = 2min; // UnrealIRCd forgets after one minute
constexpr std::chrono::seconds kAfterCrowd = 5min; // about as long as a dead connection lives

constexpr std::array kErrors {
    Entry { u"auth-scheme-unavailable", Error::Kind::Authentication,
        QT_TRANSLATE_NOOP("linchpin::irc", "The server does not offer the chosen way to log in."),
        QT_TRANSLATE_NOOP(
            "linchpin::irc", "Set the SASL mechanism to Automatic, or to None for this network."),
        true },
    Entry { u"wrong-password", Error::Kind::Authentication,
        QT_TRANSLATE_NOOP("linchpin::irc", "The server did not accept the password."),
        QT_TRANSLATE_NOOP("linchpin::irc",
            "Check the password, and the login where it differs from the nickname."),
        true },
    Entry { u"account-disabled", Error::Kind::Authentication,
        QT_TRANSLATE_NOOP("linchpin::irc", "This account is locked."),
        QT_TRANSLATE_NOOP("linchpin::irc", "Ask the network's staff."), true },
    Entry { u"sasl-required", Error::Kind::Authentication,
        QT_TRANSLATE_NOOP("linchpin::irc",
            "From your network this server lets in only people who log in with SASL."),
        QT_TRANSLATE_NOOP(
            "linchpin::irc", "Register an account with the network and enter its password here."),
        true },
    Entry { u"banned", Error::Kind::Forbidden,
        QT_TRANSLATE_NOOP("linchpin::irc", "The server has banned you or your network."),
        QT_TRANSLATE_NOOP("linchpin::irc", "Ask the network's staff; trying again will not help."),
        true },
    Entry { u"nick-in-use", Error::Kind::Forbidden,
        QT_TRANSLATE_NOOP("linchpin::irc", "Your nickname and its alternatives are in use."),
        QT_TRANSLATE_NOOP("linchpin::irc", "Choose another nickname or alternatives."), true },
    Entry { u"login-format", Error::Kind::Forbidden,
        QT_TRANSLATE_NOOP("linchpin::irc", "The server does not allow this nickname."),
        QT_TRANSLATE_NOOP("linchpin::irc", "Choose another nickname."), true },
    Entry { u"wrong-protocol", Error::Kind::Protocol,
        QT_TRANSLATE_NOOP("linchpin::irc", "What answers there is not an IRC server."),
        QT_TRANSLATE_NOOP("linchpin::irc", "Check the server's name and the port."), true },
    Entry { u"not-tls", Error::Kind::Tls,
        QT_TRANSLATE_NOOP("linchpin::irc", "The server does not speak TLS here."),
        QT_TRANSLATE_NOOP("linchpin::irc",
            "Try port 6697 with SSL/TLS; without encryption only if you accept that everybody on "
            "the way can read along."),
        true },
    Entry { u"tls-required", Error::Kind::Tls,
        QT_TRANSLATE_NOOP("linchpin::irc", "The server wants an encrypted connection."),
        QT_TRANSLATE_NOOP("linchpin::irc", "Set the connection type to SSL/TLS."), true },
    Entry { u"throttled", Error::Kind::Forbidden,
        QT_TRANSLATE_NOOP("linchpin::irc", "The server wants you to wait before you come back."),
        QT_TRANSLATE_NOOP("linchpin::irc",
            "Wait some minutes: every attempt in between makes the server wait longer."),
        false },
    Entry { u"too-many-connections", Error::Kind::Forbidden,
        QT_TRANSLATE_NOOP("linchpin::irc", "The server has enough connections from your network."),
        QT_TRANSLATE_NOOP("linchpin::irc",
            "Sign out other programs that use this network, or wait until the server has noticed "
            "that an old connection is gone."),
        false },
    Entry { u"timed-out", Error::Kind::Timeout,
        QT_TRANSLATE_NOOP("linchpin::irc", "The server has stopped answering."),
        QT_TRANSLATE_NOOP("linchpin::irc",
            "Check server and port; a port that wants TLS keeps silent without it, and the other "
            "way round."),
        false },
    Entry { u"server-fault", Error::Kind::Network,
        QT_TRANSLATE_NOOP("linchpin::irc", "The server ended the connection."),
        QT_TRANSLATE_NOOP(
            "linchpin::irc", "Try again later, or choose another server of the network."),
        false },
    Entry { u"connection-closed", Error::Kind::Network,
        QT_TRANSLATE_NOOP("linchpin::irc", "The connection to the server was lost."), "", false },
    Entry { u"not-online", Error::Kind::Cancelled,
        QT_TRANSLATE_NOOP("linchpin::irc", "You are not signed in."), "", false },
    Entry { u"not-sent", Error::Kind::Cancelled,
        QT_TRANSLATE_NOOP("linchpin::irc", "The connection ended before the message was sent."), "",
        false },
    Entry { u"elsewhere-signed-in", Error::Kind::Forbidden,
        QT_TRANSLATE_NOOP("linchpin::irc",
            "The server ended this connection because the nickname is used by another one."),
        QT_TRANSLATE_NOOP(
            "linchpin::irc", "Sign out the other program, or choose another nickname here."),
        true },
    Entry { u"invalid-address", Error::Kind::NotFound,
        QT_TRANSLATE_NOOP("linchpin::irc", "This is not a nickname or channel."), "", false },
    Entry { u"invalid-message", Error::Kind::Unsupported,
        QT_TRANSLATE_NOOP("linchpin::irc", "IRC cannot carry this."), "", false },
};

} // namespace

Error makeError(const QString &code, const QString &serverWords)
{
    Error error;
    error.code = code;
    error.detail = serverWords;
    const auto *const entry = std::ranges::find(kErrors, QStringView(code), &Entry::code);
    if (entry == kErrors.end()) {
        error.title = tr("Something went wrong.");
        return error;
    }
    error.kind = entry->kind;
    error.title = tr(entry->title);
    error.remedy = *entry->remedy == '\0' ? QString() : tr(entry->remedy);
    error.fatal = entry->fatal;
    if (code == "tls-required"_L1) {
        error.fix.insert(u"connection"_s, u"tls"_s);
    } else if (code == "auth-scheme-unavailable"_L1) {
        error.fix.insert(u"sasl"_s, u"auto"_s);
    } else if (code == "throttled"_L1) {
        error.retryAfter = kAfterThrottle;
    } else if (code == "too-many-connections"_L1) {
        error.retryAfter = kAfterCrowd;
    }
    return error;
}

Error weakerThanBefore(const QString &serverWords)
{
    Error error = makeError(u"auth-scheme-unavailable"_s, serverWords);
    error.title = tr("The server could log you in without learning your password before, and now "
                     "wants the password itself.");
    error.remedy = tr("Nothing secret was sent. Somebody may stand between you and the server. Ask "
                      "the network's staff, and only if the change was meant, choose PLAIN by "
                      "hand.");
    error.fix.clear(); // never lowered by a button
    return error;
}

Error strippedError(const Error &why, const QString &host, quint16 port)
{
    Error error = why;
    error.title
        = tr("%1 asked to be reached over TLS only, and TLS does not work there now.").arg(host);
    error.detail = u"sts, port %1: %2"_s.arg(port).arg(why.detail);
    error.remedy = tr("Nothing is sent without encryption. Somebody on the way may be blocking it: "
                      "try from another network, or ask the network's staff.");
    error.fix.clear();
    return error;
}

Error refusalError(int numeric, const QString &target, const QString &serverWords)
{
    Error error;
    error.kind = Error::Kind::Forbidden;
    error.code = u"refused-by-server"_s;
    error.detail = serverWords;
    error.title = tr("The server refused this.");
    switch (numeric) {
    case 401: // ERR_NOSUCHNICK
    case 406: // ERR_WASNOSUCHNICK
        error.kind = Error::Kind::NotFound;
        error.code = u"no-such-nick"_s;
        error.title = tr("%1 is not online.").arg(target);
        break;
    case 403: // ERR_NOSUCHCHANNEL
    case 476: // ERR_BADCHANMASK
    case 479: // ERR_BADCHANNAME
        error.kind = Error::Kind::NotFound;
        error.code = u"no-such-channel"_s;
        error.title = tr("There is no channel %1.").arg(target);
        break;
    case 404: // ERR_CANNOTSENDTOCHAN
    case 442: // ERR_NOTONCHANNEL
        error.code = u"cannot-send"_s;
        error.title = tr("You may not write to %1.").arg(target);
        break;
    case 405: // ERR_TOOMANYCHANNELS
        error.code = u"too-many-rooms"_s;
        error.title = tr("You are in too many channels.");
        break;
    case 471: // ERR_CHANNELISFULL
        error.code = u"room-full"_s;
        error.title = tr("%1 is full.").arg(target);
        break;
    case 473: // ERR_INVITEONLYCHAN
        error.code = u"invite-only"_s;
        error.title = tr("%1 is for invited people only.").arg(target);
        break;
    case 474: // ERR_BANNEDFROMCHAN
        error.code = u"banned"_s;
        error.title = tr("You are banned from %1.").arg(target);
        break;
    case 475: // ERR_BADCHANNELKEY
        error.kind = Error::Kind::Authentication;
        error.code = u"room-password"_s;
        error.title = tr("%1 needs a password.").arg(target);
        break;
    case 477: // ERR_NEEDREGGEDNICK
        error.kind = Error::Kind::Authentication;
        error.code = u"sasl-required"_s;
        error.title = tr("%1 is for people with a registered nickname only.").arg(target);
        break;
    case 482: // ERR_CHANOPRIVSNEEDED
        error.code = u"not-operator"_s;
        error.title = tr("Only operators of %1 may do that.").arg(target);
        break;
    case 433: // ERR_NICKNAMEINUSE
        error.code = u"nick-in-use"_s;
        error.title = tr("The nickname %1 is in use.").arg(target);
        break;
    case 432: // ERR_ERRONEUSNICKNAME
        error.code = u"login-format"_s;
        error.title = tr("The server does not allow the nickname %1.").arg(target);
        break;
    default:
        break;
    }
    return error;
}

} // namespace linchpin::irc
