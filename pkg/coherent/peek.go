package coherent

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"stockroom/pkg/commitlog"
)

// Peek is what a [Cache] holds for a key, without what it says: for whoever
// compares it with the database. Its JSON is what travels between processes.
type Peek struct {
	Cache   string         `json:"cache"`   // its name: caches of one name hold the same for the same
	Applied commitlog.Head `json:"applied"` // by the process, before it looked into the levels
	Fresh   bool           `json:"fresh"`   // whether it knew, before and after, that this is all it needs
	L1      Held           `json:"l1"`
	L2      Held           `json:"l2"`
}

// Held is what one level holds for a key.
type Held struct {
	State     string `json:"state"`     // hit, missing, wait or behind
	Served    bool   `json:"served"`    // who reads now, and presents nothing, is given it
	Watermark int64  `json:"watermark"` // the last event that the level has applied
	AsOf      int64  `json:"as_of"`     // of a hit: a commit as of which the level takes it for right
	Version   int64  `json:"version"`
	Absent    bool   `json:"absent"`
	Digest    string `json:"digest"` // of the body
}

// Peek returns what c holds for key, and changes nothing: nothing is loaded,
// claimed, dropped or kept for longer. A second level that does not answer is
// behind.
func (c *Cache) Peek(ctx context.Context, key Key) Peek {
	at := Peek{Cache: c.name, L1: Held{State: Behind.String()}, L2: Held{State: Behind.String(), Watermark: Lost}}
	p := c.position.Load()
	if p == nil {
		return at
	}
	at.Fresh, at.Applied = (*p).Fresh(), (*p).Applied() // in this order, as for a reader
	at.L1 = held(c.l1.peek(key, at.Applied))
	if now := c.l1.era.Load(); c.store != nil && now.epoch == at.Applied.Epoch && now.begun.Load() {
		ctx, cancel := context.WithTimeout(ctx, secondLevelTime)
		defer cancel()
		if found, err := c.store.Peek(ctx, key, at.Applied.Epoch); err == nil {
			at.L2 = held(found)
		}
	}
	at.Fresh = at.Fresh && (*p).Fresh()
	for _, level := range []*Held{&at.L1, &at.L2} {
		level.Served = level.State == Hit.String() && at.Fresh && level.Watermark >= at.Applied.Seq
	}
	return at
}

func held(f Found) Held {
	h := Held{State: f.State.String(), Watermark: f.Watermark}
	if f.State == Hit {
		e := f.rightAsOfWatermark()
		h.AsOf, h.Version, h.Absent, h.Digest = e.AsOf, e.Version, e.Absent, digest(e)
	}
	return h
}

// Equals says whether what is held is e, whatever commits the two are right as of.
func (h Held) Equals(e Entry) bool {
	return h.Absent == e.Absent && h.Version == e.Version && h.Digest == digest(e)
}

func digest(e Entry) string {
	if e.Absent {
		return ""
	}
	sum := sha256.Sum256(e.Body)
	return hex.EncodeToString(sum[:])
}

// hits remembers some of the keys that were answered from a cache.
type hits chan Key

const hitsKept = 64

func (h hits) note(key Key) {
	select {
	case h <- key:
	default: // nobody takes them, or not as fast as readers come
	}
}

// Hits returns keys that were answered from a level lately, at most so many, and
// each answer once: it is a sample, for whoever checks what c holds.
func (c *Cache) Hits(most int) (keys []Key) {
	for len(keys) < most {
		select {
		case key := <-c.hits:
			keys = append(keys, key)
		default:
			return keys
		}
	}
	return keys
}
