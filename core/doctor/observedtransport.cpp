// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/doctor/observedtransport.h"

#include "core/doctor/doctorcodes.h"

#include <QCoreApplication>
#include <QLocale>
#include <QSslCertificate>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin {

namespace {

using State = Finding::State;

// A server that is there answers within a second; the whole walk has ten.
constexpr std::chrono::milliseconds kTlsLimit = 4s;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::Doctor)
};

/// "TLS 1.3, TLS_AES_256_GCM_SHA384; certificate for sip.litwareinc.test, valid until 2027-01-01"
QString tlsWords(const TlsInfo &info)
{
    QString words = info.version;
    if (!info.cipher.isEmpty()) {
        words += u", "_s + info.cipher;
    }
    const QSslCertificate peer(info.certificate, QSsl::Der);
    if (!peer.isNull()) {
        words += u"; "_s
            + Text::tr("certificate for %1, valid until %2")
                  .arg(peer.subjectDisplayName(),
                      QLocale::c().toString(peer.expiryDate().toUTC().date(), u"yyyy-MM-dd"_s));
    }
    return words;
}

} // namespace

ObservedTransport::ObservedTransport(std::shared_ptr<Transport> transport, QString where,
    QString host, SessionServices &services, std::weak_ptr<ObservedServices::Shared> shared)
    : m_transport(std::move(transport))
    , m_where(std::move(where))
    , m_host(std::move(host))
    , m_shared(std::move(shared))
    , m_services(services)
{
    connect(m_transport.get(), &Transport::received, this, [this](const QByteArray &bytes) {
        if (const auto shared = m_shared.lock()) {
            shared->evidence.heard = true;
        }
        Q_EMIT received(bytes);
    });
    connect(m_transport.get(), &Transport::drained, this, &Transport::drained);
    connect(m_transport.get(), &Transport::closed, this, &Transport::closed);
}

ObservedTransport::~ObservedTransport()
{
    // A handshake under way is answered as cancelled while the transport goes: by then nothing
    // of ours may be gone yet, and nobody wants to hear of it.
    m_shaken = true;
    m_transport.reset();
}

void ObservedTransport::write(const QByteArray &bytes)
{
    const auto shared = m_shared.lock();
    if (!shared || !shared->silent) {
        m_transport->write(bytes);
    }
}

Async<void> ObservedTransport::startTls(const QString &certificateName)
{
    const Answer<void> answer;
    const auto shared = m_shared.lock();
    if (!shared) {
        return m_transport->startTls(certificateName);
    }
    ++shared->shaking;
    m_shaken = false;
    const QString name = certificateName.isEmpty() ? m_host : certificateName;
    m_limit = m_services.timer(kTlsLimit, [this, answer, name] {
        finishTls(answer, name, Result<void>(std::unexpect, doctorError(u"timed-out"_s, m_where)));
    });
    m_transport->startTls(certificateName)
        .then(this,
            [this, answer, name](const Result<void> &result) { finishTls(answer, name, result); });
    return answer.future();
}

void ObservedTransport::finishTls(
    const Answer<void> &answer, const QString &name, const Result<void> &result)
{
    if (std::exchange(m_shaken, true)) {
        return; // closing below answers once more
    }
    const bool late = !result && result.error().code == "timed-out"_L1;
    if (const auto shared = m_shared.lock()) {
        --shared->shaking;
        const QString tried = name == m_host ? m_where : u"%1 (%2)"_s.arg(m_where, name);
        if (result) {
            shared->tell(
                DoctorStep::Tls.toString(), State::Ok, tried, tlsWords(m_transport->tlsInfo()));
        } else if (result.error().kind != Error::Kind::Cancelled) {
            shared->tell(DoctorStep::Tls.toString(), State::Failed, tried, result.error().detail,
                result.error());
        }
    }
    // It may be what we are called from.
    QMetaObject::invokeMethod(
        this, [timer = std::shared_ptr<Timer>(std::move(m_limit))] { }, Qt::QueuedConnection);
    if (late) {
        m_transport->close();
    }
    answer.give(result);
}

} // namespace linchpin
