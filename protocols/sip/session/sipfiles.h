// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/facets.h"
#include "protocols/sip/files/filetransfermachine.h"
#include "protocols/sip/im/imbody.h"
#include "protocols/sip/session/siplink.h"

#include <QObject>

#include <functional>
#include <map>
#include <memory>

namespace linchpin::sip {

/// Files of one session, as Communicator sends them: carries out what the machine of each transfer
/// decides, moves bytes between the line and the disk. Lives as long as the session; works while
/// attached.
class SipFiles : public FileTransferFacet {
public:
    /// Sends a body to somebody, in the conversation with them.
    using SendBody = std::function<Async<void>(const QString &to, const ImWireBody &body)>;

    explicit SipFiles(SipLink &link);
    ~SipFiles() override;

    void attach(SendBody send) { m_send = std::move(send); }
    /// Signed out: what is under way fails.
    void detach();
    /// A text/x-msmsgsinvite of `from`.
    void received(const QString &from, const QByteArray &body);

    Async<void> offer(const FileOffer &file, std::shared_ptr<FileSource> source) override;
    Async<void> accept(const QString &id, std::shared_ptr<FileSink> sink) override;
    void cancel(const QString &id) override;

private:
    struct Transfer;
    using Pointer = std::shared_ptr<Transfer>;

    Pointer find(const QString &id) const;
    void execute(const Pointer &transfer, const QList<FileEffect> &effects);
    void perform(const Pointer &transfer, const fileeffect::Say &effect);
    void perform(const Pointer &transfer, const fileeffect::Listen &effect);
    void perform(const Pointer &transfer, const fileeffect::Connect &effect);
    void perform(const Pointer &transfer, const fileeffect::StartStream &effect);
    void perform(const Pointer &transfer, const fileeffect::End &effect);
    void take(const Pointer &transfer, const std::shared_ptr<Transport> &line);
    void startStream(const Pointer &transfer);
    bool waitsOn(const Pointer &transfer);
    void apply(const Pointer &transfer, const FileStreamStep &step);
    void readMore(const Pointer &transfer);
    void writeMore(const Pointer &transfer);
    void commit(const Pointer &transfer);
    void progress(const Pointer &transfer, qint64 bytes);
    void watch(const Pointer &transfer);
    void closeLine(Transfer &transfer);
    void closePort(Transfer &transfer);

    SipLink &m_link;
    SendBody m_send;
    std::map<QString, Pointer> m_transfers; ///< by id
    QObject m_context; // last: what is pending ends before anything it uses
};

} // namespace linchpin::sip
