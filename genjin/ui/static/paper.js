// Pages made for paper: the button that prints; that something was printed is noted, each time.
document.addEventListener("click", event => { if (event.target.closest("[data-print]")) window.print(); });
addEventListener("beforeprint", () => {
  const token = document.querySelector("[data-paper]")?.dataset.paper;
  if (token) fetch(location.href, { method: "POST", headers: { "X-CSRFToken": token }, keepalive: true }).catch(() => {});
});
