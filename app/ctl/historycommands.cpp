// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// linchpinctl history search | export

#include "app/common/application.h"
#include "app/ctl/command.h"
#include "app/ctl/eventjson.h"
#include "core/accounts/accountmanager.h"
#include "core/history/historystore.h"

#include <QCoreApplication>
#include <QJsonArray>

#include <memory>

using namespace Qt::StringLiterals;

namespace linchpin::ctl {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpinctl", text);
}

QString accountName(Application &application, const AccountId &id)
{
    const Account *const account = application.accounts().account(id);
    return account ? account->name() : id.value;
}

QJsonObject plainMessageJson(Application &application, const StoredMessage &message)
{
    QJsonObject json = messageJson(accountName(application, message.conversation.account), message);
    json.remove(u"event"_s);
    if (message.direction == Direction::Out) {
        json.insert(u"delivery"_s, toWord(message.delivery));
    }
    return json;
}

QString plainLine(const StoredMessage &message)
{
    return u"[%1] %2: %3"_s.arg(timeText(message.sentAt),
        message.fromName.isEmpty() ? message.from : message.fromName, message.body.plain());
}

Outcome search(Application &application, const Arguments &arguments, const Output &output)
{
    SearchRequest request;
    request.words = arguments.positional.join(u' ');
    request.with = arguments.options.value(u"with"_s);
    if (const QString limit = arguments.options.value(u"limit"_s); !limit.isEmpty()) {
        request.limit = std::clamp(limit.toInt(), 1, 10000);
    }
    if (const QString name = arguments.options.value(u"account"_s); !name.isEmpty()) {
        const Account *const account = application.accounts().accountByName(name);
        if (!account) {
            return failed(output,
                commandError(u"unknown-account"_s, tr("There is no account of that name."), name));
        }
        request.account = account->id();
    }
    application.whenLoaded([&application, request, output](const Result<void> &loaded) {
        if (!loaded) {
            output.error(loaded.error());
            application.leave(static_cast<int>(Exit::Failed));
            return;
        }
        application.history().search(request).then(
            &application, [&application, output](const Result<QList<SearchHit>> &hits) {
                if (!hits) {
                    output.error(hits.error());
                    application.leave(static_cast<int>(Exit::Failed));
                    return;
                }
                for (const SearchHit &hit : *hits) {
                    output.line(plainMessageJson(application, hit.message),
                        u"%1 %2"_s.arg(hit.message.conversation.with, plainLine(hit.message)));
                }
                application.leave(static_cast<int>(Exit::Done));
            });
    });
    return std::nullopt;
}

/// Walks all wanted conversations a page at a time, oldest first, so that a million messages need
/// the memory of a page.
class Exporter : public QObject {
public:
    Exporter(Application &application, QString format, const Output &output)
        : QObject(&application)
        , m_application(application)
        , m_format(std::move(format))
        , m_output(output)
    {
    }

    void start(const std::optional<AccountId> &account, const QString &with)
    {
        m_application.history().conversations().then(
            this, [this, account, with](const Result<QList<ConversationSummary>> &all) {
                if (!all) {
                    stop(all.error());
                    return;
                }
                for (const ConversationSummary &summary : *all) {
                    if ((!account || summary.key.account == *account)
                        && (with.isEmpty() || summary.key.with == with)) {
                        m_keys.append(summary.key);
                    }
                }
                if (m_format == "html"_L1) {
                    write(
                        u"<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>Linchpin</title></head><body>"_s);
                }
                nextConversation();
            });
    }

private:
    static constexpr int kPage = 500;

    void nextConversation()
    {
        if (m_keys.isEmpty()) {
            if (m_format == "html"_L1) {
                write(u"</body></html>"_s);
            }
            m_application.leave(static_cast<int>(Exit::Done));
            return;
        }
        m_key = m_keys.takeFirst();
        const QString name = accountName(m_application, m_key.account);
        if (m_format == "html"_L1) {
            write(u"<h2>%1 — %2</h2>"_s.arg(name.toHtmlEscaped(), m_key.with.toHtmlEscaped()));
        } else if (m_format == "text"_L1) {
            write(u"== %1 — %2"_s.arg(name, m_key.with));
        }
        nextPage({});
    }

    void nextPage(const MessagePlace &after)
    {
        m_application.history()
            .after(m_key, after, kPage)
            .then(this, [this](const Result<HistoryPage> &page) {
                if (!page) {
                    stop(page.error());
                    return;
                }
                for (const StoredMessage &message : page->messages) {
                    writeMessage(message);
                }
                if (page->hasNewer && !page->messages.isEmpty()) {
                    nextPage(placeOf(page->messages.constLast()));
                } else {
                    nextConversation();
                }
            });
    }

    void writeMessage(const StoredMessage &message) const
    {
        if (m_format == "html"_L1) {
            write(u"<p><time>%1</time> <b>%2</b> %3</p>"_s.arg(timeText(message.sentAt),
                (message.fromName.isEmpty() ? message.from : message.fromName).toHtmlEscaped(),
                message.body.toHtml()));
        } else if (m_format == "json"_L1) {
            Output(true).line(plainMessageJson(m_application, message), {});
        } else {
            write(plainLine(message));
        }
    }

    static void write(const QString &line) { Output(false).line({}, line); }

    void stop(const Error &error)
    {
        m_output.error(error);
        m_application.leave(static_cast<int>(Exit::Failed));
    }

    Application &m_application;
    QString m_format;
    Output m_output;
    QList<ConversationKey> m_keys;
    ConversationKey m_key;
};

Outcome exportAll(Application &application, const Arguments &arguments, const Output &output)
{
    const QString format
        = arguments.options.value(u"format"_s, output.isJson() ? u"json"_s : u"text"_s);
    if (format != "json"_L1 && format != "text"_L1 && format != "html"_L1) {
        return failed(
            output, commandError(u"bad-format"_s, tr("The format is json, text or html."), format));
    }
    std::optional<AccountId> id;
    if (const QString name = arguments.options.value(u"account"_s); !name.isEmpty()) {
        const Account *const account = application.accounts().accountByName(name);
        if (!account) {
            return failed(output,
                commandError(u"unknown-account"_s, tr("There is no account of that name."), name));
        }
        id = account->id();
    }
    const QString with = arguments.options.value(u"with"_s);
    application.whenLoaded([&application, format, output, id, with](const Result<void> &loaded) {
        if (!loaded) {
            output.error(loaded.error());
            application.leave(static_cast<int>(Exit::Failed));
            return;
        }
        (new Exporter(application, format, output))->start(id, with);
    });
    return std::nullopt;
}

} // namespace

QList<Command> historyCommands()
{
    return {
        { u"history search"_s, u"WORDS [--account NAME] [--with ADDRESS] [--limit N]"_s,
            tr("Search the history of all accounts."), 1, -1,
            { u"account"_s, u"with"_s, u"limit"_s }, search },
        { u"history export"_s, u"[--account NAME] [--with ADDRESS] [--format json|text|html]"_s,
            tr("Write the history out."), 0, 0, { u"account"_s, u"with"_s, u"format"_s },
            exportAll },
    };
}

} // namespace linchpin::ctl
