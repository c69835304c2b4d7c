import { LitElement, html } from "lit";
import { customElement, state } from "lit/decorators.js";

const PACES = [2, 1, 0.5];
const TICK_MS = 100;

/**
 * Keys and, on request, a pace for a walk in a customer's shoes. The moments are pages of their own: this
 * follows their links. Arrow keys go on and back, Home to the first moment. Going on by itself is never
 * begun unasked and is not offered to who asked for less motion; a wait then counts up in compressed time.
 */
@customElement("td-shoes")
export class Shoes extends LitElement {
  @state() private playing = false;
  @state() private pace = 1;
  private timer = 0;
  private shownMs = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.onKey);
    document.addEventListener("htmx:after:swap", this.onMoment);
  }

  override disconnectedCallback(): void {
    this.stop();
    document.removeEventListener("keydown", this.onKey);
    document.removeEventListener("htmx:after:swap", this.onMoment);
    super.disconnectedCallback();
  }

  protected override render() {
    return html`<slot></slot>${this.canPlay ? this.controls() : null}`;
  }

  private get canPlay(): boolean {
    return !matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  private controls() {
    const names = (this.getAttribute("paces") ?? "").split(",");
    const label = this.getAttribute(this.playing ? "label-pause" : "label-play") ?? "";
    return html`<div part="controls">
      <button part="play" aria-pressed=${this.playing} @click=${this.toggle}>${label}</button>
      <label part="pace"
        >${this.getAttribute("label-pace") ?? ""}
        <select @change=${this.onPace}>
          ${names.map((name, i) => html`<option value=${i} ?selected=${i === this.pace}>${name}</option>`)}
        </select></label
      >
    </div>`;
  }

  private readonly onPace = (event: Event): void => {
    if (event.target instanceof HTMLSelectElement) this.pace = Number(event.target.value);
  };

  private readonly toggle = (): void => {
    if (this.playing) this.stop();
    else this.play();
  };

  private play(): void {
    this.playing = true;
    this.shownMs = 0;
    this.timer = window.setInterval(this.tick, TICK_MS);
  }

  private stop(): void {
    this.playing = false;
    window.clearInterval(this.timer);
  }

  /** Go on when a moment has been shown long enough; until then let a wait count up. */
  private readonly tick = (): void => {
    const lasts = Number(this.moment?.dataset["lasts"] ?? 0) * 1000 * (PACES[this.pace] ?? 1);
    this.shownMs += TICK_MS;
    this.count(Math.min(1, this.shownMs / Math.max(lasts, 1)));
    if (this.shownMs < lasts) return;
    if (!this.follow("next")) this.stop();
    this.shownMs = 0;
  };

  private count(share: number): void {
    const place = this.moment?.querySelector("[data-counted]");
    const wait = Number(this.moment?.dataset["wait"] ?? 0);
    if (place && wait > 0) place.textContent = clock(wait * share);
  }

  private get moment(): HTMLElement | null {
    return this.querySelector<HTMLElement>("#moment");
  }

  private readonly onMoment = (): void => {
    this.shownMs = 0;
    if (document.activeElement === document.body) this.link("next")?.focus();
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    if (isElsewhere(event)) return;
    const leads = { ArrowRight: "next", ArrowLeft: "prev" }[event.key];
    if (leads !== undefined && this.follow(leads)) event.preventDefault();
    if (event.key === "Home" && this.link("prev")) {
      event.preventDefault();
      restart();
    }
  };

  private link(rel: string): HTMLAnchorElement | null {
    return this.querySelector<HTMLAnchorElement>(`a[rel=${rel}]`);
  }

  /** Follow the link to the next moment or the one before; say whether there was one. */
  private follow(rel: string): boolean {
    const link = this.link(rel);
    link?.click();
    return link !== null;
  }
}

/** Go back to the first moment. */
function restart(): void {
  const first = new URL(location.href);
  first.searchParams.delete("at");
  location.assign(first);
}

/** Whether a key is part of another one's meaning, or belongs to a field or an open dialog. */
function isElsewhere(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return true;
  const target = event.composedPath()[0];
  const isField = target instanceof HTMLElement && target.closest("input, select, textarea") !== null;
  return isField || document.querySelector("dialog[open]") !== null;
}

/** Days, hours and minutes, as a clock counts them. */
export function clock(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  const time = `${String(hours).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  return days > 0 ? `${days} d ${time}` : time;
}
