// The page around the page: look, toasts, popovers, dialogs, failures, times, keys. Lists and forms are in work.js.
// Strict CSP: no eval, no inline handlers, no style attributes in HTML (writes through CSSOM are allowed).
const root = document.documentElement, body = document.body;
const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const words = JSON.parse($("#words").content.textContent);
const mac = /Mac|iPhone|iPad/.test(navigator.platform);

// ---- what other scripts use -------------------------------------------------------------------------------------
const cookie = (name, value) => { document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=lax`; };
const csrf = () => JSON.parse(body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
const say = text => { const said = $("#said"); said.textContent = ""; setTimeout(() => { said.textContent = text; }, 60); };
const icon = (name, classes = "") => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), use = document.createElementNS(svg.namespaceURI, "use");
  const sprite = $("svg.i use")?.getAttribute("href").split("#")[0] ?? "/static/sprite.svg";
  svg.setAttribute("class", `i ${classes}`.trim()); svg.setAttribute("aria-hidden", "true"); use.setAttribute("href", `${sprite}#i-${name}`);
  svg.append(use); return svg;
};
const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties); element.append(...children); return element;
};
const kept = { // localStorage may be closed; keys belong to one member
  key: name => `${name}:${body.dataset.member ?? ""}`,
  get(name) { try { return JSON.parse(localStorage.getItem(this.key(name))); } catch { return null; } },
  set(name, value) { try { localStorage.setItem(this.key(name), JSON.stringify(value)); } catch { /* full or closed */ } },
  drop(name) { try { localStorage.removeItem(this.key(name)); } catch { /* closed */ } },
};

// ---- theme and density ------------------------------------------------------------------------------------------
const dark = matchMedia("(prefers-color-scheme: dark)");
if (!root.dataset.theme) root.dataset.theme = dark.matches ? "dark" : "light";
function toggleTheme() { root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark"; cookie("theme", root.dataset.theme); }
function setDensity(button) {
  root.dataset.density = button.dataset.densitySet; cookie("density", button.dataset.densitySet);
  for (const other of button.parentElement.children) other.setAttribute("aria-pressed", other === button);
}

// ---- toasts: bottom right, 6 s (10 s with undo), pause on hover and focus, at most 3; errors stay -----------------
function toast({ text, tone = "ok", undo = "", label = "", link = "", note = "", retry = null }) {
  const host = $("#toasts"), bad = tone === "bad";
  const box = make("div", { className: "toast rise" }, icon(bad ? "circle-x" : "circle-check", tone), make("span", { className: "f1" }, text));
  if (bad) box.setAttribute("role", "alert"); else say(text);
  if (note) box.firstElementChild.nextSibling.append(make("div", { className: "sub num" }, note));
  const gone = () => { clearTimeout(timer); box.remove(); };
  if (retry) box.append(make("button", { type: "button", onclick: () => { gone(); retry(); } }, words.retry));
  if (undo) {
    const button = make("button", { type: "button", onclick: () => { gone(); post(undo); } }, label || words.undo);
    button.dataset.undo = ""; button.setAttribute("aria-keyshortcuts", mac ? "Meta+Z" : "Control+Z"); button.title = mac ? "⌘Z" : "Ctrl Z"; box.append(button);
  }
  if (link) box.append(make("button", { type: "button", onclick: () => { location.href = link; } }, label));
  const close = make("button", { type: "button", className: "x", onclick: gone }, icon("x", "s"));
  close.setAttribute("aria-label", words.close); box.append(close);
  let timer;
  const start = () => { clearTimeout(timer); if (!bad && !box.matches(":hover,:focus-within")) timer = setTimeout(gone, undo ? 10000 : 6000); };
  box.addEventListener("pointerenter", () => clearTimeout(timer)); box.addEventListener("pointerleave", start);
  box.addEventListener("focusin", () => clearTimeout(timer)); box.addEventListener("focusout", () => setTimeout(start));
  host.append(box); $$(".toast", host).slice(0, -3).forEach(old => old.remove()); start();
  return gone;
}
async function post(address) { // an undo: lists and records draw themselves afresh, other pages are loaded again
  const answer = await fetch(address, { method: "POST", headers: { "X-CSRFToken": csrf(), "HX-Request": "true" } }).catch(() => null);
  const told = JSON.parse(answer?.headers.get("HX-Trigger") ?? "{}"), to = answer?.headers.get("HX-Redirect");
  if (answer?.ok && to) { leaving = true; location.href = to; return; }
  if (answer?.ok && !$("#list,#record")) { leaving = true; return location.reload(); }
  for (const [name, detail] of Object.entries(told)) body.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  if (!answer?.ok && !told.toast) toast({ text: answer ? words.failed : words.unsaved, tone: "bad" });
}
document.addEventListener("toast", event => toast(event.detail));
const flash = document.cookie.match(/(?:^|; )flash=([^;]+)/);
if (flash) {
  document.cookie = "flash=; path=/; max-age=0";
  try { toast(JSON.parse(decodeURIComponent(flash[1]))); } catch { /* not ours */ }
}

// ---- popovers: placed under their button; a fallback where the browser has none ------------------------------------
let opener = null;
function place(pop) {
  const button = opener?.getAttribute("popovertarget") === pop.id ? opener : $(`[popovertarget="${pop.id}"]`);
  if (!button) return;
  const b = button.getBoundingClientRect(), w = pop.offsetWidth, h = pop.offsetHeight;
  const below = b.bottom + 4 + h <= innerHeight - 8, left = b.left + w <= innerWidth - 8 ? b.left : b.right - w;
  pop.style.position = "fixed";
  pop.style.top = `${Math.max(8, below ? b.bottom + 4 : Math.max(b.top - h - 4, innerHeight - h - 8))}px`;
  pop.style.left = `${Math.max(8, Math.min(left, innerWidth - w - 8))}px`;
}
document.addEventListener("toggle", event => {
  const pop = event.target;
  if (!pop.matches?.("[popover]")) return;
  const open = event.newState === "open";
  for (const button of $$(`[popovertarget="${pop.id}"]`)) button.setAttribute("aria-expanded", open);
  if (!open) return pop.removeAttribute("style"); // a style that a swap copies is refused by the policy
  if ("gather" in pop.dataset && !pop.childElementCount) gather(pop);
  place(pop);
  if (pop.getAttribute("role") === "menu") $("a,button:not([aria-disabled=true])", pop)?.focus();
  else $("input:not([type=hidden]),select,button", pop)?.focus({ preventScroll: true });
}, true);
document.addEventListener("htmx:before:swap", event => { // a fresh element would take the old one's style, which the policy refuses
  const targets = event.detail.tasks.map(task => typeof task.target === "string" ? $(task.target) : task.target);
  for (const old of $$("[id][style]")) if (targets.some(target => target?.contains?.(old))) old.removeAttribute("style");
});
function gather(pop) { // the phone's menu holds what the sidebar and the member's menu hold
  const nav = $(".side .nav").cloneNode(true);
  pop.append(nav, make("hr"), ...[...$("#org-menu").children].map(child => child.cloneNode(true)));
}
const native = "popover" in HTMLElement.prototype;
root.classList.toggle("no-popover", !native);
function fallbackPopover(target) {
  const button = target.closest("[popovertarget]"), inside = target.closest("[popover]");
  for (const pop of $$("[popover].is-open")) if (pop !== inside && pop.id !== button?.getAttribute("popovertarget")) pop.classList.remove("is-open");
  if (button) { const pop = document.getElementById(button.getAttribute("popovertarget")); if (pop?.classList.toggle("is-open")) place(pop); }
}
const hidePopovers = () => $$("[popover]").forEach(pop => { if (native) { if (pop.matches(":popover-open")) pop.hidePopover(); } else pop.classList.remove("is-open"); });
document.addEventListener("keydown", event => {
  const menu = event.target.closest?.("[role=menu],[popover] .nav");
  if (!menu || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
  const items = $$("a[href],button:not([aria-disabled=true])", menu), at = items.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  items.at(next % items.length)?.focus(); event.preventDefault();
});

// ---- dialogs: hx-get into #dialog opens it; answers close it; questions ask before what cannot be undone -----------
const dialog = $("#dialog");
let before = null;
function openDialog(address) { before = document.activeElement; htmx.ajax("GET", address, { target: "#dialog", swap: "innerHTML" }); }
function showDialog() {
  if (!dialog.firstElementChild) return;
  if (!dialog.open) { before ??= document.activeElement; hidePopovers(); dialog.showModal(); }
  labelKeys(dialog); $$("[data-keys-switch]", dialog).forEach(box => { box.checked = !keysOff(); });
  const first = $("[aria-invalid=true]", dialog) ?? $("[autofocus]", dialog) ?? $(".db input:not([type=hidden]):not([disabled]),.db select,.db textarea", dialog);
  first?.focus();
}
function closeDialog() { dialog.close(); }
dialog.addEventListener("close", () => { dialog.replaceChildren(); untick(); before?.isConnected && before.focus(); before = null; });
dialog.addEventListener("cancel", event => { if (dirty(dialog)) { event.preventDefault(); leave(); } });
const dirty = within => $$("form[data-guard]", within).some(form => form.dataset.changed && !form.dataset.draft);
async function leave() { if (!dirty(dialog) || await ask(words.leave, words.confirm)) closeDialog(); }
document.addEventListener("dialog:done", event => {
  if (dialog.open) { $$("form", dialog).forEach(form => delete form.dataset.changed); closeDialog(); }
  if (event.detail?.changed) event.detail.changed.split(" ").forEach(name => body.dispatchEvent(new CustomEvent(name, { bubbles: true })));
});
document.addEventListener("submit", event => { if (event.target.matches("#dialog [data-download]")) setTimeout(closeDialog); }); // the answer is a file
function ask(text, verb = words.confirm, danger = true) {
  return new Promise(answer => {
    const done = yes => { box.close(); box.remove(); answer(yes); };
    const no = make("button", { type: "button", className: "btn", onclick: () => done(false) }, words.cancel);
    const yes = make("button", { type: "button", className: `btn ${danger ? "danger" : "pri"}`, onclick: () => done(true) }, verb);
    const box = make("dialog", { className: "dlg" }, make("div", { className: "dform" },
      make("div", { className: "db" }, make("h3", { className: "mt12" }, text)), make("footer", { className: "df" }, make("span", { className: "sp" }), no, yes)));
    box.setAttribute("aria-label", text); box.addEventListener("cancel", event => { event.preventDefault(); done(false); });
    body.append(box); box.showModal(); no.focus();
  });
}
document.addEventListener("htmx:confirm", async event => {
  event.preventDefault();
  const { sourceElement, confirm } = event.detail.ctx;
  (await ask(confirm, sourceElement.dataset.verb ?? words.confirm, sourceElement.dataset.danger !== "no")) ? event.detail.issueRequest() : event.detail.dropRequest();
});

// ---- htmx: what failed is said, can be retried, and never lands in the page -----------------------------------------
function retryOf(ctx) { return ctx.sourceElement?.isConnected ? () => htmx.trigger(ctx.sourceElement, ctx.sourceEvent?.type ?? "click") : null; }
function untick() { $$("input.rnd").forEach(box => { box.checked = box.defaultChecked; }); } // done is what the server has said
function unreached({ request, sourceElement: from }) { // what became of it, plainly: only drafts are kept here
  if (request?.method === "GET") return words.unread;
  return from?.matches("input.rnd") ? words.undone : from?.closest("form[data-draft]") ? words.offline : words.unsaved;
}
document.addEventListener("htmx:response:error", event => {
  const { ctx } = event.detail, { status, headers } = ctx.response;
  untick();
  if (status === 401) { leaving = true; toast({ text: words.signedOut, tone: "bad" }); }
  if ([409, 422, 429].includes(status)) return;
  ctx.swap = "none"; ctx.hx.reswap = undefined;
  if (status === 401 || ctx.hx.trigger) return;
  const number = headers.get("X-Request-Id");
  toast({ text: words.failed, tone: "bad", note: number ? `${words.number} ${number}` : "", retry: retryOf(ctx) });
});
document.addEventListener("htmx:error", event => {
  const { ctx } = event.detail;
  untick();
  const told = ctx?.request?.method !== "GET" && ctx?.sourceElement?.closest("form[data-compose]"); // says so itself
  if (ctx && !told) toast({ text: unreached(ctx), tone: "bad", retry: retryOf(ctx) });
});
document.addEventListener("htmx:before:request", event => {
  const { ctx } = event.detail, from = ctx.sourceElement; // what asks beside what is typed, as a preview, holds no press
  const form = from.matches("form,button,a,input,select,textarea") ? from.closest("form") : null;
  const button = ctx.request.submitter ?? (ctx.request.method !== "GET" && form ? $("[type=submit]", form) : null);
  if (button?.matches("button")) { button.disabled = true; button.setAttribute("aria-busy", "true"); ctx.busyButton = button; }
});
document.addEventListener("htmx:finally:request", event => {
  const button = event.detail.ctx.busyButton;
  if (button) { button.disabled = false; button.removeAttribute("aria-busy"); }
});
document.addEventListener("htmx:after:swap", event => {
  const { ctx } = event.detail;
  if (ctx?.target?.closest?.("[data-quiet]")) return; // a part that changes beside what is being typed
  if (ctx?.target === dialog || dialog.contains(ctx?.target) || (dialog.open && dialog.firstElementChild)) showDialog();
  else $("[aria-invalid=true]", ctx?.target ?? document)?.focus();
  const pop = ctx?.target?.closest?.("[popover]");
  if (pop && (native ? pop.matches(":popover-open") : pop.classList.contains("is-open"))) place(pop);
  times();
});
document.addEventListener("submit", event => { if (event.target.matches("form[action='/sign-out']")) globalThis.indexedDB?.deleteDatabase("genjin-drafts"); }); // attachments of drafts
document.addEventListener("submit", event => { // plain forms: no second send
  const form = event.target, button = event.submitter ?? $("[type=submit]", form);
  if (form.matches("[hx-post],[hx-get],[hx-put],[hx-delete],[hx-patch]")) return;
  leaving = true;
  if (form.dataset.sent) return event.preventDefault();
  if (form.method === "post") { form.dataset.sent = "1"; button?.setAttribute("aria-busy", "true"); }
});
addEventListener("pageshow", () => { leaving = false; $$("form[data-sent]").forEach(form => { delete form.dataset.sent; $("[aria-busy]", form)?.removeAttribute("aria-busy"); }); });
let leaving = false;
addEventListener("beforeunload", event => { if (!leaving && dirty(document)) event.preventDefault(); });

// ---- times left: the server's clock is the truth ---------------------------------------------------------------------
const skew = Number(body.dataset.stamp) - Date.now();
function left(seconds) {
  if (seconds <= 0) return words.expired;
  const minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60);
  if (hours >= 48) return words.days.replace("{n}", Math.floor(hours / 24));
  if (hours) return words.hours.replace("{h}", hours).replace("{m}", minutes % 60);
  return minutes ? words.minutes.replace("{m}", minutes) : words.seconds.replace("{s}", Math.floor(seconds));
}
let ticking = 0;
function times() {
  clearTimeout(ticking);
  const all = $$("[data-until]");
  if (!all.length) return;
  let soonest = Infinity;
  for (const time of all) {
    const seconds = (Date.parse(time.dataset.until) - Date.now() - skew) / 1000;
    const clock = "clock" in time.dataset && seconds > 0 && seconds < 3600; // minutes and seconds, where a short time runs out
    time.textContent = clock ? `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(Math.floor(seconds % 60)).padStart(2, "0")}` : left(seconds);
    time.classList.toggle("bad-t", seconds < (clock ? 300 : 600)); soonest = Math.min(soonest, clock ? 0 : seconds);
  }
  ticking = setTimeout(times, soonest < 60 ? 1000 : 20000);
}
times();

// ---- keys: single letters act on [data-key]; off while typing, composing, in dialogs, or when switched off -----------
const keysOff = () => kept.get("keys") === "off";
const typing = target => target.closest?.("input:not([type=checkbox]):not([type=radio]),textarea,select,[contenteditable]");
document.addEventListener("keydown", event => {
  if (event.isComposing || event.keyCode === 229) return;
  if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") { event.preventDefault(); return palette(""); }
  if ((event.metaKey || event.ctrlKey) && !event.shiftKey && event.key.toLowerCase() === "z" && !typing(event.target)) { const undo = $$("#toasts [data-undo]").at(-1); if (undo) { event.preventDefault(); undo.click(); } return; }
  if ((event.metaKey || event.ctrlKey) && event.key === "Enter") { const form = event.target.closest("form"); if (form) { event.preventDefault(); form.requestSubmit($("[type=submit]", form)); } return; }
  if (event.metaKey || event.ctrlKey || event.altKey || typing(event.target) || keysOff() || $("dialog[open]")) return;
  if (event.key === "?") return help();
  const target = $$(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`).find(element => element.offsetParent && !element.closest("[popover]")) ?? $(`#quick-menu [data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (target) { event.preventDefault(); target.click(); }
});
// What is typed until the palette stands goes into it, not to the page.
async function palette(start) {
  hidePopovers();
  let typed = "", entered = false;
  const early = event => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") entered = true; else if (event.key === "Backspace") typed = typed.slice(0, -1); else if (event.key.length === 1) typed += event.key; else return;
    event.preventDefault(); event.stopImmediatePropagation();
  };
  addEventListener("keydown", early, true);
  const { open } = await import(body.dataset.paletteScript).finally(() => removeEventListener("keydown", early, true));
  open(start + typed, entered);
}
const help = () => openDialog("/keys");
const labelKeys = within => { if (mac) $$("[data-mac]", within).forEach(key => { key.textContent = key.dataset.mac; }); };
labelKeys(document);

// ---- one listener for small buttons -----------------------------------------------------------------------------------
document.addEventListener("click", event => {
  const target = event.target;
  opener = target.closest?.("[popovertarget]") ?? opener;
  if (!native) fallbackPopover(target);
  const button = target.closest?.("button,a,[data-palette]");
  if (!button) return;
  if (button.getAttribute("aria-disabled") === "true") { event.preventDefault(); event.stopImmediatePropagation(); return; }
  if (button.matches("[data-theme-toggle]")) toggleTheme();
  if (button.dataset.densitySet) setDensity(button);
  if (button.matches("[data-palette]")) palette(button.dataset.palette);
  if (button.matches("[data-help]")) { hidePopovers(); help(); }
  if (button.matches("[data-close]")) dialog.contains(button) ? leave() : history.back();
  if (button.matches("[data-back]")) history.length > 1 ? history.back() : (location.href = "/");
  if (button.matches("[data-reload]")) location.reload();
  if (button.dataset.reveal) { const field = document.getElementById(button.dataset.reveal), shown = field.type === "text"; field.type = shown ? "password" : "text"; button.setAttribute("aria-pressed", !shown); }
  if (button.closest("[popover]") && button.matches(".mi:not([data-stay])")) hidePopovers();
}, true);
document.addEventListener("change", event => {
  if (event.target.matches("[data-keys-switch]")) { if (event.target.checked) kept.drop("keys"); else kept.set("keys", "off"); }
  if (event.target.matches("[data-drop] input")) $("[data-names]", event.target.parentElement).textContent = [...event.target.files].map(file => file.name).join("、");
});
for (const kind of ["dragover", "dragleave", "drop"]) document.addEventListener(kind, event => {
  const zone = event.target.closest?.("[data-drop]");
  if (!zone) return;
  event.preventDefault(); zone.classList.toggle("over", kind === "dragover");
  if (kind === "drop") { const field = $("input", zone); field.files = event.dataTransfer.files; field.dispatchEvent(new Event("change", { bubbles: true })); }
});

// ---- a masked value in full, asked for by its button: for a while, or until one leaves --------------------------------
const unmasked = new Map();
function mask(shown) {
  const { eye, timer } = unmasked.get(shown) ?? {};
  clearTimeout(timer); unmasked.delete(shown);
  if (eye && shown.isConnected) { const focused = shown.contains(document.activeElement); shown.replaceWith(eye); if (focused) eye.focus(); }
}
async function unmask(eye) {
  if (eye.disabled) return;
  const at = eye.dataset.eyeAt || new URL(eye.closest("tr").querySelector(".name a").href).pathname, address = `${at}/reveal/${eye.dataset.eye}`;
  eye.disabled = true;
  const answer = await fetch(address, { method: "POST", cache: "no-store", headers: { "X-CSRFToken": csrf(), "HX-Request": "true" } }).catch(() => null);
  eye.disabled = false;
  if (answer?.status === 422) return openDialog(address); // why is to be said first
  if (answer?.headers.get("HX-Redirect")) { location.href = answer.headers.get("HX-Redirect"); return; }
  if (!answer?.ok) { toast(JSON.parse(answer?.headers.get("HX-Trigger") ?? "{}").toast ?? { text: answer ? words.failed : words.unread, tone: "bad" }); return; }
  const shown = Object.assign(document.createElement("span"), { className: "unmask" });
  shown.innerHTML = await answer.text(); shown.tabIndex = -1;
  eye.replaceWith(shown); shown.focus({ preventScroll: true }); say(shown.textContent.trim());
  unmasked.set(shown, { eye, timer: setTimeout(mask, 1000 * $("[data-seconds]", shown).dataset.seconds, shown) });
}
const maskAll = () => [...unmasked.keys()].forEach(mask);
document.addEventListener("click", event => {
  const eye = event.target.closest?.("[data-eye]");
  if (!eye) return;
  event.preventDefault(); event.stopImmediatePropagation(); unmask(eye);
}, true);
addEventListener("pagehide", maskAll);
document.addEventListener("visibilitychange", () => { if (document.hidden) { maskAll(); if ($("[data-seconds]", dialog)) dialog.close(); } });
document.addEventListener("htmx:after:swap", () => {
  const answer = $("[data-seconds]", dialog);
  if (answer) setTimeout(() => { if (answer.isConnected) dialog.close(); }, 1000 * answer.dataset.seconds);
});

$("#main [aria-invalid=true]")?.focus(); // a form that came back: where it is to be mended

globalThis.genjin = { $, $$, words, make, icon, kept, csrf, say, toast, ask, openDialog, hidePopovers, typing, keysOff };
