// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/exchange/imlist.h"

#include <optional>
#include <variant>

namespace linchpin::sip {

/// What the user wants of somebody in the contact list.
struct ImWish {
    QString address = {};
    QString name = {}; ///< for somebody new; empty: the server's
    QStringList groups = {}; ///< by name; none: among the others
    bool remove = false; ///< from the whole list
    bool isList = false; ///< a distribution group
};

/// Turns a wish into calls, one after another: groups that do not exist are made, then the person
/// is put in, moved or taken out. Groups that this leaves empty stay. Pure: the caller sends what
/// it is given and brings the answer.
class ImListEdit {
public:
    struct Done { };
    using Step = std::variant<EwsRequest, Done, EwsFault>;

    ImListEdit(ImList list, ImWish wish);

    Step start() { return next(); }
    Step answered(QByteArrayView body);

private:
    enum class Call { AddGroup, AddNew, AddTo, RemoveFrom, RemoveAll, AddList, RemoveList };

    Step next();
    Step ask(Call call, const EwsRequest &request, const QString &group = {});

    ImList m_list;
    ImWish m_wish;
    Call m_call = Call::AddGroup;
    QString m_group; ///< item id of the group that the call is about
};

} // namespace linchpin::sip
