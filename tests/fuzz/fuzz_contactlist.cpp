// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// A session's worth of roaming contact documents, one after the other, parted by form feeds: what
// the list says and what it tells of changes must be the same thing.

#include "protocols/sip/contacts/contactlist.h"
#include "tests/fuzz/fuzzcheck.h"

#include <cstddef>
#include <cstdint>

using namespace linchpin::sip;
using linchpin::fuzz::check;
using linchpin::fuzz::tried;

namespace {

/// What somebody knows who hears of differences alone.
struct Listener {
    QMap<QString, ContactEntry> contacts;

    void hear(const ContactList::Difference &difference)
    {
        for (const QString &address : difference.removed) {
            check(contacts.remove(address) == 1, "somebody unknown was removed");
        }
        for (const ContactEntry &entry : difference.changed) {
            contacts.insert(entry.address, entry);
        }
    }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    const QByteArrayList documents = bytes.split('\f');
    ContactList list;
    Listener listener;
    for (const QByteArray &text : documents) {
        const auto document = parseContactDocument(text);
        if (!document) {
            list.noteAcceptedEdit();
            continue;
        }
        if (const auto *whole = std::get_if<ContactListDocument>(&*document)) {
            listener.hear(list.apply(*whole));
            check(list.deltaNumber() == whole->deltaNumber, "the number of the list");
        } else {
            const auto &delta = std::get<ContactDeltaDocument>(*document);
            if (const auto difference = list.apply(delta)) {
                listener.hear(*difference);
                check(list.deltaNumber() == delta.deltaNumber, "the number of the delta");
                const auto again = list.apply(delta);
                check(again && *again == ContactList::Difference(), "a repeated delta");
            }
        }
        check(list.contacts() == listener.contacts, "differences do not add up");
        for (const ContactEntry &entry : list.contacts()) {
            check(!list.groupNames(entry).isEmpty(), "somebody in no group");
        }
        check(list.editNumber() >= list.deltaNumber(), "edits are numbered on");
        tried(list.rootGroupId());
    }
    return 0;
}
