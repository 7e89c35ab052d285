// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/cardfields.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::ContactCard)
};

QString phoneLabel(PhoneNumber::Type type)
{
    switch (type) {
    case PhoneNumber::Type::Work:
        return Text::tr("Work phone");
    case PhoneNumber::Type::Mobile:
        return Text::tr("Mobile");
    case PhoneNumber::Type::Home:
        return Text::tr("Home phone");
    case PhoneNumber::Type::Other:
    case PhoneNumber::Type::Custom:
        break;
    }
    return Text::tr("Other phone");
}

/// Digits alone: "+1 (555) 01-01" and "+15550101" are one number.
QString digits(const PhoneNumber &phone)
{
    QString number = phone.display;
    number.removeIf([](QChar c) { return !c.isDigit(); });
    return number.isEmpty() ? phone.display : number;
}

QMap<QString, QString> gathered(const QString &title, const QString &company,
    const QString &department, const QString &office, const QString &email,
    const QList<PhoneNumber> &phones)
{
    QMap<QString, QString> out { { u"title"_s, title }, { u"company"_s, company },
        { u"department"_s, department }, { u"office"_s, office }, { u"email"_s, email } };
    if (!phones.isEmpty()) {
        const PhoneNumber &phone = phones.first();
        out.insert(u"phone"_s, phone.display.isEmpty() ? phone.uri : phone.display);
    }
    out.removeIf([](const auto &field) { return field.value().isEmpty(); });
    return out;
}

} // namespace

QMap<QString, QString> contactDetails(const sip::ContactCard &card)
{
    return gathered(
        card.title, card.company, card.department, card.office, card.email, card.phones);
}

QMap<QString, QString> contactDetails(const PersonRecord &record)
{
    return gathered(record.title, record.company, record.department, record.office, record.email,
        record.phones);
}

linchpin::ContactCard displayCard(
    const QString &address, const PresenceUpdate &presence, const PersonRecord &record)
{
    const sip::ContactCard own = presence.card.value_or(sip::ContactCard {});
    linchpin::ContactCard card;
    card.address = { address };
    card.name = own.displayName.isEmpty() ? record.name : own.displayName;
    const auto add
        = [&card](const QString &label, const QString &first, const QString &second = {}) {
              const QString &value = first.isEmpty() ? second : first;
              if (!value.isEmpty()) {
                  card.fields.append({ label, value });
              }
          };
    add(Text::tr("Title"), own.title, record.title);
    add(Text::tr("Department"), own.department, record.department);
    add(Text::tr("Company"), own.company, record.company);
    add(Text::tr("Office"), own.office, record.office);
    add(Text::tr("Manager"), own.manager, record.manager);
    add(Text::tr("E-mail"), own.email, record.email);
    QList<PhoneNumber> phones = own.phones;
    for (const PhoneNumber &phone : record.phones) {
        if (!std::ranges::contains(phones, digits(phone), digits)) {
            phones.append(phone);
        }
    }
    for (const PhoneNumber &phone : std::as_const(phones)) {
        add(phoneLabel(phone.type), phone.display);
    }
    QStringList place { record.city, record.country };
    place.removeAll(QString());
    add(Text::tr("Address"), own.place, place.join(u", "_s));
    add(Text::tr("Web page"), own.website);
    if (presence.note) {
        add(presence.note->outOfOffice ? Text::tr("Out of office") : Text::tr("Note"),
            presence.note->text);
    }
    if (presence.state) {
        add(Text::tr("Meeting"), presence.state->meetingSubject);
        add(Text::tr("Meeting place"), presence.state->meetingLocation);
    }
    if (own.automaton) {
        card.fields.append({ Text::tr("Kind"), Text::tr("A program, not a person") });
    }
    return card;
}

} // namespace linchpin::sip
