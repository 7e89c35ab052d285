// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/sdk/error.h"

using namespace Qt::StringLiterals;

namespace linchpin {

QJsonObject Error::toJson() const
{
    QJsonObject json { { u"code"_s, code }, { u"title"_s, title }, { u"fatal"_s, fatal } };
    if (!detail.isEmpty()) {
        json.insert(u"detail"_s, detail);
    }
    if (!remedy.isEmpty()) {
        json.insert(u"remedy"_s, remedy);
    }
    if (!fix.isEmpty()) {
        json.insert(u"fix"_s, QJsonObject::fromVariantMap(fix));
    }
    return json;
}

Error Error::fromJson(const QJsonObject &json)
{
    Error error;
    error.code = json.value("code"_L1).toString();
    error.title = json.value("title"_L1).toString();
    error.detail = json.value("detail"_L1).toString();
    error.remedy = json.value("remedy"_L1).toString();
    error.fatal = json.value("fatal"_L1).toBool();
    error.fix = json.value("fix"_L1).toObject().toVariantMap();
    return error;
}

} // namespace linchpin
