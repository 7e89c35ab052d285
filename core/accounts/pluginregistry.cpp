// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/accounts/pluginregistry.h"

#include <QCoreApplication>
#include <QDir>
#include <QJsonObject>
#include <QLibrary>
#include <QPluginLoader>

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace linchpin {

struct PluginRegistry::Entry {
    QString id;
    QString name;
    QString fileName;
    std::unique_ptr<QPluginLoader> loader;
    std::optional<QStaticPlugin> linkedIn; // its constructor calls what it is given
    std::unique_ptr<ProtocolPlugin> own;
    ProtocolPlugin *plugin = nullptr;
    bool broken = false;
};

PluginRegistry::PluginRegistry(QStringList searchPath)
    : m_searchPath(std::move(searchPath))
{
}

// The loaders go, the libraries stay: code of a plugin may still be on its way out elsewhere.
PluginRegistry::~PluginRegistry() = default;

QStringList PluginRegistry::defaultSearchPath(const QString &applicationDirectory)
{
    QStringList path = qEnvironmentVariable("LINCHPIN_PLUGIN_PATH")
                           .split(QDir::listSeparator(), Qt::SkipEmptyParts);
    for (const QString &beside :
        { u"/../plugins/linchpin"_s, u"/plugins/linchpin"_s, u"/../lib/linchpin/plugins"_s }) {
        path.append(QDir::cleanPath(applicationDirectory + beside));
    }
#ifdef LINCHPIN_INSTALLED_PLUGINS
    path.append(QStringLiteral(LINCHPIN_INSTALLED_PLUGINS));
#endif
    path.removeDuplicates();
    return path;
}

void PluginRegistry::report(
    const QString &fileName, const QString &id, const QString &code, const QString &detail)
{
    Error error;
    error.kind = Error::Kind::Unsupported;
    error.code = code;
    error.title = code == "plugin-incompatible"_L1
        ? QCoreApplication::translate(
              "linchpin::PluginRegistry", "A protocol's plugin was made for another version.")
        : QCoreApplication::translate(
              "linchpin::PluginRegistry", "A protocol's plugin cannot be loaded.");
    error.detail = detail;
    error.remedy = QCoreApplication::translate(
        "linchpin::PluginRegistry", "Install program and plugins from the same package.");
    error.fatal = true;
    m_problems.append({ fileName, id, error });
}

bool PluginRegistry::consider(const QJsonObject &metaData, const QString &fileName, Entry &entry)
{
    const QString iid = metaData.value("IID"_L1).toString();
    const QJsonObject own = metaData.value("MetaData"_L1).toObject();
    entry.id = own.value("id"_L1).toString();
    entry.name = own.value("name"_L1).toString();
    entry.fileName = fileName;
    const QString wanted = QStringLiteral(LINCHPIN_PROTOCOL_IID);
    // Either the whole identifier or its number alone.
    const QJsonValue number = own.value("interface"_L1);
    const QString interface = number.isDouble()
        ? u"org.linchpin.ProtocolPlugin/%1"_s.arg(number.toInt())
        : number.toString();
    if (!iid.startsWith("org.linchpin.ProtocolPlugin/"_L1)) {
        // Somebody else's library in our folder.
        report(fileName, entry.id, u"plugin-incompatible"_s, u"its interface is \"%1\""_s.arg(iid));
        return false;
    }
    if (iid != wanted || interface != wanted) {
        report(fileName, entry.id, u"plugin-incompatible"_s,
            u"it has %1 (%2), this program %3"_s.arg(iid, interface, wanted));
        return false;
    }
    if (entry.id.isEmpty() || entry.name.isEmpty()) {
        report(fileName, entry.id, u"plugin-broken"_s, u"its metadata has no id or no name"_s);
        return false;
    }
    return std::ranges::none_of(
        m_entries, [&](const auto &known) { return known->id == entry.id; });
}

void PluginRegistry::consider(const QString &fileName)
{
    auto entry = std::make_unique<Entry>();
    entry->loader = std::make_unique<QPluginLoader>(fileName);
    const QJsonObject metaData = entry->loader->metaData();
    if (metaData.isEmpty()) {
        report(fileName, {}, u"plugin-broken"_s, entry->loader->errorString());
        return;
    }
    if (consider(metaData, fileName, *entry)) {
        m_entries.push_back(std::move(entry));
    }
}

void PluginRegistry::scan()
{
    const QList<QStaticPlugin> linkedIn = QPluginLoader::staticPlugins();
    for (const QStaticPlugin &plugin : linkedIn) {
        const QJsonObject metaData = plugin.metaData();
        if (!metaData.value("IID"_L1).toString().startsWith("org.linchpin."_L1)) {
            continue; // Qt's own
        }
        auto entry = std::make_unique<Entry>();
        entry->linkedIn = plugin;
        if (consider(metaData, {}, *entry)) {
            m_entries.push_back(std::move(entry));
        }
    }
    for (const QString &folder : std::as_const(m_searchPath)) {
        const QFileInfoList files = QDir(folder).entryInfoList(QDir::Files, QDir::Name);
        for (const QFileInfo &file : files) {
            if (QLibrary::isLibrary(file.fileName())) {
                consider(file.absoluteFilePath());
            }
        }
    }
    std::ranges::sort(m_entries, {}, [](const auto &entry) { return entry->id; });
}

void PluginRegistry::add(std::unique_ptr<ProtocolPlugin> plugin)
{
    auto entry = std::make_unique<Entry>();
    const ProtocolInfo info = plugin->info();
    entry->id = info.id;
    entry->name = info.name;
    entry->plugin = plugin.get();
    entry->own = std::move(plugin);
    std::erase_if(m_entries, [&](const auto &known) { return known->id == info.id; });
    m_entries.push_back(std::move(entry));
    std::ranges::sort(m_entries, {}, [](const auto &known) { return known->id; });
}

QStringList PluginRegistry::ids() const
{
    QStringList ids;
    for (const auto &entry : m_entries) {
        ids.append(entry->id);
    }
    return ids;
}

QString PluginRegistry::name(const QString &id) const
{
    const auto found = std::ranges::find(m_entries, id, [](const auto &e) { return e->id; });
    return found == m_entries.end() ? QString() : (*found)->name;
}

QString PluginRegistry::fileName(const QString &id) const
{
    const auto found = std::ranges::find(m_entries, id, [](const auto &e) { return e->id; });
    return found == m_entries.end() ? QString() : (*found)->fileName;
}

bool PluginRegistry::isLoaded(const QString &id) const
{
    const auto found = std::ranges::find(m_entries, id, [](const auto &e) { return e->id; });
    return found != m_entries.end() && (*found)->plugin;
}

QList<ServicePreset> PluginRegistry::services(const QString &protocol)
{
    return m_services.services(protocol, protocol.isEmpty() ? nullptr : plugin(protocol));
}

std::optional<ServicePreset> PluginRegistry::service(
    const QString &protocol, const QString &presetId)
{
    if (presetId.isEmpty()) {
        return std::nullopt;
    }
    const QList<ServicePreset> all = services(protocol);
    const auto found = std::ranges::find_if(
        all, [&](const ServicePreset &known) { return known.preset.id == presetId; });
    return found == all.cend() ? std::nullopt : std::optional(*found);
}

const ProtocolPlugin *PluginRegistry::plugin(const QString &id)
{
    const auto found = std::ranges::find(m_entries, id, [](const auto &e) { return e->id; });
    if (found == m_entries.end() || (*found)->broken) {
        return nullptr;
    }
    Entry &entry = **found;
    if (entry.plugin) {
        return entry.plugin;
    }
    QObject *const instance = entry.loader ? entry.loader->instance()
        : entry.linkedIn                   ? entry.linkedIn->instance()
                                           : nullptr;
    entry.plugin = qobject_cast<ProtocolPlugin *>(instance);
    if (!entry.plugin) {
        entry.broken = true;
        report(entry.fileName, id, u"plugin-broken"_s,
            entry.loader ? entry.loader->errorString() : QString());
    } else if (entry.plugin->info().id != id) {
        report(entry.fileName, id, u"plugin-broken"_s,
            u"it calls itself \"%1\""_s.arg(entry.plugin->info().id));
        entry.plugin = nullptr;
        entry.broken = true;
    }
    return entry.plugin;
}

} // namespace linchpin
