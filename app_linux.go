//go:build linux && !headless

package main

/*
#cgo pkg-config: gtk+-3.0 webkit2gtk-4.1
#include <gtk/gtk.h>
#include <webkit2/webkit2.h>

// guard_decide lets the page stay where it is: its own files, and the frames that
// it writes itself. Whatever would lead elsewhere, or open a window, is not done.
static gboolean guard_decide(WebKitWebView *view, WebKitPolicyDecision *decision, WebKitPolicyDecisionType type, gpointer data) {
	if (type == WEBKIT_POLICY_DECISION_TYPE_RESPONSE)
		return FALSE;
	if (type == WEBKIT_POLICY_DECISION_TYPE_NAVIGATION_ACTION) {
		WebKitNavigationAction *action = webkit_navigation_policy_decision_get_navigation_action(WEBKIT_NAVIGATION_POLICY_DECISION(decision));
		const gchar *uri = webkit_uri_request_get_uri(webkit_navigation_action_get_request(action));
		if (g_str_has_prefix(uri, "wails://wails/") || g_strcmp0(uri, "about:srcdoc") == 0 || g_strcmp0(uri, "about:blank") == 0)
			return FALSE;
	}
	webkit_policy_decision_ignore(decision);
	return TRUE;
}

static void guard_find(GtkWidget *widget, gpointer found) {
	if (WEBKIT_IS_WEB_VIEW(widget)) {
		g_signal_connect(widget, "decide-policy", G_CALLBACK(guard_decide), NULL);
		*(int *)found += 1;
	} else if (GTK_IS_CONTAINER(widget)) {
		gtk_container_forall(GTK_CONTAINER(widget), guard_find, found);
	}
}

// guard_view must run on GTK's own thread. It says how many views it has found.
static int guard_view(void) {
	int found = 0;
	GList *windows = gtk_window_list_toplevels();
	for (GList *w = windows; w != NULL; w = w->next)
		guard_find(GTK_WIDGET(w->data), &found);
	g_list_free(windows);
	return found;
}

static gboolean guard_idle(gpointer data) {
	g_async_queue_push((GAsyncQueue *)data, GINT_TO_POINTER(guard_view() + 1));
	return G_SOURCE_REMOVE;
}

// guard_window asks GTK's thread, and waits for five seconds at most: -1 when it did
// not answer.
static int guard_window(void) {
	GAsyncQueue *answer = g_async_queue_new();
	g_idle_add_full(G_PRIORITY_HIGH, guard_idle, g_async_queue_ref(answer), (GDestroyNotify)g_async_queue_unref);
	int found = GPOINTER_TO_INT(g_async_queue_timeout_pop(answer, 5 * G_TIME_SPAN_SECOND)) - 1;
	g_async_queue_unref(answer);
	return found;
}
*/
import "C"

import "fmt"

// guardNavigation keeps the window on its own page, which Wails has no option for.
// It is called when GTK runs.
func guardNavigation() error {
	if n := C.guard_window(); n != 1 {
		return fmt.Errorf("%d web views were found to guard", int(n))
	}
	return nil
}
