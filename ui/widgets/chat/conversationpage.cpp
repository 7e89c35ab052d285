// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/chat/conversationpage.h"

#include "core/accounts/accountmanager.h"
#include "core/chat/commandline.h"
#include "core/chat/conversationstore.h"
#include "core/contacts/contactstore.h"
#include "core/files/filetransferstore.h"
#include "core/history/historystore.h"
#include "core/models/conversationlistmodel.h"
#include "core/models/messagelistmodel.h"
#include "core/models/roles.h"
#include "core/models/roommembermodel.h"
#include "core/settings/appsettings.h"
#include "ui/widgets/chat/composer.h"
#include "ui/widgets/chat/conferenceactions.h"
#include "ui/widgets/chat/conversationheader.h"
#include "ui/widgets/chat/filecards.h"
#include "ui/widgets/chat/memberdelegate.h"
#include "ui/widgets/chat/messageview.h"
#include "ui/widgets/common/iconset.h"
#include "ui/widgets/common/theme.h"

#include <QDragEnterEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMimeData>
#include <QPainter>
#include <QShortcut>
#include <QSplitter>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <chrono>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin {

namespace {

constexpr int kMembersWidth = 184;
constexpr int kHits = 200;
constexpr qsizetype kFilesAtOnce = 20;
constexpr auto kNoticeFor = 12s;
constexpr auto kDraftSavedAfter = 1s; // what is typed survives a crash but for this long

/// The rounded field around the composer and its button; the accent shows where one writes.
class ComposerFrame : public QWidget {
public:
    ComposerFrame(Composer &composer, QWidget *parent)
        : QWidget(parent)
        , m_composer(composer)
    {
        setObjectName(u"composerFrame"_s);
        composer.installEventFilter(this);
    }
    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) {
            update();
        }
        return false;
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(
            m_composer.hasFocus() ? theme::accent(palette()) : palette().color(QPalette::Mid), 1));
        painter.setBrush(palette().color(QPalette::Base));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    }

private:
    Composer &m_composer;
};

} // namespace

ConversationPage::ConversationPage(UiContext context, Conversation &conversation, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_conversation(conversation)
    , m_model(std::make_unique<MessageListModel>(context.history, conversation))
    , m_header(new ConversationHeader(context, conversation, this))
    , m_view(new MessageView(this))
    , m_typing(new QLabel(this))
    , m_notice(new QLabel(this))
    , m_composer(new Composer(this))
    , m_attach(new QToolButton(this))
    , m_splitter(new QSplitter(Qt::Horizontal, this))
    , m_noticeTimer(new QTimer(this))
    , m_draftTimer(new QTimer(this))
{
    setObjectName(u"conversationPage"_s);
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    m_typing->setObjectName(u"typingLine"_s);
    m_typing->setTextFormat(Qt::PlainText);
    m_typing->setFont(theme::small(font()));
    m_typing->setForegroundRole(QPalette::PlaceholderText);
    m_typing->setContentsMargins(theme::kGroups + theme::kUnit, 0, theme::kGroups, 0);
    m_typing->setFixedHeight(QFontMetrics(theme::small(font())).height() + theme::kUnit);
    m_notice->setObjectName(u"notice"_s);
    m_notice->setTextFormat(Qt::PlainText);
    m_notice->setWordWrap(true);
    m_notice->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_notice->setContentsMargins(theme::kGroups, theme::kRelated, theme::kGroups, theme::kRelated);
    m_notice->setAutoFillBackground(true);
    m_notice->setBackgroundRole(QPalette::AlternateBase);
    m_notice->hide();
    m_noticeTimer->setSingleShot(true);
    m_noticeTimer->setInterval(kNoticeFor);
    connect(m_noticeTimer, &QTimer::timeout, m_notice, &QWidget::hide);

    auto *const frame = new ComposerFrame(*m_composer, this);
    auto *const send = new QToolButton(frame);
    send->setObjectName(u"sendButton"_s);
    send->setIcon(icons::icon(u"send"_s));
    send->setIconSize({ 20, 20 });
    send->setAutoRaise(true);
    send->setToolTip(tr("Send (Enter)"));
    send->setAccessibleName(tr("Send"));
    send->setEnabled(false);
    auto *const inputRow = new QHBoxLayout(frame);
    inputRow->setContentsMargins(theme::kRelated, 6, theme::kRelated, 6);
    inputRow->setSpacing(0);
    m_attach->setObjectName(u"attachButton"_s);
    m_attach->setIcon(icons::icon(u"attach"_s));
    m_attach->setIconSize({ 20, 20 });
    m_attach->setAutoRaise(true);
    m_attach->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O));
    m_attach->setToolTip(
        tr("Send file… (%1)").arg(m_attach->shortcut().toString(QKeySequence::NativeText)));
    m_attach->setAccessibleName(tr("Send file…"));
    inputRow->addWidget(m_attach, 0, Qt::AlignBottom);
    inputRow->addWidget(m_composer, 1);
    inputRow->addWidget(send, 0, Qt::AlignBottom);

    auto *const talk = new QWidget(this);
    auto *const column = new QVBoxLayout(talk);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_view, 1);
    if (!conversation.isRoom()) {
        column->addWidget(new FileCards(context, conversation.key(), talk));
    }
    column->addWidget(m_notice);
    column->addWidget(m_typing);
    auto *const composerMargin = new QVBoxLayout;
    composerMargin->setContentsMargins(theme::kGroups, 0, theme::kGroups, theme::kGroups - 4);
    composerMargin->addWidget(frame);
    column->addLayout(composerMargin);

    m_splitter->setChildrenCollapsible(false);
    m_splitter->setHandleWidth(1);
    m_splitter->addWidget(talk);
    m_splitter->setStretchFactor(0, 1);
    if (conversation.isRoom()) {
        m_members = new QListView(this);
        m_members->setObjectName(u"memberList"_s);
        m_members->setAccessibleName(tr("Members"));
        m_members->setFrameShape(QFrame::NoFrame);
        m_members->setUniformItemSizes(true);
        m_members->setItemDelegate(new MemberDelegate(m_members));
        m_members->viewport()->setBackgroundRole(QPalette::Window);
        m_memberModel = std::make_unique<RoomMemberModel>(conversation);
        m_members->setModel(m_memberModel.get());
        m_splitter->addWidget(m_members);
        m_splitter->setSizes({ 1000, kMembersWidth });
        m_members->setMinimumWidth(120);
        m_members->setContextMenuPolicy(Qt::CustomContextMenu);
        connect(m_members, &QWidget::customContextMenuRequested, this,
            &ConversationPage::showMemberMenu);
        m_header->membersButton()->setChecked(true);
        connect(m_header->membersButton(), &QToolButton::toggled, m_members, &QWidget::setVisible);
        connect(m_members, &QListView::activated, this, [this](const QModelIndex &index) {
            const QString nick = index.data(MemberRole::Nick).toString();
            const ProtocolPlugin *const plugin = [&]() -> const ProtocolPlugin * {
                const Account *const account = m_context.accounts.account(key().account);
                return account ? account->plugin() : nullptr;
            }();
            const QString address = index.data(MemberRole::Address).toString();
            const QString target = address.isEmpty() ? nick : address;
            if (plugin) {
                Q_EMIT conversationRequested({ key().account, target, ConversationKind::Person });
            }
        });
    }
    auto *const whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->setSpacing(0);
    whole->addWidget(m_header);
    whole->addWidget(m_splitter, 1);

    m_view->setAvatarSource([this](const QModelIndex &index) {
        const Contact *const contact = m_context.contacts.contact(
            key().account, { index.data(MessageRole::From).toString() });
        return contact ? contact->avatar : QByteArray();
    });
    if (!conversation.isRoom()) {
        m_view->setNameSource(
            [this](const QModelIndex &index) {
                return index.data(MessageRole::Direction).toInt()
                        == static_cast<int>(Direction::Out)
                    ? tr("You")
                    : conversationName(m_conversation, m_context.contacts);
            },
            false);
    }
    m_view->setMessages(m_model.get());
    m_model->openNewest();
    m_composer->setPlainText(conversation.summary().draft);
    m_composer->moveCursor(QTextCursor::End);
    send->setEnabled(!m_composer->document()->isEmpty());
    m_composer->setPlaceholderText(
        tr("Write to %1").arg(conversationName(conversation, context.contacts)));

    connect(send, &QToolButton::clicked, this, [this] {
        QKeyEvent enter(QEvent::KeyPress, Qt::Key_Return, Qt::NoModifier);
        QCoreApplication::sendEvent(m_composer, &enter);
    });
    connect(m_composer, &QPlainTextEdit::textChanged, send,
        [this, send] { send->setEnabled(!m_composer->document()->isEmpty()); });
    // The timer is not pushed back by further typing: who writes without a pause is kept too.
    m_draftTimer->setSingleShot(true);
    m_draftTimer->setInterval(kDraftSavedAfter);
    connect(m_draftTimer, &QTimer::timeout, this, &ConversationPage::saveDraft);
    connect(m_composer, &QPlainTextEdit::textChanged, this, [this] {
        if (!m_draftTimer->isActive()) {
            m_draftTimer->start();
        }
    });
    connect(m_composer, &Composer::submitted, this, &ConversationPage::submit);
    connect(m_composer, &Composer::composingChanged, this, [this](bool composing) {
        if (m_context.settings.isOn(u"send-typing"_s)) {
            m_context.conversations.setComposing(key(), composing);
        }
    });
    connect(m_view, &MessageView::retryRequested, this,
        [this](const StoredMessage &message) { m_context.conversations.retry(message); });
    connect(m_view, &MessageView::discardRequested, this,
        [this](const StoredMessage &message) { m_context.conversations.discard(message); });
    connect(m_header, &ConversationHeader::failed, this, &ConversationPage::showError);
    connect(m_header, &ConversationHeader::inviteRequested, this,
        [this] { Q_EMIT inviteRequested(key()); });
    connect(m_view, &MessageView::replyRequested, this,
        [this](const StoredMessage &message) { m_composer->insertQuote(message.body.plain()); });
    connect(m_view, &MessageView::seen, this, [this](const MessagePlace &place) {
        if (m_conversation.summary().unread > 0) {
            m_context.conversations.markRead(key(), place);
        }
    });
    connect(m_model.get(), &MessageListModel::failed, this, &ConversationPage::showError);
    connect(m_header->detailsButton(), &QToolButton::clicked, this,
        [this] { Q_EMIT detailsRequested(key().account, { key().with }); });
    connect(m_header, &ConversationHeader::backRequested, this, &ConversationPage::backRequested);
    connect(
        m_header->closeButton(), &QToolButton::clicked, this, &ConversationPage::closeRequested);
    connect(m_header->searchButton(), &QToolButton::clicked, this, &ConversationPage::openSearch);
    connect(&conversation, &Conversation::typingChanged, this, &ConversationPage::updateTyping);
    connect(
        &conversation, &Conversation::membersChanged, this, &ConversationPage::updateCompletions);
    auto *const find = new QShortcut(QKeySequence::Find, this);
    find->setContext(Qt::WidgetWithChildrenShortcut);
    connect(find, &QShortcut::activated, this, &ConversationPage::openSearch);
    connect(m_attach, &QToolButton::clicked, this, &ConversationPage::chooseFiles);
    connect(m_composer, &Composer::filesGiven, this, &ConversationPage::sendFiles);
    connect(&context.conversations.files(), &FileTransferStore::availabilityChanged, this,
        [this](const AccountId &account) {
            if (account == key().account) {
                updateFiles();
            }
        });
    updateFiles();
    updateTyping();
    updateCompletions();
}

ConversationPage::~ConversationPage()
{
    saveDraft();
    m_view->setMessages(nullptr);
}

/// Into the history, whose thread does the writing.
void ConversationPage::saveDraft()
{
    m_draftTimer->stop();
    m_context.conversations.saveDraft(key(), m_composer->toPlainText());
}

void ConversationPage::setMessageStyle(MessageStyle style)
{
    m_view->setMessageStyle(style);
}
void ConversationPage::goTo(const MessageId &id)
{
    m_view->goTo(id);
}
void ConversationPage::focusComposer()
{
    m_composer->setFocus();
}
void ConversationPage::showBackButton(bool show)
{
    m_header->showBackButton(show);
}

void ConversationPage::submit(const QString &text)
{
    saveDraft(); // the composer is empty by now
    m_view->goToEnd();
    runCommandLine({ m_context.accounts, m_context.conversations }, key(), text)
        .then(this, [this, text](const Result<CommandOutcome> &outcome) {
            if (!outcome) {
                // Nothing typed is lost: it goes back where it was.
                if (m_composer->document()->isEmpty()) {
                    m_composer->setPlainText(text);
                    m_composer->moveCursor(QTextCursor::End);
                }
                showError(outcome.error());
                return;
            }
            if (!outcome->text.isEmpty()) {
                m_notice->setText(outcome->text);
                m_notice->show();
                m_noticeTimer->start();
            }
            if (!outcome->open.isNull()) {
                Q_EMIT conversationRequested(outcome->open);
            }
        });
}

void ConversationPage::showError(const Error &error)
{
    QStringList lines { error.title };
    if (!error.detail.isEmpty()) {
        lines.append(error.detail);
    }
    if (!error.remedy.isEmpty()) {
        lines.append(error.remedy);
    }
    m_notice->setText(lines.join(u'\n'));
    m_notice->show();
    m_noticeTimer->start();
}

void ConversationPage::showMemberMenu(const QPoint &at)
{
    const QModelIndex under = m_members->indexAt(at);
    const QModelIndex index = under.isValid() ? under : m_members->currentIndex();
    if (!index.isValid()) {
        return;
    }
    QMenu menu(this);
    menu.addAction(icons::icon(u"send"_s), tr("Write a message"), this,
            [this, index] { Q_EMIT m_members->activated(index); })
        ->setEnabled(!index.data(MemberRole::Self).toBool());
    conferences::addMemberActions(
        menu, m_context, m_conversation, index, this, [this](const Error &why) { showError(why); });
    menu.exec(m_members->viewport()->mapToGlobal(
        under.isValid() ? at : m_members->visualRect(index).center()));
}

void ConversationPage::updateTyping()
{
    const QStringList who = m_conversation.typing();
    QString text;
    if (who.size() == 1) {
        const QString name = m_conversation.isRoom()
            ? who.constFirst()
            : conversationName(m_conversation, m_context.contacts);
        text = tr("%1 is typing…").arg(name);
    } else if (who.size() > 1) {
        text = tr("%n people are typing…", nullptr, static_cast<int>(who.size()));
    }
    m_typing->setText(text);
}

void ConversationPage::updateCompletions()
{
    QStringList people;
    for (const RoomMember &member : m_conversation.members()) {
        if (!member.self) {
            people.append(member.nick);
        }
    }
    if (!m_conversation.isRoom()) {
        people.append(conversationName(m_conversation, m_context.contacts));
    }
    m_composer->setCompletions(
        people, commandNames({ m_context.accounts, m_context.conversations }, key()));
}

void ConversationPage::buildSearch()
{
    m_searchBar = new QWidget(this);
    m_searchBar->setBackgroundRole(QPalette::AlternateBase);
    m_searchBar->setAutoFillBackground(true);
    m_searchField = new QLineEdit(m_searchBar);
    m_searchField->setObjectName(u"searchField"_s);
    m_searchField->setPlaceholderText(tr("Search in this conversation"));
    m_searchField->setAccessibleName(m_searchField->placeholderText());
    m_searchField->setClearButtonEnabled(true);
    m_searchState = new QLabel(m_searchBar);
    m_searchState->setFont(theme::small(font()));
    const auto button = [this](const QString &icon, const QString &name) {
        auto *const made = new QToolButton(m_searchBar);
        made->setIcon(icons::icon(icon));
        made->setAutoRaise(true);
        made->setToolTip(name);
        made->setAccessibleName(name);
        return made;
    };
    QToolButton *const older = button(u"chevron-down"_s, tr("Older hit (Enter)"));
    QToolButton *const close = button(u"close"_s, tr("End the search (Esc)"));
    auto *const row = new QHBoxLayout(m_searchBar);
    row->setContentsMargins(theme::kGroups, theme::kUnit, theme::kRelated, theme::kUnit);
    row->addWidget(m_searchField, 1);
    row->addWidget(m_searchState);
    row->addWidget(older);
    row->addWidget(close);
    static_cast<QVBoxLayout *>(layout())->insertWidget(1, m_searchBar);
    connect(m_searchField, &QLineEdit::textChanged, this, [this] {
        m_hits.clear();
        m_hitAt = -1;
        m_searchState->clear();
    });
    connect(m_searchField, &QLineEdit::returnPressed, this, [this] { searchWithin(true); });
    connect(older, &QToolButton::clicked, this, [this] { searchWithin(true); });
    connect(close, &QToolButton::clicked, this, [this] {
        m_searchBar->hide();
        m_view->setHighlight({});
        m_composer->setFocus();
    });
}

void ConversationPage::openSearch()
{
    if (!m_searchBar) {
        buildSearch();
    }
    m_searchBar->show();
    m_searchField->setFocus();
    m_searchField->selectAll();
}

void ConversationPage::searchWithin(bool older)
{
    const QString words = m_searchField->text().trimmed();
    if (words.isEmpty()) {
        return;
    }
    if (!m_hits.isEmpty()) {
        const qsizetype step = older ? 1 : -1;
        m_hitAt = (m_hitAt + step + m_hits.size()) % m_hits.size();
        m_searchState->setText(tr("%1 of %2").arg(m_hitAt + 1).arg(m_hits.size()));
        m_view->goTo(m_hits.at(m_hitAt));
        return;
    }
    SearchRequest request;
    request.words = words;
    request.account = key().account;
    request.with = key().with;
    request.limit = kHits;
    m_context.history.search(request).then(
        this, [this, words](const Result<QList<SearchHit>> &found) {
            if (!found) {
                showError(found.error());
                return;
            }
            if (m_searchField->text().trimmed() != words) {
                return; // typed on in the meantime
            }
            m_hits.clear();
            for (const SearchHit &hit : *found) {
                m_hits.append(hit.message.id);
            }
            m_hitAt = -1;
            m_view->setHighlight(words);
            if (m_hits.isEmpty()) {
                m_searchState->setText(tr("Nothing found"));
            } else {
                searchWithin(true);
            }
        });
}

void ConversationPage::updateFiles()
{
    const bool can = m_context.conversations.files().canSend(key());
    m_attach->setVisible(can);
    m_composer->setTakesFiles(can);
    setAcceptDrops(can);
}

void ConversationPage::chooseFiles()
{
    auto *const dialog = new QFileDialog(this, tr("Send file"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    dialog->setLabelText(QFileDialog::Accept, tr("Send"));
    connect(dialog, &QFileDialog::filesSelected, this, &ConversationPage::sendFiles);
    dialog->open();
}

void ConversationPage::sendFiles(const QStringList &paths)
{
    if (paths.size() > kFilesAtOnce) {
        m_notice->setText(
            tr("At most %n files can be sent at once.", nullptr, static_cast<int>(kFilesAtOnce)));
        m_notice->show();
        m_noticeTimer->start();
        return;
    }
    for (const QString &path : paths) {
        m_context.conversations.files()
            .send(key(), path)
            .then(this, [this](const Result<FileTransfer> &offered) {
                if (!offered && offered.error().kind != Error::Kind::Cancelled) {
                    showError(offered.error());
                }
            });
    }
}

void ConversationPage::dragEnterEvent(QDragEnterEvent *event)
{
    if (!localFiles(*event->mimeData()).isEmpty()) {
        event->setDropAction(Qt::CopyAction);
        event->accept();
    }
}

void ConversationPage::dropEvent(QDropEvent *event)
{
    const QStringList paths = localFiles(*event->mimeData());
    if (!paths.isEmpty()) {
        event->setDropAction(Qt::CopyAction); // never moved away by whoever gave it
        event->accept();
        sendFiles(paths);
    }
}

void ConversationPage::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && m_searchBar && m_searchBar->isVisible()) {
        m_searchBar->hide();
        m_view->setHighlight({});
        m_composer->setFocus();
        return;
    }
    QWidget::keyPressEvent(event);
}

} // namespace linchpin
