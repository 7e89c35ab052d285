// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/auth/gssmechanism.h"

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

#include <memory>
#include <type_traits>

// What GSS-API hands out, released by itself. Only for the .cpp files of this folder.
namespace linchpin::sip::gss {

template <auto Release> struct Releaser {
    template <class T> void operator()(T *handle) const
    {
        OM_uint32 minor = 0;
        Release(&minor, &handle);
    }
};
inline OM_uint32 deleteContext(OM_uint32 *minor, gss_ctx_id_t *context)
{
    return gss_delete_sec_context(minor, context, GSS_C_NO_BUFFER);
}
using Name = std::unique_ptr<std::remove_pointer_t<gss_name_t>, Releaser<gss_release_name>>;
using Credential
    = std::unique_ptr<std::remove_pointer_t<gss_cred_id_t>, Releaser<gss_release_cred>>;
using Context = std::unique_ptr<std::remove_pointer_t<gss_ctx_id_t>, Releaser<deleteContext>>;

/// A buffer that GSS-API fills.
class Buffer {
public:
    Buffer() = default;
    Buffer(const Buffer &) = delete;
    Buffer &operator=(const Buffer &) = delete;
    ~Buffer()
    {
        OM_uint32 minor = 0;
        gss_release_buffer(&minor, &m_buffer);
    }
    gss_buffer_t get() { return &m_buffer; }
    QByteArray bytes() const
    {
        return { static_cast<const char *>(m_buffer.value), qsizetype(m_buffer.length) };
    }

private:
    gss_buffer_desc m_buffer = GSS_C_EMPTY_BUFFER;
};

/// A view for GSS-API to read; the bytes must outlive it.
inline gss_buffer_desc view(QByteArrayView bytes)
{
    return { size_t(bytes.size()), const_cast<char *>(bytes.data()) };
}

inline gss_OID_desc mechanismOid(GssMechanism::Kind kind)
{
    static char kerberos[] = "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"; // 1.2.840.113554.1.2.2
    static char ntlm[] = "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"; // 1.3.6.1.4.1.311.2.2.10
    return kind == GssMechanism::Kind::Kerberos ? gss_OID_desc { 9, kerberos }
                                                : gss_OID_desc { 10, ntlm };
}

/// The library's own words for a failure.
QString words(OM_uint32 major, OM_uint32 minor, GssMechanism::Kind kind);

/// GSS_GetMIC and GSS_VerifyMIC.
QByteArray mic(gss_ctx_id_t context, QByteArrayView bytes);
bool verifyMic(gss_ctx_id_t context, QByteArrayView bytes, QByteArrayView signature);

/// gss-ntlmssp counts messages; SIP wants 100 every time ([MS-SIPAE]; NtlmMechanism does the same).
void setNtlmSequence(gss_ctx_id_t &context, quint32 number);

} // namespace linchpin::sip::gss
