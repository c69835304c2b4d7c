// Build the page assets: every file directly in src/ and styles/ is an entry of its own, shared code becomes
// chunks, and the icons named in icons.txt become one sprite. `--check` builds in memory and holds the budget.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = resolve(HERE, "../src/trodden/web/static/built");
/** Bytes of gzipped script that a page may load where nothing is explored. */
const MAIN_BUDGET = 45_000;

function entries(folder, ending) {
  const path = join(HERE, folder);
  if (!existsSync(path)) return [];
  const names = readdirSync(path).filter((name) => name.endsWith(ending) && !name.endsWith(".d.ts"));
  return names.sort().map((name) => join(path, name));
}

function options(write) {
  return {
    absWorkingDir: HERE,
    entryPoints: [...entries("src", ".ts"), ...entries("styles", ".css")],
    outdir: OUT,
    entryNames: "[name]",
    chunkNames: "chunk-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    target: ["es2022"],
    minify: true,
    legalComments: "linked",
    metafile: true,
    logLevel: "warning",
    write,
  };
}

/** The output and everything it imports statically. */
function loaded(outputs, name, seen = new Set()) {
  if (seen.has(name)) return seen;
  seen.add(name);
  const statics = outputs[name].imports.filter((found) => found.kind === "import-statement");
  for (const found of statics) loaded(outputs, found.path, seen);
  return seen;
}

function gzipped(result, names) {
  const files = new Map(result.outputFiles.map((file) => [resolve(file.path), file.contents]));
  return [...names].reduce((sum, name) => sum + gzipSync(files.get(resolve(HERE, name))).length, 0);
}

function report(result) {
  const { outputs } = result.metafile;
  const scripts = Object.keys(outputs).filter((name) => outputs[name].entryPoint && name.endsWith(".js"));
  let within = true;
  for (const name of scripts) {
    const bytes = gzipped(result, loaded(outputs, name));
    const isMain = basename(name) === "main.js";
    const late = isMain && bytes > MAIN_BUDGET;
    within &&= !late;
    const note = isMain ? ` (budget ${MAIN_BUDGET})${late ? " EXCEEDED" : ""}` : "";
    console.log(`${basename(name)}: ${bytes} bytes gzip with its imports${note}`);
  }
  return within;
}

function sprite() {
  const list = join(HERE, "icons.txt");
  if (!existsSync(list)) return;
  const names = readFileSync(list, "utf8").split("\n").filter(Boolean);
  const symbols = names.map((name) => {
    const svg = readFileSync(join(HERE, "node_modules/lucide-static/icons", `${name}.svg`), "utf8");
    const inner = svg
      .replace(/<!--.*?-->/gs, "")
      .replace(/^\s*<svg[^>]*>/s, "")
      .replace(/<\/svg>\s*$/, "");
    return `<symbol id="${name}" viewBox="0 0 24 24">${inner.replace(/\s*\n\s*/g, "")}</symbol>`;
  });
  writeFileSync(
    join(OUT, "icons.svg"),
    `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`,
  );
}

if (process.argv.includes("--check")) {
  process.exitCode = report(await build(options(false))) ? 0 : 1;
} else {
  rmSync(OUT, { recursive: true, force: true });
  await build(options(true));
  sprite();
}
