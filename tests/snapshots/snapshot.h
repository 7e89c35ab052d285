// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QString>

class QTemporaryDir;
class QWidget;

namespace linchpin::test {

/// How far two pictures are apart.
struct Difference {
    qint64 pixels = 0; ///< that differ by more than a shade
    QImage picture; ///< the expected one paled, what differs in red

    /// A dozen pixels are rounding; the smallest letter has more.
    bool isVisible() const { return pixels > 12; }
};

/// Pictures of different size differ everywhere.
Difference difference(const QImage &actual, const QImage &expected);

/// The widget as it looks once nothing changes any more: what comes from the history's thread has
/// come. Null after some seconds of change without end.
QImage settledPicture(QWidget &widget);

/// What has to hold before there is a QApplication for pictures to be the same everywhere: no
/// display, one time zone and language, one font without hinting.
void fixEnvironment(const QTemporaryDir &scratch);

/// Compares with tests/snapshots/images/NAME.png; empty when they match, else what is wrong. Then
/// NAME-actual.png, NAME-expected.png and NAME-diff.png lie in snapshots/ of the build folder.
/// With LINCHPIN_UPDATE_SNAPSHOTS=1 writes the picture instead.
QString compareWithStored(const QImage &actual, const QString &name);

} // namespace linchpin::test
