// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/signinmechanisms.h"

#include "protocols/sip/auth/gssmechanism.h"
#include "protocols/sip/auth/ntlm.h"
#include "protocols/sip/auth/tlsdsk.h"

#include <QFile>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr qint64 longestAuthorityFile = qint64 { 1 } << 20;

using Made = std::expected<std::unique_ptr<AuthMechanism>, AuthError>;

Made makeNtlm(const SignIn &who, const QByteArray &targetName, const RandomBytes &random,
    const QDateTime &now)
{
    if (who.singleSignOn) {
        if (!GssMechanism::isInstalled(GssMechanism::Kind::Ntlm)) {
            return std::unexpected(AuthError {
                AuthError::Code::NotInstalled, u"the system has no NTLM (gss-ntlmssp)"_s });
        }
        return std::make_unique<GssMechanism>(
            GssMechanism::Kind::Ntlm, SystemCredentials(), targetName);
    }
    NtlmCredentials credentials = splitLogin(who.login, who.address);
    credentials.password = who.password;
    credentials.workstation = who.workstation;
    return std::make_unique<NtlmMechanism>(credentials, random, now);
}

Made makeKerberos(const SignIn &who, const QByteArray &targetName)
{
    if (who.proxied) {
        return std::unexpected(AuthError { AuthError::Code::Unreachable,
            u"Kerberos cannot go through the proxy of this account"_s });
    }
    const SystemCredentials credentials = who.singleSignOn
        ? SystemCredentials()
        : kerberosCredentials(who.login, who.address, who.password);
    return std::make_unique<GssMechanism>(GssMechanism::Kind::Kerberos, credentials, targetName);
}

/// As for the connection itself, had it been TLS.
std::optional<TlsEngine::ServerTrust> serverTrust(const SignIn &who, const QStringList &names)
{
    if (names.isEmpty()) {
        return std::nullopt;
    }
    TlsEngine::ServerTrust trust { .names = names, .authorities = {}, .pinned = {} };
    QString pinned = who.pinnedCertificate;
    pinned.remove(u':').remove(u' ');
    trust.pinned = QByteArray::fromHex(pinned.toLatin1());
    if (!who.authorityFile.isEmpty()) {
        QFile file(who.authorityFile);
        if (file.open(QIODevice::ReadOnly)) {
            trust.authorities = file.read(longestAuthorityFile);
        }
    }
    return trust;
}

} // namespace

MechanismFactory signInMechanisms(
    const SignIn &who, const RandomBytes &random, std::function<QDateTime()> now)
{
    return [who, random, now = std::move(now)](const MechanismRequest &request) -> Made {
        if (request.scheme == "NTLM") {
            return makeNtlm(who, request.targetName, random,
                request.serverTime.isValid() ? request.serverTime : now());
        }
        if (request.scheme == "Kerberos") {
            return makeKerberos(who, request.targetName);
        }
        return std::make_unique<TlsDskMechanism>(request.certificate,
            request.oldHello ? TlsEngine::Versions::Only10 : TlsEngine::Versions::From10To12,
            serverTrust(who, request.provenNames));
    };
}

std::optional<DigestCredentials> digestCredentials(const SignIn &who)
{
    if (who.singleSignOn) {
        return std::nullopt;
    }
    // Registrars know people by the user part of their address.
    const QString user
        = who.login.trimmed().isEmpty() ? who.address.section(u'@', 0, 0) : who.login.trimmed();
    return DigestCredentials { user, who.password };
}

} // namespace linchpin::sip
