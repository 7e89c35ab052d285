// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/xmpp/xmppschema.h"

#include "protocols/xmpp/connectionplan.h"
#include "protocols/xmpp/translate.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace linchpin::xmpp {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::xmpp::schema", text);
}

using Complaint = std::optional<QString>;

Complaint addressComplaint(const QVariant &value, const SettingValues &)
{
    return normalizedJid(value.toString()) ? Complaint()
                                           : tr("An XMPP address looks like name@example.org.");
}

Complaint priorityComplaint(const QVariant &value, const SettingValues &)
{
    bool ok = false;
    const int number = value.toString().toInt(&ok);
    return ok && number >= -128 && number <= 127 ? Complaint()
                                                 : tr("The priority is a number from -128 to 127.");
}

Complaint resourceComplaint(const QVariant &value, const SettingValues &)
{
    return value.toString().toUtf8().size() <= 1023 ? Complaint() : tr("This is too long.");
}

Complaint roomsComplaint(const QVariant &value, const SettingValues &)
{
    const QStringList rooms = value.toStringList();
    for (const QString &room : rooms) {
        if (!normalizedJid(room.section(u'/', 0, 0), true)) {
            return tr("%1 is no room: those look like room@conference.example.org.").arg(room);
        }
    }
    return {};
}

} // namespace

SettingsSchema xmppSchema()
{
    QList<SettingChoice> mechanisms { { u"auto"_s, tr("Automatic (the strongest offered)") } };
    const QStringList known = saslMechanisms();
    for (const QString &mechanism : known) {
        mechanisms.append({ mechanism, mechanism });
    }
    using enum SettingGroup;
    using Section = SettingSection;
    return {
        { .key = u"address"_s,
            .label = tr("XMPP address"),
            .placeholder = u"you@example.org"_s,
            .required = true,
            .validate = addressComplaint },
        { .key = u"password"_s, .label = tr("Password"), .type = SettingType::Secret },
        { .key = u"login"_s,
            .label = tr("User name"),
            .group = Advanced,
            .section = Section::Authentication,
            .placeholder = tr("the part of the address before the @"),
            .help = tr("Only where the server knows you by another name.") },
        { .key = u"auth"_s,
            .label = tr("Authentication"),
            .type = SettingType::Choice,
            .group = Advanced,
            .section = Section::Authentication,
            .defaultValue = u"auto"_s,
            .choices = mechanisms },
        { .key = u"server"_s,
            .label = tr("Server"),
            .type = SettingType::Host,
            .group = Advanced,
            .section = Section::Connection,
            .placeholder = tr("found automatically") },
        { .key = u"port"_s,
            .label = tr("Port"),
            .type = SettingType::Port,
            .group = Advanced,
            .section = Section::Connection,
            .defaultValue = 0,
            .placeholder = u"5222"_s },
        { .key = u"connection"_s,
            .label = tr("Connection type"),
            .type = SettingType::Choice,
            .group = Advanced,
            .section = Section::Connection,
            .defaultValue = u"auto"_s,
            .choices = { { u"auto"_s, tr("Automatic (always encrypted)") },
                { u"starttls"_s, tr("STARTTLS") }, { u"tls"_s, tr("TLS from the start") },
                { u"plain"_s, tr("Not encrypted") } },
            .help = tr("Without encryption everybody on the way can read along.") },
        { .key = u"resource"_s,
            .label = tr("Resource"),
            .group = Advanced,
            .section = Section::Identity,
            .placeholder = tr("chosen automatically"),
            .help = tr("The name of this device; your contacts may see it."),
            .inTrial = SettingInTrial::OwnName,
            .validate = resourceComplaint },
        { .key = u"priority"_s,
            .label = tr("Priority"),
            .group = Advanced,
            .section = Section::Identity,
            .defaultValue = u"5"_s,
            .help = tr("Messages go to the device with the greatest; below 0 to none."),
            .validate = priorityComplaint },
        { .key = u"rooms"_s,
            .label = tr("Rooms"),
            .type = SettingType::List,
            .group = Advanced,
            .section = Section::Rooms,
            .help = tr("Joined after signing in. A nickname follows after a slash."),
            .inTrial = SettingInTrial::LeftOut,
            .validate = roomsComplaint },
    };
}

} // namespace linchpin::xmpp
