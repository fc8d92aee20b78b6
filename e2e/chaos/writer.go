package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"stockroom/e2e/chaos/history"
	"stockroom/pkg/token"
	"stockroom/pkg/token/tokentest"
)

const (
	fewest, most = 8, 20 // products of a category
	writers      = 3
	writePause   = 25 * time.Millisecond // at most, before each write
	tokenFor     = time.Minute           // a token is used, less than it is good for
)

// writer changes the products of a category, which nobody else does, through
// any replica.
type writer struct {
	run      *run
	rng      *rand.Rand
	category string
	clients  []*client
	token    string
	signed   time.Time
	mine     []string
	stock    int64
	writes   []history.Write
	failed   map[string]int
}

func (r *run) writer(n int) *writer {
	w := &writer{run: r, rng: r.rng(uint64(100 + n)), category: category(n), failed: map[string]int{}}
	for replica := range r.shop.replicas {
		w.clients = append(w.clients, r.shop.client(replica, writeTimeout))
	}
	return w
}

func category(n int) string { return fmt.Sprintf("shelf-%d", n) }

// work writes until ctx is done.
func (w *writer) work(ctx context.Context) error {
	for pause(ctx, between(w.rng, 0, writePause)) {
		if err := w.sign(); err != nil {
			return err
		}
		if err := w.next(); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) sign() (err error) {
	if time.Since(w.signed) < tokenFor {
		return nil
	}
	issuer := w.run.shop.issuer
	w.signed = time.Now()
	w.token, err = token.Sign(issuer.Kid, issuer.Key, tokentest.Claims("00000000-0000-7000-8000-00000000ac70", "admin"))
	return err
}

func (w *writer) next() error {
	w.stock++
	turn := w.rng.IntN(10)
	switch {
	case len(w.mine) < fewest || len(w.mine) < most && turn == 0:
		return w.send(http.MethodPost, "", map[string]any{
			"name": "Lamp", "sku": fmt.Sprintf("%s/%d", w.category, w.stock), "price": 1, "stock": w.stock, "category": w.category,
		})
	case turn == 1:
		return w.send(http.MethodDelete, w.mine[w.rng.IntN(len(w.mine))], nil)
	default:
		return w.send(http.MethodPut, w.mine[w.rng.IntN(len(w.mine))], map[string]any{"stock": w.stock})
	}
}

// send makes one write and takes note of what came of it.
func (w *writer) send(method, id string, body map[string]any) error {
	c := w.clients[w.rng.IntN(len(w.clients))]
	c.req.Reset()
	c.req.Header.Set("Authorization", "Bearer "+w.token)
	path := productsPath
	if id != "" {
		path += "/" + id
	}
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		c.req.Header.SetContentType("application/json")
		c.req.SetBody(raw)
	}
	write := history.Write{Replica: c.replica, Product: id, Deleted: method == http.MethodDelete, Stock: w.stock, Begin: w.run.diary.now()}
	status, err := c.do(method, path)
	write.End = w.run.diary.now()
	switch {
	case err != nil || status >= http.StatusInternalServerError:
		w.doubt(c, write, status, err)
		return nil
	case status == http.StatusNotFound && id != "": // an earlier attempt has deleted it after all
		w.forget(id)
		return nil
	case status >= http.StatusBadRequest:
		return fmt.Errorf("%s %s: status %d: %s", method, path, status, c.res.Body())
	}
	return w.done(c, write)
}

// done takes note of an acknowledged write.
func (w *writer) done(c *client, write history.Write) error {
	at, err := parseCommit(c.header("Catalog-Seq"))
	if err != nil {
		return fmt.Errorf("a write is answered without its number: %w", err)
	}
	write.Seq = at.seq
	switch {
	case write.Product == "":
		var made productBody
		if err := json.Unmarshal(c.res.Body(), &made); err != nil {
			return fmt.Errorf("read a new product: %w", err)
		}
		write.Product = made.ID
		w.mine = append(w.mine, made.ID)
		w.run.book.add(made.ID)
	case write.Deleted:
		w.forget(write.Product)
	}
	w.writes = append(w.writes, write)
	w.run.book.acknowledged(at)
	return nil
}

// doubt takes note of a write of which nobody knows whether it happened.
func (w *writer) doubt(c *client, write history.Write, status int, err error) {
	w.writes = append(w.writes, write)
	w.failed[w.run.failure(c, status, err)]++
	if write.Deleted {
		w.mine = slices.DeleteFunc(w.mine, func(id string) bool { return id == write.Product })
	}
}

func (w *writer) forget(id string) {
	w.mine = slices.DeleteFunc(w.mine, func(m string) bool { return m == id })
	w.run.book.remove(id)
}

// failure names what went wrong with a request.
func (r *run) failure(c *client, status int, err error) string {
	if err != nil {
		return "no answer"
	}
	if status == http.StatusInternalServerError {
		r.diary.failed(c.header("X-Request-ID"))
	}
	return fmt.Sprint(status)
}
