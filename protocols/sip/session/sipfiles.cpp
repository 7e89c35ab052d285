// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/sipfiles.h"

#include "protocols/sip/documents/overloaded.h"
#include "protocols/sip/documents/sipaddress.h"

#include <QCoreApplication>
#include <QHostAddress>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

constexpr auto kConnectLimit = 60s; ///< from the accept to the first byte
constexpr auto kStallLimit = 60s;
constexpr int kReadAtOnce = 64 * 1024;
constexpr qsizetype kPauseAbove = qsizetype { 512 } << 10; ///< bytes waiting for the disk
constexpr qsizetype kGoOnBelow = qsizetype { 128 } << 10;
constexpr qint64 kSmallestProgress = qint64 { 64 } << 10; ///< bytes; and a hundredth of large files
constexpr size_t kMostTransfers = 200;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::SipFiles)
};

/// The address literal without the brackets of a URI.
QByteArray host(const LocalIdentity &identity)
{
    return identity.host.startsWith('[') ? identity.host.sliced(1).chopped(1) : identity.host;
}

bool isPrivate(const QByteArray &address)
{
    const QHostAddress host(QString::fromLatin1(address));
    return host.isPrivateUse() && host.protocol() == QAbstractSocket::IPv4Protocol;
}

/// Why an offer could not be delivered, where it is not as with any message.
Error aboutOffer(Error why)
{
    if (why.code == u"message-type-unsupported"_s) {
        why.code = u"files-unsupported"_s;
        why.title = Text::tr("The other side's program takes no files in this way.");
        why.remedy = Text::tr("Lync 2013 and later send files in a way of their own, which is not "
                              "there yet. Send it by mail, or put it where both of you can reach "
                              "it.");
    }
    return why;
}

bool isLoopback(const QByteArray &address)
{
    return QHostAddress(QString::fromLatin1(address)).isLoopback();
}

} // namespace

struct SipFiles::Transfer {
    explicit Transfer(FileTransferMachine m)
        : machine(std::move(m))
    {
    }

    /// The line is theirs whom we wait for.
    bool isAgreed() const { return out ? out->isAgreed() : in && in->isAgreed(); }

    QString id;
    QString with;
    FileTransferMachine machine;
    std::shared_ptr<FileSource> source;
    std::shared_ptr<FileSink> sink;
    Answer<void> answer; ///< of offer(): given when the offer has been delivered
    std::shared_ptr<Listener> listener;
    std::shared_ptr<Transport> line;
    std::optional<FileSendStream> out;
    std::optional<FileReceiveStream> in;
    QByteArray toWrite; ///< for the disk
    bool writing = false;
    bool reading = false;
    bool complete = false; ///< all has come and was checked
    qint64 told = 0; ///< the progress last told of
    std::unique_ptr<Timer> limit;
};

SipFiles::SipFiles(SipLink &link)
    : m_link(link)
{
}

SipFiles::~SipFiles()
{
    for (const auto &[id, transfer] : m_transfers) {
        closeLine(*transfer);
    }
}

void SipFiles::detach()
{
    m_send = {};
    const auto all = m_transfers;
    for (const auto &[id, transfer] : all) {
        execute(transfer,
            transfer->machine.failed({ .kind = Error::Kind::Network,
                .code = u"connection-lost"_s,
                .title = Text::tr("The account went offline.") }));
    }
}

SipFiles::Pointer SipFiles::find(const QString &id) const
{
    const auto found = m_transfers.find(id);
    return found == m_transfers.end() ? nullptr : found->second;
}

// ---------------------------------------------------------------- asked for

Async<void> SipFiles::offer(const FileOffer &file, std::shared_ptr<FileSource> source)
{
    if (!m_send || m_transfers.size() >= kMostTransfers) {
        return readyError<void>({ .kind = Error::Kind::Network,
            .code = u"not-signed-in"_s,
            .title = Text::tr("This account is not signed in.") });
    }
    const QByteArray cookie
        = QByteArray::number(m_link.random()(4).toHex().toUInt(nullptr, 16) % 1'000'000'000U);
    const auto transfer = std::make_shared<Transfer>(
        FileTransferMachine(cookie, file.name, file.size, isPrivate(host(m_link.identity()))));
    transfer->id = file.id;
    transfer->with = addressFromUri(file.with);
    transfer->source = std::move(source);
    m_transfers[file.id] = transfer;
    const Async<void> future = transfer->answer.future();
    execute(transfer, transfer->machine.begin());
    return future;
}

Async<void> SipFiles::accept(const QString &id, std::shared_ptr<FileSink> sink)
{
    const Pointer transfer = find(id);
    if (!transfer || transfer->machine.isSender() || transfer->sink) {
        return readyError<void>({ .kind = Error::Kind::NotFound,
            .code = u"no-such-offer"_s,
            .title = Text::tr("This file is no longer offered.") });
    }
    transfer->sink = std::move(sink);
    const RandomBytes random = m_link.random();
    execute(transfer,
        transfer->machine.accept(
            { .encryption = random(kFileKeyLength), .hash = random(kFileKeyLength) }));
    watch(transfer);
    return readyOk();
}

void SipFiles::cancel(const QString &id)
{
    if (const Pointer transfer = find(id)) {
        if (transfer->line && transfer->in) {
            transfer->line->write(FileReceiveStream::cancelLine());
        }
        execute(transfer, transfer->machine.cancel());
    }
}

// ---------------------------------------------------------------- told

void SipFiles::received(const QString &from, const QByteArray &body)
{
    const auto said = parseFileInvitation(body);
    if (!said) {
        return;
    }
    const auto known = std::ranges::find_if(m_transfers, [&](const auto &entry) {
        return entry.second->with == from && entry.second->machine.cookie() == said->cookie;
    });
    if (said->command != FileInvitation::Command::Invite) {
        if (known != m_transfers.end()) {
            const Pointer transfer = known->second; // it may go from the map
            execute(transfer, transfer->machine.heard(*said));
            watch(transfer);
        }
        return;
    }
    if (known != m_transfers.end() || m_transfers.size() >= kMostTransfers) {
        return;
    }
    const auto transfer = std::make_shared<Transfer>(FileTransferMachine(*said));
    transfer->id = u"sip-"_s + QString::fromLatin1(m_link.random()(12).toHex());
    transfer->with = from;
    m_transfers[transfer->id] = transfer;
    m_link.tell(FileOffered { { .id = transfer->id,
        .with = from,
        .direction = Direction::In,
        .name = said->name,
        .size = said->size } });
}

// ---------------------------------------------------------------- to do

void SipFiles::execute(const Pointer &transfer, const QList<FileEffect> &effects)
{
    for (const FileEffect &effect : effects) {
        std::visit([&](const auto &e) { perform(transfer, e); }, effect);
    }
}

void SipFiles::perform(const Pointer &transfer, const fileeffect::Say &effect)
{
    if (!m_send) {
        return;
    }
    const bool offers = effect.invitation.command == FileInvitation::Command::Invite;
    const bool accepts = effect.invitation.command == FileInvitation::Command::Accept;
    m_send(transfer->with,
        { .contentType = kFileInvitationType, .body = buildFileInvitation(effect.invitation) })
        .then(&m_context, [this, transfer, offers, accepts](const Result<void> &sent) {
            if (sent || transfer->machine.isOver()) {
                if (offers) {
                    transfer->answer.give({});
                }
                return;
            }
            if (offers) {
                // Whoever asked hears it; the transfer has not begun.
                transfer->machine.failed(sent.error());
                closeLine(*transfer);
                m_transfers.erase(transfer->id);
                transfer->answer.fail(aboutOffer(sent.error()));
            } else if (accepts) {
                execute(transfer, transfer->machine.failed(sent.error()));
            }
        });
}

void SipFiles::perform(const Pointer &transfer, const fileeffect::Listen &)
{
    auto listener = m_link.services().listen(kFirstFilePort, kLastFilePort);
    if (!listener) {
        execute(transfer, transfer->machine.cannotListen(listener.error()));
        return;
    }
    transfer->listener = *listener;
    QObject::connect(transfer->listener.get(), &Listener::arrived, &m_context,
        [this, weak = std::weak_ptr(transfer)](const std::shared_ptr<Transport> &line) {
            if (const Pointer waiting = weak.lock(); waiting && !waiting->line) {
                take(waiting, line);
            }
        });
    // The address that reaches the server is the likeliest to be reached by others.
    execute(transfer,
        transfer->machine.listening(host(m_link.identity()), transfer->listener->port(),
            m_link.random()(4).toHex().toUInt(nullptr, 16) % 1'000'000'000U));
}

void SipFiles::perform(const Pointer &transfer, const fileeffect::Connect &effect)
{
    if (isLoopback(effect.address) && !isLoopback(host(m_link.identity()))) {
        // Nobody elsewhere shall have us talk to programs of this computer.
        execute(transfer,
            transfer->machine.cannotConnect({ .detail = QString::fromLatin1(effect.address) }));
        return;
    }
    Endpoint endpoint;
    endpoint.host = QString::fromLatin1(effect.address);
    endpoint.port = effect.port;
    endpoint.security = Endpoint::Security::Plain;
    endpoint.logged = false;
    m_link.services().connectTo(endpoint).then(
        &m_context, [this, transfer](const Result<std::shared_ptr<Transport>> &line) {
            if (transfer->machine.isOver()) {
                return;
            }
            if (!line) {
                execute(transfer, transfer->machine.cannotConnect(line.error()));
                return;
            }
            take(transfer, *line);
        });
}

void SipFiles::take(const Pointer &transfer, const std::shared_ptr<Transport> &line)
{
    transfer->line = line;
    const std::weak_ptr weak = transfer;
    QObject::connect(
        line.get(), &Transport::received, &m_context, [this, weak](const QByteArray &bytes) {
            const Pointer now = weak.lock();
            if (!now) {
                return;
            }
            watch(now);
            if (now->out) {
                apply(now, now->out->received(bytes));
            } else if (now->in) {
                apply(now, now->in->received(bytes));
            }
        });
    QObject::connect(line.get(), &Transport::drained, &m_context, [this, weak] {
        if (const Pointer now = weak.lock()) {
            watch(now);
            readMore(now);
        }
    });
    QObject::connect(line.get(), &Transport::closed, &m_context, [this, weak](const Error &why) {
        if (const Pointer now = weak.lock(); now && !now->complete && !waitsOn(now)) {
            execute(now, now->machine.lineLost(why));
        }
    });
    if (transfer->machine.isStreaming()) {
        startStream(transfer); // somebody else came before, who was nobody
    } else {
        execute(transfer, transfer->machine.connected());
    }
}

/// Anybody can come to a port of ours: when it was not who we wait for, they may still come.
bool SipFiles::waitsOn(const Pointer &transfer)
{
    if (!transfer->listener || transfer->isAgreed()) {
        return false;
    }
    closeLine(*transfer);
    return true;
}

void SipFiles::startStream(const Pointer &transfer)
{
    const FileStreamKeys &keys = transfer->machine.streamKeys();
    const qint64 size = transfer->machine.offer().size;
    if (transfer->machine.isSender()) {
        transfer->out.emplace(keys, size, transfer->with.toUtf8());
    } else {
        FileReceiveStream &in = transfer->in.emplace(keys, size, m_link.identity().address);
        apply(transfer, in.start());
    }
}

void SipFiles::perform(const Pointer &transfer, const fileeffect::StartStream &)
{
    startStream(transfer);
    watch(transfer);
    m_link.tell(FileTransferChanged { transfer->id, FileTransferState::Running, 0, {} });
}

void SipFiles::apply(const Pointer &transfer, const FileStreamStep &step)
{
    if (transfer->machine.isOver() || !transfer->line) {
        return;
    }
    transfer->line->write(step.write);
    if (transfer->isAgreed()) {
        closePort(*transfer); // nobody else is waited for
    }
    if (!step.data.isEmpty()) {
        transfer->toWrite += step.data;
        if (transfer->toWrite.size() > kPauseAbove) {
            transfer->line->setPaused(true);
        }
        writeMore(transfer);
    }
    if ((step.end == FileStreamEnd::WrongPeer || step.end == FileStreamEnd::Malformed)
        && waitsOn(transfer)) {
        return;
    }
    if (step.end == FileStreamEnd::Done && transfer->in) {
        transfer->complete = true;
        writeMore(transfer);
        return;
    }
    if (step.end) {
        execute(transfer, transfer->machine.streamEnded(*step.end));
        return;
    }
    if (step.wantsData) {
        transfer->reading = false;
        readMore(transfer);
    }
}

/// One piece at a time, when the line has taken the one before.
void SipFiles::readMore(const Pointer &transfer)
{
    const std::optional<FileSendStream> &out = transfer->out;
    if (!out || !transfer->line || transfer->reading || !out->wantsData()
        || transfer->line->bytesPending() > 0) {
        return;
    }
    transfer->reading = true;
    const qint64 left = transfer->machine.offer().size - out->sent();
    progress(transfer, out->sent());
    transfer->source->read(int(std::min<qint64>(left, kReadAtOnce)))
        .then(&m_context, [this, transfer](const Result<QByteArray> &bytes) {
            transfer->reading = false;
            if (transfer->machine.isOver() || !transfer->out) {
                return;
            }
            if (!bytes) {
                execute(transfer, transfer->machine.failed(bytes.error()));
                return;
            }
            apply(transfer, transfer->out->give(*bytes));
        });
}

/// One write at a time; what comes meanwhile waits.
void SipFiles::writeMore(const Pointer &transfer)
{
    if (transfer->writing || transfer->machine.isOver()) {
        return;
    }
    if (transfer->toWrite.isEmpty()) {
        if (transfer->complete) {
            commit(transfer);
        }
        return;
    }
    transfer->writing = true;
    transfer->sink->write(std::exchange(transfer->toWrite, {}))
        .then(&m_context, [this, transfer](const Result<void> &written) {
            transfer->writing = false;
            if (transfer->machine.isOver()) {
                return;
            }
            if (!written) {
                execute(transfer, transfer->machine.failed(written.error()));
                return;
            }
            watch(transfer);
            progress(transfer, transfer->in->received() - transfer->toWrite.size());
            if (transfer->line && transfer->toWrite.size() < kGoOnBelow) {
                transfer->line->setPaused(false);
            }
            writeMore(transfer);
        });
}

void SipFiles::commit(const Pointer &transfer)
{
    transfer->writing = true; // nothing more is
    transfer->sink->commit().then(&m_context, [this, transfer](const Result<void> &committed) {
        execute(transfer,
            committed ? transfer->machine.streamEnded(FileStreamEnd::Done)
                      : transfer->machine.failed(committed.error()));
    });
}

void SipFiles::progress(const Pointer &transfer, qint64 bytes)
{
    const qint64 size = transfer->machine.offer().size;
    if (bytes - transfer->told >= std::max(kSmallestProgress, size / 100)) {
        transfer->told = bytes;
        m_link.tell(FileTransferChanged { transfer->id, FileTransferState::Running, bytes, {} });
    }
}

/// Something has happened: the limit begins anew. Offers wait as long as people do.
void SipFiles::watch(const Pointer &transfer)
{
    if (transfer->machine.isOver()
        || !(transfer->machine.isStreaming() || transfer->machine.isConnecting())) {
        return;
    }
    transfer->limit
        = m_link.services().timer(transfer->machine.isStreaming() ? kStallLimit : kConnectLimit,
            [this, weak = std::weak_ptr(transfer)] {
                if (const Pointer now = weak.lock()) {
                    execute(now, now->machine.timedOut());
                }
            });
}

void SipFiles::closeLine(Transfer &transfer)
{
    if (transfer.line) {
        transfer.line->disconnect(&m_context);
        transfer.line->close();
        // It may be what called us.
        QMetaObject::invokeMethod(
            QCoreApplication::instance(), [line = std::move(transfer.line)] { },
            Qt::QueuedConnection);
        transfer.line.reset();
    }
}

void SipFiles::closePort(Transfer &transfer)
{
    if (transfer.listener) {
        transfer.listener->disconnect(&m_context);
        // It may be what called us.
        QMetaObject::invokeMethod(
            QCoreApplication::instance(), [old = std::move(transfer.listener)] { },
            Qt::QueuedConnection);
        transfer.listener.reset();
    }
}

void SipFiles::perform(const Pointer &transfer, const fileeffect::End &effect)
{
    closeLine(*transfer);
    closePort(*transfer);
    transfer->limit.reset();
    transfer->source.reset();
    m_transfers.erase(transfer->id);
    m_link.tell(FileTransferChanged { transfer->id, effect.state, transfer->told, effect.failure });
    transfer->sink.reset();
    transfer->answer.give({});
}

} // namespace linchpin::sip
