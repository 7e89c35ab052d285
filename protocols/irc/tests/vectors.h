// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

/// The tests of one file of protocols/irc/tests/vectors.
inline QJsonArray vectorsFrom(const QString &name)
{
    QFile file(
        QStringLiteral(LINCHPIN_SOURCE_DIR "/protocols/irc/tests/vectors/%1.json").arg(name));
    if (!file.open(QIODevice::ReadOnly)) {
        qFatal("no vectors at %s", qPrintable(file.fileName()));
    }
    return QJsonDocument::fromJson(file.readAll()).object().value(QLatin1String("tests")).toArray();
}
