/** Offer the zone of this browser: a button names the field it fills in, and sends its form. */
export function offerOwnZone(root: Document = document): void {
  for (const button of root.querySelectorAll<HTMLElement>("[data-own-zone]")) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const field = root.getElementById(button.dataset["ownZone"] ?? "");
    const place = button.querySelector("span");
    if (!zone || zone === "UTC" || !place || !(field instanceof HTMLInputElement)) {
      continue;
    }
    place.textContent = zone;
    button.dataset["known"] = "";
    button.addEventListener("click", () => {
      field.value = zone;
      field.form?.requestSubmit();
    });
  }
}
