// Sets the theme before the first paint. Not a module, because modules run after it.
try {
  const theme = localStorage.getItem("skywalking.theme");
  if (theme === '"light"' || theme === '"dark"') {
    document.documentElement.dataset.theme = JSON.parse(theme);
  }
} catch {
  // Storage is disabled: the theme follows the system.
}
