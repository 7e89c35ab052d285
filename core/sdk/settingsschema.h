// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/result.h"

#include <QList>
#include <QMap>
#include <QStringList>
#include <QVariant>

#include <functional>
#include <optional>

namespace linchpin {

enum class SettingType {
    Text,
    Secret, ///< never in the account file
    Bool,
    Port, ///< 0 = default
    Choice,
    Host,
    List, ///< QStringList; on one line separated by commas
    Path,
};

enum class SettingGroup { Basic, Advanced, Proxy };

/// Headings of the Advanced page, in this order.
enum class SettingSection { Connection, Authentication, Identity, Exchange, Trust, Rooms, Other };

/// Where a value came from; shown beside the field.
enum class SettingOrigin {
    Default,
    Found, ///< discovered, or learned by a session
    Preset,
    Imported,
    ByHand,
};
LINCHPIN_SDK_EXPORT QString toWord(SettingOrigin origin); ///< `default`, `found`, …; stable
LINCHPIN_SDK_EXPORT SettingOrigin settingOriginFromWord(QStringView word);

struct SettingChoice {
    QString value;
    QString label; ///< translated
    friend bool operator==(const SettingChoice &, const SettingChoice &) = default;
};

struct SettingCondition {
    QString key;
    QVariant equals; ///< the value, or a QStringList of values of which any will do
    friend bool operator==(const SettingCondition &, const SettingCondition &) = default;
};

/// The values of one account's settings with their origin. Keys without a value have the
/// schema's default. Secrets are not in here.
class LINCHPIN_SDK_EXPORT SettingValues {
public:
    struct Value {
        QVariant value;
        SettingOrigin origin = SettingOrigin::ByHand;
        friend bool operator==(const Value &, const Value &) = default;
    };

    bool contains(const QString &key) const { return m_values.contains(key); }
    QVariant value(const QString &key) const { return m_values.value(key).value; }
    QString text(const QString &key) const { return value(key).toString(); }
    bool isOn(const QString &key) const { return value(key).toBool(); }
    quint16 port(const QString &key) const { return static_cast<quint16>(value(key).toUInt()); }
    QStringList list(const QString &key) const { return value(key).toStringList(); }
    SettingOrigin origin(const QString &key) const;
    void set(
        const QString &key, const QVariant &value, SettingOrigin origin = SettingOrigin::ByHand);
    void remove(const QString &key) { m_values.remove(key); }
    QStringList keys() const { return m_values.keys(); }

    friend bool operator==(const SettingValues &, const SettingValues &) = default;

private:
    QMap<QString, Value> m_values;
};

/// What becomes of a value in a trial sign-in (the doctor's), which must act on nobody and must not
/// throw the account's own session out.
enum class SettingInTrial {
    Kept,
    LeftOut, ///< acts on others or on the server once signed in: empty, or off
    OwnName, ///< tells this sign-in from others of the address (RFC 6120 §7.7.2.2)
    OwnNameIfTaken, ///< likewise, where the account itself is signed in
};

/// One setting: the only place it is defined. Keys are stored and imported: never renamed, a new
/// name lists the old ones in formerKeys.
struct SettingField {
    QString key;
    QString label; ///< tr() in the plugin's context
    SettingType type = SettingType::Text;
    SettingGroup group = SettingGroup::Basic;
    SettingSection section = SettingSection::Other; ///< within Advanced
    QVariant defaultValue = {};
    QList<SettingChoice> choices = {}; ///< Choice: all there is; Text: suggestions
    QString placeholder = {}; ///< shown in the empty field ("found automatically")
    QString help = {}; ///< under the field, and in the manual
    bool required = false; ///< a Secret: the user is asked for it when none is stored
    bool restartsSession = true;
    SettingInTrial inTrial = SettingInTrial::Kept;
    std::optional<SettingCondition> enabledWhen = {}; ///< data, so that the form can be tested
    /// The translated complaint about a value, or nothing. Not called for empty optional values.
    std::function<std::optional<QString>(const QVariant &, const SettingValues &)> validate = {};
    QStringList formerKeys = {};
};

/// A complaint about one field.
struct SettingProblem {
    QString key;
    QString text; ///< translated
    friend bool operator==(const SettingProblem &, const SettingProblem &) = default;
};

class LINCHPIN_SDK_EXPORT SettingsSchema {
public:
    SettingsSchema() = default;
    SettingsSchema(std::initializer_list<SettingField> fields)
        : m_fields(fields)
    {
    }

    const QList<SettingField> &fields() const { return m_fields; }
    const SettingField *field(const QString &key) const; ///< also by a former key; nullptr if none
    void append(const SettingsSchema &other) { m_fields += other.m_fields; }
    void append(const SettingField &field) { m_fields.append(field); }

    /// The value in `values`, or the default.
    QVariant value(const SettingValues &values, const QString &key) const;
    /// `values` with every default filled in: what a session gets.
    SettingValues complete(const SettingValues &values) const;
    bool isEnabled(const SettingField &field, const SettingValues &values) const;
    QList<SettingProblem> problems(const SettingValues &values) const;
    /// Text (command line, import) as a value of the field's type, or the complaint as
    /// `invalid-setting`.
    static Result<QVariant> parse(const SettingField &field, const QString &text);

private:
    QList<SettingField> m_fields;
};

} // namespace linchpin
