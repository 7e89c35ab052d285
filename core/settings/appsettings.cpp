// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/settings/appsettings.h"

#include "core/settings/atomicfile.h"

#include <QCoreApplication>
#include <QFile>
#include <QJsonDocument>
#include <QtConcurrent>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin {

AppSettings::AppSettings(QString fileName, QObject *parent)
    : QObject(parent)
    , m_fileName(std::move(fileName))
    , m_schema(schema())
{
    m_thread.setMaxThreadCount(1);
    m_delay.setSingleShot(true);
    m_delay.setInterval(500ms);
    connect(&m_delay, &QTimer::timeout, this, &AppSettings::writeNow);
}

AppSettings::~AppSettings()
{
    flush();
}

SettingsSchema AppSettings::schema()
{
    const auto choice
        = [](const QString &key, const QString &label, const QList<SettingChoice> &choices) {
              return SettingField { .key = key,
                  .label = label,
                  .type = SettingType::Choice,
                  .defaultValue = choices.constFirst().value,
                  .choices = choices };
          };
    const auto toggle = [](const QString &key, const QString &label, bool on) {
        return SettingField {
            .key = key, .label = label, .type = SettingType::Bool, .defaultValue = on
        };
    };
    return {
        choice(u"color-scheme"_s, tr("Colours"),
            { { u"system"_s, tr("As the system") }, { u"light"_s, tr("Light") },
                { u"dark"_s, tr("Dark") } }),
        choice(u"list-density"_s, tr("Contact list"),
            { { u"comfortable"_s, tr("Comfortable rows") }, { u"compact"_s, tr("Compact rows") } }),
        choice(u"message-layout"_s, tr("Messages"),
            { { u"bubbles"_s, tr("Bubbles") }, { u"lines"_s, tr("Lines") } }),
        choice(u"sort-order"_s, tr("Sort contacts"),
            { { u"status"_s, tr("By status") }, { u"name"_s, tr("By name") },
                { u"recent"_s, tr("By the last conversation") } }),
        toggle(u"show-offline"_s, tr("Show contacts that are offline"), false),
        toggle(u"notifications"_s, tr("Notify of new messages"), true),
        { .key = u"notification-text"_s,
            .label = tr("Show the message in the notification"),
            .type = SettingType::Bool,
            .defaultValue = true,
            .enabledWhen = SettingCondition { u"notifications"_s, true } },
        toggle(u"start-with-session"_s, tr("Start when you log in"), false),
        toggle(u"start-hidden"_s, tr("Start hidden in the tray"), false),
        toggle(u"close-to-tray"_s, tr("Keep running in the tray when the window is closed"), true),
        toggle(u"restore-status"_s, tr("Start with the last status"), true),
        toggle(u"send-typing"_s, tr("Let others see that you are typing"), true),
        { .key = u"download-folder"_s,
            .label = tr("Save files in"),
            .type = SettingType::Path,
            .help = tr("Empty: your folder for downloads") },
    };
}

Result<void> AppSettings::load()
{
    QFile file(m_fileName);
    if (!file.exists()) {
        return {};
    }
    QJsonParseError parseError;
    QJsonDocument document;
    const bool isOpen = file.open(QIODevice::ReadOnly);
    if (isOpen) {
        document = QJsonDocument::fromJson(file.readAll(), &parseError);
    }
    if (!isOpen || !document.isObject()) {
        Error error;
        error.kind = Error::Kind::Storage;
        error.code = u"settings-damaged"_s;
        error.title = tr("The file of your settings cannot be read; the defaults hold.");
        error.detail
            = u"%1: %2"_s.arg(m_fileName, isOpen ? parseError.errorString() : file.errorString());
        file.close();
        if (isOpen) {
            QFile::remove(m_fileName + u".damaged"_s);
            file.rename(m_fileName + u".damaged"_s);
        }
        return std::unexpected(error);
    }
    const QJsonObject root = document.object();
    const QJsonObject settings = root.value("settings"_L1).toObject();
    for (auto it = settings.begin(); it != settings.end(); ++it) {
        m_values.set(it.key(), it.value().toVariant());
    }
    m_remembered = root.value("remembered"_L1).toObject();
    return {};
}

QVariant AppSettings::value(const QString &key) const
{
    const SettingField *const field = m_schema.field(key);
    if (!field) {
        return m_remembered.value(key).toVariant();
    }
    // A value that another version wrote and this one does not know counts as none.
    const QVariant stored = m_schema.value(m_values, key);
    const bool isKnown = field->type != SettingType::Choice
        || std::ranges::any_of(field->choices,
            [&](const SettingChoice &choice) { return choice.value == stored.toString(); });
    return isKnown ? stored : field->defaultValue;
}

bool AppSettings::setValue(const QString &key, const QVariant &value)
{
    if (!m_schema.field(key)) {
        remember(key, QJsonValue::fromVariant(value));
        return true;
    }
    SettingValues next = m_values;
    next.set(key, value);
    const QList<SettingProblem> problems = m_schema.problems(next);
    if (std::ranges::contains(problems, key, &SettingProblem::key)) {
        return false;
    }
    if (this->value(key) != value) {
        m_values = next;
        later();
        Q_EMIT changed(key);
    }
    return true;
}

void AppSettings::reset(const QString &key)
{
    const QVariant before = value(key);
    m_values.remove(key);
    later();
    if (value(key) != before) {
        Q_EMIT changed(key);
    }
}

void AppSettings::remember(const QString &key, const QJsonValue &value)
{
    if (m_remembered.value(key) != value) {
        m_remembered.insert(key, value);
        later();
        Q_EMIT changed(key);
    }
}

void AppSettings::later()
{
    m_dirty = true;
    if (!m_delay.isActive()) {
        m_delay.start();
    }
}

void AppSettings::writeNow()
{
    m_delay.stop();
    m_dirty = false;
    QJsonObject settings;
    const QStringList keys = m_values.keys();
    for (const QString &key : keys) {
        settings.insert(key, QJsonValue::fromVariant(m_values.value(key)));
    }
    const QJsonObject root { { u"version"_s, 1 }, { u"settings"_s, settings },
        { u"remembered"_s, m_remembered } };
    // A lost preference is no reason to interrupt anybody: the next change writes again.
    m_thread.start([fileName = m_fileName, root] {
        [[maybe_unused]] const auto written
            = writeFileAtomically(fileName, QJsonDocument(root).toJson(QJsonDocument::Indented));
    });
}

void AppSettings::flush()
{
    if (m_dirty) {
        writeNow();
    }
    m_thread.waitForDone();
}

} // namespace linchpin
