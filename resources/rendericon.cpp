// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// rendericon SVG SIDE PNG: draws the program's icon at one size, for desktops that take no SVG.
// A program of the build, not of the project.

#include <QCoreApplication>
#include <QImage>
#include <QPainter>
#include <QSvgRenderer>

#include <cstdio>

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() != 4) {
        std::fputs("usage: rendericon SVG SIDE PNG\n", stderr);
        return 2;
    }
    QSvgRenderer renderer(arguments.at(1));
    const int side = arguments.at(2).toInt();
    if (!renderer.isValid() || side < 8 || side > 1024) {
        std::fprintf(stderr, "rendericon: cannot draw %s\n", qPrintable(arguments.at(1)));
        return 1;
    }
    QImage image(side, side, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    renderer.render(&painter);
    painter.end();
    if (!image.save(arguments.at(3))) {
        std::fprintf(stderr, "rendericon: cannot write %s\n", qPrintable(arguments.at(3)));
        return 1;
    }
    return 0;
}
