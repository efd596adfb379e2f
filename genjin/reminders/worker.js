// The service worker of pushes: shows what arrives, opens what is tapped. It keeps no page and answers no request.
addEventListener("install", () => skipWaiting());
addEventListener("activate", event => event.waitUntil(clients.claim()));
addEventListener("push", event => {
  let told = {};
  try { told = event.data?.json() ?? {}; } catch { /* not ours */ }
  event.waitUntil(registration.showNotification(told.title ?? "Genjin", {
    body: told.body ?? "", tag: told.tag, data: { url: told.url ?? "/inbox" }, icon: "/static/favicon.svg", lang: "zh-CN",
  }));
});
addEventListener("notificationclick", event => {
  event.notification.close();
  const url = new URL(event.notification.data?.url ?? "/inbox", location.origin);
  if (url.origin !== location.origin) return;
  event.waitUntil(clients.matchAll({ type: "window" }).then(windows => {
    const open = windows.find(each => new URL(each.url).origin === location.origin);
    return open ? open.focus().then(shown => shown.navigate(url.href)) : clients.openWindow(url.href);
  }));
});
