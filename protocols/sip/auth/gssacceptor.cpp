// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/auth/gsshandles.h"
#include "protocols/sip/auth/gssmechanism.h"

using namespace Qt::StringLiterals;

namespace linchpin::sip {

struct GssAcceptor::State {
    GssMechanism::Kind kind = GssMechanism::Kind::Kerberos;
    QByteArray keytab;
    gss::Credential credential;
    gss::Context context;
    QString principal;
    bool complete = false;
    bool failed = false;
};

GssAcceptor::GssAcceptor(GssMechanism::Kind kind, const QString &keytab)
    : m_state(std::make_unique<State>())
{
    m_state->kind = kind;
    m_state->keytab = keytab.toLocal8Bit();
}

GssAcceptor::~GssAcceptor() = default;

QByteArray GssAcceptor::scheme() const
{
    return m_state->kind == GssMechanism::Kind::Kerberos ? "Kerberos"_ba : "NTLM"_ba;
}

std::expected<QByteArray, AuthError> GssAcceptor::step(const QByteArray &token)
{
    State &s = *m_state;
    OM_uint32 minor = 0;
    const auto fail = [&s, &minor](OM_uint32 major, AuthError::Code code) {
        s.failed = true;
        return std::unexpected(AuthError { code, gss::words(major, minor, s.kind) });
    };
    if (s.complete || s.failed) {
        return fail(GSS_S_FAILURE, AuthError::Code::OutOfOrder);
    }
    if (!s.credential) {
        gss_OID_desc oid = gss::mechanismOid(s.kind);
        gss_OID_set_desc mechanisms { 1, &oid };
        gss_key_value_element_desc element { "keytab", s.keytab.constData() };
        const gss_key_value_set_desc store { 1, &element };
        gss_cred_id_t acquired = GSS_C_NO_CREDENTIAL;
        const OM_uint32 major
            = gss_acquire_cred_from(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &mechanisms,
                GSS_C_ACCEPT, s.keytab.isEmpty() ? nullptr : &store, &acquired, nullptr, nullptr);
        s.credential.reset(acquired);
        if (GSS_ERROR(major)) {
            return fail(major, AuthError::Code::Unsupported);
        }
    }
    gss_ctx_id_t context = s.context.release();
    gss_buffer_desc in = gss::view(token);
    gss_name_t name = GSS_C_NO_NAME;
    gss::Buffer out;
    const OM_uint32 major = gss_accept_sec_context(&minor, &context, s.credential.get(), &in,
        GSS_C_NO_CHANNEL_BINDINGS, &name, nullptr, out.get(), nullptr, nullptr, nullptr);
    s.context.reset(context);
    const gss::Name owned(name);
    if (GSS_ERROR(major)) {
        return fail(major, AuthError::Code::WrongCredentials);
    }
    if ((major & GSS_S_CONTINUE_NEEDED) == 0) {
        gss::Buffer text;
        gss_display_name(&minor, name, text.get(), nullptr);
        s.principal = QString::fromUtf8(text.bytes());
        s.complete = true;
    }
    return out.bytes();
}

bool GssAcceptor::isComplete() const
{
    return m_state->complete;
}

QByteArray GssAcceptor::sign(QByteArrayView bytes)
{
    return m_state->complete ? gss::mic(m_state->context.get(), bytes) : QByteArray();
}

bool GssAcceptor::verify(QByteArrayView bytes, QByteArrayView signature)
{
    return m_state->complete && gss::verifyMic(m_state->context.get(), bytes, signature);
}

QString GssAcceptor::principal() const
{
    return m_state->principal;
}

} // namespace linchpin::sip
