// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/truststore.h"

#include "core/accounts/account.h"

#include <QSslCertificate>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr qsizetype kMostRefused = 20;

} // namespace

QSslCertificate RefusedCase::certificate() const
{
    return peer.chain.isEmpty() ? QSslCertificate()
                                : QSslCertificate(peer.chain.constFirst(), QSsl::Der);
}

TrustStore::TrustStore(std::function<QDateTime()> clock, QObject *parent)
    : QObject(parent)
    , m_clock(std::move(clock))
{
}

TrustStore::~TrustStore() = default;

QList<RefusedCase> TrustStore::refused(const AccountId &account) const
{
    return m_refused.value(account);
}

TrustExceptions TrustStore::decisions(const Account &account) const
{
    TrustExceptions decisions
        = TrustExceptions::fromBytes(account.config().state.value(trustState()));
    const QList<TrustException> once = m_once.value(account.id());
    for (const TrustException &exception : once) {
        decisions.add(exception);
    }
    return decisions;
}

void TrustStore::trustOnce(Account &account, const RefusedCase &refused)
{
    decide(account, refused, TrustException::Kind::Once, {});
}

void TrustStore::trustAlways(Account &account, const RefusedCase &refused, const QDateTime &until)
{
    const QDateTime latest = latestTrustEnd(refused.certificate(), m_clock());
    decide(account, refused, TrustException::Kind::Always,
        until.isValid() ? std::min(until, latest) : latest);
}

void TrustStore::trustNever(Account &account, const RefusedCase &refused)
{
    decide(account, refused, TrustException::Kind::Never, {});
}

void TrustStore::decide(
    Account &account, const RefusedCase &refused, TrustException::Kind kind, const QDateTime &until)
{
    if (refused.peer.chain.isEmpty()) {
        return;
    }
    TrustException exception;
    exception.kind = kind;
    exception.service = refused.service;
    exception.name = trustName(refused.peer.expectedName);
    exception.certificate = refused.peer.chain.constFirst();
    exception.reason = refused.peer.error.code;
    exception.made = m_clock();
    exception.until = until;
    TrustExceptions all = decisions(account);
    all.add(exception);
    keep(account, all);
    if (kind == TrustException::Kind::Never) {
        QList<RefusedCase> &cases = m_refused[account.id()];
        for (RefusedCase &known : cases) {
            if (known.peer.chain.value(0) == exception.certificate) {
                known.isNever = true;
            }
        }
        Q_EMIT refusedChanged(account.id());
    } else {
        clear(account.id(), exception.service, exception.name);
    }
}

void TrustStore::forget(Account &account, const TrustException &exception)
{
    TrustExceptions all = decisions(account);
    all.remove(exception);
    keep(account, all);
}

void TrustStore::keep(Account &account, const TrustExceptions &decisions)
{
    QList<TrustException> once;
    TrustExceptions lasting;
    const QDateTime now = m_clock();
    for (const TrustException &exception : decisions.all()) {
        if (exception.kind == TrustException::Kind::Once) {
            once.append(exception);
        } else if (!exception.isEnded(now)) {
            lasting.add(exception);
        }
    }
    m_once.insert(account.id(), once);
    account.rememberState(trustState(), lasting.toBytes());
}

void TrustStore::drop(const AccountId &account)
{
    m_once.remove(account);
    if (m_refused.remove(account)) {
        Q_EMIT refusedChanged(account);
    }
}

void TrustStore::noteRefused(const AccountId &account, RefusedCase refused)
{
    refused.at = m_clock();
    QList<RefusedCase> &cases = m_refused[account];
    const QString name = trustName(refused.peer.expectedName);
    cases.removeIf([&](const RefusedCase &old) {
        return old.service == refused.service && trustName(old.peer.expectedName) == name;
    });
    cases.prepend(std::move(refused));
    if (cases.size() > kMostRefused) {
        cases.removeLast();
    }
    Q_EMIT refusedChanged(account);
}

void TrustStore::noteAccepted(
    Account &account, TrustService service, const QString &name, bool needsException)
{
    const QString key = trustName(name);
    clear(account.id(), service, key);
    if (needsException) {
        return;
    }
    TrustExceptions all = decisions(account);
    if (all.forgive(service, key)) {
        keep(account, all);
        Q_EMIT mended(account.id(), u"trust-exception-dropped"_s,
            tr("The certificate of %1 is in order now: the exception for it was dropped.")
                .arg(key));
    }
}

void TrustStore::clear(const AccountId &account, TrustService service, const QString &name)
{
    const auto found = m_refused.find(account);
    if (found == m_refused.end()) {
        return;
    }
    const qsizetype removed = found->removeIf([&](const RefusedCase &old) {
        return old.service == service && trustName(old.peer.expectedName) == name;
    });
    if (removed > 0) {
        Q_EMIT refusedChanged(account);
    }
}

} // namespace linchpin
