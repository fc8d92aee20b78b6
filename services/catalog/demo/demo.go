// Package demo makes up a catalog to try things with: the same products every
// time, so that what is there already is recognised.
package demo

import (
	"context"
	"fmt"
	"math/rand/v2"

	"stockroom/services/catalog"
)

// MaxProducts is how many different products there are.
const MaxProducts = 1_000_000

// chunk is how many products are added in one commit: enough to be fast, few
// enough that others get to write in between.
const chunk = 100

// Catalog is what takes the products.
type Catalog interface {
	// Import adds products whose SKU is free and says how many those were.
	Import(ctx context.Context, drafts []catalog.Draft, by catalog.AccountID) (int, catalog.Commit, error)
}

// Load adds the first n products, and returns how many of them were missing.
// It calls progress with the number that it has been through.
func Load(ctx context.Context, c Catalog, n int, progress func(done int)) (int, error) {
	added := 0
	for from := 0; from < n; from += chunk {
		to := min(from+chunk, n)
		drafts := make([]catalog.Draft, 0, to-from)
		for i := from; i < to; i++ {
			drafts = append(drafts, Product(i))
		}
		count, _, err := c.Import(ctx, drafts, "")
		if err != nil {
			return added, fmt.Errorf("load products %d to %d: %w", from, to-1, err)
		}
		added += count
		progress(to)
	}
	return added, nil
}

// kind is a category and the things in it.
type kind struct {
	category string
	things   []string
	from, to int // whole units of the price
}

var kinds = []kind{
	{"Audio", []string{"Headphones", "Speaker", "Turntable", "Microphone", "Radio"}, 19, 899},
	{"Bags", []string{"Backpack", "Tote", "Messenger Bag", "Suitcase", "Wallet"}, 15, 399},
	{"Bathroom", []string{"Towel", "Bath Mat", "Soap Dispenser", "Mirror", "Scale"}, 5, 149},
	{"Bedroom", []string{"Pillow", "Duvet", "Bed Frame", "Mattress", "Nightstand"}, 19, 1499},
	{"Books", []string{"Novel", "Atlas", "Cookbook", "Dictionary", "Biography"}, 6, 69},
	{"Camping", []string{"Tent", "Sleeping Bag", "Lantern", "Stove", "Hammock"}, 12, 699},
	{"Cycling", []string{"Helmet", "Pump", "Saddle", "Pannier", "Bike Light"}, 9, 299},
	{"Garden", []string{"Trowel", "Watering Can", "Planter", "Hose", "Pruner"}, 4, 189},
	{"Home Office", []string{"Desk", "Chair", "Monitor Stand", "Desk Lamp", "Filing Box"}, 14, 999},
	{"Kids", []string{"Puzzle", "Building Blocks", "Kite", "Plush Bear", "Crayons"}, 3, 89},
	{"Kitchen", []string{"Chef's Knife", "Frying Pan", "Kettle", "Cutting Board", "Whisk"}, 7, 349},
	{"Lighting", []string{"Pendant", "Floor Lamp", "Bulb", "Spotlight", "Light Strip"}, 4, 449},
	{"Music", []string{"Guitar", "Ukulele", "Metronome", "Drumsticks", "Keyboard"}, 8, 1999},
	{"Outdoor Clothing", []string{"Rain Jacket", "Gloves", "Hiking Socks", "Beanie", "Gaiters"}, 9, 499},
	{"Pets", []string{"Leash", "Cat Tree", "Water Bowl", "Dog Bed", "Scratching Post"}, 5, 229},
	{"Photography", []string{"Tripod", "Camera Strap", "Lens Cloth", "Photo Album", "Light Tent"}, 4, 599},
	{"Sports", []string{"Yoga Mat", "Dumbbell", "Skipping Rope", "Football", "Racket"}, 6, 249},
	{"Stationery", []string{"Notebook", "Fountain Pen", "Stapler", "Envelope Set", "Ruler"}, 2, 119},
	{"Tools", []string{"Hammer", "Screwdriver Set", "Spirit Level", "Drill", "Tape Measure"}, 6, 379},
	{"Travel", []string{"Neck Pillow", "Travel Adapter", "Luggage Tag", "Packing Cubes", "Money Belt"}, 5, 129},
}

var (
	styles    = []string{"Classic", "Compact", "Everyday", "Folding", "Heavy-Duty", "Lightweight", "Modern", "Nordic", "Professional", "Vintage"}
	materials = []string{"Aluminium", "Ash", "Bamboo", "Canvas", "Ceramic", "Cork", "Glass", "Linen", "Oak", "Recycled", "Steel", "Wool"}
	uses      = []string{
		"Made to be used every day", "Easy to clean and easy to repair", "Small enough for any room",
		"Tested by people who know better", "Comes with a five-year warranty", "Packed without plastic",
	}
)

// Product returns the i-th product.
func Product(i int) catalog.Draft {
	r := rand.New(rand.NewPCG(uint64(i), 20)) //nolint:gosec // the same every time is the point
	k := kinds[i%len(kinds)]
	thing := pick(r, k.things)
	style, material := pick(r, styles), pick(r, materials)
	return catalog.Draft{
		Name:        fmt.Sprintf("%s %s %s", style, material, thing),
		Description: fmt.Sprintf("%s, in %s. %s.", thing, material, pick(r, uses)),
		Category:    k.category,
		SKU:         catalog.SKU(fmt.Sprintf("DEMO-%06d", i+1)),
		Price:       catalog.Price((k.from+r.IntN(k.to-k.from))*100 + pick(r, []int{0, 49, 50, 90, 95, 99})),
		Stock:       stock(r),
	}
}

// stock leaves one product in ten sold out.
func stock(r *rand.Rand) int64 {
	if r.IntN(10) == 0 {
		return 0
	}
	return 1 + r.Int64N(250)
}

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }
