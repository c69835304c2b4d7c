import { LitElement, html } from "lit";
import { customElement } from "lit/decorators.js";
import htmx from "htmx.org/dist/htmx.esm.min.js";

const BESIDE = "#beside=";

/**
 * Shows the main part of another page beside this one. A link with `data-drawer` opens here; without script,
 * or with a modifier key, it leads to the page itself.
 *
 * What is open stands behind the `#` of the address, so that a reload and a link sent on show it, and Back
 * closes it. Closing it otherwise (Escape, the button, a click beside it) goes back as well, and the focus
 * returns to what opened it.
 */
@customElement("td-drawer")
export class Drawer extends LitElement {
  private opener: Element | null = null;
  /** How many steps of the history were made since the drawer opened. */
  private steps = 0;
  /** The page it opened beside; going back to it is no change of that page. */
  private page = "";
  private isSamePage = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("click", this.onClick);
    window.addEventListener("popstate", this.follow);
    document.addEventListener("htmx:before:history:restore", this.keepPage);
    void this.updateComplete.then(this.follow);
  }

  override disconnectedCallback(): void {
    document.removeEventListener("click", this.onClick);
    window.removeEventListener("popstate", this.follow);
    document.removeEventListener("htmx:before:history:restore", this.keepPage);
    super.disconnectedCallback();
  }

  protected override render() {
    return html`<dialog
      class="drawer"
      aria-label=${this.getAttribute("label") ?? ""}
      @click=${this.onBackdrop}
      @close=${this.onClose}
    >
      <header>
        <a class="button quiet" data-whole href="">${this.getAttribute("whole") ?? ""}</a>
        <button class="button quiet" @click=${this.close}>${this.getAttribute("close") ?? ""}</button>
      </header>
      <div class="body"></div>
    </dialog>`;
  }

  private readonly onClick = (event: MouseEvent): void => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!link || hasModifier(event) || !opensHere(link)) return;
    event.preventDefault();
    if (!this.contains(link)) this.opener = link;
    void this.show(link.getAttribute("href") ?? "");
  };

  /** Show the main part of a page, and keep its address behind the `#` of this one. */
  async show(address: string): Promise<void> {
    this.page = pageOf(location);
    history.pushState(null, "", `${this.page}${BESIDE}${encodeURIComponent(address)}`);
    this.steps += 1;
    await this.load(address);
  }

  /** Show what the address says is open, or close what it no longer says. */
  private readonly follow = (): void => {
    const address = besides(location.hash);
    this.isSamePage = pageOf(location) === this.page;
    if (address !== null) {
      void this.load(address);
    } else if (this.dialog?.open) {
      this.close();
    }
    if (address === null) this.page = "";
  };

  private readonly keepPage = (event: Event): void => {
    if (this.isSamePage) event.preventDefault();
  };

  private async load(address: string): Promise<void> {
    const body = this.querySelector(".body");
    if (!this.dialog || !body) return;
    this.querySelector("[data-whole]")?.setAttribute("href", address);
    body.textContent = this.getAttribute("busy") ?? "";
    body.setAttribute("aria-busy", "true");
    if (!this.dialog.open) this.dialog.showModal();
    await htmx.ajax("GET", address, { target: body, select: "#panel", swap: "innerHTML" });
    body.removeAttribute("aria-busy");
    this.dialog.scrollTop = 0;
  }

  private get dialog(): HTMLDialogElement | null {
    return this.querySelector("dialog");
  }

  private readonly onBackdrop = (event: MouseEvent): void => {
    if (event.target === event.currentTarget) this.close();
  };

  private readonly close = (): void => {
    this.dialog?.close();
  };

  /** Undo what opening added to the history; where the page was opened like this, only take it out. */
  private readonly onClose = (): void => {
    if (besides(location.hash) !== null) {
      if (this.steps > 0) history.go(-this.steps);
      else history.replaceState(null, "", pageOf(location));
    }
    this.steps = 0;
    if (this.opener instanceof HTMLElement || this.opener instanceof SVGElement) this.opener.focus();
  };
}

function hasModifier(event: MouseEvent): boolean {
  return event.ctrlKey || event.metaKey || event.shiftKey;
}

function pageOf(place: Location): string {
  return `${place.pathname}${place.search}`;
}

/** The address of ours that stands behind the `#`; null where there is none. */
export function besides(hash: string): string | null {
  if (!hash.startsWith(BESIDE)) return null;
  try {
    const address = new URL(decodeURIComponent(hash.slice(BESIDE.length)), location.origin);
    // A path that begins with two slashes would be read as the name of another host.
    const isOurs = address.origin === location.origin && !address.pathname.startsWith("//");
    return isOurs ? `${address.pathname}${address.search}` : null;
  } catch {
    return null;
  }
}

/** A drawing's marks open beside it, so does every link that says it should, and the pages of what is open. */
function opensHere(link: Element): boolean {
  if (link.hasAttribute("data-drawer") || link.closest("[data-drawer-marks]") !== null) return true;
  return link.hasAttribute("data-drawer-keep") && link.closest("td-drawer") !== null;
}
