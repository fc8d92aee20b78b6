package httpapi

import (
	"stockroom/pkg/web"
	"stockroom/services/catalog"
)

// reading is what every read takes.
type reading struct {
	MinSeq      string `header:"Catalog-Min-Seq" doc:"The Catalog-Seq of a write; the answer is not older than it."`
	IfNoneMatch string `header:"If-None-Match" doc:"ETags; if the answer still has one of them, it is 304."`
}

// paging is what every list takes.
type paging struct {
	Page      int64  `query:"page" default:"1" minimum:"1" doc:"One behind the last is empty."`
	PageSize  int64  `query:"page_size" default:"10" minimum:"1" maximum:"100"`
	SortBy    string `query:"sort_by" default:"created_at" enum:"name,price,created_at,stock" doc:"Names go by code point. Products equal in it go by id."`
	SortOrder string `query:"sort_order" default:"desc" enum:"asc,desc"`
}

func (p paging) query(f catalog.Filter) catalog.Query {
	return catalog.Query{
		Filter: f,
		Sort:   catalog.Sort{By: catalog.SortKey(p.SortBy), Descending: p.SortOrder == "desc"},
		Page:   p.Page, Size: p.PageSize,
	}
}

type getInput struct {
	ID web.ID `path:"id"`
	reading
}

type listInput struct {
	paging
	Name        string              `query:"name" doc:"A literal part of the name, in any letter case."`
	Category    string              `query:"category" doc:"The exact category."`
	MinPrice    web.Optional[money] `query:"min_price"`
	MaxPrice    web.Optional[money] `query:"max_price"`
	InStockOnly bool                `query:"in_stock_only" default:"false"`
	reading
}

func (in listInput) query() catalog.Query {
	return in.paging.query(catalog.Filter{
		Name: in.Name, Category: in.Category, InStock: in.InStockOnly,
		MinPrice: number[catalog.Price](in.MinPrice), MaxPrice: number[catalog.Price](in.MaxPrice),
	})
}

type searchInput struct {
	Q string `query:"q" required:"true" minLength:"1" maxLength:"100" doc:"A literal part of name, SKU or description, in any letter case."`
	paging
	reading
}

func (in searchInput) query() catalog.Query {
	return in.paging.query(catalog.Filter{Search: in.Q})
}

type createInput struct {
	Body newProduct
}

type updateInput struct {
	ID      web.ID `path:"id"`
	IfMatch string `header:"If-Match" doc:"ETags; if the product has none of them, nothing changes and the answer is 412."`
	Body    productChanges
}

type deleteInput struct {
	ID      web.ID `path:"id"`
	IfMatch string `header:"If-Match" doc:"ETags; if the product has none of them, nothing changes and the answer is 412."`
}
