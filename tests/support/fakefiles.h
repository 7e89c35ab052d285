// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/facets.h"

#include <QHash>
#include <QStringList>

namespace linchpin::test {

/// A FileTransferFacet that remembers what it was asked; to be handed to a FakeSession.
class FakeFiles : public FileTransferFacet {
public:
    Async<void> offer(const FileOffer &file, std::shared_ptr<FileSource> source) override
    {
        offers.append(file);
        sources.insert(file.id, source);
        return refusal ? readyError<void>(*refusal) : readyOk();
    }
    Async<void> accept(const QString &id, std::shared_ptr<FileSink> sink) override
    {
        sinks.insert(id, sink);
        return refusal ? readyError<void>(*refusal) : readyOk();
    }
    void cancel(const QString &id) override
    {
        cancelled.append(id);
        sources.remove(id);
        sinks.remove(id);
    }

    std::optional<Error> refusal; ///< what offers and accepts answer

    QList<FileOffer> offers;
    QHash<QString, std::shared_ptr<FileSource>> sources;
    QHash<QString, std::shared_ptr<FileSink>> sinks;
    QStringList cancelled;
};

} // namespace linchpin::test
