// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/snapshots/snapshot.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <QWidget>

#include <algorithm>
#include <cstdlib>
#include <ctime>

using namespace Qt::StringLiterals;

namespace linchpin::test {

namespace {

constexpr int kShade = 24; // of 255, in the channel that differs most
constexpr int kSmallest = 1; // of PNG's qualities in Qt: compressed most

QString stored(const QString &name)
{
    return QStringLiteral(LINCHPIN_SOURCE_DIR) + u"/tests/snapshots/images/"_s + name + u".png"_s;
}

bool isDifferent(QRgb a, QRgb b)
{
    return std::max({ std::abs(qRed(a) - qRed(b)), std::abs(qGreen(a) - qGreen(b)),
               std::abs(qBlue(a) - qBlue(b)) })
        > kShade;
}

} // namespace

Difference difference(const QImage &actual, const QImage &expected)
{
    if (actual.size() != expected.size()) {
        return { .pixels = qint64 { actual.width() } * actual.height(), .picture = expected };
    }
    const QImage a = actual.convertToFormat(QImage::Format_RGB32);
    const QImage b = expected.convertToFormat(QImage::Format_RGB32);
    Difference found { .picture = QImage(a.size(), QImage::Format_RGB32) };
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            const QRgb is = a.pixel(x, y);
            const QRgb should = b.pixel(x, y);
            const bool differs = isDifferent(is, should);
            found.pixels += differs;
            const int pale = 192 + qGray(should) / 4;
            found.picture.setPixel(x, y, differs ? qRgb(220, 0, 0) : qRgb(pale, pale, pale));
        }
    }
    return found;
}

QImage settledPicture(QWidget &widget)
{
    constexpr int kSame = 4; // in a row
    QElapsedTimer since;
    since.start();
    QImage last;
    for (int same = 0; same < kSame;) {
        if (since.hasExpired(20'000)) {
            return {};
        }
        QTest::qWait(15);
        const QImage now = widget.grab().toImage().convertToFormat(QImage::Format_RGB32);
        same = now == last ? same + 1 : 0;
        last = now;
    }
    return last;
}

void fixEnvironment(const QTemporaryDir &scratch)
{
    QFile fonts(scratch.filePath(u"fonts.conf"_s));
    if (!fonts.open(QIODevice::WriteOnly)) {
        qFatal("no fonts.conf");
    }
    const QString text = uR"(<?xml version="1.0"?>
<fontconfig>
  <dir>/usr/share/fonts/truetype/dejavu</dir>
  <dir>/usr/share/fonts/dejavu-sans-fonts</dir>
  <match target="pattern"><edit name="family" mode="append"><string>DejaVu Sans</string></edit></match>
  <match target="font">
    <edit name="antialias" mode="assign"><bool>true</bool></edit>
    <edit name="hinting" mode="assign"><bool>false</bool></edit>
    <edit name="autohint" mode="assign"><bool>false</bool></edit>
    <edit name="hintstyle" mode="assign"><const>hintnone</const></edit>
    <edit name="rgba" mode="assign"><const>none</const></edit>
    <edit name="embeddedbitmap" mode="assign"><bool>false</bool></edit>
  </match>
  <cachedir>%1</cachedir>
</fontconfig>
)"_s.arg(scratch.filePath(u"fontcache"_s));
    fonts.write(text.toUtf8());
    fonts.close();
    qputenv("FONTCONFIG_FILE", fonts.fileName().toUtf8());
    qputenv("QT_QPA_PLATFORM", "offscreen");
    qputenv("TZ", "UTC");
    qputenv("LC_ALL", "C.UTF-8");
    qputenv("QT_FONT_DPI", "96");
    for (const char *const loose : { "QT_SCALE_FACTOR", "QT_SCREEN_SCALE_FACTORS",
             "QT_AUTO_SCREEN_SCALE_FACTOR", "QT_STYLE_OVERRIDE", "QT_QPA_PLATFORMTHEME",
             "QT_FONT_RENDERER", "QT_LAYOUT_DIRECTION", "LANGUAGE" }) {
        qunsetenv(loose);
    }
    tzset();
}

QString compareWithStored(const QImage &actual, const QString &name)
{
    if (actual.isNull()) {
        return name + u": the picture never came to rest"_s;
    }
    if (qEnvironmentVariableIntValue("LINCHPIN_UPDATE_SNAPSHOTS") == 1) {
        const QString file = stored(name);
        return QDir().mkpath(QFileInfo(file).path()) && actual.save(file, "PNG", kSmallest)
            ? QString()
            : u"cannot write "_s + file;
    }
    const QImage expected(stored(name));
    const QDir folder(QStringLiteral(LINCHPIN_BINARY_DIR) + u"/snapshots"_s);
    folder.mkpath(u"."_s);
    const auto file
        = [&](const QString &which) { return folder.filePath(name + u'-' + which + u".png"_s); };
    for (const QString &which : { u"actual"_s, u"expected"_s, u"diff"_s }) {
        QFile::remove(file(which));
    }
    if (!expected.isNull()) {
        const Difference found = difference(actual, expected);
        if (!found.isVisible()) {
            return {};
        }
        actual.save(file(u"actual"_s));
        expected.save(file(u"expected"_s));
        found.picture.save(file(u"diff"_s));
        return u"%1: %2 pixels differ (%3 x %4, stored %5 x %6): see %7"_s.arg(name)
            .arg(found.pixels)
            .arg(actual.width())
            .arg(actual.height())
            .arg(expected.width())
            .arg(expected.height())
            .arg(file(u"diff"_s));
    }
    actual.save(file(u"actual"_s));
    return u"%1: there is no stored picture. Look at %2, then run with LINCHPIN_UPDATE_SNAPSHOTS=1"_s
        .arg(name, file(u"actual"_s));
}

} // namespace linchpin::test
