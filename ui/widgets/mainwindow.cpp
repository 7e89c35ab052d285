// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/mainwindow.h"

#include "core/accounts/accountmanager.h"
#include "core/chat/conversationstore.h"
#include "core/contacts/contactstore.h"
#include "core/models/conversationlistmodel.h"
#include "core/models/roles.h"
#include "core/settings/appsettings.h"
#include "ui/widgets/chat/conferenceactions.h"
#include "ui/widgets/chat/conversationpage.h"
#include "ui/widgets/common/firstsize.h"
#include "ui/widgets/common/iconset.h"
#include "ui/widgets/common/theme.h"
#include "ui/widgets/contactlist/accessdialog.h"
#include "ui/widgets/contactlist/accountfooter.h"
#include "ui/widgets/contactlist/contactlistview.h"
#include "ui/widgets/contactlist/requestbar.h"
#include "ui/widgets/contactlist/roomdelegate.h"
#include "ui/widgets/contactlist/statuschooser.h"

#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QHBoxLayout>
#include <QJsonValue>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr int kNarrow = 700;
constexpr int kSideWidth = 288;
constexpr int kRoomRows = 6; // rooms shown before their list scrolls

QIcon tabIcon(const QModelIndex &conversation, const QPalette &palette)
{
    const auto kind
        = static_cast<ConversationKind>(conversation.data(ConversationRole::Kind).toInt());
    if (kind == ConversationKind::Room) {
        return icons::icon(u"room"_s);
    }
    if (kind == ConversationKind::Server) {
        return icons::icon(u"network"_s);
    }
    QPixmap pixmap(32, 32);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    theme::paintPresence(painter, QRectF(6, 6, 20, 20),
        static_cast<Availability>(conversation.data(ConversationRole::Availability).toInt()),
        palette);
    return QIcon(pixmap);
}

} // namespace

MainWindow::MainWindow(UiContext context, QWidget *parent)
    : QMainWindow(parent)
    , m_context(context)
    , m_splitter(new QSplitter(Qt::Horizontal, this))
    , m_conversationModel(new ConversationListModel(
          context.conversations, context.contacts, context.accounts, this))
    , m_titlePacer([this] { updateTitle(); })
{
    setObjectName(u"mainWindow"_s);
    setWindowTitle(tr("Linchpin"));
    setFirstSize(*this, { 1040, 720 });
    setMinimumSize(360, 420);
    buildSide();
    buildMain();
    m_splitter->addWidget(m_side);
    m_splitter->addWidget(m_main);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setHandleWidth(1);
    m_splitter->setSizes({ kSideWidth, 752 });
    setCentralWidget(m_splitter);

    const QByteArray geometry
        = QByteArray::fromBase64(context.settings.remembered(u"geometry"_s).toString().toLatin1());
    if (!geometry.isEmpty()) {
        restoreGeometry(geometry);
    }
    const QByteArray splitter
        = QByteArray::fromBase64(context.settings.remembered(u"splitter"_s).toString().toLatin1());
    if (!splitter.isEmpty()) {
        m_splitter->restoreState(splitter);
    }
    applySettings();
    connect(&context.settings, &AppSettings::changed, this, &MainWindow::applySettings);
    connect(m_conversationModel, &QAbstractItemModel::dataChanged, this,
        [this](const QModelIndex &first, const QModelIndex &last) {
            for (int row = first.row(); row <= last.row(); ++row) {
                const Conversation *const changed
                    = m_conversationModel->conversationAt(m_conversationModel->index(row, 0));
                const int tab = changed ? tabOf(changed->key()) : -1;
                if (tab >= 0) {
                    updateTab(tab);
                }
            }
        });
    connect(&context.conversations, &ConversationStore::totalUnreadChanged, this,
        [this] { m_titlePacer.ask(); });
    connect(&context.conversations, &ConversationStore::conversationRemoved, this,
        &MainWindow::closeConversation);
    const auto shortcut = [this](const QKeySequence &keys, auto then) {
        connect(new QShortcut(keys, this), &QShortcut::activated, this, then);
    };
    shortcut(QKeySequence(Qt::CTRL | Qt::Key_K), [this] {
        if (m_narrow) {
            m_main->hide();
            m_side->show();
        }
        m_filter->setFocus();
        m_filter->selectAll();
    });
    shortcut(QKeySequence::Close, [this] {
        if (const ConversationPage *const page = currentPage()) {
            closeConversation(page->key());
        }
    });
    shortcut(QKeySequence(Qt::CTRL | Qt::Key_PageDown), [this] {
        if (m_tabs->count() > 1) {
            m_tabs->setCurrentIndex((m_tabs->currentIndex() + 1) % m_tabs->count());
        }
    });
    shortcut(QKeySequence(Qt::CTRL | Qt::Key_PageUp), [this] {
        if (m_tabs->count() > 1) {
            m_tabs->setCurrentIndex(
                (m_tabs->currentIndex() + m_tabs->count() - 1) % m_tabs->count());
        }
    });
    // F6 walks the panes, as in every program with panes.
    shortcut(QKeySequence(Qt::Key_F6), [this] {
        if (m_contactList->hasFocus() && currentPage()) {
            currentPage()->focusComposer();
        } else if (m_filter->hasFocus()) {
            m_contactList->setFocus();
        } else {
            m_filter->setFocus();
        }
    });
}

MainWindow::~MainWindow()
{
    // While there is a window to hear of the drafts they leave.
    qDeleteAll(std::exchange(m_pages, {}));
    m_context.settings.remember(u"geometry"_s, QString::fromLatin1(saveGeometry().toBase64()));
    if (!m_narrow) {
        m_context.settings.remember(
            u"splitter"_s, QString::fromLatin1(m_splitter->saveState().toBase64()));
    }
}

void MainWindow::buildSide()
{
    m_side = new QWidget(this);
    m_side->setObjectName(u"side"_s);
    m_side->setMinimumWidth(220);
    m_status = new StatusChooser(m_context, m_side);
    m_menuButton = new QToolButton(m_side);
    m_menuButton->setObjectName(u"menuButton"_s);
    m_menuButton->setIcon(icons::icon(u"menu"_s));
    m_menuButton->setIconSize({ 20, 20 });
    m_menuButton->setAutoRaise(true);
    m_menuButton->setPopupMode(QToolButton::InstantPopup);
    m_menuButton->setToolTip(tr("Menu"));
    m_menuButton->setAccessibleName(tr("Menu"));
    m_menuButton->setShortcut(QKeySequence(Qt::Key_F10));
    buildMenu();

    m_filter = new QLineEdit(m_side);
    m_filter->setObjectName(u"filter"_s);
    m_filter->setPlaceholderText(tr("Find people and rooms"));
    m_filter->setAccessibleName(tr("Find people and rooms"));
    m_filter->setClearButtonEnabled(true);
    m_filter->addAction(icons::icon(u"search"_s), QLineEdit::LeadingPosition);
    m_filter->installEventFilter(this);

    auto *const requests = new RequestBar(m_context, m_side);
    connect(requests, &RequestBar::conversationRequested, this, &MainWindow::openConversation);
    connect(requests, &RequestBar::invitationAnswered, this, &MainWindow::invitationAnswered);
    m_requests = requests;

    m_rooms = new QListView(m_side);
    m_rooms->setObjectName(u"roomList"_s);
    m_rooms->setAccessibleName(tr("Rooms"));
    m_rooms->setFrameShape(QFrame::NoFrame);
    m_rooms->setUniformItemSizes(true);
    m_rooms->setMouseTracking(true);
    m_roomDelegate = new RoomDelegate(m_rooms);
    m_rooms->setItemDelegate(m_roomDelegate);
    auto *const rooms = new RoomListModel(m_rooms);
    rooms->setSourceModel(m_conversationModel);
    m_rooms->setModel(rooms);
    const auto fit = [this, rooms] {
        const int rows = std::min(rooms->rowCount(), kRoomRows);
        m_rooms->setVisible(rows > 0);
        m_rooms->setFixedHeight(rows * std::max(1, m_rooms->sizeHintForRow(0)) + theme::kUnit);
    };
    connect(rooms, &QAbstractItemModel::rowsInserted, this, fit);
    connect(rooms, &QAbstractItemModel::rowsRemoved, this, fit);
    connect(rooms, &QAbstractItemModel::modelReset, this, fit);
    fit();
    const auto openRoom = [this](const QModelIndex &index) {
        openConversation(index.data(ConversationRole::Key).value<ConversationKey>());
    };
    connect(m_rooms, &QListView::clicked, this, openRoom);
    connect(m_rooms, &QListView::activated, this, openRoom);

    m_contactList = new ContactListView(m_context, m_side);
    m_footer = new AccountFooter(m_context, m_side);

    auto *const top = new QHBoxLayout;
    top->setContentsMargins(theme::kRelated + 4, theme::kRelated, theme::kRelated, theme::kUnit);
    top->addWidget(m_status, 1);
    top->addWidget(m_menuButton, 0, Qt::AlignTop);
    auto *const filterRow = new QHBoxLayout;
    filterRow->setContentsMargins(theme::kRelated, theme::kUnit, theme::kRelated, theme::kRelated);
    filterRow->addWidget(m_filter);
    auto *const column = new QVBoxLayout(m_side);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(top);
    column->addLayout(filterRow);
    column->addWidget(m_requests);
    column->addWidget(m_rooms);
    column->addWidget(m_contactList, 1);
    column->addWidget(m_footer);
    for (QAbstractScrollArea *const list : { static_cast<QAbstractScrollArea *>(m_rooms),
             static_cast<QAbstractScrollArea *>(m_contactList) }) {
        list->viewport()->setBackgroundRole(QPalette::Window);
        QPalette colors = list->palette();
        colors.setColor(QPalette::Base, palette().color(QPalette::Window));
        list->setPalette(colors);
    }

    connect(m_filter, &QLineEdit::textChanged, this, [this, rooms](const QString &text) {
        m_contactList->setFilterText(text);
        rooms->setFilterFixedString(text);
    });
    connect(m_contactList, &ContactListView::conversationRequested, this,
        &MainWindow::openConversation);
    connect(m_contactList, &ContactListView::addContactRequested, this,
        &MainWindow::addContactRequested);
    connect(m_contactList, &ContactListView::accessRequested, this, &MainWindow::accessRequested);
    connect(m_contactList, &ContactListView::failed, this,
        [this](const Error &why) { showNotice(why.title, why.detail); });
    connect(m_contactList, &ContactListView::detailsRequested, this, &MainWindow::detailsRequested);
    connect(m_contactList, &ContactListView::membersRequested, this, &MainWindow::membersRequested);
    connect(m_footer, &AccountFooter::whyRequested, this, &MainWindow::whyRequested);
}

void MainWindow::buildMenu()
{
    auto *const menu = new QMenu(this);
    menu->addAction(icons::icon(u"add"_s), tr("Add a contact…"), QKeySequence(Qt::CTRL | Qt::Key_N),
        this, &MainWindow::addContactRequested);
    menu->addAction(icons::icon(u"room"_s), tr("Join a room…"), QKeySequence(Qt::CTRL | Qt::Key_J),
        this, &MainWindow::joinRoomRequested);
    QAction *const group = menu->addAction(icons::icon(u"people"_s), tr("New group conversation…"),
        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_N), this,
        [this] { Q_EMIT peopleRequested({}); });
    group->setObjectName(u"newGroup"_s);
    menu->addAction(icons::icon(u"history"_s), tr("Search the history…"),
        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_F), this, &MainWindow::historyRequested);
    menu->addSeparator();
    QAction *const offline = menu->addAction(tr("Show people who are offline"));
    offline->setObjectName(u"showOffline"_s);
    offline->setCheckable(true);
    connect(offline, &QAction::toggled, this,
        [this](bool on) { m_context.settings.setValue(u"show-offline"_s, on); });
    QMenu *const sort = menu->addMenu(icons::icon(u"sort"_s), tr("Sort contacts"));
    auto *const orders = new QActionGroup(sort);
    const QList<std::pair<QString, QString>> choices { { u"status"_s, tr("By status") },
        { u"name"_s, tr("By name") }, { u"recent"_s, tr("By the last conversation") } };
    for (const auto &[value, label] : choices) {
        QAction *const action = sort->addAction(label, this,
            [this, value = value] { m_context.settings.setValue(u"sort-order"_s, value); });
        action->setCheckable(true);
        action->setData(value);
        orders->addAction(action);
    }
    connect(menu, &QMenu::aboutToShow, this, [this, offline, orders, group] {
        group->setVisible(std::ranges::any_of(m_context.accounts.accounts(),
            [this](const Account *a) { return conferences::facetOf(m_context, a->id()); }));
        offline->setChecked(m_context.settings.isOn(u"show-offline"_s));
        const QList<QAction *> all = orders->actions();
        for (QAction *const action : all) {
            action->setChecked(action->data() == m_context.settings.value(u"sort-order"_s));
        }
    });
    menu->addSeparator();
    menu->addAction(icons::icon(u"key"_s), tr("Accounts…"), this, &MainWindow::accountsRequested);
    QAction *const access = menu->addAction(
        icons::icon(u"block"_s), tr("Privacy relationships…"), this, &MainWindow::accessRequested);
    access->setObjectName(u"privacyRelationships"_s);
    connect(menu, &QMenu::aboutToShow, this,
        [this, access] { access->setVisible(AccessDialog::isUseful(m_context)); });
    menu->addAction(icons::icon(u"down"_s), tr("Import…"), this, &MainWindow::importRequested)
        ->setObjectName(u"import"_s);
    menu->addAction(
        icons::icon(u"settings"_s), tr("Preferences…"), this, &MainWindow::preferencesRequested);
    menu->addAction(
        icons::icon(u"console"_s), tr("Wire console…"), this, &MainWindow::consoleRequested);
    menu->addSeparator();
    menu->addAction(
        icons::icon(u"info"_s), tr("About Linchpin"), this, &MainWindow::aboutRequested);
    menu->addAction(
        icons::icon(u"leave"_s), tr("Quit"), QKeySequence::Quit, this, &MainWindow::quitRequested);
    m_menuButton->setMenu(menu);
    addActions(menu->actions()); // their shortcuts work without the menu open
}

QWidget *MainWindow::emptyPage()
{
    auto *const page = new QWidget(this);
    page->setObjectName(u"emptyPage"_s);
    page->setBackgroundRole(QPalette::Base);
    page->setAutoFillBackground(true);
    auto *const mark = new QLabel(page);
    mark->setPixmap(icons::application().pixmap(64, 64));
    auto *const text
        = new QLabel(tr("Pick somebody at the left, or press Ctrl+K and type a name."), page);
    text->setWordWrap(true);
    text->setAlignment(Qt::AlignCenter);
    text->setForegroundRole(QPalette::PlaceholderText);
    auto *const column = new QVBoxLayout(page);
    column->setContentsMargins(theme::kEdge, theme::kEdge, theme::kEdge, theme::kEdge);
    column->setSpacing(theme::kGroups);
    column->addStretch(2);
    column->addWidget(mark, 0, Qt::AlignHCenter);
    column->addWidget(text);
    column->addStretch(3);
    return page;
}

void MainWindow::buildMain()
{
    m_main = new QWidget(this);
    m_tabs = new QTabBar(m_main);
    m_tabs->setObjectName(u"tabs"_s);
    m_tabs->setAccessibleName(tr("Open conversations"));
    m_tabs->setDocumentMode(true);
    m_tabs->setExpanding(false);
    m_tabs->setDrawBase(false);
    m_tabs->setMovable(true);
    m_tabs->setTabsClosable(true);
    m_tabs->setElideMode(Qt::ElideRight);
    m_tabs->setUsesScrollButtons(true);
    m_tabs->setIconSize({ 14, 14 });
    m_stack = new QStackedWidget(m_main);
    m_empty = emptyPage();
    m_stack->addWidget(m_empty);
    auto *const column = new QVBoxLayout(m_main);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_tabs);
    column->addWidget(m_stack, 1);
    m_tabs->hide();
    connect(m_stack, &QStackedWidget::currentChanged, this, &MainWindow::markShown);
    connect(m_tabs, &QTabBar::currentChanged, this, &MainWindow::tabSelected);
    connect(m_tabs, &QTabBar::tabCloseRequested, this,
        [this](int index) { closeConversation(m_tabs->tabData(index).value<ConversationKey>()); });
}

void MainWindow::applySettings()
{
    const AppSettings &settings = m_context.settings;
    ContactFilterModel &filter = m_contactList->filterModel();
    filter.setShowOffline(settings.isOn(u"show-offline"_s));
    const QString order = settings.text(u"sort-order"_s);
    filter.setOrder(order == "name"_L1 ? ContactFilterModel::Order::Name
            : order == "recent"_L1     ? ContactFilterModel::Order::Recent
                                       : ContactFilterModel::Order::Presence);
    m_contactList->setCompact(settings.text(u"list-density"_s) == "compact"_L1);
    const MessageStyle style = settings.text(u"message-layout"_s) == "lines"_L1
        ? MessageStyle::Lines
        : MessageStyle::Bubbles;
    for (ConversationPage *const page : std::as_const(m_pages)) {
        page->setMessageStyle(style);
    }
}

ConversationPage *MainWindow::currentPage() const
{
    return qobject_cast<ConversationPage *>(m_stack->currentWidget());
}

int MainWindow::tabOf(const ConversationKey &key) const
{
    for (int i = 0; i < m_tabs->count(); ++i) {
        if (m_tabs->tabData(i).value<ConversationKey>() == key) {
            return i;
        }
    }
    return -1;
}

void MainWindow::openConversation(const ConversationKey &key)
{
    if (key.isNull()) {
        return;
    }
    ConversationPage *page = m_pages.value(key);
    if (!page) {
        Conversation *const conversation = m_context.conversations.ensure(key);
        page = new ConversationPage(m_context, *conversation, m_stack);
        page->setMessageStyle(m_context.settings.text(u"message-layout"_s) == "lines"_L1
                ? MessageStyle::Lines
                : MessageStyle::Bubbles);
        m_pages.insert(key, page);
        m_stack->addWidget(page);
        connect(
            page, &ConversationPage::closeRequested, this, [this, key] { closeConversation(key); });
        connect(page, &ConversationPage::backRequested, this, [this] {
            m_main->hide();
            m_side->show();
        });
        connect(
            page, &ConversationPage::conversationRequested, this, &MainWindow::openConversation);
        connect(page, &ConversationPage::detailsRequested, this, &MainWindow::detailsRequested);
        connect(page, &ConversationPage::inviteRequested, this, &MainWindow::peopleRequested);
        connect(page, &ConversationPage::whyRequested, this, &MainWindow::whyRequested);
        const QSignalBlocker quiet(m_tabs);
        const int tab = m_tabs->addTab(QString());
        m_tabs->setTabData(tab, QVariant::fromValue(key));
        updateTab(tab);
        m_context.conversations.setOpen(key, true);
    }
    m_tabs->setVisible(m_tabs->count() > 1);
    m_tabs->setCurrentIndex(tabOf(key));
    m_stack->setCurrentWidget(page);
    page->showBackButton(m_narrow);
    if (m_narrow) {
        m_side->hide();
        m_main->show();
    }
    page->focusComposer();
}

void MainWindow::openMessage(const StoredMessage &message)
{
    openConversation(message.conversation);
    if (ConversationPage *const page = m_pages.value(message.conversation)) {
        page->goTo(message.id);
    }
}

void MainWindow::closeConversation(const ConversationKey &key)
{
    ConversationPage *const page = m_pages.take(key);
    if (!page) {
        return;
    }
    const int tab = tabOf(key);
    m_stack->removeWidget(page);
    page->deleteLater();
    if (tab >= 0) {
        m_tabs->removeTab(tab);
    }
    m_tabs->setVisible(m_tabs->count() > 1);
    if (m_tabs->count() == 0) {
        m_stack->setCurrentWidget(m_empty);
        if (m_narrow) {
            m_main->hide();
            m_side->show();
        }
    }
    if (m_context.conversations.find(key)) {
        m_context.conversations.setOpen(key, false);
    }
}

void MainWindow::restoreConversations()
{
    const QList<Conversation *> all = m_context.conversations.conversations();
    const ConversationPage *const before = currentPage();
    for (const Conversation *const conversation : all) {
        if (conversation->summary().open && !m_pages.contains(conversation->key())) {
            openConversation(conversation->key());
        }
    }
    if (before) {
        openConversation(before->key());
    } else if (m_tabs->count() > 0) {
        m_tabs->setCurrentIndex(0);
        tabSelected(0);
    }
}

void MainWindow::showNotice(const QString &text, const QString &detail)
{
    m_footer->showNotice(text, detail);
}

void MainWindow::tabSelected(int index)
{
    if (ConversationPage *const page
        = m_pages.value(m_tabs->tabData(index).value<ConversationKey>())) {
        m_stack->setCurrentWidget(page);
        page->focusComposer();
    }
}

/// The lists show whose conversation is beside them.
void MainWindow::markShown()
{
    const ConversationPage *const page = currentPage();
    const ConversationKey key = page ? page->key() : ConversationKey();
    m_contactList->setShown(key);
    m_roomDelegate->setShown(key);
    m_rooms->viewport()->update();
}

void MainWindow::updateTab(int tab)
{
    const auto key = m_tabs->tabData(tab).value<ConversationKey>();
    const QModelIndex index = m_conversationModel->indexOf(key);
    if (!index.isValid()) {
        return;
    }
    const int unread = index.data(ConversationRole::Unread).toInt();
    QString text = index.data().toString();
    text.replace(u'&', "&&"_L1);
    m_tabs->setTabText(tab, unread > 0 ? u"%1 (%2)"_s.arg(text).arg(unread) : text);
    m_tabs->setTabIcon(tab, tabIcon(index, palette()));
    m_tabs->setTabToolTip(tab,
        tr("%1 through %2").arg(key.with, index.data(ConversationRole::AccountName).toString()));
    m_tabs->setTabTextColor(tab, unread > 0 ? theme::link(palette()) : QColor());
}

void MainWindow::updateTabs()
{
    for (int i = 0; i < m_tabs->count(); ++i) {
        updateTab(i);
    }
}

void MainWindow::updateTitle()
{
    const int unread = m_context.conversations.totalUnread();
    setWindowTitle(unread > 0 ? tr("(%1) Linchpin").arg(unread) : tr("Linchpin"));
}

void MainWindow::setNarrow(bool narrow)
{
    if (narrow == m_narrow) {
        return;
    }
    m_narrow = narrow;
    const bool talking = currentPage() != nullptr;
    m_side->setVisible(!narrow || !talking);
    m_main->setVisible(!narrow || talking);
    for (ConversationPage *const page : std::as_const(m_pages)) {
        page->showBackButton(narrow);
    }
}

void MainWindow::resizeEvent(QResizeEvent *event)
{
    QMainWindow::resizeEvent(event);
    setNarrow(width() < kNarrow);
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (m_context.settings.isOn(u"close-to-tray"_s) && property("trayAvailable").toBool()) {
        hide();
        event->ignore();
        Q_EMIT closedToTray();
        return;
    }
    event->accept();
    Q_EMIT quitRequested();
}

void MainWindow::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange && m_rooms && m_contactList) {
        for (QWidget *const list :
            { static_cast<QWidget *>(m_rooms), static_cast<QWidget *>(m_contactList) }) {
            QPalette colors = QApplication::palette();
            colors.setColor(QPalette::Base, colors.color(QPalette::Window));
            list->setPalette(colors);
        }
        updateTabs();
    }
    QMainWindow::changeEvent(event);
}

bool MainWindow::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_filter && event->type() == QEvent::KeyPress) {
        auto *const key = static_cast<QKeyEvent *>(event);
        switch (key->key()) {
        case Qt::Key_Down:
        case Qt::Key_Up:
            QApplication::sendEvent(m_contactList, event);
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            m_contactList->openCurrent();
            m_filter->clear();
            return true;
        case Qt::Key_Escape:
            m_filter->clear();
            if (ConversationPage *const page = currentPage()) {
                page->focusComposer();
            }
            return true;
        default:
            break;
        }
    }
    return QMainWindow::eventFilter(watched, event);
}

} // namespace linchpin
