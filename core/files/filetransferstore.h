// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/facets.h"
#include "core/sdk/ids.h"
#include "core/sdk/sessionevent.h"

#include <QDateTime>
#include <QObject>
#include <QThreadPool>

#include <functional>
#include <memory>
#include <optional>

namespace linchpin {

class AccountManager;

/// One file on its way, or what became of it.
struct FileTransfer {
    AccountId account;
    FileOffer file; ///< the name cleaned: safe to show and to save under
    FileTransferState state = FileTransferState::Offered;
    qint64 transferred = 0; ///< bytes
    QString path; ///< incoming and Done: where it was saved; outgoing: what is sent
    std::optional<Error> failure; ///< with Failed
    QDateTime at; ///< UTC; when it was offered
    bool isAccepted = false; ///< by us; nothing has come yet

    ConversationKey conversation() const
    {
        return { account, file.with, ConversationKind::Person };
    }
    bool isOver() const
    {
        return state != FileTransferState::Offered && state != FileTransferState::Running;
    }
};

/// Files offered and sent by all accounts: those under way, and those of this run that are over
/// until they are dismissed. Reads and writes the disk in threads of its own; everything else, and
/// every signal, is in the main thread.
class FileTransferStore : public QObject {
    Q_OBJECT
public:
    /// Puts one line of what happened into a conversation's history.
    using Note = std::function<void(const ConversationKey &conversation, const QString &text)>;

    FileTransferStore(AccountManager &accounts, Note note, QObject *parent = nullptr);
    ~FileTransferStore() override;

    /// Whether files can be sent there now.
    bool canSend(const ConversationKey &conversation) const;
    /// Answers when the file is offered, or why it cannot be: `offline`, `cannot-send-files`,
    /// `file-not-found`, `not-a-file`, `read-failed`, and what the session says. What becomes of
    /// it comes by changed().
    Async<FileTransfer> send(const ConversationKey &conversation, const QString &path);

    /// Takes an offer into the folder for files, under a name that is free there.
    void accept(const AccountId &account, const QString &id);
    /// Takes it as exactly this file, which is replaced if it is there.
    void acceptAs(const AccountId &account, const QString &id, const QString &path);
    void cancel(const AccountId &account, const QString &id); ///< refuses, or ends
    void dismiss(const AccountId &account, const QString &id); ///< forgets what is over

    /// Where accepted files go; empty = the user's own folder for downloads.
    void setFolder(const QString &folder) { m_folder = folder; }
    QString folder() const;

    QList<FileTransfer> transfers() const { return m_transfers; } ///< the oldest first
    QList<FileTransfer> of(const ConversationKey &conversation) const;
    std::optional<FileTransfer> find(const AccountId &account, const QString &id) const;

    // What sessions tell, by the MessageRouter.
    void offered(const AccountId &account, const FileOffer &file);
    void changed(const AccountId &account, const FileTransferChanged &change);
    /// Somebody whose messages are not wanted: answered no, unseen.
    void refuse(const AccountId &account, const FileOffer &file);

    void setClock(std::function<QDateTime()> now) { m_now = std::move(now); }

Q_SIGNALS:
    void transferAdded(const linchpin::FileTransfer &transfer);
    void transferChanged(const linchpin::FileTransfer &transfer);
    void transferRemoved(const linchpin::AccountId &account, const QString &id);
    /// Somebody offers a file.
    void offerArrived(const linchpin::FileTransfer &transfer);
    /// Files may be sent by this account now, or not any more.
    void availabilityChanged(const linchpin::AccountId &account);

private:
    struct Sinks; // what incoming transfers are written to, by account and id
    FileTransfer *at(const AccountId &account, const QString &id);
    FileTransferFacet *facet(const AccountId &account) const;
    void accept(const AccountId &account, const QString &id, const QString &folder,
        const QString &name, bool replaces);
    void offer(const FileTransfer &transfer, const std::shared_ptr<FileSource> &source,
        const Answer<FileTransfer> &answer);
    void add(const FileTransfer &transfer);
    void fail(const AccountId &account, const QString &id, const Error &why);
    void settle(FileTransfer &transfer);
    void lostAccount(const AccountId &account);
    QString lineAbout(const FileTransfer &transfer) const;

    AccountManager &m_accounts;
    Note m_note;
    QString m_folder;
    std::function<QDateTime()> m_now;
    QList<FileTransfer> m_transfers;
    std::unique_ptr<Sinks> m_sinks;
    std::shared_ptr<QThreadPool> m_pool;
};

/// "2.1 MB" in the user's language; empty where the size is not known.
QString fileSizeText(qint64 bytes);

} // namespace linchpin

Q_DECLARE_METATYPE(linchpin::FileTransfer)
