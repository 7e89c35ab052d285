// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

/*
 * What keeps pidgin-sipe 1.25.0 of Debian 12 from working, mended from outside. The program is
 * linked with -rdynamic, so that the plugin finds the functions here before those of the libraries.
 */

#define _GNU_SOURCE
#include "purple_mends.h"

#include <dlfcn.h>
#include <libxml/parser.h>
#include <sys/socket.h>

/*
 * Why this function is here: pidgin-sipe 1.25.0 fills the SAX1 callbacks of a libxml2 handler but
 * sets the mark of a SAX2 one ("initialized" is XML_SAX2_MAGIC). libxml2 2.9.14 of Debian 12 then
 * calls none of them, every document comes out empty, and the contact list stays empty with it. This
 * function passes the call on with the mark taken off.
 */
int xmlSAXUserParseMemory(xmlSAXHandlerPtr sax, void *data, const char *buffer, int size)
{
    typedef int (*Parse)(xmlSAXHandlerPtr, void *, const char *, int);
    static Parse parse;
    xmlSAXHandler plain = *sax;

    if (!parse) {
        parse = (Parse)dlsym(RTLD_NEXT, "xmlSAXUserParseMemory");
    }
    plain.initialized = 1;
    return parse(&plain, data, buffer, size);
}

/*
 * Why this function is here: between the pieces of a file that it sends, pidgin-sipe 1.25.0 looks
 * whether the other side has cancelled, with a read() that must not wait. It means to switch the
 * waiting off for files that go out, but does so for those that come in; the line it got from
 * accept() waits, and pidgin-sipe stands still for good before the first byte.
 */
int accept(int listener, __SOCKADDR_ARG peer, socklen_t *restrict length)
{
    return accept4(listener, peer, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

/*
 * Why this function is here: pidgin-sipe 1.25.0 reads the bytes of an incoming file by a function of
 * its own and leaves it to libpurple to find that all have come. libpurple 2.14 of Debian 12 does so
 * only for plugins without such a function: the file would never end, in Pidgin as well as here.
 */
static void on_file_progress(PurpleXfer *xfer, double share)
{
    (void)share;
    if (purple_xfer_get_type(xfer) == PURPLE_XFER_RECEIVE && !purple_xfer_is_completed(xfer)
        && purple_xfer_get_size(xfer) > 0
        && purple_xfer_get_bytes_sent(xfer) >= purple_xfer_get_size(xfer)) {
        purple_xfer_set_completed(xfer, TRUE);
    }
}

PurpleXferUiOps mended_xfers = { .update_progress = on_file_progress };
