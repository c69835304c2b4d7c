/**
 * Sends the one file of the form inside as soon as it is chosen or dropped anywhere on the page. A file of more
 * than `most` bytes is not sent: `large` says why.
 */
class Drop extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("change", this.onChange);
    document.addEventListener("dragover", this.onOver);
    document.addEventListener("dragleave", this.onLeave);
    document.addEventListener("drop", this.onDrop);
  }

  disconnectedCallback(): void {
    document.removeEventListener("dragover", this.onOver);
    document.removeEventListener("dragleave", this.onLeave);
    document.removeEventListener("drop", this.onDrop);
  }

  private readonly onOver = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.classList.add("is-over");
  };

  private readonly onLeave = (event: DragEvent): void => {
    if (event.relatedTarget === null) this.classList.remove("is-over");
  };

  private readonly onDrop = (event: DragEvent): void => {
    const files = event.dataTransfer?.files;
    const field = this.field;
    this.classList.remove("is-over");
    if (!files?.length || !field) return;
    event.preventDefault();
    field.files = files;
    this.send();
  };

  private readonly onChange = (): void => {
    this.send();
  };

  private send(): void {
    const file = this.field?.files?.[0];
    if (!file) return;
    if (file.size > Number(this.getAttribute("most"))) {
      this.say(this.getAttribute("large") ?? "");
      return;
    }
    this.say(`${this.getAttribute("busy") ?? ""} ${file.name} …`);
    this.querySelector("form")?.requestSubmit();
  }

  private get field(): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>("input[type=file]");
  }

  private say(text: string): void {
    const said = this.querySelector("[role=status]");
    if (said) said.textContent = text;
  }
}

customElements.define("td-drop", Drop);
