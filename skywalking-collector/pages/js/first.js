// Runs before the modules are loaded: sets the theme before the first paint, and asks for the first
// traces. `request` in api.js takes the response.
try {
  const theme = localStorage.getItem("skywalking.theme");
  if (theme === '"light"' || theme === '"dark"') {
    document.documentElement.dataset.theme = JSON.parse(theme);
  }
} catch {
  // Storage is disabled: the theme follows the system.
}
if (["/", "/traces"].includes(window.location.pathname) && !window.location.search) {
  const address = "/api/traces?sort=start&order=desc&limit=100";
  let token = null;
  try {
    token = sessionStorage.getItem("skywalking.token");
  } catch {
    // Storage is disabled: the request has no token.
  }
  const headers = token ? { authentication: token } : {};
  const answer = fetch(address, { headers, cache: "no-store" }).then(async (response) => {
    if (response.ok) {
      const data = await response.json();
      response.json = async () => data;
    }
    return response;
  });
  // A failure is reported by the one who takes it.
  answer.catch(() => {});
  window.firstTraces = { address, answer };
}
