// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

/*
 * Plays one pidgin-sipe account without a window, for the interoperability tests.
 *
 * Standard input takes commands, one a line (URIs begin with "sip:"):
 *   list | status ID [NOTE] | send URI HTML | typing URI | add URI GROUP | remove URI | block URI |
 *   unblock URI | close URI | search GIVEN-NAME | quit
 *   of conferences: menu URI WORDS (of an entry in a contact's menu) | join ADDRESS | chat-invite URI |
 *   say HTML | leave
 *   of group chat: rooms (lists them) | room URI (ma-chan://…; then say and leave)
 *   of files: send-file URI PATH | take-files FOLDER | refuse-files | cancel-files
 * Standard output gives events, one JSON object a line: signed-on, signed-off, connection-error,
 * question, notification, buddy, list-end, presence, message, typing, note, asked, found,
 * search-end, bad-command, chat-joined, chat-left, chat-message, chat-came, chat-went, chat-topic,
 * room, rooms-end, bye,
 * file (what: offered, started, done, cancelled).
 *
 * Only built and run on Debian 12, the last Debian release with pidgin-sipe (1.25.0).
 */

#include "purple_mends.h"

#include <locale.h>
#include <purple.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define UI "linchpin-interop"

static PurpleAccount *account;
static PurpleConversation *chat; /* the conference entered last */
static char *to_join; /* address for the next dialog that asks for one */
static GMainLoop *loop;
static FILE *events; /* libpurple's debug log goes to standard output: that is moved away */

/* ------------------------------------------------------------------ events */

static void append_quoted(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    for (; text && *text; ++text) {
        const unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            g_string_append_c(out, '\\');
        }
        if (c < 0x20) {
            g_string_append_printf(out, "\\u%04x", c);
        } else {
            g_string_append_c(out, (char)c);
        }
    }
    g_string_append_c(out, '"');
}

/* tell("message", "from", who, "text", text, NULL) */
static G_GNUC_NULL_TERMINATED void tell(const char *event, ...)
{
    GString *line = g_string_new("{\"event\":");
    va_list pairs;

    append_quoted(line, event);
    va_start(pairs, event);
    for (const char *key = va_arg(pairs, const char *); key; key = va_arg(pairs, const char *)) {
        g_string_append_c(line, ',');
        append_quoted(line, key);
        g_string_append_c(line, ':');
        append_quoted(line, va_arg(pairs, const char *));
    }
    va_end(pairs);
    fprintf(events, "%s}\n", line->str);
    fflush(events);
    g_string_free(line, TRUE);
}

static void tell_buddy(const char *event, PurpleBuddy *buddy)
{
    PurpleStatus *status = purple_presence_get_active_status(purple_buddy_get_presence(buddy));
    PurpleGroup *group = purple_buddy_get_group(buddy);

    tell(event, "who", purple_buddy_get_name(buddy), "alias", purple_buddy_get_alias(buddy),
        "group", group ? purple_group_get_name(group) : "", "status", purple_status_get_id(status),
        "note", purple_status_get_attr_string(status, "message"), NULL);
}

static void on_signed_on(PurpleConnection *connection)
{
    (void)connection;
    tell("signed-on", NULL);
}

static void on_signed_off(PurpleConnection *connection)
{
    (void)connection;
    tell("signed-off", NULL);
}

static void on_status(PurpleBuddy *buddy, PurpleStatus *before, PurpleStatus *now)
{
    (void)before;
    (void)now;
    tell_buddy("presence", buddy);
}

static void on_buddy(PurpleBuddy *buddy)
{
    tell_buddy("presence", buddy);
}

static void on_message(
    PurpleAccount *a, char *from, char *text, PurpleConversation *conversation, int flags)
{
    (void)a;
    (void)conversation;
    (void)flags;
    tell("message", "from", from, "text", text, NULL);
}

static void on_typing(PurpleAccount *a, const char *from)
{
    (void)a;
    tell("typing", "from", from, NULL);
}

static void on_chat_joined(PurpleConversation *conversation)
{
    chat = conversation;
    tell("chat-joined", "name", purple_conversation_get_name(conversation), "title",
        purple_conversation_get_title(conversation), NULL);
}

static void on_chat_left(PurpleConversation *conversation)
{
    if (chat == conversation) {
        chat = NULL;
    }
    tell("chat-left", "name", purple_conversation_get_name(conversation), NULL);
}

static void on_chat_message(
    PurpleAccount *a, char *from, char *text, PurpleConversation *conversation, int flags)
{
    (void)a;
    (void)conversation;
    (void)flags;
    tell("chat-message", "from", from, "text", text, NULL);
}

static void on_chat_came(
    PurpleConversation *conversation, const char *who, int flags, gboolean newly)
{
    (void)conversation;
    (void)newly;
    tell("chat-came", "who", who, "presenter", flags & PURPLE_CBFLAGS_OP ? "yes" : "no", NULL);
}

static void on_chat_went(PurpleConversation *conversation, const char *who, const char *reason)
{
    (void)conversation;
    (void)reason;
    tell("chat-went", "who", who, NULL);
}

static void on_chat_topic(PurpleConversation *conversation, const char *who, const char *topic)
{
    (void)conversation;
    (void)who;
    tell("chat-topic", "topic", topic, NULL);
}

/* ------------------------------------------------------------------- files */

static char *folder_for_files; /* NULL: they are refused */

static void tell_file(PurpleXfer *xfer, const char *what)
{
    const char *local = purple_xfer_get_local_filename(xfer);

    tell("file", "what", what, "who", xfer->who, "direction",
        purple_xfer_get_type(xfer) == PURPLE_XFER_RECEIVE ? "in" : "out", "name",
        xfer->filename ? xfer->filename : "", "path", local ? local : "", NULL);
}

/* Taken here, or not: then the question that follows is answered with "no". */
static void on_file_offered(PurpleXfer *xfer)
{
    tell_file(xfer, "offered");
    if (folder_for_files) {
        char *path = g_build_filename(folder_for_files, purple_xfer_get_filename(xfer), NULL);
        purple_xfer_request_accepted(xfer, path);
        g_free(path);
    }
}

static void on_file_started(PurpleXfer *xfer)
{
    tell_file(xfer, "started");
}

static void on_file_done(PurpleXfer *xfer)
{
    tell_file(xfer, "done");
}

static void on_file_cancelled(PurpleXfer *xfer)
{
    tell_file(xfer, "cancelled");
}

static void listen_to_everything(void)
{
    static int handle;
    void *transfers = purple_xfers_get_handle();
    void *connections = purple_connections_get_handle();
    void *list = purple_blist_get_handle();
    void *conversations = purple_conversations_get_handle();

    purple_signal_connect(connections, "signed-on", &handle, PURPLE_CALLBACK(on_signed_on), NULL);
    purple_signal_connect(connections, "signed-off", &handle, PURPLE_CALLBACK(on_signed_off), NULL);
    purple_signal_connect(list, "buddy-status-changed", &handle, PURPLE_CALLBACK(on_status), NULL);
    purple_signal_connect(list, "buddy-signed-on", &handle, PURPLE_CALLBACK(on_buddy), NULL);
    purple_signal_connect(list, "buddy-signed-off", &handle, PURPLE_CALLBACK(on_buddy), NULL);
    purple_signal_connect(
        conversations, "received-im-msg", &handle, PURPLE_CALLBACK(on_message), NULL);
    purple_signal_connect(conversations, "buddy-typing", &handle, PURPLE_CALLBACK(on_typing), NULL);
    purple_signal_connect(
        conversations, "chat-joined", &handle, PURPLE_CALLBACK(on_chat_joined), NULL);
    purple_signal_connect(conversations, "chat-left", &handle, PURPLE_CALLBACK(on_chat_left), NULL);
    purple_signal_connect(
        conversations, "received-chat-msg", &handle, PURPLE_CALLBACK(on_chat_message), NULL);
    purple_signal_connect(
        conversations, "chat-buddy-joined", &handle, PURPLE_CALLBACK(on_chat_came), NULL);
    purple_signal_connect(
        conversations, "chat-buddy-left", &handle, PURPLE_CALLBACK(on_chat_went), NULL);
    purple_signal_connect(
        conversations, "chat-topic-changed", &handle, PURPLE_CALLBACK(on_chat_topic), NULL);
    purple_signal_connect(
        transfers, "file-recv-request", &handle, PURPLE_CALLBACK(on_file_offered), NULL);
    purple_signal_connect(
        transfers, "file-recv-start", &handle, PURPLE_CALLBACK(on_file_started), NULL);
    purple_signal_connect(
        transfers, "file-send-start", &handle, PURPLE_CALLBACK(on_file_started), NULL);
    purple_signal_connect(
        transfers, "file-recv-complete", &handle, PURPLE_CALLBACK(on_file_done), NULL);
    purple_signal_connect(
        transfers, "file-send-complete", &handle, PURPLE_CALLBACK(on_file_done), NULL);
    purple_signal_connect(
        transfers, "file-recv-cancel", &handle, PURPLE_CALLBACK(on_file_cancelled), NULL);
    purple_signal_connect(
        transfers, "file-send-cancel", &handle, PURPLE_CALLBACK(on_file_cancelled), NULL);
}

/* ----------------------------------------------- what a window would show */

static void report_error(
    PurpleConnection *connection, PurpleConnectionError reason, const char *text)
{
    char number[16];

    (void)connection;
    g_snprintf(number, sizeof number, "%d", reason);
    tell("connection-error", "reason", number, "text", text, NULL);
}

/* Nobody is there to answer: the question is told, the certificate question answered with "no". */
static void *ask(const char *title, const char *primary, const char *secondary, int preset,
    PurpleAccount *a, const char *who, PurpleConversation *conversation, void *data, size_t count,
    va_list actions)
{
    (void)preset;
    (void)a;
    (void)who;
    (void)conversation;
    tell("question", "title", title, "text", primary, "more", secondary, NULL);
    for (size_t i = 0; i < count; ++i) {
        const char *label = va_arg(actions, const char *);
        PurpleRequestActionCb action = (PurpleRequestActionCb)va_arg(actions, GCallback);
        if (action && (strstr(label, "eject") || strstr(label, "ancel"))) {
            action(data, (int)i);
            break;
        }
    }
    return NULL;
}

/* "Join conference" asks for an address: it is the one that "join" gave. */
static void *ask_fields(const char *title, const char *primary, const char *secondary,
    PurpleRequestFields *fields, const char *ok_text, GCallback ok, const char *cancel_text,
    GCallback cancel, PurpleAccount *a, const char *who, PurpleConversation *conversation,
    void *data)
{
    PurpleRequestField *field = purple_request_fields_get_field(fields, "meetingLocation");

    (void)ok_text;
    (void)cancel_text;
    (void)a;
    (void)who;
    (void)conversation;
    tell("question", "title", title, "text", primary, "more", secondary, NULL);
    if (field && to_join && ok) {
        purple_request_field_string_set_value(field, to_join);
        ((PurpleRequestFieldsCb)ok)(data, fields);
    } else if (cancel) {
        ((PurpleRequestFieldsCb)cancel)(data, fields);
    }
    return NULL;
}

static void *notify(
    PurpleNotifyMsgType type, const char *title, const char *primary, const char *secondary)
{
    (void)type;
    tell("notification", "title", title, "text", primary, "more", secondary, NULL);
    return NULL;
}

static void write_line(PurpleConversation *conversation, const char *name, const char *alias,
    const char *text, PurpleMessageFlags flags, time_t when)
{
    (void)name;
    (void)alias;
    (void)when;
    if (flags & (PURPLE_MESSAGE_ERROR | PURPLE_MESSAGE_SYSTEM)) {
        tell("note", "with", purple_conversation_get_name(conversation), "text", text, NULL);
    }
}

static void asked(
    PurpleAccount *a, const char *who, const char *id, const char *alias, const char *text)
{
    (void)a;
    (void)id;
    (void)text;
    tell("asked", "who", who, "alias", alias, NULL);
}

/* The form of "Contact search...": what was asked for goes into the field of the given name. */
static gchar *searched;

static void *fill_form(const char *title, const char *primary, const char *secondary,
    PurpleRequestFields *fields, const char *ok_text, GCallback ok, const char *cancel_text,
    GCallback cancel, PurpleAccount *a, const char *who, PurpleConversation *conversation,
    void *data)
{
    (void)primary;
    (void)secondary;
    (void)ok_text;
    (void)cancel_text;
    (void)cancel;
    (void)a;
    (void)who;
    (void)conversation;
    if (!searched || !purple_request_fields_exists(fields, "given")) {
        return ask_fields(title, primary, secondary, fields, ok_text, ok, cancel_text, cancel, a,
            who, conversation, data);
    }
    purple_request_field_string_set_value(
        purple_request_fields_get_field(fields, "given"), searched);
    ((void (*)(void *, PurpleRequestFields *))ok)(data, fields);
    return NULL;
}

static void *show_found(PurpleConnection *connection, const char *title, const char *primary,
    const char *secondary, PurpleNotifySearchResults *results, gpointer data)
{
    (void)connection;
    (void)title;
    (void)data;
    for (GList *row = results->rows; row; row = row->next) {
        GString *all = g_string_new(NULL);
        for (GList *cell = row->data; cell; cell = cell->next) {
            g_string_append_printf(
                all, "%s%s", all->len ? "|" : "", cell->data ? (const char *)cell->data : "");
        }
        tell("found", "row", all->str, NULL);
        g_string_free(all, TRUE);
    }
    tell("search-end", "text", primary, "more", secondary, NULL);
    return NULL;
}

static void show_room(PurpleRoomlist *list, PurpleRoomlistRoom *room)
{
    GList *fields = purple_roomlist_room_get_fields(room); /* URI, users, ... */
    char users[16];

    (void)list;
    g_snprintf(users, sizeof users, "%d", GPOINTER_TO_INT(g_list_nth_data(fields, 1)));
    tell("room", "name", purple_roomlist_room_get_name(room), "uri", g_list_nth_data(fields, 0),
        "users", users, "description", g_list_nth_data(fields, 5), NULL);
}

static void show_progress(PurpleRoomlist *list, gboolean going_on)
{
    (void)list;
    if (!going_on) {
        tell("rooms-end", NULL);
    }
}

static PurpleRoomlistUiOps roomlist_ui = { .add_room = show_room, .in_progress = show_progress };
static PurpleConnectionUiOps connection_ui = { .report_disconnect_reason = report_error };
static PurpleRequestUiOps request_ui = { .request_action = ask, .request_fields = fill_form };
static PurpleNotifyUiOps notify_ui
    = { .notify_message = notify, .notify_searchresults = show_found };
static PurpleConversationUiOps conversation_ui = { .write_conv = write_line };
static PurpleAccountUiOps account_ui = { .request_add = asked };

/* ---------------------------------------------------------- the event loop */

typedef struct {
    PurpleInputFunction call;
    gpointer data;
} Watch;

static gboolean on_ready(GIOChannel *channel, GIOCondition condition, gpointer pointer)
{
    const Watch *watch = pointer;
    int ready = 0;

    if (condition & (G_IO_IN | G_IO_HUP | G_IO_ERR)) {
        ready |= PURPLE_INPUT_READ;
    }
    if (condition & (G_IO_OUT | G_IO_HUP | G_IO_ERR | G_IO_NVAL)) {
        ready |= PURPLE_INPUT_WRITE;
    }
    watch->call(watch->data, g_io_channel_unix_get_fd(channel), (PurpleInputCondition)ready);
    return TRUE;
}

static guint watch_descriptor(
    int descriptor, PurpleInputCondition wanted, PurpleInputFunction call, gpointer data)
{
    GIOChannel *channel = g_io_channel_unix_new(descriptor);
    Watch *watch = g_new(Watch, 1);
    int condition = G_IO_HUP | G_IO_ERR;
    guint id;

    *watch = (Watch) { call, data };
    condition |= wanted & PURPLE_INPUT_READ ? G_IO_IN : 0;
    condition |= wanted & PURPLE_INPUT_WRITE ? G_IO_OUT | G_IO_NVAL : 0;
    id = g_io_add_watch_full(
        channel, G_PRIORITY_DEFAULT, (GIOCondition)condition, on_ready, watch, g_free);
    g_io_channel_unref(channel);
    return id;
}

static PurpleEventLoopUiOps loop_ui = {
    .timeout_add = g_timeout_add,
    .timeout_remove = g_source_remove,
    .input_add = watch_descriptor,
    .input_remove = g_source_remove,
    .timeout_add_seconds = g_timeout_add_seconds,
};

/* ---------------------------------------------------------------- commands */

static PurpleConversation *conversation_with(const char *who)
{
    PurpleConversation *open
        = purple_find_conversation_with_account(PURPLE_CONV_TYPE_IM, who, account);
    return open ? open : purple_conversation_new(PURPLE_CONV_TYPE_IM, account, who);
}

static void do_list(const char *who, const char *rest)
{
    GSList *all = purple_find_buddies(account, NULL);

    (void)who;
    (void)rest;
    for (GSList *i = all; i; i = i->next) {
        tell_buddy("buddy", i->data);
    }
    g_slist_free(all);
    tell("list-end", NULL);
}

static void do_status(const char *id, const char *note)
{
    purple_account_set_status(account, id, TRUE, "message", note, NULL);
}

static void do_send(const char *who, const char *html)
{
    purple_conv_im_send(PURPLE_CONV_IM(conversation_with(who)), html);
}

static void do_typing(const char *who, const char *rest)
{
    PurpleConnection *connection = purple_account_get_connection(account);

    (void)rest;
    if (connection) {
        serv_send_typing(connection, who, PURPLE_TYPING);
    }
}

static void do_add(const char *who, const char *name)
{
    PurpleGroup *group = purple_find_group(name);
    PurpleBuddy *buddy = purple_buddy_new(account, who, NULL);

    if (!group) {
        group = purple_group_new(name);
        purple_blist_add_group(group, NULL);
    }
    purple_blist_add_buddy(buddy, NULL, group, NULL);
    purple_account_add_buddy(account, buddy);
}

static void do_remove(const char *who, const char *rest)
{
    PurpleBuddy *buddy = purple_find_buddy(account, who);

    (void)rest;
    if (buddy) {
        purple_account_remove_buddy(account, buddy, purple_buddy_get_group(buddy));
        purple_blist_remove_buddy(buddy);
    }
}

static void do_block(const char *who, const char *rest)
{
    (void)rest;
    purple_privacy_deny_add(account, who, FALSE);
}

static void do_unblock(const char *who, const char *rest)
{
    (void)rest;
    purple_privacy_deny_remove(account, who, FALSE);
}

static void do_search(const char *name, const char *rest)
{
    PurpleConnection *connection = purple_account_get_connection(account);
    PurplePlugin *protocol = connection ? purple_connection_get_prpl(connection) : NULL;
    GList *actions = protocol ? PURPLE_PLUGIN_ACTIONS(protocol, connection) : NULL;

    (void)rest;
    g_free(searched);
    searched = g_strdup(name);
    for (GList *i = actions; i; i = i->next) {
        PurplePluginAction *action = i->data;
        if (action && action->label && strstr(action->label, "search")) {
            action->plugin = protocol;
            action->context = connection;
            action->callback(action);
        }
    }
}

static void do_close(const char *who, const char *rest)
{
    (void)rest;
    purple_conversation_destroy(conversation_with(who));
}

static void do_menu(const char *who, const char *words)
{
    PurpleBuddy *buddy = purple_find_buddy(account, who);
    PurplePlugin *plugin = purple_connection_get_prpl(purple_account_get_connection(account));
    PurplePluginProtocolInfo *protocol = PURPLE_PLUGIN_PROTOCOL_INFO(plugin);
    gboolean found = FALSE;

    if (!buddy || !protocol->blist_node_menu) {
        tell("bad-command", "line", "no such contact, or no menu", NULL);
        return;
    }
    for (GList *i = protocol->blist_node_menu(PURPLE_BLIST_NODE(buddy)); i; i = i->next) {
        PurpleMenuAction *entry = i->data;
        if (!found && entry->callback && strstr(entry->label, words)) {
            found = TRUE;
            ((void (*)(PurpleBlistNode *, gpointer))entry->callback)(
                PURPLE_BLIST_NODE(buddy), entry->data);
        }
    }
    if (!found) {
        tell("bad-command", "line", words, NULL);
    }
}

static void do_join(const char *address, const char *rest)
{
    PurpleConnection *connection = purple_account_get_connection(account);
    PurplePlugin *plugin = purple_connection_get_prpl(connection);
    gboolean found = FALSE;

    (void)rest;
    g_free(to_join);
    to_join = g_strdup(address);
    for (GList *i = PURPLE_PLUGIN_ACTIONS(plugin, connection); i; i = i->next) {
        PurplePluginAction *action = i->data;
        if (!found && action && strstr(action->label, "onference")) {
            found = TRUE;
            action->plugin = plugin;
            action->context = connection;
            action->callback(action);
        }
    }
    if (!found) {
        tell("bad-command", "line", "there is no such action", NULL);
    }
}

static void do_rooms(const char *first, const char *rest)
{
    (void)first;
    (void)rest;
    if (!purple_roomlist_get_list(purple_account_get_connection(account))) {
        tell("bad-command", "line", "there is no list of rooms", NULL);
    }
}

static void do_room(const char *uri, const char *rest)
{
    GHashTable *components = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);

    (void)rest;
    g_hash_table_insert(components, "uri", g_strdup(uri));
    serv_join_chat(purple_account_get_connection(account), components);
    g_hash_table_destroy(components);
}

static void do_chat_invite(const char *who, const char *rest)
{
    (void)rest;
    if (chat) {
        serv_chat_invite(purple_account_get_connection(account),
            purple_conv_chat_get_id(PURPLE_CONV_CHAT(chat)), "", who);
    }
}

static void do_say(const char *first, const char *rest)
{
    if (chat) {
        char *html = *rest ? g_strdup_printf("%s %s", first, rest) : g_strdup(first);
        purple_conv_chat_send(PURPLE_CONV_CHAT(chat), html);
        g_free(html);
    }
}

static void do_leave(const char *who, const char *rest)
{
    (void)who;
    (void)rest;
    if (chat) {
        purple_conversation_destroy(chat);
    }
}

static void do_send_file(const char *who, const char *path)
{
    PurpleConnection *connection = purple_account_get_connection(account);

    if (connection) {
        serv_send_file(connection, who, path);
    }
}

static void do_take_files(const char *folder, const char *rest)
{
    (void)rest;
    g_free(folder_for_files);
    folder_for_files = g_strdup(folder);
}

static void do_refuse_files(const char *who, const char *rest)
{
    (void)who;
    (void)rest;
    g_free(folder_for_files);
    folder_for_files = NULL;
}

static void do_cancel_files(const char *who, const char *rest)
{
    GList *all = g_list_copy(purple_xfers_get_all());

    (void)who;
    (void)rest;
    for (GList *i = all; i; i = i->next) {
        purple_xfer_cancel_local(i->data);
    }
    g_list_free(all);
}

static void do_quit(const char *who, const char *rest)
{
    (void)who;
    (void)rest;
    g_main_loop_quit(loop);
}

static const struct {
    const char *name;
    int words; /* least number of words after the name */
    void (*run)(const char *first, const char *rest);
} commands[] = {
    { "list", 0, do_list },
    { "status", 1, do_status },
    { "send", 2, do_send },
    { "typing", 1, do_typing },
    { "add", 2, do_add },
    { "remove", 1, do_remove },
    { "block", 1, do_block },
    { "unblock", 1, do_unblock },
    { "close", 1, do_close },
    { "search", 1, do_search },
    { "menu", 2, do_menu },
    { "join", 1, do_join },
    { "rooms", 0, do_rooms },
    { "room", 1, do_room },
    { "chat-invite", 1, do_chat_invite },
    { "say", 1, do_say },
    { "leave", 0, do_leave },
    { "send-file", 2, do_send_file },
    { "take-files", 1, do_take_files },
    { "refuse-files", 0, do_refuse_files },
    { "cancel-files", 0, do_cancel_files },
    { "quit", 0, do_quit },
};

static gboolean on_command(GIOChannel *channel, GIOCondition condition, gpointer data)
{
    gchar *line = NULL;
    gchar **words;
    int count;
    gsize i;

    (void)condition;
    (void)data;
    if (g_io_channel_read_line(channel, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL) {
        g_main_loop_quit(loop);
        return FALSE;
    }
    words = g_strsplit(g_strchomp(line), " ", 3);
    count = (int)g_strv_length(words) - 1;
    for (i = 0; i < G_N_ELEMENTS(commands); ++i) {
        if (count >= commands[i].words && !strcmp(words[0], commands[i].name)) {
            commands[i].run(count > 0 ? words[1] : "", count > 1 ? words[2] : "");
            break;
        }
    }
    if (i == G_N_ELEMENTS(commands)) {
        tell("bad-command", "line", line, NULL);
    }
    g_strfreev(words);
    g_free(line);
    return TRUE;
}

/* ------------------------------------------------------------------- start */

static void trust(const char *file)
{
    PurpleCertificatePool *authorities = purple_certificate_find_pool("x509", "ca");
    PurpleCertificateScheme *scheme = purple_certificate_find_scheme("x509");
    PurpleCertificate *authority = scheme ? purple_certificate_import(scheme, file) : NULL;

    if (!authority || !authorities
        || !purple_certificate_pool_store(authorities, "interop", authority)) {
        tell("notification", "title", "the authority could not be loaded", "text", file, NULL);
    }
}

int main(int argc, char **argv)
{
    gchar *user = NULL, *password = NULL, *server = NULL, *transport = "tls", *scheme = "ntlm",
          *agent = NULL, *group_chat = NULL;
    gchar *authority = NULL, *directory = NULL, *mail = NULL, *log = "/dev/null";
    GOptionEntry options[] = {
        { "user", 0, 0, G_OPTION_ARG_STRING, &user, "address, optionally ,LOGIN", NULL },
        { "password", 0, 0, G_OPTION_ARG_STRING, &password, "password of a test account", NULL },
        { "server", 0, 0, G_OPTION_ARG_STRING, &server, "host:port", NULL },
        { "transport", 0, 0, G_OPTION_ARG_STRING, &transport, "auto, tls, tcp", NULL },
        { "auth", 0, 0, G_OPTION_ARG_STRING, &scheme, "auto, ntlm, krb5, tls-dsk", NULL },
        { "agent", 0, 0, G_OPTION_ARG_STRING, &agent, "User-Agent", NULL },
        { "ca", 0, 0, G_OPTION_ARG_STRING, &authority, "PEM file to trust", NULL },
        { "dir", 0, 0, G_OPTION_ARG_STRING, &directory, "directory of this run", NULL },
        { "mail", 0, 0, G_OPTION_ARG_STRING, &mail, "URL of Exchange Web Services", NULL },
        { "group-chat", 0, 0, G_OPTION_ARG_STRING, &group_chat, "Group Chat proxy", NULL },
        { "log", 0, 0, G_OPTION_ARG_STRING, &log, "file for libpurple's debug log", NULL },
        { NULL, 0, 0, 0, NULL, NULL, NULL },
    };
    GOptionContext *context = g_option_context_new(NULL);
    GError *error = NULL;
    GIOChannel *input;

    setlocale(LC_ALL, "");
    signal(SIGPIPE, SIG_IGN);
    g_option_context_add_main_entries(context, options, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || !user || !directory || !server) {
        fprintf(stderr, "purple_driver: %s\n",
            error ? error->message : "--user, --server and --dir are needed");
        return 2;
    }
    g_option_context_free(context);

    events = fdopen(dup(STDOUT_FILENO), "w");
    if (!events || !freopen(log, "w", stdout)) {
        fprintf(stderr, "purple_driver: %s cannot be written\n", log);
        return 2;
    }
    loop = g_main_loop_new(NULL, FALSE);
    purple_util_set_user_dir(directory);
    purple_debug_set_enabled(strcmp(log, "/dev/null") != 0);
    purple_eventloop_set_ui_ops(&loop_ui);
    purple_connections_set_ui_ops(&connection_ui);
    purple_request_set_ui_ops(&request_ui);
    purple_notify_set_ui_ops(&notify_ui);
    purple_conversations_set_ui_ops(&conversation_ui);
    purple_accounts_set_ui_ops(&account_ui);
    purple_roomlist_set_ui_ops(&roomlist_ui);
    purple_xfers_set_ui_ops(&mended_xfers);
    if (!purple_core_init(UI) || !purple_find_prpl("prpl-sipe")) {
        fprintf(stderr, "purple_driver: libpurple has no pidgin-sipe\n");
        return 2;
    }
    purple_set_blist(purple_blist_new());
    /* the routers around here are not asked to open ports */
    purple_prefs_set_bool("/purple/network/map_ports", FALSE);
    if (authority) {
        trust(authority);
    }
    listen_to_everything();

    account = purple_account_new(user, "prpl-sipe");
    purple_account_set_password(account, password);
    purple_account_set_string(account, "server", server);
    purple_account_set_string(account, "transport", transport);
    purple_account_set_string(account, "authentication", scheme);
    if (agent) {
        purple_account_set_string(account, "useragent", agent);
    }
    if (mail) {
        purple_account_set_string(account, "email_url", mail);
    }
    if (group_chat) {
        purple_account_set_string(account, "groupchat_user", group_chat);
    }
    /* no calendar where there is no Exchange */
    purple_account_set_bool(account, "dont-publish", mail == NULL);
    purple_accounts_add(account);
    purple_account_set_enabled(account, UI, TRUE);

    input = g_io_channel_unix_new(STDIN_FILENO);
    g_io_channel_set_encoding(input, NULL, NULL);
    g_io_add_watch(input, G_IO_IN | G_IO_HUP, on_command, NULL);
    g_main_loop_run(loop);
    purple_core_quit();
    tell("bye", NULL);
    return 0;
}
