// Strict, typed rules for the page elements; the same limits as the Python code has.
import { configs as lit } from "eslint-plugin-lit";
import typescript from "typescript-eslint";

export default typescript.config(
  { ignores: ["node_modules/"] },
  {
    files: ["src/**/*.ts", "../tracker/src/**/*.ts"],
    extends: [...typescript.configs.strictTypeChecked, lit["flat/recommended"]],
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      complexity: ["error", 8],
      eqeqeq: "error",
      "max-depth": ["error", 3],
      "max-lines": ["error", 400],
      "max-params": ["error", 6],
      "no-console": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: "Build elements or use a Lit template." },
        { property: "outerHTML", message: "Build elements or use a Lit template." },
        { object: "document", property: "write", message: "Build elements." },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
);
