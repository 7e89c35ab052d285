// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/conference/conferenceaddress.h"

#include "protocols/sip/documents/sipaddress.h"
#include "protocols/sip/documents/xmlelement.h"

#include <QRegularExpression>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr QLatin1StringView marker = ";opaque=app:conf:focus:id:"_L1;
constexpr QLatin1StringView middle = ";gruu;opaque=app:conf:focus:id:"_L1;
constexpr qsizetype longestText = 2048;
constexpr qsizetype longestId = 128; // [MS-CONFPRO] asks for 32; some servers write more
constexpr qsizetype longestPage = qsizetype { 1 } << 20;

bool isConferenceId(QStringView id)
{
    return !id.isEmpty() && id.size() <= longestId && std::ranges::all_of(id, [](QChar c) {
        return c.unicode() < 0x80
            && (c.isLetterOrNumber() || c == u'-' || c == u'_' || c == u'.' || c == u'~');
    });
}

QString unescaped(QStringView text)
{
    return QString::fromUtf8(QByteArray::fromPercentEncoding(text.toUtf8()));
}

/// "&#58;", "&#x3a;", "&amp;": what pages escape in attributes.
QString withoutEntities(QStringView html)
{
    static const QRegularExpression entity(u"&(#x?[0-9a-fA-F]{1,6}|amp|quot|lt|gt);"_s);
    QString text;
    qsizetype from = 0;
    for (auto match = entity.globalMatchView(html); match.hasNext();) {
        const QRegularExpressionMatch one = match.next();
        text += html.sliced(from, one.capturedStart() - from);
        from = one.capturedEnd();
        const QStringView name = one.capturedView(1);
        if (name.startsWith(u'#')) {
            const bool hex = name.size() > 1 && name.at(1) == u'x';
            const uint code = name.sliced(hex ? 2 : 1).toUInt(nullptr, hex ? 16 : 10);
            if (code > 0 && code <= QChar::LastValidCodePoint) {
                text += QString(QChar::fromUcs4(code));
            }
        } else {
            text += name == u"amp" ? u'&' : name == u"quot" ? u'"' : name == u"lt" ? u'<' : u'>';
        }
    }
    text += html.sliced(from);
    return text;
}

} // namespace

std::optional<QString> focusUri(QStringView organizer, QStringView id)
{
    const QString address = addressFromUri(organizer);
    if (address.count(u'@') != 1 || address.startsWith(u'@') || address.endsWith(u'@')
        || address.contains(u':') || !isConferenceId(id)) {
        return std::nullopt;
    }
    return u"sip:"_s + escapedAddress(address) + middle + id.toString();
}

std::optional<QString> normalizedFocus(QStringView given)
{
    QString text = given.trimmed().toString();
    if (text.size() > longestText) {
        return std::nullopt;
    }
    if (text.startsWith("conf:"_L1, Qt::CaseInsensitive)
        || text.startsWith("meet:"_L1, Qt::CaseInsensitive)) {
        text = unescaped(QStringView(text).sliced(5));
    }
    if (text.startsWith("sip:"_L1, Qt::CaseInsensitive)) {
        if (!text.contains(u';')) {
            text = unescaped(text);
        }
        const qsizetype at = text.indexOf(marker, 0, Qt::CaseInsensitive);
        if (at < 0) {
            return std::nullopt;
        }
        QStringView id = QStringView(text).sliced(at + marker.size());
        for (const QChar end : { u'?', u';', u'>', u'%' }) {
            if (const qsizetype stop = id.indexOf(end); stop >= 0) {
                id = id.first(stop);
            }
        }
        return focusUri(QStringView(text).first(at), id);
    }
    const QStringList words = text.split(u' ', Qt::SkipEmptyParts);
    return words.size() == 2 ? focusUri(words.first(), words.last()) : std::nullopt;
}

QString organizerOf(QStringView focus)
{
    return addressFromUri(focus);
}

QString conferenceIdOf(QStringView focus)
{
    const qsizetype at = focus.indexOf(marker);
    return at < 0 ? QString() : focus.sliced(at + marker.size()).toString();
}

QString mcuUri(const QString &focus, const QString &medium)
{
    QString uri = focus;
    return uri.replace(":conf:focus:"_L1, u":conf:%1:"_s.arg(medium));
}

bool isMeetLink(QStringView text)
{
    const QStringView link = text.trimmed();
    if (link.size() > longestText || !link.startsWith("https://"_L1, Qt::CaseInsensitive)) {
        return false;
    }
    const QUrl url(link.toString(), QUrl::StrictMode);
    return url.isValid() && !url.host().isEmpty() && url.userInfo().isEmpty();
}

MeetPage readMeetPage(QByteArrayView html)
{
    static const QRegularExpression link(
        u"href\\s*=\\s*[\"']([^\"'<>]{1,4096})[\"']"_s, QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression launcher(
        u"domainOwnerJoinLauncherUrl\\s*=\\s*[\"']([^\"'<>]{1,4096})[\"']"_s);
    const QString page = QString::fromUtf8(html.first(std::min(html.size(), longestPage)));
    MeetPage found;
    for (auto match = link.globalMatch(page); match.hasNext() && !found.focus;) {
        const QString target = withoutEntities(match.next().capturedView(1));
        if (target.startsWith("conf:"_L1, Qt::CaseInsensitive)
            || target.startsWith("meet:"_L1, Qt::CaseInsensitive)) {
            found.focus = normalizedFocus(target);
        }
    }
    if (!found.focus) {
        const QString target = withoutEntities(launcher.match(page).capturedView(1));
        // Written into a script, the slashes may be escaped.
        const QString plain = QString(target).replace("\\/"_L1, "/"_L1);
        if (isMeetLink(plain)) {
            found.launcher = QUrl(plain, QUrl::StrictMode);
        }
    }
    return found;
}

QString focusFactory(QByteArrayView provisioning)
{
    const auto root = parseXml(provisioning);
    if (!root) {
        return {};
    }
    for (const XmlElement &group : root->children) {
        if (group.attribute(u"name").compare(u"ServerConfiguration", Qt::CaseInsensitive) == 0) {
            const QString uri = group.childText(u"focusFactoryUri");
            const bool usable = uri.startsWith("sip:"_L1, Qt::CaseInsensitive)
                && uri.size() <= longestText && std::ranges::none_of(uri, [](QChar c) {
                       return c.unicode() <= 0x20 || c == u'<' || c == u'>' || c == u'"';
                   });
            return usable ? uri : QString();
        }
    }
    return {};
}

} // namespace linchpin::sip
