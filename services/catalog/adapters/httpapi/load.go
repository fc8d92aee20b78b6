package httpapi

import (
	"context"
	"errors"

	"stockroom/pkg/coherent"
	"stockroom/services/catalog"
)

// Load returns how the value of a key of the cache is read from svc, and false
// if the key is none of this API.
func Load(svc *catalog.Service, key coherent.Key) (coherent.Load, bool) {
	if !key.IsList() {
		return loadProduct(svc, catalog.ProductID(key.Text())), true
	}
	q, ok := catalog.ParseQuery(key.Text())
	return loadPage(svc, q), ok
}

func loadProduct(svc *catalog.Service, id catalog.ProductID) coherent.Load {
	return func(ctx context.Context) (coherent.Entry, error) {
		p, asOf, err := svc.Product(ctx, id)
		if errors.Is(err, catalog.ErrProductNotFound) {
			return coherent.Entry{AsOf: asOf, Absent: true}, nil
		}
		if err != nil {
			return coherent.Entry{}, err
		}
		return coherent.Entry{AsOf: asOf, Version: p.Version, Body: encode(p)}, nil
	}
}

// loadPage reads a page of products. The version of its cache entry is the epoch
// that it was read in.
func loadPage(svc *catalog.Service, q catalog.Query) coherent.Load {
	return func(ctx context.Context) (coherent.Entry, error) {
		page, err := svc.Products(ctx, q)
		if err != nil {
			return coherent.Entry{}, err
		}
		return coherent.Entry{AsOf: page.AsOf, Version: page.Epoch, Body: encodePage(q, page)}, nil
	}
}
