// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/tray/trayicon.h"

#include "core/accounts/accountmanager.h"
#include "core/chat/conversationstore.h"
#include "core/contacts/contactstore.h"
#include "core/models/accountlistmodel.h"
#include "ui/widgets/common/iconset.h"

#include <QMenu>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin {

namespace {

constexpr qsizetype kContacts = 25; // more than that is what the messenger's list is for

/// Texts of others in a menu: an ampersand is no shortcut there.
QString menuText(const QString &text)
{
    return text.simplified().left(60).replace(u'&', u"&&"_s);
}

} // namespace

TrayIcon::TrayIcon(UiContext context, Content content, QObject *parent)
    : QObject(parent)
    , m_context(context)
    , m_content(content)
    , m_menu(std::make_unique<QMenu>())
{
    m_later.setSingleShot(true);
    m_later.setInterval(50ms);
    connect(&m_later, &QTimer::timeout, this, &TrayIcon::refresh);
    const auto soon = [this] {
        if (!m_later.isActive()) {
            m_later.start();
        }
    };
    connect(&context.accounts, &AccountManager::accountChanged, this, soon);
    connect(&context.accounts, &AccountManager::accountAdded, this, soon);
    connect(&context.accounts, &AccountManager::accountRemoved, this, soon);
    connect(&context.accounts, &AccountManager::globalPresenceChanged, this, soon);
    connect(&context.conversations, &ConversationStore::totalUnreadChanged, this, soon);
    connect(m_menu.get(), &QMenu::aboutToShow, this, &TrayIcon::buildMenu);
    connect(&m_icon, &QSystemTrayIcon::activated, this,
        [this](QSystemTrayIcon::ActivationReason reason) {
            if (reason == QSystemTrayIcon::Trigger) {
                Q_EMIT toggleRequested();
            } else if (reason == QSystemTrayIcon::MiddleClick) {
                const ConversationKey key = nextUnread();
                if (!key.isNull()) {
                    Q_EMIT conversationRequested(key);
                }
            }
        });
    buildMenu(); // desktops that show the menu themselves ask for it before it is shown
    m_icon.setContextMenu(m_menu.get());
    refresh();
}

TrayIcon::~TrayIcon()
{
    m_icon.hide();
}

void TrayIcon::show()
{
    m_icon.show();
}

ConversationKey TrayIcon::nextUnread() const
{
    const QList<Conversation *> all = m_context.conversations.conversations();
    const auto unread = std::ranges::find_if(all, [](const Conversation *conversation) {
        return conversation->summary().unread > 0 && !conversation->summary().muted;
    });
    return unread == all.cend() ? ConversationKey {} : (*unread)->key();
}

void TrayIcon::buildMenu()
{
    m_menu->clear();
    if (m_content == Content::Messenger) {
        m_menu->addAction(tr("Open the window"), this, &TrayIcon::openRequested)
            ->setObjectName(u"trayOpen"_s);
    } else {
        m_menu->addAction(icons::application(), tr("Open Linchpin"), this, &TrayIcon::openRequested)
            ->setObjectName(u"trayOpen"_s);
    }
    const int unread = m_context.conversations.totalUnread();
    QAction *const next = m_menu->addAction(
        unread > 0 ? tr("Next unread conversation (%1)").arg(unread) : tr("No unread messages"),
        this, [this] {
            if (m_content == Content::Indicator) {
                Q_EMIT openRequested();
            } else if (const ConversationKey key = nextUnread(); !key.isNull()) {
                Q_EMIT conversationRequested(key);
            }
        });
    next->setObjectName(u"trayNext"_s);
    next->setEnabled(unread > 0);
    m_menu->addSeparator();
    addStatuses();
    if (m_content == Content::Indicator) {
        m_menu->addSeparator();
        addContacts();
    }
    m_menu->addSeparator();
    addAccounts();
    m_menu->addSeparator();
    m_menu->addAction(icons::icon(u"leave"_s), tr("Quit"), this, &TrayIcon::quitRequested)
        ->setObjectName(u"trayQuit"_s);
}

void TrayIcon::addStatuses()
{
    static constexpr std::array kChoices { Availability::Available, Availability::Busy,
        Availability::DoNotDisturb, Availability::Away, Availability::Invisible,
        Availability::Offline };
    const Availability now = m_context.accounts.globalPresence().availability;
    for (const Availability choice : kChoices) {
        QAction *const action
            = m_menu->addAction(icons::presence(choice), displayName(choice), this, [this, choice] {
                  Presence presence = m_context.accounts.globalPresence();
                  presence.availability = choice;
                  m_context.accounts.setGlobalPresence(presence);
              });
        action->setObjectName(u"tray-"_s + toWord(choice));
        action->setCheckable(true);
        action->setChecked(choice == now);
    }
}

void TrayIcon::addContacts()
{
    struct Line {
        QString name;
        Presence presence;
        bool favourite = false;
    };
    QList<Line> lines;
    const QList<Person> persons = m_context.contacts.persons();
    for (const Person &person : persons) {
        Line line { m_context.contacts.nameOf(person), m_context.contacts.presenceOf(person) };
        for (const PersonAddress &leg : person.addresses) {
            const Conversation *const conversation = m_context.conversations.find(
                { leg.account, leg.address.value, ConversationKind::Person });
            line.favourite = line.favourite || (conversation && conversation->summary().pinned);
        }
        if (line.favourite || line.presence.isOnline()) {
            lines.append(std::move(line));
        }
    }
    std::ranges::sort(lines, [](const Line &a, const Line &b) {
        if (a.favourite != b.favourite) {
            return a.favourite;
        }
        if (a.presence.availability != b.presence.availability) {
            return a.presence.availability > b.presence.availability;
        }
        return a.name.localeAwareCompare(b.name) < 0;
    });
    QAction *const title
        = m_menu->addAction(lines.isEmpty() ? tr("Nobody is online") : tr("People online"));
    title->setEnabled(false);
    for (const Line &line : std::as_const(lines).first(std::min(kContacts, lines.size()))) {
        m_menu->addAction(icons::presence(line.presence.availability),
            line.presence.text.isEmpty()
                ? menuText(line.name)
                : tr("%1: %2").arg(menuText(line.name), menuText(line.presence.text)),
            this, &TrayIcon::openRequested);
    }
    if (lines.size() > kContacts) {
        m_menu->addAction(tr("and %n more", nullptr, static_cast<int>(lines.size() - kContacts)),
            this, &TrayIcon::openRequested);
    }
}

void TrayIcon::addAccounts()
{
    if (m_content == Content::Messenger) {
        m_menu
            ->addAction(icons::icon(u"key"_s), tr("Accounts…"), this, &TrayIcon::accountsRequested)
            ->setObjectName(u"trayAccounts"_s);
        const QList<Account *> all = m_context.accounts.accounts();
        for (const Account *const account : all) {
            if (!account->config().enabled || !account->reason()) {
                continue;
            }
            m_menu
                ->addAction(icons::icon(u"info"_s),
                    tr("Why is %1 not signed in?").arg(menuText(account->name())), this,
                    [this, id = account->id()] { Q_EMIT whyRequested(id); })
                ->setObjectName(u"trayWhy"_s);
        }
        return;
    }
    const QList<Account *> accounts = m_context.accounts.accounts();
    for (const Account *const account : accounts) {
        QAction *const action = m_menu->addAction(icons::presence(account->presence().availability),
            tr("%1: %2").arg(menuText(account->name()), menuText(stateText(*account))));
        action->setEnabled(false);
    }
    if (accounts.isEmpty()) {
        m_menu->addAction(tr("No account yet"), this, &TrayIcon::openRequested);
    }
}

void TrayIcon::refresh()
{
    QList<TrayAccount> lines;
    const QList<Account *> accounts = m_context.accounts.accounts();
    for (const Account *const account : accounts) {
        lines.append({ .name = account->name(),
            .state = account->state(),
            .presence = account->presence(),
            .stateText = stateText(*account),
            .enabled = account->config().enabled });
    }
    TrayView view = trayView(lines, m_context.conversations.totalUnread());
    if (view.availability != m_view.availability || view.unread != m_view.unread
        || m_icon.icon().isNull()) {
        m_icon.setIcon(icons::tray(static_cast<int>(view.availability), view.unread));
    }
    if (view.tooltip != m_view.tooltip) {
        m_icon.setToolTip(view.tooltip);
    }
    m_view = std::move(view);
    // Menus that the desktop draws are not told when they open: they are kept right all the time.
    if (!m_menu->isVisible()) {
        buildMenu();
    }
}

} // namespace linchpin
