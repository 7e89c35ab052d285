// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/state/sasl.h"

#include <QCryptographicHash>
#include <QMessageAuthenticationCode>
#include <QString>

#include <algorithm>
#include <optional>

namespace linchpin::irc {

namespace {

constexpr qsizetype kPiece = 400;
constexpr qsizetype kLongestChallenge = qsizetype { 16 } * 1024;
constexpr int kLeastRounds = 4096; // RFC 7677 section 4
constexpr int kMostRounds = 500'000; // half a second or so; more is an attack on us

class Plain final : public SaslMechanism {
public:
    explicit Plain(const SaslCredentials &credentials)
        : m_credentials(credentials)
    {
    }
    QByteArray name() const override { return "PLAIN"; }
    std::expected<QByteArray, QByteArray> respond(const QByteArray &) override
    {
        // RFC 4616: an authorization identity equal to the account, as IRC services expect.
        const QByteArray nul(1, '\0');
        return m_credentials.account + nul + m_credentials.account + nul + m_credentials.password;
    }

private:
    SaslCredentials m_credentials;
};

class External final : public SaslMechanism {
public:
    QByteArray name() const override { return "EXTERNAL"; }
    std::expected<QByteArray, QByteArray> respond(const QByteArray &) override
    {
        return QByteArray();
    }
};

/// RFC 5802 with SHA-256 (RFC 7677), without channel binding.
class Scram final : public SaslMechanism {
public:
    explicit Scram(const SaslCredentials &credentials)
        : m_credentials(credentials)
    {
    }
    QByteArray name() const override { return "SCRAM-SHA-256"; }
    bool isServerProven() const override { return m_step == Step::Proven; }

    std::expected<QByteArray, QByteArray> respond(const QByteArray &challenge) override
    {
        switch (m_step) {
        case Step::First: {
            m_step = Step::Proof;
            QByteArray account = prepared(m_credentials.account);
            account.replace('=', "=3D").replace(',', "=2C");
            m_firstBare = "n=" + account + ",r=" + m_credentials.nonce;
            return "n,," + m_firstBare;
        }
        case Step::Proof:
            return prove(challenge);
        case Step::Verify:
            if (field(challenge, 'v') != m_serverSignature.toBase64()) {
                return std::unexpected(
                    QByteArray("the server could not prove that it knows the password"));
            }
            m_step = Step::Proven;
            return QByteArray();
        case Step::Proven:
            break;
        }
        return std::unexpected(QByteArray("a SCRAM message too many"));
    }

private:
    enum class Step { First, Proof, Verify, Proven };

    /// SASLprep (RFC 4013) as far as it changes what people type: compatibility composition.
    static QByteArray prepared(const QByteArray &utf8)
    {
        return QString::fromUtf8(utf8).normalized(QString::NormalizationForm_KC).toUtf8();
    }

    static QByteArray field(const QByteArray &message, char name)
    {
        for (const QByteArray &item : message.split(',')) {
            if (item.size() >= 2 && item[0] == name && item[1] == '=') {
                return item.sliced(2);
            }
        }
        return {};
    }

    static QByteArray hmac(const QByteArray &key, const QByteArray &data)
    {
        return QMessageAuthenticationCode::hash(data, key, QCryptographicHash::Sha256);
    }

    static QByteArray saltedPassword(const QByteArray &password, const QByteArray &salt, int rounds)
    {
        // RFC 5802 section 2.2, Hi(): one block of PBKDF2.
        QMessageAuthenticationCode mac(QCryptographicHash::Sha256, password);
        mac.addData(salt + QByteArray("\0\0\0\1", 4));
        QByteArray block = mac.result();
        QByteArray result = block;
        for (int i = 1; i < rounds; ++i) {
            mac.reset();
            mac.addData(block);
            block = mac.result();
            std::transform(result.cbegin(), result.cend(), block.cbegin(), result.begin(),
                [](char a, char b) { return char(a ^ b); });
        }
        return result;
    }

    std::expected<QByteArray, QByteArray> prove(const QByteArray &serverFirst)
    {
        const QByteArray nonce = field(serverFirst, 'r');
        const QByteArray salt = QByteArray::fromBase64(field(serverFirst, 's'));
        const int rounds = field(serverFirst, 'i').toInt();
        if (serverFirst.startsWith("e=")) {
            return std::unexpected(serverFirst);
        }
        if (!nonce.startsWith(m_credentials.nonce) || nonce.size() == m_credentials.nonce.size()
            || salt.isEmpty()) {
            return std::unexpected(QByteArray("a SCRAM challenge that does not answer ours"));
        }
        if (rounds < kLeastRounds || rounds > kMostRounds) {
            return std::unexpected(QByteArray("a SCRAM round count outside reason"));
        }
        const QByteArray salted = saltedPassword(prepared(m_credentials.password), salt, rounds);
        const QByteArray clientKey = hmac(salted, "Client Key");
        const QByteArray storedKey
            = QCryptographicHash::hash(clientKey, QCryptographicHash::Sha256);
        const QByteArray withoutProof = "c=biws,r=" + nonce; // "biws" is base64 of "n,,"
        const QByteArray authMessage = m_firstBare + ',' + serverFirst + ',' + withoutProof;
        QByteArray proof = hmac(storedKey, authMessage);
        std::transform(proof.cbegin(), proof.cend(), clientKey.cbegin(), proof.begin(),
            [](char a, char b) { return char(a ^ b); });
        m_serverSignature = hmac(hmac(salted, "Server Key"), authMessage);
        m_step = Step::Verify;
        return withoutProof + ",p=" + proof.toBase64();
    }

    SaslCredentials m_credentials;
    Step m_step = Step::First;
    QByteArray m_firstBare;
    QByteArray m_serverSignature;
};

} // namespace

std::unique_ptr<SaslMechanism> makeSaslMechanism(
    const QByteArray &name, const SaslCredentials &credentials)
{
    if (name == "PLAIN") {
        return std::make_unique<Plain>(credentials);
    }
    if (name == "EXTERNAL") {
        return std::make_unique<External>();
    }
    if (name == "SCRAM-SHA-256") {
        return std::make_unique<Scram>(credentials);
    }
    return nullptr;
}

QList<IrcCommand> authenticateLines(const QByteArray &data)
{
    const QByteArray base64 = data.toBase64();
    QList<IrcCommand> lines;
    for (qsizetype at = 0; at < base64.size(); at += kPiece) {
        lines.append(IrcCommand {
            "AUTHENTICATE", { base64.sliced(at, std::min(kPiece, base64.size() - at)) } });
    }
    if (base64.size() % kPiece == 0) {
        lines.append(IrcCommand { "AUTHENTICATE", { "+" } });
    }
    return lines;
}

SaslInbox::Result SaslInbox::add(QByteArrayView piece)
{
    if (piece != "+") {
        m_base64.append(piece);
    }
    if (m_base64.size() > kLongestChallenge) {
        m_base64.clear();
        return Result::Broken;
    }
    if (piece.size() == kPiece) {
        return Result::More;
    }
    auto decoded = QByteArray::fromBase64Encoding(
        std::exchange(m_base64, {}), QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded) {
        return Result::Broken;
    }
    m_decoded = *decoded;
    return Result::Complete;
}

} // namespace linchpin::irc
