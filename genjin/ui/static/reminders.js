// This browser's pushes: what state they are in, switched on and off. The texts stand in the page.
const { $, $$, csrf, toast, words } = globalThis.genjin;
const box = $("[data-push]");

async function send(address, fields) {
  const answer = await fetch(address, { method: "POST", headers: { "X-CSRFToken": csrf(), "HX-Request": "true" }, body: new URLSearchParams(fields) }).catch(() => null);
  const place = answer?.headers.get("HX-Redirect");
  if (place) return void (location.href = place);
  const told = JSON.parse(answer?.headers.get("HX-Trigger") ?? "{}").toast;
  toast(told ?? { text: answer ? words.failed : words.unsaved, tone: "bad" });
}
const show = state => $$("[data-push-state]", box).forEach(part => { part.hidden = part.dataset.pushState !== state; });
const bytes = text => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), sign => sign.charCodeAt(0));
const based = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const able = isSecureContext && "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis;

async function look() {
  if (!able) return show("unable");
  if (Notification.permission === "denied") return show("denied");
  const worker = await navigator.serviceWorker.getRegistration("/");
  show(await worker?.pushManager.getSubscription() ? "on" : "off");
}
async function start() {
  if (await Notification.requestPermission() !== "granted") return look();
  try {
    await navigator.serviceWorker.register("/push.js", { updateViaCache: "none" });
    const worker = await navigator.serviceWorker.ready;
    await (await worker.pushManager.getSubscription())?.unsubscribe(); // it may be bound to an earlier key
    const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(box.dataset.push) });
    await send(box.dataset.address, { endpoint: made.endpoint, public_key: based(made.getKey("p256dh")), secret: based(made.getKey("auth")) });
  } catch { toast({ text: box.dataset.failed, tone: "bad" }); }
}
async function stop() {
  const worker = await navigator.serviceWorker.getRegistration("/");
  await (await worker?.pushManager.getSubscription())?.unsubscribe();
  look();
}
if (box) {
  look();
  $("[data-push-start]", box).addEventListener("click", start);
  $("[data-push-stop]", box).addEventListener("click", stop);
}
