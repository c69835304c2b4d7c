/** Buttons that copy: `data-copy` names the element whose text is taken, `data-done` is said when it was. */
export function listenForCopies(): void {
  document.addEventListener("click", (event) => {
    const button =
      event.target instanceof Element ? event.target.closest<HTMLElement>("button[data-copy]") : null;
    const source = button && document.getElementById(button.dataset["copy"] ?? "");
    if (button && source) void copy(source.textContent.trim(), button);
  });
}

async function copy(text: string, button: HTMLElement): Promise<void> {
  await navigator.clipboard.writeText(text);
  button.textContent = button.dataset["done"] ?? "";
  button.setAttribute("role", "status");
}
