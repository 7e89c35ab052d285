// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/files/filetransfermachine.h"

#include <QCoreApplication>
#include <QHostAddress>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::FileTransfer)
};

constexpr quint16 kFirstUserPort = 1024;

Error error(Error::Kind kind, const QString &code, const QString &title)
{
    return { .kind = kind, .code = code, .title = title };
}

Error noPath()
{
    Error e = error(Error::Kind::Network, u"no-path"_s,
        Text::tr("The two computers cannot reach each other directly."));
    e.remedy = Text::tr("A firewall or a router stands between them. The ports from 6891 to 6901 "
                        "would have to be open.");
    return e;
}

} // namespace

bool isUsableFileAddress(const QByteArray &address, quint16 port)
{
    QHostAddress host;
    return port >= kFirstUserPort && host.setAddress(QString::fromLatin1(address))
        && !host.isMulticast() && !host.isBroadcast() && host != QHostAddress(QHostAddress::AnyIPv4)
        && host != QHostAddress(QHostAddress::AnyIPv6);
}

FileTransferMachine::FileTransferMachine(
    const QByteArray &cookie, const QString &name, qint64 size, bool behindNat)
    : m_sender(true)
{
    m_offer.cookie = cookie;
    m_offer.name = name;
    m_offer.size = size;
    m_offer.behindNat = behindNat;
}

FileTransferMachine::FileTransferMachine(const FileInvitation &invitation)
    : m_sender(false)
    , m_offer(invitation)
{
}

QList<FileEffect> FileTransferMachine::end(FileTransferState state, std::optional<Error> failure)
{
    if (m_state == State::Over) {
        return {};
    }
    m_state = State::Over;
    return { fileeffect::End { state, std::move(failure) } };
}

QList<FileEffect> FileTransferMachine::giveUp(const QByteArray &code, const Error &why)
{
    if (m_state == State::Over) {
        return {};
    }
    FileInvitation cancel;
    cancel.command = FileInvitation::Command::Cancel;
    cancel.cookie = m_offer.cookie;
    cancel.cancelCode = code;
    return QList<FileEffect> { fileeffect::Say { cancel } } + end(FileTransferState::Failed, why);
}

QList<FileEffect> FileTransferMachine::begin()
{
    return { fileeffect::Say { m_offer } };
}

QList<FileEffect> FileTransferMachine::accept(const FileStreamKeys &keys)
{
    if (m_sender || m_state != State::Offered) {
        return {};
    }
    m_keys = keys;
    if (m_offer.behindNat) {
        m_state = State::Listening;
        return { fileeffect::Listen {} };
    }
    m_state = State::Waiting;
    FileInvitation yes;
    yes.command = FileInvitation::Command::Accept;
    yes.cookie = m_offer.cookie;
    yes.encryptionKey = keys.encryption;
    yes.hashKey = keys.hash;
    return { fileeffect::Say { yes } };
}

QList<FileEffect> FileTransferMachine::cancel()
{
    if (m_state == State::Over) {
        return {};
    }
    const bool refuses = !m_sender && m_state == State::Offered;
    FileInvitation no;
    no.command = FileInvitation::Command::Cancel;
    no.cookie = m_offer.cookie;
    no.cancelCode = refuses ? "REJECT"_ba : "OUTBANDCANCEL"_ba;
    return QList<FileEffect> { fileeffect::Say { no } }
    + end(refuses ? FileTransferState::Refused : FileTransferState::Cancelled);
}

QList<FileEffect> FileTransferMachine::heard(const FileInvitation &said)
{
    if (m_state == State::Over) {
        return {};
    }
    if (said.command == FileInvitation::Command::Cancel) {
        if (m_sender && m_state == State::Offered && said.cancelCode != "OUTBANDCANCEL") {
            return end(FileTransferState::Refused);
        }
        if (said.cancelCode.endsWith("TIMEOUT")) {
            return end(FileTransferState::Failed, noPath());
        }
        return end(FileTransferState::Cancelled);
    }
    if (said.command != FileInvitation::Command::Accept) {
        return {};
    }
    const bool tellsPlace = !said.address.isEmpty();
    if (m_sender) {
        if (m_state != State::Offered) {
            return {};
        }
        if (said.encryptionKey.isEmpty()) {
            return giveUp("FTTIMEOUT"_ba,
                error(Error::Kind::Unsupported, u"not-encrypted"_s,
                    Text::tr("The other side takes files only unencrypted.")));
        }
        m_keys = { said.encryptionKey, said.hashKey, said.authCookie };
        if (!tellsPlace) {
            m_state = State::Listening;
            return { fileeffect::Listen {} };
        }
    } else if (m_state != State::Waiting || !tellsPlace) {
        return {}; // an accept of an accept without a place says nothing
    } else {
        m_keys.authCookie = said.authCookie;
    }
    if (!isUsableFileAddress(said.address, said.port)) {
        return giveUp("FTTIMEOUT"_ba, noPath());
    }
    m_state = State::Connecting;
    return { fileeffect::Connect { said.address, said.port } };
}

QList<FileEffect> FileTransferMachine::listening(
    const QByteArray &address, quint16 port, quint32 authCookie)
{
    if (m_state != State::Listening) {
        return {};
    }
    m_keys.authCookie = authCookie;
    FileInvitation here;
    here.command = FileInvitation::Command::Accept;
    here.cookie = m_offer.cookie;
    here.address = address;
    here.port = port;
    here.authCookie = authCookie;
    if (!m_sender) {
        here.encryptionKey = m_keys.encryption;
        here.hashKey = m_keys.hash;
        here.senderConnects = true;
    }
    return { fileeffect::Say { here } };
}

QList<FileEffect> FileTransferMachine::cannotListen(const Error &why)
{
    if (m_state != State::Listening) {
        return {};
    }
    if (m_sender) {
        return giveUp("FTTIMEOUT"_ba, why);
    }
    // Then they shall: their router may know how.
    m_state = State::Offered;
    m_offer.behindNat = false;
    return accept(m_keys);
}

QList<FileEffect> FileTransferMachine::connected()
{
    if (m_state != State::Listening && m_state != State::Connecting) {
        return {};
    }
    m_state = State::Streaming;
    return { fileeffect::StartStream {} };
}

QList<FileEffect> FileTransferMachine::cannotConnect(const Error &why)
{
    Error e = noPath();
    e.detail = why.detail.isEmpty() ? why.title : why.detail;
    return giveUp("FTTIMEOUT"_ba, e);
}

QList<FileEffect> FileTransferMachine::streamEnded(FileStreamEnd reason)
{
    switch (reason) {
    case FileStreamEnd::Done:
        return end(FileTransferState::Done);
    case FileStreamEnd::Cancelled:
        return end(FileTransferState::Cancelled);
    case FileStreamEnd::WrongPeer:
        return giveUp("OUTBANDCANCEL"_ba,
            error(Error::Kind::Protocol, u"wrong-peer"_s,
                Text::tr("Somebody else answered in place of the other side.")));
    case FileStreamEnd::WrongSize:
        return giveUp("OUTBANDCANCEL"_ba,
            error(Error::Kind::Protocol, u"size-mismatch"_s,
                Text::tr("The file is not as large as it was said to be.")));
    case FileStreamEnd::WrongMac:
        return giveUp("OUTBANDCANCEL"_ba,
            error(Error::Kind::Protocol, u"file-damaged"_s,
                Text::tr("The file was damaged on its way and has not been kept.")));
    case FileStreamEnd::Malformed:
        break;
    }
    return giveUp("OUTBANDCANCEL"_ba,
        error(Error::Kind::Protocol, u"not-understood"_s,
            Text::tr("The other side sent something that is no file transfer.")));
}

QList<FileEffect> FileTransferMachine::lineLost(const Error &why)
{
    if (m_state != State::Streaming) {
        return {};
    }
    Error e = error(Error::Kind::Network, u"transfer-interrupted"_s,
        Text::tr("The connection ended before the file was complete."));
    e.detail = why.detail;
    return end(FileTransferState::Failed, e);
}

QList<FileEffect> FileTransferMachine::timedOut()
{
    if (m_state == State::Streaming) {
        return giveUp("FTTIMEOUT"_ba,
            error(Error::Kind::Timeout, u"stalled"_s,
                Text::tr("Nothing has come from the other side for a minute.")));
    }
    return giveUp("FTTIMEOUT"_ba, noPath());
}

QList<FileEffect> FileTransferMachine::failed(const Error &why)
{
    return giveUp("OUTBANDCANCEL"_ba, why);
}

} // namespace linchpin::sip
