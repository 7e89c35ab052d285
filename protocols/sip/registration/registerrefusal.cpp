// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/registration/registerrefusal.h"

#include "protocols/sip/wire/sipheader.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::Failures)
};

constexpr std::chrono::minutes toleratedSkew { 5 }; // RFC 4120 8.2

constexpr std::array diagnosticHeaders { "ms-diagnostics", "ms-diagnostics-public" };

std::optional<Diagnostics> diagnosticsOf(const SipMessage &message)
{
    for (const char *header : diagnosticHeaders) {
        if (auto d = parseDiagnostics(message.header(header))) {
            return d;
        }
    }
    return std::nullopt;
}

int diagnosticId(const SipMessage &message)
{
    const auto d = diagnosticsOf(message);
    return d ? d->id : 0;
}

/// The text of `310 lcs.microsoft.com "…"`. RFC 3261 20.43.
QString warningText(const SipMessage &message)
{
    for (const QByteArray &value : message.headerValues("Warning")) {
        const qsizetype open = value.indexOf('"');
        if (open >= 0 && value.endsWith('"') && value.size() - open > 2) {
            return QString::fromUtf8(unquoted(QByteArrayView(value).sliced(open)));
        }
    }
    return {};
}

} // namespace

QString serverWords(const SipMessage &response)
{
    if (const QString warning = warningText(response); !warning.isEmpty()) {
        return warning;
    }
    for (const char *header : diagnosticHeaders) {
        const auto d = parseDiagnostics(response.header(header));
        if (d && !d->reason().isEmpty()) {
            return QString::fromUtf8(d->reason());
        }
    }
    return u"%1 %2"_s.arg(response.status).arg(QString::fromUtf8(response.reason)).trimmed();
}

bool isVersionRefusal(const SipMessage &response)
{
    const int id = diagnosticId(response);
    const QString words = serverWords(response);
    // BlockWithUrl may leave nothing of the sentence but the address to fetch a client from.
    return response.status == 403
        && ((id >= 17001 && id <= 17003)
            || words.contains(u"version of the client"_s, Qt::CaseInsensitive)
            || words.startsWith(u"http://"_s) || words.startsWith(u"https://"_s));
}

std::chrono::seconds retryAfter(const SipMessage &response)
{
    const QByteArray value = response.header("Retry-After").trimmed();
    qsizetype digits = 0;
    while (digits < value.size() && value.at(digits) >= '0' && value.at(digits) <= '9') {
        ++digits;
    }
    bool ok = false;
    const std::chrono::seconds wait(value.first(digits).toUInt(&ok));
    return ok ? std::min<std::chrono::seconds>(wait, std::chrono::hours(24))
              : std::chrono::seconds(0);
}

bool isServersOwnTrouble(const SipMessage &response)
{
    return response.status == 503 || response.status == 504;
}

namespace {

/// What a final answer to REGISTER means. The first row that fits counts.
struct Refusal {
    int id; ///< of ms-diagnostics, [MS-OCER] 7; 0: whatever it is
    int status; ///< 0: whatever it is
    const char *words; ///< a piece of the server's words; nullptr: whatever they are
    const char *code;
    Error::Kind kind;
    const char *title;
    const char *remedy;
};

constexpr const char *kAskToEnable
    = QT_TRANSLATE_NOOP("linchpin::sip::Failures", "Ask the administrator to enable it.");
constexpr const char *kAskInWords = QT_TRANSLATE_NOOP(
    "linchpin::sip::Failures", "Ask the administrator, quoting the server's words.");
constexpr const char *kSetClock
    = QT_TRANSLATE_NOOP("linchpin::sip::Failures", "Set this computer's clock and time zone.");
constexpr const char *kCheckServer
    = QT_TRANSLATE_NOOP("linchpin::sip::Failures", "Check the server name and port.");

const Refusal kRefusals[] = {
    { 4004, 0, nullptr, "login-format", Error::Kind::Authentication,
        QT_TRANSLATE_NOOP(
            "linchpin::sip::Failures", "The login does not belong to this sign-in address."),
        QT_TRANSLATE_NOOP("linchpin::sip::Failures",
            "Enter the login the way your company uses it: DOMAIN\\user or user@domain.") },
    { 4141, 0, nullptr, "account-disabled", Error::Kind::Forbidden,
        QT_TRANSLATE_NOOP(
            "linchpin::sip::Failures", "The administrator has disabled this account."),
        kAskToEnable },
    { 4003, 0, nullptr, "account-disabled", Error::Kind::Forbidden,
        QT_TRANSLATE_NOOP("linchpin::sip::Failures",
            "This account may not sign in from outside the company's network."),
        QT_TRANSLATE_NOOP("linchpin::sip::Failures",
            "Sign in from inside the company network, or ask for remote access.") },
    { 1012, 0, nullptr, "account-disabled", Error::Kind::Forbidden,
        QT_TRANSLATE_NOOP("linchpin::sip::Failures",
            "This account may not be used outside the company's network."),
        QT_TRANSLATE_NOOP("linchpin::sip::Failures",
            "Sign in from inside the company network, or ask for remote access.") },
    { 1013, 0, nullptr, "clock-wrong", Error::Kind::Authentication,
        QT_TRANSLATE_NOOP(
            "linchpin::sip::Failures", "This computer's clock differs too much from the server's."),
        kSetClock },
    { 17000, 0, nullptr, "server-fault", Error::Kind::Network,
        QT_TRANSLATE_NOOP(
            "linchpin::sip::Failures", "The server is too busy to look at the client's version."),
        nullptr },
    { 0, 403, "disabled", "account-disabled", Error::Kind::Forbidden,
        QT_TRANSLATE_NOOP("linchpin::sip::Failures", "The server says the account is disabled."),
        kAskToEnable },
    { 0, 404, nullptr, "address-unknown", Error::Kind::NotFound,
        QT_TRANSLATE_NOOP("linchpin::sip::Failures",
            "The server does not know this address, or it is not enabled for messaging."),
        QT_TRANSLATE_NOOP("linchpin::sip::Failures",
            "Check the sign-in address; ask the administrator otherwise.") },
    { 0, 403, nullptr, "forbidden", Error::Kind::Forbidden,
        QT_TRANSLATE_NOOP("linchpin::sip::Failures", "You have been rejected by the server."),
        kAskInWords },
    { 0, 501, nullptr, "not-implemented", Error::Kind::Unsupported,
        QT_TRANSLATE_NOOP(
            "linchpin::sip::Failures", "The server does not do what a messaging server must."),
        kCheckServer },
    { 0, 405, nullptr, "not-implemented", Error::Kind::Unsupported,
        QT_TRANSLATE_NOOP(
            "linchpin::sip::Failures", "The server does not do what a messaging server must."),
        kCheckServer },
};

const Refusal *refusalOf(const SipMessage &response)
{
    const int id = diagnosticId(response);
    const QString words = serverWords(response);
    const auto *const found = std::ranges::find_if(kRefusals, [&](const Refusal &row) {
        return (row.id == 0 || row.id == id) && (row.status == 0 || row.status == response.status)
            && (row.words == nullptr
                || words.contains(QLatin1StringView(row.words), Qt::CaseInsensitive));
    });
    return found == std::end(kRefusals) ? nullptr : found;
}

/// `user-agent-rejected` where another string may do, `client-version-rejected` where all that are
/// known have been tried.
Error versionRefused(const SipMessage &response, const QString &suggestedUserAgent)
{
    Error error;
    error.kind = Error::Kind::Forbidden;
    error.detail = serverWords(response);
    error.fatal = true;
    if (suggestedUserAgent.isEmpty()) {
        error.code = u"client-version-rejected"_s;
        error.title
            = Text::tr("The server accepts none of the client versions this program knows of.");
        error.remedy = Text::tr("Ask the administrator which client versions are allowed and enter "
                                "that client's User-Agent in the account's advanced settings.");
        return error;
    }
    error.code = u"user-agent-rejected"_s;
    error.title = Text::tr("The server does not accept this client version.");
    error.remedy = Text::tr("Change the User-Agent in the account's advanced settings to one the "
                            "server knows, for example \"%1\".")
                       .arg(suggestedUserAgent);
    error.fix.insert(u"user-agent"_s, suggestedUserAgent);
    return error;
}

} // namespace

Error signInFailure(const SipMessage &response, const QString &suggestedUserAgent)
{
    if (isVersionRefusal(response)) {
        return versionRefused(response, suggestedUserAgent);
    }
    Error error;
    error.detail = serverWords(response);
    if (const Refusal *row = refusalOf(response)) {
        error.kind = row->kind;
        error.code = QString::fromLatin1(row->code);
        error.title = Text::tr(row->title);
        error.remedy = row->remedy != nullptr ? Text::tr(row->remedy) : QString();
        error.fatal = row->kind != Error::Kind::Network;
        return error;
    }
    const auto wait = retryAfter(response);
    // Said with Retry-After these pass as well, RFC 3261 20.33; without it somebody has to act.
    const bool passes = wait.count() > 0
        && (response.status == 413 || response.status == 480 || response.status == 486);
    if (response.status >= 500 || passes) {
        error.kind = Error::Kind::Network;
        error.code = u"server-fault"_s;
        error.fatal = response.status >= 600;
        error.title = Text::tr("The service is not available at the moment.");
        error.remedy = wait.count() > 0
            ? Text::tr("The server asks to try again in %n second(s).", nullptr, int(wait.count()))
            : Text::tr("Try again later; ask the administrator if it stays like this.");
        error.retryAfter = wait;
        return error;
    }
    error.kind = Error::Kind::Protocol;
    error.code = u"unknown"_s;
    error.fatal = true;
    error.title = Text::tr("The server refused to sign you in.");
    error.remedy = Text::tr(kAskInWords);
    return error;
}

Error credentialsRefused(const SipMessage &response, const Credentials &shown,
    const QDateTime &serverTime, const QDateTime &now)
{
    Error error;
    error.kind = Error::Kind::Authentication;
    error.detail = serverWords(response);
    error.fatal = true;
    if (const int id = diagnosticId(response); id == 4004 || id == 4141 || id == 4003) {
        return signInFailure(response, {});
    }
    const bool said = diagnosticId(response) == 1013;
    const auto skew = serverTime.isValid() ? std::chrono::seconds(std::abs(serverTime.secsTo(now)))
                                           : std::chrono::seconds(0);
    if (said || (skew > toleratedSkew && !shown.inServerTime)) {
        error.code = u"clock-wrong"_s;
        error.title = skew > toleratedSkew
            ? Text::tr(
                  "Signing in failed, and the clock differs from the server's by %n minute(s).",
                  nullptr, int(std::chrono::duration_cast<std::chrono::minutes>(skew).count()))
            : Text::tr("This computer's clock differs too much from the server's.");
        error.remedy = Text::tr(kSetClock);
        return error;
    }
    if (shown.scheme == "Kerberos") {
        error.code = u"auth-scheme-unavailable"_s;
        error.title = Text::tr("The server did not accept the Kerberos ticket.");
        error.remedy = Text::tr("Set the authentication scheme to automatic, or check that the "
                                "ticket belongs to this account.");
        return error;
    }
    if (shown.scheme == "TLS-DSK") {
        error.code = u"certificate-refused"_s;
        error.title = Text::tr("The server does not accept the certificate it gave this account.");
        error.remedy
            = Text::tr("Try again later; ask the administrator when it goes on like this.");
        return error;
    }
    if (!shown.otherLogin.isEmpty()) {
        error.code = u"login-format"_s;
        error.title
            = Text::tr("The server did not accept the login: its Windows domain is %1, the login "
                       "names another one.")
                  .arg(shown.otherLogin.section(u'\\', 0, 0));
        error.remedy = Text::tr(
            "Try the login \"%1\". Where the login is right as it is, check the password.")
                           .arg(shown.otherLogin);
        error.fix.insert(u"login"_s, shown.otherLogin);
        return error;
    }
    error.code = u"wrong-password"_s;
    error.title = Text::tr("The server did not accept the login or the password (%1).")
                      .arg(QString::fromLatin1(shown.scheme));
    error.remedy = Text::tr("Check the password and the login; some companies want DOMAIN\\user.");
    return error;
}

} // namespace linchpin::sip
