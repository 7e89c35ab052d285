// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "app/messenger/demodirector.h"

#include "app/common/application.h"
#include "ui/widgets/common/theme.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/mainwindow.h"

#include <QCoreApplication>
#include <QDir>
#include <QTimer>
#include <QWidget>

#include <chrono>
#include <cstdio>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin {

namespace {

constexpr auto kLimit = 90s;
constexpr auto kSettle = 1500ms; // presence, typing and the partners' further lines arrive

void print(const QString &line)
{
    const QByteArray bytes = line.toUtf8() + '\n';
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), stdout);
    std::fflush(stdout);
}

} // namespace

DemoDirector::DemoDirector(Application &application, Demo &demo, MainWindow &window,
    Dialogs &dialogs, QString screenshots, QObject *parent)
    : QObject(parent)
    , m_application(application)
    , m_demo(demo)
    , m_window(window)
    , m_dialogs(dialogs)
    , m_folder(std::move(screenshots))
{
    connect(&demo, &Demo::progressed, this, &print);
    connect(&demo, &Demo::failed, this, [this](const QString &why) { finish(1, why); });
    connect(&demo, &Demo::ready, &demo, &Demo::converse);
    connect(&demo, &Demo::completed, this, [this] {
        showAll();
        QTimer::singleShot(kSettle, this, &DemoDirector::takeScreenshots);
    });
    QTimer::singleShot(kLimit, this, [this] {
        QStringList missing;
        for (const Demo::Line &line : m_demo.lines()) {
            if (!line.online || !line.sent || !line.answered) {
                missing.append(tr("%1: online %2, our message taken %3, answer %4")
                        .arg(line.protocol)
                        .arg(line.online)
                        .arg(line.sent)
                        .arg(line.answered));
            }
        }
        finish(1, tr("Not everything happened in time. %1").arg(missing.join(u"; "_s)));
    });
}

void DemoDirector::showAll()
{
    for (const Demo::Line &line : m_demo.lines()) {
        if (!line.room.isEmpty()) {
            m_window.openConversation({ line.account, line.room, ConversationKind::Room });
        }
        m_window.openConversation({ line.account, line.partner, ConversationKind::Person });
    }
}

void DemoDirector::shoot(const QString &name, QWidget &widget)
{
    QDir().mkpath(m_folder);
    const QString file = m_folder + u'/' + name + u".png"_s;
    if (widget.grab().save(file)) {
        m_saved.append(file);
    } else {
        finish(1, tr("The screenshot %1 could not be saved.").arg(file));
    }
}

void DemoDirector::takeScreenshots()
{
    const std::vector<Demo::Line> &lines = m_demo.lines();
    for (const auto &[word, scheme] : { std::pair(u"light"_s, theme::Scheme::Light),
             std::pair(u"dark"_s, theme::Scheme::Dark) }) {
        theme::apply(scheme);
        m_window.openConversation(
            { lines.front().account, lines.front().partner, ConversationKind::Person });
        QCoreApplication::processEvents();
        shoot(u"conversation-"_s + word, m_window);
        for (const Demo::Line &line : lines) {
            m_window.openConversation({ line.account, line.partner, ConversationKind::Person });
            QCoreApplication::processEvents();
            shoot(line.protocol + u'-' + word, m_window);
            if (!line.room.isEmpty()) {
                m_window.openConversation({ line.account, line.room, ConversationKind::Room });
                QCoreApplication::processEvents();
                shoot(line.protocol + u"-room-"_s + word, m_window);
            }
        }
        QWidget *const dialog = m_dialogs.showAccounts(lines.back().account, u"pageAdvanced"_s);
        QCoreApplication::processEvents();
        shoot(u"account-advanced-"_s + word, *dialog);
        dialog->close();
    }
    for (const QString &file : std::as_const(m_saved)) {
        print(tr("Saved %1").arg(file));
    }
    finish(0,
        tr("%n accounts online, a conversation on each went both ways.", nullptr,
            static_cast<int>(lines.size())));
}

void DemoDirector::finish(int status, const QString &why)
{
    if (std::exchange(m_done, true)) {
        return;
    }
    print(status == 0 ? why : tr("The demonstration failed: %1").arg(why));
    m_application.leave(status);
}

} // namespace linchpin
