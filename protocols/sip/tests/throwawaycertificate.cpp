// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/tests/throwawaycertificate.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>

namespace linchpin::sip::test {

namespace {

template <auto Free> struct Deleter {
    template <class T> void operator()(T *pointer) const { Free(pointer); }
};

template <class Write> QByteArray der(Write write)
{
    unsigned char *out = nullptr;
    const int size = write(&out);
    const QByteArray bytes
        = size > 0 ? QByteArray(reinterpret_cast<const char *>(out), size) : QByteArray();
    OPENSSL_free(out);
    return bytes;
}

} // namespace

ClientCertificate throwawayCertificate(const QByteArray &commonName)
{
    constexpr long day = 24L * 60 * 60;
    const std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>> key(EVP_RSA_gen(2048));
    const std::unique_ptr<X509, Deleter<X509_free>> certificate(X509_new());
    X509 *c = certificate.get();
    X509_set_version(c, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(c), 1);
    X509_gmtime_adj(X509_getm_notBefore(c), -day);
    X509_gmtime_adj(X509_getm_notAfter(c), day);
    X509_set_pubkey(c, key.get());
    X509_NAME *name = X509_get_subject_name(c);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
        reinterpret_cast<const unsigned char *>(commonName.constData()), -1, -1, 0);
    X509_set_issuer_name(c, name);
    if (X509_sign(c, key.get(), EVP_sha256()) <= 0) {
        return {};
    }
    const std::unique_ptr<PKCS8_PRIV_KEY_INFO, Deleter<PKCS8_PRIV_KEY_INFO_free>> pkcs8(
        EVP_PKEY2PKCS8(key.get()));
    return { .certificate = der([c](unsigned char **out) { return i2d_X509(c, out); }),
        .privateKey
        = der([&](unsigned char **out) { return i2d_PKCS8_PRIV_KEY_INFO(pkcs8.get(), out); }),
        .notAfter = QDateTime::currentDateTimeUtc().addSecs(day) };
}

} // namespace linchpin::sip::test
