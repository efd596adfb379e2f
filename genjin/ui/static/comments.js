// Discussions (data-talk): whom one mentions is chosen behind an @; an address with #comment-… leads to its line.
// Loaded when one is shown. Keys belong to the input method while it composes.
const { $, $$, words, make, say } = genjin;
const BEHIND = /(?<![A-Za-z0-9])[@＠]([\p{L}\p{N}_·]{0,20})$/u;
const fieldOf = target => target?.matches?.("[data-mentions]") ? target : null;
const listOf = field => document.getElementById(field.getAttribute("aria-controls"));
const optionsOf = field => $$("[role=option]", listOf(field));
const changed = field => field.dispatchEvent(new Event("input", { bubbles: true }));

// ---- the list behind an @ ------------------------------------------------------------------------------------------
let asked = 0, wait = 0;
function behind(field) { // what stands between the last @ and the cursor; null when there is none
  const { selectionStart: at, selectionEnd, value } = field;
  return at === selectionEnd ? BEHIND.exec(value.slice(0, at))?.[1] ?? null : null;
}
function hide(field) { clearTimeout(wait); asked += 1; listOf(field).hidden = true; field.removeAttribute("aria-activedescendant"); }
async function offer(field) {
  const text = behind(field), mine = ++asked;
  if (text === null) return hide(field);
  const answer = await fetch(`${field.dataset.src}?q=${encodeURIComponent(text)}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (mine !== asked || document.activeElement !== field) return;
  const list = listOf(field);
  if (answer?.ok) list.innerHTML = await answer.text(); else list.replaceChildren(make("div", { className: "none" }, words.failed));
  const found = optionsOf(field);
  if (answer?.ok && !found.length) return hide(field); // words that only look like a name
  found.forEach((option, number) => { option.id = `${list.id}-${number}`; });
  list.hidden = false; point(field, found[0]);
}
function point(field, option) {
  optionsOf(field).forEach(other => { delete other.dataset.active; other.setAttribute("aria-selected", other === option); });
  if (!option) return;
  option.dataset.active = ""; field.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); say(option.dataset.text);
}
function take(field, option) {
  const { value, text } = option.dataset, at = field.selectionStart, from = at - behind(field).length - 1;
  field.setRangeText(`@${text} `, from, at, "end");
  const chosen = $("[data-chosen]", field.form);
  if (!$(`[value="${CSS.escape(value)}"]`, chosen)) chosen.append(make("input", { type: "hidden", name: "mentions", value }));
  hide(field); field.focus(); changed(field); hide(field);
}
const soon = field => { clearTimeout(wait); if (behind(field) === null) hide(field); else wait = setTimeout(() => offer(field), 120); };
document.addEventListener("input", event => { const field = fieldOf(event.target); if (field) { grow(field); if (event.isTrusted && !event.isComposing) soon(field); } });
document.addEventListener("compositionstart", event => { const field = fieldOf(event.target); if (field) hide(field); });
document.addEventListener("compositionend", event => { const field = fieldOf(event.target); if (field) soon(field); });
document.addEventListener("focusout", event => { const field = fieldOf(event.target); if (field) hide(field); });
document.addEventListener("click", event => {
  const option = event.target.closest?.(".talk [role=option]"), button = event.target.closest?.("[data-at]"), typed = fieldOf(event.target);
  const link = event.target.closest?.("[data-discuss]"), talk = link && document.getElementById(link.dataset.discuss);
  if (talk) { event.preventDefault(); talk.scrollIntoView({ block: "nearest" }); return $("[data-mentions]", talk)?.focus(); }
  if (option) return take($("[data-mentions]", option.closest("form")), option);
  if (typed) return soon(typed);
  if (!button) return;
  const field = document.getElementById(button.dataset.at);
  field.focus();
  if (behind(field) === null) field.setRangeText(/[A-Za-z0-9]$/.test(field.value.slice(0, field.selectionStart)) ? " @" : "@", field.selectionStart, field.selectionEnd, "end");
  changed(field); offer(field);
});
document.addEventListener("keydown", event => {
  const field = fieldOf(event.target);
  if (!field || listOf(field).hidden || event.isComposing || event.keyCode === 229 || event.metaKey || event.ctrlKey) return;
  const options = optionsOf(field), at = options.findIndex(option => "active" in option.dataset);
  if (event.key === "ArrowDown") point(field, options[(at + 1) % options.length]);
  else if (event.key === "ArrowUp") point(field, options.at(at - 1));
  else if ((event.key === "Enter" || event.key === "Tab") && options[at]) take(field, options[at]);
  else if (event.key === "Escape") hide(field);
  else return;
  event.preventDefault(); event.stopPropagation();
}, true);

// ---- sent: read out, and on with writing; the words grow with what is written -----------------------------------------
function grow(field) { field.rows = 2; while (field.rows < 10 && field.scrollHeight > field.clientHeight) field.rows += 1; }
document.addEventListener("htmx:after:swap", event => {
  const { target, request, response } = event.detail.ctx ?? {}, talk = target?.id?.startsWith("comments-") && document.getElementById(target.id);
  if (talk && request?.method === "POST" && response?.status === 200) {
    $("[data-mentions]", talk)?.focus(); say($("li:last-child .tx", talk)?.innerText ?? "");
  }
  $$("[data-mentions]").forEach(grow); reach();
});

// ---- an address with #comment-… : its line, asked for when it is not among the newest ------------------------------------
let reached = "", sought = "";
function reach() {
  const id = /^#(comment-\d+)$/.exec(location.hash)?.[1], line = id && document.getElementById(id), talk = $(".talk.card");
  if (!id || reached === id) return;
  if (line) { reached = id; line.classList.add("is-at"); line.scrollIntoView({ block: "nearest" }); line.focus({ preventScroll: true }); }
  else if (talk && sought !== id) { sought = id; htmx.ajax("GET", `${talk.dataset.talk}?at=${id.slice(8)}`, { target: `#${talk.id}`, swap: "outerHTML" }); }
}
addEventListener("hashchange", () => { reached = sought = ""; reach(); });
$$("[data-mentions]").forEach(grow); reach();
