declare module "htmx.org/dist/htmx.esm.min.js" {
  interface Swap {
    target: Element | string;
    select?: string;
    swap?: string;
  }
  const htmx: { ajax(method: string, path: string, swap: Swap): Promise<void> };
  export default htmx;
}
