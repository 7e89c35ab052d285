// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/accounts/servicelist.h"
#include "core/sdk/protocolplugin.h"

#include <QStringList>

#include <functional>
#include <memory>
#include <vector>

class QPluginLoader;

namespace linchpin {

/// Finds protocol plugins by their metadata, loads each on first use, and reports the broken ones
/// while the rest work. Folders earlier in the search path win. Main thread; outlives everything
/// that has a plugin's pointer.
class PluginRegistry {
public:
    struct Problem {
        QString fileName;
        QString id; ///< empty where not even that is known
        Error error; ///< `plugin-incompatible`, `plugin-broken`
    };

    explicit PluginRegistry(QStringList searchPath);
    ~PluginRegistry();

    /// $LINCHPIN_PLUGIN_PATH (folders like PATH), then beside the program
    /// (../plugins/linchpin, plugins/linchpin), then the installation's library folder.
    static QStringList defaultSearchPath(const QString &applicationDirectory);

    /// Reads the metadata of every file in the search path and of linked-in plugins.
    void scan();
    /// A plugin made by the program itself (tests, demonstrations).
    void add(std::unique_ptr<ProtocolPlugin> plugin);

    QStringList ids() const; ///< sorted; also of plugins that turn out broken when loaded
    QString name(const QString &id) const; ///< for people; from the metadata, nothing is loaded
    /// Loads it where needed; nullptr when unknown or broken (see problems()).
    const ProtocolPlugin *plugin(const QString &id);
    bool isLoaded(const QString &id) const;
    QString fileName(const QString &id) const; ///< empty for linked-in plugins
    const QList<Problem> &problems() const { return m_problems; }

    /// The known services of a protocol, files of the administrator and of the user included; with
    /// an empty id those that have ended and that no protocol here ever spoke to.
    QList<ServicePreset> services(const QString &protocol);
    std::optional<ServicePreset> service(const QString &protocol, const QString &presetId);
    ServiceList &serviceFiles() { return m_services; }

    /// What looking an address up goes through, before there is an account: made anew for each
    /// search. Nullptr, unless set, where the network may not be asked.
    using MakeServices = std::function<std::unique_ptr<SessionServices>()>;
    void setDiscovery(MakeServices make) { m_discovery = std::move(make); }
    std::unique_ptr<SessionServices> makeDiscoveryServices() const
    {
        return m_discovery ? m_discovery() : nullptr;
    }

private:
    struct Entry;
    void consider(const QString &fileName);
    bool consider(const QJsonObject &metaData, const QString &fileName, Entry &entry);
    void report(
        const QString &fileName, const QString &id, const QString &code, const QString &detail);

    QStringList m_searchPath;
    std::vector<std::unique_ptr<Entry>> m_entries;
    QList<Problem> m_problems;
    ServiceList m_services;
    MakeServices m_discovery;
};

} // namespace linchpin
