// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

/*
 * Made data/purple and data/locales: a profile written by libpurple itself. Not part of the build.
 * On Debian 12: gcc makepurple.c $(pkg-config --cflags --libs purple), then
 * TZ=Europe/Warsaw LC_ALL=pl_PL.UTF-8 ./a.out FOLDER
 */

#include <locale.h>
#include <purple.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
typedef struct {
    PurpleInputFunction f;
    gpointer d;
    guint r;
} C;
static gboolean cb(GIOChannel *c, GIOCondition k, gpointer d)
{
    return FALSE;
}
static guint inadd(gint fd, PurpleInputCondition c, PurpleInputFunction f, gpointer d)
{
    return 1;
}
static PurpleEventLoopUiOps ops = { g_timeout_add, g_source_remove, inadd, g_source_remove, NULL,
    g_timeout_add_seconds, NULL, NULL, NULL };
static void wr(PurpleLog *l, int t, const char *f, time_t w, const char *m)
{
    purple_log_write(l, t, f, w, m);
}
static void one(PurpleAccount *a, PurpleLogType ty, const char *name, time_t at, const char *fmt)
{
    purple_prefs_set_string("/purple/logging/format", fmt);
    struct tm tm = *localtime(&at);
    PurpleLog *l = purple_log_new(ty, name, a, NULL, at, &tm);
    if (ty == PURPLE_LOG_SYSTEM) {
        wr(l, PURPLE_MESSAGE_SYSTEM, "x", at, "+++ alice signed on");
        wr(l, PURPLE_MESSAGE_SYSTEM, "x", at + 60, "bob is now away.");
        purple_log_free(l);
        return;
    }
    wr(l, PURPLE_MESSAGE_SEND, "alice", at, "Zażółć gęślą jaźń");
    wr(l, PURPLE_MESSAGE_RECV, "Bob (work)", at + 5,
        "<b>こんにちは世界</b> <a href=\"http://example.test/?a=1&amp;b=2\">link</a>");
    wr(l, PURPLE_MESSAGE_RECV, "Bob (work)", at + 10, "two<br>lines &lt;tag&gt; &amp; more");
    wr(l, PURPLE_MESSAGE_RECV, "Bob (work)", at + 11, "raw\nnewline");
    wr(l, PURPLE_MESSAGE_SEND, "alice", at + 12, "/me waves 👩‍👩‍👧‍👦🦄𝄞");
    wr(l, PURPLE_MESSAGE_RECV, "Bob (work)", at + 13, "/me dances");
    wr(l, PURPLE_MESSAGE_SYSTEM, "", at + 14, "Bob is now <i>away</i>.");
    wr(l, PURPLE_MESSAGE_RECV | PURPLE_MESSAGE_AUTO_RESP, "Bob (work)", at + 15,
        "I am away: مرحبا بالعالم");
    wr(l, PURPLE_MESSAGE_SEND | PURPLE_MESSAGE_AUTO_RESP, "alice", at + 16, "auto out");
    wr(l, PURPLE_MESSAGE_ERROR, "", at + 17, "Unable to send message: too large");
    wr(l, PURPLE_MESSAGE_RECV | PURPLE_MESSAGE_WHISPER, "Bob (work)", at + 18, "psst");
    wr(l, PURPLE_MESSAGE_RAW, "", at + 19, "raw line");
    wr(l, PURPLE_MESSAGE_RECV, "Bob: x", at + 20, "colon in name: yes");
    wr(l, PURPLE_MESSAGE_RECV, "Bob (work)", at + 30000, "after midnight");
    wr(l, PURPLE_MESSAGE_RECV | PURPLE_MESSAGE_DELAYED, "Bob (work)", at - 86400 * 3,
        "delayed from before");
    purple_log_free(l);
}
int main(int c, char **v)
{
    setlocale(LC_ALL, "");
    purple_util_set_user_dir(v[1]);
    purple_debug_set_enabled(FALSE);
    purple_eventloop_set_ui_ops(&ops);
    static PurpleBlistUiOps bops;
    purple_blist_set_ui_ops(&bops);
    if (!purple_core_init("linchpin-import")) {
        return 1;
    }
    purple_set_blist(purple_blist_new());
    purple_blist_load();
    purple_prefs_set_bool("/purple/logging/log_ims", TRUE);
    PurpleAccount *a = purple_account_new("alice@alpha.test/Home", "prpl-jabber");
    purple_accounts_add(a);
    PurpleAccount *i = purple_account_new("alice@irc.example.test", "prpl-irc");
    purple_accounts_add(i);
    PurpleAccount *s = purple_account_new("alice@litwareinc.test,LITWARE\\alice", "prpl-sipe");
    purple_accounts_add(s);
    purple_account_set_password(a, "s3cret");
    purple_account_set_remember_password(a, TRUE);
    purple_account_set_string(s, "server", "sip.litwareinc.test:443");
    purple_account_set_string(s, "transport", "tls");
    purple_account_set_string(s, "authentication", "krb5");
    purple_account_set_bool(s, "sso", TRUE);
    purple_account_set_string(s, "useragent", "UCCAPI/4.0");
    PurpleProxyInfo *pi = purple_proxy_info_new();
    purple_proxy_info_set_type(pi, PURPLE_PROXY_SOCKS5);
    purple_proxy_info_set_host(pi, "proxy.test");
    purple_proxy_info_set_port(pi, 1080);
    purple_proxy_info_set_username(pi, "u");
    purple_proxy_info_set_password(pi, "pp");
    purple_account_set_proxy_info(s, pi);
    purple_account_set_enabled(a, "gtk-gaim", TRUE);
    PurpleGroup *g = purple_group_new("Współpracownicy");
    purple_blist_add_group(g, NULL);
    PurpleContact *k = purple_contact_new();
    purple_blist_add_contact(k, g, NULL);
    purple_contact_set_alias(k, "Robert");
    PurpleBuddy *b = purple_buddy_new(a, "bob@alpha.test", "Bob (work)");
    purple_blist_add_buddy(b, k, g, NULL);
    b = purple_buddy_new(s, "sip:bob@litwareinc.test", "Bob L");
    purple_blist_add_buddy(b, k, g, NULL);
    b = purple_buddy_new(i, "carol", NULL);
    purple_blist_add_buddy(b, NULL, g, NULL);
    GHashTable *h = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_hash_table_insert(h, g_strdup("channel"), g_strdup("#linchpin"));
    g_hash_table_insert(h, g_strdup("password"), g_strdup("key"));
    PurpleChat *ch = purple_chat_new(i, NULL, h);
    purple_blist_add_chat(ch, g, NULL);
    purple_blist_node_set_bool((PurpleBlistNode *)ch, "gtk-autojoin", TRUE);
    purple_privacy_deny_add(a, "spam@alpha.test", TRUE);
    PurpleSavedStatus *ss = purple_savedstatus_new("Lunch", PURPLE_STATUS_AWAY);
    purple_savedstatus_set_message(ss, "back at <b>one</b>");
    ss = purple_savedstatus_new("Busy", PURPLE_STATUS_UNAVAILABLE);
    time_t at = 1331057590; /* 2012-03-06 18:13:10 UTC */
    one(a, PURPLE_LOG_IM, "bob@alpha.test", at, "html");
    one(a, PURPLE_LOG_IM, "bob@alpha.test", at + 200000, "txt");
    one(i, PURPLE_LOG_CHAT, "#linchpin", at, "html");
    one(i, PURPLE_LOG_IM, "carol", at, "txt");
    one(s, PURPLE_LOG_IM, "sip:bob@litwareinc.test", at, "html");
    one(a, PURPLE_LOG_SYSTEM, "alice@alpha.test", at, "html");
    {
        GMainLoop *l = g_main_loop_new(NULL, FALSE);
        g_timeout_add(7000, (GSourceFunc)g_main_loop_quit, l);
        g_main_loop_run(l);
    }
    purple_core_quit();
    return 0;
}
