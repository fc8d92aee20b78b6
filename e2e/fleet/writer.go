package fleet

import "fmt"

// writer changes its own products, and makes and deletes others.
type writer struct {
	*shop
	own  []string
	made []string
	turn int
}

// write changes something: three updates, then a new product, and one that was
// new is deleted for every other one.
func (w *writer) write() {
	w.turn++
	switch {
	case w.turn%4 != 0:
		w.update(w.own[w.turn%len(w.own)])
	case w.turn%8 == 0 && len(w.made) > 0:
		id := w.made[0]
		w.made = w.made[1:]
		w.delete(id)
	default:
		if id, ok := w.create(); ok {
			w.made = append(w.made, id)
		}
	}
}

func (s *shop) create() (id string, ok bool) {
	stock := s.newStock()
	a, ok := s.client.do(create, request{method: "POST", path: "/api/v1/products", token: s.token(), body: map[string]any{
		"name": fmt.Sprintf("Fleet %s %d", s.run, stock), "sku": fmt.Sprintf("FLEET-%s-%d", s.run, stock),
		"price": "9.99", "stock": stock, "category": "Fleet",
	}})
	var p productBody
	if !ok || a.into(&p) != nil {
		return "", false
	}
	s.ledger.wrote(p.ID, p.Version, p.Stock)
	return p.ID, true
}

func (s *shop) update(id string) {
	stock := s.newStock()
	a, ok := s.client.do(update, request{
		method: "PUT", path: "/api/v1/products/" + id, token: s.token(), body: map[string]any{"stock": stock},
	})
	var p productBody
	if !ok || a.into(&p) != nil || p.Stock != stock {
		s.ledger.lost(id)
		return
	}
	s.ledger.wrote(id, p.Version, p.Stock)
}

func (s *shop) delete(id string) {
	if _, ok := s.client.do(remove, request{method: "DELETE", path: "/api/v1/products/" + id, token: s.token()}); !ok {
		s.ledger.lost(id)
		return
	}
	s.ledger.deleted(id)
}
