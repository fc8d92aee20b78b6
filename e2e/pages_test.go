package e2e_test

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// pagesRender opens the pages in a real browser that can reach no other host.
func pagesRender(t *testing.T, w *world) {
	for path, shows := range map[string][]string{
		"/docs":  {"swagger-ui", "/api/v1/products/search", "/api/v1/auth/login"},
		"/redoc": {"redoc", "/api/v1/products/search", "/api/v1/auth/login"},
	} {
		res, err := w.http.Get(w.system.URL + path) //nolint:noctx // the client has a timeout
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Contains(t, res.Header.Get("Content-Type"), "text/html")
		require.Regexp(t, `default-src '(none|self)'`, res.Header.Get("Content-Security-Policy"))

		page, console := browse(t, w.system.URL+path)
		for _, text := range shows {
			require.Contains(t, page, text, "%s\n%s", path, console)
		}
		require.NotRegexp(t, `(?i)refused to|net::ERR_|uncaught`, console)
		require.NotRegexp(t, `(?:src|href)="(?:https?:)?//`, elsewhere(page, w.system.URL), path)
	}
}

var sources = regexp.MustCompile(`<(?:script|link|img|iframe)[^>]*>`)

// elsewhere returns the tags of a page that load something, without what they
// load from here.
func elsewhere(page, here string) string {
	return strings.ReplaceAll(strings.Join(sources.FindAllString(page, -1), "\n"), here, "")
}

// browse returns the page at address as it is when its scripts have run, and what
// the browser said meanwhile.
func browse(t *testing.T, address string) (page, console string) {
	t.Helper()
	here, err := url.Parse(address)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, chromium(t),
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--disable-extensions", "--user-data-dir="+t.TempDir(),
		"--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE "+here.Hostname(),
		"--enable-logging=stderr", "--virtual-time-budget=30000", "--dump-dom", address)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	require.NoError(t, cmd.Run(), "%s", &errs)
	var said []string
	for line := range strings.Lines(errs.String()) {
		if strings.Contains(line, "CONSOLE") {
			said = append(said, line)
		}
	}
	return out.String(), strings.Join(said, "")
}

func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{
		os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path
		}
	}
	require.FailNow(t, "no Chromium: run `make deps`, or set CHROMIUM to its path")
	return ""
}
