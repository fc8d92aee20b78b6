package gatewayd_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// witness is a service that says what it has seen, and remembers what it has
// not been believed yet.
type witness struct {
	mu     sync.Mutex
	serial int
	open   map[string]string
}

func (w *witness) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.open)
}

func (w *witness) answer(res http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	saw := fmt.Sprintf("%q", []string{req.Method, req.RequestURI, req.Header.Get("Idempotency-Key"), string(body)})
	w.mu.Lock()
	w.serial++
	number := w.serial
	serial := fmt.Sprint(number)
	w.open[serial] = saw
	w.mu.Unlock()
	if err != nil || req.Header.Get("Transfer-Encoding") != "" {
		panic("the gateway sends what is broken")
	}
	res.Header().Set("X-Serial", serial)
	res.Header().Set("Content-Type", "text/plain")
	answer := bytes.Repeat([]byte(serial+"."), 1+number%7)
	if number%3 == 0 { // in chunks
		_, _ = res.Write(answer)
		_ = http.NewResponseController(res).Flush()
		return
	}
	res.Header().Set("Content-Length", fmt.Sprint(len(answer)))
	_, _ = res.Write(answer)
}

// compare returns what is wrong with an answer to the request that is wanted.
func (w *witness) compare(res *http.Response, body string, want understanding) error {
	serial := res.Header.Get("X-Serial")
	if serial == "" {
		return nil // the gateway has answered by itself
	}
	w.mu.Lock()
	saw, ok := w.open[serial]
	delete(w.open, serial)
	w.mu.Unlock()
	if !ok {
		return fmt.Errorf("answer %s comes twice, or from nowhere", serial)
	}
	method, sent := want.method, want.body
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if method == http.MethodGet {
		sent = ""
	}
	if read := fmt.Sprintf("%q", []string{method, want.target, want.key, sent}); read != saw {
		return fmt.Errorf("the service saw %s, but what was sent is %s", saw, read)
	}
	if want.method != http.MethodHead && strings.ReplaceAll(body, serial+".", "") != "" {
		return fmt.Errorf("answer %s has the body %q", serial, body)
	}
	return nil
}
