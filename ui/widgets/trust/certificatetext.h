// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/truststore.h"

#include <QList>
#include <QSslCertificate>
#include <QString>

/// A refused certificate in words for people. Pure.
namespace linchpin::certificatetext {

/// How much thought trusting it all the same must take.
enum class Care {
    Plain, ///< one button
    Tick, ///< a weak key, another name: a sentence to agree to first
    Compare, ///< it has changed: part of the new fingerprint has to be typed
    Refused, ///< revoked: not to be trusted at all
};
Care careOf(const RefusedCase &refused);

QString headline(const RefusedCase &refused); ///< what is wrong, one sentence
/// "You asked for litwareinc.test; DNS sent us to sip.hoster.test; its certificate is for …"
QString way(const RefusedCase &refused);
QString advice(const RefusedCase &refused); ///< what it may mean and what to do
QString agreement(const RefusedCase &refused); ///< of Care::Tick

QString displayName(const QSslCertificate &certificate);
QStringList names(const QSslCertificate &certificate); ///< all it is for, DNS names and addresses
QString issuer(const QSslCertificate &certificate);
QString validity(const QSslCertificate &certificate, const QDateTime &now);
QString key(const QSslCertificate &certificate); ///< "RSA, 2048 bits"; weak ones say so
QString signature(const QSslCertificate &certificate); ///< empty where it cannot be told
QString fingerprint(const QByteArray &sha256); ///< "AB:CD:…"
/// The characters that have to be typed with Care::Compare.
QString fingerprintEnd(const QByteArray &sha256);
bool isFingerprintEnd(const QString &typed, const QByteArray &sha256);
QString service(TrustService service); ///< "server", "web services"

} // namespace linchpin::certificatetext
