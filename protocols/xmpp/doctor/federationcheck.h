// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/doctorcheck.h"
#include "protocols/xmpp/doctor/streamwalk.h"

#include <QObject>

#include <memory>

namespace linchpin::xmpp {

/// Whether other XMPP servers can reach the address's domain, as an OCS or Lync site has to arrange
/// it for its XMPP gateway, and any XMPP server for itself: `_xmpp-server._tcp` of the domain, the
/// address behind it, the port (5269), an XMPP stream for the domain, STARTTLS or dialback, and the
/// certificate. Signs in to nothing and needs no password.
class FederationCheck : public QObject, public DoctorCheck {
    Q_OBJECT
public:
    FederationCheck();
    ~FederationCheck() override;

    When when() const override { return When::Domain; }
    QString title() const override;
    Async<QList<Finding>> run(
        const DoctorContext &context, const std::optional<Error> &failure) override;

private:
    void lookedUp(const Result<QList<ServiceRecord>> &records);
    void visit(const QString &certificateName);
    void visited(const StreamReport &report, const QString &certificateName);
    void judgeTls(const StreamReport &report, const QString &certificateName);
    void judgeCertificate(const TlsInfo &tls, const QString &certificateName);
    void stop(QStringView step, const QString &tried, const Error &error, bool warning = false);
    void tell(QStringView step, Finding::State state, const QString &tried, const QString &answer,
        const std::optional<Error> &error = std::nullopt);
    void skipAfter(QStringView step);
    void giveUp();
    void finish();
    QString where() const;

    const DoctorContext *m_context = nullptr;
    Answer<QList<Finding>> m_answer;
    QString m_domain; ///< the SIP or XMPP domain, not a server's name
    QList<ServiceRecord> m_records;
    ServiceRecord m_record;
    std::unique_ptr<StreamWalk> m_walk;
    std::unique_ptr<Timer> m_guard;
    bool m_streamTold = false;
};

/// The domain of an address in whatever spelling (`sip:alice@a.test`, `alice@a.test/desk`); empty
/// where there is none. Pure.
QString federatedDomain(const QString &address);

} // namespace linchpin::xmpp
