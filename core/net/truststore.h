// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/net/trustexceptions.h"
#include "core/sdk/ids.h"
#include "core/sdk/sessionservices.h"

#include <QHash>
#include <QObject>

#include <functional>

namespace linchpin {

class Account;

/// A peer that an account refused, with what core knows of it beside the session.
struct RefusedCase {
    RefusedPeer peer;
    TrustService service = TrustService::Connection;
    /// The certificate that is always trusted for this name: this is another one.
    std::optional<TrustException> before = {};
    QByteArray pinned = {}; ///< SHA-256 that the account's setting wants; this is another one
    bool isNever = false; ///< its user said so
    QDateTime at = {}; ///< UTC

    bool isChanged() const { return before.has_value() || !pinned.isEmpty(); }
    QSslCertificate certificate() const; ///< the peer's own; may be null
};

/// What the accounts' connections refused since they last went well, and what the user decided
/// about it. Decisions are kept in the account's state; those for once in memory. Main thread.
class TrustStore : public QObject {
    Q_OBJECT
public:
    explicit TrustStore(std::function<QDateTime()> clock, QObject *parent = nullptr);
    ~TrustStore() override;

    /// What is still refused, the newest first; at most one for each name and service.
    QList<RefusedCase> refused(const AccountId &account) const;
    TrustExceptions decisions(const Account &account) const;

    void trustOnce(Account &account, const RefusedCase &refused);
    /// No longer than latestTrustEnd().
    void trustAlways(Account &account, const RefusedCase &refused, const QDateTime &until);
    void trustNever(Account &account, const RefusedCase &refused);
    void forget(Account &account, const TrustException &exception);
    /// The account is gone.
    void drop(const AccountId &account);
    QDateTime now() const { return m_clock(); }

    // For the services of a session.
    void noteRefused(const AccountId &account, RefusedCase refused);
    /// A peer was accepted. Without need of an exception, one that there is goes, and is told.
    void noteAccepted(
        Account &account, TrustService service, const QString &name, bool needsException);

Q_SIGNALS:
    void refusedChanged(const linchpin::AccountId &account);
    /// One line for the user: something got better by itself.
    void mended(const linchpin::AccountId &account, const QString &code, const QString &text);

private:
    void decide(Account &account, const RefusedCase &refused, TrustException::Kind kind,
        const QDateTime &until);
    void keep(Account &account, const TrustExceptions &decisions);
    void clear(const AccountId &account, TrustService service, const QString &name);

    std::function<QDateTime()> m_clock;
    QHash<AccountId, QList<RefusedCase>> m_refused;
    QHash<AccountId, QList<TrustException>> m_once;
};

/// Key of AccountConfig::state; sessions may not write it.
inline QString trustState()
{
    return QStringLiteral("trust-exceptions");
}

} // namespace linchpin
