// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QString>

#include <optional>

class QSslCertificate;

namespace linchpin {

/// What a certificate is trusted for. The server's own line and the web services around it (address
/// book, certificates, discovery) are different programs, often of different machines: trusting the
/// one says nothing about the other.
enum class TrustService { Connection, Web };

/// What a user decided about one certificate that the rules refuse, for one name and one service of
/// one account.
struct TrustException {
    enum class Kind {
        Once, ///< until the program ends
        Always, ///< until `until`
        Never,
    };
    Kind kind = Kind::Once;
    TrustService service = TrustService::Connection;
    QString name; ///< that the certificate had to carry, lower case
    QByteArray certificate; ///< DER
    QString reason; ///< the code it was refused with
    QDateTime made; ///< UTC
    QDateTime until; ///< UTC; of Always alone

    QByteArray sha256() const; ///< raw
    bool isEnded(const QDateTime &now) const;
    friend bool operator==(const TrustException &, const TrustException &) = default;
};

/// The decisions of one account. A value without a clock.
class TrustExceptions {
public:
    /// What cannot be read, and what has no end though it should, is left out.
    static TrustExceptions fromBytes(const QByteArray &bytes);
    /// For AccountConfig::state; without what holds for this run alone.
    QByteArray toBytes() const;

    /// A name has one certificate that is always trusted and one that is trusted once; Never is for
    /// a single certificate. Takes the place of what contradicts it.
    void add(const TrustException &exception);
    void remove(const TrustException &exception);
    /// Forgets whatever was trusted for the name (not what never is); whether there was anything.
    bool forgive(TrustService service, const QString &name);
    const QList<TrustException> &all() const { return m_all; }

    enum class Word {
        Nothing, ///< never decided, or the decision has ended
        Trusted,
        Changed, ///< another certificate was trusted for this name
        Never,
    };
    struct Answer {
        Word word = Word::Nothing;
        /// What the word comes from; with Nothing a decision about this very certificate that has
        /// ended.
        std::optional<TrustException> exception = {};
    };
    Answer ask(TrustService service, const QString &name, const QByteArray &sha256,
        const QDateTime &now) const;

    friend bool operator==(const TrustExceptions &, const TrustExceptions &) = default;

private:
    QList<TrustException> m_all;
};

/// The longest an exception lasts: the certificate's own end, or a year; a month where it has ended
/// already or is about to.
QDateTime latestTrustEnd(const QSslCertificate &certificate, const QDateTime &now);

/// Lower case, without a final dot.
QString trustName(const QString &host);

} // namespace linchpin
