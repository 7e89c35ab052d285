// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/chat/filecard.h"

#include "ui/widgets/common/elidedlabel.h"
#include "ui/widgets/common/iconset.h"
#include "ui/widgets/common/theme.h"

#include <QDir>
#include <QEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr int kProgressSteps = 1000;
constexpr int kProgressHeight = 4;
constexpr int kIcon = 24;

} // namespace

bool isProgramFile(const QString &name)
{
    static const QStringList endings { u"appimage"_s, u"bat"_s, u"cmd"_s, u"com"_s, u"cpl"_s,
        u"desktop"_s, u"exe"_s, u"hta"_s, u"jar"_s, u"js"_s, u"jse"_s, u"lnk"_s, u"msi"_s, u"pif"_s,
        u"pl"_s, u"ps1"_s, u"py"_s, u"reg"_s, u"run"_s, u"scr"_s, u"sh"_s, u"url"_s, u"vbe"_s,
        u"vbs"_s, u"wsf"_s, u"wsh"_s };
    return endings.contains(QFileInfo(name).suffix().toLower());
}

FileCard::FileCard(const FileTransfer &transfer, const QString &who, QWidget *parent)
    : QFrame(parent)
    , m_transfer(transfer)
    , m_who(who)
    , m_icon(new QLabel(this))
    , m_name(new ElidedLabel(this))
    , m_state(new ElidedLabel(this))
    , m_progress(new QProgressBar(this))
    , m_accept(new QPushButton(tr("&Accept"), this))
    , m_saveAs(new QPushButton(tr("&Save as…"), this))
    , m_decline(new QPushButton(tr("&Decline"), this))
    , m_open(new QPushButton(tr("&Open"), this))
    , m_show(new QPushButton(tr("Show in &folder"), this))
    , m_cancel(new QToolButton(this))
    , m_dismiss(new QToolButton(this))
{
    setObjectName(u"fileCard"_s);
    updateIcon();
    m_name->setObjectName(u"fileName"_s);
    m_name->setFont(theme::strong(font()));
    m_state->setObjectName(u"fileState"_s);
    m_state->setFont(theme::small(font()));
    m_state->setForegroundRole(QPalette::PlaceholderText);
    m_progress->setObjectName(u"fileProgress"_s);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(kProgressHeight);
    m_accept->setObjectName(u"fileAccept"_s);
    m_saveAs->setObjectName(u"fileSaveAs"_s);
    m_decline->setObjectName(u"fileDecline"_s);
    m_open->setObjectName(u"fileOpen"_s);
    m_show->setObjectName(u"fileShow"_s);
    m_cancel->setObjectName(u"fileCancel"_s);
    m_dismiss->setObjectName(u"fileDismiss"_s);

    auto *const words = new QVBoxLayout;
    words->setSpacing(2);
    words->addWidget(m_name);
    words->addWidget(m_state);
    words->addWidget(m_progress);
    auto *const row = new QHBoxLayout(this);
    row->setContentsMargins(
        theme::kRelated + theme::kUnit, theme::kRelated, theme::kRelated, theme::kRelated);
    row->setSpacing(theme::kRelated);
    row->addWidget(m_icon, 0, Qt::AlignTop);
    row->addLayout(words, 1);
    for (QPushButton *const button : { m_accept, m_saveAs, m_decline, m_open, m_show }) {
        button->setAutoDefault(false);
        button->setFocusPolicy(Qt::StrongFocus);
        row->addWidget(button);
    }
    for (QToolButton *const button : { m_cancel, m_dismiss }) {
        button->setIcon(icons::icon(u"close"_s));
        button->setAutoRaise(true);
        button->setFocusPolicy(Qt::StrongFocus);
        row->addWidget(button);
    }
    connect(m_accept, &QPushButton::clicked, this, &FileCard::acceptRequested);
    connect(m_saveAs, &QPushButton::clicked, this, &FileCard::saveAsRequested);
    connect(m_decline, &QPushButton::clicked, this, &FileCard::cancelRequested);
    connect(m_open, &QPushButton::clicked, this, &FileCard::openRequested);
    connect(m_show, &QPushButton::clicked, this, &FileCard::showRequested);
    connect(m_cancel, &QToolButton::clicked, this, &FileCard::cancelRequested);
    connect(m_dismiss, &QToolButton::clicked, this, &FileCard::dismissRequested);
    refresh();
}

void FileCard::setTransfer(const FileTransfer &transfer)
{
    m_transfer = transfer;
    refresh();
}

QString FileCard::stateText() const
{
    const bool in = m_transfer.file.direction == Direction::In;
    const QString size = fileSizeText(m_transfer.file.size);
    switch (m_transfer.state) {
    case FileTransferState::Offered:
        if (m_transfer.failure) {
            return m_transfer.failure->title;
        }
        if (!in) {
            return tr("%1 · waiting for %2", "a file's size, a person").arg(size, m_who);
        }
        return m_transfer.isAccepted
            ? tr("%1 · connecting", "a file's size").arg(size)
            : tr("%1 · offered by %2", "a file's size, a person").arg(size, m_who);
    case FileTransferState::Running:
        return (in ? tr("Receiving · %1 of %2") : tr("Sending · %1 of %2"))
            .arg(fileSizeText(m_transfer.transferred), size);
    case FileTransferState::Done:
        return in
            ? tr("%1 · saved in %2", "a file's size, a folder")
                  .arg(size, QDir::toNativeSeparators(QFileInfo(m_transfer.path).absolutePath()))
            : tr("%1 · sent", "a file's size").arg(size);
    case FileTransferState::Refused:
        return in ? tr("Declined") : tr("Declined by %1").arg(m_who);
    case FileTransferState::Cancelled:
        return tr("Cancelled");
    case FileTransferState::Failed:
        return m_transfer.failure ? m_transfer.failure->title : QString();
    }
    return {};
}

void FileCard::refresh()
{
    const bool in = m_transfer.file.direction == Direction::In;
    const bool asks
        = in && m_transfer.state == FileTransferState::Offered && !m_transfer.isAccepted;
    const bool isThere = in && m_transfer.state == FileTransferState::Done;
    const bool hadFocus = isAncestorOf(focusWidget()) && focusWidget()->hasFocus();
    const QString name = m_transfer.file.name;
    m_name->setText(name);
    m_state->setText(stateText());
    QStringList more;
    if (m_transfer.failure) {
        for (const QString &line :
            { m_transfer.failure->title, m_transfer.failure->detail, m_transfer.failure->remedy }) {
            if (!line.isEmpty()) {
                more.append(line.toHtmlEscaped());
            }
        }
    }
    // With a tag, so that it is taken for the HTML that it is.
    m_state->setToolTip(more.isEmpty() ? QString() : u"<p>%1</p>"_s.arg(more.join(u"<br>"_s)));
    m_name->setToolTip(u"<p>%1</p>"_s.arg(name.toHtmlEscaped()));
    m_progress->setVisible(m_transfer.state == FileTransferState::Running);
    const qint64 size = m_transfer.file.size;
    m_progress->setRange(0, size > 0 ? kProgressSteps : 0);
    m_progress->setValue(
        size > 0 ? int(double(m_transfer.transferred) / double(size) * kProgressSteps) : 0);
    m_accept->setVisible(asks);
    m_saveAs->setVisible(asks);
    m_decline->setVisible(asks);
    m_open->setVisible(isThere && !isProgramFile(m_transfer.path));
    m_show->setVisible(isThere);
    m_cancel->setVisible(!asks && !m_transfer.isOver());
    m_dismiss->setVisible(m_transfer.isOver());
    if (hadFocus) { // what had it may be gone; the keyboard stays in the card
        for (QWidget *const next :
            std::initializer_list<QWidget *> { m_accept, m_open, m_show, m_cancel, m_dismiss }) {
            if (!next->isHidden()) {
                next->setFocus();
                break;
            }
        }
    }
    m_cancel->setToolTip(tr("Cancel"));
    m_dismiss->setToolTip(tr("Close"));
    m_progress->setAccessibleName(tr("Progress of %1").arg(name));
    m_accept->setAccessibleName(tr("Accept %1").arg(name));
    m_saveAs->setAccessibleName(tr("Save %1 as…").arg(name));
    m_decline->setAccessibleName(tr("Decline %1").arg(name));
    m_open->setAccessibleName(tr("Open %1").arg(name));
    m_show->setAccessibleName(tr("Show %1 in its folder").arg(name));
    m_cancel->setAccessibleName(tr("Cancel %1").arg(name));
    m_dismiss->setAccessibleName(tr("Close the card of %1").arg(name));
    setAccessibleName(name);
    setAccessibleDescription(m_state->text());
}

/// In the colour of the text: the label keeps what it was painted in.
void FileCard::updateIcon()
{
    m_icon->setPixmap(icons::icon(u"file"_s).pixmap(kIcon, kIcon));
}

void FileCard::changeEvent(QEvent *event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        updateIcon();
    }
}

void FileCard::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme::separator(palette()), 1));
    painter.setBrush(palette().color(QPalette::AlternateBase));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
}

} // namespace linchpin
