// Loads uPlot when the first chart is shown. It is a plain script, not a module.

let loading = null;

const added = (element) => new Promise((resolve, reject) => {
  element.onload = resolve;
  element.onerror = () => reject(new Error("The script of the charts could not be loaded."));
  document.head.append(element);
});

/** Returns the constructor of uPlot. A failed load is tried again at the next call. */
export function loadUPlot() {
  loading ??= Promise.all([
    added(Object.assign(document.createElement("script"),
      { src: "/assets/vendor/uplot/uplot.js" })),
    added(Object.assign(document.createElement("link"),
      { rel: "stylesheet", href: "/assets/vendor/uplot/uplot.css" })),
  ]).then(() => window.uPlot, (error) => {
    loading = null;
    throw error;
  });
  return loading;
}
