// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/chat/filecards.h"

#include "core/chat/conversationstore.h"
#include "core/contacts/contactstore.h"
#include "core/models/conversationlistmodel.h"
#include "ui/widgets/chat/filecard.h"
#include "ui/widgets/common/theme.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDesktopServices>
#include <QDir>
#include <QEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

/// By the desktop's file manager, with the file marked; else its folder is opened.
void showInFolder(const QString &path, QObject *context)
{
    const auto open
        = [path] { QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(path).path())); };
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) {
        open();
        return;
    }
    QDBusMessage call = QDBusMessage::createMethodCall(u"org.freedesktop.FileManager1"_s,
        u"/org/freedesktop/FileManager1"_s, u"org.freedesktop.FileManager1"_s, u"ShowItems"_s);
    call << QStringList { QUrl::fromLocalFile(path).toString(QUrl::FullyEncoded) } << QString();
    auto *const watcher = new QDBusPendingCallWatcher(bus.asyncCall(call), context);
    QObject::connect(watcher, &QDBusPendingCallWatcher::finished, context, [watcher, open] {
        watcher->deleteLater();
        if (QDBusPendingReply<>(*watcher).isError()) {
            open();
        }
    });
}

} // namespace

FileCards::FileCards(UiContext context, const ConversationKey &conversation, QWidget *parent)
    : QScrollArea(parent)
    , m_context(context)
    , m_conversation(conversation)
{
    setObjectName(u"fileCards"_s);
    setAccessibleName(tr("Files"));
    setFrameShape(NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    auto *const content = new QWidget(this);
    content->setBackgroundRole(QPalette::Base);
    m_column = new QVBoxLayout(content);
    m_column->setContentsMargins(theme::kGroups, theme::kUnit, theme::kGroups, theme::kUnit);
    m_column->setSpacing(theme::kUnit);
    setWidget(content);
    if (parent != nullptr) {
        parent->installEventFilter(this); // its height says how many cards are seen
    }
    hide();
    FileTransferStore &files = context.conversations.files();
    const QList<FileTransfer> known = files.of(conversation);
    for (const FileTransfer &transfer : known) {
        put(transfer);
    }
    connect(&files, &FileTransferStore::transferAdded, this, &FileCards::put);
    connect(&files, &FileTransferStore::transferChanged, this, &FileCards::put);
    connect(&files, &FileTransferStore::transferRemoved, this,
        [this](const AccountId &account, const QString &id) {
            if (FileCard *const gone = card(account, id)) {
                m_cards.removeOne(gone);
                gone->hide();
                gone->deleteLater();
                fit();
            }
        });
}

FileCard *FileCards::card(const AccountId &account, const QString &id) const
{
    const auto found = std::ranges::find_if(m_cards, [&](const FileCard *c) {
        return c->transfer().account == account && c->transfer().file.id == id;
    });
    return found == m_cards.end() ? nullptr : *found;
}

void FileCards::put(const FileTransfer &transfer)
{
    if (transfer.conversation() != m_conversation) {
        return;
    }
    if (FileCard *const known = card(transfer.account, transfer.file.id)) {
        known->setTransfer(transfer);
        updateGeometry(); // a card that shows progress is higher
        return;
    }
    const Conversation *const conversation = m_context.conversations.find(m_conversation);
    auto *const made = new FileCard(transfer,
        conversation ? conversationName(*conversation, m_context.contacts) : transfer.file.with,
        widget());
    m_column->addWidget(made);
    made->show(); // counts in the height at once
    m_cards.append(made);
    FileTransferStore &files = m_context.conversations.files();
    const AccountId account = transfer.account;
    const QString id = transfer.file.id;
    connect(made, &FileCard::acceptRequested, this,
        [&files, account, id] { files.accept(account, id); });
    connect(made, &FileCard::saveAsRequested, this, [this, account, id] { saveAs(account, id); });
    connect(made, &FileCard::cancelRequested, this,
        [&files, account, id] { files.cancel(account, id); });
    connect(made, &FileCard::dismissRequested, this,
        [&files, account, id] { files.dismiss(account, id); });
    connect(made, &FileCard::openRequested, this,
        [made] { QDesktopServices::openUrl(QUrl::fromLocalFile(made->transfer().path)); });
    connect(made, &FileCard::showRequested, this,
        [this, made] { showInFolder(made->transfer().path, this); });
    fit();
    ensureWidgetVisible(made);
}

void FileCards::saveAs(const AccountId &account, const QString &id)
{
    FileTransferStore &files = m_context.conversations.files();
    const auto transfer = files.find(account, id);
    if (!transfer) {
        return;
    }
    auto *const dialog = new QFileDialog(
        this, tr("Save file as"), QDir(files.folder()).filePath(transfer->file.name));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->selectFile(transfer->file.name);
    connect(dialog, &QFileDialog::fileSelected, this,
        [&files, account, id](const QString &path) { files.acceptAs(account, id, path); });
    dialog->open();
}

void FileCards::fit()
{
    setVisible(!m_cards.isEmpty());
    updateGeometry();
}

bool FileCards::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize && watched == parentWidget()) {
        updateGeometry();
    }
    return QScrollArea::eventFilter(watched, event);
}

QSize FileCards::sizeHint() const
{
    const int wanted = m_column->sizeHint().height();
    const int most = parentWidget() ? std::max(96, parentWidget()->height() / 3) : wanted;
    return { QScrollArea::sizeHint().width(), std::min(wanted, most) };
}

QSize FileCards::minimumSizeHint() const
{
    return { 0, 0 };
}

} // namespace linchpin
