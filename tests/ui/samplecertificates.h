// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/net/truststore.h"

#include <QSslCertificate>

namespace linchpin::test {

// Made with openssl for these tests; their keys are gone.
inline constexpr const char *kAuthority = R"(-----BEGIN CERTIFICATE-----
MIIBlTCCATygAwIBAgIUTITVDttqgUR5zqXlv6aiLHw5SuMwCgYIKoZIzj0EAwIw
MTEVMBMGA1UECgwMTGl0d2FyZSBJbmMuMRgwFgYDVQQDDA9MaXR3YXJlIFJvb3Qg
Q0EwHhcNMjYwMTAxMDAwMDAwWhcNMzYwMTAxMDAwMDAwWjAxMRUwEwYDVQQKDAxM
aXR3YXJlIEluYy4xGDAWBgNVBAMMD0xpdHdhcmUgUm9vdCBDQTBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABGcnLSkl8fuOUIA/+Zl6fJ7t1tuCMQ3LKy9TIQrV83eQ
IVbEwPxvJHktGlSvW24nnRAx9byKgrzPN7Xjc5ZrYCWjMjAwMA8GA1UdEwEB/wQF
MAMBAf8wHQYDVR0OBBYEFBAGC38LRJo9Do1TXESjuTZ80XY8MAoGCCqGSM49BAMC
A0cAMEQCIAoCoYcZ1ghMkRCr6tgHbZtjIqXukG/ImvwV+eYibbt0AiAKSokXCrNo
awzj/+Ug5uohDGzEdHxY+oI5VTiDoJ6rzg==
-----END CERTIFICATE-----
)";
inline constexpr const char *kFirst = R"(-----BEGIN CERTIFICATE-----
MIIB1jCCAXygAwIBAgIUNEpIQsNYsS+c2/j5nKW9yazTGVcwCgYIKoZIzj0EAwIw
MTEVMBMGA1UECgwMTGl0d2FyZSBJbmMuMRgwFgYDVQQDDA9MaXR3YXJlIFJvb3Qg
Q0EwHhcNMjYwMTAxMDAwMDAwWhcNMzYwMTAxMDAwMDAwWjArMQ8wDQYDVQQKDAZI
b3N0ZXIxGDAWBgNVBAMMD3NpcC5ob3N0ZXIudGVzdDBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABC2JGY+IsyEYZjMxDMHSCHahjiKbw5dnDowKOUrhQUkjvkkEUiK2
/pYxXT2hJtAAb3WUCkhQznjYsuFXW2+LtECjeDB2MCkGA1UdEQQiMCCCD3NpcC5o
b3N0ZXIudGVzdIINKi5ob3N0ZXIudGVzdDAJBgNVHRMEAjAAMB0GA1UdDgQWBBQw
vTaA38Vm6kIIIrloBpOuWBdF3TAfBgNVHSMEGDAWgBQQBgt/C0SaPQ6NU1xEo7k2
fNF2PDAKBggqhkjOPQQDAgNIADBFAiAKnxcoSJoIOyR6sZKcXJ3HD8rxgmb/9LSu
sc6KjCoWuwIhAMEiUSEHCGWjdZ7gFOumBGm8zSCXV2hWst2XRBcCBmgb
-----END CERTIFICATE-----
)";
inline constexpr const char *kSecond = R"(-----BEGIN CERTIFICATE-----
MIIB1TCCAXygAwIBAgIUNEpIQsNYsS+c2/j5nKW9yazTGVgwCgYIKoZIzj0EAwIw
MTEVMBMGA1UECgwMTGl0d2FyZSBJbmMuMRgwFgYDVQQDDA9MaXR3YXJlIFJvb3Qg
Q0EwHhcNMjYwMTAxMDAwMDAwWhcNMzYwMTAxMDAwMDAwWjArMQ8wDQYDVQQKDAZI
b3N0ZXIxGDAWBgNVBAMMD3NpcC5ob3N0ZXIudGVzdDBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABKkRxirT/bVKy1H4/BzlMEQHdjgLaD4vLhrlfjcXdqjpE5aEs0Xi
LdoCcwDs41ENkT4mizcYjfXQLGYS84jF5cmjeDB2MCkGA1UdEQQiMCCCD3NpcC5o
b3N0ZXIudGVzdIINKi5ob3N0ZXIudGVzdDAJBgNVHRMEAjAAMB0GA1UdDgQWBBT7
29LdsDpn9klgkO4PXLpWw14UhjAfBgNVHSMEGDAWgBQQBgt/C0SaPQ6NU1xEo7k2
fNF2PDAKBggqhkjOPQQDAgNHADBEAiA/bcScFUMuHV6/Pr5uGtCwH8SyEfC0B5sV
2CreSh4QGAIgWTcNZ403dL2u0G9ap+3i9Xpg5nSn50PerRn6/PvBNNE=
-----END CERTIFICATE-----
)";
inline constexpr const char *kWeak = R"(-----BEGIN CERTIFICATE-----
MIICHjCCAcOgAwIBAgIUNEpIQsNYsS+c2/j5nKW9yazTGVkwCgYIKoZIzj0EAwIw
MTEVMBMGA1UECgwMTGl0d2FyZSBJbmMuMRgwFgYDVQQDDA9MaXR3YXJlIFJvb3Qg
Q0EwHhcNMjYwMTAxMDAwMDAwWhcNMzYwMTAxMDAwMDAwWjArMQ8wDQYDVQQKDAZI
b3N0ZXIxGDAWBgNVBAMMD3NpcC5ob3N0ZXIudGVzdDCBnzANBgkqhkiG9w0BAQEF
AAOBjQAwgYkCgYEA3KiIwfjfoDdKXvcB/MTEN9cDjljNFo5tTWDh85GcPg6VbEEe
IE8bdMGcOQwi6LPQ+iH7KxVWpM/fK+A6QbIhb17rksusoJ3355RkkZrjZ1FpAWV/
nEn8m+i/beOR0MhB4U7vtQAO9Pjy5y8Cu5GQXP5VouPxRZpIq1p2bCYcvokCAwEA
AaN4MHYwKQYDVR0RBCIwIIIPc2lwLmhvc3Rlci50ZXN0gg0qLmhvc3Rlci50ZXN0
MAkGA1UdEwQCMAAwHQYDVR0OBBYEFJdMPmKMAibyZGFixkrvNww+XsZnMB8GA1Ud
IwQYMBaAFBAGC38LRJo9Do1TXESjuTZ80XY8MAoGCCqGSM49BAMCA0kAMEYCIQDt
MHX3oS0Ti8F2+pmhmSubt34BbTkLmpu7D5GUeLEqCwIhAIfqSJGjcdJX7htNsXJ6
GzU/vevlTSY7iJ/TcVge6PCH
-----END CERTIFICATE-----
)";

inline QByteArray derOf(const char *pem)
{
    return QSslCertificate(QByteArray(pem), QSsl::Pem).toDer();
}

/// A server of litwareinc.test at a hoster, whose certificate (`pem`) is refused with `code`.
inline RefusedCase refusedCase(const QString &code, const char *pem = kFirst)
{
    RefusedCase refused;
    refused.peer.host = QStringLiteral("sip.hoster.test");
    refused.peer.port = 443;
    refused.peer.expectedName = QStringLiteral("litwareinc.test");
    refused.peer.record = QStringLiteral("_sip._tls.litwareinc.test");
    refused.peer.error.kind = Error::Kind::Tls;
    refused.peer.error.code = code;
    refused.peer.error.title = QStringLiteral("The server's certificate is refused.");
    refused.peer.error.fatal = true;
    refused.peer.chain = { derOf(pem), derOf(kAuthority) };
    return refused;
}

/// The same after another one was always trusted.
inline RefusedCase changedCase(const QDateTime &now)
{
    RefusedCase refused = refusedCase(QStringLiteral("certificate-untrusted"), kSecond);
    TrustException before;
    before.kind = TrustException::Kind::Always;
    before.name = refused.peer.expectedName;
    before.certificate = derOf(kFirst);
    before.made = now.addDays(-90);
    before.until = now.addDays(90);
    refused.before = before;
    return refused;
}

} // namespace linchpin::test
