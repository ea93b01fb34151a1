// Compiles and bundles css/ and js/ into the folder given as the only argument, under plain names.
// Hashes, fonts, icons and the manifest are made by aula_platform/web/asset_build.py, which calls this.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, transform } from "esbuild";
import { compile } from "sass";

const out = process.argv[2];
const target = ["es2021", "chrome109", "firefox115", "safari15.4"];

for (const name of ["core", "editor"]) {
  const { css } = compile(join("css", `${name}.scss`), {
    loadPaths: ["node_modules", "css"],
    quietDeps: true,
    silenceDeprecations: ["import"],
  });
  const small = await transform(css, { loader: "css", minify: true, target });
  await writeFile(join(out, `${name}.css`), small.code);
}

await build({
  entryPoints: ["js/core.js", "js/editor.js", "js/sw.js"],
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target,
  legalComments: "none",
  logLevel: "warning",
});
