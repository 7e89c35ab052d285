// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/files/filetransferstore.h"

#include "core/accounts/account.h"
#include "core/accounts/accountmanager.h"
#include "core/files/diskfiles.h"
#include "core/files/filename.h"

#include <QDir>
#include <QFileInfo>
#include <QHash>
#include <QLocale>
#include <QStandardPaths>
#include <QUuid>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr int kMostThreads = 2; ///< one slow disk does not stop another
constexpr qsizetype kMostOffers = 32; ///< of one account that wait for an answer
constexpr qsizetype kMostKept = 200; ///< transfers that are over

Error refusal(const QString &code, const QString &title)
{
    return { .kind = Error::Kind::Unsupported, .code = code, .title = title };
}

} // namespace

QString fileSizeText(qint64 bytes)
{
    return bytes < 0 ? QString() : QLocale().formattedDataSize(bytes);
}

struct FileTransferStore::Sinks {
    QHash<std::pair<AccountId, QString>, std::shared_ptr<PartFile>> byId;
};

FileTransferStore::FileTransferStore(AccountManager &accounts, Note note, QObject *parent)
    : QObject(parent)
    , m_accounts(accounts)
    , m_note(std::move(note))
    , m_now([] { return QDateTime::currentDateTimeUtc(); })
    , m_sinks(std::make_unique<Sinks>())
    , m_pool(std::make_shared<QThreadPool>())
{
    m_pool->setMaxThreadCount(kMostThreads);
    connect(&accounts, &AccountManager::accountChanged, this, [this](Account *account) {
        if (account->state() != Account::State::Online) {
            lostAccount(account->id());
        }
        Q_EMIT availabilityChanged(account->id());
    });
    connect(&accounts, &AccountManager::accountRemoved, this,
        [this](const AccountId &account) { lostAccount(account); });
}

FileTransferStore::~FileTransferStore()
{
    m_sinks->byId.clear(); // what has not come whole is removed
    m_pool->waitForDone();
}

QString FileTransferStore::folder() const
{
    if (!m_folder.isEmpty()) {
        return m_folder;
    }
    const QString downloads = QStandardPaths::writableLocation(QStandardPaths::DownloadLocation);
    return downloads.isEmpty() ? QDir::homePath() : downloads;
}

FileTransferFacet *FileTransferStore::facet(const AccountId &account) const
{
    const Account *const known = m_accounts.account(account);
    return known != nullptr && known->state() == Account::State::Online
            && known->session() != nullptr
        ? known->session()->files()
        : nullptr;
}

bool FileTransferStore::canSend(const ConversationKey &conversation) const
{
    return conversation.kind == ConversationKind::Person && !conversation.with.isEmpty()
        && facet(conversation.account) != nullptr;
}

FileTransfer *FileTransferStore::at(const AccountId &account, const QString &id)
{
    const auto found = std::ranges::find_if(m_transfers,
        [&](const FileTransfer &t) { return t.account == account && t.file.id == id; });
    return found == m_transfers.end() ? nullptr : &*found;
}

std::optional<FileTransfer> FileTransferStore::find(
    const AccountId &account, const QString &id) const
{
    for (const FileTransfer &transfer : m_transfers) {
        if (transfer.account == account && transfer.file.id == id) {
            return transfer;
        }
    }
    return std::nullopt;
}

QList<FileTransfer> FileTransferStore::of(const ConversationKey &conversation) const
{
    QList<FileTransfer> list;
    std::ranges::copy_if(m_transfers, std::back_inserter(list),
        [&](const FileTransfer &t) { return t.conversation() == conversation; });
    return list;
}

void FileTransferStore::add(const FileTransfer &transfer)
{
    const auto over = std::ranges::count_if(m_transfers, &FileTransfer::isOver);
    if (over > kMostKept) {
        const auto oldest = std::ranges::find_if(m_transfers, &FileTransfer::isOver);
        dismiss(oldest->account, QString(oldest->file.id));
    }
    m_transfers.append(transfer);
    Q_EMIT transferAdded(transfer);
}

// ---------------------------------------------------------------- ours

Async<FileTransfer> FileTransferStore::send(
    const ConversationKey &conversation, const QString &path)
{
    const Account *const account = m_accounts.account(conversation.account);
    if (account == nullptr || account->state() != Account::State::Online) {
        return readyError<FileTransfer>(
            refusal(u"offline"_s, tr("This account is not online: no file can be sent.")));
    }
    if (!canSend(conversation)) {
        return readyError<FileTransfer>(
            refusal(u"cannot-send-files"_s, tr("Files cannot be sent here.")));
    }
    const Answer<FileTransfer> answer;
    DiskSource::open(path, m_pool)
        .then(this,
            [this, conversation, path, answer](const Result<std::shared_ptr<DiskSource>> &source) {
                if (!source) {
                    answer.fail(source.error());
                    return;
                }
                FileTransfer transfer;
                transfer.account = conversation.account;
                transfer.file = { .id = QUuid::createUuid().toString(QUuid::WithoutBraces),
                    .with = conversation.with,
                    .direction = Direction::Out,
                    .name = cleanedFileName(QFileInfo(path).fileName()),
                    .size = (*source)->size() };
                transfer.path = path;
                transfer.at = m_now();
                offer(transfer, *source, answer);
            });
    return answer.future();
}

void FileTransferStore::offer(const FileTransfer &transfer,
    const std::shared_ptr<FileSource> &source, const Answer<FileTransfer> &answer)
{
    FileTransferFacet *const files = facet(transfer.account);
    if (files == nullptr) {
        answer.fail(refusal(u"offline"_s, tr("This account is not online: no file can be sent.")));
        return;
    }
    add(transfer);
    files->offer(transfer.file, source)
        .then(this, [this, transfer, answer](const Result<void> &offered) {
            if (offered) {
                answer.give(find(transfer.account, transfer.file.id).value_or(transfer));
                return;
            }
            fail(transfer.account, transfer.file.id, offered.error());
            answer.fail(offered.error());
        });
}

// ---------------------------------------------------------------- theirs

void FileTransferStore::offered(const AccountId &account, const FileOffer &file)
{
    if (file.id.isEmpty() || file.with.isEmpty() || at(account, file.id) != nullptr) {
        return;
    }
    const auto waiting = std::ranges::count_if(m_transfers, [&](const FileTransfer &t) {
        return t.account == account && t.state == FileTransferState::Offered;
    });
    if (waiting >= kMostOffers) {
        refuse(account, file);
        return;
    }
    FileTransfer transfer;
    transfer.account = account;
    transfer.file = file;
    transfer.file.direction = Direction::In;
    transfer.file.name = cleanedFileName(file.name);
    transfer.file.size = std::max<qint64>(file.size, -1);
    transfer.at = m_now();
    add(transfer);
    Q_EMIT offerArrived(transfer);
}

void FileTransferStore::refuse(const AccountId &account, const FileOffer &file)
{
    // Not from within what the session is telling.
    QMetaObject::invokeMethod(
        this,
        [this, account, id = file.id] {
            if (FileTransferFacet *const files = facet(account)) {
                files->cancel(id);
            }
        },
        Qt::QueuedConnection);
}

void FileTransferStore::accept(const AccountId &account, const QString &id)
{
    if (const FileTransfer *const transfer = at(account, id)) {
        accept(account, id, folder(), transfer->file.name, false);
    }
}

void FileTransferStore::acceptAs(const AccountId &account, const QString &id, const QString &path)
{
    const QFileInfo info(path);
    accept(account, id, info.absolutePath(), info.fileName(), true);
}

void FileTransferStore::accept(const AccountId &account, const QString &id, const QString &folder,
    const QString &name, bool replaces)
{
    FileTransfer *const transfer = at(account, id);
    if (transfer == nullptr || transfer->state != FileTransferState::Offered
        || transfer->file.direction != Direction::In || transfer->isAccepted) {
        return;
    }
    transfer->isAccepted = true;
    Q_EMIT transferChanged(FileTransfer(*transfer));
    const PartFile::Target target {
        .folder = folder, .name = name, .replaces = replaces, .size = transfer->file.size
    };
    PartFile::open(target, m_pool)
        .then(this, [this, account, id](const Result<std::shared_ptr<PartFile>> &sink) {
            FileTransfer *const now = at(account, id);
            FileTransferFacet *const files = facet(account);
            if (now == nullptr || now->isOver() || files == nullptr) {
                return; // the sink goes, and what it made
            }
            if (!sink) {
                // The offer stands: there may be another folder.
                now->isAccepted = false;
                now->failure = sink.error();
                Q_EMIT transferChanged(FileTransfer(*now));
                return;
            }
            now->failure.reset();
            m_sinks->byId.insert({ account, id }, *sink);
            files->accept(id, *sink).then(this, [this, account, id](const Result<void> &accepted) {
                if (!accepted) {
                    fail(account, id, accepted.error());
                }
            });
        });
}

// ---------------------------------------------------------------- both

void FileTransferStore::cancel(const AccountId &account, const QString &id)
{
    FileTransfer *const transfer = at(account, id);
    if (transfer == nullptr || transfer->isOver()) {
        return;
    }
    const bool refuses = transfer->state == FileTransferState::Offered
        && transfer->file.direction == Direction::In && !transfer->isAccepted;
    transfer->state = refuses ? FileTransferState::Refused : FileTransferState::Cancelled;
    settle(*transfer);
    if (FileTransferFacet *const files = facet(account)) {
        files->cancel(id);
    }
}

void FileTransferStore::dismiss(const AccountId &account, const QString &id)
{
    const FileTransfer *const transfer = at(account, id);
    if (transfer != nullptr && transfer->isOver()) {
        m_transfers.removeIf(
            [&](const FileTransfer &t) { return t.account == account && t.file.id == id; });
        Q_EMIT transferRemoved(account, id);
    }
}

void FileTransferStore::changed(const AccountId &account, const FileTransferChanged &change)
{
    FileTransfer *const transfer = at(account, change.id);
    if (transfer == nullptr || transfer->isOver()) {
        return;
    }
    // Nothing goes back, and nobody has sent more than there is.
    const qint64 most = transfer->file.size >= 0 ? transfer->file.size : change.transferred;
    transfer->transferred = std::clamp(
        change.transferred, transfer->transferred, std::max(most, transfer->transferred));
    if (change.state == FileTransferState::Offered) {
        return;
    }
    transfer->state = change.state;
    if (!transfer->isOver()) {
        Q_EMIT transferChanged(FileTransfer(*transfer));
        return;
    }
    if (change.state == FileTransferState::Failed) {
        transfer->failure = change.failure.value_or(Error { .kind = Error::Kind::Network,
            .code = u"transfer-failed"_s,
            .title = tr("The transfer was interrupted.") });
    }
    if (change.state == FileTransferState::Done && transfer->file.direction == Direction::In) {
        const auto sink = m_sinks->byId.value({ account, change.id });
        transfer->path = sink ? sink->path() : QString();
    }
    settle(*transfer);
}

void FileTransferStore::fail(const AccountId &account, const QString &id, const Error &why)
{
    FileTransfer *const transfer = at(account, id);
    if (transfer == nullptr || transfer->isOver()) {
        return;
    }
    transfer->state = why.kind == Error::Kind::Cancelled ? FileTransferState::Cancelled
                                                         : FileTransferState::Failed;
    transfer->failure = why;
    settle(*transfer);
}

/// It is over: the disk is tidied, the history told.
void FileTransferStore::settle(FileTransfer &transfer)
{
    m_sinks->byId.remove({ transfer.account, transfer.file.id });
    if (transfer.state == FileTransferState::Done && transfer.file.size >= 0) {
        transfer.transferred = transfer.file.size;
    }
    const FileTransfer told = transfer;
    m_note(told.conversation(), lineAbout(told));
    Q_EMIT transferChanged(told);
}

void FileTransferStore::lostAccount(const AccountId &account)
{
    const QList<FileTransfer> all = m_transfers;
    for (const FileTransfer &transfer : all) {
        if (transfer.account == account && !transfer.isOver()) {
            fail(account, transfer.file.id,
                { .kind = Error::Kind::Network,
                    .code = u"connection-lost"_s,
                    .title = tr("The account went offline.") });
        }
    }
}

QString FileTransferStore::lineAbout(const FileTransfer &transfer) const
{
    const bool in = transfer.file.direction == Direction::In;
    const QString &name = transfer.file.name;
    const QString &who = transfer.file.with;
    const QString size = fileSizeText(transfer.file.size);
    switch (transfer.state) {
    case FileTransferState::Done:
        if (!in) {
            return tr("You sent %1 (%2).").arg(name, size);
        }
        return size.isEmpty()
            ? tr("%1 sent %2, saved as %3.").arg(who, name, QDir::toNativeSeparators(transfer.path))
            : tr("%1 sent %2, %3, saved as %4.", "who, file, size, path")
                  .arg(who, name, size, QDir::toNativeSeparators(transfer.path));
    case FileTransferState::Refused:
        return in ? tr("You declined %1.").arg(name) : tr("%1 declined %2.").arg(who, name);
    case FileTransferState::Cancelled:
        return tr("The transfer of %1 was cancelled.").arg(name);
    case FileTransferState::Failed:
        return (in ? tr("%1 could not be received: %2") : tr("%1 could not be sent: %2"))
            .arg(name, transfer.failure ? transfer.failure->title : QString());
    case FileTransferState::Offered:
    case FileTransferState::Running:
        break;
    }
    return {};
}

} // namespace linchpin
