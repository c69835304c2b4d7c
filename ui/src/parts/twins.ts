/**
 * Light up the same thing on both sides: a mark in a drawing and its entry in a list beside it carry one
 * `data-key`, and stand together inside one `.linked`.
 */
export function linkTwins(root: Document = document): void {
  for (const event of ["pointerover", "focusin"] as const) root.addEventListener(event, light);
}

function light(event: Event): void {
  if (!(event.target instanceof Element)) return;
  const key = event.target.closest("[data-key]")?.getAttribute("data-key") ?? null;
  const within = event.target.closest(".linked");
  for (const place of document.querySelectorAll(".linked")) mark(place, place === within ? key : null);
}

/** Mark what bears the key; unmark the rest. */
export function mark(place: Element, key: string | null): void {
  let isAny = false;
  for (const twin of place.querySelectorAll("[data-key]")) {
    const isOn = key !== null && twin.getAttribute("data-key") === key;
    twin.classList.toggle("is-on", isOn);
    isAny ||= isOn;
  }
  place.classList.toggle("has-on", isAny);
}
