// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/neterrors.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

struct Words {
    QLatin1StringView code;
    Error::Kind kind;
    const char *title;
    const char *remedy;
};

constexpr const char *kContext = "linchpin::Network";

const Words kWords[] = {
    { "name-not-found"_L1, Error::Kind::Network,
        QT_TRANSLATE_NOOP("linchpin::Network", "The server's name is not known."),
        QT_TRANSLATE_NOOP(
            "linchpin::Network", "Check the spelling of the server's name and the network.") },
    { "refused"_L1, Error::Kind::Network,
        QT_TRANSLATE_NOOP("linchpin::Network", "The server does not accept connections there."),
        QT_TRANSLATE_NOOP(
            "linchpin::Network", "Check server and port; a firewall may be in between.") },
    { "timed-out"_L1, Error::Kind::Timeout,
        QT_TRANSLATE_NOOP("linchpin::Network", "The server did not answer in time."),
        QT_TRANSLATE_NOOP("linchpin::Network",
            "Check server and port; a firewall that drops connections looks like this.") },
    { "unreachable"_L1, Error::Kind::Network,
        QT_TRANSLATE_NOOP("linchpin::Network", "The server cannot be reached from here."),
        QT_TRANSLATE_NOOP("linchpin::Network", "Check the network connection.") },
    { "connection-closed"_L1, Error::Kind::Network,
        QT_TRANSLATE_NOOP("linchpin::Network", "The server closed the connection."), nullptr },
    { "proxy-refused"_L1, Error::Kind::Network,
        QT_TRANSLATE_NOOP("linchpin::Network", "The proxy did not make the connection."),
        QT_TRANSLATE_NOOP("linchpin::Network",
            "Check the proxy's settings; it may not allow this server or port.") },
    { "proxy-auth-required"_L1, Error::Kind::Authentication,
        QT_TRANSLATE_NOOP("linchpin::Network", "The proxy wants a login and password."),
        QT_TRANSLATE_NOOP(
            "linchpin::Network", "Enter the proxy's login and password on the Proxy page.") },
    { "dns-failed"_L1, Error::Kind::Network,
        QT_TRANSLATE_NOOP("linchpin::Network", "The name service did not answer properly."),
        QT_TRANSLATE_NOOP("linchpin::Network", "Check the network connection, or set a server.") },
    { "not-tls"_L1, Error::Kind::Tls,
        QT_TRANSLATE_NOOP("linchpin::Network", "The server does not speak TLS on this port."),
        QT_TRANSLATE_NOOP(
            "linchpin::Network", "Check the port, or choose another connection type.") },
    { "tls-too-old"_L1, Error::Kind::Tls,
        QT_TRANSLATE_NOOP("linchpin::Network", "The server offers only outdated TLS versions."),
        QT_TRANSLATE_NOOP("linchpin::Network",
            "Lower the minimum TLS version for this account only if you must.") },
    { "tls-handshake-failed"_L1, Error::Kind::Tls,
        QT_TRANSLATE_NOOP("linchpin::Network", "No secure connection could be agreed on."),
        nullptr },
    { "too-large"_L1, Error::Kind::Protocol,
        QT_TRANSLATE_NOOP("linchpin::Network", "The server's answer is too large."), nullptr },
    { "cancelled"_L1, Error::Kind::Cancelled,
        QT_TRANSLATE_NOOP("linchpin::Network", "The connection was given up."), nullptr },
};

bool containsAny(const QString &text, std::initializer_list<QLatin1StringView> words)
{
    return std::ranges::any_of(
        words, [&](QLatin1StringView word) { return text.contains(word, Qt::CaseInsensitive); });
}

} // namespace

Error networkError(const QString &code, const QString &where, const QString &systemWords)
{
    Error error;
    error.kind = Error::Kind::Network;
    error.code = code;
    for (const Words &words : kWords) {
        if (words.code == code) {
            error.kind = words.kind;
            error.title = QCoreApplication::translate(kContext, words.title);
            if (words.remedy) {
                error.remedy = QCoreApplication::translate(kContext, words.remedy);
            }
        }
    }
    if (error.title.isEmpty()) {
        error.title = QCoreApplication::translate(kContext, "The connection failed.");
    }
    error.detail = systemWords.isEmpty() ? where : u"%1: %2"_s.arg(where, systemWords);
    error.fatal = code == "proxy-auth-required"_L1;
    return error;
}

Error errorOf(QAbstractSocket::SocketError error, const QString &where, const QString &systemWords)
{
    const auto code = [&] {
        switch (error) {
        case QAbstractSocket::ConnectionRefusedError:
            return u"refused"_s;
        case QAbstractSocket::RemoteHostClosedError:
            return u"connection-closed"_s;
        case QAbstractSocket::HostNotFoundError:
            return u"name-not-found"_s;
        case QAbstractSocket::SocketTimeoutError:
            return u"timed-out"_s;
        case QAbstractSocket::ProxyAuthenticationRequiredError:
            return u"proxy-auth-required"_s;
        case QAbstractSocket::ProxyConnectionRefusedError:
        case QAbstractSocket::ProxyConnectionClosedError:
        case QAbstractSocket::ProxyConnectionTimeoutError:
        case QAbstractSocket::ProxyNotFoundError:
        case QAbstractSocket::ProxyProtocolError:
            return u"proxy-refused"_s;
        case QAbstractSocket::NetworkError:
            // Qt has no finer word; the system's sentence tells a reset from a missing route.
            return containsAny(systemWords, { "timed out"_L1 }) ? u"timed-out"_s : u"unreachable"_s;
        default:
            return u"connection-failed"_s;
        }
    }();
    return networkError(code, where, systemWords);
}

Error handshakeError(const QString &where, const QString &openSslWords)
{
    const auto code = [&] {
        // "wrong version number" alone stands for a plain-text answer; the alert of a peer that
        // wants another version is called "alert protocol version".
        if (containsAny(openSslWords,
                { "unsupported protocol"_L1, "protocol version"_L1, "no protocols available"_L1,
                    "version too low"_L1 })) {
            return u"tls-too-old"_s;
        }
        if (containsAny(openSslWords,
                { "wrong version number"_L1, "packet length too long"_L1, "unknown protocol"_L1,
                    "http request"_L1, "record layer failure"_L1, "bad record type"_L1 })) {
            return u"not-tls"_s;
        }
        return u"tls-handshake-failed"_s;
    }();
    Error error = networkError(code, where, openSslWords);
    if (containsAny(openSslWords,
            { "ee key too small"_L1, "ca key too small"_L1, "ca md too weak"_L1,
                "dh key too small"_L1, "key too weak"_L1 })) {
        error.code = u"certificate-weak"_s;
        error.title
            = QCoreApplication::translate(kContext, "The server's certificate or key is too weak.");
    }
    if (error.code == "tls-too-old"_L1 || error.code == "certificate-weak"_L1) {
        error.fatal = true;
    }
    return error;
}

Error httpError(QNetworkReply::NetworkError error, const QString &where, const QString &words)
{
    const auto code = [&] {
        switch (error) {
        case QNetworkReply::ConnectionRefusedError:
            return u"refused"_s;
        case QNetworkReply::RemoteHostClosedError:
            return u"connection-closed"_s;
        case QNetworkReply::HostNotFoundError:
            return u"name-not-found"_s;
        case QNetworkReply::TimeoutError:
            return u"timed-out"_s;
        case QNetworkReply::TemporaryNetworkFailureError:
        case QNetworkReply::NetworkSessionFailedError:
            return u"unreachable"_s;
        case QNetworkReply::ProxyAuthenticationRequiredError:
            return u"proxy-auth-required"_s;
        case QNetworkReply::ProxyConnectionRefusedError:
        case QNetworkReply::ProxyConnectionClosedError:
        case QNetworkReply::ProxyNotFoundError:
        case QNetworkReply::ProxyTimeoutError:
            return u"proxy-refused"_s;
        case QNetworkReply::OperationCanceledError:
            return u"cancelled"_s;
        default:
            return u"http-failed"_s;
        }
    }();
    if (error == QNetworkReply::SslHandshakeFailedError) {
        return handshakeError(where, words);
    }
    return networkError(code, where, words);
}

} // namespace linchpin
