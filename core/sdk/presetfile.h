// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/protocolplugin.h"

#include <QUrl>

#include <functional>

namespace linchpin {

/// A preset with what a list of services says beyond it.
struct ServicePreset {
    AccountPreset preset;
    QString protocol; ///< empty: a service of a protocol that this program never spoke
    QUrl link; ///< https, to read more; may be empty
    QString file; ///< where it was read from; empty = comes with the program
};

/// What a file of services says (docs/presets.md): the entries that can be used, and one translated
/// sentence for each that cannot.
struct PresetFile {
    QList<ServicePreset> services;
    QStringList problems;
};

/// A text of the file in the user's language; nothing is translated without it.
using PresetTranslator = std::function<QString(const QString &text)>;

/// Reads a file of services. `protocol` is that of entries which name none. Whether the values fit
/// the protocol's schema is not looked at. Never fails: a file that is no JSON is one problem.
LINCHPIN_SDK_EXPORT PresetFile readPresetFile(
    const QByteArray &json, const QString &protocol, const PresetTranslator &translate = {});

/// A file that comes with the program (`:/…`): there a problem is a mistake of ours, and ends it.
LINCHPIN_SDK_EXPORT QList<ServicePreset> builtInPresets(
    const QString &resource, const QString &protocol, const PresetTranslator &translate = {});

/// Whether addresses at this domain (lower case) belong to the service: one of its domains, or
/// below one that begins with `*.`.
LINCHPIN_SDK_EXPORT bool coversDomain(const AccountPreset &preset, const QString &domain);
/// The preset for this domain; nullptr where there is none. A domain by its own name is better than
/// one below another.
LINCHPIN_SDK_EXPORT const AccountPreset *presetForDomain(
    const QList<AccountPreset> &presets, const QString &domain);

/// A plugin whose presets come out of a file: tells what does not fit into AccountPreset.
class LINCHPIN_SDK_EXPORT ServiceCatalogue {
public:
    virtual ~ServiceCatalogue();
    virtual QList<ServicePreset> services() const = 0;
};

LINCHPIN_SDK_EXPORT QList<AccountPreset> presetsOf(const QList<ServicePreset> &services);

} // namespace linchpin
