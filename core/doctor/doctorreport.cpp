// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/doctor/doctorreport.h"

#include "core/doctor/doctorcodes.h"
#include "core/sdk/logging.h"

#include <QCoreApplication>
#include <QLocale>
#include <QUrl>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr qsizetype kLongestText = 2000; ///< a server's words have no end by themselves

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::Doctor)
};

QString clean(const QString &text)
{
    return QString::fromUtf8(redact(text.toUtf8()));
}

void insertText(QJsonObject &json, const QString &key, const QString &text)
{
    if (!text.isEmpty()) {
        json.insert(key, clean(text.left(kLongestText)));
    }
}

void insertError(QJsonObject &json, const Error &error)
{
    json.insert(u"code"_s, error.code);
    insertText(json, u"title"_s, error.title);
    insertText(json, u"detail"_s, error.detail);
    insertText(json, u"remedy"_s, error.remedy);
    if (!error.fix.isEmpty()) {
        json.insert(u"fix"_s, QJsonObject::fromVariantMap(error.fix));
    }
}

/// In order: what is?
QString goodText(const Verdict &verdict)
{
    return verdict.step == DoctorStep::FederationSrv
        ? Text::tr("Nothing was found that keeps other servers from this domain.")
        : Text::tr("Signing in works.");
}

/// Foreign words on one line, and not endless.
QString oneLine(const QString &text)
{
    QString line = clean(text).simplified();
    if (line.size() > 500) {
        line = line.left(500) + u'…';
    }
    return line;
}

QString patchText(const SettingsPatch &patch)
{
    QStringList words;
    for (auto it = patch.cbegin(); it != patch.cend(); ++it) {
        const QString value = it.value().toString();
        words.append(
            u"%1 = %2"_s.arg(it.key(), value.isEmpty() ? Text::tr("(empty)") : oneLine(value)));
    }
    return words.join(u", "_s);
}

/// The value of a setting as the report shows it: user information in addresses left out, also
/// where somebody wrote it before the name of a host ("alice:password@proxy").
QString shownValue(const QString &key, const QVariant &value)
{
    const QString text = value.typeId() == QMetaType::QStringList
        ? value.toStringList().join(u", "_s)
        : value.toString();
    if ((key == "server"_L1 || key == "proxy-host"_L1) && text.contains(u'@')) {
        return u"…@"_s + text.section(u'@', -1);
    }
    const QUrl url(text);
    return url.isValid() && !url.userInfo().isEmpty() && text.contains("://"_L1)
        ? url.adjusted(QUrl::RemoveUserInfo).toString()
        : text;
}

} // namespace

QString toWord(Finding::State state)
{
    switch (state) {
    case Finding::State::Ok:
        return u"ok"_s;
    case Finding::State::Warning:
        return u"warning"_s;
    case Finding::State::Failed:
        return u"failed"_s;
    case Finding::State::Skipped:
        return u"skipped"_s;
    }
    return u"skipped"_s;
}

QJsonObject stepJson(const Finding &finding)
{
    QJsonObject json { { u"event"_s, u"step"_s }, { u"step"_s, finding.step },
        { u"state"_s, toWord(finding.state) } };
    insertText(json, u"tried"_s, finding.tried);
    insertText(json, u"answer"_s, finding.answer);
    if (finding.error) {
        insertError(json, *finding.error);
    }
    return json;
}

QJsonObject verdictJson(const Verdict &verdict)
{
    QJsonObject json { { u"event"_s, u"verdict"_s }, { u"ok"_s, verdict.ok },
        { u"took_ms"_s, qint64 { verdict.took.count() } } };
    if (verdict.ok) {
        json.insert(u"title"_s, goodText(verdict));
    } else {
        insertText(json, u"step"_s, verdict.step);
        insertError(json, verdict.error);
    }
    if (!verdict.learned.isEmpty()) {
        json.insert(u"learned"_s, QJsonObject::fromVariantMap(verdict.learned));
    }
    return json;
}

QString stepText(const Finding &finding)
{
    QString text = u"[%1] %2"_s.arg(toWord(finding.state), -7).arg(titleOfStep(finding.step));
    if (!finding.tried.isEmpty()) {
        text += u": "_s + oneLine(finding.tried);
    }
    if (!finding.answer.isEmpty()) {
        text += u" → "_s + oneLine(finding.answer);
    }
    if (finding.error) {
        text += u"\n          %1 [%2]"_s.arg(oneLine(finding.error->title), finding.error->code);
    }
    return text;
}

QString verdictText(const Verdict &verdict)
{
    const QString seconds = QLocale::c().toString(double(verdict.took.count()) / 1000.0, 'f', 1);
    QStringList lines;
    if (verdict.cancelled) {
        lines.append(Text::tr("Given up after %1 seconds.").arg(seconds));
    } else if (verdict.ok) {
        lines.append(
            u"%1 (%2)"_s.arg(goodText(verdict), Text::tr("after %1 seconds").arg(seconds)));
    } else {
        lines.append(u"%1 [%2, %3]"_s.arg(oneLine(verdict.error.title), verdict.error.code,
            Text::tr("after %1 seconds").arg(seconds)));
        if (!verdict.error.detail.isEmpty()) {
            lines.append(Text::tr("What came back: %1").arg(oneLine(verdict.error.detail)));
        }
        if (!verdict.error.remedy.isEmpty()) {
            lines.append(Text::tr("What to do: %1").arg(oneLine(verdict.error.remedy)));
        }
        if (!verdict.error.fix.isEmpty()) {
            lines.append(
                Text::tr("Settings that would mend it: %1").arg(patchText(verdict.error.fix)));
        }
    }
    if (!verdict.learned.isEmpty()) {
        lines.append(Text::tr("Found on the way: %1").arg(patchText(verdict.learned)));
    }
    return lines.join(u'\n');
}

QString reportText(const ReportHead &head, const SettingsSchema &schema,
    const SettingValues &settings, const QList<Finding> &findings, const Verdict &verdict)
{
    QStringList lines;
    lines.append(Text::tr("Connection doctor: %1 (%2)").arg(head.address, head.protocol));
    lines.append(
        u"%1, %2, %3"_s.arg(head.program, head.system, head.at.toUTC().toString(Qt::ISODate)));
    lines.append(QString());
    for (const SettingField &field : schema.fields()) {
        const QVariant value = schema.value(settings, field.key);
        const bool isDefault = value == field.defaultValue || value.toString().isEmpty();
        if (field.type == SettingType::Secret || isDefault || field.key == "address"_L1) {
            continue;
        }
        // What may hold passwords ("IDENTIFY …", keys of channels) is nobody's business.
        if (field.key == "on-connect"_L1 || field.key == "nickserv"_L1
            || field.key == "channels"_L1) {
            lines.append(u"  %1 = …"_s.arg(field.key));
            continue;
        }
        lines.append(u"  %1 = %2 (%3)"_s.arg(
            field.key, oneLine(shownValue(field.key, value)), toWord(settings.origin(field.key))));
    }
    lines.append(QString());
    for (const Finding &finding : findings) {
        lines.append(stepText(finding));
    }
    lines.append(QString());
    lines.append(verdictText(verdict));
    return lines.join(u'\n') + u'\n';
}

} // namespace linchpin
