// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/auth/clientcertificate.h"
#include "protocols/sip/webservices/keptcertificate.h"
#include "protocols/sip/webservices/webservices.h"

#include <QObject>

#include <memory>

namespace QCA {
class Initializer;
}

namespace linchpin::sip {

/// The certificates of TLS-DSK for one account: the one in the secret store while it is good,
/// otherwise a new one by web ticket and GetAndPublishCert, made with a fresh key and kept. One
/// that nears its end is renewed while it still works; when that fails it is used all the same.
/// The key is nowhere but in memory and in the secret store. Main thread.
class CertificateProvisioner : public CertificateSource {
public:
    /// Key of the secret store.
    static constexpr auto secretKey = u"tls-dsk-certificate";

    /// `deviceId`: the UUID of +sip.instance, without braces.
    CertificateProvisioner(WebServices &web, QByteArray deviceId);
    ~CertificateProvisioner() override;

    Async<ClientCertificate> certificate(const QUrl &stsUri, bool renew) override;

private:
    /// `again`: a ticket was refused already, and thrown away.
    void fetch(const QUrl &stsUri, const Answer<ClientCertificate> &answer, bool again = false);
    void demand(const QUrl &stsUri, const TicketGrant &grant, const KeyAndRequest &made,
        const Answer<ClientCertificate> &answer, bool again);
    void keep(const KeptCertificate &fresh);

    WebServices &m_web;
    QByteArray m_deviceId;
    std::unique_ptr<QCA::Initializer> m_crypto;
    std::optional<KeptCertificate> m_kept;
    QObject m_context; // last
};

} // namespace linchpin::sip
