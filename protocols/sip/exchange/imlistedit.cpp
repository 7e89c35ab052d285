// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/exchange/imlistedit.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

ImListEdit::ImListEdit(ImList list, ImWish wish)
    : m_list(std::move(list))
    , m_wish(std::move(wish))
{
    if (m_wish.groups.isEmpty()) {
        m_wish.groups.append(QString()); // the others
    }
}

ImListEdit::Step ImListEdit::ask(Call call, const EwsRequest &request, const QString &group)
{
    m_call = call;
    m_group = group;
    return request;
}

ImListEdit::Step ImListEdit::next()
{
    const ImPerson *const person = m_list.person(m_wish.address);
    const ImGroup *const list = m_list.distributionList(m_wish.address);
    if (m_wish.remove && list) {
        return ask(Call::RemoveList, buildRemoveDistributionList(list->id));
    }
    if (m_wish.isList && !m_wish.remove) {
        return list ? Step(Done {})
                    : ask(Call::AddList, buildAddDistributionList(m_wish.address, m_wish.name));
    }
    if (m_wish.remove) {
        return person && !person->id.isEmpty()
            ? ask(Call::RemoveAll, buildRemoveFromImList(person->id))
            : Step(Done {});
    }
    if (person && person->id.isEmpty()) {
        return EwsFault { u"ErrorAccessDenied"_s, u"not a contact of the list itself"_s };
    }
    QStringList wanted; // item ids
    for (const QString &name : std::as_const(m_wish.groups)) {
        const ImGroup *const group = m_list.group(name);
        if (!group && !name.isEmpty()) {
            return ask(Call::AddGroup, buildAddImGroup(name));
        }
        if (group) {
            wanted.append(group->id.id);
        }
    }
    const auto first = std::ranges::find_if(
        m_list.groups, [&](const ImGroup &group) { return group.id.id == wanted.value(0); });
    if (!person) {
        const ItemId where = first == m_list.groups.cend() ? ItemId {} : first->id;
        return ask(
            Call::AddNew, buildAddNewImContact(m_wish.address, m_wish.name, where), where.id);
    }
    for (const ImGroup &group : std::as_const(m_list.groups)) {
        if (wanted.contains(group.id.id) && !m_list.isMember(*person, group)) {
            return ask(Call::AddTo, buildAddImContact(person->id, group.id), group.id.id);
        }
    }
    // Last, so that nobody is for a moment in no group at all.
    for (const ImGroup &group : std::as_const(m_list.groups)) {
        if (group.isPlace() && !wanted.contains(group.id.id) && m_list.isMember(*person, group)) {
            return ask(Call::RemoveFrom, buildRemoveImContact(person->id, group.id), group.id.id);
        }
    }
    return Done {};
}

ImListEdit::Step ImListEdit::answered(QByteArrayView body)
{
    const auto group = std::ranges::find_if(
        m_list.groups, [this](const ImGroup &one) { return one.id.id == m_group; });
    const ImPerson *const person = m_list.person(m_wish.address);
    switch (m_call) {
    case Call::AddGroup: {
        auto added = parseAddedImGroup(body);
        if (!added) {
            return added.error();
        }
        // Under the name we asked for, or it would be asked for again.
        const auto missing = std::ranges::find_if(m_wish.groups,
            [this](const QString &name) { return !name.isEmpty() && !m_list.group(name); });
        added->name = missing == m_wish.groups.end() ? added->name : *missing;
        added->kind = ImGroup::Kind::User;
        m_list.groups.append(*added);
        return next();
    }
    case Call::AddNew: {
        auto added = parseAddedImContact(body);
        if (!added) {
            return added.error();
        }
        if (added->id.isEmpty()) {
            return Done {}; // it is in; more cannot be done without its name
        }
        added->address = m_wish.address;
        m_list.people.append(*added);
        if (group != m_list.groups.end()) {
            group->members.append(added->id.id);
        }
        return next();
    }
    case Call::AddTo:
    case Call::RemoveFrom: {
        const bool add = m_call == Call::AddTo;
        const auto done
            = parseImDone(body, add ? u"AddImContactToGroup"_s : u"RemoveImContactFromGroup"_s);
        if (!done) {
            return done.error();
        }
        if (group == m_list.groups.end() || !person) {
            return Done {};
        }
        if (add) {
            group->members.append(person->id.id);
        } else {
            group->members.removeAll(person->id.id);
        }
        return next();
    }
    case Call::AddList:
    case Call::RemoveList: {
        const auto done = parseImDone(body,
            m_call == Call::AddList ? u"AddDistributionGroupToImList"_s
                                    : u"RemoveDistributionGroupFromImList"_s);
        return done ? Step(Done {}) : Step(done.error());
    }
    case Call::RemoveAll: {
        const auto done = parseImDone(body, u"RemoveContactFromImList"_s);
        return done ? Step(Done {}) : Step(done.error());
    }
    }
    return Done {};
}

} // namespace linchpin::sip
