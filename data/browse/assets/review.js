// The review queue by keyboard: j and k move between the findings, y confirms, n rejects the one in focus.
// It presses the forms' own buttons; nothing is shown as done before the server has said so.
"use strict";
(() => {
  const cards = [...document.querySelectorAll("article.waiting")];
  let sent = false;

  const current = () => cards.findIndex((card) => card.contains(document.activeElement));

  const move = (step) => {
    if (!cards.length) return;
    const at = current();
    const next = at < 0 ? (step > 0 ? 0 : cards.length - 1) : Math.min(Math.max(at + step, 0), cards.length - 1);
    cards[next].focus();
    cards[next].scrollIntoView({ block: "start" });
  };

  const press = (key) => {
    const card = cards[current()];
    const button = card && card.querySelector(`button[data-key="${key}"]`);
    if (button) button.click();
  };

  document.addEventListener("keydown", (event) => {
    // A key held down repeats: it may scroll, it may not judge.
    if (event.repeat && "yn".includes(event.key)) return;
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target.closest("input, select, textarea")) return;
    const deed = { j: () => move(1), k: () => move(-1), y: () => press("y"), n: () => press("n") }[event.key];
    if (!deed) return;
    event.preventDefault();
    deed();
  });

  // One verdict at a time: a second press while the first is under way would judge what nobody has seen.
  document.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  window.addEventListener("pageshow", () => { sent = false; });

  // Whoever has begun to type in a field before this ran keeps it: the next letters would judge.
  const free = document.activeElement === document.body;
  if (cards.length && !location.hash && free) cards[0].focus({ preventScroll: true });
})();
