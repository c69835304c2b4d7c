/** Keys that work everywhere: `?` lists them, `/` searches, `g` and a letter goes, Ctrl+K opens the palette. */
import { Palette } from "../elements/palette.js";
import { Drawer } from "../elements/drawer.js";

const PLACES: ReadonlyMap<string, string> = new Map([
  ["h", ""],
  ["j", "journeys/"],
  ["e", "explore/"],
  ["c", "customers/"],
  ["s", "segments/"],
  ["b", "boards/"],
  ["d", "data/"],
]);
const GO_WITHIN_MS = 1500;
const STEPS: ReadonlyMap<string, string> = new Map([
  ["ArrowLeft", "before"],
  ["ArrowRight", "after"],
]);

let goSince = Number.NEGATIVE_INFINITY;

export function listenForKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (isPalette(event)) {
      event.preventDefault();
      document.querySelector<Palette>("td-palette")?.open();
    } else if (areSingleKeysOn() && !isTyping(event) && !hasModifier(event)) {
      onSingleKey(event);
    }
  });
}

function isPalette(event: KeyboardEvent): boolean {
  return (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k";
}

/** People who speak to their computer, or whose hands slip, can turn single keys off. */
function areSingleKeysOn(): boolean {
  return document.documentElement.dataset["keys"] !== "off";
}

function isTyping(event: KeyboardEvent): boolean {
  const target = event.target;
  return (
    target instanceof HTMLElement && target.closest("input, select, textarea, [contenteditable]") !== null
  );
}

function hasModifier(event: KeyboardEvent): boolean {
  return event.ctrlKey || event.metaKey || event.altKey;
}

function onSingleKey(event: KeyboardEvent): void {
  if (event.timeStamp - goSince < GO_WITHIN_MS) {
    go(event);
  } else if (event.key === "g") {
    goSince = event.timeStamp;
  } else if (event.key === "/") {
    event.preventDefault();
    search();
  } else if (STEPS.has(event.key)) {
    step(event);
  } else if (event.key === "?") {
    void document.querySelector<Drawer>("td-drawer")?.show(`${front()}keys/`);
  }
}

/** The first address of the workspace the page is of. */
function front(): string {
  return document.querySelector("a.brand")?.getAttribute("href") ?? "/";
}

function go(event: KeyboardEvent): void {
  goSince = Number.NEGATIVE_INFINITY;
  const place = PLACES.get(event.key);
  if (place !== undefined) location.assign(front() + place);
}

/** Go to the period before or after, unless the arrow walks through a drawing or a list. */
function step(event: KeyboardEvent): void {
  const target = event.target;
  if (target instanceof Element && target.closest("td-chart, dialog, .scroll, [role]")) return;
  document.querySelector<HTMLAnchorElement>(`a[data-step="${STEPS.get(event.key) ?? ""}"]`)?.click();
}

/** Go to the page's own search field, or where there is none to the palette. */
function search(): void {
  const field = document.querySelector<HTMLInputElement>("input[type=search]");
  if (field) field.focus();
  else document.querySelector<Palette>("td-palette")?.open();
}
