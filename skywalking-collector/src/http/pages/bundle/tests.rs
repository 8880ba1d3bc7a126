use super::*;

fn bundled(files: &[(&'static str, &'static str)]) -> Result<Vec<Entry>, BundleError> {
    scripts(&files.iter().copied().collect())
}

#[test]
fn entries_contain_their_modules_once() {
    let entries = bundled(&[
        (
            "js/main.js",
            "import { h } from \"preact\";\nimport { a } from \"./a.js\";\n\
             a(h, () => import(\"./page/index.js\"));\n",
        ),
        ("js/a.js", "// Text.\nexport const a = 1;\n"),
        ("vendor/preact/preact.mjs", "var k=1;export{k as h};\n//# sourceMappingURL=a.map\n"),
        (
            "js/page/index.js",
            "import {\n  a as first,\n} from \"../a.js\";\nimport { b } from \"./b.js\";\n\
             export const style = [];\nexport default function Page() { return first + b; }\n",
        ),
        (
            "js/page/b.js",
            "import { Graph } from \"../../vendor/dagre/dagre.mjs\";\n\
                          export const b = Graph;\n",
        ),
    ])
    .expect("known modules");

    let [start, page] = &entries[..] else { panic!("two entries: {entries:#?}") };
    insta::assert_snapshot!(start.text, @r#"
    // Made of the modules named below, by the collector.
    const $modules = new Map();
    export function $define(path, run) {
      if (!$modules.has(path)) $modules.set(path, { run, exports: null });
    }
    export function $import(path) {
      const module = $modules.get(path);
      module.exports ??= module.run();
      return module.exports;
    }
    $define("vendor/preact/preact.mjs", () => {
    var k=1;
    return { h: k };
    });
    $define("js/a.js", () => {
    // Text.
    const a = 1;
    return { a: a };
    });
    $define("js/main.js", () => {
    const { h: h } = $import("vendor/preact/preact.mjs");
    const { a: a } = $import("js/a.js");
    a(h, () => import("/assets/js/page/index.js"));
    return {  };
    });
    const $entry = $import("js/main.js");
    //# sourceMappingURL=/assets/js/main.js.map
    "#);
    insta::assert_snapshot!(page.text, @r#"
    // Made of the modules named below, by the collector.
    import { Graph as $_assets_vendor_dagre_dagre_mjs$Graph } from "/assets/vendor/dagre/dagre.mjs";
    import { $define, $import } from "/assets/js/main.js";
    $define("js/page/b.js", () => {
    const Graph = $_assets_vendor_dagre_dagre_mjs$Graph;
    const b = Graph;
    return { b: b };
    });
    $define("js/page/index.js", () => {
    const { a: first } = $import("js/a.js");


    const { b: b } = $import("js/page/b.js");
    const style = [];
    function Page() { return first + b; }
    return { style: style, default: Page };
    });
    const $entry = $import("js/page/index.js");
    export const style = $entry.style;
    export default $entry.default;
    //# sourceMappingURL=/assets/js/page/index.js.map
    "#);
    assert_eq!((&start.path[..], &page.path[..]), ("js/main.js", "js/page/index.js"));
}

#[test]
fn wrong_graphs_are_refused() {
    let importing_b = ("js/main.js", "import { b } from \"./b.js\";\n");
    let error = |files: &[_]| bundled(files).expect_err("a wrong graph").to_string();

    assert_eq!(error(&[importing_b]), "js/b.js is missing, which an import names");
    assert_eq!(
        error(&[importing_b, ("js/b.js", "export const c = 1;\n")]),
        "js/b.js does not export b, which js/main.js imports"
    );
    assert_eq!(
        error(&[
            importing_b,
            ("js/b.js", "import { c } from \"./c.js\";\nexport const b = 1;\n"),
            ("js/c.js", "import { b } from \"./b.js\";\nexport const c = 1;\n"),
        ]),
        "js/b.js imports itself over other modules"
    );
    assert_eq!(
        error(&[("js/main.js", "import(\"./b.js\");\n")]),
        "js/b.js is missing, which an import names"
    );
}
